package asker

import (
	"context"
	"slices"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/room"
)

// Alone asks all about one resource that is known by the names in its ARN.
func (s *Asker) Alone(ctx context.Context, e *catalog.Entry, names map[string]string) (*Pieces, *awsclient.Call, error) {
	a := About{Tree: room.Tree{}, Under: Named(names)}
	var base *awsclient.Call
	reads := e.Room.Alone
	if e.Room.Setting {
		reads = append([]room.Read{e.Room.Finds}, reads...)
	}
	for i := range reads {
		r := &reads[i]
		base = Declare(e, r)
		if _, private := names["account"]; private && len(e.Room.ARNs) > 0 {
			base.Resource = AnyOf(e.Room.ARNs[0])
		}
		in, ok := s.Input(r.In, a)
		if !ok {
			return nil, nil, awsclient.NewGarbled(base, "what it is about has no name")
		}
		tree, _ := in.(room.Tree)
		out, err := s.One(ctx, e, r, tree)
		if err != nil && slices.Contains(r.Absent, awsclient.AsFault(err).Code) {
			continue // there is none of it, which is an answer
		}
		if err == nil && r.Items != "" && r.Into == "" && len(out) == 0 {
			err = &awsclient.Fault{Call: base.Name(), Class: awsclient.NotFound, Code: NotFound, Message: "the answer leaves it out"}
		}
		if err != nil {
			return nil, nil, err
		}
		if r.Items != "" && r.Into == "" && len(out) == 0 {
			return nil, nil, leftOut(base)
		}
		p := NewPieces(a)
		p.Put(r, out)
		a = p.About
	}
	all, err := s.Learn(ctx, e, []About{a})
	if err != nil {
		return nil, nil, err
	}
	p := &all[0]
	for r, err := range p.Failed {
		if awsclient.AsFault(err).Class == awsclient.NotFound || r.For == nil {
			return nil, nil, err
		}
	}
	if ended(e, p) {
		return nil, nil, leftOut(Declare(e, &e.Room.Finds))
	}
	if base == nil {
		base = Declare(e, &e.Room.Each[0])
	}
	for name, want := range names {
		if got := room.TextOf(p.Tree, name); got != "" && got != want {
			return nil, nil, awsclient.NewGarbled(base, "the answer is about something else")
		}
	}
	if e.Room.ID != "" && len(e.Room.Alone) > 0 && ID(e, p.Tree) == "" {
		return nil, nil, awsclient.NewGarbled(base, "the answer is about something else")
	}
	return p, base, nil
}

// leftOut is the fault of a thing that an answer leaves out.
func leftOut(call *awsclient.Call) *awsclient.Fault {
	return &awsclient.Fault{Call: call.Name(), Class: awsclient.NotFound, Code: NotFound, Message: "the answer leaves it out"}
}

// ended tells whether a resource is no more, though AWS still describes it.
func ended(e *catalog.Entry, p *Pieces) bool {
	for path, says := range e.Room.Ended {
		if room.TextOf(p.Tree, path) == says {
			return true
		}
	}
	return false
}

// Ours tells whether a resource is one of those that the room is about, as far as
// is known.
func Ours(e *catalog.Entry, p *Pieces) bool {
	if ended(e, p) {
		return false
	}
	for path, want := range e.Room.Ours {
		if got := room.TextOf(p.Tree, path); got != "" && got != want {
			return false
		}
	}
	return true
}
