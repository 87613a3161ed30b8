package execute

import (
	"context"
	"slices"

	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
)

// Foreseer looks, before anything is changed, at what AWS will look at when a
// step is done: half a fix is worse than none. What it has looked at once it
// does not look at again. It is for one goroutine.
type Foreseer struct {
	drivers map[resource.Type]drive.Driver
	seen    map[string]foreseen
}

type foreseen struct {
	doubts []locale.Message
	err    error
}

// NewForeseer looks by the drivers of one account and Region.
func NewForeseer(drivers map[resource.Type]drive.Driver) *Foreseer {
	return &Foreseer{drivers: drivers, seen: map[string]foreseen{}}
}

// Step looks at what a step of a plan names. A clear no is a [*locale.Error]; other
// errors are [*awsclient.Fault]. What could not be looked at, and what only AWS can
// tell, are doubts: they are to be said, and AWS decides.
func (f *Foreseer) Step(ctx context.Context, p *plan.Plan, step *plan.Step) (doubts []locale.Message, err error) {
	looks, ok := f.drivers[step.Thing.Type].(drive.Foresees)
	if !ok {
		return nil, nil
	}
	known := Resolved(f.drivers, p, step)
	for i := range step.Changes {
		a := drive.Ahead{Step: step, Change: &step.Changes[i], Once: f.once}
		a.Value, _ = known.Changes[i].Will.(string)
		_, _, a.Made = output(step.Changes[i].Will)
		more, err := looks.Foresee(ctx, a)
		if err != nil {
			return doubts, err
		}
		doubts = append(doubts, more...)
	}
	return doubts, nil
}

func (f *Foreseer) once(key string, look func() ([]locale.Message, error)) ([]locale.Message, error) {
	got, ok := f.seen[key]
	if !ok {
		got.doubts, got.err = look()
		f.seen[key] = got
	}
	return got.doubts, got.err
}

// Resolved is a step with the ARNs of things that its plan makes, as far as their
// names tell them, in place of the outputs that it uses.
func Resolved(drivers map[resource.Type]drive.Driver, p *plan.Plan, step *plan.Step) *plan.Step {
	s := *step
	s.Changes = slices.Clone(step.Changes)
	for i := range s.Changes {
		of, _, ok := output(s.Changes[i].Will)
		if !ok {
			continue
		}
		made := p.Step(of)
		if made == nil {
			continue
		}
		if named, ok := drivers[made.Thing.Type].(drive.Named); ok {
			s.Changes[i].Will = named.ARN(made)
		}
	}
	return &s
}
