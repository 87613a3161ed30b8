package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

// Reader reads within one transaction.
type Reader struct {
	c Conn
	d *Dialect
}

// NewReader makes a Reader.
func NewReader(c Conn, d *Dialect) *Reader { return &Reader{c, d} }

func (r *Reader) query(ctx context.Context, query string, args []any, each func(Row) error) error {
	tidy(args)
	return r.c.Query(ctx, query, args, each)
}

// one runs a query of at most one row and tells whether there was one.
func (r *Reader) one(ctx context.Context, query string, args []any, into ...any) (found bool, err error) {
	err = r.query(ctx, query, args, func(row Row) error {
		found = true
		return row.Scan(into...)
	})
	return found, err
}

func (r *Reader) number(ctx context.Context, name string) (n int64, err error) {
	_, err = r.one(ctx, r.d.Queries[name], nil, &n)
	return n, err
}

func (r *Reader) records(ctx context.Context, query string, args []any) (list []lifecycle.Record, err error) {
	err = r.query(ctx, strings.Replace(query, "{columns}", selectColumns(), 1), args, func(row Row) error {
		record, err := readRecord(row)
		list = append(list, record)
		return err
	})
	return list, err
}

// Records implements [store.Reader].
func (r *Reader) Records(ctx context.Context, ids []string) ([]lifecycle.Record, error) {
	var list []lifecycle.Record
	for chunk := range slices.Chunk(ids, batch) {
		c := &condition{}
		c.add(fmt.Sprintf(r.d.Within, "f.id"), r.list(chunk))
		more, err := r.records(ctx, c.with(r.d.Queries["records"]), c.args)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

// IDs implements [store.Reader].
func (r *Reader) IDs(ctx context.Context, prefix string, limit int) (ids []string, err error) {
	prefix = text(prefix)
	err = r.query(ctx, r.d.Queries["ids"], []any{prefix, int64(limit)}, func(row Row) error {
		var id string
		if err := row.Scan(&id); err != nil {
			return err
		}
		if strings.HasPrefix(id, prefix) {
			ids = append(ids, id)
		}
		return nil
	})
	return ids, err
}

// Count implements [store.Reader].
func (r *Reader) Count(ctx context.Context, f store.Filter) (n int, err error) {
	where, _, err := r.where(ctx, &f)
	if err != nil {
		return 0, err
	}
	found, rare, err := r.narrow(ctx, &f, where)
	if err != nil {
		return 0, err
	}
	if rare {
		r.only(where, found)
	}
	_, err = r.one(ctx, where.with(r.d.Queries["count"]), where.args, &n)
	return n, err
}

// Tally implements [store.Reader].
func (r *Reader) Tally(ctx context.Context, f store.Filter) ([]store.Group, error) {
	where, rare, err := r.narrowed(ctx, &f)
	if err != nil {
		return nil, err
	}
	query := where.with(r.d.Queries["tallyApart"])
	if tallied(&f, where) && !rare {
		query = r.along("tally", where, "findings_tally", true)
	}
	count := map[store.Group]int{}
	err = r.query(ctx, query, where.args, func(row Row) error {
		var g store.Group
		var rank, status, notOffered int64
		var workflow lifecycle.Workflow
		var state lifecycle.State
		var n int
		err := row.Scan(&g.Partition, &g.Account, &g.Region, &g.Control, &status, &workflow, &state, &notOffered, &rank, &n)
		g.Severity, g.Status = severityOf(rank), readStatus(status)
		g.Suppressed, g.Archived, g.NotOffered = workflow == lifecycle.Suppressed, state == lifecycle.Archived, notOffered != 0
		count[g] += n
		return err
	})
	var groups []store.Group
	for _, g := range slices.SortedFunc(maps.Keys(count), byGroup) {
		g.N = count[g]
		groups = append(groups, g)
	}
	return groups, err
}

func byGroup(a, b store.Group) int {
	return cmp.Or(cmp.Compare(a.Partition, b.Partition), cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Control, b.Control),
		cmp.Compare(a.Status, b.Status), cmp.Compare(number(a.Suppressed), number(b.Suppressed)),
		cmp.Compare(number(a.Archived), number(b.Archived)), cmp.Compare(number(a.NotOffered), number(b.NotOffered)), cmp.Compare(b.Severity, a.Severity))
}

// History implements [store.Reader].
func (r *Reader) History(ctx context.Context, finding string) ([]lifecycle.Event, error) {
	events, err := r.events(ctx, r.d.Queries["history"], finding)
	if err == nil && events == nil {
		var found int64
		if ok, err := r.one(ctx, r.d.Queries["finding"], []any{finding}, &found); err != nil || !ok {
			return nil, missing(err, "finding", finding)
		}
	}
	return events, err
}

func (r *Reader) events(ctx context.Context, query string, args ...any) (list []lifecycle.Event, err error) {
	err = r.query(ctx, query, args, func(row Row) error {
		var e lifecycle.Event
		var at int64
		err := row.Scan(&e.Finding, &at, &e.Kind, &e.From, &e.To, &e.By, &e.Reason, &e.Scan)
		e.At = moment(at)
		list = append(list, e)
		return err
	})
	return list, err
}

// LastNotes implements [store.Reader].
func (r *Reader) LastNotes(ctx context.Context, findings []string) (list []lifecycle.Event, err error) {
	query := strings.Replace(r.d.Queries["lastNotes"], "{within}", fmt.Sprintf(r.d.Within, "finding"), 1)
	for chunk := range slices.Chunk(findings, batch) {
		more, err := r.events(ctx, query, r.list(chunk))
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

// missing is err, or that there is no such thing.
func missing(err error, what, id string) error {
	if err != nil {
		return err
	}
	return &store.NotFound{What: what, ID: id}
}

// StatesAt implements [store.Reader].
func (r *Reader) StatesAt(ctx context.Context, scan int64, f store.Filter) iter.Seq2[store.StateAt, error] {
	return func(yield func(store.StateAt, error) bool) {
		if _, err := r.Scan(ctx, scan); err != nil {
			yield(store.StateAt{}, err)
			return
		}
		now := f
		now.Statuses, now.States = nil, nil // of then, not of now
		where, _, err := r.where(ctx, &now)
		if err != nil {
			yield(store.StateAt{}, err)
			return
		}
		for last, more := "", true; more; {
			args := append([]any{scan, scan, scan, last}, where.args...)
			var list []store.StateAt
			err := r.query(ctx, where.with(r.d.Queries["statesAt"]), append(args, int64(batch)), func(row Row) error {
				at, err := readStateAt(row)
				list = append(list, at)
				return err
			})
			if err != nil {
				yield(store.StateAt{}, err)
				return
			}
			for _, at := range list {
				if !one(f.Statuses, at.Status) || !one(f.States, at.State) {
					continue
				}
				if !yield(at, nil) {
					return
				}
			}
			if more = len(list) == batch; more {
				last = list[batch-1].Finding
			}
		}
	}
}

// one tells whether a list lets a value through.
func one[T comparable](list []T, v T) bool { return len(list) == 0 || slices.Contains(list, v) }

// readStateAt takes the state before the first change since, where there is one.
func readStateAt(row Row) (at store.StateAt, err error) {
	var live, status, rank int64
	var id, address string
	var wasStatus, wasState *string
	err = row.Scan(&at.Finding, &at.Control, &at.Resource.Partition, &at.Resource.Account, &at.Resource.Region, &at.Resource.Type,
		&id, &live, &address, &at.Resource.Name, &status, &at.State, &rank, &wasStatus, &wasState)
	if err != nil {
		return at, err
	}
	place(&at.Resource, id, address, live)
	at.Status, at.Severity = readStatus(status), severityOf(rank)
	if wasState != nil {
		at.State = lifecycle.State(*wasState)
	}
	if wasStatus != nil {
		var was control.Status
		err = was.UnmarshalText([]byte(*wasStatus))
		at.Status = was
	}
	return at, err
}

// Scores implements [store.Reader].
func (r *Reader) Scores(ctx context.Context, since time.Time) (scores []store.Score, err error) {
	err = r.query(ctx, r.d.Queries["scores"], []any{micros(since)}, func(row Row) error {
		var s store.Score
		var at int64
		err := row.Scan(&s.Scan, &at, &s.Partition, &s.Account, &s.Region, &s.Passed, &s.Failed, &s.Unknown, &s.NoData, &s.Disabled, &s.Known)
		s.At = moment(at)
		scores = append(scores, s)
		return err
	})
	return scores, err
}

func readEntry(row Row) (e audit.Entry, err error) {
	var at int64
	err = row.Scan(&e.Seq, &at, &e.Actor, &e.Action, &e.Subject, &e.Reason, &e.Detail, &e.Rows, &e.Prev, &e.Hash)
	e.At = moment(at)
	return e, err
}

func (r *Reader) entries(ctx context.Context, name string, args ...any) (list []audit.Entry, err error) {
	err = r.query(ctx, r.d.Queries[name], args, func(row Row) error {
		e, err := readEntry(row)
		list = append(list, e)
		return err
	})
	return list, err
}

// Audit implements [store.Reader].
func (r *Reader) Audit(ctx context.Context, from int64) iter.Seq2[audit.Entry, error] {
	return func(yield func(audit.Entry, error) bool) {
		for {
			list, err := r.entries(ctx, "audit", from, int64(batch))
			if err != nil {
				yield(audit.Entry{}, err)
				return
			}
			for _, e := range list {
				if !yield(e, nil) {
					return
				}
			}
			if len(list) < batch {
				return
			}
			from = list[batch-1].Seq + 1
		}
	}
}

// AuditOf implements [store.Reader].
func (r *Reader) AuditOf(ctx context.Context, subject string) ([]audit.Entry, error) {
	return r.entries(ctx, "auditOf", subject)
}

// Head implements [store.Reader].
func (r *Reader) Head(ctx context.Context) (audit.Entry, error) {
	list, err := r.entries(ctx, "head")
	if err != nil || len(list) == 0 {
		return audit.Entry{}, err
	}
	return list[0], nil
}

// Unseen reads within a write; see [Writer.Unseen].
func (r *Reader) unseen(ctx context.Context, source string, at resource.Scope, scan int64, after *lifecycle.Record) ([]lifecycle.Record, error) {
	args := []any{at.Account, at.Region, at.Partition, source, scan, after.Resource.ID(), after.Control, after.ID, int64(batch)}
	return r.records(ctx, r.d.Queries["unseen"], args)
}
