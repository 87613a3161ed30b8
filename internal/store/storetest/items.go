package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/store"
)

// testItems: items come back whole, in the order in which they are due, and only work
// is forgotten.
func testItems(t *testing.T, s store.Store) {
	item := func(kind store.ItemKind, id, state, about string, hours int) store.Item {
		return store.Item{Kind: kind, ID: id, State: state, About: about, Due: Start().Add(time.Duration(hours) * time.Hour), Doc: []byte(`{"n": "花 ` + id + `"}`)}
	}
	for _, kind := range []store.ItemKind{store.ItemSchedule, store.ItemJob} {
		a, b, c := item(kind, "a", "open", "q1", 3), item(kind, "b", "open", "q2", 1), item(kind, "c", "done", "q1", 2)
		other := item(store.ItemLink, "a", "open", "q1", 0)
		former := a
		former.State, former.Doc = "done", []byte(`{}`)
		update(t, s, func(ctx context.Context, w store.Writer) error {
			return errors.Join(w.PutItem(ctx, former), w.PutItem(ctx, other), w.PutItem(ctx, c), w.PutItem(ctx, b), w.PutItem(ctx, a))
		})
		view(t, s, func(ctx context.Context, r store.Reader) error {
			one, err := r.Item(ctx, kind, "a")
			Same(t, "item", one, a)
			for _, q := range []struct {
				store.ItemQuery
				want []store.Item
			}{
				{store.ItemQuery{}, []store.Item{b, c, a}},
				{store.ItemQuery{Down: true, Limit: 2}, []store.Item{a, c}},
				{store.ItemQuery{States: []string{"open"}}, []store.Item{b, a}},
				{store.ItemQuery{States: []string{"open", "done"}, About: "q1"}, []store.Item{c, a}},
				{store.ItemQuery{DueBy: c.Due}, []store.Item{b, c}},
				{store.ItemQuery{After: &b}, []store.Item{c, a}},
				{store.ItemQuery{After: &a, Down: true}, []store.Item{c, b}},
				{store.ItemQuery{About: "none"}, nil},
			} {
				q.Kind = kind
				list, failed := r.Items(ctx, q.ItemQuery)
				Same(t, "items", list, q.want)
				err = errors.Join(err, failed)
			}
			var gone *store.NotFound
			if _, failed := r.Item(ctx, kind, "z"); !errors.As(failed, &gone) || gone.What != "item."+string(kind) {
				t.Errorf("%v", failed)
			}
			return err
		})
	}
	dropped := int64(0)
	update(t, s, func(ctx context.Context, w store.Writer) (err error) {
		if _, failed := w.DropItems(ctx, store.ItemSchedule, "open", Start().Add(time.Hour*9)); failed == nil {
			t.Error("what the audit log vouches for was forgotten")
		}
		dropped, err = w.DropItems(ctx, store.ItemJob, "open", Start().Add(2*time.Hour))
		return err
	})
	view(t, s, func(ctx context.Context, r store.Reader) error {
		left, err := r.Items(ctx, store.ItemQuery{Kind: store.ItemJob})
		if dropped != 1 || len(left) != 2 {
			t.Errorf("%d dropped, left %+v", dropped, left)
		}
		return err
	})
	if list, _ := Differences(t, s); len(list) > 0 {
		t.Errorf("%+v", list)
	}
}
