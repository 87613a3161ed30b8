// Package awsdouble is an in-process double of AWS: it speaks the calls that
// kumoban makes, and those that its guidance prints, as AWS does on the wire,
// and refuses what AWS refuses. It serves the demo, fault tests, quota tests
// and runs of the real aws command line.
//
// An account is known by the access key that signed a request; signatures are
// not verified. What the double does not implement it refuses with
// UnknownOperationException and status 501, never with an empty success.
package awsdouble

import (
	"cmp"
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/around"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/gatewayv1"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/gatewayv2"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/hub"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/iam"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/kms"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/logs"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/wafv2"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

// Options say how a Double behaves.
type Options struct {
	// Quotas enforces the quotas of API Gateway's control plane and of Security Hub.
	Quotas bool
	// Latency is added to every answer.
	Latency time.Duration
	// RoleDelay is how long API Gateway does not yet accept a new role.
	RoleDelay time.Duration
	// DomainDelay is how long a domain name is updated; 0 is as long as in AWS,
	// 15 minutes.
	DomainDelay time.Duration
	// Seed makes identifiers and random faults repeatable.
	Seed uint64
	// Now is the clock by which things are made, changed and dated; nil is the
	// machine's. Quotas and waiting keep the machine's time.
	Now func() time.Time
}

// Double is an AWS double. Its methods are safe for concurrent use.
type Double struct {
	options    Options
	world      *world.World
	operations []*service.Operation
	index      map[string][]*service.Operation // REST operations by indexKey
	keys       *keyring

	mu      sync.Mutex // guards what follows
	random  *rand.Rand
	calls   []*Call
	faults  []*Handle
	buckets map[place]*quota
}

type place struct{ account, region, service string }

// New makes a double without accounts.
func New(o Options) *Double {
	if o.Now == nil {
		o.Now = time.Now
	}
	w := world.New(o.Seed)
	w.Now = o.Now
	w.RoleDelay = o.RoleDelay
	w.DomainDelay = cmp.Or(o.DomainDelay, 15*time.Minute)
	w.Add = func(at *world.Region, f world.Resource) error { return addRoom(at, f, o.Now()) }
	d := &Double{
		options: o,
		world:   w,
		operations: slices.Concat(gatewayv1.Operations(), gatewayv2.Operations(), around.Operations(), hub.Operations(),
			iam.Operations(), kms.Operations(), logs.Operations(), wafv2.Operations()),
		keys:    newKeyring(w),
		random:  rand.New(rand.NewPCG(o.Seed, 0x62616e)),
		buckets: map[place]*quota{},
		index:   map[string][]*service.Operation{},
	}
	for _, o := range d.operations {
		if o.Protocol == service.REST {
			key := indexKey(o.Signing, o.Method, strings.Count(o.Path, "/"))
			d.index[key] = append(d.index[key], o)
		}
	}
	return d
}

// Load merges a JSON fixture (see world.Fixture for its form) into an account
// and Region and makes them if need be. A field that it does not know is an
// error; nothing is loaded then.
func (d *Double) Load(account, region string, fixture []byte) error {
	return d.world.Load(account, region, fixture)
}

// Resource is a resource of one of the catalogue's types, as fixtures have them.
type Resource = world.Resource

// Add puts resources into an account and Region and makes them if need be.
func (d *Double) Add(account, region string, resources ...Resource) error {
	return d.world.AddAll(account, region, resources)
}

// CredentialsFor returns a static key pair of a user of the account, and makes
// an empty account if there is none.
func (d *Double) CredentialsFor(account string) (id, secret string) {
	d.world.Account(account)
	return d.keys.static(account)
}

// Call is one request that the double received.
type Call struct {
	Time            time.Time
	Account, Region string
	// Service as SDKs name it: apigateway (version 1), apigatewayv2, sts, …
	Service, Operation string
	Method, Path       string
	// Action and Resource as AWS's service authorization reference has them:
	// apigateway:GET on arn:aws:apigateway:ap-northeast-1::/restapis.
	Action, Resource string
	// Status is 0 while the call is under way and when its answer was cut off
	// by a reset or by the client.
	Status int
	// Throttled by a quota or by a fault.
	Throttled bool
}

// Calls returns every request so far, in the order of their arrival.
func (d *Double) Calls() []Call {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]Call, len(d.calls))
	for i, c := range d.calls {
		out[i] = *c
	}
	return out
}

// ClearCalls empties the log of requests.
func (d *Double) ClearCalls() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls = nil
}

// ServeHTTP answers one request.
func (d *Double) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a, err := d.answer(r)
	if err != nil || a.cut == cutReset {
		reset(w)
	}
	for k, v := range a.header {
		w.Header()[k] = v
	}
	w.WriteHeader(a.status)
	body := a.body
	if a.cut == cutBody {
		body = body[:len(body)/2]
	}
	_, _ = w.Write(body)
	if a.cut == cutBody {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// reset drops the connection so that the client sees it reset, not closed.
func reset(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
	}
	panic(http.ErrAbortHandler)
}

// Listen serves the double on an address such as "127.0.0.1:0".
func (d *Double) Listen(addr string) (url string, closeServer func() error, err error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", addr)
	if err != nil {
		return "", nil, err
	}
	s := &http.Server{Handler: d, ReadHeaderTimeout: time.Minute}
	go func() { _ = s.Serve(l) }()
	return "http://" + l.Addr().String(), s.Close, nil
}

// remove takes h out of the list of faults.
func (d *Double) remove(h *Handle) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults = slices.DeleteFunc(d.faults, func(x *Handle) bool { return x == h })
}
