package apigateway

import (
	"strings"

	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/render/internal/shell"
)

// inAPI makes a command about a part of an API.
func inAPI(service, operation, api, name string) func(plan.Thing) (shell.Command, error) {
	return func(t plan.Thing) (shell.Command, error) {
		p, err := path(t)
		return shell.Command{Service: service, Operation: operation, Input: shell.Object{{Name: api, Value: p.API}, {Name: name, Value: p.Name}}}, err
	}
}

// room is how the thing of a step is read.
func (s *script) room(st *plan.Step) (*shell.RoomStep, error) {
	if _, err := path(st.Thing); err != nil {
		return nil, err
	}
	return s.Room(st)
}

// association reads and changes which web ACL a REST stage has.
func (s *script) association(st *plan.Step) error {
	r := shell.Reader{
		Command: inAPI("apigateway", "get-stage", "restApiId", "stageName"),
		Field:   shell.Named(map[string]shell.Field{"WebACLArn": {Path: "webAclArn"}}),
	}
	if err := s.AsPlanned(st, r, nil); err != nil {
		return err
	}
	for _, c := range st.Changes {
		v, err := s.Value(c.Will)
		if err != nil {
			return err
		}
		if v == nil {
			s.Run(shell.Command{Service: "wafv2", Operation: "disassociate-web-acl", Input: shell.Object{{Name: "ResourceArn", Value: st.Thing.ARN}}})
			continue
		}
		s.Run(shell.Command{Service: "wafv2", Operation: "associate-web-acl", Input: shell.Object{{Name: "WebACLArn", Value: v}, {Name: "ResourceArn", Value: st.Thing.ARN}}})
	}
	return s.AsWritten(st, r)
}

// account sets the role that writes logs. A new role is refused for a while;
// before each attempt the setting is looked at again.
func (s *script) account(st *plan.Step) error {
	r := shell.Reader{
		Command: func(plan.Thing) (shell.Command, error) {
			return shell.Command{Service: "apigateway", Operation: "get-account"}, nil
		},
		Field: shell.Named(map[string]shell.Field{"CloudWatchRoleArn": {Path: "cloudwatchRoleArn"}}),
	}
	look := "still_" + st.ID
	s.Line(look + "() {")
	if err := s.AsPlanned(st, r, nil); err != nil {
		return err
	}
	s.Line("}")
	for _, c := range st.Changes {
		v, err := s.Value(c.Will)
		if err != nil {
			return err
		}
		if v == nil {
			v = "" // which takes away what is there
		}
		patch := shell.Object{{Name: "op", Value: "replace"}, {Name: "path", Value: "/cloudwatchRoleArn"}, {Name: "value", Value: v}}
		s.Call("accepted "+look+" 15 25", shell.Command{Service: "apigateway", Operation: "update-account", Input: shell.Object{{Name: "patchOperations", Value: []any{patch}}}})
	}
	return s.AsWritten(st, r)
}

// roleGone stops the script where the role that is set exists.
func (s *script) roleGone(st *plan.Step, g *plan.Guard) error {
	for _, c := range st.Changes {
		_, path, ok := strings.Cut(part.Text(c.Was), ":role/")
		if name := path[strings.LastIndexByte(path, '/')+1:]; ok && name != "" {
			s.Absent(s.Why(st, g), "NoSuchEntity", shell.Command{Service: "iam", Operation: "get-role", Input: shell.Object{{Name: "RoleName", Value: name}}})
		}
	}
	return nil
}

// certificate makes a client certificate; its description tells it from others.
func (s *script) certificate(st *plan.Step) error {
	list := shell.Command{Service: "apigateway", Operation: "get-client-certificates"}
	s.Nothing(s.There(st), list.With("items[?description == "+shell.Literal(st.Thing.Name)+"].clientCertificateId"))
	c := shell.Command{Service: "apigateway", Operation: "generate-client-certificate", Input: shell.Object{{Name: "description", Value: st.Thing.Name}}, Query: "clientCertificateId"}
	if name, ok := s.Output(st, "ClientCertificateId", "CERTIFICATE_ID"); ok {
		s.Set(name, c)
	} else {
		c.Query = ""
		s.Run(c)
	}
	s.Note("shell.certificate")
	return nil
}
