package metadata_test

import (
	"slices"
	"testing"

	"github.com/kumoban/kumoban/controls/metadata"
)

// kept are the Regions that the first nine controls named when each control said
// them itself, read from AWS's page in autumn 2026. A Region may leave a control
// with a reason in gone alone: what the page says now, or why the first reading
// was wrong. So far none has; the page of 2026-11-30 only adds Regions.
var kept = []struct {
	id   string
	was  []string
	gone map[string]string // by Region, why it is no longer named
}{
	{id: "APIGateway.1", was: []string{"ap-east-2", "ap-southeast-6"}},
	{id: "APIGateway.2", was: []string{"ap-east-2", "ap-southeast-6"}},
	{id: "APIGateway.3", was: []string{"ap-east-2", "ap-southeast-6"}},
	{id: "APIGateway.4", was: []string{"ap-east-2", "ap-southeast-6"}},
	{id: "APIGateway.5", was: []string{"ap-east-2", "ap-southeast-6"}},
	{id: "APIGateway.8", was: []string{
		"ap-east-2", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-6", "ap-southeast-7", "ca-west-1",
		"eu-central-2", "eu-south-2", "il-central-1", "me-central-1", "mx-central-1", "us-gov-east-1", "us-gov-west-1",
	}},
	{id: "APIGateway.9", was: []string{
		"ap-east-2", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-6", "ca-west-1",
		"eu-central-2", "eu-south-2", "il-central-1", "me-central-1", "us-gov-east-1", "us-gov-west-1",
	}},
	{id: "APIGateway.10", was: []string{
		"ap-east-2", "ap-southeast-6", "ap-southeast-7", "cn-north-1", "cn-northwest-1", "mx-central-1", "us-gov-east-1", "us-gov-west-1",
	}},
	{id: "APIGateway.11", was: []string{"ap-southeast-6", "cn-north-1", "cn-northwest-1", "us-gov-east-1", "us-gov-west-1"}},
}

func TestNoRegionIsLost(t *testing.T) {
	for _, k := range kept {
		now := metadata.Of(k.id).NotOffered
		for _, region := range k.was {
			if k.gone[region] == "" && !slices.Contains(now, region) {
				t.Errorf("%s: %s is lost, and nobody says why", k.id, region)
			}
		}
		for region := range k.gone {
			if !slices.Contains(k.was, region) || slices.Contains(now, region) {
				t.Errorf("%s: %s is not gone", k.id, region)
			}
		}
	}
}

// TestRegions holds the list to what the page says as a whole: it names 38 Regions,
// CloudFront's controls are in N. Virginia alone, and controls that AWS has
// everywhere are in no list.
func TestRegions(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range whole(t).Controls {
		if c.NotOffered == nil && !c.Retired() {
			t.Errorf("%s: no Regions were read", c.ID)
		}
		if (c.NotOffered == nil) != (c.RegionsFrom == "") {
			t.Errorf("%s: Regions without a source, or a source without Regions", c.ID)
		}
		if again := slices.Compact(slices.Sorted(slices.Values(c.NotOffered))); !slices.Equal(again, c.NotOffered) {
			t.Errorf("%s: the Regions are out of order, or twice: %v", c.ID, c.NotOffered)
		}
		for _, region := range c.NotOffered {
			seen[region] = true
		}
	}
	if len(seen) != 38 {
		t.Errorf("%d Regions", len(seen))
	}
	for _, id := range []string{"CloudFront.1", "CloudFront.3"} {
		if list := metadata.Of(id).NotOffered; len(list) != 37 || slices.Contains(list, "us-east-1") {
			t.Errorf("%s: %v", id, list)
		}
	}
	for _, id := range []string{"S3.1", "EC2.7", "RDS.2", "ELB.4"} {
		if list := metadata.Of(id).NotOffered; len(list) != 0 {
			t.Errorf("%s: %v", id, list)
		}
	}
}
