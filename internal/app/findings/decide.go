package findings

import (
	"context"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// Decided is what a decision made of findings. It is there, beside an error, where
// the decision was kept and something after it failed.
type Decided struct {
	Records    []lifecycle.Record // in the order in which they were named
	Exceptions []lifecycle.Exception
	Head       audit.Entry
	Replaced   []lifecycle.Exception // whose place others took
	Notices    []desk.Notice
}

// Note writes something down in the history of findings.
func Note(ctx context.Context, d *desk.Desk, names []string, text string) (*Decided, error) {
	k, err := d.Keeper(access.FindingsDecide)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(text) == "" {
		return nil, needs("text")
	}
	return decide(ctx, k, names, text, k.Note)
}

// Notify says that whoever has to know of findings was told.
func Notify(ctx context.Context, d *desk.Desk, names []string, why string) (*Decided, error) {
	k, err := d.Keeper(access.FindingsDecide)
	if err != nil {
		return nil, err
	}
	return decide(ctx, k, names, why, k.Notify)
}

// Resolve closes findings by decision, whatever their compliance.
func Resolve(ctx context.Context, d *desk.Desk, names []string, why string) (*Decided, error) {
	k, err := d.Keeper(access.FindingsDecide)
	if err != nil {
		return nil, err
	}
	out, err := decide(ctx, k, names, why, k.Resolve)
	if err != nil {
		return out, err
	}
	if n := desk.Waiting(out.Records); n > 0 {
		out.Notices = append(out.Notices, desk.Tell("keep.resolvedStays", locale.A("n", n)))
	}
	return out, nil
}

// Unsuppress ends suppression before its time.
func Unsuppress(ctx context.Context, d *desk.Desk, names []string, why string) (*Decided, error) {
	k, err := d.Keeper(access.FindingsDecide)
	if err != nil {
		return nil, err
	}
	return decide(ctx, k, names, why, k.Unsuppress)
}

// Approve puts what was proposed for findings in force.
func Approve(ctx context.Context, d *desk.Desk, names []string, why string) (*Decided, error) {
	k, err := d.Keeper(access.ExceptionsApprove)
	if err != nil {
		return nil, err
	}
	return decide(ctx, k, names, why, k.Approve)
}

// Reject ends what was proposed for findings: they stay as they are.
func Reject(ctx context.Context, d *desk.Desk, names []string, why string) (*Decided, error) {
	k, err := d.Keeper(access.ExceptionsApprove)
	if err != nil {
		return nil, err
	}
	return decide(ctx, k, names, why, k.Reject)
}

// SetSeverity puts a severity in place of the control's own, which "control" brings
// back.
func SetSeverity(ctx context.Context, d *desk.Desk, names []string, to, why string) (*Decided, error) {
	k, err := d.Keeper(access.FindingsDecide)
	if err != nil {
		return nil, err
	}
	var severity control.Severity
	switch to {
	case "":
		return nil, needs("to")
	case "control":
	default:
		if severity, err = control.ParseSeverity(to); err != nil {
			return nil, err
		}
	}
	return decide(ctx, k, names, why, func(ctx context.Context, ids []string, why string) (keep.Decided, error) {
		return k.SetSeverity(ctx, ids, severity, why)
	})
}

// Assign says who works on findings; "" is nobody.
func Assign(ctx context.Context, d *desk.Desk, names []string, to, why string) (*Decided, error) {
	k, err := d.Keeper(access.FindingsDecide)
	if err != nil {
		return nil, err
	}
	return decide(ctx, k, names, why, func(ctx context.Context, ids []string, why string) (keep.Decided, error) {
		return k.Assign(ctx, ids, to, why)
	})
}

// Follow says where findings are followed: by a ticket's address or number; "" is nowhere.
func Follow(ctx context.Context, d *desk.Desk, names []string, ticket, why string) (*Decided, error) {
	k, err := d.Keeper(access.FindingsDecide)
	if err != nil {
		return nil, err
	}
	return decide(ctx, k, names, why, func(ctx context.Context, ids []string, why string) (keep.Decided, error) {
		return k.Follow(ctx, ids, ticket, why)
	})
}

// decide finds findings and decides about them.
func decide(ctx context.Context, k *keep.Keeper, names []string, why string, do func(context.Context, []string, string) (keep.Decided, error)) (*Decided, error) {
	ids, err := desk.Find(ctx, k, names)
	if err != nil {
		return nil, err
	}
	done, err := do(ctx, ids, why)
	if err != nil {
		return nil, err
	}
	return decided(ctx, k, done)
}

func decided(ctx context.Context, k *keep.Keeper, done keep.Decided) (*Decided, error) {
	out := &Decided{Records: done.Records, Head: done.AuditHead}
	err := k.Store.View(ctx, func(r store.Reader) (err error) {
		out.Exceptions, err = desk.Exceptions(ctx, r, out.Records)
		return err
	})
	return out, err
}

// needs says what is missing, and what it is for.
func needs(field string) error {
	return locale.Errorf("keep.needs", locale.A("flag", locale.Field(field)), locale.A("why", locale.Errorf("keep.why."+field)))
}

// Exemption is why findings are let be.
type Exemption struct {
	Reason     string
	Until      string   // a date or a span
	While      []string // conditions
	ApprovedBy string
}

// Suppress lets findings be until a day, or proposes that, where the store's policy
// wants an approver. To name one takes what approving does.
func Suppress(ctx context.Context, d *desk.Desk, names []string, e Exemption) (*Decided, error) {
	k, err := d.Keeper(access.ExceptionsRequest)
	if err == nil && e.ApprovedBy != "" {
		err = d.Subject.May(access.ExceptionsApprove)
	}
	if err != nil {
		return nil, err
	}
	end, err := e.check(d)
	if err != nil {
		return nil, err
	}
	ids, err := desk.Find(ctx, k, names)
	if err != nil {
		return nil, err
	}
	before, err := replaced(ctx, k, ids)
	if err != nil {
		return nil, err
	}
	done, err := k.Suppress(ctx, ids, keep.Exemption{Reason: e.Reason, Until: end, While: e.While, ApprovedBy: e.ApprovedBy})
	if err != nil {
		return nil, err
	}
	out, err := decided(ctx, k, done)
	if err != nil {
		return out, err
	}
	out.Replaced = before
	out.Notices, err = suppressed(ctx, k, out.Records, ids[0])
	return out, err
}

// Possible refuses an exemption that no finding could have, before one is named.
func Possible(d *desk.Desk, e *Exemption) error {
	if err := d.Subject.May(access.ExceptionsRequest); err != nil {
		return err
	}
	_, err := e.check(d)
	return err
}

func (e *Exemption) check(d *desk.Desk) (time.Time, error) {
	end, err := d.Through("until", e.Until)
	reason := strings.TrimSpace(e.Reason) != ""
	switch {
	case err != nil:
	case !reason && e.Until == "":
		err = locale.Errorf("keep.both", locale.A("one", needs("reason")), locale.A("other", needs("until")))
	case !reason:
		err = needs("reason")
	case e.Until == "":
		err = needs("until")
	case end.Before(d.Now()):
		err = locale.Errorf("keep.pastDay", locale.A("date", e.Until), locale.A("flag", locale.Field("until")))
	default:
		err = desk.Named(e.ApprovedBy)
	}
	return end, err
}

// suppressed says of what was let be whether it waits for an approver, needed
// nothing, and how to go on.
func suppressed(ctx context.Context, k *keep.Keeper, records []lifecycle.Record, first string) ([]desk.Notice, error) {
	said, err := desk.Proposed(ctx, k, records)
	if err != nil || records[0].Workflow != lifecycle.Suppressed {
		return said, err
	}
	if n := len(records) - desk.Waiting(records); n > 0 {
		said = append(said, desk.Tell("keep.suppressedPassed", locale.A("n", n)))
	}
	return append(said, desk.Tell("keep.nextSuppressed", locale.A("id", finding.Short(first)))), nil
}

// replaced are the exceptions whose place others would take.
func replaced(ctx context.Context, k *keep.Keeper, ids []string) (list []lifecycle.Exception, err error) {
	err = k.Store.View(ctx, func(r store.Reader) error {
		records, err := r.Records(ctx, ids)
		for i := 0; err == nil && i < len(records); i++ {
			if records[i].Exception == "" {
				continue
			}
			var e lifecycle.Exception
			e, err = r.Exception(ctx, records[i].Exception)
			list = append(list, e)
		}
		return err
	})
	return list, err
}
