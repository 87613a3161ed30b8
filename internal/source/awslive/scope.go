package awslive

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	v1 "github.com/aws/aws-sdk-go-v2/service/apigateway"
	v2 "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/source"
)

// scope reads one account in one Region.
type scope struct {
	resource.Scope
	set   control.Set
	needs needs
	lane  *awsclient.Lane
	v1    *v1.Client
	v2    *v2.Client
	reach *reach
	known Known

	ways   *ways // nil: nobody asks which APIs custom domain names lead to
	asking func(at resource.Scope, calls int)
}

func newScope(at resource.Scope, set control.Set, lane *awsclient.Lane, cfg aws.Config, r *reach) *scope {
	cfg = cfg.Copy()
	cfg.Region = at.Region
	return &scope{Scope: at, set: set, needs: needsOf(set), lane: lane, v1: v1.NewFromConfig(cfg), v2: v2.NewFromConfig(cfg), reach: r}
}

// run reads REST APIs, V2 APIs and domain names side by side and hands them on
// in that order. A listing that fails is a gap; the others go on.
func (s *scope) run(ctx context.Context, sink source.ScopeSink) error {
	var parts []part
	if s.needs.rest {
		parts = append(parts, s.restAPIs)
	}
	if s.needs.v2() {
		parts = append(parts, s.v2APIs)
	}
	if s.needs.domains {
		parts = append(parts, s.domainNames)
	}
	unit, done := s.domains(ctx, sink.Unit)
	err := sideBySide(ctx, parts, unit)
	done()
	if ctx.Err() != nil {
		return sink.Gap(s.hidden(awsclient.Stopped(ctx), resource.Ref{}, s.set.Types()...))
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

// arn builds an ARN of API Gateway, which carries no account.
func (s *scope) arn(path string) string {
	return "arn:" + s.Partition + ":apigateway:" + s.Region + "::" + path
}

func (s *scope) meta(t resource.Type, path, name string, o *fact.Origin) resource.Meta {
	return resource.Meta{Ref: resource.Ref{Scope: s.Scope, Type: t, ARN: s.arn(path), Name: name}, Origin: o}
}

func origin(c *awsclient.Call) *fact.Origin { return &fact.Origin{Call: c.Name()} }

// hidden makes the gap of a failed call; parent is the zero Ref for a listing
// of the whole account.
func (s *scope) hidden(err error, parent resource.Ref, types ...resource.Type) resource.Gap {
	f := awsclient.AsFault(err)
	return resource.Gap{Scope: s.Scope, Parent: parent, Hides: types, Call: f.Call, Code: f.Code, Message: f.Message}
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
	return out(resource.Unit{Gaps: []resource.Gap{s.hidden(err, resource.Ref{}, types...)}})
}

// partGap turns the error of one call about a parent into a gap of its unit.
// It returns the error where the run was stopped.
func (s *scope) partGap(err error, u *resource.Unit, parent resource.Ref, types ...resource.Type) error {
	if awsclient.AsFault(err).Class == awsclient.Interrupted {
		return err
	}
	u.Gaps = append(u.Gaps, s.hidden(err, parent, types...))
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
		if g.Code != notFound {
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

const notFound = "NotFoundException"

// nameless is the unit for an item of a listing that has no id: there is
// something, but nobody can say what.
func (s *scope) nameless(c *awsclient.Call, parent resource.Ref, types ...resource.Type) resource.Unit {
	err := awsclient.NewGarbled(c, "an item of the listing has no id")
	return resource.Unit{Gaps: []resource.Gap{s.hidden(err, parent, types...)}}
}

// unique drops what a listing gives twice, as it may when something changes
// between two pages. Items without an id stay: they are gaps.
func unique[T any](items []T, id func(*T) *string) []T {
	seen := make(map[string]bool, len(items))
	kept := items[:0]
	for i := range items {
		key := aws.ToString(id(&items[i]))
		if key == "" || !seen[key] {
			kept = append(kept, items[i])
		}
		seen[key] = true
	}
	return kept
}

// idsOf gathers the ids of a listing.
func idsOf[T any](items []T, id func(*T) *string) map[string]bool {
	ids := make(map[string]bool, len(items))
	for i := range items {
		ids[aws.ToString(id(&items[i]))] = true
	}
	return ids
}

// named returns the name of something for people, or its id.
func named(name *string, id string) string {
	if n := aws.ToString(name); n != "" {
		return n
	}
	return id
}

// list reads every page of a listing in this account and Region.
func list[Item any](ctx context.Context, s *scope, call *awsclient.Call, ask func(ctx context.Context, token *string) (awsclient.Page[Item], error)) ([]Item, error) {
	return awsclient.All(awsclient.Pages(ctx, s.lane, call, ask))
}

// pageSize is the most that API Gateway gives in one page.
const pageSize = 500
