package keep_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

// told is a trend as "1 2; places 3".
func told(p *keep.Past) string {
	var text []string
	for i := range p.Points {
		text = append(text, fmt.Sprint(p.Points[i].Scan))
	}
	joined := strings.Join(text, " ")
	for _, l := range p.Left {
		joined += "; " + string(l.Why) + strings.Trim(fmt.Sprint(l.Scans), "[]")
	}
	return joined
}

func (h *house) trend(s store.Scan) string {
	h.t.Helper()
	p, err := h.Trend(h.t.Context(), &s)
	if err != nil {
		h.t.Fatal(err)
	}
	return told(p)
}

// TestTrend joins scans that looked at the same, and names the others.
func TestTrend(t *testing.T) {
	gap := func(s store.Scan) store.Scan {
		s.Gaps = []resource.Gap{{Scope: scope(tokyo), Hides: []resource.Type{"AWS::ApiGateway::Stage"}, Call: "apigateway:GetStages", Code: "AccessDenied"}}
		return s
	}
	stopped := func(s store.Scan) store.Scan { s.Incomplete = "interrupted"; return s }
	demo := func(s store.Scan) store.Scan { s.Source = "demo"; return s }
	member := func(s store.Scan) store.Scan {
		s.Accounts = append(s.Accounts, resource.Account{Partition: "aws", ID: two, Regions: []string{tokyo}})
		return s
	}
	for name, c := range map[string]struct {
		scans []func(*house) store.Scan
		now   func(*house) store.Scan
		want  string
	}{
		"all the same": {[]func(*house) store.Scan{(*house).look, (*house).look}, (*house).look, "1 2"},
		"a control less": {
			[]func(*house) store.Scan{func(h *house) store.Scan { return h.at([]string{tokyo}, "APIGateway.1") }, (*house).look, (*house).look}, (*house).look,
			"2 3; controls1",
		},
		"now a control less": {
			[]func(*house) store.Scan{(*house).look, func(h *house) store.Scan { return h.at([]string{tokyo}, "apigateway.1") }}, func(h *house) store.Scan { return h.at([]string{tokyo}, "APIGateway.1") },
			"; controls1; mixed2",
		},
		"a Region more":        {[]func(*house) store.Scan{(*house).look, func(h *house) store.Scan { return h.at([]string{tokyo, osaka}) }}, func(h *house) store.Scan { return h.at([]string{tokyo, osaka}) }, "2; places1"},
		"another Region":       {[]func(*house) store.Scan{func(h *house) store.Scan { return h.at([]string{osaka}) }, (*house).look}, (*house).look, "2"},
		"of one Region of two": {[]func(*house) store.Scan{func(h *house) store.Scan { return h.at([]string{tokyo, osaka}) }, (*house).look}, (*house).look, "1 2"},
		"stopped":              {[]func(*house) store.Scan{(*house).look, func(h *house) store.Scan { return stopped(h.look()) }}, (*house).look, "1; stopped2"},
		"a gap":                {[]func(*house) store.Scan{(*house).look, func(h *house) store.Scan { return gap(h.look()) }}, (*house).look, "1; gaps2"},
		"the same gap now":     {[]func(*house) store.Scan{(*house).look, func(h *house) store.Scan { return gap(h.look()) }}, func(h *house) store.Scan { return gap(h.look()) }, "2; gaps1"},
		"of something else":    {[]func(*house) store.Scan{func(h *house) store.Scan { return demo(h.look()) }, (*house).look}, (*house).look, "2"},
		"an account more":      {[]func(*house) store.Scan{(*house).look, func(h *house) store.Scan { return member(h.look()) }}, func(h *house) store.Scan { return member(h.look()) }, "2; places1"},
		"one account of two":   {[]func(*house) store.Scan{func(h *house) store.Scan { return member(h.look()) }, (*house).look}, (*house).look, "1 2"},
		"an old report, imported": {[]func(*house) store.Scan{(*house).look, func(h *house) store.Scan {
			s := h.look()
			s.Started, s.Ended = s.Started.Add(-90*24*time.Hour), s.Ended.Add(-90*24*time.Hour)
			return s
		}}, (*house).look, "1; late2"},
		"nothing there": {nil, (*house).look, ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			for _, scan := range c.scans {
				s := scan(h)
				var o = sees("a", control.Failed)
				if regions := s.Accounts[0].Regions; regions[0] == osaka {
					o = seesAt(scope(osaka), "APIGateway.1", "a", control.Failed)
				}
				if s.Source == "demo" {
					o.Resource.Account = "000000000001"
					o.Resource.ARN += "x"
				}
				h.save(s, o)
			}
			if got := h.trend(c.now(h)); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestTrendCountsWhatFailed: how many findings failed when the last scan that
// compares was saved, without those that somebody lets be now.
func TestTrendCountsWhatFailed(t *testing.T) {
	h := newHouse(t)
	failed := func() int {
		s := h.look()
		p, err := h.Trend(t.Context(), &s)
		if err != nil {
			t.Fatal(err)
		}
		if p.Failed == nil {
			return -1
		}
		return *p.Failed
	}
	if n := failed(); n != -1 {
		t.Errorf("%d failed before the first scan", n)
	}
	a, b, c, d := sees("a", control.Failed), sees("b", control.Failed), sees("c", control.Failed), sees("d", control.Passed)
	h.save(h.look(), a, b, c, d)
	if n := failed(); n != 3 {
		t.Errorf("%d failed, want 3", n)
	}
	h.suppress(b, 30)
	if n := failed(); n != 2 {
		t.Errorf("%d failed, want 2: one is let be", n)
	}
	h.save(h.at([]string{osaka}), seesAt(scope(osaka), "APIGateway.1", "x", control.Failed)) // another place
	c.Status = control.Passed
	h.save(h.look(), a, b, c, d)
	if n := failed(); n != 1 {
		t.Errorf("%d failed, want 1", n)
	}
}

// TestTrendOf takes what flags chose as the latest scan of all of it.
func TestTrendOf(t *testing.T) {
	h := newHouse(t)
	h.save(h.look(), sees("a", control.Failed))
	h.save(h.at([]string{tokyo}, "APIGateway.1"), sees("a", control.Passed))
	h.save(h.look(), sees("a", control.Failed))
	of := func(regions ...string) string {
		p, err := h.TrendOf(t.Context(), "live", []resource.Account{{Partition: "aws", ID: one, Regions: regions}})
		if err != nil {
			t.Fatal(err)
		}
		return told(p)
	}
	if got := of(tokyo); got != "1 3; controls2" {
		t.Errorf("%q", got)
	}
	if got := of(osaka); got != "" {
		t.Errorf("nobody looked there: %q", got)
	}
}
