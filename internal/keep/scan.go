package keep

import (
	"context"
	"slices"

	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/score"
	"github.com/kumoban/kumoban/internal/store"
)

// Saved is what saving a scan changed.
type Saved struct {
	Scan      int64
	New       int // records that were not there
	Changed   int
	Same      int
	Archived  int
	Reopened  int
	Expired   int // exceptions that ran out
	ByRule    int // records that a rule of kumoban.yaml changed
	AuditHead audit.Entry
}

// SaveScan stores a scan and what it saw, but for controls that are switched
// off. Records that it did not see, though
// it looked where they were, are archived; where it could not look nothing is
// concluded. Either all of it is kept or nothing.
func (k *Keeper) SaveScan(ctx context.Context, scan store.Scan, seen []lifecycle.Observation) (Saved, error) {
	seen = slices.DeleteFunc(lifecycle.Merge(seen), func(o lifecycle.Observation) bool { return slices.Contains(k.Disabled, o.Finding.Control) })
	scan.Findings = len(seen)
	var saved Saved
	err := k.Store.Update(ctx, func(w store.Writer) error {
		saved = Saved{}
		var err error
		if saved.Expired, err = k.expire(ctx, w); err != nil {
			return err
		}
		if scan.ID, err = w.AddScan(ctx, scan); err != nil {
			return err
		}
		saved.Scan = scan.ID
		s := saving{Keeper: k, w: w, scan: &scan, saved: &saved, did: rulings{}}
		for chunk := range slices.Chunk(seen, batch) {
			if err := s.observe(ctx, chunk); err != nil {
				return err
			}
		}
		if err := s.archive(ctx); err != nil {
			return err
		}
		if saved.ByRule, _, err = k.tellRules(ctx, w, s.did, scan.ID); err != nil {
			return err
		}
		return s.finish(ctx)
	})
	return saved, err
}

// saving is one scan on its way into the store.
type saving struct {
	*Keeper
	w     store.Writer
	scan  *store.Scan
	saved *Saved
	out   change
	did   rulings
}

func (s *saving) observe(ctx context.Context, seen []lifecycle.Observation) error {
	ids := make([]string, len(seen))
	for i := range seen {
		seen[i].Source, seen[i].At, seen[i].Scan = s.scan.Source, s.scan.Ended, s.scan.ID
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
	for i := range seen {
		if err := s.one(ctx, olds[ids[i]], &seen[i]); err != nil {
			return err
		}
	}
	return s.out.write(ctx, s.w, s.scan.Ended, s.scan.ID)
}

func (s *saving) one(ctx context.Context, old *lifecycle.Record, o *lifecycle.Observation) error {
	r, events, change := lifecycle.Observe(old, o)
	if change == lifecycle.Inserted || change == lifecycle.Replaced {
		ruled, err := s.rule(ctx, s.w, &r, old == nil, &s.out, s.did)
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
	}
	return nil
}

// archive closes what the scan would have seen, had it still been there.
func (s *saving) archive(ctx context.Context) error {
	look := lifecycle.Look{
		Source: s.scan.Source, At: s.scan.Ended, Scan: s.scan.ID, Scopes: scopes(s.scan), Controls: s.scan.Controls,
		Disabled: s.Disabled, Gaps: s.scan.Gaps, Incomplete: s.scan.Incomplete != "",
	}
	coverage := lifecycle.Cover(look)
	for _, at := range look.Scopes {
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

// scopes are the accounts and Regions that a scan entered, each once.
func scopes(scan *store.Scan) []resource.Scope {
	var all []resource.Scope
	for _, a := range scan.Accounts {
		for _, region := range a.Regions {
			at := resource.Scope{Partition: a.Partition, Account: a.ID, Region: region}
			if a.ID != "" && !slices.Contains(all, at) {
				all = append(all, at)
			}
		}
	}
	return all
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
		"findings": s.scan.Findings, "new": s.saved.New, "changed": s.saved.Changed, "archived": s.saved.Archived,
		"reopened": s.saved.Reopened, "gaps": len(s.scan.Gaps),
	}
	s.saved.AuditHead, err = s.note(ctx, s.w, "scan", scanSubject(s.scan.ID), "", counts)
	return err
}
