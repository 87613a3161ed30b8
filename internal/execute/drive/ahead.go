package drive

import (
	"context"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
)

// Ahead is a change that somebody may look at before anything is changed.
type Ahead struct {
	Step   *plan.Step
	Change *plan.Change
	// Value is what the property becomes, where that is a text; Made says that another
	// step makes what it names.
	Value string
	Made  bool
	// Once looks where nobody has looked under that key.
	Once func(key string, look func() ([]locale.Message, error)) ([]locale.Message, error)
}

// Foresees is a driver that can look at what AWS will look at when a change is
// made. A clear no is a [*locale.Error]; other errors are [*awsclient.Fault]. What
// could not be looked at, and what only AWS can tell, are doubts: they are to be
// said, and AWS decides.
type Foresees interface {
	Foresee(ctx context.Context, a Ahead) (doubts []locale.Message, err error)
}

// Named is a driver of things whose ARN their names tell before they are made.
type Named interface {
	ARN(step *plan.Step) string
}

// Patient is a driver of things of which AWS refuses changes for a while that it
// takes later: what they name is too new.
type Patient interface {
	NotYet(err error) bool
}

// Leading is a driver of things that a change itself leads out of the state that it
// waits for: it is done only when that is reached once more.
type Leading interface {
	Again(wait remedy.Wait) bool
}

// Again tells whether a change waits once more for the same.
func Again(d Driver, wait remedy.Wait) bool {
	l, ok := d.(Leading)
	return ok && l.Again(wait)
}

// Keeper is a driver of things that are never removed again.
type Keeper interface {
	Keeps() (why string) // a message key of the catalogue
}
