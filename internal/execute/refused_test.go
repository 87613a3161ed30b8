package execute

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
)

// barred is a world that lets nobody make anything.
type barred struct{ *world }

func (barred) Make(context.Context, plan.Thing, map[string]any, string) ([]string, error) {
	return nil, &drive.Refusal{Fault: &awsclient.Fault{Call: "test:Make", Class: awsclient.Refused, Code: "AccessDenied", Message: "not authorized"}}
}

func (b barred) drivers() map[resource.Type]drive.Driver {
	return map[resource.Type]drive.Driver{stageType: b, groupType: b, roleType: b}
}

// TestRefusedAfterItWasMade kills a run when it has made a thing, and has the
// next attempt refused: that is no proof that nothing was made, and undo takes
// the thing away.
func TestRefusedAfterItWasMade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, dir := newWorld(), t.TempDir()
		w.dies = func(point string) bool { return point == "half made group" }
		e := start(t, w, dir)
		if err := e.Apply(t.Context()); err == nil {
			t.Fatal("the process did not end")
		}
		_ = e.Journal.Close()
		w.dies = nil
		e = again(t, w, dir, e.Journal.Run)
		e.Drivers = barred{w}.drivers()
		if err := e.Apply(t.Context()); err == nil || e.Journal.Last("2").Event != Began {
			t.Errorf("the step is %q: %v", e.Journal.Last("2").Event, err)
		}
		if err := e.Undo(t.Context()); err != nil {
			t.Fatal(err)
		}
		restored(t, w)
	})
}

// TestRefusedFromTheStart notes that nothing was done where AWS makes nothing.
func TestRefusedFromTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		e := start(t, w, t.TempDir())
		e.Drivers = barred{w}.drivers()
		if err := e.Apply(t.Context()); err == nil || e.Journal.Last("1").Event != Refused || e.Journal.touched("1") {
			t.Errorf("the step is %q: %v", e.Journal.Last("1").Event, err)
		}
	})
}
