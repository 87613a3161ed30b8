package execute

import "time"

// Deed is something done to a run of which a store keeps account.
type Deed struct {
	What  string `json:"what"`            // "fix.apply", "fix.resume" or "fix.undo"
	By    string `json:"by"`              // who did it
	Store string `json:"store,omitempty"` // which one; "" is the one beside the journals
	Why   string `json:"why,omitempty"`   // why it was done without the owner's word
}

// Debt is a deed that changed something, or may have, of which the store does
// not know all yet.
type Debt struct {
	Deed
	Line  int       // of the journal, from 1: with the run's name it is the deed's own
	At    time.Time // of the last that is known of it
	State string    // what became of it; "" where the process ended before it knew
}

// Owe notes, before a deed begins, that the store is to be told of it, and
// returns its line.
func (j *Journal) Owe(d Deed, now time.Time) (int, error) {
	err := j.add(Entry{At: now.UTC(), Event: Owed, Deed: &d})
	return len(j.entries), err
}

// End notes what became of a deed, so that whoever tells the store knows.
func (j *Journal) End(line int, state string, now time.Time) error {
	return j.add(Entry{At: now.UTC(), Event: Ended, Of: line, State: state})
}

// Tell notes that the store knows all of a deed.
func (j *Journal) Tell(line int, now time.Time) error {
	return j.add(Entry{At: now.UTC(), Event: Told, Of: line})
}

// Debt is what is known of the deed of a line, told or not.
func (j *Journal) Debt(line int) Debt {
	d := Debt{Deed: *j.entries[line-1].Deed, Line: line}
	for i := line - 1; i < len(j.entries); i++ {
		e := &j.entries[i]
		if e.Event == Owed && i >= line {
			break
		}
		if e.Event != Told {
			d.At = e.At
		}
		if e.Event == Ended && e.Of == line {
			d.State = e.State
		}
	}
	return d
}

// Debts are the deeds of which the store is still to be told, in their order. A
// deed that ended before it touched anything is none.
func (j *Journal) Debts() []Debt {
	told := map[int]bool{}
	for i := range j.entries {
		if j.entries[i].Event == Told {
			told[j.entries[i].Of] = true
		}
	}
	var list []Debt
	for i := range j.entries {
		if e := &j.entries[i]; e.Event == Owed && e.Deed != nil && !told[i+1] && j.affected(i+1) {
			list = append(list, j.Debt(i+1))
		}
	}
	return list
}

// affected tells whether a deed, whose line is given, left an entry of a step, or
// of an undo.
func (j *Journal) affected(line int) bool {
	for _, e := range j.entries[line:] {
		switch {
		case e.Event == Owed:
			return false
		case e.Step != "", e.Event == Undoing:
			return true
		}
	}
	return false
}
