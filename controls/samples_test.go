package controls_test

import (
	"regexp"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/casefile"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/apigateway"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

// word is what drivers and renderers know of a type of thing.
type word struct {
	byARN  bool   // named by an ARN, else by a name
	set    string // a regular expression of the properties that can be changed
	read   string // and of those that can be read for guards as well
	make   bool
	output string // of a thing that is made
	shared bool
	data   bool
}

// vocabulary is all that an ensure may speak of. A type or property that is
// not here has no driver.
func vocabulary() map[resource.Type]word {
	const v2Logs, v2Defaults = `AccessLogSettings\.(DestinationArn|Format)`, `DefaultRouteSettings\.`
	const about = `ProtocolType|ApiGatewayManaged` // of a part of an HTTP or WebSocket API
	return map[resource.Type]word{
		apigatewayv2.StageType: {byARN: true, set: v2Logs + `|` + v2Defaults + `LoggingLevel`,
			read: v2Defaults + `(DataTraceEnabled|DetailedMetricsEnabled|ThrottlingBurstLimit|ThrottlingRateLimit)|` + about},
		apigateway.DomainNameType:            {read: `HttpApiMapped`}, // beside what its room says
		"AWS::ApiGateway::Account":           {set: `CloudWatchRoleArn`, shared: true},
		"AWS::ApiGateway::ClientCertificate": {make: true, output: "ClientCertificateId"},
		"AWS::WAFv2::WebACLAssociation":      {byARN: true, set: `WebACLArn`},
		"AWS::Logs::LogGroup":                {set: `RetentionInDays|KmsKeyId`, read: `Events`, make: true, output: "Arn", data: true},
		"AWS::IAM::Role":                     {set: `AssumeRolePolicyDocument|ManagedPolicyArns|Path|PermissionsBoundary`, make: true, output: "Arn", shared: true},
		"AWS::KMS::Key":                      {set: `KeyPolicy|EnableKeyRotation`, make: true, output: "Arn", data: true},
	}
}

// wordOf is what an ensure may say of its thing: as the type's room can write it,
// or by hand, as of whatever is made.
func wordOf(ensure *remedy.Ensure) (word, bool) {
	e := catalog.Find(ensure.Thing.Type)
	if ensure.Make && e != nil && e.Room.Make != nil {
		w := word{make: true}
		for _, p := range e.Room.Properties {
			w.set += "|" + p.Name
		}
		return w, true
	}
	if ensure.Make || e == nil || e.Room.Writes == nil {
		w, known := vocabulary()[ensure.Thing.Type]
		return w, known
	}
	w := word{byARN: true, read: "none|" + vocabulary()[ensure.Thing.Type].read}
	var sets []string
	for _, write := range e.Room.Writes {
		for _, name := range write.Sets {
			sets = append(sets, strings.ReplaceAll(regexp.QuoteMeta(name), `\*`, `[^"]*`))
		}
	}
	w.set = strings.Join(sets, "|")
	properties := e.Room.Properties
	if parent := e.Service.Room(e.Room.Parent); parent != nil {
		properties = slices.Concat(properties, parent.Properties)
	}
	for _, p := range properties {
		w.read += "|" + p.Name + `(\["[^"]*"\])?(\..*)?`
	}
	return w, true
}

// sample is a failed resource with the decisions for it.
type sample struct {
	control, remedy string
	resource        resource.Resource
	inputs          []map[string]string
}

func meta(path, name string) resource.Meta {
	return resource.Meta{Ref: resource.Ref{
		Scope: resource.Scope{Partition: "aws", Account: "111122223333", Region: "ap-northeast-1"},
		ARN:   "arn:aws:apigateway:ap-northeast-1::" + path, Name: name,
	}}
}

func set[T any](v T) fact.Value[T] { return fact.Set(v, nil) }

func absent[T any]() fact.Value[T] { return fact.Absent[T](nil) }

func samples() []sample { return append(ofGateway(), ofCases()...) }

// ofCases are the failing resources of case files, with the inputs that a remedy
// gives as examples.
func ofCases() (list []sample) {
	for _, c := range controls.All() {
		for i := range c.Remedies {
			r := &c.Remedies[i]
			inputs := map[string]string{}
			for _, in := range r.Inputs {
				if in.Example != "" {
					inputs[in.Name] = in.Example
				}
			}
			_ = casefile.Failing(c, func(res resource.Resource, _ *resource.Unit) bool {
				given, err := r.Check(inputs)
				if err == nil {
					_, err = r.Ensure(remedy.Case{Resource: res, Inputs: given})
				}
				if err == nil {
					list = append(list, sample{c.ID, r.Name, res, []map[string]string{inputs}})
				}
				return true
			})
		}
	}
	return list
}

func ofGateway() []sample {
	rest, v2 := meta("/restapis/a1b2c3d4e5/stages/prod", "orders/prod"), meta("/apis/a1b2c3d4e5/stages/$default", "orders/$default")
	restStage := &apigateway.Stage{
		Meta: rest, TracingEnabled: set(false), ClientCertificateId: absent[string](), WebAclArn: absent[string](),
		MethodSettings: set([]apigateway.MethodSetting{
			{
				Key: set("*/*"), LoggingLevel: set("OFF"), CachingEnabled: set(true), CacheDataEncrypted: set(false), CacheTtlInSeconds: set(300),
				DataTraceEnabled: set(false), MetricsEnabled: set(true), ThrottlingBurstLimit: set(-1), ThrottlingRateLimit: set(-1.0),
			},
			{Key: set("~1orders~1{id}/GET"), LoggingLevel: set("OFF"), CachingEnabled: set(true), CacheDataEncrypted: set(false)},
		}),
	}
	v2Stage := func(protocol string, managed bool) *apigatewayv2.Stage {
		return &apigatewayv2.Stage{
			Meta: v2, Api: &apigatewayv2.Api{ProtocolType: set(protocol)}, AccessLogSettings: absent[apigatewayv2.AccessLogSettings](),
			ApiGatewayManaged: set(managed), DefaultRouteSettings: set(apigatewayv2.RouteSettings{
				LoggingLevel: set("OFF"), DataTraceEnabled: set(false), DetailedMetricsEnabled: set(true),
				ThrottlingBurstLimit: set(200), ThrottlingRateLimit: set(100.0),
			}),
		}
	}
	access := []map[string]string{
		nil, {"logGroup": "/mine"}, {"kmsKey": "new"}, {"retention": "365", "format": "$context.requestId"},
		{"kmsKey": "arn:aws:kms:ap-northeast-1:111122223333:key/1"},
	}
	domain := func(kind string) *apigateway.DomainName {
		return &apigateway.DomainName{
			Meta: meta("/domainnames/api.example.com", "api.example.com"), SecurityPolicy: set("TLS_1_2"), EndpointAccessMode: absent[string](),
			EndpointConfiguration:   set(apigateway.EndpointConfiguration{Types: set([]string{kind})}),
			MutualTlsAuthentication: absent[apigateway.MutualTlsAuthentication](),
		}
	}
	return []sample{
		{"APIGateway.1", "enable-logging", restStage, []map[string]string{nil, {"level": "INFO"}}},
		{"APIGateway.1", "enable-logging", v2Stage("WEBSOCKET", false), []map[string]string{nil, {"level": "INFO"}}},
		{"APIGateway.2", "certificate", restStage, []map[string]string{{"certificate": "abc123"}, {"certificate": "new"}}},
		{"APIGateway.3", "trace", restStage, []map[string]string{nil}},
		{"APIGateway.4", "associate", restStage, []map[string]string{{"webAcl": "arn:aws:wafv2:ap-northeast-1:111122223333:regional/webacl/a/1"}}},
		{"APIGateway.5", "encrypt", restStage, []map[string]string{nil}},
		{"APIGateway.5", "stop-caching", restStage, []map[string]string{nil}},
		{"APIGateway.8", "authorize", &apigatewayv2.Route{
			Meta: meta("/apis/a1/routes/r1", "orders GET /orders"), Api: &apigatewayv2.Api{ProtocolType: set("HTTP")},
			RouteKey: set("GET /orders"), AuthorizationType: set("NONE"), AuthorizerId: absent[string](),
		}, []map[string]string{{"authorizationType": "AWS_IAM"}, {"authorizationType": "JWT", "authorizer": "a1"}}},
		{"APIGateway.9", "log-group", v2Stage("HTTP", false), access},
		{"APIGateway.9", "log-group", v2Stage("HTTP", true), access},
		{"APIGateway.9", "log-group", v2Stage("WEBSOCKET", false), access},
		{"APIGateway.10", "tls", &apigatewayv2.Integration{
			Meta: meta("/apis/a1/integrations/i1", "orders/i1"), Api: &apigatewayv2.Api{ProtocolType: set("HTTP")},
			ConnectionType: set("VPC_LINK"), TlsConfig: absent[apigatewayv2.TlsConfig](),
		}, []map[string]string{{"serverName": "orders.example.com"}}},
		{"APIGateway.11", "policy", domain("REGIONAL"), []map[string]string{{"securityPolicy": "SecurityPolicy_TLS13_1_3_2025_09"}}},
		{"APIGateway.11", "policy", domain("EDGE"), []map[string]string{{"securityPolicy": "SecurityPolicy_TLS13_2025_EDGE", "endpointAccessMode": "STRICT"}}},
	}
}

// blanks are live resources of which nothing could be read.
func blanks() []resource.Resource {
	return []resource.Resource{
		&apigateway.Stage{Meta: meta("/restapis/a1/stages/b", "a/b"), RestApi: &apigateway.RestApi{}},
		&apigateway.DomainName{Meta: meta("/domainnames/a", "a")},
		&apigatewayv2.Stage{Meta: meta("/apis/a1/stages/b", "a/b"), Api: &apigatewayv2.Api{}},
		&apigatewayv2.Route{Meta: meta("/apis/a1/routes/b", "a b"), Api: &apigatewayv2.Api{}},
		&apigatewayv2.Integration{Meta: meta("/apis/a1/integrations/b", "a/b"), Api: &apigatewayv2.Api{}},
	}
}
