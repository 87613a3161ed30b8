// Package webacl is APIGateway.4: REST API stages stand behind a web ACL.
package webacl

import (
	"embed"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/types/apigateway"
)

//go:embed guide.*.md messages.*.txt snippets
var files embed.FS

// Control returns the control.
func Control() *control.Control {
	return &control.Control{
		ID:       "APIGateway.4",
		Checks:   []control.Check{control.On(check)},
		Remedies: remedies(),
		Questions: []control.Question{
			{Key: "internet", Kind: control.YesNo},
			{Key: "production", Kind: control.YesNo},
			{Key: "unusual-requests", Kind: control.YesNo},
			{Key: "waf-cost", Kind: control.YesNo},
		},
		Files: files,
	}
}

// check does not look into the web ACL, which WAF.4 and WAF.10 judge, and does
// not spare private APIs, which no source exempts.
func check(s *apigateway.Stage, _ control.Params) control.Verdict {
	return control.Decide(fact.Filled(s.WebAclArn), s.WebAclArn, "WebAclArn",
		control.Pass("associated", locale.A("acl", s.WebAclArn.Or(""))), control.Fail("none"))
}
