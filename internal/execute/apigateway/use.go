package apigateway

import (
	"context"
	"slices"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/room"
)

// The calls that find out whether a stage uses something.
func getRestAPIs() *awsclient.Call { return gatewayList("GetRestApis", "/restapis", "items") }
func getRestStages() *awsclient.Call {
	return gatewayList("GetStages", "/restapis/*/stages", "item")
}
func getAPIs() *awsclient.Call     { return gatewayList("GetApis", "/apis", "Items") }
func getV2Stages() *awsclient.Call { return gatewayList("GetStages", "/apis/*/stages", "Items") }

func stageUseCalls() []*awsclient.Call {
	return []*awsclient.Call{getRestAPIs(), getRestStages(), getAPIs(), getV2Stages()}
}

// stageUse is what a stage uses of the things that a fix may make.
type stageUse struct{ certificate, logGroup string }

// anyUse tells whether one of the stages uses something; members go in any case,
// which is what the two versions of the API differ in.
func anyUse(stages []any, uses func(stageUse) bool) bool {
	return slices.ContainsFunc(stages, func(v any) bool {
		stage, _ := v.(room.Tree)
		return uses(stageUse{room.TextOf(stage, certificateID), logGroupOf(stage, "accessLogSettings.destinationArn")})
	})
}

// anyStage tells whether any stage of the account and Region uses something. It
// asks every API, which undoing is rare enough for.
func anyStage(ctx context.Context, s *drive.Service, uses func(stageUse) bool) (bool, error) {
	found, err := anyRestStage(ctx, s, uses)
	if found || err != nil {
		return found, err
	}
	return anyV2Stage(ctx, s, uses)
}

func anyRestStage(ctx context.Context, s *drive.Service, uses func(stageUse) bool) (bool, error) {
	for page, err := range awsclient.List(ctx, s.Lane, getRestAPIs(), s.Wire, restAPIs, room.Tree{"limit": int64(500)}) {
		if err != nil {
			return false, err
		}
		for _, api := range page {
			stages, err := s.Ask(ctx, restAPIs, getRestStages(), room.Tree{"restApiId": room.TextOf(api, "id")})
			if err != nil && !drive.Missing(err) { // it may be deleted meanwhile
				return false, err
			}
			if anyUse(room.Items(stages, "item"), uses) {
				return true, nil
			}
		}
	}
	return false, nil
}

func anyV2Stage(ctx context.Context, s *drive.Service, uses func(stageUse) bool) (bool, error) {
	for page, err := range awsclient.List(ctx, s.Lane, getAPIs(), s.Wire, httpAPIs, room.Tree{"MaxResults": "500"}) {
		if err != nil {
			return false, err
		}
		for _, api := range page {
			if found, err := anyStageOf(ctx, s, room.TextOf(api, "ApiId"), uses); found || err != nil {
				return found, err
			}
		}
	}
	return false, nil
}

func anyStageOf(ctx context.Context, s *drive.Service, api string, uses func(stageUse) bool) (bool, error) {
	for page, err := range awsclient.List(ctx, s.Lane, getV2Stages(), s.Wire, httpAPIs, room.Tree{"ApiId": api, "MaxResults": "500"}) {
		if drive.Missing(err) {
			return false, nil // deleted meanwhile
		}
		if err != nil || anyUse(page, uses) {
			return err == nil, err
		}
	}
	return false, nil
}
