package evaluate

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/source"
)

const thing, other resource.Type = "Test::Thing", "Test::Other"

type typed struct {
	resource.Meta
	typ  resource.Type
	good fact.Value[bool]
}

func (t *typed) ResourceType() resource.Type {
	if t == nil {
		return thing
	}
	return t.typ
}

func check(t *typed, _ control.Params) control.Verdict {
	return control.Decide(fact.Is(t.good, true), t.good, "good", control.Pass("good"), control.Fail("bad"))
}

var scope = resource.Scope{Partition: "aws", Account: "111122223333", Region: "ap-northeast-1"}

// set is two controls over Thing, of which the second is not offered here and
// judges Other too, and one over Other.
func set(t *testing.T) control.Set {
	t.Helper()
	on := control.On(check)
	all := []*control.Control{
		{ID: "T.1", Severity: control.High, Checks: []control.Check{on}},
		{ID: "T.2", Severity: control.Low, Checks: []control.Check{on, {Type: other, Run: on.Run}}, NotOffered: []string{scope.Region}},
		{ID: "T.3", Severity: control.Low, Checks: []control.Check{{Type: other, Run: on.Run}}},
	}
	set, err := control.Select(all, control.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func res(t resource.Type, arn string, good fact.Value[bool]) resource.Resource {
	return &typed{Meta: resource.Meta{Ref: resource.Ref{Scope: scope, Type: t, ARN: arn}}, typ: t, good: good}
}

// transcript collects findings as lines.
func transcript(lines *[]string) Emit {
	return func(f *finding.Finding) error {
		line := fmt.Sprintf("%s %s %s %s", f.Control, f.Status, f.Resource.ID(), f.Reason)
		if f.NotOffered {
			line += " not offered"
		}
		*lines = append(*lines, strings.TrimSpace(line))
		return nil
	}
}

func TestRun(t *testing.T) {
	refused := &fact.Origin{Call: "x:Get", Fault: "AccessDenied"}
	parent := resource.Ref{Scope: scope, Type: thing, ARN: "arn:parent"}
	account := "AWS::::Account:111122223333"
	for _, c := range []struct {
		name string
		do   func(*Run, Emit) error
		want []string
	}{
		{"every control in order", func(r *Run, e Emit) error {
			return r.Unit(resource.Unit{Resources: []resource.Resource{
				res(thing, "arn:1", fact.Set(true, nil)), res(other, "arn:2", fact.Set(false, nil)),
			}}, e)
		}, []string{"T.1 PASSED arn:1", "T.2 PASSED arn:1  not offered", "T.2 FAILED arn:2  not offered", "T.3 FAILED arn:2"}},
		{"unknown says why", func(r *Run, e Emit) error {
			return r.Unit(resource.Unit{Resources: []resource.Resource{
				res(other, "arn:1", fact.Unread[bool](refused)), res(other, "arn:2", fact.Value[bool]{}),
			}}, e)
		}, []string{
			"T.2 UNKNOWN arn:1 KUMOBAN_COULD_NOT_READ not offered", "T.3 UNKNOWN arn:1 KUMOBAN_COULD_NOT_READ",
			"T.2 UNKNOWN arn:2 KUMOBAN_VALUE_UNKNOWN not offered", "T.3 UNKNOWN arn:2 KUMOBAN_VALUE_UNKNOWN",
		}},
		{"nothing there", func(r *Run, e Emit) error { return r.End(e) }, []string{
			"T.1 PASSED " + account + " CONFIG_EVALUATIONS_EMPTY", "T.2 PASSED " + account + " CONFIG_EVALUATIONS_EMPTY not offered",
			"T.3 PASSED " + account + " CONFIG_EVALUATIONS_EMPTY",
		}},
		{"a hidden listing is no empty one, and one finding however many fail", func(r *Run, e Emit) error {
			return errors.Join(r.Gap(&resource.Gap{Hides: []resource.Type{other}}, e),
				r.Gap(&resource.Gap{Hides: []resource.Type{thing, other}}, e), r.End(e))
		}, []string{
			"T.2 UNKNOWN " + account + " KUMOBAN_COULD_NOT_READ not offered", "T.3 UNKNOWN " + account + " KUMOBAN_COULD_NOT_READ",
			"T.1 UNKNOWN " + account + " KUMOBAN_COULD_NOT_READ",
		}},
		{"hidden parts are found at their parent", func(r *Run, e Emit) error {
			return errors.Join(r.Unit(resource.Unit{Gaps: []resource.Gap{{Parent: parent, Hides: []resource.Type{thing}}}}, e), r.End(e))
		}, []string{
			"T.1 UNKNOWN arn:parent KUMOBAN_COULD_NOT_READ", "T.2 UNKNOWN arn:parent KUMOBAN_COULD_NOT_READ not offered",
			"T.3 PASSED " + account + " CONFIG_EVALUATIONS_EMPTY",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			if err := c.do(New(scope, source.Regional, set(t)), transcript(&got)); err != nil {
				t.Fatal(err)
			}
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// TestRefusedEmit ends the unit with the error of whoever takes the findings.
func TestRefusedEmit(t *testing.T) {
	full := errors.New("full")
	calls := 0
	err := New(scope, source.Regional, set(t)).Unit(resource.Unit{Resources: []resource.Resource{res(thing, "arn:1", fact.Set(true, nil))}},
		func(*finding.Finding) error { calls++; return full })
	if !errors.Is(err, full) || calls != 1 {
		t.Errorf("error %v after %d findings", err, calls)
	}
}

// TestGapSaysWhy tells a call that failed from a run that ended before it.
func TestGapSaysWhy(t *testing.T) {
	parent := resource.Ref{Scope: scope, Type: thing, ARN: "arn:parent"}
	for want, g := range map[string]resource.Gap{
		"finding.hidden":                {Call: "x:List", Code: "Timeout"},
		"finding.hiddenParts":           {Call: "x:List", Code: "Timeout", Parent: parent},
		"finding.notReachedTimeout":     {Call: "kumoban:scan", Code: "Timeout"},
		"finding.notReachedInterrupted": {Call: "kumoban:scan", Code: "Interrupted"},
	} {
		g.Hides = []resource.Type{other}
		var got []string
		if err := New(scope, source.Regional, set(t)).Gap(&g, func(f *finding.Finding) error { got = append(got, f.Message.Key); return nil }); err != nil {
			t.Fatal(err)
		}
		if strings.Join(got, " ") != want+" "+want {
			t.Errorf("%s of %s: %s, want %s", g.Code, g.Call, got, want)
		}
	}
}
