package execute_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/execute/hooks"
	"github.com/kumoban/kumoban/internal/execute/kms"
	"github.com/kumoban/kumoban/internal/execute/logs"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
)

// listings is an account one listing of which is one page after the other: the
// n-th answer names the n-th token, up to a most of answers. Other calls are
// answered so that the listing is come to.
type listings struct {
	endless string // what its requests have
	page    string
	token   func(n int) int
	most    int
	asked   int
	last    string // the latest request
}

// others are the other answers, by what a request has; "!" begins a refusal.
func others() [][2]string {
	return [][2]string{
		{"GET /restapis ", `{"item": []}`},
		{"GET /v2/apis ", `{"items": [{"apiId": "a1"}]}`},
		{"GET /domainnames/x ", `{"domainName": "x", "endpointConfiguration": {"types": ["REGIONAL"]}}`},
		{"DescribeLogGroups", `{"logGroups": [{"logGroupName": "g"}]}`},
		{"TrentService.DescribeKey", `!{"__type": "NotFoundException"}`},
		{"Action=GetRole&", `<GetRoleResponse><GetRoleResult><Role><Arn>a</Arn><RoleName>r</RoleName></Role></GetRoleResult></GetRoleResponse>`},
	}
}

func (l *listings) Do(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body) //nolint:errcheck // a request of ours
	}
	what := r.Header.Get("X-Amz-Target") + " " + r.Method + " " + r.URL.Path + " " + string(body) + "&"
	l.last = what
	status, answer := http.StatusBadRequest, `{"__type": "NoEnd"}`
	if strings.Contains(what, "Action=") {
		answer = `<ErrorResponse><Error><Code>NoEnd</Code></Error></ErrorResponse>`
	}
	if strings.Contains(what, l.endless) {
		if l.asked++; l.asked <= l.most {
			status, answer = http.StatusOK, fmt.Sprintf(l.page, l.token(l.asked))
		}
	} else {
		for _, o := range others() {
			if strings.Contains(what, o[0]) {
				var refuses bool
				if answer, refuses = strings.CutPrefix(o[1], "!"); !refuses {
					status = http.StatusOK
				}
			}
		}
	}
	header := http.Header{"X-Amzn-Requestid": {"r"}}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(answer)), Request: r}, nil
}

// TestListingsEnd asks for every listing of the drivers where the token is
// always the same, where tokens go round, and where there is no end of them.
func TestListingsEnd(t *testing.T) {
	type way = func(context.Context, drive.Clients) error
	reads := func(thing plan.Thing, property string) way {
		return func(ctx context.Context, c drive.Clients) error {
			_, err := hooks.Drivers(c)[thing.Type].Read(ctx, thing, []string{property})
			return err
		}
	}
	removes := func(thing plan.Thing) way {
		return func(ctx context.Context, c drive.Clients) error {
			_, err := hooks.Drivers(c)[thing.Type].Remove(ctx, thing, nil, true, "t")
			return err
		}
	}
	used := func(ctx context.Context, c drive.Clients) error {
		_, err := hooks.InUse(ctx, c, "x")
		return err
	}
	for name, l := range map[string]struct {
		endless, page string
		read          way
	}{
		"GetRestApis":    {"GET /restapis ", `{"item": [], "position": "%d"}`, used},
		"GetApis":        {"GET /v2/apis ", `{"items": [], "nextToken": "%d"}`, used},
		"GetStages":      {"GET /v2/apis/a1/stages ", `{"items": [], "nextToken": "%d"}`, used},
		"GetApiMappings": {"GET /v2/domainnames/x/apimappings ", `{"items": [], "nextToken": "%d"}`, reads(thing("AWS::ApiGateway::DomainName", "arn:aws:apigateway:"+region+"::/domainnames/x"), "HttpApiMapped")},
		"GetClientCertificates": {
			"GET /clientcertificates ", `{"item": [], "position": "%d"}`, reads(plan.Thing{Type: "AWS::ApiGateway::ClientCertificate", Name: "c"}, "Description"),
		},
		"DescribeLogGroups":  {"DescribeLogGroups", `{"logGroups": [], "nextToken": "%d"}`, reads(plan.Thing{Type: logs.Group, Name: "g"}, "RetentionInDays")},
		"DescribeLogStreams": {"DescribeLogStreams", `{"logStreams": [], "nextToken": "%d"}`, reads(plan.Thing{Type: logs.Group, Name: "g"}, "Events")},
		"ListKeys":           {"TrentService.ListKeys", `{"Keys": [], "Truncated": true, "NextMarker": "%d"}`, removes(plan.Thing{Type: kms.Key, Name: "alias/k"})},
		"ListAttachedRolePolicies": {
			"Action=ListAttachedRolePolicies", `<ListAttachedRolePoliciesResponse><ListAttachedRolePoliciesResult><AttachedPolicies/>` +
				`<IsTruncated>true</IsTruncated><Marker>%d</Marker></ListAttachedRolePoliciesResult></ListAttachedRolePoliciesResponse>`,
			reads(plan.Thing{Type: "AWS::IAM::Role", Name: "r"}, "ManagedPolicyArns"),
		},
		"DescribeResourcePolicies": {"DescribeResourcePolicies", `{"resourcePolicies": [], "nextToken": "%d"}`, func(ctx context.Context, c drive.Clients) error {
			_, err := logs.PolicySizes(ctx, c.Service())
			return err
		}},
		"FilterLogEvents": {"FilterLogEvents", `{"events": [], "nextToken": "%d"}`, func(ctx context.Context, c drive.Clients) error {
			_, err := logs.Delivered(ctx, c.Lane, c.Config, logGroup+"g", time.Now())
			return err
		}},
	} {
		for way, c := range map[string]struct {
			token func(n int) int
			most  int
		}{
			"always the same": {func(int) int { return 1 }, 2},
			"round":           {func(n int) int { return n % 3 }, 4},
			"no end":          {func(n int) int { return n }, 5000},
		} {
			t.Run(name+"/"+way, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					served := &listings{endless: l.endless, page: l.page, token: c.token, most: c.most}
					cfg := awsclient.Static(region, "https://aws.example.com", credentials.NewStaticCredentialsProvider("a", "b", ""), served)
					at := drive.Clients{Config: cfg, Lane: lane(t), Scope: resource.Scope{Partition: "aws", Account: account, Region: region}}
					if err := l.read(t.Context(), at); drive.Fault(err).Class != awsclient.Garbled || served.asked < 2 {
						t.Errorf("%v after %d; the last request was %s", err, served.asked, served.last)
					}
				})
			})
		}
	}
}
