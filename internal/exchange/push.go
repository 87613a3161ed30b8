package exchange

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/securityhub"
)

// Pushed is what a push did, in all Regions together.
type Pushed struct {
	Regions   []Region // with how many were sent there, or would be
	Lost      []Lost
	Sent      int
	Unchanged int
	Closed    int // closed before they were ever pushed, and left here
	Failed    []securityhub.Failure
	Refused   []*securityhub.Refused
	Would     []string    // ids of what would be sent
	Head      audit.Entry // of the audit log; the zero Entry where nothing was sent

	Incomplete bool // something stopped it
}

// Push imports what changed since the last push into the Security Hub of every
// Region. What was done before an error is in the result, and is kept.
func (x *Exchange) Push(ctx context.Context, w *report.Imports, dry bool) (*Pushed, error) {
	p := &Pushed{Lost: x.Lost}
	for i, h := range x.Hubs {
		got, err := x.pushTo(ctx, i, w, dry, p)
		var off *securityhub.NotEnabled
		if errors.As(err, &off) { // one sentence says it of all
			got.Failed = slices.DeleteFunc(got.Failed, func(f securityhub.Failure) bool { return f.Code == "InvalidAccess" })
		}
		if !dry {
			err = errors.Join(err, x.tellPush(ctx, h.At, &got, p))
		}
		p.add(h.At, &got, err == nil)
		if err != nil && !ofRegion(ctx, err) {
			return p, err
		}
		if err != nil {
			p.Lost = append(p.Lost, Lost{h.At, err})
		}
	}
	return p, nowhere(p.Lost, len(p.Regions)+p.Sent+len(p.Failed))
}

func (x *Exchange) pushTo(ctx context.Context, i int, w *report.Imports, dry bool, p *Pushed) (securityhub.Pushes, error) {
	h, out := x.Hubs[i], outbox{store: x.Keeper.Store, again: x.Again}
	records := x.addressed(ctx, i, &out, p)
	if dry {
		return h.Would(w, records, out.last, func(r *lifecycle.Record) { p.Would = append(p.Would, r.ID) })
	}
	sent := p.Sent
	return h.Push(ctx, w, records, out.last, func(list []securityhub.Pushed) error {
		sent += len(list)
		x.step(sent)
		// What was acknowledged is kept, whatever stops the rest.
		return x.Keeper.Pushed(context.WithoutCancel(ctx), h.At, list)
	})
}

// addressed are the records of the i-th Region; of the first, also those that
// belong to none, which it refuses. What was closed before it was ever pushed
// stays here.
func (x *Exchange) addressed(ctx context.Context, i int, out *outbox, p *Pushed) iter.Seq2[*lifecycle.Record, error] {
	f := x.filter()
	if i > 0 {
		f.Regions = []string{x.Hubs[i].At.Region}
	}
	return func(yield func(*lifecycle.Record, error) bool) {
		for r, err := range out.records(ctx, f) {
			if err != nil {
				yield(nil, err)
				return
			}
			n := slices.IndexFunc(x.Hubs, func(h *securityhub.Hub) bool { return h.At.Region == r.Resource.Region })
			if max(n, 0) != i {
				continue
			}
			if _, was := out.last(r.ID); !was && r.State == lifecycle.Archived {
				p.Closed++
			} else if !yield(r, nil) {
				return
			}
		}
	}
}

func (x *Exchange) tellPush(ctx context.Context, at resource.Scope, got *securityhub.Pushes, p *Pushed) error {
	if got.Sent+len(got.Failed) == 0 {
		return nil
	}
	head, err := x.Keeper.TellPush(context.WithoutCancel(ctx), at, got)
	if err == nil {
		p.Head = head
	}
	return err
}

func (p *Pushed) add(at resource.Scope, got *securityhub.Pushes, whole bool) {
	p.Sent += got.Sent
	p.Unchanged += got.Unchanged
	p.Failed = append(p.Failed, got.Failed...)
	for _, r := range got.Refused {
		i := slices.IndexFunc(p.Refused, func(x *securityhub.Refused) bool { return x.Kind == r.Kind && x.Where == r.Where })
		if i < 0 {
			p.Refused = append(p.Refused, r)
		} else {
			p.Refused[i].N += r.N
		}
	}
	if whole {
		p.Regions = append(p.Regions, Region{at, got.Sent})
	}
}
