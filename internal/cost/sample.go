package cost

import (
	"regexp"
	"strings"
)

// EventOverhead is what CloudWatch Logs adds to the bytes of an event (API
// reference of PutLogEvents: "plus 26 bytes for each log event").
const EventOverhead = 26

// variable is $context.name or ${context.name}.
var variable = regexp.MustCompile(`\$(?:context\.([A-Za-z0-9_.-]+)|\{context\.([^}]*)\})`)

// unsampled is the length of a variable without a sample: claims and what an
// authorizer returns have any name and length; this is that of a UUID.
const unsampled = 36

// samples are values as access logs show them for a request that succeeds; a
// variable that has none then is a hyphen. Forms are those of the pages "Variables
// for access logging" and "Customize HTTP API access logs" of API Gateway's
// developer guide; lengths of addresses, agents and paths are middling ones.
func samples() map[string]string {
	const (
		uuid  = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
		agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
		user  = "AROACKCEVSQ6C2EXAMPLE:deployer"
		arn   = "arn:aws:sts::111122223333:assumed-role/Deployer/deployer"
	)
	list := map[string]string{
		"requestId": uuid, "extendedRequestId": "JKJaXmPLvHcESHA=", "integration.requestId": uuid, "awsEndpointRequestId": uuid, "messageId": "JKJaXeS2PHcCFXg=",
		"requestTime": "30/Nov/2026:10:20:30 +0900", "requestTimeEpoch": "1796002830123", "connectedAt": "1796002830123",
		"connectionId": "JKJaXcS2vHcCFXg=", "eventType": "MESSAGE", "messageDirection": "IN",
		"apiId": "a1b2c3d4e5", "accountId": "111122223333", "stage": "prod", "domainName": "a1b2c3d4e5.execute-api.ap-northeast-1.amazonaws.com",
		"domainPrefix": "a1b2c3d4e5", "httpMethod": "POST", "routeKey": "POST /orders/{id}", "path": "/prod/orders/1234567890", "resourcePath": "/orders/{id}",
		"resourceId": "a1b2c3", "protocol": "HTTP/1.1", "status": "200", "integrationStatus": "200", "integration.status": "200",
		"integration.integrationStatus": "200", "authorizer.status": "200", "authorize.status": "200", "authenticate.status": "200", "waf.status": "200",
		"integrationLatency": "123", "integration.latency": "123", "responseLatency": "130", "authorizer.latency": "12", "authorize.latency": "12",
		"authenticate.latency": "12", "waf.latency": "3", "responseLength": "2048", "dataProcessed": "3072",
		"identity.sourceIp": "203.0.113.123", "identity.userAgent": agent, "identity.user": user, "identity.caller": user, "identity.userArn": arn,
		"identity.accountId": "111122223333", "identity.principalOrgId": "o-a1b2c3d4e5",
	}
	for name := range strings.FieldsSeq(`error.message error.messageString error.responseType error.validationErrorString integrationErrorMessage
		integration.error authorizer.error authorize.error authenticate.error waf.error identity.apiKey identity.apiKeyId identity.clientCert.clientCertPem
		identity.clientCert.issuerDN identity.clientCert.serialNumber identity.clientCert.subjectDN identity.clientCert.validity.notAfter
		identity.clientCert.validity.notBefore identity.cognitoAuthenticationProvider identity.cognitoAuthenticationType identity.cognitoIdentityId
		identity.cognitoIdentityPoolId customDomain.basePathMatched awsEndpointRequestId2 wafResponseCode webaclArn`) {
		list[name] = "-"
	}
	return list
}

// Sampled tells whether a variable, without $context, has a sample.
func Sampled(name string) bool { _, ok := samples()[name]; return ok }

// Length is how many bytes a log line of this format has, filled with samples.
func Length(format string) int {
	filled := variable.ReplaceAllStringFunc(format, func(v string) string {
		m := variable.FindStringSubmatch(v)
		whole := m[1] + m[2]
		name := strings.TrimRight(whole, ".-") // what ends a sentence is none of the name
		sample, known := samples()[name]
		if !known {
			sample = strings.Repeat("x", unsampled)
		}
		return sample + whole[len(name):]
	})
	return len(filled)
}
