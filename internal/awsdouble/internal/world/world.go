// Package world is the state of the AWS double: accounts, their Regions and
// the resources in them, in the shapes in which AWS sends them.
package world

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kumoban/kumoban/internal/awsclient/wire"
)

// World holds every account. Its methods are safe for concurrent use; the
// accounts that it hands out are guarded by their own lock.
type World struct {
	// RoleDelay is how long API Gateway does not yet accept a new role.
	RoleDelay time.Duration
	// DomainDelay is how long a new security policy takes to be in force.
	DomainDelay time.Duration
	// Add puts a resource of one of the catalogue's types into a Region, whose
	// account is locked.
	Add func(*Region, Resource) error
	// Now is the clock by which fixtures count.
	Now func() time.Time

	mu       sync.Mutex
	accounts map[string]*Account
	random   *rand.Rand
}

// New makes an empty world whose identifiers are drawn from seed.
func New(seed uint64) *World {
	return &World{Now: time.Now, accounts: map[string]*Account{}, random: rand.New(rand.NewPCG(seed, 0x6b756d6f))}
}

// Account returns the account with this id and makes it if need be.
func (w *World) Account(id string) *Account {
	w.mu.Lock()
	defer w.mu.Unlock()
	a := w.accounts[id]
	if a == nil {
		a = &Account{ID: id, world: w, regions: map[string]*Region{}}
		w.accounts[id] = a
	}
	return a
}

// Find returns the account with this id, or nil.
func (w *World) Find(id string) *Account {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.accounts[id]
}

const lowerAlphanumeric = "0123456789abcdefghijklmnopqrstuvwxyz"

// NewID draws an identifier of n characters as API Gateway makes them.
func (w *World) NewID(n int) string { return w.draw(n, lowerAlphanumeric) }

// NewUUID draws a random UUID in its text form.
func (w *World) NewUUID() string {
	h := w.draw(32, "0123456789abcdef")
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-a" + h[17:20] + "-" + h[20:]
}

func (w *World) draw(n int, alphabet string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[w.random.IntN(len(alphabet))]
	}
	return string(b)
}

// Account is one AWS account. Hold its lock while reading or changing it or
// anything in its Regions.
type Account struct {
	sync.Mutex
	ID    string
	Roles []*Role
	// EnabledRegions is what account:ListRegions lists; empty means the Regions
	// that are enabled in every account by default.
	EnabledRegions []string
	// Things are the resources of the catalogue's types, of all Regions.
	Things []*Thing
	// Reports are those that AWS takes a while to make, by call.
	Reports map[string]*Report

	world   *World
	regions map[string]*Region
	filled  []string // Regions that a fixture was loaded into
}

// World returns the world that the account belongs to.
func (a *Account) World() *World { return a.world }

// Region returns a Region of the account and makes it if need be.
func (a *Account) Region(name string) *Region {
	r := a.regions[name]
	if r == nil {
		r = &Region{Name: name, Account: a}
		a.regions[name] = r
	}
	return r
}

// Role returns the role with this ARN, or nil.
func (a *Account) Role(arn string) *Role {
	for _, r := range a.Roles {
		if r.Arn == arn {
			return r
		}
	}
	return nil
}

// Region is what one account has in one Region.
type Region struct {
	Name    string
	Account *Account

	CloudwatchRoleArn  string
	RestAPIs           []*RestAPI
	APIs               []*API
	DomainNames        []*DomainName
	VpcLinks           []*VpcLink
	ClientCertificates []*ClientCertificate
	WebACLs            []*WebACL
	LogGroups          []*LogGroup
	ResourcePolicies   []*ResourcePolicy
	DeliveryStreams    []*DeliveryStream
	Keys               []*Key
	Metrics            []*Metric
	Events             []Event
	Hub                *Hub // nil: Security Hub is not enabled
}

// ARN returns the ARN of an API Gateway path such as "/restapis/a1b2c3d4e5";
// API Gateway's ARNs carry no account.
func (r *Region) ARN(path string) string {
	return "arn:" + Partition(r.Name) + ":apigateway:" + r.Name + "::" + path
}

// AccountARN returns the ARN of a resource whose ARN carries the account.
func (r *Region) AccountARN(service, resource string) string {
	return "arn:" + Partition(r.Name) + ":" + service + ":" + r.Name + ":" + r.Account.ID + ":" + resource
}

// RestAPI returns the REST API with this id, or nil.
func (r *Region) RestAPI(id string) *RestAPI {
	return find(r.RestAPIs, func(a *RestAPI) bool { return a.ID == id })
}

// API returns the HTTP or WebSocket API with this id, or nil.
func (r *Region) API(id string) *API {
	return find(r.APIs, func(a *API) bool { return a.APIID == id })
}

// LogGroup returns the log group that an ARN or a name means, or nil. A copied
// ARN may end in ":*".
func (r *Region) LogGroup(arnOrName string) *LogGroup {
	name := strings.TrimSuffix(arnOrName, ":*")
	name = strings.TrimPrefix(name, r.AccountARN("logs", "log-group:"))
	return find(r.LogGroups, func(g *LogGroup) bool { return g.LogGroupName == name })
}

// DeliveryStream returns the Firehose stream with this ARN, or nil.
func (r *Region) DeliveryStream(arn string) *DeliveryStream {
	return find(r.DeliveryStreams, func(s *DeliveryStream) bool { return s.DeliveryStreamARN == arn })
}

// ClientCertificate returns the certificate with this id, or nil.
func (r *Region) ClientCertificate(id string) *ClientCertificate {
	return find(r.ClientCertificates, func(c *ClientCertificate) bool { return c.ClientCertificateID == id })
}

func find[T any](list []*T, match func(*T) bool) *T {
	if i := slices.IndexFunc(list, match); i >= 0 {
		return list[i]
	}
	return nil
}

// Partition returns the partition that a Region belongs to.
func Partition(region string) string { return wire.Partition(region) }

// Ptr returns a pointer to a copy of v.
func Ptr[T any](v T) *T { return &v }

// Fill points *p to a copy of v unless it points somewhere already.
func Fill[T any](p **T, v T) {
	if *p == nil {
		*p = &v
	}
}
