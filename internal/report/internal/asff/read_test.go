package asff_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report/internal/asff"
	"github.com/kumoban/kumoban/internal/report/internal/stream"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/apigateway"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

type object = map[string]any

// finding of Security Hub with consolidated control findings on; change
// alters it.
func hub(change func(f object)) object {
	f := object{
		"SchemaVersion": "2018-10-08",
		"Id":            "arn:aws:securityhub:ap-northeast-1:111122223333:security-control/APIGateway.5/finding/6d1f0c0e-0c6e-4c3a-9c55-2f0f6a0f5a11",
		"ProductArn":    "arn:aws:securityhub:ap-northeast-1::product/aws/securityhub",
		"ProductName":   "Security Hub", "CompanyName": "AWS", "Region": "ap-northeast-1", "AwsAccountId": "111122223333",
		"GeneratorId": "security-control/APIGateway.5",
		"Types":       []string{"Software and Configuration Checks/Industry and Regulatory Standards"},
		"CreatedAt":   "2026-11-01T00:00:00.000Z", "UpdatedAt": "2026-11-21T00:00:00.000Z",
		"Severity": object{"Label": "MEDIUM", "Normalized": 40, "Original": "MEDIUM"},
		"ProductFields": object{
			"RelatedAWSResources:0/name": "securityhub-api-gw-cache-encrypted-0f1e2d3c", "RelatedAWSResources:0/type": "AWS::Config::ConfigRule",
			"aws/securityhub/ProductName": "Security Hub",
			"Resources:0/Id":              "arn:aws:apigateway:ap-northeast-1::/restapis/a1b2c3d4e5/stages/prod",
		},
		"Resources": []object{{
			"Type": "AwsApiGatewayStage", "Id": "arn:aws:apigateway:ap-northeast-1::/restapis/a1b2c3d4e5/stages/prod", "Partition": "aws",
			"Region": "ap-northeast-1", "Details": object{"AwsApiGatewayStage": object{"StageName": "prod", "CacheClusterEnabled": true}},
		}},
		"Compliance":    object{"Status": "FAILED", "SecurityControlId": "APIGateway.5", "AssociatedStandards": []object{{"StandardsId": "standards/aws-foundational-security-best-practices/v/1.0.0"}}},
		"WorkflowState": "NEW", "Workflow": object{"Status": "NEW"}, "RecordState": "ACTIVE",
	}
	if change != nil {
		change(f)
	}
	return f
}

func encode(t testing.TB, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func read(in string) ([]asff.Named, error) {
	return asff.Read(strings.NewReader(in), controls.All())
}

var tokyo = resource.Scope{Partition: "aws", Account: "111122223333", Region: "ap-northeast-1"}

func stage() asff.Named {
	return asff.Named{
		ID:      "arn:aws:securityhub:ap-northeast-1:111122223333:security-control/APIGateway.5/finding/6d1f0c0e-0c6e-4c3a-9c55-2f0f6a0f5a11",
		Control: "APIGateway.5", Status: "FAILED", RecordState: "ACTIVE", Workflow: "NEW",
		Ref: resource.Ref{Scope: tokyo, Type: apigateway.StageType, ARN: "arn:aws:apigateway:ap-northeast-1::/restapis/a1b2c3d4e5/stages/prod"},
	}
}

// TestReadWrappings opens everything that findings come in.
func TestReadWrappings(t *testing.T) {
	f := hub(nil)
	for name, c := range map[string]struct {
		in   any
		want int
	}{
		"the console's JSON": {f, 1},
		"a list":             {[]object{f, f}, 2},
		"GetFindings":        {object{"Findings": []object{f, f, f}, "NextToken": "x"}, 3},
		"an event":           {object{"version": "0", "detail-type": "Security Hub Findings - Imported", "source": "aws.securityhub", "detail": object{"findings": []object{f}}}, 1},
		"a custom action":    {object{"detail-type": "Security Hub Findings - Custom Action", "detail": object{"actionName": "fix", "findings": []object{f}}}, 1},
		"a list of events":   {[]object{{"detail": object{"findings": []object{f}}}, {"detail": object{"findings": []object{f}}}}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			for _, in := range []string{encode(t, c.in), "\ufeff \n" + encode(t, c.in) + "\r\n"} {
				got, err := read(in)
				if err != nil {
					t.Fatal(err)
				}
				want := make([]asff.Named, c.want)
				for i := range want {
					want[i] = stage()
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

// nested puts a finding into so many SQS messages.
func nested(t testing.TB, v any, n int) string {
	for range n {
		v = object{"body": json.RawMessage(encode(t, v))}
	}
	return encode(t, v)
}

// TestReadEnvelopes opens what services that hand on events wrap them in.
func TestReadEnvelopes(t *testing.T) {
	event := encode(t, object{"version": "0", "detail-type": "Security Hub Findings - Imported", "detail": object{"findings": []object{hub(nil)}}})
	sns := object{"Type": "Notification", "MessageId": "1", "TopicArn": "arn:aws:sns:ap-northeast-1:111122223333:t", "Message": event, "Signature": "x"}
	sqs := func(body string) object {
		return object{"Messages": []object{{"MessageId": "1", "ReceiptHandle": "x", "MD5OfBody": "x", "Body": body}, {"MessageId": "2", "Body": body}}}
	}
	records := func(record object) object { return object{"Records": []object{record, record}} }
	for name, c := range map[string]struct {
		in   string
		want int
	}{
		"SNS":                         {encode(t, sns), 1},
		"SQS":                         {encode(t, sqs(event)), 2},
		"SNS in SQS":                  {encode(t, sqs(encode(t, sns))), 2},
		"one SQS message":             {encode(t, object{"MessageId": "1", "Body": event}), 1},
		"SQS for Lambda":              {encode(t, records(object{"messageId": "1", "body": event, "eventSource": "aws:sqs"})), 2},
		"SNS in SQS for Lambda":       {encode(t, records(object{"messageId": "1", "body": encode(t, sns), "eventSource": "aws:sqs"})), 2},
		"SNS for Lambda":              {encode(t, records(object{"EventSource": "aws:sns", "Sns": sns})), 2},
		"a body that a pipe decoded":  {encode(t, []object{{"messageId": "1", "body": json.RawMessage(event)}}), 1},
		"a finding in SNS":            {encode(t, object{"Type": "Notification", "Message": encode(t, hub(nil))}), 1},
		"GetFindings in SQS":          {encode(t, sqs(encode(t, object{"Findings": []object{hub(nil), hub(nil)}}))), 4},
		"lines":                       {event + "\n" + event + "\n\n" + encode(t, hub(nil)), 3},
		"lines of another system":     {event + "\r\n" + event + "\r\n", 2},
		"a delivery stream":           {event + event + event, 3},
		"lines of envelopes":          {encode(t, sns) + "\n" + encode(t, sqs(event)), 3},
		"a delivery stream in SNS":    {encode(t, object{"Type": "Notification", "Message": event + event}), 2},
		"an event beside another one": {event + "\n" + encode(t, object{"detail-type": "Security Hub Insight Results", "detail": object{"insightName": "x"}}), 1},
		"as nested as it may be":      {nested(t, hub(nil), 11), 1},
	} {
		got, err := read(c.in)
		if err != nil || len(got) != c.want {
			t.Errorf("%s: %d findings, want %d: %v", name, len(got), c.want, err)
			continue
		}
		for _, n := range got {
			if diff := cmp.Diff(stage(), n); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	}
}

// TestReadCases reads what Security Hub's events look like on their ways.
func TestReadCases(t *testing.T) {
	for name, want := range map[string]string{
		"ev_sns.json": "APIGateway.3 NEW ACTIVE", "ev_sqs.json": "APIGateway.3 NEW ACTIVE", "ev_lines.json": "APIGateway.3 NEW ACTIVE, APIGateway.5 NEW ACTIVE",
		"ev_suppressed.json": "APIGateway.3 SUPPRESSED ACTIVE", "ev_archived.json": "APIGateway.3 NEW ARCHIVED",
	} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		named, err := read(string(data))
		var got []string
		for _, n := range named {
			got = append(got, n.Control+" "+n.Workflow+" "+n.RecordState)
		}
		if err != nil || strings.Join(got, ", ") != want {
			t.Errorf("%s: %v, %v; want %s", name, got, err, want)
		}
	}
}

// TestReadPlaces says where in the input what is wrong stands.
func TestReadPlaces(t *testing.T) {
	good := encode(t, hub(nil))
	pretty, err := json.MarshalIndent(hub(nil), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	third := fmt.Sprintf("line %d: ", 2+strings.Count(string(pretty), "\n"))
	for name, c := range map[string]struct{ in, want string }{
		"a bad third line":     {good + "\n" + good + "\n{\"a\":\n x}", "line 4: this is no JSON from byte"},
		"a bad last finding":   {string(pretty) + "\n" + strings.Replace(good, "APIGateway.5", "SageMaker.1", 3), third + "finding 2 is about SageMaker.1"},
		"in a message":         {good + "\n" + encode(t, object{"Messages": []object{{"Body": good}, {"Body": "x"}}}), "line 2: in Messages[1].Body: line 1: this is no JSON"},
		"in a message alone":   {encode(t, object{"Records": []object{{"Sns": object{"Message": "{"}}}}), "in Records[0].Sns.Message: line 1: this is no JSON"},
		"in a message of text": {encode(t, object{"Type": "Notification", "Message": "5"}), "in Message: this is no finding"},
	} {
		if _, err := read(c.in); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestReadNames finds control and resource wherever Security Hub says them.
func TestReadNames(t *testing.T) {
	on := func(control, partition, region, account, path string) func(object) {
		return func(f object) {
			arn := "arn:" + partition + ":apigateway:" + region + ":" + path
			f["ProductArn"] = "arn:" + partition + ":securityhub:" + region + "::product/aws/securityhub"
			f["AwsAccountId"], f["Region"], f["GeneratorId"] = account, region, "security-control/"+control
			f["Compliance"] = object{"Status": "FAILED", "SecurityControlId": control}
			f["Resources"] = []object{{"Type": "Other", "Id": arn, "Partition": partition, "Region": region}}
		}
	}
	standard := func(fields, generator bool) func(object) {
		return func(f object) {
			f["Compliance"], f["GeneratorId"] = object{"Status": "WARNING"}, "?"
			if fields {
				f["ProductFields"] = object{"ControlId": "APIGateway.5", "StandardsArn": "arn:aws:securityhub:::standards/aws-foundational-security-best-practices/v/1.0.0"}
			}
			if generator {
				f["GeneratorId"] = "aws-foundational-security-best-practices/v/1.0.0/APIGateway.5"
			}
		}
	}
	for name, c := range map[string]struct {
		change func(object)
		want   string // control, status, type, scope and path
	}{
		"another case":      {func(f object) { f["Compliance"] = object{"Status": "PASSED", "SecurityControlId": "apigateway.5"} }, "APIGateway.5 PASSED AWS::ApiGateway::Stage aws 111122223333 ap-northeast-1 /restapis/a1b2c3d4e5/stages/prod"},
		"generator alone":   {func(f object) { f["Compliance"] = object{"Status": "NOT_AVAILABLE"} }, "APIGateway.5 NOT_AVAILABLE AWS::ApiGateway::Stage aws 111122223333 ap-northeast-1 /restapis/a1b2c3d4e5/stages/prod"},
		"not consolidated":  {standard(true, true), "APIGateway.5 WARNING AWS::ApiGateway::Stage aws 111122223333 ap-northeast-1 /restapis/a1b2c3d4e5/stages/prod"},
		"field alone":       {standard(true, false), "APIGateway.5 WARNING AWS::ApiGateway::Stage aws 111122223333 ap-northeast-1 /restapis/a1b2c3d4e5/stages/prod"},
		"the old generator": {standard(false, true), "APIGateway.5 WARNING AWS::ApiGateway::Stage aws 111122223333 ap-northeast-1 /restapis/a1b2c3d4e5/stages/prod"},
		"V2 stage":          {on("APIGateway.9", "aws", "eu-west-1", "444455556666", ":/apis/c4c4c4c4c4/stages/$default"), "APIGateway.9 FAILED AWS::ApiGatewayV2::Stage aws 444455556666 eu-west-1 /apis/c4c4c4c4c4/stages/$default"},
		"China":             {on("APIGateway.8", "aws-cn", "cn-north-1", "444455556666", ":/apis/c4c4c4c4c4/routes/abc1234"), "APIGateway.8 FAILED AWS::ApiGatewayV2::Route aws-cn 444455556666 cn-north-1 /apis/c4c4c4c4c4/routes/abc1234"},
		"integration":       {on("APIGateway.10", "aws", "us-east-1", "444455556666", ":/apis/c4c4c4c4c4/integrations/abc1234"), "APIGateway.10 FAILED AWS::ApiGatewayV2::Integration aws 444455556666 us-east-1 /apis/c4c4c4c4c4/integrations/abc1234"},
		"GovCloud":          {on("APIGateway.11", "aws-us-gov", "us-gov-west-1", "444455556666", ":/domainnames/*.example.com"), "APIGateway.11 FAILED AWS::ApiGateway::DomainName aws-us-gov 444455556666 us-gov-west-1 /domainnames/*.example.com"},
		"private name":      {on("APIGateway.11", "aws", "us-east-1", "444455556666", "444455556666:/domainnames/in.example.com+abcd1234"), "APIGateway.11 FAILED AWS::ApiGateway::DomainName aws 444455556666 us-east-1 /domainnames/in.example.com+abcd1234"},
		"no place beside the ARN": {func(f object) {
			f["Resources"] = []object{{"Id": "arn:aws:apigateway:ap-northeast-1::/restapis/a1b2c3d4e5/stages/prod"}}
		}, "APIGateway.5 FAILED AWS::ApiGateway::Stage aws 111122223333 ap-northeast-1 /restapis/a1b2c3d4e5/stages/prod"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := read(encode(t, hub(c.change)))
			if err != nil {
				t.Fatal(err)
			}
			n := got[0]
			path := n.Ref.ARN[strings.IndexByte(n.Ref.ARN, '/'):]
			if s := fmt.Sprint(n.Control, " ", n.Status, " ", n.Ref.Type, " ", n.Ref.Partition, " ", n.Ref.Account, " ", n.Ref.Region, " ", path); s != c.want {
				t.Errorf("%s\nwant %s", s, c.want)
			}
		})
	}
}

// TestReadStates keeps what decides whether a finding is still one.
func TestReadStates(t *testing.T) {
	got, err := read(encode(t, hub(func(f object) {
		f["RecordState"], f["Workflow"] = "ARCHIVED", object{"Status": "SUPPRESSED"}
	})))
	if err != nil || got[0].RecordState != "ARCHIVED" || got[0].Workflow != "SUPPRESSED" {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = read(encode(t, hub(func(f object) {
		delete(f, "RecordState")
		delete(f, "Workflow")
	})))
	if err != nil || got[0].RecordState != "" || got[0].Workflow != "" {
		t.Errorf("%+v, %v", got, err)
	}
}

func set(path, value string) func(object) {
	return func(f object) {
		keys := strings.Split(path, ".")
		for _, k := range keys[:len(keys)-1] {
			if k == "Resources" {
				f = f[k].([]object)[0]
			} else {
				f = f[k].(object)
			}
		}
		f[keys[len(keys)-1]] = value
	}
}

// TestReadRefuses says in one sentence what is wrong, and gives nothing.
func TestReadRefuses(t *testing.T) {
	drop := func(key string) func(object) { return func(f object) { delete(f, key) } }
	const arn = "arn:aws:apigateway:ap-northeast-1::"
	for name, c := range map[string]struct {
		in   any // a string is given as it is
		want string
	}{
		"nothing":             {"", "fix.finding.empty"},
		"blank":               {" \n\ufeff", "fix.finding.byte"},
		"a mark alone":        {"\ufeff\n", "fix.finding.empty"},
		"an empty list":       {"[]", "fix.finding.none"},
		"no findings":         {object{"Findings": []object{}}, "fix.finding.none"},
		"null findings":       {`{"Findings": null, "detail": {"findings": []}}`, "fix.finding.none"},
		"an event of insight": {object{"detail-type": "Security Hub Insight Results", "detail": object{"insightName": "x"}}, "fix.finding.none"},
		"text":                {"FAILED APIGateway.5", "fix.finding.byte"},
		"cut off":             {encode(t, hub(nil))[:300], "fix.finding.byte"},
		"a bracket too many":  {encode(t, hub(nil)) + "}", "fix.finding.byte"},
		"text after it":       {encode(t, hub(nil)) + "\nx", "fix.finding.byte"},
		"UTF-16":              {"\xff\xfe{\x00}\x00", "fix.finding.byte"},
		"a string":            {`"APIGateway.5"`, "fix.finding.garbled"},
		"a number":            {"5", "fix.finding.garbled"},
		"null":                {"null", "fix.finding.damaged"},
		"a list of numbers":   {"[5]", "fix.finding.garbled"},
		"findings as text":    {object{"Findings": "x"}, "fix.finding.garbled"},
		"an empty object":     {"{}", "fix.finding.damaged"},
		"a wrong kind":        {hub(func(f object) { f["Resources"] = "x" }), "fix.finding.damaged"},
		"a saved scan":        {object{"schemaVersion": 1, "kumoban": "1.0.0", "findings": []object{{"control": "APIGateway.5"}}}, "fix.finding.damaged"},
		"OCSF":                {object{"class_uid": 2003, "metadata": object{}}, "fix.finding.ocsf"},

		"no product":        {hub(drop("ProductArn")), "fix.finding.damaged"},
		"no ARN as product": {hub(set("ProductArn", "securityhub")), "fix.finding.damaged"},
		"GuardDuty":         {hub(set("ProductArn", "arn:aws:securityhub:ap-northeast-1::product/aws/guardduty")), "fix.finding.otherProduct"},
		"another tool":      {hub(set("ProductArn", "arn:aws:securityhub:ap-northeast-1::product/prowler/prowler")), "fix.finding.otherProduct"},
		"the account's own": {hub(set("ProductArn", "arn:aws:securityhub:ap-northeast-1:111122223333:product/111122223333/default")), "fix.finding.otherProduct"},
		"another control":   {hub(set("Compliance.SecurityControlId", "SageMaker.1")), "fix.finding.otherControl"},
		"a number too long": {hub(set("Compliance.SecurityControlId", "APIGateway.55")), "fix.finding.otherControl"},
		"no control":        {hub(func(f object) { f["GeneratorId"], f["Compliance"] = "x/", object{"Status": "FAILED"} }), "fix.finding.damaged"},
		"no status":         {hub(func(f object) { f["Compliance"] = object{"SecurityControlId": "APIGateway.5"} }), "fix.finding.damaged"},
		"an odd status":     {hub(set("Compliance.Status", "failed")), "fix.finding.damaged"},
		"no resource":       {hub(drop("Resources")), "fix.finding.damaged"},
		"the account":       {hub(func(f object) { f["Resources"] = []object{{"Type": "AwsAccount", "Id": "AWS::::Account:111122223333"}} }), "fix.finding.account"},
		"the account's id":  {hub(set("Resources.Id", "AWS::::Account:111122223333")), "fix.finding.account"},
		"a source file": {hub(func(f object) {
			set("Resources.Id", "aws_api_gateway_stage.this")(f)
			f["AwsAccountId"] = "000000000000"
		}), "fix.finding.source"},
		"no ARN":            {hub(set("Resources.Id", "a1b2c3d4e5")), "fix.finding.damaged"},
		"no id":             {hub(set("Resources.Id", "")), "fix.finding.damaged"},
		"account zero":      {hub(set("AwsAccountId", "000000000000")), "fix.finding.damaged"},
		"no account":        {hub(drop("AwsAccountId")), "fix.finding.damaged"},
		"an odd account":    {hub(set("AwsAccountId", "11112222333")), "fix.finding.damaged"},
		"a wrong Region":    {hub(set("Resources.Region", "us-east-1")), "fix.finding.damaged"},
		"a wrong partition": {hub(set("Resources.Partition", "aws-cn")), "fix.finding.damaged"},
		"a host as Region": {hub(func(f object) {
			set("Resources.Id", "arn:aws:apigateway:evil.example/#::/restapis/a/stages/b")(f)
			set("Resources.Region", "")(f)
		}), "fix.finding.damaged"},
		"another account":    {hub(set("Resources.Id", "arn:aws:apigateway:ap-northeast-1:444455556666:/restapis/a/stages/b")), "fix.finding.damaged"},
		"another type":       {hub(set("Resources.Id", arn+"/apis/a/stages/b")), "fix.finding.otherResource"},
		"an API":             {hub(set("Resources.Id", arn+"/restapis/a")), "fix.finding.otherResource"},
		"a collection":       {hub(set("Resources.Id", arn+"/restapis/a/stages")), "fix.finding.otherResource"},
		"nothing in the ARN": {hub(set("Resources.Id", arn)), "fix.finding.otherResource"},
		"a way up":           {hub(set("Resources.Id", arn+"/restapis/../stages/b")), "fix.finding.otherResource"},
		"an empty part":      {hub(set("Resources.Id", arn+"/restapis//stages/b")), "fix.finding.otherResource"},
		"another service":    {hub(set("Resources.Id", "arn:aws:s3:ap-northeast-1::/restapis/a/stages/b")), "fix.finding.otherResource"},

		"a line cut off":         {encode(t, hub(nil)) + "\n" + encode(t, hub(nil))[:300], "fix.finding.byte"},
		"a line of another tool": {encode(t, hub(nil)) + "\n" + encode(t, hub(set("ProductArn", "arn:aws:securityhub:ap-northeast-1::product/prowler/prowler"))), "fix.finding.line"},
		"a line of numbers":      {encode(t, hub(nil)) + "\n5", "fix.finding.line"},
		"an empty queue":         {object{"Messages": []object{}}, "fix.finding.none"},
		"a confirmation":         {object{"Type": "SubscriptionConfirmation", "Message": "You have chosen to subscribe"}, "fix.finding.none"},
		"a mail":                 {object{"Type": "Notification", "Message": "ALARM: orders"}, "fix.finding.inside"},
		"a message cut off":      {object{"Messages": []object{{"Body": encode(t, hub(nil))[:300]}}}, "fix.finding.inside"},
		"an empty message":       {object{"Body": ""}, "fix.finding.inside"},
		"a message of numbers":   {object{"Body": "5"}, "fix.finding.inside"},
		"envelopes in envelopes": {nested(t, hub(nil), 20), "fix.finding.deep"},
		"lists in lists":         {strings.Repeat("[", 100) + strings.Repeat("]", 100), "fix.finding.deep"},
		"more lists than JSON":   {strings.Repeat("[", 20000) + strings.Repeat("]", 20000), "fix.finding.byte"},

		"one of two": {[]object{hub(nil), hub(set("Compliance.SecurityControlId", "SageMaker.1"))}, "fix.finding.otherControl"},
	} {
		t.Run(name, func(t *testing.T) {
			in, ok := c.in.(string)
			if !ok {
				in = encode(t, c.in)
			}
			got, err := read(in)
			var ours *locale.Error
			if !errors.As(err, &ours) || ours.Key != c.want || got != nil {
				t.Fatalf("%v, %v; want %s", got, err, c.want)
			}
			for _, lang := range locale.Langs() {
				cat, err := locale.New(lang)
				if err != nil {
					t.Fatal(err)
				}
				if text := cat.Text(ours.Key, ours.Args...); text == ours.Key || strings.ContainsAny(text, "{}\x1b\n") {
					t.Errorf("%s: %q", lang, text)
				}
			}
		})
	}
}

// TestReadSafely quotes nothing that a terminal obeys, and little.
func TestReadSafely(t *testing.T) {
	_, err := read(encode(t, hub(set("Compliance.SecurityControlId", "S3\x1b[2J\u202e"+strings.Repeat("長", 500)))))
	if err == nil || strings.ContainsAny(err.Error(), "\x1b\u202e") || len(err.Error()) > 400 {
		t.Errorf("%q", err)
	}
}

type unplugged struct{}

func (unplugged) Read([]byte) (int, error) { return 0, errors.New("unplugged") }

func TestReadFails(t *testing.T) {
	if _, err := asff.Read(unplugged{}, controls.All()); err == nil || err.Error() != "unplugged" {
		t.Error(err)
	}
}

// TestReadOwn reads what the handler of this package writes, in any status, and
// as Security Hub gives it back after an import.
func TestReadOwn(t *testing.T) {
	all := controls.All()
	selected, err := control.Select(all, control.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	cat, err := locale.New(locale.Japanese)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := stream.NewTexts(cat, all)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	h := asff.New(&out, texts)
	var want []asff.Named
	for i, status := range []control.Status{control.Failed, control.Passed, control.Unknown, control.NotApplicable} {
		r := resource.Ref{Scope: tokyo, Type: apigatewayv2.RouteType, ARN: fmt.Sprintf("arn:aws:apigateway:ap-northeast-1::/apis/c4c4c4c4c4/routes/abc%d", i), Name: "chat $default"}
		if err := h.Finding(&finding.Finding{Control: "APIGateway.8", Severity: control.Medium, Status: status, Resource: r}); err != nil {
			t.Fatal(err)
		}
		r.Name = ""
		n := asff.Named{Control: "APIGateway.8", Ref: r, Status: "NOT_AVAILABLE", RecordState: "ACTIVE", Workflow: "NEW"}
		switch status {
		case control.Failed:
			n.Status = "FAILED"
		case control.Passed:
			n.Status, n.Workflow = "PASSED", "RESOLVED"
		case control.NotApplicable:
			n.RecordState = "ARCHIVED"
		}
		want = append(want, n)
	}
	now := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	if err := h.End(&stream.Scan{Version: "0.1.0", Started: now, Ended: now, Source: "live", Controls: selected}); err != nil {
		t.Fatal(err)
	}
	got, err := read(out.String())
	if err != nil {
		t.Fatal(err)
	}
	for i := range got {
		if want[i].ID = got[i].ID; got[i].ID == "" {
			t.Error("no id")
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// FuzzRead never panics, and what it accepts is whole.
func FuzzRead(f *testing.F) {
	for _, seed := range []any{
		hub(nil), []object{hub(nil)}, object{"Findings": []object{hub(nil)}}, object{"detail": object{"findings": []object{hub(nil)}}},
		hub(func(f object) {
			f["Resources"] = []object{{"Id": "arn:aws:apigateway:eu-west-1:111122223333:/domainnames/a.example.com+abcd"}}
		}),
	} {
		f.Add(encode(f, seed))
	}
	f.Add("[null]")
	event := encode(f, object{"detail": object{"findings": []object{hub(nil)}}})
	for _, seed := range []any{
		object{"Type": "Notification", "Message": event}, object{"Messages": []object{{"Body": event}}},
		object{"Records": []object{{"body": event}, {"Sns": object{"Message": event}}}},
	} {
		f.Add(encode(f, seed))
	}
	f.Add(event + "\n" + event + event)
	f.Add(nested(f, hub(nil), 5))
	cases, err := filepath.Glob("testdata/ev_*.json")
	if err != nil || len(cases) == 0 {
		f.Fatal(cases, err)
	}
	for _, file := range cases {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	all := controls.All()
	f.Fuzz(func(t *testing.T, in string) {
		named, err := asff.Read(strings.NewReader(in), all)
		if err != nil {
			var ours *locale.Error
			if named != nil || !errors.As(err, &ours) {
				t.Fatalf("%v, %v", named, err)
			}
			return
		}
		if len(named) == 0 {
			t.Fatal("neither findings nor an error")
		}
		for _, n := range named {
			r := n.Ref
			selected, err := control.Select(all, control.Selection{Patterns: []string{n.Control}})
			if err != nil || len(selected) != 1 || !selected[0].Judges(r.Type) || len(r.Account) != 12 ||
				!strings.HasPrefix(r.ARN, "arn:"+r.Partition+":apigateway:"+r.Region+":") || strings.Contains(r.ARN, "..") {
				t.Fatalf("%+v", n)
			}
		}
	})
}
