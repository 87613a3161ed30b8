package world

// CompleteKey fills in a symmetric customer key with KMS's default policy.
func (r *Region) CompleteKey(k *Key) {
	k.AWSAccountID = r.Account.ID
	if k.KeyID == "" {
		k.KeyID = r.Account.world.NewUUID()
	}
	if k.Arn == "" {
		k.Arn = r.AccountARN("kms", "key/"+k.KeyID)
	}
	Fill(&k.CreationDate, Epoch{made()})
	for p, v := range map[*string]string{
		&k.KeyUsage: "ENCRYPT_DECRYPT", &k.KeyState: "Enabled", &k.Origin: "AWS_KMS",
		&k.KeyManager: "CUSTOMER", &k.CustomerMasterKeySpec: "SYMMETRIC_DEFAULT", &k.KeySpec: "SYMMETRIC_DEFAULT",
	} {
		if *p == "" {
			*p = v
		}
	}
	k.Enabled = k.KeyState == "Enabled"
	if k.EncryptionAlgorithms == nil {
		k.EncryptionAlgorithms = []string{"SYMMETRIC_DEFAULT"}
	}
	if k.KeyRotationEnabled && k.RotationPeriodInDays == 0 {
		k.RotationPeriodInDays = 365
	}
	Fill(&k.Policy, Document{`{"Version":"2012-10-17","Id":"key-default-1","Statement":[{"Sid":"Enable IAM User Permissions","Effect":"Allow",` +
		`"Principal":{"AWS":"arn:` + Partition(r.Name) + `:iam::` + r.Account.ID + `:root"},"Action":"kms:*","Resource":"*"}]}`})
}
