package evidence

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/store"
)

// Step is one thing that a run changed for the finding.
type Step struct {
	ID      string
	Thing   string
	Type    string
	Made    bool
	Changes []Change
	Done    []Done
}

// Change is one property with what it was and what it was to be, in words.
type Change struct{ Property, Was, Will string }

// Done is what the journal says of a step.
type Done struct {
	At    time.Time
	Event string
}

// line is a line of a journal, as far as evidence goes.
type line struct {
	At      time.Time      `json:"at"`
	Step    string         `json:"step"`
	Event   string         `json:"event"`
	Outputs map[string]any `json:"outputs"`
}

// fixed tells of a run: whole, for the run's first event, and whether it changed
// anything at all.
func (t *teller) fixed(m *Moment, e *lifecycle.Event) {
	run := find(t.Runs, func(r *store.Run) bool { return r.ID == e.To })
	if run == nil {
		return
	}
	state := run.State
	if t.catalog.Has("audit.pack.run." + e.Reason) { // that of then: a resumed run had another
		state, m.Reason = e.Reason, ""
	}
	m.state = state
	journal := readJournal(run.Journal)
	m.Steps = t.steps(run, journal)
	key := "event.fixedBy"
	if state == "done" && unneeded(m.Steps, journal) {
		key = "event.unneeded"
	}
	m.Says = t.text(key, locale.A("to", clean(e.To)), locale.A("digest", clean(run.Digest)), locale.A("state", t.word("run.", state, clean(state))))
}

// unneeded tells whether all steps were found as they should be.
func unneeded(steps []Step, journal []line) bool {
	return len(steps) > 0 && !slices.ContainsFunc(steps, func(s Step) bool {
		changed, already := false, false
		for _, l := range journal {
			if clean(l.Step) == s.ID {
				changed, already = changed || l.Event == "done" || l.Event == "began", already || l.Event == "already"
			}
		}
		return changed || !already
	})
}

// again shortens what further events of a run repeat, in order: one of a state
// that was told already is left out, one of another state says no more than that.
func (t *teller) again(list []Moment) []Moment {
	states := map[string]string{}
	var kept []Moment
	for _, m := range list {
		before, told := states[m.Ref]
		switch {
		case m.Kind != string(lifecycle.EventFixed) || m.state == "":
		case told && before == m.state:
			continue
		case told:
			m.again, m.Steps = true, nil
			m.Says = t.text("event.wentOn", locale.A("to", clean(m.Ref)), locale.A("state", t.word("run.", m.state, clean(m.state))))
		}
		if m.state != "" {
			states[m.Ref] = m.state
		}
		kept = append(kept, m)
	}
	return kept
}

// steps are those of the run that mend this finding. A plan that cannot be read
// has none; the run's own section says so.
func (t *teller) steps(run *store.Run, journal []line) []Step {
	p, ok := readPlan(run.Plan)
	if !ok {
		return nil
	}
	var list []Step
	for i := range p.Steps {
		s := &p.Steps[i]
		if !slices.ContainsFunc(p.Fixes, func(f plan.Fix) bool { return f.Finding == t.Record.ID && slices.Contains(f.Steps, s.ID) }) {
			continue
		}
		step := Step{ID: clean(s.ID), Thing: clean(cmp.Or(s.Thing.ARN, s.Thing.Name)), Type: clean(string(s.Thing.Type)), Made: s.Make}
		for _, l := range journal {
			if l.Step == s.ID {
				step.Done = append(step.Done, Done{l.At, t.word("step.", l.Event, clean(l.Event))})
			}
		}
		for _, c := range s.Changes {
			step.Changes = append(step.Changes, Change{clean(c.Property), t.value(c.Was, journal), t.value(c.Will, journal)})
		}
		list = append(list, step)
	}
	return list
}

// readJournal reads the lines that are whole.
func readJournal(data []byte) []line {
	var list []line
	for text := range bytes.Lines(data) {
		var l line
		if json.Unmarshal(text, &l) == nil && l.Step != "" {
			list = append(list, l)
		}
	}
	return list
}

func readPlan(data []byte) (*plan.Plan, bool) {
	var p plan.Plan
	if json.Unmarshal(data, &p) != nil {
		return nil, false
	}
	return &p, true
}
