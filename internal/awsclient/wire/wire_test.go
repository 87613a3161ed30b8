package wire

import (
	"context"
	"errors"
	"io"
	"net/http"
	neturl "net/url"
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

// TestRequests looks at what goes over the wire.
func TestRequests(t *testing.T) {
	a := &answers{status: 200, body: `{"Name":"x"}`}
	var out struct{ Name string }
	if err := client(a).JSON(t.Context(), Logs(), "DescribeLogGroups", map[string]int{"limit": 1}, &out); err != nil || out.Name != "x" {
		t.Fatal(out, err)
	}
	h := a.request.Header
	if a.request.URL.String() != "https://logs.ap-northeast-1.amazonaws.com/" || a.sent != `{"limit":1}` || h.Get("X-Amz-Target") != "Logs_20140328.DescribeLogGroups" ||
		h.Get("Content-Type") != "application/x-amz-json-1.1" || h.Get("X-Amz-Security-Token") != "session" ||
		!strings.Contains(h.Get("Authorization"), "/ap-northeast-1/logs/aws4_request") {
		t.Errorf("%s %s %v", a.request.URL, a.sent, h)
	}
	a.body = "<GetRoleResponse><GetRoleResult><Role><Arn>arn</Arn></Role></GetRoleResult></GetRoleResponse>"
	var role struct {
		Arn string `xml:"GetRoleResult>Role>Arn"`
	}
	if err := client(a).Query(t.Context(), IAM(), "GetRole", neturl.Values{"RoleName": {"a b"}}, &role); err != nil || role.Arn != "arn" {
		t.Fatal(role, err)
	}
	if a.sent != "Action=GetRole&RoleName=a+b&Version=2010-05-08" || !strings.Contains(a.request.Header.Get("Authorization"), "/us-east-1/iam/aws4_request") {
		t.Errorf("%s %v", a.sent, a.request.Header)
	}
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
			err := client(&c.answer).JSON(t.Context(), Logs(), "X", struct{}{}, &struct{}{})
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
	if err := client(&answers{status: 200}).JSON(t.Context(), Logs(), "X", struct{}{}, nil); err != nil {
		t.Errorf("AWS says nothing where there is nothing to say: %v", err)
	}
	if err := client(&answers{status: 200, body: "<html></html>"}).JSON(t.Context(), Logs(), "X", struct{}{}, nil); err == nil {
		t.Error("a page of somebody counts as done")
	}
}

func TestQueryAnswers(t *testing.T) {
	refusal := `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>gone</Message></Error></ErrorResponse>`
	var api smithy.APIError
	err := client(&answers{status: 404, body: refusal}).Query(t.Context(), IAM(), "GetRole", nil, nil)
	if !errors.As(err, &api) || api.ErrorCode() != "NoSuchEntity" || api.ErrorMessage() != "gone" {
		t.Errorf("%v", err)
	}
	for _, body := range []string{"", "<html></html>", "<GetRoleResponse><Get", refusal} {
		var broken *smithy.DeserializationError
		if err := client(&answers{status: 200, body: body}).Query(t.Context(), IAM(), "GetRole", nil, nil); !errors.As(err, &broken) {
			t.Errorf("%q: %v", body, err)
		}
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
		a.request.Header.Get("Content-Type") != "application/json" || !strings.Contains(a.request.Header.Get("Authorization"), "/ap-northeast-1/securityhub/aws4_request") {
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
	if err := c.JSON(t.Context(), KMS(), "ListKeys", struct{}{}, nil); !errors.Is(err, cause) {
		t.Error(err)
	}
}
