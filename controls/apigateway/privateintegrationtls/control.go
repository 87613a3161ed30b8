// Package privateintegrationtls is APIGateway.10: private integrations of HTTP
// APIs speak TLS to their back end.
package privateintegrationtls

import (
	"embed"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

//go:embed guide.*.md messages.*.txt snippets
var files embed.FS

// Control returns the control.
func Control() *control.Control {
	return &control.Control{
		ID:       "APIGateway.10",
		Checks:   []control.Check{control.On(check)},
		Remedies: remedies(),
		Questions: []control.Question{
			{Key: "confidential", Kind: control.YesNo},
			{Key: "shared-network", Kind: control.YesNo},
			{Key: "tls-ready", Kind: control.YesNo},
			{Key: "production", Kind: control.YesNo},
		},
		Files: files,
	}
}

// check spares what is no private connection of an HTTP API: TLS settings exist
// for those alone. What the settings say is not judged.
func check(i *apigatewayv2.Integration, _ control.Params) control.Verdict {
	private, http := fact.Is(i.ConnectionType, "VPC_LINK"), fact.Is(i.Api.ProtocolType, "HTTP")
	switch {
	case private == fact.False:
		return control.Exempt("public", locale.A("type", i.ConnectionType.Or("INTERNET")))
	case http == fact.False:
		return control.Exempt("notHTTP")
	case private == fact.Unknown:
		return control.Unread("ConnectionType", i.ConnectionType.Origin())
	case http == fact.Unknown:
		return control.Unread("ProtocolType", i.Api.ProtocolType.Origin())
	}
	link := locale.A("link", i.ConnectionId.Or("?"))
	return control.Decide(i.TlsConfig.Present(), i.TlsConfig, "TlsConfig", control.Pass("tls", link), control.Fail("plain", link))
}
