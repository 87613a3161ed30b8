package sqlstore

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
)

// forever comes after every time.
const forever = int64(1) << 62

// standing is how exceptions of a state are found and sorted.
type standing struct {
	where string // over the exception e
	args  []any
	key   string // a number; the id breaks ties
	down  bool
	of    func(*lifecycle.Exception) int64
}

func untilOf(e *lifecycle.Exception) int64 {
	if e.Until.IsZero() {
		return forever
	}
	return micros(e.Until)
}

func standingOf(q *store.ExceptionQuery) standing {
	inForce := standing{
		where: "e.ended = ? AND (e.proposal = 0 OR e.approved > ?)", args: []any{never(), never()},
		key: "CASE WHEN e.until > ? THEN e.until ELSE ? END", of: untilOf,
	}
	switch {
	case !q.At.IsZero():
		at := micros(q.At)
		inForce.where = `e.created <= ? AND (e.proposal = 0 OR e.approved > ? AND e.approved <= ?) AND (e.ended = ? OR e.ended > ?)
			AND (e.until = ? OR e.until > ?)`
		inForce.args = []any{at, never(), at, never(), at, never(), at}
	case q.State == store.ExceptionProposed:
		return standing{where: "e.ended = ? AND e.proposal = 1 AND e.approved = ?", args: []any{never(), never()}, key: "e.created",
			of: func(e *lifecycle.Exception) int64 { return micros(e.CreatedAt) }}
	case q.State == store.ExceptionEnded:
		return standing{where: "e.ended > ?", args: []any{never()}, key: "e.ended", down: true,
			of: func(e *lifecycle.Exception) int64 { return micros(e.EndedAt) }}
	}
	return inForce
}

// exceptionMark is where a page of exceptions ended.
type exceptionMark struct {
	State store.ExceptionState
	Key   int64
	ID    string
}

// ExceptionsPage implements [store.Reader].
func (r *Reader) ExceptionsPage(ctx context.Context, q store.ExceptionQuery) (page store.Exceptions, err error) {
	s := standingOf(&q)
	c := &condition{}
	c.add(s.where, s.args...)
	f, _, err := r.where(ctx, &q.Filter)
	if err != nil {
		return page, err
	}
	if len(f.sql) > 0 {
		c.add("e.finding IN (SELECT f.id FROM findings f WHERE "+f.String()+")", f.args...)
	}
	if _, err = r.one(ctx, c.with(r.d.Queries["countExceptions"]), c.args, &page.Total); err != nil {
		return page, err
	}
	var keyed []any
	if strings.Contains(s.key, "?") {
		keyed = []any{never(), forever}
	}
	sign, down := ">", ""
	if s.down {
		sign, down = "<", " DESC"
	}
	if q.After != "" {
		var m exceptionMark
		data, err := base64.RawURLEncoding.Strict().DecodeString(q.After)
		if err != nil || json.Unmarshal(data, &m) != nil || m.State != q.State {
			return page, badCursor(q.After)
		}
		c.add("("+s.key+", e.id) "+sign+" (?, ?)", append(keyed, m.Key, m.ID)...)
	}
	args := append(append(c.args, keyed...), int64(q.Limit+1))
	page.List, err = r.exceptionsBy(ctx, c.with(r.d.Queries["exceptionsPage"])+" ORDER BY "+s.key+down+", e.id"+down+" LIMIT ?", args...)
	if err != nil || len(page.List) <= q.Limit {
		return page, err
	}
	page.List = page.List[:q.Limit]
	last := &page.List[q.Limit-1]
	data, err := json.Marshal(exceptionMark{q.State, s.of(last), last.ID})
	page.Next = base64.RawURLEncoding.EncodeToString(data)
	return page, err
}
