package fixtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// state is all that an account holds, by path: "regions/ap-northeast-1/RestAPIs/a1/stages/prod/tracingEnabled".
// Elements of lists go by what names them.
type state map[string]any

// names are the members that tell the elements of a list apart.
var names = []string{
	"id", "stageName", "apiId", "routeId", "integrationId", "authorizerId", "domainName", "logGroupName", "RoleName",
	"KeyId", "clientCertificateId", "vpcLinkId", "TagKey", "PolicyArn", "Name",
}

func (s *stand) state() state {
	s.t.Helper()
	data, err := s.double.State(account)
	if err != nil {
		s.t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		s.t.Fatal(err)
	}
	flat := state{}
	flat.add("", v)
	return flat
}

// ownWords are what AWS writes by itself whenever something is changed, and
// nobody can set or take away.
var ownWords = map[string]bool{
	"lastUpdatedDate": true,
	"log_stream_created_by_aws_to_validate_log_delivery_subscriptions": true,
}

func (s state) add(path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, x := range v {
			if !ownWords[name] {
				s.add(path+"/"+name, x)
			}
		}
	case []any:
		for i, x := range v {
			s.add(path+"/"+nameOf(x, i), x)
		}
	default:
		if v != nil && v != "" { // as an empty list or object, nothing
			s[path] = v
		}
	}
}

func nameOf(v any, i int) string {
	m, _ := v.(map[string]any)
	for _, n := range names {
		if text, ok := m[n].(string); ok {
			return text
		}
	}
	return strconv.Itoa(i)
}

// change is one path whose value is another one; nil is absent.
type change struct{ was, is any }

func diff(before, after state) map[string]change {
	changes := map[string]change{}
	for path, was := range before {
		if is, there := after[path]; !there || is != was {
			changes[path] = change{was, is}
		}
	}
	for path, is := range after {
		if _, there := before[path]; !there {
			changes[path] = change{nil, is}
		}
	}
	return changes
}

// same wants two states equal but for paths that begin with one of the given.
func same(t testing.TB, what string, before, after state, but ...string) {
	t.Helper()
	changes := diff(before, after)
	for _, path := range slices.Sorted(maps.Keys(changes)) {
		if !slices.ContainsFunc(but, func(p string) bool { return strings.HasPrefix(path, p) }) {
			t.Errorf("%s: %s: %v became %v", what, path, show(changes[path].was), show(changes[path].is))
		}
	}
}

func show(v any) string {
	if v == nil {
		return "absent"
	}
	return fmt.Sprintf("%#v", v)
}

// under counts the things directly under a path.
func (s state) under(path string) int {
	found := map[string]bool{}
	for p := range s {
		if rest, ok := strings.CutPrefix(p, path+"/"); ok {
			name, _, _ := strings.Cut(rest, "/")
			found[name] = true
		}
	}
	return len(found)
}
