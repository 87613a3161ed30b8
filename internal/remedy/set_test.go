package remedy_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
)

type lamp struct {
	resource.Meta
	On   fact.Value[bool]
	Spec fact.Value[spec]
}

type spec struct{ Kind fact.Value[string] }

func (*lamp) ResourceType() resource.Type { return "Test::Lamp" }

func TestSet(t *testing.T) {
	r := remedy.Set("light", "Test::Lamp", []remedy.Effect{remedy.Costs}, remedy.Property{Name: "On", Value: true}, remedy.Property{Name: "Spec.Kind", Value: "LED"})
	if diff := cmp.Diff([]remedy.Touch{{Type: "Test::Lamp", Properties: []string{"On", "Spec.Kind"}}}, r.Touches); diff != "" {
		t.Error(diff)
	}
	o := &fact.Origin{Call: "x:Y"}
	live := resource.Meta{Ref: resource.Ref{Scope: resource.Scope{Partition: "aws", Account: "111122223333", Region: "us-east-1"}, ARN: "arn:x", Name: "hall"}}
	led := fact.Set(spec{fact.Set("LED", o)}, o)
	for name, c := range map[string]struct {
		lamp resource.Resource
		want string // a key of the error; "": there is a plan
	}{
		"off":            {&lamp{live, fact.Set(false, o), led}, ""},
		"no part":        {&lamp{live, fact.Set(true, o), fact.Absent[spec](o)}, ""},
		"as it shall be": {&lamp{live, fact.Set(true, o), led}, "fix.nothing"},
		"nobody looked":  {&lamp{live, fact.Value[bool]{}, led}, "fix.unknown"},
		"part unread":    {&lamp{live, fact.Set(true, o), fact.Unread[spec](&fact.Origin{Fault: "AccessDenied"})}, "fix.unread"},
		"of a source":    {&lamp{resource.Meta{}, fact.Set(false, o), led}, "fix.notLive"},
		"of nobody":      {&lamp{resource.Meta{Ref: resource.Ref{ARN: "arn:x"}}, fact.Set(false, o), led}, "fix.noPlace"},
		"nothing at all": {nil, "fix.wrongType"},
	} {
		ensures, err := r.Ensure(remedy.Case{Resource: c.lamp})
		var said *locale.Error
		switch {
		case c.want == "" && (err != nil || len(ensures) != 1 || ensures[0].Thing.Type != "Test::Lamp" || len(ensures[0].Set) != 2):
			t.Errorf("%s: %+v, %v", name, ensures, err)
		case c.want != "" && (!errors.As(err, &said) || said.Message.Key != c.want):
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}
