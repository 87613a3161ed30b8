// Package storetest is what every store has to do: one suite that all adapters
// run, and what their tests have in common.
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

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
)

// Run holds stores to the contract. open returns a new, empty one, which it
// closes at the end of the test.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	for _, part := range []struct {
		name string
		run  func(*testing.T, store.Store)
	}{
		{"records", testRecords}, {"absent records", testAbsent}, {"many", testMany}, {"pages", testPages}, {"pages of many", testManyPages}, {"tags", testTags}, {"tags of many", testManyTags}, {"cursors", testCursors}, {"ids", testIDs},
		{"snapshot", testSnapshot}, {"two writers", testWriters}, {"rollback", testRollback}, {"readers beside a writer", testBeside},
		{"events", testEvents}, {"scans", testScans}, {"unseen", testUnseen}, {"states at a scan", testStatesAt},
		{"scores", testScores}, {"exceptions", testExceptions}, {"pages of exceptions", testExceptionPages}, {"counts", testCounts}, {"decisions at a time", testDecidedAt}, {"settings", testSettings}, {"owners", testOwners}, {"items", testItems}, {"questions", testQuestions}, {"sent questions", testSent}, {"runs", testRuns}, {"links", testLinks}, {"audit", testAudit},
		{"size", testSize},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(t, open(t)) })
	}
}

// Same tells whether two values are the same, nil and empty apart, and names
// the difference.
func Same(t testing.TB, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		if len(d) > 3000 {
			d = d[:3000] + "…"
		}
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func update(t testing.TB, s store.Store, do func(ctx context.Context, w store.Writer) error) {
	t.Helper()
	check(t, s.Update(t.Context(), func(w store.Writer) error { return do(t.Context(), w) }))
}

func view(t testing.TB, s store.Store, do func(ctx context.Context, r store.Reader) error) {
	t.Helper()
	check(t, s.View(t.Context(), func(r store.Reader) error { return do(t.Context(), r) }))
}

func insert(t testing.TB, s store.Store, list []lifecycle.Record) {
	t.Helper()
	update(t, s, func(ctx context.Context, w store.Writer) error { return w.Insert(ctx, list) })
}

func byID(a, b lifecycle.Record) int { return strings.Compare(a.ID, b.ID) }

func ids(list []lifecycle.Record) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = list[i].ID
	}
	return out
}

// kept holds what the store has to a list.
func kept(t testing.TB, s store.Store, want []lifecycle.Record) {
	t.Helper()
	view(t, s, func(ctx context.Context, r store.Reader) error {
		got, err := r.Records(ctx, ids(want))
		want = slices.SortedFunc(slices.Values(want), byID)
		slices.SortFunc(got, byID)
		Same(t, "records", got, want)
		n, countErr := r.Count(ctx, store.Filter{})
		Same(t, "count", n, len(want))
		return errors.Join(err, countErr)
	})
}

func testRecords(t *testing.T, s store.Store) {
	list := Records(1, 60)
	big := strings.Repeat("大きい\n", 100_000)
	list[0].Message.Args[0].Value, list[1].Tags, list[2].Resource.Name = big, map[string]string{"k": big}, big
	list[3].FirstSeen, list[3].Changed = time.Time{}, time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC)
	list[4].FirstSeen = time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC)
	insert(t, s, list)
	kept(t, s, list)

	zone := time.FixedZone("JST", 9*3600)
	for i := range list {
		other := Record(rand.New(rand.NewPCG(9, uint64(i))), 1000+i)
		other.ID, other.Resource = list[i].ID, list[i].Resource
		list[i] = other
	}
	given := slices.Clone(list)
	given[0].LastSeen = list[0].LastSeen.In(zone).Add(999 * time.Nanosecond)
	update(t, s, func(ctx context.Context, w store.Writer) error { return w.Replace(ctx, given) })
	kept(t, s, list)

	at := Start().Add(9999 * time.Hour)
	update(t, s, func(ctx context.Context, w store.Writer) error { return w.Touch(ctx, ids(list[:30]), at, 77) })
	for i := range list[:30] {
		list[i].LastSeen, list[i].LastScan = at, 77
	}
	kept(t, s, list)
}

// testAbsent writes what is not there, or is there already.
func testAbsent(t *testing.T, s store.Store) {
	list := Records(2, 20)
	insert(t, s, list[:10])
	for name, write := range map[string]func(ctx context.Context, w store.Writer) error{
		"insert again":       func(ctx context.Context, w store.Writer) error { return w.Insert(ctx, list[5:15]) },
		"replace the absent": func(ctx context.Context, w store.Writer) error { return w.Replace(ctx, list[5:15]) },
		"touch the absent":   func(ctx context.Context, w store.Writer) error { return w.Touch(ctx, ids(list[5:15]), Start(), 9) },
	} {
		err := s.Update(t.Context(), func(w store.Writer) error { return write(t.Context(), w) })
		var missing *store.NotFound
		if err == nil || name != "insert again" && (!errors.As(err, &missing) || missing.ID != list[10].ID || missing.What != "finding") {
			t.Errorf("%s: %v", name, err)
		}
		kept(t, s, list[:10])
	}
	view(t, s, func(ctx context.Context, r store.Reader) error {
		got, err := r.Records(ctx, []string{list[3].ID, list[13].ID, "", "no\x00such", "x' OR '1'='1"})
		Same(t, "those that exist", ids(got), []string{list[3].ID})
		return err
	})
	// Nothing to write is nothing wrong.
	update(t, s, func(ctx context.Context, w store.Writer) error {
		return errors.Join(w.Insert(ctx, nil), w.Replace(ctx, nil), w.Touch(ctx, nil, Start(), 1), w.AddEvents(ctx, nil), w.AddScores(ctx, nil))
	})
	// What no engine keeps is replaced in the same way by all.
	odd := list[15]
	odd.Resource.Name, odd.Tags = "a\x00b\xff\xfec", map[string]string{"\x00": "\xff"}
	insert(t, s, []lifecycle.Record{odd})
	odd.Resource.Name, odd.Tags = "a\ufffdb\ufffdc", map[string]string{"\ufffd": "\ufffd"}
	kept(t, s, append(list[:10:10], odd))
}

func testMany(t *testing.T, s store.Store) {
	list := Records(3, 1203)
	insert(t, s, list)
	for i := range list {
		list[i].Reopened, list[i].Workflow = i, lifecycle.Notified
	}
	update(t, s, func(ctx context.Context, w store.Writer) error {
		return errors.Join(w.Replace(ctx, list[:701]), w.Replace(ctx, list[701:]), w.Touch(ctx, ids(list), Start(), 5))
	})
	for i := range list {
		list[i].LastSeen, list[i].LastScan = Start(), 5
	}
	kept(t, s, list)
	view(t, s, func(ctx context.Context, r store.Reader) error {
		var got []lifecycle.Record
		err := r.Each(ctx, store.Filter{}, func(rec *lifecycle.Record) error {
			got = append(got, *rec)
			if len(got)%1000 == 1 { // a reader may be asked while it hands on
				_, err := r.History(ctx, rec.ID)
				return err
			}
			return nil
		})
		Same(t, "each", got, naive(list, store.Filter{}, store.BySeverity))
		stop := errors.New("enough")
		if err := r.Each(ctx, store.Filter{}, func(*lifecycle.Record) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("Each ended with %v", err)
		}
		return err
	})
}

// testPages compares pages under random filters, orders and limits with what a
// plain loop finds.
func testPages(t *testing.T, s store.Store) { pages(t, s, Records(4, 200), 80) }

// testManyPages has enough records for ways that are for many.
func testManyPages(t *testing.T, s store.Store) { pages(t, s, Records(4, 3600), 10) }

func pages(t *testing.T, s store.Store, all []lifecycle.Record, queries int) {
	t.Helper()
	insert(t, s, all)
	r := rand.New(rand.NewPCG(5, 5))
	view(t, s, func(ctx context.Context, reader store.Reader) error {
		for i := range queries {
			f, order := filter(r, all), pick(r, "", store.BySeverity, store.ByChanged, store.ByResource)
			want := naive(all, f, order)
			got, err := paged(ctx, reader, store.Query{Filter: f, Order: order, Limit: pick(r, 1, 2, 7, 100, 1000)}, len(want))
			if err != nil {
				return fmt.Errorf("%+v: %w", f, err)
			}
			Same(t, fmt.Sprintf("pages of %q, %+v", order, f), ids(got), ids(want))
			n, err := reader.Count(ctx, f)
			Same(t, fmt.Sprintf("count of %+v", f), n, len(want))
			groups, tallyErr := reader.Tally(ctx, f)
			counted := map[store.Group]int{}
			for _, g := range groups {
				n := g.N
				g.N = 0
				counted[g] = n
			}
			Same(t, fmt.Sprintf("tally of %+v", f), counted, tally(want))
			if err := errors.Join(err, tallyErr); err != nil {
				return err
			}
			if t.Failed() {
				t.Fatalf("at query %d", i)
			}
		}
		return nil
	})
}

// paged reads page after page; each but the last is full.
func paged(ctx context.Context, r store.Reader, q store.Query, want int) (all []lifecycle.Record, err error) {
	if want > 40*q.Limit {
		q.Limit = want/40 + 1 // one by one is for short lists
	}
	for {
		list, next, err := r.Page(ctx, q)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
		if next == "" {
			return all, nil
		}
		if len(list) != q.Limit || len(all) > want {
			return nil, fmt.Errorf("a page of %d, limit %d, %d so far", len(list), q.Limit, len(all))
		}
		q.After = next
	}
}

func testCursors(t *testing.T, s store.Store) {
	all := Records(6, 30)
	insert(t, s, all)
	view(t, s, func(ctx context.Context, r store.Reader) error {
		_, next, err := r.Page(ctx, store.Query{Limit: 3})
		for _, bad := range []store.Query{
			{Limit: 3, After: next, Order: store.ByChanged}, {Limit: 3, After: next + "x"}, {Limit: 3, After: "\x1b[2Jnot one"}, {Limit: 3, After: "W10"},
			{Limit: 3, After: "bnVsbA"}, {Limit: 3, After: next[:len(next)-4]}, {Limit: 3, Order: "size"},
		} {
			if _, _, err := r.Page(ctx, bad); err == nil || strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		return err
	})
	// A page goes on where the one before ended, even if that record is no longer there.
	view(t, s, func(ctx context.Context, r store.Reader) error {
		f := store.Filter{Workflows: []lifecycle.Workflow{lifecycle.New}}
		first, next, err := r.Page(ctx, store.Query{Filter: f, Limit: 3})
		if err != nil {
			return err
		}
		gone := first[2]
		gone.Workflow = lifecycle.Resolved
		update(t, s, func(ctx context.Context, w store.Writer) error { return w.Replace(ctx, []lifecycle.Record{gone}) })
		want := naive(all, f, "")[3:]
		view(t, s, func(ctx context.Context, r store.Reader) error {
			rest, _, err := r.Page(ctx, store.Query{Filter: f, Limit: 100, After: next})
			Same(t, "the rest", ids(rest), ids(want))
			return err
		})
		return nil
	})
}

func testIDs(t *testing.T, s store.Store) {
	all := Records(7, 100)
	insert(t, s, all)
	sorted := ids(slices.SortedFunc(slices.Values(all), byID))
	view(t, s, func(ctx context.Context, r store.Reader) error {
		for _, prefix := range []string{"", "a", "0", all[5].ID[:3], all[5].ID, all[5].ID + "0", "%", "*", "ÿ"} {
			got, err := r.IDs(ctx, prefix, 5)
			if err != nil {
				return err
			}
			var want []string
			for _, id := range sorted {
				if strings.HasPrefix(id, prefix) && len(want) < 5 {
					want = append(want, id)
				}
			}
			Same(t, "ids with "+prefix, got, want)
		}
		return nil
	})
}

func testSize(t *testing.T, s store.Store) {
	before, err := s.Size(t.Context())
	check(t, err)
	insert(t, s, Records(8, 1000))
	after, err := s.Size(t.Context())
	check(t, err)
	if after < before+1000*200 {
		t.Errorf("%d bytes, then %d", before, after)
	}
}
