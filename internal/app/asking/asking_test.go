package asking_test

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
	"github.com/kumoban/kumoban/internal/app/asking"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
)

// silent is an environment that keeps what it is told.
func silent(told *[]string) *app.Env {
	return &app.Env{
		Tell: func(key string, _ ...locale.Arg) { *told = append(*told, key) }, Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Load: func(context.Context, string) (aws.Config, error) { return aws.Config{}, errors.New("no network here") },
	}
}

func need(list ...access.Permission) []access.Permission { return list }

// TestPermissions: nobody asks, answers or reads without the permission for it.
func TestPermissions(t *testing.T) {
	h := desktest.New(t)
	ids := h.Scan(h.Desk(access.Admin("kei")), control.Failed)
	ctx := t.Context()
	h.Permissions(map[string]desktest.Operation{
		"Ask": desktest.Op(need(access.QuestionsAsk), func(d *desk.Desk) error {
			_, err := asking.Ask(ctx, d, silent(&[]string{}), asking.Request{Findings: ids, Due: "someday"})
			return err
		}),
		"List":    desktest.Op(need(access.FindingsRead), func(d *desk.Desk) error { _, _, err := asking.List(ctx, d, false, false); return err }),
		"Show":    desktest.Op(need(access.FindingsRead), func(d *desk.Desk) error { _, err := asking.Show(ctx, d, "q1"); return err }),
		"Read":    desktest.Op(need(access.FindingsRead), func(d *desk.Desk) error { _, err := asking.Read(ctx, d, "q1"); return err }),
		"Waiting": desktest.Op(need(access.FindingsRead), func(d *desk.Desk) error { _, err := asking.Waiting(ctx, d); return err }),
		"Sent":    desktest.Op(need(access.QuestionsAsk), func(d *desk.Desk) error { _, _, err := asking.Sent(ctx, d, []string{"q1"}); return err }),
		"Withdraw": desktest.Op(need(access.QuestionsAsk), func(d *desk.Desk) error {
			_, _, err := asking.Withdraw(ctx, d, []string{"q1"}, "x")
			return err
		}),
		"Answer": desktest.Op(need(access.QuestionsAnswer), func(d *desk.Desk) error {
			_, err := asking.Answer(ctx, d, "q1", asking.Reply{By: "hana", Choice: ask.Fix})
			return err
		}),
		"MakeLink":    desktest.Op(need(access.QuestionsAsk), func(d *desk.Desk) error { _, err := asking.MakeLink(ctx, d, "q1", nil); return err }),
		"RevokeLinks": desktest.Op(need(access.QuestionsAsk), func(d *desk.Desk) error { _, _, err := asking.RevokeLinks(ctx, d, "q1", ""); return err }),
		"Open":        desktest.Op(need(access.LinksUse), func(d *desk.Desk) error { _, err := asking.Open(ctx, d, "x"); return err }),
		"AnswerByLink": desktest.Op(need(access.LinksUse), func(d *desk.Desk) error {
			_, err := asking.AnswerByLink(ctx, d, "x", asking.Reply{Choice: ask.Fix})
			return err
		}),
		"LookAgain": desktest.Op(need(access.LinksUse), func(d *desk.Desk) error {
			_, err := asking.LookAgain(ctx, d, silent(&[]string{}), app.FixOptions{}, "x")
			return err
		}),
	})
}

// house has two findings that fail, and a question about one of them.
func house(t *testing.T) (*desktest.House, *desk.Desk, []string, []string) {
	t.Helper()
	h := desktest.New(t)
	d := h.Desk(access.Admin("kei"))
	ids := h.Scan(d, control.Failed, control.Failed)
	var told []string
	asked, err := asking.Ask(t.Context(), d, silent(&told), asking.Request{Findings: ids[:1], Owner: "hana", Due: "14d", Lang: locale.English})
	if err != nil || len(asked) != 1 || asked[0].ID != "q1" || asked[0].Channel != "print" || asked[0].AskedBy != "kei" || !strings.Contains(asked[0].Text, "bucket-1") {
		t.Fatalf("%+v, %v", asked, err)
	}
	return h, d, ids, told
}

// TestAsk returns the question with its text, tells how it went out, and asks nobody
// twice.
func TestAsk(t *testing.T) {
	_, d, ids, told := house(t)
	if got, want := strings.Join(told, " "), "keep.asked keep.head keep.nextSent"; got != want {
		t.Errorf("told %s, want %s", got, want)
	}
	again := asking.Request{Findings: ids, Owner: "hana", Due: "14d", Lang: locale.English}
	if asked, err := asking.Ask(t.Context(), d, silent(&told), again); err == nil || asked != nil {
		t.Errorf("again: %+v, %v", asked, err)
	}
	for want, q := range map[string]asking.Request{
		"keep.about":             {Findings: ids[1:], Due: "14d"},
		"ask.noDue":              {Findings: ids[1:], Owner: "hana"},
		"keep.badVia":            {Findings: ids[1:], Owner: "hana", Due: "14d", Via: "fax"},
		"keep.needsWebhook":      {Findings: ids[1:], Owner: "hana", Due: "14d", Via: "slack"},
		"store.notFound.finding": {Findings: []string{"ffffffffffff"}, Owner: "hana", Due: "14d"},
		"ask.longName":           {Findings: ids[1:], Owner: strings.Repeat("h", 500), Due: "14d"},
	} {
		q.Lang = locale.English
		var is *locale.Error
		if asked, err := asking.Ask(t.Context(), d, silent(&told), q); !errors.As(err, &is) || is.Key != want || asked != nil {
			t.Errorf("%s: %+v, %v", want, asked, err)
		}
	}
}

// TestByHand: what cannot be sent stays asked, and is told.
func TestByHand(t *testing.T) {
	_, d, ids, _ := house(t)
	broken := errors.New("the printer is on fire")
	var told []string
	asked, err := asking.Ask(t.Context(), d, silent(&told), asking.Request{
		Findings: ids[1:], Owner: "hana", Due: "14d", Lang: locale.English,
		ByHand: func(channel string) (asking.Send, error) {
			if channel != "print" {
				t.Errorf("by %s", channel)
			}
			return func(context.Context, *ask.Message) error { return broken }, nil
		},
	})
	if !errors.Is(err, broken) || asked == nil || len(asked) > 0 || strings.Join(told, " ") != "keep.askNotSent keep.head" {
		t.Errorf("%+v, %v, %s", asked, err, told)
	}
	if q, err := asking.Show(t.Context(), d, "Q2"); err != nil || q.Owner != "hana" || q.Sent != nil {
		t.Errorf("%+v, %v", q, err)
	}
}

// TestList tells questions that wait from those that are over.
func TestList(t *testing.T) {
	h, d, ids, _ := house(t)
	read := d.For(access.Granted("u-1", "Sato", access.FindingsRead))
	count := func(want, wantWaiting int, overdue, all bool) {
		t.Helper()
		list, waiting, err := asking.List(t.Context(), read, overdue, all)
		if err != nil || len(list) != want || waiting != wantWaiting {
			t.Errorf("%d questions, %d wait, %v, want %d and %d", len(list), waiting, err, want, wantWaiting)
		}
	}
	count(1, 1, false, false)
	count(0, 1, true, false)
	h.Time = h.Time.AddDate(0, 0, 20)
	count(1, 1, true, false)
	a, err := asking.Answer(t.Context(), d, "q1", asking.Reply{By: "hana", Choice: ask.FixBy, Until: "7d"})
	if err != nil || a.Before != nil || a.Same || a.Head.Seq == 0 || len(a.Records) != 1 || a.Question.Answer.RecordedBy != "kei" {
		t.Fatalf("%+v, %v", a, err)
	}
	count(0, 0, false, false)
	count(1, 0, false, true)
	h.Time = h.Time.AddDate(0, 0, 9)
	list, _, err := asking.List(t.Context(), read, true, false)
	if err != nil || len(list) != 1 || !list[0].Broken {
		t.Errorf("a promise that is over: %+v, %v", list, err)
	}
	if _, _, err := asking.Withdraw(t.Context(), d, []string{"q1"}, "x"); err == nil {
		t.Error("an answered question is withdrawn")
	}
	if _, err := asking.Ask(t.Context(), d, silent(&[]string{}), asking.Request{Findings: ids[1:], Owner: "hana", Due: "14d", Lang: locale.Japanese}); err != nil {
		t.Fatal(err)
	}
	if told, _, err := asking.Sent(t.Context(), d, []string{"q2"}); err != nil || told[0].Notified != 1 {
		t.Errorf("sent: %+v, %v", told, err)
	}
	if list, _, err := asking.Withdraw(t.Context(), d, []string{"q2"}, "x"); err != nil || list[0].Withdrawn == nil {
		t.Errorf("withdrawn: %+v, %v", list, err)
	}
	if list, err := asking.Waiting(t.Context(), read); err != nil || len(list) > 0 {
		t.Errorf("waiting: %+v, %v", list, err)
	}
}

// TestAnswer: what an owner accepts is suppressed, in the owner's name.
func TestAnswer(t *testing.T) {
	_, d, _, _ := house(t)
	if _, err := asking.Answer(t.Context(), d, "q1", asking.Reply{By: "hana", Choice: ask.Accept}); err == nil || !strings.Contains(err.Error(), "--until") {
		t.Errorf("without a day: %v", err)
	}
	reply := asking.Reply{By: "hana", Choice: ask.Accept, Until: "30d", Words: "it is public on purpose"}
	a, err := asking.Answer(t.Context(), d, "q1", reply)
	if err != nil || a.Records[0].Workflow != lifecycle.Suppressed || len(a.Exceptions) != 1 || a.Exceptions[0].ApprovedBy != "hana" || len(a.Notices) > 0 {
		t.Fatalf("%+v, %v", a, err)
	}
	if a, err = asking.Answer(t.Context(), d, "q1", reply); err != nil || !a.Same {
		t.Errorf("the same: %+v, %v", a, err)
	}
	if a, err = asking.Answer(t.Context(), d, "q1", asking.Reply{By: "hana", Choice: ask.Fix}); err != nil || a.Same || a.Before == nil || a.Before.Choice != ask.Accept {
		t.Errorf("another: %+v, %v", a, err)
	}
	if q, err := asking.Show(t.Context(), d, "q1"); err != nil || q.Answer.At.After(time.Now().AddDate(50, 0, 0)) {
		t.Errorf("%+v, %v", q, err)
	}
}
