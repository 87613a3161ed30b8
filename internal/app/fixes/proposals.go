package fixes

import (
	"context"
	"encoding/json"
	"slices"
	"unicode/utf8"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/store"
)

// Proposal is a plan that is kept until somebody says whether it may be applied.
type Proposal struct {
	keep.Planned
	Plan *plan.Plan
	Runs []store.Run // of that plan, the latest first
	Head audit.Entry // of what was done to it just now
}

// The states of a proposal.
const (
	Proposed = keep.PlanProposed
	Approved = keep.PlanApproved
	Rejected = keep.PlanRejected
	Applied  = keep.PlanApplied
)

// Propose keeps a plan until somebody has said whether it may be applied.
func Propose(ctx context.Context, d *desk.Desk, made *plan.Plan) (*Proposal, error) {
	k, err := d.Keeper(access.FixesPlan)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(made)
	if err != nil {
		return nil, err
	}
	kept, head, err := k.ProposePlan(ctx, keep.Planned{Digest: made.Digest, Account: made.Account, Region: made.Region, Findings: findingIDs(made), Plan: text})
	if err != nil {
		return nil, err
	}
	return &Proposal{Planned: kept, Plan: made, Head: head}, nil
}

// Proposals are those in some states, the latest first, without their plans; without
// states all.
func Proposals(ctx context.Context, d *desk.Desk, states ...keep.PlannedState) (list []Proposal, err error) {
	err = d.View(ctx, access.FixesRead, func(_ *keep.Keeper, r store.Reader) error {
		all, err := keep.PlannedIn(ctx, r, states...)
		if err != nil {
			return err
		}
		runs, err := r.Runs(ctx, "")
		for i := range all {
			list = append(list, Proposal{Planned: all[i], Runs: of(runs, all[i].Digest)})
		}
		return err
	})
	return list, err
}

func of(runs []store.Run, digest string) []store.Run {
	return slices.DeleteFunc(slices.Clone(runs), func(r store.Run) bool { return r.Digest != digest })
}

// ShowProposal is one, with its plan. A plan that is not the one of its digest is an
// error.
func ShowProposal(ctx context.Context, d *desk.Desk, id string) (p *Proposal, err error) {
	err = d.View(ctx, access.FixesRead, func(_ *keep.Keeper, r store.Reader) error {
		kept, err := keep.PlannedByID(ctx, r, id)
		if err != nil {
			return err
		}
		runs, err := r.Runs(ctx, "")
		if err == nil {
			p, err = read(kept)
		}
		if err == nil {
			p.Runs = of(runs, kept.Digest)
		}
		return err
	})
	return p, err
}

// read reads the plan of a proposal, and holds it to the digest.
func read(kept keep.Planned) (*Proposal, error) {
	made, err := plan.Parse(kept.Plan)
	if err != nil {
		return nil, err
	}
	if made.Digest != kept.Digest {
		return nil, locale.Errorf("run.notApproved", locale.A("digest", made.Digest))
	}
	return &Proposal{Planned: kept, Plan: made}, nil
}

// ApproveProposal gives the word for a plan that is kept, by its digest.
func ApproveProposal(ctx context.Context, d *desk.Desk, id, digest, why string) (*Proposal, error) {
	k, err := d.Keeper(access.FixesApprove)
	if err != nil {
		return nil, err
	}
	return rule(ctx, k, id, digest, Approved, why)
}

// RejectProposal refuses it.
func RejectProposal(ctx context.Context, d *desk.Desk, id, digest, why string) (*Proposal, error) {
	k, err := d.Keeper(access.FixesApprove)
	if err != nil {
		return nil, err
	}
	return rule(ctx, k, id, digest, Rejected, why)
}

func rule(ctx context.Context, k *keep.Keeper, id, digest string, to keep.PlannedState, why string) (*Proposal, error) {
	if utf8.RuneCountInString(why) > lifecycle.MaxText {
		return nil, locale.Errorf("lifecycle.tooLong", locale.A("max", lifecycle.MaxText))
	}
	kept, head, err := k.RulePlan(ctx, id, digest, to, why)
	if err != nil {
		return nil, err
	}
	p, err := read(kept)
	if err == nil {
		p.Head = head
	}
	return p, err
}

// Take hands out an approved plan with the word for it, once: whoever takes it
// applies it. It may be taken again where no run of it ever began. One that cannot be
// carried out in the role of its account is not handed out.
func Take(ctx context.Context, d *desk.Desk, at *Place, id string) (*plan.Plan, *Approval, error) {
	k, err := d.Keeper(access.FixesApply)
	if err != nil {
		return nil, nil, err
	}
	known, err := ShowProposal(ctx, d.For(at.Subject), id)
	if err != nil {
		return nil, nil, err
	}
	approval, err := at.approval(ctx, access.FixesApply, known.Plan)
	if err != nil {
		return nil, nil, err
	}
	runs, err := List(ctx, at)
	if err != nil {
		return nil, nil, err
	}
	began := len(known.Runs) > 0 || slices.ContainsFunc(runs, func(r Run) bool { return r.Digest == known.Digest })
	kept, err := k.TakePlan(ctx, id, !began)
	if err != nil {
		return nil, nil, err
	}
	p, err := read(kept)
	if err != nil {
		return nil, nil, err
	}
	return p.Plan, approval, nil
}

// States are those of some names.
func States(names []string) (list []keep.PlannedState) {
	for _, name := range names {
		list = append(list, keep.PlannedState(name))
	}
	return list
}
