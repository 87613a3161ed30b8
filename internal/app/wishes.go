package app

import (
	"context"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/evaluate"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/source"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

// WishFilter chooses among failed findings.
type WishFilter struct {
	Controls  []string // globs; none: all
	Resources []string // globs over the ARN, the address or the name; none: all
	Account   string   // "" is any
	Region    string
	Seen      map[control.Status]int // where it is set, counts what the filter lets through
}

func (f *WishFilter) takes(id string, ref *resource.Ref) bool {
	matches := func(patterns []string, match func(string) bool) bool {
		return len(patterns) == 0 || slices.ContainsFunc(patterns, match)
	}
	return matches(f.Controls, func(p string) bool { return control.Match(p, id) }) &&
		matches(f.Resources, ref.Fits) &&
		(f.Account == "" || f.Account == ref.Account) && (f.Region == "" || f.Region == ref.Region)
}

// SavedWishes takes the failed findings of a saved scan; the path "-" is stdin.
func SavedWishes(ctx context.Context, env *Env, stdin io.Reader, path string, filter WishFilter) ([]Wish, error) {
	saved, err := opened(ctx, stdin, path, scanLimit, func(in io.Reader) (*report.Replay, error) { return report.ReadJSON(in, env.Controls) })
	if err != nil {
		return nil, cannotRead(path, err)
	}
	var wishes []Wish
	for _, f := range saved.Findings {
		wishes = addWish(wishes, f, filter)
	}
	return wishes, nil
}

// ImportedWishes takes Security Hub's own findings; the path "-" is stdin. Of
// what a stream says of one finding, the last word counts.
func ImportedWishes(ctx context.Context, env *Env, stdin io.Reader, path string, filter WishFilter) ([]Wish, error) {
	named, err := opened(ctx, stdin, path, findingsLimit, func(in io.Reader) ([]report.Named, error) { return report.ReadASFF(in, env.Controls) })
	if err != nil {
		return nil, cannotRead(path, err)
	}
	var wishes []Wish
	last := map[string]int{}
	for i := range named {
		last[named[i].ID] = i
	}
	for i := range named {
		n := &named[i]
		if (n.ID == "" || last[n.ID] == i) && filter.takes(n.Control, &n.Ref) {
			wishes = append(wishes, Wish{Control: n.Control, Ref: n.Ref, Let: let(n.Workflow == "SUPPRESSED", n.RecordState == "ARCHIVED")})
		}
	}
	return wishes, nil
}

// let is what is said of a finding that nobody wants mended, or that is over.
func let(suppressed, archived bool) string {
	switch {
	case suppressed:
		return "cli.fix.saysSuppressed"
	case archived:
		return "cli.fix.saysArchived"
	}
	return ""
}

func addWish(wishes []Wish, f *finding.Finding, filter WishFilter) []Wish {
	if f.Resource.Type == resource.AccountType && f.Status != control.Failed || !filter.takes(f.Control, &f.Resource) {
		return wishes
	}
	if filter.Seen != nil {
		filter.Seen[f.Status]++
	}
	if f.Status != control.Failed {
		return wishes
	}
	w := Wish{Control: f.Control, Ref: f.Resource, Params: f.Params}
	if k := f.Kept; k != nil { // a store exported it
		w.Let = let(k.Workflow == "SUPPRESSED", k.Archived)
	}
	return append(wishes, w)
}

// ScannedWishes scans one account and Region and takes what fails. What could
// not be read is told, for a plan made without it may miss something.
func ScannedWishes(ctx context.Context, env *Env, o FixOptions, selection control.Selection, filter WishFilter) ([]Wish, error) {
	set, err := control.Select(env.Controls, selection)
	if err != nil {
		return nil, err
	}
	src := awslive.Source{Targets: []awslive.Target{o.Target}, Limits: awsclient.NewLimits(o.Rate, env.Log), Load: env.Load, Log: env.Log}
	if o.Region != "" {
		src.Regions = []string{o.Region}
	}
	w := &wisher{env: env, set: set, filter: filter}
	if err := src.Run(ctx, set, w); err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, awsclient.Stopped(ctx)
	}
	return w.together(), nil
}

// together are the wishes that one plan can hold: a plan is about one account and
// Region, and what is the account's lies under the partition's own. Where it is
// another, it waits for a plan of its own, and that is told.
func (w *wisher) together() []Wish {
	if len(w.wishes) == 0 || len(w.wide) == 0 || w.wishes[0].Ref.Region == w.wide[0].Ref.Region {
		return append(w.wishes, w.wide...)
	}
	w.env.Tell("cli.fix.wideApart", locale.A("n", len(w.wide)), locale.A("region", w.wide[0].Ref.Region))
	return w.wishes
}

// wisher is a sink that keeps what fails.
type wisher struct {
	env    *Env
	set    control.Set
	mu     sync.Mutex // of all below: a Region and what is the account's come side by side
	filter WishFilter
	wishes []Wish
	wide   []Wish // about what is the account's, whatever the Region
}

// Account implements source.Sink.
func (w *wisher) Account(resource.Account) {}

// Scope implements source.Sink.
func (w *wisher) Scope(at resource.Scope, kind source.Kind) source.ScopeSink {
	run := evaluate.New(at, kind, w.set)
	run.At(fact.Time(w.env.Now().Unix()))
	return &wisherScope{w, run, kind}
}

type wisherScope struct {
	*wisher
	run  *evaluate.Run
	kind source.Kind
}

// Unit implements source.ScopeSink.
func (w *wisherScope) Unit(u resource.Unit) error {
	for i := range u.Gaps {
		w.tell(&u.Gaps[i])
	}
	return w.run.Unit(u, w.add)
}

func (w *wisherScope) add(f *finding.Finding) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.kind == source.Wide {
		filter := w.filter
		filter.Region = "" // it is the Region in which to look, not where this lies
		w.wide = addWish(w.wide, f, filter)
		return nil
	}
	w.wishes = addWish(w.wishes, f, w.filter)
	return nil
}

// Gap implements source.ScopeSink.
func (w *wisherScope) Gap(g resource.Gap) error {
	w.tell(&g)
	return nil
}

// End implements source.ScopeSink.
func (w *wisherScope) End() error { return w.run.Joined(w.add) }

func (w *wisher) tell(g *resource.Gap) {
	w.env.Tell("cli.gap", locale.A("where", strings.TrimSpace(g.Parent.ARN+" "+g.Region)), locale.A("call", g.Call), locale.A("code", g.Code))
}
