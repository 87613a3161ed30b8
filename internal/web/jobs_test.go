package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/bulk"
	"github.com/kumoban/kumoban/internal/app/jobs"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/web"
)

// working has a server run jobs: a scan tells how far it is, and goes on when it is
// told to.
func working(t *testing.T, next <-chan struct{}) func(*site, *web.Options) {
	t.Helper()
	return func(s *site, o *web.Options) {
		o.Bulk = &bulk.Setup{Env: o.Env, Dir: t.TempDir()}
		o.Jobs = jobs.New(jobs.Options{
			Desk: s.desk, Now: time.Now, Log: o.Log, Subject: func(context.Context, string) (access.Subject, error) { return access.Admin("mina"), nil },
			Kinds: append(o.Bulk.Kinds(), jobs.Kind{
				Name: "scan", Takes: []access.Permission{access.ScansRun}, Lane: jobs.InLane("aws"),
				Do: func(ctx context.Context, t *jobs.Task) (any, error) {
					for i := range 2 {
						select {
						case <-next:
						case <-ctx.Done():
							return nil, ctx.Err()
						}
						t.Progress(jobs.Progress{Done: i + 1, Total: 2, Said: jobs.Say(locale.M("jobs.scanning", locale.A("units", i+1), locale.A("failed", 0)))})
					}
					return object{"scan": 7}, nil
				},
			}),
		})
		ctx, cancel := context.WithCancel(context.Background())
		over := make(chan struct{})
		go func() {
			defer close(over)
			o.Jobs.Run(ctx)
		}()
		t.Cleanup(func() {
			cancel()
			<-over
		})
	}
}

// events reads a stream of them to its end; each is handed to do as "name data".
func events(t *testing.T, r *http.Response, do func(id, event string)) {
	t.Helper()
	lines := bufio.NewScanner(r.Body)
	var id, name string
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "id":
			id = value
		case "event":
			name = value
		case "data":
			do(id, name+" "+value)
		}
	}
}

func (s *site) stream(path string, headers ...string) *http.Response {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := s.client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = answer.Body.Close() })
	return answer
}

// TestJobs: a job is started, watched to its end, found again and, when it is over,
// not stopped.
func TestJobs(t *testing.T) {
	next := make(chan struct{})
	s := serve(t, access.Admin("mina"), working(t, next))
	s.signIn()
	r, text := s.ask(http.MethodPost, "/api/v1/scans", object{})
	at := r.Header.Get("Location")
	if r.StatusCode != http.StatusAccepted || !strings.HasPrefix(at, "/api/v1/jobs/") || !strings.Contains(text, `"state":"waiting"`) {
		t.Fatalf("starting: %s, %s\n%s", r.Status, at, text)
	}
	go func() { next <- struct{}{} }()
	stream := s.stream(at+"/events", "Accept-Language", "ja")
	if got := stream.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("%s, %s", stream.Status, got)
	}
	var seen []string
	last := ""
	events(t, stream, func(id, event string) {
		seen, last = append(seen, event), id
		if strings.Contains(event, `"done":1`) {
			if r, text := s.ask(http.MethodGet, at, nil); r.StatusCode != http.StatusOK || !strings.Contains(text, `"text":"scanning: resources read: 1, findings failed: 0"`) {
				t.Errorf("on the way: %s\n%s", r.Status, text)
			}
			next <- struct{}{}
		}
	})
	end := seen[len(seen)-1]
	if len(seen) < 2 || !strings.Contains(seen[len(seen)-2], "job {") || !strings.HasPrefix(end, "end {") || !strings.Contains(end, `"result":{"scan":7}`) || !strings.Contains(end, "スキャン中") {
		t.Errorf("seen:\n%s", strings.Join(seen, "\n"))
	}
	if r := s.stream(at+"/events", "Last-Event-ID", last); r.StatusCode != http.StatusNoContent {
		t.Errorf("with all events seen: %s", r.Status)
	}
	events(t, s.stream(at+"/events", "Last-Event-ID", "old"), func(_, event string) {
		if event != end && !strings.HasPrefix(event, "end {") {
			t.Errorf("of a job that is over: %s", event)
		}
	})
	var list struct {
		Jobs []struct{ ID, State string }
		Next string
	}
	_, text = s.ask(http.MethodGet, "/api/v1/jobs?state=done&kind=scan", nil)
	if err := json.Unmarshal([]byte(text), &list); err != nil || len(list.Jobs) != 1 || "/api/v1/jobs/"+list.Jobs[0].ID != at || list.Next != "" {
		t.Errorf("%v: %s", err, text)
	}
	for _, c := range []struct {
		method, path string
		code         int
		says         string
	}{
		{http.MethodPost, at + "/cancel", http.StatusUnprocessableEntity, "停止できません"},
		{http.MethodPost, "/api/v1/jobs/none/cancel", http.StatusNotFound, "none"},
		{http.MethodGet, "/api/v1/jobs/none/events", http.StatusNotFound, "none"},
		{http.MethodGet, "/api/v1/jobs?after=none", http.StatusNotFound, "none"},
		{http.MethodGet, "/api/v1/jobs?state=lost", http.StatusUnprocessableEntity, "query.state"},
	} {
		if r, text := s.ask(c.method, c.path, nil, "Accept-Language", "ja"); r.StatusCode != c.code || !strings.Contains(text, c.says) {
			t.Errorf("%s: %s\n%s", c.path, r.Status, text)
		}
	}
	if r, text := s.ask(http.MethodPost, "/api/v1/scans", object{"accounts": []string{"prod"}}); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(text, "prod") {
		t.Errorf("no account: %s\n%s", r.Status, text)
	}
}

// TestCancelJob stops one that runs.
func TestCancelJob(t *testing.T) {
	s := serve(t, access.Admin("mina"), working(t, nil))
	s.signIn()
	r, _ := s.ask(http.MethodPost, "/api/v1/scans", object{})
	at := r.Header.Get("Location")
	told := false
	events(t, s.stream(at+"/events"), func(_, event string) {
		if strings.Contains(event, `"state":"running"`) && !told {
			told = true
			if r, text := s.ask(http.MethodPost, at+"/cancel", nil); r.StatusCode != http.StatusOK {
				t.Errorf("%s\n%s", r.Status, text)
			}
		}
	})
	if _, text := s.ask(http.MethodGet, at, nil); !strings.Contains(text, `"state":"stopped"`) {
		t.Error(text)
	}
}

// TestShutDown: who watches a job does not keep the server from ending.
func TestShutDown(t *testing.T) {
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, access.Admin("mina"), working(t, nil), func(s *site, o *web.Options) {
		o.Hosts = append(o.Hosts, l.Addr().String())
	})
	s.url = "http://" + l.Addr().String()
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan error, 1)
	go func() { over <- s.server.Serve(ctx, l) }()
	s.signIn()
	r, _ := s.ask(http.MethodPost, "/api/v1/scans", object{})
	n := 0
	events(t, s.stream(r.Header.Get("Location")+"/events"), func(string, string) {
		if n++; n == 1 {
			cancel()
		}
	})
	if err := <-over; err != nil || n == 0 {
		t.Errorf("%d events; it ends with %v", n, err)
	}
}

// TestBulk: what a filter lets through is decided about, and exported as a file.
func TestBulk(t *testing.T) {
	s := serve(t, access.Admin("mina"), working(t, nil))
	ids := s.house.Scan(s.desk, control.Failed, control.Failed, control.Passed)
	s.signIn()
	end := func(path string, in object) (at, last string) {
		r, text := s.ask(http.MethodPost, "/api/v1/bulk/"+path, in)
		if r.StatusCode != http.StatusAccepted {
			t.Fatalf("%s: %s\n%s", path, r.Status, text)
		}
		at = r.Header.Get("Location")
		events(t, s.stream(at+"/events"), func(_, event string) { last = event })
		return at, last
	}
	failed := object{"status": []string{"FAILED"}}
	for path, in := range map[string]object{
		"assign":   {"filter": failed, "to": "kei"},
		"note":     {"ids": ids[:2], "reason": "seen"},
		"suppress": {"filter": failed, "reason": "test stand", "until": "30d"},
		"ask":      {"filter": object{"status": []string{"FAILED"}, "all": true}, "owner": "kei", "due": "14d"},
	} {
		if _, last := end(path, in); !strings.Contains(last, `"state":"done"`) || !strings.Contains(last, `"total":2`) {
			t.Errorf("%s: %s", path, last)
		}
	}
	at, _ := end("export", object{"filter": object{"all": true}, "format": "csv"})
	if r, text := s.ask(http.MethodGet, at+"/file", nil); r.StatusCode != http.StatusOK || strings.Count(text, "\n") != 4 || !strings.Contains(r.Header.Get("Content-Disposition"), "findings-") {
		t.Errorf("the file: %s, %v\n%s", r.Status, r.Header, text)
	}
	for path, in := range map[string]object{"note": {"reason": "x"}, "suppress": {"filter": failed, "until": "30d"}, "export": {"filter": failed, "format": "pdf"}} {
		if r, text := s.ask(http.MethodPost, "/api/v1/bulk/"+path, in, "Accept-Language", "ja"); r.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %s\n%s", path, r.Status, text)
		}
	}
}

// TestSchedules: a schedule is decided, shown with when it comes next, and ended; one
// that nobody can read changes nothing.
func TestSchedules(t *testing.T) {
	s := serve(t, access.Admin("mina"))
	s.signIn()
	if put := s.do(http.MethodPut, "/schedules/nightly", object{"cron": "0 3 * * 1-5"}, http.StatusOK); put["next"] == nil || put["by"] != "mina" || put["last"] != nil {
		t.Errorf("put: %v", put)
	}
	if bad := s.do(http.MethodPut, "/schedules/nightly", object{"cron": "soon"}, http.StatusUnprocessableEntity, "Accept-Language", "ja"); bad["code"] != "jobs.badCron" || !strings.Contains(spelled(t, bad), "スケジュール") {
		t.Errorf("bad: %v", bad)
	}
	if list := spelled(t, s.do(http.MethodGet, "/schedules", nil, http.StatusOK)); !strings.Contains(list, `"cron":"0 3 * * 1-5"`) || !strings.Contains(list, `"zone":"Asia/Tokyo"`) {
		t.Errorf("list: %s", list)
	}
	if r, text := s.ask(http.MethodDelete, "/api/v1/schedules/nightly", nil); r.StatusCode != http.StatusNoContent {
		t.Errorf("removed: %s\n%s", r.Status, text)
	}
	s.do(http.MethodDelete, "/schedules/nightly", nil, http.StatusNotFound)
}
