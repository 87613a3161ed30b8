package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// work does a job, once, and keeps what became of it.
func (r *Runner) work(ctx context.Context, j *Job) {
	result, err := r.do(ctx, j)
	defer func() {
		r.mu.Lock()
		delete(r.tasks, j.ID)
		r.mu.Unlock()
		r.changed(j.ID)
	}()
	if errors.Is(err, errLost) || errors.Is(context.Cause(ctx), errLost) {
		return // another has it
	}
	var text []byte
	if result != nil {
		var failed error
		text, failed = json.Marshal(result)
		err = errors.Join(err, failed)
	}
	late := context.WithoutCancel(ctx)
	ended := func() error {
		return r.update(late, func(w store.Writer) error {
			is, failed := r.held(late, w, j.ID)
			if failed != nil {
				return failed
			}
			is = r.known(&is)
			r.became(ctx, &is, text, err)
			return write(late, w, &is)
		})
	}
	// Where it cannot be kept, whoever takes the job over finds what was kept before.
	failed := ended()
	for try := 0; desk.FaultOf(failed) == desk.Busy && try < 3; try++ {
		failed = ended()
	}
	if failed != nil && !errors.Is(failed, errLost) {
		r.options.Log.ErrorContext(ctx, "the end of a job is not kept", "job", j.ID, "error", failed.Error())
	}
}

// do is what the handler makes of it. Who may no longer do it, does not.
func (r *Runner) do(ctx context.Context, j *Job) (result any, err error) {
	kind := r.kinds[j.Kind]
	defer func() {
		if fault := recover(); fault != nil {
			result, err = nil, fmt.Errorf("panic: %v\n%s", fault, debug.Stack())
		}
	}()
	who, err := r.options.Subject(ctx, j.By)
	if err != nil {
		return nil, err
	}
	for _, p := range kind.Takes {
		if err := who.May(p); err != nil {
			return nil, err
		}
	}
	d, err := r.deskOf(ctx, who)
	if err != nil {
		return nil, err
	}
	t := &Task{Desk: d, runner: r, job: *j}
	return kind.Do(ctx, t)
}

// deskOf is a desk for somebody, on the store as it is now.
func (r *Runner) deskOf(ctx context.Context, who access.Subject) (*desk.Desk, error) {
	own := r.desk.For(itself)
	if _, err := own.Prepare(ctx); err != nil {
		return nil, err
	}
	return own.For(who), nil
}

// became says what became of a job whose handler came back with err.
func (r *Runner) became(ctx context.Context, j *Job, result []byte, err error) {
	now, cause := r.now(), context.Cause(ctx)
	j.Result = result
	var person *NeedsPerson
	attention := r.kinds[j.Kind].Attention
	switch fault := desk.FaultOf(err); {
	case err == nil:
		j.ends(Done, nil, now)
	case errors.As(err, &person):
		j.ends(Attention, Say(person.Message), now)
	case errors.Is(cause, ErrClosing) && attention != nil:
		j.ends(Attention, Say(attention(j)), now)
	case errors.Is(cause, ErrClosing):
		j.ends(Waiting, nil, now)
	case errors.Is(cause, ErrStopped):
		j.ends(Stopped, nil, now)
	case (fault == desk.Busy || fault == desk.Down) && attention == nil && j.Tries < mostTry:
		j.Tries++
		j.NotYet = now.Add(min(firstTry<<j.Tries, 5*time.Minute))
		j.ends(Waiting, r.said(ctx, j, err), now)
	default:
		j.ends(Failed, r.said(ctx, j, err), now)
	}
}

// said is the sentence of an error; what nobody wrote one for is in the log alone.
func (r *Runner) said(ctx context.Context, j *Job, err error) *Said {
	fault := desk.FaultOf(err)
	if fault == desk.Inner || fault == desk.Down {
		r.options.Log.ErrorContext(ctx, "a job failed", "job", j.ID, "kind", j.Kind, "error", err.Error())
	}
	if m, ok := Sentence(err); ok {
		return Say(m)
	}
	return Say(locale.M("jobs.inner", locale.A("id", j.ID)))
}

// Sentence is the sentence of an error of a use case, or of a call to AWS; ok is false
// where nobody wrote one.
func Sentence(err error) (m locale.Message, ok bool) {
	var said *locale.Error
	var call *awsclient.Fault
	switch {
	case errors.As(err, &said):
		return said.Message, true
	case errors.As(err, &call):
		return locale.M("cli.callFailed", locale.A("call", call.Call), locale.A("code", call.Code), locale.A("message", strings.TrimRight(call.Message, ". "))), true
	}
	return m, false
}

func unknownKind(j *Job) locale.Message {
	return locale.M("jobs.unknownKind", locale.A("kind", locale.Clean(j.Kind)))
}
