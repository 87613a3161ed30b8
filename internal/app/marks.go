package app

import (
	"context"
	"encoding/hex"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

// Known is what a store knows of the findings of a scan that it has: in memory as
// much as decides how each counts, and all of it of those that somebody asks for.
type Known struct {
	ctx   context.Context //nolint:containedctx // a report that ends has none to hand on
	env   *Env
	from  store.Store
	marks map[[16]byte]mark
	letBe *finding.Kept // stands for what nobody asked about yet
}

// mark is what differs from what the scan alone says.
type mark struct {
	letBe    bool
	severity control.Severity
}

// knowing reads what is marked in the accounts of a scan; where that fails, it
// says so, and nothing is.
func knowing(ctx context.Context, env *Env, from store.Store, accounts []resource.Account) *Known {
	k := &Known{ctx: ctx, env: env, from: from, marks: map[[16]byte]mark{}, letBe: &finding.Kept{Workflow: string(lifecycle.Suppressed)}}
	filter := store.Filter{States: []lifecycle.State{lifecycle.Active}, Statuses: []control.Status{control.Failed, control.Unknown}}
	for _, a := range accounts {
		if a.ID != "" {
			filter.Accounts = append(filter.Accounts, a.ID)
		}
	}
	err := from.View(ctx, func(r store.Reader) error {
		return r.Each(ctx, filter, func(r *lifecycle.Record) error {
			m := mark{letBe: r.Workflow == lifecycle.Suppressed, severity: r.Effective()}
			if id, ok := bytesOf(r.ID); ok && (m.letBe || m.severity != r.Severity) {
				k.marks[id] = m
			}
			return nil
		})
	})
	if err != nil {
		env.Tell("keep.notKnown")
		return nil
	}
	return k
}

func bytesOf(id string) (out [16]byte, ok bool) {
	n, err := hex.Decode(out[:], []byte(id))
	return out, err == nil && n == len(out)
}

// mark notes on a finding what the store has decided about it.
func (k *Known) mark(f *finding.Finding) {
	if k == nil || len(k.marks) == 0 {
		return
	}
	id, _ := bytesOf(f.ID())
	m, ok := k.marks[id]
	if !ok {
		return
	}
	f.Severity = m.severity
	if m.letBe {
		f.Kept = k.letBe
	}
}

// fill asks for all that the store knows of some findings.
func (k *Known) fill(list []*finding.Finding) {
	err := k.from.View(k.ctx, func(r store.Reader) error {
		for len(list) > 0 {
			some := list[:min(together, len(list))]
			if err := fill(k.ctx, r, some); err != nil {
				return err
			}
			list = list[len(some):]
		}
		return nil
	})
	if err != nil {
		k.env.Tell("keep.notKnown")
	}
}

func fill(ctx context.Context, r store.Reader, some []*finding.Finding) error {
	ids := make([]string, len(some))
	for i, f := range some {
		ids[i] = f.ID()
	}
	records, err := r.Records(ctx, ids)
	if err != nil {
		return err
	}
	kept, err := known(ctx, r, records)
	if err != nil {
		return err
	}
	of := map[string]*finding.Kept{}
	for i := range records {
		of[records[i].ID] = kept[i]
	}
	for i, f := range some {
		if k := of[ids[i]]; k != nil && (f.Kept == nil || k.Workflow == f.Kept.Workflow) {
			f.Kept = k
		}
	}
	return nil
}
