package app_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/outside"
)

// TestReadsAreBounded ends reads that have no end.
func TestReadsAreBounded(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f")
	for _, c := range []struct{ content, want string }{
		{strings.Repeat("x", 10), ""},
		{strings.Repeat("x", 2<<20), "cli.tooLarge"},
		{"a\x00b", "cli.noText"},
	} {
		if err := os.WriteFile(file, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		data, err := app.ReadFile(t.Context(), file, 1<<20)
		var message *locale.Error
		if c.want == "" && (err != nil || string(data) != c.content) || c.want != "" && (!errors.As(err, &message) || message.Key != c.want) {
			t.Errorf("%.5q: %d bytes, error %v, want %q", c.content, len(data), err, c.want)
		}
	}
	var out bytes.Buffer
	if err := app.Report(t.Context(), environment(t, &out), zeros{}, "-", app.Outputs{}); err == nil || !strings.Contains(err.Error(), "it is not UTF-8 text") {
		t.Errorf("endless zeros: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// TestReadsEnd ends reads that wait for nobody when the user asks for it.
func TestReadsEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	defer func() { _ = w.Close() }()
	asked := make(chan struct{})
	go func() {
		<-asked
		cancel()
	}()
	var out bytes.Buffer
	err := app.Report(ctx, environment(t, &out), reader(func(p []byte) (int, error) {
		close(asked)
		return r.Read(p)
	}), "-", app.Outputs{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

type reader func([]byte) (int, error)

func (r reader) Read(p []byte) (int, error) { return r(p) }

// TestWriteFile replaces what a link leads to, and nothing but regular files.
func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	link, real := filepath.Join(dir, "link"), filepath.Join(dir, "real")
	outside.Need(t, os.Symlink("real", link))
	for _, content := range []string{"one", "two"} {
		if err := app.WriteFile(link, []byte(content)); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(real)
		info, linkErr := os.Lstat(link)
		if err != nil || linkErr != nil || string(data) != content || info.Mode()&os.ModeSymlink == 0 {
			t.Errorf("%q: %v, link %v, %v", data, err, info, linkErr)
		}
	}
	if err := app.WriteFile(dir, nil); err == nil {
		t.Error("a directory was written")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 2 {
		t.Errorf("left behind: %v", entries)
	}
}
