package awslive

import (
	"context"
	"reflect"
	"sync"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
	"github.com/kumoban/kumoban/internal/source"
)

// family are a type and those that belong to it, however deep.
func family(e *catalog.Entry) []resource.Type {
	types := []resource.Type{e.Room.Type}
	for _, c := range e.Room.Children {
		types = append(types, family(e.Of(c.Of))...)
	}
	return types
}

// needed tells whether the run looks at resources of a type, or at what belongs
// to them.
func (s *scope) needed(e *catalog.Entry) bool {
	if s.set.Judges(e.Room.Type) || s.set.MayRead(e.Room.Type) || s.set.Joins(e.Room.Type) {
		return true
	}
	for _, c := range e.Room.Children {
		if s.needed(e.Of(c.Of)) {
			return true
		}
	}
	return false
}

// roots are the types of a kind of scope that are listed by themselves and that
// the run needs, in the order of the catalogue.
func (s *scope) roots(kind source.Kind) []*catalog.Entry {
	var list []*catalog.Entry
	for _, service := range catalog.Services() {
		for i := range service.Rooms {
			e := catalog.Find(service.Rooms[i].Type)
			if e.Room.Parent == "" && kindOf(e.Room.Type) == kind && s.needed(e) {
				list = append(list, e)
			}
		}
	}
	return list
}

// widest is the number of resources that are asked about together.
func (s *scope) widest(e *catalog.Entry) int {
	most := 1
	for _, r := range s.Reads(e) {
		most = max(most, r.Many)
	}
	return most
}

// root reads the resources of a type that is listed by itself, with all that
// belongs to them.
func (s *scope) root(e *catalog.Entry) part {
	if e.Room.Setting {
		return s.setting(e)
	}
	return func(ctx context.Context, out yield) error {
		finds := &e.Room.Finds
		call := s.top(ctx, asker.Declare(e, finds), family(e)...)
		ask := func() ([]room.Tree, error) { return s.list(ctx, e, call) }
		if finds.PerAccount && s.together != nil {
			ask = func() ([]room.Tree, error) { return s.together.list(ctx, e) }
		}
		items, err := ask()
		if err := s.listing(err, len(items), out, family(e)...); err != nil {
			return err
		}
		if finds.PerAccount && s.together != nil && e.Room.Home != "" {
			mine, beside := s.here(e, call, items)
			items = mine
			if len(beside.Gaps)+len(beside.Elsewhere) > 0 {
				if err := out(beside); err != nil {
					return err
				}
			}
		}
		again := sync.OnceValues(func() (map[string]bool, error) {
			items, err := s.list(ctx, e, call)
			ids := map[string]bool{}
			for _, item := range items {
				ids[asker.ID(e, item)] = true
			}
			return ids, err
		})
		return ordered(ctx, chunks(s.ours(e, items), s.widest(e)), func(ctx context.Context, chunk *[]room.Tree) ([]resource.Unit, error) {
			return s.units(ctx, e, call, *chunk, again)
		}, out)
	}
}

// list asks for a listing of the whole account and Region.
func (s *scope) list(ctx context.Context, e *catalog.Entry, call *awsclient.Call) ([]room.Tree, error) {
	in, _ := s.Input(e.Room.Finds.In, asker.About{})
	tree, _ := in.(room.Tree)
	return s.Items(ctx, e, &e.Room.Finds, call, tree)
}

// setting reads the one that an account (and Region) has.
func (s *scope) setting(e *catalog.Entry) part {
	return func(ctx context.Context, out yield) error {
		p, base, err := s.Alone(ctx, e, map[string]string{})
		if err := s.listing(err, 0, out, e.Room.Type); err != nil || p == nil {
			return err
		}
		res, gaps, _ := s.Make(e, p, base, nil)
		return out(resource.Unit{Resources: []resource.Resource{res}, Gaps: gaps})
	}
}

// ours drops what a listing gives twice, as it may when something changes between
// two pages, and what lies elsewhere. Items without an id stay: they are gaps.
func (s *scope) ours(e *catalog.Entry, items []room.Tree) []room.Tree {
	seen := map[string]bool{}
	var kept []room.Tree
	for _, item := range items {
		key := asker.ID(e, item)
		if key != "" && seen[key] || !s.home(e, item) {
			continue
		}
		seen[key] = true
		kept = append(kept, item)
	}
	return kept
}

// home tells whether a resource lies in this account and Region, where listings
// give others too.
func (s *scope) home(e *catalog.Entry, item room.Tree) bool {
	where := room.TextOf(item, e.Room.Home)
	if e.Room.Home == "" || where == "" {
		return true
	}
	if a, ok := resource.ParseARN(where); ok {
		return a.Region == s.Region && a.Account == s.Account
	}
	return where == s.Region
}

func chunks(items []room.Tree, size int) [][]room.Tree {
	var list [][]room.Tree
	for start := 0; start < len(items); start += size {
		list = append(list, items[start:min(start+size, len(items))])
	}
	return list
}

// units learns all about some resources of a listing.
func (s *scope) units(ctx context.Context, e *catalog.Entry, call *awsclient.Call, items []room.Tree, listed func() (map[string]bool, error)) ([]resource.Unit, error) {
	found := make([]asker.About, len(items))
	for i, item := range items {
		found[i] = asker.About{Tree: item}
	}
	all, err := s.Learn(ctx, e, found)
	if err != nil {
		return nil, err
	}
	var units []resource.Unit
	for i := range all {
		u, err := s.unit(ctx, e, call, &all[i], listed)
		if err != nil {
			return units, err
		}
		units = append(units, u)
	}
	return units, nil
}

func (s *scope) unit(ctx context.Context, e *catalog.Entry, call *awsclient.Call, p *asker.Pieces, listed func() (map[string]bool, error)) (resource.Unit, error) {
	if !asker.Ours(e, p) {
		return resource.Unit{}, nil
	}
	res, gaps, ok := s.Make(e, p, call, nil)
	if !ok || asker.ID(e, p.Tree) == "" && e.Room.ID != "" {
		return s.nameless(call, resource.Ref{}, family(e)...), nil
	}
	u := resource.Unit{Resources: []resource.Resource{res}, Gaps: gaps}
	if err := s.children(ctx, e, p, res, &u); err != nil {
		return u, err
	}
	return s.whole(u, asker.ID(e, p.Tree), listed)
}

// children reads what belongs to a resource.
func (s *scope) children(ctx context.Context, e *catalog.Entry, p *asker.Pieces, res resource.Resource, u *resource.Unit) error {
	for _, c := range e.Room.Children {
		child := e.Of(c.Of)
		if !s.set.Judges(child.Room.Type) && !s.set.Reads(child.Room.Type, *u) && !s.set.Joins(child.Room.Type) && !s.needsBelow(child) {
			continue
		}
		if ask, err := s.worth(ctx, child); err != nil || !ask {
			if err != nil {
				return err
			}
			continue
		}
		if err := s.collection(ctx, child, c.Name, p, res, u); err != nil {
			return err
		}
	}
	return nil
}

func (s *scope) needsBelow(e *catalog.Entry) bool {
	for _, c := range e.Room.Children {
		if s.needed(e.Of(c.Of)) {
			return true
		}
	}
	return false
}

// worth tells whether a listing can find anything, where another tells before.
func (s *scope) worth(ctx context.Context, e *catalog.Entry) (bool, error) {
	first := e.Room.Finds.If
	if first == nil {
		return true, nil
	}
	return s.ifs.do(first, func() (bool, error) {
		in, _ := s.Input(first.In, asker.About{})
		tree, _ := in.(room.Tree)
		call := s.top(ctx, asker.Declare(e, first), e.Room.Type)
		service, _ := e.Service.Operation(first.Call)
		for page, err := range s.Pages(ctx, call, service, first.Items, tree) {
			switch {
			case err != nil && awsclient.AsFault(err).Class == awsclient.Interrupted:
				return false, err
			case err != nil, len(page) > 0:
				return true, nil
			}
		}
		return false, nil
	})
}

// collection reads the resources of a type that belong to one of another. One
// that could not be read whole is a gap, and the parent's collection stays
// unknown; what was read before is judged all the same.
func (s *scope) collection(ctx context.Context, e *catalog.Entry, name string, parent *asker.Pieces, above resource.Resource, u *resource.Unit) error {
	under := room.Tree{}
	for member, path := range e.Room.Below {
		under[member] = room.TextOf(parent.Tree, path)
	}
	finds := &e.Room.Finds
	call := asker.Declare(e, finds)
	in, ok := s.Input(finds.In, asker.About{Under: under})
	if !ok {
		failed := awsclient.NewGarbled(call, "what it is about has no name")
		asker.Slot(above, name).SetUnread(asker.Unread(failed))
		return s.partGap(failed, u, above.GetMeta().Ref, family(e)...)
	}
	items, failed := s.Items(ctx, e, finds, call, in.(room.Tree)) //nolint:forcetypeassert // a tree gives a tree
	var found []asker.About
	for _, item := range s.ours(e, items) {
		found = append(found, asker.About{Tree: item, Under: under})
	}
	all, err := s.Learn(ctx, e, found)
	if err != nil {
		return err
	}
	slot := asker.Slot(above, name)
	list := reflect.MakeSlice(slot.Holds(), 0, len(all))
	for i := range all {
		if !asker.Ours(e, &all[i]) {
			continue
		}
		res, gaps, ok := s.Make(e, &all[i], call, above)
		if !ok || e.Room.ID != "" && asker.ID(e, all[i].Tree) == "" {
			failed = awsclient.NewGarbled(call, "an item of the listing has no id")
			continue
		}
		list = reflect.Append(list, reflect.ValueOf(res))
		u.Gaps = append(u.Gaps, gaps...)
		if s.set.Judges(e.Room.Type) || s.set.Joins(e.Room.Type) {
			u.Resources = append(u.Resources, res)
		}
		if err := s.children(ctx, e, &all[i], res, u); err != nil {
			return err
		}
	}
	if failed != nil && e.Room.Partly && len(all) > 0 {
		slot.SetAny(reflect.Append(list, reflect.ValueOf(s.Rest(e, above, failed))).Interface(), asker.Origin(call))
		return s.partGap(failed, u, above.GetMeta().Ref, family(e)...)
	}
	if failed != nil {
		slot.SetUnread(asker.Unread(failed))
		return s.partGap(failed, u, above.GetMeta().Ref, family(e)...)
	}
	slot.SetAny(list.Interface(), asker.Origin(call))
	return nil
}

// ifs remembers what listings found that tell whether others are worth asking.
type ifs struct {
	mu   sync.Mutex
	seen map[*room.Read]*answer
}

// answer is closed when it is there. A lock that is held while AWS is asked would
// stop the virtual clock of tests, a channel does not.
type answer struct {
	done chan struct{}
	yes  bool
	err  error
}

// do looks once; whoever asks meanwhile waits for that.
func (i *ifs) do(r *room.Read, look func() (bool, error)) (bool, error) {
	i.mu.Lock()
	a := i.seen[r]
	if a != nil {
		i.mu.Unlock()
		<-a.done
		return a.yes, a.err
	}
	a = &answer{done: make(chan struct{})}
	if i.seen == nil {
		i.seen = map[*room.Read]*answer{}
	}
	i.seen[r] = a
	i.mu.Unlock()
	a.yes, a.err = look()
	close(a.done)
	return a.yes, a.err
}
