package wire

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // what S3 asks for, against accidents on the way
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/kumoban/kumoban/internal/awsclient/wire/protocol"
)

// wholeLimit is the largest answer that is read, in bytes.
const wholeLimit = 64 << 20

// Call makes a call of the table's: a service and an operation as botocore names
// them, and trees by the model's names (see package protocol). A refusal is a
// smithy.APIError, an answer that is not whole a smithy.DeserializationError.
func (c *Client) Call(ctx context.Context, service, operation string, in map[string]any) (map[string]any, error) {
	a, err := c.Ask(ctx, service, operation, in)
	if err != nil {
		return nil, err
	}
	return a.Out, nil
}

// Answer is what was answered.
type Answer struct {
	*protocol.Answer
	Header http.Header
}

// Ask is Call, with what the answer says of itself.
func (c *Client) Ask(ctx context.Context, service, operation string, in map[string]any) (*Answer, error) {
	o, err := Operation(service, operation)
	if err != nil {
		return nil, err
	}
	in = tokens(o, in)
	q, err := o.EncodeRequest(in)
	if err != nil {
		return nil, fmt.Errorf("%s:%s: %w", service, operation, err)
	}
	r, where, err := c.request(ctx, o, q, in)
	if err != nil {
		return nil, err
	}
	if err := c.sign(ctx, o, r, q.Body, where); err != nil {
		return nil, err
	}
	response, err := c.config.HTTPClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close() //nolint:errcheck // all that matters of it has been read, or the reading failed
	body, err := io.ReadAll(io.LimitReader(response.Body, wholeLimit+1))
	if err == nil && len(body) > wholeLimit {
		err = fmt.Errorf("the answer is larger than %d MiB", wholeLimit>>20)
	}
	a := &protocol.Response{Status: response.StatusCode, Header: response.Header, Body: body}
	if response.StatusCode/100 != 2 {
		return nil, refusal(o, a, response, err)
	}
	if err != nil {
		return nil, decoded(err)
	}
	out, err := o.DecodeResponse(a)
	if err != nil {
		return nil, decoded(err)
	}
	return &Answer{out, response.Header}, nil
}

// Tokens returns the input with the tokens that make the call safe to repeat.
// Who repeats a call hands in what it returns.
func Tokens(service, operation string, in map[string]any) (map[string]any, error) {
	o, err := Operation(service, operation)
	if err != nil {
		return nil, err
	}
	return tokens(o, in), nil
}

func tokens(o *protocol.Operation, in map[string]any) map[string]any {
	if o.In == nil {
		return in
	}
	for _, m := range o.In.Members {
		if m.Token && in[m.Name] == nil {
			if in = maps.Clone(in); in == nil {
				in = map[string]any{}
			}
			in[m.Name] = uuid()
		}
	}
	return in
}

// uuid is a random one, version 4.
func uuid() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// request is the HTTP request, unsigned.
func (c *Client) request(ctx context.Context, o *protocol.Operation, q *protocol.Request, in map[string]any) (*http.Request, place, error) {
	where, path, err := c.place(ctx, o, q, in)
	if err != nil {
		return nil, place{}, err
	}
	address := strings.TrimSuffix(where.url, "/") + path
	if len(q.Query) > 0 {
		address += "?" + q.Query.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, q.Method, address, bytes.NewReader(q.Body))
	if err != nil {
		return nil, place{}, err
	}
	r.Header = q.Header
	r.Header.Set("User-Agent", "kumoban")
	if o.Checksum {
		sum := md5.Sum(q.Body) //nolint:gosec // see above
		r.Header.Set("Content-Md5", base64.StdEncoding.EncodeToString(sum[:]))
	}
	return r, where, nil
}

// place is where a request goes: its endpoint, and the path there. A bucket may be
// in the host, and then is not in the path.
func (c *Client) place(ctx context.Context, o *protocol.Operation, q *protocol.Request, in map[string]any) (place, string, error) {
	s := Service{Name: o.Service.Prefix, ID: o.Service.ID}
	if bucket, ok := in["Bucket"].(string); ok && s.ID == "S3" && strings.HasPrefix(o.Path, "/{Bucket}") {
		where, err := c.bucketPlace(ctx, s, bucket)
		rest, _ := strings.CutPrefix(q.Path, "/"+bucket) // no name of a bucket is escaped
		return where, "/" + strings.TrimPrefix(rest, "/"), err
	}
	if account, ok := in["AccountId"].(string); ok && o.Host == "{AccountId}." {
		where, err := c.accountPlace(ctx, s, account)
		return where, q.Path, err
	}
	where, err := c.endpoint(ctx, s)
	if err == nil && q.Host != "" {
		where.url, err = below(where.url, strings.TrimSuffix(q.Host, "."))
	}
	return where, q.Path, err
}

// sign signs a request. S3 escapes paths once and wants the body's hash in a
// header.
func (c *Client) sign(ctx context.Context, o *protocol.Operation, r *http.Request, body []byte, where place) error {
	credentials, err := c.config.Credentials.Retrieve(ctx)
	if err != nil {
		return fmt.Errorf("get credentials: %w", err)
	}
	raw := sha256.Sum256(body)
	sum := hex.EncodeToString(raw[:])
	s3 := o.Service.Signing == "s3"
	if s3 {
		r.Header.Set("X-Amz-Content-Sha256", sum)
	}
	return c.signer.SignHTTP(ctx, credentials, r, sum, where.name, where.region, time.Now(), func(s *v4.SignerOptions) {
		s.DisableURIPathEscaping = s3
	})
}

// refusal is the error of an answer that is none; cut is why it broke off.
func refusal(o *protocol.Operation, a *protocol.Response, response *http.Response, cut error) error {
	said := o.Service.DecodeError(a)
	if cut != nil {
		said = protocol.Refusal{}
	}
	if o.Method == http.MethodHead && cut == nil && said.Code == "" && (a.Status == 403 || a.Status == 404) {
		said.Code = strings.ReplaceAll(http.StatusText(a.Status), " ", "") // HTTP leaves no room for another
	}
	var e error = &smithy.GenericAPIError{Code: said.Code, Message: said.Message}
	switch {
	case said.Code == "" && a.Status/100 != 5: // not the service's, perhaps
		e = decoded(errors.Join(fmt.Errorf("status %d without an error code", a.Status), cut))
	case said.Code == "":
		e = &smithy.GenericAPIError{Code: "UnknownError", Message: http.StatusText(a.Status)}
	}
	return &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: response}, Err: e}
}
