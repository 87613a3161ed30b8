package ensure

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/controls/apigateway/internal/ensure/ensuretest"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
)

func TestLogGroupName(t *testing.T) {
	names := map[string]bool{}
	long := strings.Repeat("s", 128)
	for _, stage := range []string{"$default", "default", "prod", "a-b_c", long} {
		name := LogGroupName("a1b2c3d4e5", stage)
		if _, err := (LogGroup{Name: name, Retention: "90"}).Ensure(ensuretest.Scope()); err != nil {
			t.Errorf("%s: %s, %v", stage, name, err)
		}
		names[name] = true
	}
	if len(names) != 5 || !names["/aws/vendedlogs/kumoban/a1b2c3d4e5/prod"] || !names["/aws/vendedlogs/kumoban/a1b2c3d4e5/.default"] {
		t.Errorf("%v", names)
	}
}

func TestLogGroup(t *testing.T) {
	const key = "arn:aws:kms:ap-northeast-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	for name, c := range map[string]struct {
		group LogGroup
		ids   []string
		set   map[string]any
		err   string
	}{
		"plain":            {LogGroup{"/a", "90", ""}, []string{"log-group"}, map[string]any{"RetentionInDays": 90.0}, ""},
		"longest":          {LogGroup{"/a", "3653", ""}, []string{"log-group"}, map[string]any{"RetentionInDays": 3653.0}, ""},
		"with a key":       {LogGroup{"/a", "1", key}, []string{"log-group"}, map[string]any{"RetentionInDays": 1.0, "KmsKeyId": key}, ""},
		"with a new key":   {LogGroup{"/a", "1", "new"}, []string{"key", "log-group"}, map[string]any{"RetentionInDays": 1.0, "KmsKeyId": remedy.Output{Of: "key", Name: "Arn"}}, ""},
		"every character":  {LogGroup{"aZ09_-/.#", "90", ""}, []string{"log-group"}, map[string]any{"RetentionInDays": 90.0}, ""},
		"512 characters":   {LogGroup{strings.Repeat("a", 512), "90", "new"}, []string{"key", "log-group"}, nil, ""},
		"513 characters":   {LogGroup{strings.Repeat("a", 513), "90", ""}, nil, nil, "fix.badLogGroup"},
		"no name":          {LogGroup{"", "90", ""}, nil, nil, "fix.badLogGroup"},
		"a dollar":         {LogGroup{"/a/$default", "90", ""}, nil, nil, "fix.badLogGroup"},
		"an ARN":           {LogGroup{"arn:aws:logs:ap-northeast-1:111122223333:log-group:/a", "90", ""}, nil, nil, "fix.badLogGroup"},
		"AWS's own":        {LogGroup{"aws/a", "90", ""}, nil, nil, "fix.badLogGroup"},
		"two lines":        {LogGroup{"/a\n", "90", ""}, nil, nil, "fix.badLogGroup"},
		"odd days":         {LogGroup{"/a", "31", ""}, nil, nil, "fix.badInput"},
		"no days":          {LogGroup{"/a", "", ""}, nil, nil, "fix.badInput"},
		"days as 9e1":      {LogGroup{"/a", "9e1", ""}, nil, nil, "fix.badInput"},
		"key elsewhere":    {LogGroup{"/a", "90", strings.Replace(key, "northeast", "southeast", 1)}, nil, nil, "fix.otherRegion"},
		"key in China":     {LogGroup{"/a", "90", strings.Replace(key, "aws", "aws-cn", 1)}, nil, nil, "fix.otherRegion"},
		"something as key": {LogGroup{"/a", "90", "alias/x"}, nil, nil, "fix.otherRegion"},
	} {
		ensures, err := c.group.Ensure(ensuretest.Scope())
		if got := ensuretest.ErrorKey(t, err); got != c.err {
			t.Errorf("%s: %q, want %q", name, got, c.err)
			continue
		}
		if diff := cmp.Diff(c.ids, ensuretest.IDs(ensures)); c.err == "" && diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if diff := cmp.Diff(c.set, ensuretest.Values(ensures, "log-group")); c.set != nil && diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		for _, e := range ensures {
			if !e.Make || !e.Data || e.Shared {
				t.Errorf("%s: undo could remove %+v", name, e)
			}
		}
	}
}

func TestKeyAlias(t *testing.T) {
	form := regexp.MustCompile(`^alias/kumoban-logs-[A-Za-z0-9_-]+$`) // a part of what the API model of KMS allows
	seen := map[string]string{}
	for _, group := range []string{
		"/aws/vendedlogs/kumoban/a1/prod", "/aws/vendedlogs/kumoban/a1/.default", "/aws/vendedlogs/kumoban/a1/default", "a/b", "a-b", "a_b", "a#b", "#", "/", ".",
		strings.Repeat("a", 512), strings.Repeat("a", 511) + "b",
	} {
		alias := keyAlias(group)
		if !form.MatchString(alias) || len(alias) > 256 {
			t.Errorf("%s: %s (%d characters)", group, alias, len(alias))
		}
		if other, twice := seen[alias]; twice {
			t.Errorf("%s and %s share %s", group, other, alias)
		}
		seen[alias] = group
	}
}

// TestKeyPolicy holds the policy to what it is for, in every partition.
func TestKeyPolicy(t *testing.T) {
	for partition, services := range map[string][]string{
		"aws":        {"logs.x-1.amazonaws.com"},
		"aws-us-gov": {"logs.x-1.amazonaws.com"},
		"aws-cn":     {"logs.x-1.amazonaws.com.cn", "logs.x-1.amazonaws.com"},
	} {
		at := resource.Scope{Partition: partition, Account: "111122223333", Region: "x-1"}
		group := LogGroup{Name: "/a/.default", Retention: "90", Key: "new"}
		ensures, err := group.Ensure(at)
		if err != nil {
			t.Fatal(err)
		}
		values := ensuretest.Values(ensures, "key")
		text, _ := values["KeyPolicy"].(string)
		var policy struct{ Statement []statement }
		if err := json.Unmarshal([]byte(text), &policy); err != nil || len(policy.Statement) != 3 || values["EnableKeyRotation"] != true {
			t.Fatalf("%s: %v %v", partition, values, err)
		}
		root := map[string]string{"AWS": "arn:" + partition + ":iam::111122223333:root"}
		context := []string{"arn:" + partition + ":logs:x-1:111122223333:log-group:/a/.default"}
		for i, want := range []struct {
			principal map[string]string
			condition map[string]map[string][]string
		}{
			{root, nil},
			{map[string]string{"Service": services[0]}, map[string]map[string][]string{"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": context}}},
			{root, map[string]map[string][]string{"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": context}, "StringEquals": {"kms:ViaService": services}}},
		} {
			s := policy.Statement[i]
			if diff := cmp.Diff(want.principal, s.Principal) + cmp.Diff(want.condition, s.Condition); diff != "" {
				t.Errorf("%s, %s: %s", partition, s.Sid, diff)
			}
			for _, action := range s.Action {
				if i == 0 && regexp.MustCompile(`^kms:(\*|Encrypt|Decrypt|ReEncrypt|Generate|CreateGrant)`).MatchString(action) {
					t.Errorf("%s: who administers the key may also %s", partition, action)
				}
			}
		}
	}
	if _, err := (LogGroup{"/a", "90", "new"}).Ensure(resource.Scope{Partition: "aws-iso", Account: "1", Region: "x"}); ensuretest.ErrorKey(t, err) != "fix.unknownPartition" {
		t.Errorf("a partition of which nothing is known: %v", err)
	}
}

// TestDoubleTakesTheKey makes the key and the log group in the double, which
// lets a log group have a key only if the key's policy allows it.
func TestDoubleTakesTheKey(t *testing.T) {
	double := awsdouble.New(awsdouble.Options{})
	at := ensuretest.Scope()
	group := LogGroup{Name: LogGroupName("a1b2c3d4e5", "$default"), Retention: "90", Key: "new"}
	ensures, err := group.Ensure(at)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := json.Marshal(ensuretest.Values(ensures, "key")["KeyPolicy"])
	if err != nil {
		t.Fatal(err)
	}
	var made struct{ KeyMetadata struct{ Arn string } }
	if err := json.Unmarshal([]byte(send(t, double, "kms", "TrentService.CreateKey", `{"Policy":`+string(policy)+`}`, 200)), &made); err != nil {
		t.Fatal(err)
	}
	key := made.KeyMetadata.Arn
	send(t, double, "kms", "TrentService.CreateAlias", fmt.Sprintf(`{"AliasName":%q,"TargetKeyId":%q}`, ensures[0].Thing.Name, key), 200)
	send(t, double, "logs", "Logs_20140328.CreateLogGroup", fmt.Sprintf(`{"logGroupName":%q,"kmsKeyId":%q}`, group.Name, key), 200)
	send(t, double, "logs", "Logs_20140328.CreateLogGroup", fmt.Sprintf(`{"logGroupName":"/other","kmsKeyId":%q}`, key), 400)
	for _, days := range Retentions() {
		send(t, double, "logs", "Logs_20140328.PutRetentionPolicy", fmt.Sprintf(`{"logGroupName":%q,"retentionInDays":%s}`, group.Name, days), 200)
	}
	described := send(t, double, "logs", "Logs_20140328.DescribeLogGroups", `{}`, 200)
	if !strings.Contains(described, `"`+group.ARN(at)+`:*"`) {
		t.Errorf("the ARN is not %s: %s", group.ARN(at), described)
	}
}

func send(t *testing.T, double *awsdouble.Double, service, target, body string, want int) string {
	t.Helper()
	id, _ := double.CredentialsFor(ensuretest.Scope().Account)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+service+".example.com/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+id+"/20250101/"+ensuretest.Scope().Region+"/"+service+"/aws4_request, SignedHeaders=host, Signature=0")
	r.Header.Set("X-Amz-Target", target)
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	resp, err := (&http.Client{Transport: double.Transport()}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != want {
		t.Fatalf("%s %s: %d %s %v, want %d", target, body, resp.StatusCode, text, err, want)
	}
	return string(text)
}
