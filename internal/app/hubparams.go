package app

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/evaluate"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/securityhub"
	"github.com/kumoban/kumoban/internal/source"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

// hubParams asks the Security Hub of each account and Region how it has parameters
// that the user did not set.
type hubParams struct {
	set control.Set

	mu      sync.Mutex // of all below
	sets    map[resource.Scope]control.Set
	tuned   []report.Tuned
	untuned []report.Untuned
	odd     []oddParam
}

// oddParam is a value that AWS does not document, as --param takes it.
type oddParam struct {
	at      resource.Scope
	setting string
}

// ahead is [awslive.Source.Ahead]. Where nobody told, AWS's defaults hold.
func (h *hubParams) ahead(ctx context.Context, at *awslive.Session, kinds []source.Kind) {
	ids := slices.DeleteFunc(h.set.Tunable(), func(id string) bool { return !slices.Contains(kinds, evaluate.KindOf(h.set.Find(id))) })
	if len(ids) == 0 {
		return
	}
	hub := securityhub.Hub{Config: at.Config, Lane: at.Lane, At: at.Scope}
	values, err := hub.Params(ctx, ids)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil {
		if ctx.Err() == nil {
			h.untuned = append(h.untuned, report.Untuned{Account: at.Scope.Account, Region: at.Scope.Region, Code: awsclient.AsFault(err).Code})
		}
		return
	}
	set, odd := h.set.Tune(values)
	for _, setting := range odd {
		h.odd = append(h.odd, oddParam{at.Scope, setting})
	}
	h.sets[at.Scope] = set
	for _, c := range set {
		if own := slices.DeleteFunc(slices.Clone(c.Params), func(p control.Param) bool { return !p.Hub }); len(own) > 0 {
			h.tuned = append(h.tuned, report.Tuned{Account: at.Scope.Account, Region: at.Scope.Region, Control: c.ID, Params: own})
		}
	}
}

// of is the set that a scope is judged with.
func (h *hubParams) of(at resource.Scope) control.Set {
	h.mu.Lock()
	defer h.mu.Unlock()
	if set, ok := h.sets[at]; ok {
		return set
	}
	return h.set
}

// into puts what was learnt into the scan, in its order.
func (h *hubParams) into(s *report.Scan) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s.Tuned, s.Untuned = h.tuned, h.untuned
	slices.SortStableFunc(s.Tuned, func(a, b report.Tuned) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region))
	})
	slices.SortFunc(s.Untuned, inOrder)
}

func inOrder(a, b report.Untuned) int {
	return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region))
}

// tell says in one line that somebody refused to tell, and names values that nobody
// documents. Where Security Hub is not enabled there is nothing to be told, which
// the report says.
func (h *hubParams) tell(env *Env) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, o := range h.odd {
		env.Tell("hub.oddParameter", locale.A("parameter", locale.Clean(o.setting)), locale.A("account", o.at.Account), locale.A("region", o.at.Region))
	}
	refused := slices.DeleteFunc(slices.Clone(h.untuned), report.Untuned.NotEnabled)
	if len(refused) > 0 {
		first := slices.MinFunc(refused, inOrder)
		env.Tell("hub.parametersRefused", locale.A("n", len(refused)), locale.A("account", first.Account), locale.A("region", first.Region), locale.A("code", first.Code))
	}
}

// hubParamCalls are the calls that asking for parameters takes; none where no
// chosen control has any that the user did not set.
func hubParamCalls(set control.Set, unasked bool) []*awsclient.Call {
	if unasked || len(set.Tunable()) == 0 {
		return nil
	}
	return []*awsclient.Call{securityhub.ParamsCall()}
}
