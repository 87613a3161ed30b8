package exchange

import (
	"context"
	"maps"
	"slices"

	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/securityhub"
	"github.com/kumoban/kumoban/internal/securityhub/sides"
	"github.com/kumoban/kumoban/internal/store"
)

// How far a pull or a sync goes.
const (
	Look Mode = iota // change nothing, here or there
	Link             // keep what Security Hub has, and no more
	Here             // and take its decisions over
	Both             // and tell Security Hub ours
)

// Mode is how far a pull or a sync goes.
type Mode uint8

// Synced is what a pull or a sync found and did.
type Synced struct {
	Regions    []Region
	Lost       []Lost
	Findings   int     // of Security Hub's, and ours there
	Without    int     // of those, without a record here
	Others     int     // of other products and controls
	Unreadable []error // each of [*locale.Error]

	Here    []sides.Step   // took place here, or would; with the record as it is now
	There   []sides.Step   // took place there, or would
	Nobody  []sides.Step   // for a person to decide
	Waiting []sides.Step   // decided here, which Security Hub was not told
	Failed  []Failure      // Security Hub did not take them
	Besides []sides.Beside // of other standards, which decide nothing
	Head    audit.Entry    // of the audit log; the zero Entry where nothing changed

	Incomplete bool // something stopped it
}

// Failure is a step that Security Hub did not take.
type Failure struct {
	sides.Step
	Code, Message string // Security Hub's own words
}

// Sync pulls, keeps what Security Hub has of the records, and keeps the workflow
// in step as far as the mode goes. What was done before an error is in the
// result, and stays done.
func (x *Exchange) Sync(ctx context.Context, mode Mode) (*Synced, error) {
	p, err := x.pull(ctx, true)
	if err != nil {
		return nil, err
	}
	s := &Synced{Regions: p.regions, Lost: p.lost, Findings: len(p.findings), Others: p.others, Unreadable: p.unreadable}
	if mode != Look {
		if err := x.Keeper.Link(ctx, p.findings); err != nil {
			return s, err
		}
	}
	records, err := x.Keeper.Counterparts(ctx, p.findings)
	if err != nil {
		return s, err
	}
	for _, f := range p.findings {
		if records[keep.Counterpart(f)] == nil {
			s.Without++
		}
	}
	if mode == Link {
		return s, nil
	}
	steps, err := x.steps(ctx, p, records, s)
	if err != nil {
		return s, err
	}
	err = x.carry(ctx, mode, p, steps, s)
	s.Besides = sides.Besides(slices.Values(after(records, s.Here)), slices.Values(p.findings))
	return s, err
}

// after are records in the order of their ids, as steps leave them.
func after(records map[string]*lifecycle.Record, here []sides.Step) []*lifecycle.Record {
	became := map[string]lifecycle.Workflow{}
	for i := range here {
		became[here[i].Ours.ID] = here[i].Decision.Status
	}
	list := make([]*lifecycle.Record, 0, len(records))
	for _, id := range slices.Sorted(maps.Keys(records)) {
		r := records[id]
		if w, moved := became[id]; moved {
			next := *r
			next.Workflow = w
			r = &next
		}
		list = append(list, r)
	}
	return list
}

// steps asks for the decisions on both sides wherever they differ.
func (x *Exchange) steps(ctx context.Context, p *pulled, records map[string]*lifecycle.Record, s *Synced) ([]sides.Step, error) {
	var pairs []sides.Pair
	mute := map[*securityhub.Hub]bool{} // whose histories nobody may read
	for _, pair := range sides.Pairs(slices.Values(after(records, nil)), slices.Values(p.findings)) {
		h := p.from[pair.Theirs]
		if mute[h] {
			continue
		}
		var err error
		if pair.Decided.Ours, err = x.lastDecision(ctx, pair.Ours); err != nil {
			return nil, err
		}
		pair.Decided.Theirs, err = h.Decided(ctx, pair.Theirs)
		switch {
		case err == nil:
			pairs = append(pairs, pair)
		case ofRegion(ctx, err):
			mute[h] = true
			s.Lost = append(s.Lost, Lost{h.At, err})
		default:
			return nil, err
		}
	}
	return sides.InStep(pairs), nil
}

// carry carries steps out as far as the mode goes.
func (x *Exchange) carry(ctx context.Context, mode Mode, p *pulled, steps []sides.Step, s *Synced) error {
	var here, there []sides.Step
	for _, step := range steps {
		switch {
		case step.To == sides.Nobody:
			s.Nobody = append(s.Nobody, step)
		case step.To == sides.Here:
			here = append(here, step)
		default:
			there = append(there, step)
		}
	}
	if mode == Look {
		s.There = there
		return x.would(ctx, here, s)
	}
	if len(here) > 0 {
		took, wait, head, err := x.Keeper.FromHub(ctx, here)
		if err != nil {
			return err
		}
		s.Here, s.Head, s.Nobody = took, head, append(s.Nobody, wait...)
	}
	if mode != Both {
		s.Waiting = there
		return nil
	}
	return x.tell(ctx, p, there, s)
}

// would says of steps that change something here which would wait for an approver.
func (x *Exchange) would(ctx context.Context, here []sides.Step, s *Synced) error {
	return x.Keeper.Store.View(ctx, func(r store.Reader) error {
		p, err := keep.Policy(ctx, r)
		if err != nil {
			return err
		}
		for _, step := range here {
			if step.Proposed = p.FourEyes && step.Decision.Status == lifecycle.Suppressed; step.Proposed {
				s.Nobody = append(s.Nobody, step)
			} else {
				s.Here = append(s.Here, step)
			}
		}
		return nil
	})
}

// letter is what one call of BatchUpdateFindings says.
type letter struct {
	hub *securityhub.Hub
	w   securityhub.Workflow
}

// perCall is how many findings are updated before it is kept that they were.
const perCall = 100

// tell writes decisions into Security Hub, and keeps after each call what it took.
func (x *Exchange) tell(ctx context.Context, p *pulled, steps []sides.Step, s *Synced) error {
	groups := map[letter][]sides.Step{}
	var order []letter
	for _, step := range steps {
		d := &step.Decision
		l := letter{p.from[step.Theirs], securityhub.Workflow{Status: d.Status, Note: d.Note, By: d.By}}
		if groups[l] == nil {
			order = append(order, l)
		}
		groups[l] = append(groups[l], step)
	}
	lost := map[*securityhub.Hub]bool{}
	for _, l := range order {
		for chunk := range slices.Chunk(groups[l], perCall) {
			if lost[l.hub] {
				continue
			}
			err := x.tellSome(ctx, l, chunk, s)
			if err != nil && !ofRegion(ctx, err) {
				return err
			}
			if err != nil {
				lost[l.hub] = true
				s.Lost = append(s.Lost, Lost{l.hub.At, err})
			}
		}
	}
	return nil
}

func (x *Exchange) tellSome(ctx context.Context, l letter, steps []sides.Step, s *Synced) error {
	of := map[securityhub.Identifier]sides.Step{}
	ids := make([]securityhub.Identifier, len(steps))
	for i, step := range steps {
		ids[i] = securityhub.IdentifierOf(step.Theirs)
		of[ids[i]] = step
	}
	u, err := l.hub.SetWorkflow(ctx, ids, l.w)
	var done []sides.Step
	for _, id := range u.Done {
		done = append(done, of[id])
	}
	for _, f := range u.Failed {
		s.Failed = append(s.Failed, Failure{of[f.Finding], f.Code, f.Message})
	}
	if len(done) > 0 {
		// What was acknowledged is kept, whatever stops the rest.
		head, kept := x.Keeper.ToHub(context.WithoutCancel(ctx), done)
		if kept != nil {
			return kept
		}
		s.There, s.Head = append(s.There, done...), head
	}
	return err
}
