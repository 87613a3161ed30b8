package text

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/report/internal/stream"
)

// most is how many resources of a control a report names, unless it names all.
const most = 10

// rank orders what a control says of resources, worst first.
type rank int

const (
	failed rank = iota
	unknown
	suppressed
	passed
	exempt
)

func rankOf(f *finding.Finding) rank {
	switch {
	case stream.LetBe(f):
		return suppressed
	case f.Status == control.Failed:
		return failed
	case f.Status == control.Unknown:
		return unknown
	case f.Status == control.Passed:
		return passed
	}
	return exempt
}

// kind is what findings of a control have in common. There are few: a control
// has few messages.
type kind struct {
	rank     rank
	severity control.Severity
	away     bool // AWS does not offer the control there
	key      string
}

func kindOf(f *finding.Finding) kind {
	k := kind{rank: rankOf(f), severity: f.Severity, away: f.NotOffered, key: f.Message.Key}
	if k.rank == suppressed {
		k.key = "" // they are told apart by why they are let be
	}
	return k
}

func (k kind) compare(o kind) int {
	away := func(k kind) int {
		if k.away {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(k.rank, o.rank), cmp.Compare(o.severity, k.severity), cmp.Compare(away(k), away(o)), strings.Compare(k.key, o.key))
}

// sample counts findings of one kind and holds the first of them by name.
type sample struct {
	kind
	n     int
	first []*finding.Finding
}

// held is what a report names, by control and kind: its size does not grow with
// the findings, unless it is to name all.
type held struct {
	all  bool
	kind map[string]map[kind]*sample
}

func (h *held) add(f *finding.Finding) {
	k := kindOf(f)
	if h.kind[f.Control] == nil {
		h.kind[f.Control] = map[kind]*sample{}
	}
	s := h.kind[f.Control][k]
	if s == nil {
		s = &sample{kind: k}
		h.kind[f.Control][k] = s
	}
	s.n++
	if h.all {
		c := *f
		s.first = append(s.first, &c) // sorted at the end
		return
	}
	at, _ := slices.BinarySearchFunc(s.first, f, stream.ByName)
	if at == most {
		return
	}
	c := *f
	s.first = slices.Insert(s.first, at, &c)
	s.first = s.first[:min(most, len(s.first))]
}

// each hands on all findings that are held.
func (h *held) each(do func(*finding.Finding)) {
	for _, kinds := range h.kind {
		for _, s := range kinds {
			for _, f := range s.first {
				do(f)
			}
		}
	}
}

// samples are those of a control, worst first and then the most first.
func (h *held) samples(id string) []*sample {
	var list []*sample
	for _, s := range h.kind[id] {
		slices.SortFunc(s.first, stream.ByName)
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b *sample) int {
		x, y := a.kind, b.kind
		x.key, y.key = "", ""
		return cmp.Or(x.compare(y), cmp.Compare(b.n, a.n), a.compare(b.kind))
	})
	return list
}

// group are resources of which the same is said.
type group struct {
	head  []line
	names []*finding.Finding
}

// chosen are the groups of a control that fit in so many lines, and how many
// findings are left out. Every kind is named before one is named twice.
func (v *view) chosen(id string, lines int) (groups []*group, left int) {
	samples := v.held.samples(id)
	resources := most
	if v.opts.Verbose {
		resources, lines = math.MaxInt, math.MaxInt
	}
	type pick struct {
		of    int
		group string
		f     *finding.Finding
	}
	var picks []pick
	heads := map[string][]line{}
	consider := func(of int, f *finding.Finding) {
		head := v.head(f)
		key := keyOf(of, head)
		cost := 1
		if heads[key] == nil {
			cost += len(head)
		}
		if len(picks) == resources || cost > lines && len(picks) > 0 {
			return
		}
		heads[key] = head
		lines -= cost
		picks = append(picks, pick{of, key, f})
	}
	for i, s := range samples {
		left += s.n
		consider(i, s.first[0])
	}
	for i, s := range samples {
		for _, f := range s.first[1:] {
			consider(i, f)
		}
	}
	slices.SortStableFunc(picks, func(a, b pick) int { return cmp.Or(cmp.Compare(a.of, b.of), stream.ByName(a.f, b.f)) })
	by := map[string]*group{}
	for _, p := range picks {
		if by[p.group] == nil {
			by[p.group] = &group{head: heads[p.group]}
			groups = append(groups, by[p.group])
		}
		by[p.group].names = append(by[p.group].names, p.f)
	}
	return groups, left - len(picks)
}

func keyOf(of int, head []line) string {
	key := string(rune(of))
	for _, l := range head {
		key += "\n" + string(l.text)
	}
	return key
}
