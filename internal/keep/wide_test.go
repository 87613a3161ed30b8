package keep_test

import (
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

const home = "us-east-1" // under which what is the account's is judged

// broad is a scan of some Regions that judges by APIGateway.2 what is the account's.
func (h *house) broad(regions ...string) store.Scan {
	s := h.at(regions)
	s.Accounts[0].Wide, s.Wide = home, []string{"APIGateway.2"}
	return s
}

func account(status control.Status) lifecycle.Observation {
	return seesAt(scope(home), "APIGateway.2", "all", status)
}

// TestWide keeps what is the account's apart from the Region under which it is
// judged: neither is gone because the other was looked at.
func TestWide(t *testing.T) {
	h := newHouse(t)
	regional := seesAt(scope(home), "APIGateway.1", "east", control.Failed)
	h.save(h.broad(home), regional, account(control.Failed))

	h.save(h.broad(tokyo), sees("a", control.Passed), account(control.Failed))
	h.is(regional, "FAILED NEW ACTIVE")
	h.is(account(0), "FAILED NEW ACTIVE")

	h.save(h.at([]string{home}, "APIGateway.1"), regional) // nothing asked for what is the account's
	h.is(account(0), "FAILED NEW ACTIVE")

	gap := h.broad(tokyo)
	gap.Gaps = []resource.Gap{{Scope: scope(home), Hides: []resource.Type{"AWS::ApiGateway::Stage"}}}
	h.save(gap)
	h.is(account(0), "FAILED NEW ACTIVE")

	h.save(h.broad(tokyo)) // looked for and not there
	h.is(account(0), "NOT_APPLICABLE NEW ARCHIVED")
	h.is(regional, "FAILED NEW ACTIVE")

	h.save(h.broad(home))
	h.is(regional, "NOT_APPLICABLE NEW ARCHIVED")
}

// TestWideDiff compares of two scans of different Regions what is the account's,
// and nothing else.
func TestWideDiff(t *testing.T) {
	h := newHouse(t)
	east := seesAt(scope(home), "APIGateway.1", "east", control.Failed)
	h.save(h.broad(home), east, account(control.Failed))
	h.save(h.broad(tokyo), sees("near", control.Failed), account(control.Passed))
	got, d := h.diff(1, 2, store.Filter{})
	if len(got) != 1 || got[0] != "fixed all APIGateway.2" || !d.Shared || only(&d.FromOnly) != home+" 1" || only(&d.ToOnly) != tokyo+" 1" {
		t.Errorf("%q, only the first %q, only the second %q, shared %t", got, only(&d.FromOnly), only(&d.ToOnly), d.Shared)
	}
	h = newHouse(t)
	h.save(h.at([]string{home}), east)
	h.save(h.broad(tokyo), account(control.Failed))
	if _, d := h.diff(1, 2, store.Filter{}); d.Shared || len(d.ToOnly.Broad) != 1 || len(d.FromOnly.Broad) != 0 || only(&d.FromOnly) != home+" 1" {
		t.Errorf("a Region and what is the account's under it are not the same: %+v", d)
	}
}

// TestWideTrend joins scans that looked alike at what is the account's, too.
func TestWideTrend(t *testing.T) {
	for name, c := range map[string]struct {
		scans []func(*house) store.Scan
		now   func(*house) store.Scan
		want  string
	}{
		"the same":                     {[]func(*house) store.Scan{func(h *house) store.Scan { return h.broad(tokyo) }, func(h *house) store.Scan { return h.broad(tokyo) }}, func(h *house) store.Scan { return h.broad(tokyo) }, "1 2"},
		"another Region":               {[]func(*house) store.Scan{func(h *house) store.Scan { return h.broad(osaka) }}, func(h *house) store.Scan { return h.broad(tokyo) }, "; places1"},
		"the Region under which it is": {[]func(*house) store.Scan{func(h *house) store.Scan { return h.at([]string{home}) }}, func(h *house) store.Scan { return h.broad(home) }, "; places1"},
		"and that itself":              {[]func(*house) store.Scan{func(h *house) store.Scan { return h.broad(home) }}, func(h *house) store.Scan { return h.broad(home) }, "1"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			for _, scan := range c.scans {
				h.save(scan(h), account(control.Failed))
			}
			if got := h.trend(c.now(h)); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
