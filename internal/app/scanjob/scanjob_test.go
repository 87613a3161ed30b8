package scanjob_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/app/jobs"
	"github.com/kumoban/kumoban/internal/app/scanjob"
	"github.com/kumoban/kumoban/internal/app/standing"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/source/awslive"
	"github.com/kumoban/kumoban/internal/store"
)

const fixture = `{"restApis": [{"id": "rest000001", "name": "orders", "stages": [{"stageName": "prod"}]}, {"id": "rest000002", "name": "users", "stages": [{"stageName": "prod"}]}]}`

// yard is a store, an account to scan, and runners that scan it.
type yard struct {
	t     *testing.T
	desk  *desk.Desk
	setup scanjob.Setup
}

func at(t *testing.T, do func(*yard)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		_, env, reach := desktest.Env(t, fixture)
		y := &yard{t: t, desk: desktest.New(t).Desk(access.Admin("mina"))}
		y.setup = scanjob.Setup{Env: env, Options: func(context.Context) (app.ScanOptions, error) {
			return app.ScanOptions{
				Targets: []awslive.Target{{}}, Regions: []string{desktest.Region}, Rate: reach.Rate, NoHub: true, Selection: control.Selection{Patterns: []string{"APIGateway.*"}},
			}, nil
		}}
		env.Progress = nil // the job's own
		do(y)
		y.desk.Close()
	})
}

func (y *yard) runner() *jobs.Runner {
	return jobs.New(jobs.Options{
		Desk: y.desk, Kinds: []jobs.Kind{y.setup.Kind()}, Now: time.Now, Log: slog.New(slog.NewTextHandler(y.t.Output(), nil)),
		Subject: func(context.Context, string) (access.Subject, error) { return access.Admin("mina"), nil },
	})
}

func (y *yard) run(r *jobs.Runner) (stop func()) {
	ctx, cancel := context.WithCancel(y.t.Context())
	over := make(chan struct{})
	go func() {
		defer close(over)
		r.Run(ctx)
	}()
	return func() {
		cancel()
		<-over
	}
}

func (y *yard) scans() int {
	y.t.Helper()
	past, err := standing.History(y.t.Context(), y.desk, 100, false)
	if err != nil {
		y.t.Fatal(err)
	}
	return len(past.Scans)
}

func (y *yard) scan(r *jobs.Runner, q scanjob.ScanRequest) jobs.Job {
	y.t.Helper()
	j, err := scanjob.Start(y.t.Context(), y.desk, r, q)
	if err != nil {
		y.t.Fatal(err)
	}
	return y.settled(r, j.ID)
}

func (y *yard) settled(r *jobs.Runner, id string) (j jobs.Job) {
	y.t.Helper()
	synctest.Wait()
	time.Sleep(time.Minute)
	j, err := jobs.Show(y.t.Context(), y.desk, r, id)
	if err != nil {
		y.t.Fatal(err)
	}
	return j
}

// TestScan: what a scan found is saved, and told; what the server has no way to is
// refused.
func TestScan(t *testing.T) {
	at(t, func(y *yard) {
		r := y.runner()
		defer y.run(r)()
		j := y.scan(r, scanjob.ScanRequest{})
		var done scanjob.Result
		if err := json.Unmarshal(j.Result, &done); err != nil || j.State != jobs.Done || done.Scan == 0 || done.New == 0 || done.Gaps > 0 {
			y.t.Errorf("%+v: %+v, %v", j, done, err)
		}
		if len(j.Notices) == 0 || j.Notices[0].Key != "keep.saved" || y.scans() != 1 {
			y.t.Errorf("%d scans, told %+v", y.scans(), j.Notices)
		}
		if j := y.scan(r, scanjob.ScanRequest{Accounts: []string{"999999999999"}}); j.State != jobs.Failed || j.Fault.Key != "jobs.noAccount" || j.Lane != "aws/999999999999" {
			y.t.Errorf("an account that nobody knows: %+v", j)
		}
		var said *locale.Error
		if _, err := scanjob.Start(y.t.Context(), y.desk, r, scanjob.ScanRequest{Accounts: []string{"prod"}}); !errors.As(err, &said) || said.Key != "hub.badAccount" {
			y.t.Errorf("no account: %v", err)
		}
	})
}

// TestCutOff: a scan that was cut off before it was saved begins anew; one that was
// saved is over, and is not saved twice; one that somebody stopped is kept as far as
// it came, and says so.
func TestCutOff(t *testing.T) {
	for name, c := range map[string]struct {
		cursor string
		scans  int
	}{"before": {"", 1}, "after": {`{"scan": 1}`, 0}} {
		t.Run(name, func(t *testing.T) {
			at(t, func(y *yard) {
				j := jobs.Job{ID: "a", Kind: scanjob.Name, State: jobs.Running, By: "mina", Lane: "aws", Request: []byte("{}"), Holder: "dead", Created: time.Now()}
				if c.cursor != "" {
					j.Cursor = []byte(c.cursor)
				}
				y.put(j)
				r := y.runner()
				defer y.run(r)()
				if j := y.settled(r, "a"); j.State != jobs.Done || y.scans() != c.scans || !strings.Contains(string(j.Result), `"scan":1`) {
					y.t.Errorf("%+v, %s, %d scans", j, j.Result, y.scans())
				}
			})
		})
	}
	for name, c := range map[string]struct {
		state jobs.State
		scans int
		end   func(*yard, *jobs.Runner, string, func())
	}{
		"stopped": {jobs.Stopped, 1, func(y *yard, r *jobs.Runner, id string, _ func()) {
			if _, err := jobs.Cancel(y.t.Context(), y.desk, r, id); err != nil {
				y.t.Error(err)
			}
		}},
		"the process ends": {jobs.Waiting, 0, func(_ *yard, _ *jobs.Runner, _ string, stop func()) { go stop() }},
	} {
		t.Run(name, func(t *testing.T) {
			at(t, func(y *yard) {
				var cut atomic.Pointer[func()]
				load := y.setup.Env.Load
				y.setup.Env.Load = func(ctx context.Context, profile string) (aws.Config, error) {
					config, err := load(ctx, profile)
					config.HTTPClient = cutting{config.HTTPClient, &cut}
					return config, err
				}
				r := y.runner()
				stop := y.run(r)
				started := make(chan string, 1)
				end := func() { c.end(y, r, <-started, stop) }
				cut.Store(&end)
				j, err := scanjob.Start(y.t.Context(), y.desk, r, scanjob.ScanRequest{})
				if err != nil {
					y.t.Fatal(err)
				}
				started <- j.ID
				time.Sleep(time.Minute)
				j, err = jobs.Show(y.t.Context(), y.desk, r, j.ID)
				if err != nil || j.State != c.state || y.scans() != c.scans {
					y.t.Errorf("%+v, %v, %d scans", j, err, y.scans())
				}
				if c.state == jobs.Stopped {
					if !strings.Contains(string(j.Result), `"incomplete":"interrupted"`) {
						y.t.Errorf("the result: %s", j.Result)
					}
					stop()
				}
			})
		})
	}
}

// cutting never answers what is asked of the second API, and cuts the scan off
// meanwhile.
type cutting struct {
	aws.HTTPClient
	cut *atomic.Pointer[func()]
}

// Do implements [aws.HTTPClient].
func (c cutting) Do(r *http.Request) (*http.Response, error) {
	if !strings.Contains(r.URL.Path, "rest000002") {
		return c.HTTPClient.Do(r)
	}
	time.Sleep(10 * time.Second) // the other API is read by then
	(*c.cut.Load())()
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func (y *yard) put(j jobs.Job) {
	y.t.Helper()
	doc, err := json.Marshal(j)
	if err != nil {
		y.t.Fatal(err)
	}
	k, err := y.desk.Keeper(access.FindingsRead)
	if err == nil {
		err = k.Store.Update(y.t.Context(), func(w store.Writer) error {
			return w.PutItem(y.t.Context(), store.Item{Kind: store.ItemJob, ID: j.ID, State: string(j.State), About: j.Lane, Due: j.Created, Doc: doc})
		})
	}
	if err != nil {
		y.t.Fatal(err)
	}
}

// TestPermissions: nobody scans without the permission for it.
func TestPermissions(t *testing.T) {
	h := desktest.New(t)
	r := jobs.New(jobs.Options{Desk: h.Desk(access.Admin("kei")), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	h.Permissions(map[string]desktest.Operation{"Start": desktest.Op([]access.Permission{access.ScansRun}, func(d *desk.Desk) error {
		_, err := scanjob.Start(t.Context(), d, r, scanjob.ScanRequest{})
		return err
	})})
}
