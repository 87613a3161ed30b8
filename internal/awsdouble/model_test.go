package awsdouble

import (
	"encoding/json"
	"maps"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
	"github.com/kumoban/kumoban/internal/outside"
)

// model is what the tests read of AWS's API models, which botocore carries.
type model struct {
	Metadata struct {
		APIVersion, Protocol, JSONVersion, TargetPrefix string
		Protocols                                       []string // all that it speaks
	}

	Operations map[string]struct {
		HTTP struct {
			Method, RequestURI string
			ResponseCode       int
		}
	}
	Shapes map[string]struct {
		Members map[string]struct{ LocationName, Location string }
	}
}

const dump = `
import json, sys, botocore.loaders
loader = botocore.loaders.Loader()
json.dump({s: loader.load_service_model(s, "service-2") for s in sys.argv[1:]}, sys.stdout)
`

func models(t *testing.T) map[string]model {
	t.Helper()
	services := map[string]bool{}
	for _, o := range New(Options{}).operations {
		services[o.Service] = true
	}
	out, err := exec.CommandContext(t.Context(), outside.Python(t), append([]string{"-c", dump}, slices.Sorted(maps.Keys(services))...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]model
	if err := json.Unmarshal(out, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// TestOperationsAreAWSs holds every operation against AWS's model: its name,
// verb, path, status of success and protocol.
func TestOperationsAreAWSs(t *testing.T) {
	all := models(t)
	for _, o := range New(Options{}).operations {
		m := all[o.Service]
		want, known := m.Operations[o.Name]
		if !known {
			t.Errorf("%s has no operation %s", o.Service, o.Name)
			continue
		}
		switch o.Protocol {
		case service.REST:
			status := max(want.HTTP.ResponseCode, 200)
			if o.Method != want.HTTP.Method || o.Path != want.HTTP.RequestURI || max(o.Status, 200) != status {
				t.Errorf("%s %s is %s %s → %d, in AWS %s %s → %d", o.Service, o.Name, o.Method, o.Path, o.Status, want.HTTP.Method, want.HTTP.RequestURI, status)
			}
			if o.Signing == "apigateway" && o.Write == (o.Method == "GET") {
				t.Errorf("%s %s: Write is %v", o.Service, o.Name, o.Write)
			}
		case service.JSON:
			if m.Metadata.Protocol != "json" || m.Metadata.JSONVersion != "1.1" {
				t.Errorf("%s speaks %s %s", o.Service, m.Metadata.Protocol, m.Metadata.JSONVersion)
			}
		case service.Query:
			if m.Metadata.Protocol != "query" && !slices.Contains(m.Metadata.Protocols, "query") || m.Metadata.APIVersion != o.Version {
				t.Errorf("%s speaks %s %s", o.Service, m.Metadata.Protocol, m.Metadata.APIVersion)
			}
		}
	}
}

// TestShapesAreAWSs holds the members of every resource against AWS's model,
// both ways: a member that AWS does not have would be a convenience, one that
// is missing a gap.
func TestShapesAreAWSs(t *testing.T) {
	all := models(t)
	for _, c := range []struct {
		value          any
		service, shape string
		without        string // members that the double leaves out on purpose
	}{
		{world.RestAPIWire{}, "apigateway", "RestApi", ""},
		{world.EndpointConfiguration{}, "apigateway", "EndpointConfiguration", ""},
		{world.RestStage{}, "apigateway", "Stage", ""},
		{world.MethodSetting{}, "apigateway", "MethodSetting", ""},
		{world.AccessLogSettings{}, "apigateway", "AccessLogSettings", ""},
		{world.CanarySettings{}, "apigateway", "CanarySettings", ""},
		{world.RestDeployment{}, "apigateway", "Deployment", "apiSummary"}, // only sent if embedded
		{world.RestResource{}, "apigateway", "Resource", ""},
		{world.Method{}, "apigateway", "Method", ""},
		{world.MethodResponse{}, "apigateway", "MethodResponse", ""},
		{world.Integration{}, "apigateway", "Integration", ""},
		{world.IntegrationResponse{}, "apigateway", "IntegrationResponse", ""},
		{world.RestTLSConfig{}, "apigateway", "TlsConfig", ""},
		{world.ClientCertificate{}, "apigateway", "ClientCertificate", ""},
		{world.DomainNameWire{}, "apigateway", "DomainName", ""},
		{world.MutualTLS{}, "apigateway", "MutualTlsAuthentication", ""},
		{world.APIWire{}, "apigatewayv2", "Api", ""},
		{world.Cors{}, "apigatewayv2", "Cors", ""},
		{world.Stage{}, "apigatewayv2", "Stage", ""},
		{world.RouteSettings{}, "apigatewayv2", "RouteSettings", ""},
		{world.Route{}, "apigatewayv2", "Route", ""},
		{world.ParameterConstraint{}, "apigatewayv2", "ParameterConstraints", ""},
		{world.V2Integration{}, "apigatewayv2", "Integration", ""},
		{world.TLSConfig{}, "apigatewayv2", "TlsConfig", ""},
		{world.Authorizer{}, "apigatewayv2", "Authorizer", ""},
		{world.JWTConfiguration{}, "apigatewayv2", "JWTConfiguration", ""},
		{world.VpcLink{}, "apigatewayv2", "VpcLink", ""},
		{world.LogGroup{}, "logs", "LogGroup", "dataProtectionStatus inheritedProperties bearerTokenAuthenticationEnabled"},
		{world.LogStream{}, "logs", "LogStream", ""},
		{world.LogEvent{}, "logs", "FilteredLogEvent", ""},
		{world.ResourcePolicy{}, "logs", "ResourcePolicy", "resourceArn revisionId"},
		{world.KeyMetadata{}, "kms", "KeyMetadata", "ValidTo CustomKeyStoreId CloudHsmClusterId ExpirationModel SigningAlgorithms " +
			"KeyAgreementAlgorithms MultiRegionConfiguration PendingDeletionWindowInDays MacAlgorithms XksKeyConfiguration CurrentKeyMaterialId"},
		{world.DeliveryStream{}, "firehose", "DeliveryStreamDescription", "FailureDescription LastUpdateTimestamp Source"},
	} {
		shape, known := all[c.service].Shapes[c.shape]
		if !known {
			t.Errorf("%s has no shape %s", c.service, c.shape)
			continue
		}
		want := map[string]bool{}
		for name, m := range shape.Members {
			if m.LocationName != "" {
				name = m.LocationName
			}
			want[name] = true
		}
		for _, name := range strings.Fields(c.without) {
			delete(want, name)
		}
		have := map[string]bool{}
		members(reflect.TypeOf(c.value), have)
		if !maps.Equal(have, want) {
			t.Errorf("%s %s:\n double %v\n AWS    %v", c.service, c.shape, slices.Sorted(maps.Keys(have)), slices.Sorted(maps.Keys(want)))
		}
	}
}

func members(t reflect.Type, into map[string]bool) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch name {
		case "-":
			continue
		case "":
			name = f.Name
		}
		into[name] = true
	}
}
