package gatewayv1

import (
	"slices"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/gateway"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

func deploymentOperations() []gateway.Operation {
	const all = "/restapis/{restapi_id}/deployments"
	return []gateway.Operation{
		gateway.Op("GetDeployments", "GET", all, 200, getDeployments),
		gateway.Op("CreateDeployment", "POST", all, 201, createDeployment),
	}
}

func getDeployments(r *service.Request) (any, error) {
	a, err := restAPI(r)
	if err != nil {
		return nil, err
	}
	return page(r, a.Deployments)
}

// createDeployment needs methods with integrations. With a stageName it also
// makes that stage, or moves it to the new deployment.
func createDeployment(r *service.Request) (any, error) {
	a, err := restAPI(r)
	if err != nil {
		return nil, err
	}
	var in struct {
		StageName           string            `json:"stageName"`
		StageDescription    *string           `json:"stageDescription"`
		Description         *string           `json:"description"`
		CacheClusterEnabled bool              `json:"cacheClusterEnabled"`
		CacheClusterSize    *string           `json:"cacheClusterSize"`
		Variables           map[string]string `json:"variables"`
		TracingEnabled      bool              `json:"tracingEnabled"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if err := deployable(a); err != nil {
		return nil, err
	}
	d := &world.RestDeployment{ID: r.World.NewID(6), Description: in.Description, CreatedDate: &world.Epoch{Time: r.Now}}
	if in.StageName != "" {
		i := slices.IndexFunc(a.Stages, func(s *world.RestStage) bool { return s.StageName == in.StageName })
		if i >= 0 {
			a.Stages[i].DeploymentID, a.Stages[i].LastUpdatedDate = &d.ID, &world.Epoch{Time: r.Now}
		} else if _, err := addStage(r, a, createStageInput{
			StageName: in.StageName, DeploymentID: d.ID, Description: in.StageDescription, Variables: in.Variables,
			CacheClusterEnabled: in.CacheClusterEnabled, CacheClusterSize: in.CacheClusterSize, TracingEnabled: in.TracingEnabled,
		}); err != nil {
			return nil, err
		}
	}
	a.Deployments = append(a.Deployments, d)
	return d, nil
}

func deployable(a *world.RestAPI) error {
	methods := 0
	for _, x := range a.Resources {
		for _, m := range x.ResourceMethods {
			methods++
			if m.MethodIntegration == nil {
				return service.BadRequest("No integration defined for method")
			}
		}
	}
	if methods == 0 {
		return service.BadRequest("The REST API doesn't contain any methods")
	}
	return nil
}
