package execute

import (
	"maps"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// TestRehearseUndo compares what is said before an undo with what the world is like.
func TestRehearseUndo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, dir := newWorld(), t.TempDir()
		e := start(t, w, dir)
		foreseen := func() map[string]string {
			t.Helper()
			all := map[string]string{}
			for i := range e.Journal.Plan.Steps {
				event, why, err := e.RehearseUndo(t.Context(), &e.Journal.Plan.Steps[i])
				if err != nil {
					t.Fatal(err)
				}
				all[e.Journal.Plan.Steps[i].ID] = string(event) + " " + why
			}
			return all
		}
		check := func(when string, want map[string]string) {
			t.Helper()
			before := maps.Clone(w.things)
			if diff := cmp.Diff(want, foreseen()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", when, diff)
			}
			if diff := cmp.Diff(before, w.things); diff != "" {
				t.Errorf("%s: looking changed something (-before +after):\n%s", when, diff)
			}
		}
		untouched := "would-not run.untouched"
		check("before", map[string]string{"1": untouched, "2": untouched, "3": untouched})
		if err := e.Apply(t.Context()); err != nil {
			t.Fatal(err)
		}
		done := map[string]string{"1": "would-not run.kept.shared", "2": "would-remove ", "3": "would-restore "}
		check("applied", done)

		w.things["prod"]["Encrypted"] = "by hand"
		done["3"] = "would-not run.kept.changed"
		check("changed by somebody else", done)

		w.things["prod"] = maps.Clone(newWorld().things["prod"])
		done["3"] = "would-not run.asBefore"
		check("put back by somebody else", done)

		delete(w.things, "prod")
		delete(w.things, "group")
		done["2"], done["3"] = "would-not run.kept.gone", "would-not run.kept.gone"
		check("removed by somebody else", done)

		w.things["prod"] = maps.Clone(newWorld().things["prod"])
		if err := e.Undo(t.Context()); err != nil {
			t.Fatal(err)
		}
		check("undone", map[string]string{"1": "would-not run.kept.shared", "2": "would-not run.asBefore", "3": "would-not run.asBefore"})
	})
}
