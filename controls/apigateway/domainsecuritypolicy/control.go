// Package domainsecuritypolicy is APIGateway.11: custom domain names use a
// recommended TLS security policy.
package domainsecuritypolicy

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
		ID:       "APIGateway.11",
		Checks:   []control.Check{control.On(check)},
		Remedies: remedies(),
		Questions: []control.Question{
			{Key: "old-clients", Kind: control.YesNo},
			{Key: "notice", Kind: control.Number, Unit: control.Days},
			{Key: "long-secret", Kind: control.YesNo},
			{Key: "production", Kind: control.YesNo},
		},
		Files: files,
	}
}

// recommended lists the policies that pass.
func recommended() []string {
	return []string{
		"SecurityPolicy_TLS13_1_3_2025_09",
		"SecurityPolicy_TLS13_1_3_FIPS_2025_09",
		"SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
		"SecurityPolicy_TLS13_2025_EDGE",
		"SecurityPolicy_TLS12_PFS_2025_EDGE",
	}
}

// check knows Security Hub's fixed list, which is shorter than what the Config
// rule alone would accept: TLS_1_2 fails.
func check(d *apigateway.DomainName, _ control.Params) control.Verdict {
	policy := locale.A("policy", d.SecurityPolicy.Or(""))
	fail := control.Fail("old", policy)
	if d.SecurityPolicy.Present() == fact.False {
		fail = control.Fail("none")
	}
	return control.Decide(fact.In(d.SecurityPolicy, recommended()...), d.SecurityPolicy, "SecurityPolicy", control.Pass("recommended", policy), fail)
}
