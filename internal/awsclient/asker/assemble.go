package asker

import (
	"context"
	"reflect"
	"slices"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// Pieces is what has been learnt of one resource.
type Pieces struct {
	About
	done   map[*room.Read]bool  // reads that answered
	Failed map[*room.Read]error // reads that did not
	order  []*room.Read         // of those that failed
}

// Reads lists what else is asked about resources of a type: what serves
// properties that somebody looks at.
func (s *Asker) Reads(e *catalog.Entry) []*room.Read {
	var list []*room.Read
	for i := range e.Room.Each {
		r := &e.Room.Each[i]
		switch {
		case r.Closer:
			if s.Closely {
				list = append(list, r)
			}
		case r.For == nil || slices.ContainsFunc(r.For, func(p string) bool { return s.Looks(e.Room.Type, p) }):
			list = append(list, r)
		}
	}
	return list
}

// Learn asks everything else about resources that a listing named, many at a
// time where AWS takes many.
func (s *Asker) Learn(ctx context.Context, e *catalog.Entry, found []About) ([]Pieces, error) {
	all := make([]Pieces, len(found))
	for i, a := range found {
		all[i] = NewPieces(a)
	}
	for _, r := range s.Reads(e) {
		var err error
		if r.Many > 0 {
			err = s.askMany(ctx, e, r, all)
		} else {
			err = s.askEach(ctx, e, r, all)
		}
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// NewPieces is what is known before anything was asked.
func NewPieces(a About) Pieces {
	return Pieces{About: a, done: map[*room.Read]bool{}, Failed: map[*room.Read]error{}}
}

func (p *Pieces) fail(r *room.Read, err error) {
	p.Failed[r] = err
	p.order = append(p.order, r)
}

// Put lays what was answered into what is known.
func (p *Pieces) Put(r *room.Read, out room.Tree) {
	part := any(out)
	if r.Take != "" {
		part, _ = room.Get(out, r.Take)
	}
	p.done[r] = true
	switch m, isTree := part.(room.Tree); {
	case r.Into != "":
		p.Tree = room.Put(p.Tree, r.Into, part)
	case isTree:
		p.Tree = room.Merge(p.Tree, m)
	}
}

func (s *Asker) askEach(ctx context.Context, e *catalog.Entry, r *room.Read, all []Pieces) error {
	for i := range all {
		p := &all[i]
		if !only(r, p.Tree) {
			p.done[r] = true
			continue
		}
		in, ok := s.Input(r.In, p.About)
		if !ok {
			p.fail(r, awsclient.NewGarbled(Declare(e, r), "what it is about has no name"))
			continue
		}
		out, err := s.One(ctx, e, r, in.(room.Tree)) //nolint:forcetypeassert // a tree gives a tree
		switch {
		case err == nil:
			p.Put(r, out)
		case awsclient.AsFault(err).Class == awsclient.Interrupted:
			return err
		case slices.Contains(r.Absent, awsclient.AsFault(err).Code):
			p.done[r] = true
		default:
			p.fail(r, err)
		}
	}
	return nil
}

// only tells whether a read is asked about a resource. One of which that is not
// known is asked about.
func only(r *room.Read, tree room.Tree) bool {
	for path, want := range r.Only {
		if got := room.TextOf(tree, path); got != "" && got != want {
			return false
		}
	}
	return true
}

// One makes a call about one resource. A listing about it is read whole, and
// given as an answer.
func (s *Asker) One(ctx context.Context, e *catalog.Entry, r *room.Read, in room.Tree) (room.Tree, error) {
	if r.Items == "" && r.Gather == nil {
		return s.Call(ctx, e, r, in)
	}
	items, err := s.Items(ctx, e, r, Declare(e, r), in)
	if err != nil {
		return nil, err
	}
	list := make([]any, len(items))
	for i := range items {
		list[i] = items[i]
	}
	if r.Into != "" {
		return room.Tree{r.Take: list}, nil
	}
	if len(items) == 0 {
		return room.Tree{}, nil
	}
	return items[0], nil
}

// askMany asks about as many as AWS takes in one call. One that the answer leaves
// out is gone, unless the answer may be older than it.
func (s *Asker) askMany(ctx context.Context, e *catalog.Entry, r *room.Read, all []Pieces) error {
	call := Declare(e, r)
	for start := 0; start < len(all); start += r.Many {
		chunk := all[start:min(start+r.Many, len(all))]
		in, ok := s.Input(s.spread(r.In, chunk), chunk[0].About)
		if !ok {
			for i := range chunk {
				chunk[i].fail(r, awsclient.NewGarbled(call, "what it is about has no name"))
			}
			continue
		}
		items, err := s.Items(ctx, e, r, call, in.(room.Tree)) //nolint:forcetypeassert // a tree gives a tree
		if err != nil && awsclient.AsFault(err).Class == awsclient.Interrupted {
			return err
		}
		byName := map[string]room.Tree{}
		for _, item := range items {
			byName[room.TextOf(item, r.By)] = item
		}
		for i := range chunk {
			p := &chunk[i]
			item, there := byName[s.Look(p.About)(r.Same)]
			switch {
			case there:
				p.Put(r, item)
			case err != nil:
				p.fail(r, err)
			case r.Lags:
				p.fail(r, &awsclient.Fault{Call: call.Name(), Code: notYet, Message: "the answer does not have it yet"})
			default:
				p.fail(r, leftOut(call))
			}
		}
	}
	return nil
}

// spread puts the names of many in the place of "{name[]}".
func (s *Asker) spread(in any, many []Pieces) any {
	tree, _ := in.(room.Tree)
	out := room.Tree{}
	for name, v := range tree {
		if text, ok := v.(string); ok && len(text) > 4 && text[len(text)-3:] == "[]}" {
			path := text[1 : len(text)-3]
			list := make([]any, len(many))
			for i := range many {
				list[i] = s.Look(many[i].About)(path)
			}
			v = list
		}
		out[name] = v
	}
	return out
}

// Make makes the resource of what was learnt, with the gaps of what was not.
func (s *Asker) Make(e *catalog.Entry, p *Pieces, base *awsclient.Call, parent resource.Resource) (resource.Resource, []resource.Gap, bool) {
	var above *resource.Ref
	if parent != nil {
		above = &parent.GetMeta().Ref
	}
	ref, ok := s.Identify(e, p.About, above)
	if !ok {
		return nil, nil, false
	}
	known := *p // what is known of a parent is shared by those that belong to it
	known.Under = room.Merge(p.Under, Named(s.Names(e, ref.ARN)))
	res := e.New()
	*res.GetMeta() = resource.Meta{Ref: ref, Origin: Origin(base)}
	if parent != nil {
		reflect.ValueOf(res).Elem().FieldByName(e.Room.Parent).Set(reflect.ValueOf(parent))
	}
	return res, s.fill(e, &known, res, base), true
}

// Whole is what has been learnt where all reads have answered: a tree that has it
// all.
func (s *Asker) Whole(e *catalog.Entry, a About) *Pieces {
	p := NewPieces(a)
	for i := range e.Room.Each {
		p.done[&e.Room.Each[i]] = true
	}
	return &p
}

// Named are the names in an ARN as members of a tree.
func Named(m map[string]string) room.Tree {
	t := make(room.Tree, len(m))
	for k, v := range m {
		t[k] = v
	}
	return t
}

// fill fills in what the reads have told, and leaves unknown what they did not.
func (s *Asker) fill(e *catalog.Entry, p *Pieces, res resource.Resource, base *awsclient.Call) []resource.Gap {
	filler := room.Filler{Service: e.Service, Form: room.Answer}
	serves := func(r *room.Read) func(*room.Property) bool {
		return func(x *room.Property) bool { return server(e, x.Name) == r }
	}
	tree := room.Merge(p.Under, p.Tree)
	filler.Fill(res, e.Room.Properties, tree, Origin(base), serves(nil))
	for r := range p.done {
		filler.Fill(res, e.Room.Properties, tree, Origin(Declare(e, r)), serves(r))
	}
	var gaps []resource.Gap
	for _, r := range p.order {
		o := Unread(p.Failed[r])
		for i := range e.Room.Properties {
			x := &e.Room.Properties[i]
			_, there := room.Get(tree, x.Path(room.Answer))
			if x.Path(room.Answer) != room.None && (server(e, x.Name) == r || r.For == nil && server(e, x.Name) == nil && !there) {
				Slot(res, x.Name).SetUnread(o)
			}
		}
		gaps = append(gaps, s.Hidden(p.Failed[r], res.GetMeta().Ref))
	}
	for i := range e.Room.Properties {
		x := &e.Room.Properties[i]
		if v, ok := Slot(res, x.Name).Any(); x.OneOf != nil && ok == fact.True {
			if text, _ := v.(string); !slices.Contains(x.OneOf, text) {
				err := awsclient.NewGarbled(base, x.Name+" has a value that is not known")
				Slot(res, x.Name).SetUnread(Unread(err))
				gaps = append(gaps, s.Hidden(err, res.GetMeta().Ref))
			}
		}
	}
	return gaps
}

// server is the read that alone serves a property; nil: those that serve all the
// others.
func server(e *catalog.Entry, property string) *room.Read {
	for i := range e.Room.Each {
		if slices.Contains(e.Room.Each[i].For, property) {
			return &e.Room.Each[i]
		}
	}
	return nil
}

// Slot is a property of a resource.
func Slot(res resource.Resource, name string) fact.Slot {
	return reflect.ValueOf(res).Elem().FieldByName(name).Addr().Interface().(fact.Slot) //nolint:forcetypeassert // generated so
}

// Rest stands for those of a collection that could not be read.
func (s *Asker) Rest(e *catalog.Entry, parent resource.Resource, err error) resource.Resource {
	res := e.New()
	*res.GetMeta() = resource.Meta{Ref: resource.Ref{Scope: s.Scope, Type: e.Room.Type, ARN: parent.GetMeta().ARN, Name: "?"}, Origin: Unread(err)}
	reflect.ValueOf(res).Elem().FieldByName(e.Room.Parent).Set(reflect.ValueOf(parent))
	for _, p := range e.Room.Properties {
		Slot(res, p.Name).SetUnread(Unread(err))
	}
	return res
}
