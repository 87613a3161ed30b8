package execute

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	v1 "github.com/aws/aws-sdk-go-v2/service/apigateway"
	v1types "github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	v2 "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	v2types "github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"

	"github.com/kumoban/kumoban/internal/awsclient"
)

// The calls that find out whether a stage uses something.
func getRestAPIs() *awsclient.Call { return gatewayList("GetRestApis", "/restapis", "item") }
func getRestStages() *awsclient.Call {
	return gatewayList("GetStages", "/restapis/*/stages", "item")
}
func getAPIs() *awsclient.Call     { return gatewayList("GetApis", "/apis", "items") }
func getV2Stages() *awsclient.Call { return gatewayList("GetStages", "/apis/*/stages", "items") }

func stageUseCalls() []*awsclient.Call {
	return []*awsclient.Call{getRestAPIs(), getRestStages(), getAPIs(), getV2Stages()}
}

// stageUse is what a stage uses of the things that a fix may make.
type stageUse struct{ certificate, logGroup string }

func useOf(certificate, destination *string) stageUse {
	return stageUse{aws.ToString(certificate), strings.TrimSuffix(aws.ToString(destination), ":*")}
}

// anyStage tells whether any stage of the account and Region uses something. It
// asks every API, which undoing is rare enough for.
func (s *service) anyStage(ctx context.Context, uses func(stageUse) bool) (bool, error) {
	found, err := s.anyRestStage(ctx, uses)
	if found || err != nil {
		return found, err
	}
	return s.anyV2Stage(ctx, uses)
}

func (s *service) anyRestStage(ctx context.Context, uses func(stageUse) bool) (bool, error) {
	for page, err := range list(ctx, s, getRestAPIs(), s.v1().GetRestApis, func(token *string) *v1.GetRestApisInput {
		return &v1.GetRestApisInput{Limit: aws.Int32(500), Position: token}
	}, func(out *v1.GetRestApisOutput) ([]v1types.RestApi, *string) { return out.Items, out.Position }) {
		if err != nil {
			return false, err
		}
		for _, api := range page {
			stages, err := do(ctx, s, getRestStages(), s.v1().GetStages, &v1.GetStagesInput{RestApiId: api.Id})
			if missing(err) {
				continue // deleted meanwhile
			}
			if err != nil {
				return false, err
			}
			for _, stage := range stages.Item {
				use := useOf(stage.ClientCertificateId, nil)
				if l := stage.AccessLogSettings; l != nil {
					use = useOf(stage.ClientCertificateId, l.DestinationArn)
				}
				if uses(use) {
					return true, nil
				}
			}
		}
	}
	return false, nil
}

func (s *service) anyV2Stage(ctx context.Context, uses func(stageUse) bool) (bool, error) {
	for page, err := range list(ctx, s, getAPIs(), s.v2().GetApis, func(token *string) *v2.GetApisInput {
		return &v2.GetApisInput{MaxResults: aws.String("500"), NextToken: token}
	}, func(out *v2.GetApisOutput) ([]v2types.Api, *string) { return out.Items, out.NextToken }) {
		if err != nil {
			return false, err
		}
		for _, api := range page {
			if found, err := s.anyStageOf(ctx, api.ApiId, uses); found || err != nil {
				return found, err
			}
		}
	}
	return false, nil
}

func (s *service) anyStageOf(ctx context.Context, api *string, uses func(stageUse) bool) (bool, error) {
	for page, err := range list(ctx, s, getV2Stages(), s.v2().GetStages, func(token *string) *v2.GetStagesInput {
		return &v2.GetStagesInput{ApiId: api, MaxResults: aws.String("500"), NextToken: token}
	}, func(out *v2.GetStagesOutput) ([]v2types.Stage, *string) { return out.Items, out.NextToken }) {
		if missing(err) {
			return false, nil // deleted meanwhile
		}
		if err != nil {
			return false, err
		}
		for _, stage := range page {
			use := useOf(stage.ClientCertificateId, nil)
			if l := stage.AccessLogSettings; l != nil {
				use = useOf(stage.ClientCertificateId, l.DestinationArn)
			}
			if uses(use) {
				return true, nil
			}
		}
	}
	return false, nil
}
