package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"regexp"
	"slices"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/open"
)

// decided is what a plan asks the store: which findings somebody has accepted, and
// which one an id means. It is opened when it is needed, and never made.
type decided struct {
	p       *program
	command *cobra.Command
	place   string // "" where there is none to ask
	named   bool
}

// plansStore finds the store that a plan is made by: the one that was named, or
// the usual one if there is one. What stands in for AWS has no findings in it.
func (p *program) plansStore(c *cobra.Command, given string) decided {
	k := decided{p: p, command: c, place: p.storePlace(given), named: p.named(c)}
	if app.StandIn("", p.endpoint()) && !k.named {
		k.place = ""
	}
	return k
}

// look reads the store; without one it does nothing.
func (k *decided) look(ctx context.Context, do func(store.Reader) error) error {
	if k.place == "" {
		return nil
	}
	switch there, err := thereIs(k.place); {
	case err != nil:
		return err
	case !there && k.named:
		return locale.Errorf("cli.fix.noSuchStore", locale.A("store", k.place))
	case !there:
		return nil
	}
	keeper, done, err := k.p.keeper(ctx, k.command, k.place, "")
	if err != nil {
		return err
	}
	defer done()
	return keeper.Store.View(ctx, do)
}

// thereIs tells whether there is a store, as far as a file shows it.
func thereIs(place string) (bool, error) {
	if open.Server(place) {
		return true, nil
	}
	_, err := os.Stat(place)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return true, nil //nolint:nilerr // who opens it says what is wrong
}

var findingID = regexp.MustCompile(`^([0-9a-f]{4,32}|arn:[^/]+:securityhub:.+)$`)

// isID tells a finding's id from a file of findings, which comes first.
func isID(name string) bool {
	_, err := os.Stat(name)
	return err != nil && findingID.MatchString(name)
}

// wishFor is the finding of that id, whatever was decided about it: it was named.
func (k *decided) wishFor(ctx context.Context, id string) (wishes []app.Wish, err error) {
	err = k.look(ctx, func(r store.Reader) error {
		ids, err := keep.Find(ctx, r, []string{id})
		if err != nil {
			return err
		}
		records, err := r.Records(ctx, ids)
		for i := range records {
			if records[i].Source != lifecycle.SourceLive {
				return locale.Errorf("cli.fix.inSource", locale.A("id", id), locale.A("source", records[i].Source))
			}
			wishes = append(wishes, app.Wish{Control: records[i].Control, Ref: records[i].Resource})
		}
		return err
	})
	if err == nil && wishes == nil {
		err = locale.Errorf("cli.fix.noFinding", locale.A("id", id))
	}
	return wishes, err
}

// wanted leaves out what somebody has accepted, and names it. A store that
// nobody named and that does not work is said, and nothing is left out.
func (k *decided) wanted(ctx context.Context, wishes []app.Wish) ([]app.Wish, error) {
	accepted := map[string]string{}
	var ids []string
	for _, w := range wishes {
		ids = append(ids, wishID(w))
	}
	err := k.look(ctx, func(r store.Reader) error {
		records, err := r.Records(ctx, ids)
		if err != nil {
			return err
		}
		for i := range records {
			if err := k.accepted(ctx, r, &records[i], accepted); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil && !k.named && ctx.Err() == nil {
		k.p.tell("cli.fix.storeUnread", locale.A("error", k.p.explain(err)))
		return wishes, nil
	}
	if err != nil {
		return nil, err
	}
	return k.p.leaveOut(wishes, func(w app.Wish) string { return accepted[wishID(w)] }), nil
}

// leaveOut leaves out, and names, what there is a reason for.
func (p *program) leaveOut(wishes []app.Wish, why func(app.Wish) string) []app.Wish {
	return slices.DeleteFunc(slices.Clone(wishes), func(w app.Wish) bool {
		why := why(w)
		if why != "" {
			p.tell("cli.fix.skipped", locale.A("control", w.Control), locale.A("resource", w.Ref.ID()), locale.A("why", why))
		}
		return why != ""
	})
}

// says is why a finding is to be let be, as it says itself.
func (p *program) says(w app.Wish) string {
	if w.Let == "" {
		return ""
	}
	return p.phrase(w.Let)
}

// accepted says why a record is suppressed, if it is and its exception has not
// run out meanwhile.
func (k *decided) accepted(ctx context.Context, r store.Reader, record *lifecycle.Record, why map[string]string) error {
	if record.Workflow != lifecycle.Suppressed {
		return nil
	}
	why[record.ID] = k.p.text("fix.suppressed", locale.A("id", keep.Short(record.ID)))
	if record.Exception == "" {
		return nil
	}
	var missing *store.NotFound
	e, err := r.Exception(ctx, record.Exception)
	if errors.As(err, &missing) {
		return nil // it is suppressed all the same
	}
	if err != nil {
		return err
	}
	switch {
	case e.Until.IsZero():
		why[record.ID] = k.p.phrase("cli.fix.suppressedBy", locale.A("id", keep.Short(record.ID)), locale.A("by", e.By), locale.A("reason", e.Reason))
	case e.Until.After(k.p.now()):
		why[record.ID] = k.p.phrase("cli.fix.suppressedUntil", locale.A("id", keep.Short(record.ID)), locale.A("by", e.By), locale.A("reason", e.Reason),
			locale.A("until", e.Until.Add(-1).Local().Format("2006-01-02")))
	default:
		delete(why, record.ID)
	}
	return nil
}

func wishID(w app.Wish) string {
	f := finding.Finding{Control: w.Control, Resource: w.Ref}
	return f.ID()
}
