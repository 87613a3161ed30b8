package cacheencryption

import (
	"cmp"

	"github.com/kumoban/kumoban/controls/apigateway/internal/ensure"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/apigateway"
)

func remedies() []remedy.Remedy {
	return []remedy.Remedy{
		{
			Name: "encrypt", On: apigateway.StageType, Does: []remedy.Effect{remedy.Interrupts}, Ensure: ensure.On(change("CacheDataEncrypted", true)), Touches: touches("CacheDataEncrypted"),
			Charges: cluster(cost.Charge{Says: "cacheGoesOn", Billed: true}),
		},
		{
			Name: "stop-caching", On: apigateway.StageType, Does: []remedy.Effect{remedy.Interrupts}, Ensure: ensure.On(change("CachingEnabled", false)), Touches: touches("CachingEnabled"),
			Charges: cluster(cost.Charge{Says: "cacheIdle"}),
		},
	}
}

func touches(property string) []remedy.Touch {
	return []remedy.Touch{{Type: apigateway.StageType, Properties: []string{remedy.Key("*", property)}}}
}

// cluster tells of the cache cluster, which neither remedy turns off.
func cluster(charge cost.Charge) func(remedy.Case) []cost.Charge {
	return ensure.Billed(func(s *apigateway.Stage, _ remedy.Case) []cost.Charge {
		size, known := s.CacheClusterSize.Get()
		if fact.Is(s.CacheClusterEnabled, true) != fact.True || known != fact.True {
			return []cost.Charge{{Kind: cost.Nothing}}
		}
		charge.Kind, charge.Usage, charge.Size, charge.Quantity = cost.Aside, apigateway.Cache(size), size, cost.Hours
		return []cost.Charge{charge}
	})
}

// change gives one property of every setting that caches without encryption,
// and of no other, a value; all in one call, for an override does not follow
// the default.
func change(property string, value bool) func(*apigateway.Stage, remedy.Case) ([]remedy.Ensure, error) {
	return func(s *apigateway.Stage, _ remedy.Case) ([]remedy.Ensure, error) {
		if err := ensure.Known(s.MethodSettings, "MethodSettings"); err != nil {
			return nil, err
		}
		var set, rest []remedy.Property
		settings, _ := s.MethodSettings.Get()
		for i := range settings {
			m := &settings[i]
			key, err := ensure.Key(m)
			if err != nil {
				return nil, err
			}
			switch unencrypted(m) {
			case fact.True:
				set = append(set, remedy.Property{Name: remedy.Key(key, property), Value: value})
				rest = append(rest, ensure.Rest(m, key, property)...)
			case fact.Unknown:
				return nil, cmp.Or(
					ensure.Known(m.CachingEnabled, remedy.Key(key, "CachingEnabled")),
					ensure.Known(m.CacheDataEncrypted, remedy.Key(key, "CacheDataEncrypted")),
				)
			}
		}
		if set == nil {
			return nil, ensure.Nothing(s)
		}
		other := append(ensure.Same("DeploymentId", s.DeploymentId), rest...)
		return []remedy.Ensure{{ID: "stage", Thing: ensure.Thing(s), Set: set, Other: other, Wait: apigateway.CacheSettled}}, nil
	}
}
