package sqlstore

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// order is how pages are sorted: along an index of that name over columns, and
// what a record has in them.
type order struct {
	index   string
	columns []string
	down    bool
	key     func(*lifecycle.Record) []any
}

func orderOf(name store.Order) (order, bool) {
	switch name {
	case "", store.BySeverity:
		return order{"findings_severity", []string{"rank", "control", "account", "region", "resource", "id"}, false, func(r *lifecycle.Record) []any {
			return []any{rank(r.Effective()), r.Control, r.Resource.Account, r.Resource.Region, r.Resource.ID(), r.ID}
		}}, true
	case store.ByChanged:
		return order{"findings_changed", []string{"changed", "id"}, true, func(r *lifecycle.Record) []any {
			return []any{micros(r.Changed), r.ID}
		}}, true
	case store.ByResource:
		return order{"findings_resource", []string{"account", "region", "resource", "control", "id"}, false, func(r *lifecycle.Record) []any {
			return []any{r.Resource.Account, r.Resource.Region, r.Resource.ID(), r.Control, r.ID}
		}}, true
	}
	return order{}, false
}

// cursor writes where a page ended, as a text that only kumoban reads.
func (o *order) cursor(r *lifecycle.Record) (string, error) {
	data, err := json.Marshal(append([]any{o.index}, o.key(r)...))
	return base64.RawURLEncoding.EncodeToString(data), err
}

// parse reads what cursor wrote for the same order.
func (o *order) parse(after string) ([]any, error) {
	bad := locale.Errorf("store.cursor", locale.A("after", locale.Clean(after)))
	data, err := base64.RawURLEncoding.Strict().DecodeString(after)
	if err != nil {
		return nil, bad
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var key []any
	if err := d.Decode(&key); err != nil || d.More() || len(key) != len(o.columns)+1 || key[0] != any(o.index) {
		return nil, bad
	}
	key = key[1:]
	for i, like := range o.key(&lifecycle.Record{}) {
		if n, ok := key[i].(json.Number); ok {
			if key[i], err = n.Int64(); err != nil {
				return nil, bad
			}
		}
		if fmt.Sprintf("%T", key[i]) != fmt.Sprintf("%T", like) {
			return nil, bad
		}
	}
	return key, nil
}

// maxSteps bounds how many ranges of an index one page looks into, but for
// severities and controls, of which there are few.
const maxSteps = 512

// steps are the ranges of the order's index that hold all that the filter lets
// through, in order: the values of its first columns.
func (o *order) steps(f *store.Filter, pairs []pair) [][]any {
	steps := [][]any{nil}
	places := [][]string{f.Accounts, f.Regions}
	switch o.index {
	case "findings_changed":
		return steps
	case "findings_severity":
		// The index has controls as texts; a step each puts them as people count.
		pairs = slices.Clone(pairs)
		slices.SortFunc(pairs, func(a, b pair) int { return cmp.Or(cmp.Compare(a.rank, b.rank), control.Compare(a.control, b.control)) })
		steps = nil
		for _, p := range pairs {
			steps = append(steps, []any{p.rank, p.control})
		}
		if len(f.Accounts) == 0 {
			return steps
		}
	}
	for _, values := range places {
		values = slices.Compact(slices.Sorted(slices.Values(values)))
		if len(values) == 0 || len(steps)*len(values) > maxSteps {
			break
		}
		var longer [][]any
		for _, step := range steps {
			for _, v := range values {
				longer = append(longer, append(slices.Clip(step), text(v)))
			}
		}
		steps = longer
	}
	return steps
}

// Page implements [store.Reader].
func (r *Reader) Page(ctx context.Context, q store.Query) ([]lifecycle.Record, string, error) {
	o, ok := orderOf(q.Order)
	if !ok {
		return nil, "", locale.Errorf("store.order", locale.A("order", locale.Clean(string(q.Order))))
	}
	var after []any
	if q.After != "" {
		var err error
		if after, err = o.parse(q.After); err != nil {
			return nil, "", err
		}
	}
	q.Limit = max(q.Limit, 1)
	if err := r.plan(ctx, r.d.Found); err != nil {
		return nil, "", err
	}
	where, pairs, err := r.where(ctx, &q.Filter)
	if err != nil {
		return nil, "", err
	}
	found, rare, err := r.narrow(ctx, &q.Filter, where)
	if err != nil {
		return nil, "", err
	}
	steps := o.steps(&q.Filter, pairs)
	if rare {
		r.only(where, found)
		steps, o.index = [][]any{nil}, ""
	} else if err := r.plan(ctx, r.d.Along); err != nil {
		return nil, "", err
	}
	list, err := r.collect(ctx, &o, where, steps, after, q.Limit+1)
	if err == nil {
		err = r.plan(ctx, r.d.Anyhow)
	}
	if err != nil {
		return nil, "", err
	}
	if len(list) <= q.Limit {
		return list, "", nil
	}
	o, _ = orderOf(q.Order)
	next, err := o.cursor(&list[q.Limit-1])
	return list[:q.Limit], next, err
}

// plan tells the engine how to plan the next queries.
func (r *Reader) plan(ctx context.Context, how string) error {
	if how == "" {
		return nil
	}
	_, err := r.c.Exec(ctx, how, nil)
	return err
}

// collect walks step after step until there are so many records.
func (r *Reader) collect(ctx context.Context, o *order, where *condition, steps [][]any, after []any, limit int) (list []lifecycle.Record, err error) {
	for _, step := range steps {
		side := 0
		if after != nil {
			side = o.compare(step, after)
		}
		if side < 0 {
			continue
		}
		more, err := r.walk(ctx, o, where, step, after, side == 0, limit-len(list))
		if err != nil {
			return nil, err
		}
		if list = append(list, more...); len(list) >= limit {
			break
		}
	}
	return list, nil
}

// walk reads one step's records in order, those after a key alone where it lies
// within the step.
func (r *Reader) walk(ctx context.Context, o *order, where *condition, step, after []any, within bool, limit int) ([]lifecycle.Record, error) {
	c := &condition{sql: slices.Clip(where.sql), args: slices.Clip(where.args)}
	for i, v := range step {
		c.add("f."+o.columns[i]+" = ?", v)
	}
	var sorts sorting
	if slices.Contains(o.columns[len(step):], "control") {
		var err error
		if sorts, err = r.sorting(ctx); err != nil {
			return nil, err
		}
	}
	query, rest, end := r.d.Queries["records"], o.columns[len(step):], c
	if o.index == "" {
		// All are collected before the key counts: where it is, an engine might
		// walk along an index all the same.
		query, end = strings.Replace(r.d.Queries["collected"], "{apart}", r.d.Apart, 1), &condition{}
	}
	list, order := sorts.columns(rest)
	if after != nil && within {
		end.add("("+strings.Join(list, ", ")+") "+map[bool]string{false: ">", true: "<"}[o.down]+
			" (?"+strings.Repeat(", ?", len(rest)-1)+")", slices.Concat(order, sorts.key(rest, after[len(step):]))...)
	}
	down := ""
	if o.down {
		down = " DESC"
	}
	query, args := c.with(query), c.args
	if end != c {
		query, args = strings.Replace(query, "{after}", end.String(), 1), append(args, end.args...)
	}
	query = strings.Replace(query, "findings f", "findings f"+r.d.Use(o.index), 1) +
		" ORDER BY " + strings.Join(list, down+", ") + down + " LIMIT ?"
	return r.records(ctx, query, slices.Concat(args, order, []any{int64(limit)}))
}

// sorting sorts by controls as people count, which no column does: the controls
// that the store knows, in that order.
type sorting []string

func (r *Reader) sorting(ctx context.Context) (sorting, error) {
	list, _, err := r.pairs(ctx, &store.Filter{})
	var all sorting
	for _, p := range list {
		all = append(all, p.control)
	}
	slices.SortFunc(all, control.Compare)
	return slices.Compact(all), err
}

// columns are what a page is sorted by, and the arguments in it.
func (s sorting) columns(names []string) (list []string, args []any) {
	for _, name := range names {
		if name != "control" || len(s) == 0 {
			list = append(list, "f."+name)
			continue
		}
		var b strings.Builder
		b.WriteString("CASE f.control")
		for i, id := range s {
			fmt.Fprintf(&b, " WHEN ? THEN %d", 2*i)
			args = append(args, id)
		}
		list = append(list, b.String()+" ELSE "+strconv.Itoa(2*len(s))+" END")
	}
	return list, args
}

// key is where a page ended, in the values of columns.
func (s sorting) key(names []string, after []any) []any {
	after = slices.Clone(after)
	for i, name := range names {
		if id, ok := after[i].(string); ok && name == "control" && len(s) > 0 {
			at, known := slices.BinarySearchFunc(s, id, control.Compare)
			after[i] = int64(2 * at)
			if !known {
				after[i] = int64(2*at - 1) // between two
			}
		}
	}
	return after
}

// compare tells where a step lies: before a key, around it (0) or after it.
func (o *order) compare(step, key []any) int {
	for i, v := range step {
		var c int
		switch v := v.(type) {
		case int64:
			k, _ := key[i].(int64)
			c = int(v - k)
		case string:
			k, _ := key[i].(string)
			c = strings.Compare(v, k)
			if o.columns[i] == "control" {
				c = control.Compare(v, k)
			}
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

// batch is how many records are held while they are handed on.
const batch = 1000

// Each implements [store.Reader]. No query is open while do runs.
func (r *Reader) Each(ctx context.Context, f store.Filter, do func(*lifecycle.Record) error) error {
	q := store.Query{Filter: f, Limit: batch}
	for {
		list, next, err := r.Page(ctx, q)
		if err != nil {
			return err
		}
		for i := range list {
			if err := do(&list[i]); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		q.After = next
	}
}
