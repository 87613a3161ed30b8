package awslive

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"golang.org/x/sync/errgroup"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/source"
)

// visit is the way into one account: become the role, learn who that is,
// choose the Regions, read them.
type visit struct {
	*Source
	target Target
	base   aws.Config
	set    control.Set
	sink   source.Sink
	reach  *reach
	seen   *scopes
}

func (v *visit) run(ctx context.Context) error {
	me := v.account()
	cfg, err := v.enterAnywhere(ctx, &me)
	if err == nil && v.AllRegions {
		me.Regions, err = v.enabledRegions(ctx, cfg, me.ID)
	}
	if len(me.Regions) == 0 {
		me.Regions = []string{v.base.Region}
	}
	me.Wide = v.widely()
	v.sink.Account(me)
	if err != nil {
		return v.refused(ctx, err, me)
	}
	group, ctx := errgroup.WithContext(ctx)
	scopes := v.scopes(&me, cfg)
	ready := v.ahead(ctx, cfg, scopes)
	for _, s := range scopes {
		group.Go(func() error {
			<-ready[s.Region]
			return s.run(ctx, v.sink.Scope(s.Scope, s.kind))
		})
	}
	return group.Wait()
}

// ahead starts, for each Region, what comes before its scopes; the channel is closed
// when it is done.
func (v *visit) ahead(ctx context.Context, cfg aws.Config, scopes []*scope) map[string]chan struct{} {
	kinds, at, ready := map[string][]source.Kind{}, map[string]*scope{}, map[string]chan struct{}{}
	for _, s := range scopes {
		kinds[s.Region] = append(kinds[s.Region], s.kind)
		at[s.Region], ready[s.Region] = s, make(chan struct{})
	}
	for region, done := range ready {
		if v.Ahead == nil {
			close(done)
			continue
		}
		here := cfg.Copy()
		here.Region = region
		session := &Session{Config: here, Lane: at[region].Lane, Scope: at[region].Scope}
		go func() {
			defer close(done)
			v.Ahead(ctx, session, kinds[region])
		}()
	}
	return ready
}

// account is what is known of the target before anybody was asked.
func (v *visit) account() resource.Account {
	return resource.Account{
		Partition: awsclient.Partition(v.firstRegion()), ID: v.target.Account, Name: cmp.Or(v.target.Name, v.target.Profile), Regions: v.Regions,
	}
}

func (v *visit) firstRegion() string {
	if len(v.Regions) > 0 {
		return v.Regions[0]
	}
	return v.base.Region
}

// refused reports an account that could not be entered: a gap in each scope
// that was to be read.
func (v *visit) refused(ctx context.Context, err error, me resource.Account) error {
	v.reach.note(err)
	f := awsclient.AsFault(err)
	if f.Class == awsclient.Interrupted {
		f = awsclient.Stopped(ctx)
	}
	for _, at := range spots(&me) {
		if me.ID != "" && !v.seen.take(at) {
			continue
		}
		gap := resource.Gap{Scope: at.Scope, Name: me.Name, Hides: typesOf(v.set, at.kind), Call: f.Call, Code: f.Code, Message: f.Message}
		if err := v.sink.Scope(at.Scope, at.kind).Gap(gap); err != nil {
			return err
		}
	}
	return nil
}

// lane is the lane of an account and Region, for one who entered with cfg.
func (v *visit) lane(at resource.Scope, cfg aws.Config) *awsclient.Lane {
	lane := v.Limits.Lane(at.Account, at.Region)
	if cfg.Region != at.Region {
		lane.KnownElsewhere()
	}
	return lane
}

// enterAnywhere enters through the first Region that answers, and returns the
// configuration for it: one that the account has not enabled knows nobody. Where
// none of those that were asked for does, the configuration's own tells whether
// that is the credentials' fault.
func (v *visit) enterAnywhere(ctx context.Context, me *resource.Account) (cfg aws.Config, err error) {
	doors := append([]string{v.firstRegion()}, v.Regions...)
	if slices.Contains(v.Regions, v.base.Region) {
		doors = append([]string{v.base.Region}, v.Regions...)
	}
	asked := len(doors)
	doors = append(doors, v.base.Region)
	var first error
	for i, region := range doors {
		if slices.Contains(doors[:i], region) || i == asked && !awsclient.Stranger(awsclient.AsFault(first).Code) {
			continue
		}
		if cfg, err = v.enter(ctx, me, region); err == nil {
			return cfg, nil
		}
		if first == nil {
			first = err
		}
		if c := awsclient.AsFault(err).Class; c != awsclient.Credentials && c != awsclient.Unreachable {
			break
		}
	}
	return cfg, first
}

// enter assumes the target's role, if it has one, and learns who that is.
func (v *visit) enter(ctx context.Context, me *resource.Account, region string) (aws.Config, error) {
	cfg := v.base.Copy()
	cfg.Region = region
	// The account is not known yet, so these few calls share the profile's lane.
	lane := v.Limits.Lane("profile "+v.target.Profile, cfg.Region)
	arn := v.target.RoleARN
	if arn == "" && v.target.RoleName != "" {
		arn = roleARN(me.Partition, v.target.Account, v.target.RoleName)
	}
	if arn != "" {
		cache := assumed(cfg, Assumption{RoleARN: arn, Name: "kumoban"})
		if _, err := awsclient.Do(ctx, lane, assumeRole(), cache.Retrieve); err != nil {
			return cfg, err
		}
		cfg.Credentials = cache
	}
	identity, err := awsclient.Do(ctx, lane, getCallerIdentity(), func(ctx context.Context) (*sts.GetCallerIdentityOutput, error) {
		out, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
		if err == nil && aws.ToString(out.Account) == "" {
			err = awsclient.NewGarbled(getCallerIdentity(), "the answer names no account")
		}
		return out, err
	})
	if err != nil {
		return cfg, err
	}
	me.ID, me.Caller = aws.ToString(identity.Account), aws.ToString(identity.Arn)
	if part := strings.SplitN(me.Caller, ":", 3); len(part) == 3 && part[1] != "" {
		me.Partition = part[1]
	}
	return cfg, nil
}

// enabledRegions lists the Regions that the account may use.
func (v *visit) enabledRegions(ctx context.Context, cfg aws.Config, id string) ([]string, error) {
	call := listRegions()
	in := map[string]any{"MaxResults": 50, "RegionOptStatusContains": []any{"ENABLED", "ENABLED_BY_DEFAULT"}}
	regions, err := awsclient.All(awsclient.List(ctx, v.Limits.Lane(id, cfg.Region), call, wire.New(cfg), "account", in))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, r := range regions {
		region, _ := r.(map[string]any)
		name, _ := region["RegionName"].(string)
		if name == "" {
			return nil, awsclient.NewGarbled(call, "a Region has no name")
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return nil, awsclient.NewGarbled(call, "the account has no enabled Region")
	}
	slices.Sort(names)
	return names, nil
}
