package findings

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

// By is what findings are grouped by.
type By string

// What findings are grouped by.
const (
	ByControl  By = "control"
	ByService  By = "service"
	ByPlace    By = "resource" // a thing of AWS's, or of a source
	ByAccount  By = "account"
	ByRegion   By = "region"
	ByOwner    By = "owner"
	BySeverest By = "severity"
)

// Bys lists them.
func Bys() []By { return []By{ByControl, ByService, ByPlace, ByAccount, ByRegion, ByOwner, BySeverest} }

// Graded is the severity that counts, and the compliance status.
type Graded = store.Graded

// Group are findings that have something in common.
type Group struct {
	Key      string        // the control, account …; "" is no owner, or no account
	Name     string        // of an account, where scans know it
	Resource *resource.Ref // by resource
	N        int
	Of       map[Graded]int
}

// worst is the severity of the worst finding that fails, or is not known.
func (g *Group) worst() (s control.Severity) {
	for k := range g.Of {
		if k.Status == control.Failed || k.Status == control.Unknown {
			s = max(s, k.Severity)
		}
	}
	return s
}

// Groups are some of those that there are.
type Groups struct {
	List  []Group // the worst first, then those of most findings; by resource, those of most findings
	Total int     // how many groups there are
	Next  string  // by resource: where the next page begins; "" at the end
}

// Grouped counts chosen findings by what they have in common: so many groups, by
// resource from where the page before ended.
func Grouped(ctx context.Context, d *desk.Desk, c Choice, by By, after string, limit int) (out *Groups, err error) {
	err = d.View(ctx, access.FindingsRead, func(k *keep.Keeper, r store.Reader) error {
		f, err := c.filter(d, k.Controls.Controls())
		if err != nil {
			return err
		}
		if limit < 1 || limit > most {
			return locale.Errorf("keep.badLimit", locale.A("limit", limit))
		}
		switch by {
		case ByPlace:
			out, err = byResource(ctx, r, f, after, limit)
			return err
		case ByOwner:
			out, err = byOwner(ctx, k, r, f)
		default:
			out, err = byTally(ctx, d, r, f, by)
		}
		if err == nil {
			out.sort(limit)
		}
		return err
	})
	return out, err
}

func (g *Groups) sort(limit int) {
	slices.SortFunc(g.List, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.worst(), a.worst()), cmp.Compare(b.N, a.N), control.Compare(a.Key, b.Key), strings.Compare(a.Key, b.Key))
	})
	g.Total = len(g.List)
	g.List = g.List[:min(limit, len(g.List))]
}

// add counts n findings to a group.
type counts map[string]*Group

func (c counts) add(key string, of Graded, n int) {
	g := c[key]
	if g == nil {
		g = &Group{Key: key, Of: map[Graded]int{}}
		c[key] = g
	}
	g.N += n
	g.Of[of] += n
}

func (c counts) list() *Groups {
	out := &Groups{List: []Group{}}
	for _, g := range c {
		out.List = append(out.List, *g)
	}
	return out
}

func byTally(ctx context.Context, d *desk.Desk, r store.Reader, f store.Filter, by By) (*Groups, error) {
	key := map[By]func(*store.Group) string{
		ByControl:  func(g *store.Group) string { return g.Control },
		ByService:  func(g *store.Group) string { return control.Service(g.Control) },
		ByAccount:  func(g *store.Group) string { return g.Account },
		ByRegion:   func(g *store.Group) string { return g.Region },
		BySeverest: func(g *store.Group) string { return g.Severity.String() },
	}[by]
	if key == nil {
		return nil, locale.Errorf("keep.badGroup", locale.A("by", locale.Clean(string(by))))
	}
	tally, err := r.Tally(ctx, f)
	if err != nil {
		return nil, err
	}
	all := counts{}
	for i := range tally {
		all.add(key(&tally[i]), Graded{Severity: tally[i].Severity, Status: tally[i].Status}, tally[i].N)
	}
	out := all.list()
	if by == ByAccount {
		names, err := accountNames(ctx, d, r)
		if err != nil {
			return nil, err
		}
		for i := range out.List {
			out.List[i].Name = names[out.List[i].Key]
		}
	}
	return out, nil
}

func byResource(ctx context.Context, r store.Reader, f store.Filter, after string, limit int) (*Groups, error) {
	list, next, total, err := r.Resources(ctx, f, after, limit)
	out := &Groups{List: []Group{}, Total: total, Next: next}
	for i := range list {
		ref := list[i].Resource
		out.List = append(out.List, Group{Key: ref.ID(), Name: ref.Name, Resource: &ref, N: list[i].N, Of: list[i].By})
	}
	return out, err
}

// byOwner counts what tells its owner by account and tags alone together, and looks one
// by one at what an entry of the directory may know by its name.
func byOwner(ctx context.Context, k *keep.Keeper, r store.Reader, f store.Filter) (*Groups, error) {
	owner, err := k.OwnerOf(ctx, r)
	if err != nil {
		return nil, err
	}
	listed, err := r.Owners(ctx)
	if err != nil {
		return nil, err
	}
	all := counts{}
	count := func(sign int) func(*store.Alike) error {
		return func(a *store.Alike) error {
			record := lifecycle.Record{Tags: a.Tags}
			record.Resource.Account = a.Account
			if sign > 0 {
				record.Resource = a.Resource
				record.Resource.Account = a.Account
			}
			all.add(owner(&record).Owner, a.Graded, sign*a.N)
			return nil
		}
	}
	named := f
	named.Resources = patterns(listed)
	switch {
	case len(named.Resources) == 0:
		err = r.Alike(ctx, f, false, count(1))
	case len(f.Resources) > 0: // two lists of patterns are no filter
		err = r.Alike(ctx, f, true, count(1))
	default:
		if err = r.Alike(ctx, f, false, count(1)); err != nil {
			return nil, err
		}
		err = r.Alike(ctx, named, true, func(a *store.Alike) error {
			err := count(-1)(a)
			if err == nil {
				err = count(1)(a)
			}
			return err
		})
	}
	out := all.list()
	out.List = slices.DeleteFunc(out.List, func(g Group) bool { return g.N == 0 })
	for i := range out.List {
		for of, n := range out.List[i].Of {
			if n == 0 {
				delete(out.List[i].Of, of)
			}
		}
	}
	return out, err
}

// patterns are those by which a directory knows resources.
func patterns(listed []ask.Listing) (list []string) {
	for i := range listed {
		if p := listed[i].Resource; p != "" && !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list
}
