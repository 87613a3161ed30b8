package apigateway

import (
	"context"

	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/room"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

// newIntegrationDriver is for integrations of HTTP APIs. TLS without a name to verify
// is not absent, which their room cannot say.
func newIntegrationDriver(s *drive.Service) drive.Driver {
	d := s.OfRoom(apigatewayv2.IntegrationType)
	d.Beside = map[string]drive.Beside{"TlsConfig.ServerNameToVerify": func(_ context.Context, integration room.Tree, name string) (any, bool, error) {
		if integration["TlsConfig"] == nil {
			return nil, false, nil
		}
		return room.TextOf(integration, name), false, nil
	}}
	return d
}
