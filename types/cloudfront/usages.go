package cloudfront

import "github.com/kumoban/kumoban/internal/cost"

// usages are of edge locations, which the usage type names, wherever a distribution
// is kept.
func usages() []cost.Usage {
	https := func(at string, price float64, day string) cost.Usage {
		return cost.Usage{
			Item: cost.Item{Service: "AmazonCloudFront", Type: at + "-Requests-Tier2-HTTPS"}, Unit: "10K requests",
			Prices: []cost.Price{{Region: "*", Price: price, Source: "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonCloudFront/current/index.json", Date: day}},
		}
	}
	return []cost.Usage{https("US", 0.01, "2026-10-08"), https("JP", 0.012, "2026-09-16")}
}
