package web_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/outside"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/storetest"
	"github.com/kumoban/kumoban/internal/web"
)

// BenchmarkPages asks every list of the console for 200 random filters, of a store of
// 100,000 findings, 60 scans, 2,000 exceptions and 5,000 entries of the audit log: warm,
// from a server that runs, and cold, from one whose store was just opened. It tells
// p50, p95 and the worst, in milliseconds.
func BenchmarkPages(b *testing.B) {
	list := storetest.Fleet(100_000)
	for name, address := range map[string]func() string{
		"sqlite":   func() string { return filepath.Join(b.TempDir(), "k.db") },
		"postgres": func() string { return outside.Postgres(b) },
	} {
		b.Run(name, func(b *testing.B) {
			at := &fleet{b: b, house: desktest.New(b), list: list}
			at.house.Path = address()
			at.house.Time = storetest.Start().Add(61 * 24 * time.Hour)
			at.fill()
			for _, page := range at.pages() {
				b.Run(page.name, func(b *testing.B) { at.measure(b, page) })
			}
		})
	}
}

// fleet is a store of many findings.
type fleet struct {
	b     *testing.B
	house *desktest.House
	list  []lifecycle.Record
}

// listPage makes requests of one list.
type listPage struct {
	name string
	path func(*rand.Rand) string
}

func one[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

// chosen are random filters over findings, as the console sets them.
func (f *fleet) chosen(r *rand.Rand) url.Values {
	q := url.Values{}
	some := &f.list[r.IntN(len(f.list))]
	for range r.IntN(4) {
		switch r.IntN(10) {
		case 0:
			q.Add("control", one(r, some.Control, "APIGateway.*"))
		case 1:
			q.Add("severity", one(r, "low", "medium", "high", "critical"))
		case 2:
			q.Add("status", one(r, "FAILED", "UNKNOWN", "PASSED"))
		case 3:
			q.Add("workflow", one(r, "NEW", "NOTIFIED", "SUPPRESSED", "RESOLVED"))
		case 4:
			q.Add("account", some.Resource.Account)
		case 5:
			q.Add("since", one(r, "7d", "30d", "2026-10-01"))
		case 6:
			q.Add("tag", one(r, "env=prod", "env=none", "team=team-7"))
		case 7:
			q.Add("resource", one(r, some.Resource.Name, some.Resource.ARN, "service-12*", "*-4321/*"))
		case 8:
			q.Set("all", "true")
		case 9:
			q.Set("suppressed", "true")
		}
	}
	return q
}

func (f *fleet) pages() []listPage {
	with := func(path string, more ...string) func(*rand.Rand) string {
		return func(r *rand.Rand) string {
			q := f.chosen(r)
			for i := 0; i+1 < len(more); i += 2 {
				q.Set(more[i], one(r, strings.Split(more[i+1], ",")...))
			}
			return path + "?" + q.Encode()
		}
	}
	place := func(path string, more ...string) func(*rand.Rand) string {
		return func(r *rand.Rand) string {
			q := url.Values{}
			some := &f.list[r.IntN(len(f.list))]
			if r.IntN(2) == 0 {
				q.Set("account", some.Resource.Account)
			}
			if r.IntN(3) == 0 {
				q.Set("control", some.Control)
			}
			for i := 0; i+1 < len(more); i += 2 {
				q.Set(more[i], one(r, strings.Split(more[i+1], ",")...))
			}
			return path + "?" + q.Encode()
		}
	}
	return []listPage{
		{"findings", with("/findings", "sort", "severity,changed,resource", "limit", "25,100")},
		{"groups by control", with("/findings/groups", "by", "control,service,account,region,severity")},
		{"groups by resource", with("/findings/groups", "by", "resource")},
		{"groups by owner", with("/findings/groups", "by", "owner")},
		{"finding", func(r *rand.Rand) string { return "/findings/" + f.list[r.IntN(len(f.list))].ID }},
		{"search", func(r *rand.Rand) string {
			some := &f.list[r.IntN(len(f.list))]
			return "/search?q=" + url.QueryEscape(one(r, some.ID, some.ID[:8], some.Resource.ARN, some.Resource.Name, some.Resource.Name[3:], some.Resource.Account, "nothing such", some.Control))
		}},
		{"heat", place("/heat")},
		{"scores", place("/scores")},
		{"scores by part", place("/scores/parts", "by", "account,service,standard")},
		{"trend", func(r *rand.Rand) string {
			return "/scores/trend?since=" + one(r, "7d", "30d", "90d") + "&account=" + one(r, "", f.list[r.IntN(len(f.list))].Resource.Account)
		}},
		{"requirements", place("/requirements")},
		{"coverage", func(*rand.Rand) string { return "/coverage" }},
		{"scans", func(r *rand.Rand) string { return "/scans?limit=" + one(r, "10", "50") }},
		{"diff", place("/diff", "since", "1d,7d")},
		{"exceptions", place("/exceptions", "state", "proposed,inForce,ended", "limit", "25,100")},
		{"expiring", func(r *rand.Rand) string { return "/exceptions/expiring?within=" + one(r, "1d", "7d", "30d") }},
		{"questions", func(r *rand.Rand) string { return "/questions?" + one(r, "", "all=true", "overdue=true") }},
		{"owners", func(*rand.Rand) string { return "/owners" }},
		{"unowned", func(*rand.Rand) string { return "/owners/missing" }},
		{"rules", func(*rand.Rand) string { return "/rules" }},
		{"runs", func(*rand.Rand) string { return "/runs" }},
		{"audit", func(r *rand.Rand) string {
			return "/audit?limit=100&" + one(r, "", "action=note", "action=none", "since=7d", fmt.Sprint("before=", 1+r.IntN(5000)))
		}},
		{"as of a day", place("/audit/as-of", "day", "2026-10-05,2026-11-01")},
		{"sample", func(r *rand.Rand) string {
			return "/audit/sample?of=" + one(r, "findings", "decisions") + "&seed=" + fmt.Sprint(r.IntN(1000))
		}},
	}
}

// fill stores the findings and what is kept beside them.
func (f *fleet) fill() {
	ctx := f.b.Context()
	d := f.desk()
	defer d.Close()
	k, err := d.Keeper(access.ScansSave)
	if err != nil {
		f.b.Fatal(err)
	}
	var accounts []resource.Account
	seen := map[string]bool{}
	for i := range f.list {
		if id := f.list[i].Resource.Account; !seen[id] {
			seen[id] = true
			accounts = append(accounts, resource.Account{Partition: "aws", ID: id, Name: "account of " + id, Regions: []string{"region-0", "region-1", "region-2", "region-3"}})
		}
	}
	var directory []ask.Listing
	for i := range 200 {
		l := ask.Listing{Team: fmt.Sprint("team-", i)}
		switch i % 3 {
		case 0:
			l.Account = accounts[i%len(accounts)].ID
			l.Tags = map[string]string{"team": fmt.Sprint("team-", i)}
		case 1:
			l.Tags = map[string]string{"team": fmt.Sprint("team-", i)}
		case 2:
			l.Resource = fmt.Sprintf("service-%d/*", 100+i)
		}
		directory = append(directory, l)
	}
	must := func(err error) {
		if err != nil {
			f.b.Fatal(err)
		}
	}
	for day := range 60 {
		at := storetest.Start().Add(time.Duration(day) * 24 * time.Hour)
		must(k.Store.Update(ctx, func(w store.Writer) error {
			scan, err := w.AddScan(ctx, store.Scan{Started: at, Ended: at, Source: lifecycle.SourceLive, Accounts: accounts, Controls: []string{"APIGateway.1", "APIGateway.5"}, Gaps: []resource.Gap{
				{Scope: resource.Scope{Partition: "aws", Account: accounts[day].ID, Region: "region-1"}, Call: "x:Y", Code: "AccessDenied"}}})
			must(err)
			if day == 0 {
				must(w.Insert(ctx, f.list))
				must(w.SetOwners(ctx, directory))
			}
			scores := []store.Score{{Scan: scan, At: at, Failed: 1}}
			for _, a := range accounts {
				scores = append(scores, store.Score{Scan: scan, At: at, Partition: "aws", Account: a.ID, Failed: 1})
			}
			return w.AddScores(ctx, scores)
		}))
	}
	must(k.Store.Update(ctx, func(w store.Writer) error {
		for i := range 2000 {
			e := lifecycle.Exception{ID: fmt.Sprint("e-", i), Finding: f.list[i*7].ID, Reason: "x", By: "kei", CreatedAt: storetest.Start().Add(time.Duration(i) * time.Minute), Until: f.house.Time.Add(time.Duration(i) * time.Hour)}
			switch i % 4 {
			case 0:
				e.EndedAt, e.EndedBy = e.CreatedAt.Add(time.Hour), "kei"
			case 1:
				e.Proposal = true
			}
			must(w.PutException(ctx, e))
			must(w.AddEvents(ctx, []lifecycle.Event{{Finding: e.Finding, At: e.CreatedAt, Kind: lifecycle.EventWorkflow, From: "NEW", To: "SUPPRESSED", By: "kei"}}))
			_, err := w.Append(ctx, audit.Entry{At: e.CreatedAt, Actor: "kei", Action: one(rand.New(rand.NewPCG(1, uint64(i))), "note", "suppress", "resolve"), Subject: e.Finding})
			must(err)
		}
		for i := range 3000 {
			_, err := w.Append(ctx, audit.Entry{At: f.house.Time, Actor: "kei", Action: "note", Subject: f.list[i].ID})
			must(err)
		}
		for i := range 300 {
			q := ask.Question{ID: fmt.Sprint("q", i+1), Findings: []string{f.list[i*11].ID}, Owner: "hana", Due: f.house.Time.Add(time.Duration(i-100) * time.Hour), AskedAt: storetest.Start(), AskedBy: "kei", Lang: locale.English}
			must(w.PutQuestion(ctx, q))
		}
		for i := range 100 {
			must(w.PutRun(ctx, store.Run{ID: fmt.Sprint("run-", i), Findings: []string{f.list[i].ID}, State: "done", By: "kei", Started: storetest.Start()}))
		}
		return nil
	}))
}

func (f *fleet) desk() *desk.Desk {
	f.b.Helper()
	d, err := desk.Open(context.WithoutCancel(f.b.Context()), desk.Options{
		Address: f.house.Path, Make: true, Subject: access.Admin("mina"), Now: func() time.Time { return f.house.Time }, Zone: "Asia/Tokyo", Config: &f.house.Config,
	})
	if err != nil {
		f.b.Fatal(err)
	}
	return d
}

// asker is a server with somebody who is signed in.
type asker struct {
	server *web.Server
	desk   *desk.Desk
	cookie string
}

func (f *fleet) open() *asker {
	d := f.desk()
	controls := f.house.Config.Controls.Controls()
	s, err := web.New(web.Options{
		Desk: d, Subject: access.Admin("mina"), Hosts: []string{"example.com"}, Lang: locale.English, Controls: controls, Version: "test", Now: d.Now,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Env: &app.Env{Version: "test", Controls: controls, Now: d.Now},
	})
	if err != nil {
		f.b.Fatal(err)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequestWithContext(f.b.Context(), http.MethodGet, s.Link(), nil))
	a := &asker{s, d, w.Header().Get("Set-Cookie")}
	a.ask(f.b, "/me") // what is due is done
	return a
}

func (a *asker) ask(b *testing.B, path string) time.Duration {
	b.Helper()
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/api/v1"+path, nil)
	r.Header.Set("Cookie", a.cookie)
	w := httptest.NewRecorder()
	start := time.Now()
	a.server.ServeHTTP(w, r)
	took := time.Since(start)
	if w.Code != http.StatusOK {
		b.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return took
}

// measure asks one list.
func (f *fleet) measure(b *testing.B, page listPage) {
	b.Helper()
	r := rand.New(rand.NewPCG(7, 7))
	var paths []string
	for range 200 {
		paths = append(paths, page.path(r))
	}
	var cold, warm []time.Duration
	for i := 0; i < len(paths); i += 20 {
		a := f.open()
		cold = append(cold, a.ask(b, paths[i]))
		a.desk.Close()
	}
	a := f.open()
	defer a.desk.Close()
	worst, slowest := time.Duration(0), ""
	for b.Loop() {
		for _, path := range paths {
			took := a.ask(b, path)
			if warm = append(warm, took); took > worst {
				worst, slowest = took, path
			}
		}
	}
	ms := func(list []time.Duration, of100 int) float64 {
		slices.Sort(list)
		return float64(list[min(len(list)*of100/100, len(list)-1)]) / 1e6
	}
	b.ReportMetric(ms(warm, 50), "p50-ms")
	b.ReportMetric(ms(warm, 95), "p95-ms")
	b.ReportMetric(ms(warm, 100), "worst-ms")
	b.ReportMetric(ms(cold, 95), "cold-p95-ms")
	b.Logf("the worst: %s", slowest)
}
