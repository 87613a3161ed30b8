package keep_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
)

func lines(list ...ask.Listing) (out []ask.Line) {
	for i, l := range list {
		out = append(out, ask.Line{Listing: l, Number: i + 2})
	}
	return out
}

// TestImportOwners: a directory is written whole or not at all, a dry run writes
// nothing, and the audit log tells what changed.
func TestImportOwners(t *testing.T) {
	h := newHouse(t)
	account := ask.Listing{Account: "111122223333", Team: "a"}
	stack := ask.Listing{Stack: "shop", Team: "b", Contact: ask.Contact{Address: "b@example.com", Channel: "mail"}}
	moved := stack
	moved.Address = "c@example.com"
	for i, c := range []struct {
		list []ask.Listing
		want keep.Imported
	}{
		{[]ask.Listing{account, stack}, keep.Imported{Added: 2}},
		{[]ask.Listing{stack, account}, keep.Imported{Same: 2}},
		{[]ask.Listing{moved}, keep.Imported{Changed: 1, Removed: 1}},
		{[]ask.Listing{account, moved}, keep.Imported{Added: 1, Same: 1}},
	} {
		before := h.state()
		dry, _, err := h.ImportOwners(t.Context(), lines(c.list...), true)
		if err != nil || dry != c.want || h.state() != before {
			t.Errorf("%d dry: %+v, want %+v, %v", i, dry, c.want, err)
		}
		got, head, err := h.ImportOwners(t.Context(), lines(c.list...), false)
		if err != nil || got != c.want || (head.Action == "owners.import") != (c.want.Added+c.want.Changed+c.want.Removed > 0) {
			t.Errorf("%d: %+v, want %+v, %+v %v", i, got, c.want, head, err)
		}
		if n := len(h.owners()); n != len(c.list) {
			t.Errorf("%d: %d owners", i, n)
		}
		h.whole()
	}
	before := h.state()
	_, _, err := h.ImportOwners(t.Context(), lines(account, ask.Listing{Stack: "x"}), false)
	h.refused("an owner without a name", err, before)
	if len(h.owners()) != 2 || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("%v %v", h.owners(), err)
	}
}

func (h *house) owners() (list []ask.Listing) {
	h.t.Helper()
	err := h.Store.View(h.t.Context(), func(r store.Reader) (err error) {
		list, err = r.Owners(h.t.Context())
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return list
}

// TestOwnerOf: the directory comes before tags, tags before the stack, and what
// waits without any of them is missing.
func TestOwnerOf(t *testing.T) {
	h := newHouse(t)
	const stackTag = "aws:cloudformation:stack-name"
	of := func(api string, status control.Status, tags map[string]string) lifecycle.Observation {
		o := sees(api, status)
		o.Tags = tags
		return o
	}
	all := []lifecycle.Observation{
		of("listed", control.Failed, map[string]string{"env": "dev", "Owner": "x"}), of("tagged", control.Failed, map[string]string{"Owner": "x", stackTag: "s"}),
		of("stacked", control.Failed, map[string]string{stackTag: "s"}), of("nobody", control.Failed, nil), of("unread", control.Unknown, nil), of("fine", control.Passed, nil), of("let be", control.Failed, nil),
	}
	h.save(h.look(), all...)
	h.suppress(all[6], 30)
	if _, _, err := h.ImportOwners(t.Context(), lines(ask.Listing{Tags: map[string]string{"env": "dev"}, Team: "dev team", Contact: ask.Contact{Lang: "ja"}}), false); err != nil {
		t.Fatal(err)
	}
	var missing []string
	err := h.Store.View(t.Context(), func(r store.Reader) error {
		owner, err := h.OwnerOf(t.Context(), r)
		if err != nil {
			return err
		}
		for i, want := range []ask.Candidate{
			{Owner: "dev team", From: "directory", Contact: ask.Contact{Lang: "ja"}}, {Owner: "x", From: "tag:Owner"}, {Owner: "s", From: "stack"}, {},
		} {
			records, err := r.Records(t.Context(), []string{all[i].ID()})
			if err != nil {
				return err
			}
			if got := owner(&records[0]); got != want {
				t.Errorf("%s: %+v, want %+v", records[0].Resource.Name, got, want)
			}
		}
		return h.EachUnowned(t.Context(), r, func(r *lifecycle.Record) error {
			missing = append(missing, r.Resource.Name)
			return nil
		})
	})
	slices.Sort(missing)
	if err != nil || fmt.Sprint(missing) != "[nobody/prod unread/prod]" {
		t.Errorf("%v %v", missing, err)
	}
}

// TestSent: what was asked about is NOTIFIED once the question went out, but for
// what somebody decided otherwise; to say it again changes nothing.
func TestSent(t *testing.T) {
	h := newHouse(t)
	fresh, let, closed, gone := sees("fresh", control.Failed), sees("let be", control.Failed), sees("closed", control.Failed), sees("gone", control.Unknown)
	h.save(h.look(), fresh, let, closed, gone)
	h.question(fresh, let, closed, gone)
	h.suppress(let, 30)
	if _, err := h.Resolve(t.Context(), []string{closed.ID()}, ""); err != nil {
		t.Fatal(err)
	}
	h.save(h.look(), fresh, let, closed)
	h.is(fresh, "FAILED NEW ACTIVE")
	told, head, err := h.Sent(t.Context(), []string{"Q1", "q1"})
	if err != nil || len(told) != 1 || told[0].Before || told[0].Notified != 1 || told[0].Question.Sent == nil || told[0].Question.Sent.By != "kei" || head.Action != "ask.sent" || head.Subject != "q1" {
		t.Fatalf("%+v %+v %v", told, head, err)
	}
	h.is(fresh, "FAILED NOTIFIED ACTIVE")
	h.is(let, "FAILED SUPPRESSED ACTIVE")
	h.is(closed, "FAILED RESOLVED ACTIVE")
	h.is(gone, "NOT_APPLICABLE NEW ARCHIVED")
	events := h.history(fresh.ID())
	if last := events[len(events)-1]; last.Kind != lifecycle.EventWorkflow || last.To != "NOTIFIED" || last.By != "kei" || last.Reason != "q1" {
		t.Errorf("%+v", last)
	}
	entries := h.entriesOf(fresh.ID())
	if last := entries[len(entries)-1]; last.Action != "notify" || !strings.Contains(last.Detail, `"question":"q1"`) {
		t.Errorf("%+v", last)
	}
	h.whole()
	before := h.state()
	told, head, err = h.Sent(t.Context(), []string{"q1"})
	if err != nil || !told[0].Before || told[0].Notified != 0 || head.Seq != 0 || h.state() != before {
		t.Errorf("again: %+v %+v %v", told, head, err)
	}
	_, _, err = h.Sent(t.Context(), []string{"q9"})
	h.refused("an unknown question", err, before)
	// Asked anew after it came back, the same finding is NOTIFIED again.
	h.save(h.look(), sees("fresh", control.Passed))
	h.save(h.look(), fresh)
	h.is(fresh, "FAILED NEW ACTIVE")
	h.question(fresh)
	if told, _, err = h.Sent(t.Context(), []string{"q2"}); err != nil || told[0].Notified != 1 {
		t.Errorf("%+v %v", told, err)
	}
	h.is(fresh, "FAILED NOTIFIED ACTIVE")
}

func (h *house) entriesOf(subject string) (out []struct{ Action, Detail string }) {
	h.t.Helper()
	err := h.Store.View(h.t.Context(), func(r store.Reader) error {
		list, err := r.AuditOf(context.WithoutCancel(h.t.Context()), subject)
		for _, e := range list {
			out = append(out, struct{ Action, Detail string }{e.Action, e.Detail})
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}
