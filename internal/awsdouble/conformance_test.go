package awsdouble_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/outside"
)

// TestConformance runs the same SDK calls against the double and against moto
// and compares what comes back: status, error code, which keys are present and
// of what JSON type. Where they differ, moto errs, or the table below says why
// both are right.
func TestConformance(t *testing.T) {
	endpoint := outside.Moto(t)
	outside.MotoReset(t)

	d := load(t, awsdouble.Options{}, conformanceFixture)
	ours := newRecorder(d.Transport())
	oursConfig := config(d, home)
	oursConfig.HTTPClient = &http.Client{Transport: ours}
	walk(t, oursConfig, ours)

	theirs := newRecorder(http.DefaultTransport)
	theirsConfig := oursConfig.Copy()
	theirsConfig.HTTPClient = &http.Client{Transport: theirs}
	theirsConfig.BaseEndpoint = aws.String(endpoint)
	walk(t, theirsConfig, theirs)

	unseen := maps.Clone(deviations())
	for _, step := range ours.order {
		for _, difference := range compare(ours.seen[step], theirs.seen[step]) {
			key := step + " " + strings.TrimPrefix(strings.TrimPrefix(difference, ".item[]"), ".items[]")
			known := slices.ContainsFunc(slices.Collect(maps.Keys(deviations())), func(pattern string) bool {
				if !matches(pattern, key) {
					return false
				}
				delete(unseen, pattern)
				return true
			})
			if !known {
				t.Errorf("%s\n double: %s\n moto:   %s", key, ours.seen[step].text, theirs.seen[step].text)
			}
		}
	}
	for pattern, why := range unseen {
		t.Errorf("this deviation is gone, take it out of the table: %s (%s)", pattern, why)
	}
}

// matches compares a pattern whose only wildcard is a step of "*".
func matches(pattern, key string) bool {
	rest, any := strings.CutPrefix(pattern, "* ")
	if any {
		_, after, _ := strings.Cut(key, " ")
		return after == rest
	}
	return pattern == key
}

// answer is what a service sent.
type answer struct {
	status int
	code   string // of an error
	body   any
	text   string
}

// recorder keeps the last answer of each step.
type recorder struct {
	next  http.RoundTripper
	seen  map[string]answer
	order []string
	last  answer
}

func newRecorder(next http.RoundTripper) *recorder {
	return &recorder{next: next, seen: map[string]answer{}}
}

func (r *recorder) RoundTrip(q *http.Request) (*http.Response, error) {
	resp, err := r.next.RoundTrip(q)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(b))
	code, _, _ := strings.Cut(resp.Header.Get("X-Amzn-Errortype"), ":")
	r.last = answer{status: resp.StatusCode, code: code, text: string(b)}
	if bytes.HasPrefix(b, []byte("<")) {
		r.last.body = fromXML(b)
	} else if len(b) > 0 {
		_ = json.Unmarshal(b, &r.last.body)
	}
	return resp, nil
}

// step names the answer to the call that was just made.
func (r *recorder) step(t *testing.T, name string, err error) {
	t.Helper()
	var problem interface{ HTTPStatusCode() int }
	if err != nil && !errors.As(err, &problem) {
		t.Fatalf("%s: %v", name, err)
	}
	if _, twice := r.seen[name]; twice {
		t.Fatalf("step %q twice", name)
	}
	r.seen[name] = r.last
	r.order = append(r.order, name)
}

// fromXML turns elements into objects, so that both protocols compare alike.
func fromXML(b []byte) any {
	type element struct {
		XMLName  xml.Name
		Children []element `xml:",any"`
	}
	var root element
	_ = xml.Unmarshal(b, &root)
	var plain func(element) any
	plain = func(e element) any {
		if len(e.Children) == 0 {
			return ""
		}
		out := map[string]any{}
		for _, c := range e.Children {
			out[c.XMLName.Local] = plain(c)
		}
		return out
	}
	return map[string]any{root.XMLName.Local: plain(root)}
}

// compare lists what differs between the double's answer and moto's. Which
// 2xx a success is, TestOperationsAreAWSs knows from AWS's model; moto mostly
// says 200. What moto sends as null or empty and AWS leaves out counts as left
// out.
func compare(ours, theirs answer) (out []string) {
	if ours.status/100 != theirs.status/100 {
		return []string{fmt.Sprintf("status %d, moto %d", ours.status, theirs.status)}
	}
	if ours.status >= 400 {
		if ours.code != theirs.code {
			out = append(out, "error "+ours.code+", moto "+theirs.code)
		}
		return out
	}
	return compareValues("", ours.body, theirs.body)
}

func compareValues(path string, ours, theirs any) (out []string) {
	if ours == nil && empty(theirs) {
		return nil
	}
	if kind(ours) != kind(theirs) {
		return []string{path + " is " + kind(ours) + ", moto " + kind(theirs)}
	}
	switch o := ours.(type) {
	case map[string]any:
		m, _ := theirs.(map[string]any)
		for _, k := range slices.Sorted(maps.Keys(o)) {
			if v, both := m[k]; both && v != nil {
				out = append(out, compareValues(path+"."+k, o[k], v)...)
			} else {
				out = append(out, path+"."+k+" only here")
			}
		}
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if _, both := o[k]; !both && !empty(m[k]) {
				out = append(out, path+"."+k+" only moto")
			}
		}
	case []any:
		m, _ := theirs.([]any)
		if len(o) != len(m) {
			return []string{fmt.Sprintf("%s has %d, moto %d", path, len(o), len(m))}
		}
		if len(o) > 0 {
			out = compareValues(path+"[]", o[0], m[0])
		}
	}
	return out
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return !slices.ContainsFunc(slices.Collect(maps.Values(v)), func(x any) bool { return !empty(x) })
	}
	return false
}

func kind(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case map[string]any:
		return "object"
	case []any:
		return "array"
	}
	return fmt.Sprintf("%T", v)
}
