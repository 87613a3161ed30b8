package world

import "slices"

// DefaultRegions are the Regions that every account has.
func DefaultRegions() []string {
	return []string{
		"ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
		"ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1",
		"us-east-1", "us-east-2", "us-west-1", "us-west-2",
	}
}

// OptInRegions are the Regions that an account has to enable.
func OptInRegions() []string {
	return []string{
		"af-south-1", "ap-east-1", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-7",
		"ca-west-1", "eu-central-2", "eu-south-1", "eu-south-2", "il-central-1", "me-central-1", "me-south-1", "mx-central-1",
	}
}

// Enabled reports whether the account may call a Region. A Region that an
// account has to enable is enabled if a fixture lists it or fills it.
func (a *Account) Enabled(region string) bool {
	return !slices.Contains(OptInRegions(), region) || slices.Contains(a.EnabledRegions, region) || slices.Contains(a.filled, region)
}
