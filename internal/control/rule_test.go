package control_test

import (
	"slices"
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/resource"
)

// lamp is a resource for tests.
type lamp struct {
	resource.Meta
	On   fact.Value[bool]
	Kind fact.Value[string]
}

func (*lamp) ResourceType() resource.Type { return "Test::Lamp" }

func TestRules(t *testing.T) {
	on := control.Property[*lamp, bool]{Name: "On", Of: func(l *lamp) fact.Value[bool] { return l.On }}
	kind := control.Property[*lamp, string]{Name: "Spec.Kind", Of: func(l *lamp) fact.Value[string] { return l.Kind }}
	o := &fact.Origin{Call: "x:Y"}
	off := &lamp{On: fact.Set(false, o), Kind: fact.Absent[string](o)}
	lit := &lamp{On: fact.Set(true, o), Kind: fact.Set("LED", o)}
	refused := &fact.Origin{Call: "x:Y", Fault: "AccessDenied"}
	dark := &lamp{On: fact.Unread[bool](refused), Kind: fact.Unread[string](refused)}
	exempt := control.Unless(control.Is(on, true), "exempt.kind", "Spec.Kind", func(l *lamp) (fact.Truth, *fact.Origin) { return fact.Is(l.Kind, "LED"), l.Kind.Origin() })
	for name, c := range map[string]struct {
		check control.Check
		want  [3]control.Status // of off, lit, dark
	}{
		"is":     {control.Is(on, true), [3]control.Status{control.Failed, control.Passed, control.Unknown}},
		"is not": {control.IsNot(kind, "LED"), [3]control.Status{control.Passed, control.Failed, control.Unknown}},
		"filled": {control.Filled(kind), [3]control.Status{control.Failed, control.Passed, control.Unknown}},
		"unless": {exempt, [3]control.Status{control.Failed, control.NotApplicable, control.Unknown}},
	} {
		for i, l := range []*lamp{off, lit, dark} {
			if got := c.check.Run(l, control.Given{}); got.Status != c.want[i] {
				t.Errorf("%s, %d: %v, want %v", name, i, got.Status, c.want[i])
			}
		}
	}
	if v := control.Is(on, true).Run(dark, control.Given{}); v.Cause != refused || v.Message.Key != "finding.unread" {
		t.Errorf("%+v", v)
	}
	if !slices.Equal(exempt.Looks, []string{"On", "Spec"}) || !slices.Equal(control.Filled(kind).Looks, []string{"Spec"}) {
		t.Errorf("%v, %v", exempt.Looks, control.Filled(kind).Looks)
	}
}
