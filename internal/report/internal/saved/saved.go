package saved

import (
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report/internal/stream"
	"github.com/kumoban/kumoban/internal/resource"
)

// schemaVersion grows when a reader of the version before would misread what
// is written; docs/schemas describes it.
const schemaVersion = 1

// lineHead opens each line of jsonl, so that a line which travels alone still
// says what it is.
type lineHead struct {
	Type          string `json:"type,omitempty"`
	SchemaVersion int    `json:"schemaVersion,omitempty"`
}

type savedFinding struct {
	lineHead
	finding.JSON
	Params []savedParam `json:"parameters,omitempty"`
	Origin *savedOrigin `json:"origin,omitempty"`
	Kept   *savedKept   `json:"kept,omitempty"`
}

type savedParam struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Custom bool   `json:"custom"`
	Hub    bool   `json:"securityHub,omitempty"`
}

type savedOrigin struct {
	Call   string `json:"call,omitempty"`
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Fault  string `json:"fault,omitempty"`
}

type savedGap struct {
	lineHead
	Partition string          `json:"partition"`
	Account   string          `json:"account"`
	Region    string          `json:"region"`
	Name      string          `json:"name,omitempty"`
	Parent    *resource.Ref   `json:"parent,omitempty"`
	Hides     []resource.Type `json:"hides"`
	Call      string          `json:"call"`
	Code      string          `json:"code"`
	Message   string          `json:"message"`
}

// savedScan is a scan without its findings and gaps.
type savedScan struct {
	Type          string         `json:"type,omitempty"`
	SchemaVersion int            `json:"schemaVersion"`
	Kumoban       string         `json:"kumoban"`
	StartedAt     time.Time      `json:"startedAt"`
	EndedAt       time.Time      `json:"endedAt"`
	Source        string         `json:"source"`
	Endpoint      string         `json:"endpoint,omitempty"`
	Exported      bool           `json:"exported,omitempty"`
	Incomplete    *string        `json:"incomplete"`
	Accounts      []savedAccount `json:"accounts"`
	Controls      []savedControl `json:"controls"`

	Elsewhere []savedElsewhere `json:"elsewhere,omitempty"`
	Tuned     []savedTuned     `json:"hubParameters,omitempty"`
	Untuned   []savedUntuned   `json:"hubUnread,omitempty"`
}

type savedAccount struct {
	Partition string   `json:"partition"`
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Caller    string   `json:"caller"`
	Regions   []string `json:"regions"`
	Wide      string   `json:"wide,omitempty"`
}

type savedElsewhere struct {
	Account string        `json:"account"`
	Type    resource.Type `json:"type"`
	Region  string        `json:"region"`
	N       int           `json:"n"`
}

type savedTuned struct {
	Account string       `json:"account"`
	Region  string       `json:"region"`
	Control string       `json:"control"`
	Params  []savedParam `json:"parameters"`
}

type savedUntuned struct {
	Account string `json:"account"`
	Region  string `json:"region"`
	Code    string `json:"code"`
}

type savedControl struct {
	ID       string           `json:"id"`
	Severity control.Severity `json:"severity"`
	Params   []savedParam     `json:"parameters"`
}

type savedSummary struct {
	Findings      int          `json:"findings"`
	Passed        int          `json:"passed"`
	Failed        int          `json:"failed"`
	Unknown       int          `json:"unknown"`
	NotApplicable int          `json:"notApplicable"`
	NotOffered    int          `json:"notOffered"`
	Hidden        int          `json:"hidden"`
	Gaps          int          `json:"gaps"`
	Score         *savedScore  `json:"score,omitempty"` // not of an export
	Controls      []savedCount `json:"controls"`
}

type savedScore struct {
	Passed int `json:"passed"`
	Of     int `json:"of"`
}

type savedCount struct {
	ID            string                `json:"id"`
	Status        finding.ControlStatus `json:"status"`
	Passed        int                   `json:"passed"`
	Failed        int                   `json:"failed"`
	Unknown       int                   `json:"unknown"`
	NotApplicable int                   `json:"notApplicable"`
	NotOffered    int                   `json:"notOffered"`
	Hidden        int                   `json:"hidden"`
}

func saveFinding(t *stream.Texts, f *finding.Finding) savedFinding {
	return savedFinding{
		JSON:   finding.NewJSON(f, func(m locale.Message) string { return t.Message(f.Control, m) }),
		Params: saveParams(f.Params), Origin: (*savedOrigin)(f.Origin), Kept: saveKept(f.Kept),
	}
}

func saveParams(params control.Params) []savedParam {
	saved := make([]savedParam, len(params))
	for i, p := range params {
		saved[i] = savedParam(p)
	}
	return saved
}

func saveGap(g *resource.Gap) savedGap {
	s := savedGap{
		Partition: g.Partition, Account: g.Account, Region: g.Region, Name: g.Name, Hides: append([]resource.Type{}, g.Hides...),
		Call: g.Call, Code: g.Code, Message: g.Message,
	}
	if g.Parent != (resource.Ref{}) {
		parent := g.Parent
		s.Parent = &parent
	}
	return s
}

func saveScan(s *stream.Scan) savedScan {
	saved := savedScan{
		SchemaVersion: schemaVersion, Kumoban: s.Version, StartedAt: s.Started.UTC(), EndedAt: s.Ended.UTC(), Source: s.Source, Endpoint: s.Endpoint, Exported: s.Exported,
		Accounts: make([]savedAccount, len(s.Accounts)), Controls: make([]savedControl, len(s.Controls)),
	}
	if s.Incomplete != "" {
		saved.Incomplete = &s.Incomplete
	}
	for i, a := range s.Accounts {
		saved.Accounts[i] = savedAccount(a)
		saved.Accounts[i].Regions = append([]string{}, a.Regions...)
	}
	for i, c := range s.Controls {
		saved.Controls[i] = savedControl{c.ID, c.Severity, saveParams(c.Params)}
	}
	for _, e := range s.Elsewhere {
		saved.Elsewhere = append(saved.Elsewhere, savedElsewhere(e))
	}
	for _, t := range s.Tuned {
		saved.Tuned = append(saved.Tuned, savedTuned{t.Account, t.Region, t.Control, saveParams(t.Params)})
	}
	for _, u := range s.Untuned {
		saved.Untuned = append(saved.Untuned, savedUntuned(u))
	}
	return saved
}

func saveSummary(scan *stream.Scan, t *stream.Tally, gaps int) savedSummary {
	set := scan.Controls
	all := t.Total
	s := savedSummary{
		Findings: all.Passed + all.Failed + all.Unknown + all.NotApplicable,
		Passed:   all.Passed, Failed: all.Failed, Unknown: all.Unknown, NotApplicable: all.NotApplicable,
		NotOffered: all.NotOffered, Hidden: t.Unnamed(), Gaps: gaps, Controls: []savedCount{},
	}
	if !scan.Exported {
		passed, of := t.Score(set)
		s.Score = &savedScore{passed, of}
	}
	for _, id := range stream.ControlIDs(set, t.Tally) {
		var c finding.Count
		if counted := t.Controls[id]; counted != nil {
			c = *counted
		}
		s.Controls = append(s.Controls, savedCount{id, t.Status(id), c.Passed, c.Failed, c.Unknown, c.NotApplicable, c.NotOffered, t.Hidden(id)})
	}
	return s
}

// restore tells whether the finding says what every finding must.
func (f *savedFinding) restore() (*finding.Finding, bool) {
	r, whole := f.Finding()
	if whole {
		r.Params, r.Origin, r.Kept = restoreParams(f.Params), (*fact.Origin)(f.Origin), f.Kept.restore()
	}
	return r, whole
}

func restoreParams(saved []savedParam) control.Params {
	var params control.Params
	for _, p := range saved {
		params = append(params, control.Param(p))
	}
	return params
}

func (g *savedGap) restore() (*resource.Gap, bool) {
	if g.Call == "" || g.Code == "" {
		return nil, false
	}
	r := &resource.Gap{
		Scope: resource.Scope{Partition: g.Partition, Account: g.Account, Region: g.Region},
		Name:  g.Name, Hides: g.Hides, Call: g.Call, Code: g.Code, Message: g.Message,
	}
	if g.Parent != nil {
		r.Parent = *g.Parent
	}
	return r, true
}
