package casefile

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/room"
	"github.com/kumoban/kumoban/types/sqs"
)

func TestParse(t *testing.T) {
	cases, err := Parse([]byte(`
- name: one
  now: 2026-11-30T00:00:00Z
  resources:
    b: {Properties: {A: "2026-11-30T00:00:00Z", B: 2026-11-30T00:00:00Z, N: 3, S: "3", L: [x, {y: true}], U: !unknown, W: !unknown why}}
    a: {Type: T, Parent: b}
  want:
    a: {live: PASSED pass, terraform: FAILED fail}
    b: UNKNOWN x
- name: two
  forms: [api]
  want: {account: PASSED y}
`))
	if err != nil {
		t.Fatal(err)
	}
	moment := fact.Time(1795996800)
	want := []Case{
		{
			Name: "one", Line: 8, Now: cases[0].Now,
			Resources: []Resource{
				{ID: "b", Properties: room.Tree{"A": "2026-11-30T00:00:00Z", "B": cases[0].Now, "N": int64(3), "S": "3", "L": []any{"x", room.Tree{"y": true}}, "U": room.Unknown{Why: "Unknown"}, "W": room.Unknown{Why: "why"}}},
				{ID: "a", Type: "T", Parent: "b", Properties: room.Tree{}},
			},
			Want: []Want{
				{"a", map[room.Form]string{room.Answer: "PASSED pass", room.Item: "PASSED pass", room.Terraform: "FAILED fail"}},
				{"b", map[room.Form]string{room.Answer: "UNKNOWN x", room.Item: "UNKNOWN x", room.Template: "UNKNOWN x", room.Terraform: "UNKNOWN x"}},
			},
		},
		{Name: "two", Line: 12, In: []room.Form{room.Answer}, Want: []Want{{Account, map[room.Form]string{room.Answer: "PASSED y"}}}},
	}
	if diff := cmp.Diff(want, cases); diff != "" || moment != cases[0].Now {
		t.Errorf("%d\n%s", cases[0].Now, diff)
	}
	if cases[0].Wants("a", room.Template) != None || cases[0].Wants("a", room.Terraform) != "FAILED fail" || cases[1].Runs(room.Item) {
		t.Error("forms")
	}
}

// TestParseRefuses takes no case that means nothing.
func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"- nmae: x":                                  "nmae",
		"- name: x\n  forms: [xml]":                  "no form xml",
		"- name: x\n  want: {a: PASSED pass}":        "no resource a",
		"- name: x\n  want: {account: PASS pass}":    "no verdict",
		"- name: x\n  want: {account: PASSED}":       "no verdict",
		"- name: x\n  want: {account: {xml: x}}":     "no form xml",
		"- name: x\n  resources: {a: {Property: 1}}": "a has a Property",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestSample(t *testing.T) {
	of := &control.Control{
		ID:     "Test.1",
		Checks: []control.Check{control.Is(control.Property[*sqs.Queue, bool]{Name: "SqsManagedSseEnabled", Of: func(q *sqs.Queue) fact.Value[bool] { return q.SqsManagedSseEnabled }}, true)},
		Files: fstest.MapFS{Name: {Data: []byte(`
- name: fails in a template
  resources: {q: {Properties: {SqsManagedSseEnabled: true}}}
  want: {q: {cloudformation: FAILED fail}}
- name: fails
  resources:
    fine: {Properties: {SqsManagedSseEnabled: true}}
    orders: {Properties: {SqsManagedSseEnabled: false}}
  want: {fine: PASSED pass, orders: FAILED fail}
`)}},
	}
	res, unit, err := Sample(of)
	if err != nil || res.GetMeta().ARN != "arn:aws:sqs:ap-northeast-1:111122223333:orders" || len(unit.Resources) != 1 {
		t.Errorf("%+v, %v, %v", res, unit, err)
	}
}
