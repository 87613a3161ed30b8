package world

import (
	"encoding/json"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient/wire"
)

// complete fills in what a fixture left out although AWS always sends it.
func (f *Fixture) complete(r *Region) {
	for _, a := range f.RestAPIs {
		r.CompleteRestAPI(a)
	}
	for _, a := range f.APIs {
		r.CompleteAPI(a)
	}
	for _, d := range f.DomainNames {
		r.CompleteDomainName(&d.DomainNameWire)
	}
	for _, v := range f.VpcLinks {
		r.CompleteVpcLink(v)
	}
	for _, c := range f.ClientCertificates {
		r.CompleteClientCertificate(c)
	}
	for _, x := range f.WebACLs {
		r.CompleteWebACL(x)
	}
	for _, g := range f.LogGroups {
		r.CompleteLogGroup(g)
	}
	for _, s := range f.DeliveryStreams {
		r.CompleteDeliveryStream(s)
	}
	for _, k := range f.Keys {
		r.CompleteKey(k)
	}
	for _, x := range f.Roles {
		r.CompleteRole(x)
	}
}

func (r *Region) newID(id *string, n int) {
	if *id == "" {
		*id = r.Account.world.NewID(n)
	}
}

// CompleteRestAPI fills in a REST API, its stages and its resources.
func (r *Region) CompleteRestAPI(a *RestAPI) {
	r.newID(&a.ID, 10)
	Fill(&a.CreatedDate, Epoch{made()})
	Fill(&a.APIKeySource, "HEADER")
	Fill(&a.EndpointConfiguration, EndpointConfiguration{Types: []string{"EDGE"}, IPAddressType: Ptr("ipv4")})
	Fill(&a.DisableExecuteAPIEndpoint, false)
	a.completeResources(r)
	for _, s := range a.Stages {
		if s.DeploymentID == nil {
			s.DeploymentID = Ptr(r.Account.world.NewID(6))
		}
		a.addDeployment(*s.DeploymentID)
		s.Complete()
	}
	for _, d := range a.Deployments {
		Fill(&d.CreatedDate, Epoch{made()})
	}
}

func (a *RestAPI) addDeployment(id string) {
	for _, d := range a.Deployments {
		if d.ID == id {
			return
		}
	}
	a.Deployments = append(a.Deployments, &RestDeployment{ID: id})
}

func (a *RestAPI) completeResources(r *Region) {
	var root *RestResource
	for _, x := range a.Resources {
		if x.Path == "/" {
			root = x
		}
	}
	if root == nil {
		root = &RestResource{Path: "/"}
		if a.RootResourceID != nil {
			root.ID = *a.RootResourceID
		}
		a.Resources = append(a.Resources, root)
	}
	r.newID(&root.ID, 10)
	Fill(&a.RootResourceID, root.ID)
	for _, x := range a.Resources {
		r.newID(&x.ID, 6)
		if x != root {
			cut := strings.LastIndex(x.Path, "/")
			Fill(&x.PathPart, x.Path[cut+1:])
			parent := find(a.Resources, func(p *RestResource) bool { return cut > 0 && p.Path == x.Path[:cut] })
			if parent == nil {
				parent = root
			}
			r.newID(&parent.ID, 6)
			Fill(&x.ParentID, parent.ID)
		}
		for verb, m := range x.ResourceMethods {
			if m == nil {
				m = &Method{}
				x.ResourceMethods[verb] = m
			}
			m.complete(verb, x.ID)
		}
	}
}

func (m *Method) complete(verb, resourceID string) {
	Fill(&m.HTTPMethod, verb)
	Fill(&m.AuthorizationType, "NONE")
	Fill(&m.APIKeyRequired, false)
	if m.MethodIntegration != nil {
		m.MethodIntegration.Complete(resourceID)
	}
}

// Complete fills in an integration of a method of this resource.
func (i *Integration) Complete(resourceID string) {
	Fill(&i.PassthroughBehavior, "WHEN_NO_MATCH")
	Fill(&i.TimeoutInMillis, 29000)
	Fill(&i.CacheNamespace, resourceID)
	if i.CacheKeyParameters == nil {
		i.CacheKeyParameters = []string{}
	}
}

// Complete fills in a stage.
func (s *RestStage) Complete() {
	Fill(&s.CacheClusterEnabled, false)
	status := "NOT_AVAILABLE"
	if *s.CacheClusterEnabled {
		status = "AVAILABLE"
		Fill(&s.CacheClusterSize, "0.5")
	}
	Fill(&s.CacheClusterStatus, status)
	if s.MethodSettings == nil {
		s.MethodSettings = map[string]*MethodSetting{}
	}
	for key, m := range s.MethodSettings {
		if m == nil {
			m = &MethodSetting{}
			s.MethodSettings[key] = m
		}
		m.Complete()
	}
	Fill(&s.TracingEnabled, false)
	Fill(&s.CreatedDate, Epoch{made()})
	Fill(&s.LastUpdatedDate, *s.CreatedDate)
}

// Complete fills in a method setting with what AWS gives to a new one. An
// override does not inherit from "*/*". LoggingLevel stays out: AWS leaves it
// out while logging is off.
func (m *MethodSetting) Complete() {
	Fill(&m.MetricsEnabled, false)
	Fill(&m.DataTraceEnabled, false)
	Fill(&m.ThrottlingBurstLimit, 5000)
	Fill(&m.ThrottlingRateLimit, 10000)
	Fill(&m.CachingEnabled, false)
	Fill(&m.CacheTTLInSeconds, 300)
	Fill(&m.CacheDataEncrypted, false)
	Fill(&m.RequireAuthorizationForCacheControl, true)
	Fill(&m.UnauthorizedCacheControlHeaderStrategy, "SUCCEED_WITH_RESPONSE_HEADER")
}

// CompleteAPI fills in an HTTP or WebSocket API and what it holds.
func (r *Region) CompleteAPI(a *API) {
	r.newID(&a.APIID, 10)
	scheme, selection := "https", "$request.method $request.path"
	if a.ProtocolType == "WEBSOCKET" {
		scheme, selection = "wss", "$request.body.action"
	}
	Fill(&a.APIEndpoint, scheme+"://"+a.APIID+".execute-api."+r.Name+"."+wire.Suffix(r.Name))
	Fill(&a.APIKeySelectionExpression, "$request.header.x-api-key")
	Fill(&a.CreatedDate, ISO{made()})
	Fill(&a.DisableExecuteAPIEndpoint, false)
	Fill(&a.IPAddressType, "ipv4")
	Fill(&a.RouteSelectionExpression, selection)
	if a.Tags == nil {
		a.Tags = map[string]string{}
	}
	for _, s := range a.Stages {
		s.Complete(a.ProtocolType)
	}
	for _, x := range a.Routes {
		r.newID(&x.RouteID, 7)
		x.Complete()
	}
	for _, x := range a.Integrations {
		r.newID(&x.IntegrationID, 7)
		x.Complete(a.ProtocolType)
	}
	for _, x := range a.Authorizers {
		r.newID(&x.AuthorizerID, 6)
		Fill(&x.AuthorizerType, "REQUEST")
	}
}

// Complete fills in a stage of an API of this protocol. Only WebSocket stages
// have a logging level.
func (s *Stage) Complete(protocol string) {
	Fill(&s.CreatedDate, ISO{made()})
	Fill(&s.LastUpdatedDate, *s.CreatedDate)
	Fill(&s.DefaultRouteSettings, RouteSettings{})
	Fill(&s.DefaultRouteSettings.DetailedMetricsEnabled, false)
	if protocol == "WEBSOCKET" {
		Fill(&s.DefaultRouteSettings.DataTraceEnabled, false)
		Fill(&s.DefaultRouteSettings.LoggingLevel, "OFF")
	}
	if s.RouteSettings == nil {
		s.RouteSettings = map[string]*RouteSettings{}
	}
	if s.StageVariables == nil {
		s.StageVariables = map[string]string{}
	}
	if s.Tags == nil {
		s.Tags = map[string]string{}
	}
}

// Complete fills in a route.
func (x *Route) Complete() {
	Fill(&x.APIKeyRequired, false)
	Fill(&x.AuthorizationType, "NONE")
}

// Complete fills in an integration of an API of this protocol.
func (x *V2Integration) Complete(protocol string) {
	Fill(&x.ConnectionType, "INTERNET")
	Fill(&x.PayloadFormatVersion, "1.0")
	if protocol == "WEBSOCKET" {
		Fill(&x.IntegrationResponseSelectionExpression, "${integration.response.statuscode}")
		Fill(&x.PassthroughBehavior, "WHEN_NO_MATCH")
		Fill(&x.TimeoutInMillis, 29000)
		return
	}
	Fill(&x.TimeoutInMillis, 30000)
}

// CompleteVpcLink fills in a VPC link.
func (r *Region) CompleteVpcLink(v *VpcLink) {
	r.newID(&v.VpcLinkID, 6)
	Fill(&v.CreatedDate, ISO{made()})
	if v.SecurityGroupIDs == nil {
		v.SecurityGroupIDs = []string{}
	}
	if v.SubnetIDs == nil {
		v.SubnetIDs = []string{}
	}
	if v.Tags == nil {
		v.Tags = map[string]string{}
	}
	Fill(&v.VpcLinkStatus, "AVAILABLE")
	Fill(&v.VpcLinkStatusMessage, "VPC link is ready to route traffic")
	Fill(&v.VpcLinkVersion, "V2")
}

// CompleteClientCertificate fills in a client certificate.
func (r *Region) CompleteClientCertificate(c *ClientCertificate) {
	r.newID(&c.ClientCertificateID, 6)
	Fill(&c.CreatedDate, Epoch{made()})
	Fill(&c.ExpirationDate, Epoch{c.CreatedDate.AddDate(1, 0, 0)})
	Fill(&c.PemEncodedCertificate, "-----BEGIN CERTIFICATE-----\n(the double makes no certificates)\n-----END CERTIFICATE-----")
}

// CompleteDomainName fills in a domain name: regional unless it says otherwise.
func (r *Region) CompleteDomainName(d *DomainNameWire) {
	Fill(&d.EndpointConfiguration, EndpointConfiguration{Types: []string{"REGIONAL"}, IPAddressType: Ptr("ipv4")})
	certificate := r.AccountARN("acm", "certificate/"+r.Account.world.NewUUID())
	switch kind := strings.Join(d.EndpointConfiguration.Types, ","); {
	case strings.Contains(kind, "PRIVATE"):
		Fill(&d.DomainNameID, r.Account.world.NewID(10))
		Fill(&d.DomainNameArn, r.AccountARN("apigateway", "/domainnames/"+d.DomainName+"+"+*d.DomainNameID))
		Fill(&d.CertificateArn, certificate)
	case strings.Contains(kind, "EDGE"):
		Fill(&d.DistributionDomainName, "d"+r.Account.world.NewID(13)+".cloudfront.net")
		Fill(&d.DistributionHostedZoneID, "Z2FDTNDATAQYW2")
		Fill(&d.CertificateArn, "arn:aws:acm:us-east-1:"+r.Account.ID+":certificate/"+r.Account.world.NewUUID())
		Fill(&d.CertificateUploadDate, Epoch{made()})
	default:
		Fill(&d.RegionalDomainName, "d-"+r.Account.world.NewID(10)+".execute-api."+r.Name+"."+wire.Suffix(r.Name))
		Fill(&d.RegionalHostedZoneID, "Z"+strings.ToUpper(r.Account.world.NewID(13)))
		Fill(&d.RegionalCertificateArn, certificate)
	}
	Fill(&d.DomainNameArn, r.ARN("/domainnames/"+d.DomainName))
	Fill(&d.DomainNameStatus, "AVAILABLE")
	Fill(&d.SecurityPolicy, "TLS_1_2")
	Fill(&d.RoutingMode, "BASE_PATH_MAPPING_ONLY")
}

// CompleteWebACL fills in a regional web ACL.
func (r *Region) CompleteWebACL(x *WebACL) {
	if x.ID == "" {
		x.ID = r.Account.world.NewUUID()
	}
	if x.ARN == "" {
		x.ARN = r.AccountARN("wafv2", "regional/webacl/"+x.Name+"/"+x.ID)
	}
	if x.LockToken == "" {
		x.LockToken = r.Account.world.NewUUID()
	}
	if x.LabelNamespace == "" {
		x.LabelNamespace = "awswaf:" + r.Account.ID + ":webacl:" + x.Name + ":"
	}
	fillRaw(&x.DefaultAction, `{"Allow":{}}`)
	fillRaw(&x.Rules, `[]`)
}

func fillRaw(p *json.RawMessage, text string) {
	if len(*p) == 0 {
		*p = json.RawMessage(text)
	}
}

// CompleteLogGroup fills in a log group.
func (r *Region) CompleteLogGroup(g *LogGroup) {
	if g.CreationTime == 0 {
		g.CreationTime = made().UnixMilli()
	}
	if g.LogGroupArn == "" {
		g.LogGroupArn = r.AccountARN("logs", "log-group:"+g.LogGroupName)
	}
	if g.Arn == "" {
		g.Arn = g.LogGroupArn + ":*"
	}
	if g.LogGroupClass == "" {
		g.LogGroupClass = "STANDARD"
	}
}

// CompleteDeliveryStream fills in a Firehose stream.
func (r *Region) CompleteDeliveryStream(s *DeliveryStream) {
	if s.DeliveryStreamARN == "" {
		s.DeliveryStreamARN = r.AccountARN("firehose", "deliverystream/"+s.DeliveryStreamName)
	}
	if s.DeliveryStreamStatus == "" {
		s.DeliveryStreamStatus = "ACTIVE"
	}
	if s.DeliveryStreamType == "" {
		s.DeliveryStreamType = "DirectPut"
	}
	if s.VersionID == "" {
		s.VersionID = "1"
	}
	Fill(&s.CreateTimestamp, Epoch{made()})
	fillRaw(&s.DeliveryStreamEncryptionConfiguration, `{"Status":"DISABLED"}`)
	fillRaw(&s.Destinations, `[]`)
}

// CompleteRole fills in a role.
func (r *Region) CompleteRole(x *Role) {
	if x.Path == "" {
		x.Path = "/"
	}
	if x.Arn == "" {
		x.Arn = "arn:" + Partition(r.Name) + ":iam::" + r.Account.ID + ":role" + x.Path + x.RoleName
	}
	if x.RoleID == "" {
		x.RoleID = "AROA" + strings.ToUpper(r.Account.world.NewID(17))
	}
	Fill(&x.CreateDate, ISO{made()})
	for i, p := range x.AttachedPolicies {
		if p.PolicyName == "" {
			x.AttachedPolicies[i].PolicyName = p.PolicyArn[strings.LastIndex(p.PolicyArn, "/")+1:]
		}
	}
}
