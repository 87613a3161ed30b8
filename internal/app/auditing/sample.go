package auditing

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// Sample is a random choice that whoever knows the seed can make again from the same
// store.
type Sample struct {
	Seed    string
	Of      int // out of so many
	Records []lifecycle.Record
	Entries []audit.Entry
}

// mostSampled is how many a sample has at most.
const mostSampled = 500

func check(seed string, n int) error {
	switch {
	case seed == "":
		return locale.Errorf("audit.needsSeed")
	case n < 1 || n > mostSampled:
		return locale.Errorf("keep.badLimit", locale.A("limit", n))
	}
	return nil
}

// SampleFindings chooses n findings of accounts and controls: all that are not
// archived.
func SampleFindings(ctx context.Context, d *desk.Desk, seed string, n int, in Place) (out *Sample, err error) {
	err = d.View(ctx, access.AuditRead, func(_ *keep.Keeper, r store.Reader) error {
		if err := check(seed, n); err != nil {
			return err
		}
		lot := audit.NewLot(seed, n)
		f := in.filter()
		f.States = []lifecycle.State{lifecycle.Active}
		if err := r.EachID(ctx, f, func(id string) error { lot.Add(id); return nil }); err != nil {
			return err
		}
		out = &Sample{Seed: seed, Of: lot.Of()}
		records, err := r.Records(ctx, lot.Drawn())
		slices.SortFunc(records, func(a, b lifecycle.Record) int {
			return slices.Index(lot.Drawn(), a.ID) - slices.Index(lot.Drawn(), b.ID)
		})
		out.Records = records
		return err
	})
	return out, err
}

// Decisions are the actions of the audit log by which somebody decided something, or
// had a rule do so.
func Decisions() []string {
	return []string{
		"note", "notify", "resolve", "suppress", "unsuppress", "propose", "approve", "reject", "severity", "assign", "rule", "answer", "ask.withdraw",
		"settings.set", "owners.import", "owners.set", "owners.remove", "fix.apply", "fix.resume", "fix.undo",
	}
}

// SampleDecisions chooses n of the decisions in the audit log since a day, a date or a
// span back; "": all.
func SampleDecisions(ctx context.Context, d *desk.Desk, seed string, n int, since string) (out *Sample, err error) {
	err = d.View(ctx, access.AuditRead, func(_ *keep.Keeper, r store.Reader) error {
		if err := check(seed, n); err != nil {
			return err
		}
		from, err := d.Since("since", since)
		if err == nil {
			out, err = sampled(ctx, r, seed, n, from)
		}
		return err
	})
	return out, err
}

func sampled(ctx context.Context, r store.Reader, seed string, n int, from time.Time) (*Sample, error) {
	lot := audit.NewLot(seed, n)
	kept := map[string]audit.Entry{}
	for e, err := range r.Audit(ctx, 1) {
		if err != nil {
			return nil, err
		}
		if e.At.Before(from) || !slices.Contains(Decisions(), e.Action) {
			continue
		}
		id := strconv.FormatInt(e.Seq, 10)
		if out, in := lot.Add(id); in {
			kept[id] = e
			delete(kept, out)
		}
	}
	out := &Sample{Seed: seed, Of: lot.Of(), Entries: []audit.Entry{}}
	for _, e := range kept {
		out.Entries = append(out.Entries, e)
	}
	slices.SortFunc(out.Entries, func(a, b audit.Entry) int { return cmp.Compare(a.Seq, b.Seq) })
	return out, nil
}
