package gateway

import (
	"regexp"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
	"github.com/kumoban/kumoban/internal/resource"
)

// requestID is one of the two variables that every access log must hold.
var requestID = regexp.MustCompile(`\$\{?context\.(requestId|extendedRequestId)([^A-Za-z0-9_.]|$)`)

// CheckAccessLog refuses access log settings that AWS refuses for an API of
// this protocol ("REST", "HTTP", "WEBSOCKET").
func CheckAccessLog(r *service.Request, protocol string, s *world.AccessLogSettings) error {
	if s == nil {
		return nil
	}
	if s.DestinationArn == nil || s.Format == nil {
		return service.BadRequest("Access Log value missing. Expected destinationArn and format.")
	}
	if protocol != "HTTP" {
		if err := NeedsLogRole(r); err != nil {
			return err
		}
	}
	if err := checkDestination(r, protocol, *s.DestinationArn); err != nil {
		return err
	}
	format := strings.TrimSuffix(*s.Format, "\n")
	if strings.ContainsAny(format, "\r\n") {
		return service.BadRequest("Access Log format must be single line, new line character is allowed only at end of the format: '" + *s.Format + "'")
	}
	if bad := unsupported(protocol, format); len(bad) > 0 {
		return service.BadRequest("The following context variables are not supported: [" + strings.Join(bad, ", ") + "]")
	}
	if !requestID.MatchString(format) {
		return service.BadRequest("Access Log format must include either $context.requestId or $context.extendedRequestId : '" + *s.Format + "'")
	}
	if protocol == "HTTP" {
		return checkDelivery(r, *s.DestinationArn)
	}
	return nil
}

// deliveryPolicy is the resource policy by which AWS lets the delivery of
// service logs write.
const deliveryPolicy = "AWSLogDeliveryWrite20150319"

// checkDelivery refuses an HTTP API's log where its log group no longer fits
// into the account's resource policy. AWS allows /aws/vendedlogs/* as a whole
// there. The double judges, but does not write the policy.
func checkDelivery(r *service.Request, destination string) error {
	_, group, _ := strings.Cut(strings.TrimSuffix(destination, ":*"), ":log-group:")
	if strings.HasPrefix(group, "/aws/vendedlogs/") {
		return nil
	}
	resource := strings.TrimSuffix(destination, ":*") + ":log-stream:*"
	for _, p := range r.Region.ResourcePolicies {
		if p.PolicyName == deliveryPolicy && !strings.Contains(p.PolicyDocument, resource) && len(p.PolicyDocument)+len(`,""`)+len(resource) > 5120 {
			return service.BadRequest("Cannot enable logging. Policy document length breaking Cloudwatch Logs Constraints, either < 1 or > 5120")
		}
	}
	return nil
}

// contextVariable is $context.name or ${context.name}.
var contextVariable = regexp.MustCompile(`\$(?:context\.([A-Za-z0-9_.-]+)|\{context\.([^}]*)\})`)

// unsupported lists the variables of a format that an HTTP or WebSocket API
// refuses: it knows those of AWS's pages and no others, and an HTTP API not even
// identity.cognitoIdentityId, which its page lists. REST APIs take any.
func unsupported(protocol, format string) (bad []string) {
	var known []string
	switch protocol {
	case "HTTP":
		known = httpVariables()
	case "WEBSOCKET":
		known = webSocketVariables()
	default:
		return nil
	}
	for _, m := range contextVariable.FindAllStringSubmatch(format, -1) {
		name := strings.TrimRight(m[1]+m[2], ".-")
		if !slices.Contains(known, name) && !strings.HasPrefix(name, "authorizer.") {
			bad = append(bad, m[0])
		}
	}
	return bad
}

// httpVariables are those of "Customize HTTP API access logs".
func httpVariables() []string {
	return strings.Fields(`accountId apiId awsEndpointRequestId awsEndpointRequestId2 customDomain.basePathMatched dataProcessed domainName
		domainPrefix error.message error.messageString error.responseType extendedRequestId httpMethod identity.accountId identity.caller
		identity.cognitoAuthenticationProvider identity.cognitoAuthenticationType identity.cognitoIdentityPoolId
		identity.principalOrgId identity.clientCert.clientCertPem identity.clientCert.subjectDN identity.clientCert.issuerDN
		identity.clientCert.serialNumber identity.clientCert.validity.notBefore identity.clientCert.validity.notAfter identity.sourceIp
		identity.user identity.userAgent identity.userArn integration.error integration.integrationStatus integration.latency
		integration.requestId integration.status integrationErrorMessage integrationLatency integrationStatus path protocol requestId
		requestTime requestTimeEpoch responseLatency responseLength routeKey stage status`)
}

// webSocketVariables are those of "Configure logging for WebSocket APIs".
func webSocketVariables() []string {
	return strings.Fields(`apiId authorize.error authorize.latency authorize.status authenticate.error authenticate.latency
		authenticate.status connectedAt connectionId domainName error.message error.messageString error.responseType
		error.validationErrorString eventType extendedRequestId identity.accountId identity.apiKey identity.apiKeyId identity.caller
		identity.cognitoAuthenticationProvider identity.cognitoAuthenticationType identity.cognitoIdentityId
		identity.cognitoIdentityPoolId identity.principalOrgId identity.sourceIp identity.user identity.userAgent identity.userArn
		integration.error integration.integrationStatus integration.latency integration.requestId integration.status integrationStatus
		integrationLatency messageId requestId requestTime requestTimeEpoch routeKey stage status waf.error waf.latency waf.status`)
}

// checkDestination: a log group of this account and Region that exists; for
// REST APIs also a Firehose stream with the prefix that API Gateway's
// service-linked role may write to.
func checkDestination(r *service.Request, protocol, arn string) error {
	named, ok := resource.ParseARN(arn)
	if !ok {
		return service.BadRequest("Invalid ARN specified in the request: " + arn)
	}
	home := named.Region == r.Region.Name && named.Account == r.Account.ID
	switch {
	case named.Service == "logs" && strings.HasPrefix(named.Resource, "log-group:"):
		if home && r.Region.LogGroup(arn) != nil {
			return nil
		}
		return service.BadRequest("Access logging is not possible: the log group " + arn + " does not exist in this account and Region")
	case named.Service == "firehose" && protocol == "REST":
		if !strings.HasPrefix(named.Resource, "deliverystream/amazon-apigateway-") {
			return service.BadRequest("Invalid ARN specified in the request: the name of a delivery stream for access logs must begin with amazon-apigateway-: " + arn)
		}
		if home && r.Region.DeliveryStream(arn) != nil {
			return nil
		}
		return service.BadRequest("Access logging is not possible: the delivery stream " + arn + " does not exist in this account and Region")
	case named.Service == "firehose":
		return service.BadRequest("Invalid ARN specified in the request: access logs of protocolType " + protocol + " go to a CloudWatch Logs log group: " + arn)
	}
	return service.BadRequest("Invalid ARN specified in the request: " + arn)
}

// NeedsLogRole refuses logging while the account has no CloudWatch Logs role.
func NeedsLogRole(r *service.Request) error {
	if r.Region.CloudwatchRoleArn == "" {
		return service.BadRequest("CloudWatch Logs role ARN must be set in account settings to enable logging")
	}
	return nil
}
