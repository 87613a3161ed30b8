package app

import (
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/spool"
	"github.com/kumoban/kumoban/internal/store"
)

// Keep takes a whole scan when it is over, to save it.
type Keep func(ctx context.Context, scan store.Scan, seen *spool.Spool) error

// keeping collects a scan for its Keep: a scan is saved whole or not at all, and
// nobody waits for a store, or is kept waiting by it, while AWS is asked.
type keeping struct {
	seen *spool.Spool
	gaps []resource.Gap
}

func (k *keeping) finding(f *finding.Finding) {
	if k != nil {
		k.seen.Add(f)
	}
}

func (k *keeping) gap(g *resource.Gap) {
	if k != nil {
		k.gaps = append(k.gaps, *g)
	}
}

// kept is a scan as a store has it.
func kept(s *report.Scan, gaps []resource.Gap) store.Scan {
	out := store.Scan{
		Started: s.Started.UTC().Truncate(time.Microsecond), Ended: s.Ended.UTC().Truncate(time.Microsecond),
		Source: s.Source, Version: s.Version, Incomplete: s.Incomplete, Controls: ids(s.Controls), Gaps: gaps,
	}
	for _, c := range s.Controls {
		if catalog.WideControl(c.Control) {
			out.Wide = append(out.Wide, c.ID)
		}
	}
	out.Accounts = append(out.Accounts, s.Accounts...)
	return out
}

func ids(set control.Set) []string {
	var list []string
	for _, c := range set {
		list = append(list, c.ID)
	}
	return list
}

// Import saves a scan that the json or jsonl report holds. The path "-" is stdin.
// What a store exported is refused and so is, unless standIns lets it in, a scan
// of something that only stands in for AWS.
func Import(ctx context.Context, env *Env, stdin io.Reader, path string, standIns bool, keep Keep) error {
	in, err := opened(ctx, stdin, path, importLimit, func(r io.Reader) (*imported, error) { return readImport(r, env.Controls) })
	if err != nil {
		return cannotRead(path, err)
	}
	defer in.seen.Close()
	if in.scan.Exported {
		// As a scan it would say that what was not exported is gone, and that the rest was seen just then.
		return cannotRead(path, locale.Errorf("keep.export"))
	}
	if s := in.scan; !standIns && StandIn(s.Source, s.Endpoint) {
		return locale.Errorf("keep.standIn", locale.A("stand", locale.Clean(cmp.Or(s.Endpoint, s.Source))))
	}
	return keep(ctx, kept(in.scan, in.gaps), in.seen)
}

// imported is a saved scan on its way into a store.
type imported struct {
	keeping
	scan *report.Scan
}

// readImport reads a saved scan of any size. Nobody waits for it any more where
// ctx ended: what it put aside then goes with the process.
func readImport(r io.Reader, all []*control.Control) (*imported, error) {
	in := &imported{keeping: keeping{seen: spool.New("")}}
	var err error
	if in.scan, err = report.StreamJSON(r, all, in); err != nil {
		in.seen.Close()
		return nil, err
	}
	return in, nil
}

// Finding implements report.Sink.
func (i *imported) Finding(f *finding.Finding) error {
	i.finding(f)
	return nil
}

// Gap implements report.Sink.
func (i *imported) Gap(g *resource.Gap) error {
	i.gap(g)
	return nil
}

// StandIn tells whether a scan was of something in AWS's place: its findings have
// no place among those of accounts.
func StandIn(source, endpoint string) bool { return endpoint != "" || source == "demo" }

// Export writes the findings of a store that a filter lets through, and what the
// store knows of them, in the formats of a scan. The report says live where all
// were seen in live accounts.
func Export(ctx context.Context, env *Env, o Outputs, from store.Reader, filter store.Filter) error {
	o.Report.Kept = true
	handler, err := o.open(ctx, env, false)
	if err != nil {
		return err
	}
	defer handler.discard()
	out := export{env: env, tally: finding.NewTally(nil), accounts: map[string]*resource.Account{}, controls: map[string]bool{}}
	err = eachKnown(ctx, from, filter, func(r *lifecycle.Record, known *finding.Kept) error {
		f := out.finding(r)
		f.Kept = known
		return handler.Finding(f)
	})
	if err != nil {
		return err
	}
	if err := handler.End(out.scan()); err != nil {
		return err
	}
	return handler.keep(false, out.tally.Total)
}

// export gathers what a report says at its end.
type export struct {
	env      *Env
	tally    *finding.Tally
	accounts map[string]*resource.Account
	controls map[string]bool
	source   string
}

func (e *export) finding(r *lifecycle.Record) *finding.Finding {
	f := &finding.Finding{
		Control: r.Control, Severity: r.Effective(), Status: r.Status, Resource: r.Resource, Message: r.Message, Notes: r.Notes,
		Reason: r.Reason, NotOffered: r.NotOffered, Params: r.Params, Tags: r.Tags, Origin: r.Origin,
	}
	e.tally.Add(f)
	e.controls[r.Control] = true
	if e.source == "" || e.source == r.Source {
		e.source = r.Source
	} else {
		e.source = "store"
	}
	if r.Resource.Account != "" {
		a := e.accounts[r.Resource.Account]
		if a == nil {
			a = &resource.Account{Partition: r.Resource.Partition, ID: r.Resource.Account}
			e.accounts[r.Resource.Account] = a
		}
		if e.wide(r.Control) {
			a.Wide = r.Resource.Region
		} else if !slices.Contains(a.Regions, r.Resource.Region) {
			a.Regions = append(a.Regions, r.Resource.Region)
		}
	}
	return f
}

// wide tells whether a control judges what is the account's, whatever the Region.
func (e *export) wide(id string) bool {
	return slices.ContainsFunc(e.env.Controls, func(c *control.Control) bool { return strings.EqualFold(c.ID, id) && catalog.WideControl(c) })
}

func (e *export) scan() *report.Scan {
	now := e.env.Now().UTC().Truncate(time.Microsecond)
	s := &report.Scan{Version: e.env.Version, Started: now, Ended: now, Source: cmp.Or(e.source, lifecycle.SourceLive), Exported: true}
	for _, id := range slices.Sorted(maps.Keys(e.accounts)) {
		slices.Sort(e.accounts[id].Regions)
		s.Accounts = append(s.Accounts, *e.accounts[id])
	}
	if set, err := control.Select(e.env.Controls, control.Selection{}); err == nil {
		for _, c := range set {
			if e.controls[c.ID] {
				s.Controls = append(s.Controls, c)
			}
		}
	}
	return s
}

// VerifyAudit verifies an export of an audit log against a head that was kept,
// or "". The path "-" is stdin.
func VerifyAudit(ctx context.Context, stdin io.Reader, path, head string) (audit.Report, error) {
	var broken error
	r, err := opened(ctx, stdin, path, scanLimit, func(in io.Reader) (*audit.Report, error) {
		r, err := audit.VerifyExport(in, head)
		if ours := (*locale.Error)(nil); errors.As(err, &ours) {
			broken, err = err, nil // not of the file, but of what it says or of the head
		}
		return &r, err
	})
	if err != nil {
		return audit.Report{}, cannotRead(path, err)
	}
	return *r, broken
}
