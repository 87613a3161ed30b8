package report_test

import (
	"fmt"
	"regexp"
	"slices"
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
	out := columns.ReplaceAllString(render(t, s, "text", locale.English, opts), "$1  $2  ")
	return strings.Split(strings.TrimSuffix(out, "\n"), "\n")
}

// columns are those of a control's line, whose width depends on the others.
var columns = regexp.MustCompile(`(APIGateway\.\d+) +([A-Z]+) +`)

// small is a scan of one account and Region in which all stages pass.
func small(t *testing.T) *scan {
	s := newScan(t)
	s.Accounts = []resource.Account{{Partition: "aws", ID: "111122223333", Regions: []string{"ap-northeast-1"}}}
	s.add("APIGateway.3", ref(scope("111122223333", "ap-northeast-1"), restStage, "/restapis/a/stages/b", "a/b"), control.Pass("on"), "")
	return s
}

func TestTextSuggestsNextCommand(t *testing.T) {
	tokyo, taipei := scope("111122223333", "ap-northeast-1"), scope("111122223333", "ap-east-2")
	stage, route := ref(tokyo, restStage, "/x", "x"), ref(tokyo, v2Route, "/y", "y")
	fail := func(id string, r resource.Ref) func(*scan) {
		return func(s *scan) { s.add(id, r, control.Fail("off"), "") }
	}
	gap := func(account, name, call, code string) func(*scan) {
		return func(s *scan) {
			s.gap(resource.Gap{Scope: scope(account, "ap-northeast-1"), Name: name, Hides: []resource.Type{restStage}, Call: call, Code: code})
		}
	}
	denied, expired := gap("111122223333", "", "c", "AccessDeniedException"), gap("", "sso", "sts:GetCallerIdentity", "ExpiredToken")
	assume := func(s *scan) {
		s.gap(resource.Gap{Scope: scope("444455556666", "ap-northeast-1"), Hides: []resource.Type{restStage}, Call: "sts:AssumeRole", Code: "AccessDenied",
			Message: "User: arn:aws:iam::1:user/x is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::444455556666:role/tools/kumoban"})
	}
	const explain, policy = "Next: kumoban controls explain APIGateway.", "Next: kumoban iam-policy scan"
	const signIn = "Next: sign in again, for example with aws sso login%s, then kumoban scan"
	const off = "Next: ap-northeast-1 may not be enabled for the account, for another Region accepts these credentials: enable it, or leave it out (a session token of the global STS endpoint is refused there, too)"
	for name, c := range map[string]struct {
		change []func(*scan)
		opts   report.Options
		want   string
	}{
		"all well":                    {nil, report.Options{}, "Next: kumoban controls list"},
		"one fails":                   {[]func(*scan){fail("APIGateway.3", stage)}, report.Options{}, explain + "3"},
		"the severest first":          {[]func(*scan){fail("APIGateway.4", stage), fail("APIGateway.4", stage), fail("APIGateway.8", route)}, report.Options{}, explain + "8"},
		"then the most":               {[]func(*scan){fail("APIGateway.4", stage), fail("APIGateway.5", stage), fail("APIGateway.5", stage)}, report.Options{}, explain + "5"},
		"then the order":              {[]func(*scan){fail("APIGateway.9", stage), fail("APIGateway.4", stage)}, report.Options{}, explain + "4"},
		"not offered":                 {[]func(*scan){fail("APIGateway.8", ref(taipei, v2Route, "/x", "x"))}, report.Options{}, explain + "8"},
		"offered first":               {[]func(*scan){fail("APIGateway.8", ref(taipei, v2Route, "/x", "x")), fail("APIGateway.3", stage)}, report.Options{}, explain + "3"},
		"refused":                     {[]func(*scan){denied}, report.Options{}, policy},
		"refused and failing":         {[]func(*scan){denied, fail("APIGateway.3", stage)}, report.Options{}, explain + "3"},
		"the list of Regions refused": {[]func(*scan){gap("111122223333", "", "account:ListRegions", "AccessDeniedException"), denied}, report.Options{}, policy + " --all-regions"},
		"a role refused":              {[]func(*scan){assume}, report.Options{}, policy + " --role-name kumoban"},
		"expired":                     {[]func(*scan){expired}, report.Options{}, fmt.Sprintf(signIn, " --profile sso")},
		"two expired": {[]func(*scan){expired, gap("", "other", "sts:GetCallerIdentity", "NoCredentials"), fail("APIGateway.3", stage)},
			report.Options{}, explain + "3"},
		"expired, known account":            {[]func(*scan){gap("444455556666", "shop", "sts:AssumeRole", "ExpiredToken")}, report.Options{}, fmt.Sprintf(signIn, "")},
		"a profile to be quoted":            {[]func(*scan){gap("", "a;b", "sts:GetCallerIdentity", "ExpiredToken")}, report.Options{}, fmt.Sprintf(signIn, "")},
		"expired and refused":               {[]func(*scan){expired, denied}, report.Options{}, fmt.Sprintf(signIn, " --profile sso")},
		"the caller's choice":               {[]func(*scan){denied, fail("APIGateway.3", stage)}, report.Options{NextCommand: "kumoban demo"}, "Next: kumoban demo"},
		"a Region that refuses":             {[]func(*scan){gap("111122223333", "", "c", "RegionRefusesCredentials")}, report.Options{}, off},
		"a Region that refuses, and a call": {[]func(*scan){gap("111122223333", "", "c", "RegionRefusesCredentials"), denied}, report.Options{}, policy},
		"a timeout":                         {[]func(*scan){gap("111122223333", "", "c", "Timeout")}, report.Options{}, "Next: kumoban scan"},
		"a timeout and a failure":           {[]func(*scan){gap("111122223333", "", "c", "Timeout"), fail("APIGateway.3", stage)}, report.Options{}, explain + "3"},
		"a value that is unknown":           {[]func(*scan){func(s *scan) { s.add("APIGateway.4", stage, control.Unread("x", nil), "") }}, report.Options{}, "Next: kumoban scan"},
		"nothing in the Region":             {[]func(*scan){vacant}, report.Options{}, "Next: kumoban scan --all-regions"},
		"nothing in both Regions":           {[]func(*scan){vacant, func(s *scan) { s.Accounts[0].Regions = []string{"a", "b"} }}, report.Options{}, "Next: kumoban controls list"},
		"nothing, but not all read":         {[]func(*scan){vacant, denied}, report.Options{}, policy},
	} {
		s := small(t)
		for _, change := range c.change {
			change(s)
		}
		lines := text(t, s, c.opts)
		got := lines[len(lines)-1]
		if n := strings.Count("\n"+strings.Join(lines, "\n"), "\nNext: "); got != c.want || n != 1 {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// vacant leaves nothing but that there is nothing.
func vacant(s *scan) {
	s.findings = nil
	for _, c := range s.Controls {
		s.add(c.ID, accountRef(scope("111122223333", "ap-northeast-1")), control.Pass("finding.noResource"), finding.ReasonEmpty)
	}
}

// A place without anything is named, for the wrong one looks the same.
func TestTextNamesEmptyPlaces(t *testing.T) {
	add := func(account, region string, more ...resource.Account) func(*scan) {
		return func(s *scan) {
			s.add("APIGateway.3", accountRef(scope(account, region)), control.Pass("finding.noResource"), finding.ReasonEmpty)
			s.Accounts = append(s.Accounts, more...)
		}
	}
	both := resource.Account{ID: "111122223333", Regions: []string{"ap-northeast-1", "eu-west-1"}}
	for name, c := range map[string]struct {
		change []func(*scan)
		want   string
	}{
		"the only Region":       {[]func(*scan){vacant}, "  no API Gateway resource that these controls judge in ap-northeast-1 (is it the right Region? kumoban scan --all-regions looks into all that are enabled)"},
		"one of two Regions":    {[]func(*scan){add("111122223333", "eu-west-1", both)}, "  no API Gateway resource that these controls judge in eu-west-1"},
		"both Regions":          {[]func(*scan){vacant, add("111122223333", "eu-west-1", both)}, "  no API Gateway resource that these controls judge in ap-northeast-1, eu-west-1"},
		"APIs that none judges": {[]func(*scan){vacant, func(s *scan) { s.findings[0].Message.Key = finding.OthersOnly }}, ""},
		"a control has none":    {[]func(*scan){add("111122223333", "ap-northeast-1")}, ""},
		"one of two accounts":   {[]func(*scan){add("444455556666", "ap-northeast-1", resource.Account{ID: "444455556666", Regions: both.Regions[:1]})}, "  no API Gateway resource that these controls judge in ap-northeast-1 of 444455556666"},
		"both accounts": {[]func(*scan){vacant, add("444455556666", "ap-northeast-1", resource.Account{ID: "444455556666", Regions: both.Regions[:1]})},
			"  no API Gateway resource that these controls judge in ap-northeast-1 (is it the right Region? kumoban scan --all-regions looks into all that are enabled)"},
		"an account hidden": {[]func(*scan){vacant, func(s *scan) {
			s.gap(resource.Gap{Scope: scope("", "ap-northeast-1"), Hides: []resource.Type{restStage}, Call: "c", Code: "ExpiredToken"})
		}}, "  no API Gateway resource that these controls judge in ap-northeast-1"},
	} {
		s := small(t)
		for _, change := range c.change {
			change(s)
		}
		var got []string
		for _, l := range text(t, s, report.Options{}) {
			if strings.Contains(l, "resource that these controls judge in") {
				got = append(got, l)
			}
		}
		if strings.Join(got, "\n") != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// Passes where AWS does not offer the control are no passes of the control.
func TestTextOfRegionsWithoutControl(t *testing.T) {
	tokyo, taipei := scope("111122223333", "ap-northeast-1"), scope("111122223333", "ap-east-2")
	s := small(t)
	s.add("APIGateway.4", accountRef(taipei), control.Pass("finding.noResource"), finding.ReasonEmpty)
	s.add("APIGateway.5", ref(taipei, restStage, "/x", "x"), control.Pass("nothingCached"), "")
	s.add("APIGateway.8", ref(taipei, v2Route, "/x", "x"), control.Fail("open"), "")
	s.add("APIGateway.9", ref(taipei, v2Stage, "/x", "x"), control.Fail("none"), "")
	s.add("APIGateway.9", ref(tokyo, v2Stage, "/y", "y"), control.Pass("none"), "")
	s.add("APIGateway.10", ref(tokyo, v2Integration, "/y", "y"), control.Exempt("public"), "")
	s.add("APIGateway.10", ref(taipei, v2Integration, "/y", "y"), control.Unread("x", nil), "")
	lines := text(t, s, report.Options{})
	for _, want := range []string{
		"- APIGateway.4  MEDIUM  Stages should have a web ACL (AWS does not offer it in ap-east-2)",
		"- APIGateway.5  MEDIUM  Cached data should be encrypted (AWS does not offer it in ap-east-2: 1 passed)",
		"- APIGateway.8  HIGH  Routes should name an authorization type (AWS does not offer it in ap-east-2: 1 failed)",
		"✓ APIGateway.9  MEDIUM  Stages should write access logs (1 passed, AWS does not offer it in ap-east-2: 1 failed)",
		"  AWS does not offer this control in ap-east-2, so this is out of the score",
		"2 of 2 evaluated controls pass (0 fail, 0 unknown)",
		"  out of the score: APIGateway.1, APIGateway.11 (no data)",
		"  out of the score: APIGateway.4, APIGateway.5 (not offered in ap-east-2)",
		"  out of the score: APIGateway.8 (not offered in ap-east-2; 1 fails)",
		"  out of the score: APIGateway.9 in ap-east-2 (not offered there; 1 fails)",
		"  out of the score: APIGateway.10 (applies to no resource)",
		"  out of the score: APIGateway.10 in ap-east-2 (not offered there; 1 unknown)",
		"8 findings: 2 passed, 1 not applicable, 5 where AWS does not offer the control",
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("%q is not in\n%s", want, strings.Join(lines, "\n"))
		}
	}
}

// An account that nobody could name may hide a failure from every control.
func TestTextOfUnnamedAccounts(t *testing.T) {
	s := small(t)
	s.gap(resource.Gap{Scope: scope("", "ap-east-2"), Name: "sso", Hides: []resource.Type{v2Route}, Call: "sts:GetCallerIdentity", Code: "ExpiredToken"})
	for _, name := range []string{"", "sso", "sso"} {
		s.gap(resource.Gap{Scope: scope("", "ap-northeast-1"), Name: name, Hides: []resource.Type{restStage}, Call: "sts:GetCallerIdentity", Code: "ExpiredToken"})
	}
	lines := text(t, s, report.Options{})
	for _, want := range []string{
		"? APIGateway.3  LOW  Stages should trace requests (1 passed, 2 accounts could not be read)",
		"? APIGateway.4  MEDIUM  Stages should have a web ACL (2 accounts could not be read)",
		"- APIGateway.8  HIGH  Routes should name an authorization type (AWS does not offer it in ap-east-2)",
		"- APIGateway.9  MEDIUM  Stages should write access logs (no data)",
		"0 of 4 evaluated controls pass (0 fail, 4 unknown)",
		"1 finding: 1 passed, 2 accounts could not be read",
		"  ! sts:GetCallerIdentity ExpiredToken, 3 times: Account unknown, profile sso", "  ! profile sso: sts:GetCallerIdentity ExpiredToken",
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("%q is not in\n%s", want, strings.Join(lines, "\n"))
		}
	}
}

// What a stopped run did not reach is no failed call.
func TestTextOfGapsNotReached(t *testing.T) {
	for code, want := range map[string]string{"Timeout": "not reached before the time limit", "Interrupted": "not reached: interrupted"} {
		s := small(t)
		s.gap(resource.Gap{Scope: scope("111122223333", "ap-northeast-1"), Hides: []resource.Type{v2Route}, Call: "kumoban:scan", Code: code, Message: "words"})
		lines := text(t, s, report.Options{})
		if !slices.Contains(lines, "  ! "+want) || !slices.Contains(lines, "  "+want) || strings.Contains(strings.Join(lines, "\n"), "words") {
			t.Errorf("%s: %s", code, strings.Join(lines, "\n"))
		}
	}
}

// Where there is one account and Region, resources do not repeat them.
func TestTextOfOnePlace(t *testing.T) {
	s := small(t)
	s.add("APIGateway.4", ref(scope("111122223333", "ap-northeast-1"), restStage, "/restapis/a/stages/b", "a/b"), control.Fail("none"), "")
	out := strings.Join(text(t, s, report.Options{}), "\n")
	for _, want := range []string{
		"    ✗ a/b  arn:aws:apigateway:ap-northeast-1::/restapis/a/stages/b\n", "\nRegion: ap-northeast-1\n",
		"✓ APIGateway.3  LOW  Stages should trace requests (1 passed)\n", "1 of 2 evaluated controls passes (1 fails, 0 unknown)\n",
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
	if !slices.Contains(lines, "As far as the scan got: 1 of 1 evaluated control passes (0 fail, 0 unknown)") {
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
	for _, want := range []string{"requests (1 passed, nothing to judge elsewhere)", "web ACL (nothing to judge)"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}

func TestTextIsSafeForTerminals(t *testing.T) {
	evil := "\x1b]0;x\a\u202e\r\n"
	s := newScan(t)
	s.Version, s.Source, s.Incomplete, s.Endpoint = evil, evil, evil, evil
	s.Accounts = []resource.Account{{ID: evil, Name: evil, Caller: evil, Regions: []string{evil, "b"}}, {ID: "2", Regions: []string{"c"}}}
	r := resource.Ref{Scope: scope(evil, evil), Type: resource.Type(evil), ARN: evil, Name: evil}
	s.add(evil, r, control.Fail(evil, locale.A(evil, evil)).Note(evil), evil)
	s.add("APIGateway.5", r, control.Fail("unencrypted", locale.A("methods", []string{evil})).Note("latent"), evil).NotOffered = true
	s.gap(resource.Gap{Scope: scope(evil, evil), Parent: r, Hides: []resource.Type{resource.Type(evil)}, Call: evil, Code: evil, Message: evil})
	s.gap(resource.Gap{Scope: scope("", evil), Name: evil, Hides: []resource.Type{resource.Type(evil)}, Call: evil, Code: "ExpiredToken", Message: evil})
	out := render(t, s, "text", locale.English, report.Options{Verbose: true, NextCommand: evil})
	if strings.ContainsAny(out, "\x1b\a\r\u202e") {
		t.Errorf("not safe: %q", out)
	}
}
