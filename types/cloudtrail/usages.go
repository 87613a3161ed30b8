package cloudtrail

import "github.com/kumoban/kumoban/internal/cost"

// usages has the events that another trail records already: the first copy in each
// Region is free. The page names one price.
func usages() []cost.Usage {
	return []cost.Usage{{
		Item: cost.Item{Service: "AWSCloudTrail", Type: "PaidEventsRecorded"}, Unit: "100K events",
		Prices: []cost.Price{{Region: "*", Price: 2, Source: "https://aws.amazon.com/cloudtrail/pricing/", Date: "2026-11-30"}},
	}}
}
