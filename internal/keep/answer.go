package keep

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/policy"
	"github.com/kumoban/kumoban/internal/store"
)

// Answer records what an owner said. What is accepted is suppressed until the
// date, in the owner's words and with the owner as the one who approved. Replies
// are KEY=VALUE, to what the findings' controls ask of owners. What was answered
// just so before, and holds, changes nothing; then there is no entry. What passes
// or is archived needs no exception.
func (k *Keeper) Answer(ctx context.Context, id string, a ask.Answer, replies ...string) (ask.Question, audit.Entry, error) {
	var q ask.Question
	var head audit.Entry
	a.RecordedBy = k.Actor
	err := k.Store.Update(ctx, func(w store.Writer) error {
		found, err := w.Question(ctx, strings.ToLower(id))
		if err == nil {
			q, head, err = k.answerIn(ctx, w, &found, a, replies)
		}
		return err
	})
	return q, head, err
}

// answerIn is Answer within a transaction.
func (k *Keeper) answerIn(ctx context.Context, w store.Writer, q *ask.Question, a ask.Answer, replies []string) (ask.Question, audit.Entry, error) {
	none := audit.Entry{}
	if _, err := k.expire(ctx, w); err != nil {
		return *q, none, err
	}
	var err error
	if a.Replies, err = k.replies(ctx, w, q, replies); err != nil {
		return *q, none, err
	}
	p, err := Policy(ctx, w)
	if err != nil {
		return *q, none, err
	}
	inZone(q, p.Zone)
	before := q.Answer
	said, err := q.Reply(a, k.now())
	if err != nil {
		return *q, none, err
	}
	if same, err := k.holds(ctx, w, q, before); err != nil || same {
		return *q, none, err
	}
	if err := w.PutQuestion(ctx, *q); err != nil {
		return *q, none, err
	}
	if err := k.answered(ctx, w, q, said); err != nil {
		return *q, none, err
	}
	head, err := k.note(ctx, w, "answer", q.ID, a.Words, answerDetail(q))
	return *q, head, err
}

// inZone brings the times of a question to the store's clock, by which sentences
// name their days.
func inZone(q *ask.Question, zone *time.Location) {
	q.Due = q.Due.In(zone)
	if a := q.Answer; a != nil {
		there := *a
		there.At, there.Until, there.Apart = a.At.In(zone), a.Until.In(zone), slices.Clone(a.Apart)
		for i := range there.Apart {
			there.Apart[i].Until = there.Apart[i].Until.In(zone)
		}
		q.Answer = &there
	}
	if w := q.Withdrawn; w != nil {
		there := *w
		there.At = w.At.In(zone)
		q.Withdrawn = &there
	}
}

// ownersWord tells whether an answer is the owner's by more than the word of who
// asked or wrote it down: directory or tags name who answered. Whoever holds a link
// may be anybody.
func ownersWord(q *ask.Question) bool {
	a := q.Answer
	is := func(name string) bool { return name != "" && policy.SamePerson(name, a.By) }
	return a.Link == "" && q.OwnerFrom != "named" && (is(q.Owner) || is(q.Deputy) || is(q.Address)) && !is(q.AskedBy) && !is(a.RecordedBy)
}

// holds tells whether an answer says what one before it said, and what came of
// that still stands.
func (k *Keeper) holds(ctx context.Context, r store.Reader, q *ask.Question, before *ask.Answer) (bool, error) {
	a := q.Answer
	if before == nil || !policy.SamePerson(before.By, a.By) || before.Choice != a.Choice || !before.Until.Equal(a.Until) || before.Words != a.Words || !slices.Equal(before.While, a.While) || !slices.Equal(given(before.Replies), given(a.Replies)) || !slices.EqualFunc(before.Apart, a.Apart, samePart) {
		return false, nil
	}
	if !a.Accepts() {
		return true, nil
	}
	records, err := k.records(ctx, r, q.Findings)
	if err != nil {
		return false, err
	}
	for i := range records {
		had, err := r.ExceptionsOf(ctx, records[i].ID)
		if err != nil {
			return false, err
		}
		if stands(&records[i]) && a.Of(records[i].ID).Choice == ask.Accept && !slices.ContainsFunc(had, func(e lifecycle.Exception) bool { return e.Question == q.ID && e.EndedAt.IsZero() }) {
			return false, nil
		}
	}
	return true, nil
}

func samePart(a, b ask.Part) bool {
	return a.Finding == b.Finding && a.Choice == b.Choice && a.Until.Equal(b.Until)
}

// replies reads what was said to the questions of the controls of a question.
func (k *Keeper) replies(ctx context.Context, r store.Reader, q *ask.Question, texts []string) ([]ask.Reply, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	records, err := k.records(ctx, r, q.Findings)
	if err != nil {
		return nil, err
	}
	return ask.ParseReplies(texts, k.ControlsOf(records))
}

// given are replies as the audit log tells them.
func given(replies []ask.Reply) []string {
	list := []string{}
	for i := range replies {
		list = append(list, replies[i].String())
	}
	return list
}

// answerDetail is what the audit log tells of an answer.
func answerDetail(q *ask.Question) map[string]any {
	a := q.Answer
	detail := map[string]any{"by": a.By, "choice": a.Choice, "until": a.Until, "findings": q.Findings, "replies": given(a.Replies)}
	if len(a.While) > 0 {
		detail["while"] = a.While
	}
	if len(a.Apart) > 0 {
		detail["apart"] = a.Apart
	}
	if a.Link != "" {
		detail["link"] = a.Link
	}
	return detail
}

// answered tells the findings of a question what was said of them: what is
// accepted is let be, and an acceptance that was taken back ends.
func (k *Keeper) answered(ctx context.Context, w store.Writer, q *ask.Question, said []lifecycle.Event) error {
	records, err := k.records(ctx, w, q.Findings)
	if err != nil {
		return err
	}
	c := change{events: said}
	for i := range records {
		r := &records[i]
		a := q.Answer.Of(r.ID)
		var next lifecycle.Record
		var events []lifecycle.Event
		switch {
		case a.Choice != ask.Accept:
			next, events, err = k.retract(ctx, w, r, q)
		case !stands(r):
			continue // there is nothing to let be
		default:
			next, events, err = k.exempt(ctx, w, r, Exemption{Reason: a.Words, Until: a.Until, While: a.While, ApprovedBy: a.By, Question: q.ID, owner: ownersWord(q)})
		}
		if err != nil {
			return about(err, r.ID)
		}
		if len(events) > 0 {
			c.replace, c.events = append(c.replace, next), append(c.events, events...)
		}
	}
	return c.write(ctx, w, k.now(), 0)
}

// retract ends the exception that an earlier answer to the same question made.
func (k *Keeper) retract(ctx context.Context, w store.Writer, r *lifecycle.Record, q *ask.Question) (lifecycle.Record, []lifecycle.Event, error) {
	if err := k.endProposals(ctx, w, r.ID, q.ID); err != nil {
		return *r, nil, err
	}
	if r.Exception == "" {
		return *r, nil, nil
	}
	e, err := w.Exception(ctx, r.Exception)
	if err != nil || e.Question != q.ID {
		return *r, nil, err
	}
	next, events, err := lifecycle.Unsuppress(r, lifecycle.By{Who: k.Actor, At: k.now(), Why: q.Answer.Words})
	if err == nil {
		err = k.endException(ctx, w, r, &next, k.Actor)
	}
	return next, events, err
}
