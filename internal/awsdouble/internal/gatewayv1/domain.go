package gatewayv1

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/gateway"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

func domainOperations() []gateway.Operation {
	const all, one = "/domainnames", "/domainnames/{domain_name}"
	return []gateway.Operation{
		gateway.Op("GetDomainNames", "GET", all, 200, getDomainNames),
		gateway.Op("GetDomainName", "GET", one, 200, getDomainName),
		gateway.Op("CreateDomainName", "POST", all, 201, createDomainName),
		gateway.Op("UpdateDomainName", "PATCH", one, 200, updateDomainName),
		gateway.Op("DeleteDomainName", "DELETE", one, 202, deleteDomainName),
		gateway.Op("GetBasePathMappings", "GET", one+"/basepathmappings", 200, getBasePathMappings),
	}
}

type basePathMapping struct {
	BasePath  string `json:"basePath"`
	RestAPIID string `json:"restApiId"`
	Stage     string `json:"stage"`
}

// getBasePathMappings shows what version 2 shows as API mappings, and private
// domain names too.
func getBasePathMappings(r *service.Request) (any, error) {
	d, err := domainName(r)
	if err != nil {
		return nil, err
	}
	list := []basePathMapping{}
	for i, id := range d.MappedAPIIDs {
		list = append(list, basePathMapping{BasePath: "v" + strconv.Itoa(i), RestAPIID: id, Stage: "prod"})
	}
	return page(r, list)
}

func getDomainNames(r *service.Request) (any, error) {
	list := []*world.DomainNameWire{}
	switch owner := r.Query.Get("resourceOwner"); owner {
	case "", "SELF":
		for _, d := range r.Region.DomainNames {
			d.Settle(r.Now)
			list = append(list, &d.DomainNameWire)
		}
	case "OTHER_ACCOUNTS": // the double shares none
	default:
		return nil, service.BadRequest("Invalid resourceOwner specified: " + owner)
	}
	return page(r, list)
}

func getDomainName(r *service.Request) (any, error) {
	d, err := domainName(r)
	if err != nil {
		return nil, err
	}
	return d.DomainNameWire, nil
}

// domainName finds the domain name of the path. A private one needs its id,
// since two accounts may have one name.
func domainName(r *service.Request) (*world.DomainName, error) {
	id := r.Query.Get("domainNameId")
	for _, d := range r.Region.DomainNames {
		if d.DomainName == r.Vars["domain_name"] && gateway.Value(d.DomainNameID) == id {
			d.Settle(r.Now)
			return d, nil
		}
	}
	return nil, service.NotFound("Invalid domain name identifier specified")
}

type createDomainNameInput struct {
	DomainName                          string                       `json:"domainName"`
	CertificateName                     *string                      `json:"certificateName"`
	CertificateArn                      *string                      `json:"certificateArn"`
	RegionalCertificateName             *string                      `json:"regionalCertificateName"`
	RegionalCertificateArn              *string                      `json:"regionalCertificateArn"`
	EndpointConfiguration               *world.EndpointConfiguration `json:"endpointConfiguration"`
	Tags                                map[string]string            `json:"tags"`
	SecurityPolicy                      *string                      `json:"securityPolicy"`
	EndpointAccessMode                  *string                      `json:"endpointAccessMode"`
	MutualTLSAuthentication             *world.MutualTLS             `json:"mutualTlsAuthentication"`
	OwnershipVerificationCertificateArn *string                      `json:"ownershipVerificationCertificateArn"`
	Policy                              *string                      `json:"policy"`
	RoutingMode                         *string                      `json:"routingMode"`
}

func createDomainName(r *service.Request) (any, error) {
	var in createDomainNameInput
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if in.DomainName == "" {
		return nil, service.BadRequest("No Domain Name specified")
	}
	if in.EndpointConfiguration == nil || len(in.EndpointConfiguration.Types) == 0 {
		in.EndpointConfiguration = &world.EndpointConfiguration{Types: []string{"EDGE"}}
	}
	if err := checkEndpoint(in.EndpointConfiguration); err != nil {
		return nil, err
	}
	regional := slices.Contains(in.EndpointConfiguration.Types, "REGIONAL")
	if regional && in.RegionalCertificateArn == nil || !regional && in.CertificateArn == nil {
		return nil, service.BadRequest("A valid certificate is required for the endpoint type of the domain name")
	}
	if slices.ContainsFunc(r.Region.DomainNames, func(d *world.DomainName) bool {
		return d.DomainName == in.DomainName && !slices.Contains(in.EndpointConfiguration.Types, "PRIVATE")
	}) {
		return nil, service.Conflict("The domain name you provided already exists.")
	}
	d := &world.DomainName{DomainNameWire: world.DomainNameWire{
		DomainName: in.DomainName, CertificateName: in.CertificateName, CertificateArn: in.CertificateArn,
		RegionalCertificateName: in.RegionalCertificateName, RegionalCertificateArn: in.RegionalCertificateArn,
		EndpointConfiguration: in.EndpointConfiguration, Tags: in.Tags, SecurityPolicy: in.SecurityPolicy,
		EndpointAccessMode: in.EndpointAccessMode, MutualTLSAuthentication: in.MutualTLSAuthentication, Policy: in.Policy,
		OwnershipVerificationCertificateArn: in.OwnershipVerificationCertificateArn, RoutingMode: in.RoutingMode,
	}}
	if err := checkDomain(r, d); err != nil {
		return nil, err
	}
	r.Region.CompleteDomainName(&d.DomainNameWire)
	r.Region.DomainNames = append(r.Region.DomainNames, d)
	return d.DomainNameWire, nil
}

func deleteDomainName(r *service.Request) (any, error) {
	d, err := domainName(r)
	if err != nil {
		return nil, err
	}
	r.Region.DomainNames = slices.DeleteFunc(r.Region.DomainNames, func(x *world.DomainName) bool { return x == d })
	return nil, nil
}

// updateDomainName applies all operations or none.
func updateDomainName(r *service.Request) (any, error) {
	d, err := domainName(r)
	if err != nil {
		return nil, err
	}
	ops, err := patches(r)
	if err != nil {
		return nil, err
	}
	if gateway.Value(d.DomainNameStatus) == "UPDATING" {
		return nil, service.Conflict("The domain name is being updated. Please try again when its status is AVAILABLE.")
	}
	next, err := gateway.Clone(d)
	if err != nil {
		return nil, err
	}
	for _, p := range ops {
		if err := patchDomain(next, p); err != nil {
			return nil, err
		}
	}
	if err := checkDomain(r, next); err != nil {
		return nil, err
	}
	legacy := !strings.HasPrefix(gateway.Value(d.SecurityPolicy), enhanced)
	if legacy && strings.HasPrefix(gateway.Value(next.SecurityPolicy), enhanced) && !touches(ops, "/endpointAccessMode") {
		return nil, needsAccessMode(*next.SecurityPolicy)
	}
	next.DomainNameStatus = world.Ptr("UPDATING")
	next.StatusUntil = &world.Epoch{Time: r.Now.Add(r.World.DomainDelay)}
	*d = *next
	return d.DomainNameWire, nil
}

const domainPaths = "/certificateArn, /certificateName, /endpointAccessMode, /endpointConfiguration/ipAddressType, /mutualTlsAuthentication/truststoreUri, " +
	"/mutualTlsAuthentication/truststoreVersion, /regionalCertificateArn, /regionalCertificateName, /routingMode, /securityPolicy"

func patchDomain(d *world.DomainName, p patch) error {
	set := map[string]**string{
		"/certificateArn": &d.CertificateArn, "/certificateName": &d.CertificateName, "/endpointAccessMode": &d.EndpointAccessMode,
		"/regionalCertificateArn": &d.RegionalCertificateArn, "/regionalCertificateName": &d.RegionalCertificateName,
		"/routingMode": &d.RoutingMode, "/securityPolicy": &d.SecurityPolicy,
		"/endpointConfiguration/ipAddressType": &d.EndpointConfiguration.IPAddressType,
	}
	if p.Path == "/mutualTlsAuthentication/truststoreUri" || p.Path == "/mutualTlsAuthentication/truststoreVersion" {
		if d.MutualTLSAuthentication == nil {
			d.MutualTLSAuthentication = &world.MutualTLS{}
		}
		set["/mutualTlsAuthentication/truststoreUri"] = &d.MutualTLSAuthentication.TruststoreURI
		set["/mutualTlsAuthentication/truststoreVersion"] = &d.MutualTLSAuthentication.TruststoreVersion
	}
	to := set[p.Path]
	if to == nil {
		return p.unknown(domainPaths)
	}
	if err := p.only("replace"); err != nil {
		return err
	}
	*to = gateway.OrNil(p.Value)
	if m := d.MutualTLSAuthentication; m != nil && m.TruststoreURI == nil && p.Path == "/mutualTlsAuthentication/truststoreUri" {
		d.MutualTLSAuthentication = nil
	}
	return nil
}
