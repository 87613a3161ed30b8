package apigateway

import (
	"context"
	"sync"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

func getDomainNames() *awsclient.Call {
	return gatewayList("GetDomainNames", "/domainnames", "items")
}

// A private name is known to IAM by an ARN with the account, and so are routing
// rules.
func getPrivateMappings() *awsclient.Call {
	c := gatewayList("GetBasePathMappings", "", "items")
	c.Resource = ":*:/domainnames/*+*"
	return c
}

func listRoutingRules() *awsclient.Call {
	c := gatewayList("ListRoutingRules", "", "RoutingRules")
	c.Action, c.Resource = "ListRoutingRules", ":*:/domainnames/*"
	return c
}

// waysCalls lists every call of [readWays].
func waysCalls() []*awsclient.Call {
	return []*awsclient.Call{getDomainNames(), getAPIMappings(), getPrivateMappings(), listRoutingRules()}
}

// ways are those from the custom domain names of one account and Region to its
// APIs: ⌈D/500⌉ + D calls.
type ways struct {
	*asker.Asker
	asked func()
	mu    sync.Mutex
	byAPI map[string][]resource.Mapping
	rest  *fact.Origin // why there may be more
}

// readWays reads which APIs custom domain names lead to, by their ids, and why there
// may be more. Asked is told of each call.
func readWays(ctx context.Context, a *asker.Asker, asked func()) (map[string][]resource.Mapping, *fact.Origin) {
	w := &ways{Asker: a, asked: asked, byAPI: map[string][]resource.Mapping{}}
	names, err := w.list(ctx, getDomainNames(), restAPIs, room.Tree{"limit": 500, "resourceOwner": "SELF"})
	w.missing(err)
	var wg sync.WaitGroup
	for i := range names {
		wg.Go(func() { w.of(ctx, names[i]) })
	}
	wg.Wait()
	return w.byAPI, w.rest
}

// list reads a listing, and counts its calls.
func (w *ways) list(ctx context.Context, call *awsclient.Call, service string, in room.Tree) ([]any, error) {
	return awsclient.All(func(yield func([]any, error) bool) {
		for page, err := range w.Pages(ctx, call, service, call.Expect, in) {
			w.asked()
			if !yield(page, err) {
				return
			}
		}
	})
}

// of reads where one domain name leads. Routing rules count only where the
// name goes by them, and so do mappings.
func (w *ways) of(ctx context.Context, d any) {
	mode, id := room.TextOf(d, "routingMode"), room.TextOf(d, "domainNameId")
	if mode != "" && mode != "BASE_PATH_MAPPING_ONLY" {
		w.missing(w.routed(ctx, d))
	}
	if mode == "ROUTING_RULE_ONLY" {
		return
	}
	name := room.TextOf(d, "domainName")
	// The mappings of a public domain name are those of REST APIs too; version 2
	// does not know a private one.
	call, service, in := getAPIMappings(), httpAPIs, room.Tree{"DomainName": name, "MaxResults": "500"}
	api := "ApiId"
	if id != "" {
		call, service, in = getPrivateMappings(), restAPIs, room.Tree{"domainName": name, "domainNameId": id, "limit": 500}
		api = "restApiId"
	}
	items, err := w.list(ctx, call, service, in)
	for _, item := range items {
		w.add(name, room.TextOf(item, api), room.TextOf(item, "stage"))
	}
	w.missing(err)
}

// routed reads the routing rules of a domain name.
func (w *ways) routed(ctx context.Context, d any) error {
	in := room.Tree{"DomainName": room.TextOf(d, "domainName"), "MaxResults": mostRules}
	if id := room.TextOf(d, "domainNameId"); id != "" {
		in["DomainNameId"] = id
	}
	items, err := w.list(ctx, listRoutingRules(), httpAPIs, in)
	for _, item := range items {
		for _, action := range room.Items(item, "Actions") {
			invoke, ok := room.Get(action, "InvokeApi")
			if !ok {
				err = awsclient.NewGarbled(listRoutingRules(), "a routing rule does something that is not known")
				continue
			}
			w.add(room.TextOf(d, "domainName"), room.TextOf(invoke, "ApiId"), room.TextOf(invoke, "Stage"))
		}
	}
	return err
}

// mostRules is how many rules a page may have.
const mostRules = 100

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
