package asker_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/awsclient/wire/protocol"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// everything answers each call with all that the service's model has for it, and
// keeps what a change says.
type everything struct {
	models []string // that the room calls
	said   room.Tree
	op     *protocol.Operation
}

func (e *everything) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	q := &protocol.Request{Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.Query(), Header: r.Header, Body: body}
	if bucket, _, in := strings.Cut(r.URL.Host, ".s3."); in {
		q.Path = "/" + bucket + q.Path
	}
	if len(q.Path) > 1 {
		q.Path = strings.TrimSuffix(q.Path, "/")
	}
	var o *protocol.Operation
	for _, model := range e.models {
		s, err := wire.Model(model)
		if err != nil {
			return nil, err
		}
		if (model == "s3control") == strings.Contains(r.URL.Host, "s3-control") && o == nil {
			o = s.Route(q)
		}
	}
	if o == nil {
		return nil, fmt.Errorf("%v have no such operation: %s %s", e.models, q.Method, q.Path)
	}
	var err error
	if e.said, err = o.DecodeRequest(q); err != nil {
		return nil, err
	}
	e.op = o
	var out room.Tree
	if o.Out != nil {
		out, _ = fill(o.Out, "", "", nil).(room.Tree)
		delete(out, "NextToken")
		delete(out, "Marker")
		delete(out, "NextMarker")
	}
	a, err := o.EncodeResponse(out, "id")
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: a.Status, Header: a.Header, Body: io.NopCloser(bytes.NewReader(a.Body)), ContentLength: int64(len(a.Body)), Request: r}, nil
}

// fill is a value of a shape with all members that it may have: texts are the names
// of their members, with a mark in the second element of a list.
func fill(r *protocol.Ref, name, mark string, above []string) any {
	switch r.Kind {
	case protocol.Bool:
		return true
	case protocol.Long:
		return int64(len(above) + 2 + len(mark))
	case protocol.Double:
		return 1.5
	case protocol.Timestamp:
		return time.Unix(1700000000, 0).UTC()
	case protocol.Blob:
		return []byte(name)
	case protocol.List:
		return []any{fill(r.Item, name, mark, above), fill(r.Item, name, mark+"-2", above)}
	case protocol.Map:
		return room.Tree{"first": fill(r.Value, name, mark, above), "second": fill(r.Value, name, mark+"-2", above)}
	case protocol.Structure:
		out := room.Tree{}
		if slices.Contains(above, r.Name) {
			return out
		}
		for i := range r.Members {
			m := &r.Members[i]
			out[m.Name] = fill(m.Ref, m.Name, mark, append(slices.Clone(above), r.Name))
			if r.Union {
				break
			}
		}
		return out
	}
	return name + mark
}

// merged are the objects of which a write does not name every member, and why nothing
// is lost by that.
func merged() map[string]string {
	const (
		kept = "AWS changes what is named, and keeps the rest"
		how  = "the others say how it is called, not what is written"
	)
	return map[string]string{
		"CreateLaunchTemplateVersion":                         how,
		"CreateLaunchTemplateVersion.LaunchTemplateData":      "a version has the rest from the one that it is made from",
		"DisableEbsEncryptionByDefault":                       how,
		"EnableEbsEncryptionByDefault":                        how,
		"ModifyDBCluster":                                     kept,
		"ModifyDBInstance":                                    kept,
		"ModifyInstanceMetadataOptions":                       kept,
		"ModifyLaunchTemplate":                                how,
		"ModifyLoadBalancerAttributes.LoadBalancerAttributes": kept,
		"ModifySubnetAttribute":                               "AWS takes one attribute in a call",
		"PutAlternateContact":                                 how,
		"PutBucketLifecycleConfiguration":                     how,
		"PutBucketLogging":                                    how,
		"PutBucketPolicy":                                     how,
		"PutPublicAccessBlock":                                how,
		"UpdateFunctionConfiguration":                         kept,
		"UpdateRoute":                                         kept,
		"UpdateService":                                       kept,
		"UpdateTrail":                                         kept,
	}
}

// TestWritesKeepTheRest answers reads with all that AWS's models know of a thing,
// makes each write of each room with one value changed, and compares what is sent:
// where AWS takes an object whole, all of it is sent as it was read.
func TestWritesKeepTheRest(t *testing.T) {
	var unnamed []string
	for _, s := range catalog.Services() {
		for i := range s.Rooms {
			for n := range s.Rooms[i].Writes {
				w := &s.Rooms[i].Writes[n]
				if w.Takes || w.Build != nil {
					continue // they name all that they are about
				}
				e := catalog.Find(s.Rooms[i].Type)
				t.Run(string(e.Room.Type)+" "+w.Call+" "+w.Sets[0], func(t *testing.T) {
					unnamed = append(unnamed, keepsTheRest(t, e, w)...)
				})
			}
		}
	}
	slices.Sort(unnamed)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(merged())), slices.Compact(unnamed)); diff != "" {
		t.Errorf("members that a write does not name: expected -, found +\n%s", diff)
	}
}

func keepsTheRest(t *testing.T, e *catalog.Entry, w *room.Write) []string {
	t.Helper()
	all := &everything{}
	for _, call := range e.Room.Calls() {
		if model, _ := e.Service.Operation(call); !slices.Contains(all.models, model) {
			all.models = append(all.models, model)
		}
	}
	rate, err := awsclient.ParseRate("max")
	if err != nil {
		t.Fatal(err)
	}
	at := resource.Scope{Partition: "aws", Account: "111122223333", Region: "ap-northeast-1"}
	a := &asker.Asker{
		Scope: at, Lane: awsclient.NewLimits(rate, slog.New(slog.DiscardHandler)).Lane(at.Account, at.Region),
		Client: wire.New(awsclient.Static(at.Region, "", credentials.NewStaticCredentialsProvider("a", "b", ""), &http.Client{Transport: all})),
		Looks:  func(_ resource.Type, name string) bool { return room.Steps(w.Sets[0])[0].Name == name },
	}
	names := map[string]string{}
	for _, part := range strings.Split(e.Room.ARN, "{")[1:] {
		name, _, _ := strings.Cut(part, "}")
		names[name] = name
	}
	for name, is := range map[string]string{"partition": at.Partition, "account": at.Account, "region": at.Region} {
		if names[name] != "" {
			names[name] = is
		}
	}
	p, _, err := a.Alone(t.Context(), e, names)
	if err != nil {
		t.Fatal(err)
	}
	one := w.Sets[slices.IndexFunc(w.Sets, func(name string) bool { return e.Service.Leaf(e.Room, name).Of == "" })]
	if _, err := a.Send(t.Context(), e, w, p, map[string]any{keyed(e, p.Tree, one): other(e, w, one)}); err != nil {
		t.Fatal(err)
	}
	c := comparing{sent: all.said, had: p.Tree}
	c.pattern(all.op.Name, all.op.In, room.Tree(w.In), all.said)
	if len(c.lost) > 0 {
		t.Errorf("not sent: %v", c.lost)
	}
	if len(c.changed) > 1 {
		t.Errorf("changed: %v", c.changed)
	}
	return c.unnamed
}

// keyed has the keys of the first elements in the place of "*".
func keyed(e *catalog.Entry, tree room.Tree, name string) string {
	properties, at, out := e.Room.Properties, any(tree), ""
	for i, step := range room.Steps(name) {
		p := room.Find(properties, step.Name)
		at, _ = room.Get(at, p.Path(room.Answer))
		if i > 0 {
			out += "."
		}
		out += step.Name
		o := e.Service.Object(p.Of)
		if o != nil {
			properties = o.Properties
		}
		if step.Keyed {
			list, _ := at.([]any)
			at = list[0]
			out += "[" + strconv.Quote(room.TextOf(at, room.Find(o.Properties, o.Key).Path(room.Answer))) + "]"
		}
	}
	return out
}

// other is another value than the one that is there.
func other(e *catalog.Entry, w *room.Write, name string) any {
	if w.Value != nil {
		return w.Value
	}
	switch e.Service.Leaf(e.Room, name).Kind {
	case room.Bool:
		return false
	case room.Int, room.Float:
		return 1.0
	case room.Strings:
		return []string{"changed"}
	}
	return "changed"
}

// comparing holds what is sent to what was read.
type comparing struct {
	sent, had              room.Tree
	lost, changed, unnamed []string
}

// pattern goes along the input of a write.
func (c *comparing) pattern(path string, r *protocol.Ref, pattern, sent any) {
	switch pattern := pattern.(type) {
	case room.Edited:
		had, _ := room.Get(c.had, string(pattern))
		c.same(path, r, sent, had)
	case room.EditedOrNew:
		had, _ := room.Get(c.had, string(pattern))
		c.same(path, r, sent, had)
	case room.Tree:
		m, _ := sent.(room.Tree)
		for i := range r.Members {
			member := &r.Members[i]
			inner, named := pattern[member.Name]
			if !named {
				inner, named = pattern[member.Name+"?"]
			}
			if !named {
				c.unnamed = append(c.unnamed, path)
				continue
			}
			c.pattern(path+"."+member.Name, member.Ref, inner, m[member.Name])
		}
	}
}

// same compares what is sent with what was read, as far as the call can say it.
func (c *comparing) same(path string, r *protocol.Ref, sent, had any) {
	switch had := had.(type) {
	case room.Tree:
		m, _ := sent.(room.Tree)
		for name, v := range had {
			below := r.Value
			if r.Kind == protocol.Structure {
				member := r.Member(name)
				if member == nil {
					continue // AWS says it, and cannot be told
				}
				below = member.Ref
			}
			if _, there := m[name]; !there {
				c.lost = append(c.lost, path+"."+name)
				continue
			}
			c.same(path+"."+name, below, m[name], v)
		}
	case []any:
		list, _ := sent.([]any)
		if len(list) != len(had) {
			c.lost = append(c.lost, path+"[]")
			return
		}
		for i := range had {
			c.same(fmt.Sprintf("%s[%d]", path, i), r.Item, list[i], had[i])
		}
	case fact.Time:
		c.same(path, r, sent, time.Unix(int64(had), 0).UTC())
	default:
		if !reflect.DeepEqual(sent, had) {
			c.changed = append(c.changed, path)
		}
	}
}
