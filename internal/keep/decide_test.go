package keep_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/rules"
	"github.com/kumoban/kumoban/internal/store"
)

// refused runs what must fail and change nothing.
func (h *house) refused(what string, err error, before string) {
	h.t.Helper()
	if err == nil {
		h.t.Errorf("%s: not refused", what)
	}
	if after := h.state(); after != before {
		h.t.Errorf("%s: %v, but it changed something", what, err)
	}
}

func (h *house) until(days int) time.Time { return h.now.AddDate(0, 0, days) }

func (h *house) suppress(o lifecycle.Observation, days int) {
	h.t.Helper()
	_, err := h.Suppress(h.t.Context(), []string{o.ID()}, keep.Exemption{Reason: "test stage", Until: h.until(days), ApprovedBy: "hana"})
	if err != nil {
		h.t.Fatal(err)
	}
}

// TestAllOrNothing takes a decision over many of which one cannot be changed.
func TestAllOrNothing(t *testing.T) {
	h := newHouse(t)
	a, b, gone := sees("a", control.Failed), sees("b", control.Failed), sees("gone", control.Failed)
	h.save(h.look(), a, b, gone)
	h.save(h.look(), a, b)
	if _, err := h.Resolve(t.Context(), []string{b.ID()}, ""); err != nil {
		t.Fatal(err)
	}
	before := h.state()
	ctx := t.Context()
	absent := strings.Repeat("0", 32)
	for _, ids := range [][]string{{a.ID(), gone.ID()}, {a.ID(), absent}, {absent, a.ID()}} {
		_, err := h.Suppress(ctx, ids, keep.Exemption{Reason: "x", Until: h.until(1)})
		h.refused("suppress", err, before)
		_, err = h.Notify(ctx, ids, "")
		h.refused("notify", err, before)
	}
	_, err := h.Resolve(ctx, []string{a.ID(), b.ID()}, "")
	h.refused("resolve what is resolved", err, before)
	_, err = h.Unsuppress(ctx, []string{a.ID()}, "")
	h.refused("unsuppress what is not suppressed", err, before)
	_, err = h.SetSeverity(ctx, []string{a.ID(), b.ID()}, 0, "")
	h.refused("severity as it is", err, before)
	_, err = h.Note(ctx, []string{a.ID()}, " \n")
	h.refused("an empty note", err, before)
}

// TestTexts refuses what nobody can read or keep.
func TestTexts(t *testing.T) {
	h := newHouse(t)
	a := sees("a", control.Failed)
	h.save(h.look(), a)
	before := h.state()
	ids := []string{a.ID()}
	for name, text := range map[string]string{"1 MB": strings.Repeat("理由", 1<<18), "NUL": "a\x00b", "broken": "a\xffb"} {
		_, err := h.Note(t.Context(), ids, text)
		h.refused("note "+name, err, before)
		_, err = h.Suppress(t.Context(), ids, keep.Exemption{Reason: text, Until: h.until(1)})
		h.refused("reason "+name, err, before)
		_, err = h.Suppress(t.Context(), ids, keep.Exemption{Reason: "x", Until: h.until(1), ApprovedBy: text})
		h.refused("approver "+name, err, before)
		other := *h.Keeper
		other.Actor = text
		_, err = other.Resolve(t.Context(), ids, "")
		h.refused("actor "+name, err, before)
	}
	for _, until := range []time.Time{{}, h.now, h.now.Add(-time.Hour)} {
		_, err := h.Suppress(t.Context(), ids, keep.Exemption{Reason: "x", Until: until})
		h.refused("until "+until.String(), err, before)
	}
	text := "\x1b[31mred\x1b[0m <b>bold</b>\n\u202eltr\t\"quoted\" =1+1"
	if _, err := h.Note(t.Context(), ids, text); err != nil {
		t.Fatal(err)
	}
	if e := h.history(a.ID()); len(e) != 1 || e[0].Reason != text {
		t.Errorf("%+v", e)
	}
}

// TestExceptions follows a finding through exceptions one after the other.
func TestExceptions(t *testing.T) {
	h := newHouse(t)
	a := sees("a", control.Failed)
	h.save(h.look(), a)
	ids := []string{a.ID()}
	h.suppress(a, 10)
	h.suppress(a, 20) // takes the first one's place
	if _, err := h.Unsuppress(t.Context(), ids, "wrong"); err != nil {
		t.Fatal(err)
	}
	h.suppress(a, 1)
	h.save(h.look()) // archived while it is suppressed
	h.is(a, "NOT_APPLICABLE SUPPRESSED ARCHIVED")
	h.now = h.now.AddDate(0, 0, 2)
	if n, err := h.Expire(t.Context()); n.Expired != 1 || err != nil {
		t.Fatal(n, err)
	}
	r := h.is(a, "NOT_APPLICABLE NEW ARCHIVED")
	if r.Exception != "" {
		t.Error(r.Exception)
	}
	list := h.exceptions(a.ID())
	var ends []string
	seen := map[string]bool{}
	for _, e := range list {
		ends = append(ends, e.EndedBy)
		seen[e.ID] = true
	}
	if fmt.Sprint(ends) != "[kei kei expiry]" || len(seen) != 3 {
		t.Errorf("%v %v", ends, seen)
	}
	if n, err := h.Expire(t.Context()); n.Expired != 0 || err != nil {
		t.Error("it ran out twice", n, err)
	}
	h.whole()
}

// TestExpiryBeforeDecision ends an exception that is over before somebody decides
// on its finding, so that what is decided is what was seen.
func TestExpiryBeforeDecision(t *testing.T) {
	h := newHouse(t)
	a, b := sees("a", control.Failed), sees("b", control.Failed)
	h.save(h.look(), a, b)
	h.suppress(a, 1)
	h.suppress(b, 1)
	h.now = h.until(1)
	if n, err := h.Expire(t.Context()); n.Expired != 0 || err != nil {
		t.Error("at the moment itself it is over already:", n, err) // until is exclusive, and ends what is before
	}
	h.now = h.now.Add(time.Microsecond)
	if _, err := h.Unsuppress(t.Context(), []string{a.ID()}, ""); err == nil {
		t.Error("what ran out can be ended")
	}
	if _, err := h.Notify(t.Context(), []string{a.ID()}, ""); err != nil {
		t.Error(err)
	}
	h.is(a, "FAILED NOTIFIED ACTIVE")
	h.is(b, "FAILED NEW ACTIVE")
}

// TestManyExpire ends many at once, in few statements, each told.
func TestManyExpire(t *testing.T) {
	h := newHouse(t)
	h.Rules = []rules.Rule{{Name: "all", Action: rules.Action{Suppress: &rules.Suppress{Reason: "x", Until: start().Add(3 * time.Hour)}}}}
	if saved := h.save(h.look(), many(2100, control.Failed)...); saved.ByRule != 2100 {
		t.Fatalf("%+v", saved)
	}
	h.now = h.until(1)
	if n, err := h.Expire(t.Context()); n.Expired != 2100 || err != nil {
		t.Fatal(n, err)
	}
	h.view(func(ctx context.Context, r store.Reader) error {
		n, err := r.Count(ctx, store.Filter{Workflows: []lifecycle.Workflow{lifecycle.New}})
		if n != 2100 {
			t.Error(n)
		}
		return err
	})
	if n := h.whole(); n != 2102 {
		t.Error(n)
	}
}

// TestDecisionOverMany takes thousands of ids, some twice.
func TestDecisionOverMany(t *testing.T) {
	h := newHouse(t)
	seen := many(300, control.Failed)
	h.save(h.look(), seen...)
	var ids []string
	for i := range seen {
		ids = append(ids, seen[i].ID())
	}
	decided, err := h.Notify(t.Context(), append(ids, ids[:10]...), "told")
	if err != nil || len(decided.Records) != 300 {
		t.Fatal(len(decided.Records), err)
	}
	if decided.Records[299].ID != ids[299] || decided.AuditHead.Subject != ids[299] || h.whole() != 301 {
		t.Error("not in order, or not told")
	}
}

func suppressing(name string, until time.Time) rules.Rule {
	return rules.Rule{Name: name, Order: 1, Match: rules.Match{Resources: []string{"*a*"}}, Action: rules.Action{Suppress: &rules.Suppress{Reason: "dev", Until: until}}}
}

// TestRulesAndPeople leaves what a person decided against a rule.
func TestRulesAndPeople(t *testing.T) {
	h := newHouse(t)
	a := sees("a", control.Failed)
	h.Rules = []rules.Rule{suppressing("dev", time.Time{}), {Name: "grave", Order: 2, Action: rules.Action{Severity: control.Critical}}}
	h.save(h.look(), a)
	if r := h.is(a, "FAILED SUPPRESSED ACTIVE"); r.Override != control.Critical {
		t.Error(r.Override)
	}
	ctx, ids := t.Context(), []string{a.ID()}
	if _, err := h.Unsuppress(ctx, ids, "this one counts"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.SetSeverity(ctx, ids, control.Low, "inside only"); err != nil {
		t.Fatal(err)
	}
	changed := a
	changed.Tags = map[string]string{"env": "dev"} // the record is replaced, so that rules look at it
	h.save(h.look(), changed)
	if r := h.is(a, "FAILED NEW ACTIVE"); r.Override != control.Low {
		t.Error(r.Override)
	}
	if n, _, err := h.ApplyRules(ctx); n != 0 || err != nil {
		t.Error(n, err)
	}
	err := h.TryRules(ctx, func(_ *lifecycle.Record, hits []rules.Hit) error {
		for _, hit := range hits {
			if len(hit.Changes) > 0 {
				t.Errorf("%s says that it would change what it leaves", hit.Rule.Name)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	h.Rules[0].Name = "another"
	if n, _, err := h.ApplyRules(ctx); n != 1 || err != nil {
		t.Error(n, err)
	}
	h.is(a, "FAILED SUPPRESSED ACTIVE")
	if list := h.exceptions(a.ID()); len(list) != 2 || list[0].ID == list[1].ID {
		t.Errorf("%+v", list)
	}
	h.whole()
}

// TestRuleUntil lets a rule's exception run out, and the rule with it.
func TestRuleUntil(t *testing.T) {
	h := newHouse(t)
	a := sees("a", control.Failed)
	h.Rules = []rules.Rule{suppressing("dev", start().Add(90*time.Minute))}
	h.save(h.look(), a)
	h.is(a, "FAILED SUPPRESSED ACTIVE")
	if saved := h.save(h.look(), a); saved.Expired != 1 || saved.ByRule != 0 {
		t.Errorf("%+v", saved)
	}
	h.is(a, "FAILED NEW ACTIVE")
	if n, _, err := h.ApplyRules(t.Context()); n != 0 || err != nil {
		t.Error(n, err)
	}
}

// question asks hana about findings.
func (h *house) question(list ...lifecycle.Observation) ask.Question {
	h.t.Helper()
	id, err := h.NewQuestionID(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	q := ask.Question{ID: id, Owner: "hana", Due: h.until(7), Text: "?"}
	for _, o := range list {
		q.Findings = append(q.Findings, o.ID())
	}
	if _, err := h.Ask(h.t.Context(), []ask.Question{q}); err != nil {
		h.t.Fatal(err)
	}
	return q
}
