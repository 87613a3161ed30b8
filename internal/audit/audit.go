// Package audit chains what was decided and done, so that a change, a loss, a
// new order or a cut shows. It is pure.
//
// The chain shows tampering by whoever cannot write all of it anew. Whoever can
// needs to be held to a head that was kept elsewhere: see [Verify].
package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// Entry is one decision or deed. Hash covers all else in it and Prev, which is
// the Hash of the entry before.
type Entry struct {
	Seq     int64 // 1, 2, 3 …, without a gap
	At      time.Time
	Actor   string // who: a person's or a role's name as the command was given or found it
	Action  string // "suppress", "ask", "fix.apply" …
	Subject string // the id of the finding, question, run or scan
	Reason  string // why, in the actor's words
	Detail  string // what, as JSON; kept byte by byte, for Hash covers it so
	Rows    string // the digest of what was written with it, as the store keeps it; "": nothing, or an older kumoban
	Prev    string // 64 hexadecimal digits; of the first entry 64 zeros
	Hash    string
}

// domain keeps a hash of this chain from being one of anything else; it changes
// with what the hash covers.
const domain = "kumoban audit 1"

// stamp writes times as the stores keep them: UTC, in microseconds.
const stamp = "2006-01-02T15:04:05.000000Z"

// origin is the Prev of the first entry.
const origin = "0000000000000000000000000000000000000000000000000000000000000000"

// Seal returns e as the one that follows prev, the zero Entry before the first.
// Its texts lose what no store and no file can keep: NUL and broken UTF-8.
func Seal(prev, e Entry) Entry {
	e.Seq, e.Prev = prev.Seq+1, prev.Hash
	if prev.Seq == 0 {
		e.Prev = origin
	}
	e.At = e.At.UTC().Truncate(time.Microsecond)
	for _, text := range []*string{&e.Actor, &e.Action, &e.Subject, &e.Reason, &e.Detail, &e.Rows} {
		*text = strings.ReplaceAll(strings.ToValidUTF8(*text, "\uFFFD"), "\x00", "\uFFFD")
	}
	e.Hash = e.sum()
	return e
}

// sum hashes the entry: each field follows its length, so that no letter can
// move from one field into the next.
func (e Entry) sum() string {
	h := sha256.New()
	fields := []string{
		domain, e.Prev, strconv.FormatInt(e.Seq, 10), e.At.UTC().Format(stamp),
		e.Actor, e.Action, e.Subject, e.Reason, e.Detail,
	}
	if e.Rows != "" { // entries of before have no such field
		fields = append(fields, e.Rows)
	}
	for _, field := range fields {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(field)))
		h.Write(length[:])
		h.Write([]byte(field))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Head is the entry as a line to keep outside of the store: what --head takes.
func (e Entry) Head() string { return strconv.FormatInt(e.Seq, 10) + ":" + e.Hash }

// Intact tells whether the entry has the hash of what it says. That it stands
// in its place in the log, only [Verify] tells.
func (e Entry) Intact() bool { return e.Hash == e.sum() }
