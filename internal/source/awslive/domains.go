package awslive

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	v1 "github.com/aws/aws-sdk-go-v2/service/apigateway"
	v1types "github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	v2 "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	v2types "github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/resource"
)

// ways are those from the custom domain names of one account and Region to its
// APIs: ⌈D/500⌉ + D calls, made only where a condition asks for them.
type ways struct {
	mu    sync.Mutex
	byAPI map[string][]resource.Mapping
	rest  *fact.Origin // why there may be more
	calls int
}

// domains begins to read them beside the units. with puts those that lead to an
// API into its unit, which waits for them; done ends the reading, and says how
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
			u.Domains = &resource.Domains{Ways: s.ways.byAPI[arn[strings.LastIndexByte(arn, '/')+1:]], Rest: s.ways.rest}
		}
		return out(u)
	}
	return with, func() {
		stop()
		<-read
		if s.asking != nil {
			s.asking(s.Scope, s.ways.calls)
		}
	}
}

func (s *scope) readWays(ctx context.Context) {
	w := s.ways
	w.byAPI = map[string][]resource.Mapping{}
	names, err := list(ctx, s, getDomainNames(), func(ctx context.Context, token *string) (p awsclient.Page[v1types.DomainName], err error) {
		w.asked()
		out, err := s.v1.GetDomainNames(ctx, &v1.GetDomainNamesInput{Limit: aws.Int32(pageSize), Position: token, ResourceOwner: v1types.ResourceOwnerSelf})
		if err == nil {
			p.Items, p.Next = out.Items, out.Position
		}
		return p, err
	})
	w.missing(err)
	var wg sync.WaitGroup
	for i := range names {
		wg.Go(func() { s.waysOf(ctx, &names[i]) })
	}
	wg.Wait()
	for _, list := range w.byAPI {
		slices.SortFunc(list, func(a, b resource.Mapping) int {
			return cmp.Or(strings.Compare(a.Domain, b.Domain), strings.Compare(a.Stage, b.Stage))
		})
	}
}

// waysOf reads where one domain name leads. Routing rules count only where the
// name goes by them, and so do mappings.
func (s *scope) waysOf(ctx context.Context, d *v1types.DomainName) {
	mode, private := d.RoutingMode, aws.ToString(d.DomainNameId) != ""
	if mode != "" && mode != v1types.RoutingModeBasePathMappingOnly {
		s.ways.missing(s.routed(ctx, d))
	}
	switch {
	case mode == v1types.RoutingModeRoutingRuleOnly:
	case private:
		s.ways.missing(s.mappedPrivately(ctx, d))
	default:
		s.ways.missing(s.mapped(ctx, d))
	}
}

// mapped reads the mappings of a public domain name, those of REST APIs too.
func (s *scope) mapped(ctx context.Context, d *v1types.DomainName) error {
	items, err := list(ctx, s, getAPIMappings(), func(ctx context.Context, token *string) (p awsclient.Page[v2types.ApiMapping], err error) {
		s.ways.asked()
		out, err := s.v2.GetApiMappings(ctx, &v2.GetApiMappingsInput{DomainName: d.DomainName, MaxResults: maxResults(), NextToken: token})
		if err == nil {
			p.Items, p.Next = out.Items, out.NextToken
		}
		return p, err
	})
	for i := range items {
		s.ways.add(d, items[i].ApiId, items[i].Stage)
	}
	return err
}

// mappedPrivately reads those of a private one, which version 2 does not know.
func (s *scope) mappedPrivately(ctx context.Context, d *v1types.DomainName) error {
	items, err := list(ctx, s, getPrivateMappings(), func(ctx context.Context, token *string) (p awsclient.Page[v1types.BasePathMapping], err error) {
		s.ways.asked()
		out, err := s.v1.GetBasePathMappings(ctx, &v1.GetBasePathMappingsInput{DomainName: d.DomainName, DomainNameId: d.DomainNameId, Limit: aws.Int32(pageSize), Position: token})
		if err == nil {
			p.Items, p.Next = out.Items, out.Position
		}
		return p, err
	})
	for i := range items {
		s.ways.add(d, items[i].RestApiId, items[i].Stage)
	}
	return err
}

// routed reads the routing rules of a domain name.
func (s *scope) routed(ctx context.Context, d *v1types.DomainName) error {
	items, err := list(ctx, s, listRoutingRules(), func(ctx context.Context, token *string) (p awsclient.Page[v2types.RoutingRule], err error) {
		s.ways.asked()
		out, err := s.v2.ListRoutingRules(ctx, &v2.ListRoutingRulesInput{DomainName: d.DomainName, DomainNameId: d.DomainNameId, MaxResults: aws.Int32(mostRules), NextToken: token})
		if err == nil {
			p.Items, p.Next = out.RoutingRules, out.NextToken
		}
		return p, err
	})
	for i := range items {
		for _, a := range items[i].Actions {
			if a.InvokeApi == nil {
				err = awsclient.NewGarbled(listRoutingRules(), "a routing rule does something that is not known")
				continue
			}
			s.ways.add(d, a.InvokeApi.ApiId, a.InvokeApi.Stage)
		}
	}
	return err
}

// mostRules is how many rules a page may have.
const mostRules = 100

func (w *ways) asked() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls++
}

// missing keeps the first reason why not all is known.
func (w *ways) missing(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil && w.rest == nil {
		w.rest = unread(err)
	}
}

func (w *ways) add(d *v1types.DomainName, api, stage *string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	m := resource.Mapping{Domain: aws.ToString(d.DomainName), Stage: aws.ToString(stage)}
	if m.Stage == "(none)" { // as version 1 calls it
		m.Stage = ""
	}
	id := aws.ToString(api)
	w.byAPI[id] = append(w.byAPI[id], m)
}
