// Package saved writes scans as JSON and JSON lines, and reads them again.
package saved

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"

	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/report/internal/stream"
	"github.com/kumoban/kumoban/internal/resource"
)

// Handler writes one object, in an order that does not depend on which
// account answered first.
type Handler struct {
	stream.Kept
	w     io.Writer
	texts *stream.Texts
	tally *stream.Tally
}

// New returns a handler that writes JSON to w.
func New(w io.Writer, texts *stream.Texts) *Handler {
	return &Handler{w: w, texts: texts, tally: stream.NewTally()}
}

// Finding keeps a finding.
func (h *Handler) Finding(f *finding.Finding) error {
	h.tally.Add(f)
	h.Keep(f)
	return nil
}

// End writes a finding and a gap a line, so that two scans compare line by line.
func (h *Handler) End(s *stream.Scan) error {
	h.Sort(s.Controls)
	h.tally.Hide(s.Controls, h.Gaps)
	w := bufio.NewWriterSize(h.w, 1<<16) // keeps its first error for Flush
	head, err := stream.Encode(saveScan(s))
	if err != nil {
		return err
	}
	w.Write(bytes.TrimSuffix(head, []byte("}")))
	w.WriteString(",\n\"findings\":")
	if err := stream.WriteList(w, stream.Mapped(h.Findings, func(f *finding.Finding) savedFinding { return saveFinding(h.texts, f) })); err != nil {
		return err
	}
	w.WriteString(",\n\"gaps\":")
	if err := stream.WriteList(w, stream.Mapped(h.Gaps, saveGap)); err != nil {
		return err
	}
	summary, err := stream.Encode(saveSummary(s, h.tally, len(h.Gaps)))
	if err != nil {
		return err
	}
	w.WriteString(",\n\"summary\":")
	w.Write(summary)
	w.WriteString("}\n")
	return w.Flush()
}

// LinesHandler writes one object a line, as they come; it keeps no findings.
type LinesHandler struct {
	w     *bufio.Writer
	enc   *json.Encoder
	texts *stream.Texts
	tally *stream.Tally
	gaps  int
	// unnamed are the gaps of accounts that nobody could name, at most one for
	// each target and Region: what they hide is known at the end.
	unnamed stream.Kept
}

// NewLines returns a handler that writes JSON lines to w.
func NewLines(w io.Writer, texts *stream.Texts) *LinesHandler {
	buffered := bufio.NewWriterSize(w, 1<<16)
	enc := json.NewEncoder(buffered)
	enc.SetEscapeHTML(false)
	return &LinesHandler{w: buffered, enc: enc, texts: texts, tally: stream.NewTally()}
}

// Finding writes a line.
func (h *LinesHandler) Finding(f *finding.Finding) error {
	h.tally.Add(f)
	saved := saveFinding(h.texts, f)
	saved.lineHead = lineHead{"finding", schemaVersion}
	return h.enc.Encode(&saved)
}

// Gap writes a line.
func (h *LinesHandler) Gap(g *resource.Gap) error {
	h.gaps++
	if stream.Unnamed(g) {
		if err := h.unnamed.Gap(g); err != nil {
			return err
		}
	}
	saved := saveGap(g)
	saved.lineHead = lineHead{"gap", schemaVersion}
	return h.enc.Encode(&saved)
}

// End writes the last line.
func (h *LinesHandler) End(s *stream.Scan) error {
	h.tally.Hide(s.Controls, h.unnamed.Gaps)
	last := lastLine{saveScan(s), saveSummary(s, h.tally, h.gaps)}
	last.Type = "scan"
	if err := h.enc.Encode(&last); err != nil {
		return err
	}
	return h.w.Flush()
}

// lastLine is the line of jsonl without which the file is not whole.
type lastLine struct {
	savedScan
	Summary savedSummary `json:"summary"`
}
