package asker

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// About is what is known of a resource when it is asked for: members of answers,
// its own before its parent's.
type About struct {
	Tree  room.Tree
	Under room.Tree // what it has from its parent
}

// Look finds what a pattern names.
func (s *Asker) Look(a About) func(string) string {
	return func(path string) string {
		if text := room.TextOf(a.Tree, path); text != "" {
			return text
		}
		if text := room.TextOf(a.Under, path); text != "" {
			return text
		}
		return map[string]string{"partition": s.Partition, "region": s.Region, "account": s.Account}[path]
	}
}

// Input fills the input of a call in. A member that ends in "?" and names what
// is not there is left out; another is a call that cannot be made.
func (s *Asker) Input(in any, a About) (any, bool) {
	switch in := in.(type) {
	case string:
		if !strings.Contains(in, "{") {
			return in, true
		}
		return room.Expand(in, s.Look(a))
	case room.Tree:
		out := make(room.Tree, len(in))
		for name, v := range in {
			name, optional := strings.CutSuffix(name, "?")
			value, ok := s.Input(v, a)
			if ok {
				out[name] = value
			} else if !optional {
				return nil, false
			}
		}
		return out, true
	case []any:
		out := make([]any, len(in))
		for i, v := range in {
			var ok bool
			if out[i], ok = s.Input(v, a); !ok {
				return nil, false
			}
		}
		return out, true
	}
	return in, true
}

// Declare makes the call of a read, with the action and the quota that it has.
func Declare(e *catalog.Entry, r *room.Read) *awsclient.Call {
	service, operation := e.Service.Operation(r.Call)
	iam := e.Service.IAM
	if iam == "" || service != e.Service.Model {
		iam = service
	}
	c := &awsclient.Call{Service: iam, Operation: operation, Action: operation, Resource: iamResource(e, r), Expect: expected(r), MayLack: !r.Must && r.Items != "", Leads: r.Leads}
	if e.Service.Reads != "" {
		c.Action = e.Service.Reads
	}
	if prefix, action, ok := strings.Cut(r.Action, ":"); ok {
		c.Service, c.Action = prefix, action
	}
	if r.On != "" {
		c.Resource = r.On
	}
	if r.Rate > 0 {
		c.Quota = &awsclient.Quota{Rate: r.Rate, Burst: max(1, r.Burst)}
	}
	c.Shared = Shared(e)
	return c
}

// Shared is the bucket that all calls of a room's service draw on; nil: nobody says how
// large it is.
func Shared(e *catalog.Entry) *awsclient.Quota {
	if e.Service.Rate == 0 {
		return nil
	}
	return &awsclient.Quota{Rate: e.Service.Rate, Burst: max(1, e.Service.Burst)}
}

// expected is the member that a whole answer has.
func expected(r *room.Read) string {
	path := r.Expect
	if r.Bare {
		return ""
	}
	if r.Gather != nil {
		return path // Take is of what it makes of answers
	}
	for _, p := range []string{r.Items, r.Take} {
		if path == "" {
			path = p
		}
	}
	if i := strings.IndexAny(path, ".[{"); i >= 0 {
		path = path[:i]
	}
	return path
}

// iamResource is what IAM judges a read by: a resource of the room where the
// Call is about one, and otherwise none.
func iamResource(e *catalog.Entry, r *room.Read) string {
	if r.Items != "" && r.Many == 0 || e.Room.Setting || e.Room.ARN == "" {
		return "*"
	}
	return AnyOf(e.Room.ARN)
}

// AnyOf is the pattern of an ARN with * for its names and its account. What comes
// after the Region stands alone, as [awsclient.Call] has it; one without a Region
// is whole, with "{partition}" for the place.
func AnyOf(pattern string) string {
	head, tail, regional := strings.Cut(pattern, ":{region}:")
	if !regional || strings.Count(head, ":") != 2 {
		head, tail = "", pattern
	}
	text, _ := room.Expand(tail, func(path string) string {
		if path == "partition" {
			return "{partition}"
		}
		return "*"
	})
	if head != "" {
		return ":" + text
	}
	return text
}

// Call makes one call of a read.
func (s *Asker) Call(ctx context.Context, e *catalog.Entry, r *room.Read, in room.Tree) (room.Tree, error) {
	call := Declare(e, r)
	service, _ := e.Service.Operation(r.Call)
	out, err := awsclient.Do(ctx, s.Lane, call, awsclient.Over(s.Client, call, service, in))
	return tidy(out), gone(e, err)
}

// gone has a refusal that says that the resource is not there say so.
func gone(e *catalog.Entry, err error) error {
	var f *awsclient.Fault
	if !errors.As(err, &f) || !slices.Contains(e.Room.Gone, f.Code) {
		return err
	}
	out := *f
	out.Class = awsclient.NotFound
	return &out
}

// Pages reads a listing page by page, whole answers, with what path says are
// their items.
func (s *Asker) Pages(ctx context.Context, call *awsclient.Call, service, items string, in room.Tree) iter.Seq2[[]any, error] {
	return awsclient.Pages(ctx, s.Lane, call, func(ctx context.Context, token *string) (p awsclient.Page[any], err error) {
		o, err := wire.Operation(service, call.Operation)
		if err != nil {
			return p, err
		}
		turn := in
		if o.Pager != nil {
			at := ""
			if token != nil {
				at = *token
			}
			if turn, err = wire.Turn(o.Pager, in, at); err != nil {
				return p, err
			}
		}
		out, err := awsclient.Over(s.Client, call, service, turn)(ctx)
		if err != nil || o.Pager == nil {
			return awsclient.Page[any]{Items: room.Items(tidy(out), items)}, err
		}
		next, err := wire.Next(o.Pager, out)
		if err != nil {
			return p, awsclient.NewGarbled(call, err.Error())
		}
		return awsclient.Page[any]{Items: room.Items(tidy(out), items), Next: &next}, nil
	})
}

// Items reads a listing whole. What came before a later page failed is returned
// with the error.
func (s *Asker) Items(ctx context.Context, e *catalog.Entry, r *room.Read, call *awsclient.Call, in room.Tree) ([]room.Tree, error) {
	if r.Gather != nil {
		return s.gather(ctx, e, r, in)
	}
	service, _ := e.Service.Operation(r.Call)
	raw, err := awsclient.All(s.Pages(ctx, call, service, r.Items, in))
	if r.Split == nil {
		return trees(r, raw), gone(e, err)
	}
	list, why := r.Split(raw)
	if err == nil && why != "" {
		err = awsclient.NewGarbled(call, why)
	}
	return list, gone(e, err)
}

// trees are the items of a listing as trees. One that is none is empty: there is
// something, but nobody can say what.
func trees(r *room.Read, items []any) []room.Tree {
	list := make([]room.Tree, len(items))
	for i, item := range items {
		list[i], _ = item.(room.Tree)
		text, isText := item.(string)
		if r.As != "" && isText {
			list[i] = room.Tree{r.As: text}
			if r.Tail != "" {
				list[i][r.Tail] = text[strings.LastIndexByte(text, '/')+1:]
			}
		}
	}
	return list
}

// tidy has moments as facts have them.
func tidy(tree room.Tree) room.Tree {
	for name, v := range tree {
		tree[name] = tidyValue(v)
	}
	return tree
}

func tidyValue(v any) any {
	switch v := v.(type) {
	case time.Time:
		return fact.Time(v.Unix())
	case room.Tree:
		return tidy(v)
	case []any:
		for i := range v {
			v[i] = tidyValue(v[i])
		}
	}
	return v
}

// Identify says who a resource is. ok is false where nobody can.
func (s *Asker) Identify(e *catalog.Entry, a About, parent *resource.Ref) (ref resource.Ref, ok bool) {
	if e.Room.Setting {
		return resource.OfAccount(s.Scope), true
	}
	look := s.Look(a)
	arn := room.TextOf(a.Tree, e.Room.ARNIn)
	if e.Room.ARNIn == "" || !strings.HasPrefix(arn, "arn:") {
		if arn, ok = room.Expand(e.Room.ARN, look); !ok {
			return resource.Ref{}, false
		}
	}
	names := s.Names(e, arn)
	name, _ := room.Expand(e.Room.Name, func(path string) string {
		if text := look(path); text != "" {
			return text
		}
		return names[path]
	})
	if parent != nil && (strings.HasPrefix(name, "/") || strings.HasPrefix(name, " ")) {
		name = parent.Name + name
	}
	return resource.Ref{Scope: s.Scope, Type: e.Room.Type, ARN: arn, Name: name}, true
}

// Names takes an ARN of the type apart; nil where it is none.
func (s *Asker) Names(e *catalog.Entry, arn string) map[string]string {
	return e.Room.Names(s.Scope, arn)
}

// ID is what tells the items of a listing apart; "" where one has none.
func ID(e *catalog.Entry, item room.Tree) string {
	for _, path := range strings.Split(e.Room.ID, "|") {
		if text := room.TextOf(item, path); text != "" {
			return text
		}
	}
	return ""
}
