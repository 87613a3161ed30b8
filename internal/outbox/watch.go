package outbox

import (
	"context"
	"slices"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
)

// Watch is a store of which whatever is written is looked at: what has to be told at
// once goes into the outbox with it, or with it does not. now is the clock, tags are
// the keys that name owners.
func Watch(s store.Store, now func() time.Time, tags []string) store.Store {
	return &watched{s, now, tags}
}

type watched struct {
	store.Store
	now  func() time.Time
	tags []string
}

// Update implements [store.Store].
func (s *watched) Update(ctx context.Context, do func(store.Writer) error) error {
	return s.Store.Update(ctx, func(w store.Writer) error {
		x := &watch{Writer: w, tags: s.tags}
		if err := do(x); err != nil {
			return err
		}
		return x.post(ctx, s.now().UTC().Truncate(time.Microsecond))
	})
}

// watch looks at what one transaction writes.
type watch struct {
	store.Writer
	tags            []string
	batch           []lifecycle.Record // what was replaced last: the events after it are about them
	byID            map[string]*lifecycle.Record
	findings, ended gathered
}

// leastUrgent is the severity from which on a new finding does not wait for the digest.
const leastUrgent = control.High

func urgent(r *lifecycle.Record) bool {
	return r.Effective() >= leastUrgent && fails(r)
}

// fails tells whether a finding fails, and nobody decided to leave it so.
func fails(r *lifecycle.Record) bool {
	return r.Status == control.Failed && !r.NotOffered && keep.Waits(r) && r.Workflow != lifecycle.Resolved
}

// Insert implements [store.Writer].
func (x *watch) Insert(ctx context.Context, records []lifecycle.Record) error {
	if err := x.Writer.Insert(ctx, records); err != nil {
		return err
	}
	for i := range records {
		if urgent(&records[i]) {
			if err := x.add(ctx, &x.findings, &records[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// Replace implements [store.Writer].
func (x *watch) Replace(ctx context.Context, records []lifecycle.Record) error {
	x.batch, x.byID = records, nil
	return x.Writer.Replace(ctx, records)
}

// AddEvents implements [store.Writer].
func (x *watch) AddEvents(ctx context.Context, events []lifecycle.Event) error {
	told := map[string]bool{}
	for i := range events {
		e := &events[i]
		to := x.told(e)
		if to == nil || told[e.Finding] {
			continue
		}
		r := x.replaced(e.Finding)
		if r == nil || to == &x.findings && !urgent(r) || to == &x.ended && !keep.Waits(r) {
			continue
		}
		if again, err := x.again(ctx, e); err != nil || again {
			if err != nil {
				return err
			}
			continue
		}
		told[e.Finding] = true
		if err := x.add(ctx, to, r); err != nil {
			return err
		}
	}
	return x.Writer.AddEvents(ctx, events)
}

// replaced is a record of the batch before; nil: it is none of that.
func (x *watch) replaced(id string) *lifecycle.Record {
	if x.byID == nil {
		x.byID = make(map[string]*lifecycle.Record, len(x.batch))
		for i := range x.batch {
			x.byID[x.batch[i].ID] = &x.batch[i]
		}
	}
	return x.byID[id]
}

// told is where an event belongs that is told at once; nil: it is not.
func (x *watch) told(e *lifecycle.Event) *gathered {
	switch {
	case e.Kind == lifecycle.EventCompliance && e.To == control.Failed.String(), e.Kind == lifecycle.EventReopened:
		return &x.findings
	case e.Kind == lifecycle.EventExpired, e.Kind == lifecycle.EventLapsed:
		return &x.ended
	}
	return nil
}

// again tells whether a finding fails as it did before nobody could look at it: that is
// no news.
func (x *watch) again(ctx context.Context, e *lifecycle.Event) (bool, error) {
	if e.Kind != lifecycle.EventCompliance || e.From != control.Unknown.String() {
		return false, nil
	}
	past, err := x.History(ctx, e.Finding)
	for _, p := range slices.Backward(past) {
		if p.Kind == lifecycle.EventCompliance {
			return p.From == control.Failed.String(), err
		}
	}
	return false, err
}

func (x *watch) add(ctx context.Context, to *gathered, r *lifecycle.Record) (err error) {
	if x.findings.owner == nil {
		owner, err := ownerOf(ctx, x.Writer, x.tags)
		if err != nil {
			return err
		}
		x.findings.owner, x.ended.owner = owner, owner
	}
	to.add(r, 0)
	return nil
}

// post writes the messages.
func (x *watch) post(ctx context.Context, now time.Time) error {
	if len(x.findings.groups)+len(x.ended.groups) == 0 {
		return nil
	}
	channels, err := Channels(ctx, x.Writer)
	if err != nil || len(channels) == 0 {
		return err
	}
	if err := x.findings.post(ctx, x.Writer, channels, Findings, now); err != nil {
		return err
	}
	return x.ended.post(ctx, x.Writer, channels, Ended, now)
}
