package gatewayv1

import (
	"regexp"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/gateway"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

// stagePaths is the list that AWS prints when it refuses a path, with its
// missing commas, as recorded in localstack's snapshot
// test_apigateway_common.snapshot.json (TestStages.test_create_update_stages).
const stagePaths = "/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, /accessLogSettings, " +
	"/accessLogSettings/destinationArn, /accessLogSettings/format, /{resourcePath}/{httpMethod}/metrics/enabled, " +
	"/{resourcePath}/{httpMethod}/logging/dataTrace, /{resourcePath}/{httpMethod}/logging/loglevel, " +
	"/{resourcePath}/{httpMethod}/throttling/burstLimit/{resourcePath}/{httpMethod}/throttling/rateLimit" +
	"/{resourcePath}/{httpMethod}/caching/ttlInSeconds, /{resourcePath}/{httpMethod}/caching/enabled, " +
	"/{resourcePath}/{httpMethod}/caching/dataEncrypted, /{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl, " +
	"/{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy, /*/*/metrics/enabled, /*/*/logging/dataTrace, " +
	"/*/*/logging/loglevel, /*/*/throttling/burstLimit /*/*/throttling/rateLimit /*/*/caching/ttlInSeconds, /*/*/caching/enabled, " +
	"/*/*/caching/dataEncrypted, /*/*/caching/requireAuthorizationForCacheControl, " +
	"/*/*/caching/unauthorizedCacheControlHeaderStrategy, /variables/{variable_name}, /tracingEnabled"

// settingPath splits /{resource}/{VERB}/{group}/{setting}. A resource may be
// written with ~1 or with plain slashes; the only wildcard is */*; ANY is not a
// verb here.
var settingPath = regexp.MustCompile(`^/(\*/\*|[^*]+/(?:GET|PUT|POST|DELETE|PATCH|OPTIONS|HEAD))/([a-z]+/[A-Za-z]+)$`)

// applyStagePatch applies one operation to a copy of the stage.
func applyStagePatch(r *service.Request, a *world.RestAPI, s *world.RestStage, p patch) error {
	head, rest, _ := strings.Cut(strings.TrimPrefix(p.Path, "/"), "/")
	switch head {
	case "accessLogSettings":
		return patchAccessLog(s, p, rest)
	case "canarySettings":
		return patchCanary(a, s, p, rest)
	case "variables":
		return patchVariables(s, p, rest)
	}
	if rest == "" {
		return patchStageField(r, a, s, p)
	}
	if p.Op == "remove" {
		return removeSetting(s, strings.TrimPrefix(p.Path, "/"))
	}
	m := settingPath.FindStringSubmatch(p.Path)
	if m == nil {
		return badStagePath(p)
	}
	if err := p.only("replace"); err != nil {
		return err
	}
	setting := s.MethodSettings[m[1]]
	if setting == nil {
		setting = &world.MethodSetting{}
		setting.Complete()
		s.MethodSettings[m[1]] = setting
	}
	return patchSetting(r, setting, p, m[2])
}

func badStagePath(p patch) error {
	return service.BadRequest("Invalid method setting path: " + p.Path + ". Must be one of: [" + stagePaths + "]")
}

// removeSetting removes a whole entry; AWS removes no single field of one.
func removeSetting(s *world.RestStage, key string) error {
	if s.MethodSettings[key] == nil {
		return service.BadRequest("Cannot remove method setting " + key + " because there is no method setting for this method ")
	}
	delete(s.MethodSettings, key)
	return nil
}

// patchSetting sets one field of a method setting.
func patchSetting(r *service.Request, m *world.MethodSetting, p patch, field string) (err error) {
	flag := func(to **bool) error {
		v, err := p.boolean()
		*to = &v
		return err
	}
	switch field {
	case "metrics/enabled":
		return flag(&m.MetricsEnabled)
	case "logging/dataTrace":
		return flag(&m.DataTraceEnabled)
	case "caching/enabled":
		return flag(&m.CachingEnabled)
	case "caching/dataEncrypted":
		return flag(&m.CacheDataEncrypted)
	case "caching/requireAuthorizationForCacheControl":
		return flag(&m.RequireAuthorizationForCacheControl)
	case "caching/ttlInSeconds":
		ttl, err := p.integer(0, 3600)
		m.CacheTTLInSeconds = &ttl
		return err
	case "throttling/burstLimit":
		limit, err := p.integer(-1, 1<<31-1)
		m.ThrottlingBurstLimit = &limit
		return err
	case "throttling/rateLimit":
		limit, err := p.number(-1)
		m.ThrottlingRateLimit = &limit
		return err
	case "logging/loglevel":
		m.LoggingLevel, err = loggingLevel(r, p.Value)
		return err
	case "caching/unauthorizedCacheControlHeaderStrategy":
		strategies := []string{"FAIL_WITH_403", "SUCCEED_WITH_RESPONSE_HEADER", "SUCCEED_WITHOUT_RESPONSE_HEADER"}
		if !slices.Contains(strategies, p.Value) {
			return service.BadRequest("Invalid unauthorizedCacheControlHeaderStrategy specified: " + p.Value)
		}
		m.UnauthorizedCacheControlHeaderStrategy = &p.Value
		return nil
	}
	return badStagePath(p)
}

// loggingLevel is nil for OFF: a stage leaves the key out then.
func loggingLevel(r *service.Request, level string) (*string, error) {
	switch level {
	case "OFF":
		return nil, nil
	case "ERROR", "INFO":
		return &level, gateway.NeedsLogRole(r)
	}
	return nil, service.BadRequest("Invalid logging level specified: " + level + ". Must be one of: [OFF, ERROR, INFO]")
}

// patchStageField sets a field of the stage itself.
func patchStageField(r *service.Request, a *world.RestAPI, s *world.RestStage, p patch) error {
	switch p.Path {
	case "/deploymentId", "/description", "/cacheClusterEnabled", "/cacheClusterSize", "/clientCertificateId", "/tracingEnabled":
	default:
		if p.Op == "remove" {
			return removeSetting(s, strings.TrimPrefix(p.Path, "/"))
		}
		return badStagePath(p)
	}
	if p.Op == "copy" {
		return copyCanary(s, p)
	}
	if err := p.only("replace"); err != nil {
		return err
	}
	switch p.Path {
	case "/deploymentId":
		return setDeployment(a, &s.DeploymentID, p.Value)
	case "/description":
		s.Description = gateway.OrNil(p.Value)
	case "/tracingEnabled":
		v, err := p.boolean()
		s.TracingEnabled = &v
		return err
	case "/cacheClusterEnabled":
		v, err := p.boolean()
		s.CacheClusterEnabled = &v
		return err
	case "/cacheClusterSize":
		if !slices.Contains([]string{"0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"}, p.Value) {
			return service.BadRequest("Invalid cache cluster size specified: " + p.Value)
		}
		s.CacheClusterSize = &p.Value
	case "/clientCertificateId":
		if p.Value != "" && r.Region.ClientCertificate(p.Value) == nil {
			return service.BadRequest("Invalid Client Certificate identifier specified")
		}
		s.ClientCertificateID = gateway.OrNil(p.Value)
	}
	return nil
}

func setDeployment(a *world.RestAPI, to **string, id string) error {
	if !hasDeployment(a, id) {
		return service.BadRequest("Deployment id does not exist")
	}
	*to = &id
	return nil
}

func hasDeployment(a *world.RestAPI, id string) bool {
	return slices.ContainsFunc(a.Deployments, func(d *world.RestDeployment) bool { return d.ID == id })
}

func patchAccessLog(s *world.RestStage, p patch, field string) error {
	if field == "" {
		if err := p.only("remove"); err != nil {
			return err
		}
		s.AccessLogSettings = nil
		return nil
	}
	if field != "destinationArn" && field != "format" {
		return badStagePath(p)
	}
	if err := p.only("add", "replace"); err != nil {
		return err
	}
	if s.AccessLogSettings == nil {
		s.AccessLogSettings = &world.AccessLogSettings{}
	}
	if field == "format" {
		s.AccessLogSettings.Format = gateway.OrNil(p.Value)
	} else {
		s.AccessLogSettings.DestinationArn = gateway.OrNil(strings.TrimSuffix(p.Value, ":*"))
	}
	return nil
}

func patchVariables(s *world.RestStage, p patch, name string) error {
	if p.Op == "copy" {
		return copyCanary(s, p)
	}
	if name == "" {
		return badStagePath(p)
	}
	if p.Op == "remove" {
		delete(s.Variables, name)
		return nil
	}
	if err := checkVariables(map[string]string{name: p.Value}); err != nil {
		return err
	}
	if s.Variables == nil {
		s.Variables = map[string]string{}
	}
	s.Variables[name] = p.Value
	return nil
}

func checkVariables(variables map[string]string) error {
	for name, value := range variables {
		if !regexp.MustCompile(`^\w+$`).MatchString(name) || !regexp.MustCompile(`^[A-Za-z0-9\-._~:/?#&=,]+$`).MatchString(value) {
			return service.BadRequest("Invalid stage variable: names may hold letters, digits and _, values [A-Za-z0-9-._~:/?#&=,]+")
		}
	}
	return nil
}

// patchCanary sets canary settings; the first makes them, with defaults.
func patchCanary(a *world.RestAPI, s *world.RestStage, p patch, field string) error {
	name, override := strings.CutPrefix(field, "stageVariableOverrides/")
	known := override && name != "" || slices.Contains([]string{"percentTraffic", "deploymentId", "useStageCache"}, field)
	switch {
	case field == "" && p.Op == "remove":
		s.CanarySettings = nil
		return nil
	case p.Op != "replace" && known:
		return p.only("replace")
	case p.Op != "replace":
		return removeSetting(s, strings.TrimPrefix(p.Path, "/"))
	case !known:
		return badStagePath(p)
	}
	c := s.CanarySettings
	if c == nil {
		c = &world.CanarySettings{PercentTraffic: world.Ptr(0.0), DeploymentID: s.DeploymentID, UseStageCache: world.Ptr(false)}
		s.CanarySettings = c
	}
	switch field {
	case "percentTraffic":
		v, err := p.number(0)
		c.PercentTraffic = &v
		return err
	case "useStageCache":
		v, err := p.boolean()
		c.UseStageCache = &v
		return err
	case "deploymentId":
		return setDeployment(a, &c.DeploymentID, p.Value)
	}
	if c.StageVariableOverrides == nil {
		c.StageVariableOverrides = map[string]string{}
	}
	c.StageVariableOverrides[name] = p.Value
	return nil
}

// copyCanary promotes a canary's deployment or variables.
func copyCanary(s *world.RestStage, p patch) error {
	if s.CanarySettings == nil {
		return service.BadRequest("Promotion not available. Canary does not exist.")
	}
	switch p.From + " " + p.Path {
	case "/canarySettings/deploymentId /deploymentId":
		s.DeploymentID = s.CanarySettings.DeploymentID
	case "/canarySettings/stageVariableOverrides /variables":
		if s.Variables == nil {
			s.Variables = map[string]string{}
		}
		for k, v := range s.CanarySettings.StageVariableOverrides {
			s.Variables[k] = v
		}
	default:
		return service.BadRequest("Invalid copy operation with path: " + p.Path + " and from " + p.From +
			". Valid copy:path are [/deploymentId, /variables] and valid copy:from are [/canarySettings/deploymentId, /canarySettings/stageVariableOverrides]")
	}
	return nil
}
