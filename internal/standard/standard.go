// Package standard knows which controls AWS Foundational Security Best Practices
// has, those too that kumoban does not have yet.
package standard

import (
	_ "embed"
	"iter"
	"strings"
)

//go:embed fsbp.txt
var list string

// All are the ids of its controls, and whether AWS has retired one.
func All() iter.Seq2[string, bool] {
	return func(yield func(string, bool) bool) {
		for line := range strings.Lines(list) {
			id, status, _ := strings.Cut(strings.TrimSpace(line), " ")
			if id == "" || id == "#" {
				continue
			}
			if !yield(id, status == "retired") {
				return
			}
		}
	}
}

// Find returns a control's id as AWS spells it, and whether it is retired; ""
// where the standard has no such control.
func Find(id string) (name string, retired bool) {
	for known, gone := range All() {
		if strings.EqualFold(known, id) {
			return known, gone
		}
	}
	return "", false
}

// Whole tells whether ids hold every control of the standard that is not retired.
func Whole(ids []string) bool {
	has := make(map[string]bool, len(ids))
	for _, id := range ids {
		has[strings.ToLower(id)] = true
	}
	for id, retired := range All() {
		if !retired && !has[strings.ToLower(id)] {
			return false
		}
	}
	return true
}
