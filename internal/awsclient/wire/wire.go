// Package wire speaks to AWS's services: by a table of operations, compiled from
// AWS's own service models, in all of their protocols ([Client.Call]), and by hand
// to those that were there before it. The SDK's clients would cost megabytes and
// minutes. Requests are signed, sent and judged as the SDK does it, with its
// signer, credentials, HTTP client and error types.
package wire

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Service is one of the services, as AWS's API models describe it.
type Service struct {
	Name   string // of its endpoints and in signatures
	ID     string // the SDK's, which AWS_ENDPOINT_URL_<ID> goes by
	Target string // the prefix of X-Amz-Target, or the version of a query API; "" of a REST service
}

// Logs is CloudWatch Logs, a JSON service.
func Logs() Service { return Service{"logs", "CloudWatch Logs", "Logs_20140328"} }

// KMS is the Key Management Service, a JSON service.
func KMS() Service { return Service{"kms", "KMS", "TrentService"} }

// WAFv2 is AWS WAF, a JSON service.
func WAFv2() Service { return Service{"wafv2", "WAFV2", "AWSWAF_20190729"} }

// IAM is Identity and Access Management, a query service.
func IAM() Service { return Service{"iam", "IAM", "2010-05-08"} }

// CloudWatch is Amazon CloudWatch, a query service.
func CloudWatch() Service { return Service{"monitoring", "CloudWatch", "2010-08-01"} }

// SecurityHub is Security Hub, a REST service.
func SecurityHub() Service { return Service{"securityhub", "SecurityHub", ""} }

// CloudTrail is AWS CloudTrail, a JSON service.
func CloudTrail() Service {
	return Service{"cloudtrail", "CloudTrail", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101"}
}

// Client makes calls with an SDK configuration. Like the SDK's clients it is
// safe for concurrent use; it does not retry.
type Client struct {
	config aws.Config
	signer *v4.Signer
}

// New returns a client for the configuration's Region.
func New(config aws.Config) *Client { return &Client{config, v4.NewSigner()} }

// JSON calls an operation of a JSON 1.1 service. Out is nil where AWS answers
// nothing. A refusal is a smithy.APIError.
func (c *Client) JSON(ctx context.Context, s Service, operation string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	answer, err := c.send(ctx, s, request{body: body, header: http.Header{
		"Content-Type": {"application/x-amz-json-1.1"}, "X-Amz-Target": {s.Target + "." + operation},
	}}, jsonError)
	if err != nil || out == nil && len(bytes.TrimSpace(answer)) == 0 {
		return err
	}
	if out == nil {
		out = &struct{}{}
	}
	return decoded(json.Unmarshal(answer, out))
}

// REST calls an operation of a REST service by its method and path, which
// begins without a slash. A refusal is a smithy.APIError.
func (c *Client) REST(ctx context.Context, s Service, method, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	answer, err := c.send(ctx, s, request{method, path, body, http.Header{"Content-Type": {"application/json"}}}, restError)
	if err != nil {
		return err
	}
	return decoded(json.Unmarshal(answer, out))
}

// Query calls an operation of a query service. Out is read from the XML of the
// operation's result; nil where there is none.
func (c *Client) Query(ctx context.Context, s Service, operation string, in url.Values, out any) error {
	form := url.Values{"Action": {operation}, "Version": {s.Target}}
	for name, values := range in {
		form[name] = values
	}
	answer, err := c.send(ctx, s, request{body: []byte(form.Encode()), header: http.Header{
		"Content-Type": {"application/x-www-form-urlencoded; charset=utf-8"},
	}}, xmlError)
	if err != nil {
		return err
	}
	var response struct{ XMLName xml.Name }
	if err := xml.Unmarshal(answer, &response); err != nil {
		return decoded(err)
	}
	if response.XMLName.Local != operation+"Response" {
		return decoded(fmt.Errorf("the answer is a %s", response.XMLName.Local))
	}
	if out == nil {
		return nil
	}
	return decoded(xml.Unmarshal(answer, out))
}

// decoded marks an answer that makes no sense.
func decoded(err error) error {
	if err == nil {
		return nil
	}
	return &smithy.DeserializationError{Err: err}
}

// answerLimit is above the largest page that any of the calls returns: 100 of
// Security Hub's findings, of 240 KB each.
const answerLimit = 32 << 20

type request struct {
	method, path string // POST and none where empty
	body         []byte
	header       http.Header
}

// send signs and sends a request and returns the body of a successful answer.
func (c *Client) send(ctx context.Context, s Service, q request, refused func(http.Header, []byte) *smithy.GenericAPIError) ([]byte, error) {
	place, err := c.endpoint(ctx, s)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, cmp.Or(q.method, http.MethodPost), place.at(q.path), bytes.NewReader(q.body))
	if err != nil {
		return nil, err
	}
	r.Header = q.header
	r.Header.Set("User-Agent", "kumoban")
	credentials, err := c.config.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, fmt.Errorf("get credentials: %w", err)
	}
	sum := sha256.Sum256(q.body)
	if err := c.signer.SignHTTP(ctx, credentials, r, hex.EncodeToString(sum[:]), s.Name, place.region, time.Now()); err != nil {
		return nil, err
	}
	response, err := c.config.HTTPClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close() //nolint:errcheck // all that matters of it has been read, or the reading failed
	answer, err := io.ReadAll(io.LimitReader(response.Body, answerLimit))
	if err != nil || response.StatusCode/100 == 2 {
		return answer, decoded(err)
	}
	api := refused(response.Header, answer)
	var e error = api
	switch {
	case api.Code == "" && response.StatusCode/100 == 4: // not the service's, perhaps
		e = decoded(fmt.Errorf("status %d without an error code", response.StatusCode))
	case api.Code == "":
		api.Code, api.Message = "UnknownError", http.StatusText(response.StatusCode)
	}
	return nil, &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: response}, Err: e}
}

// jsonError reads {"__type": "namespace#Code", "message": "…"}.
func jsonError(_ http.Header, body []byte) *smithy.GenericAPIError {
	var e struct {
		Type    string `json:"__type"`
		Code    string `json:"code"`
		Message string `json:"message"` // in any case
	}
	if json.Unmarshal(body, &e) != nil {
		return &smithy.GenericAPIError{}
	}
	code := e.Type
	if code == "" {
		code = e.Code
	}
	code = code[strings.LastIndexByte(code, '#')+1:]
	code, _, _ = strings.Cut(code, ":")
	return &smithy.GenericAPIError{Code: code, Message: e.Message}
}

// restError reads the code from the header, where REST services put it.
func restError(header http.Header, body []byte) *smithy.GenericAPIError {
	e := jsonError(header, body)
	if code, _, _ := strings.Cut(header.Get("X-Amzn-Errortype"), ":"); code != "" {
		e.Code = code[strings.LastIndexByte(code, '#')+1:]
	}
	return e
}

func xmlError(_ http.Header, body []byte) *smithy.GenericAPIError {
	var e struct {
		Error struct{ Code, Message string }
	}
	if xml.Unmarshal(body, &e) != nil {
		return &smithy.GenericAPIError{}
	}
	return &smithy.GenericAPIError{Code: e.Error.Code, Message: e.Error.Message}
}
