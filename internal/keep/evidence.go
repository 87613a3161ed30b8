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
	var err error
	p.Audit, err = audit.Verify(r.Audit(ctx, 1), "")
	return err
}
