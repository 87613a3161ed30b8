package app

import (
	"context"
	"errors"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
)

// Look judges findings anew, each with the parameters that it was judged with, and
// changes nothing. What could not be looked at has why, by the finding's id; it takes
// no longer than whoever waits for a page.
func Look(ctx context.Context, env *Env, o FixOptions, records []*lifecycle.Record) (now []finding.Finding, why map[string]locale.Message) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	l := looker{env: env, options: o, fixers: map[string]*fixer{}, failed: map[string]error{}}
	why = map[string]locale.Message{}
	for _, r := range records {
		found, wrong := l.look(ctx, r)
		if wrong.Key != "" {
			why[r.ID] = wrong
			continue
		}
		now = append(now, *found)
	}
	return now, why
}

// looker enters each Region once.
type looker struct {
	env     *Env
	options FixOptions
	fixers  map[string]*fixer // by Region
	failed  map[string]error
}

func (l *looker) fixer(ctx context.Context, region string) (*fixer, error) {
	if l.fixers[region] == nil && l.failed[region] == nil {
		l.fixers[region], l.failed[region] = enter(ctx, l.env, l.options, region)
	}
	return l.fixers[region], l.failed[region]
}

// look judges one finding anew.
func (l *looker) look(ctx context.Context, r *lifecycle.Record) (*finding.Finding, locale.Message) {
	if r.Source != lifecycle.SourceLive {
		return nil, locale.M("ask.look.source")
	}
	f, err := l.fixer(ctx, r.Resource.Region)
	if err != nil {
		return nil, unseen(ctx, err)
	}
	if f.session.Scope.Account != r.Resource.Account {
		return nil, locale.M("ask.look.account", locale.A("account", r.Resource.Account))
	}
	wish := Wish{Control: r.Control, Ref: r.Resource, Params: r.Params}
	set, err := control.Select(l.env.Controls, control.Selection{Patterns: []string{r.Control}, Params: wish.custom()})
	if err != nil {
		return nil, unseen(ctx, err)
	}
	set, _ = set.Tune(wish.hub())
	ref := f.subject(&plan.Fix{Control: r.Control, Resource: plan.Thing{Type: r.Resource.Type, ARN: r.Resource.ARN, Name: r.Resource.Name}})
	found, _, err := f.look(ctx, set, ref)
	if err != nil {
		return nil, unseen(ctx, err)
	}
	return found, locale.Message{}
}

// unseen says why something could not be looked at.
func unseen(ctx context.Context, err error) locale.Message {
	var ours *locale.Error
	switch {
	case ctx.Err() != nil:
		return locale.M("ask.look.late")
	case errors.As(err, &ours):
		return ours.Message
	}
	fault := awsclient.AsFault(err)
	return locale.M("ask.look.call", locale.A("call", fault.Call), locale.A("code", locale.Clean(fault.Code)))
}

// custom are the parameters that whoever ran the scan had set.
func (w *Wish) custom() (set []string) {
	for _, p := range w.Params {
		if p.Custom && !p.Hub {
			set = append(set, w.Control+"."+p.Name+"="+p.Value)
		}
	}
	return set
}
