package sqlstore

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/store"
)

// few is how many records are collected and sorted rather than met on a walk
// along an order's index. What is more frequent than that is met soon enough.
const few = 2000

// way leads to all records that a part of the filter lets through: each
// condition along an index of its own, "" where it is no use.
type way []struct {
	index string
	condition
}

// ways are those that an index leads.
func (r *Reader) ways(f *store.Filter, where *condition) (all []way) {
	if w := r.byName(f.Resources); w != nil {
		all = append(all, w)
	}
	add := func(index string, c condition) {
		all = append(all, way{{index, c}})
	}
	if f.Exception != nil && *f.Exception {
		add("findings_excepted", condition{sql: []string{excepted}})
	}
	if len(f.Assignees) > 0 && !slices.Contains(f.Assignees, "") {
		c := condition{sql: []string{assigned}}
		in(&c, "f.assignee", f.Assignees, word)
		add("findings_assignee", c)
	}
	if where.tagged != nil {
		add("findings_tagset", *where.tagged)
	}
	if len(f.Workflows) > 0 {
		var c condition
		in(&c, "f.workflow", f.Workflows, word)
		in(&c, "f.state", f.States, word)
		in(&c, "f.status", f.Statuses, func(s control.Status) any { return int64(s) })
		add("findings_state", c)
	}
	if !f.Since.IsZero() {
		add("findings_changed", condition{sql: []string{"f.changed >= ?"}, args: []any{micros(f.Since)}})
	}
	return all
}

// byName leads to resources of which each pattern says how the name begins, or
// through all names where those are at hand.
func (r *Reader) byName(globs []string) (w way) {
	for _, glob := range globs {
		begin := beginning(glob)
		// An index that holds names whole can be read through; another is no use.
		// That of addresses has no empty ones.
		if glob == "" || begin == "" && r.d.Key != "%s" {
			return nil
		}
		for _, by := range [...]struct{ index, column string }{
			{"findings_id", "f.resource"}, {"findings_name", "f.name"}, {"findings_address", "f.address"},
		} {
			key := strings.Replace(r.d.Key, "%s", by.column, 1)
			c := condition{sql: []string{key + " >= ?", key + " < ?"}, args: []any{begin, begin + "\U0010ffff"}}
			if by.column == "f.address" {
				c.add("f.address <> ''") // the index has no others
			}
			c.add(fmt.Sprintf(r.d.Like, by.column), r.d.Pattern(glob))
			w = append(w, way{{by.index, c}}...)
		}
	}
	return w
}

// keyLength is how many characters of a name the index of an engine has at least.
const keyLength = 200

// beginning is what comes before a pattern's first wildcard, as far as an index knows it.
func beginning(glob string) string {
	if i := strings.IndexAny(glob, "*?"); i >= 0 {
		glob = glob[:i]
	}
	if runes := []rune(text(glob)); len(runes) >= keyLength {
		return string(runes[:keyLength-1])
	}
	return text(glob)
}

// narrow finds the records of the first way that leads to few, by number; ok
// is false where none does.
func (r *Reader) narrow(ctx context.Context, f *store.Filter, where *condition) (found []int64, ok bool, err error) {
	for _, w := range r.ways(f, where) {
		found = nil
		for _, part := range w {
			query := strings.Replace(part.with(r.d.Queries["narrow"]), "findings f", "findings f"+r.d.Use(part.index), 1)
			err := r.query(ctx, query, append(slices.Clip(part.args), int64(few+1)), func(row Row) error {
				var seq int64
				err := row.Scan(&seq)
				found = append(found, seq)
				return err
			})
			if err != nil {
				return nil, false, err
			}
			if len(found) > few {
				break
			}
		}
		if len(found) <= few {
			return found, true, nil
		}
	}
	return nil, false, nil
}

// only adds that a record is one of those.
func (r *Reader) only(c *condition, found []int64) {
	c.add(fmt.Sprintf(r.d.Within, "f.seq"), r.d.Numbers(found))
}
