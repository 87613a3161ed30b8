package story

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/findings"
	fixing "github.com/kumoban/kumoban/internal/app/fixes"
	"github.com/kumoban/kumoban/internal/app/planning"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/plan"
)

// wishes are the findings of these names, account by account and Region by Region.
func (t *teller) wishes(ctx context.Context, names []string) ([][]app.Wish, error) {
	page, err := findings.List(ctx, t.desk, findings.Query{Choice: findings.Choice{All: true}, Order: findings.ByResource, Limit: 10000, Number: 1})
	if err != nil {
		return nil, err
	}
	var groups [][]app.Wish
	for _, name := range names {
		found := false
		for i := range page.Records {
			r := &page.Records[i]
			if r.Control+":"+r.Resource.Name != name || r.Status != control.Failed {
				continue
			}
			found = true
			wish := app.Wish{Control: r.Control, Ref: r.Resource, Params: r.Params}
			at := slices.IndexFunc(groups, func(g []app.Wish) bool { return g[0].Ref.Scope == wish.Ref.Scope })
			if at < 0 {
				groups, at = append(groups, nil), len(groups)
			}
			groups[at] = append(groups[at], wish)
		}
		if !found {
			return nil, fmt.Errorf("nothing fails that is called %s", name)
		}
	}
	return groups, nil
}

// reaching is the way to where findings are.
func (t *teller) reaching(wishes []app.Wish) app.FixOptions {
	o := t.reach()
	for profile, account := range t.demo.Profiles {
		if account == wishes[0].Ref.Account {
			o.Target.Profile = profile
		}
	}
	return o
}

// mends is a team that mends what it was told of without the store: the next scan
// sees it.
func mends(names ...string) deed {
	return func(ctx context.Context, t *teller) error {
		dir, err := os.MkdirTemp("", "kumoban-story-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir) //nolint:errcheck // it is in the folder for what is temporary
		groups, err := t.wishes(ctx, names)
		if err != nil {
			return err
		}
		for _, wishes := range groups {
			o := t.reaching(wishes)
			made, err := app.MakePlan(ctx, t.env, app.PlanOptions{FixOptions: o, Wishes: wishes})
			if err != nil {
				return err
			}
			if _, err := app.Apply(ctx, t.env, made, o, dir, t.passing); err != nil {
				return err
			}
		}
		return nil
	}
}

// passing lets the time go by that a step takes.
func (t *teller) passing(fixing.Report) { t.clock.pass(1300 * time.Millisecond) }

// fixes plans findings of one place, has the plan approved and applies it. The run is
// remembered under a label.
func fixes(label string, names ...string) deed {
	return func(ctx context.Context, t *teller) error {
		run, err := t.fix(ctx, names, t.passing)
		t.runs[label] = run
		return err
	}
}

// fixesHalf is the same, but that the credentials end when the first step is done.
func fixesHalf(label string, names ...string) deed {
	return func(ctx context.Context, t *teller) error {
		var fault *awsdouble.Handle
		run, err := t.fix(ctx, names, func(r fixing.Report) {
			t.passing(r)
			if r.Event == fixing.Done && fault == nil {
				fault = t.demo.Double.Fault(awsdouble.Fault{Kind: awsdouble.ExpiredToken})
			}
		})
		t.runs[label] = run
		if fault == nil || err == nil {
			return errors.Join(err, fmt.Errorf("%s: the run did not stop", label))
		}
		fault.Remove()
		return nil
	}
}

func (t *teller) plan(ctx context.Context, names []string) (*plan.Plan, error) {
	planned, err := planning.Make(ctx, &planning.Place{
		Subject: access.Admin(platform), Env: t.env, Store: t.store(), Named: true, Open: t.open, Tell: func(desk.Notice) {},
	}, planning.Request{Findings: names, Options: app.PlanOptions{FixOptions: t.reach(), Prices: t.prices}})
	if err != nil {
		return nil, err
	}
	return planned.Plan, nil
}

func (t *teller) fix(ctx context.Context, names []string, say func(fixing.Report)) (string, error) {
	made, err := t.plan(ctx, names)
	if err != nil {
		return "", err
	}
	t.clock.pass(11 * time.Minute) // in which somebody reads it
	at := t.place()
	defer at.Close()
	approval, err := fixing.Approve(ctx, at, made, made.Digest)
	if err != nil {
		return "", err
	}
	return t.apply(ctx, at, made, approval, say)
}

func (t *teller) apply(ctx context.Context, at *fixing.Place, made *plan.Plan, approval *fixing.Approval, say func(fixing.Report)) (string, error) {
	passed, err := fixing.Gate(ctx, at, made, nil)
	if err != nil {
		return "", err
	}
	result, err := fixing.Apply(ctx, at, passed, approval, fixing.Doing{Say: say})
	if result == nil {
		return "", err
	}
	return result.Run, errors.Join(err, result.Unrecorded)
}

// proposes plans findings of one place, and keeps the plan until somebody has read it.
func proposes(label string, names ...string) deed {
	return func(ctx context.Context, t *teller) error {
		made, err := t.plan(ctx, names)
		if err != nil {
			return err
		}
		p, err := fixing.Propose(ctx, t.by(platform), made)
		if err == nil {
			t.plans[label] = p
		}
		return err
	}
}

// ruling is what may be said of a plan that is kept.
type ruling func(ctx context.Context, d *desk.Desk, id, digest, why string) (*fixing.Proposal, error)

func says(do ruling, label, why string) deed {
	return func(ctx context.Context, t *teller) error {
		p := t.plans[label]
		_, err := do(ctx, t.by(manager), p.ID, p.Digest, t.text(why))
		return err
	}
}

// carriesOut applies a plan that was kept and approved.
func carriesOut(label string) deed {
	return func(ctx context.Context, t *teller) error {
		at := t.place()
		defer at.Close()
		made, approval, err := fixing.Take(ctx, t.by(platform), at, t.plans[label].ID)
		if err != nil {
			return err
		}
		t.runs[label], err = t.apply(ctx, at, made, approval, t.passing)
		return err
	}
}

func undoes(label, why string) deed {
	return func(ctx context.Context, t *teller) error {
		at := t.place()
		defer at.Close()
		without := t.text(why)
		passed, err := fixing.GateUndo(ctx, at, t.runs[label], &without)
		if err == nil {
			_, err = fixing.Undo(ctx, at, passed, fixing.Doing{Say: t.passing})
		}
		return err
	}
}

func verifies(label string) deed {
	return func(ctx context.Context, t *teller) error {
		at := t.place()
		defer at.Close()
		_, err := fixing.Verify(ctx, at, t.runs[label], fixing.Look{})
		return err
	}
}

// place is where the company's people fix.
func (t *teller) place() *fixing.Place {
	return &fixing.Place{
		Subject: access.Admin(platform), Env: t.env, Reach: t.reach(), Dir: filepath.Join(t.options.Dir, RunsName), Store: t.store(), Open: t.open, Tell: func(desk.Notice) {},
	}
}

func (t *teller) store() string { return filepath.Join(t.options.Dir, StoreName) }

// open hands out the store, which is open as long as the story is told.
func (t *teller) open(context.Context, string, bool) (*desk.Desk, func(), error) {
	return t.desk, func() {}, nil
}
