package clientcertificate

import (
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/apigateway"
)

func TestUnknown(t *testing.T) {
	refused := &fact.Origin{Fault: "AccessDeniedException"}
	type methods = []*apigateway.Method
	method := func(kind fact.Value[string]) *apigateway.Method {
		return &apigateway.Method{Integration: fact.Set(apigateway.Integration{Type: kind}, nil)}
	}
	http, mock := method(fact.Set("HTTP", nil)), method(fact.Set("MOCK", nil))
	hidden := &apigateway.Method{Integration: fact.Unread[apigateway.Integration](refused)}
	typeless := method(fact.Unread[string](refused))
	certificate, none, unread := fact.Set("cc1234", nil), fact.Absent[string](nil), fact.Unread[string](refused)
	for name, c := range map[string]struct {
		certificate fact.Value[string]
		methods     fact.Value[methods]
		want        control.Status
	}{
		"certificate, methods unread":       {certificate, fact.Unread[methods](refused), control.Passed},
		"certificate empty, HTTP":           {fact.Set("", nil), fact.Set(methods{http}, nil), control.Failed},
		"certificate unread, HTTP":          {unread, fact.Set(methods{http}, nil), control.Unknown},
		"certificate unread, no HTTP":       {unread, fact.Set(methods{mock}, nil), control.Unknown},
		"methods unread":                    {none, fact.Unread[methods](refused), control.Unknown},
		"methods absent":                    {none, fact.Absent[methods](nil), control.NotApplicable},
		"integration unread beside HTTP":    {none, fact.Set(methods{http, hidden}, nil), control.Failed},
		"HTTP beside an integration unread": {none, fact.Set(methods{hidden, http}, nil), control.Failed},
		"integration unread beside a mock":  {none, fact.Set(methods{hidden, mock}, nil), control.Unknown},
		"type unread beside a mock":         {none, fact.Set(methods{mock, typeless}, nil), control.Unknown},
	} {
		stage := &apigateway.Stage{ClientCertificateId: c.certificate, RestApi: &apigateway.RestApi{Methods: c.methods}}
		v := check(stage, nil)
		if v.Status != c.want {
			t.Errorf("%s: %v %s, want %v", name, v.Status, v.Message.Key, c.want)
		}
		if v.Status == control.Unknown && v.Cause != refused {
			t.Errorf("%s: the cause is %+v", name, v.Cause)
		}
	}
}

// TestReads: a source that pays for each call asks for the methods only where
// they could change a verdict.
func TestReads(t *testing.T) {
	set, none, unread := fact.Set("cc1234", nil), fact.Absent[string](nil), fact.Unread[string](nil)
	for name, c := range map[string]struct {
		certificates []fact.Value[string]
		want         bool
	}{
		"no stage":     {nil, false},
		"all set":      {[]fact.Value[string]{set, set}, false},
		"the last not": {[]fact.Value[string]{set, none}, true},
		"empty":        {[]fact.Value[string]{fact.Set("", nil)}, true},
		"unread":       {[]fact.Value[string]{unread}, false},
	} {
		u := resource.Unit{Resources: []resource.Resource{&apigateway.RestApi{}}}
		for _, certificate := range c.certificates {
			u.Resources = append(u.Resources, &apigateway.Stage{ClientCertificateId: certificate})
		}
		if got := lacksCertificate(u); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
