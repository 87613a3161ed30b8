// Package spell finds what somebody probably meant to type.
package spell

import "strings"

// far is more letters than a slip of the fingers changes.
const far = 3

// Distance is how many letters to put in, take out or change make b of a; 3 stands
// for as many or more where the lengths alone differ by that.
func Distance(a, b string) int {
	if len(a) > len(b)+far-1 || len(b) > len(a)+far-1 {
		return far // as good as any other
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0]++
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			before, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, before+cost)
		}
	}
	return row[len(b)]
}

// Nearest is the word that a slip of the fingers makes what was typed of, whatever
// its case; of several, the first of the nearest. "" where there is none.
func Nearest(typed string, words []string) string {
	best, least := "", far
	for _, w := range words {
		if d := Distance(strings.ToLower(typed), strings.ToLower(w)); d < least && d < len(w) {
			best, least = w, d
		}
	}
	return best
}
