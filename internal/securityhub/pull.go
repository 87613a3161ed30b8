package securityhub

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/report"
)

// Filter chooses what is pulled; an empty list lets all through.
type Filter struct {
	Controls []string // ids, in any case; empty: all that the caller knows
	Accounts []string
	Regions  []string // of the resource; only an aggregation Region holds more than its own
	Own      bool     // those that kumoban imported, too
}

// Pulled counts what came.
type Pulled struct {
	Findings   int
	Others     int     // of other products or controls, which Security Hub sent all the same
	Unreadable []error // ours to read, but not to be understood; each of [*locale.Error]
}

// A filter may name 20 values of one attribute; a control takes two, for its
// id is not always written in one case.
const (
	maxValues   = 20
	maxControls = maxValues / 2
)

type stringFilter struct{ Value, Comparison string }

type page struct {
	Findings  []json.RawMessage
	NextToken *string
}

// Pull hands on every finding of Security Hub about controls that the filter
// lets through, active and archived, as it comes; do may keep it. The delegated
// administrator's Hub sees all accounts. Pull ends at the first error.
func (h *Hub) Pull(ctx context.Context, all []*control.Control, f Filter, do func(*report.Held) error) (Pulled, error) {
	var p Pulled
	for part := range slices.Chunk(f.controls(all), maxControls) {
		if err := h.pull(ctx, part, f, &p, do); err != nil {
			return p, err
		}
	}
	return p, nil
}

// controls are those of all that the filter names.
func (f *Filter) controls(all []*control.Control) []*control.Control {
	if len(f.Controls) == 0 {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(c *control.Control) bool {
		return !slices.ContainsFunc(f.Controls, func(id string) bool { return strings.EqualFold(id, c.ID) })
	})
}

func (h *Hub) pull(ctx context.Context, controls []*control.Control, f Filter, p *Pulled, do func(*report.Held) error) error {
	type request struct {
		Filters    map[string][]stringFilter
		NextToken  *string `json:",omitempty"`
		MaxResults int
	}
	for findings, err := range list(ctx, h, getFindings(), "findings",
		func(token *string) any { return request{f.attributes(controls), token, maxBatch} },
		func(got *page) ([]json.RawMessage, *string) { return got.Findings, got.NextToken }) {
		if err != nil {
			return err
		}
		for _, raw := range findings {
			if err := f.hand(raw, controls, p, do); err != nil {
				return err
			}
		}
	}
	return nil
}

// attributes are the filter as Security Hub takes it. What it has no room for
// is left to hand.
func (f *Filter) attributes(controls []*control.Control) map[string][]stringFilter {
	a := map[string][]stringFilter{
		"ProductName": {{"Security Hub", "PREFIX"}}, // "Security Hub CSPM" too
		"RecordState": {{"ACTIVE", "EQUALS"}, {"ARCHIVED", "EQUALS"}},
	}
	if f.Own {
		a["ProductName"] = append(a["ProductName"], stringFilter{"kumoban", "EQUALS"})
	}
	for _, c := range controls {
		a["ComplianceSecurityControlId"] = append(a["ComplianceSecurityControlId"], stringFilter{c.ID, "EQUALS"}, stringFilter{strings.ToLower(c.ID), "EQUALS"})
	}
	for name, values := range map[string][]string{"AwsAccountId": f.Accounts, "Region": f.Regions} {
		if len(values) > maxValues {
			continue
		}
		for _, v := range values {
			a[name] = append(a[name], stringFilter{v, "EQUALS"})
		}
	}
	return a
}

func (f *Filter) hand(raw json.RawMessage, controls []*control.Control, p *Pulled, do func(*report.Held) error) error {
	x, err := report.ReadHeld(raw, controls)
	if err != nil {
		p.Unreadable = append(p.Unreadable, err)
		return nil
	}
	within := func(list []string, v string) bool { return len(list) == 0 || slices.Contains(list, v) }
	if x == nil || x.Ours && !f.Own || !within(f.Accounts, x.Ref.Account) || !within(f.Regions, x.Ref.Region) {
		p.Others++
		return nil
	}
	p.Findings++
	return do(x)
}
