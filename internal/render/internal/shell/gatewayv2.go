package shell

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
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

func stageField(property string) (field, bool) {
	for _, o := range stageObjects() {
		if name := o.name; strings.HasPrefix(property, name+".") {
			f := field{path: property}
			if property == "DefaultRouteSettings.LoggingLevel" {
				f.empty = "OFF"
			}
			return f, true
		}
	}
	return field{}, false
}

func stage(s *script, st *plan.Step) error {
	r := reader{command: inAPI("apigatewayv2", "get-stage", "ApiId", "StageName"), field: stageField}
	var sent []plan.Change
	for _, o := range stageObjects() {
		sent = append(sent, o.along(st)...)
	}
	if err := s.asPlanned(st, r, sent); err != nil {
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
			c.input = append(c.input, member{o.name, whole})
		}
	}
	if len(c.input) > len(object{{"ApiId", nil}, {"StageName", nil}}) {
		s.run(c)
	}
	if without(st, "AccessLogSettings.") {
		del, err := inAPI("apigatewayv2", "delete-access-log-settings", "ApiId", "StageName")(st.Thing)
		if err != nil {
			return err
		}
		s.run(del)
	}
	return s.asWritten(st, r)
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
func (s *script) whole(st *plan.Step, name string) (object, error) {
	var whole object
	changes := part.Under(st.Changes, name+".")
	if len(changes) == 0 || without(st, name+".") {
		return nil, nil
	}
	for _, c := range append(changes, part.Under(st.With, name+".")...) {
		v, err := s.value(c.Will)
		if err != nil {
			return nil, err
		}
		if v != nil {
			whole = append(whole, member{c.Property, v})
		}
	}
	return whole, nil
}

func route(s *script, st *plan.Step) error {
	r := reader{
		command: inAPI("apigatewayv2", "get-route", "ApiId", "RouteId"),
		field:   named(map[string]field{"AuthorizationType": {path: "AuthorizationType", empty: "NONE"}, "AuthorizerId": {path: "AuthorizerId"}}),
	}
	if err := s.asPlanned(st, r, nil); err != nil {
		return err
	}
	c, err := inAPI("apigatewayv2", "update-route", "ApiId", "RouteId")(st.Thing)
	if err != nil {
		return err
	}
	for _, change := range st.Changes {
		v, err := s.value(change.Will)
		if err != nil {
			return err
		}
		switch {
		case v == nil && change.Property == "AuthorizationType":
			v = "NONE"
		case v == nil:
			v = ""
		}
		c.input = append(c.input, member{change.Property, v})
	}
	s.run(c)
	s.note("shell.deploy")
	return s.asWritten(st, r)
}

func integration(s *script, st *plan.Step) error {
	r := reader{
		command: inAPI("apigatewayv2", "get-integration", "ApiId", "IntegrationId"),
		field:   named(map[string]field{"TlsConfig.ServerNameToVerify": {path: "TlsConfig.ServerNameToVerify", whole: "TlsConfig"}}),
	}
	if err := s.asPlanned(st, r, nil); err != nil {
		return err
	}
	c, err := inAPI("apigatewayv2", "update-integration", "ApiId", "IntegrationId")(st.Thing)
	if err != nil {
		return err
	}
	for _, change := range st.Changes {
		v, err := s.value(change.Will)
		if err != nil {
			return err
		}
		tls := object{} // takes the settings away, as the driver of integrations does
		if v != nil {
			tls = object{{"ServerNameToVerify", v}}
		}
		c.input = append(c.input, member{"TlsConfig", tls})
	}
	s.run(c)
	s.note("shell.deploy")
	return s.asWritten(st, r)
}

// domainReader reads a custom domain name; a private one is known by its id,
// too.
func domainReader(operation string) func(plan.Thing) (command, error) {
	return func(t plan.Thing) (command, error) {
		p, err := path(t)
		c := command{service: "apigateway", operation: operation, input: object{{"domainName", p.Name}}}
		if p.ID != "" {
			c.input = append(c.input, member{"domainNameId", p.ID})
		}
		return c, err
	}
}

func domainName(s *script, st *plan.Step) error {
	r := reader{command: domainReader("get-domain-name"), field: named(map[string]field{
		"SecurityPolicy": {path: "securityPolicy"}, "EndpointAccessMode": {path: "endpointAccessMode"},
		"MutualTlsAuthentication.TruststoreUri": {path: "mutualTlsAuthentication.truststoreUri"},
		"EndpointConfiguration.Types":           {path: "endpointConfiguration.types"},
	})}
	paths := map[string]string{"SecurityPolicy": "/securityPolicy", "EndpointAccessMode": "/endpointAccessMode"}
	// AWS wants policy and mode in one call, also the one that stays.
	sent := slices.DeleteFunc(slices.Clone(st.With), func(c plan.Change) bool { return paths[c.Property] == "" })
	s.wait(st, r)
	if err := s.asPlanned(st, r, sent); err != nil {
		return err
	}
	var operations []any
	for _, c := range slices.Concat(st.Changes, sent) {
		v, err := s.value(c.Will)
		if err != nil {
			return err
		}
		if paths[c.Property] == "" {
			return unknownProperty(c.Property)
		}
		operations = append(operations, patch(paths[c.Property], v))
	}
	c, err := domainReader("update-domain-name")(st.Thing)
	if err != nil {
		return err
	}
	c.input = append(c.input, member{"patchOperations", operations})
	s.run(c)
	s.wait(st, r)
	return s.asWritten(st, r)
}

// unmapped stops the script where an HTTP API is mapped to the domain name, or
// where that cannot be seen.
func unmapped(s *script, st *plan.Step, g *plan.Guard) error {
	p, err := path(st.Thing)
	if err != nil {
		return err
	}
	if p.ID != "" {
		return nil // a private domain name takes private REST APIs only
	}
	apis := command{service: "apigatewayv2", operation: "get-apis", query: "Items[?ProtocolType == " + literal("HTTP") + "].ApiId"}
	mappings := command{service: "apigatewayv2", operation: "get-api-mappings", input: object{{"DomainName", p.Name}}}
	s.must(s.words.Say("shell.moreMappings", locale.A("step", st.ID), locale.A("thing", s.words.Thing(st.Thing))), mappings.with("!(NextToken)"))
	s.set("MAPPED_APIS", mappings.with("Items[].ApiId"))
	s.set("HTTP_APIS", apis)
	for _, line := range []string{
		"for mapped in $MAPPED_APIS; do", "  for api in $HTTP_APIS; do",
		`    test "$mapped" != "$api" || stop ` + word(s.why(st, g)),
		"  done", "done",
	} {
		s.line(line)
	}
	return nil
}
