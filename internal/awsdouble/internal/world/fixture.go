package world

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"
)

// Fixture is the JSON form of what one account has in one Region. Values are
// those that AWS sends; what a fixture leaves out although AWS always sends it
// is filled in with AWS's default, so that
//
//	{"restApis":[{"id":"a1b2c3d4e5","name":"orders","stages":[{"stageName":"prod"}]}]}
//
// is whole. Keys that only hold lists here (stages, resources, deployments,
// routes, integrations, authorizers, and mappedApiIds of a domain name) are the
// fixture's own. Roles, web ACLs, streams and keys use the upper camel case of
// their services; case does not matter when a fixture is read.
type Fixture struct {
	Account struct {
		CloudwatchRoleArn string `json:"cloudwatchRoleArn"`
	} `json:"account"`
	RestAPIs           []*RestAPI           `json:"restApis"`
	APIs               []*API               `json:"apis"`
	DomainNames        []*DomainName        `json:"domainNames"`
	VpcLinks           []*VpcLink           `json:"vpcLinks"`
	ClientCertificates []*ClientCertificate `json:"clientCertificates"`
	WebACLs            []*WebACL            `json:"webAcls"`
	LogGroups          []*LogGroup          `json:"logGroups"`
	ResourcePolicies   []*ResourcePolicy    `json:"resourcePolicies"` // of CloudWatch Logs
	DeliveryStreams    []*DeliveryStream    `json:"deliveryStreams"`
	Keys               []*Key               `json:"keys"`
	Metrics            []*Metric            `json:"metrics"` // of CloudWatch
	SecurityHub        *Hub                 `json:"securityHub"`
	Resources          []Resource           `json:"resources"` // of the catalogue's types
	// Roles and Regions belong to the whole account.
	Roles   []*Role  `json:"roles"`
	Regions []string `json:"regions"`
	// Reports are when AWS made a report that it has to make first, by the call that
	// answers it: "-40m".
	Reports map[string]string `json:"reports"`
}

// Load merges a fixture into one account and Region. An unknown field, a
// second resource with the same identifier and a stage without a name are
// errors, and nothing is loaded then.
func (w *World) Load(account, region string, fixture []byte) error {
	var f Fixture
	d := json.NewDecoder(bytes.NewReader(fixture))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return fmt.Errorf("fixture for %s %s: %w", account, region, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("fixture for %s %s: more than one JSON value", account, region)
	}
	a := w.Account(account)
	a.Lock()
	defer a.Unlock()
	r := a.Region(region)
	f.complete(r)
	if err := f.check(r); err != nil {
		return fmt.Errorf("fixture for %s %s: %w", account, region, err)
	}
	if err := w.addAll(r, f.Resources); err != nil {
		return fmt.Errorf("fixture for %s %s: %w", account, region, err)
	}
	for call, since := range f.Reports {
		d, err := time.ParseDuration(since)
		if err != nil {
			return fmt.Errorf("fixture for %s %s: %w", account, region, err)
		}
		a.Reported(call, w.Now().Add(d))
	}
	f.merge(r)
	a.filled = append(a.filled, region)
	return nil
}

// AddAll puts resources of the catalogue's types into an account and Region, or none.
func (w *World) AddAll(account, region string, resources []Resource) error {
	a := w.Account(account)
	a.Lock()
	defer a.Unlock()
	a.filled = append(a.filled, region)
	return w.addAll(a.Region(region), resources)
}

func (w *World) addAll(r *Region, resources []Resource) error {
	things, keys := slices.Clone(r.Account.Things), slices.Clone(r.Keys)
	for _, x := range resources {
		if err := w.Add(r, x); err != nil {
			r.Account.Things, r.Keys = things, keys
			return err
		}
	}
	return nil
}

func (f *Fixture) merge(r *Region) {
	if f.Account.CloudwatchRoleArn != "" {
		r.CloudwatchRoleArn = f.Account.CloudwatchRoleArn
	}
	r.RestAPIs = append(r.RestAPIs, f.RestAPIs...)
	r.APIs = append(r.APIs, f.APIs...)
	r.DomainNames = append(r.DomainNames, f.DomainNames...)
	r.VpcLinks = append(r.VpcLinks, f.VpcLinks...)
	r.ClientCertificates = append(r.ClientCertificates, f.ClientCertificates...)
	r.WebACLs = append(r.WebACLs, f.WebACLs...)
	r.LogGroups = append(r.LogGroups, f.LogGroups...)
	r.ResourcePolicies = append(r.ResourcePolicies, f.ResourcePolicies...)
	r.DeliveryStreams = append(r.DeliveryStreams, f.DeliveryStreams...)
	r.Keys = append(r.Keys, f.Keys...)
	r.Metrics = append(r.Metrics, f.Metrics...)
	if f.SecurityHub != nil {
		r.Hub = f.SecurityHub
	}
	r.Account.Roles = append(r.Account.Roles, f.Roles...)
	if len(f.Regions) > 0 {
		r.Account.EnabledRegions = f.Regions
	}
}

// check refuses what could not exist in AWS: two things with one identifier.
func (f *Fixture) check(r *Region) error {
	n := names{seen: map[string]bool{}}
	for _, list := range [][]*RestAPI{r.RestAPIs, f.RestAPIs} {
		for _, a := range list {
			n.restAPI(a)
		}
	}
	for _, list := range [][]*API{r.APIs, f.APIs} {
		for _, a := range list {
			n.api(a)
		}
	}
	for _, x := range slices.Concat(r.DomainNames, f.DomainNames) {
		id := ""
		if x.DomainNameID != nil {
			id = "+" + *x.DomainNameID
		}
		n.once("domain name", x.DomainName+id)
	}
	for _, x := range slices.Concat(r.LogGroups, f.LogGroups) {
		n.once("log group", x.LogGroupName)
	}
	for _, x := range slices.Concat(r.ResourcePolicies, f.ResourcePolicies) {
		n.once("resource policy", x.PolicyName)
	}
	for _, x := range slices.Concat(r.ClientCertificates, f.ClientCertificates) {
		n.once("client certificate", x.ClientCertificateID)
	}
	for _, x := range slices.Concat(r.VpcLinks, f.VpcLinks) {
		n.once("VPC link", x.VpcLinkID)
	}
	for _, x := range slices.Concat(r.Account.Roles, f.Roles) {
		n.once("role", x.RoleName)
	}
	return n.err
}

// names remembers identifiers and keeps the first thing that is wrong.
type names struct {
	seen map[string]bool
	err  error
}

func (n *names) once(kind, id string) {
	switch {
	case n.err != nil:
	case id == "":
		n.err = fmt.Errorf("%s without an identifier or name", kind)
	case n.seen[kind+" "+id]:
		n.err = fmt.Errorf("%s %q twice", kind, id)
	}
	n.seen[kind+" "+id] = true
}

func (n *names) restAPI(a *RestAPI) {
	n.once("REST API", a.ID)
	for _, s := range a.Stages {
		n.once("stage of "+a.ID, s.StageName)
	}
	for _, x := range a.Resources {
		n.once("resource of "+a.ID, x.ID)
		n.once("path of "+a.ID, x.Path)
	}
}

func (n *names) api(a *API) {
	n.once("API", a.APIID)
	if n.err == nil && a.ProtocolType != "HTTP" && a.ProtocolType != "WEBSOCKET" {
		n.err = fmt.Errorf("API %s: protocolType %q is neither HTTP nor WEBSOCKET", a.APIID, a.ProtocolType)
	}
	for _, s := range a.Stages {
		n.once("stage of "+a.APIID, s.StageName)
	}
	for _, x := range a.Routes {
		n.once("route of "+a.APIID, x.RouteID)
		n.once("route key of "+a.APIID, x.RouteKey)
	}
	for _, x := range a.Integrations {
		n.once("integration of "+a.APIID, x.IntegrationID)
	}
	for _, x := range a.Authorizers {
		n.once("authorizer of "+a.APIID, x.AuthorizerID)
	}
}
