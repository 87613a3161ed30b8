package app_test

import (
	"context"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/policy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

// withFixer gives an account a role that may do anything, for whoever of the account
// names its external id.
func withFixer(t *testing.T, double *awsdouble.Double) *app.Role {
	t.Helper()
	const id = "kumo:ban/1"
	if err := double.Load(account, region, []byte(`{"roles": [{"roleName": "fixer", "path": "/ops/", "assumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": {
		"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::`+account+`:root"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "`+id+`"}}}}}]}`)); err != nil {
		t.Fatal(err)
	}
	return &app.Role{Role: policy.Role{Name: "ops/fixer", ExternalID: id}, By: "kei"}
}

// inDemo is the demo, with a role for fixes.
func inDemo(t *testing.T) (*world, *awsdouble.Double) {
	t.Helper()
	double := awsdouble.New(awsdouble.Options{Seed: 1})
	if err := double.Demo(); err != nil {
		t.Fatal(err)
	}
	key, secret := double.CredentialsFor(account)
	w := &world{virtual: true, at: resource.Scope{Partition: "aws", Account: account, Region: region}, load: func(region string) aws.Config {
		return awsclient.Static(region, "", credentials.NewStaticCredentialsProvider(key, secret, ""), &http.Client{Transport: double.Transport()})
	}}
	w.enter(t)
	w.as = withFixer(t, double)
	return w, double
}

// demoInputs are inputs, by control and remedy, each set of them tried.
func demoInputs() map[string][]map[string]string {
	const role, group = "arn:aws:iam::111122223333:role/security-audit", "/aws/vendedlogs/apigateway/orders"
	return map[string][]map[string]string{
		"Account.1 contact":      {{"contactName": "Security", "contactTitle": "Desk", "contactEmail": "security@example.com", "contactPhone": "+81 3 1234 5678"}},
		"CloudTrail.2 encrypt":   {{"kmsKey": "arn:aws:kms:ap-northeast-1:111122223333:key/2c9a4f1e-7b60-4d52-8f3a-91d0c5e6b7a8"}},
		"CloudTrail.5 log-group": {{"logGroup": group, "role": role}},
		"EC2.6 flow-log":         {{"destination": "arn:aws:s3:::webshop-logs-111122223333"}, {"destination": "arn:aws:logs:ap-northeast-1:111122223333:log-group:" + group, "role": role}},
		"EC2.19 restrict":        {{"cidr": "203.0.113.0/24"}},
		"Lambda.5 subnets":       {{"subnets": "subnet-0b8e2d5c7f6a13940"}},
		"S3.9 log-to-bucket":     {{"targetBucket": "webshop-assets-111122223333"}, {"targetBucket": "new"}},
		"SQS.1 kms":              {{"kmsKey": "alias/aws/sqs"}},
	}
}

// TestEveryRemedyInItsSession applies every remedy that goes by rooms to something of the
// demo and takes it back, each step in a session that may do no more than the step's
// policy says: that suffices, and fits into what AWS takes. Those of API Gateway are in
// [TestFixPolicy].
func TestEveryRemedyInItsSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := inDemo(t)
		if _, err := wire.New(w.load("us-east-1")).Call(t.Context(), "account", "DeleteAlternateContact", map[string]any{"AlternateContactType": "SECURITY"}); err != nil {
			t.Fatal(err)
		}
		failing, inputs := w.failing(t), demoInputs()
		for _, c := range controls.All() {
			for i := range c.Remedies {
				if r := &c.Remedies[i]; !r.Manual && !strings.HasPrefix(c.ID, "APIGateway.") {
					for _, in := range orNone(inputs[c.ID+" "+r.Name]) {
						w.session(t, failing, c.ID, r.Name, in)
					}
				}
			}
		}
	})
}

// orNone is one set of no inputs where there are none.
func orNone(list []map[string]string) []map[string]string {
	if list == nil {
		return []map[string]string{nil}
	}
	return list
}

func (w *world) session(t *testing.T, failing map[string]app.Wish, id, remedy string, inputs map[string]string) {
	t.Helper()
	var last error
	for _, key := range slices.Sorted(maps.Keys(failing)) {
		if !strings.HasPrefix(key, id+" ") {
			continue
		}
		p, err := app.MakePlan(t.Context(), w.env, app.PlanOptions{FixOptions: w.options(t), Wishes: []app.Wish{failing[key]}, Remedy: remedy, Inputs: inputs})
		if err != nil {
			last = err
			continue
		}
		r, err := app.Apply(t.Context(), w.env, p, w.options(t), w.dir, func(execute.Report) {})
		if err != nil {
			t.Errorf("%s %s: %v", key, remedy, err)
			return
		}
		if _, err := app.Undo(t.Context(), w.env, r.Run, w.options(t), w.dir, func(execute.Report) {}); err != nil && !says(err, "run.undoDestroys") {
			t.Errorf("%s %s: %v", key, remedy, err)
		}
		return
	}
	t.Errorf("%s %s is tried on nothing: %v", id, remedy, last)
}

// TestSessionRefuses makes every call of a scan in the session of one step of the demo:
// all are refused, but those that the step's policy names.
func TestSessionRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, double := inDemo(t)
		p, err := app.MakePlan(t.Context(), w.env, app.PlanOptions{FixOptions: w.options(t), Wishes: []app.Wish{w.failing(t)["DynamoDB.2 arn:aws:dynamodb:ap-northeast-1:111122223333:table/carts"]}})
		if err != nil {
			t.Fatal(err)
		}
		sessions, err := app.SessionsOf(p, "")
		if err != nil {
			t.Fatal(err)
		}
		const want = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["dynamodb:DescribeContinuousBackups","dynamodb:UpdateContinuousBackups"],"Resource":"arn:aws:dynamodb:ap-northeast-1:111122223333:table/carts"}]}`
		if sessions["1"] != want {
			t.Fatalf("%s", sessions["1"])
		}
		src := awslive.Source{Limits: awsclient.NewLimits(rate(t, "max"), w.env.Log), Load: w.env.Load, Log: w.env.Log}
		entered, _, err := src.Enter(t.Context(), awslive.Target{}, region)
		if err != nil {
			t.Fatal(err)
		}
		cfg, err := entered.Assume(t.Context(), awslive.Assumption{RoleARN: "arn:aws:iam::111122223333:role/ops/fixer", ExternalID: w.as.ExternalID, Name: "kei", Policy: sessions["1"]})
		if err != nil {
			t.Fatal(err)
		}
		w.env.Load = func(context.Context, string) (aws.Config, error) { return cfg, nil }
		double.ClearCalls()
		if _, err := app.Scan(t.Context(), w.env, app.ScanOptions{Rate: rate(t, "max"), Targets: []awslive.Target{{}}, Outputs: app.Outputs{Formats: []string{"jsonl"}}}); err == nil {
			t.Error("a scan saw something")
		}
		called := map[string]bool{}
		for _, c := range double.Calls() {
			called[c.Action] = true
			if c.Action != "sts:GetCallerIdentity" && c.Status < 400 {
				t.Errorf("%s on %s: %d", c.Action, c.Resource, c.Status)
			}
		}
		if len(called) < 25 {
			t.Errorf("only %d actions were tried", len(called))
		}
		for table, refused := range map[string]bool{"carts": false, "stock": true} {
			_, err := wire.New(cfg).Call(t.Context(), "dynamodb", "DescribeContinuousBackups", map[string]any{"TableName": table})
			if (err != nil) != refused {
				t.Errorf("%s: %v", table, err)
			}
		}
	})
}

// packed is STS that finds a session policy too large when it has packed it.
type packed struct{ http.RoundTripper }

func (p packed) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(r.URL.Host, "sts.") || r.ContentLength < 200 { // who am I?
		return p.RoundTripper.RoundTrip(r)
	}
	return &http.Response{StatusCode: http.StatusBadRequest, Header: http.Header{"Content-Type": {"text/xml"}}, Request: r, Body: io.NopCloser(strings.NewReader(
		`<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>PackedPolicyTooLarge</Code>` +
			`<Message>Packed policy consumes 117% of allotted space, please use smaller policy.</Message></Error><RequestId>1</RequestId></ErrorResponse>`))}, nil
}

// TestSessionTooLarge: a step whose policy is more than AWS takes is refused in one
// sentence before anything is done, by its length or by what STS says.
func TestSessionTooLarge(t *testing.T) {
	for name, c := range map[string]struct{ path, want, why string }{
		"characters": {"/" + strings.Repeat("p", 400) + "/", "fixrole.tooLong", "2048"},
		"packed":     {"/team/a/", "fixrole.packed", "117%"},
		"fits":       {"/team/a/", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				of := fixCases()["1 role gone"]
				double, env := fixing(t, of.fixture())
				o := app.FixOptions{Region: region, Rate: rate(t, "max"), As: withFixer(t, double)}
				inputs := maps.Clone(of.inputs)
				inputs["rolePath"] = c.path
				p, err := app.MakePlan(t.Context(), env, app.PlanOptions{FixOptions: o, Wishes: []app.Wish{{Control: of.control, Ref: of.ref()}}, Inputs: inputs})
				if err != nil {
					t.Fatal(err)
				}
				if load := env.Load; name == "packed" {
					env.Load = func(ctx context.Context, profile string) (aws.Config, error) {
						cfg, err := load(ctx, profile)
						cfg.HTTPClient = awsclient.Guard(&http.Client{Transport: packed{double.Transport()}})
						return cfg, err
					}
				}
				_, err = app.Apply(t.Context(), env, p, o, t.TempDir(), func(execute.Report) {})
				if c.want == "" {
					if err != nil {
						t.Error(err)
					}
					return
				}
				if !says(err, c.want) || !strings.Contains(err.Error(), app.ByHand) || !strings.Contains(err.Error(), c.why) {
					t.Errorf("%v", err)
				}
				for _, call := range double.Calls() {
					if slices.Contains([]string{"AssumeRole", "CreateRole", "UpdateAccount", "UpdateStage"}, call.Operation) {
						t.Errorf("%s was called", call.Operation)
					}
				}
			})
		})
	}
}
