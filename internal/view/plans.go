package view

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"github.com/kumoban/kumoban/internal/app/fixes"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render"
)

// keptPlan is a plan that waits for somebody's word, or has it.
type keptPlan struct {
	ID       string      `json:"id"`
	Digest   string      `json:"digest"` // what is approved
	State    string      `json:"state"`  // "proposed", "approved", "rejected" or "applied"
	Account  string      `json:"account"`
	Region   string      `json:"region"`
	By       string      `json:"by"`
	At       time.Time   `json:"at"`
	Ruled    *planRuling `json:"ruled"`    // null: nobody has said anything
	Findings []string    `json:"findings"` // ids
	Fixes    []planFix   `json:"fixes"`    // what it mends
	Runs     []planRun   `json:"runs"`     // of it, the latest first
}

// planFix is a finding that a plan mends.
type planFix struct {
	Finding  string     `json:"finding"` // its id
	Control  string     `json:"control"`
	Resource plan.Thing `json:"resource"`
}

type planRuling struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitempty"`
}

type planRun struct {
	ID      string    `json:"id"`
	State   string    `json:"state"`
	Says    string    `json:"says"` // the state, in words
	Started time.Time `json:"started"`
}

func (v *View) keptPlanOf(p *fixes.Proposal) keptPlan {
	out := keptPlan{
		ID: p.ID, Digest: p.Digest, State: string(p.State), Account: p.Account, Region: p.Region, By: p.By, At: p.At.UTC(), Findings: p.Findings, Fixes: fixesOf(p), Runs: []planRun{},
	}
	if p.Ruled != nil {
		out.Ruled = &planRuling{p.Ruled.By, p.Ruled.At.UTC(), p.Ruled.Why}
	}
	for i := range p.Runs {
		out.Runs = append(out.Runs, planRun{p.Runs[i].ID, p.Runs[i].State, v.runSays(p.Runs[i].State), p.Runs[i].Started.UTC()})
	}
	return out
}

// fixesOf reads no more of a plan than what it mends: a list has many.
func fixesOf(p *fixes.Proposal) []planFix {
	var brief struct{ Fixes []planFix }
	if err := json.Unmarshal(p.Planned.Plan, &brief); err != nil || brief.Fixes == nil {
		return []planFix{} // whoever opens it is told what is wrong with it
	}
	return brief.Fixes
}

// PlansBody are plans that are kept, the latest first.
type PlansBody struct {
	SchemaVersion int        `json:"schemaVersion"`
	Plans         []keptPlan `json:"plans"`
}

// PlansBody has plans without what they do.
func (v *View) PlansBody(list []fixes.Proposal) PlansBody {
	out := PlansBody{schemaVersion, []keptPlan{}}
	for i := range list {
		out.Plans = append(out.Plans, v.keptPlanOf(&list[i]))
	}
	return out
}

// ShownPlanBody is one plan with all that whoever approves it has to know.
type ShownPlanBody struct {
	SchemaVersion int         `json:"schemaVersion"`
	Kept          keptPlan    `json:"kept"`
	Plan          *plan.Plan  `json:"plan"`
	Summary       string      `json:"summary"` // for people
	Media         []rendering `json:"media"`   // the same change, as each tool does it
}

type rendering struct {
	As    string `json:"as"` // "console", "cli", "terraform" or "cloudformation"
	Text  string `json:"text"`
	Error string `json:"error,omitempty"` // why there is no text
}

// ShownPlanBody has one plan, shown in every way.
func (v *View) ShownPlanBody(p *fixes.Proposal) (ShownPlanBody, error) {
	out := ShownPlanBody{SchemaVersion: schemaVersion, Kept: v.keptPlanOf(p), Plan: p.Plan}
	var b bytes.Buffer
	if err := render.Summary(&b, p.Plan, v.Catalog, v.Texts); err != nil {
		return out, err
	}
	out.Summary = b.String()
	for _, as := range render.Media() {
		b.Reset()
		one := rendering{As: as}
		if err := render.Render(&b, p.Plan, as, v.Catalog, v.Texts); err != nil {
			var ours *locale.Error
			if !errors.As(err, &ours) {
				return out, err
			}
			one.Error = v.Catalog.Text(ours.Key, ours.Args...)
		}
		one.Text = b.String()
		out.Media = append(out.Media, one)
	}
	return out, nil
}
