package store

import "github.com/kumoban/kumoban/internal/locale"

// The errors of every adapter. Each is one sentence for people; what the engine
// itself said is wrapped beside it for --debug, never secrets of the address.

// NotFound is what was asked for by an id that the store does not have: a
// "finding", "scan", "exception", "question", "run", "link", "owner" or "item.KIND".
type NotFound struct{ What, ID string }

// Error returns the English sentence.
func (e *NotFound) Error() string { return e.sentence().Error() }

// Unwrap returns the sentence as a [locale.Error].
func (e *NotFound) Unwrap() error { return e.sentence() }

func (e *NotFound) sentence() error {
	return locale.Errorf("store.notFound."+e.What, locale.A("id", locale.Clean(e.ID)))
}

// Problem is what keeps a store from its work.
type Problem struct {
	Kind  Kind
	Where string // the file or the server, without a password
	Cause error  // the engine's own error, or nil
}

// Kind is a kind of [Problem].
type Kind string

// The kinds of problems.
const (
	Busy        Kind = "busy"        // another writer did not finish in time
	Newer       Kind = "newer"       // a later version of kumoban made the store
	Damaged     Kind = "damaged"     // it is no store, or a damaged one
	Full        Kind = "full"        // no room on the disk
	Unreachable Kind = "unreachable" // no connection, or it was lost
	Uncertain   Kind = "uncertain"   // the connection was lost while it committed
	Untrusted   Kind = "untrusted"   // no TLS, or a certificate that does not hold
	Cleartext   Kind = "cleartext"   // it wants the password without TLS; it was not sent
	Refused     Kind = "refused"     // no permission: file mode, password, role
	Missing     Kind = "missing"     // there is none, and none shall be made
	Broken      Kind = "broken"      // anything else
)

// Error returns the English sentence.
func (e *Problem) Error() string { return e.sentence().Error() }

// Unwrap returns the sentence as a [locale.Error], and the cause.
func (e *Problem) Unwrap() []error { return []error{e.sentence(), e.Cause} }

func (e *Problem) sentence() error {
	return locale.Errorf("store."+string(e.Kind), locale.A("where", locale.Clean(e.Where)))
}
