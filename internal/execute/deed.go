package execute

import (
	"context"
	"errors"
	"maps"
	"time"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/plan"
)

// Window is the time between the last read of a thing and the answer of the call
// that changed it. AWS has no conditional write: what somebody else changed of
// the same object in it may have been overwritten.
type Window struct {
	Looked   time.Time `json:"looked"`
	Answered time.Time `json:"answered"`
}

// deed is a step that is being carried out, or taken back.
type deed struct {
	*Engine
	comparison
	driver drive.Driver
	began  bool // a call that changes the thing may have been made, in this run or before

	untouched bool                // by the last read, nothing of the step was there
	doubtful  bool                // a call of this attempt acted, or may have
	looked    time.Time           // the last read before a call
	putOff    bool                // AWS makes some of it in the thing's maintenance window
	absent    map[string]struct{} // objects that were not there by that read
	window    *Window
}

func (e *Engine) deed(step *plan.Step, driver drive.Driver) (*deed, error) {
	will, err := e.values(step.Changes)
	if err != nil {
		return nil, err
	}
	with, err := e.values(step.With)
	if err != nil {
		return nil, err
	}
	d := &deed{Engine: e, comparison: comparison{driver, step, will, with}, driver: driver, began: e.Journal.touched(step.ID)}
	return d, nil
}

// carryOut makes the thing, if it is to be made, and writes what it lacks. A
// role that is not accepted yet, and a change that runs into another one, are
// tried again; each time the thing is looked at anew.
func (d *deed) carryOut(ctx context.Context) error {
	pending := maps.Clone(d.will)
	if d.step.Make {
		has, err := d.make(ctx)
		if err != nil {
			return d.failed(err)
		}
		for _, property := range has {
			delete(pending, property)
		}
	}
	if err := d.write(ctx, pending, d.decide); err != nil {
		return d.failed(err)
	}
	return nil
}

// make makes the thing, or finds that this run has made it.
func (d *deed) make(ctx context.Context) (has []string, err error) {
	// AWS makes nothing over a thing that is there; but an earlier attempt may have made it.
	d.untouched = !d.began
	if err := d.begin(); err != nil {
		return nil, err
	}
	err = d.until(ctx, d.step, waitAtMost, func() (bool, error) {
		has, err = d.driver.Make(ctx, d.step.Thing, d.will, d.token(d.step))
		return d.ended(err)
	})
	if err == nil {
		d.doubtful, d.untouched = true, false
	}
	return has, err
}

// begin notes that a call which changes the thing is about to be made.
func (d *deed) begin() error {
	d.looked = d.Now().UTC()
	if d.began {
		return nil
	}
	d.began = true
	return d.note(d.step, Entry{Event: Began})
}

// ended tells whether a call need not be tried again.
func (d *deed) ended(err error) (bool, error) {
	var refused *drive.Refusal
	var none *drive.Unsent
	if errors.As(err, &none) {
		if errors.Is(err, errUnseen) {
			return false, nil
		}
		return true, none.Unwrap()
	}
	d.doubtful = d.doubtful || err != nil && !errors.As(err, &refused)
	if err != nil && (d.notYet(err) || drive.Conflict(err)) {
		return false, nil
	}
	return true, err
}

// notYet tells whether what a call names is too new for AWS.
func (d *deed) notYet(err error) bool {
	p, ok := d.driver.(drive.Patient)
	return ok && p.NotYet(err)
}

// errUnseen says that what was made cannot be read yet.
var errUnseen = errors.New("what was made is not there yet")

// write makes one call after another until all values are written.
func (d *deed) write(ctx context.Context, pending map[string]any, decide func(drive.State, []string) (map[string]any, error)) error {
	for len(pending) > 0 {
		var done drive.Written
		err := d.until(ctx, d.step, waitAtMost, func() (bool, error) {
			var err error
			done, err = d.driver.Write(ctx, d.step.Thing, drive.Writing{Want: pending, Look: d.look(), Decide: decide, Hurries: d.step.Hurries})
			if err != nil && d.acted(ctx, err, pending) {
				done, err = drive.Written{Sent: drive.Names(pending)}, nil
			}
			return d.ended(err)
		})
		if err != nil {
			return err
		}
		if !d.looked.IsZero() {
			d.doubtful, d.window = true, &Window{d.looked, d.Now().UTC()}
		}
		d.putOff = d.putOff || done.PutOff
		if err := d.remember(done.Wholes); err != nil {
			return err
		}
		for _, property := range done.Sent {
			delete(pending, property)
		}
	}
	return nil
}

// acted looks again where a call was refused after one without an answer: that
// one acted, and its repetition may be refused for just that reason.
func (d *deed) acted(ctx context.Context, err error, want map[string]any) bool {
	var refused *drive.Refusal
	var fault *awsclient.Fault
	if !errors.As(err, &fault) || errors.As(err, &refused) || fault.Class != awsclient.Other && fault.Class != awsclient.NotFound {
		return false
	}
	state, unread := d.driver.Read(ctx, d.step.Thing, drive.Names(want))
	return unread == nil && state.Exists && holds(d, state, want)
}

// remember keeps in the journal what AWS made of objects that were not there
// before: undo takes one away only while it is just that.
func (d *deed) remember(wholes map[string]any) error {
	made := map[string]any{}
	for name, whole := range wholes {
		if _, was := d.absent[name]; was {
			made[name] = whole
		}
	}
	if len(made) == 0 {
		return nil
	}
	return d.note(d.step, Entry{Event: Began, Made: made})
}

// decide says what of a group is to be sent, or why the step may not be carried
// out on what is there now.
func (d *deed) decide(state drive.State, group []string) (map[string]any, error) {
	if d.step.Make && !state.Exists {
		return nil, errUnseen
	}
	is, property := d.found(state, d.began)
	if err := refusal(d.step, state, is, property); err != nil {
		return nil, err
	}
	values := map[string]any{}
	for _, name := range group {
		if !drive.Same(d, name, state.Values[name], d.will[name]) {
			values[name] = d.will[name]
		}
	}
	return values, d.about(state, values)
}

// about notes what the last read before a call found, if there is to be one.
func (d *deed) about(state drive.State, values map[string]any) error {
	if len(values) == 0 {
		return nil
	}
	d.untouched = d.comparison.untouched(state)
	d.absent = map[string]struct{}{}
	for name := range values {
		if whole := d.Whole(name); whole != "" && state.Values[whole] == nil {
			d.absent[whole] = struct{}{}
		}
	}
	return d.begin()
}

// failed notes of a step that AWS would not carry out that nothing of it was
// done, if that is certain.
func (d *deed) failed(err error) error {
	if !d.began || d.doubtful || !d.untouched {
		return err
	}
	if noted := d.note(d.step, Entry{Event: Refused}); noted != nil {
		return noted
	}
	return err
}
