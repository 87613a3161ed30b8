package drive

import (
	"context"
	"time"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/traffic"
)

// Surveyor is a driver of a thing that a remedy for another has to know of, before
// it can say what is to be done.
type Surveyor interface {
	Survey(ctx context.Context) (*Survey, error)
	// SurveyCalls lists the calls of Survey; for a fix of a plan those that were made
	// for it, as far as the plan tells, and for none whatever may be made.
	SurveyCalls(p *plan.Plan, fix *plan.Fix) []*awsclient.Call
}

// Survey is what is known of a thing.
type Survey struct {
	Values map[string]any // its properties
	// Notes says what a plan must tell of it, given decisions.
	Notes func(inputs map[string]string) []locale.Message
}

// Counter is a driver of things whose requests CloudWatch counts.
type Counter interface {
	// Subjects names things as CloudWatch does, or says why nobody can.
	Subjects(ctx context.Context, things []resource.Resource) []Counted
	// SubjectsCalls lists the calls of Subjects.
	SubjectsCalls() []*awsclient.Call
}

// Counted is a thing as CloudWatch names it, or why that is not known.
type Counted struct {
	traffic.Subject
	Why locale.Message
}

// Deliverer is a driver of things that have something delivered elsewhere, such as
// a log: only what arrives proves that it works.
type Deliverer interface {
	Destination() string // the property that says where
	// Arrived tells whether anything came since then.
	Arrived(ctx context.Context, destination string, since time.Time) (bool, error)
	// ArrivedCall is the call of Arrived; of "" about any destination.
	ArrivedCall(destination string) *awsclient.Call
	// Within is how long what is delivered may take to arrive.
	Within() time.Duration
	// Probe causes one delivery. ok is false of a resource that is none of its own.
	Probe(ctx context.Context, res resource.Resource) (ok bool, err error)
}
