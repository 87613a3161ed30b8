package around

import (
	"slices"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

func cloudtrailOperations() []*service.Operation {
	return []*service.Operation{service.NewJSON("cloudtrail", "LookupEvents", false, nil, lookupEvents)}
}

type lookupInput struct {
	LookupAttributes []struct{ AttributeKey, AttributeValue string }
	StartTime        *world.Epoch
	EndTime          *world.Epoch
	EventCategory    string
	MaxResults       *int
	NextToken        string
}

type event struct {
	EventId         string
	EventName       string
	ReadOnly        string
	AccessKeyId     string
	EventTime       world.Epoch
	EventSource     string
	Username        string
	Resources       []eventResource
	CloudTrailEvent string
}

type eventResource struct{ ResourceType, ResourceName string }

// lookupEvents shows the writes that the double saw, newest first. AWS shows
// an event some minutes after it happened; the double does at once.
func lookupEvents(r *service.Request) (any, error) {
	var in lookupInput
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	size := 50
	if in.MaxResults != nil {
		size = *in.MaxResults
	}
	switch {
	case size < 1 || size > 50:
		return nil, service.Refuse("InvalidMaxResultsException", "Max results must be between 1 and 50.")
	case len(in.LookupAttributes) > 1:
		return nil, service.Refuse("InvalidLookupAttributesException", "Only one lookup attribute is supported.")
	case in.StartTime != nil && in.EndTime != nil && in.EndTime.Before(in.StartTime.Time):
		return nil, service.Refuse("InvalidTimeRangeException", "The start time must be before the end time.")
	case in.EventCategory != "":
		return nil, service.Refuse("InvalidEventCategoryException", "the double keeps management events only")
	}
	list := []event{}
	for _, e := range slices.Backward(r.Region.Events) {
		match, err := in.matches(e)
		if err != nil {
			return nil, err
		}
		if match {
			list = append(list, show(e))
		}
	}
	page, next, ok := service.Page(list, "events"+r.Account.ID+r.Region.Name, in.NextToken, size)
	if !ok {
		return nil, service.Refuse("InvalidNextTokenException", "Invalid token.")
	}
	return struct {
		Events    []event
		NextToken string `json:",omitempty"`
	}{page, next}, nil
}

func (in *lookupInput) matches(e world.Event) (bool, error) {
	if in.StartTime != nil && e.Time.Before(in.StartTime.Time) || in.EndTime != nil && e.Time.After(in.EndTime.Time) {
		return false, nil
	}
	for _, a := range in.LookupAttributes {
		have, known := map[string]string{
			"EventId": e.ID, "EventName": e.Name, "ReadOnly": "false", "Username": e.Username, "EventSource": e.Source,
			"ResourceType": e.ResourceType, "ResourceName": e.ResourceName, "AccessKeyId": e.AccessKeyID,
		}[a.AttributeKey]
		if !known {
			return false, service.Refuse("InvalidLookupAttributesException", "Invalid lookup attribute: "+a.AttributeKey)
		}
		if have != a.AttributeValue {
			return false, nil
		}
	}
	return true, nil
}

func show(e world.Event) event {
	return event{
		EventId: e.ID, EventName: e.Name, ReadOnly: "false", AccessKeyId: e.AccessKeyID, EventTime: world.Epoch{Time: e.Time},
		EventSource: e.Source, Username: e.Username, Resources: []eventResource{}, CloudTrailEvent: string(e.Record),
	}
}
