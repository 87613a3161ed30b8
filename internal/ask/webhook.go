package ask

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
)

// webhookVersion grows when a reader of the version before would misread it.
const webhookVersion = 2

type posted struct {
	SchemaVersion int            `json:"schemaVersion"`
	Kind          string         `json:"kind"`
	ID            string         `json:"id"`
	Lang          string         `json:"lang"`
	Owner         string         `json:"owner"`
	OwnerFrom     string         `json:"ownerFrom"`
	Address       string         `json:"address,omitempty"`
	Deputy        string         `json:"deputy,omitempty"`
	AskedBy       string         `json:"askedBy"`
	AskedAt       time.Time      `json:"askedAt"`
	Due           time.Time      `json:"due"`
	Subject       string         `json:"subject"`
	Text          string         `json:"text"`
	Link          string         `json:"link,omitempty"`
	Topics        []postedTopic  `json:"topics"`
	Choices       []postedChoice `json:"choices"`
}

type postedTopic struct {
	Control  string          `json:"control"`
	Title    string          `json:"title"`
	Severity string          `json:"severity"`
	Risk     string          `json:"risk"`
	Findings []postedFinding `json:"findings"`
	Fixes    []postedFix     `json:"fixes"`
	Affected string          `json:"affected"`
	Suppress postedSuppress  `json:"suppress"`
	Asks     []postedAsk     `json:"questions"`
}

type postedSuppress struct {
	Proper string `json:"proper"`
	Never  string `json:"never"`
}

type postedAsk struct {
	Key  string       `json:"key"`
	Kind control.Kind `json:"kind"`
	Unit control.Unit `json:"unit,omitempty"`
	Text string       `json:"text"`
}

type postedFinding struct {
	finding.JSON
	Since *time.Time `json:"since"`
	Costs []string   `json:"costs"`
}

type postedFix struct {
	Name   string `json:"name"`
	Change string `json:"change"`
	Cost   string `json:"cost"`
	On     string `json:"on"`
}

type postedChoice struct {
	Choice  string `json:"choice"`
	Label   string `json:"label"`
	Until   string `json:"until,omitempty"`
	Command string `json:"command"`
}

// Webhook is the message as JSON for any receiver: the words, and all that they
// were made of as data. It is described by docs/schemas/question.schema.json.
func (m *Message) Webhook() ([]byte, error) {
	q := m.question
	p := posted{
		SchemaVersion: webhookVersion, Kind: "question", ID: q.ID, Lang: string(m.catalog.Lang), Owner: q.Owner, OwnerFrom: q.OwnerFrom, Address: q.Address, Deputy: q.Deputy,
		AskedBy: q.AskedBy, AskedAt: q.AskedAt.UTC(), Due: q.Due.UTC(), Subject: m.Subject, Text: m.Text(), Link: m.Link, Topics: []postedTopic{},
	}
	for i := range m.Topics {
		p.Topics = append(p.Topics, m.Topics[i].posted())
	}
	for _, o := range m.Choices {
		p.Choices = append(p.Choices, postedChoice{string(o.Choice), o.Label, o.Until, o.Command})
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(p)
	return b.Bytes(), err
}

func (t *Topic) posted() postedTopic {
	p := postedTopic{
		Control: t.Control, Title: t.Title, Severity: t.Severity, Risk: t.Risk, Findings: []postedFinding{}, Fixes: []postedFix{},
		Affected: t.Affected, Suppress: postedSuppress{t.Proper, t.Never}, Asks: []postedAsk{},
	}
	for _, e := range t.Findings {
		f := postedFinding{JSON: e.Finding, Costs: append([]string{}, e.Costs...)}
		if since := e.Record.Changed; !since.IsZero() {
			since = since.UTC()
			f.Since = &since
		}
		p.Findings = append(p.Findings, f)
	}
	for _, f := range t.Fixes {
		p.Fixes = append(p.Fixes, postedFix{f.Name, f.Change, f.Cost, string(f.On)})
	}
	for _, a := range t.Asks {
		p.Asks = append(p.Asks, postedAsk{a.Key, a.Kind, a.Unit, a.Text})
	}
	return p
}
