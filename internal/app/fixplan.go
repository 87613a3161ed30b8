package app

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/execute/hooks"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/planner"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

// FixOptions say how to reach the account that is to be fixed.
type FixOptions struct {
	Target  awslive.Target
	Region  string
	Rate    awsclient.Rate
	Witness Witness // of what is done to runs; nil: nobody keeps account
	// As is in whose name steps are carried out and taken back; nil: whoever looks.
	As *Role
	// Sessions are the policies of the sessions of As, of the plan that was approved;
	// nil: those of the plan that is carried out.
	Sessions Sessions
}

// Wish is one finding that somebody wants mended.
type Wish struct {
	Control string
	Ref     resource.Ref
	Let     string // a message key: why the finding itself says that it is to be let be, or ""
	Owner   Replies
	Params  control.Params // that the finding was judged with; those of Security Hub count again
}

// Replies are what the owner of a finding said that decides inputs of its remedy.
type Replies struct {
	By, Question string
	Inputs       map[string]string
}

// LeftOut is a finding that is not planned, and why.
type LeftOut struct {
	Wish
	Why locale.Message
	// Undecided is what somebody has to decide before; nil: that would not help.
	Undecided *Undecided
}

// PlanOptions say what to plan.
type PlanOptions struct {
	FixOptions
	Wishes []Wish
	Params []string // control parameters, as for a scan
	Remedy string   // "" is each control's usual one
	Inputs map[string]string
	// Defaults are inputs that kumoban.yaml decides, where a remedy has them.
	Defaults map[string]string
	State    *State      // a Terraform state, to say what it manages; nil: none
	Prices   *cost.Table // to estimate costs by; nil: none are
	LeftOut  []LeftOut   // before, for the plan to name
	// Leave is told of what cannot be planned.
	Leave func(LeftOut)
}

// fixer is a way into the one account and Region of a plan.
type fixer struct {
	env     *Env
	session *awslive.Session
	clients drive.Clients
	drivers map[resource.Type]drive.Driver
}

func enter(ctx context.Context, env *Env, o FixOptions, region string) (*fixer, error) {
	src := awslive.Source{Limits: awsclient.NewLimits(o.Rate, env.Log), Load: env.Load, Log: env.Log}
	session, _, err := src.Enter(ctx, o.Target, region)
	if err != nil {
		return nil, err
	}
	clients := drive.Clients{Config: session.Config, Lane: session.Lane, Scope: session.Scope}
	return &fixer{env: env, session: session, clients: clients, drivers: hooks.Drivers(clients)}, nil
}

// MakePlan looks at each finding's resource again, asks its control's remedy
// what shall be, and plans what is missing. A finding that passes by now, or
// whose remedy needs a decision that was not given, is named and left out; if
// none is left, that is the error.
func MakePlan(ctx context.Context, env *Env, o PlanOptions) (*plan.Plan, error) {
	set, err := control.Select(env.Controls, control.Selection{Params: o.Params})
	if err != nil {
		return nil, err
	}
	region, err := oneScope(o.Wishes, o.Region, set)
	if err != nil {
		return nil, err
	}
	f, err := enter(ctx, env, o.FixOptions, region)
	if err != nil {
		return nil, err
	}
	f.session.Closely = true
	if at := o.Wishes[0].Ref.Account; at != "" && at != f.session.Scope.Account {
		return nil, locale.Errorf("run.otherAccount", locale.A("account", at), locale.A("caller", f.session.Scope.Account))
	}
	m := planMaker{fixer: f, options: o, set: set, states: map[string]planner.State{}, foreseer: execute.NewForeseer(f.drivers), listed: map[resource.Type]listing{}, around: map[resource.Type]*drive.Survey{}}
	if err := errors.Join(m.checkNames(), m.checkDefaults()); err != nil {
		return nil, err
	}
	var wanted []planner.Wanted
	var last error
	for _, wish := range m.sorted() {
		w, err := m.want(ctx, wish)
		var ours *locale.Error
		if errors.As(err, &ours) && len(o.Wishes) > 1 {
			l := LeftOut{Wish: wish, Why: ours.Message}
			errors.As(err, &l.Undecided)
			m.leave(l)
			last = err
			continue
		}
		if err != nil {
			return nil, err
		}
		wanted = append(wanted, *w)
	}
	if len(wanted) == 0 {
		return nil, last
	}
	if err := m.allTaken(); err != nil {
		return nil, err
	}
	m.tellDefaults()
	m.price(ctx, wanted)
	at := f.session.Scope
	head := plan.Plan{Kumoban: env.Version, MadeAt: env.Now().UTC().Truncate(time.Second), Partition: at.Partition, Account: at.Account, Region: at.Region, LeftOut: m.leftOut()}
	return planner.Make(head, wanted, m.states)
}

// oneScope checks that all findings are of one account and Region. What is the
// account's is under the partition's own, whichever Region was asked for.
func oneScope(wishes []Wish, region string, set control.Set) (string, error) {
	if len(wishes) == 0 {
		return "", locale.Errorf("cli.fix.nothing")
	}
	first := wishes[0].Ref.Scope
	for _, w := range wishes {
		if w.Ref.Account != first.Account || w.Ref.Region != first.Region {
			return "", locale.Errorf("cli.fix.severalScopes", locale.A("one", first.Account+" "+first.Region), locale.A("other", w.Ref.Account+" "+w.Ref.Region))
		}
	}
	c := set.Find(wishes[0].Control)
	if region != "" && first.Region != "" && region != first.Region && (c == nil || !catalog.WideControl(c)) {
		return "", locale.Errorf("run.otherRegion", locale.A("region", first.Region))
	}
	if first.Region == "" {
		return region, nil
	}
	return first.Region, nil
}

type planMaker struct {
	*fixer
	options  PlanOptions
	set      control.Set
	states   map[string]planner.State
	taken    []string // defaults, as --input gives them
	used     []*remedy.Remedy
	around   map[resource.Type]*drive.Survey // things that remedies have to know of
	foreseer *execute.Foreseer
	bills    []bill // of those that are wanted
	left     []LeftOut
	listed   map[resource.Type]listing
}

// leave leaves a finding out of the plan, and tells.
func (m *planMaker) leave(l LeftOut) {
	m.left = append(m.left, l)
	if m.options.Leave != nil {
		m.options.Leave(l)
	}
}

// leftOut lists for the plan what is not in it.
func (m *planMaker) leftOut() (list []plan.LeftOut) {
	for _, l := range slices.Concat(m.options.LeftOut, m.left) {
		list = append(list, plan.LeftOut{Control: l.Control, Resource: plan.Thing{Type: l.Ref.Type, ARN: l.Ref.ARN, Name: l.Ref.Name}, Why: plan.NewNote(l.Why)})
	}
	return list
}

// checkNames refuses an input that no remedy has which may be chosen: it was
// meant for something.
func (m *planMaker) checkNames() error {
	var may []*remedy.Remedy
	for _, c := range m.set {
		if !slices.ContainsFunc(m.options.Wishes, func(w Wish) bool { return w.Control == c.ID }) {
			continue
		}
		for i := range c.Remedies {
			if r := &c.Remedies[i]; m.options.Remedy == "" || m.options.Remedy == r.Name {
				may = append(may, r)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.options.Inputs)) {
		if !takes(may, name) && len(may) > 0 {
			return may[0].Unknown(name)
		}
	}
	return nil
}

// allTaken refuses an input that none of the remedies in the plan has, though one
// has that might have been chosen: the plan would leave out what was decided.
func (m *planMaker) allTaken() error {
	var names []string
	for _, r := range m.used {
		if !slices.Contains(names, r.Name) {
			names = append(names, r.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.options.Inputs)) {
		if !takes(m.used, name) {
			return locale.Errorf("cli.fix.inputUnused", locale.A("input", name), locale.A("remedies", names))
		}
	}
	return nil
}

func takes(list []*remedy.Remedy, input string) bool {
	return slices.ContainsFunc(list, func(r *remedy.Remedy) bool {
		return slices.ContainsFunc(r.Inputs, func(in remedy.Input) bool { return in.Name == input })
	})
}

// tellDefaults says what was decided for somebody who did not.
func (m *planMaker) tellDefaults() {
	if len(m.taken) > 0 {
		m.env.Tell("cli.fix.defaults", locale.A("inputs", m.taken))
	}
}

// sorted puts the wishes into the order of the controls and of the resources,
// so that the same wishes make the same plan.
func (m *planMaker) sorted() []Wish {
	order := map[string]int{}
	for i, c := range m.set {
		order[c.ID] = i
	}
	wishes := slices.Clone(m.options.Wishes)
	slices.SortStableFunc(wishes, func(a, b Wish) int {
		if d := order[a.Control] - order[b.Control]; d != 0 {
			return d
		}
		if a.Ref.ID() < b.Ref.ID() {
			return -1
		}
		return 1
	})
	return slices.CompactFunc(wishes, func(a, b Wish) bool { return a.Control == b.Control && a.Ref.ID() == b.Ref.ID() })
}

// want looks at one finding's resource and asks the remedy.
func (m *planMaker) want(ctx context.Context, wish Wish) (*planner.Wanted, error) {
	i := slices.IndexFunc(m.set, func(c control.Selected) bool { return c.ID == wish.Control })
	if i < 0 {
		return nil, locale.Errorf("cli.noControl", locale.A("pattern", wish.Control))
	}
	only, _ := m.set[i : i+1].Tune(wish.hub())
	m.set[i] = only[0] // a plan is for one Region, whose Security Hub has them so
	f, res, err := m.look(ctx, only, wish.Ref)
	if err != nil {
		return nil, err
	}
	switch f.Status {
	case control.Passed, control.NotApplicable:
		return nil, locale.Errorf("cli.fix.passes", locale.A("control", f.Control), locale.A("resource", f.Resource.Name), locale.A("status", f.Status.String()))
	case control.Unknown:
		return nil, locale.Errorf("cli.fix.unknown", locale.A("control", f.Control), locale.A("resource", f.Resource.Name))
	}
	r, inputs, err := m.remedy(ctx, only[0].Control, f, &wish.Owner)
	if err != nil {
		return nil, err
	}
	c := remedy.Case{Control: f.Control, Resource: res, Inputs: inputs}
	m.used = append(m.used, r)
	notes, err := m.about(ctx, r, &c)
	if err != nil {
		return nil, err
	}
	notes = append(notes, wish.Owner.used(r, inputs, m.options.Inputs)...)
	ensures, err := r.Ensure(c)
	if err != nil {
		return nil, err
	}
	if err := m.read(ctx, ensures); err != nil {
		return nil, err
	}
	waits, err := m.pending(ctx, r, ensures, inputs)
	if err != nil {
		return nil, err
	}
	notes = append(notes, waits...)
	m.unneeded(r, inputs, ensures)
	w := &planner.Wanted{Ensures: ensures, Fix: plan.Fix{
		Finding: f.ID(), Control: f.Control, Remedy: r.Name, Inputs: inputs, Params: custom(only[0]), Managed: m.managed(res, ensures),
		Resource: plan.Thing{Type: f.Resource.Type, ARN: f.Resource.ARN, Name: f.Resource.Name},
	}}
	if w.Fix.Managed == nil {
		notes = append(notes, tagsHidden(res)...)
	}
	note(&w.Fix, notes...)
	if err := m.foresee(ctx, w); err != nil {
		return nil, err
	}
	m.bills = append(m.bills, bill{res, r.Bill(c)})
	return w, nil
}

// hub are the parameters that the account has in its Security Hub, as the finding
// says.
func (w *Wish) hub() map[string]map[string]string {
	values := map[string]string{}
	for _, p := range w.Params {
		if p.Hub {
			values[p.Name] = p.Value
		}
	}
	return map[string]map[string]string{w.Control: values}
}

// custom lists the parameters that the user set, as --param gives them.
func custom(c control.Selected) []string {
	var set []string
	for _, p := range c.Params {
		if p.Custom {
			set = append(set, c.ID+"."+p.Name+"="+p.Value)
		}
	}
	return set
}

// look reads one resource again and has one control judge it.
func (f *fixer) look(ctx context.Context, only control.Set, ref resource.Ref) (*finding.Finding, resource.Resource, error) {
	found, res, err := f.judged(ctx, only, ref)
	if err == nil && found[only[0].ID] == nil {
		err = locale.Errorf("run.gone", locale.A("thing", ref.ID()))
	}
	if err != nil {
		return nil, nil, err
	}
	return found[only[0].ID], res, nil
}

// read learns the states of what the ensures are about.
func (m *planMaker) read(ctx context.Context, ensures []remedy.Ensure) error {
	for i := range ensures {
		e := &ensures[i]
		thing := planner.Thing(&e.Thing)
		driver, ok := m.drivers[thing.Type]
		if !ok {
			return locale.Errorf("run.badPlan")
		}
		along := sentAlong(driver, e)
		got, err := driver.Read(ctx, thing, append(planner.Properties(e), along...))
		if err != nil {
			return err
		}
		for _, name := range along {
			if v, there := got.Values[name]; there { // for whoever prints the calls
				e.Other = append(e.Other, remedy.Property{Name: name, Value: v})
			}
		}
		if err := unchanged(driver, e, &got); err != nil {
			return err
		}
		state := planner.State{Exists: got.Exists, Values: got.Values}
		if old, ok := m.states[planner.Key(thing)]; ok && old.Exists == got.Exists && got.Exists {
			maps.Copy(state.Values, old.Values)
		}
		if got.Exists {
			if state.Outputs, err = driver.Outputs(ctx, thing, ""); err != nil {
				return err
			}
		}
		m.states[planner.Key(thing)] = state
	}
	return nil
}

// pending is what the plan says of changes that wait for the maintenance window of a
// thing. Whether they are made now, with what is planned, or that waits with them, is
// for people to decide.
func (m *planMaker) pending(ctx context.Context, r *remedy.Remedy, ensures []remedy.Ensure, inputs map[string]string) (notes []locale.Message, err error) {
	for i := range ensures {
		e := &ensures[i]
		driver, ok := m.drivers[e.Thing.Type].(drive.Deferring)
		if !ok {
			continue
		}
		values := map[string]any{}
		for _, p := range e.Set {
			values[p.Name] = p.Value
		}
		others, err := driver.Pending(ctx, planner.Thing(&e.Thing), values)
		if err != nil {
			return nil, err
		}
		if len(others) == 0 {
			continue
		}
		args := []locale.Arg{locale.A("thing", e.Thing.ID()), locale.A("pending", others), locale.A("remedy", r.Name)}
		switch inputs["pending"] {
		case "now":
			e.Hurries = others
			notes = append(notes, locale.M("run.note.hurries", args...))
		case "window":
			e.PutOff = true
			notes = append(notes, locale.M("run.note.putOff", args...))
		default:
			return nil, undecided(r, input(r, "pending"), locale.Errorf("run.pending", args...), nil)
		}
	}
	return notes, nil
}

// sentAlong lists what is sent along with what an ensure wants and is not named by
// it.
func sentAlong(driver drive.Driver, e *remedy.Ensure) []string {
	whole, ok := driver.(drive.Whole)
	if !ok {
		return nil
	}
	set := map[string]any{}
	for _, p := range e.Set {
		set[p.Name] = p.Value
	}
	named := planner.Properties(e)
	return slices.DeleteFunc(whole.Together(set), func(name string) bool { return slices.Contains(named, name) })
}

// unchanged refuses to plan where what stays, and is a part of what is written,
// is another by now than it was when the remedy was asked.
func unchanged(driver drive.Driver, e *remedy.Ensure, now *drive.State) error {
	set := map[string]any{}
	for _, p := range e.Set {
		set[p.Name] = p.Value
	}
	along := driver.Along(set)
	for _, p := range e.Other {
		matters := driver.Whole(p.Name) != "" || slices.Contains(along, p.Name)
		if now.Exists && matters && !drive.Same(driver, p.Name, now.Values[p.Name], p.Value) {
			return locale.Errorf("run.changedMeanwhile", locale.A("thing", e.Thing.ID()), locale.A("property", p.Name))
		}
	}
	return nil
}

// managed says who else owns a resource and would undo a live change.
func (m *planMaker) managed(res resource.Resource, ensures []remedy.Ensure) *plan.Managed {
	ref := res.GetMeta().Ref
	ref.Type = res.ResourceType() // a setting is found on its account
	if m.options.State == nil {
		return StackOf(res)
	}
	var properties []string
	for i := range ensures {
		for _, p := range ensures[i].Set {
			properties = append(properties, p.Name)
		}
	}
	if owners := m.options.State.Owners(ref, properties...); owners != nil {
		sets := map[string]string{}
		for i := range ensures {
			for _, p := range ensures[i].Set {
				if address := m.options.State.Setter(ref, p.Name); address != "" && ensures[i].Thing.ARN == ref.ARN && ensures[i].Thing.Type == res.ResourceType() {
					sets[p.Name] = address
				}
			}
		}
		return &plan.Managed{By: "terraform", Name: owners[0], Also: owners[1:], In: m.options.State.Path, Sets: sets}
	}
	return StackOf(res)
}
