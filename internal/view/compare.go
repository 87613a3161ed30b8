package view

import (
	"cmp"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/exchange"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/securityhub/sides"
)

// differencesShown is how many differences of one reason people are shown who
// did not ask for all.
const differencesShown = 10

// Compared writes how Security Hub and the store differ: a table for each
// reason, the one that nothing explains first.
func (v *View) Compared(w io.Writer, c *exchange.Compared, all bool) error {
	var text []string
	for _, r := range c.Regions {
		text = append(text, v.hub("region", locale.A("account", r.At.Account), locale.A("region", r.At.Region), locale.A("n", r.N)))
	}
	text = append(text, v.hub("compared", locale.A("agree", c.Agree), locale.A("differ", len(c.Differences)), locale.A("unexplained", c.Unexplained())))
	for _, r := range c.Unseen {
		text = append(text, v.hub("unseen", locale.A("account", r.At.Account), locale.A("region", r.At.Region), locale.A("n", r.N)))
	}
	if err := lines(w, append(text, v.empty(c.Empty)...)...); err != nil {
		return err
	}
	whys := sides.Whys()
	slices.Reverse(whys)
	for _, why := range whys {
		if err := v.reason(w, c, why, all); err != nil {
			return err
		}
	}
	return nil
}

// empty says of which accounts and Regions Security Hub has nothing, and what to
// look at.
func (v *View) empty(list []exchange.Region) (text []string) {
	for _, r := range list {
		text = append(text, v.hub("empty", locale.A("account", r.At.Account), locale.A("region", r.At.Region), locale.A("n", r.N)))
	}
	if len(list) > 0 {
		text = append(text, v.hub("emptyCheck", locale.A("region", list[0].At.Region)))
	}
	return text
}

// reason writes the differences of one reason.
func (v *View) reason(w io.Writer, c *exchange.Compared, why sides.Why, all bool) error {
	var rows [][]string
	n := 0
	for i := range c.Differences {
		d := &c.Differences[i]
		if d.Why != why {
			continue
		}
		if n++; !all && n > differencesShown {
			continue
		}
		rows = append(rows, []string{"  " + d.Control, state(d.Ours), there(d.Theirs), d.Resource.Account, d.Resource.Region, v.differing(d)})
	}
	if n == 0 {
		return nil
	}
	if err := lines(w, "", v.hub("reason", locale.A("why", v.why(why, nil)), locale.A("n", n))); err != nil {
		return err
	}
	head := v.heads("control", "here", "security_hub", "account", "region", "resource")
	head[0] = "  " + head[0]
	if err := table(w, head, rows); err != nil {
		return err
	}
	if n > len(rows) {
		return lines(w, "  "+v.hub("moreDifferences", locale.A("n", n-len(rows))))
	}
	return nil
}

// why words a reason; without cases those are left to each difference.
func (v *View) why(why sides.Why, cases []sides.Case) string {
	names := v.hub("casesBelow")
	if len(cases) > 0 {
		names = strings.Join(caseNames(cases), ", ")
	}
	return v.hub("why."+string(why), locale.A("cases", names))
}

func caseNames(cases []sides.Case) (names []string) {
	for _, c := range cases {
		names = append(names, c.ID+" ("+c.Page()+")")
	}
	return names
}

// differing names the resource, and the cases that may be behind.
func (v *View) differing(d *sides.Difference) string {
	text := d.Resource.ID()
	if d.Ours != nil {
		text = name(&d.Ours.Resource)
	}
	text = locale.Clean(text)
	if len(d.Cases) > 0 {
		text += "  " + strings.Join(caseNames(d.Cases), ", ")
	}
	return text
}

// there is a finding of Security Hub's in a table.
func there(f *report.Held) string {
	if f == nil {
		return "-"
	}
	says := f.Status
	if f.RecordState == string(lifecycle.Archived) {
		says = f.RecordState
	}
	if !f.Decides() { // its workflow is not compared
		return says + " (" + f.Standard + ")"
	}
	return says + " " + f.Workflow
}

type oursJSON struct {
	ID       string    `json:"id"`
	Status   string    `json:"status"`
	Workflow string    `json:"workflow"`
	State    string    `json:"recordState"`
	Message  string    `json:"message"`
	Changed  time.Time `json:"changed"`
	LastSeen time.Time `json:"lastSeen"`
}

type theirsJSON struct {
	ID              string     `json:"id"`
	ProductArn      string     `json:"productArn"`
	Standard        string     `json:"standard,omitempty"`
	Status          string     `json:"status"`
	Reasons         []string   `json:"reasons,omitempty"`
	Workflow        string     `json:"workflow"`
	State           string     `json:"recordState"`
	UpdatedAt       time.Time  `json:"updatedAt"`
	FirstObservedAt *time.Time `json:"firstObservedAt"`
	LastObservedAt  *time.Time `json:"lastObservedAt"`
}

type differenceJSON struct {
	Why      sides.Why    `json:"why"`
	Text     string       `json:"text"`
	Cases    []string     `json:"cases,omitempty"`
	Control  string       `json:"control"`
	Resource resource.Ref `json:"resource"`
	Ours     *oursJSON    `json:"ours"`
	Theirs   *theirsJSON  `json:"theirs"`
}

// ComparedJSON writes how Security Hub and the store differ, for machines.
func (v *View) ComparedJSON(w io.Writer, c *exchange.Compared, explain func(error) string) error {
	out := struct {
		SchemaVersion int               `json:"schemaVersion"`
		Command       string            `json:"command"`
		Regions       []hubRegionJSON   `json:"regions"`
		Lost          []hubLostJSON     `json:"lost"`
		NotCompared   []hubRegionJSON   `json:"notCompared"`
		Empty         []hubRegionJSON   `json:"empty"`
		Unreadable    []string          `json:"unreadable"`
		Agree         int               `json:"agree"`
		Whys          map[sides.Why]int `json:"whys"`
		Differences   []differenceJSON  `json:"differences"`
	}{schemaVersion, "compare", regionsOf(c.Regions), lostOf(c.Lost, explain), regionsOf(c.Unseen), regionsOf(c.Empty), []string{}, c.Agree, map[sides.Why]int{}, []differenceJSON{}}
	for _, err := range c.Unreadable {
		out.Unreadable = append(out.Unreadable, explain(err))
	}
	for i := range c.Differences {
		d := &c.Differences[i]
		out.Whys[d.Why]++
		out.Differences = append(out.Differences, v.difference(d))
	}
	return writeJSON(w, out)
}

func (v *View) difference(d *sides.Difference) differenceJSON {
	out := differenceJSON{Why: d.Why, Text: v.why(d.Why, d.Cases), Cases: caseNames(d.Cases), Control: d.Control, Resource: d.Resource}
	if r := d.Ours; r != nil {
		out.Ours = &oursJSON{r.ID, r.Status.String(), string(r.Workflow), string(r.State), v.Texts.Message(r.Control, r.Message), r.Changed.UTC(), r.LastSeen.UTC()}
	}
	if f := d.Theirs; f != nil {
		out.Theirs = &theirsJSON{f.ID, f.ProductArn, f.Standard, f.Status, f.Reasons, f.Workflow, f.RecordState, f.UpdatedAt.UTC(), moment(f.FirstObservedAt), moment(f.LastObservedAt)}
		if out.Resource.Name == "" {
			out.Resource.Name = cmp.Or(d.Resource.Name, d.Resource.ID())
		}
	}
	return out
}
