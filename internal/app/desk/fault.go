package desk

import (
	"errors"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// Stale is a finding that changed after whoever decides had looked at it.
type Stale = keep.Stale

// Seen is the desk for somebody who decides about findings as they were when they
// were updated last, by their ids: of those that were updated since, it refuses to
// decide, with a [*Stale].
func (d *Desk) Seen(at map[string]time.Time) *Desk {
	other := d.For(d.Subject)
	other.keeper.Seen = at
	return other
}

// Fault is what kind of error it is, for whoever has to answer with a number.
type Fault string

// The faults.
const (
	Wrong   Fault = "wrong"   // what was asked for cannot be; the sentence says why
	Denied  Fault = "denied"  // no permission
	Unknown Fault = "unknown" // there is no such thing
	Changed Fault = "changed" // it is no longer what whoever decides looked at
	Busy    Fault = "busy"    // somebody else is writing: later it will work
	Down    Fault = "down"    // the store does not work
	Inner   Fault = "inner"   // nobody wrote a sentence for it
)

// FaultOf sorts an error of a use case.
func FaultOf(err error) Fault {
	var (
		denied  *access.Refused
		none    *store.NotFound
		shut    *keep.LinkFault
		stale   *keep.Stale
		problem *store.Problem
		said    *locale.Error
	)
	switch {
	case errors.As(err, &denied):
		return Denied
	case errors.As(err, &stale):
		return Changed
	case errors.As(err, &none), errors.As(err, &shut):
		return Unknown
	case errors.As(err, &problem) && problem.Kind == store.Busy:
		return Busy
	case errors.As(err, &problem):
		return Down
	case errors.As(err, &said):
		return Wrong
	}
	return Inner
}
