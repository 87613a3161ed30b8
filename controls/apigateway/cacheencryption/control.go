// Package cacheencryption is APIGateway.5: what a REST API stage caches is
// encrypted at rest.
package cacheencryption

import (
	"embed"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/types/apigateway"
)

//go:embed guide.*.md messages.*.txt snippets
var files embed.FS

// Control returns the control.
func Control() *control.Control {
	return &control.Control{
		ID:         "APIGateway.5",
		Parameters: []control.Parameter{{Name: "requireCacheCluster", Values: []string{"true", "false"}, Default: "false", Ours: true}},
		Checks:     []control.Check{control.On(check)},
		Remedies:   remedies(),
		Questions: []control.Question{
			{Key: "confidential-cached", Kind: control.YesNo},
			{Key: "differs-by-caller", Kind: control.YesNo},
			{Key: "cache-needed", Kind: control.YesNo},
			{Key: "full-load", Kind: control.YesNo},
		},
		Files: files,
	}
}

// unencrypted tells whether a method setting caches without encryption.
func unencrypted(m *apigateway.MethodSetting) fact.Truth {
	return fact.Is(m.CachingEnabled, true).And(fact.Is(m.CacheDataEncrypted, true).Not())
}

// check looks at methods that cache, and at no others: an override that does
// not cache may be unencrypted. Whether a cluster exists does not matter
// unless the user says so, for the setting becomes live with the cluster.
func check(s *apigateway.Stage, p control.Params) control.Verdict {
	settings, known := s.MethodSettings.Get()
	if known == fact.Unknown {
		return control.Unread("MethodSettings", s.MethodSettings.Origin())
	}
	var open, astray []string
	var unread *apigateway.MethodSetting
	labels, cached, hidden := apigateway.Labels(settings), 0, ""
	for i := range settings {
		m := &settings[i]
		if fact.Is(m.CachingEnabled, true) != fact.False {
			cached++
		}
		switch unencrypted(m) {
		case fact.True:
			open = append(open, labels[i])
			if m.NamesNone(s.RestApi) {
				astray = append(astray, m.Key.Or("?"))
			}
		case fact.Unknown:
			unread, hidden = m, labels[i]
		}
	}
	cluster := fact.Is(s.CacheClusterEnabled, true)
	switch {
	case open == nil && unread == nil && cached == 0:
		return control.Pass("nothingCached")
	case open == nil && unread == nil:
		return control.Pass("encrypted", locale.A("n", cached))
	case p.Get("requireCacheCluster") == "true" && cluster != fact.True:
		return control.Decide(cluster.Not(), s.CacheClusterEnabled, "CacheClusterEnabled", control.Pass("noCluster"), control.Verdict{})
	case open == nil:
		value := unread.CachingEnabled
		if value.Present() != fact.Unknown {
			value = unread.CacheDataEncrypted
		}
		return control.Unread("MethodSettings["+hidden+"]", value.Origin())
	}
	v := control.Fail("unencrypted", locale.A("n", len(open)), locale.A("of", len(settings)), locale.A("methods", open))
	if cluster == fact.False {
		v = v.Note("latent")
	}
	if astray != nil {
		v = v.Note("astray", locale.A("keys", astray))
	}
	return v
}
