package text

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report/internal/stream"
	"github.com/kumoban/kumoban/internal/resource"
)

// services writes what there is to say of each service and its controls, the
// worst first.
func (v *view) services() {
	var services []string
	by := map[string][]string{}
	for _, id := range v.ids {
		s := service(id)
		if by[s] == nil {
			services = append(services, s)
		}
		by[s] = append(by[s], id)
	}
	v.share = v.shared()
	for _, s := range services {
		name, key := v.texts.Named("report.service", s), "service"
		if len(services) > 1 && !v.scan.Exported {
			key = "serviceScore"
		}
		v.line(0, v.paint(bold, v.say(key, locale.A("service", name), locale.A("score", v.score(by[s])))))
		slices.SortStableFunc(by[s], v.worse)
		w := v.widths(by[s])
		for _, id := range by[s] {
			v.control(id, w)
			v.resources(id)
		}
		v.beside(s, by[s])
		v.line(0)
	}
}

// worse puts what fails before what is unknown, then the severest first, then
// what fails most often.
func (v *view) worse(a, b string) int {
	status := func(id string) int {
		if v.here.Status(id) == finding.ControlNoData && v.away.Controls[id] != nil && v.away.Controls[id].Failed > 0 {
			return 1 // out of the score, but something fails
		}
		return slices.Index([]finding.ControlStatus{finding.ControlFailed, "", finding.ControlUnknown, finding.ControlPassed, finding.ControlNoData}, v.here.Status(id))
	}
	return cmp.Or(cmp.Compare(status(a), status(b)), v.severer(a, b, status(a) < 3), cmp.Compare(count(v.here.Tally, b).Failed, count(v.here.Tally, a).Failed))
}

// severer matters where something is wrong; else the order of ids is easier to read.
func (v *view) severer(a, b string, wrong bool) int {
	if !wrong {
		return 0
	}
	return cmp.Compare(v.gravest(b), v.gravest(a))
}

// gravest is the severity of the worst that a control found, which people may have
// changed; else its own.
func (v *view) gravest(id string) (most control.Severity) {
	for k := range v.held.kind[id] {
		if k.rank == failed {
			most = max(most, k.severity)
		}
	}
	return cmp.Or(most, v.severity[id])
}

// widths are those of the columns of ids and severities.
type widths struct{ id, severity int }

func (v *view) widths(ids []string) (w widths) {
	for _, id := range ids {
		w.id = max(w.id, utf8.RuneCountInString(string(clean(id))))
		w.severity = max(w.severity, len(v.severity[id].String()))
	}
	return w
}

func padded(s string, width int) safe {
	c := clean(s)
	return c + safe(strings.Repeat(" ", max(0, width-utf8.RuneCountInString(string(c)))))
}

// control writes a control's line: what it is and what came of it.
func (v *view) control(id string, w widths) {
	items := append(v.summary(id), v.unoffered(id)...)
	parts := []safe{v.mark(id), " ", v.paint(bold, padded(id, w.id)), "  ", padded(v.severity[id].String(), w.severity), "  ", clean(v.texts.Title(id))}
	if len(items) > 0 {
		parts = append(parts, v.paint(dim, " ("+v.say("list", locale.A("items", items))+")"))
	}
	if params := v.texts.JudgedWith(v.scan, id, v.opts.Verbose); len(params) > 0 {
		parts = append(parts, v.paint(dim, " "+v.say("judgedWith", names("parameters", params))))
	}
	v.line(0, parts...)
}

// page is how many lines the resources of all controls together may take, and
// fewest how many one control always may.
const page, fewest = 64, 4

// shared is how many lines each control may take so that all together do not take
// more than a page: what one does not need is there for the others.
func (v *view) shared() int {
	if v.opts.Verbose {
		return 0 // nobody asks
	}
	var needs []int
	for id := range v.held.kind {
		groups, left := v.chosen(id, math.MaxInt)
		n := min(1, left)
		for _, g := range groups {
			n += len(g.head) + len(g.names)
		}
		needs = append(needs, n)
	}
	share := fewest
	for {
		sum, more := 0, false
		for _, n := range needs {
			sum += min(n, share+1)
			more = more || n > share
		}
		if !more || sum > page {
			return share
		}
		share++
	}
}

// resources names the first resources of a control under what is wrong with them.
func (v *view) resources(id string) {
	groups, left := v.chosen(id, v.share)
	for _, g := range groups {
		for _, l := range g.head {
			v.line(1, v.paint(l.color, l.text))
		}
		for _, f := range g.names {
			v.resource(f)
		}
	}
	if left > 0 {
		v.line(2, v.paint(dim, v.say("more", locale.A("n", left))))
	}
}

// summary counts what was found where AWS offers a control.
func (v *view) summary(id string) []string {
	c, hidden := count(v.here.Tally, id), v.hidden(id)
	if c == (finding.Count{}) && v.letBe[id] == 0 && (len(hidden) > 0 || v.notIn[id] != nil) {
		return hidden
	}
	return append(v.counts(c, v.letBe[id], v.empty[id]), hidden...)
}

func count(t *finding.Tally, id string) finding.Count {
	if c := t.Controls[id]; c != nil {
		return *c
	}
	return finding.Count{}
}

// offered tells whether anything was looked for where AWS offers the control.
func (v *view) offered(id string) bool {
	return count(v.here.Tally, id) != finding.Count{} || v.here.Hidden(id) > 0
}

// unoffered says in which of the Regions AWS does not offer a control, and what
// was found there all the same.
func (v *view) unoffered(id string) []string {
	if v.notIn[id] == nil {
		return nil
	}
	regions := names("regions", slices.Sorted(maps.Keys(v.notIn[id])))
	c := count(v.away, id)
	c.Passed -= v.vacants[id]
	if c.Failed+c.Unknown+c.Passed+c.NotApplicable == 0 {
		return []string{v.texts.Say("report.notOfferedIn", regions)}
	}
	return []string{v.texts.Say("report.notOfferedFound", regions, locale.A("counts", v.counts(c, 0, 0)))}
}

// hidden says how many accounts nobody could name whose resources the control
// would judge.
func (v *view) hidden(id string) []string {
	return v.unread(func(g *resource.Gap) bool {
		c := v.scan.Controls.Find(id)
		return c != nil && c.Offered(g.Region) && stream.Hides(g, c)
	})
}

// unread counts the accounts that nobody could name, by their gaps.
func (v *view) unread(of func(*resource.Gap) bool) []string {
	accounts := map[string]bool{}
	for _, g := range v.Gaps {
		if stream.Unnamed(g) && of(g) {
			accounts[g.Name] = true
		}
	}
	if len(accounts) == 0 {
		return nil
	}
	return []string{v.many(len(accounts), "hidden")}
}

func (v *view) mark(id string) safe {
	switch v.here.Status(id) {
	case finding.ControlFailed:
		return v.paint(red, "✗")
	case finding.ControlUnknown:
		return v.paint(yellow, "?")
	case finding.ControlPassed:
		return v.paint(green, "✓")
	}
	return v.paint(dim, "-")
}

// line is a line about resources.
type line struct {
	color color
	text  safe
}

// head says what is wrong with a finding's resource, in the same words for every
// resource that has it.
func (v *view) head(f *finding.Finding) []line {
	list := []line{{"", clean(v.texts.Message(f.Control, f.Message))}}
	for _, n := range f.Notes {
		list = append(list, line{"", v.say("note", locale.A("note", v.texts.Message(f.Control, n)))})
	}
	if f.NotOffered && v.offered(f.Control) { // else the control's own line is enough
		list = append(list, line{yellow, v.say("notOffered", locale.A("region", f.Resource.Region))})
	}
	if stream.LetBe(f) {
		list = append(list, line{"", clean(v.texts.LetBeBy(f.Kept))})
		for i := range list {
			list[i].color = dim
		}
	}
	return list
}

// resource writes one resource and what a store has to say of it.
func (v *view) resource(f *finding.Finding) {
	r := &f.Resource
	account := r.Type == resource.AccountType
	name, id := clean(r.Name), clean(r.ID())
	switch {
	case account:
		name, id = v.say("account", locale.A("account", r.Account)), ""
	case name == "":
		name, id = id, ""
	}
	short := safe("")
	if v.stored {
		short = safe(f.ID()[:finding.ShortID]) + "  "
		if !v.opts.Verbose { // the id names it
			id = ""
		}
	}
	if id != "" {
		id = "  " + id
	}
	rest := v.where(r.Account, r.Region, account)
	if letBe := stream.LetBe(f); letBe {
		v.line(2, v.paint(dim, "~ "+short+name+rest+id+v.file(f)))
	} else {
		v.line(2, v.markOf(f), " ", v.paint(dim, short), name, rest, v.paint(dim, id), v.file(f))
	}
	standing := v.texts.Marked
	if v.opts.Verbose {
		standing = v.texts.Standing
	}
	for _, s := range standing(f) {
		v.line(4, v.paint(dim, clean(s)))
	}
}

func (v *view) markOf(f *finding.Finding) safe {
	switch f.Status {
	case control.Failed:
		return v.paint(red, "✗")
	case control.Unknown:
		return v.paint(yellow, "?")
	case control.NotApplicable:
		return v.paint(dim, "-")
	}
	return v.paint(green, "✓")
}

// where names the account and Region, as far as there are several to choose
// from; idShown tells that the account's id, or what stands for it, is there
// already.
func (v *view) where(account, region string, idShown bool) safe {
	var places []string
	name := v.accounts[account]
	switch {
	case len(v.accounts) < 2:
	case account != "" && name != "":
		places = append(places, name)
	case account != "" && !idShown:
		places = append(places, account)
	}
	if len(v.regions) > 1 && region != "" {
		places = append(places, region)
	}
	if len(places) == 0 {
		return ""
	}
	return " (" + clean(strings.Join(places, ", ")) + ")"
}

func (v *view) file(f *finding.Finding) safe {
	if f.Origin == nil || f.Origin.File == "" {
		return ""
	}
	return "  " + clean(f.Origin.File+":"+strconv.Itoa(f.Origin.Line))
}

// counts puts numbers into words; letBe is how many are suppressed, empty how many
// of the passed findings stand for a place without any resource.
func (v *view) counts(c finding.Count, letBe, empty int) []string {
	var words []string
	for _, n := range []struct {
		key string
		n   int
	}{{"failed", c.Failed}, {"unknown", c.Unknown}, {"suppressed", letBe}, {"passed", c.Passed - empty}, {"notApplicable", c.NotApplicable}} {
		if n.n > 0 {
			words = append(words, v.texts.Say("report."+n.key, locale.A("n", n.n)))
		}
	}
	var key string
	switch {
	case empty > 0 && len(words) > 0:
		key = "emptyElsewhere"
	case empty > 0:
		key = "empty"
	case len(words) == 0:
		key = "nothing"
	default:
		return words
	}
	return append(words, v.texts.Say("report."+key))
}
