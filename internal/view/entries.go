package view

import (
	"github.com/kumoban/kumoban/internal/app/auditing"
	"github.com/kumoban/kumoban/internal/audit"
)

// stamp writes times as the audit log has them.
const stamp = "2006-01-02T15:04:05.000000Z"

// entryJSON is an entry of the audit log as `kumoban audit export` writes it.
type entryJSON struct {
	SchemaVersion int    `json:"schemaVersion"`
	Seq           int64  `json:"seq"`
	At            string `json:"at" format:"date-time"`
	Actor         string `json:"actor"`
	Action        string `json:"action"`
	Subject       string `json:"subject"`
	Reason        string `json:"reason"`
	Detail        string `json:"detail"` // JSON, in the bytes that the hash covers
	Rows          string `json:"rows,omitempty"`
	Prev          string `json:"prev"`
	Hash          string `json:"hash"`
}

func entryOf(e *audit.Entry) entryJSON {
	return entryJSON{schemaVersion, e.Seq, e.At.UTC().Format(stamp), e.Actor, e.Action, e.Subject, e.Reason, e.Detail, e.Rows, e.Prev, e.Hash}
}

// EntriesBody is a page of the audit log, the latest entry first.
type EntriesBody struct {
	SchemaVersion int         `json:"schemaVersion"`
	Entries       []entryJSON `json:"entries"`
	Before        int64       `json:"before,omitempty"` // asks for the next page
}

// EntriesBody has a page of the audit log.
func (v *View) EntriesBody(page *auditing.Entries) EntriesBody {
	out := EntriesBody{schemaVersion, []entryJSON{}, page.Before}
	for i := range page.List {
		out.Entries = append(out.Entries, entryOf(&page.List[i]))
	}
	return out
}
