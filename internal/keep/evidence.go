package keep

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/evidence"
	"github.com/kumoban/kumoban/internal/store"
)

// Evidence gathers all that the store knows of a finding, named as [Find] takes
// it, and verifies the whole audit log.
func (k *Keeper) Evidence(ctx context.Context, name, version string) (*evidence.Pack, error) {
	p := &evidence.Pack{Version: version, MadeAt: k.now()}
	return p, k.Store.View(ctx, func(r store.Reader) error {
		ids, err := Find(ctx, r, []string{name})
		if err != nil {
			return err
		}
		records, err := r.Records(ctx, ids)
		if err != nil {
			return err
		}
		p.Record = records[0]
		held, err := Policy(ctx, r)
		if err != nil {
			return err
		}
		p.Zone = held.Zone
		for _, c := range k.Controls {
			if strings.EqualFold(c.ID, p.Record.Control) {
				p.Control = c.Control
			}
		}
		return k.gather(ctx, r, p)
	})
}

func (k *Keeper) gather(ctx context.Context, r store.Reader, p *evidence.Pack) error {
	id := p.Record.ID
	var errs [4]error
	p.Events, errs[0] = r.History(ctx, id)
	p.Exceptions, errs[1] = r.ExceptionsOf(ctx, id)
	p.Questions, errs[2] = r.Questions(ctx, store.QuestionFilter{Finding: id})
	var runs []store.Run
	runs, errs[3] = r.Runs(ctx, id)
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	for i := range runs {
		whole, err := r.Run(ctx, runs[i].ID)
		if err != nil {
			return err
		}
		p.Runs = append(p.Runs, whole)
	}
	for _, subject := range p.Subjects() {
		entries, err := r.AuditOf(ctx, subject)
		if err != nil {
			return err
		}
		p.Entries = append(p.Entries, entries...)
	}
	slices.SortFunc(p.Entries, func(a, b audit.Entry) int { return int(a.Seq - b.Seq) })
	v, err := Verify(ctx, r, "", func(d *store.Difference) bool { return p.Concerns(d) })
	p.Audit, p.Compared, p.Differences = v.Chain, v.Compared, v.Differences
	return err
}

// Verified is what verifying the audit log, and the store against it, came to.
type Verified struct {
	Chain       audit.Report
	Compared    store.Compared
	Differences []store.Difference // the first of those that were wanted
}

// mostDifferences is how many are kept: whoever forged more is found by these.
const mostDifferences = 1000

// Verify reads the whole audit log, holds it to a head as [audit.Verify] does,
// and holds the store to it. Wanted chooses differences; nil: all.
func Verify(ctx context.Context, r store.Reader, head string, wanted func(*store.Difference) bool) (v Verified, err error) {
	if v.Chain, err = audit.Verify(r.Audit(ctx, 1), head); err != nil {
		return v, err
	}
	v.Compared, err = r.Compare(ctx, func(d store.Difference) error {
		if len(v.Differences) < mostDifferences && (wanted == nil || wanted(&d)) {
			v.Differences = append(v.Differences, d)
		}
		return nil
	})
	return v, err
}
