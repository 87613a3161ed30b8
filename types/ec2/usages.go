package ec2

import "github.com/kumoban/kumoban/internal/cost"

// usages has flow logs that go to a bucket, the first 10 TB of a month; more costs
// less. What CloudWatch Logs takes in is priced with the logs of other services.
func usages() []cost.Usage {
	return []cost.Usage{{
		Item: cost.Item{Service: "AmazonCloudWatch", Type: "S3-Egress-Bytes"}, Unit: "GB",
		Prices: []cost.Price{
			{Region: "us-east-1", Price: 0.25, Source: "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonCloudWatch/current/us-east-1/index.json", Date: "2026-11-30"},
			{Region: "ap-northeast-1", Price: 0.38, Source: "https://aws.amazon.com/cloudwatch/pricing/", Date: "2026-11-30"},
		},
	}}
}
