package saved

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report/internal/stream"
)

// whole reads the json format: one object. Its findings and gaps are handed on
// one by one; all else is small, and may stand before or after them.
func (s *reading) whole() (*stream.Scan, error) {
	w := &wholeScan{reading: s, dec: json.NewDecoder(s.in), rest: map[string]json.RawMessage{}}
	open, err := w.dec.Token()
	if err == nil && open != json.Delim('{') {
		err = damaged("schemaVersion")
	}
	for err == nil && w.dec.More() {
		err = w.member()
	}
	if err == nil {
		_, err = w.dec.Token() // the closing brace
	}
	if err != nil {
		return nil, w.said(err)
	}
	return w.done()
}

// wholeScan is an object as it is read.
type wholeScan struct {
	*reading
	dec            *json.Decoder
	rest           map[string]json.RawMessage // its members but for the two lists
	findings, gaps bool                       // the lists have come
	bad            error                      // of a list's item; what is said of the whole file goes before it
}

func (w *wholeScan) member() error {
	key, err := w.dec.Token()
	if err != nil {
		return err
	}
	name := fmt.Sprint(key)
	switch {
	case strings.EqualFold(name, "findings") && !w.findings:
		w.findings, err = w.list("findings", w.finding)
	case strings.EqualFold(name, "gaps") && !w.gaps:
		w.gaps, err = w.list("gaps", w.gap)
	default:
		var raw json.RawMessage
		err = w.dec.Decode(&raw)
		w.rest[name] = raw
	}
	return err
}

// list reads the items of a list. It is not there where it is null.
func (w *wholeScan) list(name string, item func([]byte) (bool, error)) (there bool, err error) {
	open, err := w.dec.Token()
	if err != nil || open == nil {
		return false, err
	}
	if open != json.Delim('[') {
		return false, damaged("findings, gaps, summary")
	}
	var raw json.RawMessage
	for i := 0; w.dec.More(); i++ {
		if err := w.dec.Decode(&raw); err != nil {
			return false, err
		}
		if w.bad != nil {
			continue
		}
		ok, err := item(raw)
		if err != nil {
			return false, err
		}
		if !ok {
			w.bad = damaged(fmt.Sprintf("%s[%d]", name, i))
		}
	}
	_, err = w.dec.Token()
	return true, err
}

// said makes a sentence of an error of the decoder's, which counts the bytes of
// values alone: where it stopped, they are read again.
func (w *wholeScan) said(err error) error {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return broken(err, "schemaVersion")
	}
	var raw json.RawMessage
	into := int64(1)
	if again := json.NewDecoder(w.dec.Buffered()).Decode(&raw); errors.As(again, &syntax) {
		into = syntax.Offset
	}
	rest := bufio.NewReader(io.MultiReader(w.dec.Buffered(), w.in))
	if _, err := rest.Discard(int(into) - 1); err == nil && onlySpace(rest) {
		return locale.Errorf("report.saved.cut") // within a text, before a line feed that an editor or a shell added
	}
	return locale.Errorf("report.saved.byte", locale.A("n", int(w.dec.InputOffset()+into)))
}

// done checks what the object says of itself, and that nothing follows it.
func (w *wholeScan) done() (*stream.Scan, error) {
	data, err := json.Marshal(w.rest)
	if err != nil {
		return nil, err
	}
	var first fileHead
	if json.Unmarshal(data, &first) != nil {
		return nil, damaged("schemaVersion")
	}
	if err := first.check(); err != nil {
		return nil, err
	}
	if first.Type != "" {
		return nil, locale.Errorf("report.saved.line", locale.A("n", 1)) // of jsonl, in more lines than one
	}
	if at, err := w.follows(); at > 0 || err != nil {
		return nil, cmp.Or(err, locale.Errorf("report.saved.byte", locale.A("n", at)))
	}
	var saved struct {
		savedScan
		Summary *savedSummary `json:"summary"`
	}
	if json.Unmarshal(data, &saved) != nil {
		return nil, damaged("accounts, controls, summary")
	}
	if !w.findings || !w.gaps || saved.Summary == nil {
		return nil, damaged("findings, gaps, summary")
	}
	if w.bad != nil {
		return nil, w.bad
	}
	return w.end(&saved.savedScan, saved.Summary)
}

// follows is the place of the first byte after the object that is no white space; 0: none.
func (w *wholeScan) follows() (at int, err error) {
	rest := bufio.NewReader(io.MultiReader(w.dec.Buffered(), w.in))
	for at = int(w.dec.InputOffset()) + 1; ; at++ {
		c, err := rest.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			return 0, nil
		case err != nil:
			return 0, err
		case !bytes.ContainsRune([]byte(space), rune(c)):
			return at, nil
		}
	}
}

// broken says where a file is damaged, rather than what a decoder calls it. What
// is no decoder's stays.
func broken(err error, place string) error {
	var ours *locale.Error
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return locale.Errorf("report.saved.cut")
	case errors.As(err, &ours):
		return err
	case errors.As(err, &kind):
		return damaged(place)
	}
	return err
}

func damaged(place string) error {
	return locale.Errorf("report.saved.damaged", locale.A("place", place))
}

// lines reads the jsonl format.
func (s *reading) lines() (*stream.Scan, error) {
	var last *lastLine
	ended, blank := 0, 0 // the line of the scan, and the first that is empty
	for n := 1; ; n++ {
		line, err := s.in.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		over := err != nil
		switch {
		case len(bytes.TrimSpace(line)) == 0:
			if blank == 0 {
				blank = n
			}
		case last != nil:
			return nil, atLine(ended)
		case blank > 0:
			return nil, atLine(blank)
		default:
			var ok bool
			if last, ok, err = s.line(line); err != nil {
				return nil, err
			}
			if !ok && !json.Valid(line) && (over || onlySpace(s.in)) {
				return nil, locale.Errorf("report.saved.cut")
			}
			if !ok {
				return nil, atLine(n)
			}
			ended = n
		}
		if over && last == nil {
			return nil, locale.Errorf("report.saved.cut")
		}
		if over {
			return s.end(&last.savedScan, &last.Summary)
		}
	}
}

func atLine(n int) error { return locale.Errorf("report.saved.line", locale.A("n", n)) }

// onlySpace tells whether nothing but white space is left.
func onlySpace(r *bufio.Reader) bool {
	for {
		part, err := r.ReadSlice('\n')
		if len(bytes.TrimSpace(part)) > 0 {
			return false
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return true
		}
	}
}

// line takes one line and returns it if it is the last of the scan.
func (s *reading) line(line []byte) (last *lastLine, ok bool, err error) {
	var head lineHead
	if json.Unmarshal(line, &head) != nil || head.SchemaVersion != schemaVersion {
		return nil, false, nil
	}
	switch head.Type {
	case "finding":
		ok, err = s.finding(line)
	case "gap":
		ok, err = s.gap(line)
	case "scan":
		last = &lastLine{}
		if json.Unmarshal(line, last) == nil {
			return last, true, nil
		}
		return nil, false, nil
	}
	return nil, ok, err
}
