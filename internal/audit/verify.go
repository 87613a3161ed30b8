package audit

import (
	"encoding/hex"
	"iter"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
)

// Fault is a kind of [Problem].
type Fault string

// The faults.
const (
	Changed    Fault = "changed"    // the entry does not have the hash that it says
	Missing    Fault = "missing"    // the entry is not there, later ones are
	Moved      Fault = "moved"      // the entry comes later than its number says
	Repeated   Fault = "repeated"   // a number comes again
	Unlinked   Fault = "unlinked"   // it does not follow from the one before: one of both was sealed anew
	CutOff     Fault = "cutOff"     // the log ends before the head that was kept
	Rewritten  Fault = "rewritten"  // whole in itself, but without the head that was kept
	Unreadable Fault = "unreadable" // a line of an export is no entry as it was written
)

// Problem is the first thing that is wrong.
type Problem struct {
	Seq   int64 // the number of the first bad entry, counted by its place
	Fault Fault
}

// Report is what [Verify] found.
type Report struct {
	Entries int64    // how many there are, bad ones too
	Last    string   // the head of the log as it is, "SEQ:HASH"; "" where it is empty
	Held    bool     // a head was given: without one, a cut-off end does not show
	Grown   int64    // entries after the head that was given
	Problem *Problem // nil: the chain is whole
}

// head is what a caller kept.
type head struct {
	seq  int64 // 0: not given
	hash string
}

// parseHead reads "", HASH or SEQ:HASH.
func parseHead(s string) (head, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "" {
		return head{}, nil
	}
	var h head
	h.hash = s
	if number, hash, ok := strings.Cut(s, ":"); ok {
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || n < 1 {
			return head{}, badHead(s)
		}
		h = head{n, hash}
	}
	if _, err := hex.DecodeString(h.hash); err != nil || len(h.hash) != len(origin) {
		return head{}, badHead(s)
	}
	return h, nil
}

func badHead(s string) error {
	const most = 100
	if len(s) > most {
		s = s[:most]
	}
	return locale.Errorf("audit.badHead", locale.A("head", locale.Clean(s)))
}

// Verify reads the whole log and finds a changed, missing, reordered or cut-off
// entry; the report names the first bad one. A log whose end was cut off, or
// that was written anew as a whole, looks whole in itself: that shows only
// against a head that the caller kept, as HASH or SEQ:HASH; "": none. The error
// is that of the entries, or a [locale.Error] about the head.
func Verify(entries iter.Seq2[Entry, error], kept string) (Report, error) {
	want, err := parseHead(kept)
	if err != nil {
		return Report{}, err
	}
	c := chain{want: want, prev: Entry{Hash: origin}}
	for e, err := range entries {
		if err != nil {
			return Report{}, err
		}
		c.add(&e)
	}
	return c.report(), nil
}

// chain is how far the reading has come.
type chain struct {
	want    head
	prev    Entry
	problem *Problem
	n       int64 // entries read
	at      int64 // the place of the kept head, 0 while it was not met
	other   bool  // another entry is in the kept head's place
}

// add looks at the next entry.
func (c *chain) add(e *Entry) {
	c.n++
	if c.problem == nil {
		c.problem = c.check(e)
	} else if c.problem.Fault == Missing && e.Seq == c.problem.Seq {
		c.problem.Fault = Moved
	}
	if c.want.hash != "" {
		switch {
		case e.Hash == c.want.hash && (c.want.seq == 0 || c.want.seq == e.Seq):
			c.at = c.n
		case e.Seq == c.want.seq:
			c.other = true
		}
	}
	c.prev = *e
}

func (c *chain) check(e *Entry) *Problem {
	switch {
	case e.Hash != e.sum():
		return &Problem{c.n, Changed}
	case e.Seq > c.n:
		return &Problem{c.n, Missing}
	case e.Seq < c.n:
		return &Problem{e.Seq, Repeated}
	case e.Prev != c.prev.Hash:
		return &Problem{c.n, Unlinked}
	}
	return nil
}

func (c *chain) report() Report {
	r := Report{Entries: c.n, Held: c.want.hash != "", Problem: c.problem}
	if c.n > 0 {
		r.Last = c.prev.Head()
	}
	switch {
	case !r.Held || r.Problem != nil:
	case c.at > 0:
		r.Grown = c.n - c.at
	case c.want.seq > c.n:
		r.Problem = &Problem{c.n + 1, CutOff}
	case c.other:
		r.Problem = &Problem{c.want.seq, Rewritten}
	default: // the head has no number: it may have been cut off or written anew
		r.Problem = &Problem{c.n + 1, CutOff}
	}
	return r
}

// Message says what the report says, in one sentence.
func (r *Report) Message() locale.Message {
	switch {
	case r.Problem != nil:
		key := "audit.fault." + string(r.Problem.Fault)
		return locale.M(key, locale.A("seq", strconv.FormatInt(r.Problem.Seq, 10)), locale.A("before", strconv.FormatInt(r.Problem.Seq-1, 10)))
	case !r.Held:
		return locale.M("audit.wholeUnheld", locale.A("n", strconv.FormatInt(r.Entries, 10)))
	}
	return locale.M("audit.whole", locale.A("n", strconv.FormatInt(r.Entries, 10)), locale.A("grown", strconv.FormatInt(r.Grown, 10)))
}
