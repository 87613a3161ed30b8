package execute

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestFirstEntry has the digest of the plan in the journal before there is a plan,
// and every entry say what it is about.
func TestFirstEntry(t *testing.T) {
	dir, p := t.TempDir(), threeSteps(t)
	j, err := NewJournal(dir, p, time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	at := filepath.Join(dir, j.Run)
	data, err := os.ReadFile(filepath.Join(at, journalFile))
	if err != nil {
		t.Fatal(err)
	}
	var first Entry
	if err := json.Unmarshal(bytes.TrimSpace(data), &first); err != nil || first.Event != Approved || first.Digest != p.Digest || first.Step != "" {
		t.Errorf("%s: %v", data, err)
	}
	if !j.Approved() || j.Resumable() != nil || !IsRunName(j.Run) {
		t.Error("a new run may go on")
	}
	// A process that ended between the two leaves a folder that is no run.
	if err := os.Remove(filepath.Join(at, planFile)); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadJournal(dir, j.Run); err == nil || !strings.Contains(err.Error(), "there is no run") {
		t.Error(err)
	}
}

// TestDebts are deeds that touched something and were not told, in their order.
func TestDebts(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	j, err := NewJournal(dir, threeSteps(t), now)
	if err != nil {
		t.Fatal(err)
	}
	owe := func(what string) int {
		t.Helper()
		line, err := j.Owe(Deed{What: what, By: "hana"}, now)
		if err != nil {
			t.Fatal(err)
		}
		return line
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	owe("fix.apply") // it stopped before it touched anything
	if got := j.Debts(); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	killed := owe("fix.resume")
	must(j.add(Entry{At: now.Add(time.Minute), Step: "1", Event: Began}))
	resumed := owe("fix.resume")
	must(j.add(Entry{At: now, Step: "1", Event: Done}))
	must(j.End(resumed, "done", now.Add(time.Hour)))
	undone := owe("fix.undo")
	must(j.BeginUndo(now))
	_ = j.Close()
	if j, err = OpenJournal(dir, j.Run); err != nil {
		t.Fatal(err)
	}
	got := j.Debts()
	if len(got) != 3 || got[0].Line != killed || got[0].State != "" || !got[0].At.Equal(now.Add(time.Minute)) ||
		got[1].Line != resumed || got[1].State != "done" || !got[1].At.Equal(now.Add(time.Hour)) || got[2].Line != undone || got[2].By != "hana" {
		t.Errorf("%+v", got)
	}
	must(j.Tell(resumed, now))
	must(j.Tell(killed, now))
	if got := j.Debts(); len(got) != 1 || got[0].Line != undone {
		t.Errorf("%+v", got)
	}
	must(j.Tell(undone, now))
	if got := j.Debts(); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	_ = j.Close()
}

// TestBefore has something done before the next entry of a step, once, and a thing
// that stays for the reason it stayed for noted once.
func TestBefore(t *testing.T) {
	j, err := NewJournal(t.TempDir(), threeSteps(t), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	kept := Entry{Step: "2", Event: Kept, Why: "run.kept.data"}
	if err := j.once(kept); err != nil {
		t.Fatal(err)
	}
	calls, fails := 0, errors.New("no store")
	var answer error
	j.Before(func() error { calls++; return answer })
	if err := j.once(kept); err != nil || calls != 0 || len(j.entries) != 2 {
		t.Errorf("%v, %d calls, %d entries", err, calls, len(j.entries))
	}
	answer = fails
	if err := j.once(Entry{Step: "2", Event: Undone}); !errors.Is(err, fails) || len(j.entries) != 2 {
		t.Errorf("%v, %d entries", err, len(j.entries))
	}
	if err := j.once(Entry{Step: "2", Event: Undone}); err != nil || calls != 1 || len(j.entries) != 3 {
		t.Errorf("%v, %d calls, %d entries", err, calls, len(j.entries))
	}
}
