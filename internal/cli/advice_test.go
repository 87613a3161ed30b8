package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/locale"
)

// local are the commands that call nobody, or only a double.
var local = strings.Fields(`demo answer fix-list fix-show score history diff rules-test rules-apply settings settings-set messages-list messages-retry messages-test audit-verify audit-export ask-list ask-show ask-withdraw ask-sent ask-link owners-import owners-list owners-show
	findings-list findings-expiring findings-owners findings-export findings-import findings-evidence
	findings-note findings-notify findings-resolve findings-suppress findings-unsuppress findings-severity findings-assign findings-ticket
	findings-proposed findings-approve findings-reject
	controls-list controls-explain report iam-policy-scan iam-policy-fix iam-policy-ask iam-policy-securityhub serve version completion help`)

// TestEveryCommandKnowsItsPolicy lets no command be added that calls AWS and
// does not say what a refused caller lacks.
func TestEveryCommandKnowsItsPolicy(t *testing.T) {
	catalog, err := locale.New("en")
	if err != nil {
		t.Fatal(err)
	}
	p := &program{catalog: catalog, controls: controls.All, getenv: func(string) string { return "" }}
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			walk(sub)
		}
		name := strings.ReplaceAll(strings.TrimPrefix(c.CommandPath(), "kumoban "), " ", "-")
		if c.HasSubCommands() && p.policies[c] == nil || name == "kumoban" {
			return // shows its help
		}
		if calls := p.policies[c] != nil; calls == slices.Contains(local, name) {
			t.Errorf("%s: calls AWS %t, but the test says otherwise", c.CommandPath(), calls)
		}
	}
	walk(p.root())
}
