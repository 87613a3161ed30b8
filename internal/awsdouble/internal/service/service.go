// Package service says what an operation of the AWS double is: how it is
// called, which IAM action and resource it is, and how it answers or refuses.
package service

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/awsclient/wire/protocol"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/session"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

// Protocol is how a service is spoken to.
type Protocol int

// The protocols that the double speaks.
const (
	REST     Protocol = iota // paths and verbs, JSON bodies
	JSON                     // X-Amz-Target, JSON 1.1 bodies
	Query                    // form in, XML out
	Modelled                 // as the service model says that comes with the operation
)

// Operation is one API operation.
type Operation struct {
	// Service as SDKs name it ("apigateway", "apigatewayv2"); Signing is the
	// name in the credential scope.
	Service, Signing string
	Name             string
	Protocol         Protocol
	Version          string // of the query protocol, part of its XML namespace
	Method, Path     string // REST only; Path holds {placeholders}
	Status           int    // of success; 0 is 200
	Write            bool
	Model            *protocol.Operation // of Modelled; its values are trees
	IAM              string              // the IAM action, where the service and the name do not give it
	Own, Shared      *Rate               // the quotas of the operation and of its service; nil: none
	FrontDoor        bool                // IAM's refusals come from AWS's common front
	Busy             *Error              // how a change is refused while another is under way; nil: as most do
	// Parameters shows CloudTrail what was asked, where it is not the members of the body.
	Parameters func(r *Request, body map[string]any) map[string]any
	// Resource gives the ARN that IAM judges; nil is "*".
	Resource func(*Request) string
	// Do answers: a value to encode, or nil for no body. It runs with the
	// account locked, unless Unlocked says that it locks what it needs.
	Unlocked bool
	Do       func(*Request) (any, error)
}

// Rate is a quota: a bucket of requests, and how many come back a second.
type Rate struct{ Rate, Burst float64 }

// Action is the IAM action that the operation needs.
func (o *Operation) Action() string {
	if o.IAM != "" {
		return o.IAM
	}
	return o.Signing + ":" + o.Name
}

// Form is how refusals are worded that are the same in all services: what is not of
// JSON or REST is of Query.
func (o *Operation) Form() Protocol {
	if o.Model == nil {
		return o.Protocol
	}
	switch o.Model.Service.Protocol {
	case protocol.JSON:
		return JSON
	case protocol.RESTJSON:
		return REST
	}
	return Query
}

// Caller is who signed a request.
type Caller struct {
	AccessKeyID, Account, ARN, UserID string
	Policy                            *session.Policy // of the session; nil: none
}

// Request is one call of an operation.
type Request struct {
	Account *world.Account
	Region  *world.Region
	Caller  Caller
	Now     time.Time
	Method  string
	// Path is the decoded path, without the /v2 of apigatewayv2.
	Path string
	// Vars are the values of the path's placeholders.
	Vars  map[string]string
	Query url.Values
	Form  url.Values // Query protocol
	Body  []byte
	// Partial asks a batch operation to fail some of its items.
	Partial bool
	// Keys issues credentials for AssumeRole.
	Keys func(c Caller, expires time.Time) (id, secret, token string)
	// World finds other accounts.
	World *world.World
	// In is the input of a Modelled operation, InFault why it makes no sense.
	In      map[string]any
	InFault error
}

// Decode reads the JSON body into v. A member that v does not know is refused:
// the double does not pretend to understand it.
func (r *Request) Decode(v any) error {
	body := r.Body
	if len(bytes.TrimSpace(body)) == 0 {
		body = []byte("{}")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		if strings.Contains(err.Error(), "unknown field") {
			return &Error{Status: 400, Code: "SerializationException", Message: "the double does not know this member: " + err.Error()}
		}
		return &Error{Status: 400, Code: "SerializationException", Message: "could not parse the request body"}
	}
	return nil
}

// Error is a refusal.
type Error struct {
	Status        int
	Code, Message string
	// RetryAfter in seconds is sent as a header unless it is 0.
	RetryAfter int
	Header     http.Header // sent along
	// FrontDoor marks errors of AWS's common front, whose JSON key is "Message".
	FrontDoor bool
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Refuse is a client error of a JSON or REST service.
func Refuse(code, message string) *Error { return &Error{Status: 400, Code: code, Message: message} }

// BadRequest is API Gateway's 400.
func BadRequest(message string) *Error { return Refuse("BadRequestException", message) }

// NotFound is API Gateway's 404.
func NotFound(message string) *Error {
	return &Error{Status: 404, Code: "NotFoundException", Message: message}
}

// Conflict is API Gateway's 409.
func Conflict(message string) *Error {
	return &Error{Status: 409, Code: "ConflictException", Message: message}
}

// Match compares a template such as /restapis/{restapi_id}/stages with the
// segments of a path.
func Match(template string, segments []string) (map[string]string, bool) {
	want := strings.Split(strings.TrimPrefix(template, "/"), "/")
	if len(want) != len(segments) {
		return nil, false
	}
	var vars map[string]string
	for i, w := range want {
		if strings.HasPrefix(w, "{") {
			if segments[i] == "" {
				return nil, false
			}
			if vars == nil {
				vars = map[string]string{}
			}
			vars[w[1:len(w)-1]] = segments[i]
		} else if w != segments[i] {
			return nil, false
		}
	}
	return vars, true
}

// FormOnly refuses parameters that the double does not understand.
func (r *Request) FormOnly(names ...string) error {
	for key := range r.Form {
		name, _, _ := strings.Cut(key, ".")
		if name != "Action" && name != "Version" && !slices.Contains(names, name) {
			return Refuse("ValidationError", "the double does not know the parameter "+key)
		}
	}
	return nil
}

// NewJSON declares an operation of a JSON 1.1 service.
func NewJSON(signing, name string, write bool, resource func(*Request) string, do func(*Request) (any, error)) *Operation {
	return &Operation{Service: signing, Signing: signing, Name: name, Protocol: JSON, Write: write, Resource: resource, Do: do}
}

// Field is a string member of a JSON body, for the resource that IAM judges.
func (r *Request) Field(name string) string {
	var members map[string]json.RawMessage
	var text string
	if json.Unmarshal(r.Body, &members) == nil {
		_ = json.Unmarshal(members[name], &text)
	}
	return text
}
