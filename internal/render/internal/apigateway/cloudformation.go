package apigateway

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/cloudformation"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/room"
)

func (t *template) restStage(m *part.Merged) (cloudformation.Mapping, error) {
	p, err := path(m.Thing)
	if err != nil {
		return nil, err
	}
	properties := cloudformation.Mapping{{Name: "RestApiId", Value: p.API}, {Name: "StageName", Value: p.Name}}
	own, err := t.Fill(m, "TracingEnabled", "ClientCertificateId")
	if err != nil {
		return nil, err
	}
	properties = append(properties, own...)
	logs, err := t.nested(m, "AccessLogSetting.")
	if err != nil {
		return nil, err
	}
	if logs != nil {
		properties.Set("AccessLogSetting", logs)
	}
	var settings []any
	taken := map[string]*Setting{} // by label, which tells CloudFormation's entries apart
	comments := []string{t.Words.Say("cloudformation.settings")}
	for _, setting := range Settings(&m.Step) {
		if setting.Gone() {
			continue // the comment says so
		}
		entry, unsaid, err := methodSetting(setting)
		if err != nil {
			return nil, err
		}
		label := t.Words.Spoken.Label(setting.Label(), setting.Key)
		if first := taken[setting.Label()]; first != nil {
			comments = append(comments, t.Words.Say("cloudformation.sameEntry", locale.A("method", label), locale.A("key", setting.Key), locale.A("first", first.Key)))
			continue
		}
		taken[setting.Label()] = setting
		settings = append(settings, entry)
		for _, key := range []string{"unknown", "unlimited"} {
			if names := unsaid[key]; names != nil {
				comments = append(comments, t.Words.Say("cloudformation."+key, locale.A("method", label), locale.A("properties", names)))
			}
		}
	}
	if settings != nil {
		properties = append(properties, cloudformation.Entry{Name: "MethodSettings", Value: settings, Comments: comments})
	}
	return properties, nil
}

// settingProperties are those of a method setting that CloudFormation has.
func settingProperties() []string {
	return slices.DeleteFunc(part.Members(RestStage, "MethodSettings"), func(name string) bool {
		return name == "Key" || !part.Has(RestStage, anySetting+name, room.Template)
	})
}

// methodSetting writes one entry whole, for a stack update gives AWS's defaults
// to what an entry leaves out. unsaid are the properties that it leaves out
// though they have a value: "unknown" to the plan, or "unlimited", which AWS
// tells as -1 and CloudFormation refuses.
func methodSetting(setting *Setting) (properties cloudformation.Mapping, unsaid map[string][]string, err error) {
	properties = cloudformation.Mapping{{Name: "ResourcePath", Value: resourcePath(setting)}, {Name: "HttpMethod", Value: verb(setting)}}
	unsaid = map[string][]string{}
	known := slices.Concat(setting.Changes, setting.With)
	for _, name := range settingProperties() {
		v, ok := part.Find(known, name)
		limit, isNumber := v.(float64)
		switch {
		case isNumber && limit < 0:
			unsaid["unlimited"] = append(unsaid["unlimited"], name)
		case v != nil:
			properties.Set(name, v)
		case !ok && setting.Exists():
			unsaid["unknown"] = append(unsaid["unknown"], name)
		}
	}
	for _, c := range setting.Changes {
		if !slices.Contains(settingProperties(), c.Property) {
			return nil, nil, locale.Errorf("render.error.unknownProperty", locale.A("property", c.Property))
		}
	}
	return properties, unsaid, nil
}

func verb(setting *Setting) string {
	v, _ := setting.Method()
	return v
}

// resourcePath spells a path as CloudFormation wants it: the first slash plain,
// the others as ~1, and the root as a slash alone.
func resourcePath(setting *Setting) string {
	_, path := setting.Method()
	if path == "*" || path == "/" {
		return "/" + strings.TrimPrefix(path, "/")
	}
	return "/" + strings.ReplaceAll(path, "/", "~1")
}

// nested writes what is known under a prefix, if something of it changes and
// does not go.
func (t *template) nested(m *part.Merged, prefix string) (cloudformation.Mapping, error) {
	changes := part.Under(m.Changes, prefix)
	if len(changes) == 0 {
		return nil, nil
	}
	var properties cloudformation.Mapping
	for _, c := range slices.Concat(changes, part.Under(m.With, prefix)) {
		v, err := t.Value(c.Will)
		if err != nil {
			return nil, err
		}
		if v != nil {
			properties.Set(c.Property, v)
		}
	}
	return properties, nil
}

func (t *template) stage(m *part.Merged) (cloudformation.Mapping, error) {
	p, err := path(m.Thing)
	if err != nil {
		return nil, err
	}
	settings, err := t.stageSettings(m)
	return append(cloudformation.Mapping{{Name: "ApiId", Value: p.API}, {Name: "StageName", Value: p.Name}}, settings...), err
}

func (t *template) stageSettings(m *part.Merged) (cloudformation.Mapping, error) {
	var properties cloudformation.Mapping
	for _, name := range []string{"AccessLogSettings", "DefaultRouteSettings"} {
		settings, err := t.nested(m, name+".")
		if err != nil {
			return nil, err
		}
		if settings != nil {
			properties.Set(name, settings)
		}
	}
	return properties, nil
}

func (t *template) route(m *part.Merged) (cloudformation.Mapping, error) {
	return t.partOfAPI(m, "RouteKey", "AuthorizationType", "AuthorizerId")
}

func (t *template) integration(m *part.Merged) (cloudformation.Mapping, error) {
	properties, err := t.partOfAPI(m, "IntegrationType")
	if err != nil {
		return nil, err
	}
	tls, err := t.nested(m, "TlsConfig.")
	if tls != nil {
		properties.Set("TlsConfig", tls)
	}
	return properties, err
}

// partOfAPI writes a route or an integration with the property that
// CloudFormation demands, if the plan knows it.
func (t *template) partOfAPI(m *part.Merged, demanded string, names ...string) (cloudformation.Mapping, error) {
	p, err := path(m.Thing)
	if err != nil {
		return nil, err
	}
	properties := cloudformation.Mapping{{Name: "ApiId", Value: p.API}}
	if v, ok := part.Known(&m.Step, demanded); ok {
		properties.Set(demanded, v)
	} else {
		properties[0].Comments = []string{t.Words.Say("cloudformation.missing", locale.A("property", demanded))}
	}
	changed, err := t.Fill(m, names...)
	return append(properties, changed...), err
}

func (t *template) domainName(m *part.Merged) (cloudformation.Mapping, error) {
	p, err := path(m.Thing)
	if err != nil {
		return nil, err
	}
	properties := cloudformation.Mapping{{Name: "DomainName", Value: p.Name}}
	for _, name := range []string{"SecurityPolicy", "EndpointAccessMode"} {
		if v, ok := part.Known(&m.Step, name); ok && v != nil {
			properties.Set(name, v)
		}
	}
	return properties, nil
}

func (t *template) account(m *part.Merged) (cloudformation.Mapping, error) {
	return t.Fill(m, "CloudWatchRoleArn")
}

func (*template) certificate(m *part.Merged) (cloudformation.Mapping, error) {
	return cloudformation.Mapping{{Name: "Description", Value: m.Thing.Name}}, nil
}

func (t *template) association(m *part.Merged) (cloudformation.Mapping, error) {
	changed, err := t.Fill(m, "WebACLArn")
	return append(cloudformation.Mapping{{Name: "ResourceArn", Value: m.Thing.ARN}}, changed...), err
}

// override writes what quick create made: nobody declares it.
func (t *template) override(m *part.Merged) error {
	p, err := path(m.Thing)
	if err != nil {
		return err
	}
	var name string
	var properties cloudformation.Mapping
	switch m.Thing.Type {
	case Stage:
		name = "Stage"
		properties, err = t.stageSettings(m)
	case Route:
		name = "Route"
		properties, err = t.Fill(m, "AuthorizationType", "AuthorizerId")
	default:
		t.Remark(append(t.Heading(m), t.Words.Say("cloudformation.quickCreateIntegration"))...)
		return nil
	}
	if err != nil {
		return err
	}
	e := t.Shared(p.API, func() cloudformation.Entry {
		inner := &cloudformation.Mapping{}
		inner.Set("ApiId", p.API)
		body := &cloudformation.Mapping{{Name: "Type", Value: "AWS::ApiGatewayV2::ApiGatewayManagedOverrides"}}
		if after := t.After(m); len(after) > 0 {
			body.Set("DependsOn", after)
		}
		body.Set("Properties", inner)
		return cloudformation.Entry{Name: "Overrides" + m.IDs[0], Value: body}
	})
	e.Comments = append(append(e.Comments, t.Heading(m)...), t.Words.Say("cloudformation.quickCreate"))
	if body, ok := e.Value.(*cloudformation.Mapping); ok {
		body.Get("Properties").Set(name, properties)
	}
	return nil
}

// set tells whether something is set already: the account's settings and associations
// are declared by what sets them.
func set(m *part.Merged) bool { return len(m.Changes) > 0 && plan.Normal(m.Changes[0].Was) != nil }
