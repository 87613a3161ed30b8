package sqlstore

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/store"
)

// What is not sealed follows from what is: it is reckoned anew and compared.

// facts are what the sealed tables say of the others.
type facts struct {
	asked map[string]map[string]bool // findings, by question
	run   map[string]map[string]bool // findings, by run
	ends  map[int64]int64            // of scans, in microseconds
	seen  []seenAt
	pairs map[pair]bool
	tags  map[int64]any // by the number of their set
	found int64         // findings with a row of the table seen
}

// seenAt is when and by which scan a finding was seen, where the table scans has
// still to be asked.
type seenAt struct {
	finding  string
	at, scan int64
}

func newFacts() facts {
	return facts{asked: map[string]map[string]bool{}, run: map[string]map[string]bool{}, ends: map[int64]int64{}, pairs: map[pair]bool{}, tags: map[int64]any{}}
}

func (t *sealed) value(values []any, name string) any {
	return values[slices.IndexFunc(t.columns, func(c column) bool { return c.name == name })]
}

// look takes the facts of a row.
func (c *comparison) look(t *sealed, row *sealedRow) error {
	text := func(name string) string { return cell(t.value(row.values, name)) }
	number := func(name string) int64 { n, _ := t.value(row.values, name).(int64); return n }
	switch t.name {
	case "questions":
		var q ask.Question
		_ = json.Unmarshal([]byte(text("doc")), &q) // what cannot be read names nobody
		c.facts.asked[text("id")] = setOf(q.Findings)
	case "runs":
		c.facts.run[text("id")] = setOf(listOf(text("findings")))
	case "scans":
		var s store.Scan
		if json.Unmarshal([]byte(text("doc")), &s) == nil {
			c.facts.ends[number("id")] = micros(s.Ended)
		}
	case "findings":
		c.facts.pairs[pair{number("rank"), text("control")}] = true
		if set, ok := t.value(row.values, "tagset").(int64); ok {
			c.facts.tags[set] = t.value(row.values, "tags")
		}
		return c.lookSeen(text("id"), &row.beside)
	}
	return nil
}

func (c *comparison) lookSeen(id string, x *extra) error {
	if x.seq == nil || x.lastSeen == nil || x.lastScan == nil {
		return c.differ(store.Difference{Sort: store.Deleted, Table: "seen", ID: id, About: []string{id}})
	}
	c.facts.found++
	c.facts.seen = append(c.facts.seen, seenAt{id, *x.lastSeen, *x.lastScan})
	return nil
}

func setOf(list []string) map[string]bool {
	set := map[string]bool{}
	for _, s := range list {
		set[text(s)] = true
	}
	return set
}

func listOf(doc string) (list []string) {
	_ = json.Unmarshal([]byte(doc), &list)
	return list
}

// reckon tells of a value that comes out otherwise when it is reckoned anew.
func (c *comparison) reckon(table, id, column, want, has string, about ...string) error {
	return c.differ(store.Difference{Sort: store.Derived, Table: table, ID: id, Column: column, Log: want, Row: has, About: about})
}

// derived goes through the tables that are not sealed.
func (c *comparison) derived(ctx context.Context) error {
	for _, do := range []func(context.Context) error{
		c.derivedSeen,
		func(ctx context.Context) error {
			return c.derivedNames(ctx, "question_findings", "questionFindings", c.facts.asked)
		},
		func(ctx context.Context) error {
			return c.derivedNames(ctx, "run_findings", "runFindings", c.facts.run)
		},
		c.derivedPairs, c.derivedTags,
	} {
		if err := do(ctx); err != nil {
			return err
		}
	}
	return nil
}

// derivedSeen: a finding was seen last when the scan that saw it last had ended.
func (c *comparison) derivedSeen(ctx context.Context) error {
	when := column{kind: asTime}
	for _, s := range c.facts.seen {
		end, ok := c.facts.ends[s.scan]
		if ok && end == s.at {
			continue
		}
		want := ""
		if ok {
			want = when.shown(decimal(end))
		}
		if err := c.reckon("seen", s.finding, "last_seen, last_scan", want, when.shown(decimal(s.at))+" "+decimal(s.scan), s.finding); err != nil {
			return err
		}
	}
	n, err := c.number(ctx, "seenRows")
	if err == nil && n != c.facts.found {
		err = c.reckon("seen", "", "seq", decimal(c.facts.found), decimal(n))
	}
	return err
}

// derivedNames: a table of who is named holds what the documents name.
func (c *comparison) derivedNames(ctx context.Context, table, query string, want map[string]map[string]bool) error {
	var more [][2]string
	err := c.query(ctx, c.d.Queries[query], nil, func(row Row) error {
		var id, finding string
		err := row.Scan(&id, &finding)
		if !want[id][finding] {
			more = append(more, [2]string{id, finding})
		}
		delete(want[id], finding)
		return err
	})
	if err != nil {
		return err
	}
	for _, m := range more {
		if err := c.reckon(table, m[0], "finding", "", m[1], m[1]); err != nil {
			return err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(want)) {
		for _, finding := range slices.Sorted(maps.Keys(want[id])) {
			if err := c.reckon(table, id, "finding", finding, "", finding); err != nil {
				return err
			}
		}
	}
	return nil
}

// derivedPairs: every severity and control that a finding has is known; more may be.
func (c *comparison) derivedPairs(ctx context.Context) error {
	err := c.query(ctx, c.d.Queries["pairs"], nil, func(row Row) error {
		var p pair
		err := row.Scan(&p.rank, &p.control)
		delete(c.facts.pairs, p)
		return err
	})
	for p := range c.facts.pairs {
		if err == nil {
			err = c.reckon("pairs", p.control, "rank, control", fmt.Sprint(p.rank, " ", p.control), "")
		}
	}
	return err
}

// derivedTags: the sets have the tags of the findings that name them, and are
// spelt out.
func (c *comparison) derivedTags(ctx context.Context) error {
	spelt := map[string]bool{}
	var wrong []store.Difference
	err := c.query(ctx, c.d.Queries["allTagsets"], nil, func(row Row) error {
		var id int64
		var doc string
		if err := row.Scan(&id, &doc); err != nil {
			return err
		}
		has := cell(sameTags(doc))
		if want, ok := c.facts.tags[id]; ok && cell(want) != has {
			wrong = append(wrong, store.Difference{ID: decimal(id), Table: "tagsets", Column: "tags", Log: cell(want), Row: has})
		}
		delete(c.facts.tags, id)
		tags, _ := readTags(&doc)
		for name, value := range tags {
			spelt[fmt.Sprintf("%d %q=%q", id, name, value)] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(c.facts.tags)) {
		wrong = append(wrong, store.Difference{ID: decimal(id), Table: "tagsets", Column: "id, tags", Log: cell(c.facts.tags[id])})
	}
	err = c.query(ctx, c.d.Queries["allTags"], nil, func(row Row) error {
		var id int64
		var name, value string
		err := row.Scan(&id, &name, &value)
		if one := fmt.Sprintf("%d %q=%q", id, name, value); !spelt[one] {
			wrong = append(wrong, store.Difference{ID: decimal(id), Table: "tagset_tags", Column: "name, value, tagset", Row: one})
		} else {
			delete(spelt, one)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, one := range slices.Sorted(maps.Keys(spelt)) {
		wrong = append(wrong, store.Difference{ID: one, Table: "tagset_tags", Column: "name, value, tagset", Log: one})
	}
	for _, d := range wrong {
		if err := c.reckon(d.Table, d.ID, d.Column, d.Log, d.Row); err != nil {
			return err
		}
	}
	return nil
}

// about are the findings that rows of a table name.
func (t *sealed) about(rows ...[]string) (ids []string) {
	for _, fields := range rows {
		for i, name := range t.fields() {
			switch {
			case name == "finding", t.name == "findings" && name == "id":
				ids = append(ids, fields[i])
			case name == "findings":
				ids = append(ids, listOf(fields[i])...)
			case t.name == "questions" && name == "doc":
				var q ask.Question
				_ = json.Unmarshal([]byte(fields[i]), &q)
				ids = append(ids, q.Findings...)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// docChange is one place in which two documents differ.
type docChange struct{ path, was, is string }

// docChanges names the places in which JSON documents differ, but those under
// one name; the whole, where it is spelt otherwise only.
func docChanges(column, was, is, but string) (list []docChange) {
	before, after := map[string]string{}, map[string]string{}
	if !flatten(was, before) || !flatten(is, after) {
		return []docChange{{column, was, is}}
	}
	all := maps.Clone(before)
	maps.Copy(all, after)
	same := true
	for _, path := range slices.Sorted(maps.Keys(all)) {
		if before[path] == after[path] {
			continue
		}
		if same = false; but == "" || path != "."+but && !strings.HasPrefix(path, "."+but+".") {
			list = append(list, docChange{column + path, before[path], after[path]})
		}
	}
	if same && was != is {
		return []docChange{{column, was, is}}
	}
	return list
}

// flatten writes the values of a JSON document by their paths.
func flatten(doc string, into map[string]string) bool {
	d := json.NewDecoder(bytes.NewReader([]byte(doc)))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return false
	}
	spread("", v, into)
	return true
}

func spread(path string, v any, into map[string]string) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			spread(path+"."+name, inner, into)
		}
	case []any:
		for i, inner := range v {
			spread(path+"."+strconv.Itoa(i), inner, into)
		}
	case nil:
	default:
		into[path] = fmt.Sprint(v)
	}
}
