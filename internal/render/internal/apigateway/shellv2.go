package apigateway

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/render/internal/shell"
)

// stageObject is a part of a stage that UpdateStage takes as a whole.
type stageObject struct {
	name    string
	members []string
}

func stageObjects() []stageObject {
	return []stageObject{
		{"AccessLogSettings", []string{"DestinationArn", "Format"}},
		{"DefaultRouteSettings", []string{"DataTraceEnabled", "DetailedMetricsEnabled", "LoggingLevel", "ThrottlingBurstLimit", "ThrottlingRateLimit"}},
	}
}

// along lists what is sent beside the changes: what the plan does not name was
// not set, and would be lost if it were set since.
func (o *stageObject) along(st *plan.Step) (along []plan.Change) {
	changes, with := part.Under(st.Changes, o.name+"."), part.Under(st.With, o.name+".")
	if len(changes) == 0 {
		return nil
	}
	for _, member := range o.members {
		if _, changes := part.Find(changes, member); changes {
			continue
		}
		v, _ := part.Find(with, member)
		along = append(along, plan.Change{Property: o.name + "." + member, Was: v, Will: v})
	}
	return along
}

func stageField(property string) (shell.Field, bool) {
	for _, o := range stageObjects() {
		if name := o.name; strings.HasPrefix(property, name+".") {
			f := shell.Field{Path: property}
			if property == "DefaultRouteSettings.LoggingLevel" {
				f.Empty = "OFF"
			}
			return f, true
		}
	}
	return shell.Field{}, false
}

func (s *script) stage(st *plan.Step) error {
	r := shell.Reader{Command: inAPI("apigatewayv2", "get-stage", "ApiId", "StageName"), Field: stageField}
	var sent []plan.Change
	for _, o := range stageObjects() {
		sent = append(sent, o.along(st)...)
	}
	if err := s.AsPlanned(st, r, sent); err != nil {
		return err
	}
	c, err := inAPI("apigatewayv2", "update-stage", "ApiId", "StageName")(st.Thing)
	if err != nil {
		return err
	}
	for _, o := range stageObjects() {
		whole, err := s.whole(st, o.name)
		if err != nil {
			return err
		}
		if whole != nil {
			c.Input = append(c.Input, shell.Member{Name: o.name, Value: whole})
		}
	}
	if len(c.Input) > len(shell.Object{{Name: "ApiId", Value: nil}, {Name: "StageName", Value: nil}}) {
		s.Run(c)
	}
	if without(st, "AccessLogSettings.") {
		del, err := inAPI("apigatewayv2", "delete-access-log-settings", "ApiId", "StageName")(st.Thing)
		if err != nil {
			return err
		}
		s.Run(del)
	}
	return s.AsWritten(st, r)
}

// without tells whether a whole object is taken away.
func without(st *plan.Step, prefix string) bool {
	changes := part.Under(st.Changes, prefix)
	for _, c := range changes {
		if plan.Normal(c.Will) != nil {
			return false
		}
	}
	return len(changes) > 0
}

// whole puts the changed and the unchanged members of an object together; nil
// where nothing of it changes or all of it goes.
func (s *script) whole(st *plan.Step, name string) (shell.Object, error) {
	var whole shell.Object
	changes := part.Under(st.Changes, name+".")
	if len(changes) == 0 || without(st, name+".") {
		return nil, nil
	}
	for _, c := range append(changes, part.Under(st.With, name+".")...) {
		v, err := s.Value(c.Will)
		if err != nil {
			return nil, err
		}
		if v != nil {
			whole = append(whole, shell.Member{Name: c.Property, Value: v})
		}
	}
	return whole, nil
}

func (s *script) route(st *plan.Step) error {
	r := shell.Reader{
		Command: inAPI("apigatewayv2", "get-route", "ApiId", "RouteId"),
		Field:   shell.Named(map[string]shell.Field{"AuthorizationType": {Path: "AuthorizationType", Empty: "NONE"}, "AuthorizerId": {Path: "AuthorizerId"}}),
	}
	if err := s.AsPlanned(st, r, nil); err != nil {
		return err
	}
	c, err := inAPI("apigatewayv2", "update-route", "ApiId", "RouteId")(st.Thing)
	if err != nil {
		return err
	}
	for _, change := range st.Changes {
		v, err := s.Value(change.Will)
		if err != nil {
			return err
		}
		switch {
		case v == nil && change.Property == "AuthorizationType":
			v = "NONE"
		case v == nil:
			v = ""
		}
		c.Input = append(c.Input, shell.Member{Name: change.Property, Value: v})
	}
	s.Run(c)
	s.Note("shell.deploy")
	return s.AsWritten(st, r)
}

func (s *script) integration(st *plan.Step) error {
	r := shell.Reader{
		Command: inAPI("apigatewayv2", "get-integration", "ApiId", "IntegrationId"),
		Field:   shell.Named(map[string]shell.Field{"TlsConfig.ServerNameToVerify": {Path: "TlsConfig.ServerNameToVerify", Whole: "TlsConfig"}}),
	}
	if err := s.AsPlanned(st, r, nil); err != nil {
		return err
	}
	c, err := inAPI("apigatewayv2", "update-integration", "ApiId", "IntegrationId")(st.Thing)
	if err != nil {
		return err
	}
	for _, change := range st.Changes {
		v, err := s.Value(change.Will)
		if err != nil {
			return err
		}
		tls := shell.Object{} // takes the settings away, as the driver of integrations does
		if v != nil {
			tls = shell.Object{{Name: "ServerNameToVerify", Value: v}}
		}
		c.Input = append(c.Input, shell.Member{Name: "TlsConfig", Value: tls})
	}
	s.Run(c)
	s.Note("shell.deploy")
	return s.AsWritten(st, r)
}

// domainReader reads a custom domain name; a private one is known by its id,
// too.
func domainReader(operation string) func(plan.Thing) (shell.Command, error) {
	return func(t plan.Thing) (shell.Command, error) {
		p, err := path(t)
		c := shell.Command{Service: "apigateway", Operation: operation, Input: shell.Object{{Name: "domainName", Value: p.Name}}}
		if p.ID != "" {
			c.Input = append(c.Input, shell.Member{Name: "domainNameId", Value: p.ID})
		}
		return c, err
	}
}

func (s *script) domainName(st *plan.Step) error {
	r := shell.Reader{Command: domainReader("get-domain-name"), Field: shell.Named(map[string]shell.Field{
		"SecurityPolicy": {Path: "securityPolicy"}, "EndpointAccessMode": {Path: "endpointAccessMode"},
		"MutualTlsAuthentication.TruststoreUri": {Path: "mutualTlsAuthentication.truststoreUri"},
		"EndpointConfiguration.Types":           {Path: "endpointConfiguration.types"},
	})}
	paths := map[string]string{"SecurityPolicy": "/securityPolicy", "EndpointAccessMode": "/endpointAccessMode"}
	// AWS wants policy and mode in one call, also the one that stays.
	sent := slices.DeleteFunc(slices.Clone(st.With), func(c plan.Change) bool { return paths[c.Property] == "" })
	s.wait(st, r)
	if err := s.AsPlanned(st, r, sent); err != nil {
		return err
	}
	var operations []any
	for _, c := range slices.Concat(st.Changes, sent) {
		v, err := s.Value(c.Will)
		if err != nil {
			return err
		}
		if paths[c.Property] == "" {
			return shell.UnknownProperty(c.Property)
		}
		operations = append(operations, patch(paths[c.Property], v))
	}
	c, err := domainReader("update-domain-name")(st.Thing)
	if err != nil {
		return err
	}
	c.Input = append(c.Input, shell.Member{Name: "patchOperations", Value: operations})
	s.Run(c)
	s.wait(st, r)
	return s.AsWritten(st, r)
}

// unmapped stops the script where an HTTP API is mapped to the domain name, or
// where that cannot be seen.
func (s *script) unmapped(st *plan.Step, g *plan.Guard) error {
	p, err := path(st.Thing)
	if err != nil {
		return err
	}
	if p.ID != "" {
		return nil // a private domain name takes private REST APIs only
	}
	apis := shell.Command{Service: "apigatewayv2", Operation: "get-apis", Query: "Items[?ProtocolType == " + shell.Literal("HTTP") + "].ApiId"}
	mappings := shell.Command{Service: "apigatewayv2", Operation: "get-api-mappings", Input: shell.Object{{Name: "DomainName", Value: p.Name}}}
	s.Must(s.Words.Say("shell.moreMappings", locale.A("step", st.ID), locale.A("thing", s.Words.Thing(st.Thing))), mappings.With("!(NextToken)"))
	s.Set("MAPPED_APIS", mappings.With("Items[].ApiId"))
	s.Set("HTTP_APIS", apis)
	for _, line := range []string{
		"for mapped in $MAPPED_APIS; do", "  for api in $HTTP_APIS; do",
		`    test "$mapped" != "$api" || stop ` + part.Word(s.Why(st, g)),
		"  done", "done",
	} {
		s.Line(line)
	}
	return nil
}
