package sqlstore

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
)

// events reads the table of events beside what entries wrote into it: both are
// in the order of their numbers, so that nobody has to hold them all.
type events struct {
	table *sealed
	page  []sealedRow
	last  []any // the key of the last row that was read
	ended bool
	told  int64 // the number of the last event that an entry wrote
}

// next is the first row that was not taken; nil at the end.
func (c *comparison) nextEvent(ctx context.Context) (*sealedRow, error) {
	e := &c.events
	if len(e.page) == 0 && !e.ended {
		page, err := c.page(ctx, e.table, e.last)
		if err != nil {
			return nil, err
		}
		e.page, e.ended = page, len(page) < batch
		if len(page) > 0 {
			e.last = page[len(page)-1].values[:1]
		}
	}
	if len(e.page) == 0 {
		return nil, nil
	}
	return &e.page[0], nil
}

// event holds the table to an event that an entry wrote.
func (c *comparison) event(ctx context.Context, was known) error {
	seq, err := strconv.ParseInt(was.fields[0], 10, 64)
	if err != nil || seq <= c.events.told { // its number was given away once more, after it had been deleted
		return c.deleted(c.events.table, was)
	}
	c.events.told = seq
	for {
		row, err := c.nextEvent(ctx)
		if err != nil {
			return err
		}
		if row == nil || row.values[0].(int64) > seq {
			return c.deleted(c.events.table, was)
		}
		is := known{fields: c.events.table.lineOf(row.values).fields}
		c.events.page = c.events.page[1:]
		if row.values[0].(int64) == seq {
			return c.altered(c.events.table, was, is)
		}
		if err := c.added(is); err != nil {
			return err
		}
	}
}

func (c *comparison) added(is known) error {
	t := c.events.table
	return c.differ(store.Difference{Sort: store.Added, Table: t.name, ID: t.id(is.fields), Row: t.summary(is.fields), About: t.about(is.fields)})
}

// restOfEvents are rows that no entry wrote.
func (c *comparison) restOfEvents(ctx context.Context) error {
	for {
		row, err := c.nextEvent(ctx)
		if err != nil || row == nil {
			return err
		}
		c.events.page = c.events.page[1:]
		if err := c.added(known{fields: c.events.table.lineOf(row.values).fields}); err != nil {
			return err
		}
	}
}

// moving is a finding on its way from what one entry wrote of it to what the
// next one did: events must lead there.
type moving struct{ was, is []string }

// movedBy are the columns that each kind of event moves.
func movedBy(kind lifecycle.EventKind) []string {
	switch kind {
	case lifecycle.EventWorkflow:
		return []string{"workflow"}
	case lifecycle.EventState:
		return []string{"state"}
	case lifecycle.EventCompliance:
		return []string{"status"}
	case lifecycle.EventSeverity:
		return []string{"severity", "override"}
	case lifecycle.EventExcepted, lifecycle.EventExpired, lifecycle.EventLapsed:
		return []string{"exception"}
	case lifecycle.EventAssigned:
		return []string{"assignee"}
	case lifecycle.EventTicket:
		return []string{"ticket"}
	}
	return nil
}

func movedColumns() []string {
	return []string{"severity", "override", "status", "workflow", "state", "exception", "assignee", "ticket"}
}

// move begins with a finding that was written again.
func (c *comparison) move(was, is []string) {
	m := &moving{slices.Clone(was), is}
	if before := c.moved[is[0]]; before != nil {
		m.was = before.was
	}
	if delete(c.moved, is[0]); !c.arrived(m) {
		c.moved[is[0]] = m
	}
}

func (c *comparison) arrived(m *moving) bool {
	names := c.tables["findings"].fields()
	for _, name := range movedColumns() {
		if i := slices.Index(names, name); m.was[i] != m.is[i] {
			return false
		}
	}
	return true
}

// explain lets an event move its finding.
func (c *comparison) explain(entry int64, l *line) error {
	get := func(name string) string { return l.fields[slices.Index(l.table.fields(), name)] }
	m := c.moved[get("finding")]
	if m == nil {
		return nil
	}
	t := c.tables["findings"]
	for _, name := range movedBy(lifecycle.EventKind(get("kind"))) {
		i := slices.Index(t.fields(), name)
		from, to := get("was"), get("became")
		switch name {
		case "status":
			from, to = statusNumber(from), statusNumber(to)
		case "severity", "override": // an event tells the one that counts
			from, to = m.was[i], m.is[i]
		}
		if from != m.was[i] {
			f := t.field(i)
			was, is := slices.Clone(m.was), slices.Clone(m.was)
			is[i] = from
			if err := c.differ(c.difference(store.Between, t, f, known{fields: was}, known{is, entry})); err != nil {
				return err
			}
		}
		m.was[i] = to
	}
	if c.arrived(m) {
		delete(c.moved, get("finding"))
	}
	return nil
}

// statusNumber is a compliance status as the column has it.
func statusNumber(word string) string {
	var s control.Status
	if s.UnmarshalText([]byte(word)) != nil {
		return word
	}
	return decimal(int64(s))
}

// unexplained names findings that an entry wrote otherwise than the one before,
// without events that say so: somebody else had changed them.
func (c *comparison) unexplained(entry int64) error {
	t := c.tables["findings"]
	for _, id := range slices.Sorted(maps.Keys(c.moved)) {
		m := c.moved[id]
		for _, name := range movedColumns() {
			i := slices.Index(t.fields(), name)
			if m.was[i] == m.is[i] {
				continue
			}
			f := t.field(i)
			if err := c.differ(c.difference(store.Between, t, f, known{fields: m.was}, known{m.is, entry})); err != nil {
				return err
			}
		}
	}
	clear(c.moved)
	return nil
}
