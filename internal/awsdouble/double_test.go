package awsdouble_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	accounttypes "github.com/aws/aws-sdk-go-v2/service/account/types"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/kumoban/kumoban/internal/awsdouble"
)

const (
	acct = "111122223333"
	home = "ap-northeast-1"
)

// config is an SDK configuration that talks to d without retries.
func config(d *awsdouble.Double, region string) aws.Config {
	id, secret := d.CredentialsFor(acct)
	return aws.Config{
		Region:     region,
		HTTPClient: &http.Client{Transport: d.Transport()},
		Retryer:    func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: id, SecretAccessKey: secret}, nil
		}),
	}
}

func load(t *testing.T, o awsdouble.Options, fixture string) *awsdouble.Double {
	t.Helper()
	d := awsdouble.New(o)
	if err := d.Load(acct, home, []byte(fixture)); err != nil {
		t.Fatal(err)
	}
	return d
}

func v1(d *awsdouble.Double) *apigateway.Client {
	return apigateway.NewFromConfig(config(d, home))
}

func v2(d *awsdouble.Double) *apigatewayv2.Client {
	return apigatewayv2.NewFromConfig(config(d, home))
}

// refused fails the test unless err is an API error with this code whose
// message contains the text.
func refused(t *testing.T, err error, code, text string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code || !strings.Contains(api.ErrorMessage(), text) {
		t.Errorf("error = %v, want %s with %q", err, code, text)
	}
}

const minimum = `{"restApis":[{"id":"a1b2c3d4e5","name":"orders","stages":[{"stageName":"prod"}]}]}`

func TestMinimumFixture(t *testing.T) {
	d := load(t, awsdouble.Options{}, minimum)
	apis, err := v1(d).GetRestApis(t.Context(), &apigateway.GetRestApisInput{})
	if err != nil || len(apis.Items) != 1 || aws.ToString(apis.Items[0].Name) != "orders" {
		t.Fatalf("GetRestApis = %+v, %v", apis, err)
	}
	stages, err := v1(d).GetStages(t.Context(), &apigateway.GetStagesInput{RestApiId: aws.String("a1b2c3d4e5")})
	if err != nil || len(stages.Item) != 1 {
		t.Fatalf("GetStages = %+v, %v", stages, err)
	}
	s := stages.Item[0]
	if s.DeploymentId == nil || s.CacheClusterStatus != "NOT_AVAILABLE" || s.CreatedDate == nil || s.WebAclArn != nil || s.TracingEnabled {
		t.Errorf("stage = %+v", s)
	}
	want := awsdouble.Call{
		Account: acct, Region: home, Service: "apigateway", Operation: "GetStages", Method: "GET", Path: "/restapis/a1b2c3d4e5/stages",
		Action: "apigateway:GET", Resource: "arn:aws:apigateway:ap-northeast-1::/restapis/a1b2c3d4e5/stages", Status: 200,
	}
	got := d.Calls()[1]
	if got.Time.IsZero() {
		t.Error("call without time")
	}
	got.Time = time.Time{}
	if got != want {
		t.Errorf("call = %+v\nwant   %+v", got, want)
	}
	d.ClearCalls()
	if len(d.Calls()) != 0 {
		t.Error("ClearCalls left calls")
	}
}

func TestFixtureIsStrict(t *testing.T) {
	for name, fixture := range map[string]string{
		"unknown top-level key":  `{"restApi":[]}`,
		"unknown field":          `{"restApis":[{"id":"a","name":"b","stages":[{"stageName":"c","loglevel":"INFO"}]}]}`,
		"wrong type":             `{"restApis":[{"id":"a","name":"b","stages":[{"stageName":"c","tracingEnabled":"true"}]}]}`,
		"stage without name":     `{"restApis":[{"id":"a","name":"b","stages":[{}]}]}`,
		"one id twice":           `{"restApis":[{"id":"a","name":"b"},{"id":"a","name":"b"}]}`,
		"API without a protocol": `{"apis":[{"apiId":"a","name":"b"}]}`,
		"two values":             `{} {}`,
		"not JSON":               `{`,
	} {
		d := awsdouble.New(awsdouble.Options{})
		if err := d.Load(acct, home, []byte(fixture)); err == nil {
			t.Errorf("%s: loaded", name)
		}
	}
}

// many makes a fixture of n REST APIs and n HTTP APIs.
func many(n int) string {
	var rest, http []string
	for i := range n {
		rest = append(rest, fmt.Sprintf(`{"id":"r%d","name":"rest %d"}`, i, i))
		http = append(http, fmt.Sprintf(`{"apiId":"h%d","name":"http %d","protocolType":"HTTP"}`, i, i))
	}
	return `{"restApis":[` + strings.Join(rest, ",") + `],"apis":[` + strings.Join(http, ",") + `]}`
}

func TestPaging(t *testing.T) {
	d := load(t, awsdouble.Options{}, many(60))
	var sizes []int
	rest := apigateway.NewGetRestApisPaginator(v1(d), &apigateway.GetRestApisInput{})
	for rest.HasMorePages() {
		page, err := rest.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, len(page.Items))
	}
	two := &apigatewayv2.GetApisInput{MaxResults: aws.String("50")}
	for {
		page, err := v2(d).GetApis(t.Context(), two)
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, len(page.Items))
		if two.NextToken = page.NextToken; page.NextToken == nil {
			break
		}
	}
	if fmt.Sprint(sizes) != "[25 25 10 50 10]" {
		t.Errorf("pages of %v", sizes)
	}
}

func TestPagingRefusals(t *testing.T) {
	d := load(t, awsdouble.Options{}, many(30))
	first, err := v1(d).GetRestApis(t.Context(), &apigateway.GetRestApisInput{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = v1(d).GetRestApis(t.Context(), &apigateway.GetRestApisInput{Limit: aws.Int32(501)})
	refused(t, err, "BadRequestException", "limit")
	_, err = v1(d).GetRestApis(t.Context(), &apigateway.GetRestApisInput{Position: aws.String("25")})
	refused(t, err, "BadRequestException", "position")
	_, err = v1(d).GetDomainNames(t.Context(), &apigateway.GetDomainNamesInput{Position: first.Position})
	refused(t, err, "BadRequestException", "position")
	_, err = v2(d).GetApis(t.Context(), &apigatewayv2.GetApisInput{MaxResults: aws.String("501")})
	refused(t, err, "BadRequestException", "maxResults")
	_, err = v2(d).GetApis(t.Context(), &apigatewayv2.GetApisInput{NextToken: first.Position})
	refused(t, err, "BadRequestException", "nextToken")
	_, err = v2(d).GetApis(t.Context(), &apigatewayv2.GetApisInput{MaxResults: aws.String("many")})
	refused(t, err, "BadRequestException", "maxResults")
}

func TestUnknownCallers(t *testing.T) {
	d := load(t, awsdouble.Options{}, minimum)
	stranger := config(d, home)
	stranger.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "x"}, nil
	})
	_, err := apigateway.NewFromConfig(stranger).GetRestApis(t.Context(), &apigateway.GetRestApisInput{})
	refused(t, err, "UnrecognizedClientException", "invalid")
	_, err = sts.NewFromConfig(stranger).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	refused(t, err, "InvalidClientTokenId", "invalid")
	anonymous := config(d, home)
	anonymous.Credentials = aws.AnonymousCredentials{}
	_, err = apigateway.NewFromConfig(anonymous).GetRestApis(t.Context(), &apigateway.GetRestApisInput{})
	refused(t, err, "MissingAuthenticationTokenException", "Missing")
}

func TestUnknownOperationIsRefused(t *testing.T) {
	d := load(t, awsdouble.Options{}, minimum)
	_, err := v1(d).GetModels(t.Context(), &apigateway.GetModelsInput{RestApiId: aws.String("a1b2c3d4e5")})
	refused(t, err, "UnknownOperationException", "GET /restapis/a1b2c3d4e5/models")
	_, err = sts.NewFromConfig(config(d, home)).GetSessionToken(t.Context(), &sts.GetSessionTokenInput{})
	refused(t, err, "UnknownOperationException", "GetSessionToken")
}

func TestAssumeRole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := load(t, awsdouble.Options{}, minimum)
		const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole"}]}`
		if err := d.Load("444455556666", home, []byte(`{"roles":[{"roleName":"audit","assumeRolePolicyDocument":`+trust+`},{"roleName":"closed"}],
			"restApis":[{"id":"other","name":"other"}]}`)); err != nil {
			t.Fatal(err)
		}
		client := sts.NewFromConfig(config(d, home))
		who, err := client.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
		if err != nil || aws.ToString(who.Account) != acct {
			t.Fatalf("GetCallerIdentity = %+v, %v", who, err)
		}
		assume := func(arn string) (*sts.AssumeRoleOutput, error) {
			return client.AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: aws.String(arn), RoleSessionName: aws.String("kumoban")})
		}
		for _, arn := range []string{"arn:aws:iam::444455556666:role/none", "arn:aws:iam::444455556666:role/closed", "arn:aws:iam::999999999999:role/audit", "x"} {
			_, err := assume(arn)
			refused(t, err, "AccessDenied", "sts:AssumeRole on resource: "+arn)
		}
		role, err := assume("arn:aws:iam::444455556666:role/audit")
		if err != nil {
			t.Fatal(err)
		}
		there := config(d, home)
		there.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: *role.Credentials.AccessKeyId, SecretAccessKey: "x", SessionToken: *role.Credentials.SessionToken}, nil
		})
		apis, err := apigateway.NewFromConfig(there).GetRestApis(t.Context(), &apigateway.GetRestApisInput{})
		if err != nil || len(apis.Items) != 1 || *apis.Items[0].Id != "other" {
			t.Fatalf("in the role's account: %+v, %v", apis, err)
		}
		time.Sleep(61 * time.Minute)
		_, err = apigateway.NewFromConfig(there).GetRestApis(t.Context(), &apigateway.GetRestApisInput{})
		refused(t, err, "ExpiredTokenException", "expired")
	})
}

func TestListRegions(t *testing.T) {
	d := load(t, awsdouble.Options{}, `{"regions":["ap-northeast-1","us-east-1","ap-east-1"]}`)
	client := account.NewFromConfig(config(d, "us-east-1"))
	var got []string
	pages := account.NewListRegionsPaginator(client, &account.ListRegionsInput{
		RegionOptStatusContains: []accounttypes.RegionOptStatus{"ENABLED", "ENABLED_BY_DEFAULT"}, MaxResults: aws.Int32(2),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Regions {
			got = append(got, *r.RegionName+" "+string(r.RegionOptStatus))
		}
	}
	if strings.Join(got, ", ") != "ap-east-1 ENABLED, ap-northeast-1 ENABLED_BY_DEFAULT, us-east-1 ENABLED_BY_DEFAULT" {
		t.Error(got)
	}
}

func TestRegionsHaveToBeEnabled(t *testing.T) {
	d := load(t, awsdouble.Options{}, `{"regions":["ap-northeast-1","ap-east-1"]}`)
	if err := d.Load(acct, "eu-south-1", []byte(minimum)); err != nil {
		t.Fatal(err)
	}
	list := func(region string) error {
		_, err := apigateway.NewFromConfig(config(d, region)).GetRestApis(t.Context(), &apigateway.GetRestApisInput{})
		return err
	}
	for _, region := range []string{"ap-northeast-1", "us-east-1", "ap-east-1", "eu-south-1"} {
		if err := list(region); err != nil {
			t.Errorf("%s: %v", region, err)
		}
	}
	refused(t, list("me-central-1"), "UnrecognizedClientException", "invalid")
}
