package awsclient

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strconv"
	"time"

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
	x, ours := req.Context().Value(callKey{}).(*exchange)
	if !ours {
		x = &exchange{call: &Call{}} // a renewal of credentials
	}
	x.status, x.asked = resp.StatusCode, retryAfter(resp.Header, time.Now())
	if resp.StatusCode/100 != 2 {
		x.refusal(resp)
		return resp, nil
	}
	if x.call.Expect == "" || x.reads {
		return resp, nil
	}
	x.body, err = io.ReadAll(io.LimitReader(resp.Body, answerLimit+1))
	_ = resp.Body.Close() // the bytes are here or the read failed
	if err == nil {
		err = whole(x.body, x.call, resp.Header)
	} else {
		err = &errGarbled{"the answer broke off: " + err.Error()}
	}
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(x.body))
	return resp, nil
}

// refusal notes what was refused and hands it on as it came. An error is short;
// one that is not is cut, and then means no more than its status.
func (x *exchange) refusal(resp *http.Response) {
	body, err := io.ReadAll(io.LimitReader(resp.Body, errorLimit))
	_ = resp.Body.Close() // the bytes are here or the read failed
	x.body, x.broken = body[:min(len(body), 4096)], err != nil
	rest := io.Reader(bytes.NewReader(body))
	if err != nil {
		rest = io.MultiReader(rest, failing{err})
	}
	resp.Body = io.NopCloser(rest)
}

type failing struct{ error }

func (f failing) Read([]byte) (int, error) { return 0, f.error }

// retryAfter reads how long an answer asks to wait: seconds, or a date, which
// is compared with the answer's own where it has one.
func retryAfter(header http.Header, now time.Time) time.Duration {
	text := header.Get("Retry-After")
	if seconds, err := strconv.ParseInt(text, 10, 32); err == nil {
		return max(0, time.Duration(seconds)*time.Second)
	}
	until, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		now = date
	}
	return max(0, until.Sub(now))
}

// whole tells why a body is no whole answer. AWS may leave the list of an empty
// answer out, but then says nothing else in its place; what stands in for AWS,
// or stands in the way, may say {} and mean nothing by it.
func whole(body []byte, call *Call, header http.Header) error {
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
	maps.DeleteFunc(object, func(_ string, v json.RawMessage) bool { return string(v) == "null" })
	switch _, ok := object[call.Expect]; {
	case ok:
		return nil
	case len(object) > 0:
		return &errGarbled{fmt.Sprintf("the answer has no %q", call.Expect)}
	case !call.MayLack:
		return &errGarbled{"the answer names nothing where something must be"}
	case header.Get("X-Amzn-Requestid") == "" && header.Get("X-Amz-Request-Id") == "":
		return &errGarbled{"the answer names nothing, and does not come from AWS: it has no request id"}
	}
	return nil
}
