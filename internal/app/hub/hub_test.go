package hub_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/app/hub"
	"github.com/kumoban/kumoban/internal/locale"
)

var errNetwork = errors.New("no network here")

// alone is an environment without AWS.
func alone(t *testing.T, h *desktest.House) *app.Env {
	t.Helper()
	catalog, err := locale.New(locale.English)
	if err != nil {
		t.Fatal(err)
	}
	return &app.Env{
		Version: "test", Controls: h.Config.Controls.Controls(), Catalog: catalog, Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Load: func(context.Context, string) (aws.Config, error) { return aws.Config{}, errNetwork },
	}
}

// TestPermissions: looking takes less than writing, here or there.
func TestPermissions(t *testing.T) {
	h := desktest.New(t)
	env, ctx := alone(t, h), t.Context()
	read, both := []access.Permission{access.HubRead}, []access.Permission{access.HubRead, access.HubSync}
	sync := func(mode hub.Mode) func(*desk.Desk) error {
		return func(d *desk.Desk) error { _, err := hub.Sync(ctx, d, env, hub.Request{}, mode); return err }
	}
	push := func(dry bool) func(*desk.Desk) error {
		return func(d *desk.Desk) error { _, err := hub.Push(ctx, d, env, hub.Request{}, false, dry); return err }
	}
	h.Permissions(map[string]desktest.Operation{
		"Compare":     desktest.Op(read, func(d *desk.Desk) error { _, err := hub.Compare(ctx, d, env, hub.Request{}); return err }),
		"Sync, dry":   desktest.Op(read, sync(hub.Look)),
		"Sync":        desktest.Op(both, sync(hub.Both)),
		"pull":        desktest.Op(both, sync(hub.Here)),
		"pull, links": desktest.Op(both, sync(hub.Link)),
		"Push, dry":   desktest.Op(read, push(true)),
		"Push":        desktest.Op(both, push(false)),
	})
}

// TestRefused: what stands in for AWS is not written to, and what makes no sense is
// said before anybody is asked.
func TestRefused(t *testing.T) {
	h := desktest.New(t)
	d, env := h.Desk(access.Admin("kei")), alone(t, h)
	key := func(err error) string {
		var e *locale.Error
		if errors.As(err, &e) {
			return e.Key
		}
		return ""
	}
	if s, err := hub.Sync(t.Context(), d, env, hub.Request{Loose: true}, hub.Both); s != nil || key(err) != "hub.needsStore" {
		t.Errorf("sync: %v, %v", s, err)
	}
	if s, err := hub.Push(t.Context(), d, env, hub.Request{Loose: true}, false, false); s != nil || key(err) != "hub.needsStore" {
		t.Errorf("push: %v, %v", s, err)
	}
	for _, q := range []hub.Request{{Loose: true}, {}} {
		if s, err := hub.Sync(t.Context(), d, env, q, hub.Look); s != nil || !errors.Is(err, errNetwork) {
			t.Errorf("a look: %v, %v", s, err)
		}
	}
	if c, err := hub.Compare(t.Context(), d, env, hub.Request{Accounts: []string{"shop"}}); c != nil || key(err) != "hub.badAccount" {
		t.Errorf("an account: %v, %v", c, err)
	}
	if c, err := hub.Compare(t.Context(), d, env, hub.Request{Controls: []string{"S3.999"}}); c != nil || err == nil || !strings.Contains(err.Error(), "S3.999") {
		t.Errorf("a control: %v, %v", c, err)
	}
}
