package awslive

import (
	"context"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// One reads one resource again, named by type and ARN, as a scan would see it:
// its controls give the same verdicts. The unit holds that resource alone, with
// its parent on it, and a gap where a call for the controls of set failed.
//
// It costs the calls that describe one, those that describe what it belongs to
// when the session asks for it first, and those of what a control of set needs
// beside it. Its errors are
// [*awsclient.Fault], of class NotFound where the resource is gone, or say that
// ref is no resource that could be read here.
func (s *Session) One(ctx context.Context, set control.Set, ref resource.Ref) (resource.Unit, error) {
	r := s.read(set)
	u, err := s.alone(ctx, r, set, ref)
	if err != nil {
		return u, err
	}
	return u, r.joined(ctx, &u)
}

// alone reads the resource, without what its control joins.
func (s *Session) alone(ctx context.Context, r *scope, set control.Set, ref resource.Ref) (resource.Unit, error) {
	e := entry(set, ref.Type)
	if e == nil && set.Judges(ref.Type) && ref.Type == resource.AccountType {
		return resource.Unit{Resources: []resource.Resource{resource.NewWhole(s.Scope)}, Rootless: true}, nil
	}
	if e == nil || set != nil && !set.Judges(e.Room.Type) || len(e.Room.Alone)+len(e.Room.Each) == 0 && !e.Room.Setting || r.Names(e, ref.ARN) == nil {
		return resource.Unit{}, locale.Errorf("fix.finding.unreadable", locale.A("resource", ref.ID()), locale.A("type", string(ref.Type)),
			locale.A("account", s.Scope.Account), locale.A("region", s.Scope.Region))
	}
	names := r.Names(e, ref.ARN)
	above, parent, err := s.aboveOf(ctx, r, e, names)
	if err != nil {
		return resource.Unit{}, err
	}
	p, base, err := r.Alone(ctx, e, names)
	if err != nil {
		return resource.Unit{}, err
	}
	res, gaps, _ := r.Make(e, p, base, parent)
	u := resource.Unit{Resources: []resource.Resource{res}, Gaps: gaps, Rootless: true}
	if parent == nil {
		return u, nil
	}
	for _, c := range e.Of(e.Room.Parent).Room.Children {
		if child := e.Of(c.Of); set.Reads(child.Room.Type, u) && !set.Judges(child.Room.Type) {
			if err := r.collection(ctx, child, c.Name, above, parent, &u); err != nil {
				return resource.Unit{}, err
			}
		}
	}
	return u, nil
}

// joined adds the resources of the scope that the set's checks join, after the one.
func (s *scope) joined(ctx context.Context, u *resource.Unit) error {
	s.Closely = false // for the one alone
	for _, t := range s.set.Joined() {
		e := catalog.Find(t)
		for e.Room.Parent != "" {
			e = e.Of(e.Room.Parent)
		}
		err := s.root(e)(ctx, func(more resource.Unit) error {
			u.Resources = append(u.Resources, more.Resources...)
			u.Gaps = append(u.Gaps, more.Gaps...)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// entry is what is known of a type. The type of an account as a whole is that of the
// setting which the set judges.
func entry(set control.Set, t resource.Type) *catalog.Entry {
	if t != resource.AccountType {
		return catalog.Find(t)
	}
	for _, t := range set.Types() {
		if e := catalog.Find(t); e != nil && e.Room.Setting {
			return e
		}
	}
	return nil
}

// aboveOf is what a resource belongs to, and what is known of it; nil where it
// belongs to none.
func (s *Session) aboveOf(ctx context.Context, r *scope, e *catalog.Entry, names map[string]string) (*asker.Pieces, resource.Resource, error) {
	if e.Room.Parent == "" {
		return nil, nil, nil
	}
	up := e.Of(e.Room.Parent)
	own := map[string]string{}
	for member, path := range e.Room.Below {
		own[path] = names[member]
	}
	arn, _ := room.Expand(up.Room.ARN, r.Look(asker.About{Tree: asker.Named(own)}))
	var base *awsclient.Call
	p, err := s.kept(arn, func() (*asker.Pieces, error) {
		p, _, err := r.Alone(ctx, up, own)
		return p, err
	})
	if err != nil {
		return nil, nil, err
	}
	base = asker.Declare(up, &up.Room.Alone[0])
	res, _, _ := r.Make(up, p, base, nil)
	return p, res, nil
}
