package app

import (
	"context"
	"net/http"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/notify"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/source/awslive"
	"github.com/kumoban/kumoban/internal/trail"
)

// LastChanged asks CloudTrail who last changed each of the resources. Those in
// accounts other than the caller's are not looked for: their result is NotKnown.
func LastChanged(ctx context.Context, env *Env, o FixOptions, refs []resource.Ref) ([]trail.Result, error) {
	results := make([]trail.Result, len(refs))
	places := map[resource.Scope][]int{}
	for i := range refs {
		results[i].Outcome = trail.NotKnown
		if refs[i].ARN != "" {
			places[refs[i].Scope] = append(places[refs[i].Scope], i)
		}
	}
	src := awslive.Source{Limits: awsclient.NewLimits(o.Rate, env.Log), Load: env.Load, Log: env.Log}
	for at, indices := range places {
		session, _, err := src.Enter(ctx, o.Target, at.Region)
		if err != nil {
			return results, err
		}
		if session.Scope != at {
			env.Tell("keep.otherAccount", locale.A("account", at.Account), locale.A("caller", session.Scope.Account))
			continue
		}
		var wanted []resource.Ref
		for _, i := range indices {
			wanted = append(wanted, refs[i])
		}
		for n, r := range trail.LastChanged(ctx, trail.Place{Config: session.Config, Lane: session.Lane}, wanted, env.Now()) {
			results[indices[n]] = r
		}
	}
	return results, nil
}

// Poster posts questions through the proxy that the environment names.
func Poster() *notify.Poster { return notify.New(http.DefaultTransport) }
