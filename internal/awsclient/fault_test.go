package awsclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"

	"github.com/kumoban/kumoban/internal/awsclient/wire"
)

func TestClassify(t *testing.T) {
	call := &Call{Service: "apigateway", Operation: "GetStages"}
	api := func(code, message string) error { return &smithy.GenericAPIError{Code: code, Message: message} }
	sent := func(err error) error {
		return fmt.Errorf("exceeded: %w", &url.Error{Op: "Get", URL: "https://x", Err: err})
	}
	_, unplaced := wire.New(aws.Config{}).Call(t.Context(), "kms", "ListKeys", nil)
	for _, c := range []struct {
		name     string
		err      error
		class    Class
		code     string
		attempts int
	}{
		{"refused", api("AccessDeniedException", "no"), Refused, "AccessDeniedException", 1},
		{"no endpoint", unplaced, Unreachable, codeBadEndpoint, 1},
		{"expired", api("ExpiredTokenException", "old"), Credentials, "ExpiredTokenException", 1},
		{"unknown key", api("UnrecognizedClientException", "who"), Credentials, "UnrecognizedClientException", 1},
		{"throttled", api("TooManyRequestsException", "slow"), Throttled, "TooManyRequestsException", attempts},
		{"not found", api("NotFoundException", "gone"), NotFound, "NotFoundException", 1},
		{"bad request", api("BadRequestException", "odd"), Other, "BadRequestException", 1},
		{"no credentials", fmt.Errorf("sign: %w", &errNoCredentials{errors.New("none")}), Credentials, "NoCredentials", 1},
		{"garbled", sent(&errGarbled{"the answer is empty"}), Garbled, "Garbled", attempts},
		{"undecodable", &smithy.DeserializationError{Err: io.ErrUnexpectedEOF}, Garbled, "Garbled", attempts},
		{"no host", sent(&net.DNSError{Name: "apigateway.us-east-9.amazonaws.com", IsNotFound: true}), Unreachable, "NoSuchHost", 1},
		{"refused connection", sent(&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}), Unreachable, "ConnectionRefused", fewAttempts},
		{"reset", sent(&net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}), Unreachable, "Unreachable", attempts},
		{"no answer", context.DeadlineExceeded, Timeout, "Timeout", fewAttempts},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := classify(&exchange{call: call}, c.err)
			if f.Class != c.class || f.Code != c.code || f.attempts() != c.attempts {
				t.Errorf("class %d, code %s, %d attempts; want %d, %s, %d", f.Class, f.Code, f.attempts(), c.class, c.code, c.attempts)
			}
		})
	}
}

// TestNoSecrets quotes what AWS and the SDK are known to put into errors.
func TestNoSecrets(t *testing.T) {
	token := "IQoJb3JpZ2luX2VjEJr" + strings.Repeat("aZ09", 30)
	for _, message := range []string{
		"The request signature we calculated does not match.\nThe Canonical String was\nx-amz-security-token:" + token,
		"IncompleteSignature: Authorization=AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101, Signature=0123456789abcdef",
		"X-Amz-Security-Token=" + token + " is expired",
		"credential_process printed wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYabcdef",
		"credential_process printed wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
		"Failed to parse uri: http://user:hunter2@%zz",
	} {
		got := classify(&exchange{call: &Call{}}, errors.New(message)).Message
		for _, secret := range []string{token, "AKIAIOSFODNN7EXAMPLE", "0123456789abcdef", "wJalrXUtnFEMI", "hunter2"} {
			if strings.Contains(got, secret) {
				t.Errorf("%q holds %q", got, secret)
			}
		}
		if strings.Contains(got, "\n") || len(got) > 400 {
			t.Errorf("%q is not one short line", got)
		}
	}
	arn := "User: arn:aws:sts::111122223333:assumed-role/SecurityAudit/kumoban is not authorized to perform: apigateway:GET on resource: arn:aws:apigateway:ap-northeast-1::/restapis/a1b2c3d4e5/stages"
	path := "apigateway:GET on /restapis/a1b2c3d4e5/stages/productionEnvironmentNumber1"
	for _, harmless := range []string{arn, path} {
		if got := scrub(harmless); got != harmless {
			t.Errorf("no secret is in it, but it became %q", got)
		}
	}
}

// answer gives every request one answer; one of 200 is as AWS sends it.
type answer struct {
	status int
	body   string
	header http.Header
}

func (a answer) Do(*http.Request) (*http.Response, error) {
	header := a.header
	if header == nil {
		header = http.Header{"X-Amzn-Requestid": {"r"}}
	}
	return &http.Response{StatusCode: a.status, Header: header, Body: io.NopCloser(strings.NewReader(a.body))}, nil
}

// TestGuard hands on whole answers only.
func TestGuard(t *testing.T) {
	for _, c := range []struct {
		name  string
		a     answer
		whole bool
		must  bool // name something
	}{
		{"a listing", answer{200, `{"item":[{"id":"a"}],"position":"x"}`, nil}, true, false},
		{"an empty listing", answer{200, `{"item":[]}`, nil}, true, false},
		{"nothing said", answer{200, `{}`, nil}, true, false},
		{"nothing said, as S3 and others send it", answer{200, `{}`, http.Header{"X-Amz-Request-Id": {"r"}}}, true, false},
		{"nothing said by nobody", answer{200, `{}`, http.Header{"Server": {"nginx"}}}, false, false},
		{"nothing said in other words", answer{200, `{"item":null}`, nil}, true, false},
		{"nothing said in other words by nobody", answer{200, `{"item":null}`, http.Header{}}, false, false},
		{"an empty list by nobody", answer{200, `{"item":[]}`, http.Header{}}, true, false},
		{"null and a token", answer{200, `{"item":null,"position":"x"}`, nil}, false, false},
		{"nothing said where something must be", answer{200, `{}`, nil}, false, true},
		{"a list where something must be", answer{200, `{"item":[{"id":"a"}]}`, nil}, true, true},
		{"an error is not ours to judge", answer{403, ``, nil}, true, false},
		{"empty", answer{200, ``, nil}, false, false},
		{"blank", answer{200, " \n", nil}, false, false},
		{"cut", answer{200, `{"item":[{"id":"a"`, nil}, false, false},
		{"HTML", answer{200, `<html>sign in</html>`, nil}, false, false},
		{"null", answer{200, `null`, nil}, false, false},
		{"a list", answer{200, `[]`, nil}, false, false},
		{"something else", answer{200, `{"message":"hello"}`, nil}, false, false},
		{"the other API's answer", answer{200, `{"items":[]}`, nil}, false, false},
		{"two objects", answer{200, `{"item":[]}{"item":[]}`, nil}, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx := context.WithValue(t.Context(), callKey{}, &exchange{call: &Call{Expect: "item", MayLack: !c.must}})
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://x/restapis", nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := Guard(c.a).Do(req)
			if c.whole != (err == nil) {
				t.Fatalf("error %v, want a whole answer: %t", err, c.whole)
			}
			if err == nil {
				defer resp.Body.Close()
				if body, _ := io.ReadAll(resp.Body); string(body) != c.a.body {
					t.Errorf("the body became %q", body)
				}
			}
		})
	}
}

func FuzzWhole(f *testing.F) {
	for _, s := range []string{`{"item":[]}`, `{}`, ``, `null`, `{"item"`, `{"a":{"item":1}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if err := whole(body, &Call{Expect: "item", MayLack: true}, http.Header{"X-Amzn-Requestid": {"r"}}); err == nil && !strings.Contains(string(body), "{") {
			t.Errorf("%q is no object", body)
		}
	})
}

func TestParseRate(t *testing.T) {
	for in, want := range map[string]Quota{
		"":    {Rate: 8, Burst: 32},
		"max": {Rate: 9.8, Burst: 39},
		"4":   {Rate: 4, Burst: 16},
		"0.5": {Rate: 0.5, Burst: 2},
		"100": {Rate: 9.8, Burst: 39},
	} {
		r, err := ParseRate(in)
		if err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		b := r.bucket(Quota{Rate: 10, Burst: 40})
		if got := float64(b.limiter.Limit()); got != want.Rate || b.limiter.Burst() != int(want.Burst) {
			t.Errorf("%q: %v a second, burst %d; want %v, %v", in, got, b.limiter.Burst(), want.Rate, want.Burst)
		}
	}
	for _, in := range []string{"0", "-1", "fast", "NaN", "Inf", "1e9", " 5"} {
		if _, err := ParseRate(in); err == nil {
			t.Errorf("%q was accepted", in)
		}
	}
}

func TestRegions(t *testing.T) {
	for region, partition := range map[string]string{
		"ap-northeast-1": "aws", "us-gov-west-1": "aws-us-gov", "cn-north-1": "aws-cn", "eusc-de-east-1": "aws-eusc", "us-isob-east-1": "aws-iso-b",
	} {
		if err := CheckRegion(region); err != nil {
			t.Errorf("%s: %v", region, err)
		}
		if got := Partition(region); got != partition {
			t.Errorf("%s lies in %s, want %s", region, got, partition)
		}
	}
	for _, region := range []string{"", "Tokyo", "us-east", "us_east_1", "ap-northeast-1;rm", "us-east-1/../x"} {
		if CheckRegion(region) == nil {
			t.Errorf("%q was accepted", region)
		}
	}
}
