package app_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/apigateway"
	"github.com/kumoban/kumoban/types/apigatewayv2"
	"github.com/kumoban/kumoban/types/ec2"
	"github.com/kumoban/kumoban/types/sqs"
)

func state(t *testing.T, content string) (*app.State, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "terraform.tfstate")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return app.ReadState(t.Context(), path)
}

func instances(t *testing.T, resources ...object) *app.State {
	t.Helper()
	data, err := json.Marshal(object{"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "outputs": object{}, "resources": append([]object{}, resources...)})
	if err != nil {
		t.Fatal(err)
	}
	s, err := state(t, string(data))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// declared is a resource of a state with one instance, or several where the
// attributes are a list.
func declared(kind, name string, attributes ...object) object {
	var list []object
	for _, a := range attributes {
		i := object{"schema_version": 0, "attributes": a}
		for _, key := range []string{"index_key", "deposed"} {
			if v, ok := a[key]; ok {
				i[key] = v
				delete(a, key)
			}
		}
		list = append(list, i)
	}
	return object{"mode": "managed", "type": kind, "name": name, "provider": `provider["registry.terraform.io/hashicorp/aws"]`, "instances": list}
}

const here = "arn:aws:apigateway:ap-northeast-1::"

func live(t resource.Type, path string) resource.Ref {
	return resource.Ref{Scope: resource.Scope{Partition: "aws", Account: account, Region: region}, Type: t, ARN: here + path}
}

// TestStateOfTerraform finds every resource of a state that Terraform 1.11.4
// wrote with provider 5.100.0, under the address that its state list prints.
func TestStateOfTerraform(t *testing.T) {
	s, err := app.ReadState(t.Context(), "testdata/state/terraform.tfstate")
	if err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadFile("testdata/state/addresses.txt")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for line := range strings.Lines(string(list)) {
		line = strings.TrimSpace(line)
		_, last, _ := strings.Cut(line, "aws_")
		for _, kind := range []string{"api_gateway_stage.", "apigatewayv2_stage.", "apigatewayv2_route.", "apigatewayv2_integration.", "api_gateway_domain_name."} {
			if strings.HasPrefix(last, kind) {
				want = append(want, line)
			}
		}
	}
	for _, r := range []resource.Ref{
		live(apigateway.DomainNameType, "/domainnames/api.example.com"),
		live(apigateway.StageType, "/restapis/maleuqdhja/stages/dev"),
		live(apigateway.StageType, "/restapis/maleuqdhja/stages/prod"),
		live(apigatewayv2.IntegrationType, "/apis/"+v2ID(t, 0)+"/integrations/"+partID(t, 0, "integration")),
		live(apigatewayv2.RouteType, "/apis/"+v2ID(t, 0)+"/routes/"+partID(t, 0, "route")),
		live(apigatewayv2.StageType, "/apis/"+v2ID(t, 0)+"/stages/$default"),
		live(apigatewayv2.StageType, "/apis/"+v2ID(t, 0)+"/stages/beta"),
		live(apigateway.StageType, "/restapis/nxg1giy9ou/stages/dev"),
		live(apigateway.StageType, "/restapis/nxg1giy9ou/stages/prod"),
		live(apigatewayv2.IntegrationType, "/apis/"+v2ID(t, 1)+"/integrations/"+partID(t, 1, "integration")),
		live(apigatewayv2.RouteType, "/apis/"+v2ID(t, 1)+"/routes/"+partID(t, 1, "route")),
		live(apigatewayv2.StageType, "/apis/"+v2ID(t, 1)+"/stages/$default"),
		live(apigatewayv2.StageType, "/apis/"+v2ID(t, 1)+"/stages/beta"),
	} {
		addresses := s.Owners(r)
		if len(addresses) != 1 {
			t.Fatalf("%s is owned by %q", r.ARN, addresses)
		}
		got = append(got, addresses[0])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("addresses (-terraform +state):\n%s", diff)
	}
}

// v2ID and partID read the same file in a way of their own: by the order of the
// modules.
func v2ID(t *testing.T, module int) string { return partID(t, module, "api") }

func partID(t *testing.T, module int, kind string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/state/terraform.tfstate")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Resources []struct {
			Module, Type string
			Instances    []struct{ Attributes struct{ ID string } }
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	name := []string{`module.shop["$${x}%%{y}"]`, `module.shop["east \"1\""]`}[module]
	for _, r := range file.Resources {
		if r.Module == name && r.Type == "aws_apigatewayv2_"+kind {
			return r.Instances[0].Attributes.ID
		}
	}
	t.Fatalf("no %s in %s", kind, name)
	return ""
}

// TestOwner matches by what tells a live resource, and by nothing less.
func TestOwner(t *testing.T) {
	stage := live(apigateway.StageType, "/restapis/a1b2c3d4e5/stages/prod")
	route := live(apigatewayv2.RouteType, "/apis/c4c4c4c4c4/routes/abc1234")
	name := live(apigateway.DomainNameType, "/domainnames/api.example.com")
	private := resource.Ref{Scope: name.Scope, Type: apigateway.DomainNameType, ARN: "arn:aws:apigateway:ap-northeast-1:111122223333:/domainnames/in.example.com+abcd1234"}
	for label, c := range map[string]struct {
		resources []object
		ref       resource.Ref
		want      string
	}{
		"nothing":         {nil, stage, ""},
		"another stage":   {[]object{declared("aws_api_gateway_stage", "x", object{"rest_api_id": "a1b2c3d4e5", "stage_name": "dev"})}, stage, ""},
		"another API":     {[]object{declared("aws_api_gateway_stage", "x", object{"rest_api_id": "z9", "stage_name": "prod"})}, stage, ""},
		"settings alone":  {[]object{declared("aws_api_gateway_method_settings", "x", object{"rest_api_id": "a1b2c3d4e5", "stage_name": "prod"})}, stage, "aws_api_gateway_method_settings.x"},
		"stage first":     {[]object{declared("aws_api_gateway_method_settings", "x", object{"rest_api_id": "a1b2c3d4e5", "stage_name": "prod"}), declared("aws_api_gateway_stage", "y", object{"rest_api_id": "a1b2c3d4e5", "stage_name": "prod"})}, stage, "aws_api_gateway_stage.y"},
		"by a deployment": {[]object{declared("aws_api_gateway_deployment", "x", object{"rest_api_id": "a1b2c3d4e5", "stage_name": "prod"})}, stage, "aws_api_gateway_deployment.x"},
		"of another Region": {[]object{declared("aws_api_gateway_stage", "x", object{"rest_api_id": "a1b2c3d4e5", "stage_name": "prod",
			"arn": "arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4e5/stages/prod"})}, stage, ""},
		"of another Region, provider 6": {[]object{declared("aws_api_gateway_domain_name", "x", object{"domain_name": "api.example.com", "region": "us-east-1"})}, name, ""},
		"of this Region, provider 6":    {[]object{declared("aws_api_gateway_domain_name", "x", object{"domain_name": "api.example.com", "region": "ap-northeast-1"})}, name, "aws_api_gateway_domain_name.x"},
		"the V2 resource of a name":     {[]object{declared("aws_apigatewayv2_domain_name", "x", object{"domain_name": "api.example.com", "arn": here + "/domainnames/api.example.com"})}, name, "aws_apigatewayv2_domain_name.x"},
		"a private name":                {[]object{declared("aws_api_gateway_domain_name", "x", object{"domain_name": "in.example.com", "domain_name_id": "other"}, object{"domain_name": "in.example.com", "domain_name_id": "abcd1234", "index_key": 1})}, private, "aws_api_gateway_domain_name.x[1]"},
		"a public name of the same":     {[]object{declared("aws_api_gateway_domain_name", "x", object{"domain_name": "in.example.com", "domain_name_id": ""})}, private, ""},
		"data":                          {[]object{{"mode": "data", "type": "aws_api_gateway_domain_name", "name": "x", "instances": []object{{"attributes": object{"domain_name": "api.example.com"}}}}}, name, ""},
		"deposed":                       {[]object{declared("aws_api_gateway_stage", "x", object{"rest_api_id": "a1b2c3d4e5", "stage_name": "prod", "deposed": "0a1b2c3d"})}, stage, ""},
		"flat attributes":               {[]object{{"mode": "managed", "type": "aws_api_gateway_stage", "name": "x", "instances": []object{{"attributes_flat": object{"rest_api_id": "a1b2c3d4e5", "stage_name": "prod"}}}}}, stage, "aws_api_gateway_stage.x"},
		"in an OpenAPI document":        {[]object{declared("aws_apigatewayv2_api", "x", object{"id": "c4c4c4c4c4", "body": "{}"})}, route, "aws_apigatewayv2_api.x"},
		"an API without a document":     {[]object{declared("aws_apigatewayv2_api", "x", object{"id": "c4c4c4c4c4", "body": nil})}, route, ""},
		"route before document":         {[]object{declared("aws_apigatewayv2_api", "x", object{"id": "c4c4c4c4c4", "body": "{}"}), declared("aws_apigatewayv2_route", "y", object{"api_id": "c4c4c4c4c4", "id": "abc1234"})}, route, "aws_apigatewayv2_route.y"},
		"no type of ours":               {[]object{declared("aws_api_gateway_stage", "x", object{"rest_api_id": "a1b2c3d4e5", "stage_name": "prod"})}, live(apigateway.RestApiType, "/restapis/a1b2c3d4e5"), ""},
		"an odd ARN":                    {[]object{declared("aws_api_gateway_stage", "x", object{})}, live(apigateway.StageType, "/restapis"), ""},
		"no ARN":                        {[]object{declared("aws_api_gateway_stage", "x", object{})}, resource.Ref{Type: apigateway.StageType}, ""},
	} {
		t.Run(label, func(t *testing.T) {
			if got := strings.Join(instances(t, c.resources...).Owners(c.ref), " "); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestOwnersOfSettings names first what sets the properties that are to change:
// the method settings with their path, not those of other methods.
func TestOwnersOfSettings(t *testing.T) {
	stage := live(apigateway.StageType, "/restapis/a1b2c3d4e5/stages/prod")
	settings := func(name, path string) object {
		return declared("aws_api_gateway_method_settings", name, object{"rest_api_id": "a1b2c3d4e5", "stage_name": "prod", "method_path": path})
	}
	s := instances(t, settings("all", "*/*"), settings("orders", "orders/GET"), settings("nested", "~1a~1{id}/PUT"),
		declared("aws_api_gateway_stage", "prod", object{"rest_api_id": "a1b2c3d4e5", "stage_name": "prod"}))
	for properties, want := range map[string]string{
		"":                                   "stage.prod",
		`MethodSettings["*/*"].LoggingLevel`: "method_settings.all stage.prod",
		`MethodSettings["~1orders/GET"].CacheDataEncrypted`:  "method_settings.orders stage.prod",
		`MethodSettings["orders/GET"].CacheDataEncrypted`:    "method_settings.orders stage.prod",
		`MethodSettings["~1a~1{id}/PUT"].CacheDataEncrypted`: "method_settings.nested stage.prod",
		`MethodSettings["~1others/GET"].CacheDataEncrypted`:  "stage.prod",
		`TracingEnabled`: "stage.prod",
		`MethodSettings["*/*"].X MethodSettings["orders/GET"].X`: "method_settings.all method_settings.orders stage.prod",
	} {
		got := s.Owners(stage, strings.Fields(properties)...)
		if all := strings.ReplaceAll(strings.Join(got, " "), "aws_api_gateway_", ""); all != want {
			t.Errorf("%s: %q, want %q", properties, all, want)
		}
	}
}

// TestSetter finds the resource in which each property is written.
func TestSetter(t *testing.T) {
	rest, http := live(apigateway.StageType, "/restapis/a1b2c3d4e5/stages/prod"), live(apigatewayv2.StageType, "/apis/h1/stages/prod")
	s := instances(t,
		declared("aws_api_gateway_method_settings", "orders", object{"rest_api_id": "a1b2c3d4e5", "stage_name": "prod", "method_path": "orders/GET"}),
		declared("aws_api_gateway_stage", "prod", object{"rest_api_id": "a1b2c3d4e5", "stage_name": "prod"}),
		declared("aws_api_gateway_stage", "dev", object{"rest_api_id": "a1b2c3d4e5", "stage_name": "dev"}),
		declared("aws_api_gateway_deployment", "old", object{"rest_api_id": "a1b2c3d4e5", "stage_name": "prod"}),
		declared("aws_apigatewayv2_stage", "web", object{"api_id": "h1", "name": "prod"}),
	)
	for _, c := range []struct {
		ref            resource.Ref
		property, want string
	}{
		{rest, "TracingEnabled", "aws_api_gateway_stage.prod"},
		{rest, `MethodSettings["~1orders/GET"].CacheDataEncrypted`, "aws_api_gateway_method_settings.orders"},
		{rest, `MethodSettings["*/*"].LoggingLevel`, ""}, // nothing sets it yet
		{http, "AccessLogSettings.Format", "aws_apigatewayv2_stage.web"},
		{live(apigatewayv2.StageType, "/apis/h2/stages/prod"), "AccessLogSettings.Format", ""},
	} {
		if got := s.Setter(c.ref, c.property); got != c.want {
			t.Errorf("%s of %s: %q, want %q", c.property, c.ref.ARN, got, c.want)
		}
	}
}

// TestAddresses quotes keys as Terraform 1.11.4 does; the right sides are what
// its state list printed for them.
func TestAddresses(t *testing.T) {
	for key, want := range map[any]string{
		"": `[""]`, "plain": `["plain"]`, "sp ace": `["sp ace"]`, `q"q`: `["q\"q"]`, `b\s`: `["b\\s"]`, "n\nl": `["n\nl"]`, "r\rt\t": `["r\rt\t"]`,
		"${a}": `["$${a}"]`, "%{b}": `["%%{b}"]`, "$x %y $": `["$x %y $"]`, "é日本": `["é日本"]`, "\u200b": `["\u200b"]`, "\u00a0": `["\u00a0"]`,
		"\u0001": `["\u0001"]`, "\U0001f600": "[\"\U0001f600\"]", "\U000e0001": `["\U000e0001"]`, "a/b.c": `["a/b.c"]`, 0: "[0]", 12: "[12]",
	} {
		r := declared("aws_apigatewayv2_stage", "this", object{"api_id": "c4", "name": "live", "index_key": key})
		r["module"] = `module.x["y"].module.z`
		got := strings.Join(instances(t, r).Owners(live(apigatewayv2.StageType, "/apis/c4/stages/live")), " ")
		if want = `module.x["y"].module.z.aws_apigatewayv2_stage.this` + want; got != want {
			t.Errorf("%q gives %s, want %s", key, got, want)
		}
	}
}

// TestBadStates says in one sentence why a file is of no use, for half a state
// would read as "nobody manages it".
func TestBadStates(t *testing.T) {
	whole, err := os.ReadFile("testdata/state/terraform.tfstate")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ content, want string }{
		"empty":            {"", "fix.state.garbled"},
		"cut off":          {string(whole[:len(whole)/2]), "fix.state.garbled"},
		"HCL":              {`resource "aws_api_gateway_stage" "this" {}`, "fix.state.garbled"},
		"another object":   {`{"Findings": []}`, "fix.state.garbled"},
		"a list":           {`[]`, "fix.state.garbled"},
		"null":             {`null`, "fix.state.garbled"},
		"UTF-16":           {"\xff\xfe{\x00}\x00", "cli.noText"},
		"no resources":     {`{"version": 4, "serial": 1}`, "fix.state.garbled"},
		"null resources":   {`{"version": 4, "resources": null}`, "fix.state.garbled"},
		"odd resources":    {`{"version": 4, "resources": [{"mode": "managed", "type": "aws_api_gateway_stage", "name": "x", "instances": [{"attributes": {"stage_name": 5}}]}]}`, "fix.state.garbled"},
		"no attributes":    {`{"version": 4, "resources": [{"mode": "managed", "type": "aws_api_gateway_stage", "name": "x", "instances": [{}]}]}`, "fix.state.garbled"},
		"version 3":        {`{"version": 3, "modules": []}`, "fix.state.version"},
		"version 5":        {`{"version": 5, "resources": []}`, "fix.state.version"},
		"version as text":  {`{"version": "4", "resources": []}`, "fix.state.garbled"},
		"OpenTofu's":       {`{"serial": 1, "lineage": "x", "meta": {"key_provider.pbkdf2.p": "x"}, "encrypted_data": "eA==", "encryption_version": "v0"}`, "fix.state.encrypted"},
		"sops":             {`{"version": "ENC[AES256_GCM,data:x]", "sops": {"version": "3.9.0"}}`, "fix.state.encrypted"},
		"what show prints": {`{"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": {}}}`, "fix.state.shown"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := state(t, c.content)
			var ours *locale.Error
			if !errors.As(err, &ours) || s != nil {
				t.Fatalf("%v, %v", s, err)
			}
			inner, ok := ours.Args[1].Value.(*locale.Error)
			if !ok || inner.Key != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
	if _, err := app.ReadState(t.Context(), filepath.Join(t.TempDir(), "none")); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Error(err)
	}
	if s, err := state(t, "\ufeff"+`{"version": 4, "resources": []}`); err != nil || s.Path == "" {
		t.Errorf("an empty state is a state: %v", err)
	}
}

// TestStackOf believes a resource's own tags before its API's.
func TestStackOf(t *testing.T) {
	tags := func(stack string) fact.Value[map[string]string] {
		if stack == "" {
			return fact.Set(map[string]string{"env": "prod"}, nil)
		}
		return fact.Set(map[string]string{"aws:cloudformation:stack-name": stack, "aws:cloudformation:logical-id": "X"}, nil)
	}
	var unknown fact.Value[map[string]string]
	rest := func(t fact.Value[map[string]string]) *apigateway.RestApi { return &apigateway.RestApi{Tags: t} }
	api := func(t fact.Value[map[string]string]) *apigatewayv2.Api { return &apigatewayv2.Api{Tags: t} }
	for name, c := range map[string]struct {
		res  resource.Resource
		want string
	}{
		"own":              {&apigateway.Stage{Tags: tags("own"), RestApi: rest(tags("api"))}, "own"},
		"the API's":        {&apigateway.Stage{Tags: tags(""), RestApi: rest(tags("api"))}, "api"},
		"none":             {&apigateway.Stage{Tags: tags(""), RestApi: rest(tags(""))}, ""},
		"unknown":          {&apigateway.Stage{Tags: unknown, RestApi: rest(unknown)}, ""},
		"unknown, the API": {&apigateway.Stage{Tags: unknown, RestApi: rest(tags("api"))}, "api"},
		"domain name":      {&apigateway.DomainName{Tags: tags("own")}, "own"},
		"REST API":         {rest(tags("own")), "own"},
		"V2 stage":         {&apigatewayv2.Stage{Tags: tags("own"), Api: api(tags(""))}, "own"},
		"route":            {&apigatewayv2.Route{Api: api(tags("api"))}, "api"},
		"integration":      {&apigatewayv2.Integration{Api: api(tags("api"))}, "api"},
		"V2 API":           {api(tags("own")), "own"},
		"method":           {&apigateway.Method{RestApi: rest(tags("api"))}, "api"},
		"a subnet":         {&ec2.Subnet{Tags: tags("own")}, "own"},
		"a queue":          {&sqs.Queue{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var want *plan.Managed
			if c.want != "" {
				want = &plan.Managed{By: "cloudformation", Name: c.want}
				if c.want == "own" {
					want.Logical = "X"
				}
			}
			if diff := cmp.Diff(want, app.StackOf(c.res)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
