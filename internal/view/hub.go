package view

import (
	"cmp"
	"io"
	"time"

	"github.com/kumoban/kumoban/internal/exchange"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/securityhub"
	"github.com/kumoban/kumoban/internal/securityhub/sides"
	"github.com/kumoban/kumoban/internal/store"
)

// hub renders a text about Security Hub.
func (v *View) hub(key string, args ...locale.Arg) string { return v.Catalog.Text("hub."+key, args...) }

// link tells what Security Hub has of a finding.
func (v *View) link(l *store.Link) []string {
	var text []string
	if !l.SeenAt.IsZero() {
		text = append(text, v.hub("show.seen", locale.A("status", l.Compliance), locale.A("workflow", l.Workflow), locale.A("state", l.State), locale.A("at", v.minute(l.SeenAt)), locale.A("arn", locale.Clean(l.ARN))))
	}
	if l.Digest != "" {
		text = append(text, v.hub("show.pushed", locale.A("at", v.minute(l.UpdatedAt))))
	}
	return text
}

type linkJSON struct {
	ID         string     `json:"id"`
	ProductArn string     `json:"productArn"`
	Status     string     `json:"status,omitempty"`
	Workflow   string     `json:"workflow,omitempty"`
	State      string     `json:"recordState,omitempty"`
	SeenAt     *time.Time `json:"seenAt"`
	PushedAs   *time.Time `json:"pushedUpdatedAt"` // UpdatedAt of what was pushed last; null: it was not
}

func linkOf(l *store.Link) linkJSON {
	out := linkJSON{ID: l.ARN, ProductArn: l.ProductArn, Status: l.Compliance, Workflow: l.Workflow, State: l.State, SeenAt: moment(l.SeenAt)}
	if l.Digest != "" {
		out.PushedAs = moment(l.UpdatedAt)
	}
	return out
}

// SyncOptions say what a [exchange.Synced] comes from.
type SyncOptions struct {
	Command string // "pull" or "sync"
	Mode    exchange.Mode
}

// Synced writes what a pull or a sync found and did, for people.
func (v *View) Synced(w io.Writer, s *exchange.Synced, o SyncOptions) error {
	var text []string
	for _, r := range s.Regions {
		text = append(text, v.hub("region", locale.A("account", r.At.Account), locale.A("region", r.At.Region), locale.A("n", r.N)))
	}
	text = append(text, v.hub("linked", locale.A("n", s.Findings-s.Without), locale.A("without", s.Without)))
	would := ""
	if o.Mode == exchange.Look {
		would = "would."
	}
	text = append(text, v.steps(would+"here", s.Here)...)
	text = append(text, v.steps(would+"there", s.There)...)
	text = append(text, v.steps("waiting", s.Waiting)...)
	var proposed, undecided []sides.Step
	for _, step := range s.Nobody {
		if step.Proposed {
			proposed = append(proposed, step)
		} else {
			undecided = append(undecided, step)
		}
	}
	text = append(text, v.steps("nobody", undecided)...)
	text = append(text, v.steps("proposed", proposed)...)
	if len(s.Failed) > 0 {
		text = append(text, v.hub("failed", locale.A("n", len(s.Failed))))
	}
	for i := range s.Failed {
		f := &s.Failed[i]
		text = append(text, "  "+finding.Short(f.Ours.ID)+"  "+f.Ours.Control+"  "+locale.Clean(name(&f.Ours.Resource))+"  "+locale.Clean(f.Code)+": "+locale.Clean(f.Message))
	}
	var empty []exchange.Region
	for _, r := range s.Regions {
		if r.N == 0 {
			empty = append(empty, r)
		}
	}
	if len(empty) > 0 {
		text = append(text, v.hub("emptyCheck", locale.A("region", empty[0].At.Region)))
	}
	if o.Mode != exchange.Link && s.Findings > 0 && len(s.Here)+len(s.There)+len(s.Waiting)+len(s.Nobody)+len(s.Failed) == 0 {
		text = append(text, v.hub("inStep"))
	}
	return lines(w, append(text, v.besides(s.Besides)...)...)
}

// besidesShown is how many findings of other standards people are shown.
const besidesShown = 20

// besides names findings of other standards, for a person to see to.
func (v *View) besides(list []sides.Beside) []string {
	if len(list) == 0 {
		return nil
	}
	text := []string{v.hub("besides", locale.A("n", len(list)))}
	for i := range list {
		if i == besidesShown {
			return append(text, "  "+v.hub("moreBesides", locale.A("n", len(list)-i)))
		}
		b := &list[i]
		line := "  " + finding.Short(b.Ours.ID) + "  " + b.Ours.Control + "  " + locale.Clean(name(&b.Ours.Resource)) + "  " +
			v.hub("beside", locale.A("standard", b.Theirs.Standard), locale.A("there", b.Theirs.Workflow), locale.A("here", string(b.Ours.Workflow)))
		if b.Alone {
			line += "  " + v.hub("alone")
		}
		text = append(text, line)
	}
	return text
}

func (v *View) steps(key string, steps []sides.Step) []string {
	if len(steps) == 0 {
		return nil
	}
	text := []string{v.hub(key, locale.A("n", len(steps)))}
	for i := range steps {
		s := &steps[i]
		who := v.hub("decision", locale.A("by", cmp.Or(locale.Clean(v.who(s.Decision.By)), "?")), locale.A("at", v.when(s.Decision.At)))
		if s.Decision.Note != "" {
			who += " " + v.say("event.reason", locale.A("reason", brief(s.Decision.Note)))
		}
		text = append(text, "  "+finding.Short(s.Ours.ID)+"  "+s.Ours.Control+"  "+string(s.From)+" → "+string(s.Decision.Status)+"  "+locale.Clean(name(&s.Ours.Resource))+"  "+who)
	}
	return text
}

// brief is as much of a note as a line may hold.
func brief(s string) string {
	const most = 200
	if runes := []rune(locale.Clean(s)); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return locale.Clean(s)
}

func (v *View) when(t time.Time) string {
	if t.IsZero() {
		return "?"
	}
	return v.minute(t)
}

type hubRegionJSON struct {
	Account string `json:"account"`
	Region  string `json:"region"`
	N       int    `json:"findings"`
}

type hubLostJSON struct {
	Account string `json:"account,omitempty"`
	Region  string `json:"region,omitempty"`
	Error   string `json:"error"`
}

type stepJSON struct {
	Finding     string       `json:"finding"`
	Control     string       `json:"control"`
	Resource    resource.Ref `json:"resource"`
	SecurityHub string       `json:"securityHub"` // the finding's id there
	From        string       `json:"from"`
	To          string       `json:"to"`
	By          string       `json:"by,omitempty"`
	At          *time.Time   `json:"at"`
	Reason      string       `json:"reason,omitempty"`
	Code        string       `json:"code,omitempty"` // why Security Hub did not take it
	Message     string       `json:"message,omitempty"`
	Proposed    bool         `json:"proposed,omitempty"` // it waits for an approver here
}

func stepOf(s *sides.Step) stepJSON {
	return stepJSON{
		Finding: s.Ours.ID, Control: s.Ours.Control, Resource: s.Ours.Resource, SecurityHub: s.Theirs.ID, From: string(s.From), To: string(s.Decision.Status),
		By: s.Decision.By, At: moment(s.Decision.At), Reason: s.Decision.Note, Proposed: s.Proposed,
	}
}

func stepsOf(steps []sides.Step) []stepJSON {
	out := make([]stepJSON, len(steps))
	for i := range steps {
		out[i] = stepOf(&steps[i])
	}
	return out
}

type besideJSON struct {
	Finding     string       `json:"finding"`
	Control     string       `json:"control"`
	Resource    resource.Ref `json:"resource"`
	SecurityHub string       `json:"securityHub"`
	Standard    string       `json:"standard"`
	Workflow    string       `json:"workflow"` // there
	Here        string       `json:"here"`
	Alone       bool         `json:"alone"`
}

func besidesOf(list []sides.Beside) []besideJSON {
	out := make([]besideJSON, len(list))
	for i := range list {
		b := &list[i]
		out[i] = besideJSON{b.Ours.ID, b.Ours.Control, b.Ours.Resource, b.Theirs.ID, b.Theirs.Standard, b.Theirs.Workflow, string(b.Ours.Workflow), b.Alone}
	}
	return out
}

func regionsOf(list []exchange.Region) []hubRegionJSON {
	out := make([]hubRegionJSON, len(list))
	for i, r := range list {
		out[i] = hubRegionJSON{r.At.Account, r.At.Region, r.N}
	}
	return out
}

// lostOf says what was lost in the words of explain.
func lostOf(list []exchange.Lost, explain func(error) string) []hubLostJSON {
	out := make([]hubLostJSON, len(list))
	for i, l := range list {
		out[i] = hubLostJSON{l.At.Account, l.At.Region, explain(l.Err)}
	}
	return out
}

// SyncedJSON writes what a pull or a sync found and did, for machines. Errors are
// in the words of explain.
func (v *View) SyncedJSON(w io.Writer, s *exchange.Synced, o SyncOptions, explain func(error) string) error {
	out := struct {
		SchemaVersion int             `json:"schemaVersion"`
		Command       string          `json:"command"`
		DryRun        bool            `json:"dryRun"`
		Incomplete    bool            `json:"incomplete"`
		Regions       []hubRegionJSON `json:"regions"`
		Lost          []hubLostJSON   `json:"lost"`
		Findings      int             `json:"findings"`
		Without       int             `json:"withoutRecord"`
		Unreadable    []string        `json:"unreadable"`
		Here          []stepJSON      `json:"here"`
		There         []stepJSON      `json:"there"`
		Waiting       []stepJSON      `json:"waiting"`
		Undecided     []stepJSON      `json:"undecided"`
		Failed        []stepJSON      `json:"failed"`
		Besides       []besideJSON    `json:"otherStandards"`
	}{schemaVersion, o.Command, o.Mode == exchange.Look, s.Incomplete, regionsOf(s.Regions), lostOf(s.Lost, explain), s.Findings, s.Without, []string{}, stepsOf(s.Here), stepsOf(s.There), stepsOf(s.Waiting), stepsOf(s.Nobody), []stepJSON{}, besidesOf(s.Besides)}
	for _, err := range s.Unreadable {
		out.Unreadable = append(out.Unreadable, explain(err))
	}
	for i := range s.Failed {
		step := stepOf(&s.Failed[i].Step)
		step.Code, step.Message = s.Failed[i].Code, s.Failed[i].Message
		out.Failed = append(out.Failed, step)
	}
	return writeJSON(w, out)
}

// failuresShown is how many findings that were not taken people are shown.
const failuresShown = 20

// Pushed writes what a push did for people.
func (v *View) Pushed(w io.Writer, p *exchange.Pushed, dry bool) error {
	var text []string
	would := ""
	if dry {
		would = "would."
	}
	for _, r := range p.Regions {
		text = append(text, v.hub(would+"sent", locale.A("account", r.At.Account), locale.A("region", r.At.Region), locale.A("n", r.N)))
	}
	text = append(text, v.hub(would+"pushed", locale.A("sent", p.Sent), locale.A("unchanged", p.Unchanged), locale.A("failed", len(p.Failed))))
	for i, f := range p.Failed {
		if i == failuresShown {
			text = append(text, "  "+v.hub("more", locale.A("n", len(p.Failed)-i)))
			break
		}
		text = append(text, "  "+v.failure(&f))
	}
	for _, r := range p.Refused {
		text = append(text, v.refused(r))
	}
	return lines(w, text...)
}

func (v *View) failure(f *securityhub.Failure) string {
	return finding.Short(f.Finding) + "  " + locale.Clean(f.Code) + ": " + locale.Clean(f.Message)
}

func (v *View) refused(r *securityhub.Refused) string {
	if e, ok := r.Unwrap().(*locale.Error); ok { //nolint:errorlint // it is what Unwrap documents
		return v.Catalog.Text(e.Key, e.Args...)
	}
	return r.Error()
}

// PushedJSON writes what a push did for machines.
func (v *View) PushedJSON(w io.Writer, p *exchange.Pushed, dry bool, explain func(error) string) error {
	type failureJSON struct {
		Finding string `json:"finding"`
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	type refusedJSON struct {
		Kind  string `json:"kind"` // "source", "account" or "region"
		Where string `json:"where"`
		N     int    `json:"findings"`
	}
	out := struct {
		SchemaVersion int             `json:"schemaVersion"`
		Command       string          `json:"command"`
		DryRun        bool            `json:"dryRun"`
		Incomplete    bool            `json:"incomplete"`
		Regions       []hubRegionJSON `json:"regions"`
		Lost          []hubLostJSON   `json:"lost"`
		Sent          int             `json:"sent"`
		Unchanged     int             `json:"unchanged"`
		Closed        int             `json:"closedBefore"`
		Failed        []failureJSON   `json:"failed"`
		Refused       []refusedJSON   `json:"refused"`
		Would         []string        `json:"wouldSend,omitempty"`
	}{schemaVersion, "push", dry, p.Incomplete, regionsOf(p.Regions), lostOf(p.Lost, explain), p.Sent, p.Unchanged, p.Closed, []failureJSON{}, []refusedJSON{}, p.Would}
	for _, f := range p.Failed {
		out.Failed = append(out.Failed, failureJSON(f))
	}
	for _, r := range p.Refused {
		out.Refused = append(out.Refused, refusedJSON{r.Kind, r.Where, r.N})
	}
	return writeJSON(w, out)
}

// state is a record in a table.
func state(r *lifecycle.Record) string {
	if r == nil {
		return "-"
	}
	return Status(r) + " " + string(r.Workflow)
}
