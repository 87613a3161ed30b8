package lifecycle

import (
	"cmp"
	"time"

	"github.com/kumoban/kumoban/internal/condition"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
)

// UnreadFor is how long an exception outlives the first scan that could not look
// at what it rests on.
const UnreadFor = 7 * 24 * time.Hour

// Ends is when an exception ends by itself: at its time, or when nobody has been
// able to look at a condition for too long. Zero: it does not.
func (e *Exception) Ends() time.Time {
	if e.UnreadSince.IsZero() {
		return e.Until
	}
	last := e.UnreadSince.Add(UnreadFor)
	if !e.Until.IsZero() && e.Until.Before(last) {
		return e.Until
	}
	return last
}

// Outcome is what a look says of the conditions of an exception.
type Outcome struct {
	Truth     fact.Truth
	Condition string // that decides: the first that is false, else the first that could not be read
	Fact      string // of a false one, see [condition.Fact.String]
	Why       string // of one that could not be read
	Looked    bool   // somebody looked at it; else nothing is concluded
}

// Judge holds the conditions of an exception to facts. One that is known to be
// false decides, whatever could not be read; one that nobody looked at leaves all
// others unsaid, but for that.
func (e *Exception) Judge(facts []condition.Fact) Outcome {
	out := Outcome{Truth: fact.True, Looked: true}
	for _, text := range e.While {
		c, err := condition.Parse(text)
		var f *condition.Fact
		if err == nil {
			f = c.Find(facts)
		}
		switch holds := c.Holds(f); {
		case f != nil && holds == fact.False:
			return Outcome{Truth: fact.False, Condition: text, Fact: f.String(), Looked: true}
		case f == nil:
			out.Looked, out.Truth = false, fact.Unknown
		case holds == fact.Unknown && out.Condition == "":
			out.Truth, out.Condition, out.Why = fact.Unknown, text, f.Fault
		}
	}
	if out.Condition != "" {
		out.Looked = true // at this one
	}
	return out
}

// Hidden is the outcome of a look that could not see the resource at all.
func (e *Exception) Hidden(why string) Outcome {
	return Outcome{Condition: e.While[0], Why: why, Looked: true}
}

// LookAt takes what a scan says of the conditions of the exception that is in force
// on a record. False ends the exception: the finding is NEW again, or RESOLVED
// where it passes. What could not be read is noted, with the first scan that could
// not; what can be read again and holds clears that. Both come back changed, with
// the events that tell it; none where nothing changed.
func LookAt(r *Record, e *Exception, o Outcome, at time.Time, scan int64) (Record, Exception, []Event) {
	next, now := *r, *e
	t := turn{r: &next, at: at, by: ByScan, scan: scan}
	switch {
	case !o.Looked:
	case o.Truth == fact.False:
		t.event(EventFact, o.Condition, o.Fact)
		t.lapse(e, o.Condition+" → "+o.Fact)
		now.EndedBy = ByCondition
	case o.Truth == fact.True && !e.UnreadSince.IsZero():
		t.event(EventReread, e.Unread, "")
		now.UnreadSince, now.Unread, now.UnreadWhy = time.Time{}, "", ""
	case o.Truth == fact.Unknown && e.UnreadSince.IsZero():
		t.why = o.Why
		t.event(EventUnread, o.Condition, "")
		now.UnreadSince, now.Unread, now.UnreadWhy = at, o.Condition, o.Why
	case o.Truth == fact.Unknown:
		now.Unread, now.UnreadWhy = o.Condition, cmp.Or(o.Why, e.UnreadWhy)
	}
	return next, now, t.events
}

// lapse ends an exception before its time. What ended it goes to Security Hub
// with the workflow status.
func (t *turn) lapse(e *Exception, what string) {
	t.r.Exception, t.r.Updated = "", t.at
	t.by, t.why, t.scan = ByCondition, e.Reason, 0
	t.event(EventLapsed, e.ID, "")
	t.why = what
	t.move(unsuppressed(t.r))
}

// GiveUp ends an exception of which nobody has been able to read a condition for
// [UnreadFor]. It refuses one that is not in force on the record, or not so far.
func GiveUp(r *Record, e *Exception, now time.Time) (Record, []Event, error) {
	if e.ID == "" || r.Exception != e.ID || e.UnreadSince.IsZero() || now.Before(e.UnreadSince.Add(UnreadFor)) {
		return *r, nil, locale.Errorf("lifecycle.notOver", locale.A("id", locale.Clean(e.ID)))
	}
	next := *r
	t := turn{r: &next, at: now, by: ByCondition, why: e.UnreadWhy}
	t.event(EventFact, e.Unread, "")
	t.lapse(e, e.Unread+" → "+e.UnreadWhy)
	return next, t.events, nil
}

// Missed tells whether a scan looked for a record and could not see it, and why.
func (c *Coverage) Missed(r *Record) (why string, missed bool) {
	if r.State == Archived || r.Source != c.look.Source || !c.Aimed(r) || !r.before(c.look.At, c.look.Scan) || r.during(c.look.Since) {
		return "", false
	}
	gaps, _ := c.of(r)
	for _, g := range gaps {
		if hides(&g, r) {
			return g.Call + " " + g.Code, true
		}
	}
	return "kumoban:scan Incomplete", c.look.Incomplete
}
