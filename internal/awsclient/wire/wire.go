// Package wire speaks to AWS's services: by a table of operations, compiled from
// AWS's own service models, in all of their protocols ([Client.Call]), and by hand to
// Security Hub, whose findings pass as they come ([Client.REST]). The SDK's clients would cost megabytes and
// minutes. Requests are signed, sent and judged as the SDK does it, with its
// signer, credentials, HTTP client and error types.
package wire

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Service is one of the services, as AWS's API models describe it.
type Service struct {
	Name string // of its endpoints and in signatures
	ID   string // the SDK's, which AWS_ENDPOINT_URL_<ID> goes by
}

// SecurityHub is Security Hub, a REST service.
func SecurityHub() Service { return Service{"securityhub", "SecurityHub"} }

// Client makes calls with an SDK configuration. Like the SDK's clients it is
// safe for concurrent use; it does not retry.
type Client struct {
	config aws.Config
	signer *v4.Signer
}

// New returns a client for the configuration's Region.
func New(config aws.Config) *Client { return &Client{config, v4.NewSigner()} }

// REST calls an operation of a REST service by its method and path, which
// begins without a slash. A refusal is a smithy.APIError.
func (c *Client) REST(ctx context.Context, s Service, method, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	answer, err := c.send(ctx, s, request{method, path, body, http.Header{"Content-Type": {"application/json"}}})
	if err != nil {
		return err
	}
	return decoded(json.Unmarshal(answer, out))
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
	method, path string
	body         []byte
	header       http.Header
}

// send signs and sends a request and returns the body of a successful answer.
func (c *Client) send(ctx context.Context, s Service, q request) ([]byte, error) {
	place, err := c.endpoint(ctx, s)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, q.method, place.at(q.path), bytes.NewReader(q.body))
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
	api := restError(response.Header, answer)
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
func jsonError(body []byte) *smithy.GenericAPIError {
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
	e := jsonError(body)
	if code, _, _ := strings.Cut(header.Get("X-Amzn-Errortype"), ":"); code != "" {
		e.Code = code[strings.LastIndexByte(code, '#')+1:]
	}
	return e
}
