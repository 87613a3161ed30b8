package cloudformation

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/render/internal/part"
)

func path(m *part.Merged) (part.Path, error) {
	p, ok := part.Parse(m.Thing.ARN)
	if !ok {
		return p, locale.Errorf("render.error.oddARN", locale.A("arn", m.Thing.ARN))
	}
	return p, nil
}

func restStage(t *template, m *part.Merged) (mapping, error) {
	p, err := path(m)
	if err != nil {
		return nil, err
	}
	properties := mapping{{name: "RestApiId", value: p.API}, {name: "StageName", value: p.Name}}
	own, err := t.fill(m, "TracingEnabled", "ClientCertificateId")
	if err != nil {
		return nil, err
	}
	properties = append(properties, own...)
	logs, err := t.nested(m, "AccessLogSetting.")
	if err != nil {
		return nil, err
	}
	if logs != nil {
		properties.set("AccessLogSetting", logs)
	}
	var settings []any
	taken := map[string]*part.Setting{} // by label, which tells CloudFormation's entries apart
	comments := []string{t.words.Say("cloudformation.settings")}
	for _, setting := range part.Settings(&m.Step) {
		if setting.Gone() {
			continue // the comment says so
		}
		entry, unsaid, err := methodSetting(setting)
		if err != nil {
			return nil, err
		}
		label := t.words.Spoken.Label(setting.Label(), setting.Key)
		if first := taken[setting.Label()]; first != nil {
			comments = append(comments, t.words.Say("cloudformation.sameEntry", locale.A("method", label), locale.A("key", setting.Key), locale.A("first", first.Key)))
			continue
		}
		taken[setting.Label()] = setting
		settings = append(settings, entry)
		for _, key := range []string{"unknown", "unlimited"} {
			if names := unsaid[key]; names != nil {
				comments = append(comments, t.words.Say("cloudformation."+key, locale.A("method", label), locale.A("properties", names)))
			}
		}
	}
	if settings != nil {
		properties = append(properties, entry{"MethodSettings", settings, comments})
	}
	return properties, nil
}

// settingProperties are those that CloudFormation has.
func settingProperties() []string {
	return []string{
		"CachingEnabled", "CacheDataEncrypted", "CacheTtlInSeconds", "LoggingLevel", "DataTraceEnabled", "MetricsEnabled",
		"ThrottlingBurstLimit", "ThrottlingRateLimit",
	}
}

// methodSetting writes one entry whole, for a stack update gives AWS's defaults
// to what an entry leaves out. unsaid are the properties that it leaves out
// though they have a value: "unknown" to the plan, or "unlimited", which AWS
// tells as -1 and CloudFormation refuses.
func methodSetting(setting *part.Setting) (properties mapping, unsaid map[string][]string, err error) {
	properties = mapping{{name: "ResourcePath", value: resourcePath(setting)}, {name: "HttpMethod", value: verb(setting)}}
	unsaid = map[string][]string{}
	known := slices.Concat(setting.Changes, setting.With)
	for _, name := range settingProperties() {
		v, ok := part.Find(known, name)
		limit, isNumber := v.(float64)
		switch {
		case isNumber && limit < 0:
			unsaid["unlimited"] = append(unsaid["unlimited"], name)
		case v != nil:
			properties.set(name, v)
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

func verb(setting *part.Setting) string {
	v, _ := setting.Method()
	return v
}

// resourcePath spells a path as CloudFormation wants it: the first slash plain,
// the others as ~1, and the root as a slash alone.
func resourcePath(setting *part.Setting) string {
	_, path := setting.Method()
	if path == "*" || path == "/" {
		return "/" + strings.TrimPrefix(path, "/")
	}
	return "/" + strings.ReplaceAll(path, "/", "~1")
}

// nested writes what is known under a prefix, if something of it changes and
// does not go.
func (t *template) nested(m *part.Merged, prefix string) (mapping, error) {
	changes := part.Under(m.Changes, prefix)
	if len(changes) == 0 {
		return nil, nil
	}
	var properties mapping
	for _, c := range slices.Concat(changes, part.Under(m.With, prefix)) {
		v, err := t.value(c.Will)
		if err != nil {
			return nil, err
		}
		if v != nil {
			properties.set(c.Property, v)
		}
	}
	return properties, nil
}

func stage(t *template, m *part.Merged) (mapping, error) {
	p, err := path(m)
	if err != nil {
		return nil, err
	}
	settings, err := t.stageSettings(m)
	return append(mapping{{name: "ApiId", value: p.API}, {name: "StageName", value: p.Name}}, settings...), err
}

func (t *template) stageSettings(m *part.Merged) (mapping, error) {
	var properties mapping
	for _, name := range []string{"AccessLogSettings", "DefaultRouteSettings"} {
		settings, err := t.nested(m, name+".")
		if err != nil {
			return nil, err
		}
		if settings != nil {
			properties.set(name, settings)
		}
	}
	return properties, nil
}

func route(t *template, m *part.Merged) (mapping, error) {
	return t.partOfAPI(m, "RouteKey", "AuthorizationType", "AuthorizerId")
}

func integration(t *template, m *part.Merged) (mapping, error) {
	properties, err := t.partOfAPI(m, "IntegrationType")
	if err != nil {
		return nil, err
	}
	tls, err := t.nested(m, "TlsConfig.")
	if tls != nil {
		properties.set("TlsConfig", tls)
	}
	return properties, err
}

// partOfAPI writes a route or an integration with the property that
// CloudFormation demands, if the plan knows it.
func (t *template) partOfAPI(m *part.Merged, demanded string, names ...string) (mapping, error) {
	p, err := path(m)
	if err != nil {
		return nil, err
	}
	properties := mapping{{name: "ApiId", value: p.API}}
	if v, ok := part.Known(&m.Step, demanded); ok {
		properties.set(demanded, v)
	} else {
		properties[0].comments = []string{t.words.Say("cloudformation.missing", locale.A("property", demanded))}
	}
	changed, err := t.fill(m, names...)
	return append(properties, changed...), err
}

func domainName(t *template, m *part.Merged) (mapping, error) {
	p, err := path(m)
	if err != nil {
		return nil, err
	}
	properties := mapping{{name: "DomainName", value: p.Name}}
	for _, name := range []string{"SecurityPolicy", "EndpointAccessMode"} {
		if v, ok := part.Known(&m.Step, name); ok && v != nil {
			properties.set(name, v)
		}
	}
	return properties, nil
}

func account(t *template, m *part.Merged) (mapping, error) { return t.fill(m, "CloudWatchRoleArn") }

func certificate(_ *template, m *part.Merged) (mapping, error) {
	return mapping{{name: "Description", value: m.Thing.Name}}, nil
}

func association(t *template, m *part.Merged) (mapping, error) {
	changed, err := t.fill(m, "WebACLArn")
	return append(mapping{{name: "ResourceArn", value: m.Thing.ARN}}, changed...), err
}

func logGroup(t *template, m *part.Merged) (mapping, error) {
	changed, err := t.fill(m, "RetentionInDays", "KmsKeyId")
	return append(mapping{{name: "LogGroupName", value: m.Thing.Name}}, changed...), err
}

func role(_ *template, m *part.Merged) (mapping, error) {
	properties := mapping{{name: "RoleName", value: m.Thing.Name}}
	for _, name := range []string{"Path", "PermissionsBoundary"} {
		if v, ok := part.Find(m.Changes, name); ok {
			properties.set(name, v)
		}
	}
	if trust, ok := part.Find(m.Changes, "AssumeRolePolicyDocument"); ok {
		properties.set("AssumeRolePolicyDocument", document(part.Text(trust)))
	}
	if policies, ok := part.Find(m.Changes, "ManagedPolicyArns"); ok {
		properties.set("ManagedPolicyArns", policies)
	}
	return properties, nil
}

func key(_ *template, m *part.Merged) (mapping, error) {
	var properties mapping
	if m.Make {
		properties.set("Description", m.Thing.Name)
	}
	if rotate, ok := part.Find(m.Changes, "EnableKeyRotation"); ok {
		properties.set("EnableKeyRotation", rotate)
	}
	if policy, ok := part.Find(m.Changes, "KeyPolicy"); ok {
		properties.set("KeyPolicy", document(part.Text(policy)))
	}
	return properties, nil
}

// document writes JSON as YAML, and as a string where it is no JSON.
func document(text string) any {
	v, err := part.Document(text)
	if err != nil {
		return text
	}
	return v
}
