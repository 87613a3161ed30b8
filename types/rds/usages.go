package rds

import "github.com/kumoban/kumoban/internal/cost"

// usages are of backups beyond what is free: the size of all databases of the Region.
func usages() []cost.Usage {
	const list = "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonRDS/current/"
	return []cost.Usage{
		{Item: cost.Item{Service: "AmazonRDS", Type: "RDS:ChargedBackupUsage"}, Unit: "GB-month", Prices: []cost.Price{
			{Region: "us-east-1", Price: 0.095, Source: list + "us-east-1/index.json", Date: "2026-07-28"},
			{Region: "ap-northeast-1", Price: 0.095, Source: list + "ap-northeast-1/index.json", Date: "2026-09-17"},
		}},
		{Item: cost.Item{Service: "AmazonRDS", Type: "Aurora:BackupUsage"}, Unit: "GB-month", Prices: []cost.Price{
			{Region: "us-east-1", Price: 0.021, Source: list + "us-east-1/index.json", Date: "2026-07-28"},
		}},
	}
}
