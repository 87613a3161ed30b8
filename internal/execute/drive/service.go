package drive

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// Why a thing that a run made stays: keys of the catalogue.
const (
	KeptData    = "run.kept.data"    // it holds data
	KeptShared  = "run.kept.shared"  // others may rely on it
	KeptInUse   = "run.kept.inUse"   // others do
	KeptForeign = "run.kept.foreign" // another made it
	KeptKey     = "run.kept.key"     // what it encrypted would be lost
	KeptLost    = "run.kept.lost"    // data or a credential would be lost
	KeptChanged = "run.kept.changed" // somebody changed it since
	KeptGone    = "run.kept.gone"    // somebody removed it since
	KeptPart    = "run.kept.part"    // there is more in an object that the run made
)

// TokenTag is the tag by which a thing that a run made is found again.
const TokenTag = "kumoban:token"

// Clients are the way to one account in one Region.
type Clients struct {
	Config aws.Config
	Lane   *awsclient.Lane
	Scope  resource.Scope
}

// Service is what the drivers share: the way to one account in one Region.
type Service struct {
	Scope  resource.Scope
	Lane   *awsclient.Lane
	Config aws.Config
	Wire   *wire.Client
	Hooks  []Hook
}

// Service is the way in for what knows of these hooks.
func (c Clients) Service(hooks ...Hook) *Service {
	config := c.Config.Copy()
	config.Region = c.Scope.Region
	return &Service{c.Scope, c.Lane, config, wire.New(config), hooks}
}

// Ask makes a call of the wire's table.
func (s *Service) Ask(ctx context.Context, service string, call *awsclient.Call, in room.Tree) (room.Tree, error) {
	return awsclient.Do(ctx, s.Lane, call, awsclient.Over(s.Wire, call, service, in))
}

// About is Ask where the answer has to be about what was asked for: the member
// that is expected says the same in both. What names it for people.
func (s *Service) About(ctx context.Context, service string, call *awsclient.Call, in room.Tree, what string) (room.Tree, error) {
	out, err := s.Ask(ctx, service, call, in)
	if err == nil && out[call.Expect] != in[call.Expect] {
		err = awsclient.NewGarbled(call, "the answer is about another "+what)
	}
	return out, err
}

// Send is one attempt of a call of the wire's table.
func (s *Service) Send(ctx context.Context, service string, call *awsclient.Call, in room.Tree) (room.Tree, error) {
	return awsclient.Over(s.Wire, call, service, in)(ctx)
}

// List reads a listing of the wire's table page by page: what its call expects.
func (s *Service) List(ctx context.Context, service string, call *awsclient.Call, in room.Tree) iter.Seq2[[]any, error] {
	return (&asker.Asker{Lane: s.Lane, Client: s.Wire}).Pages(ctx, call, service, call.Expect, in)
}

// Permission declares no call, but an action that AWS asks for when another
// call is made.
func Permission(service, action, resource string) *awsclient.Call {
	return &awsclient.Call{Service: service, Action: action, Resource: resource}
}

// Here is the part of an ARN with the account.
func (s *Service) Here(rest string) string {
	return ":" + cmp.Or(s.Scope.Account, "*") + ":" + rest
}

// Wrong is a fault of ours, in a plan that does not fit the driver.
func Wrong(format string, args ...any) error {
	return &awsclient.Fault{Call: "kumoban", Code: "BadPlan", Message: fmt.Sprintf(format, args...)}
}

// StateOf reads the properties that were asked for. Value tells what a property
// is, nil being absent, and whether the type has it at all: a name that nobody
// knows must not read as absent. What AWS leaves out is what it means by that.
func StateOf(m Meaning, thing plan.Thing, properties []string, value func(name string) (v any, known bool)) (State, error) {
	return StateOfRead(m, thing, properties, func(name string) (any, bool, error) {
		v, known := value(name)
		return v, known, nil
	})
}

// StateOfRead is stateOf for properties that take calls of their own.
func StateOfRead(m Meaning, thing plan.Thing, properties []string, value func(name string) (v any, known bool, err error)) (State, error) {
	state := State{Exists: true, Values: map[string]any{}}
	for _, name := range properties {
		v, known, err := value(name)
		if err != nil {
			return State{}, err
		}
		if !known {
			return State{}, Wrong("an %s has no property %s that kumoban knows", thing.Type, name)
		}
		if v == nil && m.Whole(name) == "" {
			v = m.Default(name)
		}
		if v != nil {
			state.Values[name] = v
		}
	}
	return state, nil
}

// Says is what an answer says, as plans have values, or nil where it says nothing: by
// an empty text, too.
func Says(answer room.Tree, path string) any {
	v, _ := room.Get(answer, path)
	if v == "" {
		return nil
	}
	return plan.Normal(v)
}

// Filled is a text, or nil where AWS says nothing by an empty one.
func Filled(text *string) any {
	if text == nil || *text == "" {
		return nil
	}
	return *text
}

// Names lists the properties of a change in a fixed order.
func Names(values map[string]any) []string { return slices.Sorted(maps.Keys(values)) }

// Text reads a value that must be a string; nil is "".
func Text(values map[string]any, name string) (string, error) {
	switch v := values[name].(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	}
	return "", Wrong("%s cannot be %v", name, values[name])
}

// Texts reads a list of strings, as it is in memory or as it comes out of JSON.
func Texts(list any) ([]string, error) {
	switch list := list.(type) {
	case nil:
		return nil, nil
	case []string:
		return list, nil
	case []any:
		out := make([]string, len(list))
		for i, v := range list {
			s, ok := v.(string)
			if !ok {
				return nil, Wrong("%v is not a list of texts", list)
			}
			out[i] = s
		}
		return out, nil
	}
	return nil, Wrong("%v is not a list of texts", list)
}

// Lasting is for things that are changed, but neither made nor removed.
type Lasting struct{ Plain }

func (Lasting) Make(_ context.Context, thing plan.Thing, _ map[string]any, _ string) ([]string, error) {
	return nil, Wrong("kumoban makes no %s", thing.Type)
}

func (Lasting) Outputs(context.Context, plan.Thing, string) (map[string]any, error) { return nil, nil }

func (Lasting) Remove(context.Context, plan.Thing, map[string]any, bool, string) (string, error) {
	return KeptForeign, nil
}

func (Lasting) Settled(context.Context, plan.Thing, remedy.Wait) (bool, error) { return true, nil }
