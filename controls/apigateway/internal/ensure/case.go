// Package ensure holds what remedies of API Gateway controls share: cases that
// can be planned on, the account's role for logs, log groups and their keys.
package ensure

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/apigateway"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

// On makes a remedy's Ensure of a function over a typed resource. It is an
// error if the resource has another type, is not live, or its account, Region
// or partition is not known.
func On[T resource.Resource](ensures func(T, remedy.Case) ([]remedy.Ensure, error)) func(remedy.Case) ([]remedy.Ensure, error) {
	return func(c remedy.Case) ([]remedy.Ensure, error) {
		var none T
		typed, ok := c.Resource.(T)
		if !ok || any(typed) == any(none) {
			got := "none"
			if c.Resource != nil {
				got = string(c.Resource.ResourceType())
			}
			return nil, locale.Errorf("fix.wrongType", locale.A("want", string(none.ResourceType())), locale.A("got", got))
		}
		m := typed.GetMeta()
		switch {
		case m.ARN == "":
			return nil, locale.Errorf("fix.notLive", locale.A("resource", m.Name))
		case m.Partition == "" || m.Account == "" || m.Region == "":
			return nil, locale.Errorf("fix.noPlace", locale.A("resource", m.Name))
		}
		return ensures(typed, c)
	}
}

// Billed makes a remedy's Charges of a function over a typed resource; of any
// other it bills nothing that is known.
func Billed[T resource.Resource](charges func(T, remedy.Case) []cost.Charge) func(remedy.Case) []cost.Charge {
	return func(c remedy.Case) []cost.Charge {
		if typed, ok := c.Resource.(T); ok {
			return charges(typed, c)
		}
		return nil
	}
}

// Bills is a remedy's Charges where they do not depend on the resource.
func Bills(kinds ...cost.Kind) func(remedy.Case) []cost.Charge {
	return func(remedy.Case) (charges []cost.Charge) {
		for _, k := range kinds {
			charges = append(charges, cost.Charge{Kind: k})
		}
		return charges
	}
}

// Known returns an error for a value that nobody could read.
func Known[T any](v fact.Value[T], property string) error {
	if v.Present() != fact.Unknown {
		return nil
	}
	if o := v.Origin(); o != nil && o.Fault != "" {
		return locale.Errorf("fix.unread", locale.A("property", property), locale.A("fault", o.Fault))
	}
	return locale.Errorf("fix.unknown", locale.A("property", property))
}

// Nothing is the error where a remedy would change nothing.
func Nothing(r resource.Resource) error {
	return locale.Errorf("fix.nothing", locale.A("resource", r.GetMeta().Name))
}

// Given returns the value of an input that the remedy cannot do without.
func Given(c remedy.Case, input string) (string, error) {
	if v := c.Inputs[input]; v != "" {
		return v, nil
	}
	return "", locale.Errorf("fix.needsInput", locale.A("input", input))
}

// Thing names a resource as the thing that an ensure is about.
func Thing(r resource.Resource) resource.Ref {
	ref := r.GetMeta().Ref
	ref.Type = r.ResourceType()
	return ref
}

// Part returns the ids of a resource that is a part of an API, from its ARN:
// "a1b2c3d4e5" and "prod".
func Part(r resource.Resource) (api, part string, err error) {
	arn := r.GetMeta().ARN
	_, path, _ := strings.Cut(arn, "::/")
	ids := strings.Split(path, "/")
	if len(ids) != 4 || ids[1] == "" || ids[3] == "" {
		return "", "", locale.Errorf("fix.oddARN", locale.A("arn", arn))
	}
	return ids[1], ids[3], nil
}

// Key returns the key of a method setting as API Gateway spells it.
func Key(m *apigateway.MethodSetting) (string, error) {
	key := m.Key.Or("")
	if key == "" {
		return "", locale.Errorf("fix.unknown", locale.A("property", "MethodSettings"))
	}
	return key, nil
}

// Rest returns what stays in a method setting when one of its properties
// changes. API Gateway patches single properties, but CloudFormation and
// Terraform declare the setting whole: what its declaration leaves out falls
// back to a default. None is left out here for being a default, for
// CloudFormation's documentation names none.
func Rest(m *apigateway.MethodSetting, key, changes string) []remedy.Property {
	name := func(property string) string { return remedy.Key(key, property) }
	rest := slices.Concat(
		Same(name("CachingEnabled"), m.CachingEnabled), Same(name("CacheDataEncrypted"), m.CacheDataEncrypted),
		Same(name("CacheTtlInSeconds"), m.CacheTtlInSeconds), Same(name("LoggingLevel"), m.LoggingLevel),
		Same(name("DataTraceEnabled"), m.DataTraceEnabled), Same(name("MetricsEnabled"), m.MetricsEnabled),
		Same(name("ThrottlingBurstLimit"), m.ThrottlingBurstLimit), Same(name("ThrottlingRateLimit"), m.ThrottlingRateLimit),
	)
	return slices.DeleteFunc(rest, func(p remedy.Property) bool { return p.Name == name(changes) })
}

// Same returns a property with the value that it has, to be sent along with
// others; none where it is absent.
func Same[T any](name string, v fact.Value[T]) []remedy.Property {
	value, present := v.Get()
	if present != fact.True {
		return nil
	}
	if n, ok := any(value).(int); ok {
		return []remedy.Property{{Name: name, Value: float64(n)}}
	}
	return []remedy.Property{{Name: name, Value: value}}
}

// About returns what a plan must tell of a part of an HTTP or WebSocket API so
// that every medium can show it: the protocol, and that API Gateway manages it,
// for then neither Terraform nor CloudFormation can own it.
func About(api *apigatewayv2.Api, managed fact.Value[bool]) []remedy.Property {
	about := Same("ProtocolType", api.ProtocolType)
	if fact.Is(managed, true) == fact.True {
		about = append(about, remedy.Property{Name: "ApiGatewayManaged", Value: true})
	}
	return about
}

// Place returns the partition, account and Region that an ARN names.
func Place(arn string) resource.Scope {
	a, _ := resource.ParseARN(arn)
	return resource.Scope{Partition: a.Partition, Region: a.Region, Account: a.Account}
}

func named(at resource.Scope, t resource.Type, name string) resource.Ref {
	return resource.Ref{Scope: at, Type: t, Name: name}
}
