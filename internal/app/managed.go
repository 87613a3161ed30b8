package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/apigateway"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

// StackOf says which CloudFormation stack made a resource, by the tags that
// CloudFormation gives it or its API; nil where they name none. CloudFormation
// does not tag everything it makes, so nil is no proof that nobody did.
func StackOf(res resource.Resource) *plan.Managed {
	own, parents := tagsOf(res)
	if stack := own["aws:cloudformation:stack-name"]; stack != "" {
		return &plan.Managed{By: "cloudformation", Name: stack, Logical: own["aws:cloudformation:logical-id"]}
	}
	if stack := parents["aws:cloudformation:stack-name"]; stack != "" {
		return &plan.Managed{By: "cloudformation", Name: stack} // the logical id there is the API's
	}
	return nil
}

// tagsOf returns a resource's own tags and those of what it belongs to.
func tagsOf(res resource.Resource) (own, parents map[string]string) {
	if e := catalog.Find(res.ResourceType()); e != nil && e.Room.Parent != "" {
		parent, _ := reflect.ValueOf(res).Elem().FieldByName(e.Room.Parent).Interface().(resource.Resource)
		parents = ownTags(parent)
	}
	return ownTags(res), parents
}

func ownTags(res resource.Resource) map[string]string {
	if tagged, ok := res.(resource.Tagged); ok && !reflect.ValueOf(res).IsNil() {
		return tagged.ResourceTags().Or(nil)
	}
	return nil
}

// State is what a Terraform state file says of what kumoban knows. Nothing else of
// the file is kept, for it may hold secrets.
type State struct {
	Path  string
	owned []owned
}

// owned is one instance of a resource in a state.
type owned struct {
	address, kind string
	attributes
}

// attributes are those that tell which live resource an instance is.
type attributes struct {
	ARN          string `json:"arn"`
	ID           string `json:"id"`
	Region       string `json:"region"` // of providers from version 6 on
	RestAPIID    string `json:"rest_api_id"`
	APIID        string `json:"api_id"`
	StageName    string `json:"stage_name"`
	MethodPath   string `json:"method_path"`
	Name         string `json:"name"`
	DomainName   string `json:"domain_name"`
	DomainNameID string `json:"domain_name_id"`
	Body         string `json:"body"`
}

// ReadState reads a Terraform or OpenTofu state file of format 4. One that is
// garbled, encrypted or of another format is a [locale.Error].
func ReadState(ctx context.Context, path string) (*State, error) {
	data, err := ReadInput(ctx, nil, path, stateLimit)
	if err != nil {
		return nil, err
	}
	s := &State{Path: path}
	if err := s.parse(data); err != nil {
		return nil, cannotRead(path, err)
	}
	return s, nil
}

func (s *State) parse(data []byte) error {
	var head struct {
		Version       any             `json:"version"`
		FormatVersion any             `json:"format_version"` // of terraform show -json
		EncryptedData any             `json:"encrypted_data"` // of OpenTofu
		Sops          any             `json:"sops"`
		Resources     json.RawMessage `json:"resources"`
	}
	err := json.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &head)
	version, numbered := head.Version.(float64)
	switch {
	case err != nil:
		return locale.Errorf("fix.state.garbled")
	case head.EncryptedData != nil || head.Sops != nil:
		return locale.Errorf("fix.state.encrypted")
	case head.FormatVersion != nil:
		return locale.Errorf("fix.state.shown")
	case numbered && version != 4:
		return locale.Errorf("fix.state.version", locale.A("version", strconv.FormatFloat(version, 'f', -1, 64)))
	case !numbered:
		return locale.Errorf("fix.state.garbled")
	}
	var list []stateResource
	// A state without resources has an empty list; one without a list is cut.
	if err := json.Unmarshal(head.Resources, &list); err != nil || list == nil {
		return locale.Errorf("fix.state.garbled")
	}
	for i := range list {
		if err := s.add(&list[i]); err != nil {
			return locale.Errorf("fix.state.garbled")
		}
	}
	return nil
}

type stateResource struct {
	Module    string `json:"module"`
	Mode      string `json:"mode"`
	Type      string `json:"type"`
	Name      string `json:"name"`
	Instances []struct {
		IndexKey   any             `json:"index_key"`
		Deposed    string          `json:"deposed"` // about to be destroyed: another instance took its place
		Attributes json.RawMessage `json:"attributes"`
		Flat       json.RawMessage `json:"attributes_flat"` // written by old providers
	} `json:"instances"`
}

func (s *State) add(r *stateResource) error {
	if r.Mode != "managed" || !strings.HasPrefix(r.Type, "aws_api") && !ofRooms(r.Type) {
		return nil
	}
	for _, instance := range r.Instances {
		o := owned{kind: r.Type, address: r.address(instance.IndexKey)}
		known := instance.Attributes
		if known == nil {
			known = instance.Flat
		}
		if err := json.Unmarshal(known, &o.attributes); err != nil {
			return err
		}
		if instance.Deposed == "" {
			s.owned = append(s.owned, o)
		}
	}
	return nil
}

// address writes an instance's address as Terraform prints it.
func (r *stateResource) address(index any) string {
	address := r.Type + "." + r.Name
	if r.Module != "" {
		address = r.Module + "." + address
	}
	switch key := index.(type) {
	case float64:
		return address + "[" + strconv.FormatFloat(key, 'f', -1, 64) + "]"
	case string:
		return address + "[" + quoteHCL(key) + "]"
	}
	return address
}

// quoteHCL writes a string as HCL does: a template's beginning is doubled.
func quoteHCL(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range s {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '"', r == '\\':
			b.WriteString(`\` + string(r))
		case (r == '$' || r == '%') && strings.HasPrefix(s[i+1:], "{"):
			b.WriteString(string(r) + string(r))
		case !unicode.IsPrint(r) && r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		case !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// Owners returns the addresses of the Terraform resources that manage a live
// one, first that which sets the properties that are to change: of a stage's
// method settings, those with their method path, and not those of other
// methods; then the first of the others that [kinds] lists.
func (s *State) Owners(ref resource.Ref, properties ...string) []string {
	if kinds(ref.Type) == nil {
		return s.ownersByRoom(ref, properties)
	}
	a, ok := resource.ParseARN(ref.ARN)
	if !ok {
		return nil
	}
	var first, others, foreign []string
	parts := strings.Split(a.Resource, "/")
	for _, k := range kinds(ref.Type) {
		if len(parts) != k.parts {
			continue
		}
		for i := range s.owned {
			o := &s.owned[i]
			switch {
			case o.kind != k.kind || !o.mayBeIn(a) || !k.is(&o.attributes, parts):
			case o.kind != methodSettings && others == nil:
				others = []string{o.address}
			case o.kind != methodSettings:
			case slices.ContainsFunc(properties, o.sets):
				first = append(first, o.address)
			default:
				foreign = append(foreign, o.address)
			}
		}
	}
	if list := append(first, others...); list != nil {
		return list
	}
	return foreign
}

// Setter returns the address of the Terraform resource in which a property of a
// live one is written: of a method setting, that with its method path; of all
// else, the one of the thing itself. "" where the state has none.
func (s *State) Setter(ref resource.Ref, property string) string {
	if kinds(ref.Type) == nil {
		return s.setterByRoom(ref, property)
	}
	a, ok := resource.ParseARN(ref.ARN)
	if !ok {
		return ""
	}
	parts := strings.Split(a.Resource, "/")
	for _, k := range kinds(ref.Type) {
		if len(parts) != k.parts || k.kind == "aws_api_gateway_deployment" || k.kind == "aws_apigatewayv2_api" {
			continue
		}
		for i := range s.owned {
			o := &s.owned[i]
			setting := strings.HasPrefix(property, "MethodSettings[")
			if o.kind == k.kind && setting == (k.kind == methodSettings) && (!setting || o.sets(property)) && o.mayBeIn(a) && k.is(&o.attributes, parts) {
				return o.address
			}
		}
	}
	return ""
}

// sets tells whether method settings set a property. Terraform takes the path
// of a method as it is and as API Gateway spells it: orders/GET is what
// MethodSettings["~1orders/GET"].… is about.
func (o *owned) sets(property string) bool {
	plain := func(key string) string { return strings.TrimPrefix(strings.ReplaceAll(key, "~1", "/"), "/") }
	rest, ok := strings.CutPrefix(property, "MethodSettings[")
	i := strings.LastIndex(rest, "].")
	if !ok || i < 0 {
		return false
	}
	key, err := strconv.Unquote(rest[:i])
	return err == nil && plain(key) == plain(o.MethodPath)
}

// mayBeIn tells whether an instance's Region, where the state says it, is that
// of an ARN.
func (o *attributes) mayBeIn(a resource.ARN) bool {
	if own, ok := resource.ParseARN(o.ARN); ok && (own.Region != a.Region || own.Partition != a.Partition) {
		return false
	}
	return o.Region == "" || o.Region == a.Region
}

// kind is a type of Terraform resource that manages live ones of some type.
type kind struct {
	kind  string
	parts int // of the ARN's path, with the empty one before its first slash
	is    func(o *attributes, parts []string) bool
}

const methodSettings = "aws_api_gateway_method_settings"

func kinds(t resource.Type) []kind {
	restStage := func(o *attributes, parts []string) bool { return o.RestAPIID == parts[2] && o.StageName == parts[4] }
	v2Part := func(o *attributes, parts []string) bool { return o.APIID == parts[2] && o.ID == parts[4] }
	// An OpenAPI document makes routes and integrations of its own.
	inBody := func(o *attributes, parts []string) bool { return o.ID == parts[2] && o.Body != "" }
	switch t {
	case apigateway.StageType:
		return []kind{
			{"aws_api_gateway_stage", 5, restStage},
			{methodSettings, 5, restStage},
			{"aws_api_gateway_deployment", 5, restStage}, // its stage_name makes a stage, and makes it anew
		}
	case apigateway.DomainNameType:
		return []kind{{"aws_api_gateway_domain_name", 3, domainName}, {"aws_apigatewayv2_domain_name", 3, domainName}}
	case apigatewayv2.StageType:
		return []kind{{"aws_apigatewayv2_stage", 5, func(o *attributes, parts []string) bool { return o.APIID == parts[2] && o.Name == parts[4] }}}
	case apigatewayv2.RouteType:
		return []kind{{"aws_apigatewayv2_route", 5, v2Part}, {"aws_apigatewayv2_api", 5, inBody}}
	case apigatewayv2.IntegrationType:
		return []kind{{"aws_apigatewayv2_integration", 5, v2Part}, {"aws_apigatewayv2_api", 5, inBody}}
	}
	return nil
}

// domainName compares the id too, which private names have: a name may exist
// twice.
func domainName(o *attributes, parts []string) bool {
	name, id, _ := strings.Cut(parts[2], "+")
	return o.DomainName == name && o.DomainNameID == id
}
