package drive

import (
	"github.com/kumoban/kumoban/internal/locale"
)

// Unread says that something could not be looked at.
func Unread(key string, err error, args ...locale.Arg) *locale.Message {
	f := Fault(err)
	return Said(key, append(args, locale.A("call", f.Call), locale.A("code", f.Code))...)
}

// Said is a message, to be pointed to.
func Said(key string, args ...locale.Arg) *locale.Message {
	m := locale.M(key, args...)
	return &m
}
