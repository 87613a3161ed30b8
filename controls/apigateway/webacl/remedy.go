package webacl

import (
	"github.com/kumoban/kumoban/controls/apigateway/internal/ensure"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/apigateway"
)

func remedies() []remedy.Remedy {
	return []remedy.Remedy{{
		Name: "associate",
		On:   apigateway.StageType,
		Does: []remedy.Effect{remedy.Costs, remedy.Interrupts},
		Inputs: []remedy.Input{{
			Name: "webAcl", Required: true, Of: "AWS::WAFv2::WebACL",
			Pattern: `arn:aws[a-z-]*:wafv2:[a-z0-9-]+:[0-9]{12}:regional/webacl/[A-Za-z0-9_-]+/[A-Za-z0-9-]+`,
		}},
		Ensure:  ensure.On(associate),
		Charges: inspected,
		Counts:  true,
		Touches: []remedy.Touch{{Type: "AWS::WAFv2::WebACLAssociation", Properties: []string{"WebACLArn"}}},
	}}
}

// inspected are all requests; a web ACL itself costs while none is named, for
// then one may have to be made.
func inspected(c remedy.Case) []cost.Charge {
	charges := []cost.Charge{{Kind: cost.Inspected}}
	if c.Inputs["webAcl"] == "" {
		charges = append(charges, cost.Charge{Kind: cost.WebACL})
	}
	return charges
}

// associate takes no web ACL of AWS WAF Classic, which AWS has replaced, and
// none of another Region, CloudFront's included.
func associate(s *apigateway.Stage, c remedy.Case) ([]remedy.Ensure, error) {
	if err := ensure.Known(s.WebAclArn, "WebAclArn"); err != nil {
		return nil, err
	}
	if fact.Filled(s.WebAclArn) == fact.True {
		return nil, ensure.Nothing(s)
	}
	acl, err := ensure.Given(c, "webAcl")
	if err != nil {
		return nil, err
	}
	if ensure.Place(acl) != s.Scope {
		return nil, locale.Errorf("fix.elsewhere", locale.A("arn", acl), locale.A("account", s.Account), locale.A("region", s.Region))
	}
	association := ensure.Thing(s)
	association.Type = "AWS::WAFv2::WebACLAssociation"
	return []remedy.Ensure{{ID: "association", Thing: association, Set: []remedy.Property{{Name: "WebACLArn", Value: acl}}}}, nil
}
