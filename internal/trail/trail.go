// Package trail finds out from CloudTrail's event history who last changed a
// resource.
//
// CloudTrail's own index of resource names does not hold all ARNs, so events are looked up by their names, and the resource is found in what the
// event says of request and response. The history goes back 90 days.
package trail

import (
	"context"
	"iter"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// History is how far back CloudTrail's event history goes.
const History = 90 * 24 * time.Hour

// Outcome is what a look came to.
type Outcome string

// The outcomes.
const (
	Found        Outcome = "found"
	Nothing      Outcome = "nothing"      // no event of the last 90 days is about it
	NotPermitted Outcome = "notPermitted" // the caller may not look events up
	Failed       Outcome = "failed"       // the call failed otherwise
	Incomplete   Outcome = "incomplete"   // there are more events than were read
	NotKnown     Outcome = "notKnown"     // no event is known that changes a resource of this type
)

// Result is the outcome for one resource.
type Result struct {
	Outcome Outcome
	Change  *Change          // of Found
	Fault   *awsclient.Fault // of NotPermitted and Failed
}

// Change is an event that changed the resource.
type Change struct {
	Who   string // a name for people: "hana", "Deployer/hana", "root"
	ARN   string // of who it was, or ""
	Via   string // the service that acted for them, such as cloudformation.amazonaws.com, or ""
	Event string // "UpdateStage"
	ID    string // of the event
	At    time.Time
}

// Message says the result in one sentence.
func (r *Result) Message() locale.Message {
	key := "ask.trail." + string(r.Outcome)
	switch {
	case r.Change != nil:
		return locale.M(key, locale.A("who", locale.Clean(r.Change.Who)), locale.A("event", locale.Clean(r.Change.Event)), locale.A("at", r.Change.At.UTC().Format(time.RFC3339)))
	case r.Fault != nil:
		return locale.M(key, locale.A("call", r.Fault.Call), locale.A("code", locale.Clean(r.Fault.Code)))
	}
	return locale.M(key)
}

// LookupEvents is the one call that this package makes.
func LookupEvents() *awsclient.Call {
	// "AWS CloudTrail endpoints and quotas" in the General Reference
	return &awsclient.Call{Service: "cloudtrail", Operation: "LookupEvents", Action: "LookupEvents", Resource: "*", Expect: "Events", Quota: awsclient.PerSecond(2)}
}

// pages is how many pages of 50 events of one name are read at most; at two
// requests a second, more would keep people waiting.
const pages = 20

// Place is the account and Region to look in.
type Place struct {
	Config aws.Config
	Lane   *awsclient.Lane
}

// LastChanged looks for who last changed each of the resources, which all lie
// in the place's account and Region. The results stand in the same order.
func LastChanged(ctx context.Context, p Place, refs []resource.Ref, now time.Time) []Result {
	s := &search{client: wire.New(p.Config), lane: p.Lane, since: now.Add(-History)}
	for i := range refs {
		s.targets = append(s.targets, targetOf(&refs[i]))
	}
	for _, name := range s.names() {
		s.read(ctx, name)
	}
	results := make([]Result, len(refs))
	for i, t := range s.targets {
		results[i] = t.result()
	}
	return results
}

type search struct {
	client  *wire.Client
	lane    *awsclient.Lane
	since   time.Time
	targets []*target
}

// names are the events that change any of the targets, each once.
func (s *search) names() (names []string) {
	seen := map[string]bool{}
	for _, t := range s.targets {
		for _, name := range t.events {
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	return names
}

type event struct {
	id, name, source string
	at               time.Time
	user, record     string
}

// read pages through the events of one name, newest first, until every target
// that the name may be about has one, or a later one of another name.
func (s *search) read(ctx context.Context, name string) {
	cut := false
	for events, err := range s.events(ctx, name, &cut) {
		if err != nil {
			s.each(name, func(t *target) { t.fail(awsclient.AsFault(err)) })
			return
		}
		open := false
		for _, e := range events {
			r, ok := parse(e.record)
			if !ok {
				continue
			}
			change := r.change(e.user)
			change.Event, change.ID, change.At = e.name, e.id, e.at
			s.each(name, func(t *target) {
				if t.source == e.source {
					t.see(r, change)
				}
			})
		}
		s.each(name, func(t *target) { open = open || t.met != name })
		if !open {
			return
		}
	}
	if !cut {
		return
	}
	s.each(name, func(t *target) {
		if t.met != name {
			t.cut = true
		}
	})
}

// events lists the events of one name, newest first. It stops after so many
// pages, and says in cut whether there are more.
func (s *search) events(ctx context.Context, name string, cut *bool) iter.Seq2[[]event, error] {
	call, start, read := LookupEvents(), s.from(name).Truncate(time.Second), 0
	return awsclient.Pages(ctx, s.lane, call, func(ctx context.Context, token *string) (p awsclient.Page[event], err error) {
		in := room.Tree{
			"LookupAttributes": []any{room.Tree{"AttributeKey": "EventName", "AttributeValue": name}}, "StartTime": start, "MaxResults": int64(50),
		}
		if token != nil {
			in["NextToken"] = *token
		}
		out, err := awsclient.Over(s.client, call, "cloudtrail", in)(ctx)
		if err != nil {
			return p, err
		}
		for _, e := range room.Items(out, "Events") {
			p.Items = append(p.Items, eventOf(e))
		}
		next := room.TextOf(out, "NextToken")
		if read++; read == pages {
			*cut, next = next != "", ""
		}
		p.Next = &next
		return p, nil
	})
}

func eventOf(e any) event {
	v, _ := room.Get(e, "EventTime")
	at, _ := v.(time.Time)
	return event{room.TextOf(e, "EventId"), room.TextOf(e, "EventName"), room.TextOf(e, "EventSource"), at.UTC(), room.TextOf(e, "Username"), room.TextOf(e, "CloudTrailEvent")}
}

// from is the time before which events of this name cannot matter: all their
// targets have a later one already.
func (s *search) from(name string) time.Time {
	var from time.Time
	for _, t := range s.targets {
		switch {
		case !t.wants(name):
		case t.change == nil:
			return s.since
		case from.IsZero() || t.change.At.Before(from):
			from = t.change.At
		}
	}
	return from
}

func (s *search) each(name string, do func(*target)) {
	for _, t := range s.targets {
		if t.wants(name) {
			do(t)
		}
	}
}
