package apigateway

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/room"
)

const stagePath = "/restapis/*/stages/*"

func getRestStage() *awsclient.Call { return gatewayCall("GetStage", "GET", stagePath, "stageName") }
func updateRestStage() *awsclient.Call {
	return gatewayCall("UpdateStage", "PATCH", stagePath, "stageName")
}

// stageDriver is for stages of REST APIs.
type stageDriver struct {
	*drive.Service
	drive.Lasting
}

// restStage reads the stage that an ARN names.
func restStage(ctx context.Context, s *drive.Service, thing plan.Thing) (room.Tree, error) {
	id, err := ids(s, thing, "restapis", "stages")
	if err != nil {
		return nil, err
	}
	return s.About(ctx, restAPIs, getRestStage(), room.Tree{"restApiId": id[0], "stageName": id[1]}, "stage")
}

func (d stageDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (drive.State, error) {
	stage, err := restStage(ctx, d.Service, thing)
	if drive.Missing(err) {
		return drive.State{}, nil
	}
	if err != nil {
		return drive.State{}, err
	}
	return drive.StateOf(d, thing, properties, func(name string) (any, bool) {
		if key, property, ok := setting(name); ok {
			whole := methodSetting(stage, key)
			_, known := noSetting()[property]
			return whole[property], known
		}
		if key, ok := wholeSetting(name); ok {
			if whole := methodSetting(stage, key); whole != nil {
				return whole, true
			}
			return nil, true
		}
		switch name {
		case "TracingEnabled":
			return stage["tracingEnabled"] == true, true
		case "DeploymentId", "ClientCertificateId":
			return drive.Says(stage, name), true
		case restLog + "DestinationArn":
			destination := logGroupOf(stage, "accessLogSettings.destinationArn")
			return drive.Filled(&destination), true
		case restLog + "Format":
			return drive.Says(stage, "accessLogSettings.format"), true
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

// noSetting is what AWS means by a method setting that says nothing, by the names
// that plans and journals have had from the start.
func noSetting() map[string]any {
	return map[string]any{
		"CacheDataEncrypted": false, "CacheTtlInSeconds": 0.0, "CachingEnabled": false, "DataTraceEnabled": false,
		"LoggingLevel": "OFF", "MetricsEnabled": false, "RequireAuthorizationForCacheControl": false,
		"ThrottlingBurstLimit": 0.0, "ThrottlingRateLimit": 0.0, "UnauthorizedCacheControlHeaderStrategy": "",
	}
}

// methodSetting is a setting of a stage with every value that AWS gives it; nil:
// there is none.
func methodSetting(stage room.Tree, key string) map[string]any {
	settings, _ := stage["methodSettings"].(room.Tree)
	m, there := settings[key].(room.Tree) // no path: keys have dots
	if !there {
		return nil
	}
	whole := noSetting()
	for name := range whole {
		if v := drive.Says(m, name); v != nil {
			whole[name] = v
		}
	}
	return whole
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
func (d stageDriver) Write(ctx context.Context, thing plan.Thing, w drive.Writing) (drive.Written, error) {
	id, err := ids(d.Service, thing, "restapis", "stages")
	if err != nil {
		return drive.Written{}, err
	}
	group := drive.Names(w.Want)
	for _, name := range group {
		if patchPath(name) == "" {
			return drive.Written{}, drive.Wrong("an %s has no property %s that kumoban can write", thing.Type, name)
		}
	}
	out, done, err := drive.WriteWith(ctx, d.Service, updateRestStage(), thing, &w, group, d.Read, func(ctx context.Context, _ drive.State, values map[string]any) (room.Tree, error) {
		operations, err := patches(values)
		if err != nil {
			return nil, err
		}
		return d.Send(ctx, restAPIs, updateRestStage(), room.Tree{"restApiId": id[0], "stageName": id[1], "patchOperations": operations})
	})
	if err != nil || out == nil {
		return done, err
	}
	done.Wholes = map[string]any{}
	for _, name := range group {
		if key, _, ok := setting(name); ok {
			if whole := methodSetting(out, key); whole != nil {
				done.Wholes[d.Whole(name)] = whole
			}
		}
	}
	return done, nil
}

// patches are the operations for values. Those of an access log go as a whole
// with its destination.
func patches(values map[string]any) ([]any, error) {
	var operations []any
	remove := func(path string) {
		operations = append(operations, room.Tree{"op": "remove", "path": path})
	}
	destination, named := values[restLog+"DestinationArn"]
	logless := named && destination == nil && values[restLog+"Format"] == nil
	if logless {
		remove("/accessLogSettings")
	}
	for _, name := range drive.Names(values) {
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
		operations = append(operations, replace(patchPath(name), value))
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
	return "", drive.Wrong("%s cannot be %v", name, v)
}

// Settled knows the cache cluster: while it is made, removed or flushed, its
// settings are better left alone.
func (d stageDriver) Settled(ctx context.Context, thing plan.Thing, wait remedy.Wait) (bool, error) {
	if wait != remedy.CacheSettled {
		return true, nil
	}
	stage, err := restStage(ctx, d.Service, thing)
	return err == nil && !strings.HasSuffix(room.TextOf(stage, "cacheClusterStatus"), "_IN_PROGRESS"), err
}

// Calls knows that the first tracing of an account has API Gateway make its
// service-linked role, with the caller's permissions.
func (d stageDriver) Calls(step *plan.Step) []*awsclient.Call {
	calls := []*awsclient.Call{getRestStage(), updateRestStage()}
	if slices.ContainsFunc(step.Changes, func(c plan.Change) bool { return c.Property == "TracingEnabled" }) {
		role := d.Here("role/aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway")
		create := drive.Permission("iam", "CreateServiceLinkedRole", role)
		create.When = map[string]string{"iam:AWSServiceName": "ops.apigateway.amazonaws.com"}
		calls = append(calls, create)
	}
	return calls
}
