package awsdouble_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	v2types "github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"

	"github.com/kumoban/kumoban/internal/awsdouble"
)

func TestLogEvents(t *testing.T) {
	d := load(t, awsdouble.Options{}, `{"logGroups":[{"logGroupName":"/a"}],"apis":[{"apiId":"h1","name":"web","protocolType":"HTTP","stages":[{"stageName":"prod"}]}]}`)
	const l = "Logs_20140328."
	ok(t, d, "logs", l+"CreateLogGroup", `{"logGroupName":"/b","tags":{"team":"x"}}`)
	const arn = "arn:aws:logs:ap-northeast-1:111122223333:log-group:"
	if got := ok(t, d, "logs", l+"ListTagsForResource", `{"resourceArn":"`+arn+`/b"}`); got != `{"tags":{"team":"x"}}` {
		t.Error(got)
	}
	if got := ok(t, d, "logs", l+"ListTagsForResource", `{"resourceArn":"`+arn+`/a"}`); got != `{"tags":{}}` {
		t.Error(got)
	}
	no(t, d, "logs", l+"ListTagsForResource", `{"resourceArn":"`+arn+`/a:*"}`, "InvalidParameterException", "")
	no(t, d, "logs", l+"PutLogEvents", `{"logGroupName":"/a","logStreamName":"s","logEvents":[{"timestamp":1,"message":"x"}]}`, "ResourceNotFoundException", "log stream")
	ok(t, d, "logs", l+"CreateLogStream", `{"logGroupName":"/a","logStreamName":"s"}`)
	no(t, d, "logs", l+"CreateLogStream", `{"logGroupName":"/a","logStreamName":"s"}`, "ResourceAlreadyExistsException", "")
	no(t, d, "logs", l+"PutLogEvents", `{"logGroupName":"/a","logStreamName":"s","logEvents":[{"timestamp":2,"message":"x"},{"timestamp":1,"message":"y"}]}`, "InvalidParameterException", "chronological")
	ok(t, d, "logs", l+"PutLogEvents", `{"logGroupName":"/a","logStreamName":"s","logEvents":[{"timestamp":1,"message":"one \"a\""},{"timestamp":2,"message":"two"}]}`)
	for body, want := range map[string]string{
		`{"logGroupName":"/a"}`:                                            "one two",
		`{"logGroupName":"/a","startTime":2}`:                              "two",
		`{"logGroupName":"/a","endTime":2}`:                                "one",
		`{"logGroupName":"/a","filterPattern":"\"one\" \"\\\"a\\\"\""}`:    "one",
		`{"logGroupName":"/a","filterPattern":"\"one\" \"two\""}`:          "",
		`{"logGroupName":"/a","limit":1}`:                                  "one",
		`{"logGroupName":"/a","logStreamNames":["none"]}`:                  "",
		`{"logGroupIdentifier":"` + arn + `/a","logStreamNamePrefix":"s"}`: "one two",
	} {
		got := ok(t, d, "logs", l+"FilterLogEvents", body)
		for _, word := range []string{"one", "two"} {
			if strings.Contains(got, word) != strings.Contains(want, word) {
				t.Errorf("%s: %s, want %q", body, got, want)
			}
		}
	}
	no(t, d, "logs", l+"FilterLogEvents", `{"logGroupName":"/a","filterPattern":"{ $.x = 1 }"}`, "UnknownOperationException", "quoted phrases")
	// Setting up an HTTP API's access log leaves AWS's own event.
	if _, err := v2(d).UpdateStage(t.Context(), &apigatewayv2.UpdateStageInput{ApiId: aws.String("h1"), StageName: aws.String("prod"),
		AccessLogSettings: &v2types.AccessLogSettings{DestinationArn: aws.String(arn + "/b"), Format: aws.String("$context.requestId")}}); err != nil {
		t.Fatal(err)
	}
	if got := ok(t, d, "logs", l+"DescribeLogStreams", `{"logGroupName":"/b"}`); !strings.Contains(got, "log_stream_created_by_aws_to_validate_log_delivery_subscriptions") {
		t.Error(got)
	}
	if got := ok(t, d, "logs", l+"DescribeLogStreams", `{"logGroupName":"/a","orderBy":"LastEventTime","descending":true,"limit":1}`); !strings.Contains(got, `"lastEventTimestamp":2`) {
		t.Error(got)
	}
	ok(t, d, "logs", l+"PutRetentionPolicy", `{"logGroupName":"/a","retentionInDays":30}`)
	ok(t, d, "logs", l+"DeleteRetentionPolicy", `{"logGroupName":"/a"}`)
	ok(t, d, "logs", l+"DisassociateKmsKey", `{"logGroupName":"/a"}`)
	if got := ok(t, d, "logs", l+"DescribeLogGroups", `{}`); strings.Contains(got, "retentionInDays") || strings.Contains(got, "team") {
		t.Error(got)
	}
}

func TestKeysAreListedWithTags(t *testing.T) {
	d := load(t, awsdouble.Options{}, `{"keys":[{"keyId":"k1","aliases":["alias/one"]}]}`)
	const k = "TrentService."
	var made struct{ KeyMetadata struct{ KeyId, Arn string } }
	if err := json.Unmarshal([]byte(ok(t, d, "kms", k+"CreateKey", `{"Tags":[{"TagKey":"team","TagValue":"x"}]}`)), &made); err != nil {
		t.Fatal(err)
	}
	id := made.KeyMetadata.KeyId
	if got := ok(t, d, "kms", k+"ListResourceTags", `{"KeyId":"`+id+`"}`); got != `{"Tags":[{"TagKey":"team","TagValue":"x"}],"Truncated":false}` {
		t.Error(got)
	}
	no(t, d, "kms", k+"ListResourceTags", `{"KeyId":"alias/one"}`, "InvalidArnException", "")
	first := ok(t, d, "kms", k+"ListKeys", `{"Limit":1}`)
	var page struct{ NextMarker string }
	if err := json.Unmarshal([]byte(first), &page); err != nil || !strings.Contains(first, `"KeyId":"k1"`) || !strings.Contains(first, `"Truncated":true`) {
		t.Fatal(first, err)
	}
	if got := ok(t, d, "kms", k+"ListKeys", `{"Marker":"`+page.NextMarker+`"}`); !strings.Contains(got, id) || strings.Contains(got, `"k1"`) {
		t.Error(got)
	}
	no(t, d, "kms", k+"ListKeys", `{"Marker":"x"}`, "InvalidMarkerException", "")
	ok(t, d, "kms", k+"EnableKeyRotation", `{"KeyId":"k1"}`)
	ok(t, d, "kms", k+"DisableKeyRotation", `{"KeyId":"k1"}`)
	if got := ok(t, d, "kms", k+"GetKeyRotationStatus", `{"KeyId":"k1"}`); !strings.Contains(got, `"KeyRotationEnabled":false`) {
		t.Error(got)
	}
}

func TestRolesHaveTagsAndNewTrust(t *testing.T) {
	d := load(t, awsdouble.Options{}, `{}`)
	ok(t, d, "iam", "", url.Values{"Action": {"CreateRole"}, "RoleName": {"logs"}, "AssumeRolePolicyDocument": {trust}, "Tags.member.1.Key": {"team"}, "Tags.member.1.Value": {"x"}}.Encode())
	if got := ok(t, d, "iam", "", "Action=GetRole&RoleName=logs"); !strings.Contains(got, "<Tags><member><Key>team</Key><Value>x</Value></member></Tags>") {
		t.Error(got)
	}
	update := func(role, document string) string {
		return url.Values{"Action": {"UpdateAssumeRolePolicy"}, "RoleName": {role}, "PolicyDocument": {document}}.Encode()
	}
	no(t, d, "iam", "", update("none", trust), "NoSuchEntity", "")
	no(t, d, "iam", "", update("logs", "{"), "MalformedPolicyDocument", "")
	ok(t, d, "iam", "", update("logs", strings.ReplaceAll(trust, "apigateway", "ec2")))
	if got := ok(t, d, "iam", "", "Action=GetRole&RoleName=logs"); !strings.Contains(got, "ec2.amazonaws.com") {
		t.Error(got)
	}
}

// TestNewRole is not accepted for a while.
func TestNewRole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := load(t, awsdouble.Options{RoleDelay: time.Minute}, `{}`)
		ok(t, d, "iam", "", url.Values{"Action": {"CreateRole"}, "RoleName": {"logs"}, "AssumeRolePolicyDocument": {trust}}.Encode())
		ok(t, d, "iam", "", url.Values{"Action": {"AttachRolePolicy"}, "RoleName": {"logs"}, "PolicyArn": {pushLogs}}.Encode())
		update := func() error {
			_, err := v1(d).UpdateAccount(t.Context(), &apigateway.UpdateAccountInput{PatchOperations: []types.PatchOperation{
				replace("/cloudwatchRoleArn", "arn:aws:iam::111122223333:role/logs"),
			}})
			return err
		}
		refused(t, update(), "BadRequestException", "The role ARN does not have required permissions configured")
		time.Sleep(time.Minute)
		if err := update(); err != nil {
			t.Error(err)
		}
	})
}

func TestCertificatesMappingsAndTLS(t *testing.T) {
	d := load(t, awsdouble.Options{}, `{"clientCertificates":[{"clientCertificateId":"c0ffee"}],"vpcLinks":[{"vpcLinkId":"vl1","name":"link"}],
		"restApis":[{"id":"r1","name":"orders"}],
		"apis":[{"apiId":"h1","name":"web","protocolType":"HTTP","integrations":[{"integrationId":"i1","integrationType":"HTTP_PROXY","integrationMethod":"ANY",
			"connectionType":"VPC_LINK","connectionId":"vl1","integrationUri":"arn:aws:elasticloadbalancing:x","tlsConfig":{"serverNameToVerify":"a.example.com"}}]}],
		"domainNames":[{"domainName":"api.example.com","mappedApiIds":["r1","h1"]},{"domainName":"rest.example.com","mappedApiIds":["r1"]},
			{"domainName":"private.example.com","domainNameId":"abcd","endpointConfiguration":{"types":["PRIVATE"]}}]}`)
	ctx := t.Context()
	id := &apigateway.DeleteClientCertificateInput{ClientCertificateId: aws.String("c0ffee")}
	if _, err := v1(d).DeleteClientCertificate(ctx, id); err != nil {
		t.Error(err)
	}
	_, err := v1(d).DeleteClientCertificate(ctx, id)
	refused(t, err, "NotFoundException", "Client Certificate")

	mappings, err := v2(d).GetApiMappings(ctx, &apigatewayv2.GetApiMappingsInput{DomainName: aws.String("api.example.com")})
	if err != nil || len(mappings.Items) != 2 || aws.ToString(mappings.Items[1].ApiId) != "h1" || aws.ToString(mappings.Items[0].Stage) == "" {
		t.Errorf("%+v, %v", mappings, err)
	}
	_, err = v2(d).GetApiMappings(ctx, &apigatewayv2.GetApiMappingsInput{DomainName: aws.String("private.example.com")})
	refused(t, err, "NotFoundException", "domain name")

	policy := []types.PatchOperation{replace("/securityPolicy", "SecurityPolicy_TLS13_1_3_2025_09"), replace("/endpointAccessMode", "BASIC")}
	_, err = v1(d).UpdateDomainName(ctx, &apigateway.UpdateDomainNameInput{DomainName: aws.String("api.example.com"), PatchOperations: policy})
	refused(t, err, "BadRequestException", "HTTP API")
	if _, err = v1(d).UpdateDomainName(ctx, &apigateway.UpdateDomainNameInput{DomainName: aws.String("rest.example.com"), PatchOperations: policy}); err != nil {
		t.Errorf("a REST API is mapped: %v", err)
	}
	if _, err = v1(d).GetDomainName(ctx, &apigateway.GetDomainNameInput{DomainName: aws.String("private.example.com"), DomainNameId: aws.String("abcd")}); err != nil {
		t.Error(err)
	}
	calls := d.Calls()
	if got := calls[len(calls)-1].Resource; got != "arn:aws:apigateway:ap-northeast-1:111122223333:/domainnames/private.example.com+abcd" {
		t.Error(got)
	}

	tls := func(c *v2types.TlsConfigInput) *v2types.TlsConfig {
		t.Helper()
		out, err := v2(d).UpdateIntegration(ctx, &apigatewayv2.UpdateIntegrationInput{ApiId: aws.String("h1"), IntegrationId: aws.String("i1"), TlsConfig: c})
		if err != nil {
			t.Fatal(err)
		}
		return out.TlsConfig
	}
	if got := tls(nil); got == nil || aws.ToString(got.ServerNameToVerify) != "a.example.com" {
		t.Errorf("not named, and became %+v", got)
	}
	if got := tls(&v2types.TlsConfigInput{ServerNameToVerify: aws.String("b.example.com")}); aws.ToString(got.ServerNameToVerify) != "b.example.com" {
		t.Errorf("%+v", got)
	}
	if got := tls(&v2types.TlsConfigInput{}); got != nil {
		t.Errorf("emptied, and is %+v", got)
	}
}
