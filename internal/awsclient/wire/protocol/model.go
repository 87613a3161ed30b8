// Package protocol encodes and decodes what AWS's services speak, from a table
// of their operations: JSON 1.0 and 1.1, REST-JSON, REST-XML, Query and EC2
// Query. It has both sides, a client's and a server's, and does no I/O.
//
// Values are trees by the names of AWS's service models: map[string]any of bool,
// string, int64, float64, time.Time, []byte, []any and map[string]any; documents
// (JSON of any kind) are what encoding/json makes of them. A member that is
// absent or null has no key, a list that is sent empty is an empty []any, and a
// null in a list of JSON is a nil in its place.
package protocol

import (
	"encoding/json"
	"fmt"
	"strings"
)

// The protocols, as botocore names them.
const (
	JSON     = "json"
	RESTJSON = "rest-json"
	RESTXML  = "rest-xml"
	Query    = "query"
	EC2      = "ec2"
)

// Service is one of AWS's services.
type Service struct {
	ID          string            `json:"id"`     // the SDK's: "API Gateway"
	Prefix      string            `json:"prefix"` // of endpoints: "apigateway"
	Signing     string            `json:"signing"`
	Protocol    string            `json:"protocol"`
	Version     string            `json:"version"`          // of the API
	JSONVersion string            `json:"json,omitempty"`   // of JSON: "1.1"
	Target      string            `json:"target,omitempty"` // what X-Amz-Target begins with
	Namespace   string            `json:"xmlns,omitempty"`
	QueryErrors bool              `json:"queryErrors,omitempty"` // a JSON service that tells error codes of its former Query protocol apart
	Operations  map[string]*op    `json:"operations"`
	Shapes      map[string]*shape `json:"shapes"`

	operations map[string]*Operation
}

// op and shape are an operation and a shape as the table writes them: a
// reference is a shape's name, followed by what makes it special in its place.
type op struct {
	Method   string `json:"method"`
	Path     string `json:"path"` // with {labels}, and a query that is always sent
	Status   int    `json:"status,omitempty"`
	Host     string `json:"host,omitempty"` // what the endpoint's host begins with, with {labels}
	Checksum bool   `json:"checksum,omitempty"`
	In       string `json:"in,omitempty"`
	Out      string `json:"out,omitempty"`
	Pager    *Pager `json:"pager,omitempty"`
}

type shape struct {
	Members []string `json:"members,omitempty"` // of a structure: name and reference
	List    string   `json:"list,omitempty"`    // the reference to its items
	Key     string   `json:"key,omitempty"`     // of a map
	Value   string   `json:"value,omitempty"`
	Payload string   `json:"payload,omitempty"`
	Union   bool     `json:"union,omitempty"`
}

// Pager says how a listing goes on. All but what is sent are paths of members in
// an answer: "DistributionList.Items".
type Pager struct {
	In    []string `json:"in"`  // members that tokens are sent in
	Out   []string `json:"out"` // where they come from, in the same order
	Items []string `json:"items"`
	More  string   `json:"more,omitempty"`  // a bool that says whether more follows
	Limit string   `json:"limit,omitempty"` // the member for a page's size
	Size  int      `json:"size,omitempty"`  // to be sent in it, where AWS pages only if it is
}

// Operation is one of a service's.
type Operation struct {
	Service  *Service
	Name     string
	Method   string
	Path     string
	Status   int // of a successful answer; 0: 200
	Host     string
	Checksum bool // the body's has to be sent along
	In, Out  *Ref // nil: none
	Pager    *Pager
}

// Kind is what a shape is.
type Kind uint8

// The kinds. A character is a string, an integer a long, a float a double.
const (
	String Kind = iota
	Bool
	Long
	Double
	Timestamp
	Blob
	Document
	Structure
	List
	Map
)

// Shape is the form of a value.
type Shape struct {
	Name    string
	Kind    Kind
	Members []Member // of a structure, in the model's order
	Item    *Ref     // of a list
	Key     *Ref     // of a map
	Value   *Ref
	Payload string // the member that is the whole body
	Union   bool   // one member is set, and no other
}

// Member is a member of a structure.
type Member struct {
	Name string
	*Ref
}

// Ref is a shape in its place.
type Ref struct {
	*Shape
	Wire     string // its name on the wire; "": the member's
	Query    string // its name in EC2's requests; "": the other
	In       string // uri, querystring, header, headers, statusCode, host; text: the root's own
	Wrapper  string // the element around a result
	Time     string // the form of a timestamp: iso8601, rfc822, unixtimestamp; "": the protocol's
	Space    string // the XML namespace
	Prefix   string // its prefix
	Flat     bool   // a list or map without an element around it
	Attr     bool   // an XML attribute
	Nested   bool   // a header that holds JSON
	Token    bool   // a token that makes a call safe to repeat; made up where none is given
	Required bool
}

func kinds(name string) (Kind, bool) {
	k, ok := map[string]Kind{
		"string": String, "boolean": Bool, "long": Long, "double": Double, "timestamp": Timestamp, "blob": Blob, "document": Document,
	}[name]
	return k, ok
}

// Parse reads a service of the table.
func Parse(text []byte) (*Service, error) {
	var s Service
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, err
	}
	shapes := map[string]*Shape{}
	for name, raw := range s.Shapes {
		shapes[name] = &Shape{Name: name, Kind: raw.kind(), Payload: raw.Payload, Union: raw.Union}
	}
	r := reader{shapes: shapes}
	for name, raw := range s.Shapes {
		r.shape(shapes[name], raw)
	}
	s.operations = make(map[string]*Operation, len(s.Operations))
	for name, raw := range s.Operations {
		o := &Operation{
			Service: &s, Name: name, Method: raw.Method, Path: raw.Path, Status: raw.Status, Host: raw.Host,
			Checksum: raw.Checksum, Pager: raw.Pager,
		}
		if raw.In != "" {
			o.In = r.ref(raw.In)
		}
		if raw.Out != "" {
			o.Out = r.ref(raw.Out)
		}
		s.operations[name] = o
	}
	s.Operations, s.Shapes = nil, nil // they have been read
	return &s, r.err
}

func (s *shape) kind() Kind {
	switch {
	case s.List != "":
		return List
	case s.Key != "":
		return Map
	}
	return Structure
}

// reader resolves references; shapes may contain themselves.
type reader struct {
	shapes map[string]*Shape
	err    error
}

func (r *reader) shape(s *Shape, raw *shape) {
	switch s.Kind {
	case List:
		s.Item = r.ref(raw.List)
	case Map:
		s.Key, s.Value = r.ref(raw.Key), r.ref(raw.Value)
	default:
		for _, text := range raw.Members {
			name, ref, _ := strings.Cut(text, " ")
			s.Members = append(s.Members, Member{name, r.ref(ref)})
		}
	}
}

// ref reads a reference: "ResourceTagSet name=tagSet flat".
func (r *reader) ref(text string) *Ref {
	name, rest, _ := strings.Cut(text, " ")
	ref := &Ref{Shape: r.shapes[name]}
	if kind, ok := kinds(name); ok {
		ref.Shape = &Shape{Name: name, Kind: kind}
	}
	if ref.Shape == nil {
		r.err = fmt.Errorf("there is no shape %q", name)
		ref.Shape = &Shape{Name: name}
	}
	texts := map[string]*string{"name": &ref.Wire, "query": &ref.Query, "in": &ref.In, "wrapper": &ref.Wrapper, "time": &ref.Time, "xmlns": &ref.Space, "prefix": &ref.Prefix}
	flags := map[string]*bool{"flat": &ref.Flat, "attribute": &ref.Attr, "json": &ref.Nested, "token": &ref.Token, "required": &ref.Required}
	for _, word := range strings.Fields(rest) {
		key, value, _ := strings.Cut(word, "=")
		switch {
		case texts[key] != nil:
			*texts[key] = value
		case flags[key] != nil:
			*flags[key] = true
		default:
			r.err = fmt.Errorf("what is %q in %q?", word, text)
		}
	}
	return ref
}

// Operation returns the operation of a name; nil: the table has none.
func (s *Service) Operation(name string) *Operation { return s.operations[name] }

// All returns the operations by their names.
func (s *Service) All() map[string]*Operation { return s.operations }

// Member returns a structure's member; nil: there is none.
func (s *Shape) Member(name string) *Member {
	for i := range s.Members {
		if s.Members[i].Name == name {
			return &s.Members[i]
		}
	}
	return nil
}

// wire is a member's name on the wire.
func (m *Member) wire() string {
	if m.Wire != "" {
		return m.Wire
	}
	return m.Name
}
