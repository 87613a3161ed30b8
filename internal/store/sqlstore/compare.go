package sqlstore

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/store"
)

// Compare implements [store.Reader]: it reads what every entry of the audit log
// wrote, in order, and holds the tables to it.
func (r *Reader) Compare(ctx context.Context, do func(store.Difference) error) (store.Compared, error) {
	c := newComparison(r, do)
	if err := c.sealedParts(ctx); err != nil {
		return c.out, err
	}
	for e, err := range r.Audit(ctx, 1) {
		if err == nil {
			err = c.entry(ctx, &e)
		}
		if err != nil {
			return c.out, err
		}
	}
	if err := c.leftParts(); err != nil {
		return c.out, err
	}
	if err := c.restOfEvents(ctx); err != nil {
		return c.out, err
	}
	for _, t := range sealedTables() {
		if t.name != "events" {
			if err := c.table(ctx, t); err != nil {
				return c.out, err
			}
		}
	}
	err := c.derived(ctx)
	return c.out, err
}

// known is a row as entries wrote it last.
type known struct {
	fields []string
	entry  int64
}

type comparison struct {
	*Reader
	do     func(store.Difference) error
	out    store.Compared
	tables map[string]*sealed
	rows   map[string]map[string]known // by table and key, but events
	parts  map[int64]int64             // how many parts entries have, of those not read yet
	events events
	moved  map[string]*moving // findings that changed in the entry, by id
	facts  facts
}

func newComparison(r *Reader, do func(store.Difference) error) *comparison {
	c := &comparison{Reader: r, do: do, tables: tablesByName(), rows: map[string]map[string]known{}, parts: map[int64]int64{}, moved: map[string]*moving{}, facts: newFacts()}
	c.events.table = c.tables["events"]
	for name := range c.tables {
		c.rows[name] = map[string]known{}
	}
	return c
}

func (c *comparison) differ(d store.Difference) error {
	c.out.Differences++
	return c.do(d)
}

func (c *comparison) sealedParts(ctx context.Context) error {
	return c.query(ctx, c.d.Queries["sealedParts"], nil, func(row Row) error {
		var entry, part int64
		err := row.Scan(&entry, &part)
		c.parts[entry]++
		return err
	})
}

// leftParts names what is kept of entries that wrote nothing, or are not there.
func (c *comparison) leftParts() error {
	for _, entry := range slices.Sorted(maps.Keys(c.parts)) {
		if err := c.lost(entry); err != nil {
			return err
		}
	}
	return nil
}

func (c *comparison) lost(entry int64) error {
	return c.differ(store.Difference{Sort: store.Lost, Table: "sealed", ID: decimal(entry), Entry: entry})
}

// entry goes through what an entry wrote.
func (c *comparison) entry(ctx context.Context, e *audit.Entry) error {
	if e.Action == store.Vouched {
		if c.out.Since > 0 || c.out.Rows > 0 {
			if err := c.differ(store.Difference{Sort: store.Anew, Table: "audit", ID: decimal(e.Seq), Entry: e.Seq}); err != nil {
				return err
			}
		}
		c.out.Since, c.out.SinceAt = e.Seq, e.At
	}
	if e.Rows == "" {
		return nil
	}
	n := c.parts[e.Seq]
	delete(c.parts, e.Seq)
	sum := sha256.New()
	whole := true
	for part := int64(1); part <= n; part++ { // told only once all are known to be as they were
		data, err := c.part(ctx, e.Seq, part)
		if err != nil {
			return err
		}
		whole = whole && data != nil
		sum.Write(data)
	}
	if !whole || hex.EncodeToString(sum.Sum(nil)) != e.Rows {
		return c.lost(e.Seq)
	}
	for part := int64(1); part <= n; part++ {
		data, err := c.part(ctx, e.Seq, part)
		if err != nil {
			return err
		}
		if err := c.lines(ctx, e.Seq, data); err != nil {
			return err
		}
	}
	return c.unexplained(e.Seq)
}

// part reads a part of what an entry wrote; nil where it is not there or not as
// it was written.
func (c *comparison) part(ctx context.Context, entry, part int64) (lines []byte, err error) {
	var data []byte
	if _, err := c.one(ctx, c.d.Queries["sealed"], []any{entry, part}, &data); err != nil {
		return nil, err
	}
	z := flate.NewReader(bytes.NewReader(data))
	lines, err = io.ReadAll(io.LimitReader(z, mostLines))
	if err != nil {
		return nil, nil //nolint:nilerr // that is what a part is that was changed
	}
	return lines, nil
}

// mostLines bounds what a part may grow to: a bulk of the biggest rows is far less.
const mostLines = 1 << 30

func (c *comparison) lines(ctx context.Context, entry int64, data []byte) error {
	for len(data) > 0 {
		l, rest, ok := cutLine(c.tables, data)
		if !ok {
			return c.lost(entry)
		}
		data = rest
		c.out.Rows++
		if err := c.line(ctx, entry, &l); err != nil {
			return err
		}
	}
	return nil
}

func (c *comparison) line(ctx context.Context, entry int64, l *line) error {
	if l.table.name == "events" {
		if err := c.explain(entry, l); err != nil {
			return err
		}
		return c.event(ctx, known{l.fields, entry})
	}
	rows, key := c.rows[l.table.name], l.key()
	was, again := rows[key]
	rows[key] = known{l.fields, entry}
	if !again {
		return nil
	}
	if l.table.name == "findings" {
		c.move(was.fields, l.fields)
	}
	return c.rewritten(l.table, was, known{l.fields, entry})
}

// rewritten names columns that no kumoban changes when it writes a row again:
// somebody else had changed them before.
func (c *comparison) rewritten(t *sealed, was, is known) error {
	for i := range is.fields {
		f := t.field(i)
		before, after := was.fields[i], is.fields[i]
		changed := before != after
		switch f.stays {
		case free:
			changed = false
		case once:
			changed = changed && before != "" && before != decimal(never())
		case between:
			changed = changed && before != decimal(never()) && after != decimal(never())
		case answer:
			changed = changed && slices.ContainsFunc(docChanges(f.name, before, after, "Answer"), func(c docChange) bool {
				added := slices.ContainsFunc([]string{".Sent.", ".Withdrawn.", ".Remarks."}, func(name string) bool { return strings.HasPrefix(c.path, f.name+name) })
				return c.was != "" || !added
			})
		}
		if !changed {
			continue
		}
		if err := c.differ(c.difference(store.Between, t, f, was, is)); err != nil {
			return err
		}
	}
	return nil
}

// difference is one in a column between what the log and what the row has.
func (c *comparison) difference(sort store.Sort, t *sealed, f *column, log, row known) store.Difference {
	at := slices.Index(t.fields(), f.name)
	d := store.Difference{
		Sort: sort, Table: t.name, ID: t.id(log.fields), Column: f.name, Log: f.shown(log.fields[at]), Row: f.shown(row.fields[at]),
		Entry: max(log.entry, row.entry), About: t.about(log.fields, row.fields),
	}
	return d
}

// id is the key of a row as people read it.
func (t *sealed) id(fields []string) string {
	var parts []string
	for i := range t.key {
		f := t.field(i)
		if s := f.shown(fields[i]); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " ")
}

// table holds the rows of a table to what entries wrote.
func (c *comparison) table(ctx context.Context, t *sealed) error {
	rows := c.rows[t.name]
	err := c.Reader.rows(ctx, t, func(row sealedRow) error {
		if err := c.look(t, &row); err != nil {
			return err
		}
		is := known{fields: t.lineOf(row.values).fields}
		key := strings.Join(is.fields[:t.key], "\x00")
		was, ok := rows[key]
		delete(rows, key)
		if !ok {
			return c.differ(store.Difference{Sort: store.Added, Table: t.name, ID: t.id(is.fields), Row: t.summary(is.fields), About: t.about(is.fields)})
		}
		return c.altered(t, was, is)
	})
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(rows)) {
		if err := c.deleted(t, rows[key]); err != nil {
			return err
		}
	}
	return nil
}

func (c *comparison) deleted(t *sealed, was known) error {
	return c.differ(store.Difference{Sort: store.Deleted, Table: t.name, ID: t.id(was.fields), Log: t.summary(was.fields), Entry: was.entry, About: t.about(was.fields)})
}

// altered names the columns in which a row is not what an entry wrote.
func (c *comparison) altered(t *sealed, was, is known) error {
	for i := range was.fields {
		if was.fields[i] == is.fields[i] {
			continue
		}
		f := t.field(i)
		if f.kind != asDoc {
			if err := c.differ(c.difference(store.Altered, t, f, was, is)); err != nil {
				return err
			}
			continue
		}
		for _, change := range docChanges(f.name, was.fields[i], is.fields[i], "") {
			d := c.difference(store.Altered, t, f, was, is)
			d.Column, d.Log, d.Row = change.path, change.was, change.is
			if err := c.differ(d); err != nil {
				return err
			}
		}
	}
	return nil
}

// lineOf is the line of a row that was read.
func (t *sealed) lineOf(values []any) line {
	l, _, _ := cutLine(map[string]*sealed{t.name: t}, t.appendLine(nil, values))
	return l
}

// summary is a whole row in one text.
func (t *sealed) summary(fields []string) string {
	var parts []string
	for i, name := range t.fields() {
		f := t.field(i)
		if s := f.shown(fields[i]); i >= t.key && s != "" && name != store.Rest {
			parts = append(parts, fmt.Sprintf("%s=%s", name, s))
		}
	}
	return strings.Join(parts, ", ")
}
