package app

import (
	"context"
	"slices"
	"time"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
)

// Delivery says whether an event that was written after a change has reached
// the log group that the change named.
type Delivery struct {
	Stage string
	Group string // ARN
	Seen  bool
}

// probeEvery is how often to look for an event after a probe.
const probeEvery = 10 * time.Second

// Delivered looks for events in the log groups that a run has something delivered to.
// With probe it causes one delivery of each first, and gives that time to arrive.
func Delivered(ctx context.Context, env *Env, run string, o FixOptions, dir string, probe bool) ([]Delivery, error) {
	p, entries, err := execute.ReadRun(dir, run)
	if err != nil {
		return nil, err
	}
	f, err := enterPlan(ctx, env, p, o)
	if err != nil {
		return nil, err
	}
	if probe && f.session.Config.BaseEndpoint != nil {
		return nil, locale.Errorf("cli.fix.noProbe")
	}
	var list []Delivery
	for i := range p.Steps {
		step := &p.Steps[i]
		by, ok := f.drivers[step.Thing.Type].(drive.Deliverer)
		if !ok {
			continue
		}
		group, since, ok := delivers(by, step, entries)
		if !ok {
			continue
		}
		d := Delivery{Stage: step.Thing.ARN, Group: group}
		if probe {
			if err := f.probe(ctx, by, p, step); err != nil {
				return list, err
			}
		}
		if d.Seen, err = f.seen(ctx, by, group, since, probe); err != nil {
			return list, err
		}
		list = append(list, d)
	}
	if list == nil {
		return nil, locale.Errorf("cli.fix.noDelivery")
	}
	return list, nil
}

// delivers tells where a finished step has something delivered, and since when.
func delivers(by drive.Deliverer, step *plan.Step, entries map[string]execute.Entry) (group string, since time.Time, ok bool) {
	entry := entries[step.ID]
	if entry.Event != execute.Done && entry.Event != execute.Already {
		return "", since, false
	}
	for _, c := range step.Changes {
		if c.Property != by.Destination() {
			continue
		}
		switch v := c.Will.(type) {
		case string:
			return v, entry.At, true
		case map[string]any:
			of, _ := v["of"].(string)
			name, _ := v["name"].(string)
			arn, there := entries[of].Outputs[name].(string)
			return arn, entry.At, there
		}
	}
	return "", since, false
}

// seen looks once, or, after a probe, until its event should have arrived.
func (f *fixer) seen(ctx context.Context, by drive.Deliverer, group string, since time.Time, probed bool) (bool, error) {
	for deadline := f.env.Now().Add(by.Within()); ; {
		found, err := by.Arrived(ctx, group, since)
		if found || err != nil || !probed || f.env.Now().After(deadline) {
			return found, err
		}
		if awsclient.Sleep(ctx, probeEvery) != nil {
			return false, awsclient.Stopped(ctx)
		}
	}
}

// probe causes one delivery. The thing is read again, for how depends on it.
func (f *fixer) probe(ctx context.Context, by drive.Deliverer, p *plan.Plan, step *plan.Step) error {
	ref := resource.Ref{Scope: f.session.Scope, Type: step.Thing.Type, ARN: step.Thing.ARN}
	only, err := control.Select(f.env.Controls, control.Selection{Patterns: []string{controlOf(p, step.ID)}})
	if err != nil {
		return err
	}
	_, res, err := f.look(ctx, only, ref)
	if err != nil {
		return err
	}
	ok, err := by.Probe(ctx, res)
	if err == nil && !ok {
		err = locale.Errorf("cli.fix.noDelivery")
	}
	return err
}

// controlOf returns the control that a step is for.
func controlOf(p *plan.Plan, step string) string {
	for _, fix := range p.Fixes {
		if slices.Contains(fix.Steps, step) {
			return fix.Control
		}
	}
	return ""
}
