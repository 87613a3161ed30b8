package keep_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
)

// TestFind takes a finding by everything that people call it.
func TestFind(t *testing.T) {
	h := newHouse(t)
	orders := sees("orders", control.Failed)
	tracing := seesAt(scope(tokyo), "APIGateway.2", "orders", control.Passed)
	users := sees("users", control.Failed)
	ssl := seesAt(scope(tokyo), "APIGateway.2", "users", control.Unknown)
	cafe := sees("cafe", control.Failed)
	cafe.Resource.Name = "cafe"
	star := sees("star", control.Failed)
	star.Resource.Name = "GET /*"
	twin, other := sees("twin1", control.Failed), sees("twin2", control.Failed)
	twin.Resource.Name, other.Resource.Name = "twin/prod", "twin/prod"
	gone := sees("gone", control.Failed)
	gone.Resource.Name = "orders/dev"
	h.save(h.look(), orders, tracing, users, ssl, cafe, star, twin, other, gone)
	again := sees("again", control.Failed) // an API that was made anew under the same name
	again.Resource.Name = "orders/dev"
	h.save(h.look(), orders, tracing, users, ssl, cafe, star, twin, other, again)
	find := func(name string) (id string, err error) {
		h.view(func(ctx context.Context, r store.Reader) error {
			var ids []string
			if ids, err = keep.Find(ctx, r, []string{name}); err == nil {
				id = ids[0]
			}
			return nil
		})
		return id, err
	}
	for name, want := range map[string]*lifecycle.Observation{
		orders.ID(): &orders, orders.ID()[:12]: &orders, strings.ToUpper(orders.ID()[:12]): &orders,
		"APIGateway.1 orders/prod": &orders, "apigateway.1:orders/prod": &orders, "APIGateway.2 orders/prod": &tracing,
		"APIGateway.2:" + orders.Resource.ARN: &tracing,
		"orders/prod":                         &orders, // the one that waits for somebody
		"cafe":                                &cafe, "GET /*": &star, cafe.Resource.ARN: &cafe,
		"orders/dev":              &again,
		"APIGateway.1 users/prod": &users,
	} {
		if id, err := find(name); err != nil || id != want.ID() {
			t.Errorf("%s: %s %v, want %s", name, id, err, want.Resource.ARN)
		}
	}
	for name, wants := range map[string][]string{
		"users/prod":              {"users/prod may be one of several findings: ", finding.Short(users.ID()) + " (APIGateway.1 users/prod, " + one + " " + tokyo + "), ", finding.Short(ssl.ID()) + " (APIGateway.2 "},
		users.Resource.ARN:        {finding.Short(users.ID()), finding.Short(ssl.ID())},
		"APIGateway.1 twin/prod":  {finding.Short(twin.ID()), finding.Short(other.ID())},
		"order":                   {`no finding is called "order": did you mean orders/`},
		"APIGateway.2:nothing":    {`no finding is called "APIGateway.2:nothing": give`},
		"12":                      {`no finding is called "12"`},
		"*":                       {`no finding is called "*"`},
		"":                        {`no finding is called ""`},
		"0123456789abcdef":        {"no finding 0123456789abcdef is stored"},
		"APIGateway.1 orders/pro": {"did you mean orders/prod?"},
	} {
		_, err := find(name)
		for _, want := range wants {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q", name, err, want)
			}
		}
	}
	if _, err := find("arn:aws:securityhub:ap-northeast-1:111122223333:security-control/x/finding/y"); !errors.As(err, new(*store.NotFound)) {
		t.Errorf("a link that nobody made: %v", err)
	}
}
