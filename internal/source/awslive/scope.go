package awslive

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/source"
)

// scope reads what lies in one account and Region, or what is the account's.
type scope struct {
	asker.Asker
	kind  source.Kind
	set   control.Set
	reach *reach
	known Known
	ifs   *ifs

	together *together

	ways   *ways // nil: nobody asks which APIs custom domain names lead to
	asking func(at resource.Scope, calls int)
}

func newScope(at resource.Scope, set control.Set, lane *awsclient.Lane, cfg aws.Config, r *reach) *scope {
	cfg = cfg.Copy()
	cfg.Region = at.Region
	return &scope{Asker: asker.Asker{Scope: at, Lane: lane, Client: wire.New(cfg), Looks: set.Looks}, set: set, reach: r, ifs: &ifs{}}
}

// run reads the types that the run needs side by side and hands them on in the
// order of the catalogue. A listing that fails is a gap; the others go on.
func (s *scope) run(ctx context.Context, sink source.ScopeSink) error {
	var parts []part
	for _, e := range s.roots(s.kind) {
		parts = append(parts, s.root(e))
	}
	unit, done := s.domains(ctx, sink.Unit)
	err := sideBySide(ctx, parts, unit)
	done()
	if ctx.Err() != nil {
		return sink.Gap(s.Hidden(awsclient.Stopped(ctx), resource.Ref{}, typesOf(s.set, s.kind)...))
	}
	if err != nil {
		return err
	}
	return sink.End()
}

// top is the call of a listing of the whole account, which finds resources of
// these types.
func (s *scope) top(ctx context.Context, c *awsclient.Call, types ...resource.Type) *awsclient.Call {
	if s.known != nil && s.known(ctx, s.Scope, types...) {
		c.MayLack = false
	}
	return c
}

// listing turns the error of a listing, of which got items arrived, into a gap
// of the account, unless the run was stopped.
func (s *scope) listing(err error, got int, out yield, types ...resource.Type) error {
	if got > 0 {
		s.reach.note(nil) // a later page failed, but not all is unread
	}
	s.reach.note(err)
	if err == nil {
		return nil
	}
	if awsclient.AsFault(err).Class == awsclient.Interrupted {
		return err
	}
	return out(resource.Unit{Gaps: []resource.Gap{s.Hidden(err, resource.Ref{}, types...)}})
}

// partGap turns the error of one call about a parent into a gap of its unit.
// It returns the error where the run was stopped.
func (s *scope) partGap(err error, u *resource.Unit, parent resource.Ref, types ...resource.Type) error {
	if awsclient.AsFault(err).Class == awsclient.Interrupted {
		return err
	}
	u.Gaps = append(u.Gaps, s.Hidden(err, parent, types...))
	return nil
}

// whole is the unit of an API, unless all that was learnt of it is that AWS does
// not know it any more: then a fresh listing decides. One that lists it still
// contradicts that answer, which makes it a gap.
func (s *scope) whole(u resource.Unit, id string, listed func() (map[string]bool, error)) (resource.Unit, error) {
	if len(u.Gaps) == 0 || len(u.Resources) > 1 {
		return u, nil
	}
	for _, g := range u.Gaps {
		if g.Code != asker.NotFound {
			return u, nil
		}
	}
	ids, err := listed()
	if err != nil && awsclient.AsFault(err).Class == awsclient.Interrupted {
		return u, err
	}
	if err == nil && !ids[id] {
		return resource.Unit{}, nil // it was deleted between being listed and being read: an answer, not a gap
	}
	return u, nil
}

// nameless is the unit for an item of a listing that has no id: there is
// something, but nobody can say what.
func (s *scope) nameless(c *awsclient.Call, parent resource.Ref, types ...resource.Type) resource.Unit {
	err := awsclient.NewGarbled(c, "an item of the listing has no id")
	return resource.Unit{Gaps: []resource.Gap{s.Hidden(err, parent, types...)}}
}
