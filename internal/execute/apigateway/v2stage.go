package apigateway

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/execute/logs"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

const v2StagePath = "/apis/*/stages/*"

func getV2Stage() *awsclient.Call { return gatewayCall("GetStage", "GET", v2StagePath, "StageName") }
func updateV2Stage() *awsclient.Call {
	return gatewayCall("UpdateStage", "PATCH", v2StagePath, "StageName")
}
func deleteAccessLogSettings() *awsclient.Call {
	return gatewayCall("DeleteAccessLogSettings", "DELETE", v2StagePath+"/accesslogsettings", "")
}

// v2StageDriver is for stages of HTTP and WebSocket APIs.
type v2StageDriver struct {
	*drive.Service
	drive.Lasting
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
func (d v2StageDriver) stage(ctx context.Context, thing plan.Thing) (room.Tree, error) {
	id, err := ids(d.Service, thing, "apis", "stages")
	if err != nil {
		return nil, err
	}
	return d.About(ctx, httpAPIs, getV2Stage(), room.Tree{"ApiId": id[0], "StageName": id[1]}, "stage")
}

func (d v2StageDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (drive.State, error) {
	stage, err := d.stage(ctx, thing)
	return d.state(thing, properties, stage, err)
}

// state is what GetStage answered.
func (d v2StageDriver) state(thing plan.Thing, properties []string, stage room.Tree, err error) (drive.State, error) {
	if drive.Missing(err) {
		return drive.State{}, nil
	}
	if err != nil {
		return drive.State{}, err
	}
	return drive.StateOf(d, thing, properties, func(name string) (any, bool) {
		switch {
		case name == managed:
			return stage[managed] == true, true
		case name == logPart+"DestinationArn":
			destination := logGroupOf(stage, name)
			return drive.Filled(&destination), true
		case writable(name), name == routePart+"ThrottlingBurstLimit", name == routePart+"ThrottlingRateLimit":
			return drive.Says(stage, name), true // named as in the model
		}
		return nil, ofAPI(name)
	})
}

// Write sends whole objects, as AWS takes them: those of the stage as it was
// read just before, with the values in place.
func (d v2StageDriver) Write(ctx context.Context, thing plan.Thing, w drive.Writing) (drive.Written, error) {
	id, err := ids(d.Service, thing, "apis", "stages")
	if err != nil {
		return drive.Written{}, err
	}
	var sets, clears []string // a format without a destination logs nothing, and goes with it
	destination, named := w.Want[logPart+"DestinationArn"]
	for _, name := range drive.Names(w.Want) {
		switch {
		case named && destination == nil && strings.HasPrefix(name, logPart):
			clears = append(clears, name)
		case writable(name):
			sets = append(sets, name)
		default:
			return drive.Written{}, drive.Wrong("an %s has no property %s that kumoban can write", thing.Type, name)
		}
	}
	var stage room.Tree
	read := func(ctx context.Context, thing plan.Thing, properties []string) (drive.State, error) {
		stage, err = d.stage(ctx, thing)
		return d.state(thing, properties, stage, err)
	}
	call, group := updateV2Stage(), sets
	if sets == nil {
		call, group = deleteAccessLogSettings(), clears
	}
	_, done, err := drive.WriteWith(ctx, d.Service, call, thing, &w, group, read, func(ctx context.Context, _ drive.State, values map[string]any) (room.Tree, error) {
		in := room.Tree{}
		if sets != nil {
			var err error
			if in, err = edit(stage, values); err != nil {
				return nil, err
			}
		}
		in["ApiId"], in["StageName"] = id[0], id[1]
		return d.Send(ctx, httpAPIs, call, in)
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

// edit are the objects of the stage of which something changes, whole.
func edit(stage room.Tree, values map[string]any) (room.Tree, error) {
	in := room.Tree{}
	for _, part := range []string{logPart, routePart} {
		if object := strings.TrimSuffix(part, "."); touches(values, part) && stage[object] != nil {
			in[object] = stage[object]
		}
	}
	for _, name := range drive.Names(values) {
		on, isBool := values[name].(bool)
		value, err := drive.Text(values, name)
		if err != nil && !isBool {
			return nil, err
		}
		switch name {
		case routePart + "LoggingLevel":
			in = room.Put(in, name, cmp.Or(value, "OFF"))
		case routePart + "DataTraceEnabled", routePart + "DetailedMetricsEnabled":
			in = room.Put(in, name, on)
		default:
			in = room.Put(in, name, value)
		}
	}
	if destination := logPart + "DestinationArn"; room.TextOf(in, destination) != "" {
		in = room.Put(in, destination, logGroupOf(in, destination))
	}
	return in, nil
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
		calls = append(calls, deleteAccessLogSettings(), drive.Permission("logs", "DescribeLogGroups", d.Here("log-group:*")))
		for _, action := range []string{
			"CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery", "ListLogDeliveries",
			"CreateLogGroup", "PutResourcePolicy", "DescribeResourcePolicies",
		} {
			calls = append(calls, drive.Permission("logs", action, "*"))
		}
		break
	}
	return calls
}

// vended is how names of log groups begin for which AWS allows the delivery as a
// whole when the account's policy gets near its limit.
const vended = "/aws/vendedlogs/"

// Foresee warns of a log group for which AWS may have to lengthen the account's
// resource policy, as it does when an HTTP API's access log is set up.
func (d v2StageDriver) Foresee(ctx context.Context, a drive.Ahead) ([]locale.Message, error) {
	_, group, ok := strings.Cut(strings.TrimSuffix(a.Value, ":*"), ":log-group:")
	if a.Change.Property != logPart+"DestinationArn" || !ok || strings.HasPrefix(group, vended) || !isHTTP(a.Step) {
		return nil, nil
	}
	sizes, err := a.Once("policies", func() ([]locale.Message, error) { return logs.PolicySizes(ctx, d.Service) })
	if err != nil {
		return nil, err
	}
	var doubts []locale.Message
	for _, m := range sizes {
		m.Args = append([]locale.Arg{locale.A("group", group)}, m.Args...)
		doubts = append(doubts, m)
	}
	return doubts, nil
}

// isHTTP goes by what a plan tells of the API.
func isHTTP(step *plan.Step) bool {
	for _, c := range step.With {
		if c.Property == "ProtocolType" {
			return c.Will == "HTTP"
		}
	}
	return false
}

// Destination is where the access log goes.
func (v2StageDriver) Destination() string { return logPart + "DestinationArn" }

// Arrived looks for events in the log group of an access log.
func (d v2StageDriver) Arrived(ctx context.Context, destination string, since time.Time) (bool, error) {
	return logs.Delivered(ctx, d.Lane, d.Config, destination, since)
}

// ArrivedCall is nil where the destination is no log group.
func (v2StageDriver) ArrivedCall(destination string) *awsclient.Call {
	if destination == "" {
		return logs.DeliveredCall("*")
	}
	_, group, ok := strings.Cut(strings.TrimSuffix(destination, ":*"), ":log-group:")
	if !ok {
		return nil
	}
	return logs.DeliveredCall(group)
}

// Within is more than the minute or two in which API Gateway delivers access logs.
func (v2StageDriver) Within() time.Duration { return 3 * time.Minute }

// Probe sends a stage one harmless request.
func (v2StageDriver) Probe(ctx context.Context, res resource.Resource) (bool, error) {
	stage, ok := res.(*apigatewayv2.Stage)
	if !ok {
		return false, nil
	}
	url, err := StageURL(stage.Ref, fact.Is(stage.Api.ProtocolType, "WEBSOCKET") == fact.True)
	if err != nil {
		return true, err
	}
	return true, Probe(ctx, http.DefaultClient, url)
}
