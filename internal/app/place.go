package app

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/kumoban/kumoban/internal/locale"
)

// place is where a report goes. A regular file is replaced whole; a device, a
// FIFO or an open file descriptor is written as it comes and never replaced.
type place struct {
	path   string      // as the user named it
	target string      // whose name the report takes; where path is a link, what it leads to
	key    string      // target in full, free of links
	info   fs.FileInfo // nil where there is none yet
	stdout bool
	stream bool // not replaced; stdout is one too
}

// descriptor is the name that an open file descriptor has, once links on the
// way to it are followed.
var descriptor = regexp.MustCompile(`^/(?:dev|proc/([0-9]+)(?:/task/[0-9]+)?)/fd/([0-9]+)$`)

// links are as many as Linux follows in one path.
const links = 40

func newPlace(path string, stdout io.Writer) (place, error) {
	if path == "-" {
		return onStdout(path, stdout), nil
	}
	if path == "" {
		return place{}, locale.Errorf("cli.emptyOutput")
	}
	p := place{path: path}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir(), err != nil && os.IsPathSeparator(path[len(path)-1]):
		return p, cannotWrite(path, errors.New("is a directory"))
	case err == nil:
		p.info, p.stream = info, !info.Mode().IsRegular()
	case !errors.Is(err, fs.ErrNotExist):
		return p, cannotWrite(path, err)
	}
	if p.target, p.key, err = follow(path); err != nil {
		return p, cannotWrite(path, err)
	}
	if fd := descriptor.FindStringSubmatch(p.key); fd != nil {
		p.stream = true
		if fd[2] == "1" && (fd[1] == "" || fd[1] == strconv.Itoa(os.Getpid())) {
			return onStdout(path, stdout), nil
		}
	}
	return p, nil
}

// onStdout knows the file behind stdout where there is one.
func onStdout(path string, stdout io.Writer) place {
	p := place{path: path, stdout: true, stream: true}
	if file, ok := stdout.(interface{ Stat() (fs.FileInfo, error) }); ok {
		if info, err := file.Stat(); err == nil {
			p.info = info
		}
	}
	return p
}

// name is what messages call it.
func (p place) name() string {
	if p.path == "-" {
		return "stdout"
	}
	return p.path
}

// follow finds the file that links lead to, be it there or not, and its full
// name. It stops at a file descriptor, whose link is none that a path can follow.
func follow(path string) (target, key string, err error) {
	for range links {
		dir, err := filepath.EvalSymlinks(filepath.Dir(path))
		if err != nil {
			return "", "", err
		}
		if dir, err = filepath.Abs(dir); err != nil {
			return "", "", err
		}
		key = filepath.Join(dir, filepath.Base(path))
		next, err := os.Readlink(key)
		if err != nil || descriptor.MatchString(key) {
			return path, key, nil //nolint:nilerr // what cannot be read is no link
		}
		if !filepath.IsAbs(next) {
			next = filepath.Join(dir, next)
		}
		path = next
	}
	return "", "", errors.New("too many links")
}

// incompleteName ends the name of a report that must not replace a complete one.
const incompleteName = ".incomplete"

// collides tells whether one report would overwrite or mix with another.
func (p place) collides(q place) bool {
	if p.stdout && q.stdout {
		return true
	}
	if p.key != "" && (p.key == q.key || p.key == q.key+incompleteName || p.key+incompleteName == q.key) {
		return !isNull(p.info)
	}
	return os.SameFile(p.info, q.info) && !isNull(p.info)
}

// isNull tells whether a file is the device that forgets, which takes any
// number of reports.
func isNull(info fs.FileInfo) bool {
	null, err := os.Stat(os.DevNull)
	return err == nil && os.SameFile(info, null)
}

// open opens the temporary file beside a file to be replaced, or a stream. A
// FIFO waits for whoever reads it, which only ctx can end.
func (p place) open(ctx context.Context) (*os.File, error) {
	if p.stream {
		return awaited(ctx, p.create)
	}
	return p.create()
}

func (p place) create() (*os.File, error) {
	if p.stream {
		return os.OpenFile(p.path, os.O_WRONLY|os.O_APPEND, 0)
	}
	return os.CreateTemp(filepath.Dir(p.target), ".kumoban-*")
}

// take gives a whole temporary file a name in the place of what had it. Whoever
// could read that can read this.
func (p place) take(temp *os.File, name string) error {
	mode := os.FileMode(0o600) // a list of weaknesses is not for everybody
	if info, err := os.Stat(p.target); err == nil {
		mode = info.Mode().Perm()
	}
	err := errors.Join(temp.Chmod(mode), temp.Sync(), temp.Close())
	if err != nil {
		return err
	}
	return os.Rename(temp.Name(), name)
}

func cannotWrite(path string, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return locale.Errorf("cli.cannotWrite", locale.A("file", path), locale.A("error", locale.Cause(err)))
}

// WriteFile writes a file whole or not at all: under a temporary name beside its
// place, which it takes when the data is on the disk. Links are followed, and
// devices and FIFOs written as they are.
func WriteFile(path string, data []byte) error {
	p, err := newPlace(path, nil)
	if err != nil {
		return err
	}
	file, err := p.create()
	if err != nil {
		return cannotWrite(path, err)
	}
	_, err = file.Write(data)
	switch {
	case p.stream:
		err = errors.Join(err, file.Close())
	case err == nil:
		err = p.take(file, p.target)
	}
	if err != nil {
		if !p.stream {
			_ = file.Close() // it is thrown away
			_ = os.Remove(file.Name())
		}
		return cannotWrite(path, err)
	}
	return nil
}
