package audit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"
)

// schemaVersion grows when a reader of the version before would misread a line.
const schemaVersion = 1

// longest is the most bytes that a line of an export may have.
const longest = 16 << 20

// line is an entry as an export has it: one line of JSON each.
type line struct {
	SchemaVersion int    `json:"schemaVersion"`
	Seq           int64  `json:"seq"`
	At            string `json:"at"`
	Actor         string `json:"actor"`
	Action        string `json:"action"`
	Subject       string `json:"subject"`
	Reason        string `json:"reason"`
	Detail        string `json:"detail"` // a string, for the hash covers its bytes
	Rows          string `json:"rows,omitempty"`
	Prev          string `json:"prev"`
	Hash          string `json:"hash"`
}

// MarshalJSON writes the entry as a line of an export has it.
func (e Entry) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(line{schemaVersion, e.Seq, e.At.UTC().Format(stamp), e.Actor, e.Action, e.Subject, e.Reason, e.Detail, e.Rows, e.Prev, e.Hash})
	return bytes.TrimRight(b.Bytes(), "\n"), err
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (e *Entry) UnmarshalJSON(data []byte) error {
	var l line
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return err
	}
	if l.SchemaVersion != schemaVersion {
		return fmt.Errorf("schemaVersion %d", l.SchemaVersion)
	}
	at, err := time.Parse(stamp, l.At)
	if err != nil {
		return err
	}
	*e = Entry{l.Seq, at, l.Actor, l.Action, l.Subject, l.Reason, l.Detail, l.Rows, l.Prev, l.Hash}
	return nil
}

// Export writes the entries, one line of JSON each.
func Export(w io.Writer, entries iter.Seq2[Entry, error]) error {
	b := bufio.NewWriter(w)
	for e, err := range entries {
		if err != nil {
			return err
		}
		data, err := e.MarshalJSON()
		if err != nil {
			return err
		}
		b.Write(data)
		b.WriteByte('\n')
	}
	return b.Flush()
}

// LineError is a line of an export that is no entry as Export writes it.
type LineError struct {
	Line  int64 // from 1
	Cause error
}

// Error returns it in English.
func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Cause) }

// Unwrap returns the cause.
func (e *LineError) Unwrap() error { return e.Cause }

var errSpelling = errors.New("not as kumoban writes it")

// ReadExport hands on the entries of an export. A line that is not byte by byte
// what Export writes is a *LineError: a name given twice, or one more, would
// show a reader something that no hash covers.
func ReadExport(r io.Reader) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, longest)
		n := int64(0)
		for lines.Scan() {
			n++
			e, err := parse(lines.Bytes())
			if err != nil {
				yield(Entry{}, &LineError{n, err})
				return
			}
			if !yield(e, nil) {
				return
			}
		}
		err := lines.Err()
		if errors.Is(err, bufio.ErrTooLong) {
			err = &LineError{n + 1, err}
		}
		if err != nil {
			yield(Entry{}, err)
		}
	}
}

func parse(data []byte) (Entry, error) {
	var e Entry
	if err := e.UnmarshalJSON(data); err != nil {
		return e, err
	}
	if again, err := e.MarshalJSON(); err != nil || !bytes.Equal(again, data) {
		return e, errSpelling
	}
	return e, nil
}

// VerifyExport is [Verify] over an export. A line that is no entry is the
// report's problem; the error is that of r, or about the head.
func VerifyExport(r io.Reader, kept string) (Report, error) {
	var bad *LineError
	n := int64(0)
	report, err := Verify(func(yield func(Entry, error) bool) {
		for e, err := range ReadExport(r) {
			if errors.As(err, &bad) {
				return
			}
			n++
			if !yield(e, err) {
				return
			}
		}
	}, kept)
	if err != nil || bad == nil {
		return report, err
	}
	if p := report.Problem; p == nil || p.Fault == CutOff || p.Fault == Rewritten {
		report.Problem, report.Grown = &Problem{bad.Line, Unreadable}, 0
	}
	return report, nil
}
