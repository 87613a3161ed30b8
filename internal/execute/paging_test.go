package execute

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
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
)

// listings is an account whose every listing is one page after the other. The
// n-th answer of each names the n-th token, up to a most of answers.
type listings struct {
	token func(n int) int
	most  int
	asked int
	last  string // the latest request
}

func (l *listings) Do(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body) //nolint:errcheck // a request of ours
	}
	what := r.Header.Get("X-Amz-Target") + " " + r.URL.Path + " " + string(body)
	l.asked, l.last = l.asked+1, what
	status, answer := http.StatusOK, ""
	for part, page := range map[string]string{
		"/restapis":                               `{"item": [], "position": "%d"}`,
		"/clientcertificates":                     `{"item": [], "position": "%d"}`,
		"/apis":                                   `{"items": [], "nextToken": "%d"}`,
		"/v2/apis/a1/stages":                      `{"items": [], "nextToken": "%d"}`,
		"/v2/domainnames/x/apimappings":           `{"items": [], "nextToken": "%d"}`,
		"Logs_20140328.DescribeLogGroups ":        `{"logGroups": [], "nextToken": "%d"}`,
		"Logs_20140328.DescribeLogStreams ":       `{"logStreams": [], "nextToken": "%d"}`,
		"Logs_20140328.FilterLogEvents ":          `{"events": [], "nextToken": "%d"}`,
		"Logs_20140328.DescribeResourcePolicies ": `{"resourcePolicies": [], "nextToken": "%d"}`,
		"TrentService.ListKeys ":                  `{"Keys": [], "Truncated": true, "NextMarker": "%d"}`,
		"Action=ListAttachedRolePolicies": `<ListAttachedRolePoliciesResponse><ListAttachedRolePoliciesResult><AttachedPolicies/>` +
			`<IsTruncated>true</IsTruncated><Marker>%d</Marker></ListAttachedRolePoliciesResult></ListAttachedRolePoliciesResponse>`,
	} {
		if r.URL.Path == part || r.URL.Path == "/v2"+part || strings.Trim(r.URL.Path, "/") == "" && strings.Contains(what, part) {
			answer = fmt.Sprintf(page, l.token(l.asked))
		}
	}
	if answer == "" || l.asked > l.most {
		status, answer = http.StatusBadRequest, `{"__type": "NoEnd"}`
		if strings.Contains(what, "Action=") {
			answer = `<ErrorResponse><Error><Code>NoEnd</Code></Error></ErrorResponse>`
		}
	}
	header := http.Header{"X-Amzn-Requestid": {"r"}}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(answer)), Request: r}, nil
}

// TestListingsEnd asks for every listing of the drivers where the token is
// always the same, where tokens go round, and where there is no end of them.
func TestListingsEnd(t *testing.T) {
	none := func(stageUse) bool { return false }
	for name, read := range map[string]func(context.Context, *service) error{
		"GetRestApis": func(ctx context.Context, s *service) error { _, err := s.anyRestStage(ctx, none); return err },
		"GetApis":     func(ctx context.Context, s *service) error { _, err := s.anyV2Stage(ctx, none); return err },
		"GetStages": func(ctx context.Context, s *service) error {
			_, err := s.anyStageOf(ctx, "a1", none)
			return err
		},
		"GetApiMappings": func(ctx context.Context, s *service) error {
			_, err := domainDriver{service: s}.servesHTTPAPI(ctx, "x")
			return err
		},
		"GetClientCertificates": func(ctx context.Context, s *service) error {
			_, err := certificateDriver{service: s}.find(ctx, plan.Thing{Name: "c"}, "")
			return err
		},
		"DescribeLogGroups": func(ctx context.Context, s *service) error {
			_, err := logGroupDriver{service: s}.find(ctx, "g")
			return err
		},
		"DescribeLogStreams": func(ctx context.Context, s *service) error {
			_, err := logGroupDriver{service: s}.holdsEvents(ctx, "g")
			return err
		},
		"ListKeys": func(ctx context.Context, s *service) error {
			_, err := keyDriver{service: s}.search(ctx, "t")
			return err
		},
		"ListAttachedRolePolicies": func(ctx context.Context, s *service) error {
			_, err := roleDriver{service: s}.attached(ctx, plan.Thing{Name: "r"})
			return err
		},
		"DescribeResourcePolicies": func(ctx context.Context, s *service) error {
			_, err := (&Foreseer{clients: Clients{s.config, s.lane, s.scope}}).policies(ctx)
			return err
		},
		"FilterLogEvents": func(ctx context.Context, s *service) error {
			_, err := Delivered(ctx, s.lane, s.config, logGroupAt, time.Now())
			return err
		},
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
					l := &listings{token: c.token, most: c.most}
					cfg := awsclient.Static(logRegion, "https://aws.example.com", credentials.NewStaticCredentialsProvider("a", "b", ""), l)
					s := &service{resource.Scope{Partition: "aws", Account: logAccount, Region: logRegion}, logLane(t), cfg, wire.New(cfg)}
					if err := read(t.Context(), s); fault(err).Class != awsclient.Garbled {
						t.Errorf("%v; the last request was %s", err, l.last)
					}
				})
			})
		}
	}
}
