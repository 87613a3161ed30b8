// Package fixjob plans fixes, applies them and takes them back as jobs: the plan is
// kept until somebody approved it, and what an interrupted run did only a person goes on
// with.
package fixjob

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/fixes"
	"github.com/kumoban/kumoban/internal/app/jobs"
	"github.com/kumoban/kumoban/internal/app/planning"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/locale"
)

// The names of the kinds.
const (
	Plan   = "plan"
	Apply  = "apply"
	Resume = "resume"
	Undo   = "undo"
	Verify = "verify"
)

// Setup is where and how fixes are made.
type Setup struct {
	Env    *app.Env
	Dir    string      // of the journals
	Store  string      // its address, as journals name it
	Prices *cost.Table // to estimate what fixes cost; nil: nobody wants that
	// Reach is the way to an account and Region, for whoever looks.
	Reach func(ctx context.Context, account, region string) (app.FixOptions, error)
}

// Kinds are what such jobs are.
func (s *Setup) Kinds() []jobs.Kind {
	return []jobs.Kind{
		{Name: Plan, Takes: []access.Permission{access.FixesPlan}, Lane: lane, Do: s.plan},
		{Name: Apply, Takes: []access.Permission{access.FixesApply}, Lane: lane, Do: s.apply, Attention: attention},
		{Name: Resume, Takes: []access.Permission{access.FixesApply}, Lane: lane, Do: s.resume, Attention: attention},
		{Name: Undo, Takes: []access.Permission{access.FixesApply}, Lane: lane, Do: s.undo, Attention: attention},
		{Name: Verify, Takes: []access.Permission{access.FixesApply}, Lane: lane, Do: s.verify},
	}
}

// lane keeps two jobs from one account.
func lane(request json.RawMessage) (string, error) {
	var q struct {
		Account string `json:"account"`
	}
	if err := json.Unmarshal(request, &q); err != nil || q.Account == "" {
		return jobs.LaneAWS, err
	}
	return jobs.LaneAWS + "/" + q.Account, nil
}

// attention says what to do about a run that was cut off.
func attention(*jobs.Job) locale.Message { return locale.M("fixjob.attention") }

// PlanRequest says what to plan.
type PlanRequest struct {
	Findings []string          `json:"findings" minItems:"1" maxItems:"500" doc:"ids, whatever was decided about them"`
	Remedy   string            `json:"remedy,omitempty" maxLength:"100" doc:"of those that mend a control; none: the first"`
	Inputs   map[string]string `json:"inputs,omitempty" doc:"of remedies"`
	Params   []string          `json:"params,omitempty" maxItems:"100" doc:"of controls, CONTROL.NAME=VALUE"`
}

// Planned is what came of it.
type Planned struct {
	Plans []string `json:"plans"` // ids, one for each account and Region
	Left  int      `json:"left"`  // findings that are in none, for reasons that the notices say
}

// StartPlan starts to plan fixes, whose plans are kept.
func StartPlan(ctx context.Context, d *desk.Desk, r *jobs.Runner, q PlanRequest) (jobs.Job, error) {
	if err := d.Subject.May(access.FixesPlan); err != nil {
		return jobs.Job{}, err
	}
	return r.Start(ctx, d.Subject, Plan, q)
}

// plan makes a plan of the findings of each account and Region, and keeps it. One that
// was cut off begins anew: plans that are kept twice harm nobody.
func (s *Setup) plan(ctx context.Context, t *jobs.Task) (any, error) {
	var q PlanRequest
	if err := t.Request(&q); err != nil {
		return nil, err
	}
	groups, err := planning.Places(ctx, t.Desk, q.Findings)
	if err != nil {
		return nil, err
	}
	out := Planned{Plans: []string{}}
	for i, g := range groups {
		t.Progress(jobs.Progress{Done: i, Total: len(groups), Said: jobs.Say(locale.M("fixjob.planning", locale.A("account", g.Account), locale.A("region", g.Region)))})
		reach, err := s.Reach(ctx, g.Account, g.Region)
		if err != nil {
			return nil, err
		}
		made, err := planning.Make(ctx, s.planPlace(t), planning.Request{
			Findings: g.Findings, Options: app.PlanOptions{FixOptions: reach, Remedy: q.Remedy, Inputs: q.Inputs, Params: q.Params, Prices: s.Prices},
		})
		if err != nil {
			return nil, err
		}
		out.Left += len(made.Left)
		for _, l := range made.Left {
			t.Tell(desk.Tell("fixjob.left", locale.A("control", l.Control), locale.A("resource", locale.Clean(l.Ref.Name)), locale.A("why", &locale.Error{Message: l.Why})))
		}
		if made.Plan == nil {
			continue
		}
		p, err := fixes.Propose(ctx, t.Desk, made.Plan)
		if err != nil {
			return nil, err
		}
		out.Plans = append(out.Plans, p.ID)
	}
	return out, nil
}

// env tells whoever follows the job what use cases tell.
func (s *Setup) env(t *jobs.Task) *app.Env {
	env := *s.Env
	env.Tell = func(key string, args ...locale.Arg) { t.Tell(desk.Tell(key, args...)) }
	return &env
}

// open hands out the desk of the job: the store is open.
func open(t *jobs.Task) desk.Opener {
	return func(context.Context, string, bool) (*desk.Desk, func(), error) { return t.Desk, func() {}, nil }
}

func (s *Setup) planPlace(t *jobs.Task) *planning.Place {
	return &planning.Place{Subject: t.Desk.Subject, Env: s.env(t), Store: s.Store, Named: true, Open: open(t), Tell: func(n desk.Notice) { t.Tell(n) }}
}

// place is where fixes are applied: in the role of the account alone, whatever the
// credentials of whoever serves may do.
func (s *Setup) place(ctx context.Context, t *jobs.Task, account, region string) (*fixes.Place, error) {
	reach, err := s.Reach(ctx, account, region)
	return &fixes.Place{
		Subject: t.Desk.Subject, Env: s.env(t), Reach: reach, Dir: s.Dir, Store: s.Store, Open: open(t), InRoles: true, Tell: func(n desk.Notice) { t.Tell(n) },
	}, err
}

// look is where journals are, for who only reads them.
func (s *Setup) look(d *desk.Desk, tell func(desk.Notice)) *fixes.Place {
	return &fixes.Place{Subject: d.Subject, Env: s.Env, Dir: s.Dir, Store: s.Store, Tell: tell,
		Open: func(context.Context, string, bool) (*desk.Desk, func(), error) { return d, func() {}, nil }}
}

// steps tells how many steps of a plan are over.
func steps(t *jobs.Task, total int) func(fixes.Report) {
	var over []string
	return func(r fixes.Report) {
		if r.Event != "" && r.Event != fixes.Began && !slices.Contains(over, r.Step.ID) {
			over = append(over, r.Step.ID)
		}
		said := locale.M("fixjob.step", locale.A("step", r.Step.ID), locale.A("thing", locale.Clean(r.Step.Thing.Name)))
		if r.Event == "" && r.Why != "" {
			said = locale.M("fixjob.waits", locale.A("step", r.Step.ID), locale.A("thing", locale.Clean(r.Step.Thing.Name)), locale.A("why", locale.Errorf(r.Why)))
		}
		t.Progress(jobs.Progress{Done: len(over), Total: total, Said: jobs.Say(said)})
	}
}
