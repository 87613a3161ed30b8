package asff

import (
	"slices"
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
)

// TestListOfParameters has a parameter that takes several values: AWS's format has
// them one by one. One that takes a single value keeps its commas.
func TestListOfParameters(t *testing.T) {
	c := &control.Control{ID: "EC2.19", Checks: []control.Check{{}}, Parameters: []control.Parameter{
		{Name: "restrictedPorts", Type: control.IntegerList}, {Name: "text"}, {Name: "unset", Type: control.StringList},
	}}
	b := &builder{controls: map[string]*control.Control{c.ID: c}}
	got := b.compliance(&finding.Finding{Control: c.ID, Params: control.Params{{Name: "restrictedPorts", Value: "22,3389"}, {Name: "text", Value: "a,b"}, {Name: "unset"}}})
	p := got.SecurityControlParameters
	if len(p) != 2 || !slices.Equal(p[0].Value, []string{"22", "3389"}) || !slices.Equal(p[1].Value, []string{"a,b"}) {
		t.Errorf("%v", p)
	}
}
