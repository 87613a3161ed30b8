package keep

import (
	"context"

	"github.com/kumoban/kumoban/internal/condition"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// Before says what had been agreed on about a finding, and why that is over, so
// that whoever is asked anew knows; nothing where the last exception did not end
// by itself.
func Before(ctx context.Context, r store.Reader, finding string) ([]locale.Message, error) {
	had, err := r.ExceptionsOf(ctx, finding)
	if err != nil {
		return nil, err
	}
	var last *lifecycle.Exception
	for i := range had {
		if e := &had[i]; !e.Proposal || !e.ApprovedAt.IsZero() {
			last = e
		}
	}
	if last == nil || last.EndedBy != lifecycle.ByTime && last.EndedBy != lifecycle.ByCondition {
		return nil, nil
	}
	p, err := Policy(ctx, r)
	if err != nil {
		return nil, err
	}
	by := last.By
	if last.ApprovedBy != "" {
		by = last.ApprovedBy
	}
	said := []locale.Message{locale.M("ask.before."+last.EndedBy, locale.A("by", locale.Clean(by)), locale.A("reason", locale.Clean(last.Reason)),
		locale.A("until", last.Until.Add(-1).In(p.Zone).Format("2006-01-02")), locale.A("ended", last.EndedAt.In(p.Zone).Format("2006-01-02")))}
	if last.EndedBy != lifecycle.ByCondition {
		return said, nil
	}
	events, err := r.History(ctx, finding)
	for i := range events {
		if e := &events[i]; e.Kind == lifecycle.EventFact && e.At.Equal(last.EndedAt) {
			said = append(said, condition.Said(e.From, e.To, e.Reason))
		}
	}
	return said, err
}
