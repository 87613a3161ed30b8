package exchange

import (
	"context"
	"iter"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/securityhub"
	"github.com/kumoban/kumoban/internal/securityhub/sides"
	"github.com/kumoban/kumoban/internal/store"
)

// outbox hands on records to be pushed, with what was pushed of each before.
type outbox struct {
	store  store.Store
	again  bool // as if nothing had been
	pushed map[string]store.Link
}

// outboxPage is how many records are read at a time: nothing of the store is
// held while Security Hub is waited for.
const outboxPage = 1000

// records hands on those that the filter lets through.
func (o *outbox) records(ctx context.Context, f store.Filter) iter.Seq2[*lifecycle.Record, error] {
	return func(yield func(*lifecycle.Record, error) bool) {
		q := store.Query{Filter: f, Order: store.ByResource, Limit: outboxPage}
		for first := true; first || q.After != ""; first = false {
			page, err := o.page(ctx, &q)
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range page {
				if !yield(&page[i], nil) {
					return
				}
			}
		}
	}
}

func (o *outbox) page(ctx context.Context, q *store.Query) (page []lifecycle.Record, err error) {
	err = o.store.View(ctx, func(r store.Reader) error {
		if page, q.After, err = r.Page(ctx, *q); err != nil {
			return err
		}
		ids := make([]string, len(page))
		for i := range page {
			ids[i] = page[i].ID
		}
		links, err := r.Links(ctx, ids)
		o.pushed = map[string]store.Link{}
		for _, l := range links {
			if l.Digest != "" {
				o.pushed[l.Finding] = l
			}
		}
		return err
	})
	return page, err
}

// last is what an earlier push left of a record that was just handed on.
func (o *outbox) last(id string) (securityhub.Pushed, bool) {
	l, ok := o.pushed[id]
	if o.again {
		l.Digest = "" // but later than before: Security Hub ignores what is not
	}
	return securityhub.Pushed{Finding: id, Digest: l.Digest, UpdatedAt: l.UpdatedAt}, ok
}

// lastDecision is the last workflow status that a person or a rule chose for a
// record; nil where a scan has moved it since.
func (x *Exchange) lastDecision(ctx context.Context, r *lifecycle.Record) (*sides.Decision, error) {
	var last *sides.Decision
	err := x.Keeper.Store.View(ctx, func(reader store.Reader) error {
		history, err := reader.History(ctx, r.ID)
		last = sides.LastDecision(r, history)
		return err
	})
	return last, err
}

// place is a control in an account and Region; control "" is any.
type place struct{ control, account, region string }

// looks are what whole scans saw last.
type looks struct {
	wide map[string]bool // controls, in lower case, that judge what is the account's
	last map[place]time.Time
	gaps []resource.Gap // of the scans that were the last for some control
}

// scansRead is how many scans back somebody may have looked last.
const scansRead = 1000

func (l *looks) read(ctx context.Context, r store.Reader) error {
	l.last = map[place]time.Time{}
	scans, err := r.Scans(ctx, scansRead)
	for i := range scans {
		if s := &scans[i]; s.Source == lifecycle.SourceLive && s.Incomplete == "" {
			l.add(s)
		}
	}
	return err
}

func (l *looks) add(s *store.Scan) {
	fresh := map[place]bool{}
	for _, a := range s.Accounts {
		for _, region := range a.Regions {
			for _, id := range s.Controls {
				p := place{strings.ToLower(id), a.ID, region}
				if l.wide[p.control] {
					continue
				}
				if l.last[p].Before(s.Ended) {
					l.last[p] = s.Ended
					fresh[place{"", a.ID, region}], fresh[place{"", a.ID, ""}] = true, true
				}
			}
		}
	}
	for _, a := range s.Accounts {
		for _, id := range s.Wide {
			if p := (place{strings.ToLower(id), a.ID, ""}); a.Wide != "" && l.last[p].Before(s.Ended) {
				l.last[p] = s.Ended
				fresh[place{"", a.ID, a.Wide}], fresh[place{"", a.ID, ""}] = true, true
			}
		}
	}
	for _, g := range s.Gaps {
		if fresh[place{"", g.Account, g.Region}] {
			l.gaps = append(l.gaps, g)
		}
	}
}

// scanned says when a scan last looked for a control's resources; the zero
// time: never.
func (l *looks) scanned(id string, at resource.Scope) time.Time {
	if l.wide[strings.ToLower(id)] {
		at.Region = "" // wherever Security Hub looks
	}
	return l.last[place{strings.ToLower(id), at.Account, at.Region}]
}
