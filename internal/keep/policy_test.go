package keep_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/policy"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/rules"
	"github.com/kumoban/kumoban/internal/securityhub/sides"
	"github.com/kumoban/kumoban/internal/store"
)

func (h *house) set(name, value string) {
	h.t.Helper()
	if _, _, err := h.Set(h.t.Context(), name, value, "audit"); err != nil {
		h.t.Fatal(err)
	}
}

// way is a way in which an exception of a finding comes into a store.
type way struct {
	name string
	come func(h *house, o lifecycle.Observation, until time.Time) error
}

func ways() []way {
	suppress := func(by string) func(h *house, o lifecycle.Observation, until time.Time) error {
		return func(h *house, o lifecycle.Observation, until time.Time) error {
			_, err := h.Suppress(h.t.Context(), []string{o.ID()}, keep.Exemption{Reason: "x", Until: until, ApprovedBy: by})
			return err
		}
	}
	accept := func(by string) func(h *house, o lifecycle.Observation, until time.Time) error {
		return func(h *house, o lifecycle.Observation, until time.Time) error {
			q := h.question(o)
			_, _, err := h.Answer(h.t.Context(), q.ID, ask.Answer{By: by, Choice: ask.Accept, Until: until, Words: "x"})
			return err
		}
	}
	rule := func(h *house, until time.Time) { h.Rules = []rules.Rule{suppressing("dev", until)} }
	return []way{
		{"suppress", suppress("")},
		{"suppress, approved", suppress("mina")},
		{"suppress, approved by its author", suppress("ＫＥＩ ")},
		{"the owner's accept", accept("hana")},
		{"the owner's accept, written down by the owner", accept(" Kei")},
		{"a rule at a scan", func(h *house, o lifecycle.Observation, until time.Time) error {
			rule(h, until)
			o.Tags = map[string]string{"env": "dev"}
			h.save(h.look(), o)
			return nil
		}},
		{"a rule at an import", func(h *house, o lifecycle.Observation, until time.Time) error {
			rule(h, until)
			o.Tags = map[string]string{"env": "dev"}
			s := h.look()
			s.Kind = store.KindImport
			h.save(s, o)
			return nil
		}},
		{"rules apply", func(h *house, _ lifecycle.Observation, until time.Time) error {
			rule(h, until)
			_, _, err := h.ApplyRules(h.t.Context())
			return err
		}},
		{"Security Hub", func(h *house, o lifecycle.Observation, _ time.Time) error {
			r := h.record(o.ID())
			step := sides.Step{
				Pair: sides.Pair{Ours: &r, Theirs: &report.Held{ID: "arn:theirs"}}, To: sides.Here, From: r.Workflow,
				Decision: sides.Decision{Status: lifecycle.Suppressed, At: h.now, By: "ben", Note: "known"},
			}
			for range 2 { // a sync that is repeated proposes once
				if _, _, _, err := h.FromHub(h.t.Context(), []sides.Step{step}); err != nil {
					return err
				}
				r = h.record(o.ID())
			}
			return nil
		}},
	}
}

// TestEqualPolicy: what a store's policy says of exceptions holds for every way in.
func TestEqualPolicy(t *testing.T) {
	const force, proposed, refused, nothing = "in force", "proposed", "refused", "nothing"
	table := map[string]struct {
		settings map[string]string
		days     int // until when it is wanted
		want     []string
	}{
		"nothing decided":  {nil, 30, []string{force, force, force, force, force, force, force, force, force}},
		"four eyes":        {map[string]string{policy.FourEyes: policy.On}, 30, []string{proposed, force, refused, force, proposed, proposed, proposed, proposed, proposed}},
		"owner's approver": {map[string]string{policy.OwnerAccept: policy.Approver}, 30, []string{force, force, force, proposed, proposed, force, force, force, force}},
		"too long":         {map[string]string{policy.LongestException: "10d"}, 30, []string{refused, refused, refused, refused, refused, nothing, nothing, nothing, force}},
		"just long enough": {map[string]string{policy.LongestException: "31d"}, 30, []string{force, force, force, force, force, force, force, force, force}},
	}
	for name, row := range table {
		for i, way := range ways() {
			t.Run(name+", "+way.name, func(t *testing.T) {
				h := newHouse(t)
				for setting, value := range row.settings {
					h.set(setting, value)
				}
				o := sees("a", control.Failed)
				h.save(h.look(), o)
				err := way.come(h, o, h.until(row.days))
				r, had := h.record(o.ID()), h.exceptions(o.ID())
				got := nothing
				switch {
				case err != nil:
					got = refused
				case r.Workflow == lifecycle.Suppressed && r.Exception != "" && len(had) == 1 && had[0].ID == r.Exception && !had[0].Waits():
					got = force
				case r.Workflow == lifecycle.New && r.Exception == "" && len(had) == 1 && had[0].Waits() && had[0].ApprovedBy == "":
					got = proposed
				case r.Workflow != lifecycle.New || len(had) > 0:
					got = fmt.Sprintf("%s, %+v", r.Workflow, had)
				}
				if got != row.want[i] {
					t.Errorf("%s, want %s (%v)", got, row.want[i], err)
				}
				for _, e := range had {
					if e.Until.IsZero() {
						t.Error("it has no end")
					}
				}
			})
		}
	}
}

// TestApprove: nobody approves his own word, and who does is kept.
func TestApprove(t *testing.T) {
	for _, c := range []struct {
		settings []string
		way      string
		not, by  []string // who may not, and who may
	}{
		{[]string{policy.FourEyes, policy.On}, "suppress", []string{"kei", "ＫＥＩ", " Kei"}, []string{"mina"}},
		{[]string{policy.FourEyes, policy.On}, "rules apply", nil, []string{"kei"}},
		{[]string{policy.FourEyes, policy.On}, "Security Hub", nil, []string{"kei", "mina"}},
		{[]string{policy.OwnerAccept, policy.Approver}, "the owner's accept", []string{"Hana", "HANA"}, []string{"kei"}},
		{[]string{policy.OwnerAccept, policy.Approver, policy.FourEyes, policy.On}, "the owner's accept", []string{"hana", "kei"}, []string{"mina"}},
	} {
		t.Run(c.way+" "+fmt.Sprint(c.settings), func(t *testing.T) {
			h := newHouse(t)
			for i := 0; i < len(c.settings); i += 2 {
				h.set(c.settings[i], c.settings[i+1])
			}
			o := sees("a", control.Failed)
			h.save(h.look(), o)
			all := ways()
			if err := all[slices.IndexFunc(all, func(w way) bool { return w.name == c.way })].come(h, o, h.until(30)); err != nil {
				t.Fatal(err)
			}
			ids := []string{o.ID()}
			for _, by := range c.not {
				h.Actor = by
				before := h.state()
				_, err := h.Approve(t.Context(), ids, "")
				h.refused(by, err, before)
			}
			h.Actor = c.by[0]
			h.now = h.now.Add(time.Hour)
			if _, err := h.Approve(t.Context(), ids, "agreed"); err != nil {
				t.Fatal(err)
			}
			r := h.is(o, "FAILED SUPPRESSED ACTIVE")
			e := h.exceptions(o.ID())[0]
			if e.ID != r.Exception || e.ApprovedBy != c.by[0] || !e.ApprovedAt.Equal(h.now) || e.Waits() {
				t.Errorf("%+v", e)
			}
			if _, err := h.Approve(t.Context(), ids, ""); err == nil {
				t.Error("it was approved twice")
			}
			h.whole()
		})
	}
}

// TestReject: what was rejected stays out, and rules do not come back with it.
func TestReject(t *testing.T) {
	h := newHouse(t)
	h.set(policy.FourEyes, policy.On)
	h.Rules = []rules.Rule{suppressing("dev", time.Time{})}
	o := sees("a", control.Failed)
	h.save(h.look(), o)
	h.Actor = "mina"
	if _, err := h.Reject(t.Context(), []string{o.ID()}, "it is reachable"); err != nil {
		t.Fatal(err)
	}
	h.is(o, "FAILED NEW ACTIVE")
	changed := o
	changed.Tags = map[string]string{"env": "dev"}
	h.save(h.look(), changed)
	h.save(h.look(), o)
	if n, _, err := h.ApplyRules(t.Context()); n != 0 || err != nil {
		t.Error(n, err)
	}
	if had := h.exceptions(o.ID()); len(had) != 1 || had[0].EndedBy != "mina" {
		t.Errorf("%+v", had)
	}
	events := h.history(o.ID())
	if !slices.ContainsFunc(events, func(e lifecycle.Event) bool {
		return e.Kind == lifecycle.EventRejected && e.Reason == "it is reachable"
	}) {
		t.Errorf("%+v", events)
	}
	if _, err := h.Approve(t.Context(), []string{o.ID()}, ""); err == nil {
		t.Error("what was rejected was approved")
	}
}

// TestProposalRunsOut: one that nobody answers ends with the day that it asks for,
// and one that was overtaken ends with what overtook it.
func TestProposalRunsOut(t *testing.T) {
	h := newHouse(t)
	h.set(policy.FourEyes, policy.On)
	o := sees("a", control.Failed)
	h.save(h.look(), o)
	ids := []string{o.ID()}
	for _, days := range []int{5, 10} {
		if _, err := h.Suppress(t.Context(), ids, keep.Exemption{Reason: "x", Until: h.until(days)}); err != nil {
			t.Fatal(err)
		}
	}
	if had := h.exceptions(o.ID()); len(had) != 2 || had[0].Waits() || !had[1].Waits() {
		t.Fatalf("%+v", had)
	}
	h.now = h.now.AddDate(0, 0, 11)
	if n, err := h.Expire(t.Context()); n.Expired != 0 || err != nil {
		t.Error(n, err)
	}
	if had := h.exceptions(o.ID()); had[1].Waits() || had[1].EndedBy != lifecycle.ByTime {
		t.Errorf("%+v", had[1])
	}
	h.is(o, "FAILED NEW ACTIVE")
}

// TestSettings: what is decided is audited, and what is not allowed changes nothing.
func TestSettings(t *testing.T) {
	h := newHouse(t)
	did, _, err := h.Settle(t.Context(), map[string]string{policy.TimeZone: "Asia/Tokyo"}, "")
	if err != nil || len(did) != 1 {
		t.Fatal(did, err)
	}
	if did, _, err := h.Settle(t.Context(), map[string]string{policy.TimeZone: "Europe/Paris"}, ""); err != nil || len(did) != 0 {
		t.Error("it was decided twice", did, err)
	}
	for _, bad := range [][2]string{{"four", "on"}, {policy.FourEyes, "maybe"}, {policy.TimeZone, "Asia/Tokyo"}, {policy.LongestException, "-3d"}} {
		_, _, err := h.Set(t.Context(), bad[0], bad[1], "")
		var ours *locale.Error
		if !errors.As(err, &ours) {
			t.Errorf("%v: %v", bad, err)
		}
	}
	if was, head, err := h.Set(t.Context(), "TIME-ZONE", "UTC", "moved"); err != nil || was != "Asia/Tokyo" || head.Action != "settings.set" || head.Subject != policy.TimeZone || !strings.Contains(head.Detail, "Asia/Tokyo") || head.Reason != "moved" {
		t.Errorf("%v %+v %v", was, head, err)
	}
	if n := h.whole(); n != 2 {
		t.Errorf("%d entries", n)
	}
}

// TestNoWayRound: what a hostile reader found. Each row was suppressed before.
func TestNoWayRound(t *testing.T) {
	ctx := t.Context()
	proposed := func(h *house, o lifecycle.Observation, named string) {
		t.Helper()
		all := ways()
		if err := all[slices.IndexFunc(all, func(w way) bool { return w.name == named })].come(h, o, h.until(30)); err != nil {
			t.Fatal(err)
		}
	}
	for name, try := range map[string]func(h *house, o lifecycle.Observation) error{
		"whoever suppresses in Security Hub approves it here": func(h *house, o lifecycle.Observation) error {
			proposed(h, o, "Security Hub") // by ben
			h.Actor = "Ben"
			_, err := h.Approve(ctx, []string{o.ID()}, "")
			return err
		},
		"approved after the longest exception was shortened": func(h *house, o lifecycle.Observation) error {
			proposed(h, o, "suppress")
			h.set(policy.LongestException, "10d")
			h.Actor = "mina"
			_, err := h.Approve(ctx, []string{o.ID()}, "")
			return err
		},
		"with a character that nobody sees": func(h *house, o lifecycle.Observation) error {
			_, err := h.Suppress(ctx, []string{o.ID()}, keep.Exemption{Reason: "x", Until: h.until(5), ApprovedBy: "ke\u200bi"})
			return err
		},
		"who asks names himself the owner": func(h *house, o lifecycle.Observation) error {
			q := ask.Question{ID: "q1", Findings: []string{o.ID()}, Owner: "kei", OwnerFrom: "named", Due: h.until(7), Text: "?"}
			if _, err := h.Ask(ctx, []ask.Question{q}); err != nil {
				t.Fatal(err)
			}
			h.Actor = "root"
			_, _, err := h.Answer(ctx, "q1", ask.Answer{By: "kei", Choice: ask.Accept, Until: h.until(5), Words: "x"})
			return err
		},
		"who asks answers as a team's member": func(h *house, o lifecycle.Observation) error {
			h.question(o)
			h.Actor = "root"
			_, _, err := h.Answer(ctx, "q1", ask.Answer{By: "ghost", Choice: ask.Accept, Until: h.until(5), Words: "x"})
			return err
		},
		"the owner approves what the owner's deputy accepted": func(h *house, o lifecycle.Observation) error {
			h.set(policy.OwnerAccept, policy.Approver)
			h.question(o)
			if _, _, err := h.Answer(ctx, "q1", ask.Answer{By: "owen", Choice: ask.Accept, Until: h.until(5), Words: "x"}); err != nil {
				t.Fatal(err)
			}
			h.Actor = "Hana"
			_, err := h.Approve(ctx, []string{o.ID()}, "")
			return err
		},
		"a second proposal hides behind the first": func(h *house, o lifecycle.Observation) error {
			proposed(h, o, "suppress")
			proposed(h, o, "rules apply")
			if had := h.exceptions(o.ID()); len(had) != 1 {
				t.Errorf("%+v", had)
			}
			_, err := h.Approve(ctx, []string{o.ID()}, "") // by kei, who proposed the first
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.set(policy.FourEyes, policy.On)
			o := sees("a", control.Failed)
			h.save(h.look(), o)
			_ = try(h, o)
			h.is(o, "FAILED NEW ACTIVE")
		})
	}
}

// TestAgreementEnds: an owner's word is for the finding as it is, not for all
// times to come.
func TestAgreementEnds(t *testing.T) {
	for name, c := range map[string]struct {
		then   func(h *house, o lifecycle.Observation)
		agreed bool
	}{
		"nothing happens": {func(*house, lifecycle.Observation) {}, true},
		"still failing":   {func(h *house, o lifecycle.Observation) { h.save(h.look(), o) }, true},
		"it passed, and fails again": {func(h *house, o lifecycle.Observation) {
			passing := o
			passing.Status = control.Passed
			h.save(h.look(), passing)
			h.save(h.look(), o)
		}, false},
		"the fix was undone": {func(h *house, o lifecycle.Observation) {
			run := store.Run{ID: "r", Digest: "d", Findings: []string{o.ID()}, State: "undone"}
			if _, err := h.SaveRun(h.t.Context(), run, keep.Deed{What: "fix.undo", Now: nil}); err != nil {
				h.t.Fatal(err)
			}
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			o := sees("a", control.Failed)
			h.save(h.look(), o)
			h.question(o)
			h.now = h.now.Add(time.Minute)
			if _, _, err := h.Answer(t.Context(), "q1", ask.Answer{By: "hana", Choice: ask.Fix}); err != nil {
				t.Fatal(err)
			}
			h.now = h.now.Add(time.Minute)
			c.then(h, o)
			h.view(func(ctx context.Context, r store.Reader) error {
				open, err := keep.Unagreed(ctx, r, []string{o.ID()})
				if (len(open) == 0) != c.agreed {
					t.Errorf("agreed: %v", !c.agreed)
				}
				return err
			})
		})
	}
}
