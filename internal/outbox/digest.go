package outbox

import (
	"context"
	"slices"
	"time"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/policy"
	"github.com/kumoban/kumoban/internal/store"
)

// Digest is what a day, or some, came to, and what waits.
type Digest struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Of findings, by severity: those that began to fail or did so again, those that
	// were closed, those that fail now, and those of them that are overdue.
	New     Counts `json:"new"`
	Closed  Counts `json:"closed"`
	Open    Counts `json:"open"`
	Overdue Counts `json:"overdue"`
	// What waits: findings that nobody could judge, questions, exceptions for an
	// approver, those that end within 30 days.
	Unknown       int          `json:"unknown"`
	Questions     int          `json:"questions"`
	LateQuestions int          `json:"lateQuestions"`
	Proposals     int          `json:"proposals"`
	Ending        int          `json:"ending"`
	Undelivered   []Undelivery `json:"undelivered,omitempty"`
	Head          string       `json:"auditHead"` // "": of an owner's part
}

// Counts are findings by severity.
type Counts struct {
	Critical int `json:"critical"`
	High     int `json:"high"`
	Medium   int `json:"medium"`
	Low      int `json:"low"`
}

// All is how many there are.
func (c *Counts) All() int { return c.Critical + c.High + c.Medium + c.Low }

// Of is the count of a severity.
func (c *Counts) Of(s control.Severity) *int {
	switch s {
	case control.Critical:
		return &c.Critical
	case control.High:
		return &c.High
	case control.Medium:
		return &c.Medium
	}
	return &c.Low
}

// Undelivery are messages to one channel that nobody tries to deliver any more.
type Undelivery struct {
	Channel string `json:"channel"`
	N       int    `json:"n"`
}

func severities() []control.Severity {
	return []control.Severity{control.Critical, control.High, control.Medium, control.Low}
}

// Overdue counts the findings that fail and whose deadline is over, by severity.
func Overdue(ctx context.Context, r store.Reader, p *policy.Policy, now time.Time) (c Counts, err error) {
	for _, severity := range severities() {
		until, ok := p.LateBefore(severity.String(), now)
		if !ok {
			continue
		}
		f := failing(severity)
		open, err := r.Count(ctx, f)
		if err != nil {
			return c, err
		}
		f.Since = until
		young, err := r.Count(ctx, f)
		if err != nil {
			return c, err
		}
		*c.Of(severity) = open - young
	}
	return c, nil
}

// failing are findings of a severity that fail and that nobody decided to leave so.
func failing(s control.Severity) store.Filter {
	return store.Filter{
		Severities: []control.Severity{s}, Statuses: []control.Status{control.Failed}, States: []lifecycle.State{lifecycle.Active},
		Workflows: []lifecycle.Workflow{lifecycle.New, lifecycle.Notified},
	}
}

// daily writes the digest, and to each owner what is theirs.
func (s *sweep) daily(ctx context.Context, w store.Writer) error {
	d := &Digest{From: s.mark.Digest, To: s.now}
	var fresh gathered
	for _, tell := range []func(context.Context, store.Reader, *Digest) error{
		func(ctx context.Context, r store.Reader, d *Digest) error { return s.since(ctx, r, d, &fresh) }, s.open, s.waits, s.undelivered,
	} {
		if err := tell(ctx, w, d); err != nil {
			return err
		}
	}
	head, err := w.Head(ctx)
	if err != nil {
		return err
	}
	d.Head = head.Head()
	m := Message{Topic: Daily, Digest: d}
	m.Groups, m.More = fresh.of(all)
	if err := toAll(ctx, w, s.channels, m, s.now); err != nil {
		return err
	}
	return s.owners(ctx, w, &fresh)
}

// savedLate is how long before a digest a scan may have ended that was saved after it,
// and still is told of in the next.
const savedLate = 24 * time.Hour

// since counts what began to fail, and what was closed, since the digest before.
func (s *sweep) since(ctx context.Context, r store.Reader, d *Digest, fresh *gathered) (err error) {
	if fresh.owner, err = s.OwnerOf(ctx, r); err != nil {
		return err
	}
	return r.Each(ctx, store.Filter{Since: s.mark.Digest.Add(-savedLate)}, func(record *lifecycle.Record) error {
		news, err := s.news(ctx, r, record)
		switch {
		case err != nil || !news:
		case fails(record):
			*d.New.Of(record.Effective())++
			fresh.add(record, 0)
		case !record.Closed.IsZero():
			*d.Closed.Of(record.Effective())++
		}
		return err
	})
}

// news tells whether what a record is came after the digest before: by its time, or by
// a scan that was saved after it.
func (s *sweep) news(ctx context.Context, r store.Reader, record *lifecycle.Record) (bool, error) {
	switch {
	case !record.Changed.Before(s.mark.Digest), record.FirstScan > s.mark.Scan:
		return true, nil
	case record.LastScan <= s.mark.Scan:
		return false, nil
	}
	past, err := r.History(ctx, record.ID)
	for _, e := range slices.Backward(past) {
		if e.Kind == lifecycle.EventCompliance {
			return e.Scan > s.mark.Scan, err
		}
	}
	return false, err
}

// open counts what fails now.
func (s *sweep) open(ctx context.Context, r store.Reader, d *Digest) (err error) {
	for _, severity := range severities() {
		if *d.Open.Of(severity), err = r.Count(ctx, failing(severity)); err != nil {
			return err
		}
	}
	if d.Overdue, err = Overdue(ctx, r, &s.policy, s.now); err != nil {
		return err
	}
	d.Unknown, err = r.Count(ctx, store.Filter{Statuses: []control.Status{control.Unknown}, States: []lifecycle.State{lifecycle.Active}})
	return err
}

// waits counts what waits for somebody.
func (s *sweep) waits(ctx context.Context, r store.Reader, d *Digest) error {
	questions, err := r.Questions(ctx, store.QuestionFilter{Open: true})
	if err != nil {
		return err
	}
	for i := range questions {
		q := &questions[i]
		records, err := r.Records(ctx, q.Findings)
		if err != nil {
			return err
		}
		if keep.AskedNoMore(q, records) != "" {
			continue
		}
		d.Questions++
		if q.Overdue(s.now) {
			d.LateQuestions++
		}
	}
	proposals, err := r.Proposals(ctx)
	if err != nil {
		return err
	}
	ending, err := r.ExceptionsUntil(ctx, s.now.AddDate(0, 0, 30))
	d.Proposals, d.Ending = len(proposals), len(ending)
	return err
}

// undelivered counts what nobody tries to deliver any more since the digest before.
func (s *sweep) undelivered(ctx context.Context, r store.Reader, d *Digest) error {
	items, err := r.Items(ctx, store.ItemQuery{Kind: store.ItemMessage, States: []string{GivenUp}})
	for i := range items {
		if items[i].Due.Before(s.mark.Digest) {
			continue
		}
		at := slices.IndexFunc(d.Undelivered, func(u Undelivery) bool { return u.Channel == items[i].About })
		if at < 0 {
			at = len(d.Undelivered)
			d.Undelivered = append(d.Undelivered, Undelivery{Channel: items[i].About})
		}
		d.Undelivered[at].N++
	}
	return err
}

// owners tells each owner who can be reached what is new of theirs, and how much of it
// is open. Whoever has nothing open gets nothing.
func (s *sweep) owners(ctx context.Context, w store.Writer, fresh *gathered) error {
	if !slices.ContainsFunc(s.channels, func(c Channel) bool { return c.Owners }) {
		return nil
	}
	type is struct{ owner, address string }
	digests := map[is]*Digest{}
	of := func(c *ask.Candidate) *Digest {
		key := is{c.Owner, c.Address}
		if digests[key] == nil {
			digests[key] = &Digest{From: s.mark.Digest, To: s.now}
		}
		return digests[key]
	}
	var theirs gathered
	err := s.gather(ctx, w, &theirs, store.Filter{}, func(r *lifecycle.Record) bool {
		owner := fresh.owner(r)
		d, severity := of(&owner), r.Effective()
		*d.Open.Of(severity)++
		if fresh.has[r.ID] {
			*d.New.Of(severity)++
		}
		if late, ok := s.policy.LateBefore(severity.String(), s.now); ok && r.Changed.Before(late) {
			*d.Overdue.Of(severity)++
		}
		return true
	})
	if err != nil {
		return err
	}
	for _, o := range theirs.reachable() {
		m := Message{Topic: Daily, Digest: of(&o)}
		if err := theirs.only(o).toOwners(ctx, w, s.channels, m, s.now); err != nil {
			return err
		}
	}
	return nil
}

// only are the groups of one owner.
func (g *gathered) only(o ask.Candidate) *gathered {
	part := &gathered{owner: g.owner, groups: map[groupKey]*Group{}}
	for key, one := range g.groups {
		if key.owner == o.Owner && key.contact.Address == o.Address {
			part.groups[key] = one
		}
	}
	return part
}
