package execute

import (
	"context"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
)

// Rehearse says why a step could not be done now, as a message key, or "". It
// changes nothing.
func Rehearse(ctx context.Context, drivers map[resource.Type]Driver, step *plan.Step) (why string, err error) {
	driver, ok := drivers[step.Thing.Type]
	if !ok {
		return "", locale.Errorf("run.badPlan")
	}
	state, err := driver.Read(ctx, step.Thing, asked(step))
	if err != nil {
		return "", err
	}
	switch compare(step, state, knownYet(step), false) {
	case drifted:
		return "run.drifted", nil
	case gone:
		return "run.gone", nil
	case asWanted:
		return "run.already", nil
	}
	for i := range step.Guards {
		if g := &step.Guards[i]; !guarded(g, state) {
			return g.Why, nil
		}
	}
	return "", nil
}

// knownYet is what a step will make of its thing, without the values that come
// from things that are not made yet.
func knownYet(step *plan.Step) map[string]any {
	will := map[string]any{}
	for _, c := range step.Changes {
		if _, _, later := output(c.Will); !later {
			will[c.Property] = c.Will
		}
	}
	return will
}
