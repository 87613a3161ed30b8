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
	case "cloudtrail": // what reads; each operation has one of its own
		return each(10)
	case "account": // ListRegions
		return each(5)
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
	return cautious
}

// cautious is the share of a service that publishes no rates: IAM, RDS, SSM, S3,
// SQS, CloudFront. RDS is known to throttle what asks one call after the other
// without a pause (boto3's issue 860); a listing of 1,000 users with three calls
// each takes a quarter of an hour at this rate.
//
//nolint:gochecknoglobals // nothing changes it
var cautious = Quota{Rate: 5, Burst: 10}

// Unpublished is the share of an operation that changes something, where nobody
// says how often it may.
//
//nolint:gochecknoglobals // nothing changes it
var Unpublished = Quota{Rate: 1, Burst: 10}

// operationQuota is the bucket of one operation, inside its service's; nil
// where it has none of its own. The figures are those of
//   - KMS: "Request quotas" in the developer guide, each for itself;
//   - CloudWatch Logs: "CloudWatch Logs service quotas" in the user guide. The
//     page does not name AssociateKmsKey and DisassociateKmsKey, which get what
//     the least of its neighbours do; FilterLogEvents has the least of all Regions;
//   - WAF: "AWS WAF quotas" in the developer guide;
//   - CloudTrail: "AWS CloudTrail endpoints and quotas" in the General Reference.
//
// None of them speaks of a burst: a bucket holds one second's worth.
func operationQuota(name string) *Quota {
	perSecond := map[string]float64{
		"cloudtrail:LookupEvents": 2,

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
