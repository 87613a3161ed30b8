package awslive

import (
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/resource"
)

// Session is the way into one account and Region, for those who look at, or
// change, single resources. It may be used from several goroutines.
type Session struct {
	Config aws.Config      // with the role's credentials and the Region
	Lane   *awsclient.Lane // every call in this account and Region goes through it
	Scope  resource.Scope
	// Closely reads what scans go without, too: tags that cost a call for each resource.
	Closely bool

	reader *scope
	base   aws.Config // of whoever entered, before any role

	mu    sync.Mutex               // guards what follows
	above map[string]*asker.Pieces // what resources belong to, as it was when first asked for, by ARN
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
		Config: cfg, Lane: lane, Scope: at, reader: newScope(at, nil, lane, cfg, &reach{}), base: v.base,
		above: map[string]*asker.Pieces{},
	}, me, nil
}

// Assumption is a session of a role, with a part of what the role may.
type Assumption struct {
	RoleARN    string
	ExternalID string // "": none
	Name       string // of the session
	Policy     string // the session's own
}

// Assume returns a configuration whose calls are made in a session of a role. Whoever
// entered becomes it, not the role that looks: that one need not be trusted to change
// anything. Its error is an [*awsclient.Fault].
func (s *Session) Assume(ctx context.Context, a Assumption) (aws.Config, error) {
	cfg := s.base.Copy()
	cfg.Region = s.Scope.Region
	cache := assumed(cfg, a)
	if _, err := awsclient.Do(ctx, s.Lane, assumeRole(), cache.Retrieve); err != nil {
		return cfg, err
	}
	cfg.Credentials = cache
	return cfg, nil
}

// assumed are the credentials of a session, which is renewed within other calls, where
// only the SDK can retry.
func assumed(cfg aws.Config, a Assumption) *aws.CredentialsCache {
	client := sts.NewFromConfig(cfg, func(o *sts.Options) { o.Retryer = retry.NewStandard() })
	return awsclient.Renewed(stscreds.NewAssumeRoleProvider(client, a.RoleARN, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName = a.Name
		if a.ExternalID != "" {
			o.ExternalID = aws.String(a.ExternalID)
		}
		if a.Policy != "" {
			o.Policy = aws.String(a.Policy)
		}
	}))
}

// read returns a scope that reads for these controls.
func (s *Session) read(set control.Set) *scope {
	r := *s.reader
	r.set = set
	r.Looks, r.Closely = whoeverMends(set), s.Closely
	return &r
}

// whoeverMends looks at what remedies go by, too.
func whoeverMends(set control.Set) func(resource.Type, string) bool {
	return func(t resource.Type, property string) bool { return set.Looks(t, property) || set.Mends(t, property) }
}

// kept returns what is known of a resource that others belong to, or asks for it
// once: its name and tags do not decide anything, and its kind never changes.
func (s *Session) kept(arn string, ask func() (*asker.Pieces, error)) (*asker.Pieces, error) {
	s.mu.Lock()
	known := s.above[arn]
	s.mu.Unlock()
	if known != nil {
		return known, nil
	}
	known, err := ask()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.above[arn] = known
	return known, nil
}
