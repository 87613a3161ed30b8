package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"

	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/locale"
)

// Limits of what is read, in bytes: far above what people and kumoban write,
// and below what would exhaust a machine.
const (
	SettingsLimit = 1 << 20
	PlanLimit     = 64 << 20
	accountsLimit = 16 << 20
	stateLimit    = 256 << 20
	findingsLimit = 256 << 20
	scanLimit     = 1 << 30
	importLimit   = 1 << 36 // what is imported is not held
)

// ReadFile reads a text file of at most limit bytes. When ctx ends, it returns
// ctx's error, even where a FIFO has nobody at its other end.
func ReadFile(ctx context.Context, path string, limit int64) ([]byte, error) {
	return opened(ctx, nil, path, limit, io.ReadAll)
}

// ReadInput is [ReadFile] for what a user names, "-" being stdin. Its errors
// name the file.
func ReadInput(ctx context.Context, stdin io.Reader, path string, limit int64) ([]byte, error) {
	data, err := opened(ctx, stdin, path, limit, io.ReadAll)
	if err != nil {
		return nil, cannotRead(path, err)
	}
	return data, nil
}

// opened lets read have a file's bounded text, or that of stdin, if there is
// one and path is "-".
func opened[T any](ctx context.Context, stdin io.Reader, path string, limit int64, read func(io.Reader) (T, error)) (T, error) {
	return awaited(ctx, func() (T, error) {
		in := stdin
		if stdin == nil || path != "-" {
			file, err := os.Open(path)
			if err != nil {
				var none T
				return none, err
			}
			defer func() { _ = file.Close() }() // it was only read
			in = file
		}
		return read(&bounded{r: in, limit: limit})
	})
}

// awaited returns what do returns, or ctx's error as soon as ctx ends. What
// waits for a FIFO or a terminal cannot be ended, so do then goes on unheard.
func awaited[T any](ctx context.Context, do func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	answers := make(chan answer, 1)
	go func() {
		value, err := do()
		answers <- answer{value, err}
	}()
	select {
	case a := <-answers:
		return a.value, a.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// bounded reads text up to a limit and fails beyond it; a NUL is no text, as in
// a device or in UTF-16.
type bounded struct {
	r           io.Reader
	limit, read int64
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.read += int64(n)
	switch {
	case bytes.IndexByte(p[:n], 0) >= 0:
		return 0, locale.Errorf("cli.noText")
	case b.read > b.limit:
		return 0, locale.Errorf("cli.tooLarge", locale.A("limit", int(b.limit>>20)))
	}
	return n, err
}

func cannotRead(path string, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return locale.Errorf("cli.cannotRead", locale.A("file", path), locale.A("error", locale.Cause(err)))
}

// PlanPath is where the plan of a run is kept.
func PlanPath(dir, run string) string { return execute.PlanPath(dir, run) }
