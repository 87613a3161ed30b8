package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

// Fleet makes n records as a large organization has them: 100 accounts in 10
// Regions, nine controls, one in five FAILED, few suppressed.
func Fleet(n int) []lifecycle.Record {
	r := rand.New(rand.NewPCG(100, 100))
	list := make([]lifecycle.Record, n)
	for i := range list {
		api := i / 5
		at := resource.Scope{Partition: "aws", Account: fmt.Sprintf("%012d", 100000000000+api%100*7919), Region: fmt.Sprintf("region-%d", api/100%10)}
		rec := &list[i]
		*rec = lifecycle.Record{
			Control: fmt.Sprintf("APIGateway.%d", []int{1, 2, 3, 4, 5, 8, 9, 10, 11}[(i%5*2+api%2)%9]), Severity: control.Severity(1 + i%5%3), Source: lifecycle.SourceLive,
			Resource: resource.Ref{
				Scope: at, Type: "AWS::ApiGateway::Stage", Name: fmt.Sprintf("service-%d/prod", api),
				ARN: fmt.Sprintf("arn:aws:apigateway:%s::/restapis/%010x/stages/prod", at.Region, uint32(api)*2654435761),
			},
			Tags:   map[string]string{"env": pick(r, "prod", "stg", "dev"), "team": fmt.Sprintf("team-%d", api%40)},
			Status: control.Passed, Workflow: lifecycle.Resolved, State: lifecycle.Active,
			Message: locale.M("APIGateway.1.loggingOff", locale.A("stage", "prod"), locale.A("level", "OFF")),
			Params:  control.Params{{Name: "loggingLevel", Value: "ERROR"}}, Origin: &fact.Origin{Call: "apigateway:GetStages"},
			FirstSeen: Start(), LastSeen: Start(), Changed: Start().Add(time.Duration(r.IntN(1_000_000)) * time.Second), Updated: Start(), FirstScan: 1, LastScan: 1,
		}
		switch k := r.IntN(1000); {
		case k < 5:
			rec.Status, rec.Workflow, rec.Exception = control.Failed, lifecycle.Suppressed, fmt.Sprintf("ex-%d", i)
		case k < 200:
			rec.Status, rec.Workflow = control.Failed, lifecycle.New
		case k < 210:
			rec.Status, rec.Workflow = control.Unknown, lifecycle.New
		case k < 230:
			rec.State = lifecycle.Archived
		}
		f := finding.Finding{Control: rec.Control, Resource: rec.Resource}
		rec.ID = f.ID()
	}
	return list
}

// batches is how a scan is saved: some thousand records at a time.
const scanBatch = 1000

// BenchmarkSave saves scans of 100,000 new records: looks for each, inserts,
// scores and seals; raw writes the same rows into the same tables of another
// store by the engine's own means alone.
func BenchmarkSave(b *testing.B, open func() store.Store, raw func(store.Store, []lifecycle.Record) time.Duration) {
	list := Fleet(100_000)
	var ours, theirs time.Duration
	for b.Loop() {
		theirs += raw(open(), list)
		s := open()
		start := time.Now()
		save(b, s, list)
		ours += time.Since(start)
	}
	n := float64(b.N * len(list))
	b.ReportMetric(n/ours.Seconds(), "records/s")
	b.ReportMetric(n/theirs.Seconds(), "raw-records/s")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "of-raw")
}

func save(t testing.TB, s store.Store, list []lifecycle.Record) {
	t.Helper()
	ctx := t.Context()
	check(t, s.Update(ctx, func(w store.Writer) error {
		scan, err := w.AddScan(ctx, store.Scan{Started: Start(), Ended: Start()})
		if err != nil {
			return err
		}
		for part := range slices.Chunk(list, scanBatch) {
			known, err := w.Records(ctx, ids(part))
			if err != nil || len(known) != 0 {
				return errors.Join(err, errors.New("known already"))
			}
			if err := w.Insert(ctx, part); err != nil {
				return err
			}
		}
		_, err = w.Append(ctx, audit.Entry{At: Start(), Action: "scan", Subject: fmt.Sprint(scan)})
		return errors.Join(err, w.AddScores(ctx, []store.Score{{Scan: scan, At: Start()}}))
	}))
}

// rescan is a scan in which one record of a thousand has changed.
func rescan(t testing.TB, s store.Store, list []lifecycle.Record) {
	t.Helper()
	ctx := t.Context()
	check(t, s.Update(ctx, func(w store.Writer) error {
		scan, err := w.AddScan(ctx, store.Scan{Started: Start(), Ended: Start()})
		if err != nil {
			return err
		}
		for part := range slices.Chunk(list, scanBatch) {
			known, err := w.Records(ctx, ids(part))
			if err != nil || len(known) != len(part) {
				return errors.Join(err, fmt.Errorf("%d of %d are known", len(known), len(part)))
			}
			changed := part[scan%scanBatch]
			changed.Reopened, changed.LastScan = int(scan), scan
			err = errors.Join(w.Replace(ctx, []lifecycle.Record{changed}), w.Touch(ctx, ids(part), Start(), scan),
				w.AddEvents(ctx, []lifecycle.Event{{Finding: changed.ID, At: Start(), Kind: lifecycle.EventCompliance, From: "FAILED", To: "PASSED", By: lifecycle.ByScan, Scan: scan}}))
			if err != nil {
				return err
			}
		}
		_, err = w.Append(ctx, audit.Entry{At: Start(), Action: "scan", Subject: fmt.Sprint(scan)})
		return err
	}))
}

// BenchmarkGrowth saves scans of 100,000 records in which little changes, and
// tells by how many bytes the store grows with each, once it has settled.
func BenchmarkGrowth(b *testing.B, s store.Store, settle func()) {
	list := Fleet(100_000)
	save(b, s, list)
	for range 3 {
		rescan(b, s, list)
		settle()
	}
	before, err := s.Size(b.Context())
	check(b, err)
	n := 0
	for b.Loop() {
		rescan(b, s, list)
		settle()
		n++
	}
	after, err := s.Size(b.Context())
	check(b, err)
	b.ReportMetric(float64(after-before)/float64(n), "bytes/scan")
	b.ReportMetric(float64(before), "bytes")
}

// Pages are filters as people give them, by name.
func Pages(list []lifecycle.Record) map[string]store.Query {
	some := &list[len(list)/2]
	yes := true
	failed, open := []control.Status{control.Failed}, []lifecycle.Workflow{lifecycle.New, lifecycle.Notified}
	active := []lifecycle.State{lifecycle.Active}
	return map[string]store.Query{
		"open":                {Filter: store.Filter{Statuses: failed, Workflows: open, States: active}},
		"severe":              {Filter: store.Filter{Severities: []control.Severity{control.Critical, control.High}, Statuses: failed, States: active}},
		"control":             {Filter: store.Filter{Controls: []string{"apigateway.5"}, Statuses: failed, States: active}},
		"account":             {Filter: store.Filter{Accounts: []string{some.Resource.Account}, Statuses: failed}},
		"account and region":  {Filter: store.Filter{Accounts: []string{some.Resource.Account}, Regions: []string{some.Resource.Region}}},
		"region":              {Filter: store.Filter{Regions: []string{some.Resource.Region}, Statuses: failed}},
		"suppressed":          {Filter: store.Filter{Workflows: []lifecycle.Workflow{lifecycle.Suppressed}}},
		"suppressed, account": {Filter: store.Filter{Workflows: []lifecycle.Workflow{lifecycle.Suppressed}, Accounts: []string{some.Resource.Account}}},
		"none such":           {Filter: store.Filter{Workflows: []lifecycle.Workflow{lifecycle.Notified}}},
		"excepted":            {Filter: store.Filter{Exception: &yes}},
		"archived":            {Filter: store.Filter{States: []lifecycle.State{lifecycle.Archived}}},
		"unknown":             {Filter: store.Filter{Statuses: []control.Status{control.Unknown}}},
		"latest":              {Filter: store.Filter{Statuses: failed}, Order: store.ByChanged},
		"since":               {Filter: store.Filter{Since: Start().Add(990_000 * time.Second)}},
		"by resource":         {Filter: store.Filter{Statuses: failed, States: active}, Order: store.ByResource},
		"one resource":        {Filter: store.Filter{Resources: []string{some.Resource.ARN}}},
		"one name":            {Filter: store.Filter{Resources: []string{some.Resource.Name}}},
		"name pattern":        {Filter: store.Filter{Resources: []string{"service-1234*"}}},
		"rare pattern":        {Filter: store.Filter{Resources: []string{"*-123456/*"}}},
		"tag":                 {Filter: store.Filter{Tags: map[string]string{"env": "prod"}, Statuses: failed}},
		"rare tag":            {Filter: store.Filter{Tags: map[string]string{"env": "none"}}},
		"all":                 {},
	}
}

// BenchmarkPage takes pages of 100 out of 1,000,000 records, beginning
// anywhere, beside raw, which selects 100 rows by the engine's own index alone.
// settle does what a server does by itself some time after so many were saved.
func BenchmarkPage(b *testing.B, s store.Store, raw func(r *rand.Rand), settle func()) {
	list := Fleet(1_000_000)
	for part := range slices.Chunk(list, 100_000) {
		save(b, s, part)
	}
	settle()
	r := rand.New(rand.NewPCG(7, 7))
	queries := Pages(list)
	names := make([]string, 0, len(queries))
	for name := range queries {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		b.Run(name, func(b *testing.B) { benchmarkPage(b, s, queries[name], r) })
	}
	b.Run("raw", func(b *testing.B) {
		var times []time.Duration
		for b.Loop() {
			start := time.Now()
			raw(r)
			times = append(times, time.Since(start))
		}
		report(b, times)
	})
	b.Run("tally", func(b *testing.B) {
		for b.Loop() {
			check(b, s.View(b.Context(), func(r store.Reader) error { _, err := r.Tally(b.Context(), store.Filter{}); return err }))
		}
	})
}

func benchmarkPage(b *testing.B, s store.Store, q store.Query, r *rand.Rand) {
	b.Helper()
	q.Limit = 100
	var times []time.Duration
	for b.Loop() {
		start := time.Now()
		check(b, s.View(b.Context(), func(reader store.Reader) error {
			_, next, err := reader.Page(b.Context(), q)
			q.After = next
			if r.IntN(50) == 0 {
				q.After = ""
			}
			return err
		}))
		times = append(times, time.Since(start))
	}
	report(b, times)
}

// report tells how long the slowest of twenty takes.
func report(b *testing.B, times []time.Duration) {
	b.Helper()
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)*95/100])/1e6, "p95-ms")
	b.ReportMetric(float64(times[len(times)/2])/1e6, "p50-ms")
}
