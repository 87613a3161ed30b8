package sides

import (
	"iter"
	"time"

	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
)

// Pair is one finding on both sides, with what was last decided on each.
type Pair struct {
	Ours    *lifecycle.Record
	Theirs  *report.Held
	Decided struct {
		Ours   *Decision // nil: the status is a scan's
		Theirs *Decision // nil: Security Hub set it itself, or its history does not reach back
	}
}

// Decision is when a workflow status was chosen, and by whom.
type Decision struct {
	Status lifecycle.Workflow
	At     time.Time
	By     string
	Note   string
}

// Step is what keeps a pair in step. Here it goes through lifecycle.FromHub, whose
// last is the time of Lost, zero where that is nil; a Decision without a time is
// stamped with that of the pull.
type Step struct {
	Pair
	To       Side
	From     lifecycle.Workflow
	Decision Decision // the one that wins; its Status is what From becomes
	Lost     *Decision
	Proposed bool // nothing changes before somebody approves it here
}

// Side says whose workflow changes.
type Side string

// The sides. Nobody's changes where a person has to say which decision counts.
const (
	Here   Side = "here"
	There  Side = "there"
	Nobody Side = "nobody"
)

// LastDecision is the last workflow status that a person or a rule chose for a
// record, out of its history; nil where scans alone have moved it since.
func LastDecision(r *lifecycle.Record, history []lifecycle.Event) *Decision {
	var last *Decision
	for i := range history {
		e := &history[i]
		if last != nil && e.At.Before(last.At) {
			continue
		}
		switch e.Kind {
		case lifecycle.EventWorkflow:
			last = &Decision{lifecycle.Workflow(e.To), e.At, e.By, e.Reason}
		case lifecycle.EventRejected: // it shall stay what it is
			last = &Decision{r.Workflow, e.At, e.By, e.Reason}
		}
	}
	if last == nil || last.By == lifecycle.ByScan || last.Status != r.Workflow {
		return nil
	}
	return last
}

// Asks tells whether it takes a look into Security Hub's history to keep a pair
// in step: only where both sides are active and differ.
func Asks(r *lifecycle.Record, f *report.Held) bool {
	return r.State == lifecycle.Active && f.RecordState == string(lifecycle.Active) && string(r.Workflow) != f.Workflow
}

// Pairs sets records beside their counterparts whose workflow decides and whose
// status differs: Security Hub's own findings, where control findings are not
// consolidated those of Foundational Security Best Practices alone, and those
// that kumoban imported.
func Pairs(ours iter.Seq[*lifecycle.Record], theirs iter.Seq[*report.Held]) []Pair {
	pairs, _ := pairs(ours, theirs)
	return pairs
}

// Besides are what [Pairs] leaves out: findings of other standards.
func Besides(ours iter.Seq[*lifecycle.Record], theirs iter.Seq[*report.Held]) []Beside {
	_, besides := pairs(ours, theirs)
	return besides
}

// Beside is an active finding of another standard whose workflow status differs
// from the record's. A person may want to know; nothing is read from it and
// nothing written to it.
type Beside struct {
	Ours   *lifecycle.Record
	Theirs *report.Held
	Alone  bool // Foundational Security Best Practices has no active finding of it
}

func pairs(ours iter.Seq[*lifecycle.Record], theirs iter.Seq[*report.Held]) (pairs []Pair, besides []Beside) {
	held := map[pairKey][]*report.Held{}
	active := map[pairKey]bool{} // Security Hub's own, of the standard or of all
	for f := range theirs {
		key := keyOf(f.Control, &f.Ref)
		held[key] = append(held[key], f)
		if f.Decides() && !f.Ours && f.RecordState == string(lifecycle.Active) {
			active[key] = true
		}
	}
	for r := range ours {
		if r.Source != lifecycle.SourceLive {
			continue
		}
		key := keyOf(r.Control, &r.Resource)
		for _, f := range held[key] {
			switch {
			case !Asks(r, f):
			case f.Decides():
				pairs = append(pairs, Pair{Ours: r, Theirs: f})
			default:
				besides = append(besides, Beside{r, f, !active[key]})
			}
		}
	}
	return pairs, besides
}

// InStep returns the steps that bring the workflow of pairs in step. The later
// decision wins. A status that nobody decided yields to one that somebody did,
// unless the compliance status has changed since; of two at one time, ours counts.
// One here, and a status there that Security Hub does not set itself but whose
// history is gone, are left to a person. Of several counterparts that change one
// record the latest decision counts; the others follow the next time.
func InStep(pairs []Pair) []Step {
	var steps []Step
	here := map[string]int{} // the step of a record
	for _, p := range pairs {
		if !Asks(p.Ours, p.Theirs) {
			continue
		}
		s, ok := p.step()
		if !ok {
			continue
		}
		if s.To == Here {
			i, twice := here[p.Ours.ID]
			if twice && steps[i].Decision.At.Before(s.Decision.At) {
				steps[i] = s
			}
			if twice {
				continue
			}
			here[p.Ours.ID] = len(steps)
		}
		steps = append(steps, s)
	}
	return steps
}

func (p *Pair) step() (Step, bool) {
	ours, theirs := p.Decided.Ours, p.Decided.Theirs
	if theirs == nil && !automatic(p.Theirs) {
		theirs = p.guess()
	}
	here := Step{Pair: *p, To: Here, From: p.Ours.Workflow, Lost: ours}
	there := Step{Pair: *p, To: There, From: lifecycle.Workflow(p.Theirs.Workflow), Lost: theirs}
	switch {
	case ours == nil && theirs == nil:
		return Step{}, false
	case ours == nil && p.moved() && overtaken(theirs, p.Ours.Changed):
		return Step{}, false // the scan that moved it came later
	case ours == nil:
		here.Decision = *theirs
		return here, true
	case theirs == nil && overtaken(ours, p.Theirs.FirstObservedAt):
		return Step{}, false
	case theirs == nil:
		there.Decision = *ours
		return there, true
	case theirs.At.IsZero():
		here.To, here.Decision = Nobody, *theirs
		return here, true
	case ours.At.Before(theirs.At):
		here.Decision = *theirs
		return here, true
	}
	there.Decision = *ours
	return there, true
}

// moved tells whether a scan changed the compliance status here, as far as
// anybody knows: the first one changes nothing where both sides say the same.
func (p *Pair) moved() bool {
	return p.Ours.Changed.After(p.Ours.FirstSeen) || !same(p.Ours.Status, p.Theirs.Status)
}

// overtaken tells whether the compliance status changed after a decision, which
// is what takes NOTIFIED and RESOLVED back to NEW; SUPPRESSED stays.
func overtaken(d *Decision, changed time.Time) bool {
	return d.Status != lifecycle.Suppressed && !d.At.IsZero() && d.At.Before(changed)
}

// automatic tells whether Security Hub sets the status itself.
func automatic(f *report.Held) bool {
	switch lifecycle.Workflow(f.Workflow) {
	case lifecycle.New:
		return true
	case lifecycle.Resolved:
		return f.Status == "PASSED"
	}
	return false
}

// guess is a decision whose history is gone: Security Hub keeps 90 days. A note
// is mostly written with it, so its time is the best there is.
func (p *Pair) guess() *Decision {
	d := &Decision{Status: lifecycle.Workflow(p.Theirs.Workflow)}
	if n := p.Theirs.Note; n != nil {
		d.At, d.By, d.Note = n.At, locale.Clean(n.By), locale.Clean(n.Text)
	}
	return d
}
