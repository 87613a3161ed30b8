package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/policy"
	"github.com/kumoban/kumoban/internal/store"
)

// mark is up to when what time alone brings about was told. It is work of the kind of
// messages in a state of its own, so that it is written with them.
type mark struct {
	Dates  time.Time `json:"dates"`
	Digest time.Time `json:"digest"`
	Scan   int64     `json:"scan"` // the last one that the digest before knew
}

const markID = "mark"

// Sweep tells what time alone brings about: once a day, at the store's hour of digests,
// which questions, deadlines and exceptions had their day since it last did; and on its
// days the digest. What was missed while nobody swept is told once, together. The
// first time there is nothing to look back to. It says whether it wrote anything.
func Sweep(ctx context.Context, k *keep.Keeper) (did bool, err error) {
	now := k.Now().UTC().Truncate(time.Microsecond)
	err = k.Store.View(ctx, func(r store.Reader) error {
		s, err := sweeping(ctx, r, k, now)
		did = err == nil && s.due()
		return err
	})
	if err != nil || !did {
		return false, err // nobody waits for a writer without need
	}
	if _, err := k.Expire(ctx); err != nil { // what ended is told before what will end
		return false, err
	}
	return true, k.Store.Update(ctx, func(w store.Writer) error {
		s, err := sweeping(ctx, w, k, now)
		if err != nil || !s.due() {
			return err
		}
		return s.sweep(ctx, w)
	})
}

// sweep is one look at the calendar.
type sweep struct {
	*keep.Keeper
	policy   policy.Policy
	channels []Channel
	now      time.Time
	first    bool
	mark     mark
	dates    time.Time // to which dates are told
	digest   time.Time // the digest that is due last
}

func sweeping(ctx context.Context, r store.Reader, k *keep.Keeper, now time.Time) (*sweep, error) {
	s := &sweep{Keeper: k, now: now}
	var err error
	if s.policy, err = keep.Policy(ctx, r); err != nil {
		return nil, err
	}
	if s.channels, err = Channels(ctx, r); err != nil {
		return nil, err
	}
	s.dates, s.digest = s.policy.LastHour(now), s.policy.LastDigest(now)
	i, err := r.Item(ctx, store.ItemMessage, markID)
	var none *store.NotFound
	if errors.As(err, &none) {
		s.first = true
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	return s, json.Unmarshal(i.Doc, &s.mark)
}

func (s *sweep) due() bool {
	return len(s.channels) > 0 && (s.first || s.dates.After(s.mark.Dates) || s.digest.After(s.mark.Digest))
}

func (s *sweep) sweep(ctx context.Context, w store.Writer) error {
	last, err := w.Scans(ctx, 1)
	if err != nil {
		return err
	}
	next := mark{Dates: s.now, Digest: s.now}
	if len(last) > 0 {
		next.Scan = last[0].ID
	}
	if s.first {
		return next.put(ctx, w)
	}
	if s.dates.After(s.mark.Dates) {
		for _, tell := range []func(context.Context, store.Writer) error{s.questions, s.deadlines, s.exceptions} {
			if err := tell(ctx, w); err != nil {
				return err
			}
		}
	} else {
		next.Dates = s.mark.Dates
	}
	if s.digest.After(s.mark.Digest) {
		if err := s.daily(ctx, w); err != nil {
			return err
		}
	} else {
		next.Digest, next.Scan = s.mark.Digest, s.mark.Scan
	}
	return next.put(ctx, w)
}

func (m *mark) put(ctx context.Context, w store.Writer) error {
	doc, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return w.PutItem(ctx, store.Item{Kind: store.ItemMessage, ID: markID, State: markID, Due: m.Dates, Doc: doc})
}

// passed tells whether a moment came since dates were told last.
func (s *sweep) passed(at time.Time) bool { return at.After(s.mark.Dates) && !at.After(s.now) }

// questions tells of those that nobody answered in time.
func (s *sweep) questions(ctx context.Context, w store.Writer) error {
	open, err := w.Questions(ctx, store.QuestionFilter{Open: true, DueBy: s.now})
	if err != nil {
		return err
	}
	var m Message
	for i := range open {
		q := &open[i]
		if !s.passed(q.Due) {
			continue
		}
		records, err := w.Records(ctx, q.Findings)
		if err != nil {
			return err
		}
		if keep.AskedNoMore(q, records) == "" {
			m.Questions = append(m.Questions, Question{q.ID, q.Owner, q.Due, len(q.Findings)})
		}
	}
	if len(m.Questions) == 0 {
		return nil
	}
	m.Topic = Questions
	return toAll(ctx, w, s.channels, m, s.now)
}

// deadlines tells of findings that became overdue.
func (s *sweep) deadlines(ctx context.Context, w store.Writer) error {
	var g gathered
	for _, severity := range severities() {
		until, ok := s.policy.LateBefore(severity.String(), s.now)
		if !ok {
			continue
		}
		from, _ := s.policy.LateBefore(severity.String(), s.mark.Dates)
		if err := s.gather(ctx, w, &g, store.Filter{Severities: []control.Severity{severity}, Since: from}, func(r *lifecycle.Record) bool { return r.Changed.Before(until) }); err != nil {
			return err
		}
	}
	return g.post(ctx, w, s.channels, Deadlines, s.now)
}

// gather adds the findings that fail and that a filter lets through.
func (s *sweep) gather(ctx context.Context, r store.Reader, g *gathered, f store.Filter, wanted func(*lifecycle.Record) bool) (err error) {
	if g.owner == nil {
		if g.owner, err = s.OwnerOf(ctx, r); err != nil {
			return err
		}
	}
	f.Statuses, f.States = []control.Status{control.Failed}, []lifecycle.State{lifecycle.Active}
	return r.Each(ctx, f, func(record *lifecycle.Record) error {
		if fails(record) && wanted(record) {
			g.add(record, 0)
		}
		return nil
	})
}

// reminders are the days before its end at which an exception is told of.
func reminders() []int { return []int{1, 7, 30} }

// exceptions tells of those that end soon.
func (s *sweep) exceptions(ctx context.Context, w store.Writer) error {
	list, err := w.ExceptionsUntil(ctx, s.now.AddDate(0, 0, 31))
	if err != nil {
		return err
	}
	days := map[string]int{}
	var ids []string
	for i := range list {
		e := &list[i]
		for _, n := range reminders() {
			at := s.policy.Before(e.Ends(), n)
			if e.Ends().After(s.now) && s.passed(at) && e.CreatedAt.Before(at) {
				days[e.Finding] = n
				ids = append(ids, e.Finding)
				break
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var g gathered
	if g.owner, err = s.OwnerOf(ctx, w); err != nil {
		return err
	}
	records, err := w.Records(ctx, ids)
	for i := range records {
		if r := &records[i]; r.State == lifecycle.Active && r.Status != control.Passed {
			g.add(r, days[r.ID])
		}
	}
	if err != nil {
		return err
	}
	return g.post(ctx, w, s.channels, Ending, s.now)
}
