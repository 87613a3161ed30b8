// Package planning makes plans of fixes: from findings that are kept, saved, handed
// in or seen now, less what somebody has accepted, with what their owners said.
package planning

import (
	"context"
	"io"
	"slices"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/store"
)

// Place is where plans are made, for one subject.
type Place struct {
	Subject access.Subject
	Env     *app.Env
	// Store is the address of the store that knows what was decided; "": there is none
	// to ask. It is opened when it is needed, and never made.
	Store string
	Named bool // the store has to be there, and to work
	Open  desk.Opener
	Tell  func(desk.Notice) // what is to be told on the way
}

// Request says what to plan, and how. The findings come from one place; where none is
// named, from a scan that is made now.
type Request struct {
	Findings []string // of the store, by what people call them, whatever was decided about them
	Scan     string   // the path of a saved scan; "-" is Stdin
	Hub      string   // the path of Security Hub's own findings, likewise
	Stdin    io.Reader
	Controls []string // globs; none: all. So are the resources.

	Resources []string
	Account   string // "" is any
	Accepted  bool   // also what somebody has accepted
	// Options say how: all but the wishes, and what is left out of them.
	Options app.PlanOptions
}

// Made is what came of a request.
type Made struct {
	Plan *plan.Plan // nil where nothing is left to plan
	Left []app.LeftOut
	// Accepted is how many findings there are, where all of them are accepted.
	Accepted int
}

// Make makes a plan. What was left out comes back although there is no plan.
func Make(ctx context.Context, at *Place, r Request) (*Made, error) {
	if err := at.Subject.May(access.FixesPlan); err != nil {
		return nil, err
	}
	m := &maker{Place: at, request: &r}
	wishes, err := m.wishes(ctx)
	if err == nil && m.made.Accepted == 0 {
		if err = m.replies(ctx, wishes); err == nil {
			o := r.Options
			o.Wishes, o.LeftOut = wishes, m.made.Left
			o.Leave = func(l app.LeftOut) { m.made.Left = append(m.made.Left, l) }
			m.made.Plan, err = app.MakePlan(ctx, at.Env, o)
		}
	}
	return &m.made, err
}

// maker makes one plan.
type maker struct {
	*Place
	request *Request
	made    Made
}

// look reads the store; without one it does nothing.
func (m *maker) look(ctx context.Context, do func(*desk.Desk, store.Reader) error) error {
	if m.Store == "" {
		return nil
	}
	switch there, err := desk.There(m.Store); {
	case err != nil:
		return err
	case !there && m.Named:
		return locale.Errorf("cli.fix.noSuchStore", locale.A("store", m.Store))
	case !there:
		return nil
	}
	d, done, err := m.Open(ctx, m.Store, true)
	if err != nil {
		return err
	}
	defer done()
	d = d.For(m.Subject)
	return d.View(ctx, access.FixesPlan, func(_ *keep.Keeper, r store.Reader) error { return do(d, r) })
}

// wishes are the findings to plan for, less what somebody has accepted.
func (m *maker) wishes(ctx context.Context) ([]app.Wish, error) {
	if len(m.request.Findings) > 0 {
		return m.kept(ctx, m.request.Findings)
	}
	seen := map[control.Status]int{}
	wishes, err := m.found(ctx, seen)
	if err == nil && len(wishes) == 0 && len(seen) > 0 {
		return nil, locale.Errorf("cli.fix.noneFails", locale.A("passed", seen[control.Passed]), locale.A("unknown", seen[control.Unknown]), locale.A("other", seen[control.NotApplicable]))
	}
	if err != nil || m.request.Accepted {
		return wishes, err
	}
	left, err := m.wanted(ctx, m.leaveOut(wishes, says))
	if err == nil && len(left) == 0 {
		m.made.Accepted = len(wishes)
	}
	return left, err
}

// found are the findings that fail, from wherever they come.
func (m *maker) found(ctx context.Context, seen map[control.Status]int) ([]app.Wish, error) {
	r := m.request
	if err := desk.Filled(map[string][]string{"resource": r.Resources}); err != nil {
		return nil, err
	}
	filter := app.WishFilter{Controls: r.Controls, Resources: r.Resources, Account: r.Account, Region: r.Options.Region, Seen: seen}
	switch {
	case r.Scan != "" && r.Hub != "":
		return nil, locale.Errorf("cli.fix.oneSource")
	case r.Scan != "":
		return app.SavedWishes(ctx, m.Env, r.Stdin, r.Scan, filter)
	case r.Hub != "":
		return app.ImportedWishes(ctx, m.Env, r.Stdin, r.Hub, filter)
	}
	return app.ScannedWishes(ctx, m.Env, r.Options.FixOptions, control.Selection{Patterns: r.Controls, Params: r.Options.Params}, filter)
}

// leaveOut leaves out what there is a reason for.
func (m *maker) leaveOut(wishes []app.Wish, why func(app.Wish) locale.Message) []app.Wish {
	return slices.DeleteFunc(slices.Clone(wishes), func(w app.Wish) bool {
		reason := why(w)
		if reason.Key != "" {
			m.made.Left = append(m.made.Left, app.LeftOut{Wish: w, Why: reason})
		}
		return reason.Key != ""
	})
}

// says is why a finding is to be let be, as it says itself.
func says(w app.Wish) locale.Message { return locale.M(w.Let) }
