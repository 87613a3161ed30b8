package sqlstore

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/store"
)

// condition is a part of a WHERE.
type condition struct {
	sql    []string
	args   []any
	tagged *condition // what of it an index of tags leads to
}

func (c *condition) add(sql string, args ...any) {
	c.sql, c.args = append(c.sql, sql), append(c.args, args...)
}

func (c *condition) String() string {
	if len(c.sql) == 0 {
		return "1 = 1"
	}
	return strings.Join(c.sql, " AND ")
}

// with puts the condition into a query.
func (c *condition) with(query string) string {
	return strings.Replace(query, "{where}", c.String(), 1)
}

// in lets through rows whose column is one of some values.
func in[T any](c *condition, column string, values []T, arg func(T) any) {
	if len(values) == 0 {
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = arg(v)
	}
	c.add(column+" IN (?"+strings.Repeat(", ?", len(values)-1)+")", args...)
}

func word[T ~string](v T) any { return string(v) }

// excepted says it as an index can: not being equal is no range.
const excepted = "f.exception > ''"

// assigned says so likewise.
const assigned = "f.assignee > ''"

// pair is a severity and a control that some record has, or had.
type pair struct {
	rank    int64
	control string
}

// pairs are those that the filter lets through.
func (r *Reader) pairs(ctx context.Context, f *store.Filter) (list []pair, all bool, err error) {
	all = true
	err = r.query(ctx, r.d.Queries["pairs"], nil, func(row Row) error {
		var p pair
		if err := row.Scan(&p.rank, &p.control); err != nil {
			return err
		}
		if len(f.Controls) > 0 && !slices.ContainsFunc(f.Controls, func(glob string) bool { return control.Match(glob, p.control) }) ||
			len(f.Severities) > 0 && !slices.ContainsFunc(f.Severities, func(s control.Severity) bool { return rank(s) == p.rank }) {
			all = false
			return nil
		}
		list = append(list, p)
		return nil
	})
	return list, all, err
}

// where turns a filter into conditions. Controls are matched here, for there
// are few, and the engine gets their names.
func (r *Reader) where(ctx context.Context, f *store.Filter) (*condition, []pair, error) {
	c := &condition{}
	list, all, err := r.pairs(ctx, f)
	if err != nil {
		return nil, nil, err
	}
	if !all {
		var ranks []int64
		var names []string
		for _, p := range list {
			ranks, names = append(ranks, p.rank), append(names, p.control)
		}
		if len(list) == 0 {
			c.add("1 = 0")
		}
		slices.Sort(ranks)
		slices.Sort(names)
		in(c, "f.rank", slices.Compact(ranks), func(n int64) any { return n })
		if len(f.Controls) > 0 && len(names) > 0 {
			c.add(fmt.Sprintf(r.d.Within, "f.control"), r.list(slices.Compact(names)))
		}
	}
	in(c, "f.status", f.Statuses, func(s control.Status) any { return int64(s) })
	in(c, "f.workflow", f.Workflows, word)
	in(c, "f.state", f.States, word)
	if len(f.Accounts) > 0 {
		r.within(c, "f.account", f.Accounts)
	}
	if len(f.Regions) > 0 {
		r.within(c, "f.region", f.Regions)
	}
	in(c, "f.type", f.Types, word)
	in(c, "f.source", f.Sources, word)
	r.resources(c, f.Resources)
	if err := r.tags(ctx, c, f.Tags); err != nil {
		return nil, nil, err
	}
	if !f.Since.IsZero() {
		c.add("f.changed >= ?", micros(f.Since))
	}
	if len(f.Assignees) > 0 {
		in(c, "f.assignee", f.Assignees, word)
	}
	if f.Exception != nil {
		c.add(map[bool]string{true: excepted, false: "f.exception = ''"}[*f.Exception])
	}
	return c, list, nil
}

// within takes one value apart: an engine then knows that it is one.
func (r *Reader) within(c *condition, column string, values []string) {
	if len(values) == 1 {
		c.add(column+" = ?", values[0])
		return
	}
	c.add(fmt.Sprintf(r.d.Within, column), r.list(values))
}

func (r *Reader) list(values []string) any {
	clean := make([]string, len(values))
	for i, v := range values {
		clean[i] = text(v)
	}
	return r.d.List(clean)
}

func (r *Reader) resources(c *condition, globs []string) {
	var any []string
	for _, glob := range globs {
		for _, column := range []string{"f.resource", "f.address", "f.name"} {
			if strings.ContainsAny(glob, "*?") {
				any = append(any, fmt.Sprintf(r.d.Like, column))
				c.args = append(c.args, r.d.Pattern(glob))
			} else {
				any = append(any, column+" = ?")
				c.args = append(c.args, glob)
			}
		}
	}
	if any != nil {
		c.sql = append(c.sql, "("+strings.Join(any, " OR ")+")")
	}
}
