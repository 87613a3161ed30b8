package report_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
)

// past are scores of the past, out of order, one of nothing.
func past() []report.Point {
	day := func(d int) time.Time { return time.Date(2026, 11, d, 0, 0, 0, 0, time.UTC) }
	return []report.Point{{At: day(14), Passed: 4, Of: 8}, {At: day(1), Passed: 1, Of: 8}, {At: day(7), Of: 0}, {At: day(20), Passed: 5, Of: 8}}
}

// crowd is a scan of failing stages and 150 gaps.
func crowd(t testing.TB, stages int) *scan {
	t.Helper()
	s := newScan(t)
	tokyo := scope("111122223333", "ap-northeast-1")
	for i := range stages {
		s.add("APIGateway.3", ref(tokyo, restStage, fmt.Sprintf("/restapis/a%09d/stages/prod", i), fmt.Sprintf("orders-%05d/prod", i)), control.Fail("off"), "")
	}
	for i := range 150 {
		s.gaps = append(s.gaps, resource.Gap{Scope: tokyo, Parent: ref(tokyo, v2Api, strconv.Itoa(i), "x"), Hides: []resource.Type{v2Stage}, Call: "X", Code: "X"})
	}
	return s
}

func html(t testing.TB, s *scan) string {
	t.Helper()
	return render(t, s, "html", locale.English, report.Options{Trend: always(past())})
}

var (
	voidTag   = regexp.MustCompile(`<(meta|br|wbr)([^>]*)>`)
	idOf      = regexp.MustCompile(` id="([^"]*)"`)
	pointTo   = regexp.MustCompile(` (?:href="#|aria-labelledby=")([^"]*)"`)
	linkTo    = regexp.MustCompile(`(?:href|src|action|srcset|data|xlink:href)="([^"]*)"`)
	styleText = regexp.MustCompile(`(?s)<style>.*</style>`)
)

// elements returns the page's elements and the names of their attributes, in
// order; a page that is not well-formed is an error.
func elements(t *testing.T, page string) []string {
	t.Helper()
	page = voidTag.ReplaceAllString(page, "<$1$2/>")
	d := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(page, "<!DOCTYPE html>")))
	d.Entity = xml.HTMLEntity
	var found []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return found
		}
		check(t, err)
		if e, ok := token.(xml.StartElement); ok && e.Name.Local != "wbr" { // which says nothing
			names := e.Name.Local
			for _, a := range e.Attr {
				names += " " + a.Name.Local
			}
			found = append(found, names)
		}
	}
}

func TestHTMLIsWellFormed(t *testing.T) {
	stopped := sample(t)
	stopped.Incomplete = "interrupted"
	for _, s := range []*scan{sample(t), stopped, abroad(t), everyMessage(t), newScan(t), nothing(t), crowd(t, 10_000)} {
		page := html(t, s)
		if n := len(elements(t, page)); n < 50 {
			t.Errorf("only %d elements", n)
		}
		ids := map[string]bool{}
		for _, m := range idOf.FindAllStringSubmatch(page, -1) {
			if ids[m[1]] {
				t.Errorf("the id %s is there twice", m[1])
			}
			ids[m[1]] = true
		}
		for _, m := range pointTo.FindAllStringSubmatch(page, -1) {
			if !ids[m[1]] {
				t.Errorf("nothing has the id %s", m[1])
			}
		}
	}
}

// The page needs nothing but itself.
func TestHTMLStandsAlone(t *testing.T) {
	page := html(t, everyMessage(t))
	for _, bad := range []string{"<script", "<link", "<iframe", "<object", "<img", "@import", "url(", " src=", "javascript:", " onload"} {
		if strings.Contains(strings.ToLower(page), bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
	for _, m := range linkTo.FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(m[1], "#") && !strings.HasPrefix(m[1], "https://docs.aws.amazon.com/") {
			t.Errorf("the page points to %s", m[1])
		}
	}
	if !strings.Contains(page, `content="default-src &#39;none&#39;`) && !strings.Contains(page, `content="default-src 'none'`) {
		t.Error("no policy forbids what the page does not need")
	}
}

// riddled is a scan in which all that comes from outside is word.
func riddled(t *testing.T, word string) *scan {
	t.Helper()
	s := newScan(t)
	s.Version, s.Source, s.Endpoint, s.Incomplete = word, word, word, word
	at := resource.Scope{Partition: word, Account: word, Region: word}
	s.Accounts = []resource.Account{{Partition: word, ID: word, Name: word, Caller: word, Regions: []string{word}}}
	stage := resource.Ref{Scope: at, Type: restStage, ARN: word, Name: word}
	methods := []locale.Arg{locale.A("n", 1), locale.A("of", 1), locale.A("methods", []string{word})}
	s.add("APIGateway.1", stage, control.Fail("silent", methods...).Note("overrides", locale.A("routes", []string{word})), word)
	s.add("APIGateway.3", resource.Ref{Type: restStage, Address: word}, control.Fail("off"), "").Origin = &fact.Origin{File: word, Line: 1}
	s.add("APIGateway.4", resource.Ref{Scope: at, Type: resource.AccountType}, control.Unread(word, &fact.Origin{Fault: word}), word)
	s.add("APIGateway.5", stage, control.Fail(word, locale.A(word, word)), "").NotOffered = true
	s.add("X.1"+word, stage, control.Fail("off"), "")
	for _, account := range []string{word, ""} {
		s.gaps = append(s.gaps, resource.Gap{
			Scope: resource.Scope{Account: account, Region: word}, Name: word, Hides: []resource.Type{resource.Type(word)}, Call: word, Code: word, Message: word,
			Parent: resource.Ref{Type: restStage, Name: word, ARN: word},
		})
	}
	return s
}

// What comes from outside is text, whatever it holds: the page has the same
// elements and attributes as one with harmless names.
func TestHTMLEscapes(t *testing.T) {
	plain := elements(t, html(t, riddled(t, "word")))
	for _, evil := range []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='x`, `</title></style></svg><b>`, `<!--`, `]]>`, `javascript:alert(1)`,
		`{{.Version}}`, `&lt;b&gt;`, "`x`", "\x1b[31mred\x1b[0m", "\u202egnp.exe", "two\r\nlines\x00\x07", "\u2028\u2029\u0085", "bad\xff", "=1+1", "שלום", "a b",
	} {
		page := html(t, riddled(t, evil))
		if diff := cmp.Diff(plain, elements(t, page)); diff != "" {
			t.Errorf("%q changes the page:\n%s", evil, diff)
		}
		if i := strings.IndexFunc(page, func(r rune) bool {
			return r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' || r == unicode.ReplacementChar
		}); i >= 0 {
			t.Errorf("%q is in the page as it is: …%q", evil, page[max(0, i-30):i+3])
		}
	}
	if page := html(t, riddled(t, "\x1b[2J\u202e")); !strings.Contains(page, `\x1b[2J\u202e`) {
		t.Error("what was there does not show")
	}
}

// The same names in text: nothing reaches a terminal as a command.
func TestTextShowsWhatItIsGiven(t *testing.T) {
	out := render(t, riddled(t, "\x1b[2J\u202e<b>\x07\r"), "text", locale.Japanese, report.Options{Verbose: true})
	if i := strings.IndexFunc(out, func(r rune) bool { return r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }); i >= 0 {
		t.Errorf("in the text as it is: …%q", out[max(0, i-30):i+3])
	}
	if !strings.Contains(out, `\x1b[2J\u202e<b>\x07\x0d`) {
		t.Error("what was there does not show")
	}
}

func TestHTMLStaysReadable(t *testing.T) {
	page := html(t, crowd(t, 10_000))
	if n := strings.Count(page, "orders-"); n != 100 || len(page) > 200<<10 {
		t.Errorf("%d of 10,000 resources in %d bytes", n, len(page))
	}
	for _, want := range []string{"and 9900 more", "and 50 more", `<td class="n" data-label="Failed">10000</td>`, "Could not be read (150)"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
}

// What a reader must not miss stands before the score.
func TestHTMLSaysWhatIsMissingFirst(t *testing.T) {
	s := sample(t)
	s.Incomplete = "timeout"
	page := styleText.ReplaceAllString(html(t, s), "")
	last := 0
	for _, mark := range []string{"111122223333", "INCOMPLETE", "Could not be read (3)", `id="score"`, `id="trend"`, `id="results"`, `id="gaps"`, "AccessDeniedException", `id="details"`} {
		i := strings.Index(page, mark)
		if i < last {
			t.Errorf("%s is at %d, what comes before it at %d", mark, i, last)
		}
		last = i
	}
	if clean := html(t, newScan(t)); strings.Contains(clean, `class="banner"`) || !strings.Contains(clean, "No finding failed") {
		t.Error("a scan without gaps is shown with some")
	}
}

func TestHTMLScore(t *testing.T) {
	page := html(t, sample(t))
	for _, want := range []string{">14 %<", "1 of 7 evaluated controls passes.", "1 more control is out", "Basis: 7 of the 367 active controls of AWS Foundational Security Best Practices"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
	if page := html(t, nothing(t)); !strings.Contains(page, ">–<") || !strings.Contains(page, "No control has a verdict.") {
		t.Error("nothing has a score")
	}
	// An account that nobody could name may hide a failure.
	s := newScan(t)
	stage := ref(scope("111122223333", "ap-northeast-1"), restStage, "/a", "a")
	s.add("APIGateway.3", stage, control.Pass("on"), "")
	s.gap(resource.Gap{Scope: resource.Scope{Region: "eu-west-1"}, Name: "sso", Hides: []resource.Type{restStage}, Call: "X", Code: "X"})
	if page := html(t, s); !strings.Contains(page, "0 of 4 evaluated controls") || strings.Contains(page, `<span class="status passed">`) {
		t.Error("what may be hidden counts as passed")
	}
}

func TestHTMLSaysHowToFix(t *testing.T) {
	all := controls.All()
	s := scanOf(t, all)
	for _, c := range all {
		s.add(c.ID, ref(scope("111122223333", "ap-northeast-1"), c.Checks[0].Type, "/x", "x"), control.Fail("none"), "")
	}
	for _, lang := range locale.Langs() {
		page := render(t, s, "html", lang, report.Options{})
		for _, c := range all {
			for _, want := range []string{"kumoban controls explain " + c.ID + "<", "console/securityhub/" + c.ID + "/remediation"} {
				if strings.Count(page, want) != 1 {
					t.Errorf("%s: no %q", c.ID, want)
				}
			}
			if fixed := strings.Contains(page, "kumoban fix plan --control "+c.ID+"<"); fixed != (len(c.Remedies) > 0) {
				t.Errorf("%s has %d remedies, but a plan is suggested: %v", c.ID, len(c.Remedies), fixed)
			}
		}
		if n := strings.Count(page, `<p class="short">`); n != len(all) {
			t.Errorf("%d of %d controls say why", n, len(all))
		}
	}
}

// Points come in any order; a score of nothing is no point.
func TestHTMLTrend(t *testing.T) {
	line := regexp.MustCompile(`<polyline class="line" points="([^"]*)"`)
	points := func(trend []report.Point) []string {
		page := render(t, sample(t), "html", locale.English, report.Options{Trend: always(trend)})
		m := line.FindStringSubmatch(page)
		if m == nil {
			return nil
		}
		return strings.Fields(m[1])
	}
	if got, want := points(past()), []string{"44.00,135.80", "498.32,84.00", "708.00,65.80"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	day := past()[0].At
	for name, c := range map[string]struct {
		trend []report.Point
		want  []string
	}{
		"none": {nil, nil}, "only nothing": {[]report.Point{{At: day}}, nil},
		"one":         {[]report.Point{{At: day, Passed: 1, Of: 2}}, []string{"376.00,84.00"}},
		"two at once": {[]report.Point{{At: day, Passed: 1, Of: 2}, {At: day, Passed: 2, Of: 2}}, []string{"376.00,84.00", "376.00,14.00"}},
		"impossible":  {[]report.Point{{At: day, Passed: 9, Of: 2}, {At: day.Add(1), Passed: -1, Of: 2}}, []string{"44.00,14.00", "708.00,154.00"}},
	} {
		if got := points(c.trend); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
	var many []report.Point
	for i := range 1000 {
		many = append(many, report.Point{At: day.AddDate(0, 0, i), Passed: i, Of: 1000})
	}
	got := points(many)
	if len(got) != 120 || !strings.HasPrefix(got[119], "708.00,14.") {
		t.Errorf("%d points of 1,000", len(got))
	}
	given := past()
	points(given)
	if diff := cmp.Diff(past(), given); diff != "" {
		t.Errorf("the caller's points were changed:\n%s", diff)
	}
}

// What is not in the line is named, also where there is no line.
func TestHTMLTrendLeft(t *testing.T) {
	var many []int64
	for i := range 30 {
		many = append(many, int64(i+1))
	}
	left := []report.LeftOut{{Why: "places", Scans: []int64{3, 5}}, {Why: "gaps", Scans: many}}
	for _, points := range [][]report.Point{past(), nil} {
		page := render(t, sample(t), "html", locale.English, report.Options{Trend: always(points, left...)})
		for _, want := range []string{"<li>other accounts or Regions (2): 3, 5</li>", "<li>not the same could be read (30): …11, 12,"} {
			if !strings.Contains(page, want) {
				t.Errorf("no %q", want)
			}
		}
		if drawn := strings.Contains(page, `class="trend"`); drawn != (points != nil) {
			t.Errorf("%d points, a line: %t", len(points), drawn)
		}
	}
}

// leftOut is every reason to leave a scan out of the trend.
func leftOut() (all []report.LeftOut) {
	for _, why := range []string{"stopped", "places", "controls", "gaps", "late", "mixed"} {
		all = append(all, report.LeftOut{Why: why, Scans: []int64{1}})
	}
	return all
}

// The percentages of AWS's own examples.
func TestHTMLRoundsAsSecurityHub(t *testing.T) {
	for _, c := range [][3]int{{168, 22, 88}, {8, 29, 22}, {6, 35, 15}, {159, 56, 74}, {28, 17, 62}, {357, 158, 69}} {
		page := render(t, sample(t), "html", locale.English, report.Options{Trend: always([]report.Point{{At: past()[0].At, Passed: c[0], Of: c[0] + c[1]}})})
		if want := fmt.Sprintf("2026-11-14: %d %% (%d of %d controls)", c[2], c[0], c[0]+c[1]); !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
}

// nothing is a scan without controls, as a saved one of none may be.
func nothing(t *testing.T) *scan {
	t.Helper()
	s := newScan(t)
	s.Controls = nil
	return s
}

// always is the same trend for every scan.
func always(points []report.Point, left ...report.LeftOut) func(*report.Scan, []*resource.Gap) report.Past {
	return func(*report.Scan, []*resource.Gap) report.Past { return report.Past{Points: points, Left: left} }
}
