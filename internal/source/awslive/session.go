package awslive

import (
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	v1 "github.com/aws/aws-sdk-go-v2/service/apigateway"
	v1types "github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	v2types "github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/resource"
)

// Session is the way into one account and Region, for those who look at, or
// change, single resources. It may be used from several goroutines.
type Session struct {
	Config aws.Config      // with the role's credentials and the Region
	Lane   *awsclient.Lane // every call in this account and Region goes through it
	Scope  resource.Scope

	reader *scope

	mu       sync.Mutex // guards what follows: APIs as they were when first asked for
	restAPIs map[string]*v1types.RestApi
	v2APIs   map[string]*v2types.Api
}

// Enter becomes the target's role, if it has one, and learns who that is. An
// empty region is the one that the SDK's configuration names. The account is
// returned, as far as known, with an error too; that is an [*awsclient.Fault]
// where a call failed, and otherwise about the configuration.
func (s *Source) Enter(ctx context.Context, target Target, region string) (*Session, resource.Account, error) {
	here := Source{Targets: []Target{target}, Limits: s.Limits, Load: s.Load, Log: s.Log}
	if region != "" {
		// It may come from a file, and decides which host gets a signed request.
		if err := awsclient.CheckRegion(region); err != nil {
			return nil, resource.Account{}, err
		}
		here.Regions = []string{region}
	}
	bases, err := here.bases(ctx)
	if err != nil {
		return nil, resource.Account{}, err
	}
	v := visit{Source: &here, target: target, base: bases[target.Profile]}
	me := v.account()
	me.Regions = []string{v.firstRegion()}
	cfg, err := v.enterAnywhere(ctx, &me)
	if err != nil {
		return nil, me, err
	}
	at := resource.Scope{Partition: me.Partition, Account: me.ID, Region: v.firstRegion()}
	lane := v.lane(at, cfg)
	cfg.Region = at.Region
	return &Session{
		Config: cfg, Lane: lane, Scope: at, reader: newScope(at, nil, lane, cfg, &reach{}),
		restAPIs: map[string]*v1types.RestApi{}, v2APIs: map[string]*v2types.Api{},
	}, me, nil
}

// AccountRole returns the ARN of the role that API Gateway writes to CloudWatch
// Logs with in this account and Region; "" where none is set. Its errors are
// [*awsclient.Fault].
func (s *Session) AccountRole(ctx context.Context) (string, error) {
	answer, err := awsclient.Do(ctx, s.Lane, getAccount(), func(ctx context.Context) (*v1.GetAccountOutput, error) {
		return s.reader.v1.GetAccount(ctx, &v1.GetAccountInput{})
	})
	if err != nil {
		return "", err
	}
	if answer.ThrottleSettings == nil { // AWS always says it: this is no whole answer, and so no "no role"
		return "", awsclient.NewGarbled(getAccount(), "the answer says nothing about the account")
	}
	return aws.ToString(answer.CloudwatchRoleArn), nil
}

// RestAPINamesCall is the call of [Session.RestAPINames].
func RestAPINamesCall() *awsclient.Call { return getRestApis() }

// RestAPINames lists the REST APIs of the Region with their names, by id.
func (s *Session) RestAPINames(ctx context.Context) (map[string]string, error) {
	apis, err := awsclient.All(awsclient.Pages(ctx, s.Lane, getRestApis(), func(ctx context.Context, token *string) (p awsclient.Page[v1types.RestApi], err error) {
		out, err := s.reader.v1.GetRestApis(ctx, &v1.GetRestApisInput{Limit: aws.Int32(pageSize), Position: token})
		if err == nil {
			p.Items, p.Next = out.Items, out.Position
		}
		return p, err
	}))
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, a := range apis {
		names[aws.ToString(a.Id)] = aws.ToString(a.Name)
	}
	return names, nil
}

// read returns a scope that reads for these controls.
func (s *Session) read(set control.Set) *scope {
	r := *s.reader
	r.set, r.needs = set, needsOf(set)
	return &r
}

// kept returns what is known of an API, or asks for it once: its name and tags
// do not decide anything, and its protocol never changes.
func kept[T any](s *Session, known map[string]*T, id string, ask func() (*T, error)) (*T, error) {
	s.mu.Lock()
	api := known[id]
	s.mu.Unlock()
	if api != nil {
		return api, nil
	}
	api, err := ask()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	known[id] = api
	return api, nil
}
