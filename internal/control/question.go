package control

import (
	"slices"

	"github.com/kumoban/kumoban/internal/locale"
)

// Question is what only the owner of a resource knows, and what decides whether
// a finding is fixed or accepted. Its text is "owner.KEY" in the control's
// messages. Controls that ask the same share the key, and one answer.
type Question struct {
	Key  string // "production"
	Kind Kind
	Unit Unit // of a number
}

// Kind is how a question is answered.
type Kind string

// The kinds.
const (
	YesNo  Kind = "yes/no"
	Number Kind = "number" // whole, not negative
)

// Unit is what a number counts.
type Unit string

// The units; their names are texts of the catalogue, "ask.unit.UNIT".
const Days Unit = "days"

// Answer says in words how the question is answered: "yes or no".
func (q Question) Answer(catalog *locale.Catalog) string {
	if q.Kind == Number {
		return catalog.Text("ask.kind.number", locale.A("unit", catalog.Text("ask.unit."+string(q.Unit))))
	}
	return catalog.Text("ask.kind.yesNo")
}

// OwnerTexts are the keys of what the messages of a control say to an owner
// beside its questions: who is affected, and when leaving the finding be is
// proper and when never.
func OwnerTexts() []string { return []string{"affected", "suppress.proper", "suppress.never"} }

// Question returns the question with this key.
func (c *Control) Question(key string) (Question, bool) {
	i := slices.IndexFunc(c.Questions, func(q Question) bool { return q.Key == key })
	if i < 0 {
		return Question{}, false
	}
	return c.Questions[i], true
}
