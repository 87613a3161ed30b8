package execute

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
)

// Engine carries a journal's plan out, or undoes it.
type Engine struct {
	Drivers map[resource.Type]drive.Driver
	// As gives the drivers by which one step is carried out or taken back; nil: those
	// that look. It is asked for every step of a plan before any is carried out.
	As      func(ctx context.Context, step *plan.Step) (map[resource.Type]drive.Driver, error)
	Journal *Journal
	Now     func() time.Time
	// Say is told of every step as it begins and ends.
	Say func(Report)
	// Stale, where it is set, is why no step may begin any more; those that have
	// begun may end.
	Stale error
}

// Report is what an engine says of a step.
type Report struct {
	Step  *plan.Step
	Event Event  // "" while it waits
	Why   string // of Kept and of waiting: a message key
}

// How long the engine waits for what takes time, and how often it looks.
const (
	waitAtMost = 25 * time.Minute // a security policy takes about 15 minutes
	lookEvery  = 10 * time.Second
	settleFor  = 2 * time.Minute // until a change that AWS accepted can be read
)

// Apply does what is left of the plan. It stops at the first step that cannot
// be done; what was done until then stands in the journal. Called again, it
// goes on where it stopped: a step that acted already is not done twice.
func (e *Engine) Apply(ctx context.Context) error {
	if err := e.Journal.Resumable(); err != nil {
		return err
	}
	if err := e.preflight(ctx); err != nil {
		return err
	}
	for i := range e.Journal.Plan.Steps {
		step := &e.Journal.Plan.Steps[i]
		if last := e.Journal.Last(step.ID).Event; last == Done || last == Already {
			continue
		}
		if e.Stale != nil && !e.Journal.touched(step.ID) {
			return e.Stale
		}
		if err := e.apply(ctx, step); err != nil {
			return err
		}
	}
	return nil
}

// preflight looks at everything that a step is about to change before the first
// one is changed: half a fix is worse than none.
func (e *Engine) preflight(ctx context.Context) error {
	for i := range e.Journal.Plan.Steps {
		step := &e.Journal.Plan.Steps[i]
		if last := e.Journal.Last(step.ID).Event; last != "" && last != Refused || e.Stale != nil {
			continue
		}
		driver, err := e.driver(step)
		if err != nil {
			return err
		}
		c := comparison{driver, step, knownYet(step.Changes), knownYet(step.With)}
		state, err := driver.Read(ctx, step.Thing, c.look())
		if err != nil {
			return err
		}
		is, property := c.found(state, false)
		if err := refusal(step, state, is, property); err != nil {
			return err
		}
	}
	return e.enter(ctx)
}

// enter becomes whoever carries out the steps that are left: half a fix is worse than
// none.
func (e *Engine) enter(ctx context.Context) error {
	for i := range e.Journal.Plan.Steps {
		step := &e.Journal.Plan.Steps[i]
		last := e.Journal.Last(step.ID).Event
		if last == Done || last == Already || e.Stale != nil && !e.Journal.touched(step.ID) {
			continue
		}
		if _, err := e.acting(ctx, step); err != nil {
			return err
		}
	}
	return nil
}

// refusal says why a step cannot be done on what was found.
func refusal(step *plan.Step, state drive.State, is found, property string) error {
	switch is {
	case drifted:
		return drift(step, property)
	case gone:
		return locale.Errorf("run.gone", locale.A("thing", drive.Label(step.Thing)))
	case asWanted:
		return nil
	}
	for i := range step.Guards {
		if g := &step.Guards[i]; !guarded(g, state) {
			return &GuardError{Step: step, Guard: g}
		}
	}
	return nil
}

// Final tells whether a run that stopped for this reason would stop there again,
// so that a new plan is needed.
func Final(err error) bool {
	var guard *GuardError
	var refused *drive.Refusal
	var ours *locale.Error
	switch {
	case errors.As(err, &guard):
		return true
	case errors.As(err, &refused):
		return refused.Class == awsclient.Other || refused.Class == awsclient.NotFound
	case errors.As(err, &ours):
		return slices.Contains([]string{"run.drifted", "run.there", "run.gone"}, ours.Key)
	}
	return false
}

// drift is the error for a thing that is no more as the plan found it.
func drift(step *plan.Step, property string) error {
	if property == "" {
		return locale.Errorf("run.there", locale.A("thing", drive.Label(step.Thing)))
	}
	return locale.Errorf("run.drifted", locale.A("thing", drive.Label(step.Thing)), locale.A("property", property))
}

func (e *Engine) apply(ctx context.Context, step *plan.Step) error {
	driver, err := e.acting(ctx, step)
	if err != nil {
		return err
	}
	d, err := e.deed(step, driver)
	if err != nil {
		return err
	}
	state, err := d.driver.Read(ctx, step.Thing, d.look())
	if err != nil {
		return err
	}
	is, property := d.found(state, d.began)
	if err := refusal(step, state, is, property); err != nil {
		return err
	}
	if is == asWanted && !d.began {
		return e.finish(ctx, d, Already)
	}
	if is == asPlanned {
		if err := e.ready(ctx, d.driver, step); err != nil {
			return err
		}
		if err := d.carryOut(ctx); err != nil {
			return err
		}
	} // else the run ended after the change, but perhaps before it was in force
	if err := e.readBack(ctx, d.driver, step, d.will, d.putOff); err != nil {
		return err
	}
	return e.finish(ctx, d, Done)
}

// ready waits for what the change must wait for.
func (e *Engine) ready(ctx context.Context, driver drive.Driver, step *plan.Step) error {
	if step.Wait == remedy.NoWait {
		return nil
	}
	return e.until(ctx, step, waitAtMost, func() (bool, error) { return driver.Settled(ctx, step.Thing, step.Wait) })
}

// GuardError says which guard does not hold. Its message is one of the control's
// whose remedy made the step.
type GuardError struct {
	Step  *plan.Step
	Guard *plan.Guard
}

// Error names the thing and the property; a user is shown the guard's message.
func (e *GuardError) Error() string {
	return drive.Label(e.Step.Thing) + " cannot be changed because of its " + e.Guard.Property
}

// Thing names what cannot be changed.
func (e *GuardError) Thing() string { return drive.Label(e.Step.Thing) }

// guarded tells whether what a guard wants is true.
func guarded(g *plan.Guard, state drive.State) bool {
	value := plan.Normal(state.Values[g.Property])
	return slices.ContainsFunc(g.OneOf, func(ok any) bool { return plan.Equal(ok, value) })
}

// Scheduled is why a step that is done does not show yet: AWS has put it off.
const Scheduled = "run.scheduled"

// readBack waits until the thing shows what was written, or that it is put off. One
// that is still being changed may show it at once, but keep to the old value meanwhile.
func (e *Engine) readBack(ctx context.Context, driver drive.Driver, step *plan.Step, want map[string]any, putOff bool) error {
	patience := settleFor
	again := drive.Again(driver, step.Wait)
	if again {
		patience = waitAtMost
	}
	return e.until(ctx, step, patience, func() (bool, error) {
		state, err := driver.Read(ctx, step.Thing, drive.Names(want))
		if err != nil {
			return false, err
		}
		if !state.Exists || !shows(driver, state, want, putOff) {
			return false, nil
		}
		if again {
			return driver.Settled(ctx, step.Thing, step.Wait)
		}
		return true, nil
	})
}

// unlessBusy tries what may run into another change, until it does not.
func (e *Engine) unlessBusy(ctx context.Context, step *plan.Step, try func() error) error {
	return e.until(ctx, step, waitAtMost, func() (bool, error) {
		if err := try(); err != nil {
			if drive.Conflict(err) {
				return false, nil
			}
			return false, err
		}
		return true, nil
	})
}

// until asks again and again, at growing distances, until the answer is yes.
func (e *Engine) until(ctx context.Context, step *plan.Step, atMost time.Duration, yes func() (bool, error)) error {
	deadline := e.Now().Add(atMost)
	for pause := time.Second; ; pause = min(2*pause, lookEvery) {
		ok, err := yes()
		if ok || err != nil {
			return err
		}
		if e.Now().After(deadline) {
			return locale.Errorf("run.waited", locale.A("thing", drive.Label(step.Thing)), locale.A("time", atMost.String()))
		}
		e.Say(Report{Step: step, Why: "run.waiting"})
		if err := awsclient.Sleep(ctx, pause); err != nil {
			return awsclient.Stopped(ctx)
		}
	}
}

func (e *Engine) finish(ctx context.Context, d *deed, event Event) error {
	entry := Entry{Event: event, Window: d.window}
	if d.putOff && event == Done {
		entry.Why = Scheduled
	}
	if e.feeds(d.step.ID) {
		var err error
		if entry.Outputs, err = d.driver.Outputs(ctx, d.step.Thing, e.token(d.step)); err != nil {
			return err
		}
	}
	return e.note(d.step, entry)
}

// feeds tells whether another step uses an output of this one.
func (e *Engine) feeds(id string) bool {
	for _, s := range e.Journal.Plan.Steps {
		for _, c := range s.Changes {
			if of, _, ok := output(c.Will); ok && of == id {
				return true
			}
		}
	}
	return false
}

func (e *Engine) note(step *plan.Step, entry Entry) error {
	entry.At, entry.Step = e.Now().UTC(), step.ID
	if err := e.Journal.once(entry); err != nil {
		return err
	}
	e.Say(Report{Step: step, Event: entry.Event, Why: entry.Why})
	return nil
}

// token makes what a step creates recognisable as this run's, so that it is
// made once however often the step is tried.
func (e *Engine) token(step *plan.Step) string { return e.Journal.Run + "/" + step.ID }

// driver is the one that looks.
func (e *Engine) driver(step *plan.Step) (drive.Driver, error) { return driverOf(e.Drivers, step) }

// acting is the one that changes.
func (e *Engine) acting(ctx context.Context, step *plan.Step) (drive.Driver, error) {
	if e.As == nil {
		return e.driver(step)
	}
	drivers, err := e.As(ctx, step)
	if err != nil {
		return nil, err
	}
	return driverOf(drivers, step)
}

func driverOf(drivers map[resource.Type]drive.Driver, step *plan.Step) (drive.Driver, error) {
	if d, ok := drivers[step.Thing.Type]; ok {
		return d, nil
	}
	return nil, locale.Errorf("run.badPlan")
}

// values returns what properties shall become, with outputs filled in.
func (e *Engine) values(changes []plan.Change) (map[string]any, error) {
	values := make(map[string]any, len(changes))
	for _, c := range changes {
		v := c.Will
		if of, name, ok := output(v); ok {
			if v, ok = e.Journal.Outputs(of)[name]; !ok {
				return nil, locale.Errorf("run.badPlan")
			}
		}
		values[c.Property] = v
	}
	return values, nil
}

// knownYet are the values of changes without those that come from things that
// are not made yet.
func knownYet(changes []plan.Change) map[string]any {
	values := map[string]any{}
	for _, c := range changes {
		if _, _, later := output(c.Will); !later {
			values[c.Property] = c.Will
		}
	}
	return values
}

// output reads an Output as it comes out of JSON.
func output(v any) (of, name string, ok bool) {
	m, ok := v.(map[string]any)
	if !ok {
		return "", "", false
	}
	of, isOf := m["of"].(string)
	name, isName := m["name"].(string)
	return of, name, isOf && isName
}

// asked lists the properties that a step changes or guards.
func asked(step *plan.Step) []string {
	var names []string
	for _, c := range step.Changes {
		names = append(names, c.Property)
	}
	for _, g := range step.Guards {
		names = append(names, g.Property)
	}
	return sorted(names)
}

func sorted(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}
