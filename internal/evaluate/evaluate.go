// Package evaluate judges units by controls. It is pure: it reads nothing, keeps
// counts and what checks join, and hands each finding on as it is made.
package evaluate

import (
	"cmp"
	"maps"
	"slices"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/condition"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/source"
)

// Emit takes a finding. The finding is the callee's only until it returns;
// one that keeps it makes a copy.
type Emit func(*finding.Finding) error

// Run judges the units of one scope. It is for one goroutine.
type Run struct {
	scope   resource.Scope
	checks  map[resource.Type][]bound
	set     control.Set
	here    []bool // by control: what it judges lies in this scope
	offered []bool
	found   []bool // by control: a resource was judged, or may be hidden
	hidden  []bool // by control: the account has an UNKNOWN finding already
	others  bool   // there are resources here, whoever judges them
	asked   *condition.Asked
	settle  Settle
	given   control.Given
	joined  map[resource.Type]bool // the types that checks of this scope join
	waiting []waiting
	made    finding.Finding // the one that is being emitted; used again for the next
}

type bound struct {
	control int
	waits   bool // for the types that it joins
	run     func(resource.Resource, control.Given) control.Verdict
}

// Settle is what becomes of a verdict in the form in which a source has resources;
// ok is false where the form gives none.
type Settle func(t resource.Type, v control.Verdict) (settled control.Verdict, ok bool)

// Written has every verdict settled: the resources are those of a source.
func (r *Run) Written(settle Settle) { r.settle = settle }

// At says when the run began, for checks that judge time.
func (r *Run) At(now fact.Time) { r.given.Now = now }

// Ask has findings carry the facts that somebody asks for.
func (r *Run) Ask(a *condition.Asked) { r.asked = a }

// KindOf is the kind of scope in which a control is judged.
func KindOf(c *control.Control) source.Kind {
	if catalog.WideControl(c) {
		return source.Wide
	}
	return source.Regional
}

// New starts a run. A control whose types lie in scopes of the other kind says
// nothing in this one.
func New(scope resource.Scope, kind source.Kind, set control.Set) *Run {
	r := &Run{
		scope: scope, set: set, checks: map[resource.Type][]bound{}, joined: map[resource.Type]bool{}, given: control.Given{Seen: &control.Seen{}},
		here: make([]bool, len(set)), offered: make([]bool, len(set)), found: make([]bool, len(set)), hidden: make([]bool, len(set)),
	}
	for i, c := range set {
		r.offered[i] = c.Offered(scope.Region)
		if r.here[i] = KindOf(c.Control) == kind; !r.here[i] {
			continue
		}
		for _, check := range c.Checks {
			r.checks[check.Type] = append(r.checks[check.Type], bound{i, check.Joins != nil, check.Run})
			for _, j := range check.Joins {
				r.joined[j.Type] = true
			}
		}
	}
	return r
}

// Unit judges every resource of a unit, in the unit's order and, for each
// resource, in the order of the controls; then what its gaps hide. What goes by
// resources of other types waits for [Run.Joined].
func (r *Run) Unit(u resource.Unit, emit Emit) error {
	r.others = r.others || len(u.Resources) > 0
	var whole map[string]string // the root's tags
	var hidden *fact.Origin     // why they are not known
	if !u.Rootless {
		whole = map[string]string{}
	}
	for i, res := range u.Resources {
		tags, fault := tags(res, whole), cmp.Or(faultOf(res), hidden)
		if i == 0 {
			whole, hidden = tags, fault
		}
		if r.joined[res.ResourceType()] {
			r.given.Seen.Add(res)
		}
		about := waiting{res: res, tags: tags, facts: r.asked.Facts(res, &u, tags, fault)}
		for _, b := range r.checks[res.ResourceType()] {
			r.found[b.control] = true
			if about.by = b; b.waits {
				r.waiting = append(r.waiting, about)
			} else if err := r.judge(&about, emit); err != nil {
				return err
			}
		}
	}
	for i := range u.Gaps {
		if err := r.Gap(&u.Gaps[i], emit); err != nil {
			return err
		}
	}
	return nil
}

// waiting is a resource that a check is to judge.
type waiting struct {
	by    bound
	res   resource.Resource
	tags  map[string]string
	facts []condition.Fact
}

func (r *Run) judge(w *waiting, emit Emit) error {
	c, meta, given := &r.set[w.by.control], w.res.GetMeta(), r.given
	given.Params = c.Params
	v := w.by.run(w.res, given)
	if r.settle != nil {
		settled, ok := r.settle(w.res.ResourceType(), v)
		if !ok {
			return nil
		}
		v = settled
	}
	r.made = finding.Finding{
		Control: c.ID, Severity: c.Severity, Status: v.Status, Resource: meta.Ref, Message: v.Message, Notes: v.Notes,
		Reason: reason(v), NotOffered: !r.offered[w.by.control], Params: c.Params, Tags: w.tags, Origin: meta.Origin, Facts: w.facts,
	}
	return emit(&r.made)
}

// Joined judges what goes by resources of other types, when all of them that can be
// read were given to Unit: the resources of units that wait, and the account as a
// whole, of which a source that is written down tells nothing. End does it, too.
func (r *Run) Joined(emit Emit) error {
	for _, b := range r.checks[resource.AccountType] {
		if !r.found[b.control] && r.settle == nil {
			r.found[b.control] = true
			r.waiting = append(r.waiting, waiting{by: b, res: resource.NewWhole(r.scope)})
		}
	}
	return r.judgeWaiting(emit)
}

func (r *Run) judgeWaiting(emit Emit) error {
	list := r.waiting
	r.waiting = nil
	for i := range list {
		if err := r.judge(&list[i], emit); err != nil {
			return err
		}
	}
	return nil
}

// tags are a resource's own over those of the unit's root: an owner tags an API
// and means its stages and routes too. They are nil where any is not known.
func tags(res resource.Resource, root map[string]string) map[string]string {
	tagged, can := res.(resource.Tagged)
	if !can || root == nil {
		return root
	}
	own, present := tagged.ResourceTags().Get()
	switch {
	case present == fact.Unknown:
		return nil
	case len(own) == 0:
		return root
	case len(root) == 0:
		return own
	}
	all := maps.Clone(root)
	maps.Copy(all, own)
	return all
}

// faultOf is where a resource's own tags come from, where they are not known.
func faultOf(res resource.Resource) *fact.Origin {
	if tagged, can := res.(resource.Tagged); can && tagged.ResourceTags().Present() == fact.Unknown {
		return tagged.ResourceTags().Origin()
	}
	return nil
}

func reason(v control.Verdict) string {
	switch {
	case v.Status == control.NotApplicable:
		return finding.ReasonNotApplicable
	case v.Status != control.Unknown:
		return ""
	case v.Cause != nil && v.Cause.Fault != "":
		return finding.ReasonUnread
	}
	return finding.ReasonUndecided
}

// Gap emits one UNKNOWN finding, on the parent of what is hidden or on the
// account, for each control that judges a type the gap hides: the control
// cannot pass as long as something may be there unseen. Two failed listings of
// an account give one finding, for a finding is one control and one resource.
func (r *Run) Gap(g *resource.Gap, emit Emit) error {
	for t := range r.joined {
		if slices.Contains(g.Hides, t) || !finding.Reached(g) {
			r.given.Seen.Hide(t, &fact.Origin{Call: g.Call, Fault: g.Code})
		}
	}
	if !finding.Reached(g) { // the run is over: nothing more is read that anything could wait for
		if err := r.judgeWaiting(emit); err != nil {
			return err
		}
	}
	for i, c := range r.set {
		if !r.here[i] || !slices.ContainsFunc(g.Hides, c.Control.Judges) {
			continue
		}
		r.found[i] = true
		f := r.account(i)
		f.Status, f.Reason, f.Message = control.Unknown, finding.ReasonUnread, finding.Hidden(g)
		if g.Parent.Type != "" {
			f.Resource = g.Parent
		} else if r.hidden[i] {
			continue
		} else {
			r.hidden[i] = true
		}
		if err := emit(&f); err != nil {
			return err
		}
	}
	return nil
}

// End emits one account-level PASSED finding for each control that found no
// resource. It must be called only when every listing has been asked for;
// those that failed were given to Gap or Unit before.
func (r *Run) End(emit Emit) error {
	if err := r.Joined(emit); err != nil {
		return err
	}
	message := locale.M("finding.noResource")
	if r.others {
		message = locale.M(finding.OthersOnly)
	}
	for i := range r.set {
		if r.found[i] || !r.here[i] {
			continue
		}
		f := r.account(i)
		f.Status, f.Reason, f.Message = control.Passed, finding.ReasonEmpty, message
		if err := emit(&f); err != nil {
			return err
		}
	}
	return nil
}

// account returns a finding on the account and Region as a whole.
func (r *Run) account(i int) finding.Finding {
	c := &r.set[i]
	return finding.Finding{
		Control: c.ID, Severity: c.Severity, NotOffered: !r.offered[i], Params: c.Params,
		Resource: resource.OfAccount(r.scope),
	}
}
