package sqlstore

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kumoban/kumoban/internal/lifecycle"
)

// knownSets is how many numbers of tag sets a writer remembers.
const knownSets = 50_000

// tagged is what is stored of a record's tags: nil and nil where they were never read.
type tagged struct{ tags, set any }

// tagged gives each record's tags the number of their set, a new one where no
// record has, or had, the same tags.
func (w *Writer) tagged(ctx context.Context, records []lifecycle.Record) ([]tagged, error) {
	list := make([]tagged, len(records))
	wanted := map[string]bool{}
	if len(w.sets) > knownSets {
		clear(w.sets)
	}
	for i := range records {
		tags, err := writeTags(records[i].Tags)
		if err != nil {
			return nil, err
		}
		list[i].tags = tags
		if doc, ok := tags.(string); ok && w.sets[doc] == 0 {
			wanted[doc] = true
		}
	}
	if err := w.learn(ctx, slices.Sorted(maps.Keys(wanted))); err != nil {
		return nil, err
	}
	for i := range list {
		if doc, ok := list[i].tags.(string); ok {
			list[i].set = w.sets[doc]
		}
	}
	return list, nil
}

// learn looks up the numbers of sets, and adds those that are not there.
func (w *Writer) learn(ctx context.Context, docs []string) error {
	for chunk := range slices.Chunk(docs, batch) {
		err := w.query(ctx, w.d.Queries["tagsets"], []any{w.d.List(chunk)}, func(row Row) error {
			var at int
			var id int64
			if err := row.Scan(&at, &id); err != nil {
				return err
			}
			w.sets[chunk[at]] = id
			return nil
		})
		if err != nil {
			return err
		}
	}
	docs = slices.DeleteFunc(docs, func(doc string) bool { return w.sets[doc] != 0 })
	if len(docs) == 0 {
		return nil
	}
	last, err := w.number(ctx, "lastTagset")
	if err != nil {
		return err
	}
	for _, table := range tagTables(docs, last+1) {
		err := w.bulk.Insert(ctx, table.Name, table.Columns, len(table.Rows), func(i int, v []any) error {
			copy(v, table.Rows[i])
			return nil
		})
		if err != nil {
			return err
		}
	}
	for i, doc := range docs {
		w.sets[doc] = last + 1 + int64(i)
	}
	return nil
}

// tagTables are the rows of new sets, numbered from first on.
func tagTables(docs []string, first int64) []RawTable {
	sets := RawTable{Name: "tagsets", Columns: []string{"id", "tags"}}
	tags := RawTable{Name: "tagset_tags", Columns: []string{"name", "value", "tagset"}}
	for i, doc := range docs {
		id := first + int64(i)
		sets.Rows = append(sets.Rows, []any{id, doc})
		set, _ := readTags(&doc) // writeTags made it
		for name, value := range set {
			tags.Rows = append(tags.Rows, []any{name, value, id})
		}
	}
	return []RawTable{sets, tags}
}

// tags lets through records that have all of some tags: those of few sets by
// the numbers of the sets, which are a way, too.
func (r *Reader) tags(ctx context.Context, c *condition, tags map[string]string) error {
	var sets []int64
	for _, name := range slices.Sorted(maps.Keys(tags)) {
		list, ok, err := r.having(ctx, name, tags[name])
		if err != nil {
			return err
		}
		switch {
		case !ok:
			c.add(r.d.Tag, name, r.d.Pattern(tags[name]))
		case c.tagged == nil:
			c.tagged, sets = &condition{}, list
		default:
			sets = slices.DeleteFunc(sets, func(id int64) bool { return !slices.Contains(list, id) })
		}
	}
	if c.tagged != nil {
		c.tagged.add(fmt.Sprintf(r.d.Within, "f.tagset"), r.d.Numbers(sets))
		c.add(c.tagged.sql[0], c.tagged.args...)
	}
	return nil
}

// having finds the sets with a tag; ok is false where they are not few, or
// where no index knows the name.
func (r *Reader) having(ctx context.Context, name, glob string) (sets []int64, ok bool, err error) {
	if name = text(name); utf8.RuneCountInString(name) >= keyLength {
		return nil, false, nil
	}
	c := &condition{}
	key := func(column string) string { return strings.Replace(r.d.Key, "%s", column, 1) }
	c.add(key("t.name")+" = ?", name)
	begin := beginning(glob)
	if begin == text(glob) {
		c.add(key("t.value")+" = ?", begin) // no wildcard, and no longer than the index knows
	} else {
		if begin != "" {
			c.add(key("t.value")+" >= ?", begin)
			c.add(key("t.value")+" < ?", begin+"\U0010ffff")
		}
		c.add(fmt.Sprintf(r.d.Like, "t.value"), r.d.Pattern(glob))
	}
	err = r.query(ctx, c.with(r.d.Queries["having"]), append(c.args, int64(few+1)), func(row Row) error {
		var id int64
		err := row.Scan(&id)
		sets = append(sets, id)
		return err
	})
	return sets, len(sets) <= few, err
}
