package controltest

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/types/sqs"
)

// example is a control of this test alone.
func example() *control.Control {
	text := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	of := func(q *sqs.Queue) fact.Value[bool] { return q.SqsManagedSseEnabled }
	return &control.Control{
		ID: "Test.1", Severity: control.Medium, Checks: []control.Check{control.Is(control.Property[*sqs.Queue, bool]{Name: "SqsManagedSseEnabled", Of: of}, true)},
		Files: fstest.MapFS{"messages.en.txt": text("title = t\npass = on\nfail = off\n"), "messages.ja.txt": text("title = t\npass = on\nfail = off\n")},
	}
}

func TestCases(t *testing.T) { Cases(t, example(), "testdata") }

// TestUpdate fills in what the cases want, as they already do.
func TestUpdate(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "cases.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	file := filepath.Join(folder, "cases.yaml")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv(update, "1")
	Cases(t, example(), folder)
	t.Setenv(update, "")
	Cases(t, example(), folder)
}
