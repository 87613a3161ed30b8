package keep_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/condition"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/rules"
	"github.com/kumoban/kumoban/internal/securityhub/sides"
	"github.com/kumoban/kumoban/internal/store"
)

// facts sets what a scan read: "tag env=dev", "no tag env", "?tag env" could not
// be read.
func facts(o lifecycle.Observation, texts ...string) lifecycle.Observation {
	o.Facts = nil
	for _, text := range texts {
		f := condition.Fact{Present: fact.True}
		switch {
		case strings.HasPrefix(text, "no "):
			f.Name, f.Present = text[3:], fact.False
		case strings.HasPrefix(text, "?"):
			f.Name, f.Present, f.Fault = text[1:], fact.Unknown, "apigateway:GetStages AccessDenied"
		default:
			f.Name, f.Value, _ = strings.Cut(text, "=")
		}
		o.Facts = append(o.Facts, f)
	}
	return o
}

// rest suppresses a finding for some days, while something holds.
func (h *house) rest(o lifecycle.Observation, days int, while ...string) {
	h.t.Helper()
	_, err := h.Suppress(h.t.Context(), []string{o.ID()}, keep.Exemption{Reason: "a playground", Until: h.until(days), While: while})
	if err != nil {
		h.t.Fatal(err)
	}
}

// scan is a look of the kind that kumoban scan saves.
func (h *house) scan() store.Scan {
	s := h.look()
	s.Kind = store.KindScan
	return s
}

// told are the kinds of the last events of a finding, with who and what.
func (h *house) told(id string, n int) string {
	events := h.history(id)
	var list []string
	for _, e := range events[max(0, len(events)-n):] {
		list = append(list, fmt.Sprintf("%s by %s: %s>%s (%s)", e.Kind, e.By, strings.TrimPrefix(e.From, id), e.To, e.Reason))
	}
	return strings.Join(list, "\n")
}

// TestConditionEnds ends an exception at the first scan that finds its condition
// false, for each kind of fact, and says which fact did.
func TestConditionEnds(t *testing.T) {
	for while, c := range map[string]struct{ holds, ends string }{
		"tag env=dev":               {"tag env=dev", "tag env=prod"},
		"tag env=dev,test":          {"tag env=dev,test", "no tag env"},
		"no tag env":                {"no tag env", "tag env=prod"},
		"CacheClusterEnabled=false": {"CacheClusterEnabled=false", "CacheClusterEnabled=true"},
		"no custom domain":          {"no custom domain", "custom domain=api.example.com"},
	} {
		t.Run(while, func(t *testing.T) {
			h := newHouse(t)
			o := sees("a", control.Failed)
			h.save(h.scan(), o)
			h.rest(o, 30, while)
			if asked, err := h.Asked(t.Context()); err != nil || len(asked.Conditions) != 1 || asked.Conditions[0].String() != while || asked.Maps(scope(tokyo)) != (while == "no custom domain") || asked.Maps(scope(osaka)) {
				t.Errorf("%+v, %v", asked, err)
			}
			if saved := h.save(h.scan(), facts(o, c.holds)); saved.Lapsed+saved.Unread != 0 || saved.Suppressed != 1 {
				t.Errorf("%+v", saved)
			}
			h.is(o, "FAILED SUPPRESSED ACTIVE")
			saved := h.save(h.scan(), facts(o, c.ends))
			if saved.Lapsed != 1 || len(saved.Lapses) != 1 || saved.Lapses[0].Fact != c.ends || saved.Lapses[0].Condition != while || saved.Suppressed != 0 || saved.Worst != control.Medium {
				t.Errorf("%+v", saved)
			}
			r := h.is(o, "FAILED NEW ACTIVE")
			want := fmt.Sprintf("fact by scan: %s>%s ()\nlapsed by condition: -x1> (a playground)\nworkflow by condition: SUPPRESSED>NEW (%[1]s → %[2]s)", while, c.ends)
			if got := h.told(o.ID(), 3); got != want {
				t.Errorf("%s\nwant %s", got, want)
			}
			if e := h.exceptions(o.ID())[0]; e.EndedBy != lifecycle.ByCondition || e.EndedAt.IsZero() || r.Exception != "" {
				t.Errorf("%+v", e)
			}
			h.view(func(ctx context.Context, r store.Reader) error {
				entries, err := r.AuditOf(ctx, o.ID())
				last := entries[len(entries)-1]
				if last.Action != "lapse" || last.Actor != lifecycle.ByCondition || last.Reason != "a playground" || !strings.Contains(last.Detail, c.ends) || !strings.Contains(last.Detail, while) {
					t.Errorf("%+v", last)
				}
				return err
			})
			// Security Hub's older SUPPRESSED does not come back.
			d := sides.LastDecision(&r, h.history(o.ID()))
			if d == nil || d.Status != lifecycle.New || !d.At.Equal(h.now) {
				t.Errorf("%+v", d)
			}
			if saved := h.save(h.scan(), facts(o, c.holds)); saved.Lapsed != 0 {
				t.Errorf("%+v", saved)
			}
			h.is(o, "FAILED NEW ACTIVE")
		})
	}
}

// TestConditionUnread: what a scan cannot read keeps nothing silently.
func TestConditionUnread(t *testing.T) {
	gap := func(s store.Scan) store.Scan {
		s.Gaps = []resource.Gap{{Scope: scope(tokyo), Call: "apigateway:GetStages", Code: "AccessDenied", Hides: []resource.Type{"AWS::ApiGateway::Stage"}}}
		return s
	}
	const why = "apigateway:GetStages AccessDenied"
	for name, c := range map[string]struct {
		look func(h *house, o lifecycle.Observation) keep.Saved
		why  string
	}{
		"the fact":                   {func(h *house, o lifecycle.Observation) keep.Saved { return h.save(h.scan(), facts(o, "?tag env")) }, why},
		"the resource, behind a gap": {func(h *house, _ lifecycle.Observation) keep.Saved { return h.save(gap(h.scan())) }, why},
		"a scan that was stopped": {func(h *house, _ lifecycle.Observation) keep.Saved {
			s := h.scan()
			s.Incomplete = "timeout"
			return h.save(s)
		}, "kumoban:scan Incomplete"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			o := sees("a", control.Failed)
			h.save(h.scan(), o)
			h.rest(o, 30, "tag env=dev")
			if saved := c.look(h, o); saved.Unread != 1 || saved.Lapsed != 0 {
				t.Errorf("%+v", saved)
			}
			since := h.now
			e := h.exceptions(o.ID())[0]
			if !e.UnreadSince.Equal(since) || e.Unread != "tag env=dev" || e.UnreadWhy != c.why || !e.Ends().Equal(since.Add(lifecycle.UnreadFor)) {
				t.Errorf("%+v", e)
			}
			if got, want := h.told(o.ID(), 1), "unread by scan: tag env=dev> ("+c.why+")"; got != want {
				t.Errorf("%s, want %s", got, want)
			}
			if saved := c.look(h, o); saved.Unread != 1 { // the first counts
				t.Errorf("%+v", saved)
			}
			if e := h.exceptions(o.ID())[0]; !e.UnreadSince.Equal(since) {
				t.Errorf("%+v", e)
			}
			h.save(h.scan(), facts(o, "tag env=dev")) // readable again, and so
			if e := h.exceptions(o.ID())[0]; !e.UnreadSince.IsZero() || e.Unread+e.UnreadWhy != "" {
				t.Errorf("%+v", e)
			}
			if got := h.told(o.ID(), 1); got != "reread by scan: tag env=dev> ()" {
				t.Error(got)
			}
			c.look(h, o)
			h.now = h.now.Add(lifecycle.UnreadFor)
			h.is(o, "FAILED SUPPRESSED ACTIVE")
			if ended, err := h.Expire(t.Context()); err != nil || len(ended.Unread) != 0 {
				t.Error(ended, err) // at the moment itself
			}
			h.now = h.now.Add(time.Microsecond)
			ended, err := h.Expire(t.Context())
			if err != nil || len(ended.Unread) != 1 || ended.Expired != 0 || ended.Unread[0].Why != c.why {
				t.Error(ended, err)
			}
			h.is(o, "FAILED NEW ACTIVE")
			want := "fact by condition: tag env=dev> (" + c.why + ")\nlapsed by condition: -x1> (a playground)\nworkflow by condition: SUPPRESSED>NEW (tag env=dev → " + c.why + ")"
			if got := h.told(o.ID(), 3); got != want {
				t.Errorf("%s\nwant %s", got, want)
			}
		})
	}
}

// TestConditionWeekly: a scan a week later that can read it is in time, one that
// cannot ends the exception.
func TestConditionWeekly(t *testing.T) {
	for fact, want := range map[string]string{"tag env=dev": "FAILED SUPPRESSED ACTIVE", "?tag env": "FAILED NEW ACTIVE", "tag env=prod": "FAILED NEW ACTIVE"} {
		h := newHouse(t)
		o := sees("a", control.Failed)
		h.save(h.scan(), o)
		h.rest(o, 30, "tag env=dev")
		h.save(h.scan(), facts(o, "?tag env"))
		h.now = h.now.Add(lifecycle.UnreadFor + time.Hour)
		saved := h.save(h.scan(), facts(o, fact))
		h.is(o, want)
		if lapsed := strings.Contains(want, "NEW"); saved.Lapsed == 1 != lapsed {
			t.Errorf("%s: %+v", fact, saved)
		}
	}
}

// TestConditionNotLooked are looks that neither end nor confirm anything, and say
// nothing of what could be read.
func TestConditionNotLooked(t *testing.T) {
	for name, look := range map[string]func(h *house, o lifecycle.Observation) keep.Saved{
		"a scan of other controls": func(h *house, _ lifecycle.Observation) keep.Saved {
			s := h.scan()
			s.Controls, s.Gaps = []string{"APIGateway.2"}, []resource.Gap{{Scope: scope(tokyo), Call: "a:B", Code: "C"}}
			return h.save(s, seesAt(scope(tokyo), "APIGateway.2", "a", control.Failed))
		},
		"a scan of another Region": func(h *house, _ lifecycle.Observation) keep.Saved {
			s := h.scan()
			s.Accounts[0].Regions = []string{osaka}
			return h.save(s)
		},
		"a fact that nobody asked for": func(h *house, o lifecycle.Observation) keep.Saved { return h.save(h.scan(), facts(o)) },
		"a scan that had begun before it was made": func(h *house, o lifecycle.Observation) keep.Saved {
			s := h.scan()
			s.Started = h.now.Add(-2 * time.Hour)
			return h.save(s, facts(o, "tag env=prod"))
		},
		"a look after a fix": func(h *house, o lifecycle.Observation) keep.Saved {
			h.now = h.now.Add(time.Hour)
			_, err := h.SaveRun(h.t.Context(), store.Run{ID: "r1", Digest: "d", Findings: []string{o.ID()}}, keep.Deed{What: "fix.verify", Now: []finding.Finding{facts(o, "tag env=prod").Finding}})
			if err != nil {
				h.t.Error(err)
			}
			return keep.Saved{}
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			o := sees("a", control.Failed)
			h.save(h.scan(), o)
			h.rest(o, 30, "tag env=dev")
			if saved := look(h, o); saved.Lapsed+saved.Unread+saved.NotLooked != 0 {
				t.Errorf("%+v", saved)
			}
			h.is(o, "FAILED SUPPRESSED ACTIVE")
			if e := h.exceptions(o.ID())[0]; !e.UnreadSince.IsZero() || !e.EndedAt.IsZero() {
				t.Errorf("%+v", e)
			}
		})
	}
	// What is gone is let be, as before: nobody can look at it.
	h := newHouse(t)
	o := sees("a", control.Failed)
	h.save(h.scan(), o)
	h.rest(o, 30, "tag env=dev")
	if saved := h.save(h.scan()); saved.Unread != 0 || saved.Archived != 1 {
		t.Errorf("%+v", saved)
	}
	h.is(o, "NOT_APPLICABLE SUPPRESSED ARCHIVED")
	back := facts(o, "tag env=prod")
	h.save(h.scan(), back)
	h.is(o, "FAILED NEW ACTIVE")
}

// TestConditionImported looks at tags, which a saved report has, and counts what
// it cannot tell.
func TestConditionImported(t *testing.T) {
	h := newHouse(t)
	a, b := sees("a", control.Failed), sees("b", control.Failed)
	h.save(h.scan(), a, b)
	h.rest(a, 30, "tag env=dev")
	h.rest(b, 30, "tag env=dev", "CacheClusterEnabled=false")
	imported := func(env string) keep.Saved {
		s := h.scan()
		s.Kind = store.KindImport
		a, b := a, b
		a.Tags, b.Tags = map[string]string{"env": env}, map[string]string{"env": env}
		return h.save(s, a, b)
	}
	if saved := imported("dev"); saved.NotLooked != 1 || saved.Lapsed+saved.Unread != 0 {
		t.Errorf("%+v", saved)
	}
	if saved := imported("prod"); saved.Lapsed != 2 {
		t.Errorf("%+v", saved)
	}
	h.is(a, "FAILED NEW ACTIVE")
	h.is(b, "FAILED NEW ACTIVE")
}

// TestConditionRefused is what nobody can read, or what is not so: nothing changes.
func TestConditionRefused(t *testing.T) {
	h := newHouse(t)
	a, b := sees("a", control.Failed), sees("b", control.Failed)
	b.Tags = map[string]string{"env": "prod"}
	account := sees("c", control.Unknown)
	account.Resource.Type = resource.AccountType
	h.save(h.scan(), a, b, account)
	before := h.state()
	for _, c := range []struct {
		id    string
		while []string
		want  string
	}{
		{b.ID(), []string{"tag env=dev"}, "keep.while.false"},
		{b.ID(), []string{"no tag env"}, "keep.while.false"},
		{b.ID(), []string{"TracingEnabled=false", "tag team=x"}, "keep.while.false"},
		{a.ID(), []string{"Nope=1"}, "keep.while.noProperty"},
		{a.ID(), []string{"nonsense"}, "keep.while.garbage"},
		{account.ID(), []string{"tag env=dev"}, "keep.while.nothing"},
		{account.ID(), []string{"no custom domain"}, "keep.while.nothing"},
	} {
		_, err := h.Suppress(t.Context(), []string{a.ID(), c.id}, keep.Exemption{Reason: "x", Until: h.until(30), While: c.while})
		var outer *locale.Error
		if !errors.As(err, &outer) || !strings.HasPrefix(keyOf(outer), c.want) {
			t.Errorf("%v: %v, want %s", c.while, err, c.want)
		}
	}
	if after := h.state(); after != before {
		t.Error("something changed")
	}
}

// keyOf is the key of an error about one finding, without who it is about.
func keyOf(e *locale.Error) string {
	for _, a := range e.Args {
		if inner, ok := a.Value.(*locale.Error); ok && e.Key == "keep.about" {
			return inner.Key
		}
	}
	return e.Key
}

// TestConditionAskedAgain: a question from before the reason ended does not stand
// in the way of another.
func TestConditionAskedAgain(t *testing.T) {
	h := newHouse(t)
	o := sees("a", control.Failed)
	h.save(h.scan(), o)
	put := func(id string) {
		t.Helper()
		if _, err := h.Ask(t.Context(), []ask.Question{{ID: id, Findings: []string{o.ID()}, Owner: "hana", Due: h.now.AddDate(0, 1, 0)}}); err != nil {
			t.Fatal(err)
		}
	}
	put("q1")
	h.rest(o, 30, "tag env=dev")
	h.save(h.scan(), facts(o, "tag env=dev"))
	if err := h.Askable(t.Context(), []string{o.ID()}, false); err == nil {
		t.Error("q1 waits, and nothing has changed")
	}
	h.save(h.scan(), facts(o, "tag env=prod"))
	if err := h.Askable(t.Context(), []string{o.ID()}, false); err != nil {
		t.Error(err)
	}
	h.now = h.now.Add(time.Hour)
	put("q2")
	if err := h.Askable(t.Context(), []string{o.ID()}, false); err == nil {
		t.Error("q2 waits")
	}
	// An answer may name conditions, too.
	q, _, err := h.Answer(t.Context(), "q2", ask.Answer{By: "hana", Choice: ask.Accept, Until: h.until(30), Words: "soon dev again", While: []string{"no custom domain", "tag x=1,2"}})
	if err != nil || len(q.Answer.While) != 2 {
		t.Fatal(q, err)
	}
	list := h.exceptions(o.ID())
	if e := list[len(list)-1]; strings.Join(e.While, "|") != "no custom domain|tag x=1,2" || e.Question != "q2" {
		t.Errorf("%+v", e)
	}
	if _, _, err := h.Answer(t.Context(), "q2", ask.Answer{By: "hana", Choice: ask.Fix, While: []string{"no custom domain"}}); err == nil {
		t.Error("a fix rests on nothing")
	}
}

// TestConditionOfRule: a rule lets be only what its condition holds for, and what
// the condition ended only once it is known to hold again.
func TestConditionOfRule(t *testing.T) {
	h := newHouse(t)
	h.Rules = []rules.Rule{{Name: "dev", Action: rules.Action{Suppress: &rules.Suppress{Reason: "x", While: []string{"tag env=dev", "no custom domain"}}}}}
	if asked, err := h.Asked(t.Context()); err != nil || len(asked.Conditions) != 2 || !asked.Maps(scope(osaka)) {
		t.Errorf("%+v %v", asked, err)
	}
	o, other := sees("a", control.Failed), sees("b", control.Failed)
	domain := sees("c", control.Failed)
	domain.Resource.Type = "AWS::ApiGateway::DomainName"
	set := func(env string, o lifecycle.Observation) lifecycle.Observation {
		o.Tags = map[string]string{"env": env}
		return facts(o, "tag env="+env, "no custom domain")
	}
	saved := h.save(h.scan(), set("dev", o), set("prod", other), set("dev", domain))
	if saved.ByRule != 1 {
		t.Errorf("%+v", saved)
	}
	h.is(o, "FAILED SUPPRESSED ACTIVE")
	h.is(other, "FAILED NEW ACTIVE")
	h.is(domain, "FAILED NEW ACTIVE") // nothing can read its condition
	h.save(h.scan(), set("prod", o), set("prod", other))
	h.is(o, "FAILED NEW ACTIVE")
	why := map[string]rules.Why{}
	err := h.TryRules(t.Context(), func(r *lifecycle.Record, hits []rules.Hit) error {
		why[r.ID] = hits[0].Why
		return nil
	})
	if err != nil || why[o.ID()] != rules.Untrue || why[other.ID()] != rules.Untrue {
		t.Error(why, err)
	}
	h.save(h.scan(), set("dev", o), set("prod", other)) // the tag changes, so that the rule looks again
	h.is(o, "FAILED SUPPRESSED ACTIVE")
	if n := len(h.exceptions(o.ID())); n != 2 {
		t.Error(n)
	}
}

// TestConditionProposed: what waits for an approver rests on its conditions, too;
// they are held to what is known when it is approved, and to scans from then on.
func TestConditionProposed(t *testing.T) {
	h := newHouse(t)
	if _, _, err := h.Set(t.Context(), "four-eyes", "on", ""); err != nil {
		t.Fatal(err)
	}
	a, b := sees("a", control.Failed), sees("b", control.Failed)
	h.save(h.scan(), a, b)
	h.rest(a, 30, "tag env=dev")
	h.rest(b, 30, "tag env=dev")
	if asked, err := h.Asked(t.Context()); err != nil || len(asked.Conditions) != 0 {
		t.Errorf("%+v %v", asked, err) // nothing is in force
	}
	b.Tags = map[string]string{"env": "prod"}
	h.save(h.scan(), a, facts(b, "tag env=prod"))
	h.now = h.now.Add(time.Hour)
	approver := *h.Keeper
	approver.Actor = "hana"
	if _, err := approver.Approve(t.Context(), []string{a.ID(), b.ID()}, ""); err == nil || !strings.Contains(err.Error(), "tag env is prod") {
		t.Error(err)
	}
	h.is(a, "FAILED NEW ACTIVE")
	if _, err := approver.Approve(t.Context(), []string{a.ID()}, ""); err != nil {
		t.Fatal(err)
	}
	late := h.scan()
	late.Started = h.now.Add(-2 * time.Hour) // it had begun before
	h.save(late, facts(a, "tag env=prod"), b)
	h.is(a, "FAILED SUPPRESSED ACTIVE")
	if saved := h.save(h.scan(), facts(a, "tag env=prod"), b); saved.Lapsed != 1 {
		t.Errorf("%+v", saved)
	}
	h.is(a, "FAILED NEW ACTIVE")
}
