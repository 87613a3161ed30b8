package storetest

import (
	"cmp"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

// The filter and the orders once more, as slowly and plainly as they can be said.

// globs tells whether any pattern matches any of some texts.
func globs(patterns []string, fold bool) func(texts ...string) bool {
	var list []*regexp.Regexp
	for _, p := range patterns {
		p = strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(regexp.QuoteMeta(p))
		if fold {
			p = "(?i)" + p
		}
		list = append(list, regexp.MustCompile(`(?s)\A(?:`+p+`)\z`))
	}
	return func(texts ...string) bool {
		return slices.ContainsFunc(list, func(p *regexp.Regexp) bool { return slices.ContainsFunc(texts, p.MatchString) })
	}
}

func listed[T comparable](list []T, v T) bool { return len(list) == 0 || slices.Contains(list, v) }

// passes makes a test of a filter.
func passes(f *store.Filter) func(*lifecycle.Record) bool {
	controls, resources, tags := globs(f.Controls, true), globs(f.Resources, false), map[string]func(...string) bool{}
	for name, pattern := range f.Tags {
		tags[name] = globs([]string{pattern}, false)
	}
	return func(r *lifecycle.Record) bool {
		for name, matches := range tags {
			if value, ok := r.Tags[name]; !ok || !matches(value) {
				return false
			}
		}
		return (len(f.Controls) == 0 || controls(r.Control)) &&
			(len(f.Resources) == 0 || resources(r.Resource.ARN, r.Resource.Address, r.Resource.Name)) &&
			listed(f.Severities, r.Effective()) && listed(f.Statuses, r.Status) && listed(f.Workflows, r.Workflow) && listed(f.States, r.State) &&
			listed(f.Accounts, r.Resource.Account) && listed(f.Regions, r.Resource.Region) && listed(f.Types, r.Resource.Type) && listed(f.Sources, r.Source) &&
			(f.Exception == nil || *f.Exception == (r.Exception != "")) &&
			listed(f.Assignees, r.Assignee) && (f.Since.IsZero() || !r.Changed.Before(f.Since))
	}
}

func before(o store.Order) func(a, b lifecycle.Record) int {
	place := func(a, b lifecycle.Record) int {
		return cmp.Or(cmp.Compare(a.Resource.Account, b.Resource.Account), cmp.Compare(a.Resource.Region, b.Resource.Region))
	}
	return func(a, b lifecycle.Record) int {
		switch o {
		case store.ByChanged:
			return cmp.Or(b.Changed.Compare(a.Changed), cmp.Compare(b.ID, a.ID))
		case store.ByResource:
			return cmp.Or(place(a, b), cmp.Compare(a.Resource.ID(), b.Resource.ID()), control.Compare(a.Control, b.Control), cmp.Compare(a.ID, b.ID))
		}
		return cmp.Or(cmp.Compare(b.Effective(), a.Effective()), control.Compare(a.Control, b.Control), place(a, b),
			cmp.Compare(a.Resource.ID(), b.Resource.ID()), cmp.Compare(a.ID, b.ID))
	}
}

func naive(all []lifecycle.Record, f store.Filter, o store.Order) []lifecycle.Record {
	var list []lifecycle.Record
	lets := passes(&f)
	for i := range all {
		if lets(&all[i]) {
			list = append(list, all[i])
		}
	}
	slices.SortFunc(list, before(o))
	return list
}

func tally(list []lifecycle.Record) map[store.Group]int {
	groups := map[store.Group]int{}
	for i := range list {
		r := &list[i]
		groups[store.Group{
			Partition: r.Resource.Partition, Account: r.Resource.Account, Region: r.Resource.Region, Control: r.Control, Status: r.Status,
			Suppressed: r.Workflow == lifecycle.Suppressed, Archived: r.State == lifecycle.Archived, NotOffered: r.NotOffered, Severity: r.Effective(),
		}]++
	}
	return groups
}

// filter makes a random filter of one to three parts.
func filter(r *rand.Rand, all []lifecycle.Record) store.Filter {
	var f store.Filter
	for range r.IntN(4) {
		some := &all[r.IntN(len(all))]
		switch r.IntN(13) {
		case 0:
			f.Controls = []string{pick(r, some.Control, strings.ToLower(some.Control), "apigateway.*", "APIGateway.?", "nothing.*"), pick(r, "Lambda.1", some.Control)}
		case 1:
			f.Severities = []control.Severity{pick(r, control.Critical, control.High), control.Low}[:1+r.IntN(2)]
		case 2:
			f.Statuses = []control.Status{some.Status, control.Failed}[:1+r.IntN(2)]
		case 3:
			f.Workflows = []lifecycle.Workflow{some.Workflow, lifecycle.New}[:1+r.IntN(2)]
		case 4:
			f.States = []lifecycle.State{some.State}
		case 5:
			f.Accounts = []string{some.Resource.Account, "777788889999", "000000000000"}[:1+r.IntN(3)]
		case 6:
			f.Regions = []string{some.Resource.Region, "us-east-1"}[:1+r.IntN(2)]
		case 7:
			f.Types = []resource.Type{some.Resource.Type}
		case 8:
			f.Resources = []string{pick(r, some.Resource.ID(), some.Resource.Name, "*orders*", "arn:aws:*", "*/stages/????", "*[[]1]*", "*x[1]*", "*a_b%c*", "注文*", "*\n*", "*\"prod\"*"),
				pick(r, some.Resource.ID(), "?", "")}[:1+r.IntN(2)]
		case 9:
			f.Tags = map[string]string{
				pick(r, "env", "team \"x\".y", "a\tb", "", "none"): pick(r, "dev", "dev*", "*", "注文[*]", "注文*?[a]", "?\n?", ""),
				pick(r, "env", "team \"x\".y", ""):                 pick(r, "prod", "p*", "*", "*[[]a]", "dev"),
			}
		case 10:
			f.Sources = []string{some.Source}
		case 11:
			f.Since = some.Changed.Add(time.Duration(r.IntN(3)-1) * time.Microsecond)
		case 12:
			f.Assignees = []string{some.Assignee, "kei"}[:1+r.IntN(2)]
		case 13:
			yes := r.IntN(2) == 0
			f.Exception = &yes
		}
	}
	return f
}
