package apigateway

import (
	"context"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/room"
	"github.com/kumoban/kumoban/types/apigateway"
)

const stagePath = "/restapis/*/stages/*"

func getRestStage() *awsclient.Call { return gatewayCall("GetStage", "GET", stagePath, "stageName") }

// restStage reads the stage that an ARN names.
func restStage(ctx context.Context, s *drive.Service, thing plan.Thing) (room.Tree, error) {
	id, err := ids(s, thing, "restapis", "stages")
	if err != nil {
		return nil, err
	}
	return s.About(ctx, restAPIs, getRestStage(), room.Tree{"restApiId": id[0], "stageName": id[1]}, "stage")
}

// stageDriver is for stages of REST APIs. Their room says how they are changed, but not
// how runs have always written whole method settings down.
type stageDriver struct{ drive.RoomDriver }

func newStageDriver(s *drive.Service) stageDriver {
	d := stageDriver{s.OfRoom(apigateway.StageType)}
	d.Beside = map[string]drive.Beside{
		`MethodSettings["*"]`: func(_ context.Context, stage room.Tree, name string) (any, bool, error) {
			if whole := methodSetting(stage, room.Steps(name)[0].Key); whole != nil {
				return whole, false, nil
			}
			return nil, false, nil
		},
		"AccessLogSetting.DestinationArn": func(_ context.Context, stage room.Tree, _ string) (any, bool, error) {
			destination := logGroupOf(stage, "accessLogSettings.destinationArn")
			return drive.Filled(&destination), false, nil
		},
	}
	return d
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

// Write tells of method settings as they are after it: an undo takes away those that it
// made.
func (d stageDriver) Write(ctx context.Context, thing plan.Thing, w drive.Writing) (drive.Written, error) {
	stage, done, err := d.Tell(ctx, thing, w)
	if err != nil || stage == nil {
		return done, err
	}
	done.Wholes = map[string]any{}
	for _, name := range done.Sent {
		whole := d.Whole(name)
		if setting := methodSetting(stage, room.Steps(name)[0].Key); whole != "" && setting != nil {
			done.Wholes[whole] = setting
		}
	}
	return done, nil
}
