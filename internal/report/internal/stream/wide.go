package stream

import (
	"cmp"
	"slices"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

// Wide says under which Regions a scan judged what is the accounts', whatever the
// Region; nil where it did not.
func (t *Texts) Wide(s *Scan) []string {
	var regions []string
	for _, a := range s.Accounts {
		if a.Wide != "" && !slices.Contains(regions, a.Wide) {
			regions = append(regions, a.Wide)
		}
	}
	if regions == nil {
		return nil
	}
	slices.Sort(regions)
	return []string{t.Say("report.wide", locale.A("regions", regions))}
}

// Elsewhere says, a line for a type, what the listings of whole accounts found
// where the scan did not look.
func (t *Texts) Elsewhere(s *Scan) []string {
	counts := map[resource.Type]map[string]int{}
	var types []resource.Type
	for _, e := range s.Elsewhere {
		if counts[e.Type] == nil {
			counts[e.Type] = map[string]int{}
			types = append(types, e.Type)
		}
		counts[e.Type][e.Region] += e.N
	}
	slices.Sort(types)
	var lines []string
	for _, of := range types {
		var regions []string
		n := 0
		for region, count := range counts[of] {
			regions = append(regions, region)
			n += count
		}
		slices.SortFunc(regions, func(a, b string) int { return cmp.Or(counts[of][b]-counts[of][a], cmp.Compare(a, b)) })
		for i, region := range regions {
			regions[i] = t.Say("report.elsewhereRegion", locale.A("region", region), locale.A("n", counts[of][region]))
		}
		lines = append(lines, t.Say("report.elsewhere", locale.A("type", string(of)), locale.A("n", n), locale.A("regions", regions)))
	}
	return lines
}
