package view

import (
	"time"

	"github.com/kumoban/kumoban/internal/app/standing"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/score"
	"github.com/kumoban/kumoban/internal/store"
)

// shareJSON is how many controls passed, out of which.
type shareJSON struct {
	Percent   *int `json:"percent"` // null: no control was evaluated
	Passed    int  `json:"passed"`
	Failed    int  `json:"failed"`
	Unknown   int  `json:"unknown"`
	NoData    int  `json:"noData"`
	Disabled  int  `json:"disabled"`
	Evaluated int  `json:"evaluated"`
	Known     int  `json:"known"`
}

func shareOf(s *store.Score) shareJSON {
	out := shareJSON{nil, s.Passed, s.Failed, s.Unknown, s.NoData, s.Disabled, score.Of(*s), s.Known}
	if n, ok := score.Percent(*s); ok {
		out.Percent = &n
	}
	return out
}

type cellJSON struct {
	Control    string                `json:"control"`
	Status     finding.ControlStatus `json:"status"`
	Failed     int                   `json:"failed,omitempty"` // findings
	Unknown    int                   `json:"unknown,omitempty"`
	Passed     int                   `json:"passed,omitempty"`
	Suppressed int                   `json:"suppressed,omitempty"`
}

func cellsOf(list []standing.Cell) []cellJSON {
	out := make([]cellJSON, len(list))
	for i := range list {
		c := &list[i]
		out[i] = cellJSON{c.Control, c.Status, c.Failed, c.Unknown, c.Passed, c.Suppressed}
	}
	return out
}

type heatRow struct {
	Account string     `json:"account"`
	Name    string     `json:"name,omitempty"`
	Score   shareJSON  `json:"score"`
	Cells   []cellJSON `json:"cells"` // controls with findings, in their order
}

// HeatBody is how each account stands to each control.
type HeatBody struct {
	SchemaVersion int       `json:"schemaVersion"`
	Controls      []string  `json:"controls"` // all that some account has findings of, in their order
	Accounts      []heatRow `json:"accounts"`
}

// HeatBody has accounts with their controls.
func (v *View) HeatBody(rows []standing.Row) HeatBody {
	out := HeatBody{schemaVersion, standing.ControlsOf(rows), []heatRow{}}
	for i := range rows {
		r := &rows[i]
		out.Accounts = append(out.Accounts, heatRow{r.Account, r.Name, shareOf(&r.Score), cellsOf(r.Cells)})
	}
	return out
}

type partJSON struct {
	Key   string    `json:"key"`
	Name  string    `json:"name,omitempty"` // of an account
	Score shareJSON `json:"score"`
}

// PartsBody are scores by account, service or standard.
type PartsBody struct {
	SchemaVersion int        `json:"schemaVersion"`
	Parts         []partJSON `json:"parts"`
}

// PartsBody has scores of parts in their order.
func (v *View) PartsBody(list []standing.Part) PartsBody {
	out := PartsBody{schemaVersion, []partJSON{}}
	for i := range list {
		out.Parts = append(out.Parts, partJSON{list[i].Key, list[i].Name, shareOf(&list[i].Score)})
	}
	return out
}

type requirementJSON struct {
	Standard string     `json:"standard"`
	ID       string     `json:"id"`
	Controls []cellJSON `json:"controls"`
}

// RequirementsBody are requirements of other standards, with the controls that answer
// to them.
type RequirementsBody struct {
	SchemaVersion int               `json:"schemaVersion"`
	Requirements  []requirementJSON `json:"requirements"`
}

// RequirementsBody has requirements in their order.
func (v *View) RequirementsBody(list []standing.Requirement) RequirementsBody {
	out := RequirementsBody{schemaVersion, []requirementJSON{}}
	for i := range list {
		out.Requirements = append(out.Requirements, requirementJSON{list[i].Standard, list[i].ID, cellsOf(list[i].Cells)})
	}
	return out
}

type lookedJSON struct {
	resource.Scope
	Name       string    `json:"name,omitempty"` // of the account
	Wide       bool      `json:"wide,omitempty"` // here what is the account's was judged
	Scan       int64     `json:"scan"`
	At         time.Time `json:"at"`
	Source     string    `json:"source"`
	Incomplete string    `json:"incomplete,omitempty"`
	Controls   int       `json:"controls"` // that were evaluated
	Gaps       int       `json:"gaps"`
}

type coverageGap struct {
	GapJSON
	Scan     int64           `json:"scan"`
	At       time.Time       `json:"at"`
	Target   string          `json:"target,omitempty"` // where the account is not known: a profile, say
	Message  string          `json:"message,omitempty"`
	Hides    []resource.Type `json:"hides"`    // none: whatever there is
	Controls []string        `json:"controls"` // that it hides something from
}

// CoverageBody is what is looked at, and what could not be.
type CoverageBody struct {
	SchemaVersion int           `json:"schemaVersion"`
	Places        []lookedJSON  `json:"places"`
	Gaps          []coverageGap `json:"gaps"`
	NotEvaluated  []string      `json:"notEvaluated"` // controls that no scan evaluates
}

// CoverageBody has what is looked at.
func (v *View) CoverageBody(c *standing.Coverage) CoverageBody {
	out := CoverageBody{schemaVersion, []lookedJSON{}, []coverageGap{}, append([]string{}, c.Missing...)}
	for i := range c.Places {
		p := &c.Places[i]
		out.Places = append(out.Places, lookedJSON{p.Scope, p.Name, p.Wide, p.Scan, p.At.UTC(), p.Source, p.Incomplete, p.Controls, p.Gaps})
	}
	for i := range c.Gaps {
		g := &c.Gaps[i]
		out.Gaps = append(out.Gaps, coverageGap{
			gapsOf([]resource.Gap{g.Gap})[0], g.Scan, g.At.UTC(), g.Name, g.Message, append([]resource.Type{}, g.Hides...), append([]string{}, g.Controls...),
		})
	}
	return out
}
