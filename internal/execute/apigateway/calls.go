// Package apigateway changes what Amazon API Gateway has and rooms cannot say: stages of
// HTTP and WebSocket APIs, of which it takes objects whole, an account's role, client
// certificates and web ACLs; and it knows what things of rooms do not tell themselves.
package apigateway

import (
	"context"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
	"github.com/kumoban/kumoban/types/apigateway"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

// API Gateway's services, as the wire's table names them.
const (
	restAPIs = "apigateway"
	httpAPIs = "apigatewayv2"
)

// The types of things that no control judges, but that fixes touch.
const (
	typeAccount           resource.Type = "AWS::ApiGateway::Account"
	typeClientCertificate resource.Type = "AWS::ApiGateway::ClientCertificate"
	typeWebACLAssociation resource.Type = "AWS::WAFv2::WebACLAssociation"
)

// Hook is what API Gateway has beside its rooms.
func Hook() drive.Hook {
	return drive.Hook{
		Drivers: func(s *drive.Service) map[resource.Type]drive.Driver {
			return map[resource.Type]drive.Driver{
				apigateway.StageType:         newStageDriver(s),
				apigateway.DomainNameType:    newDomainDriver(s),
				apigatewayv2.StageType:       v2StageDriver{s, drive.Lasting{}},
				apigatewayv2.IntegrationType: newIntegrationDriver(s),
				typeAccount:                  accountDriver{s, drive.Lasting{}},
				typeClientCertificate:        certificateDriver{s, drive.Plain{}},
				typeWebACLAssociation:        webACLDriver{s, drive.Lasting{}},
			}
		},
		Uses: func(ctx context.Context, s *drive.Service, name string) (bool, error) {
			return anyStage(ctx, s, func(u stageUse) bool { return u.logGroup == name })
		},
		UsesCalls: stageUseCalls,
		Narrows:   narrowed,
		Ways:      readWays,
		WaysCalls: waysCalls,
	}
}

// gatewayCall declares a call of API Gateway, whose IAM actions are HTTP verbs
// on paths; * stands for an id.
func gatewayCall(operation, verb, path, expect string) *awsclient.Call {
	return &awsclient.Call{Service: "apigateway", Operation: operation, Action: verb, Resource: "::" + path, Expect: expect, Shared: asker.Shared(catalog.Find(apigateway.StageType))}
}

// gatewayList declares a call of API Gateway whose answer may be empty.
func gatewayList(operation, path, expect string) *awsclient.Call {
	c := gatewayCall(operation, "GET", path, expect)
	c.MayLack = true
	return c
}

// ids takes the identifiers out of an API Gateway ARN: of "restapis" and
// "stages" in …::/restapis/a1b2c3d4e5/stages/prod.
func ids(s *drive.Service, thing plan.Thing, collections ...string) ([]string, error) {
	a, ok := resource.ParseARN(thing.ARN)
	if ok && a.Service == "apigateway" && a.Region == s.Scope.Region {
		parts := strings.Split(strings.TrimPrefix(a.Resource, "/"), "/")
		var ids []string
		for i := 0; i+1 < len(parts) && i/2 < len(collections) && parts[i] == collections[i/2] && parts[i+1] != ""; i += 2 {
			ids = append(ids, parts[i+1])
		}
		if len(ids) == len(collections) && len(parts) == 2*len(ids) {
			return ids, nil
		}
	}
	return nil, drive.Wrong("%q is not the ARN of an %s in %s", thing.ARN, thing.Type, s.Scope.Region)
}

// ofAPI tells a property that a plan carries for those who read it, and that
// stands at the API and not at its part: it is not looked at here.
func ofAPI(name string) bool { return name == "ProtocolType" }

// logGroupOf is the log group that a stage logs to, as plans have it, or "".
func logGroupOf(stage room.Tree, path string) string {
	return strings.TrimSuffix(room.TextOf(stage, path), ":*")
}
