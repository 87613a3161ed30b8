// Package csv writes findings as comma-separated values for spreadsheets.
package csv

import (
	"bufio"
	"io"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/report/internal/stream"
	"github.com/kumoban/kumoban/internal/resource"
)

const header = "id,control,severity,status,account,region,resource_type,resource_id,resource_name,message,notes,reason,not_offered\r\n"

// Handler writes RFC 4180: lines end in CRLF, cells are quoted where they
// must be. It does without encoding/csv to save a copy of each cell.
type Handler struct {
	w     *bufio.Writer
	texts *stream.Texts
	row   []byte
	bom   bool
	begun bool
}

// New returns a handler that writes to w; bom begins the file with a byte order
// mark, which Excel needs to see UTF-8.
func New(w io.Writer, texts *stream.Texts, bom bool) *Handler {
	return &Handler{w: bufio.NewWriterSize(w, 1<<16), texts: texts, bom: bom}
}

func (h *Handler) begin() {
	if h.begun {
		return
	}
	h.begun = true
	if h.bom {
		h.w.WriteString("\ufeff") // the writer keeps its first error for Flush
	}
	h.w.WriteString(header)
}

// Finding writes a row.
func (h *Handler) Finding(f *finding.Finding) error {
	h.begin()
	r, b := &f.Resource, h.row[:0]
	for _, cell := range [...]string{
		f.ID(), f.Control, f.Severity.String(), f.Status.String(), r.Account, r.Region, string(r.Type), r.ID(), r.Name,
		h.texts.Message(f.Control, f.Message), h.texts.Notes(f), f.Reason,
	} {
		b = append(appendCell(b, cell), ',')
	}
	h.row = append(strconv.AppendBool(b, f.NotOffered), "\r\n"...)
	_, err := h.w.Write(h.row)
	return err
}

// Gap has no row of its own: what it hides has UNKNOWN ones.
func (h *Handler) Gap(*resource.Gap) error { return nil }

// End writes what is buffered.
func (h *Handler) End(*stream.Scan) error {
	h.begin()
	return h.w.Flush()
}

// appendCell defuses what a spreadsheet would take for a formula by a leading
// apostrophe, and quotes what needs it.
func appendCell(b []byte, s string) []byte {
	if s == "" {
		return b
	}
	s = strings.ToValidUTF8(s, "\ufffd")
	defuse := strings.IndexByte("=+-@\t\r\n\x00", s[0]) >= 0
	if !strings.ContainsAny(s, "\",\r\n") {
		if defuse {
			b = append(b, '\'')
		}
		return append(b, s...)
	}
	b = append(b, '"')
	if defuse {
		b = append(b, '\'')
	}
	for {
		i := strings.IndexByte(s, '"')
		if i < 0 {
			return append(append(b, s...), '"')
		}
		b = append(append(b, s[:i]...), `""`...)
		s = s[i+1:]
	}
}
