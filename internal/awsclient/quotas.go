package awsclient

// quota is the bucket that all calls of a service draw on, for one account and
// Region. API Gateway's is shared by both of its APIs and cannot be raised; the
// customer's own deployments draw on it too. Where a service limits operations
// one by one, it is what the least limited of those that kumoban calls may
// take, and [operationQuota] has the scarcer ones.
func quota(service string) Quota {
	switch service {
	case "apigateway":
		return Quota{Rate: 10, Burst: 40}
	case "cloudwatch": // GetMetricData, the only call: "CloudWatch service quotas" in the user guide
		return each(50)
	case "cloudtrail": // LookupEvents, the only call; a burst is not documented
		return Quota{Rate: 2, Burst: 2}
	case "securityhub": // each operation has a bucket of this size; one for all is the narrower reading
		return Quota{Rate: 10, Burst: 30}
	case "sts":
		return Quota{Rate: 600, Burst: 600}
	case "kms":
		return each(500)
	case "logs":
		return each(10)
	case "wafv2":
		return each(1)
	}
	// IAM's limits are not published. A handful of calls in a run.
	return Quota{Rate: 1, Burst: 10}
}

// operationQuota is the bucket of one operation, inside its service's; nil
// where it has none of its own. The figures are those of
//   - KMS: "Request quotas" in the developer guide, each for itself;
//   - CloudWatch Logs: "CloudWatch Logs service quotas" in the user guide. The
//     page does not name AssociateKmsKey and DisassociateKmsKey, which get what
//     the least of its neighbours do; FilterLogEvents has the least of all Regions;
//   - WAF: "AWS WAF quotas" in the developer guide.
//
// None of them speaks of a burst: a bucket holds one second's worth.
func operationQuota(name string) *Quota {
	perSecond := map[string]float64{
		"kms:CreateAlias": 5, "kms:CreateKey": 5, "kms:DisableKeyRotation": 5, "kms:EnableKeyRotation": 15, "kms:PutKeyPolicy": 15,

		"logs:AssociateKmsKey": 5, "logs:DeleteRetentionPolicy": 5, "logs:DisassociateKmsKey": 5, "logs:FilterLogEvents": 5,
		"logs:ListTagsForResource": 5, "logs:PutRetentionPolicy": 5,

		"wafv2:AssociateWebACL": 0.5, "wafv2:DisassociateWebACL": 0.5,
	}
	if rate, ok := perSecond[name]; ok {
		q := each(rate)
		return &q
	}
	return nil
}

// each is a bucket of so many calls a second.
func each(rate float64) Quota { return Quota{Rate: rate, Burst: max(1, rate)} }
