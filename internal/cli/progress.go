package cli

import (
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/locale"
)

// logger writes warnings to stderr, more with -v and --debug, nothing with -q.
func (p *program) logger(quiet, verbose, debug bool) *slog.Logger {
	level := slog.LevelWarn
	switch {
	case quiet:
		return slog.New(slog.DiscardHandler)
	case debug:
		level = slog.LevelDebug
	case verbose:
		level = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(p.stderr, &slog.HandlerOptions{Level: level}))
}

func (p *program) progress(quiet bool) app.Progress {
	if quiet || !p.isTerminal(p.stderr) {
		return silent{}
	}
	l := &line{w: p.screen, text: func(units, failed int) string {
		return p.text("progress", locale.A("units", units), locale.A("failed", failed))
	}}
	l.Step(0, 0) // something moves at once, however slow the account is
	return l
}

type silent struct{}

func (silent) Step(int, int) {}
func (silent) Done()         {}

// line redraws one line on a terminal, at most five times a second.
type line struct {
	w    io.Writer
	text func(units, failed int) string
	mu   sync.Mutex
	last time.Time
}

// Step implements app.Progress.
func (l *line) Step(units, failed int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := time.Now(); now.Sub(l.last) >= 200*time.Millisecond {
		l.last = now
		fmt.Fprintf(l.w, "\r\x1b[K%s", l.text(units, failed))
	}
}

// Done implements app.Progress.
func (l *line) Done() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.last.IsZero() {
		fmt.Fprint(l.w, "\r\x1b[K")
	}
}
