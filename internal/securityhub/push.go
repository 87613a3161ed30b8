package securityhub

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
)

// Limits of an import, in bytes: 240 KB for a finding and 6 MB for a batch,
// both in their narrowest reading, and room for what holds the findings.
const (
	maxFindingBytes = 240_000
	maxBatchBytes   = 6_000_000
	batchFrame      = 16
)

// Security Hub forgets an active finding that was not updated for 90 days, so
// one that did not change is pushed again after a third of that.
const refresh = 30 * 24 * time.Hour

// Pushed is what a push left in Security Hub.
type Pushed struct {
	Finding   string // the record's id
	Digest    string
	UpdatedAt time.Time
}

// Failure is one finding that Security Hub did not take.
type Failure struct {
	Finding string
	Code    string // Security Hub's, or kumoban's: CodeTooLarge
	Message string // Security Hub's own words, on one line; or an English sentence
}

// CodeTooLarge is the code of a finding that does not fit into 240 KB even
// without its details.
const CodeTooLarge = "KUMOBAN_TOO_LARGE"

// Refused are records that are not pushed: of a source file, or of another
// account or Region than the Hub's.
type Refused struct {
	Kind  string // "source", "account" or "region"
	Where string // the root of the source, the account or the Region
	N     int
	at    string
}

// Error returns the English sentence.
func (e *Refused) Error() string { return e.sentence().Error() }

// Unwrap returns the sentence as a [locale.Error].
func (e *Refused) Unwrap() error { return e.sentence() }

func (e *Refused) sentence() error {
	return locale.Errorf("hub.refused."+e.Kind, locale.A("n", e.N), locale.A("where", locale.Clean(e.Where)), locale.A("here", e.at))
}

// Pushes counts what a push did. Each record is in one of its figures.
type Pushes struct {
	Sent      int
	Unchanged int
	Failed    []Failure
	Refused   []*Refused
}

// Push imports the records that changed since the last push, archived ones too.
// last returns what an earlier push left of a record; done is called after each
// call with what it left, to be kept, before the next call is made. Records that
// are not the Hub's to push are refused, the others go on. The error is that of
// records, of done, a [NotEnabled] or an [awsclient.Fault]; what was done before
// it has been handed to done, and the rest can be pushed again.
func (h *Hub) Push(ctx context.Context, w *report.Imports, records iter.Seq2[*lifecycle.Record, error], last func(id string) (Pushed, bool), done func([]Pushed) error) (Pushes, error) {
	b := batch{hub: h, done: done}
	for r, err := range records {
		if err != nil {
			return b.result, err
		}
		if h.refuses(r, &b.result) {
			continue
		}
		before, known := last(r.ID)
		i, p := h.make(w, r, before)
		if known && i == nil {
			b.result.Unchanged++
			continue
		}
		if err := b.add(ctx, i, p); err != nil {
			return b.result, err
		}
	}
	return b.result, b.send(ctx)
}

// Would tells what [Hub.Push] would do with records, and does none of it; those
// that would be sent are handed to each.
func (h *Hub) Would(w *report.Imports, records iter.Seq2[*lifecycle.Record, error], last func(id string) (Pushed, bool), each func(*lifecycle.Record)) (Pushes, error) {
	var b batch
	for r, err := range records {
		if err != nil {
			return b.result, err
		}
		if h.refuses(r, &b.result) {
			continue
		}
		before, _ := last(r.ID)
		i, p := h.make(w, r, before)
		if i == nil {
			b.result.Unchanged++
		} else if _, ok := b.encode(i, p); ok {
			b.result.Sent++
			each(r)
		}
	}
	return b.result, nil
}

// refuses counts a record that is not to be pushed from here.
func (h *Hub) refuses(r *lifecycle.Record, p *Pushes) bool {
	refused := &Refused{N: 1, at: h.At.Account}
	switch {
	case r.Source != lifecycle.SourceLive || r.Resource.ARN == "" || r.Resource.Account == "":
		refused.Kind, refused.Where = "source", r.Source
	case r.Resource.Account != h.At.Account:
		refused.Kind, refused.Where = "account", r.Resource.Account
	case r.Resource.Region != h.At.Region:
		refused.Kind, refused.Where, refused.at = "region", r.Resource.Region, h.At.Region
	default:
		return false
	}
	for _, x := range p.Refused {
		if x.Kind == refused.Kind && x.Where == refused.Where {
			x.N++
			return true
		}
	}
	p.Refused = append(p.Refused, refused)
	return true
}

// make returns the finding to import, nil where nothing changed since before.
func (h *Hub) make(w *report.Imports, r *lifecycle.Record, before Pushed) (*report.Import, Pushed) {
	updated := r.Updated
	if r.LastSeen.After(updated) {
		updated = r.LastSeen
	}
	updated = updated.UTC().Truncate(time.Millisecond)
	stale := updated.Sub(before.UpdatedAt) >= refresh && r.State == lifecycle.Active
	if !updated.After(before.UpdatedAt) { // Security Hub would ignore it
		updated = before.UpdatedAt.Add(time.Millisecond)
	}
	i := w.Finding(asFinding(r), report.Standing{
		Workflow: string(r.Workflow), Archived: r.State == lifecycle.Archived, Override: r.Override,
		CreatedAt: r.FirstSeen, FirstObservedAt: r.Changed, LastObservedAt: r.LastSeen, UpdatedAt: updated,
	})
	p := Pushed{r.ID, i.Digest(), updated}
	if p.Digest == before.Digest && !stale {
		return nil, p
	}
	return &i, p
}

func asFinding(r *lifecycle.Record) *finding.Finding {
	return &finding.Finding{
		Control: r.Control, Severity: r.Severity, Status: r.Status, Resource: r.Resource, Message: r.Message, Notes: r.Notes,
		Reason: r.Reason, NotOffered: r.NotOffered, Params: r.Params, Origin: r.Origin,
	}
}

// item is one finding of a batch.
type item struct {
	pushed Pushed
	json   json.RawMessage
}

type batch struct {
	hub    *Hub
	done   func([]Pushed) error
	items  []item
	bytes  int
	result Pushes
}

// add puts a finding into the batch and sends the batch when it is full.
func (b *batch) add(ctx context.Context, i *report.Import, p Pushed) error {
	data, ok := b.encode(i, p)
	if !ok {
		return nil
	}
	twice := slices.ContainsFunc(b.items, func(x item) bool { return x.pushed.Finding == p.Finding })
	if len(b.items) == maxBatch || b.bytes+len(data)+1 > maxBatchBytes-batchFrame || twice {
		if err := b.send(ctx); err != nil {
			return err
		}
	}
	b.items = append(b.items, item{p, data})
	b.bytes += len(data) + 1
	return nil
}

// encode counts a finding that is too large as failed.
func (b *batch) encode(i *report.Import, p Pushed) (json.RawMessage, bool) {
	data, ok := i.Encode(maxFindingBytes)
	if !ok {
		message := fmt.Sprintf("the finding takes %d bytes even without its details; Security Hub accepts %d", len(data), maxFindingBytes)
		b.result.Failed = append(b.result.Failed, Failure{p.Finding, CodeTooLarge, message})
	}
	return data, ok
}

// Security Hub fails findings one by one; those that it failed for a reason
// that passes are sent this often.
const rounds = 3

type importAnswer struct {
	FailedCount, SuccessCount int
	FailedFindings            []struct{ Id, ErrorCode, ErrorMessage string }
}

// send sends the batch, and hands what was taken to done.
func (b *batch) send(ctx context.Context) error {
	items := b.items
	b.items, b.bytes = nil, 0
	for round := 1; len(items) > 0; round++ {
		again, err := b.once(ctx, items, round == rounds)
		if err != nil {
			return err
		}
		items = again
	}
	return nil
}

// once sends items and returns those to send again.
func (b *batch) once(ctx context.Context, items []item, final bool) (again []item, err error) {
	in := struct{ Findings []json.RawMessage }{}
	for _, i := range items {
		in.Findings = append(in.Findings, i.json)
	}
	out, err := post[importAnswer](ctx, b.hub, batchImport(), "findings/import", in)
	if err != nil {
		return nil, err
	}
	if out.FailedCount != len(out.FailedFindings) || out.SuccessCount+out.FailedCount > len(items) || out.SuccessCount+out.FailedCount == 0 {
		return nil, awsclient.NewGarbled(batchImport(), "the counts of the answer do not match")
	}
	var pushed []Pushed
	var denied error
	for _, i := range items {
		n := slices.IndexFunc(out.FailedFindings, func(f struct{ Id, ErrorCode, ErrorMessage string }) bool { return f.Id == i.pushed.Finding })
		if n < 0 {
			pushed = append(pushed, i.pushed)
			continue
		}
		f := out.FailedFindings[n]
		switch {
		case passing(f.ErrorCode) && !final:
			again = append(again, i)
		case f.ErrorCode == "InvalidAccess":
			denied = &NotEnabled{b.hub.At, fmt.Errorf("%s: %s", batchImport().Name(), oneLine(f.ErrorMessage))}
			fallthrough
		default:
			b.result.Failed = append(b.result.Failed, Failure{i.pushed.Finding, oneLine(f.ErrorCode), oneLine(f.ErrorMessage)})
		}
	}
	if out.SuccessCount < len(pushed) {
		// Which of them is not said: none is taken for sent, and a later push sends all.
		b.result.Sent += out.SuccessCount
		pushed = nil
	}
	b.result.Sent += len(pushed)
	if len(pushed) > 0 {
		if err := b.done(pushed); err != nil {
			return nil, err
		}
	}
	return again, denied
}

// passing tells whether an item that failed so is worth another try.
func passing(code string) bool {
	return slices.Contains([]string{"InternalFailure", "ConcurrentUpdateError", "Throttling", "ThrottlingException", "LimitExceeded", "LimitExceededException"}, code)
}
