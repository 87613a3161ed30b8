package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

func absent(t testing.TB, err error, what, id string) {
	t.Helper()
	var missing *store.NotFound
	if !errors.As(err, &missing) || missing.What != what || missing.ID != id {
		t.Errorf("%v, want that there is no %s %s", err, what, id)
	}
}

func testEvents(t *testing.T, s store.Store) {
	list := Records(30, 2)
	insert(t, s, list)
	events := []lifecycle.Event{
		{Finding: list[0].ID, At: Start(), Kind: lifecycle.EventCompliance, From: "FAILED", To: "PASSED", By: lifecycle.ByScan, Scan: 3},
		{Finding: list[1].ID, At: Start(), Kind: lifecycle.EventNote, To: strings.Repeat("長い", 500_000), By: "山田 <a@b>\x1b[0m", Reason: "\"x\"\n'y'"},
		{Finding: list[0].ID, At: Start(), Kind: lifecycle.EventWorkflow, From: "NEW", To: "NOTIFIED", By: "x"}, // the same time: the order of adding counts
		{Finding: list[0].ID, At: Start().Add(-time.Hour), Kind: lifecycle.EventExcepted, To: "ex-1"},
	}
	update(t, s, func(ctx context.Context, w store.Writer) error {
		return errors.Join(w.AddEvents(ctx, events[:3]), w.AddEvents(ctx, events[3:]))
	})
	view(t, s, func(ctx context.Context, r store.Reader) error {
		none, err4 := r.LastNotes(ctx, []string{list[0].ID, "nobody"})
		Same(t, "no note", none, []lifecycle.Event(nil))
		notes, err5 := r.LastNotes(ctx, []string{list[0].ID, list[1].ID, list[1].ID})
		Same(t, "the last notes", notes, events[1:2])
		a, err := r.History(ctx, list[0].ID)
		Same(t, "history", a, []lifecycle.Event{events[0], events[2], events[3]})
		b, err2 := r.History(ctx, list[1].ID)
		Same(t, "history", b, events[1:2])
		_, err3 := r.History(ctx, "nobody")
		absent(t, err3, "finding", "nobody")
		return errors.Join(err, err2, err4, err5)
	})
	testLastNotes(t, s)
	// An event of nothing would never be seen again.
	if err := s.Update(t.Context(), func(w store.Writer) error {
		return w.AddEvents(t.Context(), []lifecycle.Event{{Finding: "nobody", Kind: lifecycle.EventNote}})
	}); err == nil {
		t.Error("an event of a finding that is not there was kept")
	}
}

// testLastNotes asks about more records than fit one question, of which some
// have several notes, and some none.
func testLastNotes(t *testing.T, s store.Store) {
	list := Records(34, 2300)
	insert(t, s, list)
	want := map[string]string{}
	update(t, s, func(ctx context.Context, w store.Writer) error {
		var events []lifecycle.Event
		for i := range list {
			for n := range i % 4 {
				kind := []lifecycle.EventKind{lifecycle.EventNote, lifecycle.EventNote, lifecycle.EventAsked}[n]
				e := lifecycle.Event{Finding: list[i].ID, At: Start(), Kind: kind, Reason: fmt.Sprint(i, " ", n), By: "x"}
				if events = append(events, e); kind == lifecycle.EventNote {
					want[e.Finding] = e.Reason
				}
			}
		}
		return w.AddEvents(ctx, events)
	})
	view(t, s, func(ctx context.Context, r store.Reader) error {
		got := map[string]string{}
		notes, err := r.LastNotes(ctx, ids(list))
		for _, e := range notes {
			got[e.Finding] = e.Reason
		}
		Same(t, "last notes", got, want)
		Same(t, "how many", len(notes), len(want))
		return err
	})
}

func testScans(t *testing.T, s store.Store) {
	gap := resource.Gap{
		Scope: resource.Scope{Partition: "aws", Account: "111122223333", Region: "us-east-1"}, Name: "dev", Parent: Records(31, 1)[0].Resource,
		Hides: []resource.Type{resource.AccountType}, Call: "apigateway:GetStages", Code: "AccessDenied", Message: "no \"way\"\n",
	}
	scan := store.Scan{
		Started: Start(), Ended: Start().Add(time.Minute), Source: lifecycle.SourceLive, Version: "0.4.0", Incomplete: "interrupted",
		Accounts: []resource.Account{{Partition: "aws", ID: "111122223333", Name: "注文", Caller: "arn:aws:iam::111122223333:user/x", Regions: []string{"us-east-1"}}},
		Controls: []string{"APIGateway.1"}, Gaps: []resource.Gap{gap}, Findings: 12,
		Kind: store.KindVerify, Looked: []string{"ab", "cd"},
	}
	for i := range 3 {
		update(t, s, func(ctx context.Context, w store.Writer) error {
			id, err := w.AddScan(ctx, scan)
			Same(t, "id", id, int64(i+1))
			return err
		})
	}
	view(t, s, func(ctx context.Context, r store.Reader) error {
		all, err := r.Scans(ctx, 0)
		two, err2 := r.Scans(ctx, 2)
		want := []store.Scan{scan, scan, scan}
		want[0].ID, want[1].ID, want[2].ID = 3, 2, 1
		Same(t, "scans", all, want)
		Same(t, "two scans", two, want[:2])
		one, err3 := r.Scan(ctx, 2)
		Same(t, "scan", one, want[1])
		_, err4 := r.Scan(ctx, 4)
		absent(t, err4, "scan", "4")
		return errors.Join(err, err2, err3)
	})
}

// testUnseen also writes while it is handed records, more than fit one batch.
func testUnseen(t *testing.T, s store.Store) {
	list := Records(32, 1900)
	at, other := resource.Scope{Partition: "aws", Account: "111122223333", Region: "us-east-1"}, resource.Scope{Partition: "aws", Account: "111122223333", Region: "eu-central-1"}
	var want []string
	for i := range list {
		r := &list[i]
		r.Resource.Scope, r.State, r.Source = at, lifecycle.Active, lifecycle.SourceLive
		r.LastScan = int64(4 + i%5/4) // one of five was seen by scan 5
		switch {
		case i%7 == 0:
			r.Resource.Scope = other
		case i%11 == 0:
			r.State = lifecycle.Archived
		case i%13 == 0:
			r.Source = "infra"
		case i%17 == 0:
			r.Resource.Partition = "aws-cn"
		case r.LastScan != 5:
			want = append(want, r.ID)
		}
	}
	insert(t, s, list)
	update(t, s, func(ctx context.Context, w store.Writer) error {
		var got []string
		err := w.Unseen(ctx, lifecycle.SourceLive, at, 5, func(r *lifecycle.Record) error {
			got = append(got, r.ID)
			if len(got)%3 != 0 {
				return nil
			}
			r.State, r.Resource.Name = lifecycle.Archived, "gone"
			return w.Replace(ctx, []lifecycle.Record{*r})
		})
		slices.Sort(got)
		slices.Sort(want)
		Same(t, "unseen", got, want)
		n, countErr := w.Count(ctx, store.Filter{Resources: []string{"gone"}, States: []lifecycle.State{lifecycle.Archived}})
		Same(t, "archived", n, len(want)/3)
		return errors.Join(err, countErr)
	})
}

// testStatesAt walks random histories and remembers what was after each scan.
func testStatesAt(t *testing.T, s store.Store) {
	r := rand.New(rand.NewPCG(33, 33))
	list := Records(33, 120)
	var after [][]store.StateAt
	var known []lifecycle.Record
	for scan := int64(1); scan <= 5; scan++ {
		update(t, s, func(ctx context.Context, w store.Writer) error {
			id, err := w.AddScan(ctx, store.Scan{})
			fresh := list[(scan-1)*24 : scan*24]
			for i := range fresh {
				fresh[i].FirstScan = id
			}
			err = errors.Join(err, change(ctx, w, r, known, id), w.Insert(ctx, fresh))
			known = append(known, fresh...)
			return err
		})
		var now []store.StateAt
		for i := range known {
			k := &known[i]
			now = append(now, store.StateAt{Finding: k.ID, Control: k.Control, Resource: k.Resource, Status: k.Status, State: k.State, Severity: k.Effective()})
		}
		slices.SortFunc(now, func(a, b store.StateAt) int { return strings.Compare(a.Finding, b.Finding) })
		after = append(after, now)
		// What people do between two scans belongs to neither.
		update(t, s, func(ctx context.Context, w store.Writer) error { return change(ctx, w, r, known, 0) })
	}
	view(t, s, func(ctx context.Context, reader store.Reader) error {
		for i := range after {
			for _, f := range []store.Filter{{}, {Statuses: []control.Status{control.Failed}}, {States: []lifecycle.State{lifecycle.Archived}}, {Accounts: []string{"111122223333"}}} {
				var want, got []store.StateAt
				for _, at := range after[i] {
					if listed(f.Statuses, at.Status) && listed(f.States, at.State) && listed(f.Accounts, at.Resource.Account) {
						want = append(want, at)
					}
				}
				for at, err := range reader.StatesAt(ctx, int64(i+1), f) {
					if err != nil {
						return err
					}
					got = append(got, at)
				}
				Same(t, fmt.Sprintf("scan %d, %+v", i+1, f), got, want)
			}
		}
		for _, err := range reader.StatesAt(ctx, 99, store.Filter{}) {
			absent(t, err, "scan", "99")
		}
		return nil
	})
}

// change gives some records another status or state, with events, twice.
func change(ctx context.Context, w store.Writer, r *rand.Rand, known []lifecycle.Record, scan int64) error {
	for range 2 {
		var events []lifecycle.Event
		for i := range known {
			k := &known[i]
			if was := k.Status; r.IntN(3) == 0 {
				k.Status = pick(r, control.Unknown, control.Passed, control.Failed, control.NotApplicable)
				events = append(events, lifecycle.Event{Finding: k.ID, Kind: lifecycle.EventCompliance, From: was.String(), To: k.Status.String(), Scan: scan})
			}
			if was := k.State; r.IntN(5) == 0 {
				k.State = pick(r, lifecycle.Active, lifecycle.Archived)
				events = append(events, lifecycle.Event{Finding: k.ID, Kind: lifecycle.EventState, From: string(was), To: string(k.State), Scan: scan},
					lifecycle.Event{Finding: k.ID, Kind: lifecycle.EventWorkflow, From: "NEW", To: "NOTIFIED"})
			}
		}
		if err := errors.Join(w.Replace(ctx, known), w.AddEvents(ctx, events)); err != nil {
			return err
		}
	}
	return nil
}

func testScores(t *testing.T, s store.Store) {
	var all []store.Score
	for i := range 40 {
		all = append(all, store.Score{
			Scan: int64(i / 4), At: Start().Add(time.Duration(i/4) * time.Hour), Partition: "aws", Account: fmt.Sprint(i / 2 % 2), Region: fmt.Sprint(i % 2),
			Passed: i, Failed: 1, Unknown: 2, NoData: 3, Disabled: 4, Known: 367,
		})
	}
	update(t, s, func(ctx context.Context, w store.Writer) error {
		return errors.Join(w.AddScores(ctx, all[20:]), w.AddScores(ctx, all[:20]))
	})
	view(t, s, func(ctx context.Context, r store.Reader) error {
		got, err := r.Scores(ctx, time.Time{})
		Same(t, "scores", got, all)
		got, err2 := r.Scores(ctx, all[8].At)
		Same(t, "scores since", got, all[8:])
		return errors.Join(err, err2)
	})
}

func testExceptions(t *testing.T, s store.Store) {
	var all []lifecycle.Exception
	for i := range 6 {
		all = append(all, lifecycle.Exception{
			ID: fmt.Sprintf("ex-%d", i), Finding: fmt.Sprint(i % 2), Reason: "理由\n" + strings.Repeat("x", i*200_000), Until: Start().Add(time.Duration(10-i) * time.Hour),
			By: "a", ApprovedBy: "b", Question: "q", CreatedAt: Start().Add(time.Duration(i) * time.Second),
		})
	}
	all[1].Until = time.Time{}
	all[3].While = []string{"tag env=a,b", "no custom domain"}
	all[1].While, all[1].UnreadSince, all[1].Unread, all[1].UnreadWhy = []string{"no tag x"}, Start().Add(5*time.Hour+time.Minute-lifecycle.UnreadFor), "no tag x", "a:B C"
	all[2].While = []string{"A.B=1"}
	all[2].EndedAt, all[2].EndedBy = Start(), lifecycle.ByTime
	update(t, s, func(ctx context.Context, w store.Writer) error {
		for i := range all {
			once := all[i]
			once.Reason, once.EndedBy = "before", "nobody"
			if err := errors.Join(w.PutException(ctx, once), w.PutException(ctx, all[i])); err != nil {
				return err
			}
		}
		return nil
	})
	view(t, s, func(ctx context.Context, r store.Reader) error {
		one, err := r.Exception(ctx, "ex-2")
		Same(t, "exception", one, all[2])
		some, err4 := r.Exceptions(ctx, []string{"ex-5", "ex-9", "ex-1"})
		slices.SortFunc(some, func(a, b lifecycle.Exception) int { return strings.Compare(a.ID, b.ID) })
		Same(t, "exceptions", some, []lifecycle.Exception{all[1], all[5]})
		_, none := r.Exception(ctx, "ex-9")
		absent(t, none, "exception", "ex-9")
		of, err2 := r.ExceptionsOf(ctx, "0")
		Same(t, "of a finding", of, []lifecycle.Exception{all[0], all[2], all[4]})
		until, err3 := r.ExceptionsUntil(ctx, all[3].Until)
		Same(t, "until", until, []lifecycle.Exception{all[5], all[1], all[4]})
		var resting []lifecycle.Exception
		err5 := r.Conditioned(ctx, func(list []lifecycle.Exception) error {
			resting = append(resting, list...)
			return nil
		})
		Same(t, "conditioned", resting, []lifecycle.Exception{all[1], all[3]})
		err2 = errors.Join(err2, err5)
		return errors.Join(err, err2, err3, err4)
	})
	testProposals(t, s)
}

// testProposals keeps what waits for an approver out of what is in force.
func testProposals(t *testing.T, s store.Store) {
	waits := lifecycle.Exception{ID: "p-1", Finding: "0", Reason: "later", Until: Start().Add(time.Minute), By: "kei", CreatedAt: Start(), Proposal: true}
	refused := waits
	refused.ID, refused.EndedAt, refused.EndedBy = "p-2", Start().Add(time.Second), "hana"
	for _, approved := range []bool{false, true} {
		if approved {
			waits.ApprovedBy, waits.ApprovedAt = "hana", Start().Add(time.Second)
		}
		update(t, s, func(ctx context.Context, w store.Writer) error {
			return errors.Join(w.PutException(ctx, waits), w.PutException(ctx, refused))
		})
		view(t, s, func(ctx context.Context, r store.Reader) error {
			one, err := r.Exception(ctx, "p-1")
			Same(t, "proposal", one, waits)
			list, err2 := r.Proposals(ctx)
			until, err3 := r.ExceptionsUntil(ctx, waits.Until.Add(time.Second))
			Same(t, "it waits", len(list), map[bool]int{false: 1}[approved])
			Same(t, "it is in force", slices.ContainsFunc(until, func(e lifecycle.Exception) bool { return e.ID == "p-1" }), approved)
			return errors.Join(err, err2, err3)
		})
	}
}

func testSettings(t *testing.T, s store.Store) {
	update(t, s, func(ctx context.Context, w store.Writer) error {
		return errors.Join(w.PutSetting(ctx, "b", "1"), w.PutSetting(ctx, "a", "Asia/Tokyo"), w.PutSetting(ctx, "b", "2"))
	})
	view(t, s, func(ctx context.Context, r store.Reader) error {
		got, err := r.Settings(ctx)
		Same(t, "settings", got, map[string]string{"a": "Asia/Tokyo", "b": "2"})
		return err
	})
}

func testQuestions(t *testing.T, s store.Store) {
	var all []ask.Question
	for i := range 5 {
		all = append(all, ask.Question{
			ID: fmt.Sprintf("q-%d", i), Findings: []string{"b", "a", fmt.Sprint(i)}, Owner: "山田", OwnerFrom: "tag:Owner", Due: Start().Add(time.Duration(i) * time.Hour),
			Lang: locale.Japanese, AskedBy: "x", AskedAt: Start().Add(time.Duration(-i) * time.Hour), Channel: "slack", Text: "変更して\nよいですか?",
		})
	}
	answer := &ask.Answer{By: "y", At: Start(), Choice: ask.Accept, Until: Start().Add(time.Hour), Words: "はい\x00", RecordedBy: "z"}
	update(t, s, func(ctx context.Context, w store.Writer) error {
		var err error
		for _, q := range all {
			err = errors.Join(err, w.PutQuestion(ctx, q))
		}
		all[1].Answer, all[1].Findings = answer, []string{"1"}
		return errors.Join(err, w.PutQuestion(ctx, all[1]))
	})
	view(t, s, func(ctx context.Context, r store.Reader) error {
		one, err := r.Question(ctx, "q-1")
		Same(t, "question", one, all[1])
		_, none := r.Question(ctx, "q-9")
		absent(t, none, "question", "q-9")
		for _, c := range []struct {
			f    store.QuestionFilter
			want []ask.Question
		}{
			{store.QuestionFilter{}, []ask.Question{all[4], all[3], all[2], all[1], all[0]}},
			{store.QuestionFilter{Open: true}, []ask.Question{all[4], all[3], all[2], all[0]}},
			{store.QuestionFilter{Open: true, DueBy: all[3].Due}, []ask.Question{all[2], all[0]}},
			{store.QuestionFilter{Finding: "a"}, []ask.Question{all[4], all[3], all[2], all[0]}},
			{store.QuestionFilter{Finding: "1"}, []ask.Question{all[1]}},
			{store.QuestionFilter{Finding: "x"}, nil},
		} {
			got, err := r.Questions(ctx, c.f)
			Same(t, fmt.Sprintf("%+v", c.f), got, c.want)
			if err != nil {
				return err
			}
		}
		return err
	})
}

func testRuns(t *testing.T, s store.Store) {
	var all []store.Run
	for i := range 3 {
		all = append(all, store.Run{
			ID: fmt.Sprintf("run-%d", i), Digest: "d", Findings: []string{"z", "a", fmt.Sprint(i)}, State: "begun", By: "x",
			Started: Start().Add(time.Duration(i) * time.Hour), Updated: Start(), Plan: []byte("{\"a\":\x00\xff}"), Journal: []byte("j\n"),
		})
	}
	update(t, s, func(ctx context.Context, w store.Writer) error {
		var err error
		for _, r := range all {
			err = errors.Join(err, w.PutRun(ctx, r))
		}
		all[0].State, all[0].Findings, all[0].Journal = "done", []string{"z"}, []byte(strings.Repeat("line\n", 30_000))
		return errors.Join(err, w.PutRun(ctx, all[0]))
	})
	view(t, s, func(ctx context.Context, r store.Reader) error {
		one, err := r.Run(ctx, "run-0")
		Same(t, "run", one, all[0])
		_, none := r.Run(ctx, "run-9")
		absent(t, none, "run", "run-9")
		for i := range all {
			all[i].Plan, all[i].Journal = nil, nil
		}
		got, err2 := r.Runs(ctx, "")
		Same(t, "runs", got, []store.Run{all[2], all[1], all[0]})
		got, err3 := r.Runs(ctx, "a")
		Same(t, "runs of a", got, []store.Run{all[2], all[1]})
		return errors.Join(err, err2, err3)
	})
}

func testAudit(t *testing.T, s store.Store) {
	view(t, s, func(ctx context.Context, r store.Reader) error {
		head, err := r.Head(ctx)
		Same(t, "head of nothing", head, audit.Entry{})
		return err
	})
	var all []audit.Entry
	update(t, s, func(ctx context.Context, w store.Writer) error {
		for i := range 1100 {
			e, err := w.Append(ctx, audit.Entry{
				At: Start().Add(time.Duration(i)*time.Nanosecond + 999), Actor: "山田\x00\xff", Action: "suppress", Subject: fmt.Sprint(i % 3), Reason: "'\"\n", Detail: `{"a":1}`,
			})
			if err != nil {
				return err
			}
			all = append(all, e)
		}
		return nil
	})
	Whole(t, s, 1100)
	view(t, s, func(ctx context.Context, r store.Reader) error {
		head, err := r.Head(ctx)
		Same(t, "head", head, all[1099])
		of, err2 := r.AuditOf(ctx, "1")
		Same(t, "of a subject", len(of), 367)
		Same(t, "of a subject", of[0], all[1])
		var got []audit.Entry
		for e, err := range r.Audit(ctx, 1099) {
			if err != nil {
				return err
			}
			got = append(got, e)
		}
		Same(t, "from", got, all[1098:])
		for range r.Audit(ctx, 1) {
			break // and nothing stays open
		}
		return errors.Join(err, err2)
	})
}
