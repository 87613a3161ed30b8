package stream

import (
	"cmp"
	"iter"
	"slices"

	"github.com/kumoban/kumoban/internal/finding"
)

// ByIdentity yields findings that share an id together: two gaps can hide parts
// of one resource from one control, and consumers that go by the id would drop
// the second. findings are in order.
func ByIdentity(findings []*finding.Finding) iter.Seq2[string, []*finding.Finding] {
	return func(yield func(string, []*finding.Finding) bool) {
		for len(findings) > 0 {
			id, n := findings[0].ID(), 1
			for n < len(findings) && findings[n].ID() == id {
				n++
			}
			if !yield(id, findings[:n]) {
				return
			}
			findings = findings[n:]
		}
	}
}

// Worst returns the finding that speaks for all of one identity.
func Worst(same []*finding.Finding) *finding.Finding {
	return slices.MaxFunc(same, func(x, y *finding.Finding) int { return cmp.Compare(x.Status.Gravity(), y.Status.Gravity()) })
}
