// Package rules are the automation rules of kumoban.yaml: which findings they
// match, and what they make of them. It is pure; a dry run is [Apply] without
// [Carry].
package rules

import (
	"cmp"
	"slices"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/glob"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/policy"
)

// Rule acts on the findings that it matches.
type Rule struct {
	Name     string
	Order    int // lower is earlier; of two that say different things the later wins
	Match    Match
	Action   Action
	Terminal bool // no later rule acts on what this one matches
}

// Match is what a finding must be like. An empty criterion lets all through;
// within one any is enough, but all tags must be there. Patterns are globs (*
// and ?), anchored; those of controls ignore case. What it looks at is the scan's
// word: the control's own severity, not one that a rule or a person put there.
type Match struct {
	Controls   []string
	Severities []control.Severity
	Accounts   []string
	Regions    []string
	Resources  []string // over the ARN, the address or the name
	Tags       map[string]string
	Statuses   []control.Status // empty: FAILED and UNKNOWN, for the others ask nothing of anybody
}

// Action is what becomes of a finding. Suppress and Notify exclude each other.
type Action struct {
	Suppress *Suppress
	Notify   bool
	Severity control.Severity // 0: as it is
}

// Suppress lets findings be.
type Suppress struct {
	Reason string
	Until  time.Time // exclusive; zero: as long as an exception may last
	Day    bool      // Until is the end of a day, in UTC before [In]
	While  []string  // conditions, see package condition
}

// In counts the last days of rules by a zone.
func In(rules []Rule, zone *time.Location) []Rule {
	list := slices.Clone(rules)
	for i := range list {
		if s := list[i].Action.Suppress; s != nil && s.Day {
			there := *s
			there.Until, there.Day = policy.LastMoment(s.Until.UTC(), zone), false // it is a moment from now on
			list[i].Action.Suppress = &there
		}
	}
	return list
}

// TooLong names the first rule that wants longer exceptions than a store allows,
// or nil: it suppresses nothing there.
func TooLong(rules []Rule, p *policy.Policy, now time.Time) error {
	for i := range rules {
		s := rules[i].Action.Suppress
		if s == nil {
			continue
		}
		if err := p.Bound(s.Until, now); err != nil {
			return locale.Errorf("rules.inRule", locale.A("rule", locale.Clean(rules[i].Name)), locale.A("error", err))
		}
	}
	return nil
}

// Hit is one rule that matches a finding, and what it would change in it.
type Hit struct {
	Rule    *Rule
	Changes []Change // none where it changes nothing
	Why     Why      // where it does not: why so
}

// Why is why a rule that matches changes nothing.
type Why string

// Why a rule changes nothing.
const (
	Overridden Why = "laterRule" // a later one says what becomes of the finding
	Already    Why = "already"   // it is so
	Closed     Why = "closed"    // it is in a workflow status that rules leave
	Person     Why = "person"    // a person decided otherwise
	Proposed   Why = "proposed"  // it waits for an approver already
	Longer     Why = "longer"    // the store allows no exception that long
	// What it is to rest on: is not so, or cannot be read for the resource's type.
	Untrue     Why = "untrue"
	Unreadable Why = "unreadable"
)

// Change is one field that a rule would set.
type Change struct {
	Field    lifecycle.EventKind // EventWorkflow or EventSeverity
	From, To string
}

// Apply says which rules match a record, in their order, and what each would
// change. An archived record matches none, and a rule whose time is over
// matches none either, so that what it suppressed comes back.
func Apply(rules []Rule, r *lifecycle.Record, now time.Time) []Hit {
	if r.State == lifecycle.Archived {
		return nil
	}
	var hits []Hit
	for _, rule := range ordered(rules) {
		if rule.over(now) || !rule.Match.fits(r) {
			continue
		}
		hits = append(hits, Hit{Rule: rule})
		if rule.Terminal {
			break
		}
	}
	last(hits, func(a *Action) bool { return a.Suppress != nil || a.Notify }, func(a *Action) (Change, bool) { return workflow(a, r) })
	last(hits, func(a *Action) bool { return a.Severity != 0 }, func(a *Action) (Change, bool) { return severity(a, r) })
	return hits
}

func ordered(rules []Rule) []*Rule {
	sorted := make([]*Rule, len(rules))
	for i := range rules {
		sorted[i] = &rules[i]
	}
	slices.SortStableFunc(sorted, func(a, b *Rule) int { return cmp.Compare(a.Order, b.Order) })
	return sorted
}

// last gives the change of a field to the last rule that speaks of it.
func last(hits []Hit, speaks func(*Action) bool, change func(*Action) (Change, bool)) {
	decided := false
	for i := len(hits) - 1; i >= 0; i-- {
		h := &hits[i]
		if !speaks(&h.Rule.Action) {
			continue
		}
		if decided {
			h.Why = Overridden
			continue
		}
		decided = true
		switch c, differs := change(&h.Rule.Action); {
		case differs:
			h.Changes = append(h.Changes, c)
		case c.From == c.To:
			h.Why = Already
		default:
			h.Why = Closed
		}
	}
}

// workflow is the change that an action makes in a record's workflow. A rule
// leaves an exception that is in force, and what is RESOLVED: that was closed,
// by AWS's rules or by a person. It does not notify twice.
func workflow(a *Action, r *lifecycle.Record) (Change, bool) {
	to, from := lifecycle.Suppressed, []lifecycle.Workflow{lifecycle.New, lifecycle.Notified}
	if a.Notify {
		to, from = lifecycle.Notified, from[:1]
	}
	return Change{lifecycle.EventWorkflow, string(r.Workflow), string(to)}, slices.Contains(from, r.Workflow)
}

func severity(a *Action, r *lifecycle.Record) (Change, bool) {
	return Change{lifecycle.EventSeverity, r.Effective().String(), a.Severity.String()}, a.Severity != r.Effective()
}

// Carry makes the changes of hits. id is for the exception, if there is one: it
// is handed back and whoever calls stores it. Where an exception needs an
// approver, a rule only proposes it.
func Carry(hits []Hit, r *lifecycle.Record, id string, p *policy.Policy, now time.Time) (lifecycle.Record, []lifecycle.Event, *lifecycle.Exception, error) {
	next, made := *r, (*lifecycle.Exception)(nil)
	var all []lifecycle.Event
	for _, h := range hits {
		by := lifecycle.By{Who: lifecycle.ByRule + h.Rule.Name, At: now}
		for _, c := range h.Changes {
			var events []lifecycle.Event
			var err error
			switch a := &h.Rule.Action; {
			case c.Field == lifecycle.EventSeverity && a.Severity == r.Severity:
				next, events, err = lifecycle.SetSeverity(&next, 0, by)
			case c.Field == lifecycle.EventSeverity:
				next, events, err = lifecycle.SetSeverity(&next, a.Severity, by)
			case a.Notify:
				next, events, err = lifecycle.Notify(&next, by)
			default:
				made = &lifecycle.Exception{ID: id, Finding: r.ID, Reason: a.Suppress.Reason, Until: a.Suppress.Until.UTC(), While: a.Suppress.While, By: by.Who, CreatedAt: now, Proposal: p.FourEyes}
				if made.Until.IsZero() {
					made.Until = p.Until(now).UTC()
				}
				did := lifecycle.Suppress
				if made.Proposal {
					did = lifecycle.Propose
				}
				next, events, err = did(&next, *made)
			}
			if err != nil {
				return *r, nil, nil, err
			}
			all = append(all, events...)
		}
	}
	return next, all, made, nil
}

// over tells whether a rule has a time and it has come.
func (r *Rule) over(now time.Time) bool {
	s := r.Action.Suppress
	return s != nil && !s.Until.IsZero() && !s.Until.After(now)
}

func (m *Match) fits(r *lifecycle.Record) bool {
	ref := &r.Resource
	return anyOf(m.Controls, func(p string) bool { return control.Match(p, r.Control) }) &&
		(len(m.Severities) == 0 || slices.Contains(m.Severities, r.Severity)) &&
		anyOf(m.Accounts, func(p string) bool { return glob.Match(p, ref.Account) }) &&
		anyOf(m.Regions, func(p string) bool { return glob.Match(p, ref.Region) }) &&
		anyOf(m.Resources, ref.Fits) &&
		m.tagged(r.Tags) && slices.Contains(m.statuses(), r.Status)
}

func anyOf(patterns []string, fits func(string) bool) bool {
	return len(patterns) == 0 || slices.ContainsFunc(patterns, fits)
}

// tagged tells whether all tags are there. Tags that nobody could read are not.
func (m *Match) tagged(tags map[string]string) bool {
	for key, pattern := range m.Tags {
		if value, has := tags[key]; !has || !glob.Match(pattern, value) {
			return false
		}
	}
	return true
}

func (m *Match) statuses() []control.Status {
	if len(m.Statuses) == 0 {
		return []control.Status{control.Failed, control.Unknown}
	}
	return m.Statuses
}
