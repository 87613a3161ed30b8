package cacheencryption

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/controls/apigateway/internal/ensure/ensuretest"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/apigateway"
)

type list = []apigateway.MethodSetting

func caches(key string, caching, encrypted fact.Value[bool]) apigateway.MethodSetting {
	return apigateway.MethodSetting{Key: fact.Set(key, nil), CachingEnabled: caching, CacheDataEncrypted: encrypted}
}

func stage(settings list) *apigateway.Stage {
	return &apigateway.Stage{Meta: ensuretest.Meta("/restapis/a1/stages/prod", "orders/prod"), MethodSettings: fact.Set(settings, nil)}
}

func TestRemedies(t *testing.T) {
	yes, no, absent, unread := ensuretest.Set(true), ensuretest.Set(false), ensuretest.Absent[bool](), ensuretest.Refused[bool]()
	for name, c := range map[string]struct {
		settings list
		keys     []string
		err      string
	}{
		"default":                        {list{caches("*/*", yes, no)}, []string{"*/*"}, ""},
		"encrypted default, override":    {list{caches("*/*", yes, yes), caches("~1orders~1{id}/GET", yes, no)}, []string{"~1orders~1{id}/GET"}, ""},
		"encryption left out":            {list{caches("*/*", yes, absent)}, []string{"*/*"}, ""},
		"override does not cache":        {list{caches("*/*", yes, no), caches("me/GET", no, no)}, []string{"*/*"}, ""},
		"override left out caching":      {list{caches("*/*", yes, no), caches("me/GET", absent, no)}, []string{"*/*"}, ""},
		"both spellings":                 {list{caches("me/GET", yes, no), caches("~1orders/GET", yes, no)}, []string{"me/GET", "~1orders/GET"}, ""},
		"unread, but does not cache":     {list{caches("*/*", yes, no), caches("me/GET", no, unread)}, []string{"*/*"}, ""},
		"unread, but encrypted":          {list{caches("*/*", yes, no), caches("me/GET", unread, yes)}, []string{"*/*"}, ""},
		"unread encryption beside known": {list{caches("*/*", yes, no), caches("me/GET", yes, unread)}, nil, "fix.unread"},
		"unread caching":                 {list{caches("*/*", yes, no), caches("me/GET", unread, no)}, nil, "fix.unread"},
		"a setting without a key":        {list{{CachingEnabled: yes, CacheDataEncrypted: no}}, nil, "fix.unknown"},
		"nothing is cached":              {list{caches("*/*", no, no)}, nil, "fix.nothing"},
		"all is encrypted":               {list{caches("*/*", yes, yes)}, nil, "fix.nothing"},
		"no settings":                    {nil, nil, "fix.nothing"},
	} {
		for remedyName, change := range map[string]struct {
			property string
			value    bool
		}{"encrypt": {"CacheDataEncrypted", true}, "stop-caching": {"CachingEnabled", false}} {
			s := stage(c.settings)
			ensures, err := ensuretest.Find(t, remedies(), remedyName, apigateway.StageType).Ensure(remedy.Case{Resource: s})
			if got := ensuretest.ErrorKey(t, err); got != c.err {
				t.Errorf("%s, %s: %q, want %q", name, remedyName, got, c.err)
			}
			if c.err != "" {
				continue
			}
			// All settings in one ensure: one UpdateStage.
			thing := s.Ref
			thing.Type = apigateway.StageType
			want := []remedy.Ensure{{ID: "stage", Thing: thing, Wait: apigateway.CacheSettled}}
			for _, key := range c.keys {
				want[0].Set = append(want[0].Set, remedy.Property{Name: remedy.Key(key, change.property), Value: change.value})
			}
			stays := ensures[0].Other
			ensures[0].Other = nil
			if diff := cmp.Diff(want, ensures); diff != "" {
				t.Errorf("%s, %s: %s", name, remedyName, diff)
			}
			enough(t, name+", "+remedyName, c.settings, ensures[0].Set)
			for _, p := range stays {
				if !slices.ContainsFunc(c.keys, func(key string) bool { return strings.HasPrefix(p.Name, remedy.Key(key, "")) }) {
					t.Errorf("%s, %s: names %s of a setting that stays", name, remedyName, p.Name)
				}
			}
		}
	}
	refused := stage(nil)
	refused.MethodSettings = ensuretest.Refused[list]()
	if _, err := remedies()[0].Ensure(remedy.Case{Resource: refused}); ensuretest.ErrorKey(t, err) != "fix.unread" {
		t.Errorf("settings unread: %v", err)
	}
	if remedies()[0].Name != "encrypt" {
		t.Error("encrypting is the usual remedy")
	}
}

// enough applies what is set, and all of it but one: the control passes the
// first alone.
func enough(t *testing.T, name string, settings list, set []remedy.Property) {
	t.Helper()
	apply := func(without int) control.Status {
		changed := append(list(nil), settings...)
		for i, p := range set {
			for j := range changed {
				value, _ := p.Value.(bool)
				switch key := changed[j].Key.Or(""); {
				case i == without:
				case p.Name == remedy.Key(key, "CacheDataEncrypted"):
					changed[j].CacheDataEncrypted = fact.Set(value, nil)
				case p.Name == remedy.Key(key, "CachingEnabled"):
					changed[j].CachingEnabled = fact.Set(value, nil)
				}
			}
		}
		return check(stage(changed), nil).Status
	}
	if got := apply(-1); got != control.Passed {
		t.Errorf("%s: after the fix the control says %v", name, got)
	}
	for i := range set {
		if got := apply(i); got != control.Failed {
			t.Errorf("%s: without %s the control says %v", name, set[i].Name, got)
		}
	}
}

// TestCluster tells what the cache cluster of the stage costs with or without the fix,
// where there is one.
func TestCluster(t *testing.T) {
	s := stage(list{caches("*/*", ensuretest.Set(true), ensuretest.Set(false))})
	charges := func(name string) []cost.Charge {
		return ensuretest.Find(t, remedies(), name, apigateway.StageType).Bill(remedy.Case{Resource: s})
	}
	for _, name := range []string{"encrypt", "stop-caching"} {
		s.CacheClusterEnabled, s.CacheClusterSize = ensuretest.Set(false), ensuretest.Set("6.1")
		if got := charges(name); !slices.Equal(got, []cost.Charge{{Kind: cost.Nothing}}) {
			t.Errorf("%s without a cluster: %+v", name, got)
		}
		s.CacheClusterEnabled = ensuretest.Set(true)
		got := charges(name)
		usages := apigateway.Rooms().Usages
		metered := func(u cost.Usage) bool { return u.Item == got[0].Usage && u.Unit == "hour" }
		if len(got) != 1 || got[0].Kind != cost.Aside || got[0].Size != "6.1" || got[0].Billed != (name == "encrypt") || !slices.ContainsFunc(usages, metered) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
