//go:build unix

package app_test

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/locale"
)

// TestInputsOfFixes are bounded, and end when the user asks for it, whichever
// of them it is.
func TestInputsOfFixes(t *testing.T) {
	env := environment(t, nil)
	for name, read := range map[string]func(context.Context, io.Reader, string) error{
		"plan": func(ctx context.Context, in io.Reader, path string) error {
			_, err := app.ReadInput(ctx, in, path, 1<<20)
			return err
		},
		"scan": func(ctx context.Context, in io.Reader, path string) error {
			_, err := app.SavedWishes(ctx, env, in, path, app.WishFilter{})
			return err
		},
		"finding": func(ctx context.Context, in io.Reader, path string) error {
			_, err := app.ImportedWishes(ctx, env, in, path, app.WishFilter{})
			return err
		},
		"state": func(ctx context.Context, _ io.Reader, path string) error {
			_, err := app.ReadState(ctx, strings.Replace(path, "-", "/dev/zero", 1))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			var message *locale.Error
			if err := read(t.Context(), zeros{}, "-"); !errors.As(err, &message) || message.Key != "cli.cannotRead" || !strings.Contains(err.Error(), "it is not UTF-8 text") {
				t.Errorf("endless zeros: %v", err)
			}
			fifo := filepath.Join(t.TempDir(), "fifo")
			if err := syscall.Mkfifo(fifo, 0o600); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel() // nobody ever writes into it
			if err := read(ctx, zeros{}, fifo); !errors.Is(err, context.Canceled) {
				t.Errorf("a FIFO with nobody at its other end: %v", err)
			}
		})
	}
}
