package awsclient

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// answerLimit is the largest answer that is read, in bytes. API Gateway's own
// pages stay far below.
const answerLimit = 64 << 20

// errorLimit is how much of an error's body is read, in bytes.
const errorLimit = 1 << 20

// Guard wraps an HTTP client so that a successful answer is handed on only if
// it is whole. The SDK decodes an empty body, or a JSON object of something
// else, to an empty list; to a scanner that would read "nothing there".
func Guard(next aws.HTTPClient) aws.HTTPClient { return guard{next} }

type guard struct{ next aws.HTTPClient }

// Do is the guarded call.
func (g guard) Do(req *http.Request) (*http.Response, error) {
	resp, err := g.next.Do(req)
	if err != nil {
		return resp, err
	}
	if resp.StatusCode/100 != 2 {
		// An error is short; one that is not is cut, and then means no more than its status.
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, errorLimit), resp.Body}
		return resp, nil
	}
	call, ok := req.Context().Value(callKey{}).(*Call)
	if !ok || call.Expect == "" {
		return resp, nil
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, answerLimit+1))
	_ = resp.Body.Close() // the bytes are here or the read failed
	if err == nil {
		err = whole(body, call.Expect)
	} else {
		err = &errGarbled{"the answer broke off: " + err.Error()}
	}
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// whole tells why a body is no whole answer. AWS may leave the list of an empty
// answer out, but then says nothing else in its place.
func whole(body []byte, key string) error {
	if len(body) > answerLimit {
		return &errGarbled{fmt.Sprintf("the answer is larger than %d MiB", answerLimit>>20)}
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return &errGarbled{"the answer is empty"}
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(body, &object); err != nil || object == nil {
		return &errGarbled{"the answer is not a whole JSON object"}
	}
	if _, ok := object[key]; !ok && len(object) > 0 {
		return &errGarbled{fmt.Sprintf("the answer has no %q", key)}
	}
	return nil
}
