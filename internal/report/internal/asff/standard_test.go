package asff_test

import (
	"testing"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/report/internal/asff"
)

// TestStandard tells whose a finding is in every form in which Security Hub says
// it, and whether its workflow decides.
func TestStandard(t *testing.T) {
	const fsbp, nist = "aws-foundational-security-best-practices/v/1.0.0", "nist-800-53/v/5.0.0"
	const id = "arn:aws:securityhub:ap-northeast-1:111122223333:"
	for name, c := range map[string]struct {
		generator, id string
		fields        object
		want          string
		decides       bool
	}{
		"consolidated":                   {"security-control/APIGateway.5", id + "security-control/APIGateway.5/finding/1", nil, "", true},
		"consolidated, lower case":       {"security-control/apigateway.5", id + "security-control/apigateway.5/finding/1", nil, "", true},
		"consolidated, by its id":        {"", id + "security-control/APIGateway.5/finding/1", nil, "", true},
		"the standard":                   {fsbp + "/APIGateway.5", id + "subscription/" + fsbp + "/APIGateway.5/finding/1", nil, fsbp, true},
		"a later version of it":          {"aws-foundational-security-best-practices/v/2.0/APIGateway.5", "x", nil, "aws-foundational-security-best-practices/v/2.0", true},
		"NIST":                           {nist + "/APIGateway.5", id + "subscription/" + nist + "/APIGateway.5/finding/1", nil, nist, false},
		"PCI DSS":                        {"pci-dss/v/3.2.1/PCI.APIGateway.5", "x", nil, "pci-dss/v/3.2.1", false},
		"CIS 1.2 is a rule set":          {"arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/2.5", "x", nil, "cis-aws-foundations-benchmark/v/1.2.0", false},
		"CIS 1.2 by its guide":           {"", "x", object{"StandardsGuideArn": "arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0"}, "cis-aws-foundations-benchmark/v/1.2.0", false},
		"managed by Control Tower":       {"service-managed-aws-control-tower/v/1.0.0/APIGateway.5", "x", nil, "service-managed-aws-control-tower/v/1.0.0", false},
		"by the standard's ARN":          {"", "x", object{"StandardsArn": "arn:aws:securityhub:::standards/" + fsbp}, fsbp, true},
		"in China":                       {"", "x", object{"StandardsArn": "arn:aws-cn:securityhub:cn-north-1::standards/" + fsbp}, fsbp, true},
		"in GovCloud, by the control":    {"", "x", object{"StandardsControlArn": "arn:aws-us-gov:securityhub:us-gov-west-1:111122223333:control/" + nist + "/APIGateway.5"}, nist, false},
		"by the subscription":            {"", "x", object{"StandardsSubscriptionArn": id + "subscription/" + nist}, nist, false},
		"by the guide's subscription":    {"", "x", object{"StandardsGuideSubscriptionArn": id + "subscription/cis-aws-foundations-benchmark/v/1.2.0"}, "cis-aws-foundations-benchmark/v/1.2.0", false},
		"by its id alone":                {"", id + "subscription/" + fsbp + "/APIGateway.5/finding/1", nil, fsbp, true},
		"by nothing: not all standards'": {"", "x", nil, "?", false},
		"a generator of no known form":   {"something", "x", object{"StandardsArn": 7}, "something", false},
	} {
		t.Run(name, func(t *testing.T) {
			h, err := asff.ReadHeld([]byte(encode(t, hub(func(f object) {
				f["GeneratorId"], f["Id"], f["ProductFields"] = c.generator, c.id, c.fields
			}))), controls.All())
			if err != nil || h == nil {
				t.Fatal(h, err)
			}
			if h.Standard != c.want || h.Decides() != c.decides {
				t.Errorf("%q, decides: %t; want %q, %t", h.Standard, h.Decides(), c.want, c.decides)
			}
		})
	}
	own, err := asff.ReadHeld([]byte(encode(t, hub(func(f object) {
		f["GeneratorId"], f["ProductArn"] = "kumoban/APIGateway.5", "arn:aws:securityhub:ap-northeast-1:111122223333:product/111122223333/default"
		f["ProductFields"] = object{"kumoban/version": "1"}
	}))), controls.All())
	if err != nil || own == nil || !own.Ours || own.Standard != "" || !own.Decides() {
		t.Errorf("ours: %+v, %v", own, err)
	}
}
