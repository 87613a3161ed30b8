package execute

import (
	"context"
	"maps"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	v2 "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/plan"
)

const v2StagePath = "/apis/*/stages/*"

func getV2Stage() *awsclient.Call { return gatewayCall("GetStage", "GET", v2StagePath, "stageName") }
func updateV2Stage() *awsclient.Call {
	return gatewayCall("UpdateStage", "PATCH", v2StagePath, "stageName")
}
func deleteAccessLogSettings() *awsclient.Call {
	return gatewayCall("DeleteAccessLogSettings", "DELETE", v2StagePath+"/accesslogsettings", "")
}

// v2StageDriver is for stages of HTTP and WebSocket APIs.
type v2StageDriver struct {
	*service
	lasting
}

const (
	logPart   = "AccessLogSettings."
	routePart = "DefaultRouteSettings."
	managed   = "ApiGatewayManaged" // by quick create; never written
)

// stage reads the stage and what it is set to.
func (d v2StageDriver) stage(ctx context.Context, thing plan.Thing) (id []string, values map[string]any, err error) {
	if id, err = d.ids(thing, "apis", "stages"); err != nil {
		return nil, nil, err
	}
	stage, err := do(ctx, d.service, getV2Stage(), d.v2().GetStage, &v2.GetStageInput{ApiId: &id[0], StageName: &id[1]})
	if err != nil {
		return nil, nil, err
	}
	if aws.ToString(stage.StageName) != id[1] {
		return nil, nil, awsclient.NewGarbled(getV2Stage(), "the answer is about another stage")
	}
	var log types.AccessLogSettings
	if stage.AccessLogSettings != nil {
		log = *stage.AccessLogSettings
	}
	var route types.RouteSettings
	if stage.DefaultRouteSettings != nil {
		route = *stage.DefaultRouteSettings
	}
	destination := strings.TrimSuffix(aws.ToString(log.DestinationArn), ":*")
	return id, map[string]any{
		logPart + "DestinationArn":           filled(&destination),
		logPart + "Format":                   filled(log.Format),
		routePart + "LoggingLevel":           filled(&route.LoggingLevel),
		routePart + "DataTraceEnabled":       set(route.DataTraceEnabled),
		routePart + "DetailedMetricsEnabled": set(route.DetailedMetricsEnabled),
		routePart + "ThrottlingBurstLimit":   set(route.ThrottlingBurstLimit),
		routePart + "ThrottlingRateLimit":    set(route.ThrottlingRateLimit),
		managed:                              aws.ToBool(stage.ApiGatewayManaged),
	}, nil
}

func (d v2StageDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (State, error) {
	_, values, err := d.stage(ctx, thing)
	if missing(err) {
		return State{}, nil
	}
	if err != nil {
		return State{}, err
	}
	return stateOf(thing, properties, func(name string) (any, bool) {
		v, known := values[name]
		return v, known || ofAPI(name)
	})
}

// Write sends whole objects, as AWS takes them: what the change does not name
// is filled in with what is there.
func (d v2StageDriver) Write(ctx context.Context, thing plan.Thing, values, with map[string]any) error {
	id, merged, err := d.stage(ctx, thing)
	if err != nil {
		return err
	}
	for _, name := range names(values) {
		if _, known := merged[name]; !known || name == managed {
			return wrong("an %s has no property %s that kumoban can write", thing.Type, name)
		}
	}
	maps.Copy(merged, with)
	maps.Copy(merged, values)
	in := &v2.UpdateStageInput{ApiId: &id[0], StageName: &id[1]}
	if in.AccessLogSettings, err = accessLog(values, merged); err != nil {
		return err
	}
	if in.DefaultRouteSettings, err = routeSettings(values, merged); err != nil {
		return err
	}
	if in.AccessLogSettings != nil || in.DefaultRouteSettings != nil {
		if _, err := do(ctx, d.service, updateV2Stage(), d.v2().UpdateStage, in); err != nil {
			return err
		}
	}
	if touches(values, logPart) && in.AccessLogSettings == nil {
		_, err = do(ctx, d.service, deleteAccessLogSettings(), d.v2().DeleteAccessLogSettings, &v2.DeleteAccessLogSettingsInput{ApiId: &id[0], StageName: &id[1]})
	}
	return err
}

func touches(values map[string]any, prefix string) bool {
	for name := range values {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// accessLog is nil where nothing of it changes, and where all of it goes: a
// format without a destination logs nothing, and AWS offers no way to take the
// destination alone away.
func accessLog(values, merged map[string]any) (*types.AccessLogSettings, error) {
	if !touches(values, logPart) {
		return nil, nil
	}
	destination, err := text(merged, logPart+"DestinationArn")
	if err != nil {
		return nil, err
	}
	format, err := text(merged, logPart+"Format")
	if err != nil || destination == "" {
		return nil, err
	}
	destination = strings.TrimSuffix(destination, ":*")
	return &types.AccessLogSettings{DestinationArn: &destination, Format: &format}, nil
}

func routeSettings(values, merged map[string]any) (*types.RouteSettings, error) {
	if !touches(values, routePart) {
		return nil, nil
	}
	level, err := text(merged, routePart+"LoggingLevel")
	if err != nil {
		return nil, err
	}
	if _, named := values[routePart+"LoggingLevel"]; named && level == "" {
		level = "OFF"
	}
	out := &types.RouteSettings{LoggingLevel: types.LoggingLevel(level)}
	for name, to := range map[string]**bool{"DataTraceEnabled": &out.DataTraceEnabled, "DetailedMetricsEnabled": &out.DetailedMetricsEnabled} {
		if v, ok := merged[routePart+name].(bool); ok {
			*to = &v
		}
	}
	if v, ok := merged[routePart+"ThrottlingBurstLimit"].(float64); ok {
		out.ThrottlingBurstLimit = aws.Int32(int32(v))
	}
	if v, ok := merged[routePart+"ThrottlingRateLimit"].(float64); ok {
		out.ThrottlingRateLimit = &v
	}
	return out, nil
}

// Calls also lists what an HTTP API's access log needs of the caller, who sets
// up the delivery: AWS's page "Configure logging for HTTP APIs". A step does
// not tell an HTTP API from a WebSocket API.
func (d v2StageDriver) Calls(step *plan.Step) []*awsclient.Call {
	calls := []*awsclient.Call{getV2Stage(), updateV2Stage()}
	for _, c := range step.Changes {
		if !strings.HasPrefix(c.Property, logPart) {
			continue
		}
		calls = append(calls, deleteAccessLogSettings(), permission("logs", "DescribeLogGroups", d.here("log-group:*")))
		for _, action := range []string{
			"CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery", "ListLogDeliveries",
			"CreateLogGroup", "PutResourcePolicy", "DescribeResourcePolicies",
		} {
			calls = append(calls, permission("logs", action, "*"))
		}
		break
	}
	return calls
}
