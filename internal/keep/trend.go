package keep

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

// Past is the scores that may stand beside that of a scan, oldest first, and the
// scans about the same place that may not.
type Past struct {
	Points []store.Score
	Left   []LeftOut // in the order of [Unlikes]
	// Failed is how many findings failed when the last of them was saved, of those
	// that nobody lets be now; nil where there is none.
	Failed *int
}

// LeftOut are scans, in the order they were saved, that do not compare.
type LeftOut struct {
	Why   Unlike
	Scans []int64
}

// Unlike is why the score after a scan says something else.
type Unlike string

// The reasons; the first that holds counts.
const (
	UnlikeStopped  Unlike = "stopped"  // it was stopped early
	UnlikePlaces   Unlike = "places"   // it entered other accounts or Regions
	UnlikeControls Unlike = "controls" // it evaluated other controls
	UnlikeGaps     Unlike = "gaps"     // it could not read what this one could, or the reverse
	UnlikeLate     Unlike = "late"     // it was saved after one that ended later, whose score it repeats
	UnlikeMixed    Unlike = "mixed"    // its score is also of what an earlier scan had looked at
)

// Unlikes lists the reasons.
func Unlikes() []Unlike {
	return []Unlike{UnlikeStopped, UnlikePlaces, UnlikeControls, UnlikeGaps, UnlikeLate, UnlikeMixed}
}

// Trend returns the scores of the past that may stand beside a scan: those of its
// one account, and of its one Region if it has no more, else of all together. A
// line through different things would mislead, so only scans are joined that
// looked at the same there, and at all that the store knew of it.
func (k *Keeper) Trend(ctx context.Context, scan *store.Scan) (*Past, error) {
	return k.trend(ctx, func([]store.Scan) *store.Scan { return scan })
}

// TrendOf is the trend of accounts and Regions of a source: beside the latest scan
// that looked at all of them.
func (k *Keeper) TrendOf(ctx context.Context, source string, accounts []resource.Account) (*Past, error) {
	asked := &store.Scan{Source: source, Accounts: accounts}
	return k.trend(ctx, func(scans []store.Scan) *store.Scan {
		for i := len(scans) - 1; i >= 0; i-- {
			s := scans[i]
			if s.Source == source && s.Around() && s.Incomplete == "" && len(without(enteredBy(asked), enteredBy(&s))) == 0 {
				in := placeFor(asked)
				s.Accounts = widened(accounts, s.Accounts)
				s.Gaps = slices.DeleteFunc(slices.Clone(s.Gaps), func(g resource.Gap) bool { return !in.has(g.Scope) })
				return &s
			}
		}
		return asked
	})
}

// widened are accounts as a scan looked at them: what is the account's belongs to
// them, also where nothing of it is asked for.
func widened(accounts, scanned []resource.Account) []resource.Account {
	out := slices.Clone(accounts)
	for i := range out {
		at := slices.IndexFunc(scanned, func(a resource.Account) bool { return a.ID == out[i].ID })
		if at >= 0 {
			out[i].Wide = scanned[at].Wide
		}
	}
	return out
}

func (k *Keeper) trend(ctx context.Context, choose func([]store.Scan) *store.Scan) (*Past, error) {
	var points []store.Score
	var scans []store.Scan
	err := k.Store.View(ctx, func(r store.Reader) (err error) {
		if points, err = r.Scores(ctx, time.Time{}); err == nil {
			scans, err = r.Scans(ctx, 0)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.Reverse(scans)
	like := choose(scans)
	c := matcher{place: placeFor(like), known: map[string]bool{}}
	c.like = c.of(like)
	left := map[Unlike][]int64{}
	joined := map[int64]bool{}
	for i := range scans {
		s := &scans[i]
		if s.Source != like.Source || !slices.ContainsFunc(Scopes(s), c.place.has) {
			continue // it is about something else
		}
		if why := c.unlike(s); why != "" {
			left[why] = append(left[why], s.ID)
		} else {
			joined[s.ID] = true
		}
	}
	past := &Past{Points: slices.DeleteFunc(points, func(p store.Score) bool {
		return !joined[p.Scan] || p.Account != c.place.account || p.Region != c.place.region
	})}
	if past.Failed, err = k.failedThen(ctx, past.Points, c.place, like); err != nil {
		return nil, err
	}
	for _, why := range Unlikes() {
		if len(left[why]) > 0 {
			past.Left = append(past.Left, LeftOut{why, left[why]})
		}
	}
	return past, nil
}

// failedThen counts what failed in a place when the last of some points was made.
func (k *Keeper) failedThen(ctx context.Context, points []store.Score, at place, like *store.Scan) (*int, error) {
	if len(points) == 0 {
		return nil, nil
	}
	filter := store.Filter{
		Statuses: []control.Status{control.Failed}, States: []lifecycle.State{lifecycle.Active}, Sources: []string{like.Source}, Controls: like.Controls,
		Workflows: []lifecycle.Workflow{lifecycle.New, lifecycle.Notified, lifecycle.Resolved},
	}
	if at.account != "" {
		filter.Accounts = []string{at.account}
	}
	if at.region != "" {
		filter.Regions = []string{at.region}
	}
	n := 0
	err := k.Store.View(ctx, func(r store.Reader) error {
		for _, err := range r.StatesAt(ctx, points[len(points)-1].Scan, filter) {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return &n, err
}

// place is an account and Region as the trend has them; empty parts are all.
type place struct{ account, region string }

func placeFor(s *store.Scan) place {
	at := Scopes(s)
	if len(at) == 0 || slices.ContainsFunc(at, func(o resource.Scope) bool { return o.Account != at[0].Account }) {
		return place{}
	}
	if len(at) == 1 {
		return place{at[0].Account, at[0].Region}
	}
	return place{account: at[0].Account}
}

func (p place) has(at resource.Scope) bool {
	return (p.account == "" || p.account == at.Account) && (p.region == "" || at.Region == "" || p.region == at.Region)
}

// sight is what a scan looked at in a place.
type sight struct {
	scopes, controls, gaps map[string]bool
	judged                 []string // each control in each scope
}

// matcher compares scans in the order in which they were saved.
type matcher struct {
	place place
	like  sight
	known map[string]bool // what any scan so far looked at: a control in a scope
	ended time.Time       // the latest end so far
}

func (c *matcher) of(s *store.Scan) sight {
	v := sight{scopes: map[string]bool{}, controls: map[string]bool{}, gaps: map[string]bool{}}
	for _, id := range s.Controls {
		v.controls[strings.ToLower(id)] = true
	}
	wide := wides(s)
	for _, e := range enteredBy(s) {
		if !c.place.has(e.Scope) {
			continue
		}
		v.scopes[e.key()] = true
		for id := range v.controls {
			if wide[id] == e.wide {
				v.judged = append(v.judged, e.key()+" "+id)
			}
		}
	}
	for i := range s.Gaps {
		if c.place.has(s.Gaps[i].Scope) {
			v.gaps[hidden(&s.Gaps[i])] = true
		}
	}
	return v
}

// unlike says why a scan does not compare, "" where it does, and remembers it.
func (c *matcher) unlike(s *store.Scan) Unlike {
	v := c.of(s)
	for _, key := range v.judged {
		c.known[key] = true
	}
	late := s.Ended.Before(c.ended)
	if !late {
		c.ended = s.Ended
	}
	switch {
	case s.Incomplete != "":
		return UnlikeStopped
	case !maps.Equal(v.scopes, c.like.scopes):
		return UnlikePlaces
	case !maps.Equal(v.controls, c.like.controls):
		return UnlikeControls
	case !maps.Equal(v.gaps, c.like.gaps):
		return UnlikeGaps
	case late:
		return UnlikeLate
	case len(c.known) > len(v.judged):
		return UnlikeMixed
	}
	return ""
}
