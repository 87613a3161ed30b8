package evidence

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

const id = "0123456789abcdef0123456789abcdef"

func catalog(t *testing.T, lang locale.Lang) *locale.Catalog {
	t.Helper()
	c, err := locale.New(lang)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func on(day int) time.Time { return time.Date(2026, 10, day, 9, 30, 0, 0, time.UTC) }

// sample is a finding that went all the way; word stands wherever people or
// AWS put a text of their own.
func sample(t *testing.T, word string) *Pack {
	t.Helper()
	inPlan := strings.ToValidUTF8(word, "") // AWS's answers are valid UTF-8
	p := &plan.Plan{SchemaVersion: 1, MadeAt: on(20), Account: "111122223333", Region: "ap-northeast-1",
		Fixes: []plan.Fix{{Finding: id, Control: "APIGateway.9", Remedy: "log-group", Steps: []string{"1", "2"}}, {Finding: "another", Steps: []string{"3"}}},
		Steps: []plan.Step{
			{ID: "1", Thing: plan.Thing{Type: "AWS::Logs::LogGroup", Name: "group-" + inPlan}, Make: true, Changes: []plan.Change{{Property: "RetentionInDays", Will: 365.0}}},
			{ID: "2", Thing: plan.Thing{Type: "AWS::ApiGatewayV2::Stage", ARN: "arn:stage/" + inPlan}, Changes: []plan.Change{{Property: "AccessLogSettings.DestinationArn", Was: inPlan, Will: []string{"a", inPlan}}}},
			{ID: "3", Thing: plan.Thing{Type: "x", Name: "of another finding"}, Changes: []plan.Change{{Property: "Elsewhere"}}},
		}}
	sum, err := p.Sum()
	if err != nil {
		t.Fatal(err)
	}
	p.Digest = sum
	planned, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	first := audit.Seal(audit.Entry{}, audit.Entry{At: on(2), Actor: word, Action: "ask", Subject: id, Reason: word, Detail: `{"q":"` + word + `"}`})
	second := audit.Seal(first, audit.Entry{At: on(20), Actor: "hana", Action: "fix.apply", Subject: "run-1"})
	event := func(day int, kind lifecycle.EventKind, from, to, by, reason string) lifecycle.Event {
		return lifecycle.Event{Finding: id, At: on(day), Kind: kind, From: from, To: to, By: by, Reason: reason}
	}
	return &Pack{
		Record: lifecycle.Record{
			ID: id, Control: "APIGateway.9", Severity: control.Medium, Source: lifecycle.SourceLive, Status: control.Passed, Previous: control.Failed,
			Resource: resource.Ref{Scope: resource.Scope{Partition: "aws", Account: "111122223333", Region: "ap-northeast-1"}, Type: "AWS::ApiGatewayV2::Stage", ARN: "arn:" + word, Name: word},
			Message:  locale.M("logs", locale.A("destination", word)), Notes: []locale.Message{locale.M("quickCreate")}, Tags: map[string]string{word: word},
			Workflow: lifecycle.Resolved, State: lifecycle.Active, Reopened: 1, FirstSeen: on(1), LastSeen: on(21), Changed: on(21), First: control.Failed,
		},
		Control: control9(t),
		Events: []lifecycle.Event{
			event(2, lifecycle.EventAsked, "", "q-1", "hana", ""), event(3, lifecycle.EventAnswered, "", "accept 2026-10-15 production=no retention=90 other-logs=yes", word, word),
			event(3, lifecycle.EventExcepted, "", "x-1", word, ""), event(3, lifecycle.EventWorkflow, "NEW", "SUPPRESSED", word, word),
			event(15, lifecycle.EventExpired, "x-1", "", lifecycle.ByTime, ""), event(15, lifecycle.EventReopened, "", "", lifecycle.ByTime, ""),
			event(16, lifecycle.EventSeverity, "MEDIUM", "HIGH", lifecycle.ByRule+word, ""), event(16, lifecycle.EventNote, "", "", "hana", word),
			event(20, lifecycle.EventFixed, "", "run-1", "hana", ""), event(21, lifecycle.EventCompliance, "FAILED", "PASSED", lifecycle.ByScan, ""),
			event(21, lifecycle.EventWorkflow, "NEW", "RESOLVED", lifecycle.ByScan, ""),
		},
		Exceptions: []lifecycle.Exception{{ID: "x-1", Finding: id, Reason: word, Until: on(15), By: word, ApprovedBy: word, Question: "q-1", CreatedAt: on(3), EndedAt: on(15), EndedBy: lifecycle.ByTime}},
		Questions: []ask.Question{{
			ID: "q-1", Findings: []string{id}, Owner: word, OwnerFrom: "tag:" + word, Due: on(10), AskedBy: "hana", AskedAt: on(2), Channel: "print", Sent: &ask.Sent{By: word, At: on(2)}, Text: "line 1\nline 2 " + word,
			Answer: &ask.Answer{By: word, At: on(3), Choice: ask.Accept, Until: on(15), Words: word, RecordedBy: "hana", Replies: []ask.Reply{{Control: "APIGateway.9", Key: "production", Kind: control.YesNo, Value: "no"}, {Control: "APIGateway.9", Only: true, Key: "retention", Kind: control.Number, Unit: control.Days, Value: "90"}}},
		}},
		Runs: []store.Run{{ID: "run-1", Digest: sum, Findings: []string{id}, State: "done", By: "hana", Started: on(20), Updated: on(20), Plan: planned,
			Journal: []byte(`{"at":"2026-10-20T09:31:00Z","step":"1","event":"done"}` + "\n" + `{"at":"2026-10-20T09:32:00Z","step":"2","event":"done"}` + "\n{\"at")}},
		Entries: []audit.Entry{first, second}, Audit: audit.Report{Entries: 2, Last: second.Head(), Held: true}, Version: "1.0.0", MadeAt: on(22),
	}
}

func control9(t *testing.T) *control.Control {
	t.Helper()
	for _, c := range controls.All() {
		if c.ID == "APIGateway.9" {
			return c
		}
	}
	t.Fatal("no control")
	return nil
}

func html(t *testing.T, p *Pack, lang locale.Lang) string {
	t.Helper()
	var b strings.Builder
	if err := p.HTML(&b, catalog(t, lang)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func asJSON(t *testing.T, p *Pack, lang locale.Lang) []byte {
	t.Helper()
	data, err := p.JSON(catalog(t, lang))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestStory tells everything in order, on the page and as data.
func TestStory(t *testing.T) {
	p := sample(t, "word")
	slices.Reverse(p.Events[:3]) // whatever order the store hands them out in
	var out struct {
		Story []struct {
			Kind, Says, Reason string
			Replies            []Reply
		}
	}
	if err := json.Unmarshal(asJSON(t, p, locale.English), &out); err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, m := range out.Story {
		kinds = append(kinds, m.Kind)
	}
	if want := []string{"found", "asked", "excepted", "answered", "workflow", "expired", "reopened", "severity", "note", "fixed", "compliance", "workflow"}; !slices.Equal(kinds, want) {
		t.Error(cmp.Diff(want, kinds))
	}
	if r := out.Story[3].Replies; len(r) != 2 || r[0].Key != "production" || r[0].Value != "no" || r[1].Value != "90 days" {
		t.Errorf("replies: %+v", r)
	}
	page := html(t, p, locale.English)
	at := 0
	for _, want := range []string{
		"Found: FAILED", "Question q-1 was asked of word, to be answered by 2026-10-10", "Accepted until 2026-10-15 09:30:00 UTC: exception x-1 Approved by word.",
		"Answered: accept it until 2026-10-15", "Does production traffic or real data pass through this stage", "<b>no</b>", "For at least how many days", "<b>90 days</b>", // not the reply to another control's question
		"Exception x-1 ended", "Reopened", "rule word", "Fixed by run run-1 (done), plan " + p.Runs[0].Digest, "The plan that is kept has the digest that was approved.",
		"RetentionInDays", "absent", "365", "2026-10-20 09:31:00 UTC changed, and read back", "AccessLogSettings.DestinationArn", "Compliance status: FAILED → PASSED", "Workflow status: NEW → RESOLVED",
		"line 1\nline 2 word", "holds the head that was given", p.Audit.Last, "fix.apply",
	} {
		i := strings.Index(page[at:], want)
		if i < 0 {
			t.Fatalf("no %q after\n%s", want, page[:at])
		}
		at += i
	}
	if strings.Contains(page, "Elsewhere") || strings.Contains(page, "audit.pack") {
		t.Error("another finding's step, or a key, is shown")
	}
	ja := html(t, p, locale.Japanese)
	for _, want := range []string{`<html lang="ja">`, "word への照会 q-1 を作成 (回答期限 2026-10-10)", "まで受容: 例外 x-1", "期限切れ", "再発", "回答: 2026-10-15 まで受容する", "このステージには、本番のトラフィックまたは実データが通りますか。", "<b>いいえ</b>", "<b>90 日</b>", "承認されたダイジェストと一致します"} {
		if !strings.Contains(ja, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(ja, "audit.pack") {
		t.Error("a key is shown")
	}
}

// TestUntold tells of questions, exceptions and runs that no event names.
func TestUntold(t *testing.T) {
	p := sample(t, "word")
	p.Events = nil
	page := html(t, p, locale.English)
	for _, want := range []string{"Question q-1 was asked of word", "Accepted until", "Fixed by run run-1"} {
		if strings.Count(page, want) != 1 {
			t.Errorf("%q is told %d times", want, strings.Count(page, want))
		}
	}
}

// TestChangedLaterShows: a plan and an entry that were changed say so.
func TestChangedLaterShows(t *testing.T) {
	p := sample(t, "word")
	p.Runs[0].Plan = bytes.Replace(p.Runs[0].Plan, []byte("365"), []byte("1"), 1)
	p.Entries[0].Reason = "another"
	p.Audit = audit.Report{Entries: 2, Last: p.Entries[1].Head(), Problem: &audit.Problem{Seq: 1, Fault: audit.Changed}}
	page := html(t, p, locale.English)
	for _, want := range []string{`<p class="bad">The plan that is kept does not have`, `<p class="bad">entry 1 was changed`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
	if n := strings.Count(page, "this entry does not have the hash"); n != 1 {
		t.Errorf("%d entries are said to be changed", n)
	}
	var out packJSON
	if err := json.Unmarshal(asJSON(t, p, locale.English), &out); err != nil || out.Runs[0].DigestHolds || out.Audit.Verification.Whole || out.Audit.Verification.Seq != 1 {
		t.Errorf("%+v, %v", out.Audit.Verification, err)
	}
}

const hostile = "</td><script>alert(1)</script><img src=x onerror=alert(1)>\" onmouseover='x' {{.}} javascript:alert(1) \x1b[31m\u202e\u200f\u2066\x00\xff\r\n--> ]]>"

var tags = regexp.MustCompile(`<[^>]*>`)

// TestHostile: a text of somebody's own adds no tag to the page and turns no
// writing round.
func TestHostile(t *testing.T) {
	for _, lang := range locale.Langs() {
		page, plain := html(t, sample(t, hostile), lang), html(t, sample(t, "word"), lang)
		if diff := cmp.Diff(tags.FindAllString(plain, -1), tags.FindAllString(page, -1)); diff != "" {
			t.Errorf("tags (-plain +hostile):\n%s", diff)
		}
		if strings.ContainsAny(page, "\x1b\u202e\u200f\u2066\x00\r") {
			t.Error("control characters reach the page")
		}
		for _, outside := range []string{"<script", "http:", "https:", "src=", "url(", "@import", " on"} {
			for _, tag := range tags.FindAllString(page, -1) {
				if strings.Contains(tag, outside) {
					t.Errorf("%s in %s", outside, tag)
				}
			}
		}
		var v map[string]any
		if data := asJSON(t, sample(t, hostile), lang); json.Unmarshal(data, &v) != nil || bytes.ContainsAny(data, "\x1b\x00<") {
			t.Error("the JSON is not fit to be shown or embedded")
		}
	}
}

// TestSchema validates packs full, hostile and empty.
func TestSchema(t *testing.T) {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	schema, err := c.Compile("../../docs/schemas/evidence.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	bare := &Pack{Record: lifecycle.Record{ID: id, Control: "Other.1", Severity: control.Low, Message: locale.M("finding.passed"), Workflow: lifecycle.New, State: lifecycle.Active, FirstSeen: on(1)}, MadeAt: on(2)}
	damaged := sample(t, "word")
	damaged.Runs[0].Plan, damaged.Runs[0].Journal = []byte("{"), []byte("\xff{")
	for name, p := range map[string]*Pack{"full": sample(t, "word"), "hostile": sample(t, hostile), "bare": bare, "damaged": damaged} {
		for _, lang := range locale.Langs() {
			v, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON(t, p, lang)))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(v); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			html(t, p, lang)
		}
	}
	var v any
	if err := json.Unmarshal(bytes.Replace(asJSON(t, bare, locale.English), []byte(`"NEW"`), []byte(`"OLD"`), 1), &v); err != nil || schema.Validate(v) == nil {
		t.Error("the schema accepts anything")
	}
}

// TestEntriesStayVerifiable: entries taken out of the pack are those of the log.
func TestEntriesStayVerifiable(t *testing.T) {
	var out struct {
		Audit struct{ Entries []audit.Entry }
	}
	p := sample(t, "<&>\u2028"+"word")
	if err := json.Unmarshal(asJSON(t, p, locale.English), &out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p.Entries, out.Audit.Entries); diff != "" {
		t.Error(diff)
	}
	for _, e := range out.Audit.Entries {
		if !e.Intact() {
			t.Errorf("entry %d", e.Seq)
		}
	}
}

func TestSubjects(t *testing.T) {
	if got := sample(t, "word").Subjects(); !slices.Equal(got, []string{id, "q-1", "x-1", "run-1"}) {
		t.Error(got)
	}
}
