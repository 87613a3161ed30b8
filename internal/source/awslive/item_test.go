package awslive

import (
	"reflect"
	"testing"

	v1 "github.com/aws/aws-sdk-go-v2/service/apigateway"
	v1types "github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	v2 "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	v2types "github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
)

// TestItem fails when the SDK's answer about one thing loses a member that the
// listing's item has: it would read as absent.
func TestItem(t *testing.T) {
	for _, c := range []struct{ item, answer any }{
		{v1types.RestApi{}, v1.GetRestApiOutput{}},
		{v1types.Stage{}, v1.GetStageOutput{}},
		{v1types.DomainName{}, v1.GetDomainNameOutput{}},
		{v2types.Api{}, v2.GetApiOutput{}},
		{v2types.Stage{}, v2.GetStageOutput{}},
		{v2types.Route{}, v2.GetRouteOutput{}},
		{v2types.Integration{}, v2.GetIntegrationOutput{}},
	} {
		want, have := reflect.TypeOf(c.item), reflect.TypeOf(c.answer)
		for i := range want.NumField() {
			f := want.Field(i)
			if !f.IsExported() {
				continue
			}
			if g, ok := have.FieldByName(f.Name); !ok || g.Type != f.Type {
				t.Errorf("%s.%s is not in %s", want, f.Name, have)
			}
		}
	}
	name, enabled := "prod", true
	got := item[v2types.Stage](&v2.GetStageOutput{StageName: &name, AutoDeploy: &enabled, Tags: map[string]string{"a": "b"}})
	if *got.StageName != name || !*got.AutoDeploy || got.Tags["a"] != "b" {
		t.Errorf("%+v", got)
	}
}
