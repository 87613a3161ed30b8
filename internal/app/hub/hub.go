// Package hub exchanges findings and decisions with Security Hub.
package hub

import (
	"context"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/exchange"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/locale"
)

// What comes of an exchange.
type (
	Compared = exchange.Compared
	Pushed   = exchange.Pushed
	Synced   = exchange.Synced
	Lost     = exchange.Lost
	Nowhere  = exchange.Nowhere
	Mode     = exchange.Mode
)

// How far a pull or a sync goes.
const (
	Look = exchange.Look
	Link = exchange.Link
	Here = exchange.Here
	Both = exchange.Both
)

// Request says how to reach Security Hub, and about which findings.
type Request struct {
	app.HubOptions
	Accounts []string // by their ids; none: all that the credentials see
	Controls []string // patterns; none: all
	// Loose says that what answers only stands in for AWS, and that nobody named the
	// store for it: nothing is written then.
	Loose    bool
	Progress func(n int) // is told how many findings came or went; nil: nobody is
}

// open opens the way to Security Hub.
func open(ctx context.Context, k *keep.Keeper, env *app.Env, q Request, writes bool) (*exchange.Exchange, error) {
	for _, id := range q.Accounts {
		if !desk.Account(id) {
			return nil, locale.Errorf("hub.badAccount", locale.A("id", locale.Clean(id)))
		}
	}
	if writes && q.Loose {
		return nil, locale.Errorf("hub.needsStore")
	}
	set, err := control.Select(k.Controls.Controls(), control.Selection{Patterns: q.Controls})
	if err != nil {
		return nil, err
	}
	hubs, lost, err := app.Hubs(ctx, env, q.HubOptions)
	if err != nil {
		return nil, err
	}
	return &exchange.Exchange{Keeper: k, Hubs: hubs, Lost: lost, Controls: set, All: len(q.Controls) == 0, Accounts: q.Accounts, Progress: q.Progress}, nil
}

// Compare sets what is kept against what Security Hub has now. It changes nothing.
func Compare(ctx context.Context, d *desk.Desk, env *app.Env, q Request) (*Compared, error) {
	k, err := d.Keeper(access.HubRead)
	if err != nil {
		return nil, err
	}
	x, err := open(ctx, k, env, q, false)
	if err != nil {
		return nil, err
	}
	return x.Compare(ctx)
}

// Sync pulls, and keeps decisions in step as far as the mode goes. What was done
// before an error is in the result; nil: nothing was.
func Sync(ctx context.Context, d *desk.Desk, env *app.Env, q Request, mode Mode) (*Synced, error) {
	k, err := d.Keeper(access.HubRead)
	if err == nil && mode != Look {
		err = d.Subject.May(access.HubSync)
	}
	if err != nil {
		return nil, err
	}
	x, err := open(ctx, k, env, q, mode != Look)
	if err != nil {
		return nil, err
	}
	s, err := x.Sync(ctx, mode)
	if s != nil {
		s.Incomplete = err != nil
	}
	return s, err
}

// Push imports what changed since the last push, or all, into Security Hub; dry
// says what that would be. What was done before an error is in the result; nil:
// nothing was.
func Push(ctx context.Context, d *desk.Desk, env *app.Env, q Request, all, dry bool) (*Pushed, error) {
	k, err := d.Keeper(access.HubRead)
	if err == nil && !dry {
		err = d.Subject.May(access.HubSync)
	}
	if err != nil {
		return nil, err
	}
	imports, err := app.Imports(env)
	if err != nil {
		return nil, err
	}
	x, err := open(ctx, k, env, q, !dry)
	if err != nil {
		return nil, err
	}
	x.Again = all
	pushed, err := x.Push(ctx, imports, dry)
	if err != nil && pushed.Sent+len(pushed.Failed) == 0 {
		return nil, err
	}
	pushed.Incomplete = err != nil
	return pushed, err
}
