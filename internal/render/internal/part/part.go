// Package part takes a plan apart for those who show it: what an ARN names,
// which method setting a property belongs to, which steps are about one thing.
package part

import (
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
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
	LogGroup    resource.Type = "AWS::Logs::LogGroup"
	Role        resource.Type = "AWS::IAM::Role"
	Key         resource.Type = "AWS::KMS::Key"
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

// Output tells whether a value is one that another step makes.
func Output(v any) (remedy.Output, bool) {
	m, ok := plan.Normal(v).(map[string]any)
	if !ok {
		return remedy.Output{}, false
	}
	of, isOf := m["of"].(string)
	name, isName := m["name"].(string)
	return remedy.Output{Of: of, Name: name}, isOf && isName
}

// Text returns a value that is a string, and "" for any other.
func Text(v any) string {
	s, _ := v.(string)
	return s
}

// Strings returns a value that is a list of strings.
func Strings(v any) []string {
	items, _ := plan.Normal(v).([]any)
	list := []string{}
	for _, item := range items {
		list = append(list, Text(item))
	}
	return list
}

// Number writes a number without an exponent and without needless digits.
func Number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// Find returns what a property will be.
func Find(list []plan.Change, property string) (any, bool) {
	for i := range list {
		if list[i].Property == property {
			return plan.Normal(list[i].Will), true
		}
	}
	return nil, false
}

// Known returns what a step knows of a property: what it will be, or what is
// sent along.
func Known(s *plan.Step, property string) (any, bool) {
	if v, ok := Find(s.Changes, property); ok {
		return v, true
	}
	return Find(s.With, property)
}

// Under returns the changes of properties with this prefix, without it.
func Under(list []plan.Change, prefix string) []plan.Change {
	var under []plan.Change
	for _, c := range list {
		if rest, ok := strings.CutPrefix(c.Property, prefix); ok {
			c.Property = rest
			under = append(under, c)
		}
	}
	return under
}

// Managed tells whether API Gateway made the thing by quick create, as far as
// the step says.
func Managed(s *plan.Step) bool {
	v, _ := Find(s.With, "ApiGatewayManaged")
	return v == true
}

// Protocol returns HTTP or WEBSOCKET, and "" where the step does not tell.
func Protocol(s *plan.Step) string {
	if v, ok := Find(s.With, "ProtocolType"); ok {
		return Text(v)
	}
	key := Text(first(Known(s, "RouteKey")))
	switch {
	case strings.HasPrefix(key, "$connect"), strings.HasPrefix(key, "$disconnect"):
		return "WEBSOCKET"
	case strings.Contains(key, " /"):
		return "HTTP"
	}
	if _, logs := Find(s.Changes, "DefaultRouteSettings.LoggingLevel"); logs {
		return "WEBSOCKET" // HTTP APIs have no execution logs
	}
	return ""
}

// About tells a property that a step carries because some medium must name it.
// It is neither changed nor sent along.
func About(property string) bool {
	switch property {
	case "DeploymentId", "RouteKey", "IntegrationType", "ApiGatewayManaged", "ProtocolType":
		return true
	}
	_, _, setting := SettingOf(property) // API Gateway patches single properties of those
	return setting
}

func first(v any, _ bool) any { return v }
