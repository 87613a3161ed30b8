package planner

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
)

const (
	stage resource.Type = "Test::Stage"
	role  resource.Type = "Test::Role"
	acct  resource.Type = "Test::Account"
)

func ref(t resource.Type, name string) resource.Ref { return resource.Ref{Type: t, Name: name} }

// logging wants a role, the account to use it, and a stage to log.
func logging(name string) Wanted {
	return Wanted{Fix: plan.Fix{Control: "T.1", Resource: plan.Thing{Type: stage, Name: name}}, Ensures: []remedy.Ensure{
		{ID: "role", Thing: ref(role, "r"), Make: true, Shared: true, Set: []remedy.Property{{Name: "Trust", Value: "x"}}},
		{ID: "account", Thing: ref(acct, "a"), Shared: true, After: []string{"role"}, Set: []remedy.Property{{Name: "Role", Value: remedy.Output{Of: "role", Name: "Arn"}}}},
		{ID: "stage", Thing: ref(stage, name), After: []string{"account"}, Wait: "role-accepted",
			Set:    []remedy.Property{{Name: "Level", Value: "ERROR"}, {Name: "Metrics", Value: true}},
			Other:  []remedy.Property{{Name: "Rate", Value: 10}},
			Guards: []remedy.Guard{{Property: "Managed", OneOf: []any{nil, false}, Why: locale.M("guard.managed")}}},
	}}
}

func states() map[string]State {
	return map[string]State{
		"Test::Account a":  {Exists: true, Values: map[string]any{}},
		"Test::Stage prod": {Exists: true, Values: map[string]any{"Level": "OFF", "Metrics": true}},
		"Test::Stage dev":  {Exists: true, Values: map[string]any{"Level": "OFF"}},
	}
}

func TestMake(t *testing.T) {
	p, err := Make(plan.Plan{}, []Wanted{logging("prod"), logging("dev")}, states())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range p.Steps {
		line := s.ID + " " + s.Thing.Name + " after " + strings.Join(s.After, ",")
		for _, c := range s.Changes {
			data, _ := json.Marshal(c)
			line += " " + string(data)
		}
		got = append(got, line)
	}
	want := []string{
		`1 r after  {"property":"Trust","was":null,"will":"x"}`,
		`2 a after 1 {"property":"Role","was":null,"will":{"name":"Arn","of":"1"}}`,
		`3 prod after 2 {"property":"Level","was":"OFF","will":"ERROR"}`, // Metrics is as it shall be
		`4 dev after 2 {"property":"Level","was":"OFF","will":"ERROR"} {"property":"Metrics","was":null,"will":true}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"1", "2", "4"}, p.Fixes[1].Steps); diff != "" {
		t.Errorf("the second finding shares the role and the account (-want +got):\n%s", diff)
	}
	if !p.Steps[0].Make || !p.Steps[0].Shared || p.Steps[3].Make || p.Steps[2].With[0].Will != float64(10) || p.Steps[2].Guards[0].Why != "guard.managed" {
		t.Errorf("%+v", p.Steps)
	}
}

// TestDeterministic makes the same plan of the same wishes and states, and one
// that survives its file.
func TestDeterministic(t *testing.T) {
	a, err := Make(plan.Plan{Account: "1"}, []Wanted{logging("prod")}, states())
	if err != nil {
		t.Fatal(err)
	}
	b, err := Make(plan.Plan{Account: "1"}, []Wanted{logging("prod")}, states())
	if err != nil || a.Digest != b.Digest || len(a.Digest) != 64 {
		t.Errorf("%s, %s, %v", a.Digest, b.Digest, err)
	}
	data, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	back, err := plan.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a, back); diff != "" {
		t.Errorf("the file changes the plan (-made +read):\n%s", diff)
	}
	for name, changed := range map[string]string{
		"another value": strings.Replace(string(data), `"ERROR"`, `"INFO"`, 1),
		"another field": strings.Replace(string(data), `"account"`, `"acount"`, 1),
		"no digest":     strings.Replace(string(data), a.Digest, "", 1),
		"cut off":       string(data[:len(data)/2]),
		"version":       strings.Replace(string(data), `"schemaVersion": 1`, `"schemaVersion": 2`, 1),
	} {
		if _, err := plan.Parse([]byte(changed)); err == nil {
			t.Errorf("a plan with %s was accepted", name)
		}
	}
}

func TestNothingToDo(t *testing.T) {
	s := states()
	s["Test::Stage prod"] = State{Exists: true, Values: map[string]any{"Level": "ERROR", "Metrics": true}}
	s["Test::Role r"] = State{Exists: true, Values: map[string]any{"Trust": "x"}, Outputs: map[string]any{"Arn": "arn:r"}}
	s["Test::Account a"] = State{Exists: true, Values: map[string]any{"Role": "arn:r"}}
	p, err := Make(plan.Plan{}, []Wanted{logging("prod")}, s)
	if err != nil || len(p.Steps) != 0 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestRefusals(t *testing.T) {
	gone := states()
	delete(gone, "Test::Stage prod")
	if _, err := Make(plan.Plan{}, []Wanted{logging("prod")}, gone); err == nil {
		t.Error("a stage that is gone was planned for")
	}
	other := logging("prod")
	other.Ensures[2].Set[0].Value = "INFO"
	if _, err := Make(plan.Plan{}, []Wanted{logging("prod"), other}, states()); err == nil {
		t.Error("two findings that contradict each other were planned for")
	}
}
