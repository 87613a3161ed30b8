package app

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/evaluate"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/source"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

// ScanOptions say what to scan and how to report it.
type ScanOptions struct {
	Targets    []awslive.Target
	Regions    []string
	AllRegions bool
	Selection  control.Selection
	Rate       awsclient.Rate
	Outputs    Outputs
	Source     string // what the report calls it; "" is "live"
}

// Scan reads live accounts, judges them and writes the reports. When ctx ends
// early, what was found so far is reported as incomplete.
func Scan(ctx context.Context, env *Env, o ScanOptions) (Result, error) {
	set, err := control.Select(env.Controls, o.Selection)
	if err != nil {
		return Result{}, err
	}
	handler, err := o.Outputs.open(env)
	if err != nil {
		return Result{}, err
	}
	defer handler.discard()
	s := &sink{env: env, set: set, handler: handler, tally: finding.NewTally(set)}
	scan := report.Scan{Version: env.Version, Started: env.Now(), Source: cmp.Or(o.Source, "live"), Controls: set}
	src := awslive.Source{
		Targets: o.Targets, Regions: o.Regions, AllRegions: o.AllRegions,
		Limits: awsclient.NewLimits(o.Rate, env.Log), Load: env.Load, Log: env.Log,
	}
	err = src.Run(ctx, set, s)
	env.Progress.Done()
	result := Result{Worst: s.tally.Worst(), Gaps: s.gaps, Incomplete: incomplete(ctx)}
	var nothing awslive.Nothing
	if err != nil && (!errors.As(err, &nothing) || s.tally.Total == (finding.Count{})) {
		return result, err
	}
	scan.Ended, scan.Incomplete, scan.Accounts = env.Now(), result.Incomplete, s.sorted()
	if failed := handler.End(&scan); failed != nil {
		return result, failed
	}
	return result, errors.Join(handler.keep(result.Incomplete != ""), err)
}

func incomplete(ctx context.Context) string {
	switch {
	case ctx.Err() == nil:
		return ""
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "timeout"
	}
	return "interrupted"
}

// sink judges what the source sees and hands it to the reports.
type sink struct {
	env *Env
	set control.Set

	mu       sync.Mutex // of all below: accounts and Regions come side by side
	handler  report.Handler
	tally    *finding.Tally
	accounts []source.Account
	gaps     int
	units    int
	findings int
}

// Account implements source.Sink.
func (s *sink) Account(a source.Account) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts = append(s.accounts, a)
}

// Scope implements source.Sink.
func (s *sink) Scope(at resource.Scope) source.ScopeSink {
	return &scopeSink{sink: s, at: at, run: evaluate.New(at, s.set)}
}

func (s *sink) sorted() []report.Account {
	slices.SortStableFunc(s.accounts, func(a, b source.Account) int {
		return cmp.Or(strings.Compare(a.ID, b.ID), strings.Compare(a.Name, b.Name))
	})
	accounts := make([]report.Account, len(s.accounts))
	for i, a := range s.accounts {
		accounts[i] = report.Account(a)
	}
	return accounts
}

func (s *sink) emit(f *finding.Finding) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.findings++
	s.tally.Add(f)
	return s.handler.Finding(f)
}

func (s *sink) gap(g *resource.Gap) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gaps++
	return s.handler.Gap(g)
}

func (s *sink) step() {
	s.mu.Lock()
	s.units++
	units, findings := s.units, s.findings
	s.mu.Unlock()
	s.env.Progress.Step(units, findings)
}

type scopeSink struct {
	*sink
	at  resource.Scope
	run *evaluate.Run
}

// Unit implements source.ScopeSink.
func (s *scopeSink) Unit(u resource.Unit) error {
	for i := range u.Gaps {
		if err := s.gap(&u.Gaps[i]); err != nil {
			return err
		}
	}
	defer s.step()
	return s.run.Unit(u, s.emit)
}

// Gap implements source.ScopeSink. An account that nobody could name gets no
// findings, only the gap.
func (s *scopeSink) Gap(g resource.Gap) error {
	if err := s.gap(&g); err != nil || s.at.Account == "" {
		return err
	}
	return s.run.Gap(&g, s.emit)
}

// End implements source.ScopeSink.
func (s *scopeSink) End() error { return s.run.End(s.emit) }
