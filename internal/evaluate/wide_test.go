package evaluate

import (
	"errors"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/source"
)

// TestKinds has a control speak in the scope where its types lie, and there alone.
func TestKinds(t *testing.T) {
	const user, queue resource.Type = "AWS::IAM::User", "AWS::SQS::Queue"
	on := control.On(check)
	all := []*control.Control{
		{ID: "W.1", Severity: control.High, Checks: []control.Check{{Type: user, Run: on.Run}}},
		{ID: "W.2", Severity: control.High, Checks: []control.Check{{Type: user, Run: on.Run}}},
		{ID: "R.1", Severity: control.High, Checks: []control.Check{{Type: queue, Run: on.Run}}},
	}
	set, err := control.Select(all, control.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	account := "AWS::::Account:111122223333"
	for kind, want := range map[source.Kind]string{
		source.Wide:     "W.1 FAILED arn:1; W.2 FAILED arn:1",
		source.Regional: "R.1 PASSED " + account + " CONFIG_EVALUATIONS_EMPTY",
	} {
		var got []string
		r := New(scope, kind, set)
		err := errors.Join(
			r.Unit(resource.Unit{Resources: []resource.Resource{res(user, "arn:1", fact.Set(false, nil))}}, transcript(&got)),
			r.End(transcript(&got)))
		if err != nil || strings.Join(got, "; ") != want {
			t.Errorf("kind %d: %v, got %s, want %s", kind, err, strings.Join(got, "; "), want)
		}
		got = nil
		hides := &resource.Gap{Hides: []resource.Type{user, queue}}
		if err := errors.Join(New(scope, kind, set).Gap(hides, transcript(&got))); err != nil {
			t.Fatal(err)
		}
		if n := len(got); kind == source.Wide && n != 2 || kind == source.Regional && n != 1 {
			t.Errorf("kind %d: a gap that hides both is %s", kind, got)
		}
	}
}
