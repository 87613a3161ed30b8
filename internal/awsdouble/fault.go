package awsdouble

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/kumoban/kumoban/internal/awsclient/wire/protocol"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
)

// Fault is a rule that spoils calls. Empty fields match everything; the first
// rule that matches a call strikes it.
type Fault struct {
	// Service as in Call: "apigateway" is version 1 only.
	Account, Region, Service, Operation string
	// Path is a part of the request's path.
	Path string
	// Probability that a matching call is struck; 0 means always.
	Probability float64
	// Skip spares the first calls that match; Times strikes at most so many,
	// 0 without end.
	Skip, Times int
	Kind        Kind
}

// Kind is what a fault does to a call.
type Kind string

// The kinds. Those up to Conflict, and Hold, keep the operation from acting;
// Truncate, Cut, Empty, Garble, Silent, ResetAfter and HoldAfter strike when it has
// acted.
const (
	// Throttle refuses as the service does when there were too many requests.
	Throttle Kind = "throttle"
	// ServerError answers 500, Unavailable 503.
	ServerError Kind = "server error"
	Unavailable Kind = "unavailable"
	// Reset drops the connection before the operation, ResetAfter after it.
	Reset      Kind = "reset"
	ResetAfter Kind = "reset after"
	// ExpiredToken refuses the caller's credentials as expired.
	ExpiredToken Kind = "expired token"
	// Deny refuses as IAM does.
	Deny Kind = "deny"
	// Conflict refuses because another change is under way.
	Conflict Kind = "conflict"
	// Truncate ends the body before its Content-Length.
	Truncate Kind = "truncate"
	// Cut ends the body early with a Content-Length that matches.
	Cut Kind = "cut"
	// Empty answers 200 without a body, Garble 200 with a page of HTML.
	Empty  Kind = "empty"
	Garble Kind = "garble"
	// Silent answers an object that names nothing.
	Silent Kind = "silent"
	// Hold keeps the call waiting before the operation acts, HoldAfter when it
	// has acted and before the answer, until Release or the end of the call's
	// context.
	Hold      Kind = "hold"
	HoldAfter Kind = "hold after"
	// Partial fails some items of a batch, and lets the others act.
	Partial Kind = "partial"
)

const delayPrefix = "delay "

// Delay answers late.
func Delay(d time.Duration) Kind { return Kind(delayPrefix + d.String()) }

// Handle is a fault in force.
type Handle struct {
	double *Double
	fault  Fault

	seen, struck int // guarded by double.mu

	held     chan struct{} // closed when a call is first held
	released chan struct{} // closed by Release
	holding  sync.Once
	freeing  sync.Once
}

// Fault adds a rule.
func (d *Double) Fault(f Fault) *Handle {
	h := &Handle{double: d, fault: f, held: make(chan struct{}), released: make(chan struct{})}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults = append(d.faults, h)
	return h
}

// Remove ends the rule; calls that it holds stay held.
func (h *Handle) Remove() { h.double.remove(h) }

// Held is closed when the rule holds its first call.
func (h *Handle) Held() <-chan struct{} { return h.held }

// Release lets held calls go on, and those that would be held later.
func (h *Handle) Release() { h.freeing.Do(func() { close(h.released) }) }

// Count is how many calls the rule has struck.
func (h *Handle) Count() int {
	h.double.mu.Lock()
	defer h.double.mu.Unlock()
	return h.struck
}

// pick returns the rule that strikes a call, or nil; d.mu is held.
func (d *Double) pick(c *Call) *Handle {
	for _, h := range d.faults {
		f := h.fault
		if !h.matches(c) || f.Times > 0 && h.struck >= f.Times {
			continue
		}
		if h.seen++; h.seen <= f.Skip {
			continue
		}
		if f.Probability > 0 && d.random.Float64() >= f.Probability {
			continue
		}
		h.struck++
		return h
	}
	return nil
}

func (h *Handle) matches(c *Call) bool {
	f := h.fault
	same := func(want, have string) bool { return want == "" || want == have }
	return same(f.Account, c.Account) && same(f.Region, c.Region) && same(f.Service, c.Service) &&
		same(f.Operation, c.Operation) && strings.Contains(c.Path, f.Path)
}

func (h *Handle) delay() time.Duration {
	if h == nil {
		return 0
	}
	text, _ := strings.CutPrefix(string(h.fault.Kind), delayPrefix)
	d, _ := time.ParseDuration(text)
	return d
}

// before reports whether the fault strikes before the operation acts.
func (h *Handle) before() bool {
	if h == nil {
		return false
	}
	switch h.fault.Kind {
	case Truncate, Cut, Empty, Garble, Silent, ResetAfter, HoldAfter:
		return false
	}
	return true
}

// instead is the answer that takes the operation's place, or nil.
func (h *Handle) instead(o *service.Operation, req *service.Request, c *Call, id string) *reply {
	var e *service.Error
	switch h.fault.Kind {
	case Reset:
		return &reply{cut: cutReset}
	case ServerError:
		e = &service.Error{Status: 500, Code: "InternalServerErrorException", Message: "An internal error occurred"}
	case Unavailable:
		e = &service.Error{Status: 503, Code: "ServiceUnavailableException", Message: "Service is currently unavailable", RetryAfter: 1}
	case ExpiredToken:
		e = badToken(o, "expired")
	case Deny:
		e = denied(o, req.Caller.ARN, c.Action, c.Resource, "identity-based")
	case Conflict:
		e = conflict(o)
	case Hold:
	case Partial:
		req.Partial = true
	default:
		if !strings.HasPrefix(string(h.fault.Kind), delayPrefix) {
			e = &service.Error{Status: 501, Code: "UnknownFault", Message: "awsdouble knows no fault of kind " + string(h.fault.Kind)}
		}
	}
	if e == nil {
		return nil
	}
	return refusal(o, e, id)
}

func denied(o *service.Operation, caller, action, resource, kind string) *service.Error {
	e := &service.Error{Status: 403, Code: "AccessDeniedException", FrontDoor: o.FrontDoor,
		Message: "User: " + caller + " is not authorized to perform: " + action + " on resource: " + resource +
			" because no " + kind + " policy allows the " + action + " action"}
	switch o.Form() {
	case service.JSON:
		e.Status = 400
	case service.Query:
		e.Code = "AccessDenied"
	}
	if o.Model != nil && o.Model.Service.Protocol == protocol.EC2 {
		e.Code = "UnauthorizedOperation"
	}
	return e
}

// conflict is how the service of o refuses a change while another is under way.
func conflict(o *service.Operation) *service.Error {
	e := service.Error{Status: 409, Code: "ConflictException", Message: "Unable to complete operation due to concurrent modification. Please try again later."}
	if o.Busy != nil {
		e.Status, e.Code = o.Busy.Status, o.Busy.Code
	}
	return &e
}

// hold waits if the fault is of that kind.
func (h *Handle) hold(ctx context.Context) error {
	if h.fault.Kind != Hold && h.fault.Kind != HoldAfter {
		return nil
	}
	h.holding.Do(func() { close(h.held) })
	select {
	case <-h.released:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// spoil damages an answer.
func (h *Handle) spoil(a *reply, o *service.Operation) {
	switch h.fault.Kind {
	case ResetAfter:
		a.cut = cutReset
	case Truncate:
		a.cut = cutBody
	case Cut:
		a.setBody(a.body[:len(a.body)/2])
	case Empty:
		a.status = 200
		a.setBody(nil)
	case Silent:
		a.status = 200
		a.setBody(silence(o))
	case Garble:
		a.status = 200
		a.header.Set("Content-Type", "text/html")
		a.header.Del("X-Amzn-Errortype")
		a.setBody([]byte("<html><head><title>Welcome</title></head><body>Please sign in to the guest network.</body></html>"))
	}
}
