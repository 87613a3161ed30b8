package accesslogging

import (
	"regexp"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
)

// contextVariable is $context.name or ${context.name}. AWS takes a hyphen for a
// part of the name: it quotes $context.request.header.mcp-method in full.
var contextVariable = regexp.MustCompile(`\$(?:context\.([A-Za-z0-9_.-]+)|\{context\.([^}]*)\})`)

// page is where AWS lists the variables of a protocol's access logs.
func page(protocol string) string {
	const guide = "https://docs.aws.amazon.com/apigateway/latest/developerguide/"
	if protocol == "HTTP" {
		return guide + "http-api-logging-variables.html"
	}
	return guide + "websocket-api-logging.html"
}

// variables lists what API Gateway knows in the access logs of a protocol,
// without $context. It refuses others with BadRequestException, "The following
// context variables are not supported", and that after the log group was made.
//
// HTTP: AWS's page "Customize HTTP API access logs", read in 2026-11, but for
// identity.cognitoIdentityId, which the page lists and API Gateway refuses
// (SST's issue 2587, 2023-03): an HTTP API has no Cognito identity to log.
// WebSocket: AWS's pages "Configure logging for WebSocket APIs" and "WebSocket
// API mapping template reference", read in 2026-11.
func variables(protocol string) []string {
	const both = `apiId domainName error.message error.messageString error.responseType extendedRequestId
		identity.accountId identity.caller identity.cognitoAuthenticationProvider identity.cognitoAuthenticationType
		identity.cognitoIdentityPoolId identity.principalOrgId identity.sourceIp identity.user identity.userAgent identity.userArn
		integration.error integration.integrationStatus integration.latency integration.requestId integration.status
		integrationLatency integrationStatus requestId requestTime requestTimeEpoch routeKey stage status `
	if protocol == "HTTP" {
		return strings.Fields(both + `accountId awsEndpointRequestId awsEndpointRequestId2 customDomain.basePathMatched dataProcessed
			domainPrefix httpMethod identity.clientCert.clientCertPem identity.clientCert.issuerDN identity.clientCert.serialNumber
			identity.clientCert.subjectDN identity.clientCert.validity.notAfter identity.clientCert.validity.notBefore
			integrationErrorMessage path protocol responseLatency responseLength`)
	}
	return strings.Fields(both + `authenticate.error authenticate.latency authenticate.status authorize.error authorize.latency
		authorize.status connectedAt connectionId error.validationErrorString eventType identity.apiKey identity.apiKeyId
		identity.cognitoIdentityId messageId waf.error waf.latency waf.status`)
}

// checkVariables names the variables of a format that an API of this protocol
// does not have. What a Lambda authorizer or a token says has any name.
func checkVariables(protocol, format string) error {
	known := variables(protocol)
	var bad []string
	for _, m := range contextVariable.FindAllStringSubmatch(format, -1) {
		name := strings.TrimRight(m[1]+m[2], ".-") // what ends a sentence is none of the name
		if !slices.Contains(known, name) && !strings.HasPrefix(name, "authorizer.") && !slices.Contains(bad, m[0]) {
			bad = append(bad, m[0])
		}
	}
	if bad == nil {
		return nil
	}
	return locale.Errorf("fix.badVariables", locale.A("protocol", protocolName(protocol)), locale.A("variables", bad), locale.A("page", page(protocol)))
}

func protocolName(protocol string) string {
	if protocol == "WEBSOCKET" {
		return "WebSocket"
	}
	return protocol
}
