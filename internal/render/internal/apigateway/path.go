package apigateway

import (
	"strings"
	"unicode/utf8"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/resource"
)

// The types of things that plans are about.
const (
	RestStage   resource.Type = "AWS::ApiGateway::Stage"
	Stage       resource.Type = "AWS::ApiGatewayV2::Stage"
	Route       resource.Type = "AWS::ApiGatewayV2::Route"
	Integration resource.Type = "AWS::ApiGatewayV2::Integration"
	DomainName  resource.Type = "AWS::ApiGateway::DomainName"
	Account     resource.Type = "AWS::ApiGateway::Account"
	Certificate resource.Type = "AWS::ApiGateway::ClientCertificate"
	Association resource.Type = "AWS::WAFv2::WebACLAssociation"
)

// Path is what the ARN of something in API Gateway names: an API with one of
// its parts, or a domain name.
type Path struct {
	API    string // its id
	Name   string // of the stage or domain name; the id of a route or integration
	ID     string // of a private domain name, whose name is not unique; else ""
	Domain bool
}

// Parse reads an ARN such as arn:aws:apigateway:us-east-1::/restapis/a1/stages/prod.
func Parse(arn string) (Path, bool) {
	a, ok := resource.ParseARN(arn)
	if !ok {
		return Path{}, false
	}
	if domain, ok := strings.CutPrefix(a.Resource, "/domainnames/"); ok {
		name, id, _ := strings.Cut(domain, "+")
		return Path{Name: name, ID: id, Domain: true}, name != ""
	}
	for _, root := range []string{"/restapis/", "/apis/"} {
		api, rest, ok := strings.Cut(strings.TrimPrefix(a.Resource, root), "/")
		if !ok || !strings.HasPrefix(a.Resource, root) {
			continue
		}
		_, name, ok := strings.Cut(rest, "/")
		return Path{API: api, Name: name}, ok && api != "" && name != ""
	}
	return Path{}, false
}

// Managed tells whether API Gateway made the thing by quick create, as far as
// the step says.
func Managed(s *plan.Step) bool {
	v, _ := part.Find(s.With, "ApiGatewayManaged")
	return v == true
}

// Protocol returns HTTP or WEBSOCKET, and "" where the step does not tell.
func Protocol(s *plan.Step) string {
	if v, ok := part.Find(s.With, "ProtocolType"); ok {
		return part.Text(v)
	}
	key := part.Text(first(part.Known(s, "RouteKey")))
	switch {
	case strings.HasPrefix(key, "$connect"), strings.HasPrefix(key, "$disconnect"):
		return "WEBSOCKET"
	case strings.Contains(key, " /"):
		return "HTTP"
	}
	if _, logs := part.Find(s.Changes, "DefaultRouteSettings.LoggingLevel"); logs {
		return "WEBSOCKET" // HTTP APIs have no execution logs
	}
	return ""
}

// about tells a property that a step carries because some medium must name it.
// It is neither changed nor sent along.
func about(property string) bool {
	switch property {
	case "DeploymentId", "RouteKey", "IntegrationType", "ApiGatewayManaged", "ProtocolType":
		return true
	}
	_, _, setting := SettingOf(property) // API Gateway patches single properties of those
	return setting
}

func first(v any, _ bool) any { return v }

// path reads a thing's ARN.
func path(t plan.Thing) (Path, error) {
	p, ok := Parse(t.ARN)
	if !ok || !utf8.ValidString(t.ARN) {
		return p, locale.Errorf("render.error.oddARN", locale.A("arn", readable(t.ARN)))
	}
	return p, nil
}

// readable keeps a strange ARN readable in an error.
func readable(s string) string { return strings.ToValidUTF8(s, "?") }
