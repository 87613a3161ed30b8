package exchange

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/securityhub/sides"
	"github.com/kumoban/kumoban/internal/store"
)

// Compared is what a comparison found.
type Compared struct {
	sides.Comparison
	Regions    []Region
	Lost       []Lost
	Unseen     []Region // accounts and Regions with records here of which Security Hub shows these credentials nothing
	Empty      []Region // accounts and Regions that were asked for, of which it has nothing; with how many records here that leaves alone
	Others     int
	Unreadable []error
}

// Unexplained counts the differences that nothing explains.
func (c *Compared) Unexplained() (n int) {
	for i := range c.Differences {
		if c.Differences[i].Why == sides.Unexplained {
			n++
		}
	}
	return n
}

// Compare sets what is kept against a fresh pull. It changes nothing.
func (x *Exchange) Compare(ctx context.Context) (*Compared, error) {
	p, err := x.pull(ctx, false)
	if err != nil {
		return nil, err
	}
	c := &Compared{Regions: p.regions, Lost: p.lost, Others: p.others, Unreadable: p.unreadable}
	ours, seen, err := x.comparable(ctx, p, c)
	if err != nil {
		return nil, err
	}
	c.Comparison = sides.Compare(slices.Values(ours), slices.Values(p.findings), sides.Context{Controls: x.controls(), Scanned: seen.scanned, Gaps: seen.gaps})
	c.Empty = c.empty(x.Accounts)
	return c, nil
}

// empty are the accounts and Regions of which Security Hub has nothing: where
// records have no counterpart at all, and, of a Region that sent nothing, those
// of its own account or of the accounts that were asked for by name.
func (c *Compared) empty(asked []string) []Region {
	counts := c.Comparison.Empty
	for _, r := range c.Regions {
		accounts := asked
		if len(asked) == 0 {
			accounts = []string{r.At.Account}
		}
		for _, account := range accounts {
			at := resource.Scope{Partition: r.At.Partition, Account: account, Region: r.At.Region}
			if i := slices.IndexFunc(c.Unseen, func(u Region) bool { return u.At == at }); i >= 0 && r.N == 0 {
				counts[at] += c.Unseen[i].N
				c.Unseen = slices.Delete(c.Unseen, i, i+1)
			} else if r.N == 0 {
				counts[at] += 0 // nothing here either
			}
		}
	}
	return regions(counts)
}

// regions lists counts in order.
func regions(counts map[resource.Scope]int) (list []Region) {
	for at, n := range counts {
		list = append(list, Region{at, n})
	}
	slices.SortFunc(list, func(a, b Region) int {
		return cmp.Or(cmp.Compare(a.At.Account, b.At.Account), cmp.Compare(a.At.Region, b.At.Region), cmp.Compare(a.At.Partition, b.At.Partition))
	})
	return list
}

// comparable are the records of accounts and Regions that were pulled: the
// caller's own, and those of which anything came.
func (x *Exchange) comparable(ctx context.Context, p *pulled, c *Compared) (ours []*lifecycle.Record, seen looks, err error) {
	pulled := map[place]bool{}
	pull := func(at resource.Scope) {
		pulled[placeOf(at)], pulled[place{"", at.Account, ""}] = true, true
	}
	for _, r := range p.regions {
		pull(r.At)
	}
	for _, f := range p.findings {
		pull(f.Ref.Scope)
	}
	seen.wide = x.wide()
	unseen := map[resource.Scope]int{}
	err = x.Keeper.Store.View(ctx, func(r store.Reader) error {
		if err := seen.read(ctx, r); err != nil {
			return err
		}
		return r.Each(ctx, x.filter(lifecycle.SourceLive), func(record *lifecycle.Record) error {
			at := placeOf(record.Resource.Scope)
			if seen.wide[strings.ToLower(record.Control)] {
				at.region = "" // Security Hub has it in any Region
			}
			if !pulled[at] {
				if record.State == lifecycle.Active {
					unseen[record.Resource.Scope]++
				}
				return nil
			}
			kept := *record
			ours = append(ours, &kept)
			return nil
		})
	})
	c.Unseen = regions(unseen)
	return ours, seen, err
}

// wide are the controls, in lower case, that judge what is the account's, whatever
// the Region.
func (x *Exchange) wide() map[string]bool {
	ids := map[string]bool{}
	for _, c := range x.controls() {
		ids[strings.ToLower(c.ID)] = catalog.WideControl(c)
	}
	return ids
}

func placeOf(at resource.Scope) place { return place{"", at.Account, at.Region} }
