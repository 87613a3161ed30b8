package app

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
)

// Outputs say which reports to write, and where.
type Outputs struct {
	Formats []string
	Files   []string // the n-th belongs to the n-th format; "-" or none: stdout
	Report  report.Options
}

// open checks all outputs before anything is scanned. Files are written under
// a temporary name beside their place and take it only when whole.
func (o Outputs) open(env *Env) (*outputs, error) {
	formats := o.formats()
	if len(o.Files) > len(formats) {
		return nil, locale.Errorf("cli.moreOutputs", locale.A("outputs", len(o.Files)), locale.A("formats", len(formats)))
	}
	texts, err := report.NewTexts(env.Catalog, env.Controls)
	if err != nil {
		return nil, err
	}
	all := &outputs{env: env}
	stdout := false
	for i, format := range formats {
		file := "-"
		if i < len(o.Files) {
			file = o.Files[i]
		}
		if file == "-" && stdout {
			err = locale.Errorf("cli.twoOnStdout")
		}
		stdout = stdout || file == "-"
		all.shown = all.shown || file == "-" && format == "text"
		if err == nil {
			err = all.add(env, format, file, texts, o.Report)
		}
		if err != nil {
			all.discard()
			return nil, err
		}
	}
	return all, nil
}

// formats are those that were asked for or else, for each file, the one that
// its name ends in.
func (o Outputs) formats() []string {
	if len(o.Formats) > 0 {
		return o.Formats
	}
	var formats []string
	for _, file := range o.Files {
		format := strings.TrimPrefix(filepath.Ext(file), ".")
		if !slices.Contains([]string{"json", "jsonl", "asff", "csv"}, format) {
			format = "text"
		}
		formats = append(formats, format)
	}
	if len(formats) == 0 {
		return []string{"text"}
	}
	return formats
}

type output struct {
	report.Handler
	path   string   // "" for stdout
	temp   *os.File // nil for stdout
	buffer *bufio.Writer
}

// outputs is a handler that writes several reports.
type outputs struct {
	env   *Env
	list  []output
	shown bool // a text report goes to stdout
}

func (o *outputs) add(env *Env, format, path string, texts *report.Texts, options report.Options) error {
	out := output{}
	var w io.Writer = env.Stdout
	if path != "-" {
		temp, err := os.CreateTemp(filepath.Dir(path), ".kumoban-*")
		if err != nil {
			return cannotWrite(path, err)
		}
		out.path, out.temp, w = path, temp, temp
		options.Color, options.Terminal = false, false
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			err = cannotWrite(path, errors.New("is a directory"))
			o.list = append(o.list, out)
			return err
		}
	}
	out.buffer = bufio.NewWriterSize(w, 64<<10)
	handler, err := report.New(format, out.buffer, texts, options)
	out.Handler = handler
	o.list = append(o.list, out)
	return err
}

func cannotWrite(path string, err error) error {
	if path == "" {
		path = "stdout"
	}
	return locale.Errorf("cli.cannotWrite", locale.A("file", path), locale.A("error", cause(err)))
}

// Finding implements report.Handler.
func (o *outputs) Finding(f *finding.Finding) error {
	return o.each(func(out *output) error { return out.Finding(f) })
}

// Gap implements report.Handler.
func (o *outputs) Gap(g *resource.Gap) error {
	return o.each(func(out *output) error { return out.Gap(g) })
}

// End implements report.Handler.
func (o *outputs) End(s *report.Scan) error {
	return o.each(func(out *output) error {
		if err := out.Handler.End(s); err != nil {
			return err
		}
		return out.buffer.Flush()
	})
}

func (o *outputs) each(do func(*output) error) error {
	for i := range o.list {
		if err := do(&o.list[i]); err != nil {
			return cannotWrite(o.list[i].path, err)
		}
	}
	return nil
}

// keep gives the files their names. Those of an incomplete scan never replace
// a complete one: they are called FILE.incomplete.
func (o *outputs) keep(incomplete bool, total finding.Count) error {
	return o.each(func(out *output) error {
		if out.temp == nil {
			return nil
		}
		path := out.path
		if incomplete {
			path += ".incomplete"
		}
		mode := os.FileMode(0o600) // a list of weaknesses is not for everybody
		if info, err := os.Stat(out.path); err == nil {
			mode = info.Mode().Perm()
		}
		err := errors.Join(out.temp.Chmod(mode), out.temp.Sync(), out.temp.Close())
		if err == nil {
			err = os.Rename(out.temp.Name(), path)
		}
		if err != nil {
			return err
		}
		out.temp = nil
		args := []locale.Arg{locale.A("file", path), locale.A("n", total.Findings()), locale.A("failed", total.Failed), locale.A("unknown", total.Unknown)}
		if incomplete {
			o.env.Tell("cli.wroteIncomplete", append(args, locale.A("name", out.path))...)
			return nil
		}
		o.env.Tell("cli.wrote", args...)
		if err := os.Remove(out.path + ".incomplete"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}

// discard removes the temporary files that were not kept.
func (o *outputs) discard() {
	for _, out := range o.list {
		if out.temp != nil {
			_ = out.temp.Close() // it is thrown away
			_ = os.Remove(out.temp.Name())
		}
	}
}

// WriteFile writes a file whole or not at all: under a temporary name beside its
// place, which it takes when the data is on the disk.
func WriteFile(path string, data []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".kumoban-*")
	if err != nil {
		return cannotWrite(path, err)
	}
	_, err = temp.Write(data)
	err = errors.Join(err, temp.Chmod(0o600), temp.Sync(), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temp.Name()) // it is thrown away
		return cannotWrite(path, err)
	}
	return nil
}
