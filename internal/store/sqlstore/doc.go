package sqlstore

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
)

// Scans and questions are kept as JSON, with columns for what is asked for.

// stamp brings a time to what the store keeps.
func stamp(t time.Time) time.Time { return moment(micros(t)) }

func writeScan(s store.Scan) (string, error) {
	s.Started, s.Ended = stamp(s.Started), stamp(s.Ended)
	data, err := json.Marshal(&s)
	return string(data), err
}

func readScan(row Row) (s store.Scan, err error) {
	var id int64
	var doc string
	if err := row.Scan(&id, &doc); err != nil {
		return s, err
	}
	err = json.Unmarshal([]byte(doc), &s)
	s.ID = id
	return s, err
}

// Scan implements [store.Reader].
func (r *Reader) Scan(ctx context.Context, id int64) (s store.Scan, err error) {
	found := false
	err = r.query(ctx, r.d.Queries["scan"], []any{id}, func(row Row) (err error) {
		found = true
		s, err = readScan(row)
		return err
	})
	if err != nil || !found {
		return store.Scan{}, missing(err, "scan", decimal(id))
	}
	return s, nil
}

// Scans implements [store.Reader].
func (r *Reader) Scans(ctx context.Context, limit int) (list []store.Scan, err error) {
	n := int64(limit)
	if limit <= 0 {
		n = math.MaxInt64
	}
	err = r.query(ctx, r.d.Queries["scans"], []any{n}, func(row Row) error {
		s, err := readScan(row)
		list = append(list, s)
		return err
	})
	return list, err
}

func writeQuestion(q ask.Question) (string, error) {
	q.Due, q.AskedAt = stamp(q.Due), stamp(q.AskedAt)
	if q.Answer != nil {
		a := *q.Answer
		a.At, a.Until = stamp(a.At), stamp(a.Until)
		q.Answer = &a
	}
	if q.Sent != nil {
		q.Sent = &ask.Sent{By: q.Sent.By, At: stamp(q.Sent.At)}
	}
	data, err := json.Marshal(&q)
	return string(data), err
}

func (r *Reader) questions(ctx context.Context, query string, args []any) (list []ask.Question, err error) {
	err = r.query(ctx, query, args, func(row Row) error {
		var doc string
		if err := row.Scan(&doc); err != nil {
			return err
		}
		var q ask.Question
		err := json.Unmarshal([]byte(doc), &q)
		list = append(list, q)
		return err
	})
	return list, err
}

// Question implements [store.Reader].
func (r *Reader) Question(ctx context.Context, id string) (ask.Question, error) {
	list, err := r.questions(ctx, r.d.Queries["question"], []any{id})
	if err != nil || len(list) == 0 {
		return ask.Question{}, missing(err, "question", id)
	}
	return list[0], nil
}

// Questions implements [store.Reader].
func (r *Reader) Questions(ctx context.Context, f store.QuestionFilter) ([]ask.Question, error) {
	c := &condition{}
	if f.Finding != "" {
		c.add("q.id IN (SELECT question FROM question_findings WHERE finding = ?)", f.Finding)
	}
	if f.Open {
		c.add("q.answered = 0")
	}
	if !f.DueBy.IsZero() {
		c.add("q.due < ?", micros(f.DueBy))
	}
	return r.questions(ctx, c.with(r.d.Queries["questions"]), c.args)
}

func exceptionColumns() []string {
	return []string{"id", "finding", "reason", "until", "actor", "approver", "question", "created", "ended", "ended_by", "proposal", "approved"}
}

func (r *Reader) exceptions(ctx context.Context, name string, args ...any) ([]lifecycle.Exception, error) {
	return r.exceptionsBy(ctx, r.d.Queries[name], args...)
}

func (r *Reader) exceptionsBy(ctx context.Context, query string, args ...any) (list []lifecycle.Exception, err error) {
	columns := "e." + strings.Join(exceptionColumns(), ", e.") + ", c.holds, c.unread_since, c.unread, c.unread_why"
	query = strings.Replace(query, "{exception}", columns, 1)
	query = strings.Replace(query, "{within}", fmt.Sprintf(r.d.Within, "e.id"), 1)
	err = r.query(ctx, query, args, func(row Row) error {
		var e lifecycle.Exception
		var until, created, ended, proposal, approved int64
		var c conditions
		err := row.Scan(&e.ID, &e.Finding, &e.Reason, &until, &e.By, &e.ApprovedBy, &e.Question, &created, &ended, &e.EndedBy, &proposal, &approved, &c.holds, &c.since, &c.unread, &c.why)
		e.Until, e.CreatedAt, e.EndedAt, e.Proposal, e.ApprovedAt = moment(until), moment(created), moment(ended), proposal != 0, moment(approved)
		if err == nil {
			err = c.read(&e)
		}
		list = append(list, e)
		return err
	})
	return list, err
}

// conditions is a row of that table; nil where an exception has none.
type conditions struct {
	holds, unread, why *string
	since              *int64
}

func (c *conditions) read(e *lifecycle.Exception) error {
	if c.holds == nil || c.since == nil || c.unread == nil || c.why == nil {
		return nil
	}
	e.UnreadSince, e.Unread, e.UnreadWhy = moment(*c.since), *c.unread, *c.why
	return json.Unmarshal([]byte(*c.holds), &e.While)
}

// Conditioned implements [store.Reader]. No query is open while do runs.
func (r *Reader) Conditioned(ctx context.Context, do func([]lifecycle.Exception) error) error {
	for last := ""; ; {
		list, err := r.exceptions(ctx, "conditioned", never(), last, never(), int64(batch))
		if err != nil || len(list) == 0 {
			return err
		}
		last = list[len(list)-1].ID
		if err := do(list); err != nil || len(list) < batch {
			return err
		}
	}
}

// Exception implements [store.Reader].
func (r *Reader) Exception(ctx context.Context, id string) (lifecycle.Exception, error) {
	list, err := r.exceptions(ctx, "exception", id)
	if err != nil || len(list) == 0 {
		return lifecycle.Exception{}, missing(err, "exception", id)
	}
	return list[0], nil
}

// Exceptions implements [store.Reader].
func (r *Reader) Exceptions(ctx context.Context, ids []string) (list []lifecycle.Exception, err error) {
	for chunk := range slices.Chunk(ids, batch) {
		more, err := r.exceptions(ctx, "exceptions", r.list(chunk))
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

// ExceptionsOf implements [store.Reader].
func (r *Reader) ExceptionsOf(ctx context.Context, finding string) ([]lifecycle.Exception, error) {
	return r.exceptions(ctx, "exceptionsOf", finding)
}

// ExceptionsUntil implements [store.Reader].
func (r *Reader) ExceptionsUntil(ctx context.Context, t time.Time) ([]lifecycle.Exception, error) {
	list, err := r.exceptions(ctx, "exceptionsUntil", never(), never(), never(), micros(t), never(), micros(t.Add(-lifecycle.UnreadFor)), never())
	slices.SortFunc(list, func(a, b lifecycle.Exception) int { return cmp.Or(a.Ends().Compare(b.Ends()), cmp.Compare(a.ID, b.ID)) })
	return list, err
}

// Proposals implements [store.Reader].
func (r *Reader) Proposals(ctx context.Context) ([]lifecycle.Exception, error) {
	return r.exceptions(ctx, "proposals", never(), never())
}

// Settings implements [store.Reader].
func (r *Reader) Settings(ctx context.Context) (map[string]string, error) {
	values := map[string]string{}
	err := r.query(ctx, r.d.Queries["settings"], nil, func(row Row) error {
		var name, value string
		err := row.Scan(&name, &value)
		values[name] = value
		return err
	})
	return values, err
}

func (r *Reader) runs(ctx context.Context, name string, args ...any) (list []store.Run, err error) {
	err = r.query(ctx, r.d.Queries[name], args, func(row Row) error {
		var run store.Run
		var findings string
		var started, updated int64
		err := row.Scan(&run.ID, &run.Digest, &findings, &run.State, &run.By, &started, &updated, &run.Plan, &run.Journal)
		if err != nil {
			return err
		}
		run.Started, run.Updated = moment(started), moment(updated)
		list = append(list, run)
		return json.Unmarshal([]byte(findings), &list[len(list)-1].Findings)
	})
	return list, err
}

// Run implements [store.Reader].
func (r *Reader) Run(ctx context.Context, id string) (store.Run, error) {
	list, err := r.runs(ctx, "run", id)
	if err != nil || len(list) == 0 {
		return store.Run{}, missing(err, "run", id)
	}
	return list[0], nil
}

// Runs implements [store.Reader].
func (r *Reader) Runs(ctx context.Context, finding string) ([]store.Run, error) {
	if finding == "" {
		return r.runs(ctx, "runs")
	}
	return r.runs(ctx, "runsOf", finding)
}
