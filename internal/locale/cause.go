package locale

import (
	"errors"
	"io/fs"
	"regexp"
	"strings"
	"syscall"
)

// inYAML is where a parser of YAML stopped; what it says of it is for programmers.
var inYAML = regexp.MustCompile(`^(?:yaml: |\[)(?:line )?(\d+)`)

// Cause is what a message quotes of an error: one of ours stays one, and what a
// system says of a file or a connection becomes one, so that no sentence is half
// in another language. What nobody foresaw is quoted as it is.
func Cause(err error) any {
	var ours *Error
	if errors.As(err, &ours) {
		return ours
	}
	for _, known := range []struct {
		is  error
		key string
	}{
		{fs.ErrNotExist, "cause.notExist"},
		{fs.ErrPermission, "cause.permission"},
		{fs.ErrExist, "cause.exists"},
		{syscall.EISDIR, "cause.isFolder"},
		{syscall.ENOTDIR, "cause.notFolder"},
		{syscall.ENOSPC, "cause.noSpace"},
		{syscall.EROFS, "cause.readOnly"},
		{syscall.ECONNREFUSED, "cause.refused"},
		{syscall.ECONNRESET, "cause.reset"},
	} {
		if errors.Is(err, known.is) {
			return Errorf(known.key)
		}
	}
	var late interface{ Timeout() bool }
	if errors.As(err, &late) && late.Timeout() {
		return Errorf("cause.timeout")
	}
	said, _, _ := strings.Cut(err.Error(), "\n")
	if m := inYAML.FindStringSubmatch(said); m != nil {
		return Errorf("cause.line", A("line", m[1]))
	}
	if strings.HasSuffix(said, ": no such host") { // of package net, which this one does not import
		return Errorf("cause.noHost")
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		said = path.Err.Error()
	}
	return Clean(said)
}

// coded are the arguments of messages that hold the code of a failed call.
func coded(name string) bool { return name == "code" || name == "fault" }

// code is a code as people read it: what it means, where the catalogue knows,
// with the code itself.
func (c *Catalog) code(code string) string {
	if text, ok := c.texts["cause.code."+code]; ok {
		return text
	}
	return code
}
