package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/awsclient/wire/protocol"
	"github.com/kumoban/kumoban/internal/outside"
)

// eachOperation calls f for all of the table.
func eachOperation(t *testing.T, f func(service string, o *protocol.Operation)) {
	t.Helper()
	for _, service := range Services() {
		s, err := Model(service)
		if err != nil {
			t.Fatal(service, err)
		}
		for _, name := range slices.Sorted(maps.Keys(s.All())) {
			f(service, s.Operation(name))
		}
	}
}

// maker makes trees at random.
type maker struct{ *rand.Rand }

func (m maker) make(r *protocol.Ref, depth int) any {
	word := func() string { return []string{"a", "b c", "x/y", "é&<>\"'", "q=1;z"}[m.IntN(5)] }
	switch r.Kind {
	case protocol.Bool:
		return m.IntN(2) == 0
	case protocol.Long:
		return m.Int64N(1 << 50)
	case protocol.Double:
		return float64(m.IntN(1000)) + 0.5
	case protocol.Timestamp:
		return time.Unix(m.Int64N(2e9), 0).UTC()
	case protocol.Blob:
		return []byte(word())
	case protocol.Document:
		return map[string]any{"Other": map[string]any{"k": "v"}}
	case protocol.List:
		out := []any{}
		for range 1 + m.IntN(2) {
			out = append(out, m.make(r.Item, depth+1))
		}
		return out
	case protocol.Map:
		out := map[string]any{}
		for i := range 1 + m.IntN(2) {
			out[fmt.Sprint("k", i)] = m.make(r.Value, depth+1)
		}
		return out
	case protocol.Structure:
		out := map[string]any{}
		only := m.IntN(max(1, len(r.Members)))
		for i, member := range r.Members { // one without parts, so that it ends; a form has no empty structures
			if depth > 6 && member.Kind < protocol.Structure {
				only = i
				break
			}
		}
		for i, member := range r.Members {
			if member.Ref.In == "text" || member.Nested {
				continue
			}
			if (r.Union || depth > 0) && i == only || !r.Union && (member.Required || depth == 0 || depth < 6 && m.IntN(1+depth) == 0 || depth < 9 && m.IntN(8) == 0) {
				if v := m.make(member.Ref, depth+1); member.Ref.In == "statusCode" {
					out[member.Name] = int64(200)
				} else if member.Name == "AccountId" { // perhaps a part of the host
					out[member.Name] = "111122223333"
				} else if member.Ref.In == "uri" || member.Ref.In == "host" || !has(v) {
					out[member.Name] = "v-1"
				} else {
					out[member.Name] = v
				}
			}
			if s, ok := out[member.Name].(string); ok && strings.HasPrefix(member.Ref.In, "header") {
				out[member.Name] = strings.Trim(s, "é \"'<>&") + "h"
			}
		}
		return out
	}
	return word()
}

func has(v any) bool { return v != nil }

// portable writes times and blobs as testdata/codec.py does.
func portable(v any) any {
	switch v := v.(type) {
	case time.Time:
		return map[string]any{"$time": v.UTC().Format(time.RFC3339)}
	case []byte:
		return map[string]any{"$blob": base64.StdEncoding.EncodeToString(v)}
	case int64:
		return float64(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = portable(v[i])
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k := range v {
			out[k] = portable(v[k])
		}
		return out
	}
	return v
}

// botocore asks it about lines, in one process.
func botocore(t *testing.T, lines []any) []map[string]any {
	t.Helper()
	var in bytes.Buffer
	e := json.NewEncoder(&in)
	for _, line := range lines {
		if err := e.Encode(line); err != nil {
			t.Fatal(err)
		}
	}
	var stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), outside.Python(t), "testdata/codec.py")
	cmd.Stdin, cmd.Stderr = &in, &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	var answers []map[string]any
	for line := range strings.Lines(string(out)) {
		var a map[string]any
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatal(err)
		}
		answers = append(answers, a)
	}
	if len(answers) != len(lines) {
		t.Fatalf("botocore answered %d of %d", len(answers), len(lines))
	}
	return answers
}

// seeds is how many trees each shape is tried with.
const seeds = 4

// TestRequestsAreBotocores compares what is sent for every operation, with
// inputs made at random, and reads it back as a service does.
func TestRequestsAreBotocores(t *testing.T) {
	var lines []any
	var ours []*protocol.Request
	var names []string
	eachOperation(t, func(service string, o *protocol.Operation) {
		for seed := range uint64(seeds) {
			in := map[string]any{}
			if o.In != nil {
				in = maker{rand.New(rand.NewPCG(seed, 1))}.make(o.In, 0).(map[string]any)
			}
			q, err := o.EncodeRequest(in)
			if err != nil {
				t.Errorf("%s:%s: %v", service, o.Name, err)
				continue
			}
			if found := o.Service.Route(q); found == nil || found != o && found.Path != o.Path { // S3's two lists of buckets have two hosts
				t.Errorf("%s:%s is not found by its request", service, o.Name)
			}
			if back, err := o.DecodeRequest(q); err != nil || !reflect.DeepEqual(portable(back), portable(in)) {
				t.Errorf("%s:%s: %v\n%v\nread back as\n%v", service, o.Name, err, in, back)
			}
			ours, names = append(ours, q), append(names, service+":"+o.Name)
			lines = append(lines, map[string]any{"service": service, "operation": o.Name, "protocol": o.Service.Protocol, "in": portable(in)})
		}
	})
	for i, want := range botocore(t, lines) {
		q := ours[i]
		path, query, _ := strings.Cut(want["path"].(string), "?")
		form, _ := url.ParseQuery(query)
		for k, v := range want["query"].(map[string]any) {
			if l, ok := v.([]any); ok {
				for _, x := range l {
					form.Add(k, fmt.Sprint(x))
				}
			} else if f, ok := v.(float64); ok {
				form.Set(k, fmt.Sprintf("%.0f", f))
			} else {
				form.Set(k, fmt.Sprint(v))
			}
		}
		if q.Method != want["method"] || q.Path != path || q.Host != want["host"] || q.Query.Encode() != form.Encode() {
			t.Errorf("%s: %s %s %s?%s, want %v", names[i], q.Method, q.Host, q.Path, q.Query.Encode(), want)
		}
		for k, v := range want["headers"].(map[string]any) {
			if q.Header.Get(k) != fmt.Sprint(v) {
				t.Errorf("%s: header %s is %q, want %q", names[i], k, q.Header.Get(k), v)
			}
		}
		if got, want := canonical(string(q.Body)), canonical(want["body"]); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: body\n%v\nwant\n%v", names[i], got, want)
		}
	}
}

// canonical makes bodies comparable: forms, JSON, and XML without order.
func canonical(body any) any {
	s, ok := body.(string)
	if !ok {
		form := url.Values{}
		for k, v := range body.(map[string]any) {
			form.Set(k, v.(string))
		}
		return form.Encode()
	}
	var v any
	if json.Unmarshal([]byte(s), &v) == nil {
		return v
	}
	if strings.HasPrefix(s, "<") {
		var n element
		if xml.Unmarshal([]byte(s), &n) == nil {
			return n.sorted()
		}
	}
	return s
}

type element struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Text    string     `xml:",chardata"`
	Inner   []element  `xml:",any"`
}

func (e element) sorted() string {
	var inner []string
	for _, c := range e.Inner {
		inner = append(inner, c.sorted())
	}
	slices.SortStableFunc(inner, func(a, b string) int {
		return strings.Compare(strings.SplitN(a, ">", 2)[0], strings.SplitN(b, ">", 2)[0])
	})
	attrs := fmt.Sprint(len(e.Attrs))
	for _, a := range e.Attrs {
		attrs += " " + a.Name.Space + ":" + a.Name.Local + "=" + a.Value
	}
	return fmt.Sprintf("<%s %s %s>%s%s", e.XMLName.Space, e.XMLName.Local, attrs, strings.TrimSpace(e.Text), strings.Join(inner, ""))
}

// TestAnswersAreBotocores has botocore read what the service's side writes, and
// reads it itself.
func TestAnswersAreBotocores(t *testing.T) {
	var lines []any
	var trees []map[string]any
	var names []string
	eachOperation(t, func(service string, o *protocol.Operation) {
		for seed := range uint64(seeds) {
			out := map[string]any{}
			if o.Out != nil {
				out = maker{rand.New(rand.NewPCG(seed, 2))}.make(o.Out, 0).(map[string]any)
			}
			a, err := o.EncodeResponse(out, "id-1")
			if err != nil {
				t.Errorf("%s:%s: %v", service, o.Name, err)
				continue
			}
			if back, err := o.DecodeResponse(a); err != nil || !reflect.DeepEqual(portable(back.Out), portable(out)) {
				t.Errorf("%s:%s: %v\n%v\nread back as\n%v\n%s", service, o.Name, err, out, back, a.Body)
			}
			headers := map[string]string{}
			for k := range a.Header {
				headers[strings.ToLower(k)] = a.Header.Get(k)
			}
			trees, names = append(trees, out), append(names, service+":"+o.Name)
			lines = append(lines, map[string]any{"service": service, "operation": o.Name, "protocol": o.Service.Protocol, "status": a.Status, "headers": headers, "body": string(a.Body)})
		}
	})
	for i, want := range botocore(t, lines) {
		if got := portable(trees[i]); !reflect.DeepEqual(got, any(want)) {
			t.Errorf("%s: botocore reads\n%v\nof\n%v", names[i], want, got)
		}
	}
}
