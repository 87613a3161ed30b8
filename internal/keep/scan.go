package keep

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/policy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/score"
	"github.com/kumoban/kumoban/internal/spool"
	"github.com/kumoban/kumoban/internal/store"
)

// Saved is what saving a scan changed.
type Saved struct {
	Scan     int64
	New      int // records that were not there
	Changed  int
	Same     int
	Older    int // records that a later look had judged, or one of the same time: they stayed as they were
	Archived int
	Reopened int
	Expired  int // exceptions that ran out
	ByRule   int // records that a rule of kumoban.yaml changed

	Lapsed    int     // exceptions that ended because their reason did
	Lapses    []Lapse // the first of them
	Unread    int     // exceptions of which a condition could not be read
	NotLooked int     // of an import: those that rest on what a saved report does not tell
	// Of the FAILED findings of the scan: how many an exception lets be, and the
	// highest severity of the others, 0 where there are none.
	Suppressed int
	Worst      control.Severity
	AuditHead  audit.Entry
	Ahead      time.Time // when the scan says that it ended, where that is still to come; else zero
}

// SaveScan stores a scan and what it saw, but for controls that are switched
// off. Records that it did not see, though
// it looked where they were, are archived; where it could not look nothing is
// concluded. Either all of it is kept or nothing. A scan that ends in the future,
// by a clock that is ahead of this one, counts as one that ends now: every scan
// until then would be older. It refuses one whose findings the store has from
// another source. What was seen is read again with every attempt, and stays the
// caller's to close.
func (k *Keeper) SaveScan(ctx context.Context, scan store.Scan, seen *spool.Spool) (Saved, error) {
	scan.Kind = cmp.Or(scan.Kind, store.KindScan)
	scan.Findings = seen.Len()
	var saved Saved
	ahead := k.clamp(&scan)
	err := k.patiently(ctx, func(w store.Writer) error {
		saved = Saved{Ahead: ahead}
		// What nobody could read for too long is looked at once more before it ends.
		ended, err := k.expireThose(ctx, w, func(e *lifecycle.Exception) bool { return timely(e, k.now()) })
		if err != nil {
			return err
		}
		saved.Expired = ended.Expired
		if scan.ID, err = w.AddScan(ctx, scan); err != nil {
			return err
		}
		saved.Scan = scan.ID
		s := saving{Keeper: k, w: w, scan: &scan, saved: &saved, did: rulings{}}
		if s.terms, err = Policy(ctx, w); err != nil {
			return err
		}
		if s.later, err = s.looksAfter(ctx); err != nil {
			return err
		}
		if err := s.all(ctx, seen); err != nil {
			return err
		}
		if err := s.archive(ctx); err != nil {
			return err
		}
		if err := s.conditions(ctx); err != nil {
			return err
		}
		if saved.ByRule, _, err = k.tellRules(ctx, w, s.did, scan.ID); err != nil {
			return err
		}
		return s.finish(ctx)
	})
	return saved, err
}

// clamp brings the times of a scan that are still to come back to now, and
// returns when it says that it ended; the zero time where nothing was wrong.
func (k *Keeper) clamp(scan *store.Scan) (ahead time.Time) {
	if now := k.now(); scan.Ended.After(now) {
		ahead, scan.Ended = scan.Ended, now
	}
	if scan.Started.After(scan.Ended) {
		scan.Started = scan.Ended
	}
	return ahead
}

// Knows tells whether there are findings on live resources of one of these types
// in an account and Region. Where the store does not say, there may be.
func (k *Keeper) Knows(ctx context.Context, at resource.Scope, types ...resource.Type) (known bool) {
	err := k.Store.View(ctx, func(r store.Reader) error {
		found, _, err := r.Page(ctx, store.Query{Limit: 1, Filter: store.Filter{
			Accounts: []string{at.Account}, Regions: []string{at.Region}, Types: types, States: []lifecycle.State{lifecycle.Active}, Sources: []string{lifecycle.SourceLive},
		}})
		known = len(found) > 0
		return err
	})
	return known || err != nil
}

// disabled tells whether a control is switched off.
func (k *Keeper) disabled(id string) bool {
	return slices.ContainsFunc(k.Disabled, func(d string) bool { return strings.EqualFold(d, id) })
}

// saving is one scan on its way into the store.
type saving struct {
	*Keeper
	w     store.Writer
	scan  *store.Scan
	later []after // scans that ended after this one and were saved before it, in the order of their ends
	saved *Saved
	out   change
	did   rulings
	terms policy.Policy // for exceptions that rules make

	excepted map[string]*lifecycle.Exception // with conditions, of the records at hand
	lapses   []lapsed
}

// after is what a later scan would have seen.
type after struct {
	coverage *lifecycle.Coverage
	scan     store.Scan
}

// looksAfter finds the later scans: those that left a point of the trend.
func (s *saving) looksAfter(ctx context.Context) ([]after, error) {
	points, err := s.w.Scores(ctx, s.scan.Ended)
	if err != nil {
		return nil, err
	}
	var list []after
	for i := range points {
		p := &points[i]
		if !p.At.After(s.scan.Ended) || slices.ContainsFunc(list, func(a after) bool { return a.scan.ID == p.Scan }) {
			continue
		}
		scan, err := s.w.Scan(ctx, p.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, after{lifecycle.Cover(looked(&scan, nil)), scan})
	}
	return list, nil
}

// Coverage tells of a saved scan what it looked at.
func Coverage(scan *store.Scan) *lifecycle.Coverage { return lifecycle.Cover(looked(scan, nil)) }

// looked is where a scan looked.
func looked(scan *store.Scan, disabled []string) lifecycle.Look {
	regions, broad := split(enteredBy(scan))
	return lifecycle.Look{
		Source: scan.Source, Since: scan.Started, At: scan.Ended, Scan: scan.ID, Scopes: regions, Broad: broad, Controls: scan.Controls, Wide: scan.Wide,
		Disabled: disabled, Gaps: scan.Gaps, Incomplete: scan.Incomplete != "",
	}
}

// all takes in what the scan saw, a batch at a time.
func (s *saving) all(ctx context.Context, seen *spool.Spool) error {
	chunk := make([]lifecycle.Observation, 0, batch)
	err := seen.Each(func(o *lifecycle.Observation) error {
		if s.disabled(o.Control) {
			return nil
		}
		if chunk = append(chunk, *o); len(chunk) < batch {
			return nil
		}
		err := s.observe(ctx, chunk)
		chunk = chunk[:0]
		return err
	})
	if err != nil || len(chunk) == 0 {
		return err
	}
	return s.observe(ctx, chunk)
}

func (s *saving) observe(ctx context.Context, seen []lifecycle.Observation) error {
	ids := make([]string, len(seen))
	for i := range seen {
		seen[i].Source, seen[i].Since, seen[i].At, seen[i].Scan = s.scan.Source, s.scan.Started, s.scan.Ended, s.scan.ID
		ids[i] = seen[i].ID()
	}
	known, err := s.w.Records(ctx, ids)
	if err != nil {
		return err
	}
	olds := make(map[string]*lifecycle.Record, len(known))
	for i := range known {
		olds[known[i].ID] = &known[i]
	}
	if s.excepted, err = s.resting(ctx, known); err != nil {
		return err
	}
	for i := range seen {
		if err := s.one(ctx, olds[ids[i]], &seen[i]); err != nil {
			return err
		}
	}
	if err := s.out.write(ctx, s.w, s.scan.Ended, s.scan.ID); err != nil {
		return err
	}
	return s.tellLapsed(ctx)
}

func (s *saving) one(ctx context.Context, old *lifecycle.Record, o *lifecycle.Observation) error {
	if old != nil && old.Source != o.Source {
		return about(locale.Errorf("keep.otherSource", locale.A("source", locale.Clean(o.Source)), locale.A("stored", locale.Clean(old.Source))), old.ID)
	}
	r, events, change := lifecycle.Observe(old, o)
	if change == lifecycle.Inserted {
		events = append(events, s.sinceGone(&r)...)
	}
	if change == lifecycle.Inserted || change == lifecycle.Replaced {
		ruled, err := s.rule(ctx, s.w, &s.terms, &r, old == nil, o.Facts, &s.out, s.did)
		if err != nil {
			return err
		}
		events = append(events, ruled...)
	}
	s.out.events = append(s.out.events, events...)
	for i := range events {
		if events[i].Kind == lifecycle.EventReopened {
			s.saved.Reopened++
		}
	}
	if e := s.excepted[r.Exception]; e != nil && change != lifecycle.Stale && s.look(&r, e, e.Judge(s.facts(o, e))) {
		change = lifecycle.Replaced
	}
	s.gate(&r, o.Status)
	switch change {
	case lifecycle.Inserted:
		s.out.insert = append(s.out.insert, r)
		s.saved.New++
	case lifecycle.Replaced:
		s.out.replace = append(s.out.replace, r)
		s.saved.Changed++
	case lifecycle.Touched:
		s.out.touch = append(s.out.touch, r.ID)
		s.saved.Same++
	case lifecycle.Stale:
		s.saved.Older++
	}
	return nil
}

// gate counts a finding that failed for whoever ends with an exit code: what
// people let be, or AWS does not judge there, is no reason to stop them.
func (s *saving) gate(r *lifecycle.Record, seen control.Status) {
	switch {
	case seen != control.Failed, r.NotOffered: // out of the score, and so out of the exit code
	case r.Workflow == lifecycle.Suppressed:
		s.saved.Suppressed++
	default:
		s.saved.Worst = max(s.saved.Worst, r.Effective())
	}
}

// sinceGone archives a record that only an older scan saw, where one that came
// after it and was saved before it did not see it any more.
func (s *saving) sinceGone(r *lifecycle.Record) []lifecycle.Event {
	for i := range s.later {
		if why := s.later[i].coverage.Why(r); why != "" {
			next, events := lifecycle.Archive(r, why, s.later[i].scan.Ended, s.later[i].scan.ID)
			*r = next
			s.saved.Archived++
			return events
		}
	}
	return nil
}

// archive closes what the scan would have seen, had it still been there.
func (s *saving) archive(ctx context.Context) error {
	look := looked(s.scan, s.Disabled)
	look.Wide = append(slices.Clone(look.Wide), s.wide()...)
	coverage := lifecycle.Cover(look)
	for _, at := range Scopes(s.scan) {
		err := s.w.Unseen(ctx, s.scan.Source, at, s.scan.ID, func(r *lifecycle.Record) error {
			why := coverage.Why(r)
			if why == "" {
				return nil
			}
			next, events := lifecycle.Archive(r, why, s.scan.Ended, s.scan.ID)
			s.out.replace, s.out.events = append(s.out.replace, next), append(s.out.events, events...)
			s.saved.Archived++
			return nil
		})
		if err != nil {
			return err
		}
		if err := s.out.write(ctx, s.w, s.scan.Ended, s.scan.ID); err != nil {
			return err
		}
	}
	return nil
}

// wide are the ids of all controls that judge what is the account's: those that are
// switched off are not among a scan's.
func (k *Keeper) wide() (ids []string) {
	for _, c := range k.Controls {
		if catalog.WideControl(c.Control) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// finish stores the score as it is now, and tells the audit log.
func (s *saving) finish(ctx context.Context) error {
	groups, err := s.w.Tally(ctx, store.Filter{Sources: []string{s.scan.Source}})
	if err != nil {
		return err
	}
	scores := score.Compute(groups, s.Basis(s.scan.Gaps))
	for i := range scores {
		scores[i].Scan, scores[i].At = s.scan.ID, s.scan.Ended
	}
	if err := s.w.AddScores(ctx, scores); err != nil {
		return err
	}
	counts := map[string]int{
		"lapsed": s.saved.Lapsed, "unread": s.saved.Unread,
		"findings": s.scan.Findings, "new": s.saved.New, "changed": s.saved.Changed, "archived": s.saved.Archived,
		"reopened": s.saved.Reopened, "gaps": len(s.scan.Gaps),
	}
	s.saved.AuditHead, err = s.note(ctx, s.w, "scan", scanSubject(s.scan.ID), "", counts)
	return err
}
