package storetest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

// counted is what naive makes of a count of one resource.
type counted struct {
	Account, Region, Resource string
	N                         int
	By                        string
}

func spelled(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

func by(m map[store.Graded]int) string {
	var parts []string
	for g, n := range m {
		parts = append(parts, fmt.Sprintf("%s %s %d", g.Severity, g.Status, n))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// testCounts holds counts to those that are made one by one.
func testCounts(t *testing.T, s store.Store) {
	list := Records(41, 400)
	insert(t, s, list)
	r := rand.New(rand.NewPCG(41, 41))
	view(t, s, func(ctx context.Context, reader store.Reader) error {
		all, err := reader.Records(ctx, ids(list)) // as they are stored
		if err != nil {
			return err
		}
		for range 40 {
			f := filter(r, list)
			want := naive(all, f, store.BySeverity)
			if err := errors.Join(resources(ctx, t, reader, f, want), alike(ctx, t, reader, f, want)); err != nil {
				return fmt.Errorf("%+v: %w", f, err)
			}
			got := []string{}
			err := reader.EachID(ctx, f, func(id string) error { got = append(got, id); return nil })
			known := append([]string{}, ids(want)...)
			slices.Sort(known)
			slices.Sort(got)
			Same(t, fmt.Sprintf("ids of %+v", f), got, known)
			if err != nil || t.Failed() {
				return err
			}
		}
		_, _, _, err = reader.Resources(ctx, store.Filter{}, "x", 1)
		if err == nil {
			t.Error("a mark of nothing is taken")
		}
		return nil
	})
}

func resources(ctx context.Context, t *testing.T, reader store.Reader, f store.Filter, records []lifecycle.Record) error {
	t.Helper()
	type key struct{ account, region, id string }
	count := map[key]map[store.Graded]int{}
	for i := range records {
		rec := &records[i]
		k := key{rec.Resource.Account, rec.Resource.Region, rec.Resource.ID()}
		if count[k] == nil {
			count[k] = map[store.Graded]int{}
		}
		count[k][store.Graded{Severity: rec.Effective(), Status: rec.Status}]++
	}
	var want, got []counted
	for k, m := range count {
		one := counted{k.account, k.region, k.id, 0, by(m)}
		for _, n := range m {
			one.N += n
		}
		want = append(want, one)
	}
	slices.SortFunc(want, func(a, b counted) int {
		return cmp.Or(b.N-a.N, strings.Compare(a.Account, b.Account), strings.Compare(a.Region, b.Region), strings.Compare(a.Resource, b.Resource))
	})
	for after := ""; ; {
		page, next, total, err := reader.Resources(ctx, f, after, 30)
		if err != nil {
			return err
		}
		Same(t, "how many resources", total, len(want))
		for i := range page {
			ref := &page[i].Resource
			got = append(got, counted{ref.Account, ref.Region, ref.ID(), page[i].N, by(page[i].By)})
		}
		if after = next; after == "" {
			break
		}
	}
	Same(t, fmt.Sprintf("resources of %+v", f), got, want)
	return nil
}

func alike(ctx context.Context, t *testing.T, reader store.Reader, f store.Filter, records []lifecycle.Record) error {
	t.Helper()
	for _, apart := range []bool{false, true} {
		want, got := map[string]int{}, map[string]int{}
		name := func(a *store.Alike) string {
			ref := a.Resource
			ref.Partition, ref.Region, ref.Type = "", "", ""
			return fmt.Sprint(a.Account, spelled(a.Tags), a.Severity, a.Status, spelled(ref))
		}
		for i := range records {
			rec := &records[i]
			one := &store.Alike{Account: rec.Resource.Account, Tags: rec.Tags, Resource: rec.Resource, Graded: store.Graded{Severity: rec.Effective(), Status: rec.Status}}
			if !apart {
				one.Resource = resource.Ref{}
			}
			want[name(one)]++
		}
		err := reader.Alike(ctx, f, apart, func(a *store.Alike) error { got[name(a)] += a.N; return nil })
		if err != nil {
			return err
		}
		Same(t, fmt.Sprintf("alike of %+v, apart: %v", f, apart), got, want)
	}
	return nil
}

// testDecidedAt: the last change of a workflow and of a severity by a time is told, of
// what a filter lets through.
func testDecidedAt(t *testing.T, s store.Store) {
	list := Records(42, 3)
	insert(t, s, list)
	event := func(record int, hour int, kind lifecycle.EventKind, to string) lifecycle.Event {
		return lifecycle.Event{Finding: list[record].ID, At: Start().Add(time.Duration(hour) * time.Hour), Kind: kind, To: to, By: "kei"}
	}
	events := []lifecycle.Event{
		event(0, 1, lifecycle.EventWorkflow, "NOTIFIED"), event(0, 2, lifecycle.EventWorkflow, "SUPPRESSED"), event(0, 2, lifecycle.EventSeverity, "LOW"),
		event(1, 2, lifecycle.EventWorkflow, "RESOLVED"), event(1, 3, lifecycle.EventNote, ""), event(0, 4, lifecycle.EventWorkflow, "NEW"), event(2, 4, lifecycle.EventWorkflow, "NOTIFIED"),
	}
	update(t, s, func(ctx context.Context, w store.Writer) error { return w.AddEvents(ctx, events) })
	view(t, s, func(ctx context.Context, r store.Reader) error {
		early, err := r.DecidedAt(ctx, Start(), store.Filter{})
		Same(t, "before all", len(early), 0)
		then, err2 := r.DecidedAt(ctx, Start().Add(3*time.Hour), store.Filter{})
		Same(t, "after three hours", then, []lifecycle.Event{events[1], events[2], events[3]})
		one, err3 := r.DecidedAt(ctx, Start().Add(4*time.Hour), store.Filter{Resources: []string{list[0].Resource.ID()}, Controls: []string{list[0].Control}})
		Same(t, "of one", one, []lifecycle.Event{events[2], events[5]})
		return errors.Join(err, err2, err3)
	})
}

// testExceptionPages: each state has its own pages, in its own order.
func testExceptionPages(t *testing.T, s store.Store) {
	list := Records(43, 4)
	for i := range list {
		list[i].Resource.Account = []string{"111122223333", "444455556666"}[i%2]
	}
	insert(t, s, list)
	hour := func(n int) time.Time { return Start().Add(time.Duration(n) * time.Hour) }
	var all []lifecycle.Exception
	add := func(name string, record int, change func(*lifecycle.Exception)) {
		e := lifecycle.Exception{ID: name, Finding: list[record].ID, Reason: "x", Until: hour(50), By: "kei", CreatedAt: hour(len(all))}
		change(&e)
		all = append(all, e)
	}
	add("in-1", 0, func(e *lifecycle.Exception) { e.Until = hour(30) })
	add("in-2", 1, func(e *lifecycle.Exception) { e.Until = time.Time{} })
	add("in-3", 2, func(e *lifecycle.Exception) { e.Proposal, e.ApprovedAt, e.Until = true, hour(9), hour(20) })
	add("asked-1", 3, func(e *lifecycle.Exception) { e.Proposal = true })
	add("asked-2", 0, func(e *lifecycle.Exception) { e.Proposal = true })
	add("over-1", 0, func(e *lifecycle.Exception) { e.EndedAt, e.EndedBy = hour(10), "kei" })
	add("over-2", 1, func(e *lifecycle.Exception) { e.EndedAt, e.EndedBy = hour(12), lifecycle.ByTime })
	add("over-3", 2, func(e *lifecycle.Exception) { e.EndedAt, e.EndedBy, e.Proposal = hour(11), "mina", true })
	update(t, s, func(ctx context.Context, w store.Writer) error {
		var err error
		for _, e := range all {
			err = errors.Join(err, w.PutException(ctx, e))
		}
		return err
	})
	account := store.Filter{Accounts: []string{"111122223333"}}
	view(t, s, func(ctx context.Context, r store.Reader) error {
		for _, c := range []struct {
			q    store.ExceptionQuery
			want string
		}{
			{store.ExceptionQuery{State: store.ExceptionProposed}, "asked-1 asked-2"},
			{store.ExceptionQuery{State: store.ExceptionInForce}, "in-3 in-1 in-2"},
			{store.ExceptionQuery{State: store.ExceptionEnded}, "over-2 over-3 over-1"},
			{store.ExceptionQuery{State: store.ExceptionInForce, Filter: account}, "in-3 in-1"},
			{store.ExceptionQuery{State: store.ExceptionEnded, Filter: store.Filter{Controls: []string{"nothing.*"}}}, ""},
			{store.ExceptionQuery{At: hour(8)}, "in-1 over-1 over-2 in-2"},
			{store.ExceptionQuery{At: hour(11)}, "in-3 in-1 over-2 in-2"},
			{store.ExceptionQuery{At: hour(40)}, "in-2"},
		} {
			var got []string
			for c.q.Limit = 1; ; {
				page, err := r.ExceptionsPage(ctx, c.q)
				if err != nil {
					return err
				}
				for _, e := range page.List {
					got = append(got, e.ID)
				}
				Same(t, fmt.Sprintf("how many of %+v", c.q), page.Total, len(strings.Fields(c.want)))
				if c.q.After = page.Next; c.q.After == "" {
					break
				}
			}
			c.q.After = ""
			Same(t, fmt.Sprintf("pages of %+v", c.q), strings.Join(got, " "), c.want)
		}
		first, err := r.ExceptionsPage(ctx, store.ExceptionQuery{State: store.ExceptionInForce, Limit: 3})
		Same(t, "one of a page", first.List[0], all[2])
		if _, other := r.ExceptionsPage(ctx, store.ExceptionQuery{State: store.ExceptionEnded, After: "x", Limit: 1}); other == nil {
			t.Error("a mark of nothing is taken")
		}
		return err
	})
}
