package standing

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/score"
	"github.com/kumoban/kumoban/internal/store"
)

// Looked is the last look at an account's Region.
type Looked struct {
	resource.Scope
	Name       string // of the account
	Wide       bool   // it is where what is the account's was judged
	Scan       int64
	At         time.Time
	Source     string
	Incomplete string // "", "interrupted" or "timeout"
	Controls   int    // that it evaluated
	Gaps       int    // what it could not look at there
}

// Gap is what the last look at a place could not look at.
type Gap struct {
	resource.Gap
	Scan     int64
	At       time.Time
	Controls []string // that it hides something from
}

// Coverage is what is looked at, and what could not be: by the latest scan of each
// account and Region.
type Coverage struct {
	Places []Looked
	Gaps   []Gap
	// Missing are the controls that no scan evaluates.
	Missing []string
}

// Covered returns the coverage.
func Covered(ctx context.Context, d *desk.Desk) (out *Coverage, err error) {
	err = d.View(ctx, access.FindingsRead, func(k *keep.Keeper, r store.Reader) error {
		scans, err := desk.Scans(ctx, d, r)
		if err != nil {
			return err
		}
		scans = slices.DeleteFunc(scans, func(s Scan) bool { return !s.Around() })
		out = covered(scans, k.Controls)
		return nil
	})
	return out, err
}

func covered(scans []Scan, set control.Set) *Coverage {
	out := &Coverage{Places: []Looked{}, Gaps: []Gap{}, Missing: []string{}}
	c := covering{seen: map[resource.Scope]bool{}, told: map[string]bool{}, evaluated: map[string]bool{}, set: set, out: out}
	for i := range scans { // the latest first
		c.add(&scans[i], i == 0)
	}
	slices.SortFunc(out.Places, func(a, b Looked) int {
		return cmp.Or(strings.Compare(a.Account, b.Account), strings.Compare(a.Region, b.Region), strings.Compare(a.Partition, b.Partition))
	})
	for _, one := range set {
		if len(scans) > 0 && !c.evaluated[strings.ToLower(one.ID)] {
			out.Missing = append(out.Missing, one.ID)
		}
	}
	return out
}

// covering goes through scans, the latest first.
type covering struct {
	seen      map[resource.Scope]bool // entered by a scan so far
	told      map[string]bool         // gaps, by what they hide
	evaluated map[string]bool
	set       control.Set
	out       *Coverage
}

func (c *covering) add(s *Scan, latest bool) {
	fresh := map[resource.Scope]*Looked{}
	for _, at := range places(s) {
		if !c.seen[at.Scope] {
			at.Scan, at.At, at.Source, at.Incomplete, at.Controls = s.ID, s.Ended, s.Source, s.Incomplete, len(s.Controls)
			fresh[at.Scope] = &at
		}
	}
	for i := range s.Gaps {
		g := &s.Gaps[i]
		name := strings.Join([]string{g.Account, g.Region, g.Name, g.Parent.ID(), g.Call}, " ")
		if c.told[name] || c.later(g.Scope) || g.Account == "" && !latest && len(fresh) == 0 {
			continue
		}
		c.told[name] = true
		if at := fresh[g.Scope]; at != nil {
			at.Gaps++
		}
		c.out.Gaps = append(c.out.Gaps, Gap{*g, s.ID, s.Ended, hiddenFrom(g, c.set)})
	}
	for at, one := range fresh {
		c.seen[at] = true
		c.out.Places = append(c.out.Places, *one)
	}
	if len(fresh) > 0 {
		for _, id := range s.Controls {
			c.evaluated[strings.ToLower(id)] = true
		}
	}
}

// later tells whether a later scan entered the place of a gap. What nobody could tell
// the account of has none.
func (c *covering) later(at resource.Scope) bool {
	if at.Account == "" {
		return false
	}
	if at.Region != "" {
		return c.seen[at]
	}
	for place := range c.seen {
		if place.Account == at.Account {
			return true
		}
	}
	return false
}

// places are those that a scan entered.
func places(s *Scan) (list []Looked) {
	for _, a := range s.Accounts {
		for _, region := range a.Regions {
			list = append(list, Looked{Scope: resource.Scope{Partition: a.Partition, Account: a.ID, Region: region}, Name: a.Name, Wide: region == a.Wide})
		}
		if a.Wide != "" && !slices.Contains(a.Regions, a.Wide) {
			list = append(list, Looked{Scope: resource.Scope{Partition: a.Partition, Account: a.ID, Region: a.Wide}, Name: a.Name, Wide: true})
		}
	}
	return list
}

// hiddenFrom are the controls that judge what a gap hides.
func hiddenFrom(g *resource.Gap, set control.Set) []string {
	open := *g
	open.Account = "" // whichever it is
	ids := score.Hidden([]resource.Gap{open}, set)
	slices.SortFunc(ids, control.Compare)
	return ids
}
