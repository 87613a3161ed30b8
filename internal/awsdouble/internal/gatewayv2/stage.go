package gatewayv2

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/gateway"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

func stageOperations() []gateway.Operation {
	const all, one = "/apis/{apiId}/stages", "/apis/{apiId}/stages/{stageName}"
	return []gateway.Operation{
		gateway.Op("GetStages", "GET", all, 200, getStages),
		gateway.Op("GetStage", "GET", one, 200, getStage),
		gateway.Op("CreateStage", "POST", all, 201, createStage),
		gateway.Op("UpdateStage", "PATCH", one, 200, updateStage),
		gateway.Op("DeleteStage", "DELETE", one, 204, deleteStage),
		gateway.Op("DeleteAccessLogSettings", "DELETE", one+"/accesslogsettings", 204, deleteAccessLogSettings),
	}
}

func getStages(r *service.Request) (any, error) {
	a, err := api(r)
	if err != nil {
		return nil, err
	}
	return page(r, a.Stages)
}

func getStage(r *service.Request) (any, error) {
	_, s, err := stage(r)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// stageInput is what CreateStage and UpdateStage take.
type stageInput struct {
	AccessLogSettings    *world.AccessLogSettings        `json:"accessLogSettings"`
	AutoDeploy           *bool                           `json:"autoDeploy"`
	ClientCertificateID  *string                         `json:"clientCertificateId"`
	DefaultRouteSettings *world.RouteSettings            `json:"defaultRouteSettings"`
	DeploymentID         *string                         `json:"deploymentId"`
	Description          *string                         `json:"description"`
	RouteSettings        map[string]*world.RouteSettings `json:"routeSettings"`
	StageName            string                          `json:"stageName"`
	StageVariables       map[string]string               `json:"stageVariables"`
	Tags                 map[string]string               `json:"tags"`
}

func createStage(r *service.Request) (any, error) {
	a, err := api(r)
	if err != nil {
		return nil, err
	}
	var in stageInput
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if in.StageName != "$default" && !regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`).MatchString(in.StageName) ||
		in.StageName == "$default" && a.ProtocolType != http {
		return nil, service.BadRequest("Stage name only allows a-zA-Z0-9-_")
	}
	if slices.ContainsFunc(a.Stages, func(s *world.Stage) bool { return s.StageName == in.StageName }) {
		return nil, service.Conflict("Stage already exists")
	}
	s := &world.Stage{StageName: in.StageName, Tags: in.Tags, CreatedDate: &world.ISO{Time: r.Now}}
	s.Complete(a.ProtocolType)
	if err := in.apply(r, a, s); err != nil {
		return nil, err
	}
	a.Stages = append(a.Stages, s)
	return s, nil
}

func updateStage(r *service.Request) (any, error) {
	a, s, err := stage(r)
	if err != nil {
		return nil, err
	}
	var in stageInput
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if gateway.Value(s.APIGatewayManaged) {
		return nil, service.BadRequest("The stage " + s.StageName + " is managed by API Gateway and can't be updated")
	}
	next, err := gateway.Clone(s)
	if err != nil {
		return nil, err
	}
	if err := in.apply(r, a, next); err != nil {
		return nil, err
	}
	next.LastUpdatedDate = &world.ISO{Time: r.Now}
	*s = *next
	return s, nil
}

// apply sets what the input holds and leaves the rest: settings and variables
// are merged, and an empty accessLogSettings object changes nothing.
func (in *stageInput) apply(r *service.Request, a *world.API, s *world.Stage) error {
	if err := in.applyLogging(r, a, s); err != nil {
		return err
	}
	if in.DeploymentID != nil {
		return service.NotFound("Unable to find Deployment by id " + *in.DeploymentID + ": the double keeps no version 2 deployments")
	}
	if id := gateway.Value(in.ClientCertificateID); id != "" {
		if a.ProtocolType == http {
			return service.BadRequest("Client certificates are not supported on protocolType HTTP")
		}
		if r.Region.ClientCertificate(id) == nil {
			return service.BadRequest("Invalid Client Certificate identifier specified")
		}
	}
	if in.ClientCertificateID != nil {
		s.ClientCertificateID = gateway.OrNil(*in.ClientCertificateID)
	}
	if in.AutoDeploy != nil {
		s.AutoDeploy = in.AutoDeploy
	}
	if gateway.Value(in.Description) != "" {
		s.Description = in.Description
	}
	for name, v := range in.StageVariables {
		if v == "" {
			delete(s.StageVariables, name)
		} else {
			s.StageVariables[name] = v
		}
	}
	return nil
}

func (in *stageInput) applyLogging(r *service.Request, a *world.API, s *world.Stage) error {
	if l := in.AccessLogSettings; l != nil && (l.DestinationArn != nil || l.Format != nil) {
		log := gateway.Value(s.AccessLogSettings)
		if l.DestinationArn != nil {
			log.DestinationArn = world.Ptr(strings.TrimSuffix(*l.DestinationArn, ":*"))
		}
		if l.Format != nil {
			log.Format = l.Format
		}
		if err := gateway.CheckAccessLog(r, a.ProtocolType, &log); err != nil {
			return err
		}
		s.AccessLogSettings = &log
		if group := r.Region.LogGroup(*log.DestinationArn); a.ProtocolType == http && group != nil {
			group.ValidateDelivery(r.Now)
		}
	}
	if in.DefaultRouteSettings != nil {
		if err := mergeSettings(r, a, s.DefaultRouteSettings, in.DefaultRouteSettings); err != nil {
			return err
		}
	}
	for _, key := range slices.Sorted(maps.Keys(in.RouteSettings)) {
		if !slices.ContainsFunc(a.Routes, func(x *world.Route) bool { return x.RouteKey == key }) {
			return service.NotFound("Unable to find Route by key " + key + " within the provided RouteSettings")
		}
		if s.RouteSettings[key] == nil {
			s.RouteSettings[key] = &world.RouteSettings{}
		}
		if err := mergeSettings(r, a, s.RouteSettings[key], in.RouteSettings[key]); err != nil {
			return err
		}
	}
	return nil
}

// mergeSettings refuses execution logging where there is none.
func mergeSettings(r *service.Request, a *world.API, to, in *world.RouteSettings) error {
	if in == nil {
		return nil
	}
	if a.ProtocolType == http && (in.LoggingLevel != nil || gateway.Value(in.DataTraceEnabled)) {
		return service.BadRequest("Execution logs are not supported on protocolType HTTP")
	}
	if level := gateway.Value(in.LoggingLevel); level != "" {
		if !slices.Contains([]string{"OFF", "ERROR", "INFO"}, level) {
			return service.BadRequest("Invalid logging level specified: " + level + ". Must be one of: [OFF, ERROR, INFO]")
		}
		if level != "OFF" {
			if err := gateway.NeedsLogRole(r); err != nil {
				return err
			}
		}
		to.LoggingLevel = in.LoggingLevel
	}
	if in.DataTraceEnabled != nil && a.ProtocolType != http {
		to.DataTraceEnabled = in.DataTraceEnabled
	}
	if in.DetailedMetricsEnabled != nil {
		to.DetailedMetricsEnabled = in.DetailedMetricsEnabled
	}
	if in.ThrottlingBurstLimit != nil {
		to.ThrottlingBurstLimit = in.ThrottlingBurstLimit
	}
	if in.ThrottlingRateLimit != nil {
		to.ThrottlingRateLimit = in.ThrottlingRateLimit
	}
	return nil
}

func deleteStage(r *service.Request) (any, error) {
	a, s, err := stage(r)
	if err != nil {
		return nil, err
	}
	a.Stages = slices.DeleteFunc(a.Stages, func(x *world.Stage) bool { return x == s })
	return nil, nil
}

func deleteAccessLogSettings(r *service.Request) (any, error) {
	_, s, err := stage(r)
	if err != nil {
		return nil, err
	}
	if gateway.Value(s.APIGatewayManaged) {
		return nil, service.BadRequest("The stage " + s.StageName + " is managed by API Gateway and can't be updated")
	}
	s.AccessLogSettings, s.LastUpdatedDate = nil, &world.ISO{Time: r.Now}
	return nil, nil
}
