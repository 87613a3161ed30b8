package asff

import (
	"cmp"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
)

// found makes a finding as it stands: as a store keeps it, or, where it comes
// from a scan, new.
func (b *builder) found(id string, f *finding.Finding) *securityFinding {
	k := f.Kept
	if k == nil {
		return b.base(id, f, Standing{
			Workflow: workflowStatus(f.Status), Archived: f.Status == control.NotApplicable,
			CreatedAt: b.scan.Started, FirstObservedAt: b.scan.Started, LastObservedAt: b.scan.Ended, UpdatedAt: b.scan.Ended,
		})
	}
	own := *f
	own.Severity = cmp.Or(k.Own, f.Severity)
	s := Standing{
		Workflow: k.Workflow, Archived: k.Archived, CreatedAt: k.FirstSeen, FirstObservedAt: k.Changed, LastObservedAt: k.LastSeen, UpdatedAt: k.Updated,
	}
	if k.LastSeen.After(k.Updated) {
		s.UpdatedAt = k.LastSeen
	}
	if own.Severity != f.Severity {
		s.Override = f.Severity
	}
	a := b.base(id, &own, s)
	a.Note = noteOf(k)
	if x := k.Exception; x != nil {
		a.ProductFields["kumoban/exception"] = limit(cmp.Or(x.ID, unsaid), maxField)
		if strings.TrimSpace(x.Reason) != "" {
			a.ProductFields["kumoban/exceptionReason"] = limit(x.Reason, maxField)
		}
		if !x.Until.IsZero() {
			a.ProductFields["kumoban/exceptionUntil"] = stamp(x.Until)
		}
		if len(x.While) > 0 {
			a.ProductFields["kumoban/exceptionWhile"] = limit(strings.Join(x.While, "; "), maxField)
		}
	}
	return a
}

// noteOf is the latest note or, where nobody wrote one, the exception's reason.
func noteOf(k *finding.Kept) *written {
	switch n, x := k.Note, k.Exception; {
	case n != nil && strings.TrimSpace(n.Text) != "":
		return &written{limit(n.Text, maxText), limit(cmp.Or(n.By, product), maxText), stamp(n.At)}
	case x != nil && strings.TrimSpace(x.Reason) != "":
		return &written{limit(x.Reason, maxText), limit(cmp.Or(x.By, product), maxText), stamp(k.Updated)}
	}
	return nil
}
