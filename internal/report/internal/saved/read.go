package saved

import (
	"bufio"
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

// Sink takes what a saved scan holds as it is read. Only when [Stream] has
// returned without an error is it known to be whole.
type Sink interface {
	Finding(*finding.Finding) error
	Gap(*resource.Gap) error
}

// Stream reads what the json or jsonl handler wrote, without holding it; it
// tells them apart by the first line. Controls come from all by id; one that all
// does not have keeps its id and severity. A file that is cut off, altered or of
// a later schemaVersion is a [locale.Error], for half a scan would read as a
// clean one; errors of to are returned as they are.
func Stream(r io.Reader, all []*control.Control, to Sink) (*stream.Scan, error) {
	s := &reading{in: bufio.NewReaderSize(&once{r: r}, peeked), all: all, to: to, tally: finding.NewTally(nil)}
	if err := s.begin(); err != nil {
		return nil, err
	}
	if format := s.otherFormat(); format != "" {
		return nil, locale.Errorf("report.saved.format", locale.A("format", format))
	}
	line, err := s.firstLine()
	if err != nil {
		return nil, err
	}
	var first fileHead
	lines := json.Unmarshal(line, &first) == nil && first.Type != ""
	s.in = bufio.NewReaderSize(io.MultiReader(bytes.NewReader(line), s.in), 1<<16)
	if !lines {
		return s.whole()
	}
	if err := first.check(); err != nil {
		return nil, err
	}
	return s.lines()
}

// peeked is how much is looked at to tell what a file is: more than the largest
// finding that Security Hub takes.
const peeked = 1 << 20

// fileHead tells what a file is.
type fileHead struct {
	lineHead
	Kumoban string `json:"kumoban"`
	Digest  string `json:"digest"` // of a plan
}

func (h *fileHead) check() error {
	switch {
	case h.SchemaVersion <= 0:
		return locale.Errorf("report.saved.other")
	case h.Digest != "":
		return locale.Errorf("report.saved.plan")
	case h.SchemaVersion > schemaVersion:
		return locale.Errorf("report.saved.later", locale.A("version", strconv.Quote(h.Kumoban)),
			locale.A("theirs", h.SchemaVersion), locale.A("ours", schemaVersion))
	}
	return nil
}

// reading is a saved scan on its way in.
type reading struct {
	in    *bufio.Reader
	all   []*control.Control
	to    Sink
	tally *finding.Tally
	gaps  int
}

// once reads to the end once: a terminal goes on after it.
type once struct {
	r   io.Reader
	err error
}

// Read implements io.Reader.
func (o *once) Read(p []byte) (n int, err error) {
	if o.err == nil {
		n, o.err = o.r.Read(p)
	}
	return n, o.err
}

const space = " \t\r\n\v\f"

// begin skips a byte order mark and white space.
func (s *reading) begin() error {
	if mark, _ := s.in.Peek(3); string(mark) == "\ufeff" {
		_, _ = s.in.Discard(len(mark)) // it is in the buffer
	}
	for {
		c, err := s.in.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			return locale.Errorf("report.saved.empty")
		case err != nil:
			return err
		case !bytes.ContainsRune([]byte(space), rune(c)):
			return s.in.UnreadByte()
		}
	}
}

// otherFormat recognises the reports that cannot be read again, "" where it is
// none of them.
func (s *reading) otherFormat() string {
	begins, _ := s.in.Peek(peeked) // of a short file it is all; what else went wrong is said when it is read
	switch {
	case bytes.HasPrefix(begins, []byte("id,control,")):
		return "csv"
	case bytes.HasPrefix(begins, []byte("kumoban ")):
		return "text"
	case bytes.HasPrefix(begins, []byte("<!DOCTYPE html>")):
		return "html"
	}
	list := json.NewDecoder(bytes.NewReader(begins))
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

// longest is the longest line that jsonl begins with; json may be one line.
const longest = 16 << 20

// firstLine reads the first line, or as much of it.
func (s *reading) firstLine() ([]byte, error) {
	var line []byte
	for len(line) < longest {
		part, err := s.in.ReadSlice('\n')
		line = append(line, part...)
		if err == nil || errors.Is(err, io.EOF) {
			break
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
	}
	return line, nil
}

func (s *reading) finding(data []byte) (ok bool, err error) {
	var saved savedFinding
	if json.Unmarshal(data, &saved) != nil {
		return false, nil
	}
	f, ok := saved.restore()
	if !ok {
		return false, nil
	}
	s.tally.Add(f)
	return true, s.to.Finding(f)
}

func (s *reading) gap(data []byte) (ok bool, err error) {
	var saved savedGap
	if json.Unmarshal(data, &saved) != nil {
		return false, nil
	}
	g, ok := saved.restore()
	if !ok {
		return false, nil
	}
	s.gaps++
	return true, s.to.Gap(g)
}

// end makes the scan and checks that nothing was lost on the way.
func (s *reading) end(saved *savedScan, sum *savedSummary) (*stream.Scan, error) {
	counted := finding.Count{
		Passed: sum.Passed, Failed: sum.Failed, Unknown: sum.Unknown, NotApplicable: sum.NotApplicable, NotOffered: sum.NotOffered,
	}
	if sum.Findings != s.tally.Total.Findings() || sum.Gaps != s.gaps || counted != s.tally.Total {
		return nil, locale.Errorf("report.saved.count")
	}
	if !writable(saved.StartedAt) || !writable(saved.EndedAt) {
		return nil, damaged("startedAt, endedAt")
	}
	scan := &stream.Scan{
		Version: saved.Kumoban, Started: saved.StartedAt.UTC(), Ended: saved.EndedAt.UTC(), Source: saved.Source, Endpoint: saved.Endpoint, Exported: saved.Exported,
	}
	if saved.Incomplete != nil {
		scan.Incomplete = *saved.Incomplete
	}
	for _, a := range saved.Accounts {
		scan.Accounts = append(scan.Accounts, resource.Account(a))
	}
	for _, e := range saved.Elsewhere {
		scan.Elsewhere = append(scan.Elsewhere, resource.Elsewhere(e))
	}
	for _, t := range saved.Tuned {
		scan.Tuned = append(scan.Tuned, stream.Tuned{Account: t.Account, Region: t.Region, Control: t.Control, Params: restoreParams(t.Params)})
	}
	for _, u := range saved.Untuned {
		scan.Untuned = append(scan.Untuned, stream.Untuned(u))
	}
	for i, c := range saved.Controls {
		if c.ID == "" || c.Severity == 0 {
			return nil, damaged(fmt.Sprintf("controls[%d]", i))
		}
		scan.Controls = append(scan.Controls, control.Selected{Control: c.find(s.all), Params: restoreParams(c.Params)})
	}
	return scan, nil
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
