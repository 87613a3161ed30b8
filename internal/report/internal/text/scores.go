package text

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
)

// beside says which controls of a service do not count, and where there was
// nothing of it.
func (v *view) beside(service string, ids []string) {
	if v.scan.Exported { // what flags chose has no score, and says nothing of what is not there
		return
	}
	for _, o := range v.outs(ids) {
		v.line(1, v.paint(dim, v.say("out", locale.A("controls", v.texts.Say("report."+o.key, names("control", o.ids),
			locale.A("regions", o.regions), locale.A("counts", o.bad))))))
	}
	v.vacancies(service)
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
	case !offered && v.letBe[id] > 0:
		all = []out{{key: "outSuppressed", ids: []string{id}}}
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
