package control

import (
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
)

// Verdict is what a check says of one resource: a status, one message that
// names what was found, and notes that do not change the status. Its keys are
// those of the control's own messages, or of the catalogue's "finding" group.
type Verdict struct {
	Status  Status
	Message locale.Message
	Notes   []locale.Message
	Cause   *fact.Origin // of an unknown verdict: what could not be read, and why
	Missing string       // of an unknown verdict: the property that could not be read
}

// Pass makes a PASSED verdict.
func Pass(key string, args ...locale.Arg) Verdict {
	return Verdict{Status: Passed, Message: locale.Message{Key: key, Args: args}}
}

// Fail makes a FAILED verdict.
func Fail(key string, args ...locale.Arg) Verdict {
	return Verdict{Status: Failed, Message: locale.Message{Key: key, Args: args}}
}

// Exempt makes a NOT_APPLICABLE verdict.
func Exempt(key string, args ...locale.Arg) Verdict {
	return Verdict{Status: NotApplicable, Message: locale.Message{Key: key, Args: args}}
}

// Undecided makes an UNKNOWN verdict; cause is the origin of the value that
// could not be read.
func Undecided(key string, cause *fact.Origin, args ...locale.Arg) Verdict {
	return Verdict{Message: locale.Message{Key: key, Args: args}, Cause: cause}
}

// Note adds a note.
func (v Verdict) Note(key string, args ...locale.Arg) Verdict {
	v.Notes = append(v.Notes, locale.Message{Key: key, Args: args})
	return v
}

// Unread is the verdict on a resource of which a needed property is unknown:
// because a call failed, or because nobody can know it yet.
func Unread(property string, cause *fact.Origin) Verdict {
	v := Undecided("finding.undecided", cause, locale.A("property", property))
	if cause != nil && cause.Fault != "" {
		v = Undecided("finding.unread", cause, locale.A("property", property), locale.A("fault", cause.Fault))
	}
	v.Missing = property
	return v
}

// Decide picks the verdict that holds; an unknown truth is UNKNOWN with the
// name of the property and why it could not be read.
func Decide[T any](holds fact.Truth, of fact.Value[T], property string, pass, fail Verdict) Verdict {
	switch holds {
	case fact.True:
		return pass
	case fact.False:
		return fail
	}
	return Unread(property, of.Origin())
}
