package keep

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/condition"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/policy"
	"github.com/kumoban/kumoban/internal/rules"
	"github.com/kumoban/kumoban/internal/store"
)

// ruling is what one rule did.
type ruling struct {
	n     int
	first []string // ids of the first findings
}

// told is how many findings of a rule the audit log names; each finding's own
// history names the rule.
const told = 100

// rulings keep account of what each rule did, by its name.
type rulings map[string]*ruling

func (r rulings) add(hits []rules.Hit, id string) {
	for i := range hits {
		if len(hits[i].Changes) == 0 {
			continue
		}
		one := r[hits[i].Rule.Name]
		if one == nil {
			one = &ruling{}
			r[hits[i].Rule.Name] = one
		}
		one.n++
		if len(one.first) < told {
			one.first = append(one.first, id)
		}
	}
}

// rule lets the rules act on a record.
func (k *Keeper) rule(ctx context.Context, w store.Writer, p *policy.Policy, r *lifecycle.Record, inserted bool, facts []condition.Fact, c *change, did rulings) ([]lifecycle.Event, error) {
	hits, had, err := k.hits(ctx, w, p, r, inserted, facts)
	if err != nil || !changes(hits) {
		return nil, err
	}
	next, events, exception, err := rules.Carry(hits, r, exceptionID(r.ID, len(had)+1), p, k.now())
	if err != nil {
		return nil, about(err, r.ID)
	}
	if exception != nil {
		c.exceptions = append(c.exceptions, *exception)
	}
	*r = next
	did.add(hits, r.ID)
	return events, nil
}

func changes(hits []rules.Hit) bool {
	return slices.ContainsFunc(hits, func(h rules.Hit) bool { return len(h.Changes) > 0 })
}

// hits are the rules that match a record, without the changes that a person has
// taken back, or that the store's policy keeps from being made; and the exceptions that it has had, where a rule wants another.
func (k *Keeper) hits(ctx context.Context, r store.Reader, p *policy.Policy, record *lifecycle.Record, inserted bool, facts []condition.Fact) ([]rules.Hit, []lifecycle.Exception, error) {
	hits := rules.Apply(k.Rules, record, k.now())
	for i := range hits {
		if s := hits[i].Rule.Action.Suppress; s != nil && p.Bound(s.Until, k.now()) != nil {
			hits[i].Changes = slices.DeleteFunc(hits[i].Changes, suppresses)
			hits[i].Why = rules.Longer
		}
	}
	var had []lifecycle.Exception
	for i := range hits {
		h := &hits[i]
		var kept []rules.Change
		for _, change := range h.Changes {
			why, err := rules.Why(""), error(nil)
			switch {
			case suppresses(change):
				had, why, err = k.mayRest(ctx, r, record, h.Rule, inserted, facts)
			case change.Field == lifecycle.EventSeverity && !inserted:
				var back bool
				if back, err = chosen(ctx, r, record.ID); back {
					why = rules.Person
				}
			}
			if err != nil {
				return nil, nil, err
			}
			if why != "" {
				h.Why = why
				continue
			}
			kept = append(kept, change)
		}
		h.Changes = kept
	}
	return hits, had, nil
}

func suppresses(c rules.Change) bool { return c.To == string(lifecycle.Suppressed) }

// mayRest says why a rule makes no exception of a record, "" where it may: what it
// would rest on is not so, or the last one that it made says so.
func (k *Keeper) mayRest(ctx context.Context, r store.Reader, record *lifecycle.Record, rule *rules.Rule, inserted bool, facts []condition.Fact) ([]lifecycle.Exception, rules.Why, error) {
	truth, why := k.restsOf(rule.Action.Suppress, record, facts)
	if why != "" || inserted {
		return nil, why, nil
	}
	had, err := r.ExceptionsOf(ctx, record.ID)
	return had, leaves(had, lifecycle.ByRule+rule.Name, truth), err
}

// leaves says why a rule makes no exception, by the last one that it made: that
// waits for an approver, or a person ended it. One that its condition ended comes
// back only where the condition is known to hold again.
func leaves(had []lifecycle.Exception, rule string, truth fact.Truth) rules.Why {
	if slices.ContainsFunc(had, func(e lifecycle.Exception) bool { return e.Waits() }) {
		return rules.Proposed // whoever approves is asked about one thing
	}
	for _, e := range slices.Backward(had) {
		switch {
		case e.By != rule:
			continue
		case e.EndedBy == lifecycle.ByCondition && truth != fact.True:
			return rules.Untrue
		case !e.EndedAt.IsZero() && e.EndedBy != lifecycle.ByTime && e.EndedBy != lifecycle.ByCondition && e.EndedBy != byRules:
			return rules.Person
		}
		return ""
	}
	return ""
}

// chosen tells whether the severity of a finding is what a person wanted.
func chosen(ctx context.Context, r store.Reader, id string) (bool, error) {
	events, err := r.History(ctx, id)
	for _, e := range slices.Backward(events) {
		if e.Kind == lifecycle.EventSeverity && e.By != lifecycle.ByScan {
			return !strings.HasPrefix(e.By, lifecycle.ByRule), err
		}
	}
	return false, err
}

// byRules is who ends an exception in whose place rules put something else.
const byRules = "rules"

// tellRules tells the audit log what each rule did.
func (k *Keeper) tellRules(ctx context.Context, w store.Writer, did rulings, scan int64) (n int, head audit.Entry, err error) {
	ruler := *k
	for _, name := range slices.Sorted(maps.Keys(did)) {
		ruler.Actor = lifecycle.ByRule + name
		head, err = ruler.note(ctx, w, "rule", lifecycle.ByRule+name, "", map[string]any{"scan": scan, "findings": did[name].n, "first": did[name].first})
		if err != nil {
			return n, head, err
		}
		n += did[name].n
	}
	return n, head, nil
}

// active are the records that rules look at.
func active() store.Filter {
	return store.Filter{States: []lifecycle.State{lifecycle.Active}, Statuses: []control.Status{control.Failed, control.Unknown, control.Passed}}
}

// TryRules hands on what every rule would hit among what is kept, and changes
// nothing.
func (k *Keeper) TryRules(ctx context.Context, do func(*lifecycle.Record, []rules.Hit) error) error {
	return k.Store.View(ctx, func(r store.Reader) error {
		p, err := Policy(ctx, r)
		if err != nil {
			return err
		}
		return r.Each(ctx, active(), func(record *lifecycle.Record) error {
			hits, _, err := k.hits(ctx, r, &p, record, false, nil)
			if err != nil || len(hits) == 0 {
				return err
			}
			return do(record, hits)
		})
	})
}

// ApplyRules lets the rules act on what is kept, and returns how many records
// they changed.
func (k *Keeper) ApplyRules(ctx context.Context) (n int, head audit.Entry, err error) {
	err = k.Store.Update(ctx, func(w store.Writer) error {
		if _, err := k.expire(ctx, w); err != nil {
			return err
		}
		p, err := Policy(ctx, w)
		if err != nil {
			return err
		}
		var matched []lifecycle.Record
		err = w.Each(ctx, active(), func(r *lifecycle.Record) error {
			if changes(rules.Apply(k.Rules, r, k.now())) {
				matched = append(matched, *r)
			}
			return nil
		})
		if err != nil {
			return err
		}
		did := rulings{}
		var c change
		for i := range matched {
			before := matched[i]
			events, err := k.rule(ctx, w, &p, &matched[i], false, nil, &c, did)
			if err != nil {
				return err
			}
			if err := k.endException(ctx, w, &before, &matched[i], byRules); err != nil {
				return err
			}
			if len(events) > 0 {
				c.replace, c.events = append(c.replace, matched[i]), append(c.events, events...)
			}
		}
		if err := c.write(ctx, w, k.now(), 0); err != nil {
			return err
		}
		n, head, err = k.tellRules(ctx, w, did, 0)
		return err
	})
	return n, head, err
}
