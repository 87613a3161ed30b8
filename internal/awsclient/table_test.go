package awsclient

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kumoban/kumoban/internal/awsclient/wire"
)

// over is a client whose requests are answered one after the other.
func over(next aws.HTTPClient) *wire.Client {
	return wire.New(Static("ap-northeast-1", "https://example.com", credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""), next))
}

// TestExpected takes no answer for an empty one that does not name what it
// should, whatever the protocol.
func TestExpected(t *testing.T) {
	id := http.Header{"X-Amzn-Requestid": {"1"}}
	vpcs := `<DescribeVpcsResponse><requestId>1</requestId>`
	for name, c := range map[string]struct {
		service, operation, expect string
		mayLack                    bool
		body                       string
		header                     http.Header
		whole                      bool
	}{
		"JSON, there":                   {"sqs", "ListQueues", "QueueUrls", true, `{"QueueUrls":[]}`, nil, true},
		"JSON, left out":                {"sqs", "ListQueues", "QueueUrls", true, `{}`, id, true},
		"JSON, left out by whom":        {"sqs", "ListQueues", "QueueUrls", true, `{}`, nil, false},
		"JSON, something else":          {"sqs", "ListQueues", "QueueUrls", true, `{"message":"hello"}`, id, false},
		"JSON, left out, but must not":  {"sqs", "ListQueues", "QueueUrls", false, `{}`, id, false},
		"JSON, null, but must not":      {"sqs", "ListQueues", "QueueUrls", false, `{"QueueUrls":null}`, id, false},
		"XML, there":                    {"ec2", "DescribeVpcs", "Vpcs", false, vpcs + `<vpcSet/></DescribeVpcsResponse>`, nil, true},
		"XML, left out, but must not":   {"ec2", "DescribeVpcs", "Vpcs", false, vpcs + `</DescribeVpcsResponse>`, id, false},
		"XML, left out":                 {"ec2", "DescribeVpcs", "Vpcs", true, vpcs + `</DescribeVpcsResponse>`, nil, true},
		"XML, something else":           {"ec2", "DescribeVpcs", "Vpcs", true, `<html/>`, id, false},
		"by the model's name (JSON)":    {"apigateway", "GetRestApis", "items", false, `{"item":[]}`, nil, true},
		"not by the wire's name (JSON)": {"apigateway", "GetRestApis", "item", false, `{"item":[]}`, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				call := &Call{Service: c.service, Operation: c.operation, Expect: c.expect, MayLack: c.mayLack}
				if c.header == nil {
					c.header = http.Header{}
				}
				_, err := Do(t.Context(), lane(t, ""), call, Over(over(answer{200, c.body, c.header}), call, c.service, nil))
				if f := AsFault(errOr(err)); (err == nil) != c.whole || err != nil && f.Class != Garbled {
					t.Errorf("%v, whole: want %t", err, c.whole)
				}
			})
		})
	}
}

// pagesOf answers by the token in the request.
type pagesOf map[string]string

func (p pagesOf) Do(r *http.Request) (*http.Response, error) {
	if err := r.ParseForm(); err != nil {
		return nil, err
	}
	return answer{200, p[r.PostForm.Get("Marker")], http.Header{}}.Do(r)
}

// TestList turns pages by the table's pager, and takes no cut listing for a whole.
func TestList(t *testing.T) {
	page := func(name, more string) string {
		return "<ListUsersResponse><ListUsersResult><Users><member><UserName>" + name + "</UserName></member></Users>" + more + "</ListUsersResult></ListUsersResponse>"
	}
	for name, c := range map[string]struct {
		pages pagesOf
		want  string
		bad   bool
	}{
		"two":        {pagesOf{"": page("a", "<IsTruncated>true</IsTruncated><Marker>m</Marker>"), "m": page("b", "<IsTruncated>false</IsTruncated>")}, "a b", false},
		"cut":        {pagesOf{"": page("a", "<IsTruncated>true</IsTruncated>")}, "", true},
		"in circles": {pagesOf{"": page("a", "<IsTruncated>true</IsTruncated><Marker>m</Marker>"), "m": page("b", "<IsTruncated>true</IsTruncated><Marker>m</Marker>")}, "a b", true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				call := &Call{Service: "iam", Operation: "ListUsers", Expect: "Users"}
				items, err := All(List(t.Context(), lane(t, ""), call, over(c.pages), "iam", nil))
				var names []string
				for _, item := range items {
					names = append(names, wire.At(item.(map[string]any), "UserName").(string))
				}
				if got := strings.Join(names, " "); got != c.want || (err != nil) != c.bad {
					t.Errorf("%q, %v; want %q", got, err, c.want)
				}
			})
		})
	}
}
