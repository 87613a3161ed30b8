package view

import (
	"io"
	"strings"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/fixes"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/plan"
)

// RunsJSON writes a list of runs for machines.
func RunsJSON(w io.Writer, list []fixes.Run) error {
	return writeJSON(w, struct {
		SchemaVersion int         `json:"schemaVersion"`
		Runs          []fixes.Run `json:"runs"`
	}{plan.SchemaVersion, list})
}

type runStepJSON struct {
	ID    string     `json:"id"`
	Thing plan.Thing `json:"thing"`
	Event string     `json:"event"`
	Why   string     `json:"why,omitempty"`
}

type runOutcomeJSON struct {
	Control  string         `json:"control"`
	Resource plan.Thing     `json:"resource"`
	Status   control.Status `json:"status"`
}

type runBesideJSON struct {
	runOutcomeJSON
	Since  string `json:"since"`            // made: by the run; before: Before is what it was; unseen: nobody knows
	Before string `json:"before,omitempty"` // a status
}

// RunJSON writes what became of a run for machines; stopped are the sentences about
// what stopped it.
func RunJSON(w io.Writer, made *plan.Plan, result *app.RunResult, stopped []string) error {
	out := struct {
		SchemaVersion int              `json:"schemaVersion"`
		Run           string           `json:"run,omitempty"`
		Digest        string           `json:"digest"`
		Error         string           `json:"error,omitempty"`
		Nothing       bool             `json:"nothing,omitempty"`    // there was nothing to undo
		Unrecorded    bool             `json:"unrecorded,omitempty"` // the store does not know of it yet
		Steps         []runStepJSON    `json:"steps"`
		Findings      []runOutcomeJSON `json:"findings"`
		Beside        []runBesideJSON  `json:"beside,omitempty"` // of other controls, on what the run changed or made: worse than before, or not known
	}{
		SchemaVersion: plan.SchemaVersion, Run: result.Run, Digest: made.Digest, Error: strings.Join(stopped, "\n"), Nothing: result.Nothing,
		Unrecorded: result.Unrecorded != nil, Steps: []runStepJSON{}, Findings: []runOutcomeJSON{},
	}
	for _, s := range result.Steps {
		event := string(s.Event)
		if event == "" {
			event = "open"
		}
		out.Steps = append(out.Steps, runStepJSON{s.Step.ID, s.Step.Thing, event, s.Why})
	}
	for _, o := range result.Outcomes {
		out.Findings = append(out.Findings, runOutcomeJSON{o.Fix.Control, o.Fix.Resource, o.Finding.Status})
	}
	for i := range result.Beside {
		b := &result.Beside[i]
		at := plan.Thing{Type: b.Finding.Resource.Type, ARN: b.Finding.Resource.ARN, Name: b.Finding.Resource.Name}
		about := runBesideJSON{runOutcomeJSON: runOutcomeJSON{b.Finding.Control, at, b.Finding.Status}, Since: b.Since()}
		if b.Judged {
			about.Before = b.Before.String()
		}
		out.Beside = append(out.Beside, about)
	}
	return writeJSON(w, out)
}
