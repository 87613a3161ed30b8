package gatewayv2

import (
	"slices"
	"strconv"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/gateway"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

func domainOperations() []gateway.Operation {
	return []gateway.Operation{
		gateway.Op("GetDomainNames", "GET", "/domainnames", 200, getDomainNames),
		gateway.Op("GetDomainName", "GET", "/domainnames/{domainName}", 200, getDomainName),
		gateway.Op("GetApiMappings", "GET", "/domainnames/{domainName}/apimappings", 200, getAPIMappings),
		gateway.Op("ListRoutingRules", "GET", "/domainnames/{domainName}/routingrules", 200, listRoutingRules),
	}
}

type domainName struct {
	APIMappingSelectionExpression string                `json:"apiMappingSelectionExpression"`
	DomainName                    string                `json:"domainName"`
	DomainNameArn                 *string               `json:"domainNameArn,omitempty"`
	DomainNameConfigurations      []domainConfiguration `json:"domainNameConfigurations"`
	MutualTLSAuthentication       *world.MutualTLS      `json:"mutualTlsAuthentication,omitempty"`
	Tags                          map[string]string     `json:"tags"`
}

type domainConfiguration struct {
	APIGatewayDomainName *string `json:"apiGatewayDomainName,omitempty"`
	CertificateArn       *string `json:"certificateArn,omitempty"`
	DomainNameStatus     *string `json:"domainNameStatus,omitempty"`
	EndpointType         string  `json:"endpointType"`
	HostedZoneID         *string `json:"hostedZoneId,omitempty"`
	IPAddressType        *string `json:"ipAddressType,omitempty"`
	SecurityPolicy       *string `json:"securityPolicy,omitempty"`
}

// view shows a domain name in version 2's shape, which knows no private ones.
func view(r *service.Request, d *world.DomainName) (domainName, bool) {
	d.Settle(r.Now)
	out := domainName{
		APIMappingSelectionExpression: "$request.basepath", DomainName: d.DomainName, DomainNameArn: d.DomainNameArn,
		MutualTLSAuthentication: d.MutualTLSAuthentication, Tags: d.Tags,
	}
	if out.Tags == nil {
		out.Tags = map[string]string{}
	}
	for _, t := range d.EndpointConfiguration.Types {
		c := domainConfiguration{
			APIGatewayDomainName: d.RegionalDomainName, CertificateArn: d.RegionalCertificateArn, HostedZoneID: d.RegionalHostedZoneID,
			DomainNameStatus: d.DomainNameStatus, EndpointType: t, IPAddressType: d.EndpointConfiguration.IPAddressType, SecurityPolicy: d.SecurityPolicy,
		}
		if t == "EDGE" {
			c.APIGatewayDomainName, c.CertificateArn, c.HostedZoneID = d.DistributionDomainName, d.CertificateArn, d.DistributionHostedZoneID
		}
		out.DomainNameConfigurations = append(out.DomainNameConfigurations, c)
	}
	return out, !slices.Contains(d.EndpointConfiguration.Types, "PRIVATE")
}

func getDomainNames(r *service.Request) (any, error) {
	var list []domainName
	for _, d := range r.Region.DomainNames {
		if v, public := view(r, d); public {
			list = append(list, v)
		}
	}
	return page(r, list)
}

func getDomainName(r *service.Request) (any, error) {
	for _, d := range r.Region.DomainNames {
		if v, public := view(r, d); public && d.DomainName == r.Vars["domainName"] {
			return v, nil
		}
	}
	return nil, service.NotFound("Invalid domain name identifier specified")
}

type apiMapping struct {
	APIID         string `json:"apiId"`
	APIMappingID  string `json:"apiMappingId"`
	APIMappingKey string `json:"apiMappingKey"`
	Stage         string `json:"stage"`
}

// getAPIMappings shows REST APIs too, as AWS does. A fixture knows which APIs
// are mapped, not under which keys.
func getAPIMappings(r *service.Request) (any, error) {
	if _, err := getDomainName(r); err != nil {
		return nil, err
	}
	list := []apiMapping{}
	for _, d := range r.Region.DomainNames {
		if d.DomainName != r.Vars["domainName"] {
			continue
		}
		for i, id := range d.MappedAPIIDs {
			key := strconv.Itoa(i)
			list = append(list, apiMapping{APIID: id, APIMappingID: "map" + key, APIMappingKey: "v" + key, Stage: "prod"})
		}
	}
	return page(r, list)
}

type routingRules struct {
	NextToken    string        `json:"nextToken,omitempty"`
	RoutingRules []routingRule `json:"routingRules"`
}

type routingRule struct {
	Actions       []routingAction `json:"actions"`
	Conditions    []any           `json:"conditions"`
	Priority      int             `json:"priority"`
	RoutingRuleID string          `json:"routingRuleId"`
}

type routingAction struct {
	InvokeAPI invokeAPI `json:"invokeApi"`
}

type invokeAPI struct {
	APIID string `json:"apiId"`
	Stage string `json:"stage"`
}

// listRoutingRules shows one rule for each API of a fixture; private domain
// names have rules, too.
func listRoutingRules(r *service.Request) (any, error) {
	for _, d := range r.Region.DomainNames {
		if d.DomainName != r.Vars["domainName"] || gateway.Value(d.DomainNameID) != r.Query.Get("domainNameId") {
			continue
		}
		list := []routingRule{}
		for i, id := range d.RoutedAPIIDs {
			list = append(list, routingRule{[]routingAction{{invokeAPI{id, "prod"}}}, []any{}, i + 1, "rule" + strconv.Itoa(i)})
		}
		some, next, err := gateway.Page(r, list, "maxResults", "nextToken")
		return routingRules{next, some}, err
	}
	return nil, service.NotFound("Invalid domain name identifier specified")
}
