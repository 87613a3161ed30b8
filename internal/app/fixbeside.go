package app

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/evaluate"
	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
)

// Beside is what a control that the plan is not about says of a thing which the run
// changed or made, where it did not fail before and fails now, or cannot be judged.
type Beside struct {
	Finding *finding.Finding
	Made    bool           // the run made the thing
	Judged  bool           // it was judged before the run
	Before  control.Status // with this
}

// Since tells what is known of the thing before the run: "before" what it was, nothing
// where nobody saw it ("unseen") or the run made it ("made").
func (b *Beside) Since() string {
	switch {
	case b.Made:
		return "made"
	case b.Judged:
		return "before"
	}
	return "unseen"
}

// look is one thing that is read again, and what it is judged by.
type look struct {
	ref  resource.Ref
	made bool // a step makes it
	// changed says that a step changes or makes it, so that every control counts.
	changed bool
	ids     []string // of the controls
	found   map[string]*finding.Finding
	failed  error // why it could not be read
}

func (l *look) about(ref resource.Ref) bool { return l.ref.Type == ref.Type && l.ref.ARN == ref.ARN }

// looks lists what a run is about, each thing once: the resources of its findings
// with their controls and, if every control counts, all that its steps change.
func (f *fixer) looks(j *execute.Journal, all bool) []*look {
	p := j.Plan
	var list []*look
	at := func(ref resource.Ref) *look {
		i := slices.IndexFunc(list, func(l *look) bool { return l.about(ref) })
		if i < 0 {
			i, list = len(list), append(list, &look{ref: ref})
		}
		return list[i]
	}
	for i := range p.Fixes {
		fix := &p.Fixes[i]
		l := at(f.subject(fix))
		l.ids = append(l.ids, fix.Control)
	}
	for i := range p.Steps {
		step := &p.Steps[i]
		others := f.judges(step.Thing.Type)
		if !all || len(others) == 0 {
			continue
		}
		ref := resource.Ref{Scope: f.session.Scope, Type: step.Thing.Type, ARN: step.Thing.ARN, Name: step.Thing.Name}
		if arn, ok := j.Outputs(step.ID)["Arn"].(string); ok && step.Make && ref.ARN == "" {
			ref.ARN = arn
		}
		l := at(ref)
		l.changed, l.made = true, l.made || step.Make
		l.ids = append(l.ids, others...)
	}
	return list
}

// subject is what a finding of a plan is about: the setting itself where it is found
// on its account.
func (f *fixer) subject(fix *plan.Fix) resource.Ref {
	ref := resource.Ref{Scope: f.session.Scope, Type: fix.Resource.Type, ARN: fix.Resource.ARN, Name: fix.Resource.Name}
	if ref.Type != resource.AccountType {
		return ref
	}
	for _, c := range f.env.Controls {
		for _, check := range c.Checks {
			if e := catalog.Find(check.Type); c.ID == fix.Control && e != nil && e.Room.Setting {
				ref.Type = check.Type
			}
		}
	}
	return ref
}

// judges lists the controls that judge a type.
func (f *fixer) judges(t resource.Type) (ids []string) {
	for _, c := range f.env.Controls {
		if c.Judges(t) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// take reads each thing once and has its controls judge it. They have the parameters
// of the plan's findings.
func (f *fixer) take(ctx context.Context, p *plan.Plan, list []*look) error {
	var params []string
	for i := range p.Fixes {
		params = append(params, p.Fixes[i].Params...)
	}
	set, err := control.Select(f.env.Controls, control.Selection{Params: params})
	if err != nil {
		return err
	}
	for i := range p.Fixes {
		if set.Find(p.Fixes[i].Control) == nil {
			return control.NoSuch(control.IDs(f.env.Controls), p.Fixes[i].Control)
		}
	}
	for _, l := range list {
		only := slices.DeleteFunc(slices.Clone(set), func(c control.Selected) bool { return !slices.Contains(l.ids, c.ID) })
		if l.ref.ARN == "" && l.made {
			continue // nobody knows which one it is
		}
		l.found, _, l.failed = f.judged(ctx, only, l.ref)
		if ctx.Err() != nil {
			return l.failed
		}
	}
	return nil
}

// judged reads one resource again and says what controls find on it, by their ids. All
// of them judge it in one kind of scope.
func (f *fixer) judged(ctx context.Context, only control.Set, ref resource.Ref) (map[string]*finding.Finding, resource.Resource, error) {
	unit, err := f.session.One(ctx, only, ref)
	if err != nil && awsclient.AsFault(err).Class == awsclient.NotFound {
		return nil, nil, locale.Errorf("run.gone", locale.A("thing", ref.ID()))
	}
	if err != nil {
		return nil, nil, err
	}
	found := map[string]*finding.Finding{}
	keep := func(made *finding.Finding) error {
		if made.Resource.ARN == ref.ARN && found[made.Control] == nil {
			kept := *made
			found[made.Control] = &kept
		}
		return nil
	}
	run := evaluate.New(f.session.Scope, evaluate.KindOf(only[0].Control), only)
	run.At(fact.Time(f.env.Now().Unix()))
	if err := errors.Join(run.Unit(unit, keep), run.Joined(keep)); err != nil {
		return nil, nil, err
	}
	for _, res := range unit.Resources {
		if res.GetMeta().ARN == ref.ARN {
			return found, res, nil
		}
	}
	return nil, nil, locale.Errorf("run.gone", locale.A("thing", ref.ID()))
}

// foreknow has the journal keep what every control says of what is about to change,
// once and before anything is changed: what failed before is not the run's doing.
func (f *fixer) foreknow(ctx context.Context, j *execute.Journal) error {
	if _, ok := j.Verdicts(); ok || j.Unbegun() < len(j.Plan.Steps) {
		return nil
	}
	list := slices.DeleteFunc(f.looks(j, true), func(l *look) bool { return !l.changed || l.made })
	if len(list) == 0 {
		return nil
	}
	if err := f.take(ctx, j.Plan, list); err != nil {
		return err
	}
	said := execute.Verdicts{}
	for _, l := range list {
		for id, found := range l.found {
			said[execute.VerdictKey(id, l.ref.Type, l.ref.ARN)] = found.Status
		}
	}
	return j.Judge(said, f.env.Now())
}

// outcomes are what became of the findings of a plan.
func (f *fixer) outcomes(p *plan.Plan, list []*look) ([]Outcome, error) {
	var outcomes []Outcome
	for i := range p.Fixes {
		fix := &p.Fixes[i]
		ref := f.subject(fix)
		l := list[slices.IndexFunc(list, func(l *look) bool { return l.about(ref) })]
		if l.failed != nil {
			return outcomes, l.failed
		}
		found := l.found[fix.Control]
		if found == nil {
			return outcomes, locale.Errorf("run.gone", locale.A("thing", ref.ID()))
		}
		outcomes = append(outcomes, Outcome{Fix: fix, Finding: found})
	}
	return outcomes, nil
}

// besides are what the other controls say of what was changed or made, where that
// is news and no good one.
func (f *fixer) besides(j *execute.Journal, list []*look) (news []Beside) {
	said, known := j.Verdicts()
	for _, l := range list {
		if !l.changed || !l.made && !known {
			continue // nobody knows what failed before
		}
		for _, id := range f.judges(l.ref.Type) {
			if slices.ContainsFunc(j.Plan.Fixes, func(fix plan.Fix) bool { return fix.Control == id && l.about(f.subject(&fix)) }) {
				continue
			}
			b := Beside{Finding: l.found[id], Made: l.made}
			b.Before, b.Judged = said[execute.VerdictKey(id, l.ref.Type, l.ref.ARN)]
			if b.Finding == nil {
				b.Finding = f.unread(l, id)
			}
			if b.bad() {
				news = append(news, b)
			}
		}
	}
	return news
}

// bad tells whether a control fails that did not fail before, or cannot tell, but
// for what it could not tell before either though it was read.
func (b *Beside) bad() bool {
	switch b.Finding.Status {
	case control.Failed:
		return !b.Judged || b.Before != control.Failed
	case control.Unknown:
		return !b.Judged || b.Before != control.Unknown || b.Finding.Reason != finding.ReasonUndecided
	}
	return false
}

// unread is a control's finding on a thing that could not be read.
func (f *fixer) unread(l *look, id string) *finding.Finding {
	i := slices.IndexFunc(f.env.Controls, func(c *control.Control) bool { return c.ID == id })
	fault := awsclient.AsFault(cmp.Or(l.failed, error(locale.Errorf("run.gone", locale.A("thing", l.ref.ID())))))
	gap := resource.Gap{Scope: l.ref.Scope, Parent: l.ref, Call: fault.Call, Code: fault.Code}
	return &finding.Finding{
		Control: id, Severity: f.env.Controls[i].Severity, Status: control.Unknown, Reason: finding.ReasonUnread, Resource: l.ref, Message: finding.Hidden(&gap),
	}
}
