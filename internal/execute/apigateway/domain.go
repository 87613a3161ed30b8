package apigateway

import (
	"context"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/room"
	"github.com/kumoban/kumoban/types/apigateway"
)

const domainPath = "/domainnames/*"

func getAPIMappings() *awsclient.Call {
	return gatewayList("GetApiMappings", domainPath+"/apimappings", "Items")
}
func getAPI() *awsclient.Call { return gatewayCall("GetApi", "GET", "/apis/*", "ApiId") }

// apiMapped is whether an HTTP API is mapped to a domain name, which that does not tell.
const apiMapped = "HttpApiMapped"

// domainDriver is for custom domain names, public and private.
type domainDriver struct{ drive.RoomDriver }

func newDomainDriver(s *drive.Service) domainDriver {
	d := domainDriver{s.OfRoom(apigateway.DomainNameType)}
	d.Beside = map[string]drive.Beside{apiMapped: d.servesHTTPAPI}
	return d
}

// servesHTTPAPI tells whether an HTTP API is mapped to the domain name: only to a
// Regional one it can be.
func (d domainDriver) servesHTTPAPI(ctx context.Context, domain room.Tree, _ string) (mapped any, asked bool, err error) {
	if !slices.Contains(room.Items(domain, "endpointConfiguration.types"), any("REGIONAL")) {
		return false, false, nil
	}
	known := map[string]bool{}
	in := room.Tree{"DomainName": room.TextOf(domain, "domainName"), "MaxResults": "500"}
	for page, err := range awsclient.List(ctx, d.Lane, getAPIMappings(), d.Wire, httpAPIs, in) {
		if err != nil {
			return false, true, err
		}
		for _, m := range page {
			if id := room.TextOf(m, "ApiId"); !known[id] {
				known[id] = true
				if http, err := d.isHTTPAPI(ctx, id); http || err != nil {
					return http, true, err
				}
			}
		}
	}
	return false, true, nil
}

// isHTTPAPI is false for an API that version 2 does not know: a REST API.
func (d domainDriver) isHTTPAPI(ctx context.Context, id string) (bool, error) {
	api, err := d.About(ctx, httpAPIs, getAPI(), room.Tree{"ApiId": id}, "API")
	if drive.Missing(err) {
		return false, nil
	}
	return err == nil && api["ProtocolType"] == "HTTP", err
}

// Calls knows that IAM judges a private domain name by an ARN with the account.
func (d domainDriver) Calls(step *plan.Step) []*awsclient.Call {
	calls, private := d.RoomDriver.Calls(step), d.RoomDriver.Calls(step)
	for _, c := range private {
		c.Resource = d.Here("/domainnames/*+*")
	}
	switch {
	case step.Thing.ARN == "": // any
		calls = append(calls, private...)
	case strings.Contains(step.Thing.ARN, "+"):
		return private // HTTP APIs are mapped to Regional ones only
	}
	if slices.ContainsFunc(step.Guards, func(g plan.Guard) bool { return g.Property == apiMapped }) {
		calls = append(calls, getAPIMappings(), getAPI())
	}
	return calls
}
