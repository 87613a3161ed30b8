package store

import (
	"time"

	"github.com/kumoban/kumoban/internal/locale"
)

// Vouched is the action of the entry with which a store of before vouches for
// the rows that it held.
const Vouched = "store.vouch"

// Compared is what came of holding the tables to the audit log.
type Compared struct {
	Rows        int64     // that entries vouch for
	Differences int64     // how many there are
	Since       int64     // the entry of action Vouched; 0: all rows are vouched for from their beginning
	SinceAt     time.Time // when that was: of what rows held before, nothing tells
}

// Sort is a sort of [Difference].
type Sort string

// The sorts.
const (
	Altered Sort = "changed" // a column is not what the entry wrote
	Added   Sort = "added"   // no entry wrote the row
	Deleted Sort = "deleted" // an entry wrote the row, and it is not there
	Between Sort = "between" // a column was changed before kumoban wrote the row again
	Derived Sort = "derived" // a column is not what comes out when it is reckoned anew
	Lost    Sort = "lost"    // what an entry wrote is not kept as it was
	Anew    Sort = "anew"    // rows were vouched for once more, although they had been already
)

// Difference is one thing in which a table is not as the audit log has it.
type Difference struct {
	Sort   Sort
	Table  string
	ID     string   // of the row
	Column string   // "": the row as a whole
	Log    string   // what the audit log has, or what was reckoned
	Row    string   // what the row has
	Entry  int64    // of the audit log; 0: none
	About  []string // the findings that either of them names
}

// Rest stands for the columns of a finding that scans say anew: which of them
// changed is not told.
const Rest = "other"

// longestShown is the most characters of a value that a sentence quotes.
const longestShown = 300

// Message says the difference in one sentence.
func (d *Difference) Message() locale.Message {
	key := "store.difference." + string(d.Sort)
	if d.Column == Rest {
		key = "store.difference.rest"
	}
	return locale.M(key,
		locale.A("table", d.Table), locale.A("id", quoted(d.ID)), locale.A("column", quoted(d.Column)),
		locale.A("log", quoted(d.Log)), locale.A("row", quoted(d.Row)), locale.A("entry", int(d.Entry)))
}

func quoted(s string) string {
	s = locale.Clean(s)
	if runes := []rune(s); len(runes) > longestShown {
		s = string(runes[:longestShown]) + "…"
	}
	return s
}

// Message says what the comparison came to, in one sentence.
func (c *Compared) Message() locale.Message {
	if c.Differences > 0 {
		return locale.M("store.forged", locale.A("n", int(c.Differences)))
	}
	return locale.M("store.asLogged", locale.A("n", int(c.Rows)))
}

// Before says of which rows nothing vouches for the beginnings; false: of none.
func (c *Compared) Before() (locale.Message, bool) {
	return locale.M("store.notVouched", locale.A("entry", int(c.Since)), locale.A("at", c.SinceAt.UTC().Format("2006-01-02 15:04:05 UTC"))), c.Since > 0
}
