package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/execute/hooks"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/planner"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
	"github.com/kumoban/kumoban/internal/source/awslive"
	"github.com/kumoban/kumoban/internal/traffic"
)

// patience is how long an estimate may ask AWS: a plan, and a question, are made
// without it.
const patience = 15 * time.Second

// bill is what AWS charges of a fix of one resource.
type bill struct {
	res     resource.Resource
	charges []cost.Charge
}

// counts tells whether a charge follows the number of requests.
func (b *bill) counts() bool {
	return slices.ContainsFunc(b.charges, func(c cost.Charge) bool { return c.Follows() })
}

// estimates puts bills into amounts. It never fails: what cannot be read is not
// known, and says why.
func (f *fixer) estimates(ctx context.Context, t *cost.Table, bills []bill) []cost.Estimate {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	requests := f.requests(ctx, bills)
	out := make([]cost.Estimate, len(bills))
	at := f.session.Scope
	for i := range bills {
		out[i] = cost.Of(bills[i].charges, requests[i], t, at.Partition, at.Region)
	}
	return out
}

// requests counts the requests of the resources whose bills follow them; nil for
// the others.
func (f *fixer) requests(ctx context.Context, bills []bill) []*cost.Requests {
	out := make([]*cost.Requests, len(bills))
	named := f.subjects(ctx, bills)
	var subjects []traffic.Subject
	asked := map[string][]int{}
	for i, s := range named {
		switch {
		case s == nil:
			continue
		case s.Why.Key != "":
			out[i] = &cost.Requests{Says: about(s.Why, bills[i].res)}
			continue
		}
		if asked[s.ID()] == nil {
			subjects = append(subjects, s.Subject)
		}
		asked[s.ID()] = append(asked[s.ID()], i)
	}
	if len(subjects) == 0 {
		return out
	}
	counted := traffic.Requests(ctx, traffic.Place{Config: f.session.Config, Lane: f.session.Lane}, subjects, f.env.Now())
	for n := range subjects {
		for _, i := range asked[subjects[n].ID()] {
			r := counted[n]
			r.Says = about(r.Says, bills[i].res)
			out[i] = &r
		}
	}
	return out
}

// subjects are the resources whose bills follow their requests, as CloudWatch names
// them.
func (f *fixer) subjects(ctx context.Context, bills []bill) []*drive.Counted {
	out := make([]*drive.Counted, len(bills))
	of := map[resource.Type][]int{}
	for i := range bills {
		if bills[i].counts() {
			t := bills[i].res.ResourceType()
			of[t] = append(of[t], i)
		}
	}
	for t, list := range of {
		by, ok := f.drivers[t].(drive.Counter)
		things := make([]resource.Resource, len(list))
		for n, i := range list {
			out[i] = &drive.Counted{Why: locale.M("cost.requests.noStage")}
			things[n] = bills[i].res
		}
		if !ok {
			continue
		}
		for n, counted := range by.Subjects(ctx, things) {
			out[list[n]] = &counted
		}
	}
	return out
}

// about names the resource that requests are those of.
func about(m locale.Message, res resource.Resource) locale.Message {
	return locale.M(m.Key, append(slices.Clone(m.Args), locale.A("stage", locale.Clean(res.GetMeta().Name)))...)
}

// price adds to each fix of a plan what it costs.
func (m *planMaker) price(ctx context.Context, wanted []planner.Wanted) {
	if m.options.Prices == nil {
		return
	}
	for i, e := range m.estimates(ctx, m.options.Prices, m.bills) {
		wanted[i].Fix.Cost = plan.NewCost(&e)
	}
}

// countCalls lists the calls that estimates of a remedy may make.
func countCalls(drivers map[resource.Type]drive.Driver, r *remedy.Remedy) []*awsclient.Call {
	if !r.Counts {
		return nil
	}
	calls := []*awsclient.Call{traffic.GetMetricData()}
	if by, ok := drivers[r.On].(drive.Counter); ok {
		calls = append(calls, by.SubjectsCalls()...)
	}
	return calls
}

// Costed is what one way to fix a finding costs, or why that is not known.
type Costed struct {
	Remedy string
	Cost   *plan.Cost
	Region string
	Why    locale.Message // where Cost is nil
}

// Costs estimates what the fixes of findings cost, by the finding's id. It asks
// AWS about each resource, and for no longer than a question can wait.
func Costs(ctx context.Context, env *Env, o FixOptions, t *cost.Table, records []*lifecycle.Record) map[string][]Costed {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c := coster{env: env, options: o, table: t, fixers: map[string]*fixer{}, failed: map[string]locale.Message{}, out: map[string][]Costed{}}
	bills := map[*fixer][]costing{}
	for _, r := range records {
		f, list, why := c.bills(ctx, r)
		if why.Key != "" {
			c.out[r.ID] = []Costed{{Why: why}}
			continue
		}
		bills[f] = append(bills[f], list...)
	}
	for f, list := range bills {
		var plain []bill
		for i := range list {
			plain = append(plain, list[i].bill)
		}
		for i, e := range f.estimates(ctx, t, plain) {
			id := list[i].finding
			c.out[id] = append(c.out[id], Costed{Remedy: list[i].remedy, Cost: plan.NewCost(&e), Region: e.Region})
		}
	}
	return c.out
}

// TagsCloser tells whether scans go without the tags of a finding's resource, which
// [Tags] can read.
func TagsCloser(r *lifecycle.Record) bool {
	e := catalog.Find(r.Resource.Type)
	return r.Source == lifecycle.SourceLive && e != nil && slices.ContainsFunc(e.Room.Properties, func(p room.Property) bool {
		return p.Kind == room.Tags && e.Room.Closer(p.Name)
	})
}

// Tags reads the tags of findings' resources that scans go without, by the finding's
// id, and why those of others are not known. What scans read is left as it is.
func Tags(ctx context.Context, env *Env, o FixOptions, records []*lifecycle.Record) (tags map[string]map[string]string, why map[string]locale.Message) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c := coster{env: env, options: o, fixers: map[string]*fixer{}, failed: map[string]locale.Message{}}
	tags, why = map[string]map[string]string{}, map[string]locale.Message{}
	for _, r := range records {
		if !TagsCloser(r) {
			continue
		}
		_, _, res, wrong := c.resource(ctx, r)
		if wrong.Key != "" {
			why[r.ID] = wrong
			continue
		}
		if tagsHidden(res) != nil {
			o := tagsProperty(res).Origin()
			why[r.ID] = locale.M("cost.notRead", locale.A("error", locale.Errorf("cost.call", locale.A("call", o.Call), locale.A("code", locale.Clean(o.Fault)))))
			continue
		}
		tags[r.ID] = ownTags(res)
	}
	return tags, why
}

type costing struct {
	bill
	finding, remedy string
}

type coster struct {
	env     *Env
	options FixOptions
	table   *cost.Table
	fixers  map[string]*fixer // by Region
	failed  map[string]locale.Message
	out     map[string][]Costed
}

// bills reads a finding's resource and asks its remedies what they cost.
func (c *coster) bills(ctx context.Context, r *lifecycle.Record) (*fixer, []costing, locale.Message) {
	f, ctl, res, why := c.resource(ctx, r)
	if why.Key != "" {
		return nil, nil, why
	}
	var list []costing
	for i := range ctl.Remedies {
		m := &ctl.Remedies[i]
		if !m.Mends(r.Resource.Type) {
			continue
		}
		inputs := map[string]string{}
		for _, in := range m.Inputs {
			if in.Default != "" {
				inputs[in.Name] = in.Default
			}
		}
		list = append(list, costing{bill{res, m.Bill(remedy.Case{Resource: res, Inputs: inputs})}, r.ID, m.Name})
	}
	return f, list, locale.Message{}
}

// resource reads a finding's resource closely.
func (c *coster) resource(ctx context.Context, r *lifecycle.Record) (*fixer, *control.Control, resource.Resource, locale.Message) {
	if r.Source != lifecycle.SourceLive {
		return nil, nil, nil, locale.M("cost.source")
	}
	f, why := c.fixer(ctx, r.Resource.Region)
	if why.Key != "" {
		return nil, nil, nil, why
	}
	if at := f.session.Scope; at.Account != r.Resource.Account {
		return nil, nil, nil, locale.M("cost.otherAccount", locale.A("account", r.Resource.Account), locale.A("caller", at.Account))
	}
	set, err := control.Select(c.env.Controls, control.Selection{Patterns: []string{r.Control}})
	if err != nil {
		return nil, nil, nil, c.why(ctx, err)
	}
	unit, err := f.session.One(ctx, set, r.Resource)
	if err != nil || len(unit.Resources) == 0 {
		return nil, nil, nil, c.why(ctx, err)
	}
	return f, set[0].Control, unit.Resources[0], locale.Message{}
}

// fixer enters each Region once.
func (c *coster) fixer(ctx context.Context, region string) (*fixer, locale.Message) {
	if why, failed := c.failed[region]; failed {
		return nil, why
	}
	if f := c.fixers[region]; f != nil {
		return f, locale.Message{}
	}
	f, err := enter(ctx, c.env, c.options, region)
	if err != nil {
		c.failed[region] = c.why(ctx, err)
		return nil, c.failed[region]
	}
	f.session.Closely = true
	c.fixers[region] = f
	return f, locale.Message{}
}

// why says why a resource could not be asked about.
func (c *coster) why(ctx context.Context, err error) locale.Message {
	var ours *locale.Error
	switch {
	case ctx.Err() != nil:
		return locale.M("cost.notRead", locale.A("error", locale.Errorf("cost.late")))
	case errors.As(err, &ours):
		return locale.M("cost.notRead", locale.A("error", ours))
	}
	fault := awsclient.AsFault(err)
	return locale.M("cost.notRead", locale.A("error", locale.Errorf("cost.call", locale.A("call", fault.Call), locale.A("code", locale.Clean(fault.Code)))))
}

// CostCalls lists every call that [Costs] may make for findings of these
// controls.
func CostCalls(set control.Set) []*awsclient.Call {
	calls, drivers := awslive.OneCalls(set, true), hooks.Drivers(drive.Clients{})
	for i := range set {
		for n := range set[i].Remedies {
			calls = append(calls, countCalls(drivers, &set[i].Remedies[n])...)
		}
	}
	return calls
}
