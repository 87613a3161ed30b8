package stream

import (
	"slices"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/resource"
)

// Tally counts findings as they come and, once the scan is over and its
// controls are known, what accounts that nobody could name hide from them.
type Tally struct {
	*finding.Tally
	unnamed int
	hidden  map[string]int // by control
}

// NewTally starts a tally.
func NewTally() *Tally { return &Tally{Tally: finding.NewTally(nil)} }

// Hide counts the gaps of accounts that nobody could name, all at once; other
// gaps have UNKNOWN findings. Like findings, gaps in Regions where AWS does not
// offer a control do not count for it.
func (t *Tally) Hide(set control.Set, gaps []*resource.Gap) {
	t.unnamed, t.hidden = 0, map[string]int{}
	for _, g := range gaps {
		if !Unnamed(g) {
			continue
		}
		t.unnamed++
		for _, c := range set {
			if c.Offered(g.Region) && Hides(g, c.Control) {
				t.hidden[c.ID]++
			}
		}
	}
}

// Unnamed is how many gaps are of accounts that nobody could name.
func (t *Tally) Unnamed() int { return t.unnamed }

// Hidden is how many of them hide what a control judges.
func (t *Tally) Hidden(id string) int { return t.hidden[id] }

// Status is that of the findings, but what may hide a failure never passes.
func (t *Tally) Status(id string) finding.ControlStatus {
	s := t.Tally.Status(id)
	if s != finding.ControlFailed && t.hidden[id] > 0 {
		return finding.ControlUnknown
	}
	return s
}

// Score returns how many controls pass, and out of how many: those with a
// status other than no data.
func (t *Tally) Score(set control.Set) (passed, of int) {
	for _, id := range ControlIDs(set, t.Tally) {
		switch t.Status(id) {
		case finding.ControlPassed:
			passed++
			of++
		case finding.ControlFailed, finding.ControlUnknown:
			of++
		}
	}
	return passed, of
}

// Unnamed tells whether a gap is of an account that nobody could name, so that
// no finding stands for what it hides.
func Unnamed(g *resource.Gap) bool { return g.Account == "" }

// Hides tells whether a gap may hide something that a control judges; for a
// control of another version, nobody knows what it judges, so it may.
func Hides(g *resource.Gap, c *control.Control) bool {
	return len(c.Checks) == 0 || slices.ContainsFunc(g.Hides, c.Judges)
}
