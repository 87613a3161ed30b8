package text

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/controls/metadata"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report/internal/stream"
	"github.com/kumoban/kumoban/internal/resource"
)

// mostAccounts is how many accounts have lines of their own.
const mostAccounts = 4

// opening says who looked, and where.
func (v *view) opening() {
	s := v.scan
	v.line(0, v.paint(bold, v.say("title", locale.A("version", s.Version))))
	source, key := locale.A("source", v.texts.Named("report.source", s.Source)), "source"
	if s.Endpoint != "" {
		key = "sourceEndpoint"
	}
	v.line(0, v.say(key, source, locale.A("endpoint", s.Endpoint)))
	if len(s.Accounts) > mostAccounts && !v.opts.Verbose {
		v.folded()
	} else {
		v.unfolded()
	}
	for _, text := range slices.Concat(v.texts.Wide(s), v.texts.Elsewhere(s), v.texts.Defaulted(s)) {
		v.line(0, clean(text))
	}
	if s.Exported {
		v.line(0, v.say("exported", locale.A("at", v.texts.Moment(s.Ended))))
	} else {
		v.line(0, v.say("time", locale.A("started", v.texts.Moment(s.Started)), locale.A("took", stream.Took(s).String())))
	}
	v.line(0)
}

// folded names many accounts in one line, and their Regions in another.
func (v *view) folded() {
	var accounts, regions []string
	for _, a := range v.scan.Accounts {
		switch {
		case a.ID == "":
			accounts = append(accounts, v.texts.Say("report.profile", locale.A("name", a.Name)))
		case a.Name != "":
			accounts = append(accounts, a.ID+" ("+a.Name+")")
		default:
			accounts = append(accounts, a.ID)
		}
	}
	for r := range v.regions {
		regions = append(regions, r)
	}
	slices.Sort(regions)
	first := accounts[:mostAccounts]
	v.line(0, v.say("accountsFolded", locale.A("n", len(accounts)), names("accounts", first), locale.A("more", len(accounts)-len(first))))
	v.line(0, v.regionList(regions))
}

func (v *view) unfolded() {
	accounts := v.scan.Accounts
	same := true
	for _, a := range accounts {
		same = same && strings.Join(a.Regions, " ") == strings.Join(accounts[0].Regions, " ")
	}
	for _, a := range accounts {
		v.line(0, clean(v.texts.Account(a)))
		if !same {
			v.line(1, v.regionList(a.Regions))
		}
	}
	if same && len(accounts) > 0 {
		v.line(0, v.regionList(accounts[0].Regions))
	}
}

func (v *view) regionList(regions []string) safe {
	return clean(v.many(len(regions), "regions", names("regions", regions)))
}

// totals counts everything, and says how many of the controls pass.
func (v *view) totals() {
	here, away := v.here.Total, v.away.Total
	counted := here.Passed + here.Failed + here.Unknown + here.NotApplicable
	apart := away.Passed + away.Failed + away.Unknown + away.NotApplicable
	letBe := 0
	for _, n := range v.letBe {
		letBe += n
	}
	hidden := v.unread(func(*resource.Gap) bool { return true })
	var items []string
	if counted+letBe > 0 || apart == 0 && len(hidden) == 0 {
		items = v.counts(here, letBe, 0)
	}
	if here.Failed > 0 {
		items[0] = v.texts.Say("report.failedBy", locale.A("n", here.Failed), locale.A("severities", v.bySeverity()))
	}
	if apart > 0 {
		items = append(items, v.texts.Say("report.apart", locale.A("n", apart)))
	}
	items = append(items, hidden...)
	v.line(0, v.paint(bold, clean(v.many(counted+apart+letBe, "findings", locale.A("counts", items)))))
	if !v.scan.Exported { // what flags chose has no score
		v.evaluated()
	}
	v.line(0)
}

// bySeverity counts what failed by severity, the gravest first.
func (v *view) bySeverity() []string {
	var items []string
	for s := control.Critical; s > 0; s-- {
		if n := v.severities[s]; n > 0 {
			items = append(items, v.texts.Say("report.ofSeverity", locale.A("n", n), locale.A("severity", s.String())))
		}
	}
	return items
}

// evaluated says how many controls pass, of how many of the standard's that is
// true, and for the whole standard what score it is.
func (v *view) evaluated() {
	text := v.score(v.ids)
	passed, of := v.here.Score(v.scan.Controls)
	if v.scan.Incomplete != "" && of > 0 {
		text = v.texts.Say("report.scoreSoFar", locale.A("score", text))
	}
	v.line(0, v.paint(bold, clean(text)))
	if of > 0 {
		v.line(0, v.say("basis", locale.A("n", of), locale.A("of", metadata.Count())))
	}
	if of > 0 && metadata.Whole(v.ids) {
		v.line(0, v.paint(bold, v.say("standardScore", locale.A("percent", passed*100/of))))
	}
}

// score says how many of some controls pass.
func (v *view) score(ids []string) string {
	passed, of, open := 0, 0, 0
	for _, id := range ids {
		switch v.here.Status(id) {
		case finding.ControlNoData:
			continue
		case finding.ControlPassed:
			passed++
		case finding.ControlUnknown:
			open++
		}
		of++
	}
	key := "score"
	switch {
	case of == 0:
		key = "scoreNone"
	case of == 1:
		key = "scoreOfOne"
	case passed == 1:
		key = "scoreOne"
	}
	return v.texts.Say("report."+key, locale.A("passed", passed), locale.A("of", of),
		locale.A("counts", []string{v.many(of-passed-open, "fail"), v.texts.Say("report.unknown", locale.A("n", open))}))
}
