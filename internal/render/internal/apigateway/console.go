package apigateway

import (
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
)

func (s *page) restStage() {
	s.Do("rest.open", args(s.path())...)
	others := Other(s.Step.Changes)
	for i := range others {
		c := &others[i]
		switch {
		case c.Property == "TracingEnabled" && c.Will == true:
			s.Do("rest.tracing", s.Now(c.Property))
		case c.Property == "ClientCertificateId" && plan.Normal(c.Will) != nil:
			s.Do("rest.certificate", locale.A("will", s.Words.Inline(c.Will)), s.Now(c.Property))
		case c.Property == "AccessLogSetting.DestinationArn" && plan.Normal(c.Will) != nil:
			s.accessLog("AccessLogSetting.")
		case c.Property == "AccessLogSetting.Format" && s.Value("AccessLogSetting.DestinationArn") != s.Words.Inline(nil):
		default:
			s.Other(c)
		}
	}
	flush := false
	for _, setting := range Settings(s.Step) {
		for i := range setting.Changes {
			flush = s.setting(setting, &setting.Changes[i]) || flush
		}
	}
	if flush {
		s.Do("rest.flush")
	}
}

func args(list ...locale.Arg) []locale.Arg { return list }

// setting tells how to change a method setting, and whether the cache may keep
// copies from before.
func (s *page) setting(setting *Setting, c *plan.Change) bool {
	scope := "method"
	if setting.Default() {
		scope = "default"
	}
	method, was := locale.A("method", s.Words.Spoken.Label(setting.Label(), setting.Key)), locale.A("was", s.Words.Inline(c.Was))
	switch {
	case c.Property == "LoggingLevel":
		s.Do("rest.logging."+scope, method, locale.A("level", s.level(c.Will)), locale.A("was", s.level(c.Was)))
	case c.Property == "CacheDataEncrypted" && c.Will == true:
		s.Do("rest.encrypt."+scope, method, was)
		return true
	case c.Property == "CachingEnabled" && c.Will == false:
		s.Do("rest.nocache."+scope, method, was)
		return true
	default:
		s.Do("other", locale.A("change", s.Words.Spoken.Label(setting.Label(), setting.Key)+" "+s.Words.Change(c)))
	}
	return false
}

// accessLog tells what to enter into the log settings of a stage.
func (s *page) accessLog(prefix string) {
	s.Do("stage.logs")
	s.Do("stage.accessLog", locale.A("destination", s.Value(prefix+"DestinationArn")), s.Now(prefix+"DestinationArn"), locale.A("format", s.Value(prefix+"Format")))
	s.Do("save")
}

func (s *page) stage() {
	protocol := Protocol(s.Step)
	destination, _ := part.Known(s.Step, "AccessLogSettings.DestinationArn")
	logs := s.Changes("AccessLogSettings.") && destination != nil
	if logs && protocol != "WEBSOCKET" {
		if protocol == "" {
			s.Lead("ifHTTP")
		}
		s.Do("http.logging", args(s.path())...)
		s.Do("http.stage", args(s.path())...)
		s.Do("http.accessLog", locale.A("destination", s.Value("AccessLogSettings.DestinationArn")), s.Now("AccessLogSettings.DestinationArn"),
			locale.A("format", s.Value("AccessLogSettings.Format")))
		s.Do("http.save")
	}
	if logs && protocol == "" {
		s.Lead("ifWebSocket")
	}
	if logs && protocol != "HTTP" || s.Changes("DefaultRouteSettings.") {
		s.Do("websocket.open", args(s.path())...)
	}
	if logs && protocol != "HTTP" {
		s.accessLog("AccessLogSettings.")
	}
	for i := range s.Step.Changes {
		c := &s.Step.Changes[i]
		switch {
		case c.Property == "DefaultRouteSettings.LoggingLevel":
			s.Do("stage.logs")
			s.Do("websocket.logging", locale.A("level", s.level(c.Will)), locale.A("was", s.level(c.Was)))
			s.Do("save")
		case logs && strings.HasPrefix(c.Property, "AccessLogSettings."):
		default:
			s.Other(c)
		}
	}
}

// route tells how to attach an authorizer, by protocol.
func (s *page) route() {
	api, id := s.path()
	name := locale.A("route", id.Value)
	if key, ok := part.Known(s.Step, "RouteKey"); ok {
		name.Value = part.Text(key)
	}
	authorizer := s.Words.Say("console.iam")
	if v, ok := part.Known(s.Step, "AuthorizerId"); ok && v != nil {
		authorizer = s.Words.Say("console.authorizer", locale.A("id", s.Words.Inline(v)), locale.A("type", s.Value("AuthorizationType")))
	}
	with := locale.A("authorizer", authorizer)
	protocol := Protocol(s.Step)
	if protocol != "WEBSOCKET" {
		if protocol == "" {
			s.Lead("ifHTTP")
		}
		s.Do("http.authorization", api)
		s.Do("http.route", name)
		s.Do("http.attach", with, s.Now("AuthorizationType"))
		s.Do("http.deploy")
	}
	if protocol != "HTTP" {
		if protocol == "" {
			s.Lead("ifWebSocket")
		}
		s.Do("websocket.route", api, name)
		s.Do("websocket.request")
		s.Do("websocket.authorization", with, s.Now("AuthorizationType"))
		s.Do("websocket.deploy")
	}
}

func (s *page) integration() {
	api, id := s.path()
	if name, _ := part.Known(s.Step, "TlsConfig.ServerNameToVerify"); name == nil {
		for i := range s.Step.Changes {
			s.Other(&s.Step.Changes[i])
		}
		return
	}
	s.Do("http.integrations", api)
	s.Do("http.integration", locale.A("id", id.Value))
	s.Do("http.tls", locale.A("will", s.Value("TlsConfig.ServerNameToVerify")), s.Now("TlsConfig.ServerNameToVerify"))
	s.Do("http.deployAfter")
}

func (s *page) domainName() {
	_, name := s.path()
	s.Do("domain.open", name)
	s.Do("domain.edit")
	s.Do("domain.policy", locale.A("will", s.Value("SecurityPolicy")), s.Now("SecurityPolicy"))
	if v, ok := part.Known(s.Step, "EndpointAccessMode"); ok && part.Text(v) != "" {
		text := part.Text(v)
		s.Do("domain.mode", locale.A("will", text[:1]+strings.ToLower(text[1:])), s.Now("EndpointAccessMode"))
	}
	s.Do("domain.save")
}

func (s *page) account() {
	s.Do("account.open")
	s.Do("account.role", locale.A("will", s.Value("CloudWatchRoleArn")), s.Now("CloudWatchRoleArn"))
	s.Do("account.save")
}

func (s *page) certificate() {
	s.Do("certificate.open")
	s.Do("certificate.make", locale.A("name", s.Step.Thing.Name))
	s.Do("certificate.trust")
}

func (s *page) association() {
	s.Do("rest.open", args(s.path())...)
	acl, _ := part.Known(s.Step, "WebACLArn")
	if acl == nil {
		for i := range s.Step.Changes {
			s.Other(&s.Step.Changes[i])
		}
		return
	}
	parts := strings.Split(part.Text(acl), "/")
	name := parts[0]
	if len(parts) > 2 {
		name = parts[2] // arn:…:regional/webacl/NAME/ID
	}
	s.Do("rest.webACL", locale.A("name", name), locale.A("will", s.Words.Inline(acl)), s.Now("WebACLArn"))
}

func (s *page) path() (api, name locale.Arg) {
	p, _ := Parse(s.Step.Thing.ARN)
	return locale.A("api", p.API), locale.A("name", p.Name)
}

// level names a log level as the console does.
func (s *page) level(v any) string {
	label := "Off"
	switch part.Text(v) {
	case "ERROR":
		label = "Errors only"
	case "INFO":
		label = "Errors and info logs"
	}
	return locale.LabelIn(s.Words.Catalog.Lang, label)
}
