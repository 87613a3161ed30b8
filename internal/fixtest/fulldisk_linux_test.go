package fixtest

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"unsafe"

	"github.com/kumoban/kumoban/internal/awsdouble"
)

// limitFiles keeps a process from making any file longer than so many bytes,
// as a disk that is full there.
func limitFiles(t *testing.T, pid int, bytes uint64) {
	t.Helper()
	limit := syscall.Rlimit{Cur: bytes, Max: bytes}
	_, _, errno := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(pid), syscall.RLIMIT_FSIZE, uintptr(unsafe.Pointer(&limit)), 0, 0, 0)
	if errno != 0 {
		t.Fatal(errno)
	}
}

// TestNoFolder gives places in which no folder can be made.
func TestNoFolder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, awsdouble.Options{}, several)
		s.must(0, append(planSeveral, s.path("plan.json"))...)
		for _, dir := range []string{"/dev/full", "/proc"} {
			s.refuses("cannot write", "fix", "apply", s.path("plan.json"), "--yes", "--state-dir", dir)
		}
	})
}

// TestFullDisk fills the disk under the journal before a run, and at every act
// of apply and of undo. What cannot be remembered is not done; with room again
// the run goes on and can be undone.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	k := newKilling(t)
	t.Run("before", func(t *testing.T) {
		s, stop := served(t, several)
		defer stop()
		program, err := program()
		if err != nil {
			t.Fatal(err)
		}
		s.write("plan.json", string(k.plan))
		cmd := exec.CommandContext(t.Context(), "sh", "-c", `ulimit -f 0; exec "$0" fix apply plan.json --yes`, program)
		cmd.Env, cmd.Dir = s.environ(), s.dir
		var stdout, stderr strings.Builder // pipes, which the limit does not touch
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		err = cmd.Run()
		if cmd.ProcessState.ExitCode() != 1 || strings.Count(stderr.String(), "\n") != 1 || !strings.Contains(stderr.String(), "cannot write") {
			t.Errorf("%v: %s%s", err, stdout.String(), stderr.String())
		}
		same(t, "full disk", k.before, s.state())
		if run := s.theRun(); run != "" {
			t.Errorf("run %s is left, of which nothing was done", run)
		}
	})
	full := func(name string, s *stand, f awsdouble.Fault, args ...string) {
		f.Kind, f.Times = awsdouble.Hold, 1
		held := s.double.Fault(f)
		p := s.start(args...)
		select {
		case <-held.Held():
		case err := <-p.done:
			p.done <- err
			t.Errorf("%s: ended before: %s", name, p.wait())
			return
		}
		journal, err := os.Stat(s.path("state/runs/" + s.theRun() + "/journal.jsonl"))
		if err != nil {
			t.Error(err)
			return
		}
		limitFiles(t, p.cmd.Process.Pid, uint64(journal.Size())+20) // room for a part of a line
		before := len(s.calls(0))
		held.Release()
		e := p.wait()
		if e.code != 1 || len(sentences(e)) != 1 || !strings.Contains(e.err, "cannot write") {
			t.Errorf("%s: %s", name, e)
		}
		// The step under way may end, but no other begins: its acts are those of one thing.
		if n := len(writes(s.calls(before))); n > 2 {
			t.Errorf("%s: %d acts after the disk was full: %v", name, n, writes(s.calls(before)))
		}
	}
	for i, c := range k.calls {
		if !acts(c) {
			continue
		}
		k.do("apply, disk full at "+c.Operation, func(name string, s *stand) {
			full(name, s, awsdouble.Fault{Skip: i}, "fix", "apply", "plan.json", "--yes", "--rate", "max")
			k.resumeAndUndo(name, s)
		})
	}
	for i, c := range k.undone {
		if !acts(c) {
			continue
		}
		k.do("undo, disk full at "+c.Operation, func(name string, s *stand) {
			k.again(name, s, true, "fix", "apply", "plan.json", "--yes")
			full(name, s, awsdouble.Fault{Skip: i}, "fix", "undo", s.theRun(), "--yes", "--rate", "max")
			k.restored(name, k.again(name, s, false, "fix", "undo", s.theRun(), "--yes"), s)
		})
	}
	k.wait.Wait()
	t.Logf("%d runs with a full disk", k.runs+1)
}
