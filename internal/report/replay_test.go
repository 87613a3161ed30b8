package report_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
)

func replayed(t testing.TB, saved string, all []*control.Control) *report.Replay {
	t.Helper()
	r, err := report.ReadJSON(strings.NewReader(saved), all)
	check(t, err)
	return r
}

func into(t testing.TB, r *report.Replay, all []*control.Control, format string, lang locale.Lang) string {
	t.Helper()
	return intoTexts(t, r, format, newTexts(t, lang, all))
}

func intoTexts(t testing.TB, r *report.Replay, format string, texts *report.Texts) string {
	t.Helper()
	var out bytes.Buffer
	h, err := report.New(format, &out, texts, report.Options{})
	check(t, err)
	check(t, r.Into(h))
	return out.String()
}

// A scan saved in one language reads in the other as if it had been written so.
func TestReplayIsLossless(t *testing.T) {
	source := newScan(t)
	source.Source, source.Incomplete = "terraform", "timeout"
	source.add("APIGateway.3", resource.Ref{Type: restStage, Address: "aws_api_gateway_stage.x", Name: "x"}, control.Fail("off"), "").Origin =
		&fact.Origin{File: "main.tf", Line: 1, Column: 2, Fault: "computed"}
	for _, s := range []*scan{sample(t), source, everyMessage(t), utc(abroad(t)), exported(t)} {
		for _, saved := range []string{"json", "jsonl"} {
			for _, lang := range locale.Langs() {
				other := locale.English
				if lang == other {
					other = locale.Japanese
				}
				r := replayed(t, render(t, s, saved, lang, report.Options{}), s.all)
				for _, format := range report.Formats() {
					if saved == "json" && (format == "csv" || format == "jsonl") {
						continue // json is in another order than the scan
					}
					want := render(t, s, format, other, report.Options{})
					if diff := cmp.Diff(want, into(t, r, s.all, format, other)); diff != "" {
						t.Errorf("%s in %s to %s in %s:\n%s", saved, lang, format, other, diff)
					}
				}
			}
		}
	}
}

// utc is what is left of the times when a scan was saved.
func utc(s *scan) *scan {
	s.Started, s.Ended = s.Started.UTC(), s.Ended.UTC()
	return s
}

func TestReplayKeepsFindings(t *testing.T) {
	s := sample(t)
	r := replayed(t, render(t, s, "jsonl", locale.English, report.Options{}), s.all)
	var got []finding.Finding
	for _, f := range r.Findings {
		got = append(got, *f)
	}
	if diff := cmp.Diff(s.findings, got, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	var gaps []resource.Gap
	for _, g := range r.Gaps {
		gaps = append(gaps, *g)
	}
	if diff := cmp.Diff(s.gaps, gaps); diff != "" {
		t.Error(diff)
	}
}

func TestReplayOfUnknownControl(t *testing.T) {
	for _, format := range []string{"json", "jsonl"} {
		saved := render(t, sample(t), format, locale.English, report.Options{})
		saved = strings.ReplaceAll(saved, "APIGateway.5", "APIGateway.99")
		r := replayed(t, saved, fakes())
		text := into(t, r, fakes(), "text", locale.Japanese)
		for _, want := range []string{"✗ APIGateway.99  MEDIUM  APIGateway.99 (", "unencrypted (n=1, of=3, methods=[*/*])", "kumoban controls explain"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is not in\n%s", format, want, text)
			}
		}
		for _, other := range []string{"json", "csv", "asff"} {
			if !strings.Contains(into(t, r, fakes(), other, locale.English), "APIGateway.99") {
				t.Errorf("%s loses the control", other)
			}
		}
	}
}

// What a control of another version judges is not known, so what may be hidden
// from it stays hidden.
func TestReplayOfUnknownControlUnread(t *testing.T) {
	s := small(t)
	s.gap(resource.Gap{Scope: scope("", "ap-northeast-1"), Name: "sso", Hides: []resource.Type{restStage}, Call: "sts:GetCallerIdentity", Code: "ExpiredToken"})
	saved := strings.ReplaceAll(render(t, s, "json", locale.English, report.Options{}), "APIGateway.3", "APIGateway.99")
	r := replayed(t, saved, fakes())
	if out := into(t, r, fakes(), "text", locale.English); !strings.Contains(out, "? APIGateway.99  LOW     APIGateway.99 (1 passed, 1 account could not be read)") {
		t.Error(out)
	}
}

// A control whose severity AWS has changed since is shown as it was.
func TestReplayKeepsSeverity(t *testing.T) {
	saved := strings.ReplaceAll(render(t, sample(t), "json", locale.English, report.Options{}), `"severity":"LOW"`, `"severity":"HIGH"`)
	if text := into(t, replayed(t, saved, fakes()), fakes(), "text", locale.English); !strings.Contains(text, "APIGateway.3   HIGH") {
		t.Error(text)
	}
}

func TestReplayRefuses(t *testing.T) {
	whole := render(t, sample(t), "json", locale.English, report.Options{})
	lines := render(t, sample(t), "jsonl", locale.English, report.Options{})
	swap := func(s, old, new string) string {
		if !strings.Contains(s, old) {
			t.Fatalf("%q is not in the sample", old)
		}
		return strings.Replace(s, old, new, 1)
	}
	first, _, _ := strings.Cut(lines, "\n")
	ja, err := locale.New(locale.Japanese)
	check(t, err)
	seen := map[string]bool{}
	for name, c := range map[string]struct{ saved, want string }{
		"empty":                {"", "empty"},
		"blank":                {" \n\t", "empty"},
		"not JSON":             {"Hello", "at byte 1"},
		"a list":               {"[1]", "(schemaVersion)"},
		"a list of others":     {`[{"id":1}]`, "(schemaVersion)"},
		"asff":                 {render(t, sample(t), "asff", locale.English, report.Options{}), "this is asff;"},
		"ocsf":                 {render(t, sample(t), "ocsf", locale.English, report.Options{}), "this is ocsf;"},
		"html":                 {render(t, sample(t), "html", locale.Japanese, report.Options{}), "this is html;"},
		"asff of nothing":      {"[\n]", "this is asff;"},
		"csv":                  {render(t, sample(t), "csv", locale.Japanese, report.Options{CSVBOM: true}), "this is csv;"},
		"text":                 {render(t, sample(t), "text", locale.Japanese, report.Options{}), "this is text;"},
		"another object":       {`{"Accounts":[]}`, "no schemaVersion"},
		"a plan":               {`{"schemaVersion":1,"kumoban":"v1","steps":[],"digest":"3f9c"}`, "a plan of kumoban fix plan"},
		"cut in a finding":     {whole[:len(whole)/2], "cut off"},
		"cut at the end":       {whole[:len(whole)-3], "cut off"},
		"something follows":    {whole + "{}", "at byte"},
		"newer":                {swap(whole, `"schemaVersion":1`, `"schemaVersion":2`), "later kumoban"},
		"newer lines":          {strings.ReplaceAll(lines, `"schemaVersion":1`, `"schemaVersion":7`), "later kumoban"},
		"newer last line":      {swap(lines, `"type":"scan","schemaVersion":1`, `"type":"scan","schemaVersion":2`), "damaged in line"},
		"negative version":     {swap(whole, `"schemaVersion":1`, `"schemaVersion":-1`), "no saved scan"},
		"version a word":       {swap(whole, `"schemaVersion":1`, `"schemaVersion":"1"`), "(schemaVersion)"},
		"no findings":          {swap(whole, `"findings":[`, `"finding":[`), "(findings, gaps, summary)"},
		"no status":            {swap(whole, `"status":"FAILED",`, ``), "(findings[0])"},
		"bad status":           {swap(whole, `"status":"FAILED"`, `"status":"OK"`), "(findings[0])"},
		"bad severity":         {swap(whole, `"severity":"LOW","parameters"`, `"severity":"WORST","parameters"`), "(accounts, controls, summary)"},
		"changed status":       {swap(whole, `"status":"FAILED"`, `"status":"PASSED"`), "does not count"},
		"a float":              {swap(whole, `"of":14`, `"of":1.5`), "(findings["},
		"args a list":          {swap(whole, `"args":{}`, `"args":[]`), "(findings[0])"},
		"a gap without a call": {swap(whole, `"call":"apigatewayv2:GetStages","code"`, `"code"`), "(gaps[0])"},
		"no time":              {swap(whole, `"startedAt"`, `"began"`), "(startedAt"},
		"bad time":             {swap(whole, `2026-11-21T03:04:05.678Z`, `yesterday`), "damaged"},
		"control without id":   {swap(whole, `{"id":"APIGateway.3","severity"`, `{"severity"`), "(controls[1])"},
		"lines cut":            {lines[:len(lines)-40], "cut off"},
		"lines end early":      {lines[:strings.LastIndex(strings.TrimSpace(lines), "\n")], "cut off"},
		"a line lost":          {swap(lines, first+"\n", ""), "does not count"},
		"a line twice":         {first + "\n" + lines, "does not count"},
		"a line garbled":       {swap(lines, `{"type":"gap"`, `{"type":gap`), "damaged in line"},
		"a line of its own":    {swap(lines, `{"type":"gap"`, `{"type":"gasp"`), "damaged in line"},
		"lines after the end":  {lines + first, "damaged in line"},
	} {
		_, err := report.ReadJSON(strings.NewReader(c.saved), fakes())
		var said *locale.Error
		if !errors.As(err, &said) || !strings.Contains(said.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
			continue
		}
		if in := ja.Text(said.Key, said.Args...); !japanese(in) || place.MatchString(in) {
			t.Errorf("%s: in Japanese it says %s", name, in)
		}
		seen[said.Key] = true
	}
	for key := range ja.Keys() {
		if strings.HasPrefix(key, "report.saved.") && !seen[key] {
			t.Errorf("nothing leads to %s", key)
		}
	}
	_, err = report.ReadJSON(failing{}, fakes())
	if err == nil || !strings.Contains(err.Error(), "unplugged") {
		t.Errorf("got %v", err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("unplugged") }

// Windows shells put a byte order mark before what they save.
func TestReplayOfByteOrderMark(t *testing.T) {
	for _, format := range []string{"json", "jsonl"} {
		saved := render(t, sample(t), format, locale.English, report.Options{})
		replayed(t, "\ufeff"+strings.ReplaceAll(saved, "\n", "\r\n"), fakes())
	}
}

// FuzzReadJSON reads anything without panic; what it accepts, every format
// renders, and json reads again as the same.
func FuzzReadJSON(f *testing.F) {
	s := newScan(f)
	s.add("APIGateway.5", ref(scope("111122223333", "ap-northeast-1"), restStage, "/x", "x"),
		control.Fail("unencrypted", locale.A("n", 1), locale.A("methods", []string{"*/*"})).Note("latent"), "")
	s.gap(resource.Gap{Scope: scope("1", "r"), Hides: []resource.Type{v2Stage}, Call: "c", Code: "d"})
	for _, format := range []string{"json", "jsonl"} {
		f.Add([]byte(render(f, s, format, locale.English, report.Options{})))
	}
	f.Add([]byte(`{"schemaVersion":1,"findings":[],"gaps":[],"summary":{},"startedAt":"2026-01-01T00:00:00Z","endedAt":"2026-01-01T00:00:00Z"}`))
	all, texts := fakes(), newTexts(f, locale.English, fakes())
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := report.ReadJSON(bytes.NewReader(data), all)
		if err != nil {
			if strings.ContainsFunc(err.Error(), unicode.IsControl) {
				t.Errorf("not one plain line: %q", err)
			}
			return
		}
		for _, format := range report.Formats() {
			out := intoTexts(t, r, format, texts)
			if format == "text" && strings.ContainsAny(out, "\x1b\x00\r\u202e") {
				t.Errorf("not safe for a terminal: %q", out)
			}
			if format == "json" {
				if diff := cmp.Diff(out, intoTexts(t, replayed(t, out, all), "json", texts)); diff != "" {
					t.Error(diff)
				}
			}
		}
	})
}
