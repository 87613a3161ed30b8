package cloudtrail

import (
	"fmt"
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/cloudtrail"
)

func basic(mode string, management bool, excluded ...string) cloudtrail.EventSelector {
	return cloudtrail.EventSelector{ReadWriteType: fact.Set(mode, nil), IncludeManagementEvents: fact.Set(management, nil), ExcludeManagementEventSources: fact.Set(excluded, nil)}
}

func advanced(pairs ...string) (s cloudtrail.AdvancedEventSelector) {
	var fields []cloudtrail.FieldSelector
	for i := 0; i < len(pairs); i += 2 {
		fields = append(fields, cloudtrail.FieldSelector{Field: fact.Set(pairs[i], nil), Equals: fact.Set([]string{pairs[i+1]}, nil)})
	}
	s.FieldSelectors = fact.Set(fields, nil)
	return s
}

// TestMultiRegion judges an account by its trails: one that records all decides.
func TestMultiRegion(t *testing.T) {
	type trail = cloudtrail.VisibleTrail
	make := func(change func(*trail)) *trail {
		v := &trail{
			TrailName: fact.Set("t", nil), IsMultiRegionTrail: fact.Set(true, nil), IsOrganizationTrail: fact.Set(false, nil), IsLogging: fact.Set(true, nil),
			EventSelectors: fact.Set[[]cloudtrail.EventSelector](nil, nil), AdvancedEventSelectors: fact.Set[[]cloudtrail.AdvancedEventSelector](nil, nil),
		}
		if change != nil {
			change(v)
		}
		return v
	}
	of := func(list ...cloudtrail.EventSelector) *trail {
		return make(func(v *trail) { v.EventSelectors = fact.Set(list, nil) })
	}
	by := func(list ...cloudtrail.AdvancedEventSelector) *trail {
		return make(func(v *trail) { v.AdvancedEventSelectors = fact.Set(list, nil) })
	}
	refused := &fact.Origin{Call: "cloudtrail:GetTrailStatus", Fault: "AccessDenied"}
	hidden := make(func(v *trail) { v.IsLogging = fact.Unread[bool](refused) })
	for name, c := range map[string]struct {
		trails []*trail
		hides  bool
		want   string
	}{
		"none":                   {nil, false, "FAILED fail.noTrail []"},
		"none is seen":           {nil, true, "UNKNOWN finding.unread []"},
		"as AWS makes it":        {[]*trail{make(nil)}, false, "PASSED pass []"},
		"the organization's":     {[]*trail{make(func(v *trail) { v.IsOrganizationTrail = fact.Set(true, nil) })}, false, "PASSED pass.organization []"},
		"all, and others hidden": {[]*trail{hidden, of(basic("All", true))}, true, "PASSED pass []"},
		"one Region":             {[]*trail{make(func(v *trail) { v.IsMultiRegionTrail, v.IsLogging = fact.Set(false, nil), fact.Absent[bool](nil) })}, false, "FAILED fail [reason.singleRegion]"},
		"stopped":                {[]*trail{make(func(v *trail) { v.IsLogging = fact.Set(false, nil) })}, false, "FAILED fail [reason.stopped]"},
		"refused":                {[]*trail{hidden}, false, "UNKNOWN finding.unread []"},
		"reads alone":            {[]*trail{of(basic("ReadOnly", true))}, false, "FAILED fail [reason.readOnly]"},
		"writes alone":           {[]*trail{by(advanced("eventCategory", "Management", "readOnly", "false"))}, false, "FAILED fail [reason.writeOnly]"},
		"both together":          {[]*trail{by(advanced("eventCategory", "Management", "readOnly", "false"), advanced("eventCategory", "Management", "readOnly", "true"))}, false, "PASSED pass []"},
		"data events alone":      {[]*trail{of(basic("All", false))}, false, "FAILED fail [reason.noManagement]"},
		"without KMS":            {[]*trail{of(basic("All", true, "kms.amazonaws.com"))}, false, "FAILED fail [reason.excluded]"},
		"narrowed":               {[]*trail{by(advanced("eventCategory", "Management", "eventSource", "s3.amazonaws.com"))}, false, "FAILED fail [reason.narrowed]"},
		"the default, advanced":  {[]*trail{by(advanced("eventCategory", "Management"), advanced("eventCategory", "Data"))}, false, "PASSED pass []"},
	} {
		seen := &control.Seen{}
		for _, v := range c.trails {
			seen.Add(v)
		}
		if c.hides {
			seen.Hide(cloudtrail.VisibleTrailType, refused)
		}
		v := multiRegion().Checks[0].Run(resource.NewWhole(resource.Scope{}), control.Given{Seen: seen})
		notes := []string{}
		for _, n := range v.Notes {
			notes = append(notes, n.Key)
		}
		if got := fmt.Sprint(v.Status, " ", v.Message.Key, " ", notes); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
