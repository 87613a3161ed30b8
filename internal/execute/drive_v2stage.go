package execute

import (
	"cmp"
	"context"
	"slices"
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

// Default is what a WebSocket API's stage does where nobody has set it.
func (v2StageDriver) Default(property string) any {
	switch property {
	case routePart + "LoggingLevel":
		return "OFF"
	case routePart + "DataTraceEnabled", routePart + "DetailedMetricsEnabled":
		return false
	}
	return nil
}

// Along is the rest of each object of which something is written: AWS takes
// them whole.
func (v2StageDriver) Along(values map[string]any) []string {
	var along []string
	for prefix, members := range map[string][]string{
		logPart:   {"DestinationArn", "Format"},
		routePart: {"LoggingLevel", "DataTraceEnabled", "DetailedMetricsEnabled", "ThrottlingBurstLimit", "ThrottlingRateLimit"},
	} {
		for _, name := range members {
			if _, named := values[prefix+name]; !named && touches(values, prefix) {
				along = append(along, prefix+name)
			}
		}
	}
	slices.Sort(along)
	return along
}

// stage reads the stage.
func (d v2StageDriver) stage(ctx context.Context, thing plan.Thing) (*v2.GetStageOutput, error) {
	id, err := d.ids(thing, "apis", "stages")
	if err != nil {
		return nil, err
	}
	stage, err := do(ctx, d.service, getV2Stage(), d.v2().GetStage, &v2.GetStageInput{ApiId: &id[0], StageName: &id[1]})
	if err == nil && aws.ToString(stage.StageName) != id[1] {
		err = awsclient.NewGarbled(getV2Stage(), "the answer is about another stage")
	}
	return stage, err
}

func (d v2StageDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (State, error) {
	stage, err := d.stage(ctx, thing)
	return d.state(thing, properties, stage, err)
}

// state is what GetStage answered.
func (d v2StageDriver) state(thing plan.Thing, properties []string, stage *v2.GetStageOutput, err error) (State, error) {
	if missing(err) {
		return State{}, nil
	}
	if err != nil {
		return State{}, err
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
	values := map[string]any{
		logPart + "DestinationArn":           filled(&destination),
		logPart + "Format":                   filled(log.Format),
		routePart + "LoggingLevel":           filled(&route.LoggingLevel),
		routePart + "DataTraceEnabled":       set(route.DataTraceEnabled),
		routePart + "DetailedMetricsEnabled": set(route.DetailedMetricsEnabled),
		routePart + "ThrottlingBurstLimit":   set(route.ThrottlingBurstLimit),
		routePart + "ThrottlingRateLimit":    set(route.ThrottlingRateLimit),
		managed:                              aws.ToBool(stage.ApiGatewayManaged),
	}
	return stateOf(d, thing, properties, func(name string) (any, bool) {
		v, known := values[name]
		return v, known || ofAPI(name)
	})
}

// Write sends whole objects, as AWS takes them: those of the stage as it was
// read just before, with the values in place.
func (d v2StageDriver) Write(ctx context.Context, thing plan.Thing, w Writing) (Written, error) {
	id, err := d.ids(thing, "apis", "stages")
	if err != nil {
		return Written{}, err
	}
	var sets, clears []string // a format without a destination logs nothing, and goes with it
	destination, named := w.Want[logPart+"DestinationArn"]
	for _, name := range names(w.Want) {
		switch {
		case named && destination == nil && strings.HasPrefix(name, logPart):
			clears = append(clears, name)
		case writable(name):
			sets = append(sets, name)
		default:
			return Written{}, wrong("an %s has no property %s that kumoban can write", thing.Type, name)
		}
	}
	var stage *v2.GetStageOutput
	read := func(ctx context.Context, thing plan.Thing, properties []string) (State, error) {
		stage, err = d.stage(ctx, thing)
		return d.state(thing, properties, stage, err)
	}
	if sets == nil {
		_, done, err := writeWith(ctx, d.service, deleteAccessLogSettings(), thing, &w, clears, read, func(ctx context.Context, _ State, _ map[string]any) (*v2.DeleteAccessLogSettingsOutput, error) {
			return d.v2().DeleteAccessLogSettings(ctx, &v2.DeleteAccessLogSettingsInput{ApiId: &id[0], StageName: &id[1]})
		})
		return done, err
	}
	_, done, err := writeWith(ctx, d.service, updateV2Stage(), thing, &w, sets, read, func(ctx context.Context, _ State, values map[string]any) (*v2.UpdateStageOutput, error) {
		in := &v2.UpdateStageInput{ApiId: &id[0], StageName: &id[1]}
		if err := edit(in, stage, values); err != nil {
			return nil, err
		}
		return d.v2().UpdateStage(ctx, in)
	})
	return done, err
}

func writable(name string) bool {
	return slices.Contains([]string{logPart + "DestinationArn", logPart + "Format", routePart + "LoggingLevel", routePart + "DataTraceEnabled", routePart + "DetailedMetricsEnabled"}, name)
}

func touches(values map[string]any, prefix string) bool {
	for name := range values {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// edit fills in the objects of which something changes.
func edit(in *v2.UpdateStageInput, stage *v2.GetStageOutput, values map[string]any) error {
	log, route := types.AccessLogSettings{}, types.RouteSettings{}
	if stage.AccessLogSettings != nil {
		log = *stage.AccessLogSettings
	}
	if stage.DefaultRouteSettings != nil {
		route = *stage.DefaultRouteSettings
	}
	for _, name := range names(values) {
		v, isBool := values[name].(bool)
		value, err := text(values, name)
		if err != nil && !isBool {
			return err
		}
		switch name {
		case logPart + "DestinationArn":
			log.DestinationArn = &value
		case logPart + "Format":
			log.Format = &value
		case routePart + "LoggingLevel":
			route.LoggingLevel = types.LoggingLevel(cmp.Or(value, "OFF"))
		case routePart + "DataTraceEnabled":
			route.DataTraceEnabled = &v
		case routePart + "DetailedMetricsEnabled":
			route.DetailedMetricsEnabled = &v
		}
	}
	if touches(values, logPart) {
		if log.DestinationArn != nil {
			log.DestinationArn = aws.String(strings.TrimSuffix(*log.DestinationArn, ":*"))
		}
		in.AccessLogSettings = &log
	}
	if touches(values, routePart) {
		in.DefaultRouteSettings = &route
	}
	return nil
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
