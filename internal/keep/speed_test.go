package keep_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// many are n findings as a scan of a big account sees them.
func many(n int, status control.Status) []lifecycle.Observation {
	list := make([]lifecycle.Observation, n)
	for i := range list {
		o := &list[i]
		*o = seesAt(scope(tokyo), fmt.Sprintf("APIGateway.%d", i%9+1), fmt.Sprintf("api%06d", i/9), status)
		o.Message = locale.M("APIGateway.1.failed", locale.A("name", o.Resource.Name), locale.A("level", "OFF"))
		o.Tags = map[string]string{"env": "prod", "team": "orders"}
		o.Params = control.Params{{Name: "loggingLevel", Value: ""}}
	}
	return list
}

// BenchmarkSaveScan saves a scan of 100,000 findings: the first time, when
// nothing changed, and when all did, beside the store's own bulk insert of the
// same records; and holds the store to the audit log.
func BenchmarkSaveScan(b *testing.B) {
	const n = 100_000
	for b.Loop() {
		h := newHouse(b)
		rate := func(name string, do func()) {
			began := time.Now()
			do()
			b.ReportMetric(float64(n)/time.Since(began).Seconds(), name+"/s")
		}
		save := func(status control.Status) { h.save(h.look(), many(n, status)...) }
		rate("first", func() { save(control.Failed) })
		rate("same", func() { save(control.Failed) })
		rate("changed", func() { save(control.Passed) })
		rate("verified", h.asLogged)
		var records []lifecycle.Record
		seen := many(n, control.Failed)
		for i := range seen {
			seen[i].At, seen[i].Scan = h.now, 1
			r, _, _ := lifecycle.Observe(nil, &seen[i])
			records = append(records, r)
		}
		raw := opened(b, filepath.Join(b.TempDir(), "raw.db"))
		rate("raw", func() {
			err := raw.Update(b.Context(), func(w store.Writer) error { return w.Insert(b.Context(), records) })
			if err != nil {
				b.Fatal(err)
			}
		})
	}
}
