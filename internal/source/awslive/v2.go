package awslive

import (
	"context"
	"strconv"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	v2 "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

// maxResults is pageSize; it is a string in this API.
func maxResults() *string { return aws.String(strconv.Itoa(pageSize)) }

// v2APIs reads every HTTP and WebSocket API: ⌈H/500⌉ calls and up to three for
// each API. Integrations are not asked for where the account has no VPC link,
// for then none of them can be private.
func (s *scope) v2APIs(ctx context.Context, out yield) error {
	apis, err := s.listV2APIs(ctx)
	if err := s.listing(err, len(apis), out, v2Types()...); err != nil {
		return err
	}
	integrations := false
	if s.needs.integrations && len(apis) > 0 {
		if integrations, err = s.mayBePrivate(ctx); err != nil {
			return err
		}
	}
	o := origin(getApis())
	listed := sync.OnceValues(func() (map[string]bool, error) {
		again, err := s.listV2APIs(ctx)
		return idsOf(again, func(a *types.Api) *string { return a.ApiId }), err
	})
	return ordered(ctx, unique(apis, func(a *types.Api) *string { return a.ApiId }),
		func(ctx context.Context, a *types.Api) (resource.Unit, error) {
			u, err := s.v2API(ctx, a, o, integrations)
			if err != nil {
				return u, err
			}
			return s.whole(u, aws.ToString(a.ApiId), listed)
		}, out)
}

func v2Types() []resource.Type {
	return []resource.Type{apigatewayv2.ApiType, apigatewayv2.StageType, apigatewayv2.RouteType, apigatewayv2.IntegrationType}
}

func (s *scope) listV2APIs(ctx context.Context) ([]types.Api, error) {
	call := s.top(ctx, getApis(), v2Types()...)
	return list(ctx, s, call, func(ctx context.Context, token *string) (p awsclient.Page[types.Api], err error) {
		out, err := s.v2.GetApis(ctx, &v2.GetApisInput{MaxResults: maxResults(), NextToken: token})
		if err == nil {
			p.Items, p.Next = out.Items, out.NextToken
		}
		return p, err
	})
}

// mayBePrivate tells whether there is a VPC link; if that cannot be learnt,
// the integrations are asked for themselves.
func (s *scope) mayBePrivate(ctx context.Context) (bool, error) {
	for links, err := range awsclient.Pages(ctx, s.lane, s.top(ctx, getVpcLinks(), apigatewayv2.IntegrationType), func(ctx context.Context, token *string) (p awsclient.Page[types.VpcLink], err error) {
		out, err := s.v2.GetVpcLinks(ctx, &v2.GetVpcLinksInput{MaxResults: maxResults(), NextToken: token})
		if err == nil {
			p.Items, p.Next = out.Items, out.NextToken
		}
		return p, err
	}) {
		switch {
		case err != nil && awsclient.AsFault(err).Class == awsclient.Interrupted:
			return false, err
		case err != nil, len(links) > 0:
			return true, nil
		}
	}
	return false, nil
}

func (s *scope) v2API(ctx context.Context, in *types.Api, o *fact.Origin, integrations bool) (resource.Unit, error) {
	if aws.ToString(in.ApiId) == "" {
		return s.nameless(getApis(), resource.Ref{}, v2Types()...), nil
	}
	id, api := *in.ApiId, s.makeV2API(in, o)
	u := resource.Unit{Resources: []resource.Resource{api}}
	if api.ProtocolType.Present() == fact.Unknown {
		u.Gaps = append(u.Gaps, s.hidden(awsclient.NewGarbled(getApis(), "an API has no protocol that is known"), api.Ref))
	}
	for _, read := range []struct {
		needed bool
		parts  func(context.Context, string, *apigatewayv2.Api, *resource.Unit) error
	}{
		{s.needs.v2Stages, s.v2Stages},
		{s.needs.routes, s.v2Routes},
		{integrations, s.v2Integrations},
	} {
		if !read.needed {
			continue
		}
		if err := read.parts(ctx, id, api, &u); err != nil {
			return u, err
		}
	}
	return u, nil
}

func (s *scope) makeV2API(in *types.Api, o *fact.Origin) *apigatewayv2.Api {
	id := aws.ToString(in.ApiId)
	api := &apigatewayv2.Api{Meta: s.meta(apigatewayv2.ApiType, "/apis/"+id, named(in.Name, id), o)}
	fillApigatewayv2Api(api, in, o)
	if in.ProtocolType != types.ProtocolTypeHttp && in.ProtocolType != types.ProtocolTypeWebsocket {
		api.ProtocolType = fact.Unread[string](unread(awsclient.NewGarbled(getApis(), "")))
	}
	return api
}

func (s *scope) makeV2Stage(id string, api *apigatewayv2.Api, in *types.Stage, o *fact.Origin) *apigatewayv2.Stage {
	name := aws.ToString(in.StageName)
	stage := &apigatewayv2.Stage{Meta: s.meta(apigatewayv2.StageType, "/apis/"+id+"/stages/"+name, api.Ref.Name+"/"+name, o), Api: api}
	fillApigatewayv2Stage(stage, in, o)
	return stage
}

func (s *scope) makeV2Route(id string, api *apigatewayv2.Api, in *types.Route, o *fact.Origin) *apigatewayv2.Route {
	name := api.Ref.Name + " " + aws.ToString(in.RouteKey)
	route := &apigatewayv2.Route{Meta: s.meta(apigatewayv2.RouteType, "/apis/"+id+"/routes/"+aws.ToString(in.RouteId), name, o), Api: api}
	fillApigatewayv2Route(route, in, o)
	return route
}

func (s *scope) makeV2Integration(id string, api *apigatewayv2.Api, in *types.Integration, o *fact.Origin) *apigatewayv2.Integration {
	integrationID := aws.ToString(in.IntegrationId)
	path := "/apis/" + id + "/integrations/" + integrationID
	integration := &apigatewayv2.Integration{Meta: s.meta(apigatewayv2.IntegrationType, path, api.Ref.Name+"/"+integrationID, o), Api: api}
	fillApigatewayv2Integration(integration, in, o)
	return integration
}

func (s *scope) v2Stages(ctx context.Context, id string, api *apigatewayv2.Api, u *resource.Unit) error {
	call := getV2Stages()
	items, err := list(ctx, s, call, func(ctx context.Context, token *string) (p awsclient.Page[types.Stage], err error) {
		out, err := s.v2.GetStages(ctx, &v2.GetStagesInput{ApiId: &id, MaxResults: maxResults(), NextToken: token})
		if err == nil {
			p.Items, p.Next = out.Items, out.NextToken
		}
		return p, err
	})
	return parts(s, u, api.Ref, call, apigatewayv2.StageType, &api.Stages, items, err,
		func(in *types.Stage, o *fact.Origin) (*apigatewayv2.Stage, string) {
			return s.makeV2Stage(id, api, in, o), aws.ToString(in.StageName)
		})
}

func (s *scope) v2Routes(ctx context.Context, id string, api *apigatewayv2.Api, u *resource.Unit) error {
	call := getRoutes()
	items, err := list(ctx, s, call, func(ctx context.Context, token *string) (p awsclient.Page[types.Route], err error) {
		out, err := s.v2.GetRoutes(ctx, &v2.GetRoutesInput{ApiId: &id, MaxResults: maxResults(), NextToken: token})
		if err == nil {
			p.Items, p.Next = out.Items, out.NextToken
		}
		return p, err
	})
	return parts(s, u, api.Ref, call, apigatewayv2.RouteType, &api.Routes, items, err,
		func(in *types.Route, o *fact.Origin) (*apigatewayv2.Route, string) {
			return s.makeV2Route(id, api, in, o), aws.ToString(in.RouteId)
		})
}

func (s *scope) v2Integrations(ctx context.Context, id string, api *apigatewayv2.Api, u *resource.Unit) error {
	call := getIntegrations()
	items, err := list(ctx, s, call, func(ctx context.Context, token *string) (p awsclient.Page[types.Integration], err error) {
		out, err := s.v2.GetIntegrations(ctx, &v2.GetIntegrationsInput{ApiId: &id, MaxResults: maxResults(), NextToken: token})
		if err == nil {
			p.Items, p.Next = out.Items, out.NextToken
		}
		return p, err
	})
	return parts(s, u, api.Ref, call, apigatewayv2.IntegrationType, &api.Integrations, items, err,
		func(in *types.Integration, o *fact.Origin) (*apigatewayv2.Integration, string) {
			return s.makeV2Integration(id, api, in, o), aws.ToString(in.IntegrationId)
		})
}

// parts puts one collection of an API, as it was listed, into its unit and onto
// its parent. One that could not be read whole is a gap, and the parent's
// collection stays unknown; what was read before is judged all the same.
func parts[In any, Out resource.Resource](s *scope, u *resource.Unit, parent resource.Ref, call *awsclient.Call, t resource.Type,
	onParent *fact.Value[[]Out], items []In, err error, read func(*In, *fact.Origin) (Out, string),
) error {
	o := origin(call)
	var all []Out
	seen := map[string]bool{}
	for i := range items {
		out, id := read(&items[i], o)
		if id == "" {
			err = awsclient.NewGarbled(call, "an item of the listing has no id")
			continue
		}
		if !seen[id] {
			seen[id] = true
			all = append(all, out)
			u.Resources = append(u.Resources, out)
		}
	}
	if err != nil {
		*onParent = fact.Unread[[]Out](unread(err))
		return s.partGap(err, u, parent, t)
	}
	*onParent = fact.Set(all, o)
	return nil
}
