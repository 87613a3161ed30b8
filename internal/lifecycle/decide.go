package lifecycle

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
)

// MaxText is the most characters that a reason or a note may have.
const MaxText = 4096

// By says who decides something, when and why.
type By struct {
	Who string // a person, or one of the By… words
	At  time.Time
	Why string // may be empty where no reason is asked for
}

// Suppress puts an exception in force, in place of one that is. Whoever calls
// stores it, and ends the one that the record named before. It refuses an
// archived record, an exception without an id, a person or a reason, and a time
// that is past or, from a person, missing.
func Suppress(r *Record, e Exception) (Record, []Event, error) {
	by := By{e.By, e.CreatedAt, e.Reason}
	if err := standing(r, &e, by); err != nil {
		return *r, nil, err
	}
	next, events := decided(r, by, Suppressed, e.ID)
	return next, events, nil
}

// standing refuses an exception that cannot be made of a record.
func standing(r *Record, e *Exception, by By) error {
	if err := open(r, by); err != nil {
		return err
	}
	if err := check(By{Who: e.By, Why: e.ApprovedBy}); err != nil {
		return err
	}
	switch {
	case e.ID == "":
		return locale.Errorf("lifecycle.noID")
	case strings.TrimSpace(e.Reason) == "":
		return locale.Errorf("lifecycle.noReason")
	case e.Until.IsZero() && !strings.HasPrefix(e.By, ByRule):
		return locale.Errorf("lifecycle.noUntil")
	case !e.Until.IsZero() && !e.Until.After(by.At):
		return locale.Errorf("lifecycle.past", locale.A("date", e.Until.UTC().Format(time.RFC3339)))
	}
	return nil
}

// Propose writes down that an exception waits for an approver: the finding stays
// as it is. It refuses what [Suppress] does.
func Propose(r *Record, e Exception) (Record, []Event, error) {
	by := By{e.By, e.CreatedAt, e.Reason}
	if err := standing(r, &e, by); err != nil {
		return *r, nil, err
	}
	return written(r, by, EventProposed, "", e.ID)
}

// Approve puts a proposal in force, as [Suppress] does with an exception.
func Approve(r *Record, e Exception, by By) (Record, []Event, error) {
	if err := standing(r, &e, by); err != nil {
		return *r, nil, err
	}
	if !e.Waits() {
		return *r, nil, locale.Errorf("lifecycle.notProposed", locale.A("id", locale.Clean(e.ID)))
	}
	next, events := decided(r, by, Suppressed, e.ID)
	return next, events, nil
}

// Reject writes down that a proposal came to nothing. The caller ends it.
func Reject(r *Record, e *Exception, by By) (Record, []Event, error) {
	if err := check(by); err != nil {
		return *r, nil, err
	}
	if !e.Waits() {
		return *r, nil, locale.Errorf("lifecycle.notProposed", locale.A("id", locale.Clean(e.ID)))
	}
	return written(r, by, EventRejected, e.ID, "")
}

// written is a record after something was written into its history alone.
func written(r *Record, by By, kind EventKind, from, to string) (Record, []Event, error) {
	next := *r
	next.Updated = by.At
	t := turn{r: &next, at: by.At, by: by.Who, why: by.Why}
	t.event(kind, from, to)
	return next, t.events, nil
}

// Unsuppress ends suppression early: the finding is NEW again, or RESOLVED
// where it passes. Whoever calls ends the exception that the record named.
func Unsuppress(r *Record, by By) (Record, []Event, error) {
	if err := check(by); err != nil {
		return *r, nil, err
	}
	if r.Workflow != Suppressed {
		return *r, nil, locale.Errorf("lifecycle.notSuppressed", locale.A("workflow", string(r.Workflow)))
	}
	next, events := decided(r, by, unsuppressed(r), "")
	return next, events, nil
}

// unsuppressed is the workflow status of a record that nobody suppresses.
func unsuppressed(r *Record) Workflow {
	if r.Status == control.Passed {
		return Resolved
	}
	return New
}

// Resolve closes a finding by decision. It refuses an archived record and one
// that is RESOLVED. An exception in force ends with it, which the caller stores.
func Resolve(r *Record, by By) (Record, []Event, error) { return choose(r, Resolved, by) }

// Notify says that whoever has to know was told. It refuses and ends what
// [Resolve] does.
func Notify(r *Record, by By) (Record, []Event, error) { return choose(r, Notified, by) }

func choose(r *Record, to Workflow, by By) (Record, []Event, error) {
	if err := open(r, by); err != nil {
		return *r, nil, err
	}
	if r.Workflow == to {
		return *r, nil, locale.Errorf("lifecycle.already", locale.A("workflow", string(to)))
	}
	next, events := decided(r, by, to, "")
	return next, events, nil
}

// Expire ends an exception whose time has come, archived record or not: the
// finding is NEW again, or RESOLVED where it passes. It refuses an exception
// that is not in force on the record, or not over yet.
func Expire(r *Record, e *Exception, now time.Time) (Record, []Event, error) {
	if e.ID == "" || r.Exception != e.ID || e.Until.IsZero() || now.Before(e.Until) {
		return *r, nil, locale.Errorf("lifecycle.notOver", locale.A("id", locale.Clean(e.ID)))
	}
	next := *r
	next.Exception, next.Updated = "", now
	t := turn{r: &next, at: now, by: ByTime, why: e.Reason}
	t.event(EventExpired, e.ID, "")
	t.move(unsuppressed(r))
	return next, t.events, nil
}

// SetSeverity puts a severity in place of the control's own; 0 takes it back.
// It refuses what is no severity, and what changes nothing.
func SetSeverity(r *Record, to control.Severity, by By) (Record, []Event, error) {
	if err := check(by); err != nil {
		return *r, nil, err
	}
	switch {
	case to > control.Critical:
		return *r, nil, locale.Errorf("lifecycle.noSeverity")
	case to == r.Override:
		return *r, nil, locale.Errorf("lifecycle.sameSeverity", locale.A("severity", r.Effective().String()))
	}
	next := *r
	next.Override, next.Updated = to, by.At
	t := turn{r: &next, at: by.At, by: by.Who, why: by.Why}
	t.event(EventSeverity, r.Effective().String(), next.Effective().String())
	return next, t.events, nil
}

// Note writes by.Why down in the record's history. It refuses an empty note.
func Note(r *Record, by By) (Record, []Event, error) {
	if err := check(by); err != nil {
		return *r, nil, err
	}
	if strings.TrimSpace(by.Why) == "" {
		return *r, nil, locale.Errorf("lifecycle.noNote")
	}
	return written(r, by, EventNote, "", "")
}

// MostName is the most characters of whoever works on a finding, and of a ticket.
const MostName = 500

// Assign says who works on a finding; "" is nobody. It refuses what is so already.
func Assign(r *Record, to string, by By) (Record, []Event, error) {
	return named(r, EventAssigned, func(r *Record) *string { return &r.Assignee }, to, by)
}

// Follow says where a finding is followed; "" is nowhere. It refuses what is so already.
func Follow(r *Record, ticket string, by By) (Record, []Event, error) {
	return named(r, EventTicket, func(r *Record) *string { return &r.Ticket }, ticket, by)
}

func named(r *Record, kind EventKind, field func(*Record) *string, to string, by By) (Record, []Event, error) {
	if err := check(by); err != nil {
		return *r, nil, err
	}
	to = strings.TrimSpace(to)
	switch was := *field(r); {
	case utf8.RuneCountInString(to) > MostName:
		return *r, nil, locale.Errorf("lifecycle.longName", locale.A("max", MostName))
	case !utf8.ValidString(to), strings.ContainsFunc(to, unicode.IsControl):
		return *r, nil, locale.Errorf("lifecycle.notText")
	case to == was && to == "":
		return *r, nil, locale.Errorf("lifecycle.none." + string(kind))
	case to == was:
		return *r, nil, locale.Errorf("lifecycle.same."+string(kind), locale.A("name", locale.Clean(to)))
	}
	next, events, err := written(r, by, kind, *field(r), to)
	*field(&next) = to
	return next, events, err
}

// FromHub brings in a workflow status that Security Hub has since by.At; last
// is when ours was decided. The later decision wins and the
// other is kept in the history; at the same moment ours stays. by.Who is whom
// Security Hub names, or "". Where both agree nothing changes. An exception in
// force ends with what takes its place, which the caller stores; exception is
// the id of the one that stands for a suppression there.
func FromHub(r *Record, to Workflow, last time.Time, by By, exception string) (Record, []Event, error) {
	by.Who = Hub(by.Who)
	if err := check(by); err != nil {
		return *r, nil, err
	}
	switch to {
	case New, Notified, Suppressed, Resolved:
	default:
		return *r, nil, locale.Errorf("lifecycle.noWorkflow", locale.A("workflow", locale.Clean(string(to))))
	}
	if to == r.Workflow {
		return *r, nil, nil
	}
	if by.At.After(last) {
		if to != Suppressed {
			exception = ""
		}
		next, events := decided(r, by, to, exception)
		return next, events, nil
	}
	next := *r
	t := turn{r: &next, at: by.At, by: by.Who, why: by.Why}
	t.event(EventOverruled, string(to), string(r.Workflow))
	return next, t.events, nil
}

// Hub is who decided in Security Hub, as a history names whoever it names, or "".
func Hub(who string) string {
	if who == "" {
		return ByHub
	}
	return ByHub + ":" + who
}

// decided is a record after a decision on its workflow: the exception in force
// is the one named, and none where none is.
func decided(r *Record, by By, to Workflow, exception string) (Record, []Event) {
	next := *r
	next.Exception, next.Updated = exception, by.At
	t := turn{r: &next, at: by.At, by: by.Who, why: by.Why}
	if exception != r.Exception {
		t.event(EventExcepted, r.Exception, exception)
	}
	t.move(to)
	return next, t.events
}

// open refuses what nobody can decide any more.
func open(r *Record, by By) error {
	if err := check(by); err != nil {
		return err
	}
	if r.State == Archived {
		return locale.Errorf("lifecycle.archived")
	}
	return nil
}

// check refuses a decision that nobody made, or that nobody can read.
func check(by By) error {
	switch {
	case strings.TrimSpace(by.Who) == "":
		return locale.Errorf("lifecycle.nobody")
	case utf8.RuneCountInString(by.Who) > MaxText, utf8.RuneCountInString(by.Why) > MaxText:
		return locale.Errorf("lifecycle.tooLong", locale.A("max", MaxText))
	case !utf8.ValidString(by.Who), !utf8.ValidString(by.Why), strings.ContainsRune(by.Who+by.Why, 0):
		return locale.Errorf("lifecycle.notText")
	}
	return nil
}
