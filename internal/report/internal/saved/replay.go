package saved

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
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

// wholeScan is the json format. Findings and gaps are decoded one by one, so
// that an error can say which.
type wholeScan struct {
	savedScan
	Findings []json.RawMessage `json:"findings"`
	Gaps     []json.RawMessage `json:"gaps"`
	Summary  *savedSummary     `json:"summary"`
}

// Read reads what the json or jsonl handler wrote; it tells them apart by
// the first object. Controls come from all by id; one that all does not have
// keeps its id and severity. A file that is cut off, altered or of a later
// schemaVersion is a [locale.Error], for half a scan would read as a clean one.
func Read(r io.Reader, all []*control.Control) (*Replay, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	if len(data) == 0 {
		return nil, locale.Errorf("report.saved.empty")
	}
	if format := otherFormat(data); format != "" {
		return nil, locale.Errorf("report.saved.format", locale.A("format", format))
	}
	var first struct {
		lineHead
		Kumoban string `json:"kumoban"`
		Digest  string `json:"digest"` // of a plan
	}
	if err := json.NewDecoder(bytes.NewReader(data)).Decode(&first); err != nil {
		return nil, broken(err, "schemaVersion")
	}
	switch {
	case first.SchemaVersion <= 0:
		return nil, locale.Errorf("report.saved.other")
	case first.Digest != "":
		return nil, locale.Errorf("report.saved.plan")
	case first.SchemaVersion > schemaVersion:
		return nil, locale.Errorf("report.saved.later", locale.A("version", strconv.Quote(first.Kumoban)),
			locale.A("theirs", first.SchemaVersion), locale.A("ours", schemaVersion))
	case first.Type != "":
		return readLines(data, all)
	}
	return readWhole(data, all)
}

// otherFormat recognises the reports that cannot be read again, "" where it is
// none of them.
func otherFormat(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("id,control,")):
		return "csv"
	case bytes.HasPrefix(data, []byte("kumoban ")):
		return "text"
	case bytes.HasPrefix(data, []byte("<!DOCTYPE html>")):
		return "html"
	}
	list := json.NewDecoder(bytes.NewReader(data))
	if open, err := list.Token(); err != nil || open != json.Delim('[') {
		return ""
	}
	var first struct {
		AwsAccountID string `json:"AwsAccountId"`
		ClassUID     int    `json:"class_uid"`
	}
	if list.More() && (list.Decode(&first) != nil || first.AwsAccountID == "" && first.ClassUID == 0) {
		return ""
	}
	if first.ClassUID != 0 {
		return "ocsf"
	}
	return "asff"
}

// broken says where a file is damaged, rather than what a decoder calls it.
func broken(err error, place string) error {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &syntax) && syntax.Error() == "unexpected end of JSON input":
		return locale.Errorf("report.saved.cut")
	case errors.As(err, &syntax):
		return locale.Errorf("report.saved.byte", locale.A("n", int(syntax.Offset)))
	}
	return damaged(place)
}

func damaged(place string) error {
	return locale.Errorf("report.saved.damaged", locale.A("place", place))
}

func readWhole(data []byte, all []*control.Control) (*Replay, error) {
	var saved wholeScan
	if err := json.Unmarshal(data, &saved); err != nil {
		return nil, broken(err, "accounts, controls, summary")
	}
	if saved.Findings == nil || saved.Gaps == nil || saved.Summary == nil {
		return nil, damaged("findings, gaps, summary")
	}
	r := &Replay{}
	for i, f := range saved.Findings {
		if !r.finding(f) {
			return nil, damaged(fmt.Sprintf("findings[%d]", i))
		}
	}
	for i, g := range saved.Gaps {
		if !r.gap(g) {
			return nil, damaged(fmt.Sprintf("gaps[%d]", i))
		}
	}
	return r.end(&saved.savedScan, saved.Summary, all)
}

func readLines(data []byte, all []*control.Control) (*Replay, error) {
	r := &Replay{}
	for n := 1; ; n++ {
		line, rest, more := bytes.Cut(data, []byte("\n"))
		data = rest
		last, ok := r.line(line)
		switch {
		case last != nil && !more:
			return r.end(&last.savedScan, &last.Summary, all)
		case ok && last == nil && more:
			continue
		case !more && (ok || !json.Valid(line)):
			return nil, locale.Errorf("report.saved.cut")
		}
		return nil, locale.Errorf("report.saved.line", locale.A("n", n))
	}
}

// line takes one line and returns it if it is the last of the scan.
func (r *Replay) line(line []byte) (last *lastLine, ok bool) {
	var head lineHead
	if json.Unmarshal(line, &head) != nil || head.SchemaVersion != schemaVersion {
		return nil, false
	}
	switch head.Type {
	case "finding":
		return nil, r.finding(line)
	case "gap":
		return nil, r.gap(line)
	case "scan":
		last = &lastLine{}
		if json.Unmarshal(line, last) == nil {
			return last, true
		}
	}
	return nil, false
}

func (r *Replay) finding(data []byte) bool {
	var saved savedFinding
	if json.Unmarshal(data, &saved) != nil {
		return false
	}
	f, ok := saved.restore()
	r.Findings = append(r.Findings, f)
	return ok
}

func (r *Replay) gap(data []byte) bool {
	var saved savedGap
	if json.Unmarshal(data, &saved) != nil {
		return false
	}
	g, ok := saved.restore()
	r.Gaps = append(r.Gaps, g)
	return ok
}

// end fills in the scan and checks that nothing was lost on the way.
func (r *Replay) end(saved *savedScan, sum *savedSummary, all []*control.Control) (*Replay, error) {
	tally := finding.NewTally(nil)
	for _, f := range r.Findings {
		tally.Add(f)
	}
	counted := finding.Count{
		Passed: sum.Passed, Failed: sum.Failed, Unknown: sum.Unknown, NotApplicable: sum.NotApplicable, NotOffered: sum.NotOffered,
	}
	if sum.Findings != len(r.Findings) || sum.Gaps != len(r.Gaps) || counted != tally.Total {
		return nil, locale.Errorf("report.saved.count")
	}
	if !writable(saved.StartedAt) || !writable(saved.EndedAt) {
		return nil, damaged("startedAt, endedAt")
	}
	r.Scan = stream.Scan{
		Version: saved.Kumoban, Started: saved.StartedAt.UTC(), Ended: saved.EndedAt.UTC(), Source: saved.Source, Endpoint: saved.Endpoint, Exported: saved.Exported,
	}
	if saved.Incomplete != nil {
		r.Scan.Incomplete = *saved.Incomplete
	}
	for _, a := range saved.Accounts {
		r.Scan.Accounts = append(r.Scan.Accounts, stream.Account(a))
	}
	for i, c := range saved.Controls {
		if c.ID == "" || c.Severity == 0 {
			return nil, damaged(fmt.Sprintf("controls[%d]", i))
		}
		r.Scan.Controls = append(r.Scan.Controls, control.Selected{Control: c.find(all), Params: restoreParams(c.Params)})
	}
	return r, nil
}

// writable tells whether a time was set and has a year that JSON can hold, in
// any zone.
func writable(t time.Time) bool { return t.UTC().Year() > 1 && t.UTC().Year() < 9999 }

// find returns the control as it was when the scan was made, as far as known.
func (c *savedControl) find(all []*control.Control) *control.Control {
	for _, known := range all {
		if known.ID == c.ID {
			then := *known
			then.Severity = c.Severity
			return &then
		}
	}
	return &control.Control{ID: c.ID, Severity: c.Severity}
}
