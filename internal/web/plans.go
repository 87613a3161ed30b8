package web

import (
	"context"
	"net/http"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/fixes"
	"github.com/kumoban/kumoban/internal/app/fixjob"
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

// Undertaken is how a fix is done that owners should agree to.
type Undertaken struct {
	Without *string `json:"without,omitempty" maxLength:"20000" doc:"why it is done without the owners' word, which the audit log keeps"`
}

// fixing registers what changes accounts, and what prepares that: as jobs.
func (a *api) fixing() {
	add(a, operation{"start-plan", http.MethodPost, "/plans", access.FixesPlan, "Start to plan fixes of findings; the plans are kept until somebody says whether they may be applied."},
		func(ctx context.Context, at *asked, in *body[fixjob.PlanRequest]) (*begun, error) {
			j, err := fixjob.StartPlan(ctx, at.desk, a.options.Jobs, in.Body)
			return started(at, &j), err
		}, starts)
	add(a, operation{"start-apply", http.MethodPost, "/plans/{id}/apply", access.FixesApply, "Start to apply a plan that somebody approved."},
		func(ctx context.Context, at *asked, in *struct {
			Planned
			Body Undertaken
		}) (*begun, error) {
			j, err := fixjob.StartApply(ctx, at.desk, a.options.Jobs, in.ID, in.Body.Without)
			return started(at, &j), err
		}, starts)
	for kind, says := range map[string]string{
		fixjob.Resume: "Go on with a run that stopped.", fixjob.Undo: "Take a run back.", fixjob.Verify: "Judge the findings of a run anew.",
	} {
		add(a, operation{"start-" + kind, http.MethodPost, "/runs/{id}/" + kind, access.FixesApply, says},
			func(ctx context.Context, at *asked, in *struct {
				Planned
				Body Undertaken
			}) (*begun, error) {
				j, err := fixjob.StartRun(ctx, at.desk, a.options.Jobs, a.options.Fixes, kind, in.ID, in.Body.Without)
				return started(at, &j), err
			}, starts)
	}
}

func shown(at *asked, p *fixes.Proposal, err error) (*body[view.ShownPlanBody], error) {
	if err != nil {
		return nil, err
	}
	out, err := at.view.ShownPlanBody(p)
	return &body[view.ShownPlanBody]{out}, err
}
