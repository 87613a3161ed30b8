package apigateway

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/room"
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
	return gatewayList("GetApiMappings", domainPath+"/apimappings", "Items")
}
func getAPI() *awsclient.Call { return gatewayCall("GetApi", "GET", "/apis/*", "ApiId") }

// domainDriver is for custom domain names, public and private.
type domainDriver struct {
	*drive.Service
	drive.Lasting
}

// named is the input that names the domain name of an ARN: by its name and, of a
// private one, its id.
func (d domainDriver) named(thing plan.Thing) (room.Tree, error) {
	ids, err := ids(d.Service, thing, "domainnames")
	if err != nil {
		return nil, err
	}
	name, id, private := strings.Cut(ids[0], "+")
	in := room.Tree{"domainName": name}
	if private {
		in["domainNameId"] = id
	}
	return in, nil
}

func (d domainDriver) domain(ctx context.Context, thing plan.Thing) (room.Tree, error) {
	in, err := d.named(thing)
	if err != nil {
		return nil, err
	}
	return d.About(ctx, restAPIs, getDomainName(), in, "domain name")
}

func (d domainDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (drive.State, error) {
	domain, err := d.domain(ctx, thing)
	if drive.Missing(err) {
		return drive.State{}, nil
	}
	if err != nil {
		return drive.State{}, err
	}
	mapped := false
	if slices.Contains(properties, "HttpApiMapped") && regional(domain) {
		if mapped, err = d.servesHTTPAPI(ctx, room.TextOf(domain, "domainName")); err != nil {
			return drive.State{}, err
		}
		if domain, err = d.domain(ctx, thing); drive.Missing(err) { // as it is after the other calls
			return drive.State{}, nil
		} else if err != nil {
			return drive.State{}, err
		}
	}
	return drive.StateOf(d, thing, properties, func(name string) (any, bool) {
		switch name {
		case "SecurityPolicy", "EndpointAccessMode", "EndpointConfiguration.Types", "MutualTlsAuthentication.TruststoreUri":
			return drive.Says(domain, name), true
		case "HttpApiMapped":
			return mapped, true
		}
		return nil, false
	})
}

// regional tells whether HTTP APIs can be mapped to the domain name at all.
func regional(domain room.Tree) bool {
	return slices.Contains(room.Items(domain, "endpointConfiguration.types"), any("REGIONAL"))
}

// servesHTTPAPI tells whether an HTTP API is mapped to the domain name.
func (d domainDriver) servesHTTPAPI(ctx context.Context, name string) (bool, error) {
	asked := map[string]bool{}
	for page, err := range awsclient.List(ctx, d.Lane, getAPIMappings(), d.Wire, httpAPIs, room.Tree{"DomainName": name, "MaxResults": "500"}) {
		if err != nil {
			return false, err
		}
		for _, m := range page {
			if id := room.TextOf(m, "ApiId"); !asked[id] {
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
	api, err := d.About(ctx, httpAPIs, getAPI(), room.Tree{"ApiId": id}, "API")
	if drive.Missing(err) {
		return false, nil
	}
	return err == nil && api["ProtocolType"] == "HTTP", err
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
func (d domainDriver) Write(ctx context.Context, thing plan.Thing, w drive.Writing) (drive.Written, error) {
	in, err := d.named(thing)
	if err != nil {
		return drive.Written{}, err
	}
	paths := map[string]string{"SecurityPolicy": "/securityPolicy", "EndpointAccessMode": "/endpointAccessMode"}
	group := drive.Names(w.Want)
	for _, property := range group {
		if paths[property] == "" {
			return drive.Written{}, drive.Wrong("an %s has no property %s that kumoban can write", thing.Type, property)
		}
	}
	w.Look = slices.Concat(w.Look, d.Along(w.Want))
	_, done, err := drive.WriteWith(ctx, d.Service, updateDomainName(), thing, &w, group, d.Read, func(ctx context.Context, state drive.State, values map[string]any) (room.Tree, error) {
		sent := maps.Clone(values)
		for _, property := range d.Along(values) {
			if v := state.Values[property]; v != nil {
				sent[property] = v
			}
		}
		var operations []any
		for _, property := range drive.Names(sent) {
			value, err := drive.Text(sent, property)
			if err != nil {
				return nil, err
			}
			operations = append(operations, replace(paths[property], value))
		}
		return d.Send(ctx, restAPIs, updateDomainName(), room.With(in, "patchOperations", operations))
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
	status := domain["domainNameStatus"]
	return err == nil && status != "UPDATING" && status != "PENDING", err
}

// Calls knows that IAM judges a private domain name by an ARN with the account.
func (d domainDriver) Calls(step *plan.Step) []*awsclient.Call {
	calls, private := []*awsclient.Call{getDomainName(), updateDomainName()}, []*awsclient.Call{getDomainName(), updateDomainName()}
	for _, c := range private {
		c.Resource = d.Here("/domainnames/*+*")
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
