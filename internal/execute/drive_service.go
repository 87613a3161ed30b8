package execute

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
	"github.com/kumoban/kumoban/types/apigateway"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

// The types of things that no control judges, but that fixes touch.
const (
	typeAccount           resource.Type = "AWS::ApiGateway::Account"
	typeClientCertificate resource.Type = "AWS::ApiGateway::ClientCertificate"
	typeWebACLAssociation resource.Type = "AWS::WAFv2::WebACLAssociation"
	typeLogGroup          resource.Type = "AWS::Logs::LogGroup"
	typeRole              resource.Type = "AWS::IAM::Role"
	typeKey               resource.Type = "AWS::KMS::Key"
)

// Why a thing that a run made stays: keys of the catalogue.
const (
	keptData    = "run.kept.data"    // it holds data
	keptShared  = "run.kept.shared"  // others may rely on it
	keptInUse   = "run.kept.inUse"   // others do
	keptForeign = "run.kept.foreign" // another made it
	keptKey     = "run.kept.key"     // what it encrypted would be lost
	keptLost    = "run.kept.lost"    // data or a credential would be lost
	keptChanged = "run.kept.changed" // somebody changed it since
	keptGone    = "run.kept.gone"    // somebody removed it since
	keptPart    = "run.kept.part"    // there is more in an object that the run made
)

// tokenTag is the tag by which a thing that a run made is found again.
const tokenTag = "kumoban:token"

// Clients are the way to one account in one Region.
type Clients struct {
	Config aws.Config
	Lane   *awsclient.Lane
	Scope  resource.Scope
}

// Drivers returns a driver for every type of thing that a plan may hold.
func Drivers(clients Clients) map[resource.Type]Driver {
	s := clients.service()
	drivers := roomDrivers(s)
	keys, _ := drivers[typeKey].(roomDriver)
	maps.Copy(drivers, map[resource.Type]Driver{
		apigateway.StageType:         stageDriver{s, lasting{}},
		apigateway.DomainNameType:    domainDriver{s, lasting{}},
		apigatewayv2.StageType:       v2StageDriver{s, lasting{}},
		apigatewayv2.RouteType:       routeDriver{s, lasting{}},
		apigatewayv2.IntegrationType: integrationDriver{s, lasting{}},
		typeAccount:                  accountDriver{s, lasting{}},
		typeClientCertificate:        certificateDriver{s, plain{}},
		typeWebACLAssociation:        webACLDriver{s, lasting{}},
		typeLogGroup:                 logGroupDriver{s, plain{}},
		typeRole:                     roleDriver{s, plain{}},
		typeKey:                      anyKeyDriver{keyDriver{s, plain{}}, keys},
	})
	return drivers
}

// service is what the drivers share.
type service struct {
	scope  resource.Scope
	lane   *awsclient.Lane
	config aws.Config
	wire   *wire.Client
}

// service is the way in for what is not a driver.
func (c Clients) service() *service {
	config := c.Config.Copy()
	config.Region = c.Scope.Region
	return &service{c.Scope, c.Lane, config, wire.New(config)}
}

// API Gateway's services, as the wire's table names them.
const (
	restAPIs = "apigateway"
	httpAPIs = "apigatewayv2"
)

// ask makes a call of the wire's table.
func (s *service) ask(ctx context.Context, service string, call *awsclient.Call, in room.Tree) (room.Tree, error) {
	return awsclient.Do(ctx, s.lane, call, awsclient.Over(s.wire, call, service, in))
}

// about is ask where the answer has to be about what was asked for: the member
// that is expected says the same in both. What names it for people.
func (s *service) about(ctx context.Context, service string, call *awsclient.Call, in room.Tree, what string) (room.Tree, error) {
	out, err := s.ask(ctx, service, call, in)
	if err == nil && out[call.Expect] != in[call.Expect] {
		err = awsclient.NewGarbled(call, "the answer is about another "+what)
	}
	return out, err
}

// send is one attempt of a call of the wire's table.
func (s *service) send(ctx context.Context, service string, call *awsclient.Call, in room.Tree) (room.Tree, error) {
	return awsclient.Over(s.wire, call, service, in)(ctx)
}

// replace is an operation of a PATCH; an empty value takes away what is there.
func replace(path, value string) room.Tree {
	return room.Tree{"op": "replace", "path": path, "value": value}
}

// json makes a call of a JSON service; out is nil where AWS answers nothing.
func (s *service) json(ctx context.Context, to wire.Service, call *awsclient.Call, in, out any) error {
	_, err := awsclient.Do(ctx, s.lane, call, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, s.wire.JSON(ctx, to, call.Operation, in, out)
	})
	return err
}

// gatewayCall declares a call of API Gateway, whose IAM actions are HTTP verbs
// on paths; * stands for an id.
func gatewayCall(operation, verb, path, expect string) *awsclient.Call {
	return &awsclient.Call{Service: "apigateway", Operation: operation, Action: verb, Resource: "::" + path, Expect: expect}
}

// gatewayList declares a call of API Gateway whose answer may be empty.
func gatewayList(operation, path, expect string) *awsclient.Call {
	c := gatewayCall(operation, "GET", path, expect)
	c.MayLack = true
	return c
}

// permission declares no call, but an action that AWS asks for when another
// call is made.
func permission(service, action, resource string) *awsclient.Call {
	return &awsclient.Call{Service: service, Action: action, Resource: resource}
}

// here is the part of an ARN with the account.
func (s *service) here(rest string) string {
	return ":" + cmp.Or(s.scope.Account, "*") + ":" + rest
}

// ids takes the identifiers out of an API Gateway ARN: of "restapis" and
// "stages" in …::/restapis/a1b2c3d4e5/stages/prod.
func (s *service) ids(thing plan.Thing, collections ...string) ([]string, error) {
	a, ok := resource.ParseARN(thing.ARN)
	if ok && a.Service == "apigateway" && a.Region == s.scope.Region {
		parts := strings.Split(strings.TrimPrefix(a.Resource, "/"), "/")
		var ids []string
		for i := 0; i+1 < len(parts) && i/2 < len(collections) && parts[i] == collections[i/2] && parts[i+1] != ""; i += 2 {
			ids = append(ids, parts[i+1])
		}
		if len(ids) == len(collections) && len(parts) == 2*len(ids) {
			return ids, nil
		}
	}
	return nil, wrong("%q is not the ARN of an %s in %s", thing.ARN, thing.Type, s.scope.Region)
}

// wrong is a fault of ours, in a plan that does not fit the driver.
func wrong(format string, args ...any) error {
	return &awsclient.Fault{Call: "kumoban", Code: "BadPlan", Message: fmt.Sprintf(format, args...)}
}

// stateOf reads the properties that were asked for. Value tells what a property
// is, nil being absent, and whether the type has it at all: a name that nobody
// knows must not read as absent. What AWS leaves out is what it means by that.
func stateOf(m Meaning, thing plan.Thing, properties []string, value func(name string) (v any, known bool)) (State, error) {
	return stateOfRead(m, thing, properties, func(name string) (any, bool, error) {
		v, known := value(name)
		return v, known, nil
	})
}

// stateOfRead is stateOf for properties that take calls of their own.
func stateOfRead(m Meaning, thing plan.Thing, properties []string, value func(name string) (v any, known bool, err error)) (State, error) {
	state := State{Exists: true, Values: map[string]any{}}
	for _, name := range properties {
		v, known, err := value(name)
		if err != nil {
			return State{}, err
		}
		if !known {
			return State{}, wrong("an %s has no property %s that kumoban knows", thing.Type, name)
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

// ofAPI tells a property that a plan carries for those who read it, and that
// stands at the API and not at its part: it is not looked at here.
func ofAPI(name string) bool { return name == "ProtocolType" }

// told is what an answer says, as plans have values, or nil where it says nothing:
// by an empty text, too.
func told(answer room.Tree, path string) any {
	v, _ := room.Get(answer, path)
	if v == "" {
		return nil
	}
	return plan.Normal(v)
}

// logGroupOf is the log group that a stage logs to, as plans have it, or "".
func logGroupOf(stage room.Tree, path string) string {
	return strings.TrimSuffix(room.TextOf(stage, path), ":*")
}

// filled is a text, or nil where AWS says nothing by an empty one.
func filled(text *string) any {
	if text == nil || *text == "" {
		return nil
	}
	return *text
}

// set is the value of a pointer, or nil.
func set[T any](p *T) any {
	if p == nil {
		return nil
	}
	return plan.Normal(*p)
}

// names lists the properties of a change in a fixed order.
func names(values map[string]any) []string { return slices.Sorted(maps.Keys(values)) }

// text reads a value that must be a string; nil is "".
func text(values map[string]any, name string) (string, error) {
	switch v := values[name].(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	}
	return "", wrong("%s cannot be %v", name, values[name])
}

// lasting is for things that are changed, but neither made nor removed.
type lasting struct{ plain }

func (lasting) Make(_ context.Context, thing plan.Thing, _ map[string]any, _ string) ([]string, error) {
	return nil, wrong("kumoban makes no %s", thing.Type)
}

func (lasting) Outputs(context.Context, plan.Thing, string) (map[string]any, error) { return nil, nil }

func (lasting) Remove(context.Context, plan.Thing, map[string]any, bool, string) (string, error) {
	return keptForeign, nil
}

func (lasting) Settled(context.Context, plan.Thing, remedy.Wait) (bool, error) { return true, nil }
