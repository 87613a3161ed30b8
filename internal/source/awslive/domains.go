package awslive

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/resource"
)

// Ways read which roots custom domain names lead to, by the last name in their ARNs,
// and why there may be more. Asked is told of each call.
type Ways func(ctx context.Context, a *asker.Asker, asked func()) (byRoot map[string][]resource.Mapping, rest *fact.Origin)

// ways are what [Ways] found in one account and Region, where a condition asks for
// them.
type ways struct {
	read   Ways
	byRoot map[string][]resource.Mapping
	rest   *fact.Origin // why there may be more
	calls  atomic.Int64
}

// domains begins to read them beside the units. with puts those that lead to a
// root into its unit, which waits for them; done ends the reading, and says how
// many calls it took.
func (s *scope) domains(ctx context.Context, out yield) (with yield, done func()) {
	if s.ways == nil {
		return out, func() {}
	}
	ctx, stop := context.WithCancel(ctx)
	read := make(chan struct{})
	go func() {
		defer close(read)
		s.readWays(ctx)
	}()
	with = func(u resource.Unit) error {
		<-read
		if len(u.Resources) > 0 {
			arn := u.Resources[0].GetMeta().ARN
			u.Domains = &resource.Domains{Ways: s.ways.byRoot[arn[strings.LastIndexByte(arn, '/')+1:]], Rest: s.ways.rest}
		}
		return out(u)
	}
	return with, func() {
		stop()
		<-read
		if s.asking != nil {
			s.asking(s.Scope, int(s.ways.calls.Load()))
		}
	}
}

func (s *scope) readWays(ctx context.Context) {
	w := s.ways
	w.byRoot, w.rest = w.read(ctx, &s.Asker, func() { w.calls.Add(1) })
	for _, list := range w.byRoot {
		slices.SortFunc(list, func(a, b resource.Mapping) int {
			return cmp.Or(strings.Compare(a.Domain, b.Domain), strings.Compare(a.Stage, b.Stage))
		})
	}
}
