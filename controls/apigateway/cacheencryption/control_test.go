package cacheencryption

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/types/apigateway"
)

// TestUnknown holds the check to values that the live source does not send: one
// that could not be read, and one that is left out because it is false.
func TestUnknown(t *testing.T) {
	refused := &fact.Origin{Fault: "AccessDeniedException"}
	yes, no, unread, absent := fact.Set(true, nil), fact.Set(false, nil), fact.Unread[bool](refused), fact.Absent[bool](nil)
	type settings = []apigateway.MethodSetting
	setting := func(key string, caches, encrypted fact.Value[bool]) apigateway.MethodSetting {
		return apigateway.MethodSetting{Key: fact.Set(key, nil), CachingEnabled: caches, CacheDataEncrypted: encrypted}
	}
	plain := setting("*/*", yes, no)
	for name, c := range map[string]struct {
		cluster  fact.Value[bool]
		settings settings
		require  string
		want     control.Status
		key      string
	}{
		"encryption unread":                      {yes, settings{setting("*/*", yes, unread)}, "false", control.Unknown, "finding.unread"},
		"encryption unread where nothing caches": {yes, settings{setting("*/*", no, unread)}, "false", control.Passed, "nothingCached"},
		"encryption left out":                    {yes, settings{setting("*/*", yes, absent)}, "false", control.Failed, "unencrypted"},
		"caching unread, not encrypted":          {yes, settings{setting("*/*", unread, no)}, "false", control.Unknown, "finding.unread"},
		"caching unread, encrypted":              {yes, settings{setting("*/*", unread, yes)}, "false", control.Passed, "encrypted"},
		"caching left out":                       {yes, settings{setting("*/*", absent, absent)}, "false", control.Passed, "nothingCached"},
		"both unread":                            {yes, settings{setting("*/*", unread, unread)}, "false", control.Unknown, "finding.unread"},
		"unread before a violation":              {yes, settings{setting("~1a/GET", yes, unread), plain}, "false", control.Failed, "unencrypted"},
		"unread after a violation":               {yes, settings{plain, setting("~1a/GET", unread, unread)}, "false", control.Failed, "unencrypted"},
		"unread beside encrypted":                {yes, settings{setting("~1a/GET", yes, unread), setting("*/*", yes, yes)}, "false", control.Unknown, "finding.unread"},
		"cluster unread":                         {unread, settings{plain}, "false", control.Failed, "unencrypted"},
		"cluster unread and required":            {unread, settings{plain}, "true", control.Unknown, "finding.unread"},
		"cluster unread, required, encrypted":    {unread, settings{setting("*/*", yes, yes)}, "true", control.Passed, "encrypted"},
		"no cluster, required, unread":           {no, settings{setting("*/*", yes, unread)}, "true", control.Passed, "noCluster"},
		"cluster, required, unread":              {yes, settings{setting("*/*", yes, unread)}, "true", control.Unknown, "finding.unread"},
	} {
		stage := &apigateway.Stage{CacheClusterEnabled: c.cluster, MethodSettings: fact.Set(c.settings, nil)}
		v := check(stage, control.Params{{Name: "requireCacheCluster", Value: c.require}})
		if v.Status != c.want || v.Message.Key != c.key || len(v.Notes) > 0 {
			t.Errorf("%s: %v %s, notes %v; want %v %s", name, v.Status, v.Message.Key, v.Notes, c.want, c.key)
		}
		if v.Status == control.Unknown && v.Cause != refused {
			t.Errorf("%s: the cause is %+v", name, v.Cause)
		}
		if v.Status == control.Failed && !cmp.Equal(v.Message.Args[2], locale.A("methods", []string{"*/*"})) {
			t.Errorf("%s: names %v", name, v.Message.Args[2])
		}
	}
}

func TestWholeSettings(t *testing.T) {
	refused := &fact.Origin{Fault: "AccessDeniedException"}
	if v := check(&apigateway.Stage{MethodSettings: fact.Unread[[]apigateway.MethodSetting](refused)}, nil); v.Status != control.Unknown || v.Cause != refused {
		t.Errorf("unread: %v because of %+v", v.Status, v.Cause)
	}
	if v := check(&apigateway.Stage{MethodSettings: fact.Absent[[]apigateway.MethodSetting](nil)}, nil); v.Status != control.Passed {
		t.Errorf("absent: %v", v.Status)
	}
	if v := check(&apigateway.Stage{}, nil); v.Status != control.Unknown {
		t.Errorf("nobody looked: %v", v.Status)
	}
}
