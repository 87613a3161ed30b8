// Package spool puts aside what a scan sees until it is saved: in a file that
// nobody else can open, so that memory does not grow with the findings.
package spool

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"slices"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
)

// held is how many bytes wait in memory before they go into the file: most
// scans need none.
const held = 1 << 20

// Spool holds what one scan says. It is for one goroutine at a time; after the
// first Len or Each nothing more is added.
type Spool struct {
	dir  string // where the file goes; "": the system's folder for such
	tail []byte // what is not in the file
	file *os.File
	size int64 // of what is whole in the file
	full error // why the rest stays in memory: where there is no room for it, there may be for the store

	n       int // how many were added
	settled bool
	broken  error
	stands  map[id]mention // of the few findings that were named more than once
	same    int            // how many namings were not the first
}

// id is a finding's, as bytes.
type id [16]byte

func (i *id) head() uint64 { return binary.BigEndian.Uint64(i[:]) }

// mention is the naming of a finding that counts.
type mention struct {
	n      int // among all
	status control.Status
}

// New makes an empty Spool. dir is where its file would go; "": the system's
// folder for temporary files. Nothing can fail: without a file all stays in memory.
func New(dir string) *Spool { return &Spool{dir: dir} }

// Add puts a finding aside, but not what a store knows of it.
func (s *Spool) Add(f *finding.Finding) {
	of := idOf(f)
	s.n++
	s.tail = append(append(s.tail, of[:]...), byte(f.Status))
	at := len(s.tail)
	s.tail = append(s.tail, 0, 0, 0, 0)
	s.tail = appendFinding(s.tail, f)
	binary.BigEndian.PutUint32(s.tail[at:], uint32(len(s.tail)-at-4)) // the sum of texts that lay in memory
	if len(s.tail) >= held && s.full == nil {
		s.full = s.flush()
	}
}

func idOf(f *finding.Finding) (out id) {
	_, _ = hex.Decode(out[:], []byte(f.ID())) // 32 digits
	return out
}

// flush moves what waits in memory to the end of the file.
func (s *Spool) flush() error {
	if s.file == nil {
		file, err := os.CreateTemp(s.dir, ".kumoban-*") // 0600
		if err != nil {
			return err
		}
		s.file = file
		_ = os.Remove(file.Name()) // it lives on until it is closed, and dies with the process; Close does it where that cannot be
	}
	if _, err := s.file.WriteAt(s.tail, s.size); err != nil {
		return err
	}
	s.size += int64(len(s.tail))
	s.tail = s.tail[:0]
	return nil
}

// Len is how many findings there are, each counted once. Where the file cannot
// be read it is too high, and Each says so.
func (s *Spool) Len() int {
	s.settle()
	return s.n - s.same
}

// Each hands on what the scan says of each finding once, in the order in which
// it came, as often as it is called. What is named twice, as where two calls
// about one resource failed, is as its gravest status says. The observation is
// do's until do returns.
func (s *Spool) Each(do func(*lifecycle.Observation) error) error {
	s.settle()
	if s.broken != nil {
		return s.broken
	}
	return s.entries(func(n int, e *entry) error {
		if m, twice := s.stands[e.id]; twice && m.n != n {
			return nil
		}
		var o lifecycle.Observation
		data, err := e.payload()
		if err == nil {
			err = readFinding(data, &o.Finding)
		}
		if err != nil {
			return s.unreadable(err)
		}
		return do(&o)
	})
}

// All hands on every finding as it was added, in that order, those too that are
// named twice. The finding is do's until do returns.
func (s *Spool) All(do func(*finding.Finding) error) error {
	return s.entries(func(_ int, e *entry) error {
		var f finding.Finding
		data, err := e.payload()
		if err == nil {
			err = readFinding(data, &f)
		}
		if err != nil {
			return s.unreadable(err)
		}
		return do(&f)
	})
}

// settle finds out which naming stands of those findings that came twice.
// Eight bytes of each id tell which may have, so that few ids are held whole.
func (s *Spool) settle() {
	if s.settled {
		return
	}
	s.settled = true
	twice, err := s.twice()
	if s.broken = err; err != nil || len(twice) == 0 {
		return
	}
	s.stands = map[id]mention{}
	s.broken = s.entries(func(n int, e *entry) error {
		if !twice[e.id.head()] {
			return nil
		}
		m, again := s.stands[e.id]
		if again {
			s.same++
		}
		if !again || e.status.Gravity() > m.status.Gravity() {
			s.stands[e.id] = mention{n, e.status}
		}
		return nil
	})
}

// twice are the heads of ids that come more than once.
func (s *Spool) twice() (map[uint64]bool, error) {
	heads := make([]uint64, 0, s.n)
	err := s.entries(func(_ int, e *entry) error {
		heads = append(heads, e.id.head())
		return nil
	})
	slices.Sort(heads)
	twice := map[uint64]bool{}
	for i := 1; i < len(heads); i++ {
		if heads[i] == heads[i-1] {
			twice[heads[i]] = true
		}
	}
	return twice, err
}

// entry is one finding as it lies in the spool; its bytes are read on demand.
type entry struct {
	id     id
	status control.Status
	left   int
	from   *bufio.Reader
	buffer *bytes.Buffer
}

const headLen = len(id{}) + 1 + 4

func (e *entry) payload() ([]byte, error) {
	e.buffer.Reset()
	n, err := io.CopyN(e.buffer, e.from, int64(e.left))
	e.left -= int(n)
	return e.buffer.Bytes(), err
}

// entries goes through all that was put aside.
func (s *Spool) entries(do func(n int, e *entry) error) error {
	r := bufio.NewReaderSize(bytes.NewReader(s.tail), 1<<16)
	if s.file != nil {
		r.Reset(io.MultiReader(io.NewSectionReader(s.file, 0, s.size), bytes.NewReader(s.tail)))
	}
	e := &entry{from: r, buffer: &bytes.Buffer{}}
	for n := range s.n {
		var head [headLen]byte
		_, err := io.ReadFull(r, head[:])
		if err != nil {
			return s.unreadable(err)
		}
		copy(e.id[:], head[:])
		e.status, e.left = control.Status(head[len(e.id)]), int(binary.BigEndian.Uint32(head[headLen-4:]))
		if err := do(n, e); err != nil {
			return err
		}
		if _, err := r.Discard(e.left); err != nil {
			return s.unreadable(err)
		}
	}
	return nil
}

var errGarbled = errors.New("not what was written")

func (s *Spool) unreadable(err error) error {
	where := s.dir
	if where == "" {
		where = os.TempDir()
	}
	return locale.Errorf("keep.spool", locale.A("folder", locale.Clean(where)), locale.A("error", locale.Cause(err)))
}

// Close removes what was put aside.
func (s *Spool) Close() {
	s.tail, s.stands = nil, nil
	if s.file != nil {
		_ = s.file.Close()
		_ = os.Remove(s.file.Name()) // where an open file could not be removed
		s.file = nil
	}
}
