// Package clientcertificate is APIGateway.2: REST API stages show a client
// certificate to their HTTP back ends.
package clientcertificate

import (
	"embed"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/apigateway"
)

//go:embed guide.*.md messages.*.txt snippets
var files embed.FS

// Control returns the control.
func Control() *control.Control {
	return &control.Control{
		ID:       "APIGateway.2",
		Checks:   []control.Check{control.On(check)},
		Reads:    []control.Read{{Type: apigateway.MethodType, When: lacksCertificate}},
		Remedies: remedies(),
		Questions: []control.Question{
			{Key: "other-way", Kind: control.YesNo},
			{Key: "backend-checks", Kind: control.YesNo},
			{Key: "renewal", Kind: control.YesNo},
			{Key: "production", Kind: control.YesNo},
		},
		Files: files,
	}
}

// check asks what the API integrates with only where a certificate is missing:
// one that has nobody to be shown to is not missed.
func check(s *apigateway.Stage, _ control.Params) control.Verdict {
	switch fact.Filled(s.ClientCertificateId) {
	case fact.True:
		return control.Pass("set", locale.A("certificate", s.ClientCertificateId.Or("")))
	case fact.Unknown:
		return control.Unread("ClientCertificateId", s.ClientCertificateId.Origin())
	}
	methods, known := s.RestApi.Methods.Get()
	if known == fact.Unknown {
		return control.Unread("RestApi.Methods", s.RestApi.Methods.Origin())
	}
	var unread string
	var cause *fact.Origin
	http, listed := 0, 0
	for _, m := range methods {
		if m.Listed() {
			listed++
		}
		calls, origin := callsHTTP(m)
		switch calls {
		case fact.True:
			http++
		case fact.Unknown:
			unread, cause = "Methods["+m.Name+"].Integration", origin
		}
	}
	switch {
	case http == 1 && listed < len(methods):
		return control.Fail("missingSomeOne", locale.A("n", http))
	case http > 0 && listed < len(methods):
		return control.Fail("missingSome", locale.A("n", http))
	case http > 0:
		return control.Fail("missing", locale.A("n", http), locale.A("of", listed))
	case unread != "":
		return control.Unread(unread, cause)
	}
	return control.Exempt("noHTTP")
}

// callsHTTP also says where the answer comes from.
func callsHTTP(m *apigateway.Method) (fact.Truth, *fact.Origin) {
	integration, present := m.Integration.Get()
	if present != fact.True {
		return present, m.Integration.Origin()
	}
	return fact.In(integration.Type, "HTTP", "HTTP_PROXY"), integration.Type.Origin()
}

// lacksCertificate tells whether a REST API has a stage that a look at the
// integrations could acquit.
func lacksCertificate(u resource.Unit) bool {
	for _, r := range u.Resources {
		if s, ok := r.(*apigateway.Stage); ok && fact.Filled(s.ClientCertificateId) == fact.False {
			return true
		}
	}
	return false
}
