package fixtest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kumoban/kumoban/internal/awsdouble"
)

// refuses wants exit code 1, one sentence on stderr that holds these words,
// nothing on stdout, and nothing changed.
func (s *stand) refuses(words string, args ...string) {
	s.t.Helper()
	before := s.state()
	e := s.run(args...)
	line, rest, _ := strings.Cut(e.err, "\n")
	if e.code != 1 || e.out != "" || !strings.HasPrefix(line, "kumoban: ") || rest != "" || !strings.Contains(line, words) {
		s.t.Errorf("kumoban %s: want %q in one sentence, got %s", strings.Join(args, " "), words, e)
	}
	same(s.t, strings.Join(args, " "), before, s.state())
}

func (s *stand) write(name, content string) string {
	s.t.Helper()
	if err := os.WriteFile(s.path(name), []byte(content), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return s.path(name)
}

// asff is a finding as Security Hub gives it, with one part replaced.
func asff(t *testing.T, replace ...string) string {
	t.Helper()
	const finding = `{"SchemaVersion": "2018-10-08", "Id": "arn:aws:securityhub:ap-northeast-1:111122223333:security-control/APIGateway.5/finding/0a1b2c3d-0000-4000-a000-000000000001",
		"ProductArn": "arn:aws:securityhub:ap-northeast-1::product/aws/securityhub", "ProductName": "Security Hub", "CompanyName": "AWS", "Region": "ap-northeast-1",
		"GeneratorId": "security-control/APIGateway.5", "AwsAccountId": "111122223333", "Title": "API Gateway REST API cache data should be encrypted at rest",
		"Types": ["Software and Configuration Checks/Industry and Regulatory Standards"], "CreatedAt": "2026-01-01T00:00:00Z", "UpdatedAt": "2026-01-01T00:00:00Z",
		"Severity": {"Label": "MEDIUM"}, "Description": "x",
		"Resources": [{"Type": "AwsApiGatewayStage", "Id": "arn:aws:apigateway:ap-northeast-1::/restapis/rest000001/stages/prod", "Partition": "aws", "Region": "ap-northeast-1"}],
		"Compliance": {"Status": "FAILED", "SecurityControlId": "APIGateway.5"}, "WorkflowState": "NEW", "Workflow": {"Status": "NEW"}, "RecordState": "ACTIVE"}`
	out := strings.NewReplacer(replace...).Replace(finding)
	if len(replace) > 0 && out == finding {
		t.Fatalf("%q is not in the finding", replace)
	}
	return out
}

// TestBadInput gives commands what they cannot use.
func TestBadInput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, awsdouble.Options{}, several)
		good := s.path("good.json")
		plan5 := []string{"fix", "plan", "--control", "APIGateway.5", "--out"}
		s.must(0, append(plan5, good)...)
		before := s.state()

		// Plans of elsewhere: another account's and another Region's, made there.
		twin := newStand(t, awsdouble.Options{}, several)
		if err := twin.double.Load("444455556666", region, []byte(several)); err != nil {
			t.Fatal(err)
		}
		twin.account = "444455556666"
		twin.must(0, append(plan5, s.path("account.json"))...)
		s.refuses("the plan is for account 444455556666", "fix", "apply", s.path("account.json"), "--yes")
		s.refuses("the plan is for account 444455556666", "fix", "apply", s.path("account.json"), "--dry-run")
		s.refuses("the plan is for Region ap-northeast-1", "fix", "apply", good, "--yes", "--region", "us-east-1")
		// Without --region a plan goes where it was made for, and nothing there is what it was.
		if err := s.double.Load(account, "eu-west-1", []byte(`{"restApis": [{"id": "rest000001", "name": "orders", "stages": [{"stageName": "prod", "methodSettings": {"*/*": {"cachingEnabled": true}}}]}]}`)); err != nil {
			t.Fatal(err)
		}
		s.must(0, "fix", "plan", "--control", "APIGateway.5", "--region", "eu-west-1", "--out", s.path("eu.json"))
		s.must(0, "fix", "apply", s.path("eu.json"), "--dry-run")
		same(t, "a plan of another Region", before, s.state(), "/regions/eu-west-1")

		// Scans of another account, and a changed, empty, missing or foreign file.
		twin.must(0, "scan", "--control", "APIGateway.5", "--format", "json", "--output", s.path("scan.json"))
		s.refuses("444455556666", "fix", "plan", "--scan", s.path("scan.json"))
		data, err := os.ReadFile(good)
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string][2]string{
			"changed":           {strings.Replace(string(data), `"will": true`, `"will": false`, 1), "does not match its digest"},
			"cut off":           {string(data[:len(data)/2]), "no plan"},
			"empty":             {"", "no plan"},
			"not JSON":          {"steps: 3", "no plan"},
			"a scan":            {`{"schemaVersion": 1, "findings": []}`, "no plan"},
			"of a later schema": {strings.Replace(string(data), `"schemaVersion": 1`, `"schemaVersion": 2`, 1), "schemaVersion 2"},
		} {
			file := s.write("bad.json", c[0])
			if c[0] == string(data) {
				t.Errorf("%s: nothing was changed in the plan", name)
			}
			s.refuses(c[1], "fix", "apply", file, "--yes")
			s.refuses(c[1], "fix", "show", file)
		}
		s.refuses("cannot read", "fix", "apply", s.path("missing.json"), "--yes")

		// Findings.
		for name, c := range map[string][2]string{
			"another product": {asff(t, "product/aws/securityhub", "product/aws/guardduty", "Security Hub", "GuardDuty", "security-control/APIGateway.5", "arn:aws:guardduty:x"), "from"},
			"another control": {asff(t, "APIGateway.5", "S3.1"), "S3.1"},
			"another account": {asff(t, `"AwsAccountId": "111122223333"`, `"AwsAccountId": "444455556666"`), "444455556666"},
			"another Region":  {asff(t, "ap-northeast-1", "us-east-1"), "is not there any more"},
			"unknown stage":   {asff(t, "stages/prod", "stages/gone"), "is not there any more"},
			"unknown API":     {asff(t, "rest000001", "rest000009"), "is not there any more"},
			"not ASFF":        {`{"hello": "world"}`, "is damaged (ProductArn)"},
			"no JSON":         {`<html>`, "no JSON"},
			"empty":           {``, "there is nothing to read"},
			"none":            {`{"Findings": []}`, "holds no finding"},
		} {
			file := s.write("finding.json", c[0])
			s.refuses(c[1], "fix", "plan", "--finding", file)
			if t.Failed() {
				t.Logf("that was a finding of %s", name)
			}
		}
		if e := s.must(0, "fix", "plan", "--finding", s.write("finding.json", asff(t)), "--out", "-"); !strings.Contains(e.out, `"control": "APIGateway.5"`) {
			t.Errorf("the finding itself: %s", e)
		}

		// Choices.
		s.refuses("give --input certificate=VALUE", "fix", "plan", "--control", "APIGateway.2")
		s.refuses("give --input webAcl=VALUE", "fix", "plan", "--control", "APIGateway.4")
		s.refuses("cannot be", "fix", "plan", "--control", "APIGateway.4", "--input", "webAcl=shield")
		s.refuses("cannot be", "fix", "plan", "--control", "APIGateway.9", "--retention", "91")
		s.refuses("has no input", "fix", "plan", "--control", "APIGateway.5", "--input", "webAcl=x")
		s.refuses("no failed finding", "fix", "plan", "--control", "APIGateway.5", "--resource", "nosuch/*")
		s.refuses("no run", "fix", "undo", "nosuch")
		s.refuses("no run", "fix", "resume", "../state")

		// Age: to the second.
		time.Sleep(7 * 24 * time.Hour)
		s.must(0, "fix", "apply", good, "--dry-run")
		time.Sleep(2 * time.Second)
		s.refuses("make a new one", "fix", "apply", good, "--yes")
		s.refuses("make a new one", "fix", "apply", good, "--dry-run")
		same(t, "all of it", before, s.state(), "/regions/eu-west-1")
		if run := s.theRun(); run != "" {
			t.Errorf("run %s was begun", run)
		}
	})
}

// TestNoPlaceForJournal gives a place that cannot hold a journal: nothing is
// changed.
func TestNoPlaceForJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, awsdouble.Options{}, several)
		file := s.path("plan.json")
		s.must(0, append(planSeveral, file)...)
		s.refuses("cannot write", "fix", "apply", file, "--yes", "--state-dir", s.write("file", ""))
	})
}

// TestNoSecrets runs everything with credentials that can be recognised and a
// stage that has a secret in a variable: no file and no output holds them.
func TestNoSecrets(t *testing.T) {
	const webhook = "https://hooks.example.com/services/T0SECRET/B0SECRET/xoxSECRETvariable"
	fixture := strings.Replace(several, `"variables": {`, `"variables": {"webhook": "`+webhook+`", `, 1)
	fixture = strings.Replace(fixture, `"stageVariables": {`, `"stageVariables": {"webhook": "`+webhook+`", `, 1)
	s, stop := served(t, fixture)
	defer stop()
	key, secret, token := s.assume("deployer")
	s.credentials = []string{"AWS_ACCESS_KEY_ID=" + key, "AWS_SECRET_ACCESS_KEY=" + secret, "AWS_SESSION_TOKEN=" + token}
	var said bytes.Buffer
	keep := func(e ended) { said.WriteString(e.out + e.err) }
	keep(s.must(0, "scan", "--service", "APIGateway", "--format", "json", "--output", s.path("scan.json"), "--debug"))
	keep(s.must(0, append(append(planSeveral, s.path("plan.json")), "--debug")...))
	keep(s.run("fix", "show", s.path("plan.json"), "--as", "cli"))
	refused := s.double.Fault(awsdouble.Fault{Operation: "CreateLogGroup", Kind: awsdouble.Deny})
	keep(s.must(1, "fix", "apply", s.path("plan.json"), "--yes", "--debug", "--rate", "max"))
	refused.Remove()
	expired := s.double.Fault(awsdouble.Fault{Operation: "CreateLogGroup", Kind: awsdouble.ExpiredToken})
	keep(s.must(1, "fix", "resume", s.theRun(), "--debug", "--rate", "max"))
	expired.Remove()
	keep(s.must(0, "fix", "resume", s.theRun(), "--debug", "--rate", "max"))
	keep(s.must(0, "fix", "undo", s.theRun(), "--yes", "--debug", "--format", "json", "--rate", "max"))
	files := 0
	err := filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if strings.HasPrefix(path, s.path("state")) && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("others may read %s: %v", path, info.Mode())
		}
		data, err := os.ReadFile(path)
		said.Write(data)
		files++
		return err
	})
	if err != nil || files < 5 { // scan, plan, and the run's plan, journal and lock
		t.Fatalf("%d files, %v", files, err)
	}
	for _, s := range []string{key, secret, token, webhook, "xoxSECRET", "T0SECRET", "BEGIN CERTIFICATE", "X-Amz-Security-Token", "Signature="} {
		if i := bytes.Index(said.Bytes(), []byte(s)); i >= 0 {
			t.Errorf("%q is in what was written: …%s…", s, said.Bytes()[max(0, i-80):min(said.Len(), i+80)])
		}
	}
	var journal struct{ Step, Event string }
	for line := range bytes.Lines(mustRead(t, s.path("state/runs/"+s.theRun()+"/journal.jsonl"))) {
		if err := json.Unmarshal(line, &journal); err != nil || journal.Event == "" {
			t.Errorf("line %q of the journal: %v", line, err)
		}
	}
}

// assume returns temporary credentials of a role that trusts its account. The
// double verifies no signature.
func (s *stand) assume(role string) (key, secret, token string) {
	s.t.Helper()
	const trust = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::` + account + `:root"}, "Action": "sts:AssumeRole"}]}`
	if err := s.double.Load(account, region, []byte(`{"roles": [{"RoleName": "`+role+`", "AssumeRolePolicyDocument": `+trust+`}]}`)); err != nil {
		s.t.Fatal(err)
	}
	id, _ := s.double.CredentialsFor(account)
	form := url.Values{"Action": {"AssumeRole"}, "Version": {"2011-06-15"}, "RoleArn": {"arn:aws:iam::" + account + ":role/" + role}, "RoleSessionName": {"test"}}
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url, strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+id+"/20260101/"+region+"/sts/aws4_request, SignedHeaders=host, Signature=0")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	var made struct {
		Key    string `xml:"AssumeRoleResult>Credentials>AccessKeyId"`
		Secret string `xml:"AssumeRoleResult>Credentials>SecretAccessKey"`
		Token  string `xml:"AssumeRoleResult>Credentials>SessionToken"`
	}
	if err := xml.NewDecoder(answer.Body).Decode(&made); err != nil || made.Token == "" {
		s.t.Fatalf("AssumeRole: %d, %v", answer.StatusCode, err)
	}
	return made.Key, made.Secret, made.Token
}

func mustRead(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
