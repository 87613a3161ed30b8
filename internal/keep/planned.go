package keep

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// Planned is a plan of fixes that was put before somebody, and what they said of it.
type Planned struct {
	ID       string // the first characters of the digest
	Digest   string // of the plan, which is what is approved
	Account  string
	Region   string
	Findings []string // ids
	State    PlannedState
	By       string
	At       time.Time
	Ruled    *Ruling         `json:",omitempty"` // nil: nobody has said anything
	Plan     json.RawMessage // as it was made
}

// Ruling is what somebody said of a proposal.
type Ruling struct {
	By  string
	At  time.Time
	Why string `json:",omitempty"`
}

// PlannedState is how far a proposal is.
type PlannedState string

// The states. One that is applied has a run with the plan's digest, unless the run
// failed before it began.
const (
	PlanProposed PlannedState = "proposed"
	PlanApproved PlannedState = "approved"
	PlanRejected PlannedState = "rejected"
	PlanApplied  PlannedState = "applied"
)

// plannedID is how much of a digest names a proposal.
const plannedID = 12

// ProposePlan keeps a plan until somebody has said whether it may be applied. One that is
// kept already stays as it is.
func (k *Keeper) ProposePlan(ctx context.Context, p Planned) (out Planned, head audit.Entry, err error) {
	p.ID, p.State, p.By, p.At, p.Ruled = p.Digest[:min(plannedID, len(p.Digest))], PlanProposed, k.Actor, k.now(), nil
	err = k.Store.Update(ctx, func(w store.Writer) error {
		known, err := plannedOf(ctx, w, p.ID)
		var none *store.NotFound
		switch {
		case err == nil && known.Digest != p.Digest:
			return locale.Errorf("keep.proposal.other", locale.A("id", p.ID))
		case err == nil:
			out = known
			return nil
		case !errors.As(err, &none): // one that cannot be read is not written over
			return err
		}
		if err := putPlanned(ctx, w, &p); err != nil {
			return err
		}
		out = p
		head, err = k.note(ctx, w, "plan.propose", p.ID, "", map[string]any{"digest": p.Digest, "findings": p.Findings})
		return err
	})
	return out, head, err
}

// RulePlan says whether a plan may be applied, by its digest: whoever says it has seen
// that plan and no other.
func (k *Keeper) RulePlan(ctx context.Context, id, digest string, to PlannedState, why string) (out Planned, head audit.Entry, err error) {
	err = k.Store.Update(ctx, func(w store.Writer) error {
		if out, err = plannedOf(ctx, w, id); err != nil {
			return err
		}
		switch {
		case out.State != PlanProposed:
			return locale.Errorf("keep.proposal.not."+string(out.State), locale.A("id", id), locale.A("by", locale.Clean(out.Ruled.By)))
		case digest != out.Digest:
			return locale.Errorf("run.notApproved", locale.A("digest", out.Digest))
		}
		out.State, out.Ruled = to, &Ruling{By: k.Actor, At: k.now(), Why: why}
		if err := putPlanned(ctx, w, &out); err != nil {
			return err
		}
		head, err = k.note(ctx, w, map[PlannedState]string{PlanApproved: approves, PlanRejected: "plan.reject"}[to], id, why, map[string]any{"digest": digest})
		return err
	})
	return out, head, err
}

// approves is the deed in the audit log by which a plan was approved.
const approves = "plan.approve"

// TakePlan marks an approved plan as applied. What was approved is what the audit log has:
// a plan that is another by now is refused. One that was applied may be taken once
// more only if again says so, because its run never began.
func (k *Keeper) TakePlan(ctx context.Context, id string, again bool) (out Planned, err error) {
	err = k.Store.Update(ctx, func(w store.Writer) error {
		if out, err = plannedOf(ctx, w, id); err != nil {
			return err
		}
		if out.State != PlanApproved && !(again && out.State == PlanApplied) {
			return locale.Errorf("keep.proposal.take."+string(out.State), locale.A("id", id))
		}
		entries, err := w.AuditOf(ctx, id)
		if err != nil {
			return err
		}
		if !approvedAs(entries, out.Digest) {
			return locale.Errorf("run.notApproved", locale.A("digest", out.Digest))
		}
		out.State = PlanApplied
		if err := putPlanned(ctx, w, &out); err != nil {
			return err
		}
		_, err = k.note(ctx, w, "plan.apply", id, "", map[string]any{"digest": out.Digest})
		return err
	})
	return out, err
}

func approvedAs(entries []audit.Entry, digest string) bool {
	for i := range entries {
		var detail struct{ Digest string }
		if entries[i].Action == approves && json.Unmarshal([]byte(entries[i].Detail), &detail) == nil && detail.Digest == digest {
			return true
		}
	}
	return false
}

// PlannedByID is one.
func PlannedByID(ctx context.Context, r store.Reader, id string) (Planned, error) {
	return plannedOf(ctx, r, id)
}

// PlannedIn are those in some states, the latest first; without states all.
func PlannedIn(ctx context.Context, r store.Reader, states ...PlannedState) (list []Planned, err error) {
	q := store.ItemQuery{Kind: store.ItemApproval, Down: true}
	for _, s := range states {
		q.States = append(q.States, string(s))
	}
	items, err := r.Items(ctx, q)
	if err != nil {
		return nil, err
	}
	list = make([]Planned, len(items))
	for i := range items {
		if err := json.Unmarshal(items[i].Doc, &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func plannedOf(ctx context.Context, r store.Reader, id string) (p Planned, err error) {
	item, err := r.Item(ctx, store.ItemApproval, id)
	if err != nil {
		return p, err
	}
	return p, json.Unmarshal(item.Doc, &p)
}

func putPlanned(ctx context.Context, w store.Writer, p *Planned) error {
	doc, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return w.PutItem(ctx, store.Item{Kind: store.ItemApproval, ID: p.ID, State: string(p.State), About: p.Account, Due: p.At, Doc: doc})
}
