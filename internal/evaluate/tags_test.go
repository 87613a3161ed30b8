package evaluate

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/source"
)

type tagged struct {
	typed
	tags fact.Value[map[string]string]
}

func (t *tagged) ResourceTags() fact.Value[map[string]string] { return t.tags }

// TestTags gives a finding the resource's tags over those of its API, and
// nothing where either could not be read.
func TestTags(t *testing.T) {
	unread := fact.Unread[map[string]string](nil)
	none := fact.Absent[map[string]string](nil)
	of := func(kv ...string) fact.Value[map[string]string] {
		m := map[string]string{}
		for i := 0; i < len(kv); i += 2 {
			m[kv[i]] = kv[i+1]
		}
		return fact.Set(m, nil)
	}
	for _, c := range []struct {
		name      string
		root, own fact.Value[map[string]string]
		want      string
	}{
		{"own over the API's", of("env", "dev", "team", "a"), of("env", "prod"), "map[env:prod team:a]"},
		{"the API's alone", of("env", "dev"), none, "map[env:dev]"},
		{"own alone", none, of("env", "prod"), "map[env:prod]"},
		{"none at all", none, of(), "map[]"},
		{"own unread", of("env", "dev"), unread, "unknown"},
		{"the API's unread", unread, of("env", "prod"), "unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := &tagged{typed{Meta: resource.Meta{Ref: resource.Ref{ARN: "root"}}, typ: other}, c.root}
			part := &tagged{typed{Meta: resource.Meta{Ref: resource.Ref{ARN: "part"}}, typ: other}, c.own}
			bare := &typed{Meta: resource.Meta{Ref: resource.Ref{ARN: "bare"}}, typ: other}
			got := map[string]map[string]string{}
			err := New(scope, source.Regional, set(t)).Unit(resource.Unit{Resources: []resource.Resource{root, part, bare}}, func(f *finding.Finding) error {
				got[f.Resource.ARN] = f.Tags
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			text := fmt.Sprint(got["part"])
			if got["part"] == nil {
				text = "unknown"
			}
			if text != c.want {
				t.Errorf("tags %s, want %s", text, c.want)
			}
			if !maps.Equal(got["bare"], got["root"]) || (got["bare"] == nil) != (got["root"] == nil) {
				t.Errorf("a part that cannot carry tags has %v, its API %v", got["bare"], got["root"])
			}
			if keys := slices.Sorted(maps.Keys(got)); len(keys) != 3 {
				t.Errorf("findings of %v", keys)
			}
		})
	}
}
