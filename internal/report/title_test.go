package report_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
)

// lastTime is a past in which so many findings failed.
func lastTime(failed int) func(*report.Scan, []*resource.Gap) report.Past {
	return func(*report.Scan, []*resource.Gap) report.Past { return report.Past{Points: past(), Failed: &failed} }
}

// The title says whose findings they are, when, and what came of it.
func TestHTMLTitle(t *testing.T) {
	title := regexp.MustCompile(`<title>([^<]*)</title>\n<style>`)
	of := func(s *scan, opts report.Options) string {
		m := title.FindStringSubmatch(render(t, s, "html", locale.English, opts))
		if m == nil {
			t.Fatal("no title")
		}
		return m[1]
	}
	stopped, many, well := sample(t), busy(t, 40), small(t)
	stopped.Incomplete = "timeout"
	for name, c := range map[string]struct {
		s    *scan
		opts report.Options
		want string
	}{
		"nothing known":  {sample(t), report.Options{}, "shop-prod, Account 444455556666, 2026-11-21: 6 failed · 10 unknown – Security findings: API Gateway"},
		"fewer":          {sample(t), report.Options{Trend: lastTime(10)}, "shop-prod, Account 444455556666, 2026-11-21: 6 failed · 4 fewer than last time · 10 unknown – Security findings: API Gateway"},
		"more":           {sample(t), report.Options{Trend: lastTime(1)}, "shop-prod, Account 444455556666, 2026-11-21: 6 failed · 5 more than last time · 10 unknown – Security findings: API Gateway"},
		"as many":        {well, report.Options{Trend: lastTime(0)}, "Account 111122223333, 2026-11-21: nothing failed · as many as last time – Security findings: API Gateway"},
		"stopped":        {stopped, report.Options{Trend: lastTime(10)}, "shop-prod, Account 444455556666, 2026-11-21: 6 failed · 10 unknown – Security findings: API Gateway"},
		"many accounts":  {many, report.Options{}, "6 accounts, 2026-11-21: 11 failed · 8 unknown · 13 suppressed – Security findings: API Gateway"},
		"of one account": {exported(t), report.Options{Trend: lastTime(10)}, "Account 111122223333, 2026-11-21: 2 failed · 2 suppressed – Security findings: API Gateway"},
	} {
		if got := of(c.s, c.opts); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// What is let be is marked and counted apart, with who lets it be and why.
func TestHTMLSetsSuppressedApart(t *testing.T) {
	page := render(t, exported(t), "html", locale.English, report.Options{})
	for want, n := range map[string]int{
		`<tr class="letbe">`: 2, `<span class="status suppressed">`: 2, `<td class="n" data-label="Failed">2</td>`: 1, "suppressed until 2026-10-31 09:30:00 UTC by mina: =replaced, soon": 1,
		`<p class="undecided letbe">Suppressed <b>2</b>`: 1,
	} {
		if got := strings.Count(page, want); got != n {
			t.Errorf("%d times %q, want %d", got, want, n)
		}
	}
	if last := strings.LastIndex(page, `class="status failed"`); last > strings.Index(page, `<tr class="letbe">`) {
		t.Error("what is let be stands before what fails")
	}
}

// How to fix it stands in the page, folded: console, AWS CLI and Terraform.
func TestHTMLFoldsHowToFix(t *testing.T) {
	s := scanOf(t, controls.All())
	s.add("APIGateway.9", ref(scope("111122223333", "ap-northeast-1"), v2Stage, "/x", "x"), control.Fail("none"), "")
	for lang, wants := range map[locale.Lang][]string{
		locale.English:  {"<summary>Fix it in the console</summary>", "<summary>Fix it with the AWS CLI</summary>", "<summary>Fix it in Terraform</summary>", "resource &#34;aws_cloudwatch_log_group&#34;", "aws apigatewayv2 update-stage"},
		locale.Japanese: {"<summary>コンソールで修正する</summary>", "ロググループ"},
	} {
		page := strings.ReplaceAll(render(t, s, "html", lang, report.Options{}), "<wbr>", "")
		for _, want := range wants {
			if !strings.Contains(page, want) {
				t.Errorf("%s: no %q", lang, want)
			}
		}
		if n := strings.Count(page, `<details class="way">`); n != 3 || strings.Contains(page, "<details class=\"way\" open") {
			t.Errorf("%s: %d ways to fix it", lang, n)
		}
	}
}
