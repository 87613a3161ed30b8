package app

import (
	"context"

	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/planner"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
)

const logGroupType resource.Type = "AWS::Logs::LogGroup"

const logGroupKey = "KmsKeyId"

// checkKey refuses a key that CloudWatch Logs may not use for a log group, and
// tells where it could not look.
func (f *fixer) checkKey(ctx context.Context, group string, key any) error {
	arn, ok := key.(string)
	if !ok {
		return nil // none, or one that the plan makes
	}
	doubt, err := execute.CheckLogKey(ctx, f.clients, arn, group)
	if doubt != nil {
		f.env.Tell(doubt.Key, doubt.Args...)
	}
	return err
}

// checkWanted looks at the keys that ensures give to log groups anew.
func (m *planMaker) checkWanted(ctx context.Context, ensures []remedy.Ensure) error {
	for i := range ensures {
		thing := planner.Thing(&ensures[i].Thing)
		if thing.Type != logGroupType {
			continue
		}
		for _, p := range ensures[i].Set {
			if p.Name != logGroupKey || plan.Equal(p.Value, m.states[planner.Key(thing)].Values[p.Name]) {
				continue
			}
			if err := m.checkKey(ctx, thing.Name, p.Value); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkKeys looks again before a plan is carried out: its policy may have
// changed since, and half a fix is worse than none.
func (f *fixer) checkKeys(ctx context.Context, p *plan.Plan) error {
	for i := range p.Steps {
		for _, c := range p.Steps[i].Changes {
			if p.Steps[i].Thing.Type != logGroupType || c.Property != logGroupKey {
				continue
			}
			if err := f.checkKey(ctx, p.Steps[i].Thing.Name, c.Will); err != nil {
				return err
			}
		}
	}
	return nil
}
