package domainsecuritypolicy

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/controls/apigateway/internal/ensure/ensuretest"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/apigateway"
)

const (
	regionalPolicy = "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09"
	edgePolicy     = "SecurityPolicy_TLS12_PFS_2025_EDGE"
)

type (
	endpoint = fact.Value[apigateway.EndpointConfiguration]
	mutual   = fact.Value[apigateway.MutualTlsAuthentication]
)

func endpoints(types ...string) endpoint {
	return fact.Set(apigateway.EndpointConfiguration{Types: fact.Set(types, nil)}, nil)
}

// domain fits a regional policy; a case changes it.
func domain(change func(*apigateway.DomainName)) *apigateway.DomainName {
	d := &apigateway.DomainName{
		Meta: ensuretest.Meta("/domainnames/api.example.com", "api.example.com"), SecurityPolicy: ensuretest.Set("TLS_1_2"),
		EndpointAccessMode: ensuretest.Absent[string](), EndpointConfiguration: endpoints("REGIONAL"),
		MutualTlsAuthentication: ensuretest.Absent[apigateway.MutualTlsAuthentication](),
	}
	change(d)
	return d
}

func trust(uri fact.Value[string]) mutual {
	return fact.Set(apigateway.MutualTlsAuthentication{TruststoreUri: uri}, nil)
}

func TestUpgrade(t *testing.T) {
	type d = *apigateway.DomainName
	as := func(d) {}
	mode := func(m string) func(d) { return func(x d) { x.EndpointAccessMode = ensuretest.Set(m) } }
	at := func(e endpoint) func(d) { return func(x d) { x.EndpointConfiguration = e } }
	with := func(m mutual) func(d) { return func(x d) { x.MutualTlsAuthentication = m } }
	policy := func(v fact.Value[string]) func(d) { return func(x d) { x.SecurityPolicy = v } }
	for name, c := range map[string]struct {
		change       func(d)
		policy, mode string
		other        bool // the access mode is as it shall be, and sent along
		err          string
	}{
		"regional":                  {as, regionalPolicy, "", false, ""},
		"regional, STRICT":          {as, regionalPolicy, "STRICT", false, ""},
		"private":                   {at(endpoints("PRIVATE")), regionalPolicy, "BASIC", false, ""},
		"edge":                      {at(endpoints("EDGE")), edgePolicy, "BASIC", false, ""},
		"policy absent":             {policy(ensuretest.Absent[string]()), regionalPolicy, "BASIC", false, ""},
		"BASIC already":             {mode("BASIC"), regionalPolicy, "BASIC", true, ""},
		"STRICT already":            {mode("STRICT"), regionalPolicy, "STRICT", true, ""},
		"BASIC to STRICT":           {mode("BASIC"), regionalPolicy, "STRICT", false, ""},
		"STRICT to BASIC":           {mode("STRICT"), regionalPolicy, "", false, "fix.strict"},
		"no trust store":            {with(trust(ensuretest.Absent[string]())), regionalPolicy, "", false, ""},
		"empty trust store":         {with(trust(ensuretest.Set(""))), regionalPolicy, "", false, ""},
		"mutual TLS":                {with(trust(ensuretest.Set("s3://b/t.pem"))), regionalPolicy, "", false, "fix.mutualTls"},
		"edge policy on regional":   {as, edgePolicy, "", false, "fix.endpointTypes"},
		"regional policy on edge":   {at(endpoints("EDGE")), regionalPolicy, "", false, "fix.endpointTypes"},
		"two endpoint types":        {at(endpoints("EDGE", "REGIONAL")), edgePolicy, "", false, "fix.endpointTypes"},
		"no endpoint type":          {at(endpoints()), regionalPolicy, "", false, "fix.endpointTypes"},
		"no endpoint at all":        {at(ensuretest.Absent[apigateway.EndpointConfiguration]()), regionalPolicy, "", false, "fix.unknown"},
		"no decision":               {as, "", "", false, "fix.needsInput"},
		"a policy that fails":       {as, "TLS_1_2", "", false, "fix.badInput"},
		"a recommended one":         {policy(ensuretest.Set(regionalPolicy)), regionalPolicy, "", false, "fix.nothing"},
		"policy unread":             {policy(ensuretest.Refused[string]()), regionalPolicy, "", false, "fix.unread"},
		"mode unread":               {func(x d) { x.EndpointAccessMode = ensuretest.Refused[string]() }, regionalPolicy, "", false, "fix.unread"},
		"endpoint unread":           {at(ensuretest.Refused[apigateway.EndpointConfiguration]()), regionalPolicy, "", false, "fix.unread"},
		"endpoint types unread":     {at(fact.Set(apigateway.EndpointConfiguration{Types: ensuretest.Refused[[]string]()}, nil)), regionalPolicy, "", false, "fix.unread"},
		"mutual TLS unread":         {with(ensuretest.Refused[apigateway.MutualTlsAuthentication]()), regionalPolicy, "", false, "fix.unread"},
		"mutual TLS's store unread": {with(trust(ensuretest.Refused[string]())), regionalPolicy, "", false, "fix.unread"},
	} {
		s := domain(c.change)
		ensures, err := remedies()[0].Ensure(remedy.Case{Resource: s, Inputs: map[string]string{"securityPolicy": c.policy, "endpointAccessMode": c.mode}})
		if got := ensuretest.ErrorKey(t, err); got != c.err {
			t.Errorf("%s: %q, want %q", name, got, c.err)
		}
		if c.err != "" || len(ensures) != 1 {
			continue
		}
		e := ensures[0]
		wantMode := remedy.Property{Name: "EndpointAccessMode", Value: c.mode}
		if c.mode == "" {
			wantMode.Value = "BASIC"
		}
		set, other := []remedy.Property{{Name: "SecurityPolicy", Value: c.policy}, wantMode}, []remedy.Property(nil)
		if c.other {
			set, other = set[:1], []remedy.Property{wantMode}
		}
		if diff := cmp.Diff(set, e.Set) + cmp.Diff(other, e.Other); diff != "" || e.Wait != apigateway.DomainReady || e.Thing.Type != apigateway.DomainNameType {
			t.Errorf("%s: %s %+v", name, diff, e)
		}
		s.SecurityPolicy = fact.Set(c.policy, nil)
		if got := check(s, nil).Status; got != control.Passed {
			t.Errorf("%s: after the fix the control says %v", name, got)
		}
	}
}

// TestGuards lists what AWS refuses, as it must be when the change is made.
func TestGuards(t *testing.T) {
	type values = map[string][]any
	all := values{"MutualTlsAuthentication.TruststoreUri": {nil, ""}, "HttpApiMapped": {false}}
	for name, c := range map[string]struct {
		policy, mode string
		more         values
	}{
		"regional":         {regionalPolicy, "BASIC", values{"EndpointConfiguration.Types": {[]string{"REGIONAL"}, []string{"PRIVATE"}}, "EndpointAccessMode": {nil, "", "BASIC"}}},
		"edge":             {edgePolicy, "BASIC", values{"EndpointConfiguration.Types": {[]string{"EDGE"}}, "EndpointAccessMode": {nil, "", "BASIC"}}},
		"regional, STRICT": {regionalPolicy, "STRICT", values{"EndpointConfiguration.Types": {[]string{"REGIONAL"}, []string{"PRIVATE"}}}},
	} {
		got := values{}
		for _, g := range guards(c.policy, c.mode) {
			got[g.Property] = g.OneOf
		}
		for property, oneOf := range all {
			c.more[property] = oneOf
		}
		if diff := cmp.Diff(c.more, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestEveryPolicyFits: each recommended policy is for some endpoint type, and
// no other policy may be chosen.
func TestEveryPolicyFits(t *testing.T) {
	edge := 0
	for _, policy := range recommended() {
		if _, err := remedies()[0].Check(map[string]string{"securityPolicy": policy}); err != nil {
			t.Error(err)
		}
		if types(policy)[0][0] == "EDGE" {
			edge++
		}
	}
	if edge != 2 || len(recommended()) != 5 {
		t.Errorf("%d policies, %d for edge-optimized domain names", len(recommended()), edge)
	}
	for _, given := range []map[string]string{{}, {"securityPolicy": "TLS_1_2"}, {"securityPolicy": edgePolicy, "endpointAccessMode": "LOOSE"}} {
		if _, err := remedies()[0].Check(given); err == nil {
			t.Errorf("%v was accepted", given)
		}
	}
}
