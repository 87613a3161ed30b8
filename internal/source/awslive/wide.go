package awslive

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
	"github.com/kumoban/kumoban/internal/source"
)

// kindOf is the kind of scope in which resources of a type are looked at.
func kindOf(t resource.Type) source.Kind {
	if catalog.Wide(t) {
		return source.Wide
	}
	return source.Regional
}

// typesOf are the types that a set judges in one kind of scope.
func typesOf(set control.Set, kind source.Kind) []resource.Type {
	return slices.DeleteFunc(slices.Clone(set), func(c control.Selected) bool { return (kind == source.Wide) != catalog.WideControl(c.Control) }).Types()
}

// spot is one scope of an account.
type spot struct {
	resource.Scope
	kind source.Kind
}

// widely says under which Region a run looks at what is the account's; "" where no
// control asks for it.
func (v *visit) widely() string {
	if !slices.ContainsFunc(v.set, func(c control.Selected) bool { return catalog.WideControl(c.Control) }) {
		return ""
	}
	return wire.Global(v.firstRegion())
}

// spots are the scopes of an account: its Regions, and what is the account's.
func spots(me *resource.Account) []spot {
	var list []spot
	for _, region := range me.Regions {
		list = append(list, spot{resource.Scope{Partition: me.Partition, Account: me.ID, Region: region}, source.Regional})
	}
	if me.Wide != "" {
		list = append(list, spot{resource.Scope{Partition: me.Partition, Account: me.ID, Region: me.Wide}, source.Wide})
	}
	return list
}

// scopes opens those of an account that nobody has taken yet.
func (v *visit) scopes(me *resource.Account, cfg aws.Config) []*scope {
	together := &together{regions: me.Regions}
	var list []*scope
	for _, at := range spots(me) {
		if !v.seen.take(at) {
			v.Log.Info("this account and Region is being looked at already", "account", at.Account, "region", at.Region, "target", v.target.label())
			continue
		}
		s := newScope(at.Scope, v.set, v.lane(at.Scope, cfg), cfg, v.reach)
		s.kind, s.known, s.together = at.kind, v.Known, together
		if at.kind == source.Regional {
			together.scopes = append(together.scopes, s)
			if v.Mapped != nil && v.Ways != nil && v.Mapped(at.Scope) {
				s.ways, s.asking = &ways{read: v.Ways}, v.Asking
			}
		}
		list = append(list, s)
	}
	return list
}

// together is what the Regions of an account share: answers that are the same in
// all of them are asked for once, by the first.
type together struct {
	regions []string // that are looked at
	scopes  []*scope
	mu      sync.Mutex
	lists   map[*room.Read]*listed
}

// listed is closed when it is there: see [answer].
type listed struct {
	done  chan struct{}
	items []room.Tree
	err   error
}

// list asks for a listing of the account, or waits for who does.
func (t *together) list(ctx context.Context, e *catalog.Entry) ([]room.Tree, error) {
	finds := &e.Room.Finds
	t.mu.Lock()
	l := t.lists[finds]
	if l != nil {
		t.mu.Unlock()
		<-l.done
		return l.items, l.err
	}
	l = &listed{done: make(chan struct{})}
	if t.lists == nil {
		t.lists = map[*room.Read]*listed{}
	}
	t.lists[finds] = l
	t.mu.Unlock()
	defer close(l.done)
	call := asker.Declare(e, finds)
	for _, s := range t.scopes {
		call = s.top(ctx, call, family(e)...)
	}
	l.items, l.err = t.scopes[0].list(ctx, e, call)
	return l.items, l.err
}

// here sorts out, of a listing of the whole account, what lies in this Region. What
// lies where nobody looks is counted by the first Region alone. What does not say
// where it lies may lie in any, so that it is a gap of each; it is judged as unknown
// in the first.
func (s *scope) here(e *catalog.Entry, call *awsclient.Call, items []room.Tree) (mine []room.Tree, beside resource.Unit) {
	first := s.together.scopes[0] == s
	away := map[string]int{}
	for _, item := range items {
		switch at := room.TextOf(item, e.Room.Home); {
		case at == s.Region:
			mine = append(mine, item)
		case at == "":
			ref, _ := s.Identify(e, asker.About{Tree: item}, nil)
			err := awsclient.NewGarbled(call, "the answer does not say in which Region it lies")
			var types []resource.Type
			if first {
				types = family(e)
			}
			beside.Gaps = append(beside.Gaps, s.Hidden(err, ref, types...))
		case first && !slices.Contains(s.together.regions, at):
			away[at]++
		}
	}
	for region, n := range away {
		beside.Elsewhere = append(beside.Elsewhere, resource.Elsewhere{Account: s.Account, Type: e.Room.Type, Region: region, N: n})
	}
	slices.SortFunc(beside.Elsewhere, func(a, b resource.Elsewhere) int { return cmp.Compare(a.Region, b.Region) })
	return mine, beside
}
