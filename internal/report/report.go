// Package report turns findings into text, JSON, JSON lines, ASFF, OCSF, CSV
// and HTML. The formats are handlers of one stream; a saved JSON scan replays
// into any of them. Reports are pure: they write to the writer they are given
// and decide nothing.
package report

import (
	"io"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report/internal/asff"
	"github.com/kumoban/kumoban/internal/report/internal/csv"
	"github.com/kumoban/kumoban/internal/report/internal/html"
	"github.com/kumoban/kumoban/internal/report/internal/ocsf"
	"github.com/kumoban/kumoban/internal/report/internal/saved"
	"github.com/kumoban/kumoban/internal/report/internal/stream"
	"github.com/kumoban/kumoban/internal/report/internal/text"
	"github.com/kumoban/kumoban/internal/resource"
)

type (
	// Handler takes a scan as it happens.
	Handler = stream.Handler
	// Scan says who looked where, when, and for what.
	Scan = stream.Scan
	// Account is one account that was looked at.
	// Tuned are a control's parameters of an account's Security Hub in one Region.
	Tuned = stream.Tuned
	// Untuned is an account and Region whose Security Hub did not tell.
	Untuned = stream.Untuned
	// Texts renders what findings say in one language.
	Texts = stream.Texts
	// Replay is a saved scan.
	Replay = saved.Replay
	// Sink takes the findings and gaps of a saved scan.
	Sink = saved.Sink
	// Named is what a finding in the AWS Security Finding Format names.
	Named = asff.Named
	// Point is a score of the past.
	Point = html.Point
	// Past is the scores of the past beside a scan's own.
	Past = html.Past
	// LeftOut are scans of the past that do not compare.
	LeftOut = html.LeftOut
	// Held is a finding that Security Hub holds.
	Held = asff.Held
	// Note is what a person wrote on a finding in Security Hub.
	Note = asff.Note
	// Imports makes findings for BatchImportFindings.
	Imports = asff.Imports
	// Import is one of them.
	Import = asff.Import
	// Standing is what has become of a finding that is kept.
	Standing = asff.Standing
)

// Options are the choices that not every format has; the others ignore them.
type Options struct {
	// CSVBOM is for csv that Excel opens: a byte order mark, which Excel needs to
	// see UTF-8, and cells that are an account id as the formula ="012345678901",
	// for Excel would take the leading zero from a number. Without it they are
	// plain digits, and no cell is a formula.
	CSVBOM      bool
	Terminal    bool           // csv: the writer is a terminal, so control characters are escaped; text always does
	Kept        bool           // csv: columns, at the end, for what a store knows; the other formats see by the findings
	Color       bool           // text: ANSI colours
	Verbose     bool           // text: name all resources, and those that pass or are not applicable too
	NextCommand string         // text: the command to suggest at the end; empty: the report picks one
	Store       string         // text: what a command needs to find the store, after a space; usually empty
	Zone        *time.Location // text and html: by which clock times are told; nil: each by its own
	// Known, of text and html, fills in what a store knows of some of the findings
	// of a scan that was saved; nil: no store does.
	Known func([]*finding.Finding)
	// Trend, of html, returns the past that a scan with such gaps may stand
	// beside; nil: none is known.
	Trend func(*Scan, []*resource.Gap) Past
}

// Formats lists the names that New knows.
func Formats() []string { return []string{"text", "json", "jsonl", "asff", "ocsf", "csv", "html"} }

// New returns the handler that writes a format to w, in the language of texts.
// csv and jsonl keep no findings, text keeps the few that it names, html those
// that fail or are unknown, json, asff and ocsf keep all until End.
func New(format string, w io.Writer, texts *Texts, opts Options) (Handler, error) {
	if opts.Zone != nil {
		texts = texts.In(opts.Zone)
	}
	switch format {
	case "text":
		return text.New(w, texts, text.Options{Color: opts.Color, Verbose: opts.Verbose, NextCommand: opts.NextCommand, Store: opts.Store, Known: opts.Known}), nil
	case "json":
		return saved.New(w, texts), nil
	case "jsonl":
		return saved.NewLines(w, texts), nil
	case "asff":
		return asff.New(w, texts), nil
	case "ocsf":
		return ocsf.New(w, texts), nil
	case "csv":
		return csv.New(w, texts, csv.Options{BOM: opts.CSVBOM, Terminal: opts.Terminal, Kept: opts.Kept}), nil
	case "html":
		return html.New(w, texts, opts.Trend, opts.Known), nil
	}
	return nil, locale.Errorf("cli.unknownFormat", locale.A("format", format), locale.A("formats", Formats()))
}

// NewTexts reads the messages of controls in the catalogue's language; it
// fails where a control lacks them.
func NewTexts(cat *locale.Catalog, controls []*control.Control) (*Texts, error) {
	return stream.NewTexts(cat, controls)
}

// ReadJSON reads what the json or jsonl handler wrote. Controls come from all
// by id; one that all does not have keeps its id and severity. A file that is
// cut off, altered or of a later schemaVersion is a [locale.Error].
func ReadJSON(r io.Reader, all []*control.Control) (*Replay, error) { return saved.Read(r, all) }

// StreamJSON is ReadJSON for scans of any size: to takes each finding and gap
// as it is read, and whether all came is known when it returns.
func StreamJSON(r io.Reader, all []*control.Control, to Sink) (*Scan, error) {
	return saved.Stream(r, all, to)
}

// ReadASFF reads findings of Security Hub or of kumoban as the console shows
// them, as GetFindings returns them, or as an EventBridge event carries them.
// Controls come from all by id. What is no such finding, or one that names no
// live resource which its control judges, is a [locale.Error].
func ReadASFF(r io.Reader, all []*control.Control) ([]Named, error) { return asff.Read(r, all) }

// ReadHeld reads one finding as GetFindings returns it; nil where it is none of
// Security Hub's or kumoban's own about a control of all.
func ReadHeld(raw []byte, all []*control.Control) (*Held, error) { return asff.ReadHeld(raw, all) }

// NewImports makes findings of controls for Security Hub in the language of
// texts, as a version of kumoban.
func NewImports(texts *Texts, controls []*control.Control, version string) *Imports {
	return asff.NewImports(texts, controls, version)
}

// ParseTime reads a timestamp in any of the forms that Security Hub accepts.
func ParseTime(s string) (time.Time, bool) { return asff.ParseTime(s) }
