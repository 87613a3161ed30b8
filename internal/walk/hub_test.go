package walk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/cli"
)

type object = map[string]any

const (
	product = "arn:aws:securityhub:ap-northeast-1::product/aws/securityhub"
	member  = "444455556666"
)

func hubARN(n int) string {
	return fmt.Sprintf("arn:aws:securityhub:%s:%s:security-control/APIGateway.9/finding/%04d", region, account, n)
}

func stageARN(n int) string {
	return fmt.Sprintf("arn:aws:apigateway:%s::/apis/api%07d/stages/prod", region, n)
}

// theirs is what Security Hub has of the n-th stage.
func theirs(n int, workflow string) object {
	at := time.Now().UTC().Format(time.RFC3339)
	return object{
		"SchemaVersion": "2018-10-08", "Id": hubARN(n), "ProductArn": product, "ProductName": "Security Hub", "Region": region, "GeneratorId": "security-control/APIGateway.9",
		"AwsAccountId": account, "Types": []string{"Software and Configuration Checks"}, "CreatedAt": at, "UpdatedAt": at, "FirstObservedAt": at, "LastObservedAt": at,
		"Severity": object{"Label": "MEDIUM"}, "Title": "t", "Description": "d",
		"Resources":  []object{{"Type": "AwsApiGatewayV2Stage", "Id": stageARN(n), "Partition": "aws", "Region": region}},
		"Compliance": object{"Status": "FAILED", "SecurityControlId": "APIGateway.9"}, "Workflow": object{"Status": workflow}, "RecordState": "ACTIVE",
	}
}

// seed makes an account of n HTTP APIs whose stages write no access log, and of what Security
// Hub has of the first of them.
func (w *walker) seed(n, known int) {
	w.Helper()
	var apis, findings []object
	for i := range n {
		apis = append(apis, object{
			"apiId": fmt.Sprintf("api%07d", i), "name": fmt.Sprintf("api %d", i), "protocolType": "HTTP", "stages": []object{{"stageName": "prod"}}, "routes": []object{}, "integrations": []object{},
		})
	}
	for i := range known {
		findings = append(findings, theirs(i, "NEW"))
	}
	fixture, err := json.Marshal(object{"apis": apis, "securityHub": object{"findings": findings}})
	if err == nil {
		err = w.double.Load(account, region, fixture)
	}
	if err != nil {
		w.Fatal(err)
	}
}

func hubWalker(t *testing.T, o awsdouble.Options) *walker {
	t.Helper()
	return &walker{T: t, double: awsdouble.New(o), dir: t.TempDir(), store: filepath.Join(t.TempDir(), "kumoban.db")}
}

// inHub updates the n-th finding as a person does in Security Hub's console.
func (w *walker) inHub(n int, workflow, note, by string) {
	w.Helper()
	in := object{"FindingIdentifiers": []object{{"Id": hubARN(n), "ProductArn": product}}, "Workflow": object{"Status": workflow}, "Note": object{"Text": note, "UpdatedBy": by}}
	if err := wire.New(w.config()).REST(w.Context(), wire.SecurityHub(), http.MethodPatch, "findings/batchupdate", in, &object{}); err != nil {
		w.Fatal(err)
	}
}

func (w *walker) config() aws.Config {
	key, secret := w.double.CredentialsFor(account)
	transport := w.double.Transport()
	if w.through != nil {
		transport = w.through(transport)
	}
	return awsclient.Static(region, "", credentials.NewStaticCredentialsProvider(key, secret, ""), &http.Client{Transport: transport})
}

// hubWorkflow is what Security Hub has of the n-th finding.
func (w *walker) hubWorkflow(n int) string {
	w.Helper()
	var out struct {
		Findings []struct{ Workflow struct{ Status string } }
	}
	in := object{"Filters": object{"Id": []object{{"Value": hubARN(n), "Comparison": "EQUALS"}}}}
	if err := wire.New(w.config()).REST(w.Context(), wire.SecurityHub(), http.MethodPost, "findings", in, &out); err != nil || len(out.Findings) != 1 {
		w.Fatalf("%v: %+v", err, out)
	}
	return out.Findings[0].Workflow.Status
}

// synced is what a pull or a sync tells machines.
type synced struct {
	Findings                        int
	Here, There, Waiting, Undecided []struct {
		Finding, SecurityHub, From, To, By, Reason string
		Proposed                                   bool
	}
	Failed []struct{ Code string }
}

func (w *walker) sync(args ...string) (s synced) {
	w.Helper()
	out, _ := w.run(append(append([]string{"securityhub"}, args...), "--format", "json")...)
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		w.Fatal(err, out)
	}
	return s
}

// TestWorkflowBothWays decides on both sides as days go by: the later decision
// wins, and both are kept.
func TestWorkflowBothWays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := hubWalker(t, awsdouble.Options{})
		w.seed(2, 2)
		w.run("scan", "--control", "APIGateway.9")
		wait := func() { time.Sleep(24 * time.Hour) }

		// There, and then here.
		wait()
		w.inHub(0, "SUPPRESSED", "known to us", "ben")
		wait()
		if s := w.sync("pull"); s.Findings != 2 || len(s.Here) != 1 || s.Here[0].By != "ben" || s.Here[0].To != "SUPPRESSED" {
			t.Fatalf("%+v", s)
		}
		s := w.is(hubARN(0), "FAILED", "SUPPRESSED")
		if h := s.History; len(h) != 2 || h[0].Kind != "excepted" || h[1].By != "securityhub:ben" || h[1].Reason != "known to us" {
			t.Errorf("%+v", h)
		}
		wait()
		w.run("findings", "unsuppress", hubARN(0), "--reason", "it is in production now")
		if s := w.sync("pull"); len(s.Here) != 0 || len(s.Waiting) != 1 || w.hubWorkflow(0) != "SUPPRESSED" {
			t.Fatalf("%+v", s)
		}
		dry := w.sync("sync", "--dry-run")
		if len(dry.There) != 1 || dry.There[0].To != "NEW" || w.hubWorkflow(0) != "SUPPRESSED" {
			t.Fatalf("%+v", dry)
		}
		if s := w.sync("sync"); len(s.There) != 1 || s.There[0].Reason != "it is in production now" || w.hubWorkflow(0) != "NEW" {
			t.Fatalf("%+v", s)
		}
		s = w.is(hubARN(0), "FAILED", "NEW")
		if last := s.History[len(s.History)-1]; last.Kind != "overruled" || last.By != "securityhub:ben" || last.From != "SUPPRESSED" {
			t.Errorf("the decision that lost: %+v", s.History)
		}

		// Both sides decide between two syncs: the later one is there.
		wait()
		w.run("findings", "suppress", hubARN(1), "--reason", "test stage", "--until", time.Now().AddDate(0, 6, 0).Format(time.DateOnly))
		wait()
		w.inHub(1, "NOTIFIED", "ticket OPS-9", "aiko")
		if s := w.sync("sync"); len(s.Here) != 1 || len(s.There) != 0 || s.Here[0].From != "SUPPRESSED" {
			t.Fatalf("%+v", s)
		}
		s = w.is(hubARN(1), "FAILED", "NOTIFIED")
		if e := s.Exceptions; len(e) != 1 || e[0].EndedBy != "securityhub:aiko" || s.Finding.Exception != "" {
			t.Errorf("the exception it ended: %+v", e)
		}
		if s := w.sync("sync"); len(s.Here)+len(s.There)+len(s.Undecided) != 0 {
			t.Errorf("not in step: %+v", s)
		}
		out, _ := w.run("audit", "export")
		for action, n := range map[string]int{"securityhub.here": 2, "securityhub.there": 1} {
			if got := strings.Count(out, `"`+action+`"`); got != n {
				t.Errorf("%d entries %s, want %d", got, action, n)
			}
		}
		verified, _ := w.run("audit", "verify")
		w.has(verified, "ハッシュチェーン")
	})
}

// TestWorkflowForAPerson leaves to people what nobody else can tell: a decision
// whose time is gone, and one that needs an approver here.
func TestWorkflowForAPerson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := hubWalker(t, awsdouble.Options{})
		w.seed(2, 0)
		fixture, err := json.Marshal(object{"findings": []object{theirs(0, "SUPPRESSED"), theirs(1, "SUPPRESSED")}})
		if err == nil {
			err = w.double.Load(account, region, []byte(`{"securityHub": `+string(fixture)+`}`))
		}
		if err != nil {
			t.Fatal(err)
		}
		w.run("scan", "--control", "APIGateway.9")
		w.run("securityhub", "pull", "--no-sync")
		time.Sleep(time.Hour)
		w.run("findings", "notify", hubARN(0), "--reason", "told")
		if s := w.sync("sync", "--dry-run"); len(s.Undecided) != 1 || len(s.Here) != 1 {
			t.Fatalf("%+v", s)
		}
		config := w.dir + "/kumoban.yaml"
		write(t, config, "exceptions:\n  fourEyes: true\n")
		if s := w.sync("sync", "--config", config); len(s.Undecided) != 2 || len(s.Here) != 0 {
			t.Fatalf("%+v", s)
		}
		w.is(hubARN(1), "FAILED", "NEW")
	})
}

// TestFourEyesAndSecurityHub: whoever suppresses there proposes it here. What is
// rejected goes back there; what is approved is suppressed on both sides.
func TestFourEyesAndSecurityHub(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := hubWalker(t, awsdouble.Options{})
		w.seed(2, 2)
		w.run("scan", "--control", "APIGateway.9")
		w.run("settings", "set", "four-eyes", "on")
		time.Sleep(time.Hour)
		for i := range 2 {
			w.inHub(i, "SUPPRESSED", "known to us", "ben")
		}
		time.Sleep(time.Hour)
		for range 2 {
			if s := w.sync("sync"); len(s.Undecided) != 2 || !s.Undecided[0].Proposed || len(s.Here)+len(s.There) != 0 {
				t.Fatalf("%+v", s)
			}
			if out, _ := w.run("findings", "proposed"); strings.Count(out, "known to us") != 2 {
				t.Fatalf("%s", out)
			}
		}
		w.is(hubARN(0), "FAILED", "NEW")
		time.Sleep(time.Hour)
		w.run("findings", "reject", hubARN(0), "--by", "mina", "--reason", "reachable")
		w.run("findings", "approve", hubARN(1), "--by", "mina")
		if s := w.sync("sync"); len(s.There) != 1 || s.There[0].To != "NEW" || s.There[0].Reason != "reachable" || len(s.Here)+len(s.Undecided) != 0 {
			t.Errorf("%+v", s)
		}
		if w.hubWorkflow(0) != "NEW" || w.hubWorkflow(1) != "SUPPRESSED" {
			t.Error(w.hubWorkflow(0), w.hubWorkflow(1))
		}
		w.is(hubARN(1), "FAILED", "SUPPRESSED")
	})
}

// TestNotesOfSecurityHub takes over what people wrote there, however they wrote it.
func TestNotesOfSecurityHub(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := hubWalker(t, awsdouble.Options{})
		w.seed(1, 0)
		f := theirs(0, "NOTIFIED")
		f["Note"] = object{"Text": "\x1b[2Jline\n" + strings.Repeat("長い", 500_000), "UpdatedBy": "\x1b]0;" + strings.Repeat("b", 10_000), "UpdatedAt": f["UpdatedAt"]}
		fixture, err := json.Marshal(object{"securityHub": object{"findings": []object{f}}})
		if err == nil {
			err = w.double.Load(account, region, fixture)
		}
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		w.run("scan", "--control", "APIGateway.9")
		out, errs := w.run("securityhub", "pull")
		shown, _ := w.run("findings", "show", hubARN(0))
		if len(out) > 20_000 || strings.Contains(out+errs+shown, "\x1b") {
			t.Error("what Security Hub says commands the terminal")
		}
		h := w.is(hubARN(0), "FAILED", "NOTIFIED").History
		if n := len([]rune(h[0].Reason)); len(h) != 1 || n < 1000 || n > 4096 {
			t.Errorf("%d entries, a reason of %d characters", len(h), n)
		}
	})
}

// TestSecurityHubOfAThousand pushes, pulls, compares and updates 1,000 findings
// under AWS's quotas, on the printed policies.
func TestSecurityHubOfAThousand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := hubWalker(t, awsdouble.Options{Quotas: true})
		w.seed(1000, 1000)
		w.run("scan", "--control", "APIGateway.9")
		var pushed struct{ Sent, Unchanged int }
		push := func(sent int) {
			t.Helper()
			out, _ := w.run("securityhub", "push", "--format", "json")
			if err := json.Unmarshal([]byte(out), &pushed); err != nil || pushed.Sent != sent || pushed.Sent+pushed.Unchanged != 1000 {
				t.Fatalf("%v: %+v, want %d sent", err, pushed, sent)
			}
		}
		w.under("securityhub push", 10, func() { push(1000); push(0) })
		w.under("securityhub compare", 10, func() {
			out, _ := w.run("securityhub", "compare", "--control", "APIGateway.*", "--fail-on-difference")
			w.has(out, "一致 1000 件、相違 0 件")
		})
		for i := range 50 {
			time.Sleep(time.Second)
			w.inHub(i, "SUPPRESSED", "known", "ben")
		}
		w.under("securityhub pull", 70, func() {
			if s := w.sync("pull", "--control", "APIGateway.*"); s.Findings != 2000 || len(s.Here) != 50 {
				t.Fatalf("%d findings, %d decisions", s.Findings, len(s.Here))
			}
		})
		out, _ := w.run("findings", "list", "--format", "json", "--limit", "1000")
		var list struct{ Findings []struct{ ID string } }
		if err := json.Unmarshal([]byte(out), &list); err != nil {
			t.Fatal(err)
		}
		args := []string{"findings", "notify", "--reason", "told the teams"}
		for _, f := range list.Findings {
			args = append(args, f.ID)
		}
		time.Sleep(time.Hour)
		w.run(args...)
		// 950 own findings of Security Hub's, and as many of ours there, and the 50 suppressed ones of ours.
		w.under("securityhub sync", 20+20+1950, func() {
			if s := w.sync("sync", "--control", "APIGateway.*"); len(s.There) != 950+950+50 || len(s.Failed) != 0 {
				t.Fatalf("%d written, %d failed", len(s.There), len(s.Failed))
			}
		})
		if got := w.hubWorkflow(999); got != "NOTIFIED" {
			t.Errorf("it is %s there", got)
		}
	})
}

// under runs commands and holds their calls to the policy that iam-policy
// prints: each is allowed, and nothing is that was not used. They are at most so
// many, and none is throttled.
func (w *walker) under(command string, most int, do func()) {
	w.Helper()
	out, _ := w.run(append([]string{"iam-policy"}, strings.Fields(command)...)...)
	var policy struct {
		Statement []struct{ Action, Resource []string }
	}
	if err := json.Unmarshal([]byte(out), &policy); err != nil {
		w.Fatal(err)
	}
	before := len(w.double.Calls())
	do()
	used, n := map[string]bool{}, 0
	for _, c := range w.double.Calls()[before:] {
		if c.Service == "sts" {
			continue // needs no permission, and none can take it away
		}
		n++
		allowed := false
		for _, s := range policy.Statement {
			if slices.ContainsFunc(s.Resource, func(r string) bool {
				ok, err := path.Match(r, c.Resource)
				return err == nil && ok
			}) && s.Action[0] == c.Action {
				used[c.Action], allowed = true, true
			}
		}
		if !allowed || c.Throttled {
			w.Errorf("%s: %s on %s, throttled %t", command, c.Action, c.Resource, c.Throttled)
		}
	}
	if len(used) != len(policy.Statement) || n > most {
		w.Errorf("%s: %d calls, at most %d; used %v of %+v", command, n, most, used, policy.Statement)
	}
}

// TestAskPolicy holds asking CloudTrail to its policy.
func TestAskPolicy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := hubWalker(t, awsdouble.Options{})
		if err := w.double.Load(account, region, []byte(fixture)); err != nil {
			t.Fatal(err)
		}
		w.run("scan", "--control", "APIGateway.9")
		var list struct{ Findings []struct{ ID string } }
		out, _ := w.run("findings", "list", "--format", "json")
		if err := json.Unmarshal([]byte(out), &list); err != nil {
			t.Fatal(err)
		}
		w.under("ask --control APIGateway.*", 10, func() { w.run("ask", list.Findings[0].ID, "--cloudtrail", "--due", "2099-01-01") })
	})
}

// TestPushInterrupted stops a push before and after the third batch was taken:
// what was acknowledged is kept, and the next push sends the rest, which is
// accepted where it had arrived before.
func TestPushInterrupted(t *testing.T) {
	for _, kind := range []awsdouble.Kind{awsdouble.Hold, awsdouble.HoldAfter} {
		t.Run(string(kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := hubWalker(t, awsdouble.Options{})
				w.seed(500, 0)
				w.run("scan", "--control", "APIGateway.9")
				held := w.double.Fault(awsdouble.Fault{Operation: "BatchImportFindings", Skip: 2, Times: 1, Kind: kind})
				ctx, cancel := context.WithCancel(t.Context())
				go func() {
					<-held.Held()
					cancel()
				}()
				code, out, errs := w.runIn(ctx, "securityhub", "push")
				if code != 130 {
					t.Fatalf("exit code %d: %s%s", code, out, errs)
				}
				w.has(out, "送信 200 件")
				w.has(errs, "監査ログ")
				held.Remove()
				next, _ := w.run("securityhub", "push")
				w.has(next, "送信 300 件、前回の送信から変化なし 200 件、失敗 0 件")
				last, _ := w.run("securityhub", "push")
				w.has(last, "送信 0 件、前回の送信から変化なし 500 件")
				if s := w.sync("pull"); s.Findings != 500 {
					t.Errorf("%d there", s.Findings)
				}
				after, _ := w.run("securityhub", "push")
				w.has(after, "送信 0 件、前回の送信から変化なし 500 件")
			})
		})
	}
}

// TestPushInterruptedAtOnce stops a push the moment that the second batch is
// acknowledged: it is kept all the same.
func TestPushInterruptedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := hubWalker(t, awsdouble.Options{})
		w.seed(500, 0)
		w.run("scan", "--control", "APIGateway.9")
		ctx, cancel := context.WithCancel(t.Context())
		n := 0
		w.through = func(next http.RoundTripper) http.RoundTripper {
			return roundTrip(func(r *http.Request) (*http.Response, error) {
				resp, err := next.RoundTrip(r)
				if strings.HasSuffix(r.URL.Path, "/findings/import") {
					if n++; n == 2 {
						cancel()
					}
				}
				return resp, err
			})
		}
		if code, out, errs := w.runIn(ctx, "securityhub", "push"); code != 130 {
			t.Fatalf("exit code %d: %s%s", code, out, errs)
		}
		w.through = nil
		next, _ := w.run("securityhub", "push")
		w.has(next, "送信 300 件、前回の送信から変化なし 200 件、失敗 0 件")
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// runIn is run with a context, and any exit code.
func (w *walker) runIn(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	load := func(context.Context, string) (aws.Config, error) { return w.config(), nil }
	var out, err bytes.Buffer
	code = cli.RunWith(ctx, load, args, strings.NewReader(""), &out, &err, w.environ())
	return code, out.String(), err.String()
}

// TestAdministrator reads and updates the findings of a member with the
// credentials of the administrator alone.
func TestAdministrator(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := hubWalker(t, awsdouble.Options{})
		theirOwn := strings.ReplaceAll(fixture, "h1a2b3c4d5", "api0000000")
		if err := w.double.Load(member, region, []byte(theirOwn)); err != nil {
			t.Fatal(err)
		}
		f := theirs(0, "NEW")
		f["AwsAccountId"], f["Id"] = member, strings.Replace(hubARN(0), account, member, 1)
		hub, err := json.Marshal(object{"securityHub": object{"findings": []object{f}}})
		if err == nil {
			err = w.double.Load(member, region, hub)
		}
		if err == nil {
			err = w.double.Load(account, region, []byte(`{"securityHub": {"members": ["`+member+`"]}}`))
		}
		if err != nil {
			t.Fatal(err)
		}
		w.as = member
		w.run("scan", "--control", "APIGateway.9")
		w.as = account
		time.Sleep(time.Hour)
		w.run("securityhub", "pull", "--account", member)
		w.is(f["Id"].(string), "FAILED", "NEW")
		w.run("findings", "resolve", f["Id"].(string), "--reason", "done by hand")
		if s := w.sync("sync"); len(s.There) != 1 || len(s.Failed) != 0 {
			t.Errorf("%+v", s)
		}
		out, _ := w.run("securityhub", "compare")
		w.has(out, "一致 1 件")
	})
}
