package evidence

import (
	"encoding/json"
	"html/template"
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
)

func shows(t *testing.T, page, text string, times int) {
	t.Helper()
	if n := strings.Count(page, text); n != times {
		t.Errorf("%q stands there %d times, not %d", text, n, times)
	}
}

// TestEndOfException: one that is taken back, or gives way to another, is not
// told as an acceptance.
func TestEndOfException(t *testing.T) {
	p := sample(t, "word")
	p.Exceptions = append(p.Exceptions, lifecycle.Exception{ID: "x-2", Finding: id, Reason: "longer", Until: on(18), By: "mina", CreatedAt: on(10)})
	p.Events = append(p.Events[:4:4],
		lifecycle.Event{Finding: id, At: on(10), Kind: lifecycle.EventExcepted, From: "x-1", To: "x-2", By: "mina"},
		lifecycle.Event{Finding: id, At: on(12), Kind: lifecycle.EventExcepted, From: "x-2", By: "ken", Reason: "not needed"})
	page := html(t, p, locale.English)
	shows(t, page, "Exception x-2 was withdrawn before its end", 1)
	shows(t, page, "exception x-2 It replaces exception x-1.", 1)
	shows(t, page, "Accepted", 2)
	ja := html(t, p, locale.Japanese)
	shows(t, ja, "例外 x-2 を期限前に取り消し", 1)
	shows(t, ja, "例外 x-1 を置き換え", 1)
	shows(t, ja, "受け入れ", 0)
}

func journal(p *Pack, lines ...string) { p.Runs[0].Journal = []byte(strings.Join(lines, "\n") + "\n") }

// TestRunThatChangedNothing is told as one.
func TestRunThatChangedNothing(t *testing.T) {
	p := sample(t, "word")
	journal(p, `{"at":"2026-10-20T09:31:00Z","step":"1","event":"already"}`, `{"at":"2026-10-20T09:32:00Z","step":"2","event":"already"}`)
	page := html(t, p, locale.English)
	shows(t, page, "Run run-1 found nothing to change", 1)
	shows(t, page, "Fixed by", 0)
	shows(t, html(t, p, locale.Japanese), "実行 run-1: 変更は不要", 1)
	journal(p, `{"at":"2026-10-20T09:31:00Z","step":"1","event":"already"}`, `{"at":"2026-10-20T09:32:00Z","step":"2","event":"done"}`)
	shows(t, html(t, p, locale.English), "Fixed by run run-1", 1)
}

// TestResumedRun: a run is told once, and what became of it later in a line.
func TestResumedRun(t *testing.T) {
	p := sample(t, "word")
	fixed := func(day int, state string) lifecycle.Event {
		return lifecycle.Event{Finding: id, At: on(day), Kind: lifecycle.EventFixed, To: "run-1", By: "hana", Reason: state}
	}
	p.Events = []lifecycle.Event{fixed(20, "done"), fixed(21, "done"), fixed(22, "done")}
	page := html(t, p, locale.English)
	shows(t, page, "Fixed by run run-1 (done)", 1)
	shows(t, page, `<table class="steps">`, 2)
	shows(t, page, `<p class="why">done</p>`, 0)
	p.Events = []lifecycle.Event{fixed(20, "failed"), fixed(21, "done")}
	page = html(t, p, locale.English)
	shows(t, page, "Fixed by run run-1 (failed)", 1)
	shows(t, page, "Run run-1 went on: done", 1)
	shows(t, page, `<table class="steps">`, 2)
	shows(t, html(t, p, locale.Japanese), "実行 run-1 を再開: 完了", 1)
}

// TestValues reads as people do: what another step handed out is told as what
// it was, JSON in a text is laid out, and nothing is escaped twice.
func TestValues(t *testing.T) {
	p := sample(t, "word")
	var planned plan.Plan
	if err := json.Unmarshal(p.Runs[0].Plan, &planned); err != nil {
		t.Fatal(err)
	}
	planned.Steps[1].Changes = []plan.Change{
		{Property: "DestinationArn", Will: remedy.Output{Of: "1", Name: "Arn"}},
		{Property: "Format", Was: `{"ip":"$context.ip","id":1}`, Will: "$context.id \"quoted\"\nsecond"},
		{Property: "Plain", Was: "true", Will: true},
	}
	p.Runs[0].Plan, _ = json.Marshal(planned)
	shown := func(text string) string { return "<code>" + template.HTMLEscapeString(text) + "</code>" }
	page := html(t, p, locale.English)
	shows(t, page, shown("the ARN from step 1"), 1)
	shows(t, page, shown("{\n  \"ip\": \"$context.ip\",\n  \"id\": 1\n}"), 1)
	shows(t, page, shown("$context.id \"quoted\"\nsecond"), 1)
	shows(t, page, shown(`"true"`)+`</td><td data-label="Planned">`+shown("true"), 1)
	journal(p, `{"at":"2026-10-20T09:31:00Z","step":"1","event":"done","outputs":{"Arn":"arn:aws:logs:x"}}`)
	shows(t, html(t, p, locale.English), shown("arn:aws:logs:x (the ARN from step 1)"), 1)
	shows(t, html(t, p, locale.Japanese), shown("arn:aws:logs:x (ステップ 1 の ARN)"), 1)
}

// TestDetailsOfEntries are shown without JSON, and without what says nothing.
func TestDetailsOfEntries(t *testing.T) {
	p := sample(t, "word")
	p.Entries[0].Detail = `{"by":"mina","until":"0001-01-01T00:00:00Z","approvedBy":"","due":"2026-10-10T15:00:00+09:00","findings":["a","b"],"n":3,"deep":{"x":1}}`
	page := html(t, p, locale.English)
	for _, want := range []string{"by: mina<", "due: 2026-10-10 06:00:00 UTC<", "findings: a, b<", "n: 3<", "deep: {&#34;x&#34;:1}<"} {
		shows(t, page, want, 1)
	}
	shows(t, page, "0001", 0)
	shows(t, page, "approvedBy", 0)
	for _, odd := range []string{"plain words", "[1]", `{"a":1} more`} {
		p.Entries[0].Detail = odd
		shows(t, html(t, p, locale.English), ">"+template.HTMLEscapeString(odd)+"<", 1)
	}
}

// TestOwnerIsNamedOnce: the event of a question has its owner as the reason.
func TestOwnerIsNamedOnce(t *testing.T) {
	p := sample(t, "team-shop")
	p.Events[0].Reason = "team-shop"
	at := strings.Index(html(t, p, locale.English), "Question q-1 was asked")
	rest := html(t, p, locale.English)[at:]
	if item := rest[:strings.Index(rest, "</li>")]; strings.Contains(item, `class="why"`) {
		t.Error(item)
	}
}

// TestZone tells times by the store's clock, and JSON by UTC.
func TestZone(t *testing.T) {
	p := sample(t, "word")
	zone, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	p.Zone = zone
	page := html(t, p, locale.English)
	if strings.Contains(page, " UTC") || !strings.Contains(page, " JST") {
		t.Error("some time is not by the store's clock")
	}
	if data := string(asJSON(t, p, locale.English)); strings.Contains(data, "+09:00") || !strings.Contains(data, "Z\"") {
		t.Error("JSON has other times than UTC")
	}
}
