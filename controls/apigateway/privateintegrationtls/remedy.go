package privateintegrationtls

import (
	"cmp"

	"github.com/kumoban/kumoban/controls/apigateway/internal/ensure"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

func remedies() []remedy.Remedy {
	return []remedy.Remedy{{
		Name: "tls",
		On:   apigatewayv2.IntegrationType,
		Does: []remedy.Effect{remedy.Interrupts},
		Inputs: []remedy.Input{{
			Name: "serverName", Required: true,
			Pattern: `([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?`,
		}},
		Ensure:  ensure.On(encrypt),
		Charges: ensure.Bills(cost.Nothing),
		Touches: []remedy.Touch{{Type: apigatewayv2.IntegrationType, Properties: []string{"TlsConfig.ServerNameToVerify"}}},
	}}
}

// encrypt leaves the integration's URI alone: what it points to must speak TLS
// already.
func encrypt(i *apigatewayv2.Integration, c remedy.Case) ([]remedy.Ensure, error) {
	if err := cmp.Or(
		ensure.Known(i.ConnectionType, "ConnectionType"), ensure.Known(i.Api.ProtocolType, "ProtocolType"), ensure.Known(i.TlsConfig, "TlsConfig"),
	); err != nil {
		return nil, err
	}
	if fact.Is(i.ConnectionType, "VPC_LINK").And(fact.Is(i.Api.ProtocolType, "HTTP")) != fact.True {
		return nil, locale.Errorf("fix.notPrivate", locale.A("resource", i.Name))
	}
	if i.TlsConfig.Present() == fact.True {
		return nil, ensure.Nothing(i)
	}
	name, err := ensure.Given(c, "serverName")
	if err != nil {
		return nil, err
	}
	return []remedy.Ensure{{
		ID: "integration", Thing: ensure.Thing(i), Set: []remedy.Property{{Name: "TlsConfig.ServerNameToVerify", Value: name}},
		Other: append(ensure.Same("IntegrationType", i.IntegrationType), ensure.About(i.Api, i.ApiGatewayManaged)...),
	}}, nil
}
