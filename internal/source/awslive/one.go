package awslive

import (
	"context"
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	v1 "github.com/aws/aws-sdk-go-v2/service/apigateway"
	v1types "github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	v2 "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	v2types "github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/apigateway"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

// One reads one resource again, named by type and ARN, as a scan would see it:
// its controls give the same verdicts. The unit holds that resource alone, with
// its parent on it, and a gap where a call for the controls of set failed.
//
// It costs one call, one more for the API when the session asks for it first,
// and GetResources where a control of set needs the methods. Its errors are
// [*awsclient.Fault], of class NotFound where the resource is gone, or say that
// ref is no resource that could be read here.
func (s *Session) One(ctx context.Context, set control.Set, ref resource.Ref) (resource.Unit, error) {
	r := s.read(set)
	if ids := s.ids(&ref); ids != nil {
		switch ref.Type {
		case apigateway.StageType:
			return s.restStage(ctx, r, ids[0], ids[1])
		case apigateway.DomainNameType:
			return s.domainName(ctx, r, ids[0])
		case apigatewayv2.StageType:
			return s.v2Stage(ctx, r, ids[0], ids[1])
		case apigatewayv2.RouteType:
			return s.v2Route(ctx, r, ids[0], ids[1])
		case apigatewayv2.IntegrationType:
			return s.v2Integration(ctx, r, ids[0], ids[1])
		}
	}
	return resource.Unit{}, locale.Errorf("fix.finding.unreadable", locale.A("resource", ref.ID()), locale.A("type", string(ref.Type)),
		locale.A("account", s.Scope.Account), locale.A("region", s.Scope.Region))
}

// ids takes the identifiers out of an ARN; nil where it names no resource of
// its type in this account and Region.
func (s *Session) ids(ref *resource.Ref) []string {
	pattern := map[resource.Type]string{
		apigateway.StageType:         "restapis/*/stages/*",
		apigateway.DomainNameType:    "domainnames/*",
		apigatewayv2.StageType:       "apis/*/stages/*",
		apigatewayv2.RouteType:       "apis/*/routes/*",
		apigatewayv2.IntegrationType: "apis/*/integrations/*",
	}[ref.Type]
	a, err := arn.Parse(ref.ARN)
	if err != nil || a.Service != "apigateway" || a.Region != s.Scope.Region || // a Region has one partition
		a.AccountID != "" && a.AccountID != s.Scope.Account {
		return nil
	}
	wants, parts := strings.Split(pattern, "/"), strings.Split(strings.TrimPrefix(a.Resource, "/"), "/")
	if len(parts) != len(wants) {
		return nil
	}
	var ids []string
	for i, part := range parts {
		switch {
		case part == "" || part == "." || part == ".." || wants[i] != "*" && part != wants[i]:
			return nil
		case wants[i] == "*":
			ids = append(ids, part)
		}
	}
	return ids
}

func (s *Session) restStage(ctx context.Context, r *scope, id, name string) (resource.Unit, error) {
	in, err := kept(s, s.restAPIs, id, func() (*v1types.RestApi, error) {
		return ask(ctx, s.Lane, getRestApi(), id, func(a *v1types.RestApi) *string { return a.Id },
			func(ctx context.Context) (*v1.GetRestApiOutput, error) {
				return r.v1.GetRestApi(ctx, &v1.GetRestApiInput{RestApiId: &id})
			})
	})
	if err != nil {
		return resource.Unit{}, err
	}
	api := r.makeRestAPI(in, origin(getRestApi()))
	answer, err := ask(ctx, s.Lane, getStage(), name, func(s *v1types.Stage) *string { return s.StageName },
		func(ctx context.Context) (*v1.GetStageOutput, error) {
			return r.v1.GetStage(ctx, &v1.GetStageInput{RestApiId: &id, StageName: &name})
		})
	if err != nil {
		return resource.Unit{}, err
	}
	u := alone(r.makeRestStage(id, api, answer, origin(getStage())))
	if r.set.Reads(apigateway.MethodType, u) {
		if err := r.restMethods(ctx, id, api, &u); err != nil {
			return resource.Unit{}, err
		}
	}
	return u, nil
}

// domainName reads a custom domain name. A private one is named by its name and
// id, since a name may exist twice.
func (s *Session) domainName(ctx context.Context, r *scope, name string) (resource.Unit, error) {
	name, id, private := strings.Cut(name, "+")
	in, call := &v1.GetDomainNameInput{DomainName: &name}, getDomainName()
	if private {
		in.DomainNameId, call = &id, getPrivateDomainName()
	}
	answer, err := ask(ctx, s.Lane, call, name, func(d *v1types.DomainName) *string { return d.DomainName },
		func(ctx context.Context) (*v1.GetDomainNameOutput, error) { return r.v1.GetDomainName(ctx, in) })
	if err == nil && private {
		err = about(call, answer.DomainNameId, id)
	}
	if err != nil {
		return resource.Unit{}, err
	}
	return alone(r.makeDomainName(answer, origin(call))), nil
}

func (s *Session) v2API(ctx context.Context, r *scope, id string) (*apigatewayv2.Api, error) {
	in, err := kept(s, s.v2APIs, id, func() (*v2types.Api, error) {
		return ask(ctx, s.Lane, getApi(), id, func(a *v2types.Api) *string { return a.ApiId },
			func(ctx context.Context) (*v2.GetApiOutput, error) {
				return r.v2.GetApi(ctx, &v2.GetApiInput{ApiId: &id})
			})
	})
	if err != nil {
		return nil, err
	}
	return r.makeV2API(in, origin(getApi())), nil
}

func (s *Session) v2Stage(ctx context.Context, r *scope, id, name string) (resource.Unit, error) {
	api, err := s.v2API(ctx, r, id)
	if err != nil {
		return resource.Unit{}, err
	}
	in, err := ask(ctx, s.Lane, getV2Stage(), name, func(s *v2types.Stage) *string { return s.StageName },
		func(ctx context.Context) (*v2.GetStageOutput, error) {
			return r.v2.GetStage(ctx, &v2.GetStageInput{ApiId: &id, StageName: &name})
		})
	if err != nil {
		return resource.Unit{}, err
	}
	return alone(r.makeV2Stage(id, api, in, origin(getV2Stage()))), nil
}

func (s *Session) v2Route(ctx context.Context, r *scope, id, route string) (resource.Unit, error) {
	api, err := s.v2API(ctx, r, id)
	if err != nil {
		return resource.Unit{}, err
	}
	in, err := ask(ctx, s.Lane, getRoute(), route, func(r *v2types.Route) *string { return r.RouteId },
		func(ctx context.Context) (*v2.GetRouteOutput, error) {
			return r.v2.GetRoute(ctx, &v2.GetRouteInput{ApiId: &id, RouteId: &route})
		})
	if err != nil {
		return resource.Unit{}, err
	}
	return alone(r.makeV2Route(id, api, in, origin(getRoute()))), nil
}

func (s *Session) v2Integration(ctx context.Context, r *scope, id, integration string) (resource.Unit, error) {
	api, err := s.v2API(ctx, r, id)
	if err != nil {
		return resource.Unit{}, err
	}
	in, err := ask(ctx, s.Lane, getIntegration(), integration, func(i *v2types.Integration) *string { return i.IntegrationId },
		func(ctx context.Context) (*v2.GetIntegrationOutput, error) {
			return r.v2.GetIntegration(ctx, &v2.GetIntegrationInput{ApiId: &id, IntegrationId: &integration})
		})
	if err != nil {
		return resource.Unit{}, err
	}
	return alone(r.makeV2Integration(id, api, in, origin(getIntegration()))), nil
}

func alone(r resource.Resource) resource.Unit {
	return resource.Unit{Resources: []resource.Resource{r}, Rootless: true}
}

// ask makes a call about one thing and gives the answer as a listing's item,
// which has the same members. named is the item's identifier, which must be the
// one that was asked for.
func ask[Item, Answer any](ctx context.Context, lane *awsclient.Lane, call *awsclient.Call, id string, named func(*Item) *string,
	attempt func(context.Context) (*Answer, error),
) (*Item, error) {
	answer, err := awsclient.Do(ctx, lane, call, attempt)
	if err != nil {
		return nil, err
	}
	found := item[Item](answer)
	return found, about(call, named(found), id)
}

// item copies the members that an answer shares with a listing's item. By name,
// so that no property can be forgotten when the tables grow.
func item[Item, Answer any](answer *Answer) *Item {
	var out Item
	from, to := reflect.ValueOf(answer).Elem(), reflect.ValueOf(&out).Elem()
	for i := range to.NumField() {
		f := to.Type().Field(i)
		if v := from.FieldByName(f.Name); f.IsExported() && v.IsValid() && v.Type() == f.Type {
			to.Field(i).Set(v)
		}
	}
	return &out
}

// about refuses an answer that is not about what was asked for.
func about(call *awsclient.Call, got *string, want string) error {
	if aws.ToString(got) != want {
		return awsclient.NewGarbled(call, "the answer is about something else")
	}
	return nil
}
