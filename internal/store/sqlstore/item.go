package sqlstore

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/store"
)

// itemTable is where items of a kind are.
func itemTable(k store.ItemKind) string {
	if k.Vouched() {
		return "items"
	}
	return "work"
}

func (r *Reader) items(ctx context.Context, k store.ItemKind, c *condition, order string, limit int64) (list []store.Item, err error) {
	query := c.with(strings.Replace(r.d.Queries["items"], "{items}", itemTable(k), 1)) + order + " LIMIT ?"
	err = r.query(ctx, query, append(c.args, limit), func(row Row) error {
		var i store.Item
		var due int64
		var doc string
		err := row.Scan(&i.Kind, &i.ID, &i.State, &i.About, &due, &doc)
		i.Due, i.Doc = moment(due), []byte(doc)
		list = append(list, i)
		return err
	})
	return list, err
}

// Item implements [store.Reader].
func (r *Reader) Item(ctx context.Context, kind store.ItemKind, id string) (store.Item, error) {
	c := &condition{}
	c.add("kind = ? AND id = ?", string(kind), text(id))
	list, err := r.items(ctx, kind, c, "", 1)
	if err != nil || len(list) == 0 {
		return store.Item{}, missing(err, "item."+string(kind), id)
	}
	return list[0], nil
}

// Items implements [store.Reader].
func (r *Reader) Items(ctx context.Context, q store.ItemQuery) ([]store.Item, error) {
	c := &condition{}
	c.add("kind = ?", string(q.Kind))
	in(c, "state", q.States, word)
	if q.About != "" {
		c.add("about = ?", text(q.About))
	}
	if !q.DueBy.IsZero() {
		c.add("due <= ?", micros(q.DueBy))
	}
	if q.After != nil {
		than := ">"
		if q.Down {
			than = "<"
		}
		c.add("(due, id) "+than+" (?, ?)", micros(q.After.Due), text(q.After.ID))
	}
	order, limit := " ORDER BY due, id", int64(math.MaxInt64)
	if q.Down {
		order = " ORDER BY due DESC, id DESC"
	}
	if q.Limit > 0 {
		limit = int64(q.Limit)
	}
	return r.items(ctx, q.Kind, c, order, limit)
}

// PutItem implements [store.Writer].
func (w *Writer) PutItem(ctx context.Context, i store.Item) error {
	table := itemTable(i.Kind)
	query := strings.Replace(w.d.Queries["putItem"], "{items}", table, 1)
	return w.put(ctx, table, query, string(i.Kind), i.ID, i.State, i.About, micros(i.Due), string(i.Doc))
}

// DropItems implements [store.Writer].
func (w *Writer) DropItems(ctx context.Context, kind store.ItemKind, state string, before time.Time) (int64, error) {
	if kind.Vouched() {
		return 0, fmt.Errorf("items of kind %s are kept", kind)
	}
	return w.exec(ctx, "dropWork", string(kind), state, micros(before))
}
