package awsdouble

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
)

// answer does what AWS would do with a request. The error is that of the
// request's context.
func (d *Double) answer(r *http.Request) (*reply, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	s, signed := parseScope(r.Header.Get("Authorization"))
	o, req, name := d.route(r, s.service, body)
	call := d.record(r, s, o, req, name)
	a, err := d.judge(r, s, signed, o, req, call)
	if err == nil && a.cut != cutReset {
		d.mu.Lock()
		call.Status = a.status
		d.mu.Unlock()
	}
	return a, err
}

// record writes the request into the log before anything can refuse it.
func (d *Double) record(r *http.Request, s scope, o *service.Operation, req *service.Request, name string) *Call {
	c := &Call{Time: req.Now, Region: s.region, Service: s.service, Operation: name, Method: r.Method, Path: r.URL.Path}
	if o != nil {
		c.Service, c.Action, c.Resource = o.Service, o.Action(), "*"
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls = append(d.calls, c)
	return c
}

func (d *Double) judge(r *http.Request, s scope, signed bool, o *service.Operation, req *service.Request, call *Call) (*reply, error) {
	id := d.world.NewUUID()
	asked := o
	if o == nil {
		asked = &service.Operation{Protocol: protocolOf(r)}
	}
	if !signed {
		return refusal(asked, missingToken(), id), nil
	}
	var refused string
	if req.Caller, refused = d.keys.find(s.key, r.Header.Get("X-Amz-Security-Token"), req.Now); refused != "" {
		return refusal(asked, badToken(asked, refused), id), nil
	}
	d.mu.Lock()
	call.Account = req.Caller.Account
	d.mu.Unlock()
	if o == nil {
		return refusal(asked, &service.Error{Status: http.StatusNotImplemented, Code: "UnknownOperationException",
			Message: "awsdouble does not implement " + s.service + " " + call.Operation}, id), nil
	}
	if !d.place(s, o, req, call) {
		// AWS does not know an account's keys in a Region that it has not enabled.
		return refusal(asked, badToken(asked, "unknown"), id), nil
	}
	if e := permitted(o, req, call); e != nil {
		return refusal(o, e, id), nil
	}
	fault, throttled := d.decide(call, o)
	if throttled {
		return refusal(o, throttling(o), id), nil
	}
	if err := wait(r.Context(), d.options.Latency+fault.delay()); err != nil {
		return nil, err
	}
	return d.perform(r.Context(), fault, o, req, call, id)
}

// place finds the account and Region of a request; false if the account has
// not enabled the Region.
func (d *Double) place(s scope, o *service.Operation, req *service.Request, call *Call) bool {
	req.Account = d.world.Account(req.Caller.Account)
	req.Account.Lock()
	req.Region = req.Account.Region(s.region)
	resource := "*"
	if o.Resource != nil {
		resource = o.Resource(req)
	}
	enabled := req.Account.Enabled(s.region)
	req.Account.Unlock()
	d.mu.Lock()
	defer d.mu.Unlock()
	call.Resource = resource
	return enabled
}

// perform lets the operation and the fault act, in the fault's order.
func (d *Double) perform(ctx context.Context, f *Handle, o *service.Operation, req *service.Request, call *Call, id string) (*reply, error) {
	if f.before() {
		if a := f.instead(o, req, call, id); a != nil {
			return a, nil
		}
		if err := f.hold(ctx); err != nil {
			return nil, err
		}
	}
	a, err := d.do(o, req, id)
	if err != nil {
		return nil, err
	}
	if f != nil && !f.before() {
		if err := f.hold(ctx); err != nil {
			return nil, err
		}
		f.spoil(a, o)
	}
	return a, nil
}

func (d *Double) do(o *service.Operation, req *service.Request, id string) (*reply, error) {
	a, err := d.act(o, req, id)
	if refused := (*service.Error)(nil); errors.As(err, &refused) {
		return refusal(o, refused, id), nil
	}
	return a, err
}

// act lets the operation act and CloudTrail see it, with the account locked. The
// answer is written under the lock, too: it may show what others change next.
func (d *Double) act(o *service.Operation, req *service.Request, id string) (*reply, error) {
	var value any
	var err error
	if o.Unlocked {
		value, err = o.Do(req)
	}
	req.Account.Lock()
	defer req.Account.Unlock()
	if !o.Unlocked {
		value, err = o.Do(req)
	}
	d.trail(o, req, value, err)
	if err != nil {
		return nil, err
	}
	return success(o, value, id)
}

// wait sleeps, on the virtual clock inside a synctest bubble.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func missingToken() *service.Error {
	return &service.Error{Status: 403, Code: "MissingAuthenticationTokenException", Message: "Missing Authentication Token"}
}

func badToken(o *service.Operation, why string) *service.Error {
	e := &service.Error{Status: 403, Code: "UnrecognizedClientException", Message: "The security token included in the request is invalid."}
	if why == "expired" {
		e.Code, e.Message = "ExpiredTokenException", "The security token included in the request is expired"
	}
	switch o.Form() {
	case service.JSON:
		e.Status = 400
	case service.Query:
		e.Code = map[string]string{"unknown": "InvalidClientTokenId", "expired": "ExpiredToken"}[why]
	}
	return e
}

// throttling is how the service of o says that there were too many requests.
func throttling(o *service.Operation) *service.Error {
	switch {
	case o.Model != nil:
		return modelledThrottling(o)
	case o.Protocol == service.Query:
		return &service.Error{Status: 400, Code: "Throttling", Message: "Rate exceeded"}
	case o.Protocol == service.JSON:
		return &service.Error{Status: 400, Code: "ThrottlingException", Message: "Rate exceeded"}
	}
	return &service.Error{Status: 429, Code: "TooManyRequestsException", Message: "Too Many Requests"}
}
