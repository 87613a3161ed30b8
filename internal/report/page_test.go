package report_test

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/controls/metadata"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/controltest"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
)

// busyAt is the place of the n-th finding of a company with six accounts.
func busyAt(n int) resource.Scope {
	return scope(fmt.Sprintf("%012d", 111122220000+n%6), []string{"ap-northeast-1", "us-east-1", "eu-west-1"}[n%3])
}

// busy is a scan of n findings of all controls, of which most fail in several ways,
// some are let be and some cannot be decided, and in which many calls failed.
func busy(t testing.TB, n int) *scan {
	t.Helper()
	s := scanOf(t, controltest.Of("APIGateway"), "APIGateway.1.loggingLevel=ERROR")
	for i := range 6 {
		s.Accounts = append(s.Accounts, resource.Account{Partition: "aws", ID: busyAt(i).Account, Name: fmt.Sprintf("shop-%d", i), Regions: []string{"ap-northeast-1", "us-east-1", "eu-west-1"}})
	}
	for i := range n {
		s.busy(t, i)
	}
	for i := range 48 {
		s.gaps = append(s.gaps, resource.Gap{Scope: busyAt(i), Hides: []resource.Type{restStage}, Call: fmt.Sprintf("apigateway:Get%d", i%8), Code: "AccessDeniedException", Message: "not authorized"})
		if i%8 == 0 {
			s.gaps = append(s.gaps, resource.Gap{Scope: busyAt(i), Parent: ref(busyAt(i), v2Api, fmt.Sprint("/apis/", i), "billing"), Hides: []resource.Type{v2Stage}, Call: "apigatewayv2:GetStages", Code: "Timeout", Message: "no answer"})
		}
	}
	return s
}

func (s *scan) busy(t testing.TB, i int) {
	t.Helper()
	c := s.Controls[i%len(s.Controls)]
	texts, err := c.Messages(locale.English)
	check(t, err)
	var keys []string
	for key := range texts {
		if key != "title" && key != "why" && reportedBy(key) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	r := ref(busyAt(i), c.Checks[0].Type, fmt.Sprintf("/restapis/a%09d/stages/prod", i), fmt.Sprintf("orders-%d/prod", i))
	round := i / len(s.Controls) // the same for all controls
	key := keys[round%5%len(keys)]
	var args []locale.Arg
	for _, p := range place.FindAllStringSubmatch(texts[key], -1) {
		args = append(args, locale.A(p[1], fmt.Sprint(p[1], "-", round%40)))
	}
	switch f := s.add(c.ID, r, control.Fail(key, args...), ""); {
	case c.ID == "APIGateway.2" || round%10 == 0: // every one of a control is let be
		f.Kept = &finding.Kept{Workflow: "SUPPRESSED", Exception: &finding.Exception{ID: "x", By: "mina", Reason: fmt.Sprint("replaced in quarter ", round%7), Until: dayOf(31)}}
	case round%10 == 1:
		f.Status, f.Message = control.Unknown, control.Unread("MethodSettings", &fact.Origin{Fault: "Timeout"}).Message
	case round%10 == 2:
		f.Status = control.Passed
	}
}

// whole is a scan of every control of the standard; one of them fails.
func whole(t testing.TB) *scan {
	t.Helper()
	var all []*control.Control
	for id, retired := range metadata.All() {
		if !retired {
			all = append(all, fake(id, control.Medium, "\ntitle = X\n", "\ntitle = X\n", nil, restStage))
		}
	}
	s := scanOf(t, all)
	s.Accounts = []resource.Account{{Partition: "aws", ID: "111122223333", Regions: []string{"ap-northeast-1"}}}
	for i, c := range s.Controls {
		v := control.Pass("X")
		if i == 0 {
			v = control.Fail("X")
		}
		s.add(c.ID, ref(scope("111122223333", "ap-northeast-1"), restStage, "/x", "x"), v, "")
	}
	return s
}

// TestTextFitsOnAFewPages holds 2,000 findings of nine controls to 120 lines, of
// which all that count is told.
func TestTextFitsOnAFewPages(t *testing.T) {
	for _, lang := range locale.Langs() {
		for _, known := range []func([]*finding.Finding){nil, func([]*finding.Finding) {}} {
			s := busy(t, 2000)
			out := render(t, s, "text", lang, report.Options{Known: known})
			lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
			if len(lines) > 120 || len(lines) < 60 {
				t.Errorf("%s: %d lines\n%s", lang, len(lines), out)
			}
			for _, c := range s.Controls {
				if !strings.Contains(out, c.ID) {
					t.Errorf("%s is not there", c.ID)
				}
			}
		}
	}
	lines := text(t, busy(t, 2000), report.Options{})
	counted := "2000 findings: 1232 failed (1078 MEDIUM, 154 LOW), 184 unknown, 407 suppressed, 177 passed"
	for _, want := range []string{counted, "0 of 8 evaluated controls pass (8 fail, 0 unknown)", "  out of the score: APIGateway.2 (all that would count is suppressed)"} {
		if !slices.Contains(lines, want) {
			t.Errorf("no %q in\n%s", want, strings.Join(lines, "\n"))
		}
	}
}

// TestTextNamesTen: a control alone names ten resources and says how many more
// there are; -v names all, and those that pass.
func TestTextNamesTen(t *testing.T) {
	s := small(t)
	at := scope("111122223333", "ap-northeast-1")
	for i := range 200 {
		s.add("APIGateway.9", ref(at, v2Stage, fmt.Sprintf("/apis/%03d/stages/live", i), fmt.Sprintf("shop-%03d/live", i)), control.Fail("none"), "")
	}
	few, all := text(t, s, report.Options{}), text(t, s, report.Options{Verbose: true})
	named := func(lines []string) (n int) {
		for _, l := range lines {
			if strings.HasPrefix(l, "    ✗ shop-") {
				n++
			}
		}
		return n
	}
	if named(few) != 10 || !slices.Contains(few, "    and 190 more (-v names all)") || !slices.ContainsFunc(few, func(l string) bool { return strings.HasPrefix(l, "    ✗ shop-009/live") }) {
		t.Errorf("%d are named:\n%s", named(few), strings.Join(few, "\n"))
	}
	if named(all) != 200 || !slices.Contains(all, "    ✓ a/b  arn:aws:apigateway:ap-northeast-1::/restapis/a/stages/b") {
		t.Errorf("-v names %d:\n%s", named(all), strings.Join(all, "\n"))
	}
	for _, lines := range [][]string{few, all} {
		if n := strings.Count(strings.Join(lines, "\n"), "the stage writes no access log"); n != 1 {
			t.Errorf("what is wrong is said %d times", n)
		}
	}
}

// TestTextNamesEveryKind: two hundred of one kind do not hide a third of another.
func TestTextNamesEveryKind(t *testing.T) {
	s := small(t)
	at := scope("111122223333", "ap-northeast-1")
	add := func(i int, v control.Verdict) *finding.Finding {
		return s.add("APIGateway.1", ref(at, v2Stage, fmt.Sprintf("/apis/%03d/stages/live", i), fmt.Sprintf("shop-%03d/live", i)), v, "")
	}
	for i := range 200 {
		add(i, control.Fail("routeSilent", locale.A("level", "OFF")))
	}
	add(300, control.Fail("silent", locale.A("n", 1), locale.A("of", 2), locale.A("methods", []string{"GET /"})))
	add(301, control.Unread("MethodSettings", nil))
	add(302, control.Fail("routeSilent", locale.A("level", "OFF"))).Kept = &finding.Kept{Workflow: "SUPPRESSED", Exception: &finding.Exception{By: "mina", Reason: "only for tests"}}
	out := strings.Join(text(t, s, report.Options{}), "\n")
	for _, want := range []string{"(201 failed, 1 unknown, 1 suppressed)", "1 of 2 method settings are silent: GET /\n    ✗ ", "  shop-301/live", "suppressed without end by mina: only for tests\n    ~ ", "and 193 more"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

// TestTextOfTheWholeStandard: only who evaluated all of it hears its score.
func TestTextOfTheWholeStandard(t *testing.T) {
	const score = "Score of AWS Foundational Security Best Practices: 99 %"
	s := whole(t)
	if lines := text(t, s, report.Options{}); !slices.Contains(lines, score) {
		t.Errorf("no score:\n%s", strings.Join(lines, "\n"))
	}
	s.Controls = s.Controls[:len(s.Controls)-1]
	s.findings = s.findings[:len(s.findings)-1]
	if out := strings.Join(text(t, s, report.Options{}), "\n"); strings.Contains(out, "Score of") {
		t.Errorf("a part of the standard has its score:\n%s", out)
	}
}

// TestTextKeepsLittle holds text to memory that does not depend on how much failed.
func TestTextKeepsLittle(t *testing.T) {
	s := busy(t, 3000)
	h, err := report.New("text", io.Discard, newTexts(t, locale.Japanese, s.all), report.Options{})
	check(t, err)
	var few uint64
	for i := range 60_000 {
		if i == 10_000 {
			few = heap()
		}
		f := s.findings[i%len(s.findings)]
		f.Resource.Name = fmt.Sprint("shop-", i)
		check(t, h.Finding(&f))
	}
	many := heap()
	runtime.KeepAlive(h)
	if many > few+256<<10 { // the findings themselves would be 12 MiB
		t.Errorf("%d bytes after 10,000 findings, %d after 60,000", few, many)
	}
}
