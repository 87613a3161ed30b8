package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/render"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/store"
)

// withoutOwner is the flag with which a fix is made that no owner agreed to.
const withoutOwner = "without-owner"

func (p *program) withoutOwner(flags *pflag.FlagSet) *string {
	return flags.String(withoutOwner, "", p.text("flag.fix.withoutOwner"))
}

// reading asks a store that is there, and makes none.
func (r *keptRun) reading(ctx context.Context, do func(store.Reader) error) error {
	if there, err := desk.There(r.place()); err != nil || !there {
		return err
	}
	config, err := r.p.keeping(r.command)
	if err != nil {
		return err
	}
	d, err := r.p.opened(ctx, config, r.place(), "", false)
	var problem *store.Problem
	if errors.As(err, &problem) && problem.Kind == store.Missing {
		return nil
	}
	if err != nil {
		return err
	}
	defer d.Close()
	return d.View(ctx, access.FixesApply, func(_ *keep.Keeper, rd store.Reader) error { return do(rd) })
}

// touching is a fix with what it does to others.
type touching struct {
	*plan.Fix
	finding string
	does    []remedy.Effect
}

// touchings are the fixes of a plan that an owner is to agree to. Whose finding each
// is follows from its control and resource: the plan's own word may be anybody's.
func (p *program) touchings(made *plan.Plan) (list []touching, err error) {
	for i := range made.Fixes {
		fix := &made.Fixes[i]
		c, err := p.find(fix.Control)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(c.Remedies, func(r remedy.Remedy) bool { return r.Name == fix.Remedy && r.Mends(fix.Resource.Type) })
		if at < 0 {
			return nil, locale.Errorf("run.unknownRemedy", locale.A("control", fix.Control), locale.A("remedy", locale.Clean(fix.Remedy)))
		}
		if len(c.Remedies[at].Does) > 0 {
			list = append(list, touching{fix, findingOf(made, fix), c.Remedies[at].Does})
		}
	}
	return list, nil
}

// gateShown is how many fixes a warning names.
const gateShown = 3

// gate holds a plan to what the store's policy wants of owners: a fix that
// interrupts, costs or replaces something has their word, or a reason why not,
// which the audit log keeps. The store is asked whatever the endpoint is: who
// could name one would go round it.
func (r *keptRun) gate(ctx context.Context, made *plan.Plan, reason string) error {
	reason, err := r.reason(reason)
	if err != nil {
		return err
	}
	fixes, err := r.p.touchings(made)
	if err != nil || len(fixes) == 0 {
		return err
	}
	var ids, open []string
	for _, f := range fixes {
		ids = append(ids, f.finding)
	}
	required := false
	err = r.reading(ctx, func(rd store.Reader) error {
		held, err := keep.Policy(ctx, rd)
		if err == nil {
			required = held.RequireOwner
			open, err = keep.Unagreed(ctx, rd, ids)
		}
		return err
	})
	switch {
	case err != nil && reason == "":
		// Whether the store requires the owner's word cannot be known.
		return locale.Errorf("keep.gateNotRead", locale.A("error", r.p.explain(err)))
	case err != nil:
		r.why = reason
		return r.forgive("keep.gateUnread", err)
	}
	fixes = slices.DeleteFunc(fixes, func(f touching) bool { return !slices.Contains(open, f.finding) })
	if len(fixes) == 0 {
		return nil
	}
	r.why = reason
	store := sameStore(r.command)
	first := &fixes[0]
	if reason == "" && required {
		return locale.Errorf("keep.gateClosed", locale.A("n", len(fixes)), locale.A("control", first.Control), locale.A("resource", locale.Clean(first.Resource.Name)),
			locale.A("does", r.p.does(first.does)), locale.A("id", keep.Short(first.finding)), locale.A("store", store))
	}
	for i, f := range fixes {
		if i == gateShown {
			r.warns = append(r.warns, r.p.phrase("keep.gateMore", locale.A("n", len(fixes)-i)))
			break
		}
		key := "keep.gateWarns"
		if reason != "" {
			key = "keep.gateWithout"
		}
		r.warns = append(r.warns, r.p.phrase(key, locale.A("control", f.Control), locale.A("resource", locale.Clean(f.Resource.Name)), locale.A("does", r.p.does(f.does)), locale.A("id", keep.Short(f.finding)), locale.A("store", store)))
	}
	return nil
}

// reason is why something is done without the owner's word.
func (r *keptRun) reason(given string) (string, error) {
	given = strings.TrimSpace(given)
	switch {
	case utf8.RuneCountInString(given) > lifecycle.MaxText:
		return "", locale.Errorf("lifecycle.tooLong", locale.A("max", lifecycle.MaxText))
	case given == "" && r.command.Flags().Changed(withoutOwner):
		return "", locale.Errorf("keep.gateReason")
	}
	return given, nil
}

// gateUndo is gate for an undo: what opens again what a fix protects needs what such
// a fix would. That an owner agreed to the fix is no word for that.
func (r *keptRun) gateUndo(ctx context.Context, exposes []app.Exposed, reason string) error {
	reason, err := r.reason(reason)
	if err != nil || len(exposes) == 0 {
		return err
	}
	required := false
	err = r.reading(ctx, func(rd store.Reader) error {
		held, err := keep.Policy(ctx, rd)
		required = held.RequireOwner
		return err
	})
	switch {
	case err != nil && reason == "":
		return locale.Errorf("keep.gateNotRead", locale.A("error", r.p.explain(err)))
	case err != nil:
		r.why = reason
		return r.forgive("keep.gateUnread", err)
	}
	r.why = reason
	texts, err := report.NewTexts(r.p.catalog, r.p.controls())
	if err != nil {
		return err
	}
	for i, x := range exposes {
		args := []locale.Arg{
			locale.A("control", x.Fix.Control), locale.A("resource", locale.Clean(x.Fix.Resource.Name)), locale.A("n", len(exposes)),
			locale.A("changes", strings.Join(render.Changes(x.Step, true, r.p.catalog, texts), "; ")),
		}
		switch {
		case reason == "" && required:
			return locale.Errorf("keep.undoClosed", args...)
		case i == gateShown:
			r.warns = append(r.warns, r.p.phrase("keep.gateMore", locale.A("n", len(exposes)-i)))
			return nil
		}
		r.warns = append(r.warns, r.p.phrase("keep.undoWarns", args...))
	}
	return nil
}

// tellGate says, once, of which fixes no owner has agreed to: before somebody is
// asked, or else before the first change.
func (r *keptRun) tellGate() {
	for _, line := range r.warns {
		if !r.p.quiet {
			fmt.Fprintln(r.p.stderr, line)
		}
	}
	r.warns = nil
}

// foretell says what the gate would say, for whoever only tries.
func (r *keptRun) foretell(ctx context.Context, made *plan.Plan, reason string) error {
	err := r.gate(ctx, made, reason)
	var ours *locale.Error
	if errors.As(err, &ours) {
		r.p.tell("keep.gateWould", locale.A("error", ours))
		return nil
	}
	r.tellGate()
	return err
}

// foretellUndo says what the gate would say of an undo.
func (r *keptRun) foretellUndo(ctx context.Context, exposes []app.Exposed, reason string) error {
	err := r.gateUndo(ctx, exposes, reason)
	var ours *locale.Error
	if errors.As(err, &ours) {
		r.p.tell("keep.undoWould", locale.A("error", ours))
		return nil
	}
	r.tellGate()
	return err
}

// does says in words what a remedy does to others.
func (p *program) does(list []remedy.Effect) []string {
	var words []string
	for _, e := range list {
		words = append(words, p.phrase("keep.does."+string(e)))
	}
	return words
}

// ownersReplies gives wishes what their owners said of numbers that a remedy asks
// for, such as for how long a log is kept.
func (p *program) ownersReplies(c *cobra.Command, f *planFlags, wishes []app.Wish) error {
	k := p.plansStore(c, f.store)
	err := k.look(c.Context(), func(r store.Reader) error {
		for i := range wishes {
			q, err := keep.LastAnswered(c.Context(), r, wishID(wishes[i]))
			if err != nil {
				return err
			}
			if q == nil {
				continue
			}
			said := app.Replies{By: q.Answer.By, Question: q.ID, Inputs: map[string]string{}}
			for _, reply := range q.Answer.Replies {
				if reply.Kind == control.Number && (!reply.Only || reply.Control == wishes[i].Control) {
					said.Inputs[reply.Key] = reply.Value
				}
			}
			wishes[i].Owner = said
		}
		return nil
	})
	if err != nil && !k.named && c.Context().Err() == nil {
		return nil // that the store cannot be read was said before
	}
	return err
}
