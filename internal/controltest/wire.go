package controltest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/casefile"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/forms"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// Wire runs the cases of a control against the double, over AWS's protocols, with
// the calls that a scan makes. What a case does not know stays out: the double
// refuses no single value.
func Wire(t *testing.T, of *control.Control, folder string) {
	t.Helper()
	if os.Getenv(update) != "" {
		t.Skip("what the control holds is what the file held before it was written")
	}
	cases, err := casefile.Read(of.Files)
	if err != nil {
		t.Fatal(err)
	}
	for i := range cases {
		c := &cases[i]
		if !c.Runs(room.Answer) || partly(of, c) || slices.ContainsFunc(c.Resources, func(r casefile.Resource) bool { return unknown(r.Properties) }) {
			continue
		}
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(time.Unix(int64(c.At()), 0))) // the clock is virtual
			if diff := cmp.Diff(wanted(c, room.Answer), overWire(t, of, c)); diff != "" {
				t.Errorf("%s: %q, over the wire (-want +got):\n%s", filepath.Join(folder, casefile.Name), c.Name, diff)
			}
		})
	}
}

// partly tells whether a case has resources of a type that cannot be listed: over
// the wire a listing gives all or nothing.
func partly(of *control.Control, c *casefile.Case) bool {
	return slices.ContainsFunc(c.Resources, func(r casefile.Resource) bool {
		return slices.Contains(c.Gaps, string(c.TypeOf(&r, of)))
	})
}

func overWire(t *testing.T, of *control.Control, c *casefile.Case) map[string]string {
	t.Helper()
	built, err := c.Build(of, room.Answer)
	if err != nil {
		t.Fatal(err)
	}
	fixture, err := json.Marshal(map[string]any{"resources": fixtures(t, of, c, built)})
	if err != nil {
		t.Fatal(err)
	}
	at := casefile.Scope()
	double := awsdouble.New(awsdouble.Options{})
	if err := double.Load(at.Account, at.Region, fixture); err != nil {
		t.Fatalf("%s: %v\n%s", c.Name, err, fixture)
	}
	for _, hidden := range c.Gaps {
		e := catalog.Find(resource.Type(hidden))
		_, operation := e.Service.Operation(e.Room.Finds.Call)
		double.Fault(awsdouble.Fault{Operation: operation, Kind: awsdouble.Deny})
	}
	set, err := control.Select([]*control.Control{of}, control.Selection{Patterns: []string{of.ID}, Params: params(of, c)})
	if err != nil {
		t.Fatal(err)
	}
	verdicts := map[string]string{}
	for _, f := range Scan(t, double, at.Region, set) {
		verdicts[named(built, &f)] = f.Status.String() + " " + f.Message.Key
	}
	return verdicts
}

func named(built *casefile.Built, f *finding.Finding) string {
	if id := built.IDs[f.Resource.ID()]; id != "" {
		return id
	}
	return casefile.Account
}

// fixtures are the resources of a case as the double is told of them.
func fixtures(t *testing.T, of *control.Control, c *casefile.Case, built *casefile.Built) (list []map[string]any) {
	for i := range c.Resources {
		r := &c.Resources[i]
		e := catalog.Find(c.TypeOf(r, of))
		f := map[string]any{"type": e.Room.Type, "properties": plain(r.Properties), "answer": attributes(e)}
		if e.Room.Shapes[room.Answer].Write != nil { // what paths cannot say goes in as AWS has it
			tree, err := forms.Write(e, room.Answer, r.Properties)
			if err != nil {
				t.Fatal(err)
			}
			f["properties"], f["answer"] = nil, plain(tree)
		}
		for arn, id := range built.IDs {
			if id == r.ID && !resource.IsAccountID(arn) {
				f["arn"] = arn
			}
			if id == r.Parent {
				f["parent"] = arn
			}
		}
		list = append(list, f)
	}
	return list
}

// attributes are lists of attributes without any in them, which answers have where
// no attribute is set.
func attributes(e *catalog.Entry) room.Tree {
	out := room.Tree{}
	for i := range e.Room.Properties {
		if list, _, keyed := strings.Cut(e.Room.Properties[i].Path(room.Answer), "["); keyed {
			out[list] = []any{}
		}
	}
	return out
}

// unknown tells whether anything in a value is not known.
func unknown(v any) bool {
	switch v := v.(type) {
	case room.Unknown:
		return true
	case room.Tree:
		for _, inner := range v {
			if unknown(inner) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, unknown)
	}
	return false
}

// plain is a value as JSON has it.
func plain(v any) any {
	switch v := v.(type) {
	case fact.Time:
		return time.Unix(int64(v), 0).UTC().Format(time.RFC3339)
	case room.Tree:
		out := room.Tree{}
		for name, inner := range v {
			out[name] = plain(inner)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = plain(v[i])
		}
		return out
	}
	return v
}
