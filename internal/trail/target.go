package trail

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/resource"
)

// target is one resource that is looked for.
type target struct {
	events []string          // names of events that change it
	keys   map[string]string // members of a request or response that must have these values; names in lower case
	change *Change
	met    string // the name under which it was met last
	cut    bool   // events were left unread
	fault  *awsclient.Fault
}

// targetOf reads the ARN of a stage, route, integration or domain name.
func targetOf(r *resource.Ref) *target {
	_, path, ok := strings.Cut(r.ARN, "::/")
	parts := strings.Split(path, "/")
	t := &target{keys: map[string]string{}}
	switch {
	case !ok:
	case len(parts) == 4 && parts[0] == "restapis" && parts[2] == "stages":
		t.keys["restapiid"], t.keys["stagename"] = parts[1], parts[3]
		t.events = []string{"UpdateStage", "CreateDeployment", "CreateStage"}
	case len(parts) == 4 && parts[0] == "apis" && parts[2] == "stages":
		t.keys["apiid"], t.keys["stagename"] = parts[1], parts[3]
		t.events = []string{"UpdateStage", "CreateDeployment", "CreateStage", "DeleteAccessLogSettings", "DeleteRouteSettings"}
	case len(parts) == 4 && parts[0] == "apis" && parts[2] == "routes":
		t.keys["apiid"], t.keys["routeid"] = parts[1], parts[3]
		t.events = []string{"UpdateRoute", "CreateRoute"}
	case len(parts) == 4 && parts[0] == "apis" && parts[2] == "integrations":
		t.keys["apiid"], t.keys["integrationid"] = parts[1], parts[3]
		t.events = []string{"UpdateIntegration", "CreateIntegration"}
	case len(parts) == 2 && parts[0] == "domainnames":
		name, _, _ := strings.Cut(parts[1], "+") // of a private one, its id follows
		t.keys["domainname"] = name
		t.events = []string{"UpdateDomainName", "CreateDomainName"}
	}
	return t
}

func (t *target) wants(name string) bool { return slices.Contains(t.events, name) }

// see takes the change if it is about the target and later than what is known.
func (t *target) see(r *record, c Change) {
	if t.met == c.Event || !r.names(t.keys) {
		return
	}
	t.met = c.Event
	if t.change == nil || c.At.After(t.change.At) {
		t.change = &c
	}
}

func (t *target) fail(f *awsclient.Fault) {
	if t.fault == nil {
		t.fault = f
	}
}

// result is the outcome. A change that was found while other events could not
// be read may not be the last one, so it does not count.
func (t *target) result() Result {
	switch {
	case t.events == nil:
		return Result{Outcome: NotKnown}
	case t.fault != nil && t.fault.Class == awsclient.Refused:
		return Result{Outcome: NotPermitted, Fault: t.fault}
	case t.fault != nil:
		return Result{Outcome: Failed, Fault: t.fault}
	case t.cut:
		return Result{Outcome: Incomplete}
	case t.change == nil:
		return Result{Outcome: Nothing}
	}
	return Result{Outcome: Found, Change: t.change}
}

// record is what an event says, as far as it matters here.
type record struct {
	ErrorCode         string          `json:"errorCode"`
	RequestParameters json.RawMessage `json:"requestParameters"`
	ResponseElements  json.RawMessage `json:"responseElements"`
	UserIdentity      struct {
		Type        string `json:"type"`
		ARN         string `json:"arn"`
		UserName    string `json:"userName"`
		PrincipalID string `json:"principalId"`
		AccountID   string `json:"accountId"`
		InvokedBy   string `json:"invokedBy"`
		OnBehalfOf  struct {
			UserID string `json:"userId"`
		} `json:"onBehalfOf"`
	} `json:"userIdentity"`
	members map[string][]string
}

// parse reads an event's record. One of a refused request changed nothing.
func parse(text string) (*record, bool) {
	r := &record{members: map[string][]string{}}
	if json.Unmarshal([]byte(text), r) != nil || r.ErrorCode != "" {
		return nil, false
	}
	for _, part := range []json.RawMessage{r.RequestParameters, r.ResponseElements} {
		var v any
		if json.Unmarshal(part, &v) == nil {
			r.collect(v, 0)
		}
	}
	return r, true
}

// deepest is how deep names of resources stand: the calls of version 1 wrap
// the body of a request into one member.
const deepest = 2

func (r *record) collect(v any, depth int) {
	object, ok := v.(map[string]any)
	if !ok || depth == deepest {
		return
	}
	for name, v := range object {
		if s, ok := v.(string); ok {
			name = strings.ToLower(name) // restApiId, restapiId and RestApiId have all been seen
			r.members[name] = append(r.members[name], s)
		}
		r.collect(v, depth+1)
	}
}

// names tells whether the event has all of the members.
func (r *record) names(keys map[string]string) bool {
	for name, want := range keys {
		if !slices.Contains(r.members[name], want) {
			return false
		}
	}
	return len(keys) > 0
}

// change tells who it was. username is CloudTrail's own short form.
func (r *record) change(username string) Change {
	u := &r.UserIdentity
	c := Change{ARN: u.ARN, Via: u.InvokedBy}
	_, role, assumed := strings.Cut(u.ARN, ":assumed-role/")
	for _, who := range []string{
		map[bool]string{true: role}[assumed],
		map[bool]string{true: "root"}[u.Type == "Root"],
		u.OnBehalfOf.UserID, u.UserName, username, u.InvokedBy, u.PrincipalID, u.AccountID,
	} {
		if who != "" {
			c.Who = who
			break
		}
	}
	return c
}
