package console

import (
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
)

func restStage(s *page) {
	s.do("rest.open", args(s.path())...)
	others := part.Other(s.step.Changes)
	for i := range others {
		c := &others[i]
		switch {
		case c.Property == "TracingEnabled" && c.Will == true:
			s.do("rest.tracing", s.now(c.Property))
		case c.Property == "ClientCertificateId" && plan.Normal(c.Will) != nil:
			s.do("rest.certificate", locale.A("will", s.words.Inline(c.Will)), s.now(c.Property))
		case c.Property == "AccessLogSetting.DestinationArn" && plan.Normal(c.Will) != nil:
			s.accessLog("AccessLogSetting.")
		case c.Property == "AccessLogSetting.Format" && s.value("AccessLogSetting.DestinationArn") != s.words.Inline(nil):
		default:
			s.other(c)
		}
	}
	flush := false
	for _, setting := range part.Settings(s.step) {
		for i := range setting.Changes {
			flush = s.setting(setting, &setting.Changes[i]) || flush
		}
	}
	if flush {
		s.do("rest.flush")
	}
}

func args(list ...locale.Arg) []locale.Arg { return list }

// setting tells how to change a method setting, and whether the cache may keep
// copies from before.
func (s *page) setting(setting *part.Setting, c *plan.Change) bool {
	scope := "method"
	if setting.Default() {
		scope = "default"
	}
	method, was := locale.A("method", s.words.Spoken.Label(setting.Label(), setting.Key)), locale.A("was", s.words.Inline(c.Was))
	switch {
	case c.Property == "LoggingLevel":
		s.do("rest.logging."+scope, method, locale.A("level", s.level(c.Will)), locale.A("was", s.level(c.Was)))
	case c.Property == "CacheDataEncrypted" && c.Will == true:
		s.do("rest.encrypt."+scope, method, was)
		return true
	case c.Property == "CachingEnabled" && c.Will == false:
		s.do("rest.nocache."+scope, method, was)
		return true
	default:
		s.do("other", locale.A("change", s.words.Spoken.Label(setting.Label(), setting.Key)+" "+s.words.Change(c)))
	}
	return false
}

// accessLog tells what to enter into the log settings of a stage.
func (s *page) accessLog(prefix string) {
	s.do("stage.logs")
	s.do("stage.accessLog", locale.A("destination", s.value(prefix+"DestinationArn")), s.now(prefix+"DestinationArn"), locale.A("format", s.value(prefix+"Format")))
	s.do("save")
}

func stage(s *page) {
	protocol := part.Protocol(s.step)
	destination, _ := part.Known(s.step, "AccessLogSettings.DestinationArn")
	logs := s.changes("AccessLogSettings.") && destination != nil
	if logs && protocol != "WEBSOCKET" {
		if protocol == "" {
			s.lead("ifHTTP")
		}
		s.do("http.logging", args(s.path())...)
		s.do("http.stage", args(s.path())...)
		s.do("http.accessLog", locale.A("destination", s.value("AccessLogSettings.DestinationArn")), s.now("AccessLogSettings.DestinationArn"),
			locale.A("format", s.value("AccessLogSettings.Format")))
		s.do("http.save")
	}
	if logs && protocol == "" {
		s.lead("ifWebSocket")
	}
	if logs && protocol != "HTTP" || s.changes("DefaultRouteSettings.") {
		s.do("websocket.open", args(s.path())...)
	}
	if logs && protocol != "HTTP" {
		s.accessLog("AccessLogSettings.")
	}
	for i := range s.step.Changes {
		c := &s.step.Changes[i]
		switch {
		case c.Property == "DefaultRouteSettings.LoggingLevel":
			s.do("stage.logs")
			s.do("websocket.logging", locale.A("level", s.level(c.Will)), locale.A("was", s.level(c.Was)))
			s.do("save")
		case logs && strings.HasPrefix(c.Property, "AccessLogSettings."):
		default:
			s.other(c)
		}
	}
}

// route tells how to attach an authorizer, by protocol.
func route(s *page) {
	api, id := s.path()
	name := locale.A("route", id.Value)
	if key, ok := part.Known(s.step, "RouteKey"); ok {
		name.Value = part.Text(key)
	}
	authorizer := s.words.Say("console.iam")
	if v, ok := part.Known(s.step, "AuthorizerId"); ok && v != nil {
		authorizer = s.words.Say("console.authorizer", locale.A("id", s.words.Inline(v)), locale.A("type", s.value("AuthorizationType")))
	}
	with := locale.A("authorizer", authorizer)
	protocol := part.Protocol(s.step)
	if protocol != "WEBSOCKET" {
		if protocol == "" {
			s.lead("ifHTTP")
		}
		s.do("http.authorization", api)
		s.do("http.route", name)
		s.do("http.attach", with, s.now("AuthorizationType"))
		s.do("http.deploy")
	}
	if protocol != "HTTP" {
		if protocol == "" {
			s.lead("ifWebSocket")
		}
		s.do("websocket.route", api, name)
		s.do("websocket.request")
		s.do("websocket.authorization", with, s.now("AuthorizationType"))
		s.do("websocket.deploy")
	}
}

func integration(s *page) {
	api, id := s.path()
	if name, _ := part.Known(s.step, "TlsConfig.ServerNameToVerify"); name == nil {
		for i := range s.step.Changes {
			s.other(&s.step.Changes[i])
		}
		return
	}
	s.do("http.integrations", api)
	s.do("http.integration", locale.A("id", id.Value))
	s.do("http.tls", locale.A("will", s.value("TlsConfig.ServerNameToVerify")), s.now("TlsConfig.ServerNameToVerify"))
	s.do("http.deployAfter")
}

func domainName(s *page) {
	_, name := s.path()
	s.do("domain.open", name)
	s.do("domain.edit")
	s.do("domain.policy", locale.A("will", s.value("SecurityPolicy")), s.now("SecurityPolicy"))
	if v, ok := part.Known(s.step, "EndpointAccessMode"); ok && part.Text(v) != "" {
		text := part.Text(v)
		s.do("domain.mode", locale.A("will", text[:1]+strings.ToLower(text[1:])), s.now("EndpointAccessMode"))
	}
	s.do("domain.save")
}

func account(s *page) {
	s.do("account.open")
	s.do("account.role", locale.A("will", s.value("CloudWatchRoleArn")), s.now("CloudWatchRoleArn"))
	s.do("account.save")
}

func certificate(s *page) {
	s.do("certificate.open")
	s.do("certificate.make", locale.A("name", s.step.Thing.Name))
	s.do("certificate.trust")
}

func association(s *page) {
	s.do("rest.open", args(s.path())...)
	acl, _ := part.Known(s.step, "WebACLArn")
	if acl == nil {
		for i := range s.step.Changes {
			s.other(&s.step.Changes[i])
		}
		return
	}
	parts := strings.Split(part.Text(acl), "/")
	name := parts[0]
	if len(parts) > 2 {
		name = parts[2] // arn:…:regional/webacl/NAME/ID
	}
	s.do("rest.webACL", locale.A("name", name), locale.A("will", s.words.Inline(acl)), s.now("WebACLArn"))
}
