package world

// API is an HTTP or WebSocket API as apigatewayv2 GetApi returns it, and what
// it holds.
type API struct {
	APIWire
	Stages       []*Stage         `json:"stages"`
	Routes       []*Route         `json:"routes"`
	Integrations []*V2Integration `json:"integrations"`
	Authorizers  []*Authorizer    `json:"authorizers"`
}

// APIWire is GetApi's output.
type APIWire struct {
	APIEndpoint               *string           `json:"apiEndpoint,omitempty"`
	APIGatewayManaged         *bool             `json:"apiGatewayManaged,omitempty"`
	APIID                     string            `json:"apiId"`
	APIKeySelectionExpression *string           `json:"apiKeySelectionExpression,omitempty"`
	CorsConfiguration         *Cors             `json:"corsConfiguration,omitempty"`
	CreatedDate               *ISO              `json:"createdDate,omitempty"`
	Description               *string           `json:"description,omitempty"`
	DisableSchemaValidation   *bool             `json:"disableSchemaValidation,omitempty"`
	DisableExecuteAPIEndpoint *bool             `json:"disableExecuteApiEndpoint,omitempty"`
	ImportInfo                []string          `json:"importInfo,omitempty"`
	IPAddressType             *string           `json:"ipAddressType,omitempty"`
	Name                      string            `json:"name"`
	ProtocolType              string            `json:"protocolType"`
	RouteSelectionExpression  *string           `json:"routeSelectionExpression,omitempty"`
	Tags                      map[string]string `json:"tags"`
	Version                   *string           `json:"version,omitempty"`
	Warnings                  []string          `json:"warnings,omitempty"`
}

// Cors is an HTTP API's CORS configuration.
type Cors struct {
	AllowCredentials *bool    `json:"allowCredentials,omitempty"`
	AllowHeaders     []string `json:"allowHeaders,omitempty"`
	AllowMethods     []string `json:"allowMethods,omitempty"`
	AllowOrigins     []string `json:"allowOrigins,omitempty"`
	ExposeHeaders    []string `json:"exposeHeaders,omitempty"`
	MaxAge           *int     `json:"maxAge,omitempty"`
}

// Stage is a stage as apigatewayv2 GetStage returns it.
type Stage struct {
	AccessLogSettings           *AccessLogSettings        `json:"accessLogSettings,omitempty"`
	APIGatewayManaged           *bool                     `json:"apiGatewayManaged,omitempty"`
	AutoDeploy                  *bool                     `json:"autoDeploy,omitempty"`
	ClientCertificateID         *string                   `json:"clientCertificateId,omitempty"`
	CreatedDate                 *ISO                      `json:"createdDate,omitempty"`
	DefaultRouteSettings        *RouteSettings            `json:"defaultRouteSettings,omitempty"`
	DeploymentID                *string                   `json:"deploymentId,omitempty"`
	Description                 *string                   `json:"description,omitempty"`
	LastDeploymentStatusMessage *string                   `json:"lastDeploymentStatusMessage,omitempty"`
	LastUpdatedDate             *ISO                      `json:"lastUpdatedDate,omitempty"`
	RouteSettings               map[string]*RouteSettings `json:"routeSettings"`
	StageName                   string                    `json:"stageName"`
	StageVariables              map[string]string         `json:"stageVariables"`
	Tags                        map[string]string         `json:"tags"`
}

// RouteSettings are a stage's settings for all its routes or for one.
type RouteSettings struct {
	DataTraceEnabled       *bool    `json:"dataTraceEnabled,omitempty"`
	DetailedMetricsEnabled *bool    `json:"detailedMetricsEnabled,omitempty"`
	LoggingLevel           *string  `json:"loggingLevel,omitempty"`
	ThrottlingBurstLimit   *int     `json:"throttlingBurstLimit,omitempty"`
	ThrottlingRateLimit    *float64 `json:"throttlingRateLimit,omitempty"`
}

// Route is a route as GetRoute returns it.
type Route struct {
	APIGatewayManaged                *bool                          `json:"apiGatewayManaged,omitempty"`
	APIKeyRequired                   *bool                          `json:"apiKeyRequired,omitempty"`
	AuthorizationScopes              []string                       `json:"authorizationScopes,omitempty"`
	AuthorizationType                *string                        `json:"authorizationType,omitempty"`
	AuthorizerID                     *string                        `json:"authorizerId,omitempty"`
	ModelSelectionExpression         *string                        `json:"modelSelectionExpression,omitempty"`
	OperationName                    *string                        `json:"operationName,omitempty"`
	RequestModels                    map[string]string              `json:"requestModels,omitempty"`
	RequestParameters                map[string]ParameterConstraint `json:"requestParameters,omitempty"`
	RouteID                          string                         `json:"routeId"`
	RouteKey                         string                         `json:"routeKey"`
	RouteResponseSelectionExpression *string                        `json:"routeResponseSelectionExpression,omitempty"`
	Target                           *string                        `json:"target,omitempty"`
}

// ParameterConstraint says whether a request parameter must be there.
type ParameterConstraint struct {
	Required *bool `json:"required,omitempty"`
}

// V2Integration is an integration as apigatewayv2 GetIntegration returns it.
type V2Integration struct {
	APIGatewayManaged                      *bool                        `json:"apiGatewayManaged,omitempty"`
	ConnectionID                           *string                      `json:"connectionId,omitempty"`
	ConnectionType                         *string                      `json:"connectionType,omitempty"`
	ContentHandlingStrategy                *string                      `json:"contentHandlingStrategy,omitempty"`
	CredentialsArn                         *string                      `json:"credentialsArn,omitempty"`
	Description                            *string                      `json:"description,omitempty"`
	IntegrationID                          string                       `json:"integrationId"`
	IntegrationMethod                      *string                      `json:"integrationMethod,omitempty"`
	IntegrationResponseSelectionExpression *string                      `json:"integrationResponseSelectionExpression,omitempty"`
	IntegrationSubtype                     *string                      `json:"integrationSubtype,omitempty"`
	IntegrationType                        *string                      `json:"integrationType,omitempty"`
	IntegrationURI                         *string                      `json:"integrationUri,omitempty"`
	PassthroughBehavior                    *string                      `json:"passthroughBehavior,omitempty"`
	PayloadFormatVersion                   *string                      `json:"payloadFormatVersion,omitempty"`
	RequestParameters                      map[string]string            `json:"requestParameters,omitempty"`
	RequestTemplates                       map[string]string            `json:"requestTemplates,omitempty"`
	ResponseParameters                     map[string]map[string]string `json:"responseParameters,omitempty"`
	TemplateSelectionExpression            *string                      `json:"templateSelectionExpression,omitempty"`
	TimeoutInMillis                        *int                         `json:"timeoutInMillis,omitempty"`
	TLSConfig                              *TLSConfig                   `json:"tlsConfig,omitempty"`
}

// TLSConfig belongs to private integrations of HTTP APIs.
type TLSConfig struct {
	ServerNameToVerify *string `json:"serverNameToVerify,omitempty"`
}

// Authorizer is an authorizer as GetAuthorizer returns it.
type Authorizer struct {
	AuthorizerCredentialsArn       *string           `json:"authorizerCredentialsArn,omitempty"`
	AuthorizerID                   string            `json:"authorizerId"`
	AuthorizerPayloadFormatVersion *string           `json:"authorizerPayloadFormatVersion,omitempty"`
	AuthorizerResultTTLInSeconds   *int              `json:"authorizerResultTtlInSeconds,omitempty"`
	AuthorizerType                 *string           `json:"authorizerType,omitempty"`
	AuthorizerURI                  *string           `json:"authorizerUri,omitempty"`
	EnableSimpleResponses          *bool             `json:"enableSimpleResponses,omitempty"`
	IdentitySource                 []string          `json:"identitySource,omitempty"`
	IdentityValidationExpression   *string           `json:"identityValidationExpression,omitempty"`
	JWTConfiguration               *JWTConfiguration `json:"jwtConfiguration,omitempty"`
	Name                           string            `json:"name"`
}

// JWTConfiguration belongs to JWT authorizers.
type JWTConfiguration struct {
	Audience []string `json:"audience,omitempty"`
	Issuer   *string  `json:"issuer,omitempty"`
}

// VpcLink is a VPC link as apigatewayv2 GetVpcLinks returns it.
type VpcLink struct {
	CreatedDate          *ISO              `json:"createdDate,omitempty"`
	Name                 string            `json:"name"`
	SecurityGroupIDs     []string          `json:"securityGroupIds"`
	SubnetIDs            []string          `json:"subnetIds"`
	Tags                 map[string]string `json:"tags"`
	VpcLinkID            string            `json:"vpcLinkId"`
	VpcLinkStatus        *string           `json:"vpcLinkStatus,omitempty"`
	VpcLinkStatusMessage *string           `json:"vpcLinkStatusMessage,omitempty"`
	VpcLinkVersion       *string           `json:"vpcLinkVersion,omitempty"`

	// Ready is when a link that is being made can be used.
	Ready *Epoch `json:"-"`
}
