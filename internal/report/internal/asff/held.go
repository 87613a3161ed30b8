package asff

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

// Held is a finding that Security Hub holds.
type Held struct {
	ID         string
	ProductArn string
	Ours       bool         // kumoban imported it
	Standard   string       // whose it is, where control findings are not consolidated: "nist-800-53/v/5.0.0"; "": of all, or ours
	Control    string       // id, spelled as the built-in control spells it
	Ref        resource.Ref // scope, type ("" where no control judges it) and ARN
	Title      string

	Status      string // PASSED, FAILED, WARNING or NOT_AVAILABLE
	Reasons     []string
	Params      map[string][]string
	RecordState string // ACTIVE or ARCHIVED
	Workflow    string // NEW, NOTIFIED, SUPPRESSED or RESOLVED
	Severity    string // the label
	Note        *Note  // nil: none

	CreatedAt       time.Time
	UpdatedAt       time.Time
	FirstObservedAt time.Time // zero where the finding does not say; so the two below
	LastObservedAt  time.Time
	ProcessedAt     time.Time
}

// Note is what a person wrote on a finding.
type Note struct {
	Text, By string
	At       time.Time
}

// heldFinding is what Held is read from.
type heldFinding struct {
	oneFinding
	ID, Region, Title                                                  string
	CreatedAt, UpdatedAt, FirstObservedAt, LastObservedAt, ProcessedAt string
	Severity                                                           struct{ Label string }
	Note                                                               *struct{ Text, UpdatedBy, UpdatedAt string }
}

// ReadHeld reads one finding as GetFindings returns it. It is nil where it is
// of another product or of a control that all does not have; one of ours that
// cannot be used is an error of [*locale.Error].
func ReadHeld(raw []byte, all []*control.Control) (*Held, error) {
	var f heldFinding
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, f.unreadable(cmp.Or(place(err), "?"))
	}
	if err := f.product(); err != nil {
		return nil, f.skipped(err, "ProductArn")
	}
	c, err := f.control(all)
	if err != nil {
		return nil, f.skipped(err, "Compliance.SecurityControlId")
	}
	return f.held(c)
}

// skipped turns findings of others into nothing.
func (f *heldFinding) skipped(err error, field string) error {
	var e *locale.Error
	if errors.As(err, &e) && slices.Contains([]string{"fix.finding.otherProduct", "fix.finding.otherControl", "fix.finding.ocsf"}, e.Key) {
		return nil
	}
	return f.unreadable(field)
}

func (f *heldFinding) unreadable(field string) error {
	return locale.Errorf("hub.unreadable", locale.A("id", cmp.Or(quote(f.ID), "?")), locale.A("field", quote(field)))
}

func (f *heldFinding) held(c *control.Control) (*Held, error) {
	h := &Held{
		ID: f.ID, ProductArn: f.ProductArn, Ours: !strings.HasSuffix(f.ProductArn, ":product/aws/securityhub"),
		Control: c.ID, Title: f.Title, Status: f.Compliance.Status, RecordState: cmp.Or(f.RecordState, "ACTIVE"),
		Workflow: cmp.Or(f.Workflow.Status, "NEW"), Severity: f.Severity.Label,
	}
	if !h.Ours {
		h.Standard = f.standard()
	}
	if field := f.enums(h); field != "" {
		return nil, f.unreadable(field)
	}
	if field := f.place(h); field != "" {
		return nil, f.unreadable(field)
	}
	if field := f.times(h); field != "" {
		return nil, f.unreadable(field)
	}
	for _, r := range f.Compliance.StatusReasons {
		h.Reasons = append(h.Reasons, r.ReasonCode)
	}
	for _, p := range f.Compliance.SecurityControlParameters {
		if h.Params == nil {
			h.Params = map[string][]string{}
		}
		h.Params[p.Name] = p.Value
	}
	return h, nil
}

// enums, place and times return the field that makes no sense, or "".
func (f *heldFinding) enums(h *Held) string {
	switch {
	case h.ID == "":
		return "Id"
	case !slices.Contains([]string{"PASSED", "FAILED", "WARNING", "NOT_AVAILABLE"}, h.Status):
		return "Compliance.Status"
	case !slices.Contains([]string{"ACTIVE", "ARCHIVED"}, h.RecordState):
		return "RecordState"
	case !slices.Contains([]string{"NEW", "NOTIFIED", "SUPPRESSED", "RESOLVED"}, h.Workflow):
		return "Workflow.Status"
	}
	return ""
}

func (f *heldFinding) place(h *Held) string {
	if len(f.Resources) == 0 || f.Resources[0].ID == "" {
		return "Resources"
	}
	if !accountPattern.MatchString(f.AwsAccountID) {
		return "AwsAccountId"
	}
	r := f.Resources[0]
	product, _ := resource.ParseARN(f.ProductArn) // f.product has parsed it
	h.Ref = resource.Ref{ARN: r.ID, Scope: resource.Scope{
		Partition: cmp.Or(r.Partition, product.Partition), Account: f.AwsAccountID, Region: cmp.Or(r.Region, f.Region, product.Region),
	}}
	switch a, ok := resource.ParseARN(r.ID); {
	case r.Type == "AwsAccount" || resource.IsAccountID(r.ID):
		h.Ref.Type = resource.AccountType
	case ok:
		h.Ref.Type = typeOf(r.ID, a)
		h.Ref.Region = cmp.Or(a.Region, h.Ref.Region)
	}
	return ""
}

func (f *heldFinding) times(h *Held) string {
	for _, t := range []struct {
		name, text string
		to         *time.Time
		must       bool
	}{
		{"UpdatedAt", f.UpdatedAt, &h.UpdatedAt, true}, {"CreatedAt", f.CreatedAt, &h.CreatedAt, true},
		{"FirstObservedAt", f.FirstObservedAt, &h.FirstObservedAt, false}, {"LastObservedAt", f.LastObservedAt, &h.LastObservedAt, false},
		{"ProcessedAt", f.ProcessedAt, &h.ProcessedAt, false},
	} {
		if t.text == "" && !t.must {
			continue
		}
		at, ok := ParseTime(t.text)
		if !ok {
			return t.name
		}
		*t.to = at
	}
	if f.Note == nil {
		return ""
	}
	h.Note = &Note{Text: f.Note.Text, By: f.Note.UpdatedBy}
	var ok bool
	if h.Note.At, ok = ParseTime(f.Note.UpdatedAt); !ok {
		return "Note.UpdatedAt"
	}
	return ""
}

// ParseTime reads a timestamp in any of the forms that Security Hub accepts.
func ParseTime(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05Z0700"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
