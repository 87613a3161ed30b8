package score

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

func group(id string, s control.Status) store.Group {
	return store.Group{Partition: "aws", Account: "111122223333", Region: "ap-northeast-1", Control: id, Status: s, N: 1}
}

// many makes controls that pass and fail.
func many(passed, failed int) []store.Group {
	var groups []store.Group
	for i := range passed + failed {
		s := control.Passed
		if i >= passed {
			s = control.Failed
		}
		groups = append(groups, group(fmt.Sprint("Service.", i), s))
	}
	return groups
}

// TestWorkedExamples are AWS's, and the edges.
func TestWorkedExamples(t *testing.T) {
	for _, c := range []struct{ passed, failed, want int }{
		{168, 22, 88}, {8, 29, 22}, {6, 35, 15}, {159, 56, 74}, {28, 17, 62},
		{357, 515 - 357, 69}, // the summary score: unique controls over all standards, not the mean of the standards' scores
		{0, 1, 0}, {1, 0, 100}, {1, 7, 13}, {3, 5, 38}, {199, 1, 100}, {1, 200, 0},
	} {
		all := Compute(many(c.passed, c.failed), Basis{})[0]
		if got, ok := Percent(all); !ok || got != c.want || all.Passed != c.passed || all.Failed != c.failed {
			t.Errorf("%d/%d: %d, %t, %+v; want %d", c.passed, c.failed, got, ok, all, c.want)
		}
	}
}

// TestNoScore is neither 0 nor 100.
func TestNoScore(t *testing.T) {
	suppressed := group("A.1", control.Failed)
	suppressed.Suppressed = true
	for name, groups := range map[string][]store.Group{"nothing": nil, "all suppressed": {suppressed}} {
		scores := Compute(groups, Basis{Controls: []string{"A.1", "A.2"}})
		if percent, ok := Percent(scores[0]); ok || percent != 0 || scores[0].NoData != 2 || scores[0].Account != "" {
			t.Errorf("%s: %d, %t, %+v", name, percent, ok, scores)
		}
	}
}

// TestControlStatus is Security Hub's table of control statuses.
func TestControlStatus(t *testing.T) {
	with := func(s control.Status, edit func(*store.Group)) store.Group {
		g := group("A.1", s)
		edit(&g)
		return g
	}
	archived := func(g *store.Group) { g.Archived = true }
	suppressed := func(g *store.Group) { g.Suppressed = true }
	absent := func(g *store.Group) { g.NotOffered = true }
	fail, pass, doubt, none := group("A.1", control.Failed), group("A.1", control.Passed), group("A.1", control.Unknown), group("A.1", control.NotApplicable)
	for _, c := range []struct {
		row    string
		groups []store.Group
		basis  Basis
		want   finding.ControlStatus
	}{
		{"disabled", []store.Group{fail}, Basis{Disabled: []string{"a.1"}}, Disabled},
		{"at least one FAILED", []store.Group{pass, doubt, fail}, Basis{}, finding.ControlFailed},
		{"no FAILED, one not known", []store.Group{pass, doubt, none}, Basis{}, finding.ControlUnknown},
		{"all PASSED", []store.Group{pass, pass}, Basis{}, finding.ControlPassed},
		{"no findings", nil, Basis{Controls: []string{"A.1"}}, finding.ControlNoData},
		{"all suppressed", []store.Group{with(control.Failed, suppressed), with(control.Passed, suppressed)}, Basis{}, finding.ControlNoData},
		{"failed ones suppressed, a passed one left", []store.Group{with(control.Failed, suppressed), pass}, Basis{}, finding.ControlPassed},
		{"archived ones are ignored", []store.Group{with(control.Failed, archived), with(control.Unknown, archived), pass}, Basis{}, finding.ControlPassed},
		{"not offered in the Region", []store.Group{with(control.Failed, absent), with(control.Passed, absent)}, Basis{}, finding.ControlNoData},
		{"not applicable alone", []store.Group{none}, Basis{}, finding.ControlNoData},
		{"hidden from all", []store.Group{pass}, Basis{Hidden: []string{"A.1"}}, finding.ControlUnknown},
		{"hidden, but failed elsewhere", []store.Group{fail}, Basis{Hidden: []string{"A.1"}}, finding.ControlFailed},
		{"no finding at all in a group", []store.Group{{Control: "A.1", Status: control.Failed}}, Basis{}, finding.ControlNoData},
	} {
		slices.Reverse(c.groups)
		for range 2 {
			slices.Reverse(c.groups)
			got := Controls(c.groups, c.basis)
			if len(got) != 1 || got[slices.Collect(maps.Keys(got))[0]] != c.want {
				t.Errorf("%s: %v, want %s", c.row, got, c.want)
			}
		}
	}
}

// TestLevels: failed in one account or Region is failed in all together.
func TestLevels(t *testing.T) {
	at := func(account, region string, s control.Status) store.Group {
		g := group("A.1", s)
		g.Account, g.Region = account, region
		return g
	}
	got := Compute([]store.Group{
		at("1", "tokyo", control.Passed), at("1", "osaka", control.Failed), at("2", "tokyo", control.Unknown), at("3", "tokyo", control.Passed),
	}, Basis{Controls: []string{"A.1", "A.2"}, Hidden: []string{"A.2"}})
	var lines []string
	for _, s := range got {
		if s.Known != Known {
			t.Errorf("%+v", s)
		}
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s/%s %d passed %d failed %d unknown %d none", s.Account, s.Region, s.Passed, s.Failed, s.Unknown, s.NoData)))
	}
	want := []string{
		"/ 0 passed 1 failed 1 unknown 0 none",
		"/osaka 0 passed 1 failed 1 unknown 0 none",
		"/tokyo 0 passed 0 failed 2 unknown 0 none",
		"1/ 0 passed 1 failed 0 unknown 1 none",
		"1/osaka 0 passed 1 failed 0 unknown 1 none",
		"1/tokyo 1 passed 0 failed 0 unknown 1 none",
		"2/ 0 passed 0 failed 1 unknown 1 none",
		"2/tokyo 0 passed 0 failed 1 unknown 1 none",
		"3/ 1 passed 0 failed 0 unknown 1 none",
		"3/tokyo 1 passed 0 failed 0 unknown 1 none",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
}

// made are random findings, as groups and as findings.
func made(random *rand.Rand, set control.Set) ([]store.Group, []finding.Finding) {
	var groups []store.Group
	var findings []finding.Finding
	for range random.IntN(25) {
		c := set[random.IntN(len(set))]
		region := []string{"ap-northeast-1", "us-east-1"}[random.IntN(2)]
		g := store.Group{
			Partition: "aws", Account: "111122223333", Region: region, Control: c.ID, N: 1 + random.IntN(3),
			Status: []control.Status{control.Passed, control.Passed, control.Passed, control.Failed, control.Unknown, control.NotApplicable}[random.IntN(6)], NotOffered: random.IntN(8) == 0,
		}
		g.Archived = g.Status == control.NotApplicable
		groups = append(groups, g)
		for range g.N {
			findings = append(findings, finding.Finding{Control: c.ID, Status: g.Status, NotOffered: g.NotOffered, Resource: resource.Ref{Scope: resource.Scope{Region: region}}})
		}
	}
	return groups, findings
}

// TestAgreesWithTally: where nothing is suppressed, what is kept scores as what
// was scanned, control by control.
func TestAgreesWithTally(t *testing.T) {
	set, err := control.Select(controls.All(), control.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, c := range set {
		ids = append(ids, c.ID)
	}
	random := rand.New(rand.NewPCG(8, 2027))
	seen := map[finding.ControlStatus]int{}
	for range 3000 {
		groups, findings := made(random, set)
		tally := finding.NewTally(set)
		for i := range findings {
			tally.Add(&findings[i])
		}
		var gaps []resource.Gap
		if random.IntN(3) == 0 {
			c := set[random.IntN(len(set))]
			region := append([]string{"ap-northeast-1"}, c.NotOffered...)
			gaps = []resource.Gap{{Scope: resource.Scope{Region: region[random.IntN(len(region))]}, Hides: []resource.Type{c.Checks[0].Type}}}
			tally.Hide(&gaps[0])
		}
		b := Basis{Controls: ids, Hidden: Hidden(gaps, set)}
		for id, got := range Controls(groups, b) {
			if want := tally.Status(id); got != want {
				t.Fatalf("%s: %s, the tally says %s: %+v %+v", id, got, want, groups, gaps)
			}
			seen[got]++
		}
		passed, of := tally.Score()
		if all := Compute(groups, b)[0]; all.Passed != passed || Of(all) != of {
			t.Fatalf("%+v, the tally says %d of %d", all, passed, of)
		}
	}
	for _, s := range []finding.ControlStatus{finding.ControlPassed, finding.ControlFailed, finding.ControlUnknown, finding.ControlNoData} {
		if seen[s] < 500 {
			t.Errorf("%s came only %d times", s, seen[s])
		}
	}
}

// TestUnknownNeverRaises: a finding that becomes unknown, whatever it was, raises
// no score and makes no control pass; neither does a hidden control.
func TestUnknownNeverRaises(t *testing.T) {
	set, err := control.Select(controls.All(), control.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(9, 2027))
	for range 5000 {
		groups, _ := made(random, set)
		if len(groups) == 0 {
			continue
		}
		before := Compute(groups, Basis{})
		hidden := Compute(groups, Basis{Hidden: []string{set[random.IntN(len(set))].ID}})
		changed := slices.Clone(groups)
		g := &changed[random.IntN(len(groups))]
		g.Status, g.Archived = control.Unknown, false
		for _, after := range [][]store.Score{hidden, Compute(changed, Basis{})} {
			for i := range before {
				was, had := Percent(before[i])
				is, has := Percent(after[i])
				if had && (!has || is > was) {
					t.Fatalf("%+v scored %d, %+v scores %d", before[i], was, after[i], is)
				}
				if !had && is > 0 || after[i].Passed > before[i].Passed {
					t.Fatalf("%+v, then %+v", before[i], after[i])
				}
			}
		}
	}
}

// TestStandard counts the active controls of the standard. KUMOBAN_FSBP may name
// a JSON list of all controls, with id and status, to compare with.
func TestStandard(t *testing.T) {
	text, err := os.ReadFile("testdata/fsbp.txt")
	if err != nil {
		t.Fatal(err)
	}
	ids := strings.Fields(string(text))
	if len(ids) != Known || !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != Known {
		t.Errorf("%d ids, want %d, sorted and each once", len(ids), Known)
	}
	for _, c := range controls.All() {
		if !slices.Contains(ids, c.ID) {
			t.Errorf("%s is no active control of the standard", c.ID)
		}
	}
	file := os.Getenv("KUMOBAN_FSBP")
	if file == "" {
		return
	}
	var all []struct{ ID, Status string }
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	var active []string
	for _, c := range all {
		if c.Status == "active" {
			active = append(active, c.ID)
		}
	}
	slices.Sort(active)
	if diff := cmp.Diff(ids, active); diff != "" {
		t.Error(diff)
	}
}
