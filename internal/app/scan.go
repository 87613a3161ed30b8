package app

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/condition"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/evaluate"
	"github.com/kumoban/kumoban/internal/execute/hooks"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/source"
	"github.com/kumoban/kumoban/internal/source/awslive"
	"github.com/kumoban/kumoban/internal/spool"
	"github.com/kumoban/kumoban/internal/store"
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
	Endpoint   string // where it is not AWS's own
	Keep       Keep   // nil: the scan is not saved
	Known      awslive.Known
	NoHub      bool             // parameters are not asked of Security Hub
	Asked      *condition.Asked // facts for conditions of exceptions; nil: none
	// Stored is where the scan is now, once Keep has been called; nil: nowhere.
	Stored func() store.Store
}

// Scan reads live accounts, judges them and writes the reports. When ctx ends
// early, what was found so far is reported as incomplete.
func Scan(ctx context.Context, env *Env, o ScanOptions) (Result, error) {
	set, err := control.Select(env.Controls, o.Selection)
	if err != nil {
		return Result{}, err
	}
	handler, err := o.Outputs.open(ctx, env, o.Keep != nil)
	if err != nil {
		return Result{}, err
	}
	defer handler.discard()
	hub := &hubParams{set: set, sets: map[resource.Scope]control.Set{}}
	s := &sink{env: env, hub: hub, asked: o.Asked, handler: handler, tally: finding.NewTally(set)}
	if o.Keep != nil {
		s.kept = &keeping{seen: spool.New("")}
		defer s.kept.seen.Close()
	}
	scan := report.Scan{Version: env.Version, Started: env.Now(), Source: cmp.Or(o.Source, "live"), Endpoint: o.Endpoint, Controls: set}
	src := awslive.Source{
		Targets: o.Targets, Regions: o.Regions, AllRegions: o.AllRegions,
		Limits: awsclient.NewLimits(o.Rate, env.Log), Load: env.Load, Log: env.Log, Known: o.Known, Mapped: o.Asked.Maps, Ways: hooks.Ways, Asking: s.asking,
	}
	if !o.NoHub && len(set.Tunable()) > 0 {
		src.Ahead = hub.ahead
	}
	err = src.Run(ctx, set, s)
	env.Progress.Done()
	s.tellCalls()
	hub.tell(env)
	result := Result{Worst: s.tally.Worst(), Apart: s.tally.Apart(), Gaps: s.gaps, Incomplete: incomplete(ctx)}
	if err != nil {
		return result, err // nothing could be read: there is nothing to report, and no file is replaced
	}
	scan.Ended, scan.Incomplete, scan.Accounts = env.Now(), result.Incomplete, s.sorted()
	scan.Elsewhere = s.elsewhere(scan.Accounts)
	hub.into(&scan)
	if failed := handler.End(&scan); failed != nil {
		return result, failed
	}
	err = handler.keep(result.Incomplete != "", s.tally.Total)
	s.tellGaps(handler)
	if o.Keep != nil {
		err = errors.Join(err, s.save(context.WithoutCancel(ctx), &scan, handler, &o))
	}
	return result, err
}

// save has a scan saved, and then tells people of it with what the store knows.
// What was found so far is worth keeping after an interruption, too.
func (s *sink) save(ctx context.Context, scan *report.Scan, handler *outputs, o *ScanOptions) error {
	past := handler.past(scan, s.kept.gaps) // before the scan itself is a part of it
	err := o.Keep(ctx, kept(scan, s.kept.gaps), s.kept.seen)
	var known *Known
	if o.Stored != nil {
		if at := o.Stored(); at != nil {
			known = knowing(ctx, s.env, at, scan.Accounts)
		}
	}
	return errors.Join(err, handler.later(scan, s.kept.seen, s.kept.gaps, known, past, s.tally.Total))
}

// tellGaps names what could not be read where no text report on the terminal
// does: a file alone would let it pass unseen.
func (s *sink) tellGaps(handler *outputs) {
	if s.gaps == 0 || handler.shown {
		return
	}
	for i := range s.listed {
		g := &s.listed[i]
		where := cmp.Or(g.Parent.ARN, g.Account, g.Name)
		s.env.Tell("cli.gap", locale.A("where", strings.TrimSpace(where+" "+g.Region)), locale.A("call", g.Call), locale.A("code", g.Code))
	}
	if more := s.gaps - len(s.listed); more > 0 {
		s.env.Tell("cli.moreGaps", locale.A("n", more))
	}
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
	env   *Env
	hub   *hubParams
	asked *condition.Asked

	mu       sync.Mutex // of all below: accounts and Regions come side by side
	handler  report.Handler
	tally    *finding.Tally
	accounts []resource.Account
	gaps     int
	listed   []resource.Gap // the first of them
	kept     *keeping       // nil where the scan is not saved
	units    int
	mapping  int // calls that only conditions asked for
	beyond   []resource.Elsewhere
}

// gapsTold is how many gaps are named on stderr where no report on the
// terminal does; all are in the reports.
const gapsTold = 20

// Account implements source.Sink.
func (s *sink) Account(a resource.Account) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts = append(s.accounts, a)
}

// Scope implements source.Sink.
func (s *sink) Scope(at resource.Scope, kind source.Kind) source.ScopeSink {
	run := evaluate.New(at, kind, s.hub.of(at))
	run.Ask(s.asked)
	run.At(fact.Time(s.env.Now().Unix()))
	return &scopeSink{sink: s, at: at, run: run}
}

// asking counts the calls that conditions cost, apart from those of the controls.
func (s *sink) asking(_ resource.Scope, calls int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mapping += calls
}

func (s *sink) tellCalls() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mapping > 0 {
		s.env.Tell("cli.conditionCalls", locale.A("n", s.mapping))
	}
}

func (s *sink) sorted() []resource.Account {
	slices.SortStableFunc(s.accounts, func(a, b resource.Account) int {
		return cmp.Or(strings.Compare(a.ID, b.ID), strings.Compare(a.Name, b.Name))
	})
	accounts := []resource.Account{}
	for _, a := range s.accounts {
		last := len(accounts) - 1
		if last < 0 || a.ID == "" || accounts[last].ID != a.ID || accounts[last].Caller != a.Caller {
			a.Regions = slices.Clone(a.Regions)
			accounts = append(accounts, a)
			continue
		}
		// Two profiles of one account are one account, in the Regions of both.
		for _, region := range a.Regions {
			if !slices.Contains(accounts[last].Regions, region) {
				accounts[last].Regions = append(accounts[last].Regions, region)
			}
		}
		accounts[last].Wide = cmp.Or(accounts[last].Wide, a.Wide)
	}
	return accounts
}

// elsewhere is what listings found where the scan did not look, also not through
// another profile of the account.
func (s *sink) elsewhere(accounts []resource.Account) []resource.Elsewhere {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := slices.DeleteFunc(s.beyond, func(e resource.Elsewhere) bool {
		return slices.ContainsFunc(accounts, func(a resource.Account) bool { return a.ID == e.Account && slices.Contains(a.Regions, e.Region) })
	})
	slices.SortFunc(list, func(a, b resource.Elsewhere) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Region, b.Region), cmp.Compare(b.N, a.N))
	})
	return slices.CompactFunc(list, func(a, b resource.Elsewhere) bool { a.N = b.N; return a == b })
}

func (s *sink) emit(f *finding.Finding) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tally.Add(f)
	s.kept.finding(f)
	return s.handler.Finding(f)
}

func (s *sink) gap(g *resource.Gap) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gaps++
	if len(s.listed) < gapsTold {
		s.listed = append(s.listed, *g)
	}
	s.kept.gap(g)
	return s.handler.Gap(g)
}

func (s *sink) step() {
	s.mu.Lock()
	s.units++
	units, failed := s.units, s.tally.Total.Failed
	s.mu.Unlock()
	s.env.Progress.Step(units, failed)
}

type scopeSink struct {
	*sink
	at  resource.Scope
	run *evaluate.Run
}

// Unit implements source.ScopeSink.
func (s *scopeSink) Unit(u resource.Unit) error {
	if len(u.Elsewhere) > 0 {
		s.mu.Lock()
		s.beyond = append(s.beyond, u.Elsewhere...)
		s.mu.Unlock()
	}
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
	if err := s.gap(&g); err != nil {
		return err
	}
	if s.at.Account == "" {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.tally.Hide(&g)
		return nil
	}
	return s.run.Gap(&g, s.emit)
}

// End implements source.ScopeSink.
func (s *scopeSink) End() error { return s.run.End(s.emit) }
