package planning

import (
	"context"
	"errors"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// kept are findings of the store, whatever was decided about them: they were named.
func (m *maker) kept(ctx context.Context, names []string) (wishes []app.Wish, err error) {
	err = m.look(ctx, func(_ *desk.Desk, r store.Reader) error {
		for _, name := range names {
			some, err := named(ctx, r, name)
			if err != nil {
				return err
			}
			wishes = append(wishes, some...)
		}
		return nil
	})
	if err == nil && wishes == nil {
		err = locale.Errorf("cli.fix.noFinding", locale.A("id", names[0]))
	}
	return wishes, err
}

// named are the findings that people call by one name.
func named(ctx context.Context, r store.Reader, name string) (wishes []app.Wish, err error) {
	ids, err := keep.Find(ctx, r, []string{name})
	if err != nil {
		return nil, err
	}
	records, err := r.Records(ctx, ids)
	for i := range records {
		if records[i].Source != lifecycle.SourceLive {
			return nil, locale.Errorf("cli.fix.inSource", locale.A("id", name), locale.A("source", records[i].Source))
		}
		wishes = append(wishes, app.Wish{Control: records[i].Control, Ref: records[i].Resource, Params: records[i].Params})
	}
	return wishes, err
}

// wanted leaves out what somebody has accepted. A store that nobody named and
// that does not work is said, and nothing is left out.
func (m *maker) wanted(ctx context.Context, wishes []app.Wish) ([]app.Wish, error) {
	accepted := map[string]locale.Message{}
	var ids []string
	for _, w := range wishes {
		ids = append(ids, wishID(w))
	}
	err := m.look(ctx, func(d *desk.Desk, r store.Reader) error {
		records, err := r.Records(ctx, ids)
		if err != nil {
			return err
		}
		for i := range records {
			if err := accept(ctx, d, r, &records[i], accepted); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil && !m.Named && ctx.Err() == nil {
		m.Tell(desk.Tell("cli.fix.storeUnread", desk.Why(err)))
		return wishes, nil
	}
	if err != nil {
		return nil, err
	}
	return m.leaveOut(wishes, func(w app.Wish) locale.Message { return accepted[wishID(w)] }), nil
}

// accept says why a record is suppressed, if it is and its exception has not run
// out meanwhile: who accepted it, until when, and in answer to which question.
func accept(ctx context.Context, d *desk.Desk, r store.Reader, record *lifecycle.Record, why map[string]locale.Message) error {
	if record.Workflow != lifecycle.Suppressed {
		return nil
	}
	id := locale.A("id", finding.Short(record.ID))
	why[record.ID] = locale.M("cli.fix.suppressed", id)
	if record.Exception == "" {
		return nil
	}
	var missing *store.NotFound
	e, err := r.Exception(ctx, record.Exception)
	if errors.As(err, &missing) {
		return nil // it is suppressed all the same
	}
	if err != nil {
		return err
	}
	by := e.By
	if q, err := r.Question(ctx, e.Question); e.Question != "" && err == nil && q.Answer != nil {
		by = q.Answer.By // the owner, whoever recorded the answer
	}
	args := []locale.Arg{id, locale.A("by", locale.Clean(by)), locale.A("reason", locale.Clean(e.Reason))}
	key := "cli.fix.suppressedBy"
	if !e.Until.IsZero() {
		if !e.Until.After(d.Now()) {
			delete(why, record.ID)
			return nil
		}
		key = "cli.fix.suppressedUntil"
		args = append(args, locale.A("until", e.Until.Add(-1).In(d.Zone()).Format("2006-01-02")))
	}
	if e.Question != "" && !e.Until.IsZero() {
		key = "cli.fix.accepted"
		args = append(args, locale.A("question", e.Question))
	}
	why[record.ID] = locale.M(key, args...)
	return nil
}

// replies gives wishes what their owners said of numbers that a remedy asks for,
// such as for how long a log is kept.
func (m *maker) replies(ctx context.Context, wishes []app.Wish) error {
	err := m.look(ctx, func(_ *desk.Desk, r store.Reader) error {
		for i := range wishes {
			q, err := keep.LastAnswered(ctx, r, wishID(wishes[i]))
			if err != nil {
				return err
			}
			if q == nil {
				continue
			}
			said := app.Replies{By: q.Answer.By, Question: q.ID, Inputs: map[string]string{}}
			for _, reply := range q.Answer.Replies {
				if reply.Kind == control.Number && (!reply.Only || reply.Control == wishes[i].Control) {
					said.Inputs[reply.Key] = reply.Value
				}
			}
			wishes[i].Owner = said
		}
		return nil
	})
	if err != nil && !m.Named && ctx.Err() == nil {
		return nil // that the store cannot be read was said before
	}
	return err
}

func wishID(w app.Wish) string {
	f := finding.Finding{Control: w.Control, Resource: w.Ref}
	return f.ID()
}
