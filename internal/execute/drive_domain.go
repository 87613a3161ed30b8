package execute

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	v1 "github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	v2 "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	v2types "github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
)

const domainPath = "/domainnames/*"

func getDomainName() *awsclient.Call {
	return gatewayCall("GetDomainName", "GET", domainPath, "domainName")
}
func updateDomainName() *awsclient.Call {
	c := gatewayCall("UpdateDomainName", "PATCH", domainPath, "domainName")
	c.Quota = &awsclient.Quota{Rate: 1.0 / 30, Burst: 1}
	return c
}
func getAPIMappings() *awsclient.Call {
	return gatewayList("GetApiMappings", domainPath+"/apimappings", "items")
}
func getAPI() *awsclient.Call { return gatewayCall("GetApi", "GET", "/apis/*", "apiId") }

// domainDriver is for custom domain names, public and private.
type domainDriver struct {
	*service
	lasting
}

// named takes the name and, of a private domain name, the id out of its ARN.
func (d domainDriver) named(thing plan.Thing) (name string, id *string, err error) {
	ids, err := d.ids(thing, "domainnames")
	if err != nil {
		return "", nil, err
	}
	name, private, isPrivate := strings.Cut(ids[0], "+")
	if isPrivate {
		id = &private
	}
	return name, id, nil
}

func (d domainDriver) domain(ctx context.Context, thing plan.Thing) (*v1.GetDomainNameOutput, error) {
	name, id, err := d.named(thing)
	if err != nil {
		return nil, err
	}
	out, err := do(ctx, d.service, getDomainName(), d.v1().GetDomainName, &v1.GetDomainNameInput{DomainName: &name, DomainNameId: id})
	if err == nil && aws.ToString(out.DomainName) != name {
		err = awsclient.NewGarbled(getDomainName(), "the answer is about another domain name")
	}
	return out, err
}

func (d domainDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (State, error) {
	domain, err := d.domain(ctx, thing)
	if missing(err) {
		return State{}, nil
	}
	if err != nil {
		return State{}, err
	}
	mapped := false
	if slices.Contains(properties, "HttpApiMapped") && regional(domain) {
		if mapped, err = d.servesHTTPAPI(ctx, domain); err != nil {
			return State{}, err
		}
		if domain, err = d.domain(ctx, thing); missing(err) { // as it is after the other calls
			return State{}, nil
		} else if err != nil {
			return State{}, err
		}
	}
	return stateOf(d, thing, properties, func(name string) (any, bool) {
		switch name {
		case "SecurityPolicy":
			return filled(&domain.SecurityPolicy), true
		case "EndpointAccessMode":
			return filled(&domain.EndpointAccessMode), true
		case "HttpApiMapped":
			return mapped, true
		case "MutualTlsAuthentication.TruststoreUri":
			if domain.MutualTlsAuthentication == nil {
				return nil, true
			}
			return filled(domain.MutualTlsAuthentication.TruststoreUri), true
		case "EndpointConfiguration.Types":
			if domain.EndpointConfiguration == nil {
				return nil, true
			}
			var list []string
			for _, t := range domain.EndpointConfiguration.Types {
				list = append(list, string(t))
			}
			return list, true
		}
		return nil, false
	})
}

// regional tells whether HTTP APIs can be mapped to the domain name at all.
func regional(domain *v1.GetDomainNameOutput) bool {
	e := domain.EndpointConfiguration
	return e != nil && slices.Contains(e.Types, types.EndpointTypeRegional)
}

// servesHTTPAPI tells whether an HTTP API is mapped to the domain name.
func (d domainDriver) servesHTTPAPI(ctx context.Context, domain *v1.GetDomainNameOutput) (bool, error) {
	asked := map[string]bool{}
	for page, err := range list(ctx, d.service, getAPIMappings(), d.v2().GetApiMappings, func(token *string) *v2.GetApiMappingsInput {
		return &v2.GetApiMappingsInput{DomainName: domain.DomainName, MaxResults: aws.String("500"), NextToken: token}
	}, func(out *v2.GetApiMappingsOutput) ([]v2types.ApiMapping, *string) { return out.Items, out.NextToken }) {
		if err != nil {
			return false, err
		}
		for _, m := range page {
			if id := aws.ToString(m.ApiId); !asked[id] {
				asked[id] = true
				if http, err := d.isHTTPAPI(ctx, id); http || err != nil {
					return http, err
				}
			}
		}
	}
	return false, nil
}

// isHTTPAPI is false for an API that version 2 does not know: a REST API.
func (d domainDriver) isHTTPAPI(ctx context.Context, id string) (bool, error) {
	api, err := do(ctx, d.service, getAPI(), d.v2().GetApi, &v2.GetApiInput{ApiId: &id})
	switch {
	case missing(err):
		return false, nil
	case err != nil:
		return false, err
	case aws.ToString(api.ApiId) != id:
		return false, awsclient.NewGarbled(getAPI(), "the answer is about another API")
	}
	return api.ProtocolType == v2types.ProtocolTypeHttp, nil
}

// Along is the one of policy and access mode that is not written: AWS wants
// both in one call.
func (domainDriver) Along(values map[string]any) []string {
	return slices.DeleteFunc([]string{"EndpointAccessMode", "SecurityPolicy"}, func(name string) bool {
		_, named := values[name]
		return named || len(values) == 0
	})
}

// Write changes policy and access mode in one call: AWS refuses an enhanced
// policy without a mode, and takes an empty mode for none. The one that stays is
// sent as it was read just before.
func (d domainDriver) Write(ctx context.Context, thing plan.Thing, w Writing) (Written, error) {
	name, id, err := d.named(thing)
	if err != nil {
		return Written{}, err
	}
	paths := map[string]string{"SecurityPolicy": "/securityPolicy", "EndpointAccessMode": "/endpointAccessMode"}
	group := names(w.Want)
	for _, property := range group {
		if paths[property] == "" {
			return Written{}, wrong("an %s has no property %s that kumoban can write", thing.Type, property)
		}
	}
	w.Look = slices.Concat(w.Look, d.Along(w.Want))
	_, done, err := writeWith(ctx, d.service, updateDomainName(), thing, &w, group, d.Read, func(ctx context.Context, state State, values map[string]any) (*v1.UpdateDomainNameOutput, error) {
		sent := maps.Clone(values)
		for _, property := range d.Along(values) {
			if v := state.Values[property]; v != nil {
				sent[property] = v
			}
		}
		var operations []types.PatchOperation
		for _, property := range names(sent) {
			value, err := text(sent, property)
			if err != nil {
				return nil, err
			}
			operations = append(operations, types.PatchOperation{Op: types.OpReplace, Path: aws.String(paths[property]), Value: &value})
		}
		return d.v1().UpdateDomainName(ctx, &v1.UpdateDomainNameInput{DomainName: &name, DomainNameId: id, PatchOperations: operations})
	})
	return done, err
}

// Settled waits for an update under way. A domain name in another state, such
// as one whose certificate waits for somebody, does not settle by waiting.
func (d domainDriver) Settled(ctx context.Context, thing plan.Thing, wait remedy.Wait) (bool, error) {
	if wait != remedy.DomainReady {
		return true, nil
	}
	domain, err := d.domain(ctx, thing)
	if err != nil {
		return false, err
	}
	return domain.DomainNameStatus != types.DomainNameStatusUpdating && domain.DomainNameStatus != types.DomainNameStatusPending, nil
}

// Calls knows that IAM judges a private domain name by an ARN with the account.
func (d domainDriver) Calls(step *plan.Step) []*awsclient.Call {
	calls, private := []*awsclient.Call{getDomainName(), updateDomainName()}, []*awsclient.Call{getDomainName(), updateDomainName()}
	for _, c := range private {
		c.Resource = d.here("/domainnames/*+*")
	}
	switch {
	case step.Thing.ARN == "": // any
		calls = append(calls, private...)
	case strings.Contains(step.Thing.ARN, "+"):
		return private // HTTP APIs are mapped to Regional ones only
	}
	for _, g := range step.Guards {
		if g.Property == "HttpApiMapped" {
			calls = append(calls, getAPIMappings(), getAPI())
		}
	}
	return calls
}
