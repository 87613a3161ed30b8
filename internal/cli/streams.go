package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"

	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/locale"
)

// Signals returns a context that the first signal to stop ends; a second one
// ends the program at once. What is ignored when the program starts, as nohup
// arranges, stays ignored. A reader of stdout that goes away makes writing fail
// instead of ending the program.
func Signals(ctx context.Context) (context.Context, context.CancelFunc) {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) // programs that are started here would inherit Ignore
	stops := []os.Signal{syscall.SIGTERM}
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGHUP} {
		if !signal.Ignored(s) {
			stops = append(stops, s)
		}
	}
	ctx, stop := signal.NotifyContext(ctx, stops...)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// tap is stdout. When its reader goes away, as head does, the rest flows
// nowhere: what the program does and its exit code remain the same.
type tap struct {
	w    io.Writer
	gone bool
}

// Write implements io.Writer.
func (t *tap) Write(b []byte) (int, error) {
	if t.gone {
		return len(b), nil
	}
	n, err := t.w.Write(b)
	if errors.Is(err, syscall.EPIPE) {
		t.gone = true
		return len(b), nil
	}
	return n, err
}

// Stat tells what file stdout is, as os.File does.
func (t *tap) Stat() (fs.FileInfo, error) { return stat(t.w) }

// plain is stderr: through it, nothing that AWS, a file or a setting says
// commands the terminal, and no password of an address is shown, wherever on the
// command line it stood.
type plain struct{ w io.Writer }

var (
	ofServer  = regexp.MustCompile(`(?i)(\bpostgres(?:ql)?(?::/*|/+)[^\s/:@]*):[^\n]*@`)
	ofURL     = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://[^\s/:@]*):[^\s/@]+@`)
	ofKeyword = regexp.MustCompile(`(?i)(password\s*=\s*)(?:'(?:[^'\\]|\\.)*'?|[^\s&'"]+)`)
)

// masked is a line without passwords.
func masked(s string) string {
	if !strings.Contains(s, "@") && !strings.Contains(s, "=") {
		return s
	}
	s = ofURL.ReplaceAllString(ofServer.ReplaceAllString(s, "$1:…@"), "$1:…@")
	return ofKeyword.ReplaceAllString(s, "${1}…")
}

// Write implements io.Writer.
func (p plain) Write(b []byte) (int, error) {
	lines := strings.Split(string(b), "\n")
	for i := range lines {
		lines[i] = masked(locale.Clean(lines[i]))
	}
	if _, err := io.WriteString(p.w, strings.Join(lines, "\n")); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Stat tells what file stderr is, as os.File does.
func (p plain) Stat() (fs.FileInfo, error) { return stat(p.w) }

func stat(w io.Writer) (fs.FileInfo, error) {
	if file, ok := w.(*os.File); ok {
		return file.Stat()
	}
	return nil, fs.ErrInvalid
}

// phrase renders a text whose arguments come from outside: none of them ends the
// line or commands the terminal. A command that it proposes finds the same store.
func (p *program) phrase(key string, args ...locale.Arg) string {
	safe := make([]locale.Arg, len(args), len(args)+1)
	for i, a := range args {
		safe[i] = locale.A(a.Name, p.safe(a.Value))
	}
	safe = append(safe, locale.A("store", p.safe(p.sameStore)))
	return p.catalog.Text(key, safe...)
}

func (p *program) safe(value any) any {
	switch v := value.(type) {
	case int:
		return v
	case *locale.Error:
		return p.phrase(v.Key, v.Args...)
	case desk.Reason:
		value = p.explain(v.Err)
	case []string:
		list := make([]string, len(v))
		for i := range v {
			list[i] = locale.Clean(v[i])
		}
		return list
	}
	text := locale.Clean(fmt.Sprint(value))
	if r := []rune(text); len(r) > longest {
		text = string(r[:longest]) + "…"
	}
	return text
}

// longest is as much of one argument as a sentence repeats.
const longest = 1000
