// Package sides sets our records and Security Hub's findings side by side: where
// they differ and why, and what keeps their workflow in step. It is pure.
package sides

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
)

// Why says why a verdict of Security Hub's and ours differ.
type Why string

// The reasons, in words of the catalogue's hub.why.*.
const (
	Stale           Why = "stale"           // Security Hub looked before our last change
	StalePeriodic   Why = "stalePeriodic"   // and looks again on its schedule only
	StaleHere       Why = "staleHere"       // theirs changed after we looked
	SuppressedThere Why = "suppressedThere" // there only
	SuppressedHere  Why = "suppressedHere"  // here only
	ArchivedThere   Why = "archivedThere"
	ArchivedHere    Why = "archivedHere"
	NotOffered      Why = "notOffered"   // AWS does not offer the control in the Region
	NoneThere       Why = "noneThere"    // no active finding of any control: Security Hub or the standard is off there
	OffThere        Why = "offThere"     // no finding of this control: it is disabled there
	NotScanned      Why = "notScanned"   // no scan here looked for it
	GapHere         Why = "gapHere"      // a scan could not look
	UnknownHere     Why = "unknownHere"  // UNKNOWN here, a verdict there
	UnknownThere    Why = "unknownThere" // NOT_AVAILABLE or WARNING there, a verdict here
	Parameters      Why = "parameters"   // judged with other parameter values
	Open            Why = "open"         // a case that no source settles: docs/fidelity.md
	Unexplained     Why = "unexplained"
)

// Whys lists all reasons, in the order of the list above.
func Whys() []Why {
	return []Why{
		Stale, StalePeriodic, StaleHere, SuppressedThere, SuppressedHere, ArchivedThere, ArchivedHere, NotOffered, NoneThere, OffThere, NotScanned, GapHere,
		UnknownHere, UnknownThere, Parameters, Open, Unexplained,
	}
}

// Difference is one control and resource on which the two sides differ.
type Difference struct {
	Why      Why
	Control  string
	Resource resource.Ref
	Ours     *lifecycle.Record // nil: not here
	Theirs   *report.Held      // nil: not there
	Cases    []Case            // of docs/fidelity.md that may be behind it
}

// Comparison is what a comparison found.
type Comparison struct {
	Agree       int // pairs that say the same, and what is closed on one side and unknown to the other
	Differences []Difference
	// Empty counts our active records by accounts and Regions of which Security
	// Hub has no finding at all: there is nothing to compare them with.
	Empty map[resource.Scope]int
}

// Context is what a comparison knows beside the findings.
type Context struct {
	Controls []*control.Control
	// Scanned says when a scan last looked for a control's resources; the zero
	// time: never.
	Scanned func(control string, at resource.Scope) time.Time
	Gaps    []resource.Gap // of those scans
}

// Compare sets our records against Security Hub's findings, by control, in any
// case, and resource. Records of source files have no counterpart and do not
// count; findings that kumoban imported say nothing new and do not either.
// Security Hub's findings are held in memory, and those of ours that differ.
func Compare(ours iter.Seq[*lifecycle.Record], theirs iter.Seq[*report.Held], known Context) Comparison {
	c := comparer{known: known, wide: map[string]bool{}, theirs: map[pairKey]*report.Held{}, spoken: map[scopeKey]time.Time{}, exempt: map[scopeKey]bool{}, judged: map[scopeKey]time.Time{}, heard: map[scopeKey]bool{}}
	c.out.Empty = map[resource.Scope]int{}
	for _, x := range known.Controls {
		c.wide[strings.ToLower(x.ID)] = catalog.WideControl(x)
	}
	for f := range theirs {
		c.learn(f)
	}
	for r := range ours {
		if r.Source != lifecycle.SourceLive || r.Resource.ARN == "" {
			continue
		}
		if !c.heard[c.allOf(r.Control, &r.Resource)] {
			if r.State == lifecycle.Active {
				c.out.Empty[r.Resource.Scope]++
			}
			continue
		}
		key := c.keyOf(r.Control, &r.Resource)
		f := c.theirs[key]
		delete(c.theirs, key)
		c.count(r)
		c.add(c.pair(r, f), r, f)
	}
	for _, f := range c.theirs {
		c.add(c.missingHere(f), nil, f)
	}
	slices.SortFunc(c.out.Differences, func(a, b Difference) int {
		return cmp.Or(
			strings.Compare(a.Resource.Account, b.Resource.Account), strings.Compare(a.Resource.Region, b.Resource.Region),
			control.Compare(a.Control, b.Control), strings.Compare(a.Resource.ID(), b.Resource.ID()))
	})
	return c.out
}

type pairKey struct{ account, region, control, resource string }

func keyOf(id string, r *resource.Ref) pairKey {
	return pairKey{r.Account, r.Region, strings.ToLower(id), r.ID()}
}

// keyOf pairs the sides. What is the account's has one record here, under the
// partition's own Region, and a finding there in each Region that looks.
func (c *comparer) keyOf(id string, r *resource.Ref) pairKey {
	return pairKey{r.Account, c.region(id, r), strings.ToLower(id), r.ID()}
}

// scopeKey is a control in one account and Region; control "" is all of them, and
// Region "" is the account as a whole.
type scopeKey struct{ account, region, control string }

func (c *comparer) scopeOf(id string, r *resource.Ref) scopeKey {
	return scopeKey{r.Account, c.region(id, r), strings.ToLower(id)}
}

// allOf are all controls where those like one are judged.
func (c *comparer) allOf(id string, r *resource.Ref) scopeKey {
	return scopeKey{r.Account, c.region(id, r), ""}
}

// region is the one in which a control is compared; "" is the whole account.
func (c *comparer) region(id string, r *resource.Ref) string {
	if c.wide[strings.ToLower(id)] {
		return ""
	}
	return r.Region
}

type comparer struct {
	known  Context
	wide   map[string]bool // controls, in lower case, that judge what is the account's
	theirs map[pairKey]*report.Held
	spoken map[scopeKey]time.Time // when Security Hub last looked, where it has anything active
	judged map[scopeKey]time.Time // since when we have a resource there
	exempt map[scopeKey]bool      // where we have one that is NOT_APPLICABLE
	heard  map[scopeKey]bool      // where Security Hub has anything at all, archived findings too
	out    Comparison
}

// learn keeps one finding for each control and resource: with consolidated
// control findings off every standard has one, and all come from one check.
func (c *comparer) learn(f *report.Held) {
	if f.Ours {
		return
	}
	here, everywhere := scopeKey{f.Ref.Account, f.Ref.Region, ""}, scopeKey{f.Ref.Account, "", ""}
	c.heard[here], c.heard[everywhere] = true, true
	if f.RecordState == string(lifecycle.Active) {
		for _, key := range []scopeKey{c.scopeOf(f.Control, &f.Ref), here, everywhere} {
			if seen := looked(f); seen.After(c.spoken[key]) {
				c.spoken[key] = seen
			}
		}
	}
	key := c.keyOf(f.Control, &f.Ref)
	if old := c.theirs[key]; old == nil || better(f, old) {
		c.theirs[key] = f
	}
}

// better tells which of two findings of one control and resource speaks for it:
// an active one, then that of Foundational Security Best Practices or of no
// standard, then the one that was looked at last.
func better(a, b *report.Held) bool {
	rank := func(f *report.Held) (n int) {
		if f.RecordState == string(lifecycle.Active) {
			n += 2
		}
		if f.Decides() {
			n++
		}
		return n
	}
	if x, y := rank(a), rank(b); x != y {
		return x > y
	}
	return looked(a).After(looked(b))
}

// looked is when Security Hub last looked. Not every finding says.
func looked(f *report.Held) time.Time {
	if f.LastObservedAt.IsZero() {
		return f.UpdatedAt
	}
	return f.LastObservedAt
}

// count remembers what the account-level finding of a control depends on.
func (c *comparer) count(r *lifecycle.Record) {
	if r.State != lifecycle.Active && r.Status != control.NotApplicable || r.Resource.Type == resource.AccountType {
		return
	}
	key := c.scopeOf(r.Control, &r.Resource)
	if r.Status == control.NotApplicable {
		c.exempt[key] = true
	} else if since := c.judged[key]; since.IsZero() || r.FirstSeen.Before(since) {
		c.judged[key] = r.FirstSeen
	}
}

// add counts a pair; a Why of "" agrees.
func (c *comparer) add(why Why, r *lifecycle.Record, f *report.Held) {
	if why == "" {
		c.out.Agree++
		return
	}
	d := Difference{Why: why, Ours: r, Theirs: f}
	if r != nil {
		d.Control, d.Resource = r.Control, r.Resource
	} else {
		d.Control, d.Resource = f.Control, f.Ref
	}
	if why == Open {
		d.Cases = c.cases(r, f)
	}
	c.out.Differences = append(c.out.Differences, d)
}

// pair says why a record and its counterpart, which may be nil, differ.
func (c *comparer) pair(r *lifecycle.Record, f *report.Held) Why {
	closed := r.State == lifecycle.Archived
	switch {
	case f == nil && closed:
		return ""
	case f == nil:
		return c.missingThere(r)
	}
	archived := f.RecordState == string(lifecycle.Archived)
	switch {
	case closed && archived:
		return ""
	case closed:
		return cmp.Or(c.late(r, f), c.open(r, f), ArchivedHere)
	case archived:
		return cmp.Or(c.late(r, f), c.open(r, f), ArchivedThere)
	}
	suppressedHere, suppressedThere := r.Workflow == lifecycle.Suppressed, f.Workflow == string(lifecycle.Suppressed)
	if same(r.Status, f.Status) {
		if !f.Decides() {
			return "" // another standard's verdict is that of the same check, its workflow is its own
		}
		return suppressed(suppressedHere, suppressedThere)
	}
	switch {
	case r.Status == control.Unknown:
		return UnknownHere
	case suppressedThere: // Security Hub does not update such a finding any more
		return SuppressedThere
	}
	why := cmp.Or(c.late(r, f), different(r, f))
	if why == "" && (f.Status == "WARNING" || f.Status == "NOT_AVAILABLE") {
		why = cmp.Or(c.open(r, f), UnknownThere)
	}
	return cmp.Or(why, c.open(r, f), suppressed(suppressedHere, false), Unexplained)
}

func suppressed(here, there bool) Why {
	switch {
	case here && !there:
		return SuppressedHere
	case there && !here:
		return SuppressedThere
	}
	return ""
}

// same sets statuses side by side: NOT_AVAILABLE and WARNING are how Security
// Hub says UNKNOWN.
func same(ours control.Status, theirs string) bool {
	switch theirs {
	case "PASSED":
		return ours == control.Passed
	case "FAILED":
		return ours == control.Failed
	}
	return ours == control.Unknown
}

// late tells whether one side looked before the other's last change. Security
// Hub's FirstObservedAt is that change.
func (c *comparer) late(r *lifecycle.Record, f *report.Held) Why {
	switch {
	case looked(f).Before(r.Changed) && c.periodic(r.Control):
		return StalePeriodic
	case looked(f).Before(r.Changed):
		return Stale
	case !f.FirstObservedAt.IsZero() && f.FirstObservedAt.After(r.LastSeen):
		return StaleHere
	}
	return ""
}

func (c *comparer) periodic(id string) bool {
	x := c.control(id)
	return x != nil && x.Periodic()
}

func (c *comparer) control(id string) *control.Control {
	if i := slices.IndexFunc(c.known.Controls, func(x *control.Control) bool { return strings.EqualFold(x.ID, id) }); i >= 0 {
		return c.known.Controls[i]
	}
	return nil
}

// different compares the parameters that Security Hub says it judged with; lists in
// any order, for they are sets of what is allowed.
func different(r *lifecycle.Record, f *report.Held) Why {
	for name, values := range f.Params {
		have := slices.Sorted(strings.SplitSeq(r.Params.Get(name), ","))
		if theirs := slices.Sorted(slices.Values(values)); strings.Join(have, ",") != strings.Join(theirs, ",") {
			return Parameters
		}
	}
	for _, p := range r.Params {
		if _, there := f.Params[p.Name]; p.Custom && !there && p.Value != "" {
			return Parameters
		}
	}
	return ""
}

func (c *comparer) open(r *lifecycle.Record, f *report.Held) Why {
	if len(c.cases(r, f)) > 0 {
		return Open
	}
	return ""
}

// missingThere says why Security Hub has nothing on an active record.
func (c *comparer) missingThere(r *lifecycle.Record) Why {
	x := c.control(r.Control)
	spoken := c.spoken[c.scopeOf(r.Control, &r.Resource)]
	switch {
	case r.NotOffered || x != nil && slices.Contains(x.NotOffered, r.Resource.Region):
		return NotOffered
	case c.spoken[c.allOf(r.Control, &r.Resource)].IsZero():
		return NoneThere
	case spoken.IsZero():
		return cmp.Or(c.open(r, nil), OffThere)
	case spoken.Before(r.FirstSeen) && c.periodic(r.Control):
		return StalePeriodic
	case spoken.Before(r.FirstSeen):
		return Stale
	case r.Status == control.Unknown:
		return UnknownHere // a gap stands for what it hides
	}
	return cmp.Or(c.open(r, nil), Unexplained)
}

// missingHere says why we have nothing on a finding of theirs.
func (c *comparer) missingHere(f *report.Held) Why {
	if f.RecordState == string(lifecycle.Archived) {
		return ""
	}
	var scanned time.Time
	if c.known.Scanned != nil {
		scanned = c.known.Scanned(f.Control, f.Ref.Scope)
	}
	if scanned.IsZero() {
		return NotScanned
	}
	for i := range c.known.Gaps {
		g := &c.known.Gaps[i]
		if g.Account == f.Ref.Account && (g.Region == f.Ref.Region || g.Region == "" || c.region(f.Control, &f.Ref) == "") && c.hides(g, f) {
			return GapHere
		}
	}
	switch {
	case looked(f).After(scanned):
		return StaleHere
	case f.Ref.Type == resource.AccountType && looked(f).Before(c.judged[c.scopeOf(f.Control, &f.Ref)]) || f.Ref.Type != resource.AccountType && looked(f).Before(scanned):
		// Security Hub takes hours to see that a resource is gone, or that one has come.
		if c.periodic(f.Control) {
			return StalePeriodic
		}
		return Stale
	}
	return cmp.Or(c.open(nil, f), Unexplained)
}

// hides tells whether a gap of ours may hide what a finding is about. A wide gap and
// one of a Region are told apart by their types alone.
func (c *comparer) hides(g *resource.Gap, f *report.Held) bool {
	if x := c.control(f.Control); x != nil && c.region(f.Control, &f.Ref) == "" {
		return len(g.Hides) == 0 || slices.ContainsFunc(g.Hides, x.Judges)
	}
	return len(g.Hides) == 0 || f.Ref.Type == "" || slices.Contains(g.Hides, f.Ref.Type)
}
