package awsdouble_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/kumoban/kumoban/internal/awsdouble"
)

func TestQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := load(t, awsdouble.Options{Quotas: true}, minimum)
		// passes counts what passes of n calls at this moment.
		passes := func(n int, call func() error) (ok int) {
			for range n {
				if err := call(); err == nil {
					ok++
				} else {
					refused(t, err, "TooManyRequestsException", "Too Many")
				}
			}
			return ok
		}
		list := func() error {
			_, err := v1(d).GetRestApis(t.Context(), &apigateway.GetRestApisInput{})
			return err
		}
		list2 := func() error {
			_, err := v2(d).GetApis(t.Context(), &apigatewayv2.GetApisInput{})
			return err
		}
		resources := func() error {
			_, err := v1(d).GetResources(t.Context(), &apigateway.GetResourcesInput{RestApiId: aws.String("a1b2c3d4e5")})
			return err
		}
		if a, b := passes(20, list), passes(30, list2); a != 20 || b != 20 {
			t.Errorf("burst: %d of version 1 and %d of version 2 passed, want 20 and 20", a, b)
		}
		time.Sleep(time.Second)
		if n := passes(20, list); n != 10 {
			t.Errorf("%d passed after a second, want 10", n)
		}
		time.Sleep(10 * time.Second)
		if n := passes(10, resources); n != 5 {
			t.Errorf("%d GetResources passed, want 5", n)
		}
		if n := passes(50, list); n != 35 {
			t.Errorf("%d passed after GetResources, want 35: refused calls take no token", n)
		}
		time.Sleep(time.Second)
		if n := passes(10, resources); n != 2 {
			t.Errorf("%d GetResources passed after a second, want 2", n)
		}
		other := apigateway.NewFromConfig(config(d, "us-east-1"))
		if n := passes(40, func() error {
			_, err := other.GetRestApis(t.Context(), &apigateway.GetRestApisInput{})
			return err
		}); n != 40 {
			t.Errorf("%d passed in another Region, want 40", n)
		}
		throttled := 0
		for _, c := range d.Calls() {
			if c.Throttled {
				throttled++
			}
		}
		if want := 10 + 10 + 5 + 15 + 8; throttled != want {
			t.Errorf("%d calls logged as throttled, want %d", throttled, want)
		}
	})
}

func TestFaults(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		kind awsdouble.Kind
		code string
	}{
		{awsdouble.Throttle, "TooManyRequestsException"},
		{awsdouble.Deny, "AccessDeniedException"},
		{awsdouble.Conflict, "ConflictException"},
		{awsdouble.ServerError, "InternalServerErrorException"},
		{awsdouble.Unavailable, "ServiceUnavailableException"},
		{awsdouble.ExpiredToken, "ExpiredTokenException"},
		{"nonsense", "UnknownFault"},
	} {
		d := load(t, awsdouble.Options{}, minimum)
		h := d.Fault(awsdouble.Fault{Service: "apigateway", Operation: "GetStages", Path: "a1b2", Kind: c.kind, Skip: 1, Times: 1})
		call := func() error {
			_, err := v1(d).GetStages(ctx, &apigateway.GetStagesInput{RestApiId: aws.String("a1b2c3d4e5")})
			return err
		}
		first, second, third := call(), call(), call()
		if first != nil || third != nil || h.Count() != 1 {
			t.Errorf("%s: skip and times: %v, %v, struck %d", c.kind, first, third, h.Count())
		}
		refused(t, second, c.code, "")
	}
	d := load(t, awsdouble.Options{}, minimum)
	d.Fault(awsdouble.Fault{Kind: awsdouble.Deny})
	_, err := v1(d).GetRestApis(ctx, &apigateway.GetRestApisInput{})
	refused(t, err, "AccessDeniedException", "User: arn:aws:iam::111122223333:user/kumoban is not authorized to perform: apigateway:GET on resource: arn:aws:apigateway:ap-northeast-1::/restapis because")
	_, err = sts.NewFromConfig(config(d, home)).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	refused(t, err, "AccessDenied", "sts:GetCallerIdentity")
}

// TestBrokenAnswers looks at damaged answers both in-process and over a socket.
func TestBrokenAnswers(t *testing.T) {
	d := load(t, awsdouble.Options{}, minimum)
	url, closeServer, err := d.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer closeServer()
	id, _ := d.CredentialsFor(acct)
	for name, client := range map[string]*http.Client{
		"in-process": {Transport: d.Transport()},
		"socket":     {Transport: &http.Transport{DisableKeepAlives: true}},
	} {
		get := func(k awsdouble.Kind) (int, string, error) {
			h := d.Fault(awsdouble.Fault{Kind: k})
			defer h.Remove()
			r, _ := http.NewRequest("GET", url+"/restapis", nil)
			r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+id+"/20250101/ap-northeast-1/apigateway/aws4_request, SignedHeaders=host, Signature=0")
			resp, err := client.Do(r)
			if err != nil {
				return 0, "", err
			}
			defer resp.Body.Close()
			b, err := io.ReadAll(resp.Body)
			if int64(len(b)) != resp.ContentLength && err == nil {
				t.Errorf("%s %s: %d bytes of %d without an error", name, k, len(b), resp.ContentLength)
			}
			return resp.StatusCode, string(b), err
		}
		for _, k := range []awsdouble.Kind{awsdouble.Reset, awsdouble.ResetAfter} {
			if _, _, err := get(k); !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("%s %s: %v", name, k, err)
			}
		}
		if status, body, err := get(awsdouble.Truncate); status != 200 || body == "" || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s truncate: %d %q %v", name, status, body, err)
		}
		if status, body, err := get(awsdouble.Cut); status != 200 || err != nil || !strings.HasPrefix(body, `{"item":[{"id"`) || strings.HasSuffix(body, "]}") {
			t.Errorf("%s cut: %d %q %v", name, status, body, err)
		}
		if status, body, err := get(awsdouble.Empty); status != 200 || body != "" || err != nil {
			t.Errorf("%s empty: %d %q %v", name, status, body, err)
		}
		if status, body, err := get(awsdouble.Garble); status != 200 || !strings.HasPrefix(body, "<html>") || err != nil {
			t.Errorf("%s garble: %d %q %v", name, status, body, err)
		}
	}
}

func TestRandomFaultsRepeat(t *testing.T) {
	run := func(seed uint64) (pattern string) {
		d := load(t, awsdouble.Options{Seed: seed}, minimum)
		d.Fault(awsdouble.Fault{Kind: awsdouble.Throttle, Probability: 0.3})
		for range 200 {
			if _, err := v1(d).GetRestApis(context.Background(), &apigateway.GetRestApisInput{}); err != nil {
				pattern += "x"
			} else {
				pattern += "."
			}
		}
		return pattern
	}
	one := run(1)
	if n := strings.Count(one, "x"); n < 40 || n > 80 {
		t.Errorf("%d of 200 struck", n)
	}
	if one != run(1) || one == run(2) {
		t.Error("the seed does not decide")
	}
}

func TestSlowQuotas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := load(t, awsdouble.Options{Quotas: true}, restFixture)
		if err := d.Load(acct, home, []byte(domainFixture)); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			every time.Duration
			call  func() error
		}{
			"UpdateAccount": {20 * time.Second, func() error {
				_, err := v1(d).UpdateAccount(t.Context(), &apigateway.UpdateAccountInput{})
				return err
			}},
			"UpdateDomainName": {30 * time.Second, func() error {
				_, err := v1(d).UpdateDomainName(t.Context(), &apigateway.UpdateDomainNameInput{DomainName: aws.String("none.example.com")})
				return err
			}},
			"CreateDeployment": {5 * time.Second, func() error {
				_, err := v1(d).CreateDeployment(t.Context(), &apigateway.CreateDeploymentInput{RestApiId: aws.String("none")})
				return err
			}},
		} {
			throttled := func() bool {
				var api smithy.APIError
				return errors.As(c.call(), &api) && api.ErrorCode() == "TooManyRequestsException"
			}
			first, second := throttled(), throttled()
			time.Sleep(c.every - time.Millisecond)
			early := throttled()
			time.Sleep(time.Millisecond)
			if late := throttled(); first || !second || !early || late {
				t.Errorf("%s: throttled %v %v, then %v, %v after %s", name, first, second, early, late, c.every)
			}
		}
	})
}

// TestHoldAfter kills a client whose change is made but not answered.
func TestHoldAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := load(t, awsdouble.Options{}, restFixture)
		tracing := func() bool {
			s, err := v1(d).GetStage(t.Context(), &apigateway.GetStageInput{RestApiId: aws.String("a1b2c3d4e5"), StageName: aws.String("prod")})
			if err != nil {
				t.Fatal(err)
			}
			return s.TracingEnabled
		}
		for kind, applied := range map[awsdouble.Kind]bool{awsdouble.Hold: false, awsdouble.HoldAfter: true, awsdouble.Reset: false, awsdouble.ResetAfter: true} {
			h := d.Fault(awsdouble.Fault{Operation: "UpdateStage", Kind: kind})
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			_, err := v1(d).UpdateStage(ctx, &apigateway.UpdateStageInput{RestApiId: aws.String("a1b2c3d4e5"), StageName: aws.String("prod"),
				PatchOperations: []types.PatchOperation{replace("/tracingEnabled", "true")}})
			cancel()
			h.Remove()
			if err == nil || tracing() != applied {
				t.Errorf("%s: %v, applied %v", kind, err, tracing())
			}
			if _, err := patch(t, d, replace("/tracingEnabled", "false")); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestDelayHoldAndLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := load(t, awsdouble.Options{Latency: 20 * time.Millisecond}, minimum)
		call := func(ctx context.Context) error {
			_, err := v1(d).GetRestApis(ctx, &apigateway.GetRestApisInput{})
			return err
		}
		start := time.Now()
		delay := d.Fault(awsdouble.Fault{Kind: awsdouble.Delay(3 * time.Second)})
		if err := call(t.Context()); err != nil || time.Since(start) != 3020*time.Millisecond {
			t.Errorf("delay: %v after %s", err, time.Since(start))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := call(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("delay beyond the deadline: %v", err)
		}
		delay.Remove()
		hold := d.Fault(awsdouble.Fault{Kind: awsdouble.Hold})
		done := make(chan error)
		go func() { done <- call(t.Context()) }()
		<-hold.Held()
		synctest.Wait()
		if s := d.Calls()[2].Status; s != 0 {
			t.Errorf("status %d while held", s)
		}
		hold.Release()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
