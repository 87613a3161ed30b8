package app

import (
	"bufio"
	"context"
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
	"github.com/kumoban/kumoban/internal/spool"
)

// Outputs say which reports to write, and where.
type Outputs struct {
	Formats []string
	Files   []string // the n-th belongs to the n-th format; "-" or none: stdout
	Report  report.Options
}

// open checks all outputs before anything is scanned. Files are written under
// a temporary name beside their place and take it only when whole. Where late is
// set, reports that people read wait until the scan is saved.
func (o Outputs) open(ctx context.Context, env *Env, late bool) (*outputs, error) {
	formats, err := o.formats()
	if err != nil {
		return nil, err
	}
	if len(o.Files) > len(formats) {
		return nil, locale.Errorf("cli.moreOutputs", locale.A("outputs", len(o.Files)), locale.A("formats", len(formats)))
	}
	places, err := o.places(env, len(formats))
	if err != nil {
		return nil, err
	}
	texts, err := report.NewTexts(env.Catalog, env.Controls)
	if err != nil {
		return nil, err
	}
	all := &outputs{env: env, texts: texts}
	for i, format := range formats {
		waits := late && (format == "text" || format == "html")
		if err := all.add(ctx, format, places[i], waits, o.Report); err != nil {
			all.discard()
			return nil, err
		}
	}
	return all, nil
}

// places finds where each report goes, and that no two go to the same place.
func (o Outputs) places(env *Env, n int) ([]place, error) {
	var places []place
	for i := range n {
		path := "-"
		if i < len(o.Files) {
			path = o.Files[i]
		}
		p, err := newPlace(path, env.Stdout)
		if err != nil {
			return nil, err
		}
		for _, q := range places {
			if p.stdout && q.stdout {
				return nil, locale.Errorf("cli.twoOnStdout")
			}
			if p.collides(q) {
				return nil, locale.Errorf("cli.sameOutput", locale.A("one", q.name()), locale.A("other", p.name()))
			}
		}
		places = append(places, p)
	}
	return places, nil
}

// formats are those that were asked for or else, for each file, the one that
// its name ends in.
func (o Outputs) formats() ([]string, error) {
	if len(o.Formats) > 0 {
		return o.Formats, nil
	}
	var formats []string
	for _, file := range o.Files {
		format := formatOf(file)
		if format == "" {
			return nil, locale.Errorf("cli.unknownEnding", locale.A("file", locale.Clean(file)), locale.A("endings", endings()))
		}
		formats = append(formats, format)
	}
	if len(formats) == 0 {
		return []string{"text"}, nil
	}
	return formats, nil
}

// endings are those of files' names that say which format is wanted.
func endings() []string {
	return []string{".txt", ".json", ".jsonl", ".csv", ".html", ".asff.json", ".ocsf.json"}
}

// formatOf is the format that a file's name ends in, as in scan.csv or
// scan.ocsf.json; text where it has no ending, "" where that names none.
func formatOf(file string) string {
	name := strings.ToLower(filepath.Base(file))
	extension := strings.TrimPrefix(filepath.Ext(name), ".")
	inner := strings.TrimPrefix(filepath.Ext(strings.TrimSuffix(name, "."+extension)), ".")
	switch {
	case extension == "json" && (inner == "asff" || inner == "ocsf"):
		return inner
	case extension == "htm":
		return "html"
	case slices.Contains(report.Formats(), extension):
		return extension
	case extension == "" || extension == "txt":
		return "text"
	}
	return ""
}

type output struct {
	report.Handler
	place
	format  string
	waits   bool     // until the scan is saved; then it has no Handler before
	file    *os.File // the temporary file or the stream; nil for stdout, and once it has its name
	buffer  *bufio.Writer
	options report.Options
	err     error // the first; nothing is written after it
}

// outputs is a handler that writes several reports. One that fails takes no
// other along.
type outputs struct {
	env     *Env
	texts   *report.Texts
	list    []output
	scan    *report.Scan
	shown   bool // a text report goes to stdout
	unnamed int  // gaps of accounts that nobody could name
}

func (o *outputs) add(ctx context.Context, format string, p place, waits bool, options report.Options) error {
	out := output{place: p, format: format, waits: waits, options: options}
	var w io.Writer = o.env.Stdout
	if p.stdout {
		o.shown = o.shown || format == "text"
	} else {
		file, err := p.open(ctx)
		if err != nil {
			return cannotWrite(p.path, err)
		}
		out.file, w = file, file
		out.options.Color, out.options.Terminal = false, false
	}
	out.buffer = bufio.NewWriterSize(w, 64<<10)
	var err error
	if !waits {
		out.Handler, err = report.New(format, out.buffer, o.texts, out.options)
	}
	o.list = append(o.list, out)
	return err
}

// later hands the scan, which is saved now, to the reports that waited for that,
// each with what the store knows.
func (o *outputs) later(scan *report.Scan, seen *spool.Spool, gaps []resource.Gap, known *Known, past *report.Past, total finding.Count) error {
	o.scan = scan
	late := outputs{env: o.env, texts: o.texts, scan: scan}
	for i := range o.list {
		if out := o.list[i]; out.waits {
			late.list, o.list[i].file = append(late.list, out), nil
		}
	}
	if len(late.list) == 0 {
		return nil
	}
	defer late.discard()
	for i := range late.list {
		out := &late.list[i]
		out.waits = false
		if known != nil {
			out.options.Known = known.fill
		}
		if past != nil {
			out.options.Trend = func(*report.Scan, []*resource.Gap) report.Past { return *past }
		}
		var err error
		if out.Handler, err = report.New(out.format, out.buffer, o.texts, out.options); err != nil {
			return err
		}
	}
	err := seen.All(func(f *finding.Finding) error {
		known.mark(f)
		return late.Finding(f)
	})
	for i := range gaps {
		err = errors.Join(err, late.Gap(&gaps[i]))
	}
	if err != nil {
		return err
	}
	return errors.Join(late.End(scan), late.keep(scan.Incomplete != "", total))
}

// past asks for the scores of the past, where a report waits that shows them.
func (o *outputs) past(scan *report.Scan, gaps []resource.Gap) *report.Past {
	for _, out := range o.list {
		if out.waits && out.format == "html" && out.options.Trend != nil {
			list := make([]*resource.Gap, len(gaps))
			for i := range gaps {
				list[i] = &gaps[i]
			}
			past := out.options.Trend(scan, list)
			return &past
		}
	}
	return nil
}

// Finding implements report.Handler.
func (o *outputs) Finding(f *finding.Finding) error {
	return o.each(func(out *output) error { return out.Finding(f) })
}

// Gap implements report.Handler.
func (o *outputs) Gap(g *resource.Gap) error {
	if g.Account == "" {
		o.unnamed++
	}
	return o.each(func(out *output) error { return out.Gap(g) })
}

// End implements report.Handler. Streams are ended by keep, when the files are
// safe: whoever reads a stream may make it wait, or go away.
func (o *outputs) End(s *report.Scan) error {
	o.scan = s
	return o.each(func(out *output) error {
		if out.stream {
			return nil
		}
		return out.end(s)
	})
}

func (out *output) end(s *report.Scan) error {
	if err := out.Handler.End(s); err != nil {
		return err
	}
	return out.buffer.Flush()
}

// each does something to all outputs that have not failed; it fails when none
// is left.
func (o *outputs) each(do func(*output) error) error {
	left := false
	for i := range o.list {
		out := &o.list[i]
		if out.err == nil && !out.waits {
			if err := do(out); err != nil {
				out.err = cannotWrite(out.name(), err)
			}
		}
		left = left || out.err == nil
	}
	if left {
		return nil
	}
	return o.err()
}

func (o *outputs) err() error {
	for _, out := range o.list {
		if out.err != nil {
			return out.err
		}
	}
	return nil
}

// keep gives the files their names, and then ends the reports on streams. Files
// of an incomplete scan never replace those of a complete one: they are called
// FILE.incomplete. It fails where any report did.
func (o *outputs) keep(incomplete bool, total finding.Count) error {
	_ = o.each(func(out *output) error { return out.keep(incomplete) })
	_ = o.each(func(out *output) error {
		if !out.stream {
			return nil
		}
		err := out.end(o.scan)
		if out.file != nil {
			err = errors.Join(err, out.file.Close())
			out.file = nil
		}
		return err
	})
	o.tell(incomplete, total)
	return o.err()
}

func (out *output) keep(incomplete bool) error {
	if out.stream {
		return nil
	}
	name := out.target
	if incomplete {
		name += incompleteName
	}
	if err := out.take(out.file, name); err != nil {
		return err
	}
	out.file = nil
	if incomplete {
		return nil
	}
	if err := os.Remove(name + incompleteName); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// tell names the files that were written, and what a format has no place for.
func (o *outputs) tell(incomplete bool, total finding.Count) {
	for _, out := range o.list {
		if out.err != nil || out.waits {
			continue
		}
		if out.format == "asff" && o.unnamed > 0 {
			o.env.Tell("cli.asffUnnamed", locale.A("n", o.unnamed))
		}
		if out.stdout {
			continue
		}
		args := []locale.Arg{locale.A("file", out.path), locale.A("n", total.Findings()), locale.A("failed", total.Failed), locale.A("unknown", total.Unknown)}
		if incomplete && !out.stream {
			args[0] = locale.A("file", out.target+incompleteName)
			o.env.Tell("cli.wroteIncomplete", append(args, locale.A("name", out.path))...)
			continue
		}
		o.env.Tell("cli.wrote", args...)
	}
}

// discard removes the temporary files that were not kept.
func (o *outputs) discard() {
	for _, out := range o.list {
		if out.file == nil {
			continue
		}
		_ = out.file.Close() // it is thrown away
		if !out.stream {
			_ = os.Remove(out.file.Name())
		}
	}
}
