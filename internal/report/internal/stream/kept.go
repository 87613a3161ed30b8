package stream

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/resource"
)

// Kept holds copies until the scan ends, when they can be put in order.
type Kept struct {
	Findings []*finding.Finding
	Gaps     []*resource.Gap
}

// Keep keeps a copy.
func (k *Kept) Keep(f *finding.Finding) {
	c := *f
	k.Findings = append(k.Findings, &c)
}

// Gap keeps a copy.
func (k *Kept) Gap(g *resource.Gap) error {
	c := *g
	k.Gaps = append(k.Gaps, &c)
	return nil
}

// Sort orders findings by account, Region, control and resource, whichever
// order the accounts answered in; gaps by account, Region, call and parent.
func (k *Kept) Sort(set control.Set) {
	rank := ranks(set)
	slices.SortFunc(k.Findings, func(a, b *finding.Finding) int {
		return compare(a, b, func(a, b *finding.Finding) int {
			return cmp.Or(cmp.Compare(rank(a.Control), rank(b.Control)), control.Compare(a.Control, b.Control))
		})
	})
	k.SortGaps()
}

// SortByName is Sort for readers, who look for an API by its name: it orders
// findings by account, Region, the resource's name and the resource.
func (k *Kept) SortByName() {
	slices.SortFunc(k.Findings, ByName)
	k.SortGaps()
}

// ByName compares two findings for readers.
func ByName(a, b *finding.Finding) int {
	return compare(a, b, func(a, b *finding.Finding) int {
		return cmp.Or(
			strings.Compare(strings.ToLower(a.Resource.Name), strings.ToLower(b.Resource.Name)),
			strings.Compare(a.Resource.Name, b.Resource.Name))
	})
}

// compare goes by account, Region, what the caller wants, and resource.
func compare(a, b *finding.Finding, wanted func(a, b *finding.Finding) int) int {
	c := cmp.Or(
		strings.Compare(a.Resource.Account, b.Resource.Account),
		strings.Compare(a.Resource.Region, b.Resource.Region))
	if c == 0 {
		c = wanted(a, b)
	}
	if c == 0 {
		c = cmp.Or(
			strings.Compare(a.Resource.ID(), b.Resource.ID()),
			strings.Compare(string(a.Resource.Type), string(b.Resource.Type)),
			strings.Compare(a.Resource.Partition, b.Resource.Partition))
	}
	if c != 0 {
		return c
	}
	// Two gaps can hide parts of one resource from one control.
	return strings.Compare(fmt.Sprint(a.Message, a.Notes), fmt.Sprint(b.Message, b.Notes))
}

// SortGaps orders gaps by account, Region, call and parent.
func (k *Kept) SortGaps() {
	slices.SortFunc(k.Gaps, func(a, b *resource.Gap) int {
		return cmp.Or(
			strings.Compare(a.Account, b.Account), strings.Compare(a.Name, b.Name), strings.Compare(a.Region, b.Region),
			strings.Compare(a.Call, b.Call), strings.Compare(a.Parent.ID(), b.Parent.ID()), strings.Compare(a.Code, b.Code),
			strings.Compare(a.Message, b.Message))
	})
}

// ranks returns a control's place in the run; strangers come last.
func ranks(set control.Set) func(id string) int {
	places := make(map[string]int, len(set))
	for i, c := range set {
		places[c.ID] = i
	}
	return func(id string) int {
		if i, ok := places[id]; ok {
			return i
		}
		return len(places)
	}
}

// ControlIDs lists the controls of a run in its order, then those that only
// findings know.
func ControlIDs(set control.Set, tallies ...*finding.Tally) []string {
	ids := make([]string, 0, len(set))
	for _, c := range set {
		ids = append(ids, c.ID)
	}
	known := len(ids)
	for _, t := range tallies {
		for id := range t.Controls {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	slices.SortFunc(ids[known:], control.Compare)
	return ids
}
