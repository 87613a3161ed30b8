package tracing

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/controls/apigateway/internal/ensure/ensuretest"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/apigateway"
)

func TestTrace(t *testing.T) {
	for name, c := range map[string]struct {
		has fact.Value[bool]
		err string
	}{
		"off":    {ensuretest.Set(false), ""},
		"absent": {ensuretest.Absent[bool](), ""},
		"on":     {ensuretest.Set(true), "fix.nothing"},
		"unread": {ensuretest.Refused[bool](), "fix.unread"},
	} {
		s := &apigateway.Stage{Meta: ensuretest.Meta("/restapis/a1/stages/prod", "orders/prod"), TracingEnabled: c.has}
		ensures, err := remedies()[0].Ensure(remedy.Case{Resource: s})
		if got := ensuretest.ErrorKey(t, err); got != c.err {
			t.Errorf("%s: %q, want %q", name, got, c.err)
		}
		if c.err != "" {
			continue
		}
		thing := s.Ref
		thing.Type = apigateway.StageType
		want := []remedy.Ensure{{ID: "stage", Thing: thing, Set: []remedy.Property{{Name: "TracingEnabled", Value: true}}}}
		if diff := cmp.Diff(want, ensures); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
