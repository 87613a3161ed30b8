// Package resource holds what all typed resources share: who they are, how
// they travel from a source to the checks, and what could not be read.
package resource

import (
	"strings"

	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/glob"
)

// Type is a resource type as CloudFormation names it: "AWS::ApiGateway::Stage".
type Type string

// AccountType is the type of findings about an account and Region as a whole.
const AccountType Type = "AWS::::Account"

// Scope is one account in one Region.
type Scope struct {
	Partition string `json:"partition"` // "aws", "aws-cn", "aws-us-gov"
	Account   string `json:"account"`   // twelve digits
	Region    string `json:"region"`    // "ap-northeast-1"
}

// Account is one account that is or was looked into. Stores keep it as JSON by
// the names of its fields.
type Account struct {
	Partition string
	ID        string // twelve digits; empty where even that could not be learnt
	Name      string // from the account list or the profile, or ""
	Caller    string // the ARN that looks, or ""
	Regions   []string
	// Wide is the Region under which what is the account's, whatever the Region, was
	// looked at; "" where it was not.
	Wide string `json:",omitempty"`
}

// Ref names one resource. This is its one shape in JSON.
type Ref struct {
	Scope
	Type    Type   `json:"type"`
	ARN     string `json:"arn,omitempty"`     // live resources
	Address string `json:"address,omitempty"` // resources of a source file, as Terraform or CloudFormation name them
	Name    string `json:"name"`              // for people: "orders/prod"
}

// ID is the ARN of a live resource and the address of one from a source.
func (r *Ref) ID() string {
	if r.ARN != "" {
		return r.ARN
	}
	return r.Address
}

// Fits tells whether a pattern (see [glob]) is that of the resource: of its ARN,
// its address or its name. What the resource does not have fits nothing, so that
// an empty pattern does not choose all.
func (r *Ref) Fits(pattern string) bool {
	fits := func(s string) bool { return s != "" && glob.Match(pattern, s) }
	return fits(r.ARN) || fits(r.Address) || fits(r.Name)
}

// accountID stands before the number of an account in the id of [OfAccount].
const accountID = "AWS::::Account:"

// OfAccount names an account and Region as a whole, as Security Hub does.
func OfAccount(at Scope) Ref {
	return Ref{Scope: at, Type: AccountType, ARN: accountID + at.Account, Name: at.Account}
}

// Whole is an account and Region as a whole, for what is judged of it by what is in
// it.
type Whole struct{ Meta }

// ResourceType returns AWS::::Account.
func (*Whole) ResourceType() Type { return AccountType }

// NewWhole makes the one of a scope.
func NewWhole(at Scope) *Whole { return &Whole{Meta{Ref: OfAccount(at)}} }

// IsAccountID tells whether an id is that of an account as a whole.
func IsAccountID(id string) bool { return strings.HasPrefix(id, accountID) }

// Meta is what every typed resource begins with.
type Meta struct {
	Ref
	Origin *fact.Origin
}

// GetMeta makes every struct that embeds Meta a part of [Resource].
func (m *Meta) GetMeta() *Meta { return m }

// Resource is a typed resource. ResourceType answers on a nil pointer too.
type Resource interface {
	GetMeta() *Meta
	ResourceType() Type
}

// Tagged is a resource that carries tags of its own.
type Tagged interface {
	ResourceTags() fact.Value[map[string]string]
}

// Mapped is a resource that custom domain names can lead to. MappedStage is the
// stage that they have to lead to; absent: any stage of its API.
type Mapped interface {
	MappedStage() fact.Value[string]
}

// Mapping is one way from a custom domain name to an API.
type Mapping struct {
	Domain string
	Stage  string // "": the caller names it
}

// Domains are the custom domain names that lead to an API.
type Domains struct {
	Ways []Mapping
	Rest *fact.Origin // why there may be more; nil: all were read
}

// Unit is what a source yields and what is judged at one time: one API with
// its stages, routes and integrations. The first resource is the root.
type Unit struct {
	Resources []Resource
	Gaps      []Gap
	Rootless  bool     // parts alone: what they inherit from their root is not known
	Domains   *Domains // that lead to the API; nil: nobody asked
	Elsewhere []Elsewhere
}

// Elsewhere is how many resources of a type a listing found where nobody looks.
type Elsewhere struct {
	Account string
	Type    Type
	Region  string
	N       int
}

// Gap is something that could not be read, and what it hides.
type Gap struct {
	Scope
	Name    string // of the target, such as its profile, where the account is not known
	Parent  Ref    // whose parts are hidden; the zero Ref where the whole account's are
	Hides   []Type // which types of resources may be there unseen
	Call    string // "apigateway:GetStages"
	Code    string // AWS's error code, or kumoban's: "Timeout", "Garbled", "Interrupted"
	Message string // AWS's own words, for people
}
