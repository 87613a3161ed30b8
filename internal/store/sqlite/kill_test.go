package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/storetest"
)

// envLimit bounds the files that a saving process may write, in bytes.
const envLimit = "KUMOBAN_TEST_FILE_LIMIT"

func TestMain(m *testing.M) {
	path := os.Getenv(storetest.EnvSave)
	if path == "" {
		os.Exit(m.Run())
	}
	var limit uint64
	if _, err := fmt.Sscan(os.Getenv(envLimit), &limit); err == nil {
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	err := storetest.SaveUntilKilled(os.Stdout, func() (store.Store, error) { return Open(context.Background(), path, Options{}) })
	var p *store.Problem
	if errors.As(err, &p) {
		fmt.Println("kind", p.Kind)
	}
	fmt.Println(err)
	os.Exit(1)
}

func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kumoban.db")
	storetest.Kill(t, path, 100, func() (store.Store, error) { return Open(t.Context(), path, Options{}) })
}

// TestNoRoom lets the system refuse to write further: one sentence, and what
// was acknowledged is there.
func TestNoRoom(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kumoban.db")
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), storetest.EnvSave+"="+path, envLimit+"=3000000")
	out, err := cmd.CombinedOutput()
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if err == nil || len(lines) < 10 || lines[len(lines)-2] != "kind full" {
		t.Fatalf("%v: %s", err, out)
	}
	acknowledged := int64(strings.Count(string(out), "done "))
	if found := storetest.Intact(t, func() (store.Store, error) { return Open(t.Context(), path, Options{}) }); found != acknowledged || found == 0 {
		t.Errorf("%d scans, %d were acknowledged", found, acknowledged)
	}
}
