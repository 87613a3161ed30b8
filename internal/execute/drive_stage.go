package execute

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
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
	return stateOf(d, thing, properties, func(name string) (any, bool) {
		if key, property, ok := setting(name); ok {
			m, there := stage.MethodSettings[key]
			value, known := settingValue(&m, property)
			if !there {
				value = nil
			}
			return value, known
		}
		if key, ok := wholeSetting(name); ok {
			if m, there := stage.MethodSettings[key]; there {
				return all(&m), true
			}
			return nil, true
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

// wholeSetting takes MethodSettings["KEY"] apart, which is all of a setting.
func wholeSetting(name string) (key string, ok bool) {
	quoted, has := strings.CutPrefix(name, "MethodSettings[")
	quoted, ends := strings.CutSuffix(quoted, "]")
	if !has || !ends {
		return "", false
	}
	key, err := strconv.Unquote(quoted)
	return key, err == nil
}

// all is a setting with every value that AWS gives it.
func all(m *types.MethodSetting) map[string]any {
	whole := *m
	whole.LoggingLevel = aws.String(cmp.Or(aws.ToString(m.LoggingLevel), "OFF"))
	var values map[string]any
	if text, err := json.Marshal(whole); err != nil || json.Unmarshal(text, &values) != nil {
		return map[string]any{} // like no setting that AWS makes
	}
	return values
}

// Whole is the method setting: patching a property of one that is not there
// makes it.
func (d stageDriver) Whole(property string) string {
	if key, _, ok := setting(property); ok {
		return fmt.Sprintf("MethodSettings[%q]", key)
	}
	return ""
}

// Default is what AWS gives to a property in a new setting, too.
func (d stageDriver) Default(property string) any {
	_, name, isSetting := setting(property)
	switch {
	case isSetting && name == "LoggingLevel":
		return "OFF"
	case isSetting && (name == "CachingEnabled" || name == "CacheDataEncrypted" || name == "DataTraceEnabled" || name == "MetricsEnabled"),
		property == "TracingEnabled":
		return false
	}
	return nil
}

// patchPath is where a property is patched. The others are read for plans to
// name, and never written.
func patchPath(property string) string {
	if key, name, ok := setting(property); ok {
		return map[string]string{
			"LoggingLevel": "/" + key + "/logging/loglevel", "CachingEnabled": "/" + key + "/caching/enabled",
			"CacheDataEncrypted": "/" + key + "/caching/dataEncrypted",
		}[name]
	}
	return map[string]string{
		"TracingEnabled": "/tracingEnabled", "ClientCertificateId": "/clientCertificateId",
		restLog + "DestinationArn": "/accessLogSettings/destinationArn", restLog + "Format": "/accessLogSettings/format",
	}[property]
}

const restLog = "AccessLogSetting."

// Write makes one call, which AWS carries out as a whole or not at all. It
// patches single properties, so that the others of a setting are not sent along.
func (d stageDriver) Write(ctx context.Context, thing plan.Thing, w Writing) (Written, error) {
	id, err := d.ids(thing, "restapis", "stages")
	if err != nil {
		return Written{}, err
	}
	group := names(w.Want)
	for _, name := range group {
		if patchPath(name) == "" {
			return Written{}, wrong("an %s has no property %s that kumoban can write", thing.Type, name)
		}
	}
	out, done, err := writeWith(ctx, d.service, updateRestStage(), thing, &w, group, d.Read, func(ctx context.Context, _ State, values map[string]any) (*v1.UpdateStageOutput, error) {
		operations, err := patches(values)
		if err != nil {
			return nil, err
		}
		return d.v1().UpdateStage(ctx, &v1.UpdateStageInput{RestApiId: &id[0], StageName: &id[1], PatchOperations: operations})
	})
	if err != nil || out == nil {
		return done, err
	}
	done.Wholes = map[string]any{}
	for _, name := range group {
		if key, _, ok := setting(name); ok {
			if m, there := out.MethodSettings[key]; there {
				done.Wholes[d.Whole(name)] = all(&m)
			}
		}
	}
	return done, nil
}

// patches are the operations for values. Those of an access log go as a whole
// with its destination.
func patches(values map[string]any) ([]types.PatchOperation, error) {
	var operations []types.PatchOperation
	remove := func(path string) {
		operations = append(operations, types.PatchOperation{Op: types.OpRemove, Path: &path})
	}
	destination, named := values[restLog+"DestinationArn"]
	logless := named && destination == nil && values[restLog+"Format"] == nil
	if logless {
		remove("/accessLogSettings")
	}
	for _, name := range names(values) {
		if key, ok := wholeSetting(name); ok && values[name] == nil {
			remove("/" + key)
			continue
		}
		if logless && strings.HasPrefix(name, restLog) {
			continue
		}
		value, err := patchValue(name, values[name])
		if err != nil {
			return nil, err
		}
		operations = append(operations, types.PatchOperation{Op: types.OpReplace, Path: aws.String(patchPath(name)), Value: &value})
	}
	return operations, nil
}

func patchValue(name string, v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil // which takes away what is there
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
