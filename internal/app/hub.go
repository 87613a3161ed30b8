package app

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/exchange"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/securityhub"
	"github.com/kumoban/kumoban/internal/source/awslive"
	"github.com/kumoban/kumoban/internal/trail"
)

// HubOptions say how to reach Security Hub.
type HubOptions struct {
	Target  awslive.Target
	Regions []string // empty: the one of the AWS configuration
	Rate    awsclient.Rate
}

// Hubs enters every Region once. Those that cannot be entered are lost; where
// none can, or the configuration is wrong, that is the error.
func Hubs(ctx context.Context, env *Env, o HubOptions) (hubs []*securityhub.Hub, lost []exchange.Lost, err error) {
	src := awslive.Source{Limits: awsclient.NewLimits(o.Rate, env.Log), Load: env.Load, Log: env.Log}
	regions := o.Regions
	if len(regions) == 0 {
		regions = []string{""}
	}
	for i, region := range regions {
		if slices.Contains(regions[:i], region) {
			continue
		}
		session, me, err := src.Enter(ctx, o.Target, region)
		var fault *awsclient.Fault
		switch {
		case err == nil:
			hubs = append(hubs, &securityhub.Hub{Config: session.Config, Lane: session.Lane, At: session.Scope})
		case ctx.Err() == nil && errors.As(err, &fault):
			lost = append(lost, exchange.Lost{At: resource.Scope{Partition: me.Partition, Account: me.ID, Region: region}, Err: err})
		default:
			return nil, nil, err
		}
	}
	if len(hubs) == 0 {
		return nil, nil, &exchange.Nowhere{Lost: lost}
	}
	return hubs, lost, nil
}

// Imports makes findings for Security Hub in the user's language.
func Imports(env *Env) (*report.Imports, error) {
	texts, err := report.NewTexts(env.Catalog, env.Controls)
	if err != nil {
		return nil, err
	}
	return report.NewImports(texts, env.Controls, env.Version), nil
}

// hubCalls are those of each command on Security Hub.
func hubCalls() map[string][]*awsclient.Call {
	return map[string][]*awsclient.Call{
		"pull":    slices.Concat(securityhub.PullCalls(), securityhub.DecidedCalls()),
		"compare": securityhub.PullCalls(),
		"push":    securityhub.PushCalls(),
		"sync":    securityhub.SyncCalls(),
	}
}

// HubCommands are the commands that [HubPolicy] knows.
func HubCommands() []string { return []string{"pull", "compare", "push", "sync"} }

// HubPolicy writes the least-privilege IAM policy for commands on Security Hub,
// as JSON; without a name for all of them.
func HubPolicy(w io.Writer, commands []string, o PolicyOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	if len(commands) == 0 {
		commands = HubCommands()
	}
	var calls []*awsclient.Call
	for _, name := range commands {
		more, ok := hubCalls()[name]
		if !ok {
			return locale.Errorf("hub.noCommand", locale.A("name", locale.Clean(name)), locale.A("commands", HubCommands()))
		}
		calls = append(calls, more...)
	}
	return write(w, document{Version: "2012-10-17", Statement: statements("Kumoban", calls, o)})
}

// AskPolicy writes the least-privilege IAM policy for questions: for what a fix
// would cost, and for asking CloudTrail who changed a resource last.
func AskPolicy(w io.Writer, env *Env, o PolicyOptions) error {
	set, err := control.Select(env.Controls, o.Selection)
	if err == nil {
		err = o.check()
	}
	if err != nil {
		return err
	}
	return write(w, document{Version: "2012-10-17", Statement: statements("KumobanAsk", append(CostCalls(set), trail.LookupEvents()), o)})
}
