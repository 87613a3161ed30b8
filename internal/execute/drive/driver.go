// Package drive is what drivers are made of: they read and change one thing, for the
// engine that carries plans out. It has those of all types whose rooms say how.
package drive

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// State is what is there of a thing: the properties that were asked for; one
// that is not set is missing from Values.
type State struct {
	Exists bool
	Values map[string]any
	Waits  map[string]any // values that AWS puts off until the thing's maintenance window
}

// Writing is a change of a thing that is about to be made.
type Writing struct {
	// Want are the values that the thing shall have; nil takes a property away.
	// A driver goes by them to choose its call, and sends what Decide returns.
	Want map[string]any
	// Look are properties that Decide wants to see besides.
	Look []string
	// Decide is handed what the last read before the call found, and which of the
	// properties wanted the call would carry. It returns the values to send, or
	// why none may be sent. What it takes away may be the whole that a property
	// is a part of.
	Decide func(state State, group []string) (map[string]any, error)
	// Hurries is what waits for the thing's maintenance window and is to be made at
	// once with this; where something else waits, this waits, too.
	Hurries []string
}

// Written is what one call did.
type Written struct {
	// Sent are the properties wanted that the call dealt with.
	Sent []string
	// Wholes are the objects that the call brought into being, by the name that
	// Whole gives, as its own answer shows them.
	Wholes map[string]any
	PutOff bool // AWS makes it in the thing's maintenance window
}

// Driver reads and changes things of one type. Its errors are
// *awsclient.Fault; one whose Class is NotFound, where the thing itself should
// exist, means that it is gone. A change that AWS refused on every attempt, so
// that nothing of it can have happened, is a *Refusal.
type Driver interface {
	// Read returns the state of a thing. A thing that is not there is a State
	// with Exists false, not an error.
	Read(ctx context.Context, thing plan.Thing, properties []string) (State, error)
	// Write makes one call, which gives the thing as many of the wanted values as
	// AWS takes in one. Before every attempt the thing is read, and Decide asked;
	// no other call lies between that read and the call. What AWS wants sent along
	// comes from that read. AWS has no conditional write: what somebody else
	// changes of the same object within that window is not seen.
	Write(ctx context.Context, thing plan.Thing, w Writing) (Written, error)
	// Make makes the thing. Made twice with the same token it is made once. It
	// returns the properties that the thing has from the start; the others are
	// written.
	Make(ctx context.Context, thing plan.Thing, values map[string]any, token string) (has []string, err error)
	// Outputs returns what other steps may use of a thing that is there.
	Outputs(ctx context.Context, thing plan.Thing, token string) (outputs map[string]any, err error)
	// Remove takes away a thing that Make made, or half made, if it is still as
	// it was made: with all of values or, where it was not finished, some; that
	// there is none is no error. kept says why it stays instead, as a message key
	// of the catalogue, such as "run.kept.data".
	Remove(ctx context.Context, thing plan.Thing, values map[string]any, finished bool, token string) (kept string, err error)
	// Settled tells whether the state that a change must wait for is reached.
	Settled(ctx context.Context, thing plan.Thing, wait remedy.Wait) (bool, error)
	// Calls lists the calls that the step and its undo may make.
	Calls(step *plan.Step) []*awsclient.Call
	Meaning
}

// Meaning is what is known of properties without looking.
type Meaning interface {
	// Default is what a property means that nobody has set, in an object that is
	// there; nil: nothing.
	Default(property string) any
	// Whole names the object that comes and goes with a property; "": none. Read
	// knows it as a property, whose value is all of it.
	Whole(property string) string
	// Along lists what AWS wants sent along where these properties are written.
	Along(values map[string]any) []string
}

// Whole is a driver of things of which AWS takes several properties together.
type Whole interface {
	// Together lists what is sent along with these properties as it was just read.
	Together(values map[string]any) []string
}

// Deferring is a driver of things whose changes AWS may put off.
type Deferring interface {
	// Pending lists what waits for the thing's maintenance window beside these values,
	// where they would have to wait with it.
	Pending(ctx context.Context, thing plan.Thing, values map[string]any) ([]string, error)
}

// Backer is a driver that knows what taking a step back would do beside.
type Backer interface {
	Back(step *plan.Step) room.Back
}

// Back is what taking a step back would do beside.
func Back(drivers map[resource.Type]Driver, step *plan.Step) room.Back {
	if b, ok := drivers[step.Thing.Type].(Backer); ok {
		return b.Back(step)
	}
	return room.Restores
}

// Plain is for things whose properties stand for themselves.
type Plain struct{}

func (Plain) Default(string) any            { return nil }
func (Plain) Whole(string) string           { return "" }
func (Plain) Along(map[string]any) []string { return nil }

// Same tells whether two values of a property mean the same. Where an object
// comes and goes with the property, that it is not there is a value of its own.
func Same(m Meaning, property string, a, b any) bool {
	a, b = plan.Normal(a), plan.Normal(b)
	if m.Whole(property) == "" {
		if a == nil {
			a = plan.Normal(m.Default(property))
		}
		if b == nil {
			b = plan.Normal(m.Default(property))
		}
	}
	return plan.Equal(unordered(a), unordered(b)) || sameDocument(a, b)
}

// sameDocument tells whether two texts are the same policy: AWS may write one in
// another order and with other spaces.
func sameDocument(a, b any) bool {
	x, isText := a.(string)
	y, both := b.(string)
	if !isText || !both || !strings.HasPrefix(x, "{") || !strings.HasPrefix(y, "{") {
		return false
	}
	var one, other any
	return json.Unmarshal([]byte(x), &one) == nil && json.Unmarshal([]byte(y), &other) == nil && plan.Equal(one, other)
}

// unordered has a list of names in one order: AWS's own may be another at each
// answer, and means nothing.
func unordered(v any) any {
	list, ok := v.([]any)
	if !ok {
		return v
	}
	names := make([]string, len(list))
	for i, x := range list {
		if names[i], ok = x.(string); !ok {
			return v
		}
	}
	slices.Sort(names)
	return names
}

// Label names a thing for people.
func Label(t plan.Thing) string {
	if t.ARN != "" {
		return t.ARN
	}
	return string(t.Type) + " " + t.Name
}
