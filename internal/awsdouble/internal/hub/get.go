package hub

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

// stringFilter is one condition; those with one name are alternatives.
type stringFilter struct{ Value, Comparison string }

// Filters that the double understands; it refuses others.
type filters struct {
	Id, ProductArn, ProductName, AwsAccountId, Region, RecordState, WorkflowStatus, ComplianceStatus, ComplianceSecurityControlId, ResourceId []stringFilter
}

// The limits of GetFindings: attributes in a filter, values of each, and
// findings on a page.
const (
	maxAttributes = 10
	maxValues     = 20
	maxPage       = 100
)

// fields are the conditions by where they look; lists are searched whole.
func (f *filters) fields() map[string][]stringFilter {
	return map[string][]stringFilter{
		"Id": f.Id, "ProductArn": f.ProductArn, "ProductName": f.ProductName, "AwsAccountId": f.AwsAccountId, "Region": f.Region,
		"RecordState": f.RecordState, "Workflow.Status": f.WorkflowStatus, "Compliance.Status": f.ComplianceStatus,
		"Compliance.SecurityControlId": f.ComplianceSecurityControlId, "Resources.Id": f.ResourceId,
	}
}

func (f *filters) check() error {
	used := 0
	for name, list := range f.fields() {
		if len(list) > 0 {
			used++
		}
		if len(list) > maxValues {
			return invalidInput(fmt.Sprintf("%s has more than %d filter values", name, maxValues))
		}
		for _, c := range list {
			if strings.TrimSpace(c.Value) == "" || c.Comparison != "EQUALS" && c.Comparison != "PREFIX" {
				return invalidInput("Invalid filter on " + name)
			}
		}
	}
	if used > maxAttributes {
		return invalidInput(fmt.Sprintf("more than %d filter attributes", maxAttributes))
	}
	return nil
}

func (f *filters) match(x *world.HubFinding) bool {
	for name, list := range f.fields() {
		if len(list) == 0 {
			continue
		}
		values := []string{x.Text(strings.Split(name, ".")...)}
		if name == "Resources.Id" {
			values = resourceIDs(x)
		}
		if !slices.ContainsFunc(list, func(c stringFilter) bool {
			return slices.ContainsFunc(values, func(v string) bool {
				return c.Comparison == "EQUALS" && v == c.Value || c.Comparison == "PREFIX" && strings.HasPrefix(v, c.Value)
			})
		}) {
			return false
		}
	}
	return true
}

func resourceIDs(x *world.HubFinding) (ids []string) {
	list, _ := x.Fields["Resources"].([]any)
	for _, r := range list {
		if object, ok := r.(map[string]any); ok {
			id, _ := object["Id"].(string)
			ids = append(ids, id)
		}
	}
	return ids
}

type sortCriterion struct{ Field, SortOrder string }

// sortable is a finding and what it is sorted by.
type sortable struct {
	keys []string
	json json.RawMessage
}

// found are the findings that the filter lets through, in order.
func found(r *service.Request, h *world.Hub, f *filters, order []sortCriterion) []sortable {
	var all []sortable
	visit(r, h, func(_ *world.Hub, x *world.HubFinding) {
		if !f.match(x) {
			return
		}
		keys := make([]string, len(order))
		for i, c := range order {
			keys[i] = x.Text(strings.Split(c.Field, ".")...)
		}
		all = append(all, sortable{keys, copied(x)})
	})
	slices.SortStableFunc(all, func(a, b sortable) int {
		for i, c := range order {
			n := cmp.Compare(a.keys[i], b.keys[i])
			if c.SortOrder == "desc" {
				n = -n
			}
			if n != 0 {
				return n
			}
		}
		return 0
	})
	return all
}

func getFindings(r *service.Request) (any, error) {
	var in struct {
		Filters      filters
		SortCriteria []sortCriterion
		NextToken    *string
		MaxResults   *int
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if err := in.Filters.check(); err != nil {
		return nil, err
	}
	size := maxPage
	if in.MaxResults != nil {
		size = *in.MaxResults
	}
	if size < 1 || size > maxPage {
		return nil, invalidInput("MaxResults must be a number between 1 and 100")
	}
	h, err := enabled(r)
	if err != nil {
		return nil, err
	}
	all := found(r, h, &in.Filters, in.SortCriteria)
	token := ""
	if in.NextToken != nil {
		token = *in.NextToken
	}
	page, next, ok := service.Page(all, "findings"+r.Account.ID+r.Region.Name, token, size)
	if !ok {
		return nil, invalidInput("Invalid NextToken")
	}
	out := struct {
		Findings  []json.RawMessage
		NextToken string `json:",omitempty"`
	}{[]json.RawMessage{}, next}
	for _, f := range page {
		out.Findings = append(out.Findings, f.json)
	}
	return out, nil
}

type historyUpdate struct {
	UpdatedField string
	OldValue     string `json:",omitempty"`
	NewValue     string `json:",omitempty"`
}

type historyRecord struct {
	FindingIdentifier identifier
	UpdateTime        string
	FindingCreated    bool
	UpdateSource      struct {
		Type     string
		Identity string `json:",omitempty"`
	}
	Updates []historyUpdate
}

// getFindingHistory shows the latest change first, as the console does.
func getFindingHistory(r *service.Request) (any, error) {
	var in struct {
		FindingIdentifier  identifier
		StartTime, EndTime *string
		NextToken          *string
		MaxResults         *int
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	h, err := enabled(r)
	if err != nil {
		return nil, err
	}
	var records []historyRecord
	visit(r, h, func(_ *world.Hub, f *world.HubFinding) {
		if of(f) != in.FindingIdentifier {
			return
		}
		for _, c := range slices.Backward(f.History) {
			x := historyRecord{FindingIdentifier: of(f), UpdateTime: c.At.UTC().Format("2006-01-02T15:04:05.000Z"), FindingCreated: c.Created}
			x.UpdateSource.Type, x.UpdateSource.Identity = c.Source, c.By
			if c.Field != "" {
				x.Updates = []historyUpdate{{c.Field, c.Before, c.Then}}
			}
			records = append(records, x)
		}
	})
	size, token := maxPage, ""
	if in.MaxResults != nil {
		size = min(*in.MaxResults, maxPage)
	}
	if in.NextToken != nil {
		token = *in.NextToken
	}
	page, next, ok := service.Page(records, "history"+in.FindingIdentifier.Id, token, size)
	if !ok {
		return nil, invalidInput("Invalid NextToken")
	}
	return struct {
		Records   []historyRecord
		NextToken string `json:",omitempty"`
	}{append([]historyRecord{}, page...), next}, nil
}
