package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/jobs"
	"github.com/kumoban/kumoban/internal/app/scanjob"
	"github.com/kumoban/kumoban/internal/view"
)

type oneJob struct {
	ID string `path:"id" maxLength:"40"`
}

func (a *api) jobs() {
	add(a, operation{"list-jobs", http.MethodGet, "/jobs", access.FindingsRead, "A page of jobs, the latest first. Those that ended are forgotten after 14 days."},
		func(ctx context.Context, at *asked, in *struct {
			States []jobs.State `query:"state,explode" enum:"waiting,running,done,failed,stopped,attention"`
			Kinds  []string     `query:"kind,explode" maxItems:"50"`
			After  string       `query:"after" maxLength:"40" doc:"what the page before said: the next one begins there"`
			Limit  int          `query:"limit" minimum:"1" maximum:"200" default:"50"`
		}) (*body[view.JobsBody], error) {
			list, next, err := jobs.List(ctx, at.desk, a.options.Jobs, jobs.Query{States: in.States, Kinds: in.Kinds, After: in.After, Limit: in.Limit})
			return &body[view.JobsBody]{at.view.JobsBody(list, next)}, err
		})
	add(a, operation{"get-job", http.MethodGet, "/jobs/{id}", access.FindingsRead, "One job as it is now."},
		func(ctx context.Context, at *asked, in *oneJob) (*body[view.JobBody], error) {
			j, err := jobs.Show(ctx, at.desk, a.options.Jobs, in.ID)
			return &body[view.JobBody]{at.view.JobBody(&j)}, err
		})
	add(a, operation{"cancel-job", http.MethodPost, "/jobs/{id}/cancel", access.FindingsRead, "Stop a job, or put one away that waits for a person. It takes what starting it took; what it did by then stays."},
		func(ctx context.Context, at *asked, in *oneJob) (*body[view.JobBody], error) {
			j, err := jobs.Cancel(ctx, at.desk, a.options.Jobs, in.ID)
			return &body[view.JobBody]{at.view.JobBody(&j)}, err
		})
	add(a, operation{"watch-job", http.MethodGet, "/jobs/{id}/events", access.FindingsRead, "How a job goes on, as server-sent events: job, each with the whole job, and end with the last. A lost connection is taken up with Last-Event-ID."},
		a.watchJob, streams)
	add(a, operation{"start-scan", http.MethodPost, "/scans", access.ScansRun, "Start a scan of the accounts that the server is set up for."},
		func(ctx context.Context, at *asked, in *body[scanjob.ScanRequest]) (*begun, error) {
			j, err := scanjob.Start(ctx, at.desk, a.options.Jobs, in.Body)
			return started(at, &j), err
		}, starts)
}

// begun is the answer where a job was started.
type begun struct {
	Location string `header:"Location"`
	Body     view.JobBody
}

// starts says of an operation that it starts a job.
func starts(o *huma.Operation) { o.DefaultStatus = http.StatusAccepted }

// streams says of an operation that its answer goes on.
func streams(o *huma.Operation) {
	o.Responses = map[string]*huma.Response{"200": {
		Description: http.StatusText(http.StatusOK), Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
}

func started(at *asked, j *jobs.Job) *begun {
	return &begun{root + "/jobs/" + j.ID, at.view.JobBody(j)}
}

// Answers that go on: each event has to be taken within a time, and says that the
// server lives where nothing else is to be said.
const (
	takenWithin = 30 * time.Second
	beatEvery   = 15 * time.Second
)

type watched struct {
	ID   string `path:"id" maxLength:"40"`
	Last string `header:"Last-Event-ID" maxLength:"40"`
}

func (a *api) watchJob(ctx context.Context, at *asked, in *watched) (*huma.StreamResponse, error) {
	j, err := jobs.Show(ctx, at.desk, a.options.Jobs, in.ID)
	if err != nil {
		return nil, err
	}
	if j.State.Ended() && in.Last == eventID(&j) { // 204 is how a browser is told not to come back
		return &huma.StreamResponse{Body: func(out huma.Context) { out.SetStatus(http.StatusNoContent) }}, nil
	}
	return &huma.StreamResponse{Body: func(out huma.Context) {
		r, w := humago.Unwrap(out)
		s := stream{w: w, to: http.NewResponseController(w), last: in.Last}
		ctx, done := context.WithCancel(r.Context())
		defer done()
		defer context.AfterFunc(a.closing, done)()
		news, err := jobs.Watch(ctx, at.desk, a.options.Jobs, in.ID)
		if err == nil {
			err = s.tell(ctx, at.view, news)
		}
		if err != nil && ctx.Err() == nil {
			a.options.Log.WarnContext(ctx, "events", "request", requestID(ctx), "error", err.Error())
		}
	}}, nil
}

// eventID changes with every change of a job.
func eventID(j *jobs.Job) string { return strconv.FormatInt(j.Updated.UnixMicro(), 36) }

// stream is an answer of server-sent events.
type stream struct {
	w    io.Writer
	to   *http.ResponseController
	last string // event that the browser has
}

func (s *stream) tell(ctx context.Context, v *view.View, news <-chan jobs.Job) error {
	if w, ok := s.w.(http.ResponseWriter); ok {
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("X-Accel-Buffering", "no") // a proxy shall not hold events back
	}
	// The server's limit on reading a request would end the connection.
	if err := s.to.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	if err := s.send("retry: 2000\n\n"); err != nil {
		return err
	}
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-beat.C:
			err = s.send(": \n\n")
		case j, ok := <-news:
			if !ok {
				return nil
			}
			err = s.job(v, &j)
		}
		if err != nil {
			return err
		}
	}
}

func (s *stream) job(v *view.View, j *jobs.Job) error {
	id, name := eventID(j), "job"
	if j.State.Ended() {
		name = "end"
	} else if id == s.last {
		return nil
	}
	text, err := json.Marshal(v.JobBody(j))
	if err != nil {
		return err
	}
	return s.send(fmt.Sprintf("id: %s\nevent: %s\ndata: %s\n\n", id, name, text))
}

// send writes, and does not wait longer than it does for any event.
func (s *stream) send(text string) error {
	if err := s.to.SetWriteDeadline(time.Now().Add(takenWithin)); err != nil {
		return err
	}
	if _, err := io.WriteString(s.w, text); err != nil {
		return err
	}
	return s.to.Flush()
}
