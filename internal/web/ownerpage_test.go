package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/asking"
	"github.com/kumoban/kumoban/internal/app/auditing"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
)

// ownerSite is what owners reach, and a link for one of them.
type ownerSite struct {
	*site
	ids   []string
	token string
}

const publicHost = "ask.example.com"

// hostile is what an owner is called who wants to be more than a name.
const hostile = `<script>alert("1")</script>`

func ownersOf(t *testing.T, owner string) *ownerSite {
	t.Helper()
	s := &ownerSite{site: serve(t, access.Admin("mina"))}
	s.ids = s.house.Scan(s.desk, control.Failed, control.Failed)
	asked, err := asking.Ask(t.Context(), s.desk, &app.Env{Tell: func(string, ...locale.Arg) {}}, asking.Request{
		Findings: s.ids, Owner: owner, Due: "14d", Lang: locale.English, Public: &url.URL{Scheme: "https", Host: publicHost},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.token = asked[0].Link[strings.LastIndex(asked[0].Link, "/")+1:]
	s.call(http.MethodGet, "/a/page.css", nil)
	s.call(http.MethodGet, "/a/"+s.token, nil) // the first of a server decides the store's settings
	return s
}

// call sends a request to what owners reach; headers are pairs.
func (s *ownerSite) call(method, path string, body io.Reader, headers ...string) (*httptest.ResponseRecorder, string) {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), method, "https://"+publicHost+"/", body)
	r.URL.Path, r.URL.RawQuery, _ = strings.Cut(path, "?")
	r.TLS = nil
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i < len(headers); i += 2 {
		switch headers[i] {
		case "Host":
			r.Host = headers[i+1]
		case "From":
			r.RemoteAddr = headers[i+1]
		default:
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	w := httptest.NewRecorder()
	s.server.Owners().ServeHTTP(w, r)
	text := w.Body.String()
	if strings.Contains(text, s.token) || strings.Contains(s.log.String(), s.token) {
		s.t.Errorf("%s %.40s: the token stands in the answer or the log\n%s", method, path, s.log)
	}
	return w, text
}

func (s *ownerSite) post(values url.Values, headers ...string) (*httptest.ResponseRecorder, string) {
	s.t.Helper()
	return s.call(http.MethodPost, "/a/"+s.token, strings.NewReader(values.Encode()), headers...)
}

// state is all that can be changed, as far as the audit log vouches for it.
func (s *ownerSite) state() string {
	s.t.Helper()
	var log strings.Builder
	if err := auditing.Export(s.t.Context(), s.desk, &log); err != nil {
		s.t.Fatal(err)
	}
	return log.String()
}

// TestOwnersPage: it is read by whoever looks, changes by POST alone, once, and stays
// with what was said.
func TestOwnersPage(t *testing.T) {
	s := ownersOf(t, "hana")
	before := s.state()
	for path, says := range map[string]string{"/a/" + s.token: "What would be changed", "/a/" + s.token + "?lang=ja": "変更される内容", "/a/" + s.token + "?lang=xx": "If you do not answer"} {
		for range 2 {
			w, text := s.call(http.MethodGet, path, nil)
			if w.Code != http.StatusOK || !strings.Contains(text, says) || !strings.Contains(text, "bucket-1") || strings.Contains(text, "ownerpage.") || strings.Contains(text, "<script") {
				t.Errorf("%s: %d\n%s", path, w.Code, text)
			}
			for name, want := range map[string]string{
				"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow, noarchive", "X-Frame-Options": "DENY",
				"Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			} {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s: %s, want %s", name, got, want)
				}
			}
		}
	}
	if w, text := s.call(http.MethodHead, "/a/"+s.token, nil); w.Code != http.StatusOK || text != "" {
		t.Errorf("HEAD: %d, %s", w.Code, text)
	}
	if s.state() != before {
		t.Error("to look changed something")
	}
	back := url.Values{"choice": {"back"}, "words.back": {"which\r\n" + hostile}, "words.fix": {"not this"}}
	if w, text := s.post(back); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/a/"+s.token {
		t.Fatalf("a question back: %d\n%s", w.Code, text)
	}
	answer := url.Values{
		"choice": {"fix"}, "words.accept": {"partners"}, "until.accept": {"2026-12-31"}, "words.fix": {"in the night"}, "apart." + s.ids[1]: {"accept"}, "apart-until." + s.ids[1]: {"2026-12-24"},
		"reply.retention": {"90"},
	}
	for range 2 { // a click too many
		if w, text := s.post(answer); w.Code != http.StatusSeeOther {
			t.Fatalf("an answer: %d\n%s", w.Code, text)
		}
	}
	after := s.state()
	if w, text := s.post(url.Values{"choice": {"fix-by"}, "until.fix-by": {"2026-12-31"}}); w.Code != http.StatusConflict || !strings.Contains(text, "Nothing was changed") || s.state() != after {
		t.Errorf("another answer: %d\n%s", w.Code, text)
	}
	w, text := s.call(http.MethodGet, "/a/"+s.token, nil)
	for _, want := range []string{"This question is answered", "Fix it now", "Accept it until 2026-12-24", "in the night", "90 days", "The holder of the link sent to hana", "&lt;script&gt;", "is suppressed until that day"} {
		if w.Code != http.StatusOK || !strings.Contains(text, want) || strings.Contains(text, "<form") || strings.Contains(text, "partners") {
			t.Errorf("afterwards: %d, want %s\n%s", w.Code, want, text)
		}
	}
}

// TestOwnersLook: what is said to be done is looked at at once; what the server cannot
// look at is said, and passes nothing.
func TestOwnersLook(t *testing.T) {
	s := ownersOf(t, "hana")
	if w, text := s.post(url.Values{"choice": {"done"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d\n%s", w.Code, text)
	}
	_, text := s.call(http.MethodGet, "/a/"+s.token+"?lang=ja", nil)
	if !strings.Contains(text, "再確認できませんでした") || !strings.Contains(text, "次回のスキャンで確認します") || !strings.Contains(text, "<form") {
		t.Error(text)
	}
}

// slow is a body that does not come in time.
type slow struct{}

func (slow) Read([]byte) (int, error) { return 0, os.ErrDeadlineExceeded }

// TestOwnersAttacks: whatever comes, nothing changes, nothing is told, and what is said
// is one sentence.
func TestOwnersAttacks(t *testing.T) {
	s := ownersOf(t, hostile+"\r\nBcc: x@example.com")
	before := s.state()
	fix := url.Values{"choice": {"fix"}}.Encode()
	path := "/a/" + s.token
	for name, c := range map[string]struct {
		method, path, body string
		code               int
		headers            []string
	}{
		"another host":       {http.MethodGet, path, "", http.StatusMisdirectedRequest, []string{"Host", "evil.example.com"}},
		"another port":       {http.MethodGet, path, "", http.StatusMisdirectedRequest, []string{"Host", publicHost + ":8443"}},
		"the API":            {http.MethodGet, "/api/v1/findings", "", http.StatusNotFound, nil},
		"the console":        {http.MethodGet, "/", "", http.StatusNotFound, nil},
		"signing in":         {http.MethodGet, "/signin/" + s.token, "", http.StatusNotFound, nil},
		"health":             {http.MethodGet, "/healthz", "", http.StatusNotFound, nil},
		"a way up":           {http.MethodGet, "/a/../api/v1/findings", "", http.StatusNotFound, nil},
		"a way up behind":    {http.MethodGet, path + "/../../readyz", "", http.StatusNotFound, nil},
		"a file":             {http.MethodGet, "/a/owner.go", "", http.StatusNotFound, nil},
		"half a token":       {http.MethodGet, path[:len(path)-4], "", http.StatusNotFound, nil},
		"a longer token":     {http.MethodGet, path + "A", "", http.StatusNotFound, nil},
		"another method":     {http.MethodPut, path, fix, http.StatusMethodNotAllowed, nil},
		"another site":       {http.MethodPost, path, fix, http.StatusForbidden, []string{"Sec-Fetch-Site", "cross-site"}},
		"another origin":     {http.MethodPost, path, fix, http.StatusForbidden, []string{"Sec-Fetch-Site", "", "Origin", "https://evil.example.com"}},
		"no form":            {http.MethodPost, path, `{"choice":"fix"}`, http.StatusUnsupportedMediaType, []string{"Content-Type", "text/plain"}},
		"a broken form":      {http.MethodPost, path, "choice=%zz", http.StatusBadRequest, nil},
		"10 MB of notes":     {http.MethodPost, path, "choice=fix&words.fix=" + strings.Repeat("x", 10<<20), http.StatusRequestEntityTooLarge, nil},
		"long notes":         {http.MethodPost, path, "choice=fix&words.fix=" + strings.Repeat("x", 5000), http.StatusUnprocessableEntity, nil},
		"no choice":          {http.MethodPost, path, "", http.StatusUnprocessableEntity, nil},
		"a choice of none":   {http.MethodPost, path, "choice=" + url.QueryEscape(hostile), http.StatusUnprocessableEntity, nil},
		"no day":             {http.MethodPost, path, "choice=accept&words.accept=x", http.StatusUnprocessableEntity, nil},
		"no reason":          {http.MethodPost, path, "choice=accept&until.accept=2026-12-31", http.StatusUnprocessableEntity, nil},
		"a day that is over": {http.MethodPost, path, "choice=fix-by&until.fix-by=2020-01-01", http.StatusUnprocessableEntity, nil},
		"no day at all":      {http.MethodPost, path, "choice=fix-by&until.fix-by=" + url.QueryEscape(hostile), http.StatusUnprocessableEntity, nil},
		"another's finding":  {http.MethodPost, path, "choice=fix&apart." + strings.Repeat("f", 32) + "=fix", http.StatusUnprocessableEntity, nil},
		"a reply to nothing": {http.MethodPost, path, "choice=fix&reply.x=" + url.QueryEscape(hostile), http.StatusUnprocessableEntity, nil},
		"a link that works":  {http.MethodPost, path, "choice=new-link", http.StatusUnprocessableEntity, nil},
		"a language":         {http.MethodGet, path + "?lang=" + url.QueryEscape("ja\r\nSet-Cookie: a=b"), "", http.StatusOK, nil},
	} {
		s.house.Time = s.house.Time.Add(time.Minute) // each comes alone
		w, text := s.call(c.method, c.path, strings.NewReader(c.body), append([]string{"Accept-Language", "en"}, c.headers...)...)
		if w.Code != c.code || strings.Contains(text, "<script") || strings.Contains(text, "--") || len(w.Header()["Set-Cookie"]) > 0 || w.Header().Get("Location") != "" {
			t.Errorf("%s: %d, want %d\n%s", name, w.Code, c.code, text)
		}
		if c.code != http.StatusOK && strings.Count(text, `role="alert"`) != 1 {
			t.Errorf("%s: no sentence\n%s", name, text)
		}
	}
	if w, text := s.call(http.MethodPost, path, slow{}); w.Code != http.StatusRequestTimeout {
		t.Errorf("a slow body: %d\n%s", w.Code, text)
	}
	if s.state() != before {
		t.Error("something was changed")
	}
	if strings.Contains(s.log.String(), "evil") || !strings.Contains(s.log.String(), "route=/a/") {
		t.Errorf("the log has more than routes:\n%s", s.log)
	}
}

// TestOwnersGuesses: whoever tries tokens is sent away, others are not.
func TestOwnersGuesses(t *testing.T) {
	s := ownersOf(t, "hana")
	codes := map[int]int{}
	for range 20 {
		w, _ := s.call(http.MethodGet, "/a/"+strings.Repeat("A", 43), nil, "From", "192.0.2.7:1")
		codes[w.Code]++
	}
	if codes[http.StatusNotFound] != 10 || codes[http.StatusTooManyRequests] != 10 {
		t.Errorf("%v", codes)
	}
	if w, _ := s.call(http.MethodGet, "/a/"+s.token, nil, "From", "192.0.2.7:2"); w.Code != http.StatusTooManyRequests {
		t.Errorf("who guessed, with the right token: %d", w.Code)
	}
	if w, _ := s.call(http.MethodGet, "/a/"+s.token, nil, "From", "192.0.2.8:1"); w.Code != http.StatusOK {
		t.Errorf("somebody else: %d", w.Code)
	}
	for range 40 {
		w, _ := s.call(http.MethodGet, "/a/"+s.token, nil, "From", "192.0.2.9:1")
		codes[w.Code]++
	}
	if codes[http.StatusTooManyRequests] < 20 {
		t.Errorf("a link without end: %v", codes)
	}
}

// TestOwnersOver: a link that is over asks for another, and one that was taken back
// shows nothing.
func TestOwnersOver(t *testing.T) {
	s := ownersOf(t, "hana")
	s.house.Time = s.house.Time.AddDate(0, 0, 30)
	if _, text := s.call(http.MethodGet, "/a/"+s.token, nil); !strings.Contains(text, "Ask for a new link") || strings.Contains(text, `name="words.fix"`) {
		t.Error(text)
	}
	if w, text := s.post(url.Values{"choice": {"fix"}}); w.Code != http.StatusGone {
		t.Errorf("an answer: %d\n%s", w.Code, text)
	}
	if w, text := s.post(url.Values{"choice": {"new-link"}}); w.Code != http.StatusSeeOther {
		t.Errorf("%d\n%s", w.Code, text)
	}
	if _, text := s.call(http.MethodGet, "/a/"+s.token, nil); !strings.Contains(text, "sees that a new link is wanted") || strings.Contains(text, "<form") {
		t.Error(text)
	}
	s.signIn()
	made := s.do(http.MethodPost, "/questions/q1/link", nil, http.StatusOK)
	if link, _ := made["url"].(string); !strings.HasPrefix(link, "https://"+publicHost+"/a/") || made["owner"] != "hana" {
		t.Errorf("%v", made)
	}
	if w, text := s.call(http.MethodGet, "/a/"+s.token, nil); w.Code != http.StatusGone || strings.Contains(text, "bucket") {
		t.Errorf("the old link: %d\n%s", w.Code, text)
	}
	if gone := s.do(http.MethodPost, "/questions/q1/link/revoke", object{"reason": "x"}, http.StatusOK); gone["revoked"] != 1.0 {
		t.Errorf("%v", gone)
	}
	// On this machine the console's server has the page, too.
	if r, text := s.ask(http.MethodGet, "/a/"+s.token, nil); r.StatusCode != http.StatusGone || r.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("%s\n%s", r.Status, text)
	}
}
