package view

import (
	"time"

	"github.com/kumoban/kumoban/internal/app/auditing"
	"github.com/kumoban/kumoban/internal/lifecycle"
)

func exceptedFindings(of map[string]lifecycle.Record) map[string]exceptedFinding {
	out := map[string]exceptedFinding{}
	for id, r := range of {
		out[id] = exceptedFinding{id, r.Control, Status(&r), r.Effective().String(), r.Resource}
	}
	return out
}

// decisionJSON is a decision that stood.
type decisionJSON struct {
	Finding string    `json:"finding"`
	Kind    string    `json:"kind"` // "workflow" or "severity"
	From    string    `json:"from"`
	To      string    `json:"to"`
	By      string    `json:"by"`
	Who     string    `json:"who"` // by, in words
	At      time.Time `json:"at"`
	Reason  string    `json:"reason,omitempty"`
}

// AsOfBody is what was in force at a time.
type AsOfBody struct {
	SchemaVersion int                        `json:"schemaVersion"`
	At            time.Time                  `json:"at"`
	Total         int                        `json:"total"` // exceptions of all pages
	After         string                     `json:"after,omitempty"`
	Exceptions    []exceptionJSON            `json:"exceptions"`
	Decided       int                        `json:"decided"`   // decisions, with the first page
	Decisions     []decisionJSON             `json:"decisions"` // the latest of them, with the first page
	Findings      map[string]exceptedFinding `json:"findings"`  // as they are now, by id
}

// AsOfBody has what was in force at a time.
func (v *View) AsOfBody(t *auditing.Then) AsOfBody {
	out := AsOfBody{schemaVersion, t.At.UTC(), t.Total, t.Next, v.ExceptionsBody(t.Exceptions).Exceptions, t.Decided, []decisionJSON{}, exceptedFindings(t.Of)}
	for i := range t.Decisions {
		e := &t.Decisions[i]
		out.Decisions = append(out.Decisions, decisionJSON{e.Finding, string(e.Kind), e.From, e.To, e.By, v.who(e.By), e.At.UTC(), e.Reason})
	}
	return out
}

// SampleBody is a random choice that can be made again.
type SampleBody struct {
	SchemaVersion int         `json:"schemaVersion"`
	Seed          string      `json:"seed"`
	Of            int         `json:"of"`   // out of so many
	Rule          string      `json:"rule"` // by which it can be made by hand
	Findings      []Finding   `json:"findings"`
	Entries       []entryJSON `json:"entries"`
}

// SampleBody has a sample of findings, or of entries of the audit log.
func (v *View) SampleBody(s *auditing.Sample) SampleBody {
	out := SampleBody{schemaVersion, s.Seed, s.Of, v.Catalog.Text("audit.lot"), v.FindingsBody(s.Records, len(s.Records), "").Findings, []entryJSON{}}
	for i := range s.Entries {
		out.Entries = append(out.Entries, entryOf(&s.Entries[i]))
	}
	return out
}
