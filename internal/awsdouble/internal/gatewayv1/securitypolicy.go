package gatewayv1

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/gateway"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

// enhanced is how the names of enhanced security policies begin.
const enhanced = "SecurityPolicy_"

// securityPolicies is the enum SecurityPolicy of AWS's API model.
func securityPolicies() []string {
	return []string{
		"TLS_1_0", "TLS_1_2",
		"SecurityPolicy_TLS13_1_3_2025_09", "SecurityPolicy_TLS13_1_3_FIPS_2025_09", "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
		"SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09", "SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09", "SecurityPolicy_TLS13_1_2_PQ_2025_09",
		"SecurityPolicy_TLS13_1_2_2021_06", "SecurityPolicy_TLS13_2025_EDGE", "SecurityPolicy_TLS12_PFS_2025_EDGE", "SecurityPolicy_TLS12_2018_EDGE",
	}
}

// checkDomain holds a domain name against the considerations on AWS's page
// "Choose a security policy for your custom domain in API Gateway".
func checkDomain(r *service.Request, d *world.DomainName) error {
	policy, mode := gateway.Value(d.SecurityPolicy), gateway.Value(d.EndpointAccessMode)
	if err := checkSecurityPolicy(policy, mode, d.EndpointConfiguration, "EDGE"); err != nil {
		return err
	}
	if m := gateway.Value(d.RoutingMode); m != "" && !slices.Contains([]string{"BASE_PATH_MAPPING_ONLY", "ROUTING_RULE_ONLY", "ROUTING_RULE_THEN_BASE_PATH_MAPPING"}, m) {
		return service.BadRequest("Invalid routing mode specified: " + m)
	}
	if !strings.HasPrefix(policy, enhanced) {
		return nil
	}
	switch {
	case d.MutualTLSAuthentication != nil:
		return service.BadRequest("Mutual TLS authentication is not supported with the security policy " + policy)
	case slices.ContainsFunc(d.MappedAPIIDs, func(id string) bool {
		a := r.Region.API(id)
		return a == nil && r.Region.RestAPI(id) == nil || a != nil && a.ProtocolType == "HTTP"
	}):
		return service.BadRequest("The security policy " + policy + " is not supported on a domain name that is mapped to an HTTP API")
	case len(d.EndpointConfiguration.Types) > 1:
		return service.BadRequest("The security policy " + policy + " is not supported on a domain name with more than one endpoint type")
	}
	return nil
}

// checkSecurityPolicy checks what REST APIs and domain names have in common.
// fallback is the endpoint type where none is given.
func checkSecurityPolicy(policy, mode string, e *world.EndpointConfiguration, fallback string) error {
	if policy != "" && !slices.Contains(securityPolicies(), policy) {
		return service.BadRequest("Invalid security policy specified: " + policy)
	}
	if mode != "" && mode != "BASIC" && mode != "STRICT" {
		return service.BadRequest("Invalid endpoint access mode specified: " + mode)
	}
	if !strings.HasPrefix(policy, enhanced) {
		return nil
	}
	if mode == "" {
		return needsAccessMode(policy)
	}
	types := []string{fallback}
	if e != nil && len(e.Types) > 0 {
		types = e.Types
	}
	if edge := slices.Contains(types, "EDGE"); edge != strings.HasSuffix(policy, "_EDGE") && len(types) == 1 {
		return service.BadRequest("The security policy " + policy + " is not supported for the endpoint type " + types[0])
	}
	return nil
}

func needsAccessMode(policy string) error {
	return service.BadRequest("An endpoint access mode must be specified with the security policy " + policy)
}
