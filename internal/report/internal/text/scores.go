package text

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

// scores says for each service how many of its controls pass, which ones do
// not count, and where there was nothing of it.
func (v *view) scores() {
	var services []string
	byService := map[string][]string{}
	for _, id := range v.ids {
		s := service(id)
		if byService[s] == nil {
			services = append(services, s)
		}
		byService[s] = append(byService[s], id)
	}
	if v.scan.Exported { // what flags chose has no score, and says nothing of what is not there
		services = nil
	}
	for _, s := range services {
		v.score(s, byService[s])
		v.vacancies(s)
	}
	here, away := v.here.Total, v.away.Total
	counted := here.Passed + here.Failed + here.Unknown + here.NotApplicable
	apart := away.Passed + away.Failed + away.Unknown + away.NotApplicable
	hidden := v.unread(func(*resource.Gap) bool { return true })
	var items []string
	if counted > 0 || apart == 0 && len(hidden) == 0 {
		items = v.counts(here, 0)
	}
	if apart > 0 {
		items = append(items, v.texts.Say("report.apart", locale.A("n", apart)))
	}
	items = append(items, hidden...)
	v.line(0, v.say("findings", locale.A("n", counted+apart), locale.A("counts", items)))
}

func (v *view) score(service string, ids []string) {
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
	text := v.texts.Say("report."+key, locale.A("service", v.texts.Named("report.service", service)), locale.A("passed", passed),
		locale.A("of", of), locale.A("counts", []string{v.many(of-passed-open, "fail"), v.texts.Say("report.unknown", locale.A("n", open))}))
	if v.scan.Incomplete != "" && of > 0 {
		text = v.texts.Say("report.scoreSoFar", locale.A("score", text))
	}
	v.line(0, v.paint(bold, clean(text)))
	for _, o := range v.outs(ids) {
		v.line(1, v.say("out", locale.A("controls", v.texts.Say("report."+o.key, names("control", o.ids),
			locale.A("regions", o.regions), locale.A("counts", o.bad)))))
	}
}

// out is why controls do not count in the score, or what was found for one that
// does not.
type out struct {
	key     string
	ids     []string
	regions string
	bad     []string // counts of a single control
}

// outs lists what is out of the score; controls with one reason are together,
// unless something was found for them.
func (v *view) outs(ids []string) []out {
	var all []out
	for _, id := range ids {
		for _, o := range v.out(id) {
			i := slices.IndexFunc(all, func(x out) bool { return x.key == o.key && x.regions == o.regions && len(o.bad) == 0 })
			if i >= 0 {
				all[i].ids = append(all[i].ids, id)
			} else {
				all = append(all, o)
			}
		}
	}
	return all
}

func (v *view) out(id string) []out {
	away := count(v.away, id)
	var bad []string
	if away.Failed > 0 {
		bad = append(bad, v.many(away.Failed, "fail"))
	}
	if away.Unknown > 0 {
		bad = append(bad, v.texts.Say("report.unknown", locale.A("n", away.Unknown)))
	}
	regions := strings.Join(slices.Sorted(maps.Keys(v.notIn[id])), ", ")
	offered, counts := v.offered(id), v.here.Status(id) != finding.ControlNoData
	var all []out
	switch {
	case offered && !counts: // no other status makes no data
		all = []out{{key: "outNotApplicable", ids: []string{id}}}
	case !offered && v.notIn[id] == nil:
		all = []out{{key: "outNothing", ids: []string{id}}}
	case !offered && len(bad) == 0:
		all = []out{{key: "outNotOffered", ids: []string{id}, regions: regions}}
	case !offered:
		all = []out{{"outNotOfferedBad", []string{id}, regions, bad}}
	}
	if offered && len(bad) > 0 {
		all = append(all, out{"outPartly", []string{id}, regions, bad})
	}
	return all
}

// vacancies names the places where no control of a service found a resource.
// Nothing there may mean that nobody looked in the right place.
func (v *view) vacancies(service string) {
	regions := map[string][]string{} // by account
	all := v.here.Unnamed() == 0
	for at, found := range v.places {
		if at.service != service {
			continue
		}
		if found {
			all = false
			continue
		}
		regions[at.account] = append(regions[at.account], at.region)
	}
	accounts := map[string][]string{} // by Regions
	for account, list := range regions {
		slices.Sort(list)
		key := strings.Join(list, ", ")
		accounts[key] = append(accounts[key], account)
	}
	name := locale.A("service", v.texts.Named("report.service", service))
	for _, list := range slices.SortedFunc(maps.Keys(accounts), func(a, b string) int {
		return cmp.Or(cmp.Compare(slices.Min(accounts[a]), slices.Min(accounts[b])), cmp.Compare(a, b))
	}) {
		slices.Sort(accounts[list])
		args := []locale.Arg{name, locale.A("regions", list), locale.A("accounts", accounts[list])}
		switch {
		case all && len(v.regions) == 1:
			v.wrongRegion = true
			v.line(1, v.paint(yellow, v.say("vacantRegion", args...)))
		case len(v.accounts) > 1:
			v.line(1, v.say("vacantOf", args...))
		default:
			v.line(1, v.say("vacant", args...))
		}
	}
}
