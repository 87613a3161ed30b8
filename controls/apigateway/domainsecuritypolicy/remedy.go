package domainsecuritypolicy

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/controls/apigateway/internal/ensure"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/apigateway"
)

const defaultMode = "BASIC"

func remedies() []remedy.Remedy {
	return []remedy.Remedy{{
		Name: "policy",
		On:   apigateway.DomainNameType,
		Does: []remedy.Effect{remedy.Interrupts},
		Inputs: []remedy.Input{
			{Name: "securityPolicy", Required: true, Values: recommended()},
			{Name: "endpointAccessMode", Values: []string{"BASIC", "STRICT"}, Default: defaultMode},
		},
		Ensure:  ensure.On(upgrade),
		Charges: ensure.Bills(cost.Nothing),
		Touches: []remedy.Touch{{
			Type: apigateway.DomainNameType, Properties: []string{"EndpointAccessMode", "SecurityPolicy"},
			Guards: []string{"EndpointAccessMode", "EndpointConfiguration.Types", "HttpApiMapped", "MutualTlsAuthentication.TruststoreUri"},
		}},
	}}
}

// upgrade changes policy and access mode in one call, as AWS wants it, and
// stops where AWS would refuse.
func upgrade(d *apigateway.DomainName, c remedy.Case) ([]remedy.Ensure, error) {
	if err := cmp.Or(
		ensure.Known(d.SecurityPolicy, "SecurityPolicy"), ensure.Known(d.EndpointAccessMode, "EndpointAccessMode"),
		ensure.Known(d.EndpointConfiguration, "EndpointConfiguration"), ensure.Known(d.MutualTlsAuthentication, "MutualTlsAuthentication"),
	); err != nil {
		return nil, err
	}
	if fact.In(d.SecurityPolicy, recommended()...) == fact.True {
		return nil, ensure.Nothing(d)
	}
	policy, err := ensure.Given(c, "securityPolicy")
	if err != nil {
		return nil, err
	}
	mode := cmp.Or(c.Inputs["endpointAccessMode"], defaultMode)
	if err := possible(d, policy, mode); err != nil {
		return nil, err
	}
	domain := remedy.Ensure{
		ID: "domain-name", Thing: ensure.Thing(d), Guards: guards(policy, mode), Wait: apigateway.DomainReady,
		Set: []remedy.Property{{Name: "SecurityPolicy", Value: policy}},
	}
	if access := (remedy.Property{Name: "EndpointAccessMode", Value: mode}); fact.Is(d.EndpointAccessMode, mode) == fact.True {
		domain.Other = append(domain.Other, access)
	} else {
		domain.Set = append(domain.Set, access)
	}
	return []remedy.Ensure{domain}, nil
}

// types lists the endpoint types that a policy is for, each alone.
func types(policy string) [][]string {
	if strings.HasSuffix(policy, "_EDGE") {
		return [][]string{{"EDGE"}}
	}
	return [][]string{{"REGIONAL"}, {"PRIVATE"}}
}

// possible tells why a domain name cannot have the policy, as far as that can
// be known before.
func possible(d *apigateway.DomainName, policy, mode string) error {
	endpoint, _ := d.EndpointConfiguration.Get()
	tls, mutual := d.MutualTlsAuthentication.Get()
	err := ensure.Known(endpoint.Types, "EndpointConfiguration.Types")
	if mutual == fact.True {
		err = cmp.Or(err, ensure.Known(tls.TruststoreUri, "MutualTlsAuthentication.TruststoreUri"))
	}
	has := endpoint.Types.Or(nil)
	name := locale.A("resource", d.Name)
	switch {
	case !slices.Contains(recommended(), policy):
		return locale.Errorf("fix.badInput", locale.A("input", "securityPolicy"), locale.A("value", policy))
	case err != nil:
		return err
	case fact.Filled(tls.TruststoreUri) == fact.True:
		return locale.Errorf("fix.mutualTls", name)
	case !slices.ContainsFunc(types(policy), func(fits []string) bool { return slices.Equal(fits, has) }):
		return locale.Errorf("fix.endpointTypes", name, locale.A("policy", policy), locale.A("types", has))
	case mode == "BASIC" && fact.Is(d.EndpointAccessMode, "STRICT") == fact.True:
		return locale.Errorf("fix.strict", name)
	}
	return nil
}

// guards say the same of the domain name as it is when it is changed, and that
// no HTTP API is mapped to it.
func guards(policy, mode string) []remedy.Guard {
	var fits []any
	for _, list := range types(policy) {
		fits = append(fits, list)
	}
	all := []remedy.Guard{
		{Property: "MutualTlsAuthentication.TruststoreUri", OneOf: []any{nil, ""}, Why: locale.M("guard.mutualTls")},
		{Property: "HttpApiMapped", OneOf: []any{false}, Why: locale.M("guard.httpApi")},
		{Property: "EndpointConfiguration.Types", OneOf: fits, Why: locale.M("guard.endpointTypes", locale.A("policy", policy))},
	}
	if mode == "BASIC" {
		all = append(all, remedy.Guard{Property: "EndpointAccessMode", OneOf: []any{nil, "", "BASIC"}, Why: locale.M("guard.strict")})
	}
	return all
}
