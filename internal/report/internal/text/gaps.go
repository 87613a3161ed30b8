package text

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report/internal/stream"
	"github.com/kumoban/kumoban/internal/resource"
)

// mostGaps is how many sorts of gaps are told, and mostPlaces how many places of
// one sort, unless the report names all.
const mostGaps, mostPlaces = 4, 3

// alike are gaps that one call left in the same way.
type alike struct {
	call, code string
	parts      bool
	hides      string
	n          int // where each is told on its own
}

// gaps lists what could not be read, and what helps; gaps of one sort are one.
func (v *view) gaps() {
	if len(v.Gaps) == 0 {
		return
	}
	v.line(0, v.paint(yellow, v.say("gaps", locale.A("n", len(v.Gaps)))))
	var order []alike
	by := map[alike][]*resource.Gap{}
	for i, g := range v.Gaps {
		k := alike{call: g.Call, code: g.Code, parts: g.Parent.Type != "", hides: hides(g)}
		if v.opts.Verbose {
			k.n = i
		}
		if by[k] == nil {
			order = append(order, k)
		}
		by[k] = append(by[k], g)
	}
	for i, k := range order {
		if i == mostGaps && !v.opts.Verbose {
			v.line(1, v.paint(dim, v.say("moreGaps", locale.A("n", len(order)-i))))
			break
		}
		v.gap(by[k])
	}
	next := v.command()
	for _, a := range v.advice() {
		if text := v.say(a.key, a.args...); cmp.Or(a.command, string(text)) != next {
			v.line(1, "→ ", text)
		}
	}
	v.line(0)
}

func hides(g *resource.Gap) string {
	types := make([]string, len(g.Hides))
	for i, t := range g.Hides {
		types[i] = string(t)
	}
	return strings.Join(types, ", ")
}

// gap writes gaps of one sort: the first of them whole, and where the others are.
func (v *view) gap(list []*resource.Gap) {
	g := list[0]
	what, said := clean(g.Call+" "+g.Code), clean(g.Message)
	if !finding.Reached(g) { // the run's own end: no call failed and nobody said anything
		what, said = clean(v.texts.Message("", finding.Hidden(g))), ""
	}
	key := "hides"
	if g.Parent.Type != "" && len(g.Hides) == 0 {
		key = "hidesFacts"
	} else if g.Parent.Type != "" {
		key = "hidesParts"
	}
	parent := cmp.Or(g.Parent.Name, string(g.Parent.Type))
	if len(list) == 1 {
		v.line(1, v.paint(yellow, "! "), v.target(g), what, v.where(g.Account, g.Region, false))
	} else {
		key += "Many"
		var places []string
		for _, o := range list {
			if p := v.placeOf(o); !slices.Contains(places, p) {
				places = append(places, p)
			}
		}
		at, more := "gapPlaces", len(places)-min(mostPlaces, len(places))
		places = places[:len(places)-more]
		if more > 0 {
			at = "gapPlacesMore"
		}
		v.line(1, v.paint(yellow, "! "), what, v.say(at, locale.A("n", len(list)), names("places", places), locale.A("more", more)))
	}
	if said != "" {
		v.line(2, said)
	}
	v.line(2, v.say(key, locale.A("types", hides(g)), locale.A("parent", parent), locale.A("id", g.Parent.ID())))
}

// placeOf names where a gap is: the account and Region, or the way to it, and the
// resource whose parts it hides.
func (v *view) placeOf(g *resource.Gap) string {
	at := strings.TrimSpace(cmp.Or(v.accounts[g.Account], g.Account) + " " + g.Region)
	if stream.Unnamed(g) {
		at = strings.TrimSuffix(string(v.target(g)), ": ")
	}
	if name := cmp.Or(g.Parent.Name, g.Parent.ID()); name != "" {
		return name + " (" + at + ")"
	}
	return at
}

// target names an account that nobody could name by the way to it.
func (v *view) target(g *resource.Gap) safe {
	switch {
	case !stream.Unnamed(g):
		return ""
	case g.Name != "":
		return v.say("profile", locale.A("name", g.Name)) + ": "
	}
	return v.say("account", locale.A("account", v.texts.Say("report.noAccount"))) + ": "
}
