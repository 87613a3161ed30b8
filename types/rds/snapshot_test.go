package rds

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/room"
)

// TestShare touches nobody but everybody.
func TestShare(t *testing.T) {
	for _, c := range []struct {
		accounts any
		want     string
	}{
		{[]string{"111111111111"}, "ValuesToRemove"},
		{[]string{}, "ValuesToRemove"},
		{nil, "ValuesToRemove"},
		{[]string{"111111111111", "all"}, "ValuesToAdd"},
		{[]any{"all"}, "ValuesToAdd"},
	} {
		got, err := share(map[string]any{"SharedAccounts": c.accounts})
		if diff := cmp.Diff(room.Tree{c.want: []any{"all"}}, got); err != nil || diff != "" {
			t.Errorf("%v: %v\n%s", c.accounts, err, diff)
		}
	}
}
