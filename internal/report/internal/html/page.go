package html

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	pages "github.com/kumoban/kumoban/internal/page"
	"github.com/kumoban/kumoban/internal/report/internal/stream"
	"github.com/kumoban/kumoban/internal/resource"
)

// page is what the template shows. Its texts are clean; the template escapes
// them.
type page struct {
	Lang         string
	Heading      string // what was judged
	Where        string // whose it is
	Day          string
	Result       []string
	Suppressed   int
	Accounts     []accountRow // where there are many
	AccountsN    int
	AccountsMore string
	Clean        string // said where there is nothing to name
	Incomplete   string
	Facts        []fact
	Score        *score // nil: of what flags chose there is none
	Severities   []severity
	Unknown      int
	Trend        *trend
	Gaps         []gap
	GapCount     int
	GapsMore     string
	Controls     []controlRow
	Details      []detail
	Version      string
}

// fact is a line of who, where and when.
type fact struct {
	Name  string
	Lines []string
	Words bool // the lines are words of one line
}

type severity struct {
	Class, Label string
	N            int
}

type gap struct{ What, Where, Said, Hides string }

// controlRow is a line of the table by control.
type controlRow struct {
	ID, Title, Notes           string
	Severity                   string
	Status, Class, Mark        string
	Failed, Unknown            int
	Passed, Exempt             int
	FailedWide, UnknownX, Wide int // of the bar, in hundredths
	Linked                     bool
	rank                       []int
	raw                        string // the id as it came
}

// detail is a control of which resources are named.
type detail struct {
	controlRow
	Params   string
	Short    []piece
	Commands []string
	Link     string
	Rows     []row
	More     string
	Rest     string
	Ways     []way
}

// way is one way to fix what a control finds, as its guide has it.
type way struct {
	Name string
	Text pages.HTML
}

// piece is a run of prose, or of code in it.
type piece struct {
	Text string
	Code bool
}

type row struct {
	Name, ID, Message   string
	Short               string // of the finding's id; "": no store has it
	LetBe               bool
	Places              []string // account and Region, or file and line
	Notes               []string
	Class, Mark, Status string
}

func (v *view) page() *page {
	p := &page{
		Lang: string(v.texts.Lang()), Heading: v.heading(), Clean: v.say("html.clean"), Facts: v.facts(), Unknown: v.here.Total.Unknown + v.away.Total.Unknown,
		GapCount: len(v.Gaps), Version: v.say("title", "version", v.scan.Version),
	}
	if !v.scan.Exported {
		p.Score = new(v.score())
	} else {
		p.Clean = v.say("html.cleanExport")
	}
	if v.trend != nil {
		v.past = v.trend(v.scan, v.Gaps)
		p.Trend = v.trendOf(v.past)
	}
	for _, n := range v.letBe {
		p.Suppressed += n
	}
	p.Where, p.Day, p.Result = v.where(), v.day(), v.result(p.Unknown, p.Suppressed)
	v.accounts(p)
	if v.scan.Incomplete != "" {
		p.Incomplete = v.say("incomplete", "reason", v.texts.Named("report.incomplete", v.scan.Incomplete))
	}
	for s := control.Critical; s >= control.Low; s-- {
		p.Severities = append(p.Severities, severity{strings.ToLower(s.String()), s.String(), v.fails[s]})
	}
	for _, g := range v.Gaps[:min(len(v.Gaps), rowLimit)] {
		p.Gaps = append(p.Gaps, v.gap(g))
	}
	if n := len(v.Gaps) - rowLimit; n > 0 {
		p.GapsMore = v.say("html.more", "n", n)
	}
	for _, id := range stream.ControlIDs(v.scan.Controls, v.here.Tally, v.away) {
		p.Controls = append(p.Controls, v.row(id))
	}
	slices.SortStableFunc(p.Controls, func(a, b controlRow) int { return slices.Compare(b.rank, a.rank) })
	for _, c := range p.Controls {
		if c.Linked {
			p.Details = append(p.Details, v.detail(c))
		}
	}
	return p
}

// heading names what was judged: "API Gateway".
func (v *view) heading() string {
	var names []string
	for _, id := range stream.ControlIDs(v.scan.Controls, v.here.Tally, v.away) {
		service, _, _ := strings.Cut(id, ".")
		if name := v.texts.Named("report.service", service); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return v.say("html.headingNone")
	}
	return v.say("html.heading", "services", v.say("list", "items", names))
}

// facts say who looked, where and when.
func (v *view) facts() []fact {
	s := v.scan
	var accounts, regions []string
	for _, a := range s.Accounts {
		if len(s.Accounts) <= fewAccounts {
			accounts = append(accounts, locale.Clean(v.texts.Account(a)))
		}
		for _, r := range a.Regions {
			if r = locale.Clean(r); !slices.Contains(regions, r) {
				regions = append(regions, r)
			}
		}
	}
	if accounts == nil && len(s.Accounts) > 0 {
		accounts = []string{v.say("html.accountsN", "n", len(s.Accounts))}
	}
	source := v.texts.Named("report.source", s.Source)
	if s.Endpoint != "" {
		source += " (" + s.Endpoint + ")"
	}
	when := fact{Name: v.say("html.time"), Lines: []string{locale.Clean(v.texts.Moment(s.Started)), v.say("html.took", "took", stream.Took(s).String())}}
	if s.Exported {
		when = fact{Name: v.say("html.exported"), Lines: []string{locale.Clean(v.texts.Moment(s.Ended))}}
	}
	list := []fact{
		{Name: v.say("html.accounts"), Lines: accounts},
		{Name: v.say("html.regions"), Lines: regions, Words: true},
	}
	if beside := slices.Concat(v.texts.Wide(s), v.texts.Elsewhere(s), v.texts.Defaulted(s)); beside != nil {
		for i := range beside {
			beside[i] = locale.Clean(beside[i])
		}
		list = append(list, fact{Name: v.say("html.scope"), Lines: beside})
	}
	return append(list,
		fact{Name: v.say("html.source"), Lines: []string{locale.Clean(source)}},
		when,
	)
}

func (v *view) gap(g *resource.Gap) gap {
	what, said := g.Call+" "+g.Code, g.Message
	if !finding.Reached(g) { // the run's own end: no call failed and nobody said anything
		what, said = v.texts.Message("", finding.Hidden(g)), ""
	}
	hides := make([]string, len(g.Hides))
	for i, t := range g.Hides {
		hides[i] = string(t)
	}
	key := "hides"
	if g.Parent.Type != "" && len(g.Hides) == 0 {
		key = "hidesFacts"
	} else if g.Parent.Type != "" {
		key = "hidesParts"
	}
	return gap{
		locale.Clean(what), strings.Join(v.places(g.Account, g.Region, g.Name), " / "), locale.Clean(said),
		v.say(key, "types", strings.Join(hides, ", "), "parent", cmp.Or(g.Parent.Name, string(g.Parent.Type)), "id", g.Parent.ID()),
	}
}

// places names an account and a Region; an account that nobody could name, by
// the way to it.
func (v *view) places(account, region, way string) []string {
	if account == "" {
		account = v.say("noAccount")
		if way != "" {
			account = v.say("profile", "name", way)
		}
	}
	return []string{locale.Clean(account), locale.Clean(cmp.Or(region, "-"))}
}

// row is a control's line.
func (v *view) row(id string) controlRow {
	here, away := count(v.here.Tally, id), count(v.away, id)
	r := controlRow{
		raw: id, ID: locale.Clean(id), Title: locale.Clean(v.texts.Title(id)), Failed: here.Failed + away.Failed, Unknown: here.Unknown + away.Unknown,
		Passed: here.Passed + away.Passed - v.empty[id], Exempt: here.NotApplicable + away.NotApplicable,
		Linked: len(v.named[id]) > 0, Notes: v.notes(id, away),
	}
	severity := v.severity(id)
	if severity != 0 {
		r.Severity = severity.String()
	}
	status := v.here.Status(id)
	r.Class, r.Mark = look(status)
	r.Status = v.say("html.status." + r.Class)
	if all := r.Failed + r.Unknown + r.Passed; all > 0 {
		r.FailedWide, r.UnknownX = share(r.Failed, all), share(r.Failed+r.Unknown, all)
		r.Wide = 100
	}
	order := slices.Index([]finding.ControlStatus{finding.ControlNoData, finding.ControlPassed, finding.ControlUnknown, finding.ControlFailed}, status)
	r.rank = []int{order, int(severity), r.Failed, r.Unknown}
	return r
}

// share is n of all in hundredths; what is there is at least seen.
func share(n, all int) int {
	if n == 0 {
		return 0
	}
	return max(2, n*100/all)
}

// look returns the class and the mark of a status.
func look(s finding.ControlStatus) (class, mark string) {
	switch s {
	case finding.ControlFailed:
		return "failed", "✗"
	case finding.ControlUnknown:
		return "unknown", "?"
	case finding.ControlPassed:
		return "passed", "✓"
	}
	return "none", "–"
}

// notes say what the numbers do not: where AWS does not offer a control, what
// could not be read at all, and where there was nothing.
func (v *view) notes(id string, away finding.Count) string {
	var notes []string
	if regions := slices.Sorted(maps.Keys(v.notIn[id])); len(regions) > 0 {
		list, counts := strings.Join(regions, ", "), []string(nil)
		if away.Failed > 0 {
			counts = append(counts, v.say("failed", "n", away.Failed))
		}
		if away.Unknown > 0 {
			counts = append(counts, v.say("unknown", "n", away.Unknown))
		}
		if counts == nil {
			notes = append(notes, v.say("notOfferedIn", "regions", list))
		} else {
			notes = append(notes, v.say("notOfferedFound", "regions", list, "counts", counts))
		}
	}
	if n := v.letBe[id]; n > 0 {
		notes = append(notes, v.say("suppressed", "n", n))
	}
	if n := v.here.Hidden(id); n > 0 {
		notes = append(notes, v.many("hidden", n))
	}
	if here := count(v.here.Tally, id); v.empty[id] > 0 && here.Failed+here.Unknown+here.NotApplicable == 0 && here.Passed <= v.empty[id] {
		notes = append(notes, v.say("empty"))
	}
	return strings.Join(notes, stream.Between)
}

func (v *view) severity(id string) control.Severity {
	if c := v.scan.Controls.Find(id); c != nil {
		return c.Severity
	}
	if len(v.named[id]) > 0 {
		return v.named[id][0].Severity
	}
	return 0
}

func count(t *finding.Tally, id string) finding.Count {
	if c := t.Controls[id]; c != nil {
		return *c
	}
	return finding.Count{}
}
