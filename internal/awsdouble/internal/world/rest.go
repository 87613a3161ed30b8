package world

import "time"

// RestAPI is a REST API as GetRestApi returns it, and what it holds.
type RestAPI struct {
	RestAPIWire
	Stages      []*RestStage      `json:"stages"`
	Resources   []*RestResource   `json:"resources"`
	Deployments []*RestDeployment `json:"deployments"`
}

// RestAPIWire is GetRestApi's output.
type RestAPIWire struct {
	ID                        string                 `json:"id"`
	Name                      string                 `json:"name"`
	Description               *string                `json:"description,omitempty"`
	CreatedDate               *Epoch                 `json:"createdDate,omitempty"`
	Version                   *string                `json:"version,omitempty"`
	Warnings                  []string               `json:"warnings,omitempty"`
	BinaryMediaTypes          []string               `json:"binaryMediaTypes,omitempty"`
	MinimumCompressionSize    *int                   `json:"minimumCompressionSize,omitempty"`
	APIKeySource              *string                `json:"apiKeySource,omitempty"`
	EndpointConfiguration     *EndpointConfiguration `json:"endpointConfiguration,omitempty"`
	Policy                    *string                `json:"policy,omitempty"`
	Tags                      map[string]string      `json:"tags,omitempty"`
	DisableExecuteAPIEndpoint *bool                  `json:"disableExecuteApiEndpoint,omitempty"`
	RootResourceID            *string                `json:"rootResourceId,omitempty"`
	SecurityPolicy            *string                `json:"securityPolicy,omitempty"`
	EndpointAccessMode        *string                `json:"endpointAccessMode,omitempty"`
	APIStatus                 *string                `json:"apiStatus,omitempty"`
	APIStatusMessage          *string                `json:"apiStatusMessage,omitempty"`
}

// EndpointConfiguration belongs to REST APIs and domain names.
type EndpointConfiguration struct {
	Types          []string `json:"types,omitempty"`
	IPAddressType  *string  `json:"ipAddressType,omitempty"`
	VpcEndpointIDs []string `json:"vpcEndpointIds,omitempty"`
}

// RestStage is a stage as GetStage returns it.
type RestStage struct {
	DeploymentID         *string                   `json:"deploymentId,omitempty"`
	ClientCertificateID  *string                   `json:"clientCertificateId,omitempty"`
	StageName            string                    `json:"stageName"`
	Description          *string                   `json:"description,omitempty"`
	CacheClusterEnabled  *bool                     `json:"cacheClusterEnabled,omitempty"`
	CacheClusterSize     *string                   `json:"cacheClusterSize,omitempty"`
	CacheClusterStatus   *string                   `json:"cacheClusterStatus,omitempty"`
	MethodSettings       map[string]*MethodSetting `json:"methodSettings"`
	Variables            map[string]string         `json:"variables,omitempty"`
	DocumentationVersion *string                   `json:"documentationVersion,omitempty"`
	AccessLogSettings    *AccessLogSettings        `json:"accessLogSettings,omitempty"`
	CanarySettings       *CanarySettings           `json:"canarySettings,omitempty"`
	TracingEnabled       *bool                     `json:"tracingEnabled,omitempty"`
	WebACLArn            *string                   `json:"webAclArn,omitempty"`
	Tags                 map[string]string         `json:"tags,omitempty"`
	CreatedDate          *Epoch                    `json:"createdDate,omitempty"`
	LastUpdatedDate      *Epoch                    `json:"lastUpdatedDate,omitempty"`

	// CacheReady is when a change of the cache cluster that is under way ends.
	CacheReady *Epoch `json:"-"`
}

// MethodSetting is one entry of a stage's methodSettings. LoggingLevel is nil
// while execution logging is off: AWS leaves the key out.
type MethodSetting struct {
	MetricsEnabled                         *bool    `json:"metricsEnabled,omitempty"`
	LoggingLevel                           *string  `json:"loggingLevel,omitempty"`
	DataTraceEnabled                       *bool    `json:"dataTraceEnabled,omitempty"`
	ThrottlingBurstLimit                   *int     `json:"throttlingBurstLimit,omitempty"`
	ThrottlingRateLimit                    *float64 `json:"throttlingRateLimit,omitempty"`
	CachingEnabled                         *bool    `json:"cachingEnabled,omitempty"`
	CacheTTLInSeconds                      *int     `json:"cacheTtlInSeconds,omitempty"`
	CacheDataEncrypted                     *bool    `json:"cacheDataEncrypted,omitempty"`
	RequireAuthorizationForCacheControl    *bool    `json:"requireAuthorizationForCacheControl,omitempty"`
	UnauthorizedCacheControlHeaderStrategy *string  `json:"unauthorizedCacheControlHeaderStrategy,omitempty"`
}

// AccessLogSettings belongs to stages of both API versions.
type AccessLogSettings struct {
	Format         *string `json:"format,omitempty"`
	DestinationArn *string `json:"destinationArn,omitempty"`
}

// CanarySettings belongs to REST stages.
type CanarySettings struct {
	PercentTraffic         *float64          `json:"percentTraffic,omitempty"`
	DeploymentID           *string           `json:"deploymentId,omitempty"`
	StageVariableOverrides map[string]string `json:"stageVariableOverrides,omitempty"`
	UseStageCache          *bool             `json:"useStageCache,omitempty"`
}

// RestDeployment is a deployment of a REST API.
type RestDeployment struct {
	ID          string  `json:"id"`
	Description *string `json:"description,omitempty"`
	CreatedDate *Epoch  `json:"createdDate,omitempty"`
}

// RestResource is a resource as GetResources returns it.
type RestResource struct {
	ID              string             `json:"id"`
	ParentID        *string            `json:"parentId,omitempty"`
	PathPart        *string            `json:"pathPart,omitempty"`
	Path            string             `json:"path"`
	ResourceMethods map[string]*Method `json:"resourceMethods,omitempty"`
}

// Method is a method of a resource.
type Method struct {
	HTTPMethod          *string                    `json:"httpMethod,omitempty"`
	AuthorizationType   *string                    `json:"authorizationType,omitempty"`
	AuthorizerID        *string                    `json:"authorizerId,omitempty"`
	APIKeyRequired      *bool                      `json:"apiKeyRequired,omitempty"`
	RequestValidatorID  *string                    `json:"requestValidatorId,omitempty"`
	OperationName       *string                    `json:"operationName,omitempty"`
	RequestParameters   map[string]bool            `json:"requestParameters,omitempty"`
	RequestModels       map[string]string          `json:"requestModels,omitempty"`
	MethodResponses     map[string]*MethodResponse `json:"methodResponses,omitempty"`
	MethodIntegration   *Integration               `json:"methodIntegration,omitempty"`
	AuthorizationScopes []string                   `json:"authorizationScopes,omitempty"`
}

// MethodResponse is one declared response of a method.
type MethodResponse struct {
	StatusCode         *string           `json:"statusCode,omitempty"`
	ResponseParameters map[string]bool   `json:"responseParameters,omitempty"`
	ResponseModels     map[string]string `json:"responseModels,omitempty"`
}

// Integration is a REST method's integration.
type Integration struct {
	Type                 *string                         `json:"type,omitempty"`
	HTTPMethod           *string                         `json:"httpMethod,omitempty"`
	URI                  *string                         `json:"uri,omitempty"`
	ConnectionType       *string                         `json:"connectionType,omitempty"`
	ConnectionID         *string                         `json:"connectionId,omitempty"`
	Credentials          *string                         `json:"credentials,omitempty"`
	RequestParameters    map[string]string               `json:"requestParameters,omitempty"`
	RequestTemplates     map[string]*string              `json:"requestTemplates,omitempty"`
	PassthroughBehavior  *string                         `json:"passthroughBehavior,omitempty"`
	ContentHandling      *string                         `json:"contentHandling,omitempty"`
	TimeoutInMillis      *int                            `json:"timeoutInMillis,omitempty"`
	CacheNamespace       *string                         `json:"cacheNamespace,omitempty"`
	CacheKeyParameters   []string                        `json:"cacheKeyParameters"`
	IntegrationResponses map[string]*IntegrationResponse `json:"integrationResponses,omitempty"`
	TLSConfig            *RestTLSConfig                  `json:"tlsConfig,omitempty"`
	ResponseTransferMode *string                         `json:"responseTransferMode,omitempty"`
	IntegrationTarget    *string                         `json:"integrationTarget,omitempty"`
}

// IntegrationResponse maps a back end's answer to a method response.
type IntegrationResponse struct {
	StatusCode         *string            `json:"statusCode,omitempty"`
	SelectionPattern   *string            `json:"selectionPattern,omitempty"`
	ResponseParameters map[string]string  `json:"responseParameters,omitempty"`
	ResponseTemplates  map[string]*string `json:"responseTemplates,omitempty"`
	ContentHandling    *string            `json:"contentHandling,omitempty"`
}

// RestTLSConfig belongs to REST integrations.
type RestTLSConfig struct {
	InsecureSkipVerification *bool `json:"insecureSkipVerification,omitempty"`
}

// ClientCertificate is what GenerateClientCertificate makes.
type ClientCertificate struct {
	ClientCertificateID   string            `json:"clientCertificateId"`
	Description           *string           `json:"description,omitempty"`
	PemEncodedCertificate *string           `json:"pemEncodedCertificate,omitempty"`
	CreatedDate           *Epoch            `json:"createdDate,omitempty"`
	ExpirationDate        *Epoch            `json:"expirationDate,omitempty"`
	Tags                  map[string]string `json:"tags,omitempty"`
}

// DomainName is a custom domain name as API version 1 returns it, and what it
// is mapped to.
type DomainName struct {
	DomainNameWire
	// MappedAPIIDs are the APIs that the domain name is mapped to.
	MappedAPIIDs []string `json:"mappedApiIds"`
	// RoutedAPIIDs are the APIs that its routing rules lead to.
	RoutedAPIIDs []string `json:"routedApiIds,omitempty"`
}

// Settle ends an update whose time has come.
func (d *DomainName) Settle(now time.Time) {
	if d.StatusUntil != nil && !now.Before(d.StatusUntil.Time) {
		d.StatusUntil = nil
		d.DomainNameStatus = Ptr("AVAILABLE")
	}
}

// DomainNameWire is GetDomainName's output.
type DomainNameWire struct {
	DomainName                          string                 `json:"domainName"`
	DomainNameID                        *string                `json:"domainNameId,omitempty"`
	DomainNameArn                       *string                `json:"domainNameArn,omitempty"`
	CertificateName                     *string                `json:"certificateName,omitempty"`
	CertificateArn                      *string                `json:"certificateArn,omitempty"`
	CertificateUploadDate               *Epoch                 `json:"certificateUploadDate,omitempty"`
	RegionalDomainName                  *string                `json:"regionalDomainName,omitempty"`
	RegionalHostedZoneID                *string                `json:"regionalHostedZoneId,omitempty"`
	RegionalCertificateName             *string                `json:"regionalCertificateName,omitempty"`
	RegionalCertificateArn              *string                `json:"regionalCertificateArn,omitempty"`
	DistributionDomainName              *string                `json:"distributionDomainName,omitempty"`
	DistributionHostedZoneID            *string                `json:"distributionHostedZoneId,omitempty"`
	EndpointConfiguration               *EndpointConfiguration `json:"endpointConfiguration,omitempty"`
	DomainNameStatus                    *string                `json:"domainNameStatus,omitempty"`
	DomainNameStatusMessage             *string                `json:"domainNameStatusMessage,omitempty"`
	SecurityPolicy                      *string                `json:"securityPolicy,omitempty"`
	EndpointAccessMode                  *string                `json:"endpointAccessMode,omitempty"`
	Tags                                map[string]string      `json:"tags,omitempty"`
	MutualTLSAuthentication             *MutualTLS             `json:"mutualTlsAuthentication,omitempty"`
	OwnershipVerificationCertificateArn *string                `json:"ownershipVerificationCertificateArn,omitempty"`
	ManagementPolicy                    *string                `json:"managementPolicy,omitempty"`
	Policy                              *string                `json:"policy,omitempty"`
	RoutingMode                         *string                `json:"routingMode,omitempty"`

	// StatusUntil is when an update that is under way ends.
	StatusUntil *Epoch `json:"-"`
}

// MutualTLS is a domain name's trust store.
type MutualTLS struct {
	TruststoreURI      *string  `json:"truststoreUri,omitempty"`
	TruststoreVersion  *string  `json:"truststoreVersion,omitempty"`
	TruststoreWarnings []string `json:"truststoreWarnings,omitempty"`
}
