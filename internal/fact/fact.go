// Package fact holds the three-valued logic that every verdict rests on: a
// [Truth] is true, false or unknown, and a [Value] is set, absent or unknown.
// Unknown is the zero value of both, so that what nobody looked at can never
// read as an answer.
package fact

import (
	"reflect"
	"strconv"
	"time"
)

// Truth is a truth value of Kleene's strong three-valued logic.
type Truth uint8

// Unknown is the zero value: nobody could look.
const (
	Unknown Truth = iota
	False
	True
)

// Of turns a bool that is known into a Truth.
func Of(b bool) Truth {
	if b {
		return True
	}
	return False
}

// And is False as soon as one side is, whatever the other is.
func (t Truth) And(u Truth) Truth {
	switch {
	case t == False || u == False:
		return False
	case t == True && u == True:
		return True
	}
	return Unknown
}

// Or is True as soon as one side is, whatever the other is.
func (t Truth) Or(u Truth) Truth {
	return t.Not().And(u.Not()).Not()
}

// Not leaves Unknown as it is.
func (t Truth) Not() Truth {
	switch t {
	case True:
		return False
	case False:
		return True
	}
	return Unknown
}

// String returns "true", "false" or "unknown".
func (t Truth) String() string {
	switch t {
	case True:
		return "true"
	case False:
		return "false"
	}
	return "unknown"
}

// Origin says where a value came from: an API call, or a place in a source
// file. For an unknown value, Fault says why it is unknown. Values that came
// from the same answer share one Origin.
type Origin struct {
	Call   string // "apigateway:GetStages"; empty for a source file
	File   string
	Line   int // from 1; 0 where there is no file
	Column int // from 1, in bytes
	Fault  string
}

// String returns "file:line:column", the call, or "".
func (o *Origin) String() string {
	switch {
	case o == nil:
		return ""
	case o.File == "":
		return o.Call
	}
	return o.File + ":" + strconv.Itoa(o.Line) + ":" + strconv.Itoa(o.Column)
}

type state uint8

const (
	unknown state = iota
	absent
	set
)

// Value is a property that is set, absent or unknown (the zero Value), and
// knows where that was learnt.
type Value[T any] struct {
	v      T
	state  state
	origin *Origin
}

// Set returns a value that is known to be v.
func Set[T any](v T, o *Origin) Value[T] { return Value[T]{v: v, state: set, origin: o} }

// Absent returns a value that is known not to be there.
func Absent[T any](o *Origin) Value[T] { return Value[T]{state: absent, origin: o} }

// Unread returns a value that could not be read; o.Fault says why.
func Unread[T any](o *Origin) Value[T] { return Value[T]{origin: o} }

// Get returns the value and True, the zero T and False where it is absent, or
// the zero T and Unknown.
func (v Value[T]) Get() (T, Truth) { return v.v, v.Present() }

// Present is True for a set value and False for an absent one.
func (v Value[T]) Present() Truth { return Truth(v.state) }

// Or returns the value where it is set, and otherwise other. It is for display;
// a check that uses it to judge would guess.
func (v Value[T]) Or(other T) T {
	if v.state == set {
		return v.v
	}
	return other
}

// Origin says where the value came from; nil where nobody said.
func (v Value[T]) Origin() *Origin { return v.origin }

// Is tells whether v is set to want; an absent value is not.
func Is[T comparable](v Value[T], want T) Truth {
	if v.state == set {
		return Of(v.v == want)
	}
	return v.Present()
}

// In tells whether v is set to one of wants; an absent value is not.
func In[T comparable](v Value[T], wants ...T) Truth {
	if v.state != set {
		return v.Present()
	}
	for _, w := range wants {
		if v.v == w {
			return True
		}
	}
	return False
}

// Filled tells whether v is set to something other than the zero value.
func Filled[T comparable](v Value[T]) Truth {
	var zero T
	return v.Present().And(Is(v, zero).Not())
}

// Part is a property of the object that v is. It is absent where the object is, and
// unknown where that is.
func Part[T, P any](v Value[T], of func(T) Value[P]) Value[P] {
	switch v.Present() {
	case True:
		return of(v.v)
	case False:
		return Absent[P](v.origin)
	}
	return Unread[P](v.origin)
}

// Any is a Value of any type, for those who ask for properties by name.
type Any interface {
	// Any returns the value as Get does.
	Any() (any, Truth)
	Origin() *Origin
}

// Any implements [Any].
func (v Value[T]) Any() (any, Truth) { return v.v, v.Present() }

// Time is a moment, in seconds since 1970 in UTC.
type Time int64

// Day is the moment's day in UTC, as sentences have it: "2026-11-30".
func (t Time) Day() string { return time.Unix(int64(t), 0).UTC().Format(time.DateOnly) }

// Text is the time as plans have it: RFC 3339, UTC.
func (t Time) Text() string { return time.Unix(int64(t), 0).UTC().Format(time.RFC3339) }

// Slot is a [Value] that is filled by those who go by the names of properties.
type Slot interface {
	Any
	// Holds is the type of the value.
	Holds() reflect.Type
	// SetAny makes it known to be v, and tells whether v is of its type.
	SetAny(v any, o *Origin) bool
	SetAbsent(o *Origin)
	SetUnread(o *Origin)
}

// Holds implements [Slot].
func (v *Value[T]) Holds() reflect.Type { return reflect.TypeFor[T]() }

// SetAny implements [Slot].
func (v *Value[T]) SetAny(value any, o *Origin) bool {
	typed, ok := value.(T)
	if ok {
		*v = Set(typed, o)
	}
	return ok
}

// SetAbsent implements [Slot].
func (v *Value[T]) SetAbsent(o *Origin) { *v = Absent[T](o) }

// SetUnread implements [Slot].
func (v *Value[T]) SetUnread(o *Origin) { *v = Unread[T](o) }
