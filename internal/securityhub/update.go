package securityhub

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/securityhub/sides"
)

// Identifier names a finding in Security Hub.
type Identifier struct {
	ID         string `json:"Id"`
	ProductArn string
}

// IdentifierOf names a finding that was pulled.
func IdentifierOf(f *report.Held) Identifier { return Identifier{f.ID, f.ProductArn} }

// maxNote is the longest note, in UTF-16 characters, the narrowest reading.
const maxNote = 512

// Workflow is a decision to write into Security Hub.
type Workflow struct {
	Status lifecycle.Workflow
	Note   string // the reason; "": no note; cut to what Security Hub keeps
	By     string // who decided; needed with a note
}

// UpdateFailure is a finding that was not updated.
type UpdateFailure struct {
	Finding       Identifier
	Code, Message string // Security Hub's own
}

// Updates is what SetWorkflow did; each identifier is in one of its lists.
type Updates struct {
	Done   []Identifier
	Failed []UpdateFailure
}

type updateRequest struct {
	FindingIdentifiers []Identifier
	Note               *updateNote `json:",omitempty"`
	Workflow           struct{ Status string }
}

type updateNote struct{ Text, UpdatedBy string }

type updateAnswer struct {
	ProcessedFindings   []Identifier
	UnprocessedFindings []struct {
		FindingIdentifier       Identifier
		ErrorCode, ErrorMessage string
	}
}

// SetWorkflow writes a workflow status, and the reason as a note, into findings.
// Their UpdatedAt stays as it is, and Security Hub may take minutes to show it.
// An error is a [NotEnabled] or an [awsclient.Fault]; what was done before it is
// in Done.
func (h *Hub) SetWorkflow(ctx context.Context, ids []Identifier, w Workflow) (Updates, error) {
	in := updateRequest{}
	in.Workflow.Status = string(w.Status)
	if note := cut(oneLine(w.Note), maxNote); note != "" {
		in.Note = &updateNote{note, cut(cmp.Or(oneLine(w.By), "kumoban"), maxNote)}
	}
	var u Updates
	for part := range slices.Chunk(once(ids), maxBatch) {
		for round := 1; len(part) > 0; round++ {
			in.FindingIdentifiers = part
			out, err := do[updateAnswer](ctx, h, batchUpdate(), "PATCH", "findings/batchupdate", in)
			if err != nil {
				return u, err
			}
			part = u.take(part, out, round == rounds)
		}
	}
	return u, nil
}

// take sorts the answer for a part, and returns what to send again. What the
// answer does not name was not updated.
func (u *Updates) take(part []Identifier, out updateAnswer, final bool) (again []Identifier) {
	for _, id := range part {
		failed := UpdateFailure{id, "Unanswered", "Security Hub did not say what became of it"}
		for _, f := range out.UnprocessedFindings {
			if f.FindingIdentifier == id {
				failed.Code, failed.Message = oneLine(f.ErrorCode), oneLine(f.ErrorMessage)
			}
		}
		switch {
		case slices.Contains(out.ProcessedFindings, id):
			u.Done = append(u.Done, id)
		case passing(failed.Code) && !final:
			again = append(again, id)
		default:
			u.Failed = append(u.Failed, failed)
		}
	}
	return again
}

// once drops identifiers that were there before; Security Hub refuses them.
func once(ids []Identifier) []Identifier {
	seen := map[Identifier]bool{}
	return slices.DeleteFunc(slices.Clone(ids), func(id Identifier) bool {
		was := seen[id]
		seen[id] = true
		return was
	})
}

// oneLine makes a text from outside, or for outside, one clean line.
func oneLine(s string) string { return strings.Join(strings.Fields(locale.Clean(s)), " ") }

// cut shortens a text to n characters of UTF-16, the last one an ellipsis.
func cut(s string, n int) string {
	units, room := 0, 0 // room: where the ellipsis still fits
	for i, r := range s {
		if units < n {
			room = i
		}
		if units += utf16.RuneLen(r); units > n {
			return s[:room] + "…"
		}
	}
	return s
}

type historyPage struct {
	Records   []historyRecord
	NextToken *string
}

type historyRecord struct {
	UpdateTime   string
	UpdateSource struct{ Type, Identity string }
	Updates      []struct{ UpdatedField, OldValue, NewValue string }
}

// Decided asks the finding's history, which reaches back 90 days, for the
// decision that its workflow status comes from. It is nil where no one decided:
// Security Hub sets NEW and RESOLVED itself.
func (h *Hub) Decided(ctx context.Context, f *report.Held) (*sides.Decision, error) {
	type request struct {
		FindingIdentifier Identifier
		NextToken         *string `json:",omitempty"`
	}
	var latest *sides.Decision
	persons := false
	for records, err := range list(ctx, h, getFindingHistory(), "findingHistory/get",
		func(token *string) any { return request{IdentifierOf(f), token} },
		func(got *historyPage) ([]historyRecord, *string) { return got.Records, got.NextToken }) {
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			at, ok := report.ParseTime(r.UpdateTime)
			for _, u := range r.Updates {
				if !ok || !ofWorkflow(u.UpdatedField) || latest != nil && at.Before(latest.At) {
					continue
				}
				latest = &sides.Decision{Status: status(u.NewValue, f.Workflow), At: at, By: oneLine(r.UpdateSource.Identity)}
				persons = r.UpdateSource.Type == "BATCH_UPDATE_FINDINGS"
			}
		}
	}
	if latest == nil || !persons || string(latest.Status) != f.Workflow {
		return nil, nil //nolint:nilnil // no decision is an answer, not a fault
	}
	if n := f.Note; n != nil && !n.At.Before(latest.At.Add(-time.Minute)) {
		latest.Note = oneLine(n.Text)
		latest.By = cmp.Or(oneLine(n.By), latest.By)
	}
	return latest, nil
}

// ofWorkflow tells whether a history entry is about the workflow status. AWS
// does not document how it writes the field's path.
func ofWorkflow(field string) bool {
	field = strings.ToLower(field)
	return strings.Contains(field, "workflow") && !strings.Contains(field, "workflowstate")
}

// status finds the status in a new value, which may be an object's JSON, or be
// left out where the entry would be too long.
func status(value, now string) lifecycle.Workflow {
	for _, w := range []lifecycle.Workflow{lifecycle.New, lifecycle.Notified, lifecycle.Suppressed, lifecycle.Resolved} {
		if strings.Contains(value, string(w)) {
			return w
		}
	}
	return lifecycle.Workflow(now)
}
