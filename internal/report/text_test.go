package report_test

import (
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
)

func text(t *testing.T, s *scan, opts report.Options) []string {
	t.Helper()
	return strings.Split(strings.TrimSuffix(render(t, s, "text", locale.English, opts), "\n"), "\n")
}

// small is a scan of one account and Region in which all stages pass.
func small(t *testing.T) *scan {
	s := newScan(t)
	s.Accounts = []report.Account{{Partition: "aws", ID: "111122223333", Regions: []string{"ap-northeast-1"}}}
	s.add("APIGateway.3", ref(scope("111122223333", "ap-northeast-1"), restStage, "/restapis/a/stages/b", "a/b"), control.Pass("on"), "")
	return s
}

func TestTextSuggestsNextCommand(t *testing.T) {
	tokyo, taipei := scope("111122223333", "ap-northeast-1"), scope("111122223333", "ap-east-2")
	stage, route := ref(tokyo, restStage, "/x", "x"), ref(tokyo, v2Route, "/y", "y")
	fail := func(id string, r resource.Ref) func(*scan) {
		return func(s *scan) { s.add(id, r, control.Fail("off"), "") }
	}
	denied := func(s *scan) {
		s.gap(resource.Gap{Scope: tokyo, Hides: []resource.Type{restStage}, Call: "c", Code: "AccessDeniedException"})
	}
	for name, c := range map[string]struct {
		change []func(*scan)
		opts   report.Options
		want   string
	}{
		"all well":            {nil, report.Options{}, "kumoban controls list"},
		"one fails":           {[]func(*scan){fail("APIGateway.3", stage)}, report.Options{}, "kumoban controls explain APIGateway.3"},
		"the severest first":  {[]func(*scan){fail("APIGateway.4", stage), fail("APIGateway.4", stage), fail("APIGateway.8", route)}, report.Options{}, "kumoban controls explain APIGateway.8"},
		"then the most":       {[]func(*scan){fail("APIGateway.4", stage), fail("APIGateway.5", stage), fail("APIGateway.5", stage)}, report.Options{}, "kumoban controls explain APIGateway.5"},
		"then the order":      {[]func(*scan){fail("APIGateway.9", stage), fail("APIGateway.4", stage)}, report.Options{}, "kumoban controls explain APIGateway.4"},
		"not offered":         {[]func(*scan){fail("APIGateway.4", ref(taipei, restStage, "/x", "x"))}, report.Options{}, "kumoban controls list"},
		"refused":             {[]func(*scan){denied}, report.Options{}, "kumoban iam-policy scan"},
		"the caller's choice": {[]func(*scan){denied}, report.Options{NextCommand: "kumoban demo"}, "kumoban demo"},
		"a timeout":           {[]func(*scan){func(s *scan) { s.gap(resource.Gap{Scope: tokyo, Call: "c", Code: "Timeout"}) }}, report.Options{}, "kumoban scan"},
	} {
		s := small(t)
		for _, change := range c.change {
			change(s)
		}
		lines := text(t, s, c.opts)
		if got := lines[len(lines)-1]; got != "Next: "+c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// Where there is one account and Region, resources do not repeat them.
func TestTextOfOnePlace(t *testing.T) {
	s := small(t)
	s.add("APIGateway.4", ref(scope("111122223333", "ap-northeast-1"), restStage, "/restapis/a/stages/b", "a/b"), control.Fail("none"), "")
	out := strings.Join(text(t, s, report.Options{}), "\n")
	for _, want := range []string{
		"  ✗ a/b  arn:aws:apigateway:ap-northeast-1::/restapis/a/stages/b\n", "\nRegions: ap-northeast-1\n",
		"✓ APIGateway.3  LOW  Stages should trace requests (1 passed)\n", "API Gateway: 1 of 2 controls pass (1 fail, 0 unknown)\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}

func TestTextSaysIncompleteFirstAndLast(t *testing.T) {
	s := small(t)
	s.Incomplete = "interrupted"
	lines := text(t, s, report.Options{})
	for _, l := range []string{lines[0], lines[len(lines)-1]} {
		if !strings.HasPrefix(l, "INCOMPLETE") {
			t.Errorf("got %q", l)
		}
	}
	if strings.Contains(strings.Join(lines, "\n"), "controls pass (") {
		t.Error("the score does not say that it is not the last word")
	}
}

// Passes of an empty account and of resources are told apart.
func TestTextCountsEmptyPlaces(t *testing.T) {
	s := small(t)
	tokyo := scope("111122223333", "ap-northeast-1")
	s.add("APIGateway.3", accountRef(tokyo), control.Pass("finding.noResource"), finding.ReasonEmpty)
	s.add("APIGateway.4", accountRef(tokyo), control.Pass("finding.noResource"), finding.ReasonEmpty)
	out := strings.Join(text(t, s, report.Options{}), "\n")
	for _, want := range []string{"requests (1 passed, nothing to judge)", "web ACL (nothing to judge)"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}

func TestTextIsSafeForTerminals(t *testing.T) {
	evil := "\x1b]0;x\a\u202e\r\n"
	s := newScan(t)
	s.Version, s.Source, s.Incomplete = evil, evil, evil
	s.Accounts = []report.Account{{ID: evil, Name: evil, Caller: evil, Regions: []string{evil, "b"}}, {ID: "2", Regions: []string{"c"}}}
	r := resource.Ref{Scope: scope(evil, evil), Type: resource.Type(evil), ARN: evil, Name: evil}
	s.add(evil, r, control.Fail(evil, locale.A(evil, evil)).Note(evil), evil)
	s.add("APIGateway.5", r, control.Fail("unencrypted", locale.A("methods", []string{evil})).Note("latent"), evil).NotOffered = true
	s.gap(resource.Gap{Scope: scope(evil, evil), Parent: r, Hides: []resource.Type{resource.Type(evil)}, Call: evil, Code: evil, Message: evil})
	out := render(t, s, "text", locale.English, report.Options{Verbose: true, NextCommand: evil})
	if strings.ContainsAny(out, "\x1b\a\r\u202e") {
		t.Errorf("not safe: %q", out)
	}
}
