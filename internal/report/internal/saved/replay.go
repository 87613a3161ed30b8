package saved

import (
	"io"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/report/internal/stream"
	"github.com/kumoban/kumoban/internal/resource"
)

// Replay is a saved scan.
type Replay struct {
	Scan     stream.Scan
	Findings []*finding.Finding
	Gaps     []*resource.Gap
}

// Into feeds the scan to a handler as if it happened now.
func (r *Replay) Into(h stream.Handler) error {
	for _, f := range r.Findings {
		if err := h.Finding(f); err != nil {
			return err
		}
	}
	for _, g := range r.Gaps {
		if err := h.Gap(g); err != nil {
			return err
		}
	}
	return h.End(&r.Scan)
}

// Read reads a saved scan whole; see [Stream].
func Read(r io.Reader, all []*control.Control) (*Replay, error) {
	out := &Replay{}
	scan, err := Stream(r, all, (*collecting)(out))
	if err != nil {
		return nil, err
	}
	out.Scan = *scan
	return out, nil
}

// collecting is a Replay as it is read.
type collecting Replay

// Finding implements Sink.
func (c *collecting) Finding(f *finding.Finding) error {
	c.Findings = append(c.Findings, f)
	return nil
}

// Gap implements Sink.
func (c *collecting) Gap(g *resource.Gap) error {
	c.Gaps = append(c.Gaps, g)
	return nil
}
