// Package audit chains what was decided and done, so that a change, a loss, a
// new order or a cut shows. It is pure.
package audit

import "time"

// Entry is one decision or deed. Hash covers all else in it and Prev, which is
// the Hash of the entry before.
type Entry struct {
	Seq     int64 // 1, 2, 3 …, without a gap
	At      time.Time
	Actor   string // who: a person's or a role's name as the command was given or found it
	Action  string // "suppress", "ask", "fix.apply" …
	Subject string // the id of the finding, question, run or scan
	Reason  string // why, in the actor's words
	Detail  string // what, as JSON
	Prev    string // 64 hexadecimal digits; of the first entry 64 zeros
	Hash    string
}
