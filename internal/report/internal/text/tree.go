package text

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report/internal/stream"
	"github.com/kumoban/kumoban/internal/resource"
)

// controls writes the tree: first what there is something to say of, then the
// others, one a line.
func (v *view) controls() {
	var rest []string
	for _, id := range v.ids {
		if len(v.named[id]) == 0 {
			rest = append(rest, id)
			continue
		}
		v.control(id)
		for _, f := range v.named[id] {
			v.resource(f)
		}
		if counts := v.others(id); len(counts) > 0 {
			v.line(1, v.paint(dim, v.say("list", locale.A("items", counts))))
		}
		v.line(0)
	}
	for _, id := range rest {
		v.control(id)
	}
	if len(rest) > 0 {
		v.line(0)
	}
}

// control writes a control's line; one that is not named below shows its
// counts, and one that AWS does not offer everywhere says so.
func (v *view) control(id string) {
	var items []string
	if len(v.named[id]) == 0 {
		items = v.summary(id)
	}
	items = append(items, v.unoffered(id)...)
	parts := []safe{v.mark(id), " ", v.paint(bold, clean(id)), "  ", clean(v.severity(id)), "  ", clean(v.texts.Title(id))}
	if len(items) > 0 {
		parts = append(parts, v.paint(dim, " ("+v.say("list", locale.A("items", items))+")"))
	}
	v.line(0, parts...)
	if params := v.params(id); len(params) > 0 {
		v.line(1, v.paint(dim, v.say("judgedWith", names("parameters", params))))
	}
}

// summary counts what was found where AWS offers a control.
func (v *view) summary(id string) []string {
	c, hidden := count(v.here.Tally, id), v.hidden(id)
	if c == (finding.Count{}) && (len(hidden) > 0 || v.notIn[id] != nil) {
		return hidden
	}
	return append(v.counts(c, v.empty[id]), hidden...)
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
	return []string{v.texts.Say("report.notOfferedFound", regions, locale.A("counts", v.counts(c, 0)))}
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

func (v *view) severity(id string) string {
	if c := v.scan.Controls.Find(id); c != nil {
		return c.Severity.String()
	}
	for _, f := range v.named[id] {
		return f.Severity.String()
	}
	return ""
}

// params returns the parameters that a control was judged with: those that the
// user set, or all of them.
func (v *view) params(id string) []string {
	var params []string
	for _, c := range v.scan.Controls {
		for _, p := range c.Params {
			if c.ID == id && p.Value != "" && (p.Custom || v.opts.Verbose) {
				params = append(params, p.Name+"="+p.Value)
			}
		}
	}
	return params
}

// resource writes one resource, what is wrong with it, and the notes.
func (v *view) resource(f *finding.Finding) {
	r, mark := &f.Resource, v.paint(green, "✓")
	switch f.Status {
	case control.Failed:
		mark = v.paint(red, "✗")
	case control.Unknown:
		mark = v.paint(yellow, "?")
	case control.NotApplicable:
		mark = v.paint(dim, "-")
	}
	account := r.Type == resource.Account
	name, id := clean(r.Name), clean(r.ID())
	switch {
	case account:
		name, id = v.say("account", locale.A("account", r.Account)), ""
	case name == "":
		name, id = id, ""
	}
	if id != "" {
		id = "  " + id
	}
	v.line(1, mark, " ", name, v.where(r.Account, r.Region, account), v.paint(dim, id), v.file(f))
	v.line(2, clean(v.texts.Message(f.Control, f.Message)))
	for _, n := range f.Notes {
		v.line(2, v.say("note", locale.A("note", v.texts.Message(f.Control, n))))
	}
	for _, s := range v.texts.Standing(f) {
		v.line(2, v.paint(dim, clean(s)))
	}
	if f.NotOffered && v.offered(f.Control) { // else the control's own line is enough
		v.line(2, v.paint(yellow, v.say("notOffered", locale.A("region", r.Region))))
	}
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

// others counts what is not named.
func (v *view) others(id string) []string {
	c := count(v.here.Tally, id)
	c.Failed, c.Unknown, c.Passed = 0, 0, c.Passed-v.empty[id]
	if v.opts.Verbose || c.Passed+c.NotApplicable == 0 {
		return v.hidden(id)
	}
	return append(v.counts(c, 0), v.hidden(id)...)
}

// counts puts numbers into words; empty is how many of the passed findings
// stand for a place without any resource.
func (v *view) counts(c finding.Count, empty int) []string {
	var words []string
	for _, n := range []struct {
		key string
		n   int
	}{{"failed", c.Failed}, {"unknown", c.Unknown}, {"passed", c.Passed - empty}, {"notApplicable", c.NotApplicable}} {
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
