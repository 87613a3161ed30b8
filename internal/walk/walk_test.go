package walk

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/cli"
)

const (
	account = "111122223333"
	region  = "ap-northeast-1"
	stage   = "arn:aws:apigateway:ap-northeast-1::/apis/h1a2b3c4d5/stages/prod"
)

// fixture is one HTTP API whose stage writes no access log, and whose tag says
// whom to ask.
const fixture = `{"apis": [{"apiId": "h1a2b3c4d5", "name": "orders", "protocolType": "HTTP", "tags": {"Owner": "team-orders"},
	"stages": [{"stageName": "prod"}], "routes": [], "integrations": []}]}`

// walker types commands.
type walker struct {
	*testing.T
	double *awsdouble.Double
	dir    string
	store  string
	lang   string // of what is printed; "": ja
	as     string // whose credentials commands have; "": the account's
	// through alters what the double says to runIn; nil: nothing
	through func(http.RoundTripper) http.RoundTripper
}

// run types a command that has to succeed.
func (w *walker) run(args ...string) (stdout, stderr string) {
	w.Helper()
	key, secret := w.double.CredentialsFor(cmp.Or(w.as, account))
	load := func(context.Context, string) (aws.Config, error) {
		client := &http.Client{Transport: w.double.Transport()}
		return awsclient.Static(region, "", credentials.NewStaticCredentialsProvider(key, secret, ""), client), nil
	}
	var out, err bytes.Buffer
	if got := cli.RunWith(w.Context(), load, args, strings.NewReader(""), &out, &err, w.environ()); got != 0 {
		w.Fatalf("kumoban %s: exit code %d\n%s\n%s", strings.Join(args, " "), got, out.String(), err.String())
	}
	return out.String(), err.String()
}

func (w *walker) environ() []string {
	return []string{"HOME=" + w.dir, "LANG=ja_JP.UTF-8", "USER=hana", "KUMOBAN_LANG=" + cmp.Or(w.lang, "ja"), "AWS_REGION=" + region, "KUMOBAN_STORE=" + w.store}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

type told struct {
	Finding struct {
		ID, Status, Workflow, Exception string
		Reopened                        int
	}
	Exceptions []struct {
		Reason, By, ApprovedBy, Question string
		EndedBy                          string
	}
	History []struct{ Kind, From, To, By, Reason string }
}

// story is what findings show tells machines.
func (w *walker) story(id string) told {
	w.Helper()
	var s told
	out, _ := w.run("findings", "show", id, "--format", "json")
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		w.Fatal(err)
	}
	return s
}

func (w *walker) is(id, status, workflow string) told {
	w.Helper()
	s := w.story(id)
	if s.Finding.Status != status || s.Finding.Workflow != workflow {
		w.Fatalf("%s %s, want %s %s", s.Finding.Status, s.Finding.Workflow, status, workflow)
	}
	return s
}

// has wants every part in a text.
func (w *walker) has(text string, parts ...string) {
	w.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			w.Errorf("no %q in\n%s", part, text)
		}
	}
}

// head is the audit head that a command printed.
func (w *walker) head(stderr string) string {
	w.Helper()
	_, rest, ok := strings.Cut(stderr, "監査ログ: ")
	if !ok {
		w.Fatalf("no head of the audit log in %q", stderr)
	}
	line, _, _ := strings.Cut(rest, "\n")
	return line
}

// TestFromFoundToResolved is the life of one finding: a V2 stage writes no
// access log; its owner is asked in Japanese and accepts until a date; the
// finding is suppressed with that reason; the date passes and it is open again;
// it is fixed, and resolved. The evidence pack shows every step.
func TestFromFoundToResolved(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { walkThrough(t, filepath.Join(t.TempDir(), "kumoban.db")) })
	})
}

func walkThrough(t *testing.T, store string) {
	w := &walker{T: t, double: awsdouble.New(awsdouble.Options{}), dir: t.TempDir(), store: store}
	if err := w.double.Load(account, region, []byte(fixture)); err != nil {
		t.Fatal(err)
	}
	day := func(n int) string { return time.Now().AddDate(0, 0, n).Format(time.DateOnly) }

	w.run("scan", "--control", "APIGateway.9")
	out, _ := w.run("findings", "list", "--format", "json")
	var list struct {
		Findings []struct{ ID string }
	}
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list.Findings) != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	id := list.Findings[0].ID
	w.is(id, "FAILED", "NEW")

	asked, errOut := w.run("ask", id, "--due", day(10))
	w.has(asked, "team-orders", "APIGateway.9", "orders/prod", "kumoban answer q1 accept", day(10))
	first := w.head(errOut)
	open, _ := w.run("ask", "list")
	w.has(open, "q1", "team-orders")
	none, _ := w.run("ask", "list", "--overdue")
	if strings.Contains(none, "q1") {
		t.Errorf("overdue before its day: %s", none)
	}

	time.Sleep(11 * 24 * time.Hour)
	late, _ := w.run("ask", "list", "--overdue")
	w.has(late, "q1")
	const reason = "取引先の移行が終わるまで。3 月に廃止"
	w.run("answer", "q1", "accept", "--until", day(20), "--by", "kei", "--reason", reason)
	s := w.is(id, "FAILED", "SUPPRESSED")
	if e := s.Exceptions; len(e) != 1 || e[0].Reason != reason || e[0].ApprovedBy != "kei" || e[0].Question != "q1" || e[0].By != "hana" {
		t.Errorf("exceptions %+v", e)
	}
	soon, _ := w.run("findings", "expiring", "--within", "30d")
	w.has(soon, id[:12], day(20))

	time.Sleep(20 * 24 * time.Hour)
	w.run("scan", "--control", "APIGateway.9")
	w.is(id, "FAILED", "SUPPRESSED") // through its last day
	time.Sleep(24 * time.Hour)
	_, said := w.run("scan", "--control", "APIGateway.9")
	w.has(said, "例外 1 件が期限を迎え")
	s = w.is(id, "FAILED", "NEW")
	if s.Exceptions[0].EndedBy != "expiry" || s.Finding.Exception != "" {
		t.Errorf("%+v, %+v", s.Exceptions[0], s.Finding)
	}

	plan := filepath.Join(w.dir, "plan.json")
	w.run("fix", "plan", "--control", "APIGateway.9", "--resource", stage, "--out", plan)
	w.run("fix", "apply", plan, "--yes")
	w.is(id, "PASSED", "RESOLVED")
	w.run("scan", "--control", "APIGateway.9")
	w.is(id, "PASSED", "RESOLVED")

	w.evidence(id, reason)
	verified, _ := w.run("audit", "verify", "--head", first)
	w.has(verified, "ハッシュチェーン")
}

// evidence wants every step in the pack, as JSON and as a page.
func (w *walker) evidence(id, reason string) {
	w.Helper()
	var pack struct {
		Story []struct{ Kind string }
		Audit struct {
			Whole   bool
			Entries []struct{ Action string }
		}
	}
	out, _ := w.run("findings", "evidence", id)
	if err := json.Unmarshal([]byte(out), &pack); err != nil {
		w.Fatal(err)
	}
	var kinds []string
	for _, m := range pack.Story {
		kinds = append(kinds, m.Kind)
	}
	got := strings.Join(kinds, " ")
	last := 0
	for _, kind := range []string{"found", "asked", "answered", "excepted", "expired", "fixed", "compliance"} {
		at := strings.Index(got[last:], kind)
		if at < 0 {
			w.Fatalf("no %s in its place: %s", kind, got)
		}
		last += at
	}
	page := filepath.Join(w.dir, "evidence.html")
	w.run("findings", "evidence", id, "--as", "html", "--output", page)
	html, err := os.ReadFile(page)
	if err != nil {
		w.Fatal(err)
	}
	w.has(string(html), reason, "team-orders", "kei", "hana", `lang="ja"`)
}
