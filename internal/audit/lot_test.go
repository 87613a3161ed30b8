package audit_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/audit"
)

// TestLot draws what a short script draws, whatever the order, and another with
// another seed.
func TestLot(t *testing.T) {
	var names, hashes []string
	for i := range 1000 {
		name := fmt.Sprint("finding ", i)
		sum := sha256.Sum256([]byte("autumn\x00" + name))
		names, hashes = append(names, name), append(hashes, hex.EncodeToString(sum[:])+" "+name)
	}
	slices.Sort(hashes)
	draw := func(seed string) []string {
		lot := audit.NewLot(seed, 25)
		in := map[string]bool{}
		for _, name := range names {
			if out, drawn := lot.Add(name); drawn {
				in[name] = true
				delete(in, out)
			}
		}
		if len(in) != 25 || lot.Of() != 1000 {
			t.Errorf("%d of %d are drawn", len(in), lot.Of())
		}
		return lot.Drawn()
	}
	first := draw("autumn")
	for i, name := range first {
		if !strings.HasSuffix(hashes[i], " "+name) {
			t.Errorf("%d: %s, want that of %s", i, name, hashes[i])
		}
	}
	slices.Reverse(names)
	if !slices.Equal(first, draw("autumn")) {
		t.Error("another order draws others")
	}
	if slices.Equal(first, draw("winter")) {
		t.Error("another seed draws the same")
	}
}
