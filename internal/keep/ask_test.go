package keep_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
)

// TestQuestionIDs count up, whatever their number.
func TestQuestionIDs(t *testing.T) {
	h := newHouse(t)
	a := sees("a", control.Failed)
	h.save(h.look(), a)
	for n := 1; n <= 20; n++ {
		if q := h.question(a); q.ID != fmt.Sprint("q", n) {
			t.Fatalf("%s is the %dth", q.ID, n)
		}
	}
	before := h.state()
	_, err := h.Ask(t.Context(), []ask.Question{{ID: "q20", Owner: "hana", Due: h.until(1), Findings: []string{a.ID()}}})
	h.refused("an id that is taken", err, before)
	var taken *keep.Taken
	if !errors.As(err, &taken) || taken.ID != "q20" {
		t.Error(err)
	}
	_, err = h.Ask(t.Context(), []ask.Question{
		{ID: "q21", Owner: "hana", Due: h.until(1), Findings: []string{a.ID()}}, {ID: "q22", Due: h.until(1), Findings: []string{a.ID()}},
	})
	h.refused("one of two without an owner", err, before)
}

// TestAnswers follow one question through every answer: an acceptance suppresses,
// a later word takes it back, and never what somebody else decided.
func TestAnswers(t *testing.T) {
	h := newHouse(t)
	a, b, gone := sees("a", control.Failed), sees("b", control.Failed), sees("gone", control.Failed)
	h.save(h.look(), a, b, gone)
	h.question(a, b, gone)
	h.save(h.look(), a, b)
	answer := func(choice ask.Choice, days int) {
		t.Helper()
		said := ask.Answer{By: "hana", Choice: choice, Words: "partners use it"}
		if days > 0 {
			said.Until = h.until(days)
		}
		if _, _, err := h.Answer(t.Context(), "Q1", said); err != nil {
			t.Fatal(err)
		}
	}
	answer(ask.Accept, 30)
	if r := h.is(a, "FAILED SUPPRESSED ACTIVE"); r.Exception == "" {
		t.Error("no exception")
	}
	h.is(gone, "NOT_APPLICABLE NEW ARCHIVED")
	list := h.exceptions(a.ID())
	if len(list) != 1 || list[0].Question != "q1" || list[0].ApprovedBy != "hana" || list[0].By != "kei" || list[0].Reason != "partners use it" {
		t.Errorf("%+v", list)
	}
	answer(ask.Accept, 60)
	h.suppress(b, 90)
	answer(ask.Fix, 0)
	h.is(a, "FAILED NEW ACTIVE")
	h.is(b, "FAILED SUPPRESSED ACTIVE")
	answer(ask.FixBy, 3)
	h.is(a, "FAILED NEW ACTIVE")
	for _, e := range h.exceptions(a.ID()) {
		if e.EndedAt.IsZero() {
			t.Errorf("still in force: %+v", e)
		}
	}
	var kinds []lifecycle.EventKind
	for _, e := range h.history(a.ID()) {
		kinds = append(kinds, e.Kind)
	}
	want := "[asked answered excepted workflow answered excepted answered excepted workflow answered]"
	if fmt.Sprint(kinds) != want {
		t.Errorf("%v, want %s", kinds, want)
	}
	h.replies(a)
	h.whole()
	before := h.state()
	_, _, err := h.Answer(t.Context(), "q9", ask.Answer{By: "hana", Choice: ask.Fix})
	h.refused("an unknown question", err, before)
	_, _, err = h.Answer(t.Context(), "q1", ask.Answer{By: "hana", Choice: ask.Accept, Until: h.now, Words: "x"})
	h.refused("a date that is past", err, before)
}

// replies answers a question that is open with replies to what its control
// asks: they are kept with the answer, in the history and in the audit log; one
// that nobody asked for changes nothing.
func (h *house) replies(a lifecycle.Observation) {
	h.t.Helper()
	before := h.state()
	_, _, err := h.Answer(h.t.Context(), "q1", ask.Answer{By: "hana", Choice: ask.Fix}, "weather=yes")
	h.refused("a reply to what nobody asked", err, before)
	q, head, err := h.Answer(h.t.Context(), "q1", ask.Answer{By: "hana", Choice: ask.Fix}, "production=no")
	if err != nil || len(q.Answer.Replies) != 1 || q.Answer.Replies[0].String() != "production=no" || q.Answer.RecordedBy != "kei" || !strings.Contains(head.Detail, `"replies":["production=no"]`) {
		h.t.Errorf("%+v %s %v", q.Answer, head.Detail, err)
	}
	events := h.history(a.ID())
	if last := events[len(events)-1]; last.Kind != lifecycle.EventAnswered || last.To != "fix production=no" || last.By != "hana" {
		h.t.Errorf("%+v", last)
	}
}
