package store

import (
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/resource"
)

// OfResource counts the records of one resource.
type OfResource struct {
	Resource resource.Ref // as one of them has it
	N        int
	By       map[Graded]int
}

// Graded is the severity that counts, and the compliance status.
type Graded struct {
	Severity control.Severity
	Status   control.Status
}

// Alike counts records of which an owner is told by the same.
type Alike struct {
	Account  string
	Tags     map[string]string // nil: never read
	Set      int64             // tells tags apart; 0: never read
	ID       string            // where each record comes by itself; else "", and so the resource
	Resource resource.Ref
	Graded
	N int
}

// ExceptionState is where an exception stands.
type ExceptionState string

// The states.
const (
	ExceptionProposed ExceptionState = "proposed" // it waits for an approver
	ExceptionInForce  ExceptionState = "inForce"
	ExceptionEnded    ExceptionState = "ended" // or was rejected
)

// ExceptionQuery is one page of exceptions: proposals by when they were made, those in
// force by when they end by themselves, and ended ones, the latest first.
type ExceptionQuery struct {
	State  ExceptionState
	Filter           // over the records that they let be
	At     time.Time // those that were in force then, whatever the State; zero: by the State
	After  string    // what the page before returned; "": the first
	Limit  int       // at least 1
}

// Exceptions is one page of exceptions.
type Exceptions struct {
	List  []lifecycle.Exception
	Next  string // where the next page begins; "" at the end
	Total int    // of all pages
}
