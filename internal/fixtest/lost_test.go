package fixtest

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"modernc.org/sqlite"

	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/open"
)

// atOnce names a store of which SQLite says at once that it is busy, instead of
// waiting on the machine's clock: so do those beside journals on virtual clocks.
const atOnce = "atonce.db"

func init() { //nolint:gochecknoinits // the driver's hook is the process's
	sqlite.RegisterConnectionHook(func(c sqlite.ExecQuerierContext, dsn string) error {
		if !strings.Contains(dsn, atOnce) && !strings.Contains(dsn, "state/kumoban.db") {
			return nil
		}
		_, err := c.ExecContext(context.Background(), "PRAGMA busy_timeout = 0; PRAGMA synchronous = OFF", nil) // no power fails here
		return err
	})
}

// busyFor has another connection write to the store for a while. It returns when
// that has begun, and a wait for its end.
func busyFor(t testing.TB, file string, d time.Duration) (wait func()) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := db.Conn(context.Background())
	for err == nil {
		if _, busy := c.ExecContext(context.Background(), "BEGIN IMMEDIATE"); busy == nil {
			break
		}
		time.Sleep(250 * time.Millisecond) // the command writes just now, or another of these
	}
	if err != nil {
		t.Fatal(err)
	}
	var ended sync.WaitGroup
	ended.Go(func() {
		time.Sleep(d)
		if _, err := c.ExecContext(context.Background(), "ROLLBACK"); err != nil {
			t.Error(err)
		}
		_ = c.Close()
		_ = db.Close()
	})
	return ended.Wait
}

// accounted is a command that changes something and what it has to leave.
type accounted struct {
	what, state string
	ended       ended
}

// unrecorded tells whether the command said that the store does not know of what
// it did.
func (d *accounted) unrecorded() bool { return strings.Contains(d.ended.err, "done, not recorded") }

// recorded wants the deeds of a run in the store and in its audit log, each once,
// and one that is not told of by its command.
func recorded(t testing.TB, address, run string, deeds []accounted) {
	t.Helper()
	kept, err := open.Existing(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	err = kept.View(t.Context(), func(r store.Reader) error {
		entries, err := r.AuditOf(t.Context(), run)
		if err != nil {
			return err
		}
		var got, want []string
		for i := range entries {
			var detail struct{ State, Digest string }
			if err := json.Unmarshal([]byte(entries[i].Detail), &detail); err != nil || len(detail.Digest) != 64 {
				t.Errorf("entry %+v: %v", entries[i], err)
			}
			if entries[i].Action != "fix.verify" && !strings.HasSuffix(entries[i].Action, ".begin") {
				got = append(got, entries[i].Action+" "+detail.State)
			}
		}
		fixed, undone := 0, 0
		for _, d := range deeds {
			want = append(want, d.what+" "+d.state)
			if d.what == "fix.undo" {
				undone++
			} else {
				fixed++
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("the audit log has %q, want %q", got, want)
		}
		stored, err := r.Run(t.Context(), run)
		if err != nil {
			return err
		}
		if last := deeds[len(deeds)-1]; stored.State != last.state {
			t.Errorf("the run is %s, want %s", stored.State, last.state)
		}
		for _, id := range stored.Findings {
			events, err := r.History(t.Context(), id)
			if err != nil {
				return err
			}
			n := map[lifecycle.EventKind]int{}
			for i := range events {
				n[events[i].Kind]++
			}
			if n[lifecycle.EventFixed] != fixed || n[lifecycle.EventUndone] != undone {
				t.Errorf("the history of %s has %d fixes and %d undos, want %d and %d", id, n[lifecycle.EventFixed], n[lifecycle.EventUndone], fixed, undone)
			}
		}
		report, err := audit.Verify(r.Audit(t.Context(), 1), "")
		if err == nil && report.Problem != nil {
			t.Errorf("the audit log is not whole: %+v", report.Problem)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// while runs a command that changes something, while the store is busy for 1 to 60
// seconds at moments that the seed chooses: before the command, and while it waits
// for one of its calls.
func (s *stand) while(r *rand.Rand, file string, args ...string) ended {
	s.t.Helper()
	span := func() time.Duration { return time.Second + time.Duration(r.Int64N(int64(59*time.Second))) }
	ctx, cancel := context.WithCancel(s.t.Context())
	var waits sync.WaitGroup
	if r.IntN(3) == 0 {
		waits.Go(busyFor(s.t, file, span()))
	}
	var rules []*awsdouble.Handle
	for range 1 + r.IntN(3) {
		d := span()
		held := s.double.Fault(awsdouble.Fault{Skip: r.IntN(25), Times: 1, Kind: awsdouble.Hold})
		rules = append(rules, held)
		waits.Go(func() {
			select {
			case <-held.Held():
				free := busyFor(s.t, file, d)
				held.Release() // the call goes on while the store is busy
				free()
			case <-ctx.Done():
			}
		})
	}
	e := s.run(args...)
	cancel()
	waits.Wait()
	for _, rule := range rules {
		rule.Remove()
	}
	return e
}

// TestNothingLost applies, stops, goes on and undoes, a hundred times, while
// another writes to the store. Every change is in the store and in the audit log
// in the end, once, or its command said that it is not; then a later one tells it.
func TestNothingLost(t *testing.T) {
	var mu sync.Mutex
	n := map[string]int{}
	count := func(what string) { mu.Lock(); defer mu.Unlock(); n[what]++ }
	t.Cleanup(func() {
		t.Logf("%v", n)
		if n["waited"] < 50 && n["fix.apply"] == 100 {
			t.Errorf("the store was busy for %d commands only", n["waited"])
		}
	})
	for seed := range uint64(100) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel() // it spends much of its time in waiting for the disk
			synctest.Test(t, func(t *testing.T) {
				r := rand.New(rand.NewPCG(seed, 8))
				s := newStand(t, awsdouble.Options{}, several)
				file := s.path(atOnce)
				named := []string{"--store", file}
				s.must(0, append([]string{"scan", "--service", "APIGateway", "-q", "--output", s.path("scan.txt")}, named...)...)
				s.must(0, "fix", "plan", "--control", "APIGateway.2", "--control", "APIGateway.5", "--input", "certificate=new", "--out", s.path("plan.json"))
				var deeds []accounted
				do := func(what, state string, args ...string) {
					e := s.while(r, file, append(append([]string{"fix"}, args...), named...)...)
					d := accounted{what, state, e}
					want := map[string]int{"done": 0, "undone": 0, "failed": 1}[state]
					if d.unrecorded() && want == 0 {
						want = 3
					}
					if e.code != want {
						t.Fatalf("%s: want exit code %d: %s", what, want, e)
					}
					if d.unrecorded() {
						count("said that it is not recorded")
					}
					if strings.Contains(e.err, "waiting for the store") {
						count("waited")
					}
					count(what)
					deeds = append(deeds, d)
				}
				if r.IntN(3) == 0 {
					rule := s.double.Fault(awsdouble.Fault{Operation: "UpdateStage", Skip: r.IntN(2), Kind: awsdouble.Deny})
					do("fix.apply", "failed", "apply", s.path("plan.json"), "--yes")
					rule.Remove()
					do("fix.resume", "done", "resume", s.theRun())
				} else {
					do("fix.apply", "done", "apply", s.path("plan.json"), "--yes")
				}
				if r.IntN(2) == 0 {
					do("fix.undo", "undone", "undo", s.theRun(), "--yes")
				}
				switch r.IntN(3) {
				case 0:
					_ = s.run(append([]string{"fix", "verify", s.theRun()}, named...)...)
				case 1:
					s.must(0, append([]string{"fix", "list"}, named...)...)
				case 2:
					if slices.ContainsFunc(deeds, func(d accounted) bool { return d.unrecorded() }) {
						s.must(0, append([]string{"fix", "list"}, named...)...)
					}
				}
				recorded(t, file, s.theRun(), deeds)
				if e := s.must(0, append([]string{"fix", "list", "--format", "json"}, named...)...); strings.Contains(e.out, "unrecorded") {
					t.Errorf("list: %s", e)
				}
			})
		})
	}
}

// TestUnrecorded has the store busy for longer than anybody waits: the command
// says so, and every other that knows the run or the store tells it later.
func TestUnrecorded(t *testing.T) {
	for _, later := range []string{"verify", "resume", "undo", "list", "plan", "apply"} {
		for _, named := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, named %t", later, named), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { unrecorded(t, later, named) })
			})
		}
	}
}

func unrecorded(t *testing.T, later string, named bool) {
	s := newStand(t, awsdouble.Options{}, several)
	file, store := s.path("state/kumoban.db"), []string{}
	if named {
		file = s.path(atOnce)
		store = []string{"--store", file}
	}
	of := func(args ...string) []string { return append(append([]string{"fix"}, args...), store...) }
	s.must(0, append([]string{"scan", "--service", "APIGateway", "-q", "--output", s.path("scan.txt")}, store...)...)
	s.must(0, append(slices.Clone(planSeveral), s.path("plan.json"))...)
	s.must(0, "fix", "plan", "--control", "APIGateway.3", "--out", s.path("other.json"))

	// From the second change on the store is busy for an hour.
	held := s.double.Fault(awsdouble.Fault{Operation: "UpdateStage", Times: 1, Kind: awsdouble.Hold})
	freed := make(chan struct{})
	go func() {
		<-held.Held()
		free := busyFor(t, file, time.Hour)
		held.Release()
		free()
		close(freed)
	}()
	const sentence = "done, not recorded: run kumoban fix verify "
	e := s.must(3, of("apply", s.path("plan.json"), "--yes", "-q")...)
	run := s.theRun()
	if strings.Count(e.err, sentence+run) != 1 || strings.Count(e.out, ": PASSED") != 3 {
		t.Fatalf("apply: %s", e)
	}
	if named && !strings.Contains(e.err, sentence+run+" --store="+file) {
		t.Errorf("apply does not name the store: %s", e)
	}
	if e := s.must(3, of("verify", run, "--format", "json")...); !strings.Contains(e.out, `"unrecorded": true`) {
		t.Errorf("verify: %s", e)
	}
	if e := s.must(3, of("verify", run, "--lang", "ja")...); !strings.Contains(e.err, "完了しましたが、記録できていません。kumoban fix verify "+run) {
		t.Errorf("verify: %s", e)
	}
	if e := s.must(0, of("list", "--format", "json")...); !strings.Contains(e.out, `"unrecorded"`) || !strings.Contains(e.err, sentence+run) {
		t.Errorf("list: %s", e)
	}
	<-freed

	deeds := []accounted{{what: "fix.apply", state: "done"}}
	switch later {
	case "verify":
		s.must(0, of("verify", run)...)
	case "resume":
		s.must(0, of("resume", run)...)
		deeds = append(deeds, accounted{what: "fix.resume", state: "done"})
	case "undo":
		s.must(0, of("undo", run, "--yes")...)
		deeds = append(deeds, accounted{what: "fix.undo", state: "undone"})
	case "list":
		if e := s.must(0, of("list")...); !strings.Contains(e.err, "recorded in the store now: what run "+run) {
			t.Errorf("list: %s", e)
		}
	case "plan":
		s.must(0, of("plan", "--control", "APIGateway.3")...)
	case "apply":
		s.must(0, of("apply", s.path("other.json"), "--yes")...)
	}
	recorded(t, file, run, deeds)
	// A journal that lost what it noted last: the store is told again, and knows.
	journal := s.path("state/runs/" + run + "/journal.jsonl")
	lines := bytes.SplitAfter(bytes.TrimSuffix(mustRead(t, journal), []byte("\n")), []byte("\n"))
	if last := lines[len(lines)-1]; !bytes.Contains(last, []byte(`"told"`)) {
		t.Fatalf("the journal ends with %s", last)
	}
	if err := os.WriteFile(journal, bytes.Join(lines[:len(lines)-1], nil), 0o600); err != nil {
		t.Fatal(err)
	}
	s.must(0, of("list")...)
	recorded(t, file, run, deeds)
	if e := s.must(0, of("list")...); strings.Contains(e.err, "record") {
		t.Errorf("told already: %s", e)
	}
}

// TestUnrecordedElsewhere tells another store nothing of a deed, and says whose
// it is.
func TestUnrecordedElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, awsdouble.Options{}, several)
		file := s.path(atOnce)
		s.must(0, "scan", "--service", "APIGateway", "-q", "--output", s.path("scan.txt"), "--store", file)
		s.must(0, append(slices.Clone(planSeveral), s.path("plan.json"))...)
		held := s.double.Fault(awsdouble.Fault{Operation: "UpdateStage", Times: 1, Kind: awsdouble.Hold})
		freed := make(chan struct{})
		go func() {
			<-held.Held()
			free := busyFor(t, file, time.Hour)
			held.Release()
			free()
			close(freed)
		}()
		s.must(3, "fix", "apply", s.path("plan.json"), "--yes", "--store", file)
		<-freed
		e := s.must(0, "fix", "list")
		if !strings.Contains(e.err, "what it did is not recorded in "+file+" yet") {
			t.Errorf("list: %s", e)
		}
		s.must(0, "fix", "list", "--store", file)
		recorded(t, file, s.theRun(), []accounted{{what: "fix.apply", state: "done"}})
	})
}
