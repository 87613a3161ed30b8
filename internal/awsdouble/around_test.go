package awsdouble_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"

	"github.com/kumoban/kumoban/internal/awsdouble"
)

// send calls a service for which the tests have no SDK client. Target is the
// X-Amz-Target of a JSON service; a body that is a form goes to a query
// service.
func send(t *testing.T, d *awsdouble.Double, service, target, body string) (int, string) {
	t.Helper()
	id, _ := d.CredentialsFor(acct)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+service+".example.com/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+id+"/20250101/ap-northeast-1/"+service+"/aws4_request, SignedHeaders=host, Signature=0")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	if target != "" {
		r.Header.Set("X-Amz-Target", target)
		r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	}
	resp, err := (&http.Client{Transport: d.Transport()}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// ok expects success and returns the body.
func ok(t *testing.T, d *awsdouble.Double, service, target, body string) string {
	t.Helper()
	status, text := send(t, d, service, target, body)
	if status != 200 {
		t.Fatalf("%s %s%s: %d %s", service, target, body, status, text)
	}
	return text
}

// no expects a refusal with this code and a message that holds the text.
func no(t *testing.T, d *awsdouble.Double, service, target, body, code, text string) {
	t.Helper()
	status, got := send(t, d, service, target, body)
	if status < 400 || !strings.Contains(got, code) || !strings.Contains(got, text) {
		t.Errorf("%s %s %s: %d %s, want %s with %q", service, target, body, status, got, code, text)
	}
}

func TestWebACLs(t *testing.T) {
	d := load(t, awsdouble.Options{}, restFixture)
	const w = "AWSWAF_20190729."
	create := `{"Name":"edge","Scope":"REGIONAL","DefaultAction":{"Allow":{}},"VisibilityConfig":{"SampledRequestsEnabled":true,"CloudWatchMetricsEnabled":true,"MetricName":"edge"}}`
	var made struct {
		Summary struct{ ARN, Id, LockToken string }
	}
	if err := json.Unmarshal([]byte(ok(t, d, "wafv2", w+"CreateWebACL", create)), &made); err != nil || made.Summary.LockToken == "" {
		t.Fatal(made, err)
	}
	no(t, d, "wafv2", w+"CreateWebACL", create, "WAFDuplicateItemException", "duplicate")
	no(t, d, "wafv2", w+"CreateWebACL", `{"Name":"x","Scope":"CLOUDFRONT"}`, "WAFInvalidParameterException", "SCOPE")
	no(t, d, "wafv2", w+"CreateWebACL", `{"Name":"x","Scope":"REGIONAL"}`, "WAFInvalidParameterException", "DEFAULT_ACTION")
	stage := "arn:aws:apigateway:ap-northeast-1::/restapis/a1b2c3d4e5/stages/prod"
	associate := func(acl, stage string) string {
		return `{"WebACLArn":"` + acl + `","ResourceArn":"` + stage + `"}`
	}
	no(t, d, "wafv2", w+"AssociateWebACL", associate(made.Summary.ARN+"x", stage), "WAFNonexistentItemException", "")
	no(t, d, "wafv2", w+"AssociateWebACL", associate(made.Summary.ARN, stage+"x"), "WAFNonexistentItemException", "")
	no(t, d, "wafv2", w+"AssociateWebACL", associate(made.Summary.ARN, "arn:aws:apigateway:ap-northeast-1::/apis/x/stages/y"), "WAFInvalidParameterException", "ARN")
	if got := ok(t, d, "wafv2", w+"GetWebACLForResource", `{"ResourceArn":"`+stage+`"}`); got != "{}" {
		t.Error(got)
	}
	ok(t, d, "wafv2", w+"AssociateWebACL", associate(made.Summary.ARN, stage))
	s, err := v1(d).GetStage(t.Context(), &apigateway.GetStageInput{RestApiId: aws.String("a1b2c3d4e5"), StageName: aws.String("prod")})
	if err != nil || aws.ToString(s.WebAclArn) != made.Summary.ARN {
		t.Errorf("%+v, %v", s, err)
	}
	if got := ok(t, d, "wafv2", w+"GetWebACLForResource", `{"ResourceArn":"`+stage+`"}`); !strings.Contains(got, made.Summary.ARN) {
		t.Error(got)
	}
	if got := ok(t, d, "wafv2", w+"ListWebACLs", `{"Scope":"REGIONAL"}`); !strings.Contains(got, made.Summary.Id) {
		t.Error(got)
	}
	ok(t, d, "wafv2", w+"GetWebACL", `{"Name":"edge","Scope":"REGIONAL","Id":"`+made.Summary.Id+`"}`)
	ok(t, d, "wafv2", w+"DisassociateWebACL", `{"ResourceArn":"`+stage+`"}`)
	no(t, d, "wafv2", w+"DeleteWebACL", `{}`, "UnknownOperationException", "DeleteWebACL")
}

func TestLogGroupsAndTheirKeys(t *testing.T) {
	d := load(t, awsdouble.Options{}, `{"logGroups":[{"logGroupName":"/apigw/orders"}]}`)
	const l, k = "Logs_20140328.", "TrentService."
	no(t, d, "logs", l+"CreateLogGroup", `{"logGroupName":"/apigw/orders"}`, "ResourceAlreadyExistsException", "already exists")
	no(t, d, "logs", l+"CreateLogGroup", `{"logGroupName":"a b"}`, "InvalidParameterException", "logGroupName")
	ok(t, d, "logs", l+"CreateLogGroup", `{"logGroupName":"/apigw/new"}`)
	no(t, d, "logs", l+"PutRetentionPolicy", `{"logGroupName":"/none","retentionInDays":30}`, "ResourceNotFoundException", "does not exist")
	no(t, d, "logs", l+"PutRetentionPolicy", `{"logGroupName":"/apigw/new","retentionInDays":31}`, "InvalidParameterException", "retentionInDays")
	ok(t, d, "logs", l+"PutRetentionPolicy", `{"logGroupName":"/apigw/new","retentionInDays":365}`)
	got := ok(t, d, "logs", l+"DescribeLogGroups", `{"logGroupNamePrefix":"/apigw/new"}`)
	if !strings.Contains(got, `"retentionInDays":365`) || !strings.Contains(got, `"arn":"arn:aws:logs:ap-northeast-1:111122223333:log-group:/apigw/new:*"`) || strings.Contains(got, "orders") {
		t.Error(got)
	}
	var key struct{ KeyMetadata struct{ Arn, KeyId string } }
	if err := json.Unmarshal([]byte(ok(t, d, "kms", k+"CreateKey", `{"Description":"logs"}`)), &key); err != nil {
		t.Fatal(err)
	}
	arn := key.KeyMetadata.Arn
	associate := `{"logGroupName":"/apigw/new","kmsKeyId":"` + arn + `"}`
	no(t, d, "logs", l+"AssociateKmsKey", associate, "AccessDeniedException", "not allowed to be used with Arn")
	policy := func(group string) string {
		p, _ := json.Marshal(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"},` +
			`{"Effect":"Allow","Principal":{"Service":"logs.ap-northeast-1.amazonaws.com"},"Action":["kms:Encrypt*","kms:Decrypt*","kms:ReEncrypt*","kms:GenerateDataKey*","kms:Describe*"],` +
			`"Resource":"*","Condition":{"ArnEquals":{"kms:EncryptionContext:aws:logs:arn":"arn:aws:logs:ap-northeast-1:111122223333:log-group:` + group + `"}}}]}`)
		return `{"KeyId":"` + key.KeyMetadata.KeyId + `","PolicyName":"default","Policy":` + string(p) + `}`
	}
	ok(t, d, "kms", k+"PutKeyPolicy", policy("/other"))
	no(t, d, "logs", l+"AssociateKmsKey", associate, "AccessDeniedException", "not allowed")
	ok(t, d, "kms", k+"PutKeyPolicy", policy("/apigw/*"))
	ok(t, d, "logs", l+"AssociateKmsKey", associate)
	denying := strings.Replace(policy("/apigw/*"), `\"Statement\":[`, `\"Statement\":[{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"kms:Decrypt\",\"Resource\":\"*\"},`, 1)
	ok(t, d, "kms", k+"PutKeyPolicy", denying)
	no(t, d, "logs", l+"AssociateKmsKey", associate, "AccessDeniedException", "not allowed")
	ok(t, d, "kms", k+"PutKeyPolicy", policy("/apigw/*"))
	no(t, d, "logs", l+"AssociateKmsKey", `{"logGroupName":"/apigw/new","kmsKeyId":"`+key.KeyMetadata.KeyId+`"}`, "InvalidParameterException", "KMS Key Id could not be found")
	no(t, d, "kms", k+"PutKeyPolicy", `{"KeyId":"`+arn+`","Policy":"{}"}`, "MalformedPolicyDocumentException", "")
	no(t, d, "kms", k+"PutKeyPolicy", `{"KeyId":"`+arn+`","Policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"apigateway.amazonaws.com\"},\"Action\":\"kms:*\",\"Resource\":\"*\"}]}"}`,
		"MalformedPolicyDocumentException", "will not allow you to update the key policy")
	ok(t, d, "logs", l+"PutResourcePolicy", `{"policyName":"x","policyDocument":"{\"Statement\":[]}"}`)
	no(t, d, "logs", l+"PutResourcePolicy", `{"policyName":"x","policyDocument":"`+strings.Repeat("x", 5121)+`"}`, "InvalidParameterException", "5120")
	if got := ok(t, d, "logs", l+"DescribeResourcePolicies", `{}`); !strings.Contains(got, `"policyName":"x"`) {
		t.Error(got)
	}
	ok(t, d, "logs", l+"DeleteLogGroup", `{"logGroupName":"/apigw/new"}`)
	no(t, d, "logs", l+"DeleteLogGroup", `{"logGroupName":"/apigw/new"}`, "ResourceNotFoundException", "does not exist")
}

func TestKeys(t *testing.T) {
	d := load(t, awsdouble.Options{}, `{"keys":[{"keyId":"k1","aliases":["alias/logs"]},{"keyId":"k2","keyState":"Disabled"}]}`)
	const k = "TrentService."
	if got := ok(t, d, "kms", k+"DescribeKey", `{"KeyId":"alias/logs"}`); !strings.Contains(got, `"KeyId":"k1"`) {
		t.Error(got)
	}
	no(t, d, "kms", k+"DescribeKey", `{"KeyId":"k3"}`, "NotFoundException", "key/k3' does not exist")
	no(t, d, "kms", k+"EnableKeyRotation", `{"KeyId":"k1","RotationPeriodInDays":30}`, "ValidationException", "90")
	no(t, d, "kms", k+"EnableKeyRotation", `{"KeyId":"k2"}`, "DisabledException", "disabled")
	ok(t, d, "kms", k+"EnableKeyRotation", `{"KeyId":"k1"}`)
	if got := ok(t, d, "kms", k+"GetKeyRotationStatus", `{"KeyId":"k1"}`); !strings.Contains(got, `"KeyRotationEnabled":true`) {
		t.Error(got)
	}
	if got := ok(t, d, "kms", k+"GetKeyPolicy", `{"KeyId":"k1"}`); !strings.Contains(got, "key-default-1") {
		t.Error(got)
	}
	no(t, d, "kms", k+"CreateAlias", `{"AliasName":"logs","TargetKeyId":"k1"}`, "ValidationException", "alias/")
	no(t, d, "kms", k+"CreateAlias", `{"AliasName":"alias/logs","TargetKeyId":"k1"}`, "AlreadyExistsException", "already exists")
	ok(t, d, "kms", k+"CreateAlias", `{"AliasName":"alias/two","TargetKeyId":"k1"}`)
}

func TestRoles(t *testing.T) {
	d := load(t, awsdouble.Options{}, `{}`)
	create := func(name, document string) string {
		return url.Values{"Action": {"CreateRole"}, "Version": {"2010-05-08"}, "RoleName": {name}, "AssumeRolePolicyDocument": {document}}.Encode()
	}
	no(t, d, "iam", "", create("logs", "{"), "MalformedPolicyDocument", "")
	if got := ok(t, d, "iam", "", create("logs", trust)); !strings.Contains(got, "<Arn>arn:aws:iam::111122223333:role/logs</Arn>") || !strings.Contains(got, "<CreateRoleResult><Role>") {
		t.Error(got)
	}
	no(t, d, "iam", "", create("logs", trust), "EntityAlreadyExists", "Role with name logs already exists.")
	attach := func(role, policy string) string {
		return url.Values{"Action": {"AttachRolePolicy"}, "RoleName": {role}, "PolicyArn": {policy}}.Encode()
	}
	no(t, d, "iam", "", attach("none", pushLogs), "NoSuchEntity", "The role with name none cannot be found.")
	no(t, d, "iam", "", attach("logs", "arn:aws:iam::aws:policy/AmazonAPIGatewayPushToCloudWatchLogs"), "NoSuchEntity", "does not exist or is not attachable")
	ok(t, d, "iam", "", attach("logs", pushLogs))
	if got := ok(t, d, "iam", "", "Action=ListAttachedRolePolicies&RoleName=logs"); !strings.Contains(got, "<AttachedPolicies><member><PolicyName>AmazonAPIGatewayPushToCloudWatchLogs</PolicyName>") {
		t.Error(got)
	}
	ok(t, d, "iam", "", "Action=GetRole&RoleName=logs")
	no(t, d, "iam", "", "Action=GetRole&RoleName=none", "NoSuchEntity", "")
	no(t, d, "iam", "", "Action=DeleteRole&RoleName=logs", "UnknownOperationException", "DeleteRole")
}

func TestDeliveryStreamsAndTrail(t *testing.T) {
	d := load(t, awsdouble.Options{}, restFixture)
	no(t, d, "firehose", "Firehose_20150804.DescribeDeliveryStream", `{"DeliveryStreamName":"none"}`, "ResourceNotFoundException", "under account 111122223333 not found")
	if got := ok(t, d, "firehose", "Firehose_20150804.DescribeDeliveryStream", `{"DeliveryStreamName":"amazon-apigateway-orders"}`); !strings.Contains(got, stream) {
		t.Error(got)
	}
	const lookup = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents"
	if _, err := patch(t, d, replace("/*/*/caching/dataEncrypted", "true")); err != nil {
		t.Fatal(err)
	}
	_, _ = patch(t, d, replace("/nonsense", "x"))
	var out struct {
		Events []struct{ EventName, EventSource, Username, CloudTrailEvent string }
	}
	body := `{"LookupAttributes":[{"AttributeKey":"EventName","AttributeValue":"UpdateStage"}]}`
	if err := json.Unmarshal([]byte(ok(t, d, "cloudtrail", lookup, body)), &out); err != nil {
		t.Fatal(err)
	}
	if len(out.Events) != 2 || out.Events[1].EventSource != "apigateway.amazonaws.com" || out.Events[1].Username != "kumoban" ||
		!strings.Contains(out.Events[1].CloudTrailEvent, `"restApiId":"a1b2c3d4e5"`) || !strings.Contains(out.Events[0].CloudTrailEvent, `"errorCode":"BadRequestException"`) {
		t.Errorf("%+v", out)
	}
	no(t, d, "cloudtrail", lookup, `{"LookupAttributes":[{"AttributeKey":"Colour","AttributeValue":"x"}]}`, "InvalidLookupAttributesException", "Colour")
	no(t, d, "cloudtrail", lookup, `{"MaxResults":51}`, "InvalidMaxResultsException", "")
}
