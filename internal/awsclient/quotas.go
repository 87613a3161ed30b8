package awsclient

// quota is the bucket that all calls of a service draw on, for one account and
// Region, where the calls do not say so: of those that the program itself makes.
// Where a service limits operations one by one, it is what the least limited of
// those that kumoban calls may take; a call that has less says so itself.
func quota(service string) Quota {
	switch service {
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

// PerSecond is the bucket of an operation that may be called so often a second. No
// service that says so speaks of a burst: a bucket holds one second's worth.
func PerSecond(rate float64) *Quota {
	q := each(rate)
	return &q
}

// each is a bucket of so many calls a second.
func each(rate float64) Quota { return Quota{Rate: rate, Burst: max(1, rate)} }
