package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
)

// Forger changes a store behind kumoban's back.
type Forger struct {
	Store  store.Store
	Reopen func() (store.Store, error) // opens it once more
	// SQL runs a statement by the engine's own means, foreign keys unheeded.
	SQL func(statement string) error
	// Columns are all tables of the schema, with their columns and the types of these.
	Columns func() map[string]map[string]string
}

// guarded says of every column how a change behind kumoban's back shows:
//
//	named    the row, the column and both values are told
//	other    the row is told, and that something in it is not as it was
//	derived  it is told that it does not follow from what is named
//	chain    the hash of an entry does not fit
//	lost     it is told that the lines of an entry are not as they were
//	refused  the store does not open
//	work     it does not: what work changes for good is in other tables
func guarded() map[string]string {
	all := map[string]string{}
	for how, tables := range map[string]map[string]string{
		"named": {
			"findings":   "id control severity override status workflow state first_seen first_status first_scan exception assignee ticket",
			"events":     "seq finding at kind was became actor reason scan",
			"exceptions": "id finding reason until actor approver question created ended ended_by proposal approved",
			"conditions": "exception finding holds unread_since unread unread_why",
			"questions":  "id asked due answered doc",
			"runs":       "id digest findings state actor started updated plan journal",
			"scans":      "id doc last_event",
			"scores":     "scan at partition account region passed failed unknown no_data disabled known",
			"links":      "arn finding product digest pushed workflow compliance state seen",
			"settings":   "name value",
			"owners":     "id listed doc",
			"items":      "kind id state about due doc",
		},
		"other": {"findings": "rank partition account region type resource live address name tags source previous not_offered reopened changed updated detail tagset"},
		"derived": {
			"findings": "seq", "seen": "seq last_seen last_scan", "pairs": "rank control", "question_findings": "finding question",
			"run_findings": "finding run", "tagsets": "id tags", "tagset_tags": "name value tagset",
		},
		"chain":   {"audit": "seq at actor action subject reason detail rows prev hash"},
		"lost":    {"sealed": "entry part data"},
		"refused": {"versions": "version"},
		"work":    {"work": "kind id state about due doc"},
	} {
		for table, columns := range tables {
			for column := range strings.FieldsSeq(columns) {
				all[table+"."+column] = how
			}
		}
	}
	return all
}

// forgeable fills a store with at least a row of every table, as kumoban does.
func forgeable(t *testing.T, s store.Store) {
	list := Records(5, 3)
	for i := range list {
		r := &list[i]
		r.Tags, r.Status, r.First, r.Workflow, r.State, r.Exception = map[string]string{"env": "p<r>", "n": fmt.Sprint(i)}, control.Failed, control.Failed, lifecycle.New, lifecycle.Active, ""
		r.Override = 0
		r.FirstScan, r.LastScan, r.LastSeen = 1, 1, Start()
	}
	update(t, s, func(ctx context.Context, w store.Writer) error {
		_, err := w.AddScan(ctx, store.Scan{Started: Start(), Ended: Start(), Source: lifecycle.SourceLive})
		err = errors.Join(err, w.Insert(ctx, list), w.AddScores(ctx, []store.Score{{Scan: 1, At: Start(), Account: "a", Passed: 1}}))
		_, sealing := w.Append(ctx, audit.Entry{At: Start(), Actor: "scan", Action: "scan", Detail: "{}"})
		return errors.Join(err, sealing)
	})
	e := lifecycle.Exception{ID: "x1", Finding: list[0].ID, Reason: "because", Until: Start().Add(time.Hour), By: "kei", ApprovedBy: "hana", Question: "q1", CreatedAt: Start(),
		While: []string{"tag env=dev"}, UnreadSince: Start(), Unread: "tag env=dev", UnreadWhy: "apigateway:GetStages AccessDenied"}
	by := lifecycle.By{Who: "kei", At: Start(), Why: "because"}
	suppressed, events, err := lifecycle.Suppress(&list[0], e)
	check(t, err)
	noted, more, err := lifecycle.Note(&list[1], by)
	check(t, err)
	q := ask.Question{ID: "q1", Findings: []string{list[0].ID, list[1].ID}, Owner: "hana", Due: Start(), AskedAt: Start(), Answer: &ask.Answer{By: "hana", At: Start(), Choice: ask.Accept, Until: Start(), Words: "words", RecordedBy: "kei"}}
	update(t, s, func(ctx context.Context, w store.Writer) error {
		err := errors.Join(w.Replace(ctx, []lifecycle.Record{suppressed, noted}), w.PutException(ctx, e), w.AddEvents(ctx, append(events, more...)), w.PutQuestion(ctx, q))
		_, sealing := w.Append(ctx, audit.Entry{At: Start(), Actor: "kei", Action: "suppress", Subject: list[0].ID, Reason: "because", Detail: "{}"})
		return errors.Join(err, sealing)
	})
	update(t, s, func(ctx context.Context, w store.Writer) error {
		run := store.Run{ID: "run", Digest: "d", Findings: []string{list[0].ID}, State: "done", By: "kei", Started: Start(), Updated: Start(), Plan: []byte("{}"), Journal: []byte("j")}
		link := store.Link{Finding: list[0].ID, ARN: "arn", Digest: "d", UpdatedAt: Start(), SeenAt: Start()}
		err := errors.Join(w.PutRun(ctx, run), w.PutLinks(ctx, []store.Link{link}), w.PutSetting(ctx, "fourEyes", "on"), w.SetOwners(ctx, []ask.Listing{{Account: "111122223333", Team: "hana"}}),
			w.PutItem(ctx, store.Item{Kind: store.ItemLink, ID: "l1", State: "open", About: "q1", Due: Start(), Doc: []byte(`{"To":"hana"}`)}))
		_, sealing := w.Append(ctx, audit.Entry{At: Start(), Actor: "kei", Action: "fix.apply", Subject: "run", Detail: "{}"})
		return errors.Join(err, sealing)
	})
}

// Differences are those that a store has.
func Differences(t testing.TB, s store.Store) (list []store.Difference, out store.Compared) {
	t.Helper()
	view(t, s, func(ctx context.Context, r store.Reader) (err error) {
		out, err = r.Compare(ctx, func(d store.Difference) error {
			list = append(list, d)
			return nil
		})
		return err
	})
	if int(out.Differences) != len(list) {
		t.Errorf("%d differences are counted, %d told", out.Differences, len(list))
	}
	return list, out
}

// Forge changes every column of every table, one after another, and deletes and
// adds rows of each: it shows.
func Forge(t *testing.T, f Forger) {
	forgeable(t, f.Store)
	if list, out := Differences(t, f.Store); len(list) > 0 || out.Rows < 10 || out.Since != 0 {
		t.Fatalf("untouched: %+v %+v", out, list)
	}
	how, schema := guarded(), f.Columns()
	for _, table := range slices.Sorted(maps.Keys(schema)) {
		for _, column := range slices.Sorted(maps.Keys(schema[table])) {
			name := table + "." + column
			guard := how[name]
			if delete(how, name); guard == "" {
				t.Errorf("%s: nobody says how a change of it shows", name)
				continue
			}
			if guard == "work" {
				continue
			}
			one := column
			switch schema[table][column] {
			case "jsonb":
				one += "::text"
			case "bytea":
				one = "1" // all
			}
			f.forged(t, table, name, fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s = (SELECT min(%[4]s) FROM %[1]s)", table, column, other(column, schema[table][column]), one),
				func(list []store.Difference) bool { return shows(guard, table, column, list) })
		}
		if table == "work" {
			continue
		}
		f.forged(t, table, table+", emptied", "DELETE FROM "+table, nil)
	}
	for name := range how {
		t.Errorf("there is no column %s", name)
	}
	f.rows(t)
}

// other is an expression for another value than a column has.
func other(column, kind string) string {
	switch kind = strings.ToLower(kind); {
	case column == "live", column == "rank", column == "answered", column == "listed", column == "not_offered", column == "proposal":
		return "1 - " + column
	case strings.Contains(kind, "int"):
		return column + " + 1000"
	case strings.Contains(kind, "json"):
		return `'{"env": "dev"}'`
	case column == "tags":
		return `'{"env":"dev"}'`
	case kind == "blob":
		return "X'00'"
	case kind == "bytea":
		return `'\x00'`
	case column == "doc":
		return fmt.Sprintf("replace(replace(%s, 'hana', 'mallory'), '\"live\"', '\"dead\"')", column)
	}
	return column + " || 'x'"
}

func shows(guard, table, column string, list []store.Difference) bool {
	return slices.ContainsFunc(list, func(d store.Difference) bool {
		switch guard {
		case "named":
			key := d.Column == "" && (d.Sort == store.Deleted || d.Sort == store.Added)
			return d.Table == table && (key || d.Sort == store.Altered && (d.Column == column || strings.HasPrefix(d.Column, column+".")) && d.Log != d.Row)
		case "other":
			return d.Table == table && d.Sort == store.Altered && d.Column == "other"
		case "lost":
			return d.Sort == store.Lost
		}
		return d.Sort == store.Derived || d.Sort == store.Deleted
	})
}

// forged runs a statement, wants that it shows, and takes it back.
func (f *Forger) forged(t *testing.T, table, what, statement string, shows func([]store.Difference) bool) {
	t.Helper()
	check(t, f.SQL("CREATE TABLE backup AS SELECT * FROM "+table))
	if err := f.SQL(statement); err != nil {
		t.Errorf("%s: %s: %v", what, statement, err)
	}
	s, err := f.Reopen()
	switch {
	case err != nil:
		var p *store.Problem
		if table != "versions" || !errors.As(err, &p) {
			t.Errorf("%s: %v", what, err)
		}
	case table == "audit":
		if r := verified(t, s); r.Problem == nil && r.Entries > 0 {
			t.Errorf("%s: the chain looks whole", what)
		}
	default:
		if list, _ := Differences(t, s); len(list) == 0 || shows != nil && !shows(list) {
			t.Errorf("%s: %+v", what, list)
		}
	}
	if err == nil {
		check(t, s.Close())
	}
	check(t, errors.Join(f.SQL("DELETE FROM "+table), f.SQL("INSERT INTO "+table+" SELECT * FROM backup"), f.SQL("DROP TABLE backup")))
	if list, _ := Differences(t, f.Store); len(list) > 0 {
		t.Fatalf("%s was not taken back: %+v", what, list)
	}
}

func verified(t *testing.T, s store.Store) (out audit.Report) {
	view(t, s, func(ctx context.Context, r store.Reader) (err error) {
		out, err = audit.Verify(r.Audit(ctx, 1), "")
		return err
	})
	return out
}

// rows adds, moves and swaps rows.
func (f *Forger) rows(t *testing.T) {
	one := func(sort store.Sort, table, column, log, row string) func([]store.Difference) bool {
		return func(list []store.Difference) bool {
			return slices.ContainsFunc(list, func(d store.Difference) bool {
				return d.Sort == sort && d.Table == table && d.Column == column && strings.Contains(d.Log, log) && strings.Contains(d.Row, row) && len(d.About) > 0
			})
		}
	}
	f.forged(t, "exceptions", "a forged approver", "UPDATE exceptions SET approver = 'mallory'", one(store.Altered, "exceptions", "approver", "hana", "mallory"))
	f.forged(t, "exceptions", "a longer time", "UPDATE exceptions SET until = until + 86400000000", one(store.Altered, "exceptions", "until", Start().Add(time.Hour).Format("2006-01-02T15"), Start().Add(25*time.Hour).Format("2006-01-02T15")))
	f.forged(t, "exceptions", "of another finding", "UPDATE exceptions SET finding = (SELECT max(id) FROM findings)", func(list []store.Difference) bool {
		return len(list) == 1 && list[0].Column == "finding" && len(list[0].About) == 2
	})
	f.forged(t, "exceptions", "one more", "INSERT INTO exceptions SELECT 'x2', finding, reason, until, actor, 'mallory', question, created, ended, ended_by, proposal, approved FROM exceptions", one(store.Added, "exceptions", "", "", "approver=mallory"))
	f.forged(t, "conditions", "another condition", `UPDATE conditions SET holds = replace(holds, 'dev', 'prod')`, one(store.Altered, "conditions", "holds", "env=dev", "env=prod"))
	f.forged(t, "conditions", "none", "DELETE FROM conditions", one(store.Deleted, "conditions", "", "env=dev", ""))
	f.forged(t, "questions", "an answer of somebody else", `UPDATE questions SET doc = replace(doc, '"By":"hana"', '"By":"mallory"')`, one(store.Altered, "questions", "doc.Answer.By", "hana", "mallory"))
	f.forged(t, "questions", "spelt otherwise", `UPDATE questions SET doc = ' ' || doc`, func(list []store.Difference) bool { return len(list) == 1 && list[0].Column == "doc" })
	f.forged(t, "events", "one more", "INSERT INTO events SELECT seq + 100, finding, at, kind, was, became, 'mallory', reason, scan FROM events", one(store.Added, "events", "", "", "actor=mallory"))
	f.forged(t, "events", "the last is gone", "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)", one(store.Deleted, "events", "", "kind=note", ""))
	f.forged(t, "events", "two swapped", "UPDATE events SET seq = CASE seq WHEN 1 THEN -2 ELSE -1 END WHERE seq < 3; UPDATE events SET seq = -seq WHERE seq < 0", one(store.Altered, "events", "kind", "excepted", "workflow"))
	f.forged(t, "findings", "one more", "INSERT INTO findings SELECT * FROM findings WHERE id = ''; UPDATE findings SET workflow = 'RESOLVED' WHERE workflow = 'NEW'", one(store.Altered, "findings", "workflow", "NEW", "RESOLVED"))
	f.forged(t, "sealed", "kept of no entry", "INSERT INTO sealed SELECT entry + 100, part, data FROM sealed", nil)
}

// Launder changes rows behind kumoban's back and has kumoban write them again:
// that does not make them good.
func Launder(t *testing.T, f Forger) {
	forgeable(t, f.Store)
	check(t, f.SQL("UPDATE exceptions SET approver = 'mallory', until = until + 1000000"))
	check(t, f.SQL("UPDATE conditions SET unread_since = unread_since + 1000000, holds = '[\"no tag env\"]'"))
	check(t, f.SQL("UPDATE findings SET workflow = 'RESOLVED', override = 1 WHERE workflow = 'NEW'"))
	update(t, f.Store, func(ctx context.Context, w store.Writer) error {
		e, err := w.Exception(ctx, "x1")
		check(t, err)
		e.EndedAt, e.EndedBy = Start(), "kei"
		ids, err := w.IDs(ctx, "", 9)
		check(t, err)
		list, err := w.Records(ctx, ids)
		check(t, err)
		var events []lifecycle.Event
		for i := range list {
			next, more, err := lifecycle.Note(&list[i], lifecycle.By{Who: "kei", At: Start(), Why: "seen"})
			check(t, err)
			list[i], events = next, append(events, more...)
		}
		err = errors.Join(w.PutException(ctx, e), w.Replace(ctx, list), w.AddEvents(ctx, events))
		_, sealing := w.Append(ctx, audit.Entry{At: Start(), Action: "note"})
		return errors.Join(err, sealing)
	})
	list, _ := Differences(t, f.Store)
	got := map[string]int{}
	for _, d := range list {
		if d.Sort != store.Between || len(d.About) == 0 {
			t.Errorf("%+v", d)
		}
		got[fmt.Sprint(d.Table, ".", d.Column, " ", d.Log, ">", d.Row)]++
	}
	until := Start().Add(time.Hour)
	Same(t, "differences", got, map[string]int{
		"exceptions.approver hana>mallory": 1,
		"exceptions.until " + until.Format(time.RFC3339Nano) + ">" + until.Add(time.Second).Format(time.RFC3339Nano):            1,
		"conditions.holds [\"tag env=dev\"]>[\"no tag env\"]":                                                                   1,
		"conditions.unread_since " + Start().Format(time.RFC3339Nano) + ">" + Start().Add(time.Second).Format(time.RFC3339Nano): 1,
		"findings.workflow NEW>RESOLVED": 2, "findings.override 0>1": 2,
	})
}

// Vouched holds a store of n records that was brought up to date to what it
// held then: nothing tells of what was before, and the store says so.
func Vouched(t *testing.T, s store.Store, n int, sql func(string)) {
	vouched := func() (list []store.Difference) {
		all, out := Differences(t, s)
		if before, ok := out.Before(); !ok || out.Since == 0 || out.SinceAt.IsZero() || before.Key == "" || out.Rows < int64(n) {
			t.Errorf("%+v", out)
		}
		for _, d := range all { // the scans of the records are made up
			if d.Sort != store.Derived {
				list = append(list, d)
			}
		}
		return list
	}
	if list := vouched(); len(list) > 0 {
		t.Errorf("%+v", list)
	}
	sql("UPDATE findings SET workflow = 'MALLORY' WHERE id = (SELECT min(id) FROM findings)")
	if list := vouched(); len(list) != 1 || list[0].Column != "workflow" || list[0].Row != "MALLORY" || list[0].Entry != 1 {
		t.Errorf("%+v", list)
	}
	update(t, s, func(ctx context.Context, w store.Writer) error {
		_, err := w.Append(ctx, audit.Entry{At: Start(), Action: store.Vouched})
		return err
	})
	if list := anew(t, s); len(list) != 1 {
		t.Errorf("vouched for anew: %+v", list)
	}
}

func anew(t *testing.T, s store.Store) (list []store.Difference) {
	all, _ := Differences(t, s)
	for _, d := range all {
		if d.Sort == store.Anew {
			list = append(list, d)
		}
	}
	return list
}

// Schema reads rows of a table's name, a column's name and its type.
func Schema(t *testing.T, rows interface {
	Next() bool
	Scan(into ...any) error
	Err() error
}) map[string]map[string]string {
	schema := map[string]map[string]string{}
	for rows.Next() {
		var table, column, kind string
		check(t, rows.Scan(&table, &column, &kind))
		if schema[table] == nil {
			schema[table] = map[string]string{}
		}
		schema[table][column] = kind
	}
	check(t, rows.Err())
	return schema
}
