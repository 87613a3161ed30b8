package around

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

func accountOperations() []*service.Operation {
	return []*service.Operation{{
		Service: "account", Signing: "account", Name: "ListRegions", Method: "POST", Path: "/listRegions", Do: listRegions,
		Resource: func(r *service.Request) string {
			return "arn:aws:account::" + r.Account.ID + ":account"
		},
	}}
}

type region struct{ RegionName, RegionOptStatus string }

// listRegions lists the account's enabled Regions and, as disabled, those that
// an account may opt into.
func listRegions(r *service.Request) (any, error) {
	var in struct {
		AccountID               *string `json:"AccountId"`
		MaxResults              *int
		NextToken               string
		RegionOptStatusContains []string
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if in.AccountID != nil && *in.AccountID != r.Account.ID {
		return nil, &service.Error{Status: 403, Code: "AccessDeniedException", Message: "the double has no organisation: ask each account for its own Regions"}
	}
	size := 50
	if in.MaxResults != nil {
		size = *in.MaxResults
	}
	if size < 1 || size > 50 {
		return nil, service.Refuse("ValidationException", "MaxResults must be between 1 and 50")
	}
	all := slices.DeleteFunc(regions(r.Account), func(x region) bool {
		return len(in.RegionOptStatusContains) > 0 && !slices.Contains(in.RegionOptStatusContains, x.RegionOptStatus)
	})
	page, next, ok := service.Page(all, "regions"+r.Account.ID, in.NextToken, size)
	if !ok {
		return nil, service.Refuse("ValidationException", "Invalid NextToken")
	}
	return struct {
		Regions   []region
		NextToken string `json:",omitempty"`
	}{page, next}, nil
}

func regions(a *world.Account) []region {
	enabled := a.EnabledRegions
	if len(enabled) == 0 {
		enabled = world.DefaultRegions()
	}
	var all []region
	for _, name := range enabled {
		status := "ENABLED"
		if slices.Contains(world.DefaultRegions(), name) {
			status = "ENABLED_BY_DEFAULT"
		}
		all = append(all, region{name, status})
	}
	for _, name := range world.OptInRegions() {
		switch {
		case slices.Contains(enabled, name):
		case a.Enabled(name):
			all = append(all, region{name, "ENABLED"})
		default:
			all = append(all, region{name, "DISABLED"})
		}
	}
	slices.SortFunc(all, func(a, b region) int { return strings.Compare(a.RegionName, b.RegionName) })
	return all
}
