package sqlstore

import (
	"context"
	"slices"
	"strings"
)

// extra is what is read beside a finding: its row of the table seen, nil where
// there is none.
type extra struct{ seq, lastSeen, lastScan *int64 }

// sealedRow is a row of a sealed table: the values as a writer hands them to
// [seal.add].
type sealedRow struct {
	values []any
	beside extra
}

// rows hands on the rows of a sealed table by their keys, without an open query.
func (r *Reader) rows(ctx context.Context, t *sealed, each func(sealedRow) error) error {
	var last []any
	for {
		list, err := r.page(ctx, t, last)
		if err != nil {
			return err
		}
		for _, row := range list {
			if err := each(row); err != nil {
				return err
			}
		}
		if len(list) < batch {
			return nil
		}
		last = list[batch-1].values[:t.key]
	}
}

// page reads the next rows after a key; nil: the first.
func (r *Reader) page(ctx context.Context, t *sealed, last []any) (list []sealedRow, err error) {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = "t." + c.name
	}
	key, from := strings.Join(names[:t.key], ", "), " FROM "+t.name+" t"
	if t.rest {
		names, from = append(names, "s.seq", "s.last_seen", "s.last_scan"), from+" LEFT JOIN seen s ON s.seq = t.seq"
	}
	query := "SELECT " + strings.Join(names, ", ") + from
	if last != nil {
		query += " WHERE (" + key + ") > (?" + strings.Repeat(", ?", t.key-1) + ")"
	}
	args := append(slices.Clone(last), int64(batch))
	err = r.query(ctx, query+" ORDER BY "+key+" LIMIT ?", args, func(row Row) error {
		read, err := t.scan(row)
		list = append(list, read)
		return err
	})
	return list, err
}

// scan reads a row as page selects it.
func (t *sealed) scan(row Row) (sealedRow, error) {
	numbers, texts, blobs := make([]*int64, len(t.columns)), make([]*string, len(t.columns)), make([][]byte, len(t.columns))
	var x extra
	var into []any
	for i, c := range t.columns {
		switch c.kind {
		case asNumber, asTime, asStatus:
			into = append(into, &numbers[i])
		case asBlob:
			into = append(into, &blobs[i])
		default:
			into = append(into, &texts[i])
		}
	}
	if t.rest {
		into = append(into, &x.seq, &x.lastSeen, &x.lastScan)
	}
	if err := row.Scan(into...); err != nil {
		return sealedRow{}, err
	}
	values := make([]any, len(t.columns))
	for i, c := range t.columns {
		switch {
		case numbers[i] != nil:
			values[i] = *numbers[i]
		case blobs[i] != nil:
			values[i] = blobs[i]
		case texts[i] != nil && c.kind == asTags:
			values[i] = sameTags(*texts[i])
		case texts[i] != nil:
			values[i] = *texts[i]
		}
	}
	return sealedRow{values, x}, nil
}

// sameTags writes tags as kumoban does, however an engine hands them out.
func sameTags(doc string) any {
	tags, err := readTags(&doc)
	if err != nil {
		return doc
	}
	same, err := writeTags(tags)
	if err != nil {
		return doc
	}
	return same
}
