package awsdouble

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/awsclient/wire/protocol"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/kms"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/rooms"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

// modelled finds an operation that a room of the catalogue makes.
func modelled(r *http.Request, signing string, req *service.Request, name string) (*service.Operation, *service.Request, string) {
	q := &protocol.Request{Method: r.Method, Path: r.URL.EscapedPath(), Query: req.Query, Header: r.Header, Body: req.Body}
	if bucket, _, inHost := strings.Cut(r.Host, "."+signing+"."); inHost && bucket != "" {
		q.Path = "/" + bucket + q.Path
	}
	if len(q.Path) > 1 {
		q.Path = strings.TrimSuffix(q.Path, "/")
	}
	o := rooms.Route(signing, q)
	if o == nil {
		return nil, req, name
	}
	req.In, req.InFault = o.Model.DecodeRequest(q)
	return o, req, o.Name
}

// addRoom puts a resource of a fixture into a Region. One of a service that the
// double has code for is kept as that code keeps it.
func addRoom(at *world.Region, f world.Resource, now time.Time) error {
	t, err := rooms.Make(at, f, now)
	if err != nil || kms.Adopt(at, t) {
		return err
	}
	return rooms.Keep(at, t)
}

func modelledReply(a *protocol.Response, err error) (*reply, error) {
	if err != nil {
		return nil, err
	}
	out := &reply{status: a.Status, header: a.Header}
	out.setBody(a.Body)
	return out, nil
}

func modelledRefusal(o *service.Operation, e *service.Error, id string) *reply {
	a, err := o.Model.Service.EncodeError(e.Status, protocol.Refusal{Code: e.Code, Message: e.Message}, id)
	if err != nil {
		a = &protocol.Response{Status: http.StatusInternalServerError, Header: http.Header{}}
	}
	out := &reply{status: a.Status, header: a.Header}
	for name, values := range e.Header {
		out.header[name] = values
	}
	if e.RetryAfter > 0 {
		out.header.Set("Retry-After", strconv.Itoa(e.RetryAfter))
	}
	out.setBody(a.Body)
	return out
}

// modelledThrottling is how services say that there were too many requests.
func modelledThrottling(o *service.Operation) *service.Error {
	e := &service.Error{Status: 400, Code: "ThrottlingException", Message: "Rate exceeded"}
	switch o.Model.Service.Protocol {
	case protocol.RESTJSON:
		e.Status, e.Code = 429, "TooManyRequestsException"
	case protocol.Query:
		e.Code = "Throttling"
	case protocol.EC2:
		e.Status, e.Code = 503, "RequestLimitExceeded"
	case protocol.RESTXML:
		e.Status, e.Code = 503, "SlowDown"
	}
	return e
}

// silence is an answer that names nothing.
func silence(o *service.Operation) []byte {
	if o.Model != nil {
		if a, err := o.Model.EncodeResponse(nil, ""); err == nil && len(a.Body) > 0 {
			return a.Body
		}
	}
	return []byte("{}")
}

// said is the input of a call as CloudTrail shows it.
func said(in map[string]any) map[string]any {
	out := make(map[string]any, len(in))
	for name, v := range in {
		out[strings.ToLower(name[:1])+name[1:]] = v
	}
	return out
}
