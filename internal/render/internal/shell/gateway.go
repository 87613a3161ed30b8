package shell

import (
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/render/internal/part"
)

// path reads a thing's ARN.
func path(t plan.Thing) (part.Path, error) {
	p, ok := part.Parse(t.ARN)
	if !ok || !valid(t.ARN) {
		return p, locale.Errorf("render.error.oddARN", locale.A("arn", readable(t.ARN)))
	}
	return p, nil
}

// readable keeps a strange ARN readable in an error.
func readable(s string) string { return strings.ToValidUTF8(s, "?") }

// inAPI makes a command about a part of an API.
func inAPI(service, operation, api, name string) func(plan.Thing) (command, error) {
	return func(t plan.Thing) (command, error) {
		p, err := path(t)
		return command{service: service, operation: operation, input: object{{api, p.API}, {name, p.Name}}}, err
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
	return object{{"op", "replace"}, {"path", path}, {"value", v}}
}

func remove(path string) any { return object{{"op", "remove"}, {"path", path}} }

// settingFields says where a method setting's properties stand in what
// GetStage returns, and in the paths of UpdateStage.
func settingFields() map[string]struct{ name, path string } {
	return map[string]struct{ name, path string }{
		"LoggingLevel":                           {"loggingLevel", "logging/loglevel"},
		"DataTraceEnabled":                       {"dataTraceEnabled", "logging/dataTrace"},
		"MetricsEnabled":                         {"metricsEnabled", "metrics/enabled"},
		"CachingEnabled":                         {"cachingEnabled", "caching/enabled"},
		"CacheDataEncrypted":                     {"cacheDataEncrypted", "caching/dataEncrypted"},
		"CacheTtlInSeconds":                      {"cacheTtlInSeconds", "caching/ttlInSeconds"},
		"RequireAuthorizationForCacheControl":    {"requireAuthorizationForCacheControl", "caching/requireAuthorizationForCacheControl"},
		"UnauthorizedCacheControlHeaderStrategy": {"unauthorizedCacheControlHeaderStrategy", "caching/unauthorizedCacheControlHeaderStrategy"},
		"ThrottlingBurstLimit":                   {"throttlingBurstLimit", "throttling/burstLimit"},
		"ThrottlingRateLimit":                    {"throttlingRateLimit", "throttling/rateLimit"},
	}
}

func restStageReader() reader {
	return reader{command: inAPI("apigateway", "get-stage", "restApiId", "stageName"), field: restStageField, also: settingsThere}
}

func restStageField(property string) (field, bool) {
	if key, name, ok := part.SettingOf(property); ok {
		f, known := settingFields()[name]
		at := field{path: "methodSettings." + jsonString(key) + "." + f.name, exact: name != "LoggingLevel"}
		if name == "LoggingLevel" {
			at.empty = "OFF" // which API Gateway leaves out
		}
		return at, known
	}
	return named(map[string]field{
		"TracingEnabled":                  {path: "tracingEnabled"},
		"ClientCertificateId":             {path: "clientCertificateId"},
		"AccessLogSetting.DestinationArn": {path: "accessLogSettings.destinationArn"},
		"AccessLogSetting.Format":         {path: "accessLogSettings.format"},
		"WebACLArn":                       {path: "webAclArn"},
	})(property)
}

func restStage(s *script, st *plan.Step) error {
	r := restStageReader()
	s.wait(st, r)
	if err := s.asPlanned(st, r, nil); err != nil {
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
	c.input = append(c.input, member{"patchOperations", operations})
	s.run(c)
	if caches(st) {
		s.note("shell.flush")
	}
	return s.asWritten(st, r)
}

// settingsThere demands that a setting is there, or not, as the plan found it.
// Patching one field of an override that is gone would make a new one out of
// defaults.
func settingsThere(st *plan.Step) []string {
	var conditions []string
	for _, setting := range part.Settings(st) {
		operator := " == "
		if setting.Exists() {
			operator = " != "
		}
		conditions = append(conditions, "methodSettings."+jsonString(setting.Key)+operator+"`null`")
	}
	return conditions
}

func caches(st *plan.Step) bool {
	for _, c := range st.Changes {
		if _, name, ok := part.SettingOf(c.Property); ok && (name == "CacheDataEncrypted" || name == "CachingEnabled") {
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
	for _, c := range part.Other(st.Changes) {
		at, ok := paths[c.Property]
		if !ok {
			return nil, unknownProperty(c.Property)
		}
		v, err := s.value(c.Will)
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
	for _, setting := range part.Settings(st) {
		more, err := s.settingPatches(setting)
		if err != nil {
			return nil, err
		}
		operations = append(operations, more...)
	}
	return operations, nil
}

func (s *script) settingPatches(setting *part.Setting) ([]any, error) {
	if setting.Gone() {
		return []any{remove("/" + setting.Key)}, nil
	}
	var operations []any
	for _, c := range setting.Changes {
		f, ok := settingFields()[c.Property]
		if !ok {
			return nil, unknownProperty("MethodSettings." + c.Property)
		}
		v := plan.Normal(c.Will)
		if v == nil && c.Property == "LoggingLevel" {
			v = "OFF"
		}
		operations = append(operations, patch("/"+setting.Key+"/"+f.path, v))
	}
	return operations, nil
}

// wait waits for what a step has to wait for, as long as that may take.
func (s *script) wait(st *plan.Step, r reader) {
	conditions := map[remedy.Wait]struct {
		text, condition   string
		attempts, seconds int
	}{
		remedy.CacheSettled: {"shell.wait.cache", "!contains(`[\"CREATE_IN_PROGRESS\",\"DELETE_IN_PROGRESS\",\"FLUSH_IN_PROGRESS\"]`, cacheClusterStatus || `\"\"`)", 40, 15},
		remedy.DomainReady:  {"shell.wait.domain", "(domainNameStatus || `\"AVAILABLE\"`) == `\"AVAILABLE\"`", 80, 30},
	}
	w, ok := conditions[st.Wait]
	if !ok {
		return
	}
	if c, err := r.look(st.Thing, []string{w.condition}); err == nil {
		s.await(s.words.Say(w.text, locale.A("step", st.ID), locale.A("thing", s.words.Thing(st.Thing))), w.attempts, w.seconds, c)
	}
}

// association reads and changes which web ACL a REST stage has.
func association(s *script, st *plan.Step) error {
	r := restStageReader()
	if err := s.asPlanned(st, r, nil); err != nil {
		return err
	}
	for _, c := range st.Changes {
		v, err := s.value(c.Will)
		if err != nil {
			return err
		}
		if v == nil {
			s.run(command{"wafv2", "disassociate-web-acl", object{{"ResourceArn", st.Thing.ARN}}, ""})
			continue
		}
		s.run(command{"wafv2", "associate-web-acl", object{{"WebACLArn", v}, {"ResourceArn", st.Thing.ARN}}, ""})
	}
	return s.asWritten(st, r)
}

// account sets the role that writes logs. A new role is refused for a while;
// before each attempt the setting is looked at again.
func account(s *script, st *plan.Step) error {
	r := reader{
		command: func(plan.Thing) (command, error) {
			return command{service: "apigateway", operation: "get-account"}, nil
		},
		field: named(map[string]field{"CloudWatchRoleArn": {path: "cloudwatchRoleArn"}}),
	}
	look := "still_" + st.ID
	s.line(look + "() {")
	if err := s.asPlanned(st, r, nil); err != nil {
		return err
	}
	s.line("}")
	for _, c := range st.Changes {
		v, err := s.value(c.Will)
		if err != nil {
			return err
		}
		update := command{"apigateway", "update-account", object{{"patchOperations", []any{patch("/cloudwatchRoleArn", v)}}}, ""}
		s.call("accepted "+look+" 15 25", update)
	}
	return s.asWritten(st, r)
}

// roleGone stops the script where the role that is set exists.
func roleGone(s *script, st *plan.Step, g *plan.Guard) error {
	for _, c := range st.Changes {
		_, path, ok := strings.Cut(part.Text(c.Was), ":role/")
		if name := path[strings.LastIndexByte(path, '/')+1:]; ok && name != "" {
			s.absent(s.why(st, g), "NoSuchEntity", command{"iam", "get-role", object{{"RoleName", name}}, ""})
		}
	}
	return nil
}

// certificate makes a client certificate; its description tells it from others.
func certificate(s *script, st *plan.Step) error {
	list := command{service: "apigateway", operation: "get-client-certificates"}
	s.nothing(s.there(st), list.with("items[?description == "+literal(st.Thing.Name)+"].clientCertificateId"))
	c := command{"apigateway", "generate-client-certificate", object{{"description", st.Thing.Name}}, "clientCertificateId"}
	if name, ok := s.output(st, "ClientCertificateId", "CERTIFICATE_ID"); ok {
		s.set(name, c)
	} else {
		c.query = ""
		s.run(c)
	}
	s.note("shell.certificate")
	return nil
}
