package view

import (
	"io"

	"github.com/kumoban/kumoban/internal/app/auditing"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/store"
)

// asLoggedJSON is what holding the store to the audit log came to.
type asLoggedJSON struct {
	Rows        int64               `json:"rows"`
	Differences int64               `json:"differences"`
	First       []rowDifferenceJSON `json:"first"` // of the differences
	NotVouched  string              `json:"notVouched,omitempty"`
	Says        string              `json:"says"`
}

type rowDifferenceJSON struct {
	Kind   string `json:"kind"`
	Table  string `json:"table"`
	ID     string `json:"id"`
	Column string `json:"column,omitempty"`
	Log    string `json:"log"`
	Row    string `json:"row"`
	Entry  int64  `json:"entry,omitempty"`
	Says   string `json:"says"`
}

// VerifiedBody is what verifying the audit log came to.
type VerifiedBody struct {
	SchemaVersion int           `json:"schemaVersion"`
	Whole         bool          `json:"whole"`
	HeadGiven     bool          `json:"headGiven"` // without one a cut-off end does not show
	Entries       int64         `json:"entries"`
	Since         int64         `json:"entriesSinceHead"`
	Head          string        `json:"head"`
	Store         *asLoggedJSON `json:"store"`
	Says          string        `json:"says"`
}

// VerifiedBody has what verifying the audit log came to; without a comparison where
// it was an export's.
func (v *View) VerifiedBody(r audit.Report, of *auditing.Verified) VerifiedBody {
	m := r.Message()
	out := VerifiedBody{schemaVersion, r.Problem == nil, r.Held, r.Entries, r.Grown, r.Last, nil, v.Catalog.Text(m.Key, m.Args...)}
	if of != nil {
		out.Store = v.asLogged(&of.Compared, of.Differences)
	}
	return out
}

// AuditJSON writes what verifying the audit log came to.
func (v *View) AuditJSON(w io.Writer, r audit.Report, of *auditing.Verified) error {
	return writeJSON(w, v.VerifiedBody(r, of))
}

func (v *View) asLogged(c *store.Compared, first []store.Difference) *asLoggedJSON {
	m := c.Message()
	out := &asLoggedJSON{Rows: c.Rows, Differences: c.Differences, First: []rowDifferenceJSON{}, Says: v.Catalog.Text(m.Key, m.Args...)}
	if m, some := c.Before(); some {
		out.NotVouched = v.Catalog.Text(m.Key, m.Args...)
	}
	for i := range first {
		d := &first[i]
		m := d.Message()
		out.First = append(out.First, rowDifferenceJSON{string(d.Sort), d.Table, d.ID, d.Column, d.Log, d.Row, d.Entry, v.Catalog.Text(m.Key, m.Args...)})
	}
	return out
}
