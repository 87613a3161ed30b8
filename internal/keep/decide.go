package keep

import (
	"context"
	"slices"
	"time"

	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// Decided is what a decision changed.
type Decided struct {
	Records   []lifecycle.Record // as they are now, in the order of the ids
	AuditHead audit.Entry
}

// Exemption is what people say when they let findings be.
type Exemption struct {
	Reason     string
	Until      time.Time // exclusive
	By         string    // whoever wants it; "": who runs the command
	While      []string  // conditions, as people write them
	ApprovedBy string
	Question   string // the id of the question whose answer it is, or ""

	owner bool // of an answer: the owner gave it, by more than the word of who asked or wrote it down
}

// Suppress lets findings be until a time, each with an exception of its own, or
// proposes that, where the store's policy wants an approver.
func (k *Keeper) Suppress(ctx context.Context, ids []string, e Exemption) (Decided, error) {
	detail := map[string]any{"until": e.Until.UTC(), "approvedBy": e.ApprovedBy}
	if e.Question != "" {
		detail["question"] = e.Question
	}
	if len(e.While) > 0 {
		detail["while"] = e.While
	}
	return k.decide(ctx, ids, deed{"suppress", e.Reason, detail}, func(ctx context.Context, w store.Writer, r *lifecycle.Record) (lifecycle.Record, []lifecycle.Event, error) {
		return k.exempt(ctx, w, r, e)
	})
}

// endException ends the exception that a record named before a change and does
// not name after it.
func (k *Keeper) endException(ctx context.Context, w store.Writer, was, is *lifecycle.Record, by string) error {
	if was.Exception == "" || was.Exception == is.Exception {
		return nil
	}
	e, err := w.Exception(ctx, was.Exception)
	if err != nil {
		return err
	}
	e.EndedAt, e.EndedBy = k.now(), by
	return w.PutException(ctx, e)
}

// Unsuppress ends suppression before its time.
func (k *Keeper) Unsuppress(ctx context.Context, ids []string, why string) (Decided, error) {
	return k.plainly(ctx, ids, "unsuppress", why, lifecycle.Unsuppress)
}

// Resolve closes findings by decision, whatever their compliance.
func (k *Keeper) Resolve(ctx context.Context, ids []string, why string) (Decided, error) {
	return k.plainly(ctx, ids, "resolve", why, lifecycle.Resolve)
}

// Notify says that whoever has to know of findings was told.
func (k *Keeper) Notify(ctx context.Context, ids []string, why string) (Decided, error) {
	return k.plainly(ctx, ids, "notify", why, lifecycle.Notify)
}

// Note writes something down in the history of findings.
func (k *Keeper) Note(ctx context.Context, ids []string, text string) (Decided, error) {
	return k.plainly(ctx, ids, "note", text, lifecycle.Note)
}

// Assign says who works on findings; "" is nobody.
func (k *Keeper) Assign(ctx context.Context, ids []string, to, why string) (Decided, error) {
	return k.plainly(ctx, ids, "assign", why, func(r *lifecycle.Record, by lifecycle.By) (lifecycle.Record, []lifecycle.Event, error) {
		return lifecycle.Assign(r, to, by)
	})
}

// Follow says where findings are followed; "" is nowhere.
func (k *Keeper) Follow(ctx context.Context, ids []string, ticket, why string) (Decided, error) {
	return k.plainly(ctx, ids, "ticket", why, func(r *lifecycle.Record, by lifecycle.By) (lifecycle.Record, []lifecycle.Event, error) {
		return lifecycle.Follow(r, ticket, by)
	})
}

// SetSeverity puts a severity in place of the control's own; 0 takes it back.
func (k *Keeper) SetSeverity(ctx context.Context, ids []string, to control.Severity, why string) (Decided, error) {
	return k.plainly(ctx, ids, "severity", why, func(r *lifecycle.Record, by lifecycle.By) (lifecycle.Record, []lifecycle.Event, error) {
		return lifecycle.SetSeverity(r, to, by)
	})
}

// plainly takes a decision that needs no more than who, when and why.
func (k *Keeper) plainly(ctx context.Context, ids []string, action, why string, do func(*lifecycle.Record, lifecycle.By) (lifecycle.Record, []lifecycle.Event, error)) (Decided, error) {
	return k.decide(ctx, ids, deed{action: action, why: why}, func(ctx context.Context, w store.Writer, r *lifecycle.Record) (lifecycle.Record, []lifecycle.Event, error) {
		next, events, err := do(r, lifecycle.By{Who: k.Actor, At: k.now(), Why: why})
		if err == nil {
			err = k.endException(ctx, w, r, &next, k.Actor)
		}
		return next, events, err
	})
}

// deed is what the audit log tells of a decision.
type deed struct {
	action, why string
	detail      map[string]any
}

// decide changes records one by one, each with its audit entry; one that cannot
// be changed leaves all as they were.
func (k *Keeper) decide(ctx context.Context, ids []string, d deed, do func(context.Context, store.Writer, *lifecycle.Record) (lifecycle.Record, []lifecycle.Event, error)) (Decided, error) {
	var out Decided
	err := k.Store.Update(ctx, func(w store.Writer) error {
		if _, err := k.expire(ctx, w); err != nil {
			return err
		}
		records, err := k.records(ctx, w, ids)
		if err == nil {
			err = k.fresh(ctx, w, records)
		}
		if err == nil {
			out, err = k.decideIn(ctx, w, records, d, do)
		}
		return err
	})
	return out, err
}

// decideIn is decide within a transaction.
func (k *Keeper) decideIn(ctx context.Context, w store.Writer, records []lifecycle.Record, d deed, do func(context.Context, store.Writer, *lifecycle.Record) (lifecycle.Record, []lifecycle.Event, error)) (out Decided, err error) {
	var c change
	for i := range records {
		next, events, err := do(ctx, w, &records[i])
		if err != nil {
			return out, about(err, records[i].ID)
		}
		c.replace, c.events = append(c.replace, next), append(c.events, events...)
	}
	out.Records = append(out.Records, c.replace...)
	if err := c.write(ctx, w, k.now(), 0); err != nil {
		return out, err
	}
	for i := range out.Records { // an entry vouches for what was written before it
		next := &out.Records[i]
		detail := map[string]any{"control": next.Control, "resource": next.Resource.ID(), "workflow": next.Workflow}
		for name, value := range d.detail {
			detail[name] = value
		}
		if out.AuditHead, err = k.note(ctx, w, d.action, next.ID, d.why, detail); err != nil {
			return out, err
		}
	}
	return out, nil
}

// about says which of several findings an error is about.
func about(err error, id string) error {
	return locale.Errorf("keep.about", locale.A("id", finding.Short(id)), locale.A("error", err))
}

// records returns those of all ids in their order, each once; one that is
// missing fails.
func (k *Keeper) records(ctx context.Context, r store.Reader, ids []string) ([]lifecycle.Record, error) {
	found, err := r.Records(ctx, ids)
	if err != nil {
		return nil, err
	}
	byID := index(found)
	all := make([]lifecycle.Record, 0, len(found))
	taken := make(map[string]bool, len(found))
	for _, id := range ids {
		switch {
		case byID[id] == nil:
			return nil, &store.NotFound{What: "finding", ID: id}
		case !taken[id]:
			taken[id] = true
			all = append(all, *byID[id])
		}
	}
	return all, nil
}

// Expire ends every exception whose time has come, and those of which nobody has
// been able to read a condition for too long.
func (k *Keeper) Expire(ctx context.Context) (Ended, error) {
	due := false
	err := k.Store.View(ctx, func(r store.Reader) error {
		list, err := overdue(ctx, r, k.now())
		due = len(list) > 0
		return err
	})
	if err != nil || !due {
		return Ended{}, err // nobody waits for a writer without need
	}
	var ended Ended
	err = k.Store.Update(ctx, func(w store.Writer) (err error) {
		ended, err = k.expire(ctx, w)
		return err
	})
	return ended, err
}

func (k *Keeper) expire(ctx context.Context, w store.Writer) (Ended, error) {
	return k.expireThose(ctx, w, func(*lifecycle.Exception) bool { return true })
}

// expireThose leaves exceptions that are due and not wanted.
func (k *Keeper) expireThose(ctx context.Context, w store.Writer, wanted func(*lifecycle.Exception) bool) (out Ended, err error) {
	now := k.now()
	due, err := overdue(ctx, w, now)
	if err != nil {
		return out, err
	}
	due = slices.DeleteFunc(due, func(e lifecycle.Exception) bool { return !wanted(&e) })
	timer := *k
	timer.Actor = lifecycle.ByTime
	for chunk := range slices.Chunk(due, batch) {
		if err := timer.expireSome(ctx, w, chunk, now, &out); err != nil {
			return Ended{}, err
		}
	}
	return out, nil
}

// overdue are exceptions whose time has come, and proposals that nobody answered
// before what they ask for was over.
func overdue(ctx context.Context, r store.Reader, now time.Time) ([]lifecycle.Exception, error) {
	due, err := r.ExceptionsUntil(ctx, now)
	if err != nil {
		return nil, err
	}
	proposals, err := r.Proposals(ctx)
	for i := range proposals {
		if e := &proposals[i]; !e.Until.IsZero() && e.Until.Before(now) {
			due = append(due, *e)
		}
	}
	return due, err
}

// timely tells whether an exception is over by its time.
func timely(e *lifecycle.Exception, now time.Time) bool {
	return !e.Until.IsZero() && !now.Before(e.Until)
}

// expireSome ends exceptions, and counts those of them that were in force.
func (k *Keeper) expireSome(ctx context.Context, w store.Writer, due []lifecycle.Exception, now time.Time, out *Ended) error {
	ids := make([]string, len(due))
	for i := range due {
		ids[i] = due[i].Finding
	}
	records, err := w.Records(ctx, ids)
	if err != nil {
		return err
	}
	byID := index(records)
	var c change
	type told struct {
		e  *lifecycle.Exception
		to lifecycle.Workflow
	}
	var tell []told
	var lapses []lapsed
	for i := range due {
		e := due[i]
		end := over
		if e.EndedAt, e.EndedBy = now, lifecycle.ByTime; !timely(&e, now) {
			e.EndedBy, end = lifecycle.ByCondition, lifecycle.GiveUp
		}
		c.exceptions = append(c.exceptions, e)
		r := byID[e.Finding]
		if r == nil || r.Exception != e.ID && !due[i].Waits() {
			continue // another took its place
		}
		next, events, err := end(r, &due[i], now)
		if err != nil {
			return about(err, e.Finding)
		}
		c.replace, c.events = append(c.replace, next), append(c.events, events...)
		if e.EndedBy == lifecycle.ByTime {
			tell = append(tell, told{&due[i], next.Workflow})
		} else {
			lapses = append(lapses, lapsed{Lapse{r.ID, r.Control, r.Resource, e.Unread, "", e.UnreadWhy}, &due[i], next.Workflow})
			out.Unread = append(out.Unread, lapses[len(lapses)-1].Lapse)
		}
	}
	if err := c.write(ctx, w, now, 0); err != nil {
		return err
	}
	for _, t := range tell { // an entry vouches for what was written before it
		if _, err := k.note(ctx, w, "expire", t.e.Finding, t.e.Reason, map[string]any{"exception": t.e.ID, "workflow": t.to}); err != nil {
			return err
		}
	}
	for i := range tell {
		if !tell[i].e.Waits() {
			out.Expired++
		}
	}
	return k.tellLapses(ctx, w, lapses)
}

// over is a record after an exception ran out, or a proposal that nobody answered.
func over(r *lifecycle.Record, e *lifecycle.Exception, now time.Time) (lifecycle.Record, []lifecycle.Event, error) {
	if e.Waits() {
		return lifecycle.Reject(r, e, lifecycle.By{Who: lifecycle.ByTime, At: now, Why: e.Reason})
	}
	return lifecycle.Expire(r, e, now)
}

// index finds records by their ids.
func index(records []lifecycle.Record) map[string]*lifecycle.Record {
	byID := make(map[string]*lifecycle.Record, len(records))
	for i := range records {
		byID[records[i].ID] = &records[i]
	}
	return byID
}
