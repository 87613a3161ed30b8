package awslive

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
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
	names, err := s.asked(ctx, getDomainNames(), "apigateway", room.Tree{"limit": 500, "resourceOwner": "SELF"})
	w.missing(err)
	var wg sync.WaitGroup
	for i := range names {
		wg.Go(func() { s.waysOf(ctx, names[i]) })
	}
	wg.Wait()
	for _, list := range w.byAPI {
		slices.SortFunc(list, func(a, b resource.Mapping) int {
			return cmp.Or(strings.Compare(a.Domain, b.Domain), strings.Compare(a.Stage, b.Stage))
		})
	}
}

// asked reads a listing, and counts its calls.
func (s *scope) asked(ctx context.Context, call *awsclient.Call, service string, in room.Tree) ([]any, error) {
	return awsclient.All(func(yield func([]any, error) bool) {
		for page, err := range s.Pages(ctx, call, service, call.Expect, in) {
			s.ways.asked()
			if !yield(page, err) {
				return
			}
		}
	})
}

// waysOf reads where one domain name leads. Routing rules count only where the
// name goes by them, and so do mappings.
func (s *scope) waysOf(ctx context.Context, d any) {
	mode, id := room.TextOf(d, "routingMode"), room.TextOf(d, "domainNameId")
	if mode != "" && mode != "BASE_PATH_MAPPING_ONLY" {
		s.ways.missing(s.routed(ctx, d))
	}
	if mode == "ROUTING_RULE_ONLY" {
		return
	}
	name := room.TextOf(d, "domainName")
	// The mappings of a public domain name are those of REST APIs too; version 2
	// does not know a private one.
	call, service, in := getAPIMappings(), "apigatewayv2", room.Tree{"DomainName": name, "MaxResults": "500"}
	api := "ApiId"
	if id != "" {
		call, service, in = getPrivateMappings(), "apigateway", room.Tree{"domainName": name, "domainNameId": id, "limit": 500}
		api = "restApiId"
	}
	items, err := s.asked(ctx, call, service, in)
	for _, item := range items {
		s.ways.add(name, room.TextOf(item, api), room.TextOf(item, "stage"))
	}
	s.ways.missing(err)
}

// routed reads the routing rules of a domain name.
func (s *scope) routed(ctx context.Context, d any) error {
	in := room.Tree{"DomainName": room.TextOf(d, "domainName"), "MaxResults": mostRules}
	if id := room.TextOf(d, "domainNameId"); id != "" {
		in["DomainNameId"] = id
	}
	items, err := s.asked(ctx, listRoutingRules(), "apigatewayv2", in)
	for _, item := range items {
		for _, action := range room.Items(item, "Actions") {
			invoke, ok := room.Get(action, "InvokeApi")
			if !ok {
				err = awsclient.NewGarbled(listRoutingRules(), "a routing rule does something that is not known")
				continue
			}
			s.ways.add(room.TextOf(d, "domainName"), room.TextOf(invoke, "ApiId"), room.TextOf(invoke, "Stage"))
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
		w.rest = asker.Unread(err)
	}
}

func (w *ways) add(domain, api, stage string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if stage == "(none)" { // as version 1 calls it
		stage = ""
	}
	w.byAPI[api] = append(w.byAPI[api], resource.Mapping{Domain: domain, Stage: stage})
}
