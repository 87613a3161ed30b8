package spool

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/kumoban/kumoban/internal/condition"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

// A finding is written as its fields in one order, all of them but Kept, which a
// scan does not have: texts with their length before them, lists and pointers so
// that nil and empty stay apart. The form never outlives the process.

// What an argument of a message is.
const (
	isText = iota
	isNumber
	isList
	isError
)

func appendFinding(b []byte, f *finding.Finding) []byte {
	r := &f.Resource
	b = append(b, byte(f.Status), byte(f.Severity), flag(f.NotOffered))
	b = appendTexts(b, f.Control, r.Partition, r.Account, r.Region, string(r.Type), r.ARN, r.Address, r.Name, f.Reason)
	b = appendMessage(b, &f.Message)
	b = appendLen(b, len(f.Notes), f.Notes == nil)
	for i := range f.Notes {
		b = appendMessage(b, &f.Notes[i])
	}
	b = appendLen(b, len(f.Params), f.Params == nil)
	for _, p := range f.Params {
		b = append(appendTexts(b, p.Name, p.Value), flag(p.Custom), flag(p.Hub))
	}
	b = appendLen(b, len(f.Tags), f.Tags == nil)
	for name, value := range f.Tags {
		b = appendTexts(b, name, value)
	}
	b = append(b, flag(f.Origin != nil))
	if o := f.Origin; o != nil {
		b = appendTexts(b, o.Call, o.File, o.Fault)
		b = binary.AppendVarint(binary.AppendVarint(b, int64(o.Line)), int64(o.Column))
	}
	b = appendLen(b, len(f.Facts), f.Facts == nil)
	for i := range f.Facts {
		x := &f.Facts[i]
		b = append(appendTexts(b, x.Name, x.Value, x.Fault), byte(x.Present))
	}
	return b
}

func flag(set bool) byte {
	if set {
		return 1
	}
	return 0
}

func appendTexts(b []byte, texts ...string) []byte {
	for _, s := range texts {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	return b
}

// appendLen writes 0 for nil, else one more than the length.
func appendLen(b []byte, n int, none bool) []byte {
	if none {
		return append(b, 0)
	}
	return binary.AppendUvarint(b, uint64(n)+1)
}

func appendMessage(b []byte, m *locale.Message) []byte {
	b = appendTexts(b, m.Key)
	b = appendLen(b, len(m.Args), m.Args == nil)
	for _, a := range m.Args {
		b = appendTexts(b, a.Name)
		switch v := a.Value.(type) {
		case string:
			b = appendTexts(append(b, isText), v)
		case int:
			b = binary.AppendVarint(append(b, isNumber), int64(v))
		case []string:
			b = appendTexts(appendLen(append(b, isList), len(v), v == nil), v...)
		case *locale.Error:
			b = appendMessage(append(b, isError), &v.Message)
		default: // as it would be shown
			b = appendTexts(append(b, isText), fmt.Sprint(v))
		}
	}
	return b
}

// reading takes fields off the front of what appendFinding wrote; after one that
// is not there it is bad, and all others are zero.
type reading struct {
	rest string // one text, of which all others are parts
	bad  bool
}

func readFinding(data []byte, f *finding.Finding) error {
	r := &reading{rest: string(data)}
	f.Status, f.Severity, f.NotOffered = control.Status(r.byte()), control.Severity(r.byte()), r.byte() != 0
	ref := &f.Resource
	f.Control, ref.Partition, ref.Account, ref.Region, ref.Type = r.text(), r.text(), r.text(), r.text(), resource.Type(r.text())
	ref.ARN, ref.Address, ref.Name, f.Reason = r.text(), r.text(), r.text(), r.text()
	f.Message = r.message()
	f.Notes = list(r, r.message)
	f.Params = list(r, func() control.Param {
		return control.Param{Name: r.text(), Value: r.text(), Custom: r.byte() != 0, Hub: r.byte() != 0}
	})
	if n, ok := r.len(); ok {
		f.Tags = make(map[string]string, n)
		for range n {
			name := r.text()
			f.Tags[name] = r.text()
		}
	}
	if r.byte() != 0 {
		f.Origin = &fact.Origin{Call: r.text(), File: r.text(), Fault: r.text(), Line: r.int(), Column: r.int()}
	}
	f.Facts = list(r, func() condition.Fact {
		return condition.Fact{Name: r.text(), Value: r.text(), Fault: r.text(), Present: fact.Truth(r.byte())}
	})
	if r.bad || r.rest != "" {
		return errGarbled
	}
	return nil
}

func (r *reading) take(n int) string {
	if r.bad || n < 0 || n > len(r.rest) {
		r.bad = true
		return ""
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

func (r *reading) byte() byte {
	if s := r.take(1); s != "" {
		return s[0]
	}
	return 0
}

func (r *reading) uint() uint64 {
	n, size := binary.Uvarint([]byte(r.rest[:min(len(r.rest), binary.MaxVarintLen64)]))
	if size <= 0 {
		r.bad = true
	}
	r.take(size)
	return n
}

// int reads what AppendVarint wrote.
func (r *reading) int() int {
	n := r.uint()
	return int(int64(n>>1) ^ -int64(n&1))
}

func (r *reading) text() string { return r.take(int(min(r.uint(), 1<<40))) }

// len reads what appendLen wrote; not ok is nil. Nothing is shorter than a byte,
// so that a length without its items is bad rather than much memory.
func (r *reading) len() (n int, ok bool) {
	switch n := r.uint(); {
	case r.bad, n == 0:
		return 0, false
	case n-1 > uint64(len(r.rest)):
		r.bad = true
		return 0, false
	default:
		return int(n - 1), true
	}
}

func list[T any](r *reading, item func() T) []T {
	n, ok := r.len()
	if !ok {
		return nil
	}
	out := make([]T, n)
	for i := range out {
		out[i] = item()
	}
	return slices.Clip(out)
}

func (r *reading) message() locale.Message {
	return locale.Message{Key: r.text(), Args: list(r, r.arg)}
}

func (r *reading) arg() locale.Arg {
	a := locale.Arg{Name: r.text()}
	switch r.byte() {
	case isText:
		a.Value = r.text()
	case isNumber:
		a.Value = r.int()
	case isList:
		a.Value = list(r, r.text)
	case isError:
		a.Value = &locale.Error{Message: r.message()}
	default:
		r.bad = true
	}
	return a
}
