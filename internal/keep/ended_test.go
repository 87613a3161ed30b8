package keep_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// ended asks the store what became of a question.
func (h *house) ended(id string) (ended string) {
	h.t.Helper()
	h.view(func(ctx context.Context, r store.Reader) error {
		q, err := r.Question(ctx, id)
		if err != nil {
			return err
		}
		records, err := r.Records(ctx, q.Findings)
		ended = keep.AskedNoMore(&q, records)
		return err
	})
	return ended
}

// TestQuestionEnds: a question is over with its findings, whatever ended them.
func TestQuestionEnds(t *testing.T) {
	for want, end := range map[string]func(*house, lifecycle.Observation){
		"": func(*house, lifecycle.Observation) {},
		"passed": func(h *house, o lifecycle.Observation) {
			o.Status = control.Passed
			h.save(h.look(), o)
		},
		"archived":   func(h *house, _ lifecycle.Observation) { h.save(h.look()) },
		"suppressed": func(h *house, o lifecycle.Observation) { h.suppress(o, 5) },
	} {
		h := newHouse(t)
		o := sees("a", control.Failed)
		h.save(h.look(), o)
		q := h.question(o)
		end(h, o)
		if got := h.ended(q.ID); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestAcceptNothing: what passes needs no exception, whoever accepts it.
func TestAcceptNothing(t *testing.T) {
	h := newHouse(t)
	a, b := sees("a", control.Failed), sees("b", control.Failed)
	h.save(h.look(), a, b)
	q := h.question(a, b)
	a.Status = control.Passed
	h.save(h.look(), a, b)
	if _, _, err := h.Answer(t.Context(), q.ID, ask.Answer{By: "hana", Choice: ask.Accept, Until: h.until(5), Words: "x"}); err != nil {
		t.Fatal(err)
	}
	h.is(a, "PASSED RESOLVED ACTIVE")
	h.is(b, "FAILED SUPPRESSED ACTIVE")
	if len(h.exceptions(a.ID())) != 0 {
		t.Error("an exception was made for what passes")
	}
}

// TestSameAnswer changes nothing, as long as what came of the first still stands.
func TestSameAnswer(t *testing.T) {
	h := newHouse(t)
	o := sees("a", control.Failed)
	h.save(h.look(), o)
	q := h.question(o)
	until := h.until(5)
	answer := func(by, words string) bool {
		t.Helper()
		_, head, err := h.Answer(t.Context(), q.ID, ask.Answer{By: by, Choice: ask.Accept, Until: until, Words: words})
		if err != nil {
			t.Fatal(err)
		}
		return head.Seq > 0
	}
	if !answer("hana", "x") {
		t.Fatal("the first answer changed nothing")
	}
	before := h.state()
	if answer("ＨＡＮＡ", "x") || h.state() != before {
		t.Error("the same answer changed something")
	}
	if !answer("hana", "another reason") {
		t.Error("another answer changed nothing")
	}
	if _, err := h.Unsuppress(t.Context(), []string{o.ID()}, "no"); err != nil {
		t.Fatal(err)
	}
	if !answer("hana", "another reason") {
		t.Error("an answer whose exception was ended changed nothing")
	}
	h.is(o, "FAILED SUPPRESSED ACTIVE")
}

// TestAskSuppressed: whoever asks about what is suppressed learns by whom.
func TestAskSuppressed(t *testing.T) {
	h := newHouse(t)
	o := sees("a", control.Failed)
	h.save(h.look(), o)
	h.suppress(o, 5)
	err := h.Askable(t.Context(), []string{o.ID()}, false)
	if err == nil || !strings.Contains(err.Error(), "suppressed through") || !strings.Contains(err.Error(), "hana") {
		t.Errorf("%v", err)
	}
	if err := h.Askable(t.Context(), []string{o.ID()}, true); err != nil {
		t.Error(err)
	}
}

// TestWithdraw: a question that was taken back waits for nobody and takes no answer.
func TestWithdraw(t *testing.T) {
	h := newHouse(t)
	o := sees("a", control.Failed)
	h.save(h.look(), o)
	q := h.question(o)
	if _, _, err := h.Withdraw(t.Context(), []string{q.ID}, "another team's"); err != nil {
		t.Fatal(err)
	}
	before := h.state()
	_, _, err := h.Answer(t.Context(), q.ID, ask.Answer{By: "hana", Choice: ask.Fix})
	h.refused("an answer to it", err, before)
	var ours *locale.Error
	if !errors.As(err, &ours) || ours.Key != "ask.withdrawn" {
		t.Errorf("%v", err)
	}
	_, _, err = h.Withdraw(t.Context(), []string{q.ID}, "")
	h.refused("taking it back twice", err, before)
	h.view(func(ctx context.Context, r store.Reader) error {
		open, err := r.Questions(ctx, store.QuestionFilter{Open: true})
		if len(open) > 0 {
			t.Error("it waits")
		}
		return err
	})
	if err := h.Askable(t.Context(), []string{o.ID()}, false); err != nil {
		t.Errorf("nobody can be asked anew: %v", err)
	}
	if e := h.history(o.ID()); e[len(e)-1].Kind != lifecycle.EventWithdrawn || e[len(e)-1].Reason != "another team's" {
		t.Errorf("%+v", e)
	}
	other := h.question(o)
	if _, _, err := h.Answer(t.Context(), other.ID, ask.Answer{By: "hana", Choice: ask.Fix}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Withdraw(t.Context(), []string{other.ID}, ""); err == nil {
		t.Error("an answered question was taken back")
	}
}
