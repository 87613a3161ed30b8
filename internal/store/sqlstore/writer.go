package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

// Writer writes within one transaction, as the only one.
type Writer struct {
	Reader
	bulk  Bulk
	seal  *seal
	last  *audit.Entry // the last, once it was asked for
	scans []newScan
	known map[pair]bool
	sets  map[string]int64 // numbers of tag sets, by their tags
}

// NewWriter makes a Writer.
func NewWriter(c Conn, b Bulk, d *Dialect) *Writer {
	return &Writer{Reader: Reader{c, d}, bulk: b, seal: newSeal(), known: map[pair]bool{}, sets: map[string]int64{}}
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

func (w *Writer) exec(ctx context.Context, name string, args ...any) (int64, error) {
	tidy(args)
	return w.c.Exec(ctx, w.d.Queries[name], args)
}

// AddScan implements [store.Writer].
func (w *Writer) AddScan(ctx context.Context, s store.Scan) (int64, error) {
	last, err := w.number(ctx, "lastScan")
	if err != nil {
		return 0, err
	}
	s.ID = last + 1
	doc, err := writeScan(s)
	if err != nil {
		return 0, err
	}
	w.scans = append(w.scans, newScan{s.ID, doc, -1})
	_, err = w.exec(ctx, "addScan", s.ID, doc)
	return s.ID, err
}

// Insert implements [store.Writer].
func (w *Writer) Insert(ctx context.Context, records []lifecycle.Record) error {
	if err := w.addPairs(ctx, records); err != nil {
		return err
	}
	tags, err := w.tagged(ctx, records)
	if err != nil {
		return err
	}
	last, err := w.number(ctx, "lastFinding")
	if err != nil {
		return err
	}
	err = w.insert(ctx, "findings", append([]string{"seq"}, storedColumns()...), len(records), func(i int, v []any) error {
		v[0] = last + 1 + int64(i)
		return writeRecord(&records[i], tags[i], v[1:])
	})
	if err != nil {
		return err
	}
	return w.bulk.Insert(ctx, "seen", append([]string{"seq"}, seenColumns()...), len(records), func(i int, v []any) error {
		v[0], v[1], v[2] = last+1+int64(i), micros(records[i].LastSeen), records[i].LastScan
		return nil
	})
}

// addPairs keeps the list of severities and controls.
func (w *Writer) addPairs(ctx context.Context, records []lifecycle.Record) error {
	for i := range records {
		p := pair{rank(records[i].Effective()), text(records[i].Control)}
		if w.known[p] {
			continue
		}
		if _, err := w.exec(ctx, "pair", p.rank, p.control); err != nil {
			return err
		}
		w.known[p] = true
	}
	return nil
}

// Replace implements [store.Writer]. A record that is not there is a *store.NotFound.
func (w *Writer) Replace(ctx context.Context, records []lifecycle.Record) error {
	if err := w.addPairs(ctx, records); err != nil {
		return err
	}
	tags, err := w.tagged(ctx, records)
	if err != nil {
		return err
	}
	n, err := w.update(ctx, "findings", storedColumns(), len(records), func(i int, v []any) error {
		return writeRecord(&records[i], tags[i], v)
	})
	if err == nil && n < int64(len(records)) {
		return w.firstMissing(ctx, len(records), func(i int) string { return records[i].ID })
	}
	if err != nil {
		return err
	}
	groups := map[[2]int64][]string{}
	for i := range records {
		key := [2]int64{micros(records[i].LastSeen), records[i].LastScan}
		groups[key] = append(groups[key], records[i].ID)
	}
	for _, key := range slices.SortedFunc(maps.Keys(groups), func(a, b [2]int64) int { return slices.Compare(a[:], b[:]) }) {
		if err := w.Touch(ctx, groups[key], moment(key[0]), key[1]); err != nil {
			return err
		}
	}
	return nil
}

// Touch implements [store.Writer]. A record that is not there is a *store.NotFound.
func (w *Writer) Touch(ctx context.Context, ids []string, at time.Time, scan int64) error {
	query := strings.Replace(w.d.Queries["touch"], "{within}", fmt.Sprintf(w.d.Within, "id"), 1)
	for chunk := range slices.Chunk(ids, 10*batch) {
		n, err := w.c.Exec(ctx, query, []any{micros(at), scan, w.list(chunk)})
		if err != nil {
			return err
		}
		if n < int64(len(chunk)) {
			if err := w.firstMissing(ctx, len(chunk), func(i int) string { return chunk[i] }); err != nil {
				return err
			}
		}
	}
	return nil
}

// firstMissing names a record that is not there; nil where one was named twice.
func (w *Writer) firstMissing(ctx context.Context, n int, id func(int) string) error {
	var found int64
	for i := range n {
		if ok, err := w.one(ctx, w.d.Queries["finding"], []any{id(i)}, &found); err != nil || !ok {
			return missing(err, "finding", id(i))
		}
	}
	return nil
}

// Unseen implements [store.Writer]. No query is open while do runs; it may write.
func (w *Writer) Unseen(ctx context.Context, source string, at resource.Scope, scan int64, do func(*lifecycle.Record) error) error {
	var last lifecycle.Record
	for {
		list, err := w.unseen(ctx, source, at, scan, &last)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			last = list[len(list)-1] // before do changes it
		}
		for i := range list {
			if err := do(&list[i]); err != nil {
				return err
			}
		}
		if len(list) < batch {
			return nil
		}
	}
}

// AddEvents implements [store.Writer].
func (w *Writer) AddEvents(ctx context.Context, events []lifecycle.Event) error {
	last, err := w.number(ctx, "lastEvent")
	if err != nil {
		return err
	}
	names := []string{"seq", "finding", "at", "kind", "was", "became", "actor", "reason", "scan"}
	return w.insert(ctx, "events", names, len(events), func(i int, v []any) error {
		e := &events[i]
		v[0], v[1], v[2], v[3], v[4] = last+1+int64(i), e.Finding, micros(e.At), string(e.Kind), e.From
		v[5], v[6], v[7], v[8] = e.To, e.By, e.Reason, e.Scan
		tidy(v)
		return nil
	})
}

// AddScores implements [store.Writer].
func (w *Writer) AddScores(ctx context.Context, scores []store.Score) error {
	names := []string{"scan", "at", "partition", "account", "region", "passed", "failed", "unknown", "no_data", "disabled", "known"}
	return w.insert(ctx, "scores", names, len(scores), func(i int, v []any) error {
		s := &scores[i]
		v[0], v[1], v[2], v[3], v[4] = s.Scan, micros(s.At), s.Partition, s.Account, s.Region
		v[5], v[6], v[7], v[8], v[9], v[10] = int64(s.Passed), int64(s.Failed), int64(s.Unknown), int64(s.NoData), int64(s.Disabled), int64(s.Known)
		tidy(v)
		return nil
	})
}

// PutException implements [store.Writer].
func (w *Writer) PutException(ctx context.Context, e lifecycle.Exception) error {
	query := strings.Replace(w.d.Queries["putException"], "{exception}", strings.Join(exceptionColumns(), ", "), 1)
	err := w.put(ctx, "exceptions", query,
		e.ID, e.Finding, e.Reason, micros(e.Until), e.By, e.ApprovedBy, e.Question, micros(e.CreatedAt), micros(e.EndedAt), e.EndedBy, number(e.Proposal), micros(e.ApprovedAt))
	if err != nil || len(e.While) == 0 {
		return err
	}
	holds, err := json.Marshal(e.While)
	if err != nil {
		return err
	}
	return w.put(ctx, "conditions", w.d.Queries["putConditions"], e.ID, e.Finding, string(holds), micros(e.UnreadSince), e.Unread, e.UnreadWhy)
}

// PutSetting implements [store.Writer].
func (w *Writer) PutSetting(ctx context.Context, name, value string) error {
	return w.put(ctx, "settings", w.d.Queries["putSetting"], name, value)
}

// PutQuestion implements [store.Writer].
func (w *Writer) PutQuestion(ctx context.Context, q ask.Question) error {
	doc, err := writeQuestion(q)
	if err != nil {
		return err
	}
	err = w.put(ctx, "questions", w.d.Queries["putQuestion"], q.ID, micros(q.AskedAt), micros(q.Due), number(q.Closed()), doc)
	if err != nil {
		return err
	}
	return w.name(ctx, "clearQuestion", "question_findings", "question", q.ID, q.Findings)
}

// name keeps which records a question or a run is about.
func (w *Writer) name(ctx context.Context, clear, table, column, id string, findings []string) error {
	if _, err := w.exec(ctx, clear, id); err != nil {
		return err
	}
	list := slices.Compact(slices.Sorted(slices.Values(findings)))
	return w.bulk.Insert(ctx, table, []string{column, "finding"}, len(list), func(i int, v []any) error {
		v[0], v[1] = text(id), text(list[i])
		return nil
	})
}

// PutRun implements [store.Writer].
func (w *Writer) PutRun(ctx context.Context, r store.Run) error {
	findings, err := json.Marshal(r.Findings)
	if err != nil {
		return err
	}
	err = w.put(ctx, "runs", w.d.Queries["putRun"], r.ID, r.Digest, string(findings), r.State, r.By, micros(r.Started), micros(r.Updated), r.Plan, r.Journal)
	if err != nil {
		return err
	}
	return w.name(ctx, "clearRun", "run_findings", "run", r.ID, r.Findings)
}
