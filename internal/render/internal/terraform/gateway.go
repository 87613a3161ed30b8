package terraform

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
)

func unknownProperty(name string) error {
	return locale.Errorf("render.error.unknownProperty", locale.A("property", name))
}

func path(m *part.Merged) (part.Path, error) {
	p, ok := part.Parse(m.Thing.ARN)
	if !ok {
		return p, locale.Errorf("render.error.oddARN", locale.A("arn", m.Thing.ARN))
	}
	return p, nil
}

// argument is an argument of a resource for a property.
type argument struct{ property, name string }

// fill writes the changed arguments and returns the optional ones that are not
// written.
func (s *source) fill(b *block, m *part.Merged, arguments []argument, optional []string) ([]string, error) {
	rest := slices.Clone(optional)
	for _, a := range arguments {
		v, ok := part.Find(m.Changes, a.property)
		if !ok {
			continue
		}
		rest = slices.DeleteFunc(rest, func(name string) bool { return name == a.name })
		if v == nil {
			continue // left out, so that Terraform takes it away
		}
		text, err := s.value(v)
		if err != nil {
			return nil, err
		}
		b.set(a.name, text)
	}
	return rest, nil
}

func restStage(s *source, m *part.Merged) error {
	p, err := path(m)
	if err != nil {
		return err
	}
	if len(part.Other(m.Changes)) > 0 {
		if err := s.restStageResource(m, p); err != nil {
			return err
		}
	}
	for i, setting := range part.Settings(&m.Step) {
		if i > 0 || len(part.Other(m.Changes)) > 0 {
			s.text.WriteString("\n")
		}
		if err := s.methodSettings(m, p, setting); err != nil {
			return err
		}
	}
	return nil
}

func (s *source) restStageResource(m *part.Merged, p part.Path) error {
	own := s.owner(m)
	deployment, ok := part.Known(&m.Step, "DeploymentId")
	if !ok && own == "" {
		s.missing("DeploymentId")
		return nil
	}
	b := open(s.address[m])
	b.set("rest_api_id", quoted(p.API))
	b.set("stage_name", quoted(p.Name))
	b.set("deployment_id", literal(deployment))
	rest, err := s.fill(b, m, []argument{{"TracingEnabled", "xray_tracing_enabled"}, {"ClientCertificateId", "client_certificate_id"}}, []string{
		"cache_cluster_enabled", "cache_cluster_size", "canary_settings", "client_certificate_id", "deployment_id", "description",
		"documentation_version", "tags", "tags_all", "variables", "xray_tracing_enabled",
	})
	if err != nil {
		return err
	}
	logs, err := s.accessLog(m, "AccessLogSetting.")
	if err != nil {
		return err
	}
	if logs != nil {
		b.items = append(b.items, logs)
	}
	if own != "" {
		s.inside(m, own, b, gone(m, []argument{{"ClientCertificateId", "client_certificate_id"}, {"AccessLogSetting.DestinationArn", "access_log_settings"}}))
		return nil
	}
	if len(part.Under(m.Changes, "AccessLogSetting.")) == 0 {
		rest = append([]string{"access_log_settings"}, rest...)
	}
	s.close(b, m, s.address[m], p.API+"/"+p.Name, rest...)
	return nil
}

// accessLog makes the block of access log settings; nil where they do not
// change or go.
func (s *source) accessLog(m *part.Merged, prefix string) (*block, error) {
	if len(part.Under(m.Changes, prefix)) == 0 {
		return nil, nil
	}
	b := &block{head: "access_log_settings"}
	for _, a := range []argument{{"DestinationArn", "destination_arn"}, {"Format", "format"}} {
		v, _ := part.Known(&m.Step, prefix+a.property)
		if v == nil {
			return nil, nil
		}
		text, err := s.value(v)
		if err != nil {
			return nil, err
		}
		b.set(a.name, text)
	}
	return b, nil
}

// settingArguments are the arguments of a method setting, in the order in which
// they are written.
func settingArguments() []argument {
	return []argument{
		{"CachingEnabled", "caching_enabled"}, {"CacheDataEncrypted", "cache_data_encrypted"}, {"CacheTtlInSeconds", "cache_ttl_in_seconds"},
		{"RequireAuthorizationForCacheControl", "require_authorization_for_cache_control"},
		{"UnauthorizedCacheControlHeaderStrategy", "unauthorized_cache_control_header_strategy"},
		{"LoggingLevel", "logging_level"}, {"DataTraceEnabled", "data_trace_enabled"}, {"MetricsEnabled", "metrics_enabled"},
		{"ThrottlingBurstLimit", "throttling_burst_limit"}, {"ThrottlingRateLimit", "throttling_rate_limit"},
	}
}

// limits are what AWS gives to a setting that says nothing of throttling, in
// requests and in requests per second.
func limits() map[string]string {
	return map[string]string{"ThrottlingBurstLimit": "5000", "ThrottlingRateLimit": "10000"}
}

// methodSettings writes one setting with all that is known of it. The
// provider's own default for throttling is none at all.
func (s *source) methodSettings(m *part.Merged, p part.Path, setting *part.Setting) error {
	if setting.Gone() {
		s.comment(s.words.Say("terraform.gone"))
		return nil
	}
	own := s.settingOwner(m, setting)
	const kind = "aws_api_gateway_method_settings"
	address := kind + "." + s.label(kind, p.API+" "+p.Name+" "+labelOf(setting))
	b := open(address)
	b.set("rest_api_id", quoted(p.API))
	b.set("stage_name", quoted(p.Name))
	b.set("method_path", quoted(setting.Key))
	settings := &block{head: "settings"}
	var ignore []string
	for _, a := range settingArguments() {
		v, known := part.Find(slices.Concat(setting.Changes, setting.With), a.property)
		if own != "" && !changed(setting, a.property) {
			continue // the resource has it, or leaves it
		}
		limit, throttles := limits()[a.property]
		switch {
		case v != nil && (a.property != "LoggingLevel" || v != "OFF" || changed(setting, a.property)):
			settings.set(a.name, literal(v))
		case throttles && !known && setting.Exists():
			ignore = append(ignore, "settings[0]."+a.name)
		case throttles:
			settings.set(a.name, limit)
		}
	}
	for _, c := range setting.Changes {
		if !slices.ContainsFunc(settingArguments(), func(a argument) bool { return a.property == c.Property }) {
			return unknownProperty(c.Property)
		}
	}
	b.items = append(b.items, settings)
	if own != "" {
		s.inside(m, own, b, nil)
		return nil
	}
	id := ""
	if setting.Exists() {
		id = strings.Join([]string{p.API, p.Name, setting.Key}, "/")
	}
	s.close(b, m, address, id, ignore...)
	return nil
}

func labelOf(setting *part.Setting) string {
	if setting.Default() {
		return "default"
	}
	return setting.Label()
}

func changed(setting *part.Setting, property string) bool {
	_, ok := part.Find(setting.Changes, property)
	return ok
}

func stage(s *source, m *part.Merged) error {
	p, err := path(m)
	if err != nil {
		return err
	}
	if part.Managed(&m.Step) {
		s.comment(s.words.Say("terraform.quickCreate"))
		return nil
	}
	b := open(s.address[m])
	b.set("api_id", quoted(p.API))
	b.set("name", quoted(p.Name))
	ignore := []string{"auto_deploy", "client_certificate_id", "deployment_id", "description", "route_settings", "stage_variables", "tags", "tags_all"}
	logs, err := s.accessLog(m, "AccessLogSettings.")
	if err != nil {
		return err
	}
	if logs != nil {
		b.items = append(b.items, logs)
	}
	if own := s.owner(m); own != "" {
		if len(part.Under(m.Changes, "DefaultRouteSettings.")) > 0 {
			b.items = append(b.items, s.routeSettings(m)) // whole, for the configuration may have no such block
		}
		s.inside(m, own, b, gone(m, []argument{{"AccessLogSettings.DestinationArn", "access_log_settings"}}))
		return nil
	}
	if len(part.Under(m.Changes, "AccessLogSettings.")) == 0 {
		ignore = append([]string{"access_log_settings"}, ignore...)
	}
	if len(part.Under(m.Changes, "DefaultRouteSettings.")) > 0 {
		b.items = append(b.items, s.routeSettings(m))
	} else {
		ignore = append([]string{"default_route_settings"}, ignore...)
	}
	s.close(b, m, s.address[m], p.API+"/"+p.Name, ignore...)
	return nil
}

// routeSettings writes the default route settings whole. For a limit that is
// not written the provider sends 0, which refuses every request.
func (s *source) routeSettings(m *part.Merged) *block {
	const prefix = "DefaultRouteSettings."
	b := &block{head: "default_route_settings"}
	for _, a := range []argument{
		{"LoggingLevel", "logging_level"}, {"DataTraceEnabled", "data_trace_enabled"}, {"DetailedMetricsEnabled", "detailed_metrics_enabled"},
	} {
		if v, _ := part.Known(&m.Step, prefix+a.property); v != nil {
			b.set(a.name, literal(v))
		}
	}
	var unset []argument
	for _, a := range []argument{{"ThrottlingBurstLimit", "throttling_burst_limit"}, {"ThrottlingRateLimit", "throttling_rate_limit"}} {
		if v, _ := part.Known(&m.Step, prefix+a.property); v != nil {
			b.set(a.name, literal(v))
		} else {
			unset = append(unset, a)
		}
	}
	if len(unset) > 0 {
		b.items = append(b.items, comment(s.words.Say("terraform.limits")))
	}
	for _, a := range unset {
		b.set(a.name, limits()[a.property])
	}
	return b
}

func route(s *source, m *part.Merged) error {
	return s.partOfAPI(m, argument{"RouteKey", "route_key"},
		[]argument{{"AuthorizationType", "authorization_type"}, {"AuthorizerId", "authorizer_id"}}, nil, []string{
			"api_key_required", "authorization_scopes", "authorization_type", "authorizer_id", "model_selection_expression", "operation_name",
			"request_models", "request_parameter", "route_response_selection_expression", "target",
		})
}

func integration(s *source, m *part.Merged) error {
	tls := &block{head: "tls_config"}
	if _, err := s.fill(tls, m, []argument{{"TlsConfig.ServerNameToVerify", "server_name_to_verify"}}, nil); err != nil {
		return err
	}
	if len(tls.items) == 0 {
		tls = nil // without the block, the provider takes the settings away
	}
	return s.partOfAPI(m, argument{"IntegrationType", "integration_type"}, nil, tls, []string{
		"connection_id", "connection_type", "content_handling_strategy", "credentials_arn", "description", "integration_method",
		"integration_subtype", "integration_uri", "passthrough_behavior", "payload_format_version", "request_parameters", "request_templates",
		"response_parameters", "template_selection_expression", "timeout_milliseconds",
	})
}

// partOfAPI writes a route or an integration. Terraform demands one argument
// that the ARN does not tell.
func (s *source) partOfAPI(m *part.Merged, demanded argument, arguments []argument, inner *block, optional []string) error {
	p, err := path(m)
	if err != nil {
		return err
	}
	v, ok := part.Known(&m.Step, demanded.property)
	switch {
	case part.Managed(&m.Step):
		s.comment(s.words.Say("terraform.quickCreate"))
		return nil
	case !ok && s.owner(m) == "":
		s.missing(demanded.property)
		return nil
	}
	b := open(s.address[m])
	b.set("api_id", quoted(p.API))
	b.set(demanded.name, literal(v))
	ignore, err := s.fill(b, m, arguments, optional)
	if err != nil {
		return err
	}
	if inner != nil {
		b.items = append(b.items, inner)
	}
	if own := s.owner(m); own != "" {
		s.inside(m, own, b, gone(m, arguments))
		return nil
	}
	s.close(b, m, s.address[m], p.API+"/"+p.Name, ignore...)
	return nil
}

// domainName has no form in this provider.
func domainName(s *source, m *part.Merged) error {
	s.comment(s.words.Say("terraform.newer", locale.A("resource", "aws_api_gateway_domain_name"), locale.A("provider", Provider)))
	return nil
}

func account(s *source, m *part.Merged) error {
	b := open(s.address[m])
	if _, err := s.fill(b, m, []argument{{"CloudWatchRoleArn", "cloudwatch_role_arn"}}, nil); err != nil {
		return err
	}
	id := ""
	if len(m.Changes) > 0 && plan.Normal(m.Changes[0].Was) != nil {
		id = "api-gateway-account"
	}
	s.close(b, m, s.address[m], id)
	return nil
}

func certificate(s *source, m *part.Merged) error {
	b := open(s.address[m])
	b.set("description", quoted(m.Thing.Name))
	s.close(b, m, s.address[m], "")
	return nil
}

func association(s *source, m *part.Merged) error {
	if acl, _ := part.Find(m.Changes, "WebACLArn"); acl == nil {
		s.comment(s.words.Say("terraform.gone"))
		return nil
	}
	b := open(s.address[m])
	b.set("resource_arn", quoted(m.Thing.ARN))
	if _, err := s.fill(b, m, []argument{{"WebACLArn", "web_acl_arn"}}, nil); err != nil {
		return err
	}
	id := ""
	if len(m.Changes) > 0 && part.Text(m.Changes[0].Was) != "" {
		id = part.Text(m.Changes[0].Was) + "," + m.Thing.ARN
	}
	s.close(b, m, s.address[m], id)
	return nil
}
