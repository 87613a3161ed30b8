package app

import (
	"context"
	"slices"

	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/planner"
	"github.com/kumoban/kumoban/internal/remedy"
)

// foresee looks at what AWS will look at when the fix of one finding is made,
// and notes in the fix what nobody could tell. It is an error if AWS will refuse.
func (m *planMaker) foresee(ctx context.Context, w *planner.Wanted) error {
	at := m.session.Scope
	trial, err := planner.Make(plan.Plan{Partition: at.Partition, Account: at.Account, Region: at.Region}, []planner.Wanted{*w}, m.states)
	if err != nil {
		return err
	}
	for i := range trial.Steps {
		doubts, err := m.foreseer.Step(ctx, named(trial, &trial.Steps[i]))
		if err != nil {
			return err
		}
		note(&w.Fix, doubts...)
	}
	return nil
}

// foresee looks again before a plan is carried out: much may have changed since,
// and half a fix is worse than none.
func (f *fixer) foresee(ctx context.Context, p *plan.Plan) error {
	foreseer := execute.NewForeseer(f.clients)
	var said []plan.Note
	for i := range p.Steps {
		doubts, err := foreseer.Step(ctx, named(p, &p.Steps[i]))
		if err != nil {
			return err
		}
		for _, d := range doubts {
			if n := plan.NewNote(d); !slices.ContainsFunc(said, func(s plan.Note) bool { return plan.SameNote(&s, &n) }) {
				said = append(said, n)
				f.env.Tell(d.Key, d.Args...)
			}
		}
	}
	return nil
}

// named is a step with the log group that the plan makes by its ARN. A role that
// is made is none to look at.
func named(p *plan.Plan, step *plan.Step) *plan.Step {
	if step.Thing.Type == "AWS::ApiGateway::Account" {
		return step
	}
	return resolved(p, step)
}

// note adds what a fix does not say yet.
func note(fix *plan.Fix, messages ...locale.Message) {
	for _, m := range messages {
		n := plan.NewNote(m)
		if !slices.ContainsFunc(fix.Notes, func(s plan.Note) bool { return plan.SameNote(&s, &n) }) {
			fix.Notes = append(fix.Notes, n)
		}
	}
}

// accountRole is the account's role for logs, as far as somebody could look.
type accountRole struct {
	arn string
	execute.RoleSeen
}

func (m *planMaker) accountRole(ctx context.Context) (*accountRole, error) {
	if m.role != nil {
		return m.role, nil
	}
	arn, err := m.session.AccountRole(ctx)
	if err != nil {
		return nil, err
	}
	role := &accountRole{arn: arn}
	if arn != "" {
		if role.RoleSeen, err = execute.LookAtRole(ctx, m.clients, arn); err != nil {
			return nil, err
		}
	}
	m.role = role
	return role, nil
}

// notes says what the plan must tell of the account's role, given the decisions.
func (r *accountRole) notes(inputs map[string]string) []locale.Message {
	if r.arn == "" {
		return nil
	}
	role := locale.A("role", r.arn)
	if r.Gone {
		if inputs["accountRole"] == "keep" {
			return []locale.Message{locale.M("run.role.kept", role)}
		}
		return []locale.Message{locale.M("run.role.replaced", role)}
	}
	notes := slices.Clone(r.Doubts)
	for _, name := range []string{"role", "accountRole"} {
		if v := inputs[name]; v != "" && v != r.arn && v != "keep" {
			notes = append(notes, locale.M("run.role.unused", role, locale.A("input", name+"="+v)))
		}
	}
	return notes
}

// about tells a remedy of the account's role, if it needs it, and says what the
// plan must tell of that.
func (m *planMaker) about(ctx context.Context, r *remedy.Remedy, c *remedy.Case) ([]locale.Message, error) {
	if r.NeedsAccountRole == nil || !r.NeedsAccountRole(c.Resource) {
		return nil, nil
	}
	role, err := m.accountRole(ctx)
	if err != nil {
		return nil, err
	}
	c.AccountRole, c.AccountRoleGone = role.arn, role.Gone
	return role.notes(c.Inputs), nil
}
