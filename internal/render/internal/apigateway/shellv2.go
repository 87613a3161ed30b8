package apigateway

import (
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/render/internal/shell"
)

// wholes are the parts of a stage that UpdateStage takes as a whole.
func wholes() []string { return []string{"AccessLogSettings", "DefaultRouteSettings"} }

// along lists what is sent of a whole beside the changes: what the plan does not name
// was not set, and would be lost if it were set since.
func along(r *shell.RoomStep, st *plan.Step, whole string) (along []plan.Change) {
	changes, with := part.Under(st.Changes, whole+"."), part.Under(st.With, whole+".")
	if len(changes) == 0 {
		return nil
	}
	for _, member := range r.Members(whole) {
		if _, changes := part.Find(changes, member); changes {
			continue
		}
		v, _ := part.Find(with, member)
		along = append(along, plan.Change{Property: whole + "." + member, Was: v, Will: v})
	}
	return along
}

func (s *script) stage(st *plan.Step) error {
	r, err := s.room(st)
	if err != nil {
		return err
	}
	var sent []plan.Change
	for _, name := range wholes() {
		sent = append(sent, along(r, st, name)...)
	}
	if err := r.AsPlanned(sent); err != nil {
		return err
	}
	c, err := inAPI("apigatewayv2", "update-stage", "ApiId", "StageName")(st.Thing)
	if err != nil {
		return err
	}
	for _, name := range wholes() {
		whole, err := s.whole(st, name)
		if err != nil {
			return err
		}
		if whole != nil {
			c.Input = append(c.Input, shell.Member{Name: name, Value: whole})
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
	return r.AsWritten()
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

func (s *script) integration(st *plan.Step) error {
	r, err := s.room(st)
	if err != nil {
		return err
	}
	if err := r.AsPlanned(nil, bare(st, false)...); err != nil {
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
	return r.AsWritten(bare(st, true)...)
}

// bare demands that there are no TLS settings at all where there is no name to verify:
// empty ones are something else.
func bare(st *plan.Step, after bool) []string {
	for _, c := range st.Changes {
		if v := map[bool]any{false: c.Was, true: c.Will}[after]; plan.Normal(v) == nil {
			return []string{"TlsConfig == `null`"}
		}
	}
	return nil
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
