package drive

import (
	"context"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/resource"
)

// Hook is what a service has where its rooms cannot say how things are changed. It
// lies in a folder of the service's own, and is asked by the type of a thing.
type Hook struct {
	// Drivers are those of things that rooms cannot change, by type; nil: none.
	Drivers func(s *Service) map[resource.Type]Driver
	// Uses tells whether anything of the service's uses what has a name or ARN; nil:
	// nothing that a run makes.
	Uses func(ctx context.Context, s *Service, name string) (bool, error)
	// UsesCalls lists the calls of Uses.
	UsesCalls func() []*awsclient.Call
	// Narrows is a call about the thing of an ARN, or about what that belongs to, with
	// its names in place of *, where the service's calls are about paths. It tells
	// whether the call is about that thing at all; any other is returned as it is, and
	// none of another service.
	Narrows func(c *awsclient.Call, arn string) (own *awsclient.Call, about bool)
	// Ways read which of the service's resources custom domain names lead to, by the last
	// name in their ARNs, and why there may be more; asked is told of each call.
	Ways func(ctx context.Context, a *asker.Asker, asked func()) (byName map[string][]resource.Mapping, rest *fact.Origin)
	// WaysCalls lists the calls of Ways.
	WaysCalls func() []*awsclient.Call
	// Choices list things of types that a person may have to choose one of.
	Choices map[resource.Type]Chooser
}

// Chooser lists the things of a type in the account and Region.
type Chooser struct {
	List  func(ctx context.Context, s *Service) ([]Choice, error)
	Calls []*awsclient.Call
}

// Choice is a thing that a person may choose.
type Choice struct{ Name, ARN string }

// InUse tells whether anything of the services that have hooks uses what has a name
// or ARN.
func (s *Service) InUse(ctx context.Context, name string) (bool, error) {
	for _, h := range s.Hooks {
		if h.Uses == nil {
			continue
		}
		if used, err := h.Uses(ctx, s, name); used || err != nil {
			return used, err
		}
	}
	return false, nil
}

// InUseCalls lists the calls of InUse.
func (s *Service) InUseCalls() (calls []*awsclient.Call) {
	for _, h := range s.Hooks {
		if h.UsesCalls != nil {
			calls = append(calls, h.UsesCalls()...)
		}
	}
	return calls
}
