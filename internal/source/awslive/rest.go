package awslive

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	v1 "github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/resource/apigateway"
)

// restAPIs reads every REST API with its stages: ⌈R/500⌉ + R calls, and
// GetResources for those whose integrations a control asks for.
func (s *scope) restAPIs(ctx context.Context, out yield) error {
	call := getRestApis()
	apis, err := pages(call, func(token *string) ([]types.RestApi, *string, error) {
		page, err := awsclient.Do(ctx, s.lane, call, func(ctx context.Context) (*v1.GetRestApisOutput, error) {
			return s.v1.GetRestApis(ctx, &v1.GetRestApisInput{Limit: aws.Int32(pageSize), Position: token})
		})
		if err != nil {
			return nil, nil, err
		}
		return page.Items, page.Position, nil
	})
	if err := s.listing(err, out, apigateway.RestApiType, apigateway.StageType, apigateway.MethodType); err != nil {
		return err
	}
	o := origin(call)
	return ordered(ctx, unique(apis, func(a *types.RestApi) *string { return a.Id }),
		func(ctx context.Context, a *types.RestApi) (resource.Unit, error) { return s.restAPI(ctx, a, o) }, out)
}

func (s *scope) restAPI(ctx context.Context, in *types.RestApi, o *fact.Origin) (resource.Unit, error) {
	if aws.ToString(in.Id) == "" {
		return s.nameless(getRestApis(), resource.Ref{}, apigateway.RestApiType, apigateway.StageType), nil
	}
	id := *in.Id
	api := &apigateway.RestApi{Meta: s.meta(apigateway.RestApiType, "/restapis/"+id, named(in.Name, id), o)}
	fillApigatewayRestApi(api, in, o)
	u := resource.Unit{Resources: []resource.Resource{api}}
	if err := s.restStages(ctx, id, api, &u); err != nil {
		return missing(err)
	}
	if s.set.Reads(apigateway.MethodType, u) {
		if err := s.restMethods(ctx, id, api, &u); err != nil {
			return missing(err)
		}
	}
	return u, nil
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
	for i := range answer.Item {
		in := &answer.Item[i]
		name := aws.ToString(in.StageName)
		if name == "" {
			return s.partGap(awsclient.NewGarbled(call, "a stage has no name"), u, api.Ref, apigateway.StageType)
		}
		stage := &apigateway.Stage{Meta: s.meta(apigateway.StageType, "/restapis/"+id+"/stages/"+name, api.Ref.Name+"/"+name, o), RestApi: api}
		fillApigatewayStage(stage, in, o)
		stages = append(stages, stage)
	}
	api.Stages = fact.Set(stages, o)
	for _, stage := range stages {
		u.Resources = append(u.Resources, stage)
	}
	return nil
}

// restMethods reads every method with its integration in one call a page.
func (s *scope) restMethods(ctx context.Context, id string, api *apigateway.RestApi, u *resource.Unit) error {
	call := getResources()
	resources, err := pages(call, func(token *string) ([]types.Resource, *string, error) {
		page, err := awsclient.Do(ctx, s.lane, call, func(ctx context.Context) (*v1.GetResourcesOutput, error) {
			return s.v1.GetResources(ctx, &v1.GetResourcesInput{RestApiId: &id, Embed: []string{"methods"}, Limit: aws.Int32(pageSize), Position: token})
		})
		if err != nil {
			return nil, nil, err
		}
		return page.Items, page.Position, nil
	})
	if err != nil {
		f := awsclient.AsFault(err)
		api.Methods = fact.Unread[[]*apigateway.Method](&fact.Origin{Call: f.Call, Fault: f.Code})
		return s.partGap(err, u, api.Ref, apigateway.MethodType)
	}
	o := origin(call)
	var methods []*apigateway.Method
	for i := range resources {
		r := &resources[i]
		for verb, in := range r.ResourceMethods {
			m := &apigateway.Method{
				Meta:    s.meta(apigateway.MethodType, "/restapis/"+id+"/resources/"+aws.ToString(r.Id)+"/methods/"+verb, verb+" "+aws.ToString(r.Path), o),
				RestApi: api,
			}
			fillApigatewayMethod(m, &in, o)
			methods = append(methods, m)
		}
	}
	api.Methods = fact.Set(methods, o)
	return nil
}

// domainNames reads the custom domain names of the account, public and
// private, but not those that other accounts share with it.
func (s *scope) domainNames(ctx context.Context, out yield) error {
	call := getDomainNames()
	names, err := pages(call, func(token *string) ([]types.DomainName, *string, error) {
		page, err := awsclient.Do(ctx, s.lane, call, func(ctx context.Context) (*v1.GetDomainNamesOutput, error) {
			return s.v1.GetDomainNames(ctx, &v1.GetDomainNamesInput{Limit: aws.Int32(pageSize), Position: token, ResourceOwner: types.ResourceOwnerSelf})
		})
		if err != nil {
			return nil, nil, err
		}
		return page.Items, page.Position, nil
	})
	if err := s.listing(err, out, apigateway.DomainNameType); err != nil {
		return err
	}
	o := origin(call)
	for i := range names {
		in := &names[i]
		name := aws.ToString(in.DomainName)
		u := s.nameless(call, resource.Ref{}, apigateway.DomainNameType)
		if name != "" {
			d := &apigateway.DomainName{Meta: s.meta(apigateway.DomainNameType, "/domainnames/"+name, name, o)}
			if arn := aws.ToString(in.DomainNameArn); strings.HasPrefix(arn, "arn:") {
				d.ARN = arn // a private name may exist twice; only AWS's ARN tells them apart
			}
			fillApigatewayDomainName(d, in, o)
			u = resource.Unit{Resources: []resource.Resource{d}}
		}
		if err := out(u); err != nil {
			return err
		}
	}
	return nil
}
