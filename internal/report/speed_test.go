package report_test

import (
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
)

// typical returns findings of the built-in controls as an account has them:
// a third fails, some with a list and a note.
func typical(t testing.TB) *scan {
	t.Helper()
	s := scanOf(t, controls.All())
	for i := range 1024 {
		r := ref(scope("111122223333", "ap-northeast-1"), restStage, fmt.Sprintf("/restapis/a%09d/stages/prod", i), fmt.Sprintf("orders-%d/prod", i))
		switch i % 6 {
		case 0:
			s.add("APIGateway.5", r, control.Fail("unencrypted", locale.A("n", 2), locale.A("of", 14),
				locale.A("methods", []string{"GET /orders", "GET /orders/{id}"})).Note("latent"), "")
		case 1:
			s.add("APIGateway.4", r, control.Fail("none"), "")
		case 2:
			s.add("APIGateway.2", r, control.Exempt("noHTTP"), finding.ReasonNotApplicable)
		case 3:
			s.add("APIGateway.1", r, control.Pass("logs", locale.A("n", 14)), "")
		default:
			s.add("APIGateway.3", r, control.Pass("on"), "")
		}
	}
	return s
}

// heap returns the bytes that are in use once garbage is gone.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func handler(t testing.TB, s *scan, format string, lang locale.Lang) report.Handler {
	t.Helper()
	h, err := report.New(format, io.Discard, newTexts(t, lang, s.all), report.Options{})
	check(t, err)
	return h
}

// TestStreamsKeepNothing holds csv and jsonl to memory that does not depend on
// how much was found.
func TestStreamsKeepNothing(t *testing.T) {
	s := typical(t)
	for _, format := range []string{"csv", "jsonl"} {
		h := handler(t, s, format, locale.Japanese)
		var few uint64
		for i := range 60_000 {
			if i == 10_000 {
				few = heap()
			}
			check(t, h.Finding(&s.findings[i%len(s.findings)]))
		}
		many := heap()
		runtime.KeepAlive(h)
		if many > few+64<<10 { // a pointer each would be 390 KiB
			t.Errorf("%s: %d bytes after 10,000 findings, %d after 60,000", format, few, many)
		}
		check(t, h.End(&s.Scan))
	}
}

func benchmark(b *testing.B, format string) {
	b.Helper()
	s := typical(b)
	h := handler(b, s, format, locale.Japanese)
	before := heap()
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if err := h.Finding(&s.findings[n%len(s.findings)]); err != nil {
			b.Fatal(err)
		}
		n++
	}
	after := heap()
	runtime.KeepAlive(h)
	b.ReportMetric(max(0, float64(after)-float64(before))/float64(n), "kept-B/finding")
}

// A finding to a csv line, with its id and message: the aim is 10 µs.
func BenchmarkCSV(b *testing.B) { benchmark(b, "csv") }

// A finding to a line of JSON.
func BenchmarkJSONL(b *testing.B) { benchmark(b, "jsonl") }

// What json keeps of a finding until the end.
func BenchmarkJSONKeep(b *testing.B) { benchmark(b, "json") }

// The end of a json report of 1,024 findings.
func BenchmarkJSONWrite(b *testing.B) { benchmarkWhole(b, "json") }

// A whole asff report of 1,024 findings.
func BenchmarkASFFWrite(b *testing.B) { benchmarkWhole(b, "asff") }

// A whole ocsf report of 1,024 findings.
func BenchmarkOCSFWrite(b *testing.B) { benchmarkWhole(b, "ocsf") }

// A whole html report of 1,024 findings.
func BenchmarkHTMLWrite(b *testing.B) { benchmarkWhole(b, "html") }

// What html keeps of a finding until the end: those that fail.
func BenchmarkHTMLKeep(b *testing.B) { benchmark(b, "html") }

func benchmarkWhole(b *testing.B, format string) {
	b.Helper()
	s := typical(b)
	b.ReportAllocs()
	for b.Loop() {
		s.feed(b, handler(b, s, format, locale.English))
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(s.findings)), "ns/finding")
}
