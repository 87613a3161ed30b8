package view

import (
	"cmp"
	"io"
	"slices"
	"strconv"

	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

// aloneShown is how many accounts, and how many gaps, of one scan alone people
// are shown.
const aloneShown = 10

// Diff writes what changed between two scans, and what only one of them looked
// at; what failed in both only where still asks for it.
func (v *View) Diff(w io.Writer, d *keep.Difference, still bool) error {
	counts := map[keep.Change]int{}
	var rows [][]string
	for i := range d.Deltas {
		delta := &d.Deltas[i]
		counts[delta.Change]++
		if delta.Change == keep.Still && !still {
			continue
		}
		s := delta.At()
		rows = append(rows, []string{v.say("change." + string(delta.Change)), finding.Short(s.Finding), s.Control, s.Severity.String(), s.Resource.Account, s.Resource.Region, locale.Clean(name(&s.Resource))})
	}
	if len(rows) > 0 {
		if err := table(w, v.heads("change", "id", "control", "severity", "account", "region", "resource"), rows); err != nil {
			return err
		}
	}
	text := []string{v.say("diff", locale.A("from", int(d.From.ID)), locale.A("to", int(d.To.ID)), locale.A("new", counts[keep.Appeared]), locale.A("fixed", counts[keep.Fixed]),
		locale.A("reopened", counts[keep.Reopened]), locale.A("still", counts[keep.Still]), locale.A("unclear", counts[keep.Unclear]))}
	if !d.Shared {
		text = append(text, v.say("diff.nothing"))
	}
	text = append(text, v.alone(&d.From, &d.FromOnly)...)
	return lines(w, append(text, v.alone(&d.To, &d.ToOnly)...)...)
}

// alone says what one scan did and the other did not.
func (v *View) alone(s *store.Scan, a *keep.Alone) (text []string) {
	scan := locale.A("scan", int(s.ID))
	if !s.Around() {
		text = append(text, v.say("diff.fix", scan, locale.A("n", len(s.Looked))))
	}
	places := lookedAt(a.Scopes, nil)
	for i, p := range places {
		if i == aloneShown {
			text = append(text, v.say("diff.more", locale.A("n", len(places)-i)))
			break
		}
		text = append(text, v.say("diff.onlyScope", scan, locale.A("account", p.Account), locale.A("regions", p.Regions)))
	}
	for i, at := range a.Broad {
		if i == aloneShown {
			text = append(text, v.say("diff.more", locale.A("n", len(a.Broad)-i)))
			break
		}
		text = append(text, v.say("diff.onlyWide", scan, locale.A("account", at.Account)))
	}
	if len(a.Controls) > 0 {
		text = append(text, v.say("diff.onlyControls", scan, locale.A("controls", a.Controls)))
	}
	if a.Failed > 0 {
		text = append(text, v.say("diff.onlyFailed", scan, locale.A("n", a.Failed)))
	}
	for i := range a.Gaps {
		if i == aloneShown {
			return append(text, v.say("diff.more", locale.A("n", len(a.Gaps)-i)))
		}
		g := &a.Gaps[i]
		where := cmp.Or(g.Parent.Name, g.Parent.ID(), g.Account, g.Name)
		text = append(text, v.say("diff.gap", scan, locale.A("where", where), locale.A("region", cmp.Or(g.Region, "-")), locale.A("call", g.Call), locale.A("code", g.Code)))
	}
	return text
}

type placeJSON struct {
	Partition string   `json:"partition"`
	Account   string   `json:"account"`
	Regions   []string `json:"regions"`
	Wide      string   `json:"wide,omitempty"`
}

// lookedAt puts the Regions of an account together, and that under which was judged
// what is the account's.
func lookedAt(regions, broad []resource.Scope) []placeJSON {
	list := []placeJSON{}
	find := func(at resource.Scope) *placeJSON {
		i := slices.IndexFunc(list, func(p placeJSON) bool { return p.Partition == at.Partition && p.Account == at.Account })
		if i < 0 {
			i = len(list)
			list = append(list, placeJSON{Partition: at.Partition, Account: at.Account, Regions: []string{}})
		}
		return &list[i]
	}
	for _, at := range regions {
		p := find(at)
		p.Regions = append(p.Regions, at.Region)
	}
	for _, at := range broad {
		find(at).Wide = at.Region
	}
	return list
}

// GapJSON is what a scan could not look at.
type GapJSON struct {
	Account string `json:"account,omitempty"`
	Region  string `json:"region,omitempty"`
	Of      string `json:"of,omitempty"` // whose parts are hidden: an ARN
	Call    string `json:"call"`
	Code    string `json:"code"`
}

func gapsOf(gaps []resource.Gap) []GapJSON {
	list := []GapJSON{}
	for i := range gaps {
		g := &gaps[i]
		list = append(list, GapJSON{g.Account, g.Region, g.Parent.ID(), g.Call, g.Code})
	}
	return list
}

type aloneJSON struct {
	LookedAt []placeJSON `json:"lookedAt"`
	Controls []string    `json:"controls"`
	NotRead  []GapJSON   `json:"notRead"`
	Failed   int         `json:"failed"`
}

func aloneOf(a *keep.Alone) aloneJSON {
	return aloneJSON{lookedAt(a.Scopes, a.Broad), append([]string{}, a.Controls...), gapsOf(a.Gaps), a.Failed}
}

// DiffBody is what changed between two scans.
type DiffBody struct {
	SchemaVersion int                 `json:"schemaVersion"`
	From          int64               `json:"from"`
	To            int64               `json:"to"`
	Counts        map[keep.Change]int `json:"counts"`
	Changes       []deltaJSON         `json:"changes"`
	Shared        bool                `json:"shared"`
	FromOnly      aloneJSON           `json:"fromOnly"`
	ToOnly        aloneJSON           `json:"toOnly"`
}

type deltaJSON struct {
	Change   keep.Change  `json:"change"`
	Finding  string       `json:"finding"`
	Control  string       `json:"control"`
	Severity string       `json:"severity"`
	Resource resource.Ref `json:"resource"`
}

// DiffJSON writes what changed between two scans for machines, as Diff does.
func (v *View) DiffJSON(w io.Writer, d *keep.Difference, still bool) error {
	return writeJSON(w, v.DiffBody(d, still))
}

// DiffBody has what changed between two scans; what failed in both only where still
// asks for it.
func (v *View) DiffBody(d *keep.Difference, still bool) DiffBody {
	out := DiffBody{schemaVersion, d.From.ID, d.To.ID, map[keep.Change]int{}, []deltaJSON{}, d.Shared, aloneOf(&d.FromOnly), aloneOf(&d.ToOnly)}
	for _, c := range keep.Changes() {
		out.Counts[c] = 0
	}
	for i := range d.Deltas {
		delta := &d.Deltas[i]
		out.Counts[delta.Change]++
		if delta.Change == keep.Still && !still {
			continue
		}
		s := delta.At()
		out.Changes = append(out.Changes, deltaJSON{delta.Change, s.Finding, s.Control, s.Severity.String(), s.Resource})
	}
	return out
}

// few is the one thing there is, else how many there are; "-" where none is.
func few(list []string) string {
	switch len(list) {
	case 0:
		return "-"
	case 1:
		return locale.Clean(list[0])
	}
	return strconv.Itoa(len(list))
}
