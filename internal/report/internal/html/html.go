// Package html writes a report as one page to hand on: it loads nothing, runs
// nothing, and prints.
package html

import (
	"bufio"
	"cmp"
	_ "embed"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	pages "github.com/kumoban/kumoban/internal/page"
	"github.com/kumoban/kumoban/internal/report/internal/stream"
	"github.com/kumoban/kumoban/internal/resource"
)

// rowLimit is how many resources of one control, and how many gaps, the page
// lists: a page of nine controls stays below a thousand rows.
const rowLimit = 100

//go:embed page.html
var pageText string

//go:embed style.css
var styleText string

// Point is a score of the past.
type Point struct {
	At     time.Time
	Passed int // controls
	Of     int // controls with a verdict; a point without any is left out
}

// Past is the scores of the past that a scan's own may stand beside, in any
// order, and the scans that it may not.
type Past struct {
	Points []Point
	Left   []LeftOut
	Failed *int // findings that failed when the last of them was made, and that nobody lets be; nil: not known
}

// LeftOut are scans of the past, by their numbers, whose scores are about
// something else. Why is a word of the catalogue's report.html.unlike.*.
type LeftOut struct {
	Why   string
	Scans []int64
}

// Handler writes the page at End. It keeps the findings that it may name and
// counts the others.
type Handler struct {
	stream.Kept
	w     io.Writer
	texts *stream.Texts
	trend func(*stream.Scan, []*resource.Gap) Past
	here  *stream.Tally              // of Regions where AWS offers the control; they make the score
	away  *finding.Tally             // of the others
	notIn map[string]map[string]bool // by control: the others
	empty map[string]int             // by control: how many PASSED findings stand for "no resource"
	fails map[control.Severity]int   // FAILED findings
	letBe map[string]int             // by control: what would count, but is let be
	of    map[string]*finding.Count  // by account
	known func([]*finding.Finding)   // fills in what a store knows; nil: none does
}

// New returns a handler that writes to w. trend, if it is not nil, returns the
// past of a scan that had such gaps; known, if it is not nil, fills in what a
// store knows of findings.
func New(w io.Writer, texts *stream.Texts, trend func(*stream.Scan, []*resource.Gap) Past, known func([]*finding.Finding)) *Handler {
	return &Handler{
		w: w, texts: texts, trend: trend, known: known, letBe: map[string]int{}, of: map[string]*finding.Count{}, here: stream.NewTally(), away: finding.NewTally(nil),
		notIn: map[string]map[string]bool{}, empty: map[string]int{}, fails: map[control.Severity]int{},
	}
}

// Finding counts a finding, and keeps it if the page may name it.
func (h *Handler) Finding(f *finding.Finding) error {
	counted := h.here.Tally
	if f.NotOffered {
		counted = h.away
		if h.notIn[f.Control] == nil {
			h.notIn[f.Control] = map[string]bool{}
		}
		h.notIn[f.Control][f.Resource.Region] = true
	}
	if stream.LetBe(f) {
		h.letBe[f.Control]++
		h.Keep(f)
		return nil
	}
	counted.Add(f)
	h.account(f)
	switch {
	case f.Status == control.Failed:
		h.fails[f.Severity]++
		h.Keep(f)
	case f.Status == control.Unknown:
		h.Keep(f)
	case f.Reason == finding.ReasonEmpty:
		h.empty[f.Control]++
	}
	return nil
}

// account counts a finding for its account.
func (h *Handler) account(f *finding.Finding) {
	c := h.of[f.Resource.Account]
	if c == nil {
		c = &finding.Count{}
		h.of[f.Resource.Account] = c
	}
	switch {
	case f.Status == control.Failed:
		c.Failed++
	case f.Status == control.Unknown:
		c.Unknown++
	case f.Status == control.Passed && f.Reason != finding.ReasonEmpty:
		c.Passed++
	}
}

// End writes the page.
func (h *Handler) End(s *stream.Scan) error {
	h.SortByName()
	h.here.Hide(s.Controls, h.Gaps)
	v := &view{Handler: h, scan: s, named: map[string][]*finding.Finding{}, stored: h.known != nil}
	for _, f := range h.Findings {
		v.named[f.Control] = append(v.named[f.Control], f)
		v.stored = v.stored || f.Kept != nil
	}
	v.choose()
	page, err := pages.Parse(strings.Replace(pageText, "STYLE", styleText, 1), pages.Funcs{"say": v.says, "wb": breakable})
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(h.w, 1<<16)
	if err := page.Execute(w, v.page()); err != nil {
		return err
	}
	return w.Flush()
}

// view makes one page.
type view struct {
	*Handler
	scan  *stream.Scan
	named map[string][]*finding.Finding
	past  Past
	// stored: a store has the findings, so that they have ids to type.
	stored bool
}

// choose puts what fails first, and asks the store about what is listed.
func (v *view) choose() {
	var listed []*finding.Finding
	for id, found := range v.named {
		slices.SortStableFunc(found, func(a, b *finding.Finding) int { return cmp.Compare(order(a), order(b)) })
		listed = append(listed, found[:min(len(found), rowLimit)]...)
		v.named[id] = found
	}
	if v.known != nil && len(listed) > 0 {
		v.known(listed)
	}
}

// say renders a text of the catalogue; what it is given from outside is made
// visible.
func (v *view) say(key string, args ...any) string {
	var named []locale.Arg
	for i := 0; i+1 < len(args); i += 2 {
		name, _ := args[i].(string)
		named = append(named, locale.A(name, args[i+1]))
	}
	return locale.Clean(v.texts.Say("report."+key, named...))
}

// says is say, for the template.
func (v *view) says(args ...any) any {
	key, _ := args[0].(string)
	return v.say(key, args[1:]...)
}

// many renders the text for a number, which English has another one of for 1.
func (v *view) many(key string, n int, args ...any) string {
	if n == 1 {
		key += "One"
	}
	return v.say(key, append(args, "n", n)...)
}

// breakable is a text that a line may break where names have their joints: an ARN
// behind / and ::, and nowhere else.
func breakable(args ...any) any {
	text, _ := args[0].(string)
	return pages.HTML(joints.Replace(pages.Escape(text)))
}

//nolint:gochecknoglobals // nothing changes it
var joints = strings.NewReplacer("/", "/<wbr>", "::", "::<wbr>")
