package execute

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	v1 "github.com/aws/aws-sdk-go-v2/service/apigateway"
	v2 "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"

	"github.com/kumoban/kumoban/internal/awsclient"
)

// The calls that find out whether a stage uses something.
func getRestAPIs() *awsclient.Call { return gatewayCall("GetRestApis", "GET", "/restapis", "item") }
func getRestStages() *awsclient.Call {
	return gatewayCall("GetStages", "GET", "/restapis/*/stages", "item")
}
func getAPIs() *awsclient.Call     { return gatewayCall("GetApis", "GET", "/apis", "items") }
func getV2Stages() *awsclient.Call { return gatewayCall("GetStages", "GET", "/apis/*/stages", "items") }

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
	for in := (&v1.GetRestApisInput{Limit: aws.Int32(500)}); ; {
		page, err := do(ctx, s, getRestAPIs(), s.v1().GetRestApis, in)
		if err != nil {
			return false, err
		}
		for _, api := range page.Items {
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
		if in.Position = page.Position; aws.ToString(in.Position) == "" {
			return false, nil
		}
	}
}

func (s *service) anyV2Stage(ctx context.Context, uses func(stageUse) bool) (bool, error) {
	for in := (&v2.GetApisInput{MaxResults: aws.String("500")}); ; {
		page, err := do(ctx, s, getAPIs(), s.v2().GetApis, in)
		if err != nil {
			return false, err
		}
		for _, api := range page.Items {
			if found, err := s.anyStageOf(ctx, api.ApiId, uses); found || err != nil {
				return found, err
			}
		}
		if in.NextToken = page.NextToken; aws.ToString(in.NextToken) == "" {
			return false, nil
		}
	}
}

func (s *service) anyStageOf(ctx context.Context, api *string, uses func(stageUse) bool) (bool, error) {
	for in := (&v2.GetStagesInput{ApiId: api, MaxResults: aws.String("500")}); ; {
		page, err := do(ctx, s, getV2Stages(), s.v2().GetStages, in)
		if missing(err) {
			return false, nil // deleted meanwhile
		}
		if err != nil {
			return false, err
		}
		for _, stage := range page.Items {
			use := useOf(stage.ClientCertificateId, nil)
			if l := stage.AccessLogSettings; l != nil {
				use = useOf(stage.ClientCertificateId, l.DestinationArn)
			}
			if uses(use) {
				return true, nil
			}
		}
		if in.NextToken = page.NextToken; aws.ToString(in.NextToken) == "" {
			return false, nil
		}
	}
}
