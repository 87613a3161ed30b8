package awslive

import (
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/types/apigateway"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

// call declares one of API Gateway's reading calls: its IAM actions are HTTP
// verbs on paths.
func call(operation, path, expect string) *awsclient.Call {
	return &awsclient.Call{Service: "apigateway", Operation: operation, Action: "GET", Resource: "::" + path, Expect: expect}
}

// listing declares a call whose answer may be empty.
func listing(operation, path, expect string) *awsclient.Call {
	c := call(operation, path, expect)
	c.MayLack = true
	return c
}

// The calls of a scan, each beside the action it needs. They are constants in
// all but name.
func getRestApis() *awsclient.Call    { return listing("GetRestApis", "/restapis", "item") }
func getDomainNames() *awsclient.Call { return listing("GetDomainNames", "/domainnames", "item") }
func getApis() *awsclient.Call        { return listing("GetApis", "/apis", "items") }
func getV2Stages() *awsclient.Call    { return listing("GetStages", "/apis/*/stages", "items") }
func getRoutes() *awsclient.Call      { return listing("GetRoutes", "/apis/*/routes", "items") }
func getIntegrations() *awsclient.Call {
	return listing("GetIntegrations", "/apis/*/integrations", "items")
}
func getVpcLinks() *awsclient.Call { return listing("GetVpcLinks", "/vpclinks", "items") }

func getStages() *awsclient.Call {
	c := listing("GetStages", "/restapis/*/stages", "item")
	c.Leads = true // a stage without a certificate asks for GetResources
	return c
}

// getResources is never answered with nothing: an API has its root.
func getResources() *awsclient.Call {
	c := call("GetResources", "/restapis/*/resources", "item")
	c.Quota = &awsclient.Quota{Rate: 2.5, Burst: 5}
	return c
}

func getCallerIdentity() *awsclient.Call {
	return &awsclient.Call{Service: "sts", Operation: "GetCallerIdentity", Action: "GetCallerIdentity", Resource: "*"}
}

func assumeRole() *awsclient.Call {
	return &awsclient.Call{Service: "sts", Operation: "AssumeRole", Action: "AssumeRole", Resource: "::role"}
}

func listRegions() *awsclient.Call {
	return &awsclient.Call{Service: "account", Operation: "ListRegions", Action: "ListRegions", Resource: "*", Expect: "Regions"}
}

// The calls about one thing, which fixing it and looking again need.
func getRestApi() *awsclient.Call    { return call("GetRestApi", "/restapis/*", "id") }
func getStage() *awsclient.Call      { return call("GetStage", "/restapis/*/stages/*", "stageName") }
func getDomainName() *awsclient.Call { return call("GetDomainName", "/domainnames/*", "domainName") }
func getApi() *awsclient.Call        { return call("GetApi", "/apis/*", "apiId") }
func getV2Stage() *awsclient.Call    { return call("GetStage", "/apis/*/stages/*", "stageName") }
func getRoute() *awsclient.Call      { return call("GetRoute", "/apis/*/routes/*", "routeId") }
func getIntegration() *awsclient.Call {
	return call("GetIntegration", "/apis/*/integrations/*", "integrationId")
}
func getAccount() *awsclient.Call { return call("GetAccount", "/account", "throttleSettings") }

// getPrivateDomainName is getDomainName where the name is private: IAM knows it
// by an ARN with the account.
func getPrivateDomainName() *awsclient.Call {
	c := getDomainName()
	c.Resource = ":*:/domainnames/*+*"
	return c
}

// The calls that find out which APIs custom domain names lead to. A private name
// is known to IAM by an ARN with the account, and so are routing rules.
func getAPIMappings() *awsclient.Call {
	return listing("GetApiMappings", "/domainnames/*/apimappings", "items")
}

func getPrivateMappings() *awsclient.Call {
	c := listing("GetBasePathMappings", "", "item")
	c.Resource = ":*:/domainnames/*+*"
	return c
}

func listRoutingRules() *awsclient.Call {
	return &awsclient.Call{Service: "apigateway", Operation: "ListRoutingRules", Action: "ListRoutingRules", Resource: ":*:/domainnames/*", Expect: "routingRules", MayLack: true}
}

// DomainCalls lists every call by which a scan learns which APIs custom domain
// names lead to.
func DomainCalls() []*awsclient.Call {
	return []*awsclient.Call{getDomainNames(), getAPIMappings(), getPrivateMappings(), listRoutingRules()}
}

// needs says what the controls of a run make necessary.
type needs struct {
	rest, restMethods, domains, v2Stages, routes, integrations bool
}

func needsOf(set control.Set) needs {
	return needs{
		rest:         set.Judges(apigateway.StageType),
		restMethods:  set.MayRead(apigateway.MethodType),
		domains:      set.Judges(apigateway.DomainNameType),
		v2Stages:     set.Judges(apigatewayv2.StageType),
		routes:       set.Judges(apigatewayv2.RouteType),
		integrations: set.Judges(apigatewayv2.IntegrationType),
	}
}

func (n needs) v2() bool { return n.v2Stages || n.routes || n.integrations }

// Calls lists every call that a scan with these controls may make in an
// account, without those that find out who and where (sts, account).
func Calls(set control.Set) []*awsclient.Call {
	n := needsOf(set)
	var calls []*awsclient.Call
	add := func(needed bool, c *awsclient.Call) {
		if needed {
			calls = append(calls, c)
		}
	}
	add(n.rest, getRestApis())
	add(n.rest, getStages())
	add(n.restMethods, getResources())
	add(n.domains, getDomainNames())
	add(n.v2(), getApis())
	add(n.v2Stages, getV2Stages())
	add(n.routes, getRoutes())
	add(n.integrations, getIntegrations())
	add(n.integrations, getVpcLinks())
	return calls
}

// OneCalls lists every call that [Session.One] may make for resources that
// these controls judge.
func OneCalls(set control.Set) []*awsclient.Call {
	n := needsOf(set)
	var calls []*awsclient.Call
	add := func(needed bool, c ...*awsclient.Call) {
		if needed {
			calls = append(calls, c...)
		}
	}
	add(n.rest, getRestApi(), getStage())
	add(n.restMethods, getResources())
	add(n.domains, getDomainName(), getPrivateDomainName())
	add(n.v2(), getApi())
	add(n.v2Stages, getV2Stage())
	add(n.routes, getRoute())
	add(n.integrations, getIntegration())
	return calls
}

// AccountRoleCall is the call of [Session.AccountRole].
func AccountRoleCall() *awsclient.Call { return getAccount() }
