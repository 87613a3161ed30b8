package trail

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// target is one resource that is looked for.
type target struct {
	arn    string
	events []string   // names of events that change it
	source string     // of the events
	names  []string   // those in its ARN
	keys   [][]string // of each, the members of a request or response that have it
	// setting says that every such event is about it.
	setting bool
	change  *Change
	met     string // the name under which it was met last
	cut     bool   // events were left unread
	fault   *awsclient.Fault
}

// targetOf goes by what the room of a resource says: the events that change one, and
// the names in its ARN.
func targetOf(r *resource.Ref) *target {
	e := cmp.Or(catalog.Find(r.Type), catalog.ByARN(r.ARN))
	t := &target{arn: r.ARN}
	if e == nil {
		return t
	}
	names, fits := room.Fits(e.Room.ARN, r.ARN)
	for _, pattern := range e.Room.ARNs {
		if !fits {
			names, fits = room.Fits(pattern, r.ARN)
		}
	}
	for key, name := range names {
		if key != "partition" && key != "region" && key != "account" && strings.Contains(e.Room.ARN, "{"+key+"}") {
			t.names = append(t.names, name)
			t.keys = append(t.keys, members(e.Room, key))
		}
	}
	t.setting = e.Room.Setting
	if t.setting || fits {
		t.events, t.source = e.Room.Events, cmp.Or(e.Service.IAM, e.Service.Model)+".amazonaws.com"
	}
	return t
}

// members are the ways in which requests and answers spell what an ARN's pattern
// calls key, in lower case: of a bucket's {Name} also bucketName, of a {QueueName}
// also the queueUrl that ends with it, of a {clusterName} also cluster.
func members(r *room.Room, key string) []string {
	key, word := strings.ToLower(key), strings.ToLower(r.GoName())
	return []string{key, word + key, strings.TrimSuffix(key, "name"), word + "url"}
}

func (t *target) wants(name string) bool { return slices.Contains(t.events, name) }

// see takes the change if it is about the target and later than what is known.
func (t *target) see(r *record, c Change) {
	if t.met == c.Event || !r.about(t) {
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

// about tells whether the event is about a target: it has the ARN, or all names.
func (r *record) about(t *target) bool {
	if t.setting {
		return true
	}
	for _, values := range r.members {
		if slices.Contains(values, t.arn) {
			return true
		}
	}
	for i, name := range t.names {
		if !slices.ContainsFunc(t.keys[i], func(key string) bool {
			return slices.ContainsFunc(r.members[key], func(v string) bool { return v == name || key != t.keys[i][0] && strings.HasSuffix(v, "/"+name) })
		}) {
			return false
		}
	}
	return len(t.names) > 0
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
