package view

import (
	"io"

	"github.com/kumoban/kumoban/internal/audit"
)

// AuditJSON writes what verifying the audit log came to.
func (v *View) AuditJSON(w io.Writer, r audit.Report) error {
	m := r.Message()
	out := struct {
		SchemaVersion int    `json:"schemaVersion"`
		Whole         bool   `json:"whole"`
		HeadGiven     bool   `json:"headGiven"` // without one a cut-off end does not show
		Entries       int64  `json:"entries"`
		Since         int64  `json:"entriesSinceHead"`
		Head          string `json:"head"`
		Says          string `json:"says"`
	}{schemaVersion, r.Problem == nil, r.Held, r.Entries, r.Grown, r.Last, v.Catalog.Text(m.Key, m.Args...)}
	return writeJSON(w, out)
}
