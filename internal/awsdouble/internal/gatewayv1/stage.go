package gatewayv1

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/gateway"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

func stageOperations() []gateway.Operation {
	const stages, one = "/restapis/{restapi_id}/stages", "/restapis/{restapi_id}/stages/{stage_name}"
	return []gateway.Operation{
		gateway.Op("GetStages", "GET", stages, 200, getStages),
		gateway.Op("GetStage", "GET", one, 200, getStage),
		gateway.Op("CreateStage", "POST", stages, 201, createStage),
		gateway.Op("UpdateStage", "PATCH", one, 200, updateStage),
		gateway.Op("DeleteStage", "DELETE", one, 202, deleteStage),
		gateway.Op("FlushStageCache", "DELETE", one+"/cache/data", 202, flushStageCache),
	}
}

// getStages is not paged: AWS returns every stage whole.
func getStages(r *service.Request) (any, error) {
	a, err := restAPI(r)
	if err != nil {
		return nil, err
	}
	list := []*world.RestStage{}
	for _, s := range a.Stages {
		settleCache(s, r.Now)
		if id := r.Query.Get("deploymentId"); id == "" || id == *s.DeploymentID {
			list = append(list, s)
		}
	}
	return items[*world.RestStage]{Item: list}, nil
}

func getStage(r *service.Request) (any, error) {
	_, s, err := stage(r)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// settleCache ends a change of the cache cluster whose time has come.
func settleCache(s *world.RestStage, now time.Time) {
	if s.CacheReady == nil || now.Before(s.CacheReady.Time) {
		return
	}
	s.CacheReady = nil
	status := "NOT_AVAILABLE"
	if *s.CacheClusterEnabled {
		status = "AVAILABLE"
	}
	s.CacheClusterStatus = &status
}

// cacheChange is how long a cache cluster takes to be made or removed.
const cacheChange = 4 * time.Minute

// moveCache starts what a new setting of the cache cluster entails.
func moveCache(old, s *world.RestStage, now time.Time) {
	was, is := old.CacheClusterEnabled != nil && *old.CacheClusterEnabled, *s.CacheClusterEnabled
	if is && s.CacheClusterSize == nil {
		s.CacheClusterSize = world.Ptr("0.5")
	}
	resized := is && was && gateway.Value(old.CacheClusterSize) != gateway.Value(s.CacheClusterSize)
	switch {
	case is && !was, resized:
		s.CacheClusterStatus = world.Ptr("CREATE_IN_PROGRESS")
	case was && !is:
		s.CacheClusterStatus = world.Ptr("DELETE_IN_PROGRESS")
	default:
		return
	}
	s.CacheReady = &world.Epoch{Time: now.Add(cacheChange)}
}

type createStageInput struct {
	StageName            string                `json:"stageName"`
	DeploymentID         string                `json:"deploymentId"`
	Description          *string               `json:"description"`
	CacheClusterEnabled  bool                  `json:"cacheClusterEnabled"`
	CacheClusterSize     *string               `json:"cacheClusterSize"`
	Variables            map[string]string     `json:"variables"`
	DocumentationVersion *string               `json:"documentationVersion"`
	CanarySettings       *world.CanarySettings `json:"canarySettings"`
	TracingEnabled       bool                  `json:"tracingEnabled"`
	Tags                 map[string]string     `json:"tags"`
}

func createStage(r *service.Request) (any, error) {
	a, err := restAPI(r)
	if err != nil {
		return nil, err
	}
	var in createStageInput
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if in.DeploymentID == "" {
		return nil, service.BadRequest("DeploymentId cannot be empty")
	}
	if !hasDeployment(a, in.DeploymentID) {
		return nil, service.BadRequest("Deployment id does not exist")
	}
	return addStage(r, a, in)
}

// addStage makes a stage; CreateStage and CreateDeployment end here.
func addStage(r *service.Request, a *world.RestAPI, in createStageInput) (*world.RestStage, error) {
	if !regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`).MatchString(in.StageName) {
		return nil, service.BadRequest("Stage name only allows a-zA-Z0-9-_")
	}
	if slices.ContainsFunc(a.Stages, func(s *world.RestStage) bool { return s.StageName == in.StageName }) {
		return nil, service.Conflict("Stage already exists")
	}
	if err := checkVariables(in.Variables); err != nil {
		return nil, err
	}
	if in.CacheClusterSize != nil {
		p := patch{Op: "replace", Path: "/cacheClusterSize", Value: *in.CacheClusterSize}
		if err := patchStageField(r, a, &world.RestStage{}, p); err != nil {
			return nil, err
		}
	}
	if in.DocumentationVersion != nil {
		return nil, service.NotFound("Invalid Documentation version specified")
	}
	s := &world.RestStage{
		StageName: in.StageName, DeploymentID: &in.DeploymentID, Description: in.Description, Variables: in.Variables,
		CanarySettings: in.CanarySettings, TracingEnabled: &in.TracingEnabled, Tags: in.Tags,
		CreatedDate: &world.Epoch{Time: r.Now},
	}
	s.Complete()
	s.CacheClusterEnabled, s.CacheClusterSize = &in.CacheClusterEnabled, in.CacheClusterSize
	moveCache(&world.RestStage{}, s, r.Now)
	a.Stages = append(a.Stages, s)
	return s, nil
}

// updateStage applies all operations or none.
func updateStage(r *service.Request) (any, error) {
	a, s, err := stage(r)
	if err != nil {
		return nil, err
	}
	ops, err := patches(r)
	if err != nil {
		return nil, err
	}
	next, err := gateway.Clone(s)
	if err != nil {
		return nil, err
	}
	next.CacheReady = s.CacheReady
	for _, p := range ops {
		if err := applyStagePatch(r, a, next, p); err != nil {
			return nil, err
		}
	}
	if touches(ops, "/accessLogSettings") {
		if err := gateway.CheckAccessLog(r, "REST", next.AccessLogSettings); err != nil {
			return nil, err
		}
	}
	moveCache(s, next, r.Now)
	next.LastUpdatedDate = &world.Epoch{Time: r.Now}
	*s = *next
	return s, nil
}

func touches(ops []patch, path string) bool {
	return slices.ContainsFunc(ops, func(p patch) bool { return strings.HasPrefix(p.Path, path) })
}

func deleteStage(r *service.Request) (any, error) {
	a, s, err := stage(r)
	if err != nil {
		return nil, err
	}
	a.Stages = slices.DeleteFunc(a.Stages, func(x *world.RestStage) bool { return x == s })
	return nil, nil
}

// flushStageCache empties the cache, which takes a moment.
func flushStageCache(r *service.Request) (any, error) {
	_, s, err := stage(r)
	if err != nil {
		return nil, err
	}
	if !*s.CacheClusterEnabled {
		return nil, service.BadRequest("Stage has no cache cluster")
	}
	if *s.CacheClusterStatus == "AVAILABLE" {
		s.CacheClusterStatus = world.Ptr("FLUSH_IN_PROGRESS")
		s.CacheReady = &world.Epoch{Time: r.Now.Add(time.Minute)}
	}
	return nil, nil
}
