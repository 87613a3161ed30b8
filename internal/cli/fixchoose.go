package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
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
	switch there, err := desk.There(k.place); {
	case err != nil:
		return err
	case !there && k.named:
		return locale.Errorf("cli.fix.noSuchStore", locale.A("store", k.place))
	case !there:
		return nil
	}
	config, err := k.p.keeping(k.command)
	if err != nil {
		return err
	}
	d, err := k.p.opened(ctx, config, k.place, "", true)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.View(ctx, access.FixesPlan, func(_ *keep.Keeper, r store.Reader) error { return do(r) })
}

// fileName is what only a file of findings is called.
var fileName = regexp.MustCompile(`(?i)^-$|\.(json|jsonl|ndjson|txt)$`)

// isID tells a finding of the store from a file of findings, which comes first.
func isID(name string) bool {
	_, err := os.Stat(name)
	return name != "" && err != nil && !fileName.MatchString(name)
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
			wishes = append(wishes, app.Wish{Control: records[i].Control, Ref: records[i].Resource, Params: records[i].Params})
		}
		return err
	})
	if err == nil && wishes == nil {
		err = locale.Errorf("cli.fix.noFinding", locale.A("id", id))
	}
	return wishes, err
}

// wanted leaves out what somebody has accepted. A store that nobody named and
// that does not work is said, and nothing is left out.
func (k *decided) wanted(ctx context.Context, f *planFlags, wishes []app.Wish) ([]app.Wish, error) {
	accepted := map[string]locale.Message{}
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
	return f.leaveOut(wishes, func(w app.Wish) locale.Message { return accepted[wishID(w)] }), nil
}

// leaveOut leaves out what there is a reason for.
func (f *planFlags) leaveOut(wishes []app.Wish, why func(app.Wish) locale.Message) []app.Wish {
	return slices.DeleteFunc(slices.Clone(wishes), func(w app.Wish) bool {
		m := why(w)
		if m.Key != "" {
			f.left = append(f.left, app.LeftOut{Wish: w, Why: m})
		}
		return m.Key != ""
	})
}

// says is why a finding is to be let be, as it says itself.
func says(w app.Wish) locale.Message { return locale.M(w.Let) }

// accepted says why a record is suppressed, if it is and its exception has not
// run out meanwhile: who accepted it, until when, and in answer to which question.
func (k *decided) accepted(ctx context.Context, r store.Reader, record *lifecycle.Record, why map[string]locale.Message) error {
	if record.Workflow != lifecycle.Suppressed {
		return nil
	}
	id := locale.A("id", keep.Short(record.ID))
	why[record.ID] = locale.M("cli.fix.suppressed", id)
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
	by := e.By
	if q, err := r.Question(ctx, e.Question); e.Question != "" && err == nil && q.Answer != nil {
		by = q.Answer.By // the owner, whoever recorded the answer
	}
	args := []locale.Arg{id, locale.A("by", locale.Clean(by)), locale.A("reason", locale.Clean(e.Reason))}
	key := "cli.fix.suppressedBy"
	if !e.Until.IsZero() {
		if !e.Until.After(k.p.now()) {
			delete(why, record.ID)
			return nil
		}
		key = "cli.fix.suppressedUntil"
		args = append(args, locale.A("until", e.Until.Add(-1).In(k.p.zone).Format("2006-01-02")))
	}
	if e.Question != "" && !e.Until.IsZero() {
		key = "cli.fix.accepted"
		args = append(args, locale.A("question", e.Question))
	}
	why[record.ID] = locale.M(key, args...)
	return nil
}

// tellLeft says what is not in a plan: a line for each control and reason, or,
// verbose, for each finding.
func (p *program) tellLeft(left []app.LeftOut, verbose bool) {
	var order []string
	groups := map[string][]app.LeftOut{}
	for i, l := range left {
		key := reasonOf(l)
		if verbose {
			key = strconv.Itoa(i)
		}
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], l)
	}
	for _, key := range order {
		group := groups[key]
		l := group[0]
		args := []locale.Arg{
			locale.A("control", l.Control), locale.A("resource", l.Ref.ID()), locale.A("n", len(group)), locale.A("why", p.phrase(l.Why.Key, l.Why.Args...)),
		}
		if len(group) == 1 {
			p.tell("cli.fix.skipped", args...)
			continue
		}
		p.tell("cli.fix.skippedMany", args...)
	}
}

// reasonOf is what findings have in common that are left out for one reason: not
// which they are.
func reasonOf(l app.LeftOut) string {
	key := l.Control + " " + l.Why.Key
	for _, a := range l.Why.Args {
		if !slices.Contains([]string{"id", "resource", "thing"}, a.Name) {
			key += fmt.Sprintf(" %s=%v", a.Name, a.Value)
		}
	}
	return key
}

func wishID(w app.Wish) string {
	f := finding.Finding{Control: w.Control, Resource: w.Ref}
	return f.ID()
}
