package awsdouble_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	v2api "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"

	"github.com/kumoban/kumoban/internal/awsdouble"
)

const domainFixture = `{
  "apis": [{"apiId": "http000001", "name": "members", "protocolType": "HTTP"}],
  "domainNames": [
    {"domainName": "api.example.com", "securityPolicy": "TLS_1_2"},
    {"domainName": "edge.example.com", "endpointConfiguration": {"types": ["EDGE"]}, "securityPolicy": "TLS_1_0"},
    {"domainName": "mtls.example.com", "mutualTlsAuthentication": {"truststoreUri": "s3://trust/store.pem"}},
    {"domainName": "http.example.com", "mappedApiIds": ["http000001"]},
    {"domainName": "both.example.com", "endpointConfiguration": {"types": ["EDGE", "REGIONAL"]}},
    {"domainName": "private.example.com", "domainNameId": "abcde12345", "endpointConfiguration": {"types": ["PRIVATE"]}}]
}`

const strong = "SecurityPolicy_TLS13_1_3_2025_09"

func TestEnhancedSecurityPolicies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := load(t, awsdouble.Options{}, domainFixture)
		update := func(name string, ops ...types.PatchOperation) (*apigateway.UpdateDomainNameOutput, error) {
			return v1(d).UpdateDomainName(t.Context(), &apigateway.UpdateDomainNameInput{DomainName: &name, PatchOperations: ops})
		}
		policy, mode := replace("/securityPolicy", strong), replace("/endpointAccessMode", "BASIC")
		for _, c := range []struct {
			name, text string
			ops        []types.PatchOperation
		}{
			{"api.example.com", "endpoint access mode must be specified", []types.PatchOperation{policy}},
			{"api.example.com", "Invalid security policy", []types.PatchOperation{replace("/securityPolicy", "TLS_1_3")}},
			{"api.example.com", "Invalid endpoint access mode", []types.PatchOperation{policy, replace("/endpointAccessMode", "LOOSE")}},
			{"api.example.com", "not supported for the endpoint type REGIONAL", []types.PatchOperation{replace("/securityPolicy", "SecurityPolicy_TLS13_2025_EDGE"), mode}},
			{"edge.example.com", "not supported for the endpoint type EDGE", []types.PatchOperation{policy, mode}},
			{"mtls.example.com", "Mutual TLS", []types.PatchOperation{policy, mode}},
			{"http.example.com", "mapped to an HTTP API", []types.PatchOperation{policy, mode}},
			{"both.example.com", "more than one endpoint type", []types.PatchOperation{policy, mode}},
			{"api.example.com", "Invalid patch path  '/domainName'", []types.PatchOperation{replace("/domainName", "x")}},
			{"api.example.com", "Invalid remove operation", []types.PatchOperation{op(types.OpRemove, "/securityPolicy", "")}},
		} {
			_, err := update(c.name, c.ops...)
			refused(t, err, "BadRequestException", c.text)
		}
		_, err := update("none.example.com", policy, mode)
		refused(t, err, "NotFoundException", "Invalid domain name identifier")
		out, err := update("api.example.com", policy, mode)
		if err != nil || out.DomainNameStatus != "UPDATING" || out.SecurityPolicy != strong || out.EndpointAccessMode != "BASIC" {
			t.Fatalf("%+v, %v", out, err)
		}
		_, err = update("api.example.com", replace("/endpointAccessMode", "STRICT"))
		refused(t, err, "ConflictException", "being updated")
		time.Sleep(16 * time.Minute)
		got, err := v1(d).GetDomainName(t.Context(), &apigateway.GetDomainNameInput{DomainName: aws.String("api.example.com")})
		if err != nil || got.DomainNameStatus != "AVAILABLE" {
			t.Errorf("%+v, %v", got, err)
		}
		if _, err := update("edge.example.com", replace("/securityPolicy", "SecurityPolicy_TLS13_2025_EDGE"), mode); err != nil {
			t.Error(err)
		}
	})
}

func TestPrivateDomainNames(t *testing.T) {
	d := load(t, awsdouble.Options{}, domainFixture)
	list, err := v1(d).GetDomainNames(t.Context(), &apigateway.GetDomainNamesInput{ResourceOwner: "SELF", Limit: aws.Int32(500)})
	if err != nil || len(list.Items) != 6 {
		t.Fatalf("%+v, %v", list, err)
	}
	const arn = "arn:aws:apigateway:ap-northeast-1:111122223333:/domainnames/private.example.com+abcde12345"
	if p := list.Items[5]; aws.ToString(p.DomainNameArn) != arn || aws.ToString(p.DomainNameId) != "abcde12345" {
		t.Errorf("%+v", p)
	}
	others, err := v1(d).GetDomainNames(t.Context(), &apigateway.GetDomainNamesInput{ResourceOwner: "OTHER_ACCOUNTS"})
	if err != nil || len(others.Items) != 0 {
		t.Errorf("%+v, %v", others, err)
	}
	_, err = v1(d).GetDomainName(t.Context(), &apigateway.GetDomainNameInput{DomainName: aws.String("private.example.com")})
	refused(t, err, "NotFoundException", "Invalid domain name identifier")
	if _, err := v1(d).GetDomainName(t.Context(), &apigateway.GetDomainNameInput{DomainName: aws.String("private.example.com"), DomainNameId: aws.String("abcde12345")}); err != nil {
		t.Error(err)
	}
	public, err := v2(d).GetDomainNames(t.Context(), &v2api.GetDomainNamesInput{})
	if err != nil || len(public.Items) != 5 || public.Items[0].DomainNameConfigurations[0].SecurityPolicy != "TLS_1_2" {
		t.Errorf("%+v, %v", public, err)
	}
}

func TestCreateDomainName(t *testing.T) {
	d := load(t, awsdouble.Options{}, domainFixture)
	create := func(name string, change func(*apigateway.CreateDomainNameInput)) error {
		in := &apigateway.CreateDomainNameInput{
			DomainName: &name, RegionalCertificateArn: aws.String("arn:aws:acm:ap-northeast-1:111122223333:certificate/1"),
			EndpointConfiguration: &types.EndpointConfiguration{Types: []types.EndpointType{"REGIONAL"}},
		}
		change(in)
		_, err := v1(d).CreateDomainName(t.Context(), in)
		return err
	}
	refused(t, create("api.example.com", func(*apigateway.CreateDomainNameInput) {}), "ConflictException", "already exists")
	refused(t, create("new.example.com", func(in *apigateway.CreateDomainNameInput) { in.RegionalCertificateArn = nil }), "BadRequestException", "certificate")
	refused(t, create("new.example.com", func(in *apigateway.CreateDomainNameInput) { in.SecurityPolicy = strong }), "BadRequestException", "endpoint access mode")
	if err := create("new.example.com", func(in *apigateway.CreateDomainNameInput) {
		in.SecurityPolicy, in.EndpointAccessMode = strong, "STRICT"
	}); err != nil {
		t.Error(err)
	}
}
