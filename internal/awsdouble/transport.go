package awsdouble

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"syscall"
	"time"
)

// Transport sends requests straight to the double: no socket, no goroutine, so
// that time may be virtual. A reset and a body that ends early look as they do
// over a wire.
func (d *Double) Transport() http.RoundTripper { return transport{d} }

type transport struct{ double *Double }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close() //nolint:errcheck // a RoundTripper closes the body; there is nothing to do about failure
	}
	a, err := t.double.answer(r)
	if err != nil {
		return nil, err
	}
	if a.cut == cutReset {
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	}
	a.header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	response := &http.Response{
		Status:     strconv.Itoa(a.status) + " " + http.StatusText(a.status),
		StatusCode: a.status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        a.header,
		ContentLength: int64(len(a.body)),
		Request:       r,
		Body:          io.NopCloser(bytes.NewReader(a.body)),
	}
	if a.cut == cutBody {
		response.Body = io.NopCloser(io.MultiReader(bytes.NewReader(a.body[:len(a.body)/2]), brokenReader{}))
	}
	return response, nil
}

// brokenReader is a connection that closed in the middle of a body.
type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
