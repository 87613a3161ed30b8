// Package execute carries plans out against live accounts, keeps a journal of
// what it does, and undoes it.
package execute

import (
	"context"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
)

// State is what is there of a thing: the properties that were asked for; one
// that is not set is missing from Values.
type State struct {
	Exists bool
	Values map[string]any
}

// Driver reads and changes things of one type. Its errors are
// *awsclient.Fault; one whose Class is NotFound, where the thing itself should
// exist, means that it is gone.
type Driver interface {
	// Read returns the state of a thing. A thing that is not there is a State
	// with Exists false, not an error.
	Read(ctx context.Context, thing plan.Thing, properties []string) (State, error)
	// Write gives properties values in one call where AWS allows; nil removes a
	// property. With are values that AWS wants sent along.
	Write(ctx context.Context, thing plan.Thing, values, with map[string]any) error
	// Make makes the thing with these properties. Made twice with the same token
	// it is made once. It returns the outputs that other steps may use.
	Make(ctx context.Context, thing plan.Thing, values map[string]any, token string) (outputs map[string]any, err error)
	// Outputs returns the same of a thing that is there already.
	Outputs(ctx context.Context, thing plan.Thing, token string) (outputs map[string]any, err error)
	// Remove takes away a thing that Make made, or half made; that there is none
	// is no error. kept says why it stays instead, as a message key of the
	// catalogue, such as "run.kept.data".
	Remove(ctx context.Context, thing plan.Thing, token string) (kept string, err error)
	// Settled tells whether the state that a change must wait for is reached.
	Settled(ctx context.Context, thing plan.Thing, wait remedy.Wait) (bool, error)
	// Calls lists the calls that the step and its undo may make.
	Calls(step *plan.Step) []*awsclient.Call
}
