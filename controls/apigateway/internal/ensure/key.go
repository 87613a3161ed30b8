package ensure

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
)

const aliasPrefix = "alias/kumoban-logs-"

// KeyPattern is the form of the kmsKey input: the ARN of a key, or "new".
// CloudWatch Logs takes no alias.
const KeyPattern = `new|arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[0-9A-Za-z-]+`

// newKey makes a key for one log group.
func newKey(at resource.Scope, g LogGroup) (remedy.Ensure, error) {
	policy, err := keyPolicy(at, g.ARN(at))
	return remedy.Ensure{
		ID:    "key",
		Thing: named(at, "AWS::KMS::Key", keyAlias(g.Name)),
		Set:   []remedy.Property{{Name: "KeyPolicy", Value: policy}, {Name: "EnableKeyRotation", Value: true}},
		Make:  true,
		Data:  true,
	}, err
}

// keyAlias has one alias for each log group. An alias has at most 256
// characters and may not hold all that a log group's name may, so that only the
// hash tells some of them apart.
func keyAlias(logGroup string) string {
	readable := strings.Trim(regexp.MustCompile(`[^A-Za-z0-9]+`).ReplaceAllString(logGroup, "-"), "-")
	sum := sha256.Sum256([]byte(logGroup))
	return aliasPrefix + readable[:min(len(readable), 200)] + "-" + hex.EncodeToString(sum[:4])
}

type statement struct {
	Sid       string
	Effect    string
	Principal map[string]string
	Action    []string
	Resource  string
	Condition map[string]map[string][]string `json:",omitempty"`
}

// keyPolicy lets CloudWatch Logs use the key for the log group of this ARN alone, and
// principals of the account only through CloudWatch Logs. The account's IAM
// policies may let people administer the key, for a key that nobody can
// administer is lost, but not use it.
func keyPolicy(at resource.Scope, logGroup string) (string, error) {
	services, err := logsServices(at)
	if err != nil {
		return "", err
	}
	root := map[string]string{"AWS": "arn:" + at.Partition + ":iam::" + at.Account + ":root"}
	use := []string{"kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"}
	thisLogGroup := map[string][]string{"kms:EncryptionContext:aws:logs:arn": {logGroup}}
	text, err := json.Marshal(struct {
		Version   string
		Statement []statement
	}{"2012-10-17", []statement{
		{
			Sid: "AdministerWithoutUsing", Effect: "Allow", Principal: root, Resource: "*",
			Action: []string{
				"kms:Describe*", "kms:Get*", "kms:List*", "kms:PutKeyPolicy", "kms:Update*", "kms:Enable*", "kms:Disable*",
				"kms:CreateAlias", "kms:DeleteAlias", "kms:RotateKeyOnDemand", "kms:RevokeGrant", "kms:TagResource",
				"kms:UntagResource", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion",
			},
		},
		{
			Sid: "LogsForThisLogGroup", Effect: "Allow", Principal: map[string]string{"Service": services[0]}, Resource: "*",
			Action:    append(use[:len(use):len(use)], "kms:Describe*"),
			Condition: map[string]map[string][]string{"ArnEquals": thisLogGroup},
		},
		{
			Sid: "CallersThroughLogsOnly", Effect: "Allow", Principal: root, Resource: "*",
			Action:    use,
			Condition: map[string]map[string][]string{"ArnEquals": thisLogGroup, "StringEquals": {"kms:ViaService": services}},
		},
	}})
	return string(text), err
}

// logsServices names CloudWatch Logs in the Region as key policies do: first as
// a principal, then as kms:ViaService may, too. In China the principal has the
// domain of the partition; which name ViaService has there is not documented,
// and both mean this service.
func logsServices(at resource.Scope) ([]string, error) {
	service := "logs." + at.Region + ".amazonaws.com"
	switch at.Partition {
	case "aws", "aws-us-gov":
		return []string{service}, nil
	case "aws-cn":
		return []string{service + ".cn", service}, nil
	}
	return nil, locale.Errorf("fix.unknownPartition", locale.A("partition", at.Partition))
}
