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
	findings := RawTable{Name: "findings", Columns: append([]string{"seq"}, recordColumns()...)}
	seen := RawTable{Name: "seen", Columns: append([]string{"seq"}, seenColumns()...)}
	for i := range records {
		r := &records[i]
		row := make([]any, len(findings.Columns))
		row[0] = int64(i + 1)
		if err := writeRecord(r, row[1:]); err != nil {
			return nil, err
		}
		findings.Rows = append(findings.Rows, row)
		seen.Rows = append(seen.Rows, []any{row[0], micros(r.LastSeen), r.LastScan})
	}
	return []RawTable{findings, seen}, nil
}
