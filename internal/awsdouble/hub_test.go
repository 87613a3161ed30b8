package awsdouble_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"

	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/awsdouble"
)

type fields = map[string]any

// hubFinding is the least that BatchImportFindings takes from the account.
func hubFinding(id string, change func(fields)) fields {
	f := fields{
		"SchemaVersion": "2018-10-08", "Id": id, "ProductArn": "arn:aws:securityhub:" + home + ":" + acct + ":product/" + acct + "/default",
		"GeneratorId": "g", "AwsAccountId": acct, "Types": []string{"Software and Configuration Checks"}, "CreatedAt": "2026-11-01T00:00:00Z",
		"UpdatedAt": "2026-11-01T00:00:00Z", "Severity": fields{"Label": "LOW"}, "Title": "t", "Description": "d",
		"Resources": []fields{{"Type": "Other", "Id": "r"}},
	}
	if change != nil {
		change(f)
	}
	return f
}

type hubAnswer struct {
	Findings                  []fields
	NextToken                 string
	SuccessCount, FailedCount int
	FailedFindings            []struct{ Id, ErrorCode, ErrorMessage string }
	ProcessedFindings         []struct{ Id string }
	UnprocessedFindings       []struct{ ErrorCode string }
	Records                   []fields
}

func hubCall(t *testing.T, c aws.Config, method, path string, in any) (hubAnswer, error) {
	t.Helper()
	var out hubAnswer
	err := wire.New(c).REST(t.Context(), wire.SecurityHub(), method, path, in, &out)
	return out, err
}

// TestHubImports refuses what Security Hub refuses, one finding at a time.
func TestHubImports(t *testing.T) {
	d := load(t, awsdouble.Options{}, `{"securityHub": {}}`)
	c := config(d, home)
	set := func(name string, v any) func(fields) { return func(f fields) { f[name] = v } }
	drop := func(name string) func(fields) { return func(f fields) { delete(f, name) } }
	sized := func(n int) func(fields) {
		return func(f fields) {
			f["Resources"] = []fields{{"Type": "Other", "Id": "r", "Details": fields{"Other": fields{"x": ""}}}}
			b, _ := json.Marshal(f)
			f["Resources"].([]fields)[0]["Details"] = fields{"Other": fields{"x": strings.Repeat("x", n-len(b))}}
		}
	}
	cases := map[string]struct {
		change func(fields)
		code   string
	}{
		"the least": {nil, ""}, "240 KB": {sized(240 << 10), ""}, "a byte more": {sized(240<<10 + 1), "InvalidInput"}, "241 KB": {sized(241 << 10), "InvalidInput"},
		"another account": {set("AwsAccountId", "444455556666"), "InvalidAccess"}, "another product": {set("ProductArn", "arn:aws:securityhub:"+home+"::product/aws/securityhub"), "InvalidAccess"},
		"a long title": {set("Title", strings.Repeat("x", 257)), "InvalidInput"}, "a long description": {set("Description", strings.Repeat("長", 1025)), "InvalidInput"},
		"an empty text": {set("Title", " "), "InvalidInput"}, "a time that is none": {set("UpdatedAt", "yesterday"), "InvalidInput"},
		"a state that is none": {set("RecordState", "GONE"), "InvalidInput"}, "no resources": {set("Resources", []fields{}), "InvalidInput"},
	}
	for _, name := range []string{"AwsAccountId", "CreatedAt", "Description", "GeneratorId", "ProductArn", "Resources", "SchemaVersion", "Severity", "Title", "Types", "UpdatedAt"} {
		code := "InvalidInput"
		if name == "AwsAccountId" || name == "ProductArn" {
			code = "InvalidAccess"
		}
		cases["without "+name] = struct {
			change func(fields)
			code   string
		}{drop(name), code}
	}
	for name, x := range cases {
		got, err := hubCall(t, c, "POST", "findings/import", fields{"Findings": []fields{hubFinding(name, x.change)}})
		if err != nil || got.SuccessCount+got.FailedCount != 1 || (got.FailedCount == 1) != (x.code != "") || x.code != "" && (got.FailedFindings[0].ErrorCode != x.code || got.FailedFindings[0].Id != name) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for n, code := range map[int]string{0: "InvalidInputException", 100: "", 101: "InvalidInputException"} {
		var list []fields
		for i := range n {
			list = append(list, hubFinding(fmt.Sprint("n", i), nil))
		}
		_, err := hubCall(t, c, "POST", "findings/import", fields{"Findings": list})
		var api smithy.APIError
		if (code == "") != (err == nil) || err != nil && (!errors.As(err, &api) || api.ErrorCode() != code) {
			t.Errorf("%d findings: %v", n, err)
		}
	}
}

// TestHubUpdates keeps what an import may not change, and ignores one that is
// not later.
func TestHubUpdates(t *testing.T) {
	d := load(t, awsdouble.Options{}, `{"securityHub": {}}`)
	c := config(d, home)
	send := func(at, title, state string) fields {
		t.Helper()
		f := hubFinding("x", func(f fields) {
			f["UpdatedAt"], f["Title"], f["RecordState"], f["Workflow"] = at, title, state, fields{"Status": "RESOLVED"}
		})
		if got, err := hubCall(t, c, "POST", "findings/import", fields{"Findings": []fields{f, f}}); err != nil || got.SuccessCount != 1 {
			t.Fatalf("%+v, %v", got, err)
		}
		got, err := hubCall(t, c, "POST", "findings", fields{})
		if err != nil || len(got.Findings) != 1 {
			t.Fatalf("%+v, %v", got, err)
		}
		return got.Findings[0]
	}
	workflow := func(f fields) any { return f["Workflow"].(fields)["Status"] }
	if f := send("2026-11-01T00:00:00Z", "one", "ACTIVE"); workflow(f) != "RESOLVED" || f["ProcessedAt"] == nil || f["Region"] != home {
		t.Errorf("%v", f)
	}
	id := []fields{{"Id": "x", "ProductArn": hubFinding("x", nil)["ProductArn"]}}
	got, err := hubCall(t, c, "PATCH", "findings/batchupdate", fields{"FindingIdentifiers": append(id, fields{"Id": "y", "ProductArn": "z"}, id[0]), "Workflow": fields{"Status": "NOTIFIED"}, "Note": fields{"Text": "t", "UpdatedBy": "u"}})
	if err != nil || len(got.ProcessedFindings) != 1 || len(got.UnprocessedFindings) != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	if f := send("2026-11-01T00:00:00Z", "two", "ACTIVE"); f["Title"] != "one" || workflow(f) != "NOTIFIED" {
		t.Errorf("an import that is not later: %v", f)
	}
	if f := send("2026-11-02T00:00:00Z", "three", "ARCHIVED"); f["Title"] != "three" || workflow(f) != "NOTIFIED" || f["Note"] == nil {
		t.Errorf("a later one: %v", f)
	}
	if f := send("2026-11-03T00:00:00Z", "three", "ACTIVE"); workflow(f) != "NEW" {
		t.Errorf("back from the archive: %v", f)
	}
	history, err := hubCall(t, c, "POST", "findingHistory/get", fields{"FindingIdentifier": id[0]})
	if err != nil || len(history.Records) != 4 || history.Records[3]["FindingCreated"] != true {
		t.Errorf("%v, %v", history.Records, err)
	}
}

// TestHubOfOthers shows an administrator its members' findings, and nobody else.
func TestHubOfOthers(t *testing.T) {
	d := load(t, awsdouble.Options{}, `{"securityHub": {"members": ["444455556666"]}}`)
	f, _ := json.Marshal(fields{"securityHub": fields{"findings": []fields{hubFinding("theirs", nil)}}})
	for _, id := range []string{"444455556666", "777788889999"} {
		if err := d.Load(id, home, f); err != nil {
			t.Fatal(err)
		}
	}
	got, err := hubCall(t, config(d, home), "POST", "findings", fields{})
	if err != nil || len(got.Findings) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	_, err = hubCall(t, config(d, "us-east-1"), "POST", "findings", fields{})
	refused(t, err, "InvalidAccessException", acct)
	var answer interface{ HTTPStatusCode() int }
	if !errors.As(err, &answer) || answer.HTTPStatusCode() != http.StatusUnauthorized {
		t.Errorf("%v", err)
	}
	_, err = hubCall(t, config(d, home), "POST", "findings", fields{"Filters": fields{"Title": []fields{}}})
	refused(t, err, "SerializationException", "Title")
	_, err = hubCall(t, config(d, home), "POST", "findings", fields{"NextToken": "x"})
	refused(t, err, "InvalidInputException", "")
}

// walkHub is the part of the conformance walk that moto can follow: it knows
// neither BatchUpdateFindings nor GetFindingHistory, filters nothing, and
// accepts findings of any account.
func walkHub(t *testing.T, c aws.Config, r *recorder) {
	t.Helper()
	call := func(step, path string, in any) hubAnswer {
		t.Helper()
		out, err := hubCall(t, c, http.MethodPost, path, in)
		r.step(t, step, err)
		return out
	}
	call("GetFindings:empty", "findings", fields{})
	call("BatchImportFindings", "findings/import", fields{"Findings": []fields{hubFinding("a", nil), hubFinding("b", nil)}})
	call("BatchImportFindings:again", "findings/import", fields{"Findings": []fields{hubFinding("a", func(f fields) { f["UpdatedAt"] = "2026-11-02T00:00:00Z" })}})
	call("BatchImportFindings:refused", "findings/import", fields{"Findings": []fields{hubFinding("c", func(f fields) { f["Resources"] = []fields{} })}})
	page := call("GetFindings:page", "findings", fields{"MaxResults": 1})
	call("GetFindings:next", "findings", fields{"MaxResults": 1, "NextToken": page.NextToken})
	call("GetFindings:zero", "findings", fields{"MaxResults": 0})
	call("GetFindings:many", "findings", fields{"MaxResults": 101})
}
