package sqlstore

import "github.com/kumoban/kumoban/internal/lifecycle"

// RawTable is rows as they are stored.
type RawTable struct {
	Name    string
	Columns []string
	Rows    [][]any
}

// RawRows makes the rows of records for an empty store, for benchmarks that
// have the engine alone write them.
func RawRows(records []lifecycle.Record) ([]RawTable, error) {
	findings := RawTable{Name: "findings", Columns: append([]string{"seq"}, storedColumns()...)}
	seen := RawTable{Name: "seen", Columns: append([]string{"seq"}, seenColumns()...)}
	var docs []string
	sets := map[string]int64{}
	for i := range records {
		r := &records[i]
		row := make([]any, len(findings.Columns))
		row[0] = int64(i + 1)
		tags, err := writeTags(r.Tags)
		if err != nil {
			return nil, err
		}
		t := tagged{tags: tags}
		if doc, ok := tags.(string); ok {
			if sets[doc] == 0 {
				docs = append(docs, doc)
				sets[doc] = int64(len(docs))
			}
			t.set = sets[doc]
		}
		if err := writeRecord(r, t, row[1:]); err != nil {
			return nil, err
		}
		findings.Rows = append(findings.Rows, row)
		seen.Rows = append(seen.Rows, []any{row[0], micros(r.LastSeen), r.LastScan})
	}
	return append(tagTables(docs, 1), findings, seen), nil
}
