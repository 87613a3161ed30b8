package fixproof

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const region = "ap-northeast-1"

// account is one account of moto or of the double, by calls on the wire:
// neither kumoban nor an SDK stands between the test and what is there.
type account struct {
	endpoint, id       string
	key, secret, token string
	moto               bool
	dir                string            // its own folder, where programs run
	ids                map[string]string // what was made in it, by the names that the tests use
}

// send makes a call; the answer to one about something that is not there is
// empty.
func (a *account) send(t *testing.T, method, service, path, kind string, body []byte, header ...string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, a.endpoint+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/20260401/%s/%s/aws4_request, SignedHeaders=host, Signature=0", a.key, region, service))
	req.Header.Set("X-Amz-Security-Token", a.token)
	req.Header.Set("Content-Type", kind)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode == http.StatusNotFound {
		return nil
	}
	if err != nil || resp.StatusCode >= http.StatusMultipleChoices {
		t.Fatalf("%s %s %v: %s %v %.500s", method, path, header, resp.Status, err, answer)
	}
	return answer
}

// gateway calls API Gateway; a body that is nil is left out.
func (a *account) gateway(t *testing.T, method, path string, body any) map[string]any {
	t.Helper()
	var data []byte
	if body != nil {
		data = encode(t, body)
	}
	return decode(t, a.send(t, method, "apigateway", path, "application/json", data))
}

// json calls a service with the JSON protocol.
func (a *account) json(t *testing.T, service, target string, body any) map[string]any {
	t.Helper()
	return decode(t, a.send(t, http.MethodPost, service, "/", "application/x-amz-json-1.1", encode(t, body), "X-Amz-Target", target))
}

// query calls a service with the query protocol and returns its XML.
func (a *account) query(t *testing.T, service string, form ...string) string {
	t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(form); i += 2 {
		values.Set(form[i], form[i+1])
	}
	return string(a.send(t, http.MethodPost, service, "/", "application/x-www-form-urlencoded", []byte(values.Encode())))
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func decode(t *testing.T, data []byte) map[string]any {
	t.Helper()
	v := map[string]any{}
	if len(data) == 0 {
		return v
	}
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatalf("%v in %.500s", err, data)
	}
	return v
}

// state is everything that an account has, flat: a path and its value.
type state map[string]string

// look reads all of API Gateway and what fixes touch around it. What only
// tells when something was done is left out, and so are ids that no two
// accounts share: the test's own names stand in their place.
func (a *account) look(t *testing.T) state {
	t.Helper()
	found := state{}
	list := func(place, path string) []string { return found.put(t, place, a.gateway(t, http.MethodGet, path, nil)) }
	list("account", "/account")
	list("domain names", "/domainnames")
	list("VPC links", "/v2/vpclinks")
	for _, api := range list("REST APIs", "/restapis") {
		for _, part := range []string{"stages", "deployments", "resources?embed=methods"} {
			list("REST "+api+" "+part, "/restapis/"+api+"/"+part)
		}
	}
	for _, api := range list("APIs", "/v2/apis") {
		for _, part := range []string{"stages", "routes", "integrations"} {
			list("API "+api+" "+part, "/v2/apis/"+api+"/"+part)
		}
	}
	names := maps.Clone(a.ids)
	if !a.moto { // which cannot list these
		for _, id := range list("certificates", "/clientcertificates") {
			names["certificate "+found["certificates."+id+".description"]] = id
		}
	}
	found.put(t, "log groups", a.json(t, "logs", "Logs_20140328.DescribeLogGroups", struct{}{}))
	a.roles(t, found)
	a.keys(t, found, names)
	return a.renamed(found, names)
}

func (a *account) roles(t *testing.T, found state) {
	t.Helper()
	tag := func(xml, name string) []string {
		var texts []string
		for _, m := range regexp.MustCompile("<"+name+">([^<]*)</"+name+">").FindAllStringSubmatch(xml, -1) {
			texts = append(texts, m[1])
		}
		return texts
	}
	names := []string{"kumoban-apigateway-cloudwatch", "logs"} // those that the double may have
	if a.moto {
		names = tag(a.query(t, "iam", "Action", "ListRoles", "Version", "2010-05-08"), "RoleName")
	}
	for _, role := range names {
		shown := a.query(t, "iam", "Action", "GetRole", "RoleName", role, "Version", "2010-05-08")
		trusts := tag(shown, "AssumeRolePolicyDocument")
		if len(trusts) == 0 {
			continue // not there
		}
		trust, err := url.QueryUnescape(trusts[0])
		if err != nil {
			t.Fatal(err)
		}
		policies := tag(a.query(t, "iam", "Action", "ListAttachedRolePolicies", "RoleName", role, "Version", "2010-05-08"), "PolicyArn")
		found.put(t, "role "+role, map[string]any{
			"trust": trust, "policies": strings.Join(policies, " "),
			"path": strings.Join(tag(shown, "Path"), " "), "boundary": strings.Join(tag(shown, "PermissionsBoundaryArn"), " "),
		})
	}
}

// keys reads the account's keys; the double does not list aliases.
func (a *account) keys(t *testing.T, found state, names map[string]string) {
	t.Helper()
	keys, _ := a.json(t, "kms", "TrentService.ListKeys", struct{}{})["Keys"].([]any)
	for _, each := range keys {
		key, _ := each.(map[string]any)
		id, _ := key["KeyId"].(string)
		about := map[string]any{"KeyId": id}
		described := a.json(t, "kms", "TrentService.DescribeKey", about)
		metadata, _ := described["KeyMetadata"].(map[string]any)
		alias, _ := metadata["Description"].(string) // which ends in a hash over the id of an API
		name := "key " + alias
		for api, id := range a.ids {
			if strings.Contains(alias, "-"+id+"-") {
				name = "key of " + api
			}
		}
		names[name], names["alias of the "+name] = id, alias
		found.put(t, name, described)
		found.put(t, name, a.json(t, "kms", "TrentService.GetKeyRotationStatus", about))
		about["PolicyName"] = "default"
		found.put(t, name, a.json(t, "kms", "TrentService.GetKeyPolicy", about))
	}
}

// renamed puts names in the place of ids, the longest ids first.
func (a *account) renamed(found state, names map[string]string) state {
	order := slices.SortedFunc(maps.Keys(names), func(x, y string) int {
		return 1000*(len(names[y])-len(names[x])) + strings.Compare(x, y)
	})
	pairs := []string{}
	for _, name := range order {
		pairs = append(pairs, names[name], "<"+name+">")
	}
	replace := strings.NewReplacer(append(pairs, a.id, "<account>")...)
	renamed := state{}
	for path, value := range found {
		renamed[replace.Replace(path)] = replace.Replace(value)
	}
	return renamed
}

// put adds an answer and returns the identifiers of the items in it.
func (s state) put(t *testing.T, place string, answer map[string]any) (ids []string) {
	t.Helper()
	for name, v := range answer {
		items, isList := v.([]any)
		if !isList {
			s.value(place+"."+name, name, v)
			continue
		}
		for _, item := range items {
			id := identifier(t, item)
			ids = append(ids, id)
			s.value(place+"."+id, "", item)
		}
	}
	slices.Sort(ids)
	return ids
}

func identifier(t *testing.T, item any) string {
	t.Helper()
	if text, ok := item.(string); ok {
		return text
	}
	m, _ := item.(map[string]any)
	for _, name := range []string{
		"domainNameArn", "domainName", "routeId", "integrationId", "stageName", "apiId", "vpcLinkId", "clientCertificateId", "logGroupName", "id",
	} {
		if id, ok := m[name].(string); ok && id != "" {
			return id
		}
	}
	t.Fatalf("no identifier in %v", item)
	return ""
}

// value flattens a value. AWS means the same by an empty text as by none; JSON
// in a text counts by what it says, not by its spaces. Of a key for which nobody
// chose its only usage, moto does not tell it.
func (s state) value(path, name string, v any) {
	switch name {
	case "createdDate", "domainNameStatus", "lastUpdatedDate", "creationTime", "uploadDate", "expirationDate", "pemEncodedCertificate", "CreationDate", "NextRotationDate", "KeyUsage", "kumoban:token":
		return
	}
	switch v := v.(type) {
	case nil:
	case map[string]any:
		for name, inner := range v {
			s.value(path+"."+name, name, inner)
		}
	case []any:
		for i, inner := range v {
			s.value(fmt.Sprintf("%s.%d", path, i), "", inner)
		}
	case string:
		var document map[string]any
		if json.Unmarshal([]byte(v), &document) == nil {
			s.value(path, "", document)
		} else if v != "" {
			s[path] = v
		}
	default:
		s[path] = fmt.Sprint(v)
	}
}

// changes lists in what two states differ, leaving out what begins with one of
// the given texts.
func changes(from, to state, but ...string) []string {
	list := []string{}
	for _, path := range slices.Sorted(maps.Keys(from)) {
		if now, there := to[path]; !there {
			list = append(list, path+" = "+from[path]+" is gone")
		} else if now != from[path] {
			list = append(list, path+": "+from[path]+" became "+now)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(to)) {
		if _, there := from[path]; !there {
			list = append(list, path+" = "+to[path]+" is new")
		}
	}
	return slices.DeleteFunc(list, func(change string) bool {
		return slices.ContainsFunc(but, func(prefix string) bool { return strings.HasPrefix(change, prefix) })
	})
}
