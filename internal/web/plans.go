package web

import (
	"context"
	"net/http"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/fixes"
	"github.com/kumoban/kumoban/internal/view"
)

// Worded is the word for a plan, or against it.
type Worded struct {
	Digest string `json:"digest" maxLength:"200" doc:"of the plan that was read"`
	Reason string `json:"reason,omitempty" maxLength:"20000"`
}

// Planned is a plan by its id.
type Planned struct {
	ID string `path:"id" maxLength:"200"`
}

// plans registers plans that wait for somebody's word, or have it.
func (a *api) plans() {
	add(a, operation{"list-plans", http.MethodGet, "/plans", access.FixesRead, "Plans of fixes that are kept, the latest first."},
		func(ctx context.Context, at *asked, in *struct {
			States []string `query:"state,explode" enum:"proposed,approved,rejected,applied"`
		}) (*body[view.PlansBody], error) {
			list, err := fixes.Proposals(ctx, at.desk, fixes.States(in.States)...)
			if err != nil {
				return nil, err
			}
			return &body[view.PlansBody]{at.view.PlansBody(list)}, nil
		})
	add(a, operation{"get-plan", http.MethodGet, "/plans/{id}", access.FixesRead, "A plan, as whoever approves it reads it: in words and as each tool does it."},
		func(ctx context.Context, at *asked, in *Planned) (*body[view.ShownPlanBody], error) {
			p, err := fixes.ShowProposal(ctx, at.desk, in.ID)
			return shown(at, p, err)
		})
	for _, o := range []struct {
		name, says string
		do         func(context.Context, *desk.Desk, string, string, string) (*fixes.Proposal, error)
	}{
		{"approve", "Give the word for a plan, by its digest.", fixes.ApproveProposal},
		{"reject", "Refuse a plan, by its digest.", fixes.RejectProposal},
	} {
		add(a, operation{o.name + "-plan", http.MethodPost, "/plans/{id}/" + o.name, access.FixesApprove, o.says},
			func(ctx context.Context, at *asked, in *struct {
				Planned
				Body Worded
			}) (*body[view.ShownPlanBody], error) {
				p, err := o.do(ctx, at.desk, in.ID, in.Body.Digest, in.Body.Reason)
				return shown(at, p, err)
			})
	}
}

func shown(at *asked, p *fixes.Proposal, err error) (*body[view.ShownPlanBody], error) {
	if err != nil {
		return nil, err
	}
	out, err := at.view.ShownPlanBody(p)
	return &body[view.ShownPlanBody]{out}, err
}
