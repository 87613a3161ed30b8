// Package apigateway shows what plans change of API Gateway where its rooms cannot say
// it: a route's or an integration's source form wants what its ARN does not tell; quick
// create makes what nobody declares; the console is told in sentences of its own; and the
// account's role, client certificates and the web ACL of a stage have no room.
package apigateway

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/cloudformation"
	"github.com/kumoban/kumoban/internal/render/internal/console"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/render/internal/shell"
	"github.com/kumoban/kumoban/internal/render/internal/terraform"
	"github.com/kumoban/kumoban/internal/render/internal/words"
	"github.com/kumoban/kumoban/internal/resource"
)

type (
	script   struct{ *shell.Script }
	source   struct{ *terraform.Source }
	page     struct{ *console.Page }
	template struct{ *cloudformation.Template }
)

// Shell says how AWS CLI commands are written.
func Shell() shell.Kinds {
	on := func(write func(*script, *plan.Step) error) shell.Kind {
		return shell.Kind{Write: func(s *shell.Script, st *plan.Step) error { return write(&script{s}, st) }}
	}
	guarded := func(k shell.Kind, property string, guard func(*script, *plan.Step, *plan.Guard) error) shell.Kind {
		k.Guards = map[string]func(*shell.Script, *plan.Step, *plan.Guard) error{
			property: func(s *shell.Script, st *plan.Step, g *plan.Guard) error { return guard(&script{s}, st, g) },
		}
		return k
	}
	return shell.Kinds{
		Stage: on((*script).stage), Integration: on((*script).integration),
		DomainName:  guarded(shell.Kind{Rooms: true}, "HttpApiMapped", (*script).unmapped),
		Account:     guarded(on((*script).account), "CloudWatchRole.Gone", (*script).roleGone),
		Certificate: on((*script).certificate), Association: on((*script).association),
	}
}

// Terraform says how resources are written.
func Terraform() terraform.Kinds {
	on := func(resource string, write func(*source, *part.Merged) error) terraform.Kind {
		return terraform.Kind{Resource: resource, Name: label, Write: func(s *terraform.Source, m *part.Merged) error { return write(&source{s}, m) }}
	}
	certificate := on("aws_api_gateway_client_certificate", (*source).certificate)
	certificate.Outputs = map[string]string{"ClientCertificateId": "id"}
	return terraform.Kinds{
		RestStage:   on("aws_api_gateway_stage", (*source).restStage),
		Stage:       on("aws_apigatewayv2_stage", (*source).stage),
		Route:       on("aws_apigatewayv2_route", (*source).route),
		Integration: on("aws_apigatewayv2_integration", (*source).integration),
		DomainName:  on("aws_api_gateway_domain_name", (*source).domainName),
		Account:     on("aws_api_gateway_account", (*source).account),
		Certificate: certificate,
		Association: on("aws_wafv2_web_acl_association", (*source).association),
	}
}

// Console says how steps in the console are told.
func Console() console.Kinds {
	on := func(write func(*page)) console.Kind {
		return console.Kind{Write: func(s *console.Page) { write(&page{s}) }}
	}
	return console.Kinds{
		RestStage: on((*page).restStage), Stage: on((*page).stage), Route: on((*page).route), Integration: on((*page).integration),
		DomainName: on((*page).domainName), Account: on((*page).account), Certificate: on((*page).certificate), Association: on((*page).association),
	}
}

// CloudFormation says how resources are written.
func CloudFormation() cloudformation.Kinds {
	on := func(id string, write func(*template, *part.Merged) (cloudformation.Mapping, error)) cloudformation.Kind {
		return cloudformation.Kind{ID: id, Write: func(t *cloudformation.Template, m *part.Merged) (cloudformation.Mapping, error) {
			return write(&template{t}, m)
		}}
	}
	ofAPI := func(k cloudformation.Kind) cloudformation.Kind {
		k.Undeclared = func(m *part.Merged) bool { return Managed(&m.Step) }
		k.Instead = func(t *cloudformation.Template, m *part.Merged) error { return (&template{t}).override(m) }
		return k
	}
	declared := func(k cloudformation.Kind) cloudformation.Kind {
		k.Exists = set
		return k
	}
	certificate := on("ClientCertificate", (*template).certificate)
	certificate.Outputs = map[string]func(string) cloudformation.Intrinsic{
		"ClientCertificateId": func(id string) cloudformation.Intrinsic { return cloudformation.Intrinsic("!Ref " + id) },
	}
	return cloudformation.Kinds{
		RestStage: on("Stage", (*template).restStage), Stage: ofAPI(on("Stage", (*template).stage)), Route: ofAPI(on("Route", (*template).route)),
		Integration: ofAPI(on("Integration", (*template).integration)), DomainName: on("DomainName", (*template).domainName),
		Account: declared(on("Account", (*template).account)), Certificate: certificate,
		Association: declared(on("WebACLAssociation", (*template).association)),
	}
}

// Carried says what steps carry beside their changes.
func Carried() map[resource.Type]words.Carried {
	whole := map[resource.Type][]string{
		RestStage: {"MethodSettings["}, Stage: {"DefaultRouteSettings.", "AccessLogSettings."}, DomainName: {"EndpointAccessMode", "SecurityPolicy"},
		Route: nil, Integration: nil,
	}
	carried := map[resource.Type]words.Carried{}
	for t, prefixes := range whole {
		carried[t] = words.Carried{About: about, Declared: func(property string) bool {
			return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(property, prefix) })
		}}
	}
	return carried
}

// label is what Terraform's labels are made of.
func label(t plan.Thing) string {
	if p, ok := Parse(t.ARN); ok {
		return p.API + " " + p.Name
	}
	return t.Name
}
