package app_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"testing"
	"time"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/outside"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/spool"
	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/open"
)

// million is how many findings the benchmark saves and exports.
const million = 1_000_000

// oneOfMany is the i-th finding of a large organization: 100 accounts in 10
// Regions, nine controls, one in five FAILED. look 1 has other statuses in one
// of a hundred.
func oneOfMany(i, look int) *finding.Finding {
	api := i / 9
	at := resource.Scope{Partition: "aws", Account: strconv.Itoa(100000000000 + api/1000%100*7919), Region: "region-" + strconv.Itoa(api/100%10)}
	f := &finding.Finding{
		Control: "APIGateway." + strconv.Itoa([]int{1, 2, 3, 4, 5, 8, 9, 10, 11}[i%9]), Severity: control.Severity(1 + i%3), Status: control.Passed,
		Resource: resource.Ref{
			Scope: at, Type: "AWS::ApiGateway::Stage", Name: "service-" + strconv.Itoa(api) + "/prod",
			ARN: fmt.Sprintf("arn:aws:apigateway:%s::/restapis/%010x/stages/prod", at.Region, uint32(api)*2654435761),
		},
		Tags:    map[string]string{"env": []string{"prod", "stg", "dev"}[api%3], "team": "team-" + strconv.Itoa(api%40)},
		Message: locale.M("APIGateway.1.on", locale.A("stage", "prod"), locale.A("level", "INFO")),
		Params:  control.Params{{Name: "loggingLevel", Value: "any"}}, Origin: &fact.Origin{Call: "apigateway:GetStages"},
	}
	if (i+look*i/100)%5 == 0 {
		f.Status = control.Failed
	}
	return f
}

func manyLook(at time.Time) store.Scan {
	s := store.Scan{Started: at.Add(-time.Minute), Ended: at, Source: lifecycle.SourceLive, Version: "bench"}
	for _, c := range controls.All() {
		s.Controls = append(s.Controls, c.ID)
	}
	return s
}

// peak runs do and reports how many findings a second it took, and the most
// memory that the process had meanwhile, as the kernel counts it (VmHWM).
func peak(b *testing.B, n int, do func()) {
	b.Helper()
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // Linux: the count begins anew
	began := time.Now()
	do()
	b.ReportMetric(float64(n)/time.Since(began).Seconds(), "findings/s")
	status, _ := os.ReadFile("/proc/self/status")
	if _, rest, ok := bytes.Cut(status, []byte("VmHWM:")); ok {
		kib, _ := strconv.Atoi(string(bytes.Fields(rest)[0]))
		b.ReportMetric(float64(kib)/1024, "peak-MiB")
	}
}

// BenchmarkMillionFindings saves a scan of a million findings for the first
// time, again when nothing changed, and when some did, and exports them, with
// each engine. Findings are made as they are handed over.
func BenchmarkMillionFindings(b *testing.B) {
	for _, engine := range []struct {
		name    string
		address func() string
	}{
		{"sqlite", func() string { return filepath.Join(b.TempDir(), "k.db") }},
		{"postgres", func() string { return outside.Postgres(b) }},
	} {
		b.Run(engine.name, func(b *testing.B) {
			s, err := open.Store(b.Context(), engine.address())
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = s.Close() }()
			now := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
			k := &keep.Keeper{Store: s, Now: func() time.Time { return now }, Actor: "bench", Controls: allControls(b)}
			save := func(b *testing.B, look int) {
				now = now.Add(time.Hour)
				peak(b, million, func() { saveMany(b, k, now, million, look) })
			}
			for _, part := range []struct {
				name string
				do   func(*testing.B)
			}{
				{"first", func(b *testing.B) { save(b, 0) }},
				{"same", func(b *testing.B) { save(b, 0) }},
				{"changed", func(b *testing.B) { save(b, 1) }},
				{"export", func(b *testing.B) { peak(b, million, func() { exportMany(b, s) }) }},
			} {
				b.Run(part.name, part.do) // once, for it takes more than a second: what comes after builds on it
			}
		})
	}
}

func saveMany(b *testing.B, k *keep.Keeper, at time.Time, n, look int) {
	b.Helper()
	seen := spool.New("")
	defer seen.Close()
	for i := range n {
		seen.Add(oneOfMany(i, look))
	}
	if _, err := k.SaveScan(b.Context(), manyLook(at), seen); err != nil {
		b.Fatal(err)
	}
}

func exportMany(b *testing.B, s store.Store) {
	b.Helper()
	catalog, err := locale.New(locale.English)
	if err != nil {
		b.Fatal(err)
	}
	env := &app.Env{Version: "bench", Controls: controls.All(), Catalog: catalog, Stdout: io.Discard, Log: slog.New(slog.DiscardHandler), Now: time.Now, Tell: func(string, ...locale.Arg) {}}
	err = s.View(b.Context(), func(r store.Reader) error {
		return app.Export(b.Context(), env, app.Outputs{Formats: []string{"jsonl"}, Report: report.Options{}}, r, store.Filter{})
	})
	if err != nil {
		b.Fatal(err)
	}
}
