package app

import (
	"context"

	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
)

// together is how many records the store is asked about at once.
const together = 1000

// eachKnown hands on the records that a filter lets through, in the store's order,
// with what the store knows of each beside what its last scan said.
func eachKnown(ctx context.Context, from store.Reader, filter store.Filter, do func(*lifecycle.Record, *finding.Kept) error) error {
	records := make([]lifecycle.Record, 0, together)
	hand := func() error {
		kept, err := known(ctx, from, records)
		if err != nil {
			return err
		}
		for i := range records {
			if err := do(&records[i], kept[i]); err != nil {
				return err
			}
		}
		records = records[:0]
		return nil
	}
	err := from.Each(ctx, filter, func(r *lifecycle.Record) error {
		if records = append(records, *r); len(records) < together {
			return nil
		}
		return hand()
	})
	if err != nil {
		return err
	}
	return hand()
}

// known is what a store knows of records beside what their last scan said.
func known(ctx context.Context, from store.Reader, records []lifecycle.Record) ([]*finding.Kept, error) {
	var excepted, touched []string
	for i := range records {
		r := &records[i]
		if r.Exception != "" {
			excepted = append(excepted, r.Exception)
		}
		if r.Updated.After(r.FirstSeen) { // else nobody can have written a note
			touched = append(touched, r.ID)
		}
	}
	exceptions, err := from.Exceptions(ctx, excepted)
	if err != nil {
		return nil, err
	}
	notes, err := from.LastNotes(ctx, touched)
	if err != nil {
		return nil, err
	}
	said, noted := map[string]*lifecycle.Exception{}, map[string]*lifecycle.Event{}
	for i := range exceptions {
		said[exceptions[i].ID] = &exceptions[i]
	}
	for i := range notes {
		noted[notes[i].Finding] = &notes[i]
	}
	kept := make([]*finding.Kept, len(records))
	for i := range records {
		r := &records[i]
		kept[i] = keptOf(r, said[r.Exception], noted[r.ID])
	}
	return kept, nil
}

// keptOf puts together what is known of a record. An exception that it names and
// that is not there has no more than its id.
func keptOf(r *lifecycle.Record, x *lifecycle.Exception, note *lifecycle.Event) *finding.Kept {
	k := &finding.Kept{
		Workflow: string(r.Workflow), Archived: r.State == lifecycle.Archived, Own: r.Severity, FirstSeen: r.FirstSeen, LastSeen: r.LastSeen,
		Changed: r.Changed, Updated: r.Updated, Reopened: r.Reopened,
	}
	if r.Exception != "" {
		k.Exception = &finding.Exception{ID: r.Exception}
		if x != nil {
			k.Exception.Reason, k.Exception.Until, k.Exception.By, k.Exception.ApprovedBy = x.Reason, x.Until, x.By, x.ApprovedBy
			k.Exception.While, k.Exception.UnreadSince, k.Exception.Unread, k.Exception.UnreadWhy = x.While, x.UnreadSince, x.Unread, x.UnreadWhy
		}
	}
	if note != nil {
		k.Note = &finding.Note{Text: note.Reason, By: note.By, At: note.At}
	}
	return k
}
