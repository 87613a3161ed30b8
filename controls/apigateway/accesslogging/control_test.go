package accesslogging

import (
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

func TestUnknown(t *testing.T) {
	refused := &fact.Origin{Fault: "AccessDeniedException"}
	type settings = apigatewayv2.AccessLogSettings
	to := func(destination fact.Value[string]) fact.Value[settings] {
		return fact.Set(settings{DestinationArn: destination}, nil)
	}
	yes, unread := fact.Set(true, nil), fact.Unread[bool](refused)
	for name, c := range map[string]struct {
		settings fact.Value[settings]
		managed  fact.Value[bool]
		want     control.Status
		notes    int
	}{
		"settings unread":              {fact.Unread[settings](refused), yes, control.Unknown, 0},
		"destination unread":           {to(fact.Unread[string](refused)), yes, control.Unknown, 0},
		"destination absent":           {to(fact.Absent[string](nil)), yes, control.Failed, 1},
		"destination set, rest unread": {to(fact.Set("arn:aws:logs:::log-group:a", nil)), unread, control.Passed, 0},
		"none, quick create unread":    {fact.Absent[settings](nil), unread, control.Failed, 0},
		"none, quick create left out":  {fact.Absent[settings](nil), fact.Absent[bool](nil), control.Failed, 0},
		"nobody looked at anything":    {fact.Unread[settings](refused), fact.Value[bool]{}, control.Unknown, 0},
	} {
		v := check(&apigatewayv2.Stage{AccessLogSettings: c.settings, ApiGatewayManaged: c.managed}, nil)
		if v.Status != c.want || len(v.Notes) != c.notes {
			t.Errorf("%s: %v, notes %v; want %v", name, v.Status, v.Notes, c.want)
		}
		if v.Status == control.Unknown && v.Cause != refused {
			t.Errorf("%s: the cause is %+v", name, v.Cause)
		}
	}
}
