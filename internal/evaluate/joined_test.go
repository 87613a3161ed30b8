package evaluate

import (
	"errors"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/source"
)

type lamp struct{ typed }

func (*lamp) ResourceType() resource.Type { return "Test::Lamp" }

func lit(name string, good fact.Value[bool]) *lamp {
	return &lamp{typed{Meta: resource.Meta{Ref: resource.Ref{Scope: scope, ARN: "arn:" + name, Name: name}}, good: good}}
}

// joining is a control over rooms that have a good lamp, one over the account that
// has any good lamp, one over lamps, and one that judges time.
func joining(t *testing.T) control.Set {
	t.Helper()
	some := control.Some(func(r *typed, l *lamp) fact.Truth { return fact.Of(l.Name == r.Name).And(fact.Is(l.good, true)) })
	whole := control.Some(func(_ *resource.Whole, l *lamp) fact.Truth { return fact.Is(l.good, true) })
	dark := control.On(func(l *lamp, _ control.Params) control.Verdict {
		return control.Decide(fact.Is(l.good, true), l.good, "good", control.Pass("pass"), control.Fail("fail"))
	})
	late := control.OnGiven(func(_ *typed, g control.Given) control.Verdict {
		if g.Now > 9 {
			return control.Fail("late")
		}
		return control.Pass("early")
	})
	set, err := control.Select([]*control.Control{
		{ID: "J.1", Severity: control.Low, Checks: []control.Check{some}}, {ID: "J.2", Severity: control.Low, Checks: []control.Check{whole}},
		{ID: "J.3", Severity: control.Low, Checks: []control.Check{dark}}, {ID: "J.4", Severity: control.Low, Checks: []control.Check{late}},
	}, control.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// TestJoined judges by resources of other types when those are read, in whatever
// order they come, and makes unknown only what a gap leaves undecided.
func TestJoined(t *testing.T) {
	const account = "AWS::::Account:111122223333"
	hall, attic := lit("hall", fact.Set(true, nil)), lit("attic", fact.Set(false, nil))
	room := func(name string) resource.Resource {
		return &typed{Meta: resource.Meta{Ref: resource.Ref{Scope: scope, ARN: "room:" + name, Name: name}}, typ: thing}
	}
	unit := func(r ...resource.Resource) resource.Unit { return resource.Unit{Resources: r} }
	refused := resource.Unit{Gaps: []resource.Gap{{Hides: []resource.Type{"Test::Lamp"}, Call: "x:List", Code: "AccessDenied"}}}
	stopped := resource.Gap{Hides: []resource.Type{thing, "Test::Lamp", resource.AccountType}, Call: "kumoban:scan", Code: "Interrupted"}
	for name, c := range map[string]struct {
		units []resource.Unit
		stop  bool
		want  string // of J.1 and J.2
	}{
		"rooms first":                   {[]resource.Unit{unit(room("hall"), room("attic")), unit(hall), unit(attic)}, false, "J.1 PASSED room:hall; J.1 FAILED room:attic; J.2 PASSED " + account},
		"lamps first":                   {[]resource.Unit{unit(hall, attic), unit(room("hall"), room("attic"))}, false, "J.1 PASSED room:hall; J.1 FAILED room:attic; J.2 PASSED " + account},
		"no lamp":                       {[]resource.Unit{unit(room("hall"))}, false, "J.1 FAILED room:hall; J.2 FAILED " + account},
		"no room":                       {[]resource.Unit{unit(attic)}, false, "J.2 FAILED " + account + "; J.1 PASSED " + account + " CONFIG_EVALUATIONS_EMPTY"},
		"a listing that was cut":        {[]resource.Unit{unit(room("hall"), room("attic")), unit(hall), refused}, false, "J.1 PASSED room:hall; J.1 UNKNOWN room:attic KUMOBAN_COULD_NOT_READ; J.2 PASSED " + account},
		"a listing that was refused":    {[]resource.Unit{unit(room("hall")), refused}, false, "J.1 UNKNOWN room:hall KUMOBAN_COULD_NOT_READ; J.2 UNKNOWN " + account + " KUMOBAN_COULD_NOT_READ"},
		"a lamp of which one knows not": {[]resource.Unit{unit(room("hall"), lit("hall", fact.Unread[bool](&fact.Origin{Call: "x:Get", Fault: "Throttled"})))}, false, "J.1 UNKNOWN room:hall KUMOBAN_VALUE_UNKNOWN; J.2 UNKNOWN " + account + " KUMOBAN_VALUE_UNKNOWN"},
		"stopped":                       {[]resource.Unit{unit(room("hall"), room("attic")), unit(hall)}, true, "J.1 PASSED room:hall; J.1 UNKNOWN room:attic KUMOBAN_COULD_NOT_READ; J.1 UNKNOWN " + account + " KUMOBAN_COULD_NOT_READ; J.2 UNKNOWN " + account + " KUMOBAN_COULD_NOT_READ"},
	} {
		t.Run(name, func(t *testing.T) {
			var all, got []string
			emit := transcript(&all)
			r := New(scope, source.Regional, joining(t))
			var errs []error
			for _, u := range c.units {
				errs = append(errs, r.Unit(u, emit))
			}
			if c.stop {
				errs = append(errs, r.Gap(&stopped, emit))
			} else {
				errs = append(errs, r.End(emit))
			}
			for _, line := range all {
				if strings.HasPrefix(line, "J.1") || strings.HasPrefix(line, "J.2") {
					got = append(got, line)
				}
			}
			if err := errors.Join(errs...); err != nil || strings.Join(got, "; ") != c.want {
				t.Errorf("%v\n%s\nwant\n%s", err, strings.Join(got, "\n"), strings.ReplaceAll(c.want, "; ", "\n"))
			}
		})
	}
}

// TestTime hands the run's beginning to a check that judges time, and keeps nothing
// for checks that join nothing.
func TestTime(t *testing.T) {
	r := New(scope, source.Regional, joining(t)[3:])
	r.At(10)
	var got string
	err := r.Unit(resource.Unit{Resources: []resource.Resource{&typed{typ: thing}, lit("hall", fact.Set(true, nil))}}, func(f *finding.Finding) error {
		got = f.Message.Key
		return nil
	})
	if others, _ := control.Others[*lamp](r.given); err != nil || got != "late" || len(r.waiting)+len(others) != 0 {
		t.Errorf("%v, %s, %d waiting", err, got, len(r.waiting))
	}
}
