package trail_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/trail"
)

const (
	account = "111122223333"
	region  = "ap-northeast-1"
	at      = "arn:aws:apigateway:" + region + "::/"
	fixture = `{"restApis":[{"id":"a1b2c3d4e5","name":"orders","resources":[{"id":"root","path":"/","resourceMethods":{"GET":{"httpMethod":"GET","authorizationType":"NONE","methodIntegration":{"type":"MOCK"}}}}],"stages":[{"stageName":"prod"},{"stageName":"dev"}]}],
	  "apis":[{"apiId":"h1","name":"web","protocolType":"HTTP","stages":[{"stageName":"$default"},{"stageName":"prod"}],
	    "routes":[{"routeId":"r1","routeKey":"GET /"},{"routeId":"r2","routeKey":"GET /x"}]}]}`
)

type world struct {
	t      *testing.T
	double *awsdouble.Double
}

func newWorld(t *testing.T) world {
	t.Helper()
	d := awsdouble.New(awsdouble.Options{})
	if err := d.Load(account, region, []byte(fixture)); err != nil {
		t.Fatal(err)
	}
	return world{t, d}
}

// call sends a request of API Gateway and returns the answer.
func (w world) call(method, path, body string) string {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, "https://apigateway.example.com"+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	id, _ := w.double.CredentialsFor(account)
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+id+"/20250101/"+region+"/apigateway/aws4_request, SignedHeaders=host, Signature=0")
	resp, err := w.double.Transport().RoundTrip(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(b)
}

func (w world) describe(path, text string) {
	w.t.Helper()
	body := `{"description":"` + text + `"}`
	if strings.HasPrefix(path, "/restapis") {
		body = `{"patchOperations":[{"op":"replace","path":"/description","value":"` + text + `"}]}`
	}
	if got := w.call(http.MethodPatch, path, body); !strings.Contains(got, text) {
		w.t.Fatal(got)
	}
}

func (w world) look(client http.RoundTripper, paths ...string) []trail.Result {
	w.t.Helper()
	rate, err := awsclient.ParseRate("max")
	if err != nil {
		w.t.Fatal(err)
	}
	id, secret := w.double.CredentialsFor(account)
	p := trail.Place{
		Config: awsclient.Static(region, "", credentials.NewStaticCredentialsProvider(id, secret, ""), &http.Client{Transport: client}),
		Lane:   awsclient.NewLimits(rate, slog.New(slog.DiscardHandler)).Lane(account, region),
	}
	var refs []resource.Ref
	for _, path := range paths {
		refs = append(refs, resource.Ref{ARN: at + path})
	}
	return trail.LastChanged(w.t.Context(), p, refs, time.Now())
}

// TestLastChanged finds the last change of the very resource among others.
func TestLastChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.describe("/restapis/a1b2c3d4e5/stages/prod", "one")
		time.Sleep(time.Minute)
		w.describe("/restapis/a1b2c3d4e5/stages/prod", "two")
		want := time.Now()
		time.Sleep(time.Minute)
		w.describe("/restapis/a1b2c3d4e5/stages/dev", "another stage")
		w.describe("/v2/apis/h1/stages/prod", "another API, same stage name")
		w.call(http.MethodPatch, "/restapis/a1b2c3d4e5/stages/prod", `{"patchOperations":[{"op":"replace","path":"/nonsense","value":"refused"}]}`)
		if got := w.call(http.MethodPost, "/v2/apis/h1/routes", `{"routeKey":"GET /new"}`); !strings.Contains(got, "routeId") {
			t.Fatal(got)
		}
		results := w.look(w.double.Transport(), "restapis/a1b2c3d4e5/stages/prod", "apis/h1/stages/prod", "apis/h1/stages/$default", "apis/h1/routes/r2", "vpclinks/x")
		for i, want := range []struct {
			outcome trail.Outcome
			event   string
			at      time.Time
		}{
			{trail.Found, "UpdateStage", want}, {trail.Found, "UpdateStage", want.Add(time.Minute)}, {trail.Nothing, "", want}, {trail.Nothing, "", want}, {trail.NotKnown, "", want},
		} {
			r := results[i]
			if r.Outcome != want.outcome || r.Change != nil && (r.Change.Event != want.event || !r.Change.At.Equal(want.at.Truncate(time.Second)) || r.Change.Who != "kumoban" || r.Change.ID == "") {
				t.Errorf("%d: %+v %+v", i, r, r.Change)
			}
		}
	})
}

// TestMadeLater: a deployment that went to the stage after its last update
// counts, although version 1 wraps what it says.
func TestMadeLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.describe("/restapis/a1b2c3d4e5/stages/prod", "one")
		time.Sleep(time.Hour)
		if got := w.call(http.MethodPost, "/restapis/a1b2c3d4e5/deployments", `{"stageName":"prod"}`); !strings.Contains(got, `"id"`) {
			t.Fatal(got)
		}
		w.call(http.MethodPost, "/restapis/a1b2c3d4e5/deployments", `{}`)
		r := w.look(w.double.Transport(), "restapis/a1b2c3d4e5/stages/prod")[0]
		if r.Outcome != trail.Found || r.Change.Event != "CreateDeployment" {
			t.Errorf("%+v %+v", r, r.Change)
		}
		// A route is named by the answer to the request that made it.
		var made struct{ RouteID string }
		if err := json.Unmarshal([]byte(w.call(http.MethodPost, "/v2/apis/h1/routes", `{"routeKey":"GET /new"}`)), &made); err != nil || made.RouteID == "" {
			t.Fatal(err)
		}
		if r := w.look(w.double.Transport(), "apis/h1/routes/"+made.RouteID)[0]; r.Outcome != trail.Found || r.Change.Event != "CreateRoute" {
			t.Errorf("%+v %+v", r, r.Change)
		}
	})
}

// TestOld leaves out what CloudTrail would not have any more.
func TestOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.describe("/restapis/a1b2c3d4e5/stages/prod", "one")
		time.Sleep(trail.History + time.Minute)
		if r := w.look(w.double.Transport(), "restapis/a1b2c3d4e5/stages/prod")[0]; r.Outcome != trail.Nothing {
			t.Errorf("%+v", r)
		}
	})
}

// TestPages goes on to later pages at two requests a second, and not forever.
func TestPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.describe("/restapis/a1b2c3d4e5/stages/prod", "one")
		change := func(n int) {
			for i := range n {
				w.describe("/restapis/a1b2c3d4e5/stages/dev", fmt.Sprint("d", i))
			}
		}
		change(200)
		w.double.ClearCalls()
		start := time.Now()
		if r := w.look(w.double.Transport(), "restapis/a1b2c3d4e5/stages/prod")[0]; r.Outcome != trail.Found {
			t.Errorf("%+v", r)
		}
		calls := len(w.double.Calls())
		if took := time.Since(start); calls != 7 || took < 2*time.Second {
			t.Errorf("%d calls in %s", calls, took)
		}
		change(801)
		if r := w.look(w.double.Transport(), "restapis/a1b2c3d4e5/stages/prod")[0]; r.Outcome != trail.Incomplete {
			t.Errorf("%+v", r)
		}
	})
}

// answer gives every request one answer.
type answer struct {
	status int
	body   string
}

func (a answer) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: a.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(a.body))}, nil
}

// TestCouldNotLook never says that nothing was found where nobody could look.
func TestCouldNotLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		for _, c := range []struct {
			client http.RoundTripper
			want   trail.Outcome
		}{
			{answer{400, `{"__type":"AccessDeniedException","Message":"not authorized to perform: cloudtrail:LookupEvents"}`}, trail.NotPermitted},
			{answer{400, `{"__type":"ThrottlingException","Message":"Rate exceeded"}`}, trail.Failed},
			{answer{500, `{"__type":"InternalFailure"}`}, trail.Failed},
			{answer{200, `{}`}, trail.Failed}, // no list is no empty list
			{answer{200, `<html>`}, trail.Failed},
			{answer{200, `{"Events":[]}`}, trail.Nothing},
			{answer{200, `{"Events":[{"EventName":"UpdateStage","EventSource":"apigateway.amazonaws.com","CloudTrailEvent":"{"}]}`}, trail.Nothing},
		} {
			r := w.look(c.client, "apis/h1/routes/r1")[0]
			if r.Outcome != c.want || (c.want == trail.NotPermitted || c.want == trail.Failed) != (r.Fault != nil) {
				t.Errorf("%+v: %+v", c.client, r)
			}
		}
	})
}

// TestWho reads identities as CloudTrail documents them.
func TestWho(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		for who, identity := range map[string]string{
			"Alice":                    `{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/Alice","userName":"Alice"}`,
			"Deployer/hana":            `{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/Deployer/hana","sessionContext":{"sessionIssuer":{"userName":"Deployer"}}}`,
			"root":                     `{"type":"Root","arn":"arn:aws:iam::111122223333:root","accountId":"111122223333"}`,
			"544894e8-80c1-707f":       `{"type":"IdentityCenterUser","accountId":"111122223333","onBehalfOf":{"userId":"544894e8-80c1-707f"}}`,
			"ops.apigateway.amazonaws": `{"type":"AWSService","invokedBy":"ops.apigateway.amazonaws"}`,
		} {
			record, err := json.Marshal(`{"userIdentity":` + identity + `,"requestParameters":{"apiId":"h1","routeId":"r1"}}`)
			if err != nil {
				t.Fatal(err)
			}
			body := `{"Events":[{"EventId":"e","EventName":"UpdateRoute","EventSource":"apigateway.amazonaws.com","EventTime":1790000000,"CloudTrailEvent":` + string(record) + `}]}`
			if r := w.look(answer{200, body}, "apis/h1/routes/r1")[0]; r.Outcome != trail.Found || r.Change.Who != who {
				t.Errorf("%s: %+v %+v", who, r, r.Change)
			}
		}
	})
}

func TestMessages(t *testing.T) {
	for _, lang := range locale.Langs() {
		c, err := locale.New(lang)
		if err != nil {
			t.Fatal(err)
		}
		fault := &awsclient.Fault{Call: "cloudtrail:LookupEvents", Code: "X", Message: "no"}
		for _, r := range []trail.Result{
			{Outcome: trail.Found, Change: &trail.Change{Who: "a\x1b", Event: "e"}}, {Outcome: trail.Nothing}, {Outcome: trail.NotPermitted, Fault: fault},
			{Outcome: trail.Failed, Fault: fault}, {Outcome: trail.Incomplete}, {Outcome: trail.NotKnown},
		} {
			m := r.Message()
			if text := c.Text(m.Key, m.Args...); text == m.Key || strings.ContainsAny(text, "{\x1b") {
				t.Errorf("%q", text)
			}
		}
	}
}
