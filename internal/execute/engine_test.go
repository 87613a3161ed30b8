package execute

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/outside"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
)

const (
	stageType resource.Type = "Test::Stage"
	groupType resource.Type = "Test::LogGroup"
	roleType  resource.Type = "Test::Role"
)

// world is a few things in memory. It can end the process, as it were, before
// or after any of its writes.
type world struct {
	drive.Plain
	things map[string]map[string]any // by name
	means  map[string]any            // what a property means that is not set
	data   map[string]bool           // things that hold data
	writes []string
	dies   func(point string) bool
	busy   int // how many looks until the thing is settled
}

var errDied = errors.New("the process ended here")

func (w *world) die(point string) error {
	if w.dies != nil && w.dies(point) {
		return errDied
	}
	return nil
}

func (w *world) Read(_ context.Context, t plan.Thing, names []string) (drive.State, error) {
	have, ok := w.things[t.Name]
	s := drive.State{Exists: ok, Values: map[string]any{}}
	for _, n := range names {
		if v, set := have[n]; set {
			s.Values[n] = v
		} else if w.means[n] != nil {
			s.Values[n] = w.means[n]
		}
	}
	return s, nil
}

func (w *world) Default(property string) any { return w.means[property] }

func (w *world) Write(ctx context.Context, t plan.Thing, in drive.Writing) (drive.Written, error) {
	if err := w.die("before write " + t.Name); err != nil {
		return drive.Written{}, err
	}
	group := drive.Names(in.Want)
	state, err := w.Read(ctx, t, append(group, in.Look...))
	if err != nil {
		return drive.Written{}, err
	}
	values, err := in.Decide(state, group)
	if err != nil || len(values) == 0 {
		return drive.Written{Sent: group}, err
	}
	w.writes = append(w.writes, t.Name)
	for k, v := range values {
		if v == nil {
			delete(w.things[t.Name], k)
		} else {
			w.things[t.Name][k] = v
		}
	}
	return drive.Written{Sent: group}, w.die("after write " + t.Name)
}

func (w *world) Make(_ context.Context, t plan.Thing, values map[string]any, token string) ([]string, error) {
	if err := w.die("before make " + t.Name); err != nil {
		return nil, err
	}
	if w.things[t.Name]["token"] == token {
		return nil, nil
	}
	w.writes = append(w.writes, "make "+t.Name)
	w.things[t.Name] = map[string]any{"token": token}
	return nil, w.die("half made " + t.Name)
}

func (w *world) Outputs(_ context.Context, t plan.Thing, _ string) (map[string]any, error) {
	return map[string]any{"Arn": "arn:" + t.Name}, nil
}

func (w *world) Remove(_ context.Context, t plan.Thing, _ map[string]any, _ bool, token string) (string, error) {
	if _, there := w.things[t.Name]; !there {
		return "", nil
	}
	if w.data[t.Name] {
		return "run.kept.data", nil
	}
	if w.things[t.Name]["token"] != token {
		return "run.kept.foreign", nil
	}
	delete(w.things, t.Name)
	return "", w.die("after remove " + t.Name)
}

func (w *world) Settled(context.Context, plan.Thing, remedy.Wait) (bool, error) {
	w.busy--
	return w.busy < 0, nil
}

func (w *world) Calls(*plan.Step) []*awsclient.Call { return nil }

func newWorld() *world {
	return &world{
		things: map[string]map[string]any{
			"prod": {"Level": "OFF", "Encrypted": false, "Ttl": float64(300)}, "dev": {"Level": "OFF"},
		},
		data: map[string]bool{},
	}
}

// threeSteps makes a role (shared), a log group, and changes a stage.
func threeSteps(t *testing.T) *plan.Plan {
	t.Helper()
	p := &plan.Plan{SchemaVersion: plan.SchemaVersion, Account: "111122223333", Region: "ap-northeast-1", Fixes: []plan.Fix{}, Steps: []plan.Step{
		{ID: "1", Thing: plan.Thing{Type: roleType, Name: "role"}, Make: true, Shared: true, Changes: []plan.Change{{Property: "Trust", Will: "apigateway"}}},
		{ID: "2", Thing: plan.Thing{Type: groupType, Name: "group"}, Make: true, Data: true, Changes: []plan.Change{{Property: "Days", Will: float64(90)}}},
		{ID: "3", Thing: plan.Thing{Type: stageType, Name: "prod"}, After: []string{"1", "2"}, Wait: "cache-settled",
			Guards: []plan.Guard{{Property: "Ttl", OneOf: []any{float64(300)}, Why: "why"}},
			Changes: []plan.Change{
				{Property: "Encrypted", Was: false, Will: true},
				{Property: "Destination", Was: nil, Will: map[string]any{"of": "2", "name": "Arn"}},
			}},
	}}
	sum, err := p.Sum()
	if err != nil {
		t.Fatal(err)
	}
	p.Digest = sum
	return p
}

func engine(t *testing.T, w *world, j *Journal) *Engine {
	t.Helper()
	return &Engine{
		Drivers: map[resource.Type]drive.Driver{stageType: w, groupType: w, roleType: w}, Journal: j, Now: time.Now, Say: func(Report) {},
	}
}

func start(t *testing.T, w *world, dir string) *Engine {
	t.Helper()
	j, err := NewJournal(dir, threeSteps(t), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return engine(t, w, j)
}

func again(t *testing.T, w *world, dir, run string) *Engine {
	t.Helper()
	j, err := OpenJournal(dir, run)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return engine(t, w, j)
}

func mended(t *testing.T, w *world) {
	t.Helper()
	want := map[string]any{"Level": "OFF", "Encrypted": true, "Ttl": float64(300), "Destination": "arn:group"}
	if got := w.things["prod"]; !maps.Equal(got, want) {
		t.Errorf("the stage is %v, want %v", got, want)
	}
	if w.things["group"]["Days"] != float64(90) || w.things["role"]["Trust"] != "apigateway" {
		t.Errorf("made: %v, %v", w.things["group"], w.things["role"])
	}
	if !maps.Equal(w.things["dev"], map[string]any{"Level": "OFF"}) {
		t.Errorf("the other stage became %v", w.things["dev"])
	}
}

func restored(t *testing.T, w *world) {
	t.Helper()
	if got, want := w.things["prod"], newWorld().things["prod"]; !maps.Equal(got, want) {
		t.Errorf("the stage is %v, want %v", got, want)
	}
	if _, there := w.things["group"]; there {
		t.Error("the empty log group that the run made is still there")
	}
}

func TestApplyAndUndo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, dir := newWorld(), t.TempDir()
		w.busy = 3
		e := start(t, w, dir)
		if err := e.Apply(t.Context()); err != nil {
			t.Fatal(err)
		}
		mended(t, w)
		writes := len(w.writes)
		if err := e.Apply(t.Context()); err != nil || len(w.writes) != writes {
			t.Errorf("applied again: error %v, %d more writes", err, len(w.writes)-writes)
		}
		w.busy = 0
		if err := e.Undo(t.Context()); err != nil {
			t.Fatal(err)
		}
		restored(t, w)
		if _, there := w.things["role"]; !there || e.Journal.Last("1").Event != Kept {
			t.Error("the shared role must stay, and the journal say so")
		}
		if err := e.Apply(t.Context()); err == nil {
			t.Error("an undone run was applied again")
		}
	})
}

// TestKilledAnywhere ends the process at every point at which it can end, goes
// on with a new one, and undoes: each thing is made once, and all is as it
// should be.
func TestKilledAnywhere(t *testing.T) {
	points := []string{
		"before make role", "half made role", "before write role", "after write role", "before make group", "half made group",
		"before write group", "after write group", "before write prod", "after write prod",
	}
	for _, point := range points {
		for _, resume := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, resume %t", point, resume), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w, dir := newWorld(), t.TempDir()
					w.dies = func(p string) bool { return p == point }
					e := start(t, w, dir)
					if err := e.Apply(t.Context()); !errors.Is(err, errDied) {
						t.Fatalf("error %v", err)
					}
					_ = e.Journal.Close()
					w.dies, w.busy = nil, 0
					e = again(t, w, dir, e.Journal.Run)
					if resume {
						if err := e.Apply(t.Context()); err != nil {
							t.Fatal(err)
						}
						mended(t, w)
						for name, n := range count(w.writes) {
							if strings.HasPrefix(name, "make ") && n > 1 {
								t.Errorf("%s: %d times", name, n)
							}
						}
					}
					w.busy = 0
					if err := e.Undo(t.Context()); err != nil {
						t.Fatal(err)
					}
					restored(t, w)
				})
			})
		}
	}
}

func count(list []string) map[string]int {
	n := map[string]int{}
	for _, s := range list {
		n[s]++
	}
	return n
}

// TestStops changes nothing where the world is not as it was planned.
func TestStops(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*world)
		want   string
	}{
		"drifted":        {func(w *world) { w.things["prod"]["Encrypted"] = "odd" }, "changed since the plan was made"},
		"guard":          {func(w *world) { w.things["prod"]["Ttl"] = float64(60) }, "Ttl"},
		"gone":           {func(w *world) { delete(w.things, "prod") }, "is not there"},
		"made meanwhile": {func(w *world) { w.things["group"] = map[string]any{"Days": float64(1)} }, "changed since the plan was made"},
		"never settles":  {func(w *world) { w.busy = 1 << 30 }, "25m"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				c.change(w)
				before := maps.Clone(w.things["prod"])
				e := start(t, w, t.TempDir())
				err := e.Apply(t.Context())
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("error %v, want %q in it", err, c.want)
				}
				if len(w.writes) > 0 && name != "never settles" {
					t.Errorf("writes %v, although the plan could not be done", w.writes)
				}
				if !maps.Equal(w.things["prod"], before) {
					t.Errorf("the stage became %v", w.things["prod"])
				}
			})
		})
	}
}

// TestAsWantedAlready leaves alone what somebody else has mended, also in undo.
func TestAsWantedAlready(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.things["prod"]["Encrypted"], w.things["prod"]["Destination"] = true, "arn:group"
		e := start(t, w, t.TempDir())
		if err := e.Apply(t.Context()); err != nil {
			t.Fatal(err)
		}
		if e.Journal.Last("3").Event != Already {
			t.Errorf("the step is %q", e.Journal.Last("3").Event)
		}
		if err := e.Undo(t.Context()); err != nil || w.things["prod"]["Encrypted"] != true {
			t.Errorf("undo touched what the run did not: %v, %v", err, w.things["prod"])
		}
	})
}

// TestLeftOutIsTheDefault undoes a plan that says "not set" of what AWS shows as
// its default: the two are the same, in drift, in undo and when it is read back.
func TestLeftOutIsTheDefault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.means = map[string]any{"Destination": "none"}
		e := start(t, w, t.TempDir())
		if err := e.Apply(t.Context()); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if err := e.Undo(t.Context()); err != nil {
			t.Fatal(err)
		}
		restored(t, w)
		if waited := time.Since(began); waited > time.Second {
			t.Errorf("undo waited %v for what AWS does not say", waited)
		}
	})
}

// TestUndoNeverDestroys keeps data and what was changed since.
func TestUndoNeverDestroys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		e := start(t, w, t.TempDir())
		if err := e.Apply(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.data["group"] = true
		w.things["prod"]["Destination"] = "arn:theirs"
		err := e.Undo(t.Context())
		if err == nil || !strings.Contains(err.Error(), "Destination") {
			t.Errorf("error %v, want that Destination was changed since", err)
		}
		if w.things["prod"]["Destination"] != "arn:theirs" {
			t.Error("undo overwrote somebody else's change")
		}
		if _, there := w.things["group"]; !there || e.Journal.Last("2").Why != "run.kept.data" {
			t.Error("a log group with data must stay")
		}
	})
}

func TestJournal(t *testing.T) {
	dir := t.TempDir()
	j, err := NewJournal(dir, threeSteps(t), time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenJournal(dir, j.Run); err == nil || !strings.Contains(err.Error(), "another") {
		t.Errorf("two at once: %v", err)
	}
	if err := j.add(Entry{Step: "1", Event: Began}); err != nil {
		t.Fatal(err)
	}
	_ = j.Close()
	file := filepath.Join(dir, j.Run, journalFile)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	// A line that a crash cut off was never acknowledged.
	if err := os.WriteFile(file, append(data, `{"step":"1","event":"do`...), 0o600); err != nil {
		t.Fatal(err)
	}
	j, err = OpenJournal(dir, j.Run)
	if err != nil || j.Last("1").Event != Began {
		t.Fatalf("after a crash: %v, %v", err, j)
	}
	if err := j.add(Entry{Step: "1", Event: Done}); err != nil {
		t.Fatal(err)
	}
	_ = j.Close()
	if j, err = OpenJournal(dir, j.Run); err != nil || j.Last("1").Event != Done {
		t.Fatalf("after going on: %v", err)
	}
	_ = j.Close()
	for _, run := range []string{"none", "..", "", "../" + j.Run, "x/y"} {
		if _, err := OpenJournal(dir, run); err == nil {
			t.Errorf("run %q was opened", run)
		}
	}
	plan := filepath.Join(dir, j.Run, planFile)
	data, err = os.ReadFile(plan)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(plan, []byte(strings.Replace(string(data), "300", "301", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenJournal(dir, j.Run); err == nil || !strings.Contains(err.Error(), "digest") {
		t.Errorf("a changed plan: %v", err)
	}
}

// TestFullDisk stops before anything is changed.
func TestFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		e := start(t, w, t.TempDir())
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		outside.Need(t, err)
		_ = e.Journal.file.Close()
		e.Journal.file = full
		if err := e.Apply(t.Context()); err == nil || len(w.writes) > 0 {
			t.Errorf("error %v, writes %v", err, w.writes)
		}
	})
}
