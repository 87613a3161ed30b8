package web_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/asking"
	"github.com/kumoban/kumoban/internal/app/auditing"
	"github.com/kumoban/kumoban/internal/app/owners"
	"github.com/kumoban/kumoban/internal/app/rulings"
	"github.com/kumoban/kumoban/internal/app/standing"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/rules"
	"github.com/kumoban/kumoban/internal/view"
)

// do sends a request that has to be answered so, and returns the answer.
func (s *site) do(method, path string, in any, code int, headers ...string) object {
	s.t.Helper()
	r, text := s.ask(method, "/api/v1"+path, in, headers...)
	if r.StatusCode != code {
		s.t.Fatalf("%s %s: %s, want %d\n%s", method, path, r.Status, code, text)
	}
	var out object
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		s.t.Fatalf("%s %s: %v\n%s", method, path, err, text)
	}
	return out
}

// busy is a site with two scans, an owner, a question and a decision.
func busy(t *testing.T) (*site, []string) {
	t.Helper()
	s := serve(t, access.Admin("mina"))
	s.house.Scan(s.desk, control.Failed, control.Failed, control.Failed, control.Passed)
	ids := s.house.Scan(s.desk, control.Failed, control.Failed, control.Passed, control.Failed)
	s.signIn()
	s.do(http.MethodPut, "/owners/entry", object{"resource": "bucket-1", "team": "team-web"}, http.StatusOK)
	s.do(http.MethodPost, "/questions", object{"findings": ids[:1], "due": "14d"}, http.StatusOK)
	return s, ids
}

// TestSameJSONElsewhere: what commands write as JSON, the API answers.
func TestSameJSONElsewhere(t *testing.T) {
	s, _ := busy(t)
	catalog, err := locale.New(locale.English)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := report.NewTexts(catalog, s.house.Config.Controls.Controls())
	if err != nil {
		t.Fatal(err)
	}
	v := &view.View{Catalog: catalog.InConsole(), Texts: texts, Zone: s.desk.Zone(), Now: s.desk.Now()}
	ctx, d := t.Context(), s.desk
	for path, write := range map[string]func(io.Writer) error{
		"/owners": func(w io.Writer) error {
			list, err := owners.List(ctx, d)
			return or(err, func() error { return v.OwnersJSON(w, list) })
		},
		"/owners/missing": func(w io.Writer) error {
			u := v.NewUnowned()
			err := owners.Missing(ctx, d, func(r *lifecycle.Record) error { u.Add(r); return nil })
			return or(err, func() error { return u.Write(w, true) })
		},
		"/diff": func(w io.Writer) error {
			diff, err := standing.Diff(ctx, d, nil, standing.Place{})
			return or(err, func() error { return v.DiffJSON(w, diff, false) })
		},
		"/rules/trial": func(w io.Writer) error {
			list, err := rulings.Rules(d)
			trial := v.Trial(list)
			err = or(err, func() error {
				return rulings.Try(ctx, d, func(r *lifecycle.Record, hits []rules.Hit) error { trial.Add(r, hits); return nil })
			})
			return or(err, func() error { return trial.JSON(w) })
		},
		"/questions": func(w io.Writer) error {
			list, _, err := asking.List(ctx, d, false, false)
			return or(err, func() error { return v.QuestionsJSON(w, list) })
		},
		"/settings": func(w io.Writer) error {
			values, err := rulings.Settings(ctx, d)
			return or(err, func() error { return v.SettingsJSON(w, values, "") })
		},
		"/audit/verify": func(w io.Writer) error {
			of, err := auditing.Verify(ctx, d, "")
			return or(err, func() error { return v.AuditJSON(w, of.Chain, &of) })
		},
	} {
		var want bytes.Buffer
		if err := write(&want); err != nil {
			t.Fatal(path, err)
		}
		if diff := cmp.Diff(parsed(t, want.String()), any(s.do(http.MethodGet, path, nil, http.StatusOK))); diff != "" {
			t.Errorf("%s (-command +API):\n%s", path, diff)
		}
	}
	var lines bytes.Buffer
	if err := auditing.Export(ctx, d, &lines); err != nil {
		t.Fatal(err)
	}
	last := lines.String()[strings.LastIndex(strings.TrimSpace(lines.String()), "\n")+1:]
	entries, _ := s.do(http.MethodGet, "/audit?limit=1", nil, http.StatusOK)["entries"].([]any)
	if diff := cmp.Diff(parsed(t, last), entries[0]); diff != "" {
		t.Errorf("the last entry (-command +API):\n%s", diff)
	}
}

func or(err error, next func() error) error {
	if err != nil {
		return err
	}
	return next()
}

// TestAsking: a question is asked, shown with its findings, sent, answered and taken
// back.
func TestAsking(t *testing.T) {
	s, ids := busy(t)
	q := s.do(http.MethodGet, "/questions/q1", nil, http.StatusOK)
	if text := spelled(t, q); !strings.Contains(text, `"owner":"team-web"`) || !strings.Contains(text, `"id":"`+ids[0]) || !strings.Contains(text, "bucket-1") {
		t.Errorf("q1: %s", text)
	}
	if done := spelled(t, s.do(http.MethodPost, "/questions/sent", object{"questions": []string{"q1"}}, http.StatusOK)); !strings.Contains(done, `"sent":{"at"`) || !strings.Contains(done, `"auditHead":"`) {
		t.Errorf("sent: %s", done)
	}
	done := spelled(t, s.do(http.MethodPost, "/questions/q1/answer", object{"by": "hana", "choice": "accept", "until": "30d", "reason": "a public site"}, http.StatusOK))
	if !strings.Contains(done, `"recordedBy":"mina"`) || !strings.Contains(done, `"by":"hana"`) || !strings.Contains(done, `"workflow":"SUPPRESSED"`) {
		t.Errorf("answered: %s", done)
	}
	if again := s.do(http.MethodPost, "/questions", object{"findings": ids[1:2], "owner": "kei", "due": "14d", "language": "ja"}, http.StatusOK); !strings.Contains(spelled(t, again), "照会") {
		t.Errorf("in Japanese: %v", again)
	}
	if back := spelled(t, s.do(http.MethodPost, "/questions/withdraw", object{"questions": []string{"q2"}, "reason": "asked the wrong team"}, http.StatusOK)); !strings.Contains(back, `"withdrawn":{"at"`) {
		t.Errorf("withdrawn: %s", back)
	}
	s.do(http.MethodPost, "/questions", object{"findings": ids[3:], "due": "14d"}, http.StatusUnprocessableEntity)
	s.do(http.MethodPost, "/questions/q9/answer", object{"choice": "fix"}, http.StatusNotFound)
	s.do(http.MethodPost, "/questions/q2/answer", object{"choice": "later"}, http.StatusUnprocessableEntity)
}

// TestDirectory: the owner directory is read, changed and tried.
func TestDirectory(t *testing.T) {
	s, _ := busy(t)
	const text = "resource,team\nbucket-2,team-data\n"
	if would := s.do(http.MethodPost, "/owners/import", object{"text": text, "dryRun": true}, http.StatusOK); would["added"] != 1. || would["removed"] != 1. || would["auditHead"] != "" {
		t.Errorf("a dry run: %v", would)
	}
	if did := s.do(http.MethodPost, "/owners/import", object{"text": text}, http.StatusOK); did["added"] != 1. || did["auditHead"] == "" {
		t.Errorf("imported: %v", did)
	}
	if gone := s.do(http.MethodPost, "/owners/remove", object{"resource": "bucket-2"}, http.StatusOK); gone["removed"] != 1. {
		t.Errorf("removed: %v", gone)
	}
	if none := s.do(http.MethodPost, "/owners/remove", object{"resource": "bucket-2"}, http.StatusNotFound); none["code"] != "store.notFound.owner" {
		t.Errorf("again: %v", none)
	}
	if bad := s.do(http.MethodPost, "/owners/import", object{"text": "team\n"}, http.StatusUnprocessableEntity, "Accept-Language", "ja"); !strings.Contains(spelled(t, bad), "所有者") {
		t.Errorf("nothing: %v", bad)
	}
}

// TestRulings: a rule is shown, tried and applied; a setting is decided.
func TestRulings(t *testing.T) {
	s, ids := busy(t)
	k, err := s.desk.Keeper(access.RulesApply)
	if err != nil {
		t.Fatal(err)
	}
	k.Rules = []rules.Rule{{Name: "public", Match: rules.Match{Resources: []string{"bucket-2"}}, Action: rules.Action{Suppress: &rules.Suppress{Reason: "on purpose", Until: s.house.Time.Add(24 * time.Hour)}}}}
	if list := spelled(t, s.do(http.MethodGet, "/rules", nil, http.StatusOK)); !strings.Contains(list, `"name":"public"`) || !strings.Contains(list, `"resources":["bucket-2"]`) || !strings.Contains(list, `"until":"2026-11-02T`) {
		t.Errorf("rules: %s", list)
	}
	if trial := spelled(t, s.do(http.MethodGet, "/rules/trial", nil, http.StatusOK)); !strings.Contains(trial, `"id":"`+ids[1]) || strings.Contains(trial, ids[0]) {
		t.Errorf("a trial: %s", trial)
	}
	if did := s.do(http.MethodPost, "/rules/apply", nil, http.StatusOK); did["changed"] != 1. || did["auditHead"] == "" {
		t.Errorf("applied: %v", did)
	}
	if set := spelled(t, s.do(http.MethodPut, "/settings/longest-exception", object{"value": "90d", "reason": "policy"}, http.StatusOK)); !strings.Contains(set, `"value":"90d"`) {
		t.Errorf("set: %s", set)
	}
	s.do(http.MethodPut, "/settings/longest-exception", object{"value": "soon"}, http.StatusUnprocessableEntity)
}

// TestFiles: evidence is a file, which no browser shows as a page of the console.
func TestFiles(t *testing.T) {
	s, ids := busy(t)
	for as, kind := range map[string]string{"json": "application/json", "html": "text/html; charset=utf-8"} {
		r, text := s.ask(http.MethodGet, "/api/v1/findings/"+ids[0]+"/evidence?as="+as, nil)
		if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != kind || r.Header.Get("Content-Disposition") != `attachment; filename="evidence-`+ids[0][:12]+"."+as+`"` || !strings.Contains(text, ids[0]) {
			t.Errorf("%s: %s %v\n%.300s", as, r.Status, r.Header, text)
		}
	}
}

func spelled(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestOverview: what is counted over many findings is answered.
func TestOverview(t *testing.T) {
	s, ids := busy(t)
	for path, want := range map[string]string{
		"/findings/groups?by=owner":                           `"key":"team-web"`,
		"/findings/groups?by=resource&limit=1":                `"after":"`,
		"/findings/groups?by=control&status=PASSED":           `"titles":{"S3.9":`,
		"/heat?account=shop":                                  `{"control":"S3.9","failed":3,"passed":1,"status":"FAILED"}`,
		"/scores/parts?by=standard":                           `"key":"AWS Foundational Security Best Practices"`,
		"/scores/trend?account=shop&since=2026-11-01":         `"account":"111122223333"`,
		"/requirements?standard=NIST.800-53.r5":               `"id":"AC-2(4)"`,
		"/coverage":                                           `"region":"ap-northeast-1"`,
		"/search?q=bucket-2":                                  `"kind":"resource"`,
		"/exceptions?state=inForce":                           `"total":0`,
		"/audit/as-of?day=2026-11-01":                         `"decisions":[`,
		"/audit/sample?seed=a&n=2":                            `"of":4`,
		"/audit/sample?seed=a&of=decisions":                   `"action":"owners.set"`,
		"/audit?action=scan&limit=1":                          `"before":`,
		"/runs":                                               `"runs":[]`,
		"/diff?since=1d":                                      `"to":2`,
		"/findings/groups?by=account&account=111122223333":    `"name":"shop"`,
		"/findings/groups?by=severity&resource=" + "bucket-*": `"MEDIUM":3`,
	} {
		if got := spelled(t, s.do(http.MethodGet, path, nil, http.StatusOK)); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	for path, want := range map[string]int{
		"/findings/groups?by=colour": http.StatusUnprocessableEntity, "/heat?account=nobody": http.StatusUnprocessableEntity, "/audit/as-of?day=someday": http.StatusUnprocessableEntity,
		"/audit/sample": http.StatusUnprocessableEntity, "/runs/none": http.StatusNotFound, "/exceptions?after=x": http.StatusUnprocessableEntity, "/diff?from=9": http.StatusNotFound,
	} {
		s.do(http.MethodGet, path, nil, want)
	}
	s.do(http.MethodPost, "/findings/suppress", object{"findings": []object{{"id": ids[1]}}, "reason": "test", "until": "30d"}, http.StatusOK)
	if got := spelled(t, s.do(http.MethodGet, "/exceptions?account=shop&control=s3.*", nil, http.StatusOK)); !strings.Contains(got, `"findings":{"`+ids[1]) {
		t.Errorf("in force: %s", got)
	}
}
