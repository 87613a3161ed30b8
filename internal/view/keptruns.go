package view

import (
	"time"

	"github.com/kumoban/kumoban/internal/app/fixes"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
)

// runOfStore is a run as the store keeps it.
type runOfStore struct {
	ID       string       `json:"id"`
	Digest   string       `json:"digest"` // of the plan
	State    string       `json:"state"`  // "begun", "done", "failed" or "undone"
	Says     string       `json:"says"`   // the state, in words
	By       string       `json:"by"`
	Started  time.Time    `json:"started"`
	Updated  time.Time    `json:"updated"`
	Findings []runFinding `json:"findings"`
}

type runFinding struct {
	ID       string        `json:"id"`
	Control  string        `json:"control,omitempty"` // none of one that the store does not have
	Status   string        `json:"status,omitempty"`  // now
	Resource *resource.Ref `json:"resource"`
}

// runSays is the state of a run in words.
func (v *View) runSays(state string) string {
	if key := "keep.run." + state; v.Catalog.Has(key) {
		return v.Catalog.Text(key)
	}
	return state
}

func (v *View) ofStore(r *fixes.Kept, of map[string]lifecycle.Record) runOfStore {
	out := runOfStore{r.ID, r.Digest, r.State, v.runSays(r.State), r.By, r.Started.UTC(), r.Updated.UTC(), []runFinding{}}
	for _, id := range r.Findings {
		one := runFinding{ID: id}
		if record, ok := of[id]; ok {
			one.Control, one.Status, one.Resource = record.Control, Status(&record), &record.Resource
		}
		out.Findings = append(out.Findings, one)
	}
	return out
}

// KeptRunsBody are the runs that the store knows, the latest first.
type KeptRunsBody struct {
	SchemaVersion int          `json:"schemaVersion"`
	Runs          []runOfStore `json:"runs"`
}

// KeptRunsBody has runs of the store with their findings.
func (v *View) KeptRunsBody(list []fixes.Kept, of map[string]lifecycle.Record) KeptRunsBody {
	out := KeptRunsBody{schemaVersion, []runOfStore{}}
	for i := range list {
		out.Runs = append(out.Runs, v.ofStore(&list[i], of))
	}
	return out
}

type keptStep struct {
	ID    string     `json:"id"`
	Thing plan.Thing `json:"thing"`
	Event string     `json:"event"` // "open" where it was not reached
	Why   string     `json:"why,omitempty"`
	Says  string     `json:"says,omitempty"` // why, in words
}

type keptEntry struct {
	At    time.Time `json:"at"`
	Step  string    `json:"step,omitempty"` // none: of the run as a whole
	Event string    `json:"event"`
	State string    `json:"state,omitempty"`
	Says  string    `json:"says,omitempty"`
}

// KeptRunBody is one run of the store, with its plan and what became of it.
type KeptRunBody struct {
	SchemaVersion int         `json:"schemaVersion"`
	Run           runOfStore  `json:"run"`
	Plan          *plan.Plan  `json:"plan"` // null where it cannot be read
	Unread        string      `json:"unread,omitempty"`
	Steps         []keptStep  `json:"steps"`
	Journal       []keptEntry `json:"journal"`
}

// KeptRunBody has one run of the store; unread is the sentence about what cannot be
// read of it, or "".
func (v *View) KeptRunBody(r *fixes.KeptRun, unread string) KeptRunBody {
	out := KeptRunBody{schemaVersion, v.ofStore(&r.Kept, r.Of), r.Plan, unread, []keptStep{}, []keptEntry{}}
	for _, s := range r.Steps {
		event := string(s.Event)
		if event == "" {
			event = "open"
		}
		out.Steps = append(out.Steps, keptStep{s.Step.ID, s.Step.Thing, event, s.Why, v.words(s.Why)})
	}
	for i := range r.Journal {
		e := &r.Journal[i]
		out.Journal = append(out.Journal, keptEntry{e.At.UTC(), e.Step, string(e.Event), e.State, v.words(e.Why)})
	}
	return out
}

// words is the text of a key of the catalogue; "" where there is none.
func (v *View) words(key string) string {
	if key == "" || !v.Catalog.Has(key) {
		return ""
	}
	return v.Catalog.Text(key)
}
