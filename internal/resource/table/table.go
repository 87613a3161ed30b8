// Package table describes resource types: each property once, with its name in
// CloudFormation, in the SDK and in Terraform, and what AWS means when it says
// nothing. The typed structs and the readers of the sources are generated from
// it, so that a property cannot mean two things.
package table

// Kind is the shape of a property.
type Kind string

// The shapes of properties. Object, List and Map refer to another table by
// [Property.Of]; a Map becomes a list ordered by key, whose key is the
// element's first property.
const (
	String  Kind = "string"
	Bool    Kind = "bool"
	Int     Kind = "int"
	Float   Kind = "float64"
	Strings Kind = "[]string"
	Tags    Kind = "map[string]string"
	Object  Kind = "object"
	List    Kind = "list"
	Map     Kind = "map"
)

// Table is one resource type, or one object within it.
type Table struct {
	Go         string // the struct's name, CloudFormation's last word
	Type       string // "AWS::ApiGateway::Stage"; empty for an object within a resource
	SDK        string // the SDK's type: "Stage" of service/apigateway/types
	Terraform  string // "aws_api_gateway_stage"
	Doc        string // what it is, completing "Stage is …"
	Parent     string // the Go name of the resource that this one belongs to
	Children   []Child
	Properties []Property
}

// Child is a collection of resources that belong to this one. It is unknown
// until a source has read it whole.
type Child struct {
	Name string // "Stages"
	Of   string // the Go name of the table
}

// Property is one property of a resource.
type Property struct {
	Name             string // CloudFormation's name; the SDK's where CloudFormation has none
	Kind             Kind
	Of               string // the Go name of the table of an Object, List or Map
	SDK              string // the SDK's field; empty where it is Name; "-" where the SDK has none
	Terraform        string // the attribute's or block's name; empty where Terraform has none
	Default          any    // what AWS means by leaving it out; nil: absent
	EmptyIsAbsent    bool   // AWS sends "" for "not set"
	ConfigDropsFalse bool   // AWS Config leaves false out: there, absent is false
	ReadOnly         bool   // AWS sets it; no source declares it
	Doc              string
}

// Service is the tables of one package under internal/resource.
type Service struct {
	Package string // "apigateway": the resource package and the SDK's service package
	Doc     string // the service's name for people
	Tables  []Table
}
