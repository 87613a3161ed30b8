package wire

import (
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go"

	"github.com/kumoban/kumoban/internal/awsclient/wire/protocol"
)

const (
	vpcs = `<DescribeVpcsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId><vpcSet>`
	acl  = `<AccessControlPolicy><Owner><ID>o</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><URI>u</URI></Grantee></Grant></AccessControlList></AccessControlPolicy>`
)

// TestCall reads what services answer, whole and not.
func TestCall(t *testing.T) {
	type tree = map[string]any
	for name, c := range map[string]struct {
		call string
		in   tree
		body string
		want tree   // nil: no whole answer
		path string // of what does not fit
	}{
		"JSON":                         {"sqs:ListQueues", nil, `{"QueueUrls":["a"],"New":{"x":1}}`, tree{"QueueUrls": []any{"a"}}, ""},
		"JSON, a null":                 {"sqs:ListQueues", nil, `{"QueueUrls":null}`, tree{}, ""},
		"JSON, an empty list":          {"sqs:ListQueues", nil, `{"QueueUrls":[]}`, tree{"QueueUrls": []any{}}, ""},
		"JSON, a null in a list":       {"sqs:ListQueues", nil, `{"QueueUrls":["a",null]}`, tree{"QueueUrls": []any{"a", nil}}, ""},
		"JSON, cut":                    {"sqs:ListQueues", nil, `{"QueueUrls":["a"`, nil, ""},
		"JSON, empty":                  {"sqs:ListQueues", nil, ``, nil, ""},
		"JSON, two":                    {"sqs:ListQueues", nil, `{} {}`, nil, ""},
		"JSON, a page":                 {"sqs:ListQueues", nil, `<html/>`, nil, ""},
		"JSON, no object":              {"sqs:ListQueues", nil, `null`, nil, ""},
		"JSON, wrong":                  {"sqs:ListQueues", nil, `{"QueueUrls":[7]}`, nil, "QueueUrls[0]: a number"},
		"JSON, no output":              {"logs:PutRetentionPolicy", tree{"logGroupName": "g", "retentionInDays": 1}, ``, tree{}, ""},
		"JSON, no output, a page":      {"logs:PutRetentionPolicy", tree{"logGroupName": "g", "retentionInDays": 1}, `<html/>`, nil, ""},
		"REST-JSON":                    {"apigateway:GetStages", tree{"restApiId": "a"}, `{"item":[{"stageName":"s"}]}`, tree{"item": []any{tree{"stageName": "s"}}}, ""},
		"REST-JSON, wrong":             {"apigateway:GetStages", tree{"restApiId": "a"}, `{"item":[{"cacheClusterEnabled":"true"}]}`, nil, "item[0].cacheClusterEnabled: a string"},
		"REST-JSON, empty":             {"apigateway:GetStages", tree{"restApiId": "a"}, ``, nil, ""},
		"REST-JSON, a fraction":        {"lambda:ListFunctions", nil, `{"Functions":[{"Timeout":1.5}]}`, nil, "Functions[0].Timeout: a number"},
		"EC2":                          {"ec2:DescribeVpcs", nil, vpcs + `<item><vpcId>v</vpcId><isDefault>true</isDefault><new><x/></new></item></vpcSet></DescribeVpcsResponse>`, tree{"Vpcs": []any{tree{"VpcId": "v", "IsDefault": true}}}, ""},
		"EC2, an empty list":           {"ec2:DescribeVpcs", nil, vpcs + `</vpcSet></DescribeVpcsResponse>`, tree{"Vpcs": []any{}}, ""},
		"EC2, cut":                     {"ec2:DescribeVpcs", nil, vpcs, nil, ""},
		"EC2, empty":                   {"ec2:DescribeVpcs", nil, ``, nil, ""},
		"EC2, a page":                  {"ec2:DescribeVpcs", nil, `<html><body/></html>`, nil, ""},
		"EC2, something follows":       {"ec2:DescribeVpcs", nil, vpcs + `</vpcSet></DescribeVpcsResponse><html/>`, nil, ""},
		"EC2, two answers":             {"ec2:DescribeVpcs", nil, strings.Repeat(vpcs+`</vpcSet></DescribeVpcsResponse>`, 2), nil, ""},
		"EC2, wrong":                   {"ec2:DescribeVpcs", nil, vpcs + `<item><isDefault>perhaps</isDefault></item></vpcSet></DescribeVpcsResponse>`, nil, "Vpcs[0].IsDefault: a text"},
		"EC2, elements for a text":     {"ec2:DescribeVpcs", nil, vpcs + `<item><vpcId><x/></vpcId></item></vpcSet></DescribeVpcsResponse>`, nil, "Vpcs[0].VpcId: elements"},
		"EC2, a text for a list":       {"ec2:DescribeVpcs", nil, vpcs + `none</vpcSet></DescribeVpcsResponse>`, nil, "Vpcs: a text"},
		"EC2, twice":                   {"ec2:DescribeVpcs", nil, vpcs + `<item><vpcId>a</vpcId><vpcId>b</vpcId></item></vpcSet></DescribeVpcsResponse>`, nil, "Vpcs[0].VpcId: several"},
		"Query":                        {"iam:ListUsers", nil, `<ListUsersResponse><ListUsersResult><IsTruncated>false</IsTruncated><Users><member><UserName>u</UserName></member></Users></ListUsersResult></ListUsersResponse>`, tree{"IsTruncated": false, "Users": []any{tree{"UserName": "u"}}}, ""},
		"Query, no result":             {"iam:ListUsers", nil, `<ListUsersResponse/>`, nil, ""},
		"Query, another's":             {"iam:ListUsers", nil, `<ListRolesResponse><ListUsersResult/></ListRolesResponse>`, nil, ""},
		"REST-XML":                     {"s3:GetBucketAcl", tree{"Bucket": "my-bucket"}, acl, tree{"Owner": tree{"ID": "o"}, "Grants": []any{tree{"Grantee": tree{"Type": "Group", "URI": "u"}}}}, ""},
		"REST-XML, another root":       {"s3:GetBucketAcl", tree{"Bucket": "my-bucket"}, `<Error><Code>InternalError</Code></Error>`, nil, ""},
		"REST-XML, empty":              {"s3:GetBucketAcl", tree{"Bucket": "my-bucket"}, ``, nil, ""},
		"REST-XML, a payload's root":   {"s3:GetPublicAccessBlock", tree{"Bucket": "my-bucket"}, `<html/>`, nil, ""},
		"REST-XML, no output":          {"s3:DeleteBucketPolicy", tree{"Bucket": "my-bucket"}, ``, tree{}, ""},
		"REST-XML, no output, a page":  {"s3:DeleteBucketPolicy", tree{"Bucket": "my-bucket"}, `<html/>`, nil, ""},
		"a bucket's Region":            {"s3:GetBucketLocation", tree{"Bucket": "my-bucket"}, `<LocationConstraint xmlns="x">eu-west-1</LocationConstraint>`, tree{"LocationConstraint": "eu-west-1"}, ""},
		"a bucket in the first Region": {"s3:GetBucketLocation", tree{"Bucket": "my-bucket"}, `<LocationConstraint/>`, tree{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			service, operation, _ := strings.Cut(c.call, ":")
			a := &answers{status: 200, body: c.body, header: http.Header{}}
			out, err := client(a).Call(t.Context(), service, operation, c.in)
			var broken *smithy.DeserializationError
			switch {
			case c.want != nil && (err != nil || !reflect.DeepEqual(out, c.want)):
				t.Errorf("%v, %v; want %v", out, err, c.want)
			case c.want == nil && (!errors.As(err, &broken) || !strings.Contains(err.Error(), c.path)):
				t.Errorf("%v, %v; want %q", out, err, c.path)
			}
		})
	}
}

// TestInputs refuses what the model does not know, before anything is sent.
func TestInputs(t *testing.T) {
	for want, c := range map[string]struct {
		call string
		in   map[string]any
	}{
		"restApiId: nothing":             {"apigateway:GetStages", nil},
		"restApiId: an empty text":       {"apigateway:GetStages", map[string]any{"restApiId": ""}},
		"Nam: a member":                  {"sqs:ListQueues", map[string]any{"Nam": "x"}},
		"MaxResults: a string":           {"sqs:ListQueues", map[string]any{"MaxResults": "1"}},
		"Filters[0].Values[1]: a number": {"ec2:DescribeVpcs", map[string]any{"Filters": []any{map[string]any{"Values": []any{"a", 1}}}}},
		"no sqs:Nothing":                 {"sqs:Nothing", nil},
		"no service":                     {"nothing:Nothing", nil},
		"XML has no form for":            {"s3:PutBucketLogging", map[string]any{"Bucket": "b-1", "BucketLoggingStatus": map[string]any{"LoggingEnabled": map[string]any{"TargetBucket": "b\x01", "TargetPrefix": ""}}}},
	} {
		service, operation, _ := strings.Cut(c.call, ":")
		a := &answers{status: 200, body: "{}"}
		if _, err := client(a).Call(t.Context(), service, operation, c.in); err == nil || !strings.Contains(err.Error(), want) || a.request != nil {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// TestRefusals reads the codes of each protocol, as the service's side writes
// them and as services do.
func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		call, body string
		status     int
		header     http.Header
		code       string // "": not the service's
	}{
		"JSON":                  {"sqs:ListQueues", `{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"gone"}`, 400, nil, "QueueDoesNotExist"},
		"JSON, of former Query": {"sqs:ListQueues", `{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"gone"}`, 400, http.Header{"X-Amzn-Query-Error": {"AWS.SimpleQueueService.NonExistentQueue;Sender"}}, "AWS.SimpleQueueService.NonExistentQueue"},
		"REST-JSON":             {"lambda:ListFunctions", `{"Message":"gone"}`, 404, http.Header{"X-Amzn-Errortype": {"ResourceNotFoundException:http://x"}}, "ResourceNotFoundException"},
		"Query":                 {"iam:ListUsers", `<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>gone</Message></Error></ErrorResponse>`, 404, nil, "NoSuchEntity"},
		"EC2":                   {"ec2:DescribeVpcs", `<Response><Errors><Error><Code>InvalidVpcID.NotFound</Code><Message>gone</Message></Error></Errors><RequestID>1</RequestID></Response>`, 400, nil, "InvalidVpcID.NotFound"},
		"CloudFront":            {"cloudfront:ListDistributions", `<ErrorResponse><Error><Code>AccessDenied</Code><Message>gone</Message></Error></ErrorResponse>`, 403, nil, "AccessDenied"},
		"S3":                    {"s3:ListBuckets", `<Error><Code>AccessDenied</Code><Message>gone</Message></Error>`, 403, nil, "AccessDenied"},
		"a page":                {"s3:ListBuckets", `<html><Code>AccessDenied</Code></html>`, 403, nil, ""},
		"a page for JSON":       {"sqs:ListQueues", `<html/>`, 403, http.Header{"X-Amzn-Errortype": {"X"}}, ""},
		"a cut one":             {"iam:ListUsers", `<ErrorResponse><Error><Code>NoSuchEntity</Code>`, 404, nil, ""},
		"a load balancer's":     {"iam:ListUsers", `<html/>`, 503, nil, "UnknownError"},
	} {
		t.Run(name, func(t *testing.T) {
			service, operation, _ := strings.Cut(c.call, ":")
			if c.header == nil {
				c.header = http.Header{}
			}
			_, err := client(&answers{status: c.status, body: c.body, header: c.header}).Call(t.Context(), service, operation, nil)
			var api smithy.APIError
			if errors.As(err, &api) != (c.code != "") || c.code != "" && (api.ErrorCode() != c.code || c.code != "UnknownError" && api.ErrorMessage() != "gone") {
				t.Fatalf("%v, want %s", err, c.code)
			}
			if c.code == "" || c.code == "UnknownError" {
				return
			}
			s, _ := Model(service)
			a, err := s.EncodeError(400, protocol.Refusal{Code: c.code, Message: "gone"}, "id")
			if got := s.DecodeError(a); err != nil || got != (protocol.Refusal{Code: c.code, Message: "gone"}) {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	_, err := client(&answers{status: 404, header: http.Header{}}).Call(t.Context(), "s3", "HeadBucket", map[string]any{"Bucket": "my-bucket"})
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != "NotFound" {
		t.Error(err)
	}
}

// TestSigned looks at what S3 and others want in headers and addresses.
func TestSigned(t *testing.T) {
	a := &answers{status: 200, header: http.Header{}}
	_, err := client(a).Call(t.Context(), "s3", "PutBucketPolicy", map[string]any{"Bucket": "my-bucket", "Policy": "{}"})
	h := http.Header{}
	if err == nil {
		h = a.request.Header
	}
	if err != nil || a.request.URL.String() != "https://my-bucket.s3.ap-northeast-1.amazonaws.com/?policy=" || a.sent != "{}" ||
		h.Get("Content-Md5") != "mZFLkyvTelC5g8XnyQrpOw==" || h.Get("X-Amz-Content-Sha256") != "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" ||
		h.Get("X-Amz-Security-Token") != "session" || !strings.Contains(h.Get("Authorization"), "/ap-northeast-1/s3/aws4_request") {
		t.Fatalf("%v %v %v", err, a.request, h)
	}
	moto := New(aws.Config{Region: "us-east-1", BaseEndpoint: aws.String("http://127.0.0.1:1"), HTTPClient: a, Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "")})
	for call, want := range map[string]string{"s3:DeleteBucketPolicy": "http://127.0.0.1:1/my-bucket?policy=", "s3control:DeletePublicAccessBlock": "http://127.0.0.1:1/v20180820/configuration/publicAccessBlock"} {
		service, operation, _ := strings.Cut(call, ":")
		in := map[string]any{"Bucket": "my-bucket"}
		if service == "s3control" {
			in = map[string]any{"AccountId": "111122223333"}
		}
		if _, err := moto.Call(t.Context(), service, operation, in); err != nil || strings.Replace(a.request.URL.String(), "my-bucket/?", "my-bucket?", 1) != want {
			t.Errorf("%v %v, want %s", err, a.request.URL, want)
		}
	}
	if _, err := client(a).Call(t.Context(), "s3control", "DeletePublicAccessBlock", map[string]any{"AccountId": "111122223333"}); err != nil ||
		a.request.URL.Host != "111122223333.s3-control.ap-northeast-1.amazonaws.com" {
		t.Error(err, a.request.URL)
	}
	first, err := Tokens("ec2", "ModifyLaunchTemplate", nil)
	second, _ := Tokens("ec2", "ModifyLaunchTemplate", first)
	if s, _ := first["ClientToken"].(string); err != nil || len(s) != 36 || !reflect.DeepEqual(first, second) {
		t.Errorf("%v, %v", first, second)
	}
}

// TestTurning follows one token, several, and flags.
func TestTurning(t *testing.T) {
	type tree = map[string]any
	p := &protocol.Pager{In: []string{"A", "B"}, Out: []string{"L.NextA", "L.NextB"}, Items: []string{"L.Items"}, More: "L.More"}
	for _, c := range []struct {
		out  tree
		next string
		bad  bool
	}{
		{tree{"L": tree{"More": true, "NextA": "a", "NextB": "b"}}, `["a","b"]`, false},
		{tree{"L": tree{"More": false, "NextA": "a"}}, "", false},
		{tree{"L": tree{"More": true}}, "", true},
		{tree{"L": tree{"NextB": "b"}}, `["","b"]`, false},
		{tree{}, "", false},
	} {
		next, err := Next(p, c.out)
		if next != c.next || (err != nil) != c.bad {
			t.Errorf("%v: %q, %v", c.out, next, err)
		}
	}
	if in, err := Turn(p, tree{"X": 1}, `["","b"]`); err != nil || !reflect.DeepEqual(in, tree{"X": 1, "B": "b"}) {
		t.Errorf("%v, %v", in, err)
	}
	if _, err := Turn(p, nil, `["b"]`); err == nil {
		t.Error("half a token is taken")
	}
	o, _ := Operation("sqs", "ListQueues")
	if in, err := Turn(o.Pager, nil, ""); err != nil || in["MaxResults"] != int64(1000) {
		t.Errorf("%v, %v", in, err)
	}
}

// FuzzAnswers reads anything as each protocol's answer, and never panics; what
// was read can be written and read again.
func FuzzAnswers(f *testing.F) {
	for _, body := range []string{`{"QueueUrls":["a"]}`, vpcs + `<item/></vpcSet></DescribeVpcsResponse>`, acl, `{"Functions":[{"Timeout":1e3}]}`, `<ListUsersResponse><ListUsersResult/></ListUsersResponse>`} {
		f.Add([]byte(body))
	}
	var all []*protocol.Operation
	for _, call := range []string{"sqs:ListQueues", "dynamodb:DescribeTable", "ec2:DescribeInstances", "s3:GetBucketAcl", "lambda:ListFunctions", "iam:ListUsers", "cloudfront:GetDistributionConfig"} {
		service, operation, _ := strings.Cut(call, ":")
		o, err := Operation(service, operation)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, o)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, o := range all {
			_ = o.Service.DecodeError(&protocol.Response{Status: 400, Header: http.Header{}, Body: body})
			if _, err := o.DecodeRequest(&protocol.Request{Method: o.Method, Path: "/", Header: http.Header{}, Body: body}); err != nil {
				continue
			}
			if _, err := o.DecodeResponse(&protocol.Response{Status: 200, Header: http.Header{}, Body: body}); err != nil {
				continue
			}
		}
	})
}
