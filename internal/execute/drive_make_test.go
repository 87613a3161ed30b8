package execute_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
)

const token = "20260101T000000Z-abc/1"

const keyPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"},` +
	`{"Effect":"Allow","Principal":{"Service":"logs.ap-northeast-1.amazonaws.com"},"Action":["kms:Encrypt*","kms:Decrypt*","kms:GenerateDataKey*"],"Resource":"*",` +
	`"Condition":{"ArnEquals":{"kms:EncryptionContext:aws:logs:arn":"` + logGroup + `/kumoban/new"}}}]}`

// made is a thing that a driver makes, and the properties that it gets.
type made struct {
	thing  plan.Thing
	values map[string]any
	output string
}

func things() []made {
	return []made{
		{plan.Thing{Type: "AWS::Logs::LogGroup", Name: "/kumoban/new"}, map[string]any{"RetentionInDays": 90.0}, "Arn"},
		{plan.Thing{Type: "AWS::IAM::Role", Name: "kumoban-apigateway-cloudwatch"}, map[string]any{
			"AssumeRolePolicyDocument": trust, "ManagedPolicyArns": []any{pushLogs}, "Path": "/team/a/", "PermissionsBoundary": "arn:aws:iam::111122223333:policy/bounds",
		}, "Arn"},
		{plan.Thing{Type: "AWS::KMS::Key", Name: "alias/kumoban-logs-new"}, map[string]any{"KeyPolicy": keyPolicy, "EnableKeyRotation": true}, "Arn"},
		{plan.Thing{Type: "AWS::ApiGateway::ClientCertificate", Name: "kumoban: orders/prod"}, map[string]any{}, "ClientCertificateId"},
	}
}

// census counts what a driver can make, by name, without ids and times.
func census(t *testing.T, d *awsdouble.Double) map[string]int {
	t.Helper()
	n := map[string]int{}
	var out struct {
		Item []struct {
			Description string
			Tags        map[string]string
		}
		LogGroups []struct {
			LogGroupName    string
			RetentionInDays int
			KmsKeyID        string `json:"kmsKeyId"`
		}
		Keys []struct {
			KeyID string `json:"KeyId"`
		}
	}
	for _, answer := range []string{
		raw(t, d, "apigateway", "GET /clientcertificates", ""), raw(t, d, "logs", "Logs_20140328.DescribeLogGroups", "{}"), raw(t, d, "kms", "TrentService.ListKeys", "{}"),
	} {
		if err := json.Unmarshal([]byte(answer), &out); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range out.Item {
		n["certificate "+c.Description+fmt.Sprint(c.Tags)]++
	}
	for _, g := range out.LogGroups {
		n[fmt.Sprintf("log group %s %d key %t", g.LogGroupName, g.RetentionInDays, g.KmsKeyID != "")]++
	}
	for _, k := range out.Keys {
		id := `{"KeyId":"` + k.KeyID + `"}`
		n["key "+raw(t, d, "kms", "TrentService.ListResourceTags", id)+raw(t, d, "kms", "TrentService.GetKeyPolicy", id)]++
	}
	roles := raw(t, d, "iam", "", "Action=ListAttachedRolePolicies&RoleName=kumoban-apigateway-cloudwatch")
	n["policies "+fmt.Sprint(strings.Count(roles, "<PolicyArn>"))]++
	d.ClearCalls()
	return n
}

// TestMake makes each thing, finds it and its output, makes it once again with
// the same token, which makes nothing, and removes it where that is right.
func TestMake(t *testing.T) {
	kept := map[resource.Type]string{"AWS::IAM::Role": "run.kept.shared", "AWS::KMS::Key": "run.kept.key"}
	for _, m := range things() {
		t.Run(string(m.thing.Type), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				double := newDouble(t, awsdouble.Options{}, fixture)
				d := drivers(t, double)[m.thing.Type]
				before := census(t, double)
				outputs, err := makes(t, d, m.thing, m.values, token)
				if err != nil || outputs[m.output] == "" {
					t.Fatalf("%v, %v", outputs, err)
				}
				if got := read(t, d, m.thing, properties(m.values)); !cmp.Equal(got, m.values) {
					t.Errorf("it is (-want +got):\n%s", cmp.Diff(m.values, got))
				}
				again, err := makes(t, d, m.thing, m.values, token)
				if err != nil || !cmp.Equal(again, outputs) {
					t.Errorf("made again: %v, %v, want %v", again, err, outputs)
				}
				for _, k := range []string{token, ""} {
					if found, err := d.Outputs(t.Context(), m.thing, k); err != nil || !cmp.Equal(found, outputs) {
						t.Errorf("outputs: %v, %v, want %v", found, err, outputs)
					}
				}
				if why, err := d.Remove(t.Context(), m.thing, m.values, true, "another/1"); err != nil || why == "" {
					t.Errorf("another run removes it: %q, %v", why, err)
				}
				calls := double.Calls()
				after := census(t, double)
				if len(after) == 0 || sum(after) != sum(before)+want(m) {
					t.Errorf("there is now %v", slices.Sorted(maps.Keys(after)))
				}
				why, err := d.Remove(t.Context(), m.thing, m.values, true, token)
				if err != nil || why != kept[m.thing.Type] {
					t.Errorf("remove: %q, %v", why, err)
				}
				allowed(t, d, step(m.thing, true, nil, m.values), append(calls, double.Calls()...))
				if why == "" {
					if diff := cmp.Diff(before, census(t, double)); diff != "" {
						t.Errorf("after removing (-before +after):\n%s", diff)
					}
					if why, err := d.Remove(t.Context(), m.thing, m.values, true, token); err != nil || why != "" {
						t.Errorf("removed again: %q, %v", why, err)
					}
				}
			})
		})
	}
}

func sum(n map[string]int) (total int) {
	for _, k := range n {
		total += k
	}
	return total
}

// want is by how much making a thing enlarges the census: a role is counted by
// its policies.
func want(m made) int {
	if m.thing.Type == "AWS::IAM::Role" {
		return 0
	}
	return 1
}

// TestForeign refuses to take over what somebody else made, and leaves it.
func TestForeign(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := newDouble(t, awsdouble.Options{}, fixture)
		all := drivers(t, double)
		for _, m := range things() {
			if m.thing.Type == "AWS::ApiGateway::ClientCertificate" {
				continue // many may have one description
			}
			if _, err := makes(t, all[m.thing.Type], m.thing, m.values, "another/1"); err != nil {
				t.Fatal(err)
			}
			before := census(t, double)
			_, err := makes(t, all[m.thing.Type], m.thing, m.values, token)
			if diff := cmp.Diff(before, census(t, double)); diff != "" {
				t.Error(diff)
			}
			if f := awsclient.AsFault(err); err == nil || !strings.Contains(f.Code, "AlreadyExists") {
				t.Errorf("%s: %v", m.thing.Type, err)
			}
		}
		group := plan.Thing{Type: "AWS::Logs::LogGroup", Name: "/apigw/orders"}
		if why, err := all[group.Type].Remove(t.Context(), group, nil, true, token); why != "run.kept.foreign" || err != nil {
			t.Errorf("%q, %v", why, err)
		}
	})
}

// TestCertificates tells certificates of one name apart.
func TestCertificates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := newDouble(t, awsdouble.Options{}, `{"clientCertificates":[
			{"clientCertificateId":"old","description":"kumoban: orders/prod","expirationDate":946684800,"tags":{"kumoban:token":"`+token+`"}},
			{"clientCertificateId":"short","description":"kumoban: orders/prod","expirationDate":1900000000},
			{"clientCertificateId":"long","description":"kumoban: orders/prod","expirationDate":2000000000},
			{"clientCertificateId":"other","description":"kumoban: orders/dev"}]}`)
		m := things()[3]
		d := drivers(t, double)[m.thing.Type]
		if got := read(t, d, m.thing, []string{"ClientCertificateId", "Description"}); got["ClientCertificateId"] != "long" {
			t.Errorf("%v, want the one that lasts longest", got)
		}
		made, err := makes(t, d, m.thing, m.values, token)
		if err != nil || slices.Contains([]any{"old", "short", "long"}, made["ClientCertificateId"]) {
			t.Errorf("%v, %v: an expired certificate counts for none", made, err)
		}
		if found, err := d.Outputs(t.Context(), m.thing, token); err != nil || !cmp.Equal(found, made) {
			t.Errorf("%v, %v, want %v", found, err, made)
		}
	})
}

// TestKept keeps what holds data and what others have come to use.
func TestKept(t *testing.T) {
	for name, c := range map[string]struct {
		thing int
		spoil func(t *testing.T, double *awsdouble.Double, id string)
		want  string
	}{
		"events": {0, func(t *testing.T, double *awsdouble.Double, _ string) {
			raw(t, double, "logs", "Logs_20140328.CreateLogStream", `{"logGroupName":"/kumoban/new","logStreamName":"s"}`)
			raw(t, double, "logs", "Logs_20140328.PutLogEvents", `{"logGroupName":"/kumoban/new","logStreamName":"s","logEvents":[{"timestamp":1,"message":"x"}]}`)
		}, "run.kept.data"},
		"a stage writes": {0, func(t *testing.T, double *awsdouble.Double, _ string) {
			raw(t, double, "apigateway", "PATCH /v2/apis/w1/stages/prod", `{"accessLogSettings":{"destinationArn":"`+logGroup+`/kumoban/new","format":"`+line+`"}}`)
		}, "run.kept.inUse"},
		"only AWS wrote": {0, func(t *testing.T, double *awsdouble.Double, _ string) {
			raw(t, double, "apigateway", "PATCH /v2/apis/h1/stages/$default", `{"accessLogSettings":{"destinationArn":"`+logGroup+`/kumoban/new","format":"`+line+`"}}`)
			raw(t, double, "apigateway", "DELETE /v2/apis/h1/stages/$default/accesslogsettings", "")
			if got := raw(t, double, "logs", "Logs_20140328.FilterLogEvents", `{"logGroupName":"/kumoban/new"}`); !strings.Contains(got, "Permissions are set correctly") {
				t.Error(got)
			}
		}, ""},
		"a stage shows": {3, func(t *testing.T, double *awsdouble.Double, id string) {
			raw(t, double, "apigateway", "PATCH /restapis/a1b2c3d4e5/stages/prod", `{"patchOperations":[{"op":"replace","path":"/clientCertificateId","value":"`+id+`"}]}`)
		}, "run.kept.inUse"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				double := newDouble(t, awsdouble.Options{}, fixture)
				m := things()[c.thing]
				d := drivers(t, double)[m.thing.Type]
				outputs, err := makes(t, d, m.thing, m.values, token)
				if err != nil {
					t.Fatal(err)
				}
				id, _ := outputs["ClientCertificateId"].(string)
				c.spoil(t, double, id)
				if why, err := d.Remove(t.Context(), m.thing, m.values, true, token); why != c.want || err != nil {
					t.Errorf("%q, %v, want %q", why, err, c.want)
				}
			})
		})
	}
}

// TestEncryptedLogGroup makes a log group with the key that was made for it,
// changes the key and takes it away again.
func TestEncryptedLogGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := newDouble(t, awsdouble.Options{}, fixture)
		all := drivers(t, double)
		key, group := things()[2], things()[0]
		outputs, err := makes(t, all[key.thing.Type], key.thing, key.values, token)
		if err != nil {
			t.Fatal(err)
		}
		d := all[group.thing.Type]
		values := map[string]any{"RetentionInDays": 30.0, "KmsKeyId": outputs["Arn"]}
		if _, err := makes(t, d, group.thing, values, token); err != nil {
			t.Fatal(err)
		}
		allowed(t, d, step(group.thing, true, nil, values), callsOf(double, "logs"))
		double.ClearCalls()
		for _, v := range []map[string]any{values, {"RetentionInDays": nil, "KmsKeyId": nil}, values} {
			if err := written(t, d, group.thing, v); err != nil {
				t.Fatal(err)
			}
			if got := read(t, d, group.thing, properties(v)); !cmp.Equal(got, v) {
				t.Error(cmp.Diff(v, got))
			}
		}
		allowed(t, d, step(group.thing, false, nil, values), callsOf(double, "logs"))
		start := double.Calls()
		theirs := map[string]any{"KmsKeyId": "arn:aws:kms:ap-northeast-1:111122223333:key/k1"}
		if f := awsclient.AsFault(written(t, d, group.thing, theirs)); f.Code != "AccessDeniedException" {
			t.Errorf("a key whose policy keeps CloudWatch Logs out: %v", f)
		}
		if n := len(double.Calls()) - len(start); n > 8 { // each round looks before it tries
			t.Errorf("%d calls for a key that will never do", n)
		}
	})
}

func callsOf(d *awsdouble.Double, service string) []awsdouble.Call {
	return slices.DeleteFunc(d.Calls(), func(c awsdouble.Call) bool { return c.Service != service })
}

// TestKeys changes a key, and finds among many the one that a run made and
// could not name.
func TestKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		keys := make([]string, 1005)
		for i := range keys {
			keys[i] = fmt.Sprintf(`{"keyId":"k%d"}`, i)
		}
		double := newDouble(t, awsdouble.Options{}, `{"keys":[`+strings.Join(keys, ",")+`]}`)
		m := things()[2]
		d := drivers(t, double)[m.thing.Type]
		double.Fault(awsdouble.Fault{Operation: "CreateAlias", Kind: awsdouble.Deny, Times: 1})
		if _, err := makes(t, d, m.thing, m.values, token); awsclient.AsFault(err).Class != awsclient.Refused {
			t.Fatalf("%v", err)
		}
		if state, err := d.Read(t.Context(), m.thing, nil); err != nil || state.Exists {
			t.Errorf("a key without its name: %+v, %v", state, err)
		}
		if _, err := makes(t, d, m.thing, m.values, token); err != nil {
			t.Fatal(err)
		}
		if n := count(double, "CreateKey"); n != 1 {
			t.Errorf("%d keys", n)
		}
		for _, v := range []map[string]any{{"EnableKeyRotation": false, "KeyPolicy": keyPolicy}, m.values} {
			if err := written(t, d, m.thing, v); err != nil {
				t.Fatal(err)
			}
			if got := read(t, d, m.thing, properties(v)); !cmp.Equal(got, v) {
				t.Error(cmp.Diff(v, got))
			}
		}
	})
}

// TestChangedSinceItWasMade leaves what somebody else has changed since, also to
// what it was before the run set it.
func TestChangedSinceItWasMade(t *testing.T) {
	group, certificate := things()[0], things()[3]
	for name, c := range map[string]struct {
		thing              made
		service, operation string
		body               string
	}{
		"retention removed":   {group, "logs", "Logs_20140328.DeleteRetentionPolicy", `{"logGroupName":"/kumoban/new"}`},
		"retention changed":   {group, "logs", "Logs_20140328.PutRetentionPolicy", `{"logGroupName":"/kumoban/new","retentionInDays":3653}`},
		"tagged":              {group, "logs", "Logs_20140328.TagResource", `{"resourceArn":"` + logGroup + `/kumoban/new","tags":{"owner":"them"}}`},
		"certificate renamed": {certificate, "apigateway", "PATCH /clientcertificates/%s", `{"patchOperations":[{"op":"replace","path":"/description","value":"theirs"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				double := newDouble(t, awsdouble.Options{}, fixture)
				d := drivers(t, double)[c.thing.thing.Type]
				outputs, err := makes(t, d, c.thing.thing, c.thing.values, token)
				if err != nil {
					t.Fatal(err)
				}
				operation := c.operation
				if id, ok := outputs["ClientCertificateId"].(string); ok {
					operation = strings.Replace(operation, "%s", id, 1)
				}
				raw(t, double, c.service, operation, c.body)
				if kept, err := d.Remove(t.Context(), c.thing.thing, c.thing.values, true, token); kept != "run.kept.changed" || err != nil {
					t.Errorf("%q, %v", kept, err)
				}
			})
		})
	}
}

func count(d *awsdouble.Double, operation string) (n int) {
	for _, c := range d.Calls() {
		if c.Operation == operation {
			n++
		}
	}
	return n
}

// TestBarredKeys makes no key where none of those that are there may be looked
// at: one of them may be the one.
func TestBarredKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := newDouble(t, awsdouble.Options{}, fixture)
		m := things()[2]
		d := drivers(t, double)[m.thing.Type]
		double.Fault(awsdouble.Fault{Operation: "ListResourceTags", Kind: awsdouble.Deny})
		if _, err := makes(t, d, m.thing, m.values, token); awsclient.AsFault(err).Class != awsclient.Refused || count(double, "CreateKey") > 0 {
			t.Errorf("%v, %d keys made", err, count(double, "CreateKey"))
		}
		// One that keeps the caller out by its own policy is nobody's hindrance.
		double = newDouble(t, awsdouble.Options{}, `{"keys":[{"keyId":"k1"},{"keyId":"k2"}]}`)
		double.Fault(awsdouble.Fault{Operation: "ListResourceTags", Kind: awsdouble.Deny, Times: 1})
		if _, err := makes(t, drivers(t, double)[m.thing.Type], m.thing, m.values, token); err != nil || count(double, "CreateKey") != 1 {
			t.Errorf("%v, %d keys made", err, count(double, "CreateKey"))
		}
	})
}

// TestRoles completes a role and detaches nothing.
func TestRoles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := newDouble(t, awsdouble.Options{}, `{"roles":[{"roleName":"half","assumeRolePolicyDocument":{"Version":"2012-10-17","Statement":
			{"Action":"sts:AssumeRole", "Principal":{"Service":"ec2.amazonaws.com"},
			 "Effect":"Allow"}}}]}`)
		x := plan.Thing{Type: "AWS::IAM::Role", Name: "half"}
		d := drivers(t, double)[x.Type]
		const document = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}`
		if got := read(t, d, x, []string{"ManagedPolicyArns", "AssumeRolePolicyDocument"}); got["ManagedPolicyArns"] != nil || got["AssumeRolePolicyDocument"] != document {
			t.Error(got)
		}
		values := maps.Clone(things()[1].values)
		delete(values, "Path") // which nothing changes
		delete(values, "PermissionsBoundary")
		for range 2 {
			if err := written(t, d, x, values); err != nil {
				t.Fatal(err)
			}
			if got := read(t, d, x, properties(values)); !cmp.Equal(got, values) {
				t.Error(cmp.Diff(values, got))
			}
		}
		for name, other := range map[string]any{"Path": "/team/", "PermissionsBoundary": "arn:aws:iam::111122223333:policy/x"} {
			if f := awsclient.AsFault(written(t, d, x, map[string]any{name: other})); f.Code != "Changed" {
				t.Errorf("%v: it would have changed the %s", f, name)
			}
		}
		allowed(t, d, step(x, false, nil, values), double.Calls())
		if f := awsclient.AsFault(written(t, d, x, map[string]any{"ManagedPolicyArns": []string{}})); f.Code != "BadPlan" {
			t.Errorf("%v: it would have detached a policy", f)
		}
	})
}
