package wire

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go"
)

// answers gives every request one answer, and keeps the request.
type answers struct {
	status  int
	body    string
	broken  bool
	header  http.Header
	request *http.Request
	sent    string
}

func (a *answers) Do(r *http.Request) (*http.Response, error) {
	b, err := io.ReadAll(r.Body)
	a.request, a.sent = r, string(b)
	body := io.Reader(strings.NewReader(a.body))
	if a.broken {
		body = io.MultiReader(body, brokenReader{})
	}
	return &http.Response{StatusCode: a.status, Header: a.header, Body: io.NopCloser(body)}, err
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func client(a *answers) *Client {
	return New(aws.Config{Region: "ap-northeast-1", HTTPClient: a, Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "session")})
}

// TestAnswers classifies answers as the SDK does.
func TestAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		answer  answers
		code    string // of a refusal
		retried bool
		garbled bool
	}{
		"a refusal":             {answers{status: 400, body: `{"__type":"com.amazonaws.logs#ResourceNotFoundException","message":"gone"}`}, "ResourceNotFoundException", false, false},
		"with a capital":        {answers{status: 400, body: `{"__type":"AccessDeniedException","Message":"no"}`}, "AccessDeniedException", false, false},
		"throttled":             {answers{status: 400, body: `{"__type":"ThrottlingException"}`}, "ThrottlingException", true, false},
		"a failure":             {answers{status: 500, body: `{"__type":"InternalFailure"}`}, "InternalFailure", true, false},
		"a load balancer's":     {answers{status: 503, body: `<html>`}, "UnknownError", true, false},
		"a refusal cut off":     {answers{status: 400, body: `{"__type":"Res`}, "", false, true},
		"a refusal broken":      {answers{status: 400, body: `{"__type":"Res`, broken: true}, "", false, true},
		"an answer cut off":     {answers{status: 200, body: `{"a":`}, "", false, true},
		"an answer broken":      {answers{status: 200, body: `{"a":1}`, broken: true}, "", false, true},
		"a page of somebody":    {answers{status: 200, body: `<html>`}, "", false, true},
		"nothing, where wanted": {answers{status: 200}, "", false, true},
	} {
		t.Run(name, func(t *testing.T) {
			err := client(&c.answer).REST(t.Context(), SecurityHub(), http.MethodPost, "x", struct{}{}, &struct{}{})
			var api smithy.APIError
			var broken *smithy.DeserializationError
			switch {
			case c.code != "" && (!errors.As(err, &api) || api.ErrorCode() != c.code):
				t.Errorf("%v, want %s", err, c.code)
			case c.garbled != errors.As(err, &broken):
				t.Errorf("%v, garbled: want %t", err, c.garbled)
			}
			if c.code != "" {
				throttle := retry.IsErrorThrottles(retry.DefaultThrottles).IsErrorThrottle(err) == aws.TrueTernary
				again := retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err) == aws.TrueTernary
				if (throttle || again) != c.retried {
					t.Errorf("%v: retried %t, want %t", err, throttle || again, c.retried)
				}
			}
		})
	}
}

// TestREST knows the path, the method and where such services put the code.
func TestREST(t *testing.T) {
	a := &answers{status: 200, body: `{"Findings":[]}`}
	var out struct{ Findings []struct{} }
	if err := client(a).REST(t.Context(), SecurityHub(), http.MethodPatch, "findings/batchupdate", map[string]int{"n": 1}, &out); err != nil || out.Findings == nil {
		t.Fatal(out, err)
	}
	if a.request.Method != http.MethodPatch || a.request.URL.String() != "https://securityhub.ap-northeast-1.amazonaws.com/findings/batchupdate" || a.sent != `{"n":1}` ||
		a.request.Header.Get("Content-Type") != "application/json" || a.request.Header.Get("X-Amz-Security-Token") != "session" || !strings.Contains(a.request.Header.Get("Authorization"), "/ap-northeast-1/securityhub/aws4_request") {
		t.Errorf("%s %s %s %v", a.request.Method, a.request.URL, a.sent, a.request.Header)
	}
	for body, code := range map[string]string{`{"Message":"no"}`: "InvalidAccessException:http://x", `{"Code":"InvalidAccessException","Message":"no"}`: "", `{"__type":"InvalidAccessException","message":"no"}`: ""} {
		a := &answers{status: 401, body: body, header: http.Header{"X-Amzn-Errortype": {code}}}
		var api smithy.APIError
		if err := client(a).REST(t.Context(), SecurityHub(), http.MethodPost, "findings", nil, &out); !errors.As(err, &api) || api.ErrorCode() != "InvalidAccessException" || api.ErrorMessage() != "no" {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// TestNoCredentials keeps the cause, which tells a failed chain from a failed
// call.
func TestNoCredentials(t *testing.T) {
	cause := errors.New("none")
	c := New(aws.Config{Region: "ap-northeast-1", HTTPClient: &answers{}, Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, cause })})
	if err := c.REST(t.Context(), SecurityHub(), http.MethodPost, "x", struct{}{}, nil); !errors.Is(err, cause) {
		t.Error(err)
	}
}
