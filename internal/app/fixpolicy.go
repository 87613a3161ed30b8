package app

import (
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/execute/hooks"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

// FixPolicyOptions say what a policy for fixes is to allow.
type FixPolicyOptions struct {
	Plan      *plan.Plan // what this plan calls; nil: what any plan would, as follows
	Selection control.Selection
	Remedy    string   // "" is all of each control
	Regions   []string // empty: any
	Partition string
	Delivered bool // reading events, as verifying their delivery does
}

// FixPolicy writes the least-privilege IAM policy for planning from findings,
// applying, resuming, undoing and verifying, as JSON. It comes from the same
// declarations that the calls are made by. A scan needs [ScanPolicy] besides.
func FixPolicy(w io.Writer, env *Env, o FixPolicyOptions) error {
	calls, at, err := fixCalls(env, o)
	if err != nil {
		return err
	}
	return write(w, document{Version: "2012-10-17", Statement: merged(statements("KumobanFix", calls, at))})
}

// merged puts actions of a service on the same resources into one statement: a
// managed policy has at most 6,144 characters.
func merged(list []statement) []statement {
	var out []statement
	count := map[string]int{}
	for _, s := range list {
		service, _, _ := strings.Cut(s.Action[0], ":")
		i := slices.IndexFunc(out, func(m statement) bool {
			return strings.HasPrefix(m.Action[0], service+":") && slices.Equal(m.Resource, s.Resource) && maps.EqualFunc(m.Condition, s.Condition, maps.Equal)
		})
		if i >= 0 {
			out[i].Action = append(out[i].Action, s.Action[0])
			continue
		}
		count[service]++
		s.Sid = "KumobanFix" + strings.ToUpper(service[:1]) + service[1:] + strconv.Itoa(count[service])
		out = append(out, s)
	}
	return out
}

func fixCalls(env *Env, o FixPolicyOptions) ([]*awsclient.Call, PolicyOptions, error) {
	at := PolicyOptions{Partition: o.Partition, Regions: o.Regions}
	if o.Plan != nil {
		at.Partition, at.Regions = o.Plan.Partition, []string{o.Plan.Region}
		calls, err := plannedCalls(env, o.Plan, o.Delivered)
		return calls, at, err
	}
	set, err := control.Select(env.Controls, o.Selection)
	if err == nil {
		err = at.check()
	}
	if err != nil {
		return nil, at, err
	}
	calls, err := anyCalls(env, set, o)
	return calls, at, err
}

// anyCalls lists what plans of these controls may call, whatever they find.
func anyCalls(env *Env, set control.Set, o FixPolicyOptions) ([]*awsclient.Call, error) {
	drivers := hooks.Drivers(drive.Clients{Scope: resource.Scope{Partition: o.Partition}})
	var calls []*awsclient.Call
	var names []string
	for i := range set {
		chosen := false
		for _, r := range set[i].Remedies {
			if names = append(names, r.Name); o.Remedy != "" && o.Remedy != r.Name {
				continue
			}
			chosen = true
			calls = append(calls, countCalls(drivers, &r)...)
			for _, in := range r.Inputs {
				calls = append(calls, hooks.ChoicesCalls(in.Of)...)
			}
			if by, ok := drivers[r.Around].(drive.Surveyor); ok {
				calls = append(calls, by.SurveyCalls(nil, nil)...)
			}
			for _, t := range r.Touches {
				calls = append(calls, drivers[t.Type].Calls(touched(&t))...)
			}
		}
		if chosen {
			calls = append(calls, awslive.OneCalls(set[i:i+1], true)...)
			for _, t := range touchedTypes(&set[i], o.Remedy) {
				calls = append(calls, judgingCalls(env, t)...)
			}
		}
	}
	if calls == nil {
		slices.Sort(names)
		return nil, locale.Errorf("cli.iam.noRemedy", locale.A("remedy", o.Remedy), locale.A("remedies", slices.Compact(names)))
	}
	if o.Delivered {
		for _, t := range slices.Sorted(maps.Keys(drivers)) {
			if by, ok := drivers[t].(drive.Deliverer); ok {
				calls = append(calls, by.ArrivedCall(""))
			}
		}
	}
	return calls, nil
}

// touchedTypes are the types of what a control's remedies may change.
func touchedTypes(c *control.Selected, name string) (types []resource.Type) {
	for _, r := range c.Remedies {
		for _, t := range r.Touches {
			if name == "" || name == r.Name {
				types = append(types, t.Type)
			}
		}
	}
	return types
}

// judgingCalls lists the calls by which every control judges a thing of a type that
// a run changed or made.
func judgingCalls(env *Env, t resource.Type) []*awsclient.Call {
	var set control.Set
	for _, c := range env.Controls {
		if c.Judges(t) {
			set = append(set, control.Selected{Control: c})
		}
	}
	return awslive.OneCalls(set, false)
}

// touched is a step that stands for all that a remedy may want of such things.
func touched(t *remedy.Touch) *plan.Step {
	s := &plan.Step{Thing: plan.Thing{Type: t.Type, Name: t.Name}, Make: t.Make}
	for _, p := range t.Properties {
		s.Changes = append(s.Changes, plan.Change{Property: p})
	}
	for _, p := range t.Guards {
		s.Guards = append(s.Guards, plan.Guard{Property: p})
	}
	return s
}

// plannedCalls lists what one plan calls, about its own things as far as IAM
// can tell them apart.
func plannedCalls(env *Env, p *plan.Plan, delivered bool) ([]*awsclient.Call, error) {
	at := resource.Scope{Partition: p.Partition, Account: p.Account, Region: p.Region}
	drivers := hooks.Drivers(drive.Clients{Scope: at})
	var calls []*awsclient.Call
	for i := range p.Fixes {
		fix := &p.Fixes[i]
		set, err := control.Select(env.Controls, control.Selection{Patterns: []string{fix.Control}})
		if err != nil {
			return nil, err
		}
		calls = append(calls, aboutThing(awslive.OneCalls(set, false), fix.Resource.ARN)...)
		for i := range set[0].Remedies {
			r := &set[0].Remedies[i]
			if r.Name != fix.Remedy || !r.Mends(fix.Resource.Type) {
				continue
			}
			calls = append(calls, countCalls(drivers, r)...)
			if by, ok := drivers[r.Around].(drive.Surveyor); ok {
				calls = append(calls, by.SurveyCalls(p, fix)...)
			}
		}
	}
	for i := range p.Steps {
		step := execute.Resolved(drivers, p, &p.Steps[i])
		driver, ok := drivers[step.Thing.Type]
		if !ok {
			return nil, locale.Errorf("run.badPlan")
		}
		for _, c := range driver.Calls(step) {
			own, _ := hooks.Narrowed(c, step.Thing.ARN)
			calls = append(calls, own)
		}
		calls = append(calls, aboutThing(judgingCalls(env, step.Thing.Type), step.Thing.ARN)...)
		if by, ok := driver.(drive.Deliverer); ok && delivered {
			calls = append(calls, arrivedCalls(by, step)...)
		}
	}
	return calls, nil
}

// aboutThing are the calls that are about the thing of an ARN, as far as their services
// can tell.
func aboutThing(calls []*awsclient.Call, arn string) (list []*awsclient.Call) {
	for _, c := range calls {
		if own, about := hooks.Narrowed(c, arn); about {
			list = append(list, own)
		}
	}
	return list
}

// arrivedCalls are those by which what a step has delivered is looked for.
func arrivedCalls(by drive.Deliverer, step *plan.Step) (calls []*awsclient.Call) {
	for _, c := range step.Changes {
		if at, ok := c.Will.(string); ok && c.Property == by.Destination() {
			if call := by.ArrivedCall(at); call != nil {
				calls = append(calls, call)
			}
		}
	}
	return calls
}
