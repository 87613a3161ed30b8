package outbox

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// gathered are findings by control and owner, however many there are.
type gathered struct {
	owner  func(*lifecycle.Record) ask.Candidate // nil: not read yet
	groups map[groupKey]*Group
	has    map[string]bool // the ids
}

type groupKey struct {
	control string
	owner   string
	contact ask.Contact
	days    int
}

// add counts a finding.
func (g *gathered) add(r *lifecycle.Record, days int) {
	owner := g.owner(r)
	key := groupKey{r.Control, owner.Owner, owner.Contact, days}
	if g.groups == nil {
		g.groups, g.has = map[groupKey]*Group{}, map[string]bool{}
	}
	one := g.groups[key]
	if one == nil {
		one = &Group{Control: r.Control, Owner: owner.Owner, Days: days}
		g.groups[key] = one
	}
	g.has[r.ID] = true
	one.N++
	one.Severity = max(one.Severity, r.Effective())
	if len(one.Some) < mostExamples {
		one.Some = append(one.Some, Example{finding.Short(r.ID), locale.Clean(cmp.Or(r.Resource.Name, r.Resource.ID())), r.Resource.Account, r.Resource.Region})
	}
}

// of puts groups in order, the gravest first, and counts the findings of those that
// are left out.
func (g *gathered) of(wanted func(groupKey) bool) (list []Group, more int) {
	for key, one := range g.groups {
		if wanted(key) {
			list = append(list, *one)
		}
	}
	slices.SortFunc(list, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(b.N, a.N), cmp.Compare(a.Days, b.Days), cmp.Compare(a.Control, b.Control), cmp.Compare(a.Owner, b.Owner))
	})
	if len(list) > mostGroups {
		for i := range list[mostGroups:] {
			more += list[mostGroups+i].N
		}
		list = list[:mostGroups]
	}
	return list, more
}

func all(groupKey) bool { return true }

// post sends what was gathered to all channels, and to owners their own part.
func (g *gathered) post(ctx context.Context, w store.Writer, channels []Channel, topic Topic, now time.Time) error {
	if len(g.groups) == 0 {
		return nil
	}
	m := Message{Topic: topic}
	m.Groups, m.More = g.of(all)
	if err := toAll(ctx, w, channels, m, now); err != nil {
		return err
	}
	return g.toOwners(ctx, w, channels, m, now)
}

// toOwners sends to each owner whom the directory gives an address the own part.
func (g *gathered) toOwners(ctx context.Context, w store.Writer, channels []Channel, m Message, now time.Time) error {
	for i := range channels {
		c := &channels[i]
		if c.Kind != Mail || !c.Owners {
			continue
		}
		for _, o := range g.reachable() {
			if slices.Contains(c.To, o.Address) {
				continue // has it all
			}
			m.Channel, m.Kind, m.To, m.Owner, m.Lang = c.Name, c.Kind, o.Address, o.Owner, cmp.Or(o.Lang, c.Lang)
			m.Groups, m.More = g.of(func(k groupKey) bool { return k.owner == o.Owner && k.contact.Address == o.Address })
			if err := send(ctx, w, m, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// reachable are the owners with an address, each once, in order.
func (g *gathered) reachable() (list []ask.Candidate) {
	seen := map[[2]string]bool{}
	for key := range g.groups {
		is := [2]string{key.owner, key.contact.Address}
		if key.contact.Address == "" || seen[is] {
			continue
		}
		seen[is] = true
		list = append(list, ask.Candidate{Owner: key.owner, Contact: key.contact})
	}
	slices.SortFunc(list, func(a, b ask.Candidate) int {
		return cmp.Or(cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Address, b.Address))
	})
	return list
}

// ownerOf reads who owns what.
func ownerOf(ctx context.Context, r store.Reader, tags []string) (func(*lifecycle.Record) ask.Candidate, error) {
	k := keep.Keeper{OwnerTags: tags}
	return k.OwnerOf(ctx, r)
}
