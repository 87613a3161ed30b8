package awslive

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	v1 "github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/apigateway"
)

// restAPIs reads every REST API with its stages: ⌈R/500⌉ + R calls, and
// GetResources for those whose integrations a control asks for.
func (s *scope) restAPIs(ctx context.Context, out yield) error {
	apis, err := s.listRestAPIs(ctx)
	if err := s.listing(err, len(apis), out, restTypes()...); err != nil {
		return err
	}
	o := origin(getRestApis())
	listed := sync.OnceValues(func() (map[string]bool, error) {
		again, err := s.listRestAPIs(ctx)
		return idsOf(again, func(a *types.RestApi) *string { return a.Id }), err
	})
	return ordered(ctx, unique(apis, func(a *types.RestApi) *string { return a.Id }),
		func(ctx context.Context, a *types.RestApi) (resource.Unit, error) {
			u, err := s.restAPI(ctx, a, o)
			if err != nil {
				return u, err
			}
			return s.whole(u, aws.ToString(a.Id), listed)
		}, out)
}

func restTypes() []resource.Type {
	return []resource.Type{apigateway.RestApiType, apigateway.StageType, apigateway.MethodType}
}

func (s *scope) listRestAPIs(ctx context.Context) ([]types.RestApi, error) {
	call := s.top(ctx, getRestApis(), restTypes()...)
	return list(ctx, s, call, func(ctx context.Context, token *string) (p awsclient.Page[types.RestApi], err error) {
		out, err := s.v1.GetRestApis(ctx, &v1.GetRestApisInput{Limit: aws.Int32(pageSize), Position: token})
		if err == nil {
			p.Items, p.Next = out.Items, out.Position
		}
		return p, err
	})
}

func (s *scope) restAPI(ctx context.Context, in *types.RestApi, o *fact.Origin) (resource.Unit, error) {
	if aws.ToString(in.Id) == "" {
		return s.nameless(getRestApis(), resource.Ref{}, apigateway.RestApiType, apigateway.StageType), nil
	}
	id, api := *in.Id, s.makeRestAPI(in, o)
	u := resource.Unit{Resources: []resource.Resource{api}}
	if err := s.restStages(ctx, id, api, &u); err != nil {
		return u, err
	}
	if s.set.Reads(apigateway.MethodType, u) {
		if err := s.restMethods(ctx, id, api, &u); err != nil {
			return u, err
		}
	}
	return u, nil
}

func (s *scope) makeRestAPI(in *types.RestApi, o *fact.Origin) *apigateway.RestApi {
	id := aws.ToString(in.Id)
	api := &apigateway.RestApi{Meta: s.meta(apigateway.RestApiType, "/restapis/"+id, named(in.Name, id), o)}
	fillApigatewayRestApi(api, in, o)
	return api
}

func (s *scope) makeRestStage(id string, api *apigateway.RestApi, in *types.Stage, o *fact.Origin) *apigateway.Stage {
	name := aws.ToString(in.StageName)
	stage := &apigateway.Stage{Meta: s.meta(apigateway.StageType, "/restapis/"+id+"/stages/"+name, api.Ref.Name+"/"+name, o), RestApi: api}
	fillApigatewayStage(stage, in, o)
	return stage
}

func (s *scope) restStages(ctx context.Context, id string, api *apigateway.RestApi, u *resource.Unit) error {
	call := getStages()
	answer, err := awsclient.Do(ctx, s.lane, call, func(ctx context.Context) (*v1.GetStagesOutput, error) {
		return s.v1.GetStages(ctx, &v1.GetStagesInput{RestApiId: &id})
	})
	if err != nil {
		return s.partGap(err, u, api.Ref, apigateway.StageType)
	}
	o := origin(call)
	var stages []*apigateway.Stage
	items := unique(answer.Item, func(in *types.Stage) *string { return in.StageName })
	for i := range items {
		if aws.ToString(items[i].StageName) == "" {
			err = awsclient.NewGarbled(call, "a stage has no name")
			continue
		}
		stage := s.makeRestStage(id, api, &items[i], o)
		stages = append(stages, stage)
		u.Resources = append(u.Resources, stage)
	}
	if err != nil {
		api.Stages = fact.Unread[[]*apigateway.Stage](unread(err))
		return s.partGap(err, u, api.Ref, apigateway.StageType)
	}
	api.Stages = fact.Set(stages, o)
	return nil
}

// restMethods reads every method with its integration in one call a page.
func (s *scope) restMethods(ctx context.Context, id string, api *apigateway.RestApi, u *resource.Unit) error {
	call := getResources()
	resources, err := list(ctx, s, call, func(ctx context.Context, token *string) (p awsclient.Page[types.Resource], err error) {
		out, err := s.v1.GetResources(ctx, &v1.GetResourcesInput{RestApiId: &id, Embed: []string{"methods"}, Limit: aws.Int32(pageSize), Position: token})
		if err == nil {
			p.Items, p.Next = out.Items, out.Position
		}
		return p, err
	})
	if err == nil && !slices.ContainsFunc(resources, func(r types.Resource) bool { return aws.ToString(r.Path) == "/" }) {
		err = awsclient.NewGarbled(call, "the listing lacks the root, which every API has")
	}
	o := origin(call)
	var methods []*apigateway.Method
	for i := range resources {
		r := &resources[i]
		if aws.ToString(r.Id) == "" {
			err = awsclient.NewGarbled(call, "a resource has no id")
			continue
		}
		for verb, in := range r.ResourceMethods {
			m := &apigateway.Method{
				Meta:    s.meta(apigateway.MethodType, "/restapis/"+id+"/resources/"+aws.ToString(r.Id)+"/methods/"+verb, verb+" "+aws.ToString(r.Path), o),
				RestApi: api,
			}
			fillApigatewayMethod(m, &in, o)
			if in.HttpMethod == nil || in.MethodIntegration != nil && in.MethodIntegration.Type == "" {
				// AWS says neither only where it was not asked to embed the methods.
				err = awsclient.NewGarbled(call, "a method is not described")
				m.Integration = fact.Unread[apigateway.Integration](unread(err))
			}
			methods = append(methods, m)
		}
	}
	if err != nil {
		// What was read may hold a violation that is known; a method that is none stands for the rest.
		rest := &apigateway.Method{Meta: s.meta(apigateway.MethodType, "/restapis/"+id+"/resources", "?", o), RestApi: api}
		rest.Integration = fact.Unread[apigateway.Integration](unread(err))
		api.Methods = fact.Set(append(methods, rest), o)
		if len(resources) == 0 {
			api.Methods = fact.Unread[[]*apigateway.Method](unread(err))
		}
		return s.partGap(err, u, api.Ref, apigateway.MethodType)
	}
	api.Methods = fact.Set(methods, o)
	return nil
}

// unread is the origin of a value that a failed call hides.
func unread(err error) *fact.Origin {
	f := awsclient.AsFault(err)
	return &fact.Origin{Call: f.Call, Fault: f.Code}
}

// domainNames reads the custom domain names of the account, public and
// private, but not those that other accounts share with it.
func (s *scope) domainNames(ctx context.Context, out yield) error {
	call := s.top(ctx, getDomainNames(), apigateway.DomainNameType)
	names, err := list(ctx, s, call, func(ctx context.Context, token *string) (p awsclient.Page[types.DomainName], err error) {
		out, err := s.v1.GetDomainNames(ctx, &v1.GetDomainNamesInput{Limit: aws.Int32(pageSize), Position: token, ResourceOwner: types.ResourceOwnerSelf})
		if err == nil {
			p.Items, p.Next = out.Items, out.Position
		}
		return p, err
	})
	if err := s.listing(err, len(names), out, apigateway.DomainNameType); err != nil {
		return err
	}
	o := origin(call)
	seen := map[string]bool{}
	for i := range names {
		in := &names[i]
		u := s.nameless(call, resource.Ref{}, apigateway.DomainNameType)
		if aws.ToString(in.DomainName) != "" {
			d := s.makeDomainName(in, o)
			if seen[d.ARN] {
				continue // a listing may give one twice when something changes between two pages
			}
			seen[d.ARN] = true
			u = resource.Unit{Resources: []resource.Resource{d}}
		}
		if err := out(u); err != nil {
			return err
		}
	}
	return nil
}

func (s *scope) makeDomainName(in *types.DomainName, o *fact.Origin) *apigateway.DomainName {
	name := aws.ToString(in.DomainName)
	d := &apigateway.DomainName{Meta: s.meta(apigateway.DomainNameType, "/domainnames/"+name, name, o)}
	if arn := aws.ToString(in.DomainNameArn); strings.HasPrefix(arn, "arn:") {
		d.ARN = arn // a private name may exist twice; only AWS's ARN tells them apart
	}
	fillApigatewayDomainName(d, in, o)
	return d
}
