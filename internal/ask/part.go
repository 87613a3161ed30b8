package ask

import (
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
)

// Part is what an owner said of one finding, where it is not what they said of the
// others. An acceptance has the words and conditions of the whole answer.
type Part struct {
	Finding string // a record's id
	Choice  Choice
	Until   time.Time // of FixBy and Accept
}

// Of is the answer as it is for one finding.
func (a *Answer) Of(id string) *Answer {
	i := slices.IndexFunc(a.Apart, func(p Part) bool { return p.Finding == id })
	if i < 0 {
		return a
	}
	of := *a
	of.Apart, of.Choice, of.Until = nil, a.Apart[i].Choice, a.Apart[i].Until
	if of.Choice != Accept {
		of.While = nil
	}
	return &of
}

// Accepts tells whether something is accepted with the answer.
func (a *Answer) Accepts() bool {
	return a.Choice == Accept || slices.ContainsFunc(a.Apart, func(p Part) bool { return p.Choice == Accept })
}

// checkParts refuses parts that mean nothing.
func (a *Answer) checkParts(now time.Time) error {
	seen := map[string]bool{}
	for _, p := range a.Apart {
		one := *a
		one.Apart, one.While, one.Choice, one.Until = nil, nil, p.Choice, p.Until
		err := one.Check(now)
		if err == nil && seen[p.Finding] {
			err = locale.Errorf("ask.part.twice")
		}
		if err != nil {
			return locale.Errorf("keep.about", locale.A("id", finding.Short(p.Finding)), locale.A("error", err))
		}
		seen[p.Finding] = true
	}
	return nil
}

// about refuses parts about what the question does not ask about.
func (a *Answer) about(q *Question) error {
	for _, p := range a.Apart {
		if !slices.Contains(q.Findings, p.Finding) {
			return locale.Errorf("ask.part.other", locale.A("finding", locale.Clean(short(p.Finding))), locale.A("id", q.ID))
		}
	}
	return nil
}

// Apart is an answer to one finding as people write it: "3fa9c2d1b04e=fix-by@2027-01-31".
type Apart struct {
	Finding string // the whole id, or its beginning
	Choice  Choice
	Until   string // a date or a span, or ""
}

// ParseApart reads one.
func ParseApart(text string) (Apart, error) {
	name, said, ok := strings.Cut(text, "=")
	choice, until, dated := strings.Cut(said, "@")
	a := Apart{strings.ToLower(strings.TrimSpace(name)), Choice(strings.TrimSpace(choice)), strings.TrimSpace(until)}
	if !ok || a.Finding == "" || a.Choice == "" || dated && a.Until == "" {
		return a, locale.Errorf("ask.part.malformed", locale.A("text", locale.Clean(short(text))))
	}
	return a, nil
}

// Whole is the id of the question's finding that a name is the beginning of.
func (q *Question) Whole(name string) (string, error) {
	found := ""
	for _, id := range q.Findings {
		if len(name) >= leastOfID && strings.HasPrefix(id, name) {
			if found != "" {
				found = ""
				break
			}
			found = id
		}
	}
	if found == "" {
		return "", locale.Errorf("ask.part.other", locale.A("finding", locale.Clean(short(name))), locale.A("id", q.ID))
	}
	return found, nil
}

// leastOfID is how many characters of a finding's id name it.
const leastOfID = 4
