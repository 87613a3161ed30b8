package keep

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

// Change is how a finding differs between two scans.
type Change string

// The changes between two scans.
const (
	Appeared Change = "new"
	Fixed    Change = "fixed"
	Reopened Change = "reopened"
	Still    Change = "still"
	Unclear  Change = "unclear" // it failed, and one of the two could not read it
)

// Changes lists them in the order in which they are told.
func Changes() []Change { return []Change{Appeared, Fixed, Reopened, Still, Unclear} }

// Delta is one finding that failed in either of two scans.
type Delta struct {
	Change  Change
	Was, Is *store.StateAt // nil: not known then
}

// At is what the delta is about, as it was last.
func (d *Delta) At() *store.StateAt {
	if d.Is != nil {
		return d.Is
	}
	return d.Was
}

// Difference is what changed between two scans, of what both looked at.
type Difference struct {
	From, To         store.Scan
	Deltas           []Delta // by change, severity, resource and control
	FromOnly, ToOnly Alone
	Shared           bool // there is anything at which both looked
}

// Alone is what one of two scans did and the other did not.
type Alone struct {
	Scopes   []resource.Scope // that it entered
	Broad    []resource.Scope // under which it looked at what is the account's, whatever the Region
	Controls []string         // that it evaluated
	Gaps     []resource.Gap   // what it could not read, in what both looked at
	Failed   int              // findings that failed in it, and that the other was not meant to look at
}

// Compare says what became of a finding that both scans looked at; "" where it
// failed in neither. A finding that could not be judged is not fixed.
func Compare(was, is *store.StateAt) Change {
	before, after := failed(was), failed(is)
	switch {
	case before && after:
		return Still
	case before && is != nil && is.State == lifecycle.Active && is.Status == control.Unknown:
		return Unclear
	case before && is != nil && is.State == lifecycle.Archived && is.Status == control.Failed:
		return Unclear // its control was switched off
	case before:
		return Fixed
	case after && was != nil && (was.State == lifecycle.Archived || was.Status == control.Passed):
		return Reopened
	case after:
		return Appeared
	}
	return ""
}

func failed(s *store.StateAt) bool {
	return s != nil && s.State == lifecycle.Active && s.Status == control.Failed
}

// Diff compares two scans finding by finding, of what the filter's accounts,
// Regions and controls let through.
func Diff(ctx context.Context, r store.Reader, from, to int64, f store.Filter) (*Difference, error) {
	d := &Difference{}
	var err error
	if d.From, err = r.Scan(ctx, from); err != nil {
		return nil, err
	}
	if d.To, err = r.Scan(ctx, to); err != nil {
		return nil, err
	}
	before, after := gazeOf(&d.From), gazeOf(&d.To)
	was := map[string]store.StateAt{}
	for s, err := range r.StatesAt(ctx, from, f) {
		if err != nil {
			return nil, err
		}
		was[s.Finding] = s
	}
	for s, err := range r.StatesAt(ctx, to, f) {
		if err != nil {
			return nil, err
		}
		var known *store.StateAt
		if b, ok := was[s.Finding]; ok {
			known = &b
			delete(was, s.Finding)
		}
		d.add(before, after, Delta{Was: known, Is: &s})
	}
	for _, id := range slices.Sorted(maps.Keys(was)) { // the second scan is the earlier one
		b := was[id]
		d.add(before, after, Delta{Was: &b})
	}
	slices.SortStableFunc(d.Deltas, func(a, b Delta) int { return a.compare(&b) })
	d.alone(f)
	return d, nil
}

// compare orders rows: by change, the most severe first, by resource and control.
func (d *Delta) compare(o *Delta) int {
	a, b := d.At(), o.At()
	return cmp.Or(
		cmp.Compare(slices.Index(Changes(), d.Change), slices.Index(Changes(), o.Change)), cmp.Compare(b.Severity, a.Severity),
		strings.Compare(a.Resource.Account, b.Resource.Account), strings.Compare(a.Resource.Region, b.Resource.Region),
		strings.Compare(a.Resource.Name, b.Resource.Name), strings.Compare(a.Resource.ID(), b.Resource.ID()), control.Compare(a.Control, b.Control))
}

// add files a finding where it belongs. What the store knew of one that a scan was
// not meant to look at is what an earlier scan had seen, and tells nothing of it.
// Where a gap may have hidden it, what the scan itself saw cannot be told from
// what an earlier one had, so that only a change since the other scan counts.
func (d *Difference) add(before, after *gaze, delta Delta) {
	at := delta.At()
	aimedBefore, aimedAfter := before.aimed(at), after.aimed(at)
	switch {
	case aimedBefore && aimedAfter:
		delta.Change = Compare(delta.Was, delta.Is)
		carried := delta.Change == Still || delta.Is == nil
		if delta.Change != "" && (!before.saw(at) || carried && !after.saw(at)) {
			delta.Change = Unclear
		}
	case aimedBefore && failed(delta.Was):
		d.FromOnly.Failed++
	case aimedAfter && failed(delta.Is):
		d.ToOnly.Failed++
	}
	if delta.Change != "" {
		d.Deltas = append(d.Deltas, delta)
	}
}

// gaze is what a scan looked at.
type gaze struct {
	coverage *lifecycle.Coverage
	ids      map[string]bool // of a look after a fix; nil: it looked around
}

func gazeOf(s *store.Scan) *gaze {
	if s.Around() {
		return &gaze{coverage: Coverage(s)}
	}
	g := &gaze{ids: map[string]bool{}}
	for _, id := range s.Looked {
		g.ids[id] = true
	}
	return g
}

func (g *gaze) aimed(at *store.StateAt) bool {
	if g.ids != nil {
		return g.ids[at.Finding]
	}
	return g.coverage.Aimed(&lifecycle.Record{Control: at.Control, Resource: at.Resource})
}

func (g *gaze) saw(at *store.StateAt) bool {
	if g.ids != nil {
		return g.ids[at.Finding]
	}
	return g.coverage.Looked(&lifecycle.Record{Control: at.Control, Resource: at.Resource})
}

// alone finds what each scan did alone. A look after a fix is told by itself.
func (d *Difference) alone(f store.Filter) {
	if !d.From.Around() || !d.To.Around() {
		d.Shared = (d.From.Around() || len(d.From.Looked) > 0) && (d.To.Around() || len(d.To.Looked) > 0)
		return
	}
	fromScopes, toScopes := within(enteredBy(&d.From), f), within(enteredBy(&d.To), f)
	fromControls, toControls := among(d.From.Controls, f), among(d.To.Controls, f)
	common := slices.DeleteFunc(slices.Clone(fromScopes), func(e entered) bool { return !slices.Contains(toScopes, e) })
	d.FromOnly.Scopes, d.FromOnly.Broad = split(without(fromScopes, toScopes))
	d.ToOnly.Scopes, d.ToOnly.Broad = split(without(toScopes, fromScopes))
	d.FromOnly.Controls, d.ToOnly.Controls = without(fromControls, toControls), without(toControls, fromControls)
	d.FromOnly.Gaps, d.ToOnly.Gaps = gapsBeside(&d.From, &d.To, common), gapsBeside(&d.To, &d.From, common)
	wide := wides(&d.From, &d.To)
	d.Shared = slices.ContainsFunc(without(fromControls, d.FromOnly.Controls), func(id string) bool {
		return slices.ContainsFunc(common, func(e entered) bool { return e.wide == wide[strings.ToLower(id)] })
	})
}

func within(all []entered, f store.Filter) []entered {
	return slices.DeleteFunc(all, func(at entered) bool {
		return len(f.Accounts) > 0 && !slices.Contains(f.Accounts, at.Account) || len(f.Regions) > 0 && !slices.Contains(f.Regions, at.Region)
	})
}

func among(ids []string, f store.Filter) []string {
	list := slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		return len(f.Controls) > 0 && !slices.ContainsFunc(f.Controls, func(p string) bool { return control.Match(p, id) })
	})
	slices.SortFunc(list, control.Compare)
	return list
}

func without[T comparable](all, others []T) []T {
	return slices.DeleteFunc(slices.Clone(all), func(v T) bool { return slices.Contains(others, v) })
}

// gapsBeside are the gaps of a scan, in scopes that both entered, which the other
// did not have.
func gapsBeside(scan, other *store.Scan, common []entered) (list []resource.Gap) {
	for i := range scan.Gaps {
		g := &scan.Gaps[i]
		in := slices.ContainsFunc(common, func(e entered) bool { return e.hides(g) })
		if in && !slices.ContainsFunc(other.Gaps, func(o resource.Gap) bool { return hidden(&o) == hidden(g) }) {
			list = append(list, *g)
		}
	}
	return list
}

// hidden names what a gap hides, whatever the reason.
func hidden(g *resource.Gap) string {
	types := make([]string, len(g.Hides))
	for i, t := range g.Hides {
		types[i] = string(t)
	}
	slices.Sort(types)
	return strings.Join([]string{g.Partition, g.Account, g.Region, g.Name, g.Parent.ID(), strings.Join(types, ",")}, "\x00")
}

// Between says which scans to compare: those named; one that is named with the
// latest, and without any the latest with the one before. The other scan is the
// latest that looked at something of the same, where there is such a one.
func Between(ctx context.Context, r store.Reader, ids []int64) (from, to int64, err error) {
	if len(ids) == 2 {
		return ids[0], ids[1], nil
	}
	all, err := r.Scans(ctx, 0)
	if err != nil {
		return 0, 0, err
	}
	all = slices.DeleteFunc(all, func(s store.Scan) bool { return len(s.Accounts) == 0 })
	if len(ids) == 1 {
		named, err := r.Scan(ctx, ids[0])
		if err != nil {
			return 0, 0, err
		}
		later := slices.DeleteFunc(all, func(s store.Scan) bool { return s.ID <= named.ID })
		if to, ok := fellow(&named, later); ok {
			return named.ID, to, nil
		}
	} else if len(all) > 0 {
		if from, ok := fellow(&all[0], all[1:]); ok {
			return from, all[0].ID, nil
		}
	}
	return 0, 0, locale.Errorf("keep.noTwoScans")
}

// fellow is the first scan that shares something with one, else the first.
func fellow(one *store.Scan, others []store.Scan) (int64, bool) {
	for i := range others {
		d := Difference{From: *one, To: others[i]}
		if d.alone(store.Filter{}); d.Shared {
			return others[i].ID, true
		}
	}
	if len(others) > 0 {
		return others[0].ID, true
	}
	return 0, false
}
