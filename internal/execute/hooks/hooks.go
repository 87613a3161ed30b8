// Package hooks lists what services have where their rooms cannot say how things are
// changed: it is the only place that knows of all.
package hooks

import (
	"context"
	"maps"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/execute/apigateway"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/execute/iam"
	"github.com/kumoban/kumoban/internal/execute/kms"
	"github.com/kumoban/kumoban/internal/execute/logs"
	"github.com/kumoban/kumoban/internal/execute/wafv2"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/resource"
)

func all() []drive.Hook {
	return []drive.Hook{apigateway.Hook(), iam.Hook(), kms.Hook(), logs.Hook(), wafv2.Hook()}
}

// Drivers returns a driver for every type of thing that a plan may hold.
func Drivers(c drive.Clients) map[resource.Type]drive.Driver {
	s := c.Service(all()...)
	drivers := drive.RoomDrivers(s)
	for _, h := range s.Hooks {
		if h.Drivers != nil {
			maps.Copy(drivers, h.Drivers(s))
		}
	}
	return drivers
}

// InUse tells whether anything of these services uses what has a name or ARN.
func InUse(ctx context.Context, c drive.Clients, name string) (bool, error) {
	return c.Service(all()...).InUse(ctx, name)
}

// Narrowed is a call about the thing of an ARN, with its names in place of *, and
// whether it is about that thing at all, as far as its service can tell.
func Narrowed(c *awsclient.Call, arn string) (own *awsclient.Call, about bool) {
	for _, h := range all() {
		if h.Narrows == nil {
			continue
		}
		if own, about := h.Narrows(c, arn); own != nil {
			return own, about
		}
	}
	return c, true
}

// Ways reads which resources custom domain names lead to, by the last name in their
// ARNs, and why there may be more; asked is told of each call.
func Ways(ctx context.Context, a *asker.Asker, asked func()) (byName map[string][]resource.Mapping, rest *fact.Origin) {
	byName = map[string][]resource.Mapping{}
	for _, h := range all() {
		if h.Ways == nil {
			continue
		}
		some, why := h.Ways(ctx, a, asked)
		maps.Copy(byName, some)
		if rest == nil {
			rest = why
		}
	}
	return byName, rest
}

// WaysCalls lists every call of [Ways].
func WaysCalls() (calls []*awsclient.Call) {
	for _, h := range all() {
		if h.WaysCalls != nil {
			calls = append(calls, h.WaysCalls()...)
		}
	}
	return calls
}

// Choices lists the things of a type in the account and Region; none where the
// type is not one that can be listed.
func Choices(ctx context.Context, c drive.Clients, t resource.Type) ([]drive.Choice, error) {
	for _, h := range all() {
		if by, ok := h.Choices[t]; ok {
			return by.List(ctx, c.Service())
		}
	}
	return nil, nil
}

// ChoicesCalls lists the calls of [Choices] for a type.
func ChoicesCalls(t resource.Type) (calls []*awsclient.Call) {
	for _, h := range all() {
		calls = append(calls, h.Choices[t].Calls...)
	}
	return calls
}
