package sqlstore

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"time"

	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/store"
)

// partSize is how many bytes of lines a row of the table sealed holds, or a
// little more: bulk statements are not interrupted.
const partSize = 1 << 20

// seal holds the lines that a transaction wrote since its last entry.
type seal struct {
	tables  map[string]*sealed
	lines   []byte    // that are not stored yet
	sum     hash.Hash // of all since the last entry
	part    int64     // how many parts of them are stored
	deflate *flate.Writer
}

func newSeal() *seal { return &seal{tables: tablesByName(), sum: sha256.New()} }

func tablesByName() map[string]*sealed {
	byName := map[string]*sealed{}
	for _, t := range sealedTables() {
		byName[t.name] = t
	}
	return byName
}

// add writes a row down; a table that is not sealed has none. More values than
// columns are those of a number that leads the row.
func (s *seal) add(table string, values []any) {
	if t := s.tables[table]; t != nil {
		s.lines = t.appendLine(s.lines, values[len(values)-len(t.columns):])
	}
}

// insert is [Bulk.Insert] of rows that are written down.
func (w *Writer) insert(ctx context.Context, table string, columns []string, n int, row func(i int, v []any) error) error {
	err := w.bulk.Insert(ctx, table, columns, n, w.seen(table, row))
	if err != nil {
		return err
	}
	return w.keepLines(ctx, partSize)
}

// update is [Bulk.Update] likewise, of all columns.
func (w *Writer) update(ctx context.Context, table string, columns []string, n int, row func(i int, v []any) error) (int64, error) {
	changed, err := w.bulk.Update(ctx, table, columns, n, w.seen(table, row))
	if err != nil {
		return changed, err
	}
	return changed, w.keepLines(ctx, partSize)
}

func (w *Writer) seen(table string, row func(i int, v []any) error) func(i int, v []any) error {
	return func(i int, v []any) error {
		err := row(i, v)
		if err == nil {
			w.seal.add(table, v)
		}
		return err
	}
}

// put runs a statement whose arguments are a row of a table.
func (w *Writer) put(ctx context.Context, table, query string, args ...any) error {
	tidy(args)
	if _, err := w.c.Exec(ctx, query, args); err != nil {
		return err
	}
	w.seal.add(table, args)
	return w.keepLines(ctx, partSize)
}

// keepLines stores the lines as a part, where they are so many bytes.
func (w *Writer) keepLines(ctx context.Context, least int) error {
	s := w.seal
	if len(s.lines) < max(least, 1) {
		return nil
	}
	head, err := w.head(ctx)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if s.deflate == nil {
		if s.deflate, err = flate.NewWriter(&out, flate.BestSpeed); err != nil {
			return err
		}
	}
	s.deflate.Reset(&out)
	if _, err := s.deflate.Write(s.lines); err != nil {
		return err
	}
	if err := s.deflate.Close(); err != nil {
		return err
	}
	s.part++
	s.sum.Write(s.lines)
	s.lines = s.lines[:0]
	_, err = w.exec(ctx, "addSealed", head.Seq+1, s.part, out.Bytes())
	return err
}

// head is the last entry, which nobody else can change meanwhile.
func (w *Writer) head(ctx context.Context) (*audit.Entry, error) {
	if w.last == nil {
		head, err := w.Head(ctx)
		if err != nil {
			return nil, err
		}
		w.last = &head
	}
	return w.last, nil
}

// takeLines is the digest of what was written down since the last entry; "" nothing.
func (w *Writer) takeLines(ctx context.Context) (string, error) {
	if err := w.sealScans(ctx); err != nil {
		return "", err
	}
	if err := w.keepLines(ctx, 0); err != nil || w.seal.part == 0 {
		return "", err
	}
	sum := hex.EncodeToString(w.seal.sum.Sum(nil))
	w.seal.sum.Reset()
	w.seal.part = 0
	return sum, nil
}

// Append implements [store.Writer]. The entry vouches for all that this
// transaction wrote since the entry before.
func (w *Writer) Append(ctx context.Context, e audit.Entry) (audit.Entry, error) {
	head, err := w.head(ctx)
	if err != nil {
		return audit.Entry{}, err
	}
	if e.Rows, err = w.takeLines(ctx); err != nil {
		return audit.Entry{}, err
	}
	e = audit.Seal(*head, e)
	_, err = w.exec(ctx, "append", e.Seq, micros(e.At), e.Actor, e.Action, e.Subject, e.Reason, e.Detail, e.Rows, e.Prev, e.Hash)
	w.last = &e
	return e, err
}

// Finish writes what is known only at the end of a transaction; the adapter
// calls it before it commits. What no entry vouches for gets one of its own.
func (w *Writer) Finish(ctx context.Context) error {
	for _, scan := range w.scans {
		if _, err := w.exec(ctx, "closeScan", scan.id); err != nil {
			return err
		}
	}
	if err := w.sealScans(ctx); err != nil || w.seal.part == 0 && len(w.seal.lines) == 0 {
		return err
	}
	_, err := w.Append(ctx, audit.Entry{At: time.Now(), Actor: storeItself, Action: "store.write", Subject: "store"})
	return err
}

// storeItself is who does what nobody asked for.
const storeItself = "kumoban"

// newScan is a scan that this transaction added.
type newScan struct {
	id    int64
	doc   string
	event int64 // the last that it was written down with; -1: not yet
}

// sealScans writes the transaction's scans down, each with the last event so far.
func (w *Writer) sealScans(ctx context.Context) error {
	if len(w.scans) == 0 {
		return nil
	}
	last, err := w.number(ctx, "lastEvent")
	if err != nil {
		return err
	}
	for i := range w.scans {
		if s := &w.scans[i]; s.event != last {
			s.event = last
			w.seal.add("scans", []any{s.id, s.doc, last})
		}
	}
	return nil
}

// vouch writes down all rows as they are, for a store of before this was done.
func (w *Writer) vouch(ctx context.Context) error {
	for _, t := range sealedTables() {
		err := w.rows(ctx, t, func(row sealedRow) error {
			w.seal.add(t.name, row.values)
			return w.keepLines(ctx, partSize)
		})
		if err != nil {
			return err
		}
	}
	if w.seal.part == 0 && len(w.seal.lines) == 0 {
		return nil // it is new
	}
	_, err := w.Append(ctx, audit.Entry{At: time.Now(), Actor: storeItself, Action: store.Vouched, Subject: "store"})
	return err
}
