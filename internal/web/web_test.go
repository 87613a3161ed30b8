package web_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/guide"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/view"
)

// TestSameJSON: the API says of findings what commands write.
func TestSameJSON(t *testing.T) {
	s := serve(t, access.Admin("mina"))
	ids := s.house.Scan(s.desk, control.Failed, control.Passed, control.Unknown)
	s.signIn()
	for _, lang := range locale.Langs() {
		catalog, err := locale.New(lang)
		if err != nil {
			t.Fatal(err)
		}
		texts, err := report.NewTexts(catalog, s.house.Config.Controls.Controls())
		if err != nil {
			t.Fatal(err)
		}
		v := &view.View{Catalog: catalog, Texts: texts, Zone: s.desk.Zone(), Now: s.desk.Now()}
		page, err := findings.List(t.Context(), s.desk, findings.Query{Order: findings.BySeverity, Limit: 100, Number: 1})
		if err != nil {
			t.Fatal(err)
		}
		var want bytes.Buffer
		v.Know(page.Exceptions)
		if err := v.FindingsJSON(&want, page.Records, page.Total, page.Next); err != nil {
			t.Fatal(err)
		}
		_, got := s.ask(http.MethodGet, "/api/v1/findings", nil, "Accept-Language", string(lang)+";q=0.9")
		if diff := cmp.Diff(parsed(t, want.String()), parsed(t, got)); diff != "" || len(page.Records) != 2 {
			t.Errorf("%s: %d findings, the list (-command +API):\n%s", lang, len(page.Records), diff)
		}
		want.Reset()
		if err := guide.ListJSON(&want, catalog, s.house.Config.Controls.Controls()); err != nil {
			t.Fatal(err)
		}
		_, got = s.ask(http.MethodGet, "/api/v1/controls", nil, "Accept-Language", string(lang))
		if diff := cmp.Diff(parsed(t, want.String()), parsed(t, got)); diff != "" {
			t.Errorf("%s: controls (-command +API):\n%s", lang, diff)
		}
		story, err := findings.Show(t.Context(), s.desk, ids[0])
		if err != nil {
			t.Fatal(err)
		}
		want.Reset()
		if err := v.ShowJSON(&want, &view.Story{Story: *story}); err != nil {
			t.Fatal(err)
		}
		_, got = s.ask(http.MethodGet, "/api/v1/findings/"+ids[0][:12], nil, "Accept-Language", string(lang))
		if diff := cmp.Diff(parsed(t, want.String()), parsed(t, got)); diff != "" {
			t.Errorf("%s: a story (-command +API):\n%s", lang, diff)
		}
	}
}

func parsed(t *testing.T, text string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

// TestDecisions: a decision is taken, and one about what has changed is refused with
// the finding as it is.
func TestDecisions(t *testing.T) {
	s := serve(t, access.Admin("mina"))
	id := s.house.Scan(s.desk, control.Failed)[0]
	s.signIn()
	first, _ := s.ask(http.MethodGet, "/api/v1/findings/"+id, nil)
	tag := first.Header.Get("ETag")
	s.house.Time = s.house.Time.Add(time.Second)
	about := func(tag string) object {
		return object{"findings": []object{{"id": id, "etag": tag}}, "reason": "ticket OPS-1"}
	}
	r, text := s.ask(http.MethodPost, "/api/v1/findings/notify", about(tag))
	if r.StatusCode != http.StatusOK || !strings.Contains(text, `"workflow":"NOTIFIED"`) || !strings.Contains(text, `"auditHead":"`) {
		t.Fatalf("notify: %s\n%s", r.Status, text)
	}
	r, text = s.ask(http.MethodPost, "/api/v1/findings/resolve", about(tag), "Accept-Language", "ja")
	if r.StatusCode != http.StatusPreconditionFailed || !strings.Contains(text, "更新されています") || !strings.Contains(text, `"workflow":"NOTIFIED"`) || !strings.Contains(text, `"code":"keep.stale"`) {
		t.Errorf("a stale page: %s\n%s", r.Status, text)
	}
	listed := parsed(t, text).(object)["current"].([]any)[0].(object)["updated"]
	old := object{"findings": []object{{"id": id, "updated": "2026-01-01T00:00:00Z"}}, "reason": "x"}
	if r, text := s.ask(http.MethodPost, "/api/v1/findings/resolve", old); r.StatusCode != http.StatusPreconditionFailed {
		t.Errorf("a stale list: %s\n%s", r.Status, text)
	}
	if r, text := s.ask(http.MethodPost, "/api/v1/findings/note", object{"findings": []object{{"id": id, "updated": listed}}, "reason": "x"}); r.StatusCode != http.StatusOK {
		t.Errorf("a list as it is: %s\n%s", r.Status, text)
	}
	short := object{"findings": []object{{"id": id[:12], "etag": tag}}, "reason": "x"}
	if r, text := s.ask(http.MethodPost, "/api/v1/findings/resolve", short); r.StatusCode == http.StatusOK {
		t.Errorf("an ETag beside a short id was not compared: %s", text)
	}
	if r, text := s.ask(http.MethodPost, "/api/v1/findings/resolve", about("old")); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(text, "web.badTag") {
		t.Errorf("no ETag: %s\n%s", r.Status, text)
	}
	again, _ := s.ask(http.MethodGet, "/api/v1/findings/"+id, nil)
	s.house.Time = s.house.Time.Add(time.Second)
	if r, text := s.ask(http.MethodPost, "/api/v1/findings/suppress", object{"findings": []object{{"id": id, "etag": again.Header.Get("ETag")}}, "reason": "test", "until": "30d"}); r.StatusCode != http.StatusOK || !strings.Contains(text, `"workflow":"SUPPRESSED"`) || !strings.Contains(text, `"exceptionUntil"`) {
		t.Errorf("suppress: %s\n%s", r.Status, text)
	}
	if r, text := s.ask(http.MethodPost, "/api/v1/findings/note", about(again.Header.Get("ETag"))); r.StatusCode != http.StatusPreconditionFailed || !strings.Contains(text, `"exceptionUntil":"2026-12-01T`) {
		t.Errorf("a stale page of what is suppressed by now: %s\n%s", r.Status, text)
	}
	for lang, says := range map[string]string{"en": "give the last day a day that lies ahead", "ja": "最終日には将来の日付"} {
		past := object{"findings": []object{{"id": id}}, "reason": "x", "until": "2020-01-01"}
		if r, text := s.ask(http.MethodPost, "/api/v1/findings/suppress", past, "Accept-Language", lang); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(text, says) {
			t.Errorf("a day that is past: %s\n%s", r.Status, text)
		}
	}
}

// TestProblems: what is wrong is told in the reader's language, with the right code,
// and nothing of the inside.
func TestProblems(t *testing.T) {
	s := serve(t, access.Admin("mina"))
	s.signIn()
	for _, c := range []struct {
		path, lang string
		code       int
		says       string
	}{
		{"/api/v1/findings/0123abcd", "en", http.StatusNotFound, "no finding"},
		{"/api/v1/findings?status=LOST", "en", http.StatusUnprocessableEntity, "LOST"},
		{"/api/v1/findings?status=LOST", "ja-JP,ja", http.StatusUnprocessableEntity, "LOST"},
		{"/api/v1/findings?limit=0", "en", http.StatusUnprocessableEntity, "query.limit"},
		{"/api/v1/findings?limit=x", "ja", http.StatusUnprocessableEntity, "無効な値"},
		{"/api/v1/findings?after=x", "en", http.StatusUnprocessableEntity, "x is not where a page ended"},
		{"/api/v1/exceptions/expiring?within=soon", "ja", http.StatusUnprocessableEntity, "soon"},
		{"/api/v1/controls/S3.*", "en", http.StatusUnprocessableEntity, "name one control"},
		{"/api/v1/controls/S3.9", "ja", http.StatusOK, "AWS::S3::Bucket"},
		{"/api/v1/nothing.json", "en", http.StatusNotFound, "no such page"},
	} {
		r, text := s.ask(http.MethodGet, c.path, nil, "Accept-Language", c.lang)
		if r.StatusCode != c.code || !strings.Contains(text, c.says) {
			t.Errorf("%s in %s: %s, want %d with %q\n%s", c.path, c.lang, r.Status, c.code, c.says, text)
		}
	}
}

// TestSignedOut: without a session there is nothing but the way in, and a link works
// once.
func TestSignedOut(t *testing.T) {
	s := serve(t, access.Admin("mina"))
	for _, path := range []string{"/api/v1/me", "/api/v1/findings", "/", "/findings/x"} {
		if r, text := s.ask(http.MethodGet, path, nil); r.StatusCode != http.StatusUnauthorized || !strings.Contains(text, "kumoban serve") {
			t.Errorf("%s: %s\n%s", path, r.Status, text)
		}
	}
	link := s.server.Link()
	if r, _ := s.ask(http.MethodGet, link, nil); r.StatusCode != http.StatusSeeOther {
		t.Fatal(r.Status)
	}
	if r, text := s.ask(http.MethodGet, "/api/v1/me", nil); r.StatusCode != http.StatusOK || !strings.Contains(text, `"id":"mina"`) {
		t.Errorf("%s\n%s", r.Status, text)
	}
	if r, _ := s.ask(http.MethodGet, link, nil); r.StatusCode != http.StatusForbidden {
		t.Errorf("the link again: %s", r.Status)
	}
	if r, _ := s.ask(http.MethodGet, "/signin/"+strings.Repeat("A", 26), nil); r.StatusCode != http.StatusForbidden {
		t.Errorf("a guess: %s", r.Status)
	}
	late := s.server.Link()
	s.house.Time = s.house.Time.Add(11 * time.Minute)
	if r, _ := s.ask(http.MethodGet, late, nil); r.StatusCode != http.StatusForbidden {
		t.Errorf("after eleven minutes: %s", r.Status)
	}
	at, _ := url.Parse(s.url)
	old := s.client.Jar.Cookies(at)[0]
	if r, _ := s.ask(http.MethodPost, "/signout", nil); r.StatusCode != http.StatusNoContent {
		t.Error(r.Status)
	}
	if r, _ := s.ask(http.MethodGet, "/api/v1/me", nil, "Cookie", old.String()); r.StatusCode != http.StatusUnauthorized {
		t.Errorf("a session that was ended: %s", r.Status)
	}
	s.signIn()
	s.house.Time = s.house.Time.Add(5 * time.Hour)
	if r, _ := s.ask(http.MethodGet, "/api/v1/me", nil); r.StatusCode != http.StatusUnauthorized {
		t.Errorf("after five hours: %s", r.Status)
	}
}

// TestPermissions: every operation of the document names a permission that there is,
// and whoever lacks it is refused.
func TestPermissions(t *testing.T) {
	s := serve(t, access.Granted("u-1", "Sato"))
	_, text := s.ask(http.MethodGet, "/api/v1/openapi.json", nil)
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string            `json:"operationId"`
			Takes       access.Permission `json:"x-permission"`
		}
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil || !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Fatal(err, doc.OpenAPI)
	}
	s.signIn()
	known := map[access.Permission]bool{}
	for _, p := range access.Permissions() {
		known[p] = true
	}
	n := 0
	for path, methods := range doc.Paths {
		for method, o := range methods {
			n++
			if !known[o.Takes] {
				t.Errorf("%s %s has no permission", method, path)
			}
			var in any
			if method != "get" {
				in = object{"findings": []object{{"id": "x"}}, "reason": "x", "to": "low", "until": "1d"}
			}
			r, text := s.ask(strings.ToUpper(method), strings.ReplaceAll(path, "{id}", "x"), in)
			if r.StatusCode != http.StatusForbidden || !strings.Contains(text, string(o.Takes)) {
				t.Errorf("%s without %s: %s\n%s", o.OperationID, o.Takes, r.Status, text)
			}
		}
	}
	if n < 15 {
		t.Errorf("the document has %d operations", n)
	}
}

// TestHealth: who watches a server needs no session.
func TestHealth(t *testing.T) {
	s := serve(t, access.Admin("mina"))
	for _, path := range []string{"/healthz", "/readyz"} {
		if r, text := s.ask(http.MethodGet, path, nil); r.StatusCode != http.StatusOK {
			t.Errorf("%s: %s %s", path, r.Status, text)
		}
	}
	s.desk.Close()
	s.house.Time = s.house.Time.Add(time.Minute)
	if r, _ := s.ask(http.MethodGet, "/readyz", nil); r.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("with a closed store it is ready: %s", r.Status)
	}
}

// TestDocument: the document that stands in docs is the server's. KUMOBAN_UPDATE_API=1
// writes it anew.
func TestDocument(t *testing.T) {
	const file = "../../docs/openapi.json"
	s := serve(t, access.Admin("mina"))
	_, text := s.ask(http.MethodGet, "/api/v1/openapi.json", nil)
	var got bytes.Buffer
	if err := json.Indent(&got, []byte(text), "", "  "); err != nil {
		t.Fatal(err)
	}
	got.WriteByte('\n')
	if os.Getenv("KUMOBAN_UPDATE_API") != "" {
		if err := os.WriteFile(file, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s (-it +the server); KUMOBAN_UPDATE_API=1 writes it anew:\n%s", file, diff)
	}
}
