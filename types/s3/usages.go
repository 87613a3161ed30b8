package s3

import "github.com/kumoban/kumoban/internal/cost"

// usages has the first 50 TB of a month; more costs less.
func usages() []cost.Usage {
	const list = "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonS3/current/"
	return []cost.Usage{{
		Item: cost.Item{Service: "AmazonS3", Type: "TimedStorage-ByteHrs"}, Unit: "GB-month",
		Prices: []cost.Price{
			{Region: "us-east-1", Price: 0.023, Source: list + "us-east-1/index.json", Date: "2026-10-08"},
			{Region: "ap-northeast-1", Price: 0.025, Source: list + "ap-northeast-1/index.json", Date: "2026-09-18"},
		},
	}}
}
