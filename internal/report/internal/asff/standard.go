package asff

import (
	"cmp"
	"regexp"
	"strings"
)

// foundational is the standard that kumoban judges by, in any version.
const foundational = "aws-foundational-security-best-practices/v/"

// standardPattern is a standard as generators, ids and ARNs of every partition
// name it.
var standardPattern = regexp.MustCompile(`[a-z0-9-]+/v/[0-9]+(\.[0-9]+)*`)

// standard names the standard that a finding of Security Hub's is of, as
// "nist-800-53/v/5.0.0"; "" where control findings are consolidated, so that
// one finding stands for all standards. What names none is of an unknown one,
// not of all. Fields and forms: Security Hub's user guide, "Consolidated control
// findings"; the benchmark CIS 1.2 has guides and rule sets where others have
// standards.
func (f *heldFinding) standard() string {
	switch {
	case strings.HasPrefix(f.GeneratorID, "security-control/"):
		return ""
	case standardPattern.MatchString(f.GeneratorID):
		return standardPattern.FindString(f.GeneratorID)
	}
	for _, name := range []string{"StandardsArn", "StandardsGuideArn", "StandardsControlArn", "StandardsSubscriptionArn", "StandardsGuideSubscriptionArn"} {
		text, _ := f.ProductFields[name].(string)
		if found := standardPattern.FindString(text); found != "" {
			return found
		}
	}
	if strings.Contains(f.ID, ":security-control/") {
		return ""
	}
	return cmp.Or(standardPattern.FindString(f.ID), quote(f.GeneratorID), "?")
}

// Decides tells whether a finding's workflow is the one that counts: that of
// Foundational Security Best Practices or of all standards together, and that of
// a finding that kumoban imported. Those of other standards have a workflow of
// their own.
func (h *Held) Decides() bool {
	return h.Ours || h.Standard == "" || strings.HasPrefix(h.Standard, foundational)
}
