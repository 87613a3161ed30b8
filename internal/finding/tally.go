package finding

import (
	"slices"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/resource"
)

// Count is how many findings of one control have which status.
type Count struct {
	Passed, Failed, Unknown, NotApplicable int
	NotOffered                             int // findings in Regions where AWS does not offer the control
	Hidden                                 int // accounts and Regions that could not be entered or even named, so that no finding stands for them
}

// Findings is how many findings were counted.
func (c *Count) Findings() int { return c.Passed + c.Failed + c.Unknown + c.NotApplicable }

// ControlStatus is the status of a control over all its findings.
type ControlStatus string

// The statuses of a control, as Security Hub names them.
const (
	ControlPassed  ControlStatus = "PASSED"
	ControlFailed  ControlStatus = "FAILED"
	ControlUnknown ControlStatus = "UNKNOWN"
	ControlNoData  ControlStatus = "NO_DATA"
)

// Tally counts findings by control. Its size does not grow with the findings.
type Tally struct {
	Controls map[string]*Count
	Total    Count
	worst    control.Severity
	apart    Apart
	scored   map[string]*Count
	set      control.Set
}

// NewTally starts a tally over the controls of a run.
func NewTally(set control.Set) *Tally {
	t := &Tally{Controls: map[string]*Count{}, scored: map[string]*Count{}, set: set}
	for _, c := range set {
		t.Controls[c.ID], t.scored[c.ID] = &Count{}, &Count{}
	}
	return t
}

// Add counts one finding.
func (t *Tally) Add(f *Finding) {
	if t.Controls[f.Control] == nil {
		t.Controls[f.Control], t.scored[f.Control] = &Count{}, &Count{}
	}
	t.Total.add(f)
	t.Controls[f.Control].add(f)
	if !f.NotOffered {
		t.scored[f.Control].add(f)
	}
	switch {
	case f.Status != control.Failed:
	case f.NotOffered:
		t.apart.add(f.Severity)
	default:
		t.worst = max(t.worst, f.Severity)
	}
}

// Apart is what fails where AWS does not offer the control: it is told, but
// makes neither the score nor the exit code.
type Apart struct {
	N     int
	Worst control.Severity // 0: there are none
}

func (a *Apart) add(s control.Severity) {
	a.N++
	a.Worst = max(a.Worst, s)
}

// Hide counts a gap for which no finding can be made, because nobody knows
// which account it is: no control that judges what it hides can pass.
func (t *Tally) Hide(g *resource.Gap) {
	if g.Account != "" {
		return
	}
	t.Total.Hidden++
	for _, c := range t.set {
		if !slices.ContainsFunc(g.Hides, c.Judges) {
			continue
		}
		t.Controls[c.ID].Hidden++
		if c.Offered(g.Region) {
			t.scored[c.ID].Hidden++
		}
	}
}

func (c *Count) add(f *Finding) {
	switch f.Status {
	case control.Passed:
		c.Passed++
	case control.Failed:
		c.Failed++
	case control.NotApplicable:
		c.NotApplicable++
	default:
		c.Unknown++
	}
	if f.NotOffered {
		c.NotOffered++
	}
}

// Worst is the highest severity of a FAILED finding that counts in the score,
// or 0.
func (t *Tally) Worst() control.Severity { return t.worst }

// Apart is what fails beside the score.
func (t *Tally) Apart() Apart { return t.apart }

// Status follows Security Hub: one FAILED finding fails the control, else one
// that could not be judged makes it unknown; NOT_APPLICABLE findings are
// archived there and do not count, and neither do Regions without the control.
func (t *Tally) Status(id string) ControlStatus {
	c := t.scored[id]
	switch {
	case c == nil:
		return ControlNoData
	case c.Failed > 0:
		return ControlFailed
	case c.Unknown > 0, c.Hidden > 0:
		return ControlUnknown
	case c.Passed > 0:
		return ControlPassed
	}
	return ControlNoData
}

// Score returns how many controls pass, and out of how many: those with a
// status other than no data.
func (t *Tally) Score() (passed, of int) {
	for id := range t.Controls {
		switch t.Status(id) {
		case ControlPassed:
			passed++
			of++
		case ControlFailed, ControlUnknown:
			of++
		}
	}
	return passed, of
}
