package controls_test

import (
	"testing"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/resource"
)

// TestOneKind holds every control to types that lie alike: in Regions, or in the
// account as a whole. Judged in both kinds of scope, it would have two findings on
// the account with one identity.
func TestOneKind(t *testing.T) {
	for _, c := range controls.All() {
		for _, check := range c.Checks {
			for _, j := range check.Joins {
				if catalog.Wide(j.Type) != catalog.WideControl(c) {
					t.Errorf("%s joins %s, which lies in another scope", c.ID, j.Type)
				}
			}
			if check.Type != resource.AccountType && catalog.Wide(check.Type) != catalog.WideControl(c) {
				t.Errorf("%s judges types of Regions and of the account as a whole", c.ID)
			}
		}
	}
}
