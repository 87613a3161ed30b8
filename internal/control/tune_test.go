package control

import (
	"slices"
	"testing"
)

// TestTune lets Security Hub decide only what the user did not, and nothing that AWS
// does not document.
func TestTune(t *testing.T) {
	c := &Control{ID: "X.1", Parameters: []Parameter{
		{Name: "days", Type: Integer, Min: 1, Max: 90, Default: "7"}, {Name: "level", Values: []string{"A", "B"}}, {Name: "names", Type: StringList}, {Name: "ours", Values: []string{"true"}, Ours: true},
	}}
	set, err := Select([]*Control{c, {ID: "X.2"}, {ID: "X.3", Parameters: []Parameter{{Name: "ours", Ours: true}}}}, Selection{Params: []string{"X.1.level=A"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := set.Tunable(); !slices.Equal(got, []string{"X.1"}) {
		t.Errorf("tunable are %v", got)
	}
	tuned, odd := set.Tune(map[string]map[string]string{"X.1": {"days": "30", "level": "B", "names": "a, b", "ours": "true", "later": "1"}})
	want := Params{{"days", "30", true, true}, {"level", "A", true, false}, {"names", "a,b", true, true}, {"ours", "", false, false}}
	if !slices.Equal(tuned[0].Params, want) || odd != nil {
		t.Errorf("%v, odd %v; want %v", tuned[0].Params, odd, want)
	}
	if set[0].Params.Get("days") != "7" || set[0].Params.Hub() {
		t.Errorf("the set itself has changed: %v", set[0].Params)
	}
	if tuned, odd = set.Tune(map[string]map[string]string{"X.1": {"days": "91"}}); !slices.Equal(odd, []string{"X.1.days=91"}) || !slices.Equal(tuned[0].Params, set[0].Params) {
		t.Errorf("%v, odd %v", tuned[0].Params, odd)
	}
	all, err := Select([]*Control{c}, Selection{Params: []string{"X.1.level=A", "X.1.days=9", "X.1.names=a"}})
	if err != nil || all.Tunable() != nil {
		t.Errorf("tunable are %v (%v)", all.Tunable(), err)
	}
}
