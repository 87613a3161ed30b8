package apigateway

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/render/internal/terraform"
)

func (s *source) restStage(m *part.Merged) error {
	p, err := path(m.Thing)
	if err != nil {
		return err
	}
	if len(Other(m.Changes)) > 0 {
		if err := s.restStageResource(m, p); err != nil {
			return err
		}
	}
	for i, setting := range Settings(&m.Step) {
		if i > 0 || len(Other(m.Changes)) > 0 {
			s.Blank()
		}
		if err := s.methodSettings(m, p, setting); err != nil {
			return err
		}
	}
	return nil
}

func (s *source) restStageResource(m *part.Merged, p Path) error {
	own := s.ownerOf(m)
	deployment, ok := part.Known(&m.Step, "DeploymentId")
	if !ok && own == "" {
		s.Missing("DeploymentId")
		return nil
	}
	b := terraform.Open(s.Address[m])
	b.Names("rest_api_id", terraform.Quoted(p.API))
	b.Names("stage_name", terraform.Quoted(p.Name))
	b.Names("deployment_id", terraform.Literal(deployment))
	rest, err := s.Fill(b, m, terraform.Arguments(RestStage, "", "TracingEnabled", "ClientCertificateId"), []string{
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
		b.Items = append(b.Items, logs)
	}
	if own != "" {
		s.Inside(m, own, b, terraform.Gone(m, append(terraform.Arguments(RestStage, "", "ClientCertificateId"), terraform.Argument{Property: "AccessLogSetting.DestinationArn", Name: "access_log_settings"})))
		return nil
	}
	if len(part.Under(m.Changes, "AccessLogSetting.")) == 0 {
		rest = append([]string{"access_log_settings"}, rest...)
	}
	s.Close(b, m, s.Address[m], p.API+"/"+p.Name, rest...)
	return nil
}

// accessLog makes the block of access log settings; nil where they do not
// change or go.
func (s *source) accessLog(m *part.Merged, prefix string) (*terraform.Block, error) {
	if len(part.Under(m.Changes, prefix)) == 0 {
		return nil, nil
	}
	b := &terraform.Block{Head: "access_log_settings"}
	for _, a := range terraform.Arguments(m.Thing.Type, prefix, "DestinationArn", "Format") {
		v, _ := part.Known(&m.Step, prefix+a.Property)
		if v == nil {
			return nil, nil
		}
		text, err := s.Value(v)
		if err != nil {
			return nil, err
		}
		b.Set(a.Name, text)
	}
	return b, nil
}

// anySetting is the way to a property of a method setting.
const anySetting = `MethodSettings["*"].`

// settingArguments are the arguments of a method setting, in the order in which
// they are written.
func settingArguments() []terraform.Argument {
	names := slices.DeleteFunc(part.Members(RestStage, "MethodSettings"), func(name string) bool { return name == "Key" })
	// No control judges by this one, and the room does not name it.
	return append(terraform.Arguments(RestStage, anySetting, names...),
		terraform.Argument{Property: "UnauthorizedCacheControlHeaderStrategy", Name: "unauthorized_cache_control_header_strategy"})
}

// limit is what AWS gives to a setting that says nothing of throttling, in requests
// and in requests per second; "" of anything else.
func limit(property string) string {
	if !strings.HasPrefix(property, "Throttling") {
		return ""
	}
	return terraform.Literal(part.Default(RestStage, anySetting+property))
}

// methodSettings writes one setting with all that is known of it. The
// provider's own default for throttling is none at all.
func (s *source) methodSettings(m *part.Merged, p Path, setting *Setting) error {
	if setting.Gone() {
		s.Comment(s.Words.Say("terraform.gone"))
		return nil
	}
	own := s.settingOwner(m, setting)
	const kind = "aws_api_gateway_method_settings"
	address := kind + "." + s.Label(kind, p.API+" "+p.Name+" "+labelOf(setting))
	b := terraform.Open(address)
	b.Names("rest_api_id", terraform.Quoted(p.API))
	b.Names("stage_name", terraform.Quoted(p.Name))
	b.Names("method_path", terraform.Quoted(setting.Key))
	settings := &terraform.Block{Head: "settings"}
	var ignore []string
	for _, a := range settingArguments() {
		v, known := part.Find(slices.Concat(setting.Changes, setting.With), a.Property)
		if own != "" && !changed(setting, a.Property) {
			continue // the resource has it, or leaves it
		}
		most := limit(a.Property)
		switch {
		case v != nil && (a.Property != "LoggingLevel" || v != "OFF" || changed(setting, a.Property)):
			settings.Set(a.Name, terraform.Literal(v))
		case most != "" && !known && setting.Exists():
			ignore = append(ignore, "settings[0]."+a.Name)
		case most != "":
			settings.Set(a.Name, most)
		}
	}
	for _, c := range setting.Changes {
		if !slices.ContainsFunc(settingArguments(), func(a terraform.Argument) bool { return a.Property == c.Property }) {
			return terraform.UnknownProperty(c.Property)
		}
	}
	b.Items = append(b.Items, settings)
	if own != "" {
		s.Inside(m, own, b, nil)
		return nil
	}
	id := ""
	if setting.Exists() {
		id = strings.Join([]string{p.API, p.Name, setting.Key}, "/")
	}
	s.Close(b, m, address, id, ignore...)
	return nil
}

func labelOf(setting *Setting) string {
	if setting.Default() {
		return "default"
	}
	return setting.Label()
}

func changed(setting *Setting, property string) bool {
	_, ok := part.Find(setting.Changes, property)
	return ok
}

func (s *source) stage(m *part.Merged) error {
	p, err := path(m.Thing)
	if err != nil {
		return err
	}
	if Managed(&m.Step) {
		s.Comment(s.Words.Say("terraform.quickCreate"))
		return nil
	}
	b := terraform.Open(s.Address[m])
	b.Names("api_id", terraform.Quoted(p.API))
	b.Names("name", terraform.Quoted(p.Name))
	ignore := []string{"auto_deploy", "client_certificate_id", "deployment_id", "description", "route_settings", "stage_variables", "tags", "tags_all"}
	logs, err := s.accessLog(m, "AccessLogSettings.")
	if err != nil {
		return err
	}
	if logs != nil {
		b.Items = append(b.Items, logs)
	}
	if own := s.ownerOf(m); own != "" {
		if len(part.Under(m.Changes, "DefaultRouteSettings.")) > 0 {
			b.Items = append(b.Items, s.routeSettings(m)) // whole, for the configuration may have no such block
		}
		s.Inside(m, own, b, terraform.Gone(m, []terraform.Argument{{Property: "AccessLogSettings.DestinationArn", Name: "access_log_settings"}}))
		return nil
	}
	if len(part.Under(m.Changes, "AccessLogSettings.")) == 0 {
		ignore = append([]string{"access_log_settings"}, ignore...)
	}
	if len(part.Under(m.Changes, "DefaultRouteSettings.")) > 0 {
		b.Items = append(b.Items, s.routeSettings(m))
	} else {
		ignore = append([]string{"default_route_settings"}, ignore...)
	}
	s.Close(b, m, s.Address[m], p.API+"/"+p.Name, ignore...)
	return nil
}

// routeSettings writes the default route settings whole. For a limit that is
// not written the provider sends 0, which refuses every request.
func (s *source) routeSettings(m *part.Merged) *terraform.Block {
	const prefix = "DefaultRouteSettings."
	b := &terraform.Block{Head: "default_route_settings"}
	for _, a := range terraform.Arguments(Stage, prefix, "LoggingLevel", "DataTraceEnabled", "DetailedMetricsEnabled") {
		if v, _ := part.Known(&m.Step, prefix+a.Property); v != nil {
			b.Set(a.Name, terraform.Literal(v))
		}
	}
	var unset []terraform.Argument
	for _, a := range terraform.Arguments(Stage, prefix, "ThrottlingBurstLimit", "ThrottlingRateLimit") {
		if v, _ := part.Known(&m.Step, prefix+a.Property); v != nil {
			b.Set(a.Name, terraform.Literal(v))
		} else {
			unset = append(unset, a)
		}
	}
	if len(unset) > 0 {
		b.Items = append(b.Items, terraform.Comment(s.Words.Say("terraform.limits")))
	}
	for _, a := range unset {
		b.Set(a.Name, limit(a.Property))
	}
	return b
}

func (s *source) route(m *part.Merged) error {
	return s.partOfAPI(m, "RouteKey", terraform.Arguments(Route, "", "AuthorizationType", "AuthorizerId"), nil, []string{
		"api_key_required", "authorization_scopes", "authorization_type", "authorizer_id", "model_selection_expression", "operation_name",
		"request_models", "request_parameter", "route_response_selection_expression", "target",
	})
}

func (s *source) integration(m *part.Merged) error {
	tls := &terraform.Block{Head: "tls_config"}
	if _, err := s.Fill(tls, m, terraform.Arguments(Integration, "", "TlsConfig.ServerNameToVerify"), nil); err != nil {
		return err
	}
	if len(tls.Items) == 0 {
		tls = nil // without the block, the provider takes the settings away
	}
	return s.partOfAPI(m, "IntegrationType", nil, tls, []string{
		"connection_id", "connection_type", "content_handling_strategy", "credentials_arn", "description", "integration_method",
		"integration_subtype", "integration_uri", "passthrough_behavior", "payload_format_version", "request_parameters", "request_templates",
		"response_parameters", "template_selection_expression", "timeout_milliseconds",
	})
}

// partOfAPI writes a route or an integration. Terraform demands one argument
// that the ARN does not tell.
func (s *source) partOfAPI(m *part.Merged, demanded string, arguments []terraform.Argument, inner *terraform.Block, optional []string) error {
	p, err := path(m.Thing)
	if err != nil {
		return err
	}
	v, ok := part.Known(&m.Step, demanded)
	switch {
	case Managed(&m.Step):
		s.Comment(s.Words.Say("terraform.quickCreate"))
		return nil
	case !ok && s.ownerOf(m) == "":
		s.Missing(demanded)
		return nil
	}
	b := terraform.Open(s.Address[m])
	b.Names("api_id", terraform.Quoted(p.API))
	b.Names(terraform.Arguments(m.Thing.Type, "", demanded)[0].Name, terraform.Literal(v))
	ignore, err := s.Fill(b, m, arguments, optional)
	if err != nil {
		return err
	}
	if inner != nil {
		b.Items = append(b.Items, inner)
	}
	if own := s.ownerOf(m); own != "" {
		s.Inside(m, own, b, terraform.Gone(m, arguments))
		return nil
	}
	s.Close(b, m, s.Address[m], p.API+"/"+p.Name, ignore...)
	return nil
}

// domainName has no form in this provider.
func (s *source) domainName(m *part.Merged) error {
	s.Comment(s.Words.Say("terraform.newer", locale.A("resource", "aws_api_gateway_domain_name"), locale.A("provider", terraform.Provider)))
	return nil
}

func (s *source) account(m *part.Merged) error {
	b := terraform.Open(s.Address[m])
	if _, err := s.Fill(b, m, []terraform.Argument{{Property: "CloudWatchRoleArn", Name: "cloudwatch_role_arn"}}, nil); err != nil {
		return err
	}
	id := ""
	if len(m.Changes) > 0 && plan.Normal(m.Changes[0].Was) != nil {
		id = "api-gateway-account"
	}
	s.Close(b, m, s.Address[m], id)
	return nil
}

func (s *source) certificate(m *part.Merged) error {
	b := terraform.Open(s.Address[m])
	b.Set("description", terraform.Quoted(m.Thing.Name))
	s.Close(b, m, s.Address[m], "")
	return nil
}

func (s *source) association(m *part.Merged) error {
	if acl, _ := part.Find(m.Changes, "WebACLArn"); acl == nil {
		s.Comment(s.Words.Say("terraform.gone"))
		return nil
	}
	b := terraform.Open(s.Address[m])
	b.Set("resource_arn", terraform.Quoted(m.Thing.ARN))
	if _, err := s.Fill(b, m, []terraform.Argument{{Property: "WebACLArn", Name: "web_acl_arn"}}, nil); err != nil {
		return err
	}
	id := ""
	if len(m.Changes) > 0 && part.Text(m.Changes[0].Was) != "" {
		id = part.Text(m.Changes[0].Was) + "," + m.Thing.ARN
	}
	s.Close(b, m, s.Address[m], id)
	return nil
}

// settingOwner is the address of the resource that has a method setting; "": none.
func (s *source) settingOwner(m *part.Merged, setting *Setting) string {
	for _, c := range setting.Changes {
		if address := s.Setter(m, remedy.Key(setting.Key, c.Property)); address != "" {
			return address
		}
	}
	return ""
}

// ownerOf is the address of the resource that has what changes of a thing, its method
// settings apart.
func (s *source) ownerOf(m *part.Merged) string { return s.Owner(m, Other(m.Changes)) }
