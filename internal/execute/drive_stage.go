package execute

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	v1 "github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
)

const stagePath = "/restapis/*/stages/*"

func getRestStage() *awsclient.Call { return gatewayCall("GetStage", "GET", stagePath, "stageName") }
func updateRestStage() *awsclient.Call {
	return gatewayCall("UpdateStage", "PATCH", stagePath, "stageName")
}

// stageDriver is for stages of REST APIs.
type stageDriver struct {
	*service
	lasting
}

// restStage reads the stage that an ARN names.
func (s *service) restStage(ctx context.Context, thing plan.Thing) (*v1.GetStageOutput, error) {
	id, err := s.ids(thing, "restapis", "stages")
	if err != nil {
		return nil, err
	}
	stage, err := do(ctx, s, getRestStage(), s.v1().GetStage, &v1.GetStageInput{RestApiId: &id[0], StageName: &id[1]})
	if err == nil && aws.ToString(stage.StageName) != id[1] {
		err = awsclient.NewGarbled(getRestStage(), "the answer is about another stage")
	}
	return stage, err
}

func (d stageDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (State, error) {
	stage, err := d.restStage(ctx, thing)
	if missing(err) {
		return State{}, nil
	}
	if err != nil {
		return State{}, err
	}
	return stateOf(thing, properties, func(name string) (any, bool) {
		if key, property, ok := setting(name); ok {
			m, there := stage.MethodSettings[key]
			value, known := settingValue(&m, property)
			if !there {
				value = nil
			}
			return value, known
		}
		switch name {
		case "TracingEnabled":
			return stage.TracingEnabled, true
		case "DeploymentId":
			return filled(stage.DeploymentId), true
		case "ClientCertificateId":
			return filled(stage.ClientCertificateId), true
		case "AccessLogSetting.DestinationArn", "AccessLogSetting.Format":
			var log string
			if l := stage.AccessLogSettings; l != nil && strings.HasSuffix(name, "Arn") {
				log = strings.TrimSuffix(aws.ToString(l.DestinationArn), ":*")
			} else if l != nil {
				log = aws.ToString(l.Format)
			}
			return filled(&log), true
		}
		return nil, false
	})
}

// setting takes MethodSettings["KEY"].Property apart.
func setting(name string) (key, property string, ok bool) {
	rest, ok := strings.CutPrefix(name, "MethodSettings[")
	i := strings.LastIndex(rest, "].")
	if !ok || i < 0 {
		return "", "", false
	}
	key, err := strconv.Unquote(rest[:i])
	return key, rest[i+2:], err == nil
}

func settingValue(m *types.MethodSetting, property string) (value any, known bool) {
	switch property {
	case "LoggingLevel":
		return cmp.Or(aws.ToString(m.LoggingLevel), "OFF"), true // AWS leaves OFF out
	case "CachingEnabled":
		return m.CachingEnabled, true
	case "CacheDataEncrypted":
		return m.CacheDataEncrypted, true
	case "CacheTtlInSeconds":
		return float64(m.CacheTtlInSeconds), true
	case "DataTraceEnabled":
		return m.DataTraceEnabled, true
	case "MetricsEnabled":
		return m.MetricsEnabled, true
	case "ThrottlingBurstLimit":
		return float64(m.ThrottlingBurstLimit), true
	case "ThrottlingRateLimit":
		return m.ThrottlingRateLimit, true
	}
	return nil, false
}

// settingPath is where a property is patched, and what AWS gives it in a new
// setting. The other properties are read for plans to name, and never written.
func settingPath(property string) (path, initial string) {
	switch property {
	case "LoggingLevel":
		return "/logging/loglevel", "OFF"
	case "CachingEnabled":
		return "/caching/enabled", "false"
	case "CacheDataEncrypted":
		return "/caching/dataEncrypted", "false"
	}
	return "", ""
}

// Write makes one call, which AWS carries out as a whole or not at all. It
// patches single properties, so that what a plan tells of the others of a
// setting is not sent along.
func (d stageDriver) Write(ctx context.Context, thing plan.Thing, values, _ map[string]any) error {
	id, err := d.ids(thing, "restapis", "stages")
	if err != nil {
		return err
	}
	operations, err := d.patch(ctx, thing, values)
	if err != nil || len(operations) == 0 {
		return err
	}
	_, err = do(ctx, d.service, updateRestStage(), d.v1().UpdateStage, &v1.UpdateStageInput{RestApiId: &id[0], StageName: &id[1], PatchOperations: operations})
	return err
}

func (d stageDriver) patch(ctx context.Context, thing plan.Thing, values map[string]any) ([]types.PatchOperation, error) {
	var operations []types.PatchOperation
	emptied, err := d.emptied(ctx, thing, values)
	if err != nil {
		return nil, err
	}
	for _, key := range emptied {
		operations = append(operations, types.PatchOperation{Op: types.OpRemove, Path: aws.String("/" + key)})
	}
	const destination, format = "AccessLogSetting.DestinationArn", "AccessLogSetting.Format"
	_, hasDestination := values[destination]
	logless := hasDestination && values[destination] == nil && values[format] == nil
	if logless {
		operations = append(operations, types.PatchOperation{Op: types.OpRemove, Path: aws.String("/accessLogSettings")})
	}
	for _, name := range names(values) {
		key, property, isSetting := setting(name)
		path, initial := settingPath(property)
		switch {
		case isSetting && gathered(values, key) == nil, logless && (name == destination || name == format):
			continue
		case isSetting && path != "":
			path = "/" + key + path
		case name == "TracingEnabled":
			path, initial = "/tracingEnabled", "false"
		case name == "ClientCertificateId":
			path = "/clientCertificateId"
		case name == destination:
			path = "/accessLogSettings/destinationArn"
		case name == format:
			path = "/accessLogSettings/format"
		default:
			return nil, wrong("an %s has no property %s that kumoban can write", thing.Type, name)
		}
		value, err := patchValue(name, values[name], initial)
		if err != nil {
			return nil, err
		}
		operations = append(operations, types.PatchOperation{Op: types.OpReplace, Path: &path, Value: &value})
	}
	return operations, nil
}

func patchValue(name string, v any, initial string) (string, error) {
	switch v := v.(type) {
	case nil:
		return initial, nil
	case bool:
		return strconv.FormatBool(v), nil
	case string:
		if strings.HasSuffix(name, "DestinationArn") {
			v = strings.TrimSuffix(v, ":*")
		}
		return v, nil
	}
	return "", wrong("%s cannot be %v", name, v)
}

// gathered are the values for one method setting, without those that are
// absent: nil means that the whole setting shall be.
func gathered(values map[string]any, key string) (list []any) {
	for name, v := range values {
		if k, _, ok := setting(name); ok && k == key && v != nil {
			list = append(list, v)
		}
	}
	return list
}

// emptied lists the method settings to remove: those all of whose values are
// absent, if they are there. One to which others have added what was not
// planned is not kumoban's to remove.
func (d stageDriver) emptied(ctx context.Context, thing plan.Thing, values map[string]any) ([]string, error) {
	var keys []string
	for _, name := range names(values) {
		if key, _, ok := setting(name); ok && gathered(values, key) == nil {
			keys = append(keys, key)
		}
	}
	keys = slices.Compact(keys)
	if len(keys) == 0 {
		return nil, nil
	}
	stage, err := d.restStage(ctx, thing)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		if m := stage.MethodSettings[key]; added(&m, key, values) {
			return nil, &awsclient.Fault{Call: getRestStage().Name(), Code: "Changed",
				Message: "the method setting " + key + " has got other values since, and is not removed with them"}
		}
	}
	return slices.DeleteFunc(keys, func(key string) bool { _, there := stage.MethodSettings[key]; return !there }), nil
}

// added tells whether a setting holds more than the named properties and what
// AWS gives to a new one. Throttling is left out: its default is the account's.
func added(m *types.MethodSetting, key string, values map[string]any) bool {
	for _, property := range []string{"LoggingLevel", "CachingEnabled"} {
		_, named := values[remedy.Key(key, property)]
		if v, _ := settingValue(m, property); !named && v != "OFF" && v != false {
			return true
		}
	}
	return m.MetricsEnabled || m.DataTraceEnabled || m.CacheTtlInSeconds != 300 && m.CacheTtlInSeconds != 0
}

// Settled knows the cache cluster: while it is made, removed or flushed, its
// settings are better left alone.
func (d stageDriver) Settled(ctx context.Context, thing plan.Thing, wait remedy.Wait) (bool, error) {
	if wait != remedy.CacheSettled {
		return true, nil
	}
	stage, err := d.restStage(ctx, thing)
	if err != nil {
		return false, err
	}
	switch stage.CacheClusterStatus {
	case types.CacheClusterStatusCreateInProgress, types.CacheClusterStatusDeleteInProgress, types.CacheClusterStatusFlushInProgress:
		return false, nil
	}
	return true, nil
}

// Calls knows that the first tracing of an account has API Gateway make its
// service-linked role, with the caller's permissions.
func (d stageDriver) Calls(step *plan.Step) []*awsclient.Call {
	calls := []*awsclient.Call{getRestStage(), updateRestStage()}
	if slices.ContainsFunc(step.Changes, func(c plan.Change) bool { return c.Property == "TracingEnabled" }) {
		role := d.here("role/aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway")
		create := permission("iam", "CreateServiceLinkedRole", role)
		create.When = map[string]string{"iam:AWSServiceName": "ops.apigateway.amazonaws.com"}
		calls = append(calls, create)
	}
	return calls
}
