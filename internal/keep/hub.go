package keep

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/policy"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/securityhub"
	"github.com/kumoban/kumoban/internal/securityhub/sides"
	"github.com/kumoban/kumoban/internal/store"
)

// Counterpart is the id that a record on the same control and resource as a
// finding of Security Hub's has.
func Counterpart(f *report.Held) string {
	if f.Ours {
		return f.ID
	}
	ours := finding.Finding{Control: f.Control, Resource: f.Ref}
	return ours.ID()
}

// Counterparts returns the records that findings of Security Hub's are about, by
// their ids.
func (k *Keeper) Counterparts(ctx context.Context, held []*report.Held) (map[string]*lifecycle.Record, error) {
	known := map[string]*lifecycle.Record{}
	err := k.Store.View(ctx, func(r store.Reader) error { return counterparts(ctx, r, held, known) })
	return known, err
}

func counterparts(ctx context.Context, r store.Reader, held []*report.Held, known map[string]*lifecycle.Record) error {
	for chunk := range slices.Chunk(held, batch) {
		ids := make([]string, len(chunk))
		for i, f := range chunk {
			ids[i] = Counterpart(f)
		}
		records, err := r.Records(ctx, ids)
		if err != nil {
			return err
		}
		for i := range records {
			known[records[i].ID] = &records[i]
		}
	}
	return nil
}

// Link stores what Security Hub has of records. Findings of others have no link.
func (k *Keeper) Link(ctx context.Context, held []*report.Held) error {
	return k.Store.Update(ctx, func(w store.Writer) error {
		for chunk := range slices.Chunk(held, batch) {
			if err := k.link(ctx, w, chunk); err != nil {
				return err
			}
		}
		return nil
	})
}

func (k *Keeper) link(ctx context.Context, w store.Writer, held []*report.Held) error {
	known := map[string]*lifecycle.Record{}
	if err := counterparts(ctx, w, held, known); err != nil {
		return err
	}
	pushed, err := linksByARN(ctx, w, known)
	if err != nil {
		return err
	}
	var links []store.Link
	for _, f := range held {
		id := Counterpart(f)
		if known[id] == nil {
			continue
		}
		was := pushed[f.ID]
		links = append(links, store.Link{
			Finding: id, ARN: f.ID, ProductArn: f.ProductArn, Digest: was.Digest, UpdatedAt: was.UpdatedAt,
			Workflow: f.Workflow, Compliance: f.Status, State: f.RecordState, SeenAt: k.now(),
		})
	}
	if len(links) == 0 {
		return nil
	}
	if err := w.PutLinks(ctx, links); err != nil {
		return err
	}
	_, err = k.note(ctx, w, "securityhub.seen", "securityhub", "", map[string]int{"findings": len(links)})
	return err
}

func linksByARN(ctx context.Context, r store.Reader, of map[string]*lifecycle.Record) (map[string]store.Link, error) {
	ids := make([]string, 0, len(of))
	for id := range of {
		ids = append(ids, id)
	}
	links, err := r.Links(ctx, ids)
	byARN := map[string]store.Link{}
	for _, l := range links {
		byARN[l.ARN] = l
	}
	return byARN, err
}

// FromHub takes over the workflow of steps whose record changes here, and
// returns those that it took, with the record as it is now, and those that wait
// for an approver. A record that moved meanwhile is left as it is. A suppression
// there has no end; here it is an exception that lasts as long as one may.
func (k *Keeper) FromHub(ctx context.Context, steps []sides.Step) (took, wait []sides.Step, head audit.Entry, err error) {
	err = k.Store.Update(ctx, func(w store.Writer) error {
		took, wait, head = nil, nil, audit.Entry{}
		p, err := Policy(ctx, w)
		if err != nil {
			return err
		}
		for i := range steps {
			s := steps[i]
			next, entry, err := k.fromHub(ctx, w, &p, &s)
			if err != nil {
				return about(err, s.Ours.ID)
			}
			if entry.Seq > 0 {
				head = entry
			}
			switch {
			case next != nil:
				s.Ours = next
				took = append(took, s)
			case s.Proposed:
				wait = append(wait, s)
			}
		}
		return nil
	})
	return took, wait, head, err
}

// fromHub returns the record after a step, nil where it is not as the step saw
// it, or where it waits for an approver.
func (k *Keeper) fromHub(ctx context.Context, w store.Writer, p *policy.Policy, s *sides.Step) (*lifecycle.Record, audit.Entry, error) {
	var none audit.Entry
	r, err := k.asSeen(ctx, w, s)
	if r == nil || err != nil {
		return nil, none, err
	}
	d := s.Decision
	if d.At.IsZero() {
		d.At = k.now()
	}
	var last time.Time
	if s.Lost != nil {
		last = s.Lost.At
	}
	made, err := k.make(ctx, w, r, &Exemption{Reason: cmp.Or(strings.TrimSpace(by(&d).Why), suppressedThere), Until: p.Until(k.now()), By: hubActor(d.By)})
	if err != nil {
		return nil, none, err
	}
	if d.Status == lifecycle.Suppressed && p.FourEyes && d.At.After(last) {
		entry, err := k.proposeHub(ctx, w, r, made, s)
		return nil, entry, err
	}
	next, events, err := lifecycle.FromHub(r, d.Status, last, by(&d), made.ID)
	if err != nil || len(events) == 0 {
		return nil, none, err
	}
	if next.Exception == made.ID {
		if err := w.PutException(ctx, made); err != nil {
			return nil, none, err
		}
	}
	if err := k.endProposals(ctx, w, r.ID, ""); err != nil {
		return nil, none, err
	}
	next.Updated = k.now() // the decision is older
	if err := k.endException(ctx, w, r, &next, hubActor(d.By)); err != nil {
		return nil, none, err
	}
	c := change{replace: []lifecycle.Record{next}, events: events}
	if err := c.write(ctx, w, k.now(), 0); err != nil {
		return nil, none, err
	}
	entry, err := k.note(ctx, w, "securityhub.here", r.ID, by(&d).Why, map[string]any{
		"control": r.Control, "resource": r.Resource.ID(), "from": r.Workflow, "workflow": next.Workflow, "securityHub": s.Theirs.ID, "decidedBy": hubActor(d.By), "decidedAt": d.At.UTC(),
	})
	return &next, entry, err
}

// suppressedThere is the reason of whoever gave none.
const suppressedThere = "Security Hub: SUPPRESSED"

// proposeHub proposes what somebody suppressed in Security Hub, once.
func (k *Keeper) proposeHub(ctx context.Context, w store.Writer, r *lifecycle.Record, made lifecycle.Exception, s *sides.Step) (audit.Entry, error) {
	s.Proposed = true
	list, err := waiting(ctx, w, r.ID)
	if err != nil || len(list) > 0 { // whoever approves is asked about one thing
		return audit.Entry{}, err
	}
	made.Proposal = true
	next, events, err := lifecycle.Propose(r, made)
	if err != nil {
		return audit.Entry{}, err
	}
	c := change{replace: []lifecycle.Record{next}, events: events, exceptions: []lifecycle.Exception{made}}
	if err := c.write(ctx, w, k.now(), 0); err != nil {
		return audit.Entry{}, err
	}
	return k.note(ctx, w, "propose", r.ID, made.Reason, map[string]any{"control": r.Control, "resource": r.Resource.ID(), "securityHub": s.Theirs.ID, "decidedBy": made.By, "until": made.Until})
}

// asSeen is the record of a step, nil where it is not as it was seen.
func (k *Keeper) asSeen(ctx context.Context, r store.Reader, s *sides.Step) (*lifecycle.Record, error) {
	records, err := r.Records(ctx, []string{s.Ours.ID})
	if err != nil || len(records) == 0 || records[0].State == lifecycle.Archived || records[0].Workflow != s.Ours.Workflow || !records[0].Updated.Equal(s.Ours.Updated) {
		return nil, err
	}
	return &records[0], nil
}

func hubActor(who string) string { return lifecycle.Hub(clip(who)) }

// by says who decided in Security Hub, in what a history takes.
func by(d *sides.Decision) lifecycle.By {
	return lifecycle.By{Who: clip(d.By), At: d.At.UTC().Truncate(time.Microsecond), Why: clip(d.Note)}
}

// clip makes a text from outside fit into a history.
func clip(s string) string {
	if runes := []rune(locale.Clean(s)); len(runes) > lifecycle.MaxText-len(lifecycle.ByHub)-1 {
		return string(runes[:lifecycle.MaxText-len(lifecycle.ByHub)-2]) + "…"
	}
	return locale.Clean(s)
}

// ToHub keeps that Security Hub took over the workflow of steps, and the
// decisions there that lost.
func (k *Keeper) ToHub(ctx context.Context, steps []sides.Step) (head audit.Entry, err error) {
	err = k.Store.Update(ctx, func(w store.Writer) error {
		for i := range steps {
			s := &steps[i]
			if err := k.overruled(ctx, w, s); err != nil {
				return about(err, s.Ours.ID)
			}
			link, err := w.LinkByARN(ctx, s.Theirs.ID)
			if err != nil {
				return err
			}
			link.Workflow = string(s.Decision.Status)
			if err := w.PutLinks(ctx, []store.Link{link}); err != nil {
				return err
			}
			head, err = k.note(ctx, w, "securityhub.there", s.Ours.ID, s.Decision.Note, map[string]any{
				"control": s.Ours.Control, "resource": s.Ours.Resource.ID(), "from": s.From, "workflow": s.Decision.Status, "securityHub": s.Theirs.ID, "decidedBy": s.Decision.By, "decidedAt": s.Decision.At.UTC(),
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return head, err
}

// overruled writes the decision that lost into the record's history.
func (k *Keeper) overruled(ctx context.Context, w store.Writer, s *sides.Step) error {
	r, err := k.asSeen(ctx, w, s)
	if r == nil || err != nil || s.Lost == nil {
		return err
	}
	_, events, err := lifecycle.FromHub(r, s.Lost.Status, s.Decision.At, by(s.Lost), "")
	if err != nil {
		return err
	}
	history, err := w.History(ctx, r.ID)
	if err != nil {
		return err
	}
	for _, e := range events {
		if !slices.Contains(history, e) { // Security Hub may take minutes to show what it was told
			if err := w.AddEvents(ctx, []lifecycle.Event{e}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Pushed keeps what Security Hub took of a push from an account and Region.
func (k *Keeper) Pushed(ctx context.Context, at resource.Scope, list []securityhub.Pushed) error {
	return k.Store.Update(ctx, func(w store.Writer) error {
		known := map[string]*lifecycle.Record{}
		for i := range list {
			known[list[i].Finding] = nil
		}
		links, err := linksByARN(ctx, w, known)
		if err != nil {
			return err
		}
		out := make([]store.Link, len(list))
		for i, p := range list {
			l := links[p.Finding]
			l.Finding, l.ARN, l.Digest, l.UpdatedAt = p.Finding, p.Finding, p.Digest, p.UpdatedAt
			l.ProductArn = cmp.Or(l.ProductArn, "arn:"+at.Partition+":securityhub:"+at.Region+":"+at.Account+":product/"+at.Account+"/default")
			out[i] = l
		}
		if err := w.PutLinks(ctx, out); err != nil {
			return err
		}
		_, err = k.note(ctx, w, "securityhub.sent", "securityhub:"+at.Account+"/"+at.Region, "", map[string]int{"findings": len(out)})
		return err
	})
}

// TellPush tells the audit log what a push did in an account and Region.
func (k *Keeper) TellPush(ctx context.Context, at resource.Scope, p *securityhub.Pushes) (head audit.Entry, err error) {
	err = k.Store.Update(ctx, func(w store.Writer) error {
		head, err = k.note(ctx, w, "securityhub.push", "securityhub:"+at.Account+"/"+at.Region, "", map[string]int{"sent": p.Sent, "unchanged": p.Unchanged, "failed": len(p.Failed)})
		return err
	})
	return head, err
}
