package cloudtrail

import (
	"slices"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/cloudtrail"
)

// multiRegion judges the account as a whole by its trails.
func multiRegion() *control.Control {
	return &control.Control{
		ID: "CloudTrail.1", Folder: "multiregion", Checks: []control.Check{control.OnGiven(recorded, control.Beside[*cloudtrail.VisibleTrail]())},
		Remedies: []remedy.Remedy{
			paid(remedy.ByHand("new-trail", resource.AccountType, remedy.Costs)), paid(remedy.ByHand("widen-trail", resource.AccountType, remedy.Costs)),
		},
		Questions: control.Ask("organization-trail", "log-account", "kms-volume"),
	}
}

// paid is billed where another trail records the same events already, and by what is
// kept in the bucket.
func paid(r remedy.Remedy) remedy.Remedy {
	r.Uses = []remedy.Use{{Usage: cost.Item{Service: "AWSCloudTrail", Type: "PaidEventsRecorded"}}, {Usage: cost.Item{Service: "AmazonS3", Type: "TimedStorage-ByteHrs"}}}
	return r
}

// recorded wants one trail of all Regions that logs all management events. One that
// does decides, whatever could not be read of the others.
func recorded(_ *resource.Whole, g control.Given) control.Verdict {
	trails, rest := control.Others[*cloudtrail.VisibleTrail](g)
	var notes []locale.Message
	for _, t := range trails {
		name := locale.A("trail", t.TrailName.Or(t.Name))
		truth, why, from := whole(t)
		switch {
		case truth == fact.True && fact.Is(t.IsOrganizationTrail, true) == fact.True:
			return control.Pass("pass.organization", name)
		case truth == fact.True:
			return control.Pass("pass", name)
		case truth == fact.Unknown && rest == nil:
			rest = &fact.Origin{}
			if from != nil {
				rest = from
			}
		case truth == fact.False:
			why.Args = append([]locale.Arg{name}, why.Args...)
			notes = append(notes, why)
		}
	}
	v := control.Fail("fail")
	switch {
	case rest != nil:
		return control.Unread(string(cloudtrail.VisibleTrailType), rest)
	case len(trails) == 0:
		v = control.Fail("fail.noTrail")
	}
	v.Notes = notes
	return v
}

// whole tells whether a trail records all management events of all Regions, what is
// missing, and where what is not known comes from.
func whole(t *cloudtrail.VisibleTrail) (fact.Truth, locale.Message, *fact.Origin) {
	events, why, from := all(t)
	switch multi, logs := fact.Is(t.IsMultiRegionTrail, true), fact.Is(t.IsLogging, true); {
	case multi == fact.False:
		return fact.False, locale.M("reason.singleRegion"), nil
	case logs == fact.False:
		return fact.False, locale.M("reason.stopped"), nil
	case events == fact.False:
		return fact.False, why, nil
	case logs == fact.Unknown:
		return fact.Unknown, why, t.IsLogging.Origin()
	default:
		return multi.And(events), why, from
	}
}

// all tells whether the selectors let all management events through. Without any, a
// trail records them all. Several selectors that do so together count, which AWS's
// pages leave open.
func all(t *cloudtrail.VisibleTrail) (fact.Truth, locale.Message, *fact.Origin) {
	basic, known := t.EventSelectors.Get()
	advanced, also := t.AdvancedEventSelectors.Get()
	if known == fact.Unknown || also == fact.Unknown {
		from := t.EventSelectors.Origin()
		if known != fact.Unknown {
			from = t.AdvancedEventSelectors.Origin()
		}
		return fact.Unknown, locale.Message{}, from
	}
	if len(basic)+len(advanced) == 0 {
		return fact.True, locale.Message{}, nil
	}
	l := let{}
	for _, s := range basic {
		l.basic(s)
	}
	for _, s := range advanced {
		l.advanced(s)
	}
	return l.verdict()
}

// let is what selectors let through of the management events.
type let struct {
	reads, writes, managed, vague bool
	excluded, fields              []string
}

func (l *let) take(readWrite string) {
	l.reads = l.reads || readWrite != "WriteOnly"
	l.writes = l.writes || readWrite != "ReadOnly"
}

func (l *let) basic(s cloudtrail.EventSelector) {
	included := fact.Is(s.IncludeManagementEvents, true)
	mode, known := s.ReadWriteType.Get()
	if included == fact.Unknown || known == fact.Unknown || s.ExcludeManagementEventSources.Present() == fact.Unknown {
		l.vague = true
		return
	}
	if included == fact.False {
		return
	}
	l.managed = true
	if excluded := s.ExcludeManagementEventSources.Or(nil); len(excluded) > 0 {
		l.excluded = append(l.excluded, excluded...)
		return
	}
	l.take(mode)
}

// advanced takes a selector that names the category alone, or reading or writing
// with it; any other field narrows what it lets through.
func (l *let) advanced(s cloudtrail.AdvancedEventSelector) {
	mode, management := "All", false
	var narrowed []string
	fields, known := s.FieldSelectors.Get()
	l.vague = l.vague || known == fact.Unknown
	for _, f := range fields {
		name, equals := f.Field.Or(""), f.Equals.Or(nil)
		switch {
		case f.Field.Present() == fact.Unknown || f.Equals.Present() == fact.Unknown:
			l.vague = true
		case name == "eventCategory":
			management = slices.Equal(equals, []string{"Management"})
		case name == "readOnly" && slices.Equal(equals, []string{"true"}):
			mode = "ReadOnly"
		case name == "readOnly" && slices.Equal(equals, []string{"false"}):
			mode = "WriteOnly"
		default:
			narrowed = append(narrowed, name)
		}
	}
	if !management {
		return
	}
	l.managed = true
	if l.fields = append(l.fields, narrowed...); len(narrowed) == 0 {
		l.take(mode)
	}
}

func (l *let) verdict() (fact.Truth, locale.Message, *fact.Origin) {
	switch {
	case l.reads && l.writes:
		return fact.True, locale.Message{}, nil
	case l.vague:
		return fact.Unknown, locale.Message{}, nil
	case !l.managed:
		return fact.False, locale.M("reason.noManagement"), nil
	case l.reads:
		return fact.False, locale.M("reason.readOnly"), nil
	case l.writes:
		return fact.False, locale.M("reason.writeOnly"), nil
	case len(l.excluded) > 0:
		return fact.False, locale.M("reason.excluded", locale.A("sources", l.excluded)), nil
	}
	return fact.False, locale.M("reason.narrowed", locale.A("fields", l.fields)), nil
}
