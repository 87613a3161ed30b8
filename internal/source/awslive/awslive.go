// Package awslive reads live AWS accounts into typed resources, with as few
// calls as AWS's API allows. A call that is refused or fails is a gap that
// touches only what it hides.
package awslive

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"golang.org/x/sync/errgroup"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/source"
)

// Target is one account to look into, and the way there.
type Target struct {
	Profile  string // of the shared configuration; empty: the default chain
	Account  string // twelve digits, where an account list names it
	Name     string // for people
	RoleName string // with Account: the role there to assume
	RoleARN  string // a role to assume
}

// Source reads live accounts.
type Source struct {
	Targets    []Target
	Regions    []string // empty: the one that the SDK's configuration names
	AllRegions bool     // those that the account has enabled
	Limits     *awsclient.Limits
	Load       func(ctx context.Context, profile string) (aws.Config, error)
	Log        *slog.Logger
	Known      Known // nil: nothing is known of before
	// Mapped tells where it matters which APIs custom domain names lead to; nil:
	// nowhere; Ways find that out. Asking is told how many calls that took in an account and Region.
	Mapped func(resource.Scope) bool
	Ways   Ways
	Asking func(at resource.Scope, calls int)
	// Ahead, where it is not nil, is told of each account and Region before any scope
	// of it is opened, and of the kinds of scopes that it has; once, whichever those
	// are. It may ask AWS there.
	Ahead func(ctx context.Context, at *Session, kinds []source.Kind)
}

// Known tells whether earlier looks found resources of one of these types in an
// account and Region: an answer that leaves their listing out is then none.
type Known func(ctx context.Context, at resource.Scope, types ...resource.Type) bool

// Nothing is the error of a run in which not one listing could be read.
type Nothing struct{ *awsclient.Fault }

// Unwrap returns the fault.
func (n Nothing) Unwrap() error { return n.Fault }

// errNoRegion is the error of a run that nobody told where to look.
func errNoRegion() error { return locale.Errorf("cli.noRegion") }

// Run reads every account and Region side by side. It returns an error where
// the configuration is wrong, where the sink refused, and [Nothing] where not
// one listing could be read; all else that fails is a gap.
func (s *Source) Run(ctx context.Context, set control.Set, sink source.Sink) error {
	bases, err := s.bases(ctx)
	if err != nil {
		return err
	}
	reach := &reach{}
	seen := &scopes{}
	group, ctx := errgroup.WithContext(ctx)
	for _, t := range s.Targets {
		group.Go(func() error {
			v := visit{Source: s, target: t, base: bases[t.Profile], set: set, sink: sink, reach: reach, seen: seen}
			return v.run(ctx)
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return reach.err()
}

// bases loads the configuration of every profile once and checks that there is
// a Region to look at.
func (s *Source) bases(ctx context.Context) (map[string]aws.Config, error) {
	bases := map[string]aws.Config{}
	for _, t := range s.Targets {
		if _, done := bases[t.Profile]; done {
			continue
		}
		cfg, err := s.Load(ctx, t.Profile)
		if err != nil {
			return nil, err
		}
		if len(s.Regions) == 0 && cfg.Region == "" && !s.AllRegions {
			return nil, errNoRegion()
		}
		if len(s.Regions) == 0 && !s.AllRegions {
			if err := awsclient.CheckRegion(cfg.Region); err != nil {
				return nil, err
			}
		}
		if cfg.Region == "" {
			cfg.Region = "us-east-1" // only to ask which Regions there are
			if len(s.Regions) > 0 {
				cfg.Region = s.Regions[0]
			}
		}
		bases[t.Profile] = cfg
	}
	return bases, nil
}

// reach remembers whether anything at all could be read, and the first fault.
type reach struct {
	mu    sync.Mutex
	any   bool
	first *awsclient.Fault
}

func (r *reach) note(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		r.any = true
	} else if f := awsclient.AsFault(err); r.first == nil && f.Class != awsclient.Interrupted {
		r.first = f
	}
}

func (r *reach) err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.any || r.first == nil {
		return nil
	}
	return Nothing{r.first}
}

// scopes remembers which accounts and Regions are taken, so that two profiles
// of one account do not look twice.
type scopes struct {
	mu   sync.Mutex
	seen map[spot]bool
}

func (s *scopes) take(at spot) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen[at] {
		return false
	}
	if s.seen == nil {
		s.seen = map[spot]bool{}
	}
	s.seen[at] = true
	return true
}

// label names a target for a log line.
func (t Target) label() string {
	for _, s := range []string{t.Account, t.Profile, t.RoleARN} {
		if s != "" {
			return s
		}
	}
	return "default"
}

func roleARN(partition, account, name string) string {
	return fmt.Sprintf("arn:%s:iam::%s:role/%s", partition, account, name)
}
