package app

import (
	"context"
	"errors"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

// WayTo is the one of some targets that leads to an account: the one that names it, or
// else the first whose credentials turn out to be that account's. Where none is, the
// error says so, beside why any could not be entered.
func WayTo(ctx context.Context, env *Env, targets []awslive.Target, account, region string, rate awsclient.Rate) (awslive.Target, error) {
	for _, t := range targets {
		if t.Account == account {
			return t, nil
		}
	}
	var all error
	src := awslive.Source{Limits: awsclient.NewLimits(rate, env.Log), Load: env.Load, Log: env.Log}
	for _, t := range targets {
		if t.Account != "" {
			continue
		}
		_, is, err := src.Enter(ctx, t, region)
		if err == nil && is.ID == account {
			return t, nil
		}
		all = errors.Join(all, err)
	}
	if all != nil {
		return awslive.Target{}, all
	}
	return awslive.Target{}, locale.Errorf("jobs.noAccount", locale.A("id", account))
}
