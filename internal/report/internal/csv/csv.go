// Package csv writes findings as comma-separated values for spreadsheets.
package csv

import (
	"bufio"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report/internal/stream"
	"github.com/kumoban/kumoban/internal/resource"
)

const header = "id,control,severity,status,account,region,resource_type,resource_id,resource_name,message,notes,reason,not_offered,title,remediation"

// keptHeader names what only a store knows.
const keptHeader = ",workflow,record_state,first_seen,last_seen,changed,reopened,own_severity,exception,exception_reason,exception_until,exception_approved_by,note,note_by,tags,exception_while"

// Options are the choices of a csv report.
type Options struct {
	// BOM begins the file with a byte order mark, which Excel needs to see
	// UTF-8, and writes account ids as ="012345678901", from which Excel takes
	// no leading zero.
	BOM bool
	// Terminal escapes in cells what a terminal would obey.
	Terminal bool
	// Kept adds columns, at the end, for what a store knows of a finding.
	Kept bool
}

// Handler writes RFC 4180: lines end in CRLF, cells are quoted where they
// must be. It does without encoding/csv to save a copy of each cell.
type Handler struct {
	w     *bufio.Writer
	texts *stream.Texts
	opts  Options
	row   []byte
	begun bool
	// unnamed are the gaps of accounts that nobody could name, at most one for
	// each target and Region: whom they concern is known at the end.
	unnamed stream.Kept
}

// New returns a handler that writes to w.
func New(w io.Writer, texts *stream.Texts, opts Options) *Handler {
	return &Handler{w: bufio.NewWriterSize(w, 1<<16), texts: texts, opts: opts}
}

func (h *Handler) begin() {
	if h.begun {
		return
	}
	h.begun = true
	if h.opts.BOM {
		h.w.WriteString("\ufeff") // the writer keeps its first error for Flush
	}
	h.w.WriteString(header)
	if h.opts.Kept {
		h.w.WriteString(keptHeader)
	}
	h.w.WriteString("\r\n")
}

// Finding writes a row.
func (h *Handler) Finding(f *finding.Finding) error { return h.write(f.ID(), f) }

func (h *Handler) write(id string, f *finding.Finding) error {
	h.begin()
	r, b := &f.Resource, h.row[:0]
	b = h.cells(b, id, f.Control, f.Severity.String(), f.Status.String(), r.Account, r.Region, string(r.Type), r.ID(), r.Name,
		h.texts.Message(f.Control, f.Message), h.texts.Notes(f), f.Reason)
	b = append(strconv.AppendBool(b, f.NotOffered), ',')
	b = h.cells(b, h.texts.Title(f.Control), stream.Remediation(f.Control))
	if h.opts.Kept {
		b = h.kept(b, f)
	}
	b[len(b)-1] = '\r'
	h.row = append(b, '\n')
	_, err := h.w.Write(h.row)
	return err
}

// cells appends each cell and a comma.
func (h *Handler) cells(b []byte, cells ...string) []byte {
	for _, cell := range cells {
		switch {
		case h.opts.BOM && isAccount(cell):
			b = append(append(append(b, `"=""`...), cell...), `"""`...)
		case h.opts.Terminal:
			b = appendCell(b, locale.Clean(cell))
		default:
			b = appendCell(b, cell)
		}
		b = append(b, ',')
	}
	return b
}

// isAccount tells whether a cell is an account id: twelve digits.
func isAccount(cell string) bool {
	return len(cell) == 12 && strings.Trim(cell, "0123456789") == ""
}

// Gap has no row of its own, for what it hides has UNKNOWN ones, unless it is
// of an account that nobody could name.
func (h *Handler) Gap(g *resource.Gap) error {
	if stream.Unnamed(g) {
		return h.unnamed.Gap(g)
	}
	return nil
}

// End writes an UNKNOWN row without id and account for each control that cannot
// judge an account which nobody could name, and what is buffered.
func (h *Handler) End(s *stream.Scan) error {
	h.begin()
	for _, g := range h.unnamed.Gaps {
		for _, c := range s.Controls {
			if !stream.Hides(g, c.Control) {
				continue
			}
			if err := h.write("", &finding.Finding{
				Control: c.ID, Severity: c.Severity, Message: finding.Hidden(g), Reason: finding.ReasonUnread, NotOffered: !c.Offered(g.Region),
				Resource: resource.Ref{Scope: g.Scope, Type: resource.AccountType, Name: g.Name},
			}); err != nil {
				return err
			}
		}
	}
	return h.w.Flush()
}

// appendCell defuses what a spreadsheet would take for a formula, and quotes
// what needs it.
func appendCell(b []byte, s string) []byte {
	if s == "" {
		return b
	}
	s = defuse(strings.ToValidUTF8(s, "\ufffd"))
	if !strings.ContainsAny(s, "\",\r\n") {
		return append(b, s...)
	}
	b = append(b, '"')
	for {
		i := strings.IndexByte(s, '"')
		if i < 0 {
			return append(append(b, s...), '"')
		}
		b = append(append(b, s[:i]...), `""`...)
		s = s[i+1:]
	}
}

// splits are the characters at which a spreadsheet set to another separator
// begins a new cell, inside quotes too, for it does not see them as such.
const splits = ";\t\r\n"

// defuse puts an apostrophe before what begins like a formula: the cell, and
// every part of it that may become a cell of its own.
func defuse(s string) string {
	if first, _ := utf8.DecodeRuneInString(s); strings.ContainsRune("\t\r\n\x00", first) || formula(s) {
		s = "'" + s
	}
	if !strings.ContainsAny(s, splits) {
		return s
	}
	var b strings.Builder
	for {
		i := strings.IndexAny(s, splits)
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i+1])
		s = s[i+1:]
		if formula(s) {
			b.WriteByte('\'')
		}
	}
}

// formula tells whether a spreadsheet may take a text for a formula. Excel
// takes the wide signs too; what does not show is not relied on.
func formula(s string) bool {
	for _, r := range s {
		if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			continue
		}
		return strings.ContainsRune("=+-@＝＋－＠", r)
	}
	return false
}
