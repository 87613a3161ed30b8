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

// patch is one operation of an Update call of API Gateway's first API.
func patch(path string, v any) any {
	if v == nil {
		v = "" // which takes away what is there
	}
	if text, ok := v.(bool); ok {
		v = map[bool]string{true: "true", false: "false"}[text]
	}
	if n, ok := v.(float64); ok {
		v = part.Number(n)
	}
	return shell.Object{{Name: "op", Value: "replace"}, {Name: "path", Value: path}, {Name: "value", Value: v}}
}

func remove(path string) any {
	return shell.Object{{Name: "op", Value: "remove"}, {Name: "path", Value: path}}
}

// settingPaths are the places of a method setting's properties in the paths of
// UpdateStage.
func settingPaths() map[string]string {
	return map[string]string{
		"LoggingLevel":                           "logging/loglevel",
		"DataTraceEnabled":                       "logging/dataTrace",
		"MetricsEnabled":                         "metrics/enabled",
		"CachingEnabled":                         "caching/enabled",
		"CacheDataEncrypted":                     "caching/dataEncrypted",
		"CacheTtlInSeconds":                      "caching/ttlInSeconds",
		"RequireAuthorizationForCacheControl":    "caching/requireAuthorizationForCacheControl",
		"UnauthorizedCacheControlHeaderStrategy": "caching/unauthorizedCacheControlHeaderStrategy",
		"ThrottlingBurstLimit":                   "throttling/burstLimit",
		"ThrottlingRateLimit":                    "throttling/rateLimit",
	}
}

func (s *script) restStage(st *plan.Step) error {
	r, err := s.room(st)
	if err != nil {
		return err
	}
	if err := r.Ready(); err != nil {
		return err
	}
	if err := r.AsPlanned(nil); err != nil {
		return err
	}
	operations, err := s.stagePatches(st)
	if err != nil {
		return err
	}
	c, err := inAPI("apigateway", "update-stage", "restApiId", "stageName")(st.Thing)
	if err != nil {
		return err
	}
	c.Input = append(c.Input, shell.Member{Name: "patchOperations", Value: operations})
	s.Run(c)
	if caches(st) {
		s.Note("shell.flush")
	}
	return r.AsWritten()
}

func caches(st *plan.Step) bool {
	for _, c := range st.Changes {
		if _, name, ok := SettingOf(c.Property); ok && (name == "CacheDataEncrypted" || name == "CachingEnabled") {
			return true
		}
	}
	return false
}

// stagePatches makes the operations of one UpdateStage.
func (s *script) stagePatches(st *plan.Step) ([]any, error) {
	var operations []any
	paths := map[string]string{
		"TracingEnabled": "/tracingEnabled", "ClientCertificateId": "/clientCertificateId",
		"AccessLogSetting.DestinationArn": "/accessLogSettings/destinationArn", "AccessLogSetting.Format": "/accessLogSettings/format",
	}
	for _, c := range Other(st.Changes) {
		at, ok := paths[c.Property]
		if !ok {
			return nil, shell.UnknownProperty(c.Property)
		}
		v, err := s.Value(c.Will)
		if err != nil {
			return nil, err
		}
		switch log := strings.HasPrefix(c.Property, "AccessLogSetting."); {
		case log && v == nil && c.Property == "AccessLogSetting.DestinationArn":
			operations = append(operations, remove("/accessLogSettings"))
		case log && v == nil:
		default:
			operations = append(operations, patch(at, v))
		}
	}
	for _, setting := range Settings(st) {
		more, err := s.settingPatches(setting)
		if err != nil {
			return nil, err
		}
		operations = append(operations, more...)
	}
	return operations, nil
}

func (s *script) settingPatches(setting *Setting) ([]any, error) {
	if setting.Gone() {
		return []any{remove("/" + setting.Key)}, nil
	}
	var operations []any
	for _, c := range setting.Changes {
		path, ok := settingPaths()[c.Property]
		if !ok {
			return nil, shell.UnknownProperty("MethodSettings." + c.Property)
		}
		v := plan.Normal(c.Will)
		if v == nil && c.Property == "LoggingLevel" {
			v = "OFF"
		}
		operations = append(operations, patch("/"+setting.Key+"/"+path, v))
	}
	return operations, nil
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
		update := shell.Command{Service: "apigateway", Operation: "update-account", Input: shell.Object{{Name: "patchOperations", Value: []any{patch("/cloudwatchRoleArn", v)}}}}
		s.Call("accepted "+look+" 15 25", update)
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
