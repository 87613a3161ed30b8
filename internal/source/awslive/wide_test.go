package awslive_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/source"
	"github.com/kumoban/kumoban/internal/source/awslive"
	"github.com/kumoban/kumoban/types/account"
	"github.com/kumoban/kumoban/types/cloudtrail"
	"github.com/kumoban/kumoban/types/ec2"
	"github.com/kumoban/kumoban/types/iam"
	"github.com/kumoban/kumoban/types/s3"
)

// canned answers calls by what is in their URL, header or body, and keeps in which
// Region each was signed.
type canned struct {
	refuse string // what is refused

	mu    sync.Mutex
	calls []string
}

type said struct{ of, status, body string }

func answers() []said {
	return []said{
		{"Action=GetCallerIdentity", "200", `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/x</Arn><UserId>x</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`},
		{"Action=ListUsers", "200", `<ListUsersResponse><ListUsersResult><IsTruncated>false</IsTruncated><Users><member><UserName>ann</UserName><Arn>arn:aws:iam::111122223333:user/ann</Arn><Path>/</Path><UserId>A</UserId><CreateDate>2026-01-01T00:00:00Z</CreateDate></member></Users></ListUsersResult></ListUsersResponse>`},
		{"getAlternateContact", "404", `{"message":"No contact of the inputted alternate contact type found."}`},
		{"publicAccessBlock", "404", `<ErrorResponse><Error><Code>NoSuchPublicAccessBlockConfiguration</Code><Message>no</Message></Error></ErrorResponse>`},
		{"Action=GetEbsEncryptionByDefault", "200", `<GetEbsEncryptionByDefaultResponse><ebsEncryptionByDefault>true</ebsEncryptionByDefault></GetEbsEncryptionByDefaultResponse>`},
		{"VpcId.1=vpc-1", "200", vpcXML("vpc-1")},
		{"VpcId.1=vpc-2", "200", vpcXML("vpc-2")},
		{"Action=DescribeVpcs", "200", vpcXML("vpc-1", "vpc-2")},
		{"NextToken=2", "200", flowLogXML("fl-2", "vpc-2", "ACCEPT", "")},
		{"Action=DescribeFlowLogs", "200", flowLogXML("fl-1", "vpc-1", "REJECT", "<nextToken>2</nextToken>")},
		{"DescribeTrails", "200", `{"trailList":[{"Name":"all","TrailARN":"arn:aws:cloudtrail:eu-west-1:111122223333:trail/all","HomeRegion":"eu-west-1","IsMultiRegionTrail":true}]}`},
		{"max-buckets", "200", `<ListAllMyBucketsResult><Owner><ID>o</ID></Owner><Buckets>` + bucketXML("here", "eu-west-1") + bucketXML("there", "us-west-2") + bucketXML("also", "us-west-2") + bucketXML("lost", "") + `</Buckets></ListAllMyBucketsResult>`},
	}
}

func vpcXML(ids ...string) string {
	text := ""
	for _, id := range ids {
		text += "<item><vpcId>" + id + "</vpcId><ownerId>111122223333</ownerId></item>"
	}
	return "<DescribeVpcsResponse><vpcSet>" + text + "</vpcSet></DescribeVpcsResponse>"
}

func flowLogXML(id, of, traffic, next string) string {
	return "<DescribeFlowLogsResponse><flowLogSet><item><flowLogId>" + id + "</flowLogId><resourceId>" + of + "</resourceId><trafficType>" + traffic + "</trafficType><flowLogStatus>ACTIVE</flowLogStatus></item></flowLogSet>" + next + "</DescribeFlowLogsResponse>"
}

func bucketXML(name, region string) string {
	if region != "" {
		region = "<BucketRegion>" + region + "</BucketRegion>"
	}
	return "<Bucket><Name>" + name + "</Name><CreationDate>2026-01-01T00:00:00Z</CreationDate>" + region + "</Bucket>"
}

func (c *canned) RoundTrip(r *http.Request) (*http.Response, error) {
	body := ""
	if r.Body != nil {
		b, _ := io.ReadAll(r.Body)
		body = string(b)
	}
	asked := r.URL.String() + " " + r.Header.Get("X-Amz-Target") + " " + body
	_, scope, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	for _, a := range answers() {
		if !strings.Contains(asked, a.of) {
			continue
		}
		if part := strings.Split(scope, "/"); len(part) > 2 {
			c.mu.Lock()
			c.calls = append(c.calls, a.of+" "+part[2])
			c.mu.Unlock()
		}
		status, text, header := a.status, a.body, http.Header{"Content-Type": {"text/xml"}}
		if strings.HasPrefix(text, "{") {
			header = http.Header{"Content-Type": {"application/json"}, "X-Amzn-Errortype": {"ResourceNotFoundException"}}
		}
		if c.refuse != "" && strings.Contains(asked, c.refuse) {
			status, text = "403", `<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>`
		}
		code := 200
		_, _ = fmt.Sscan(status, &code)
		return &http.Response{StatusCode: code, Header: header, Body: io.NopCloser(strings.NewReader(text)), Request: r}, nil
	}
	return nil, fmt.Errorf("nobody answers %s", asked)
}

// broad has a control for each way in which resources lie.
func broad(t *testing.T, ids ...string) control.Set {
	t.Helper()
	users := control.On(func(*iam.User, control.Params) control.Verdict { return control.Pass("pass") })
	users.Looks = []string{}
	buckets := control.On(func(*s3.Bucket, control.Params) control.Verdict { return control.Pass("pass") })
	buckets.Looks = []string{}
	all := []*control.Control{
		{ID: "Users.1", Severity: control.High, Checks: []control.Check{users}},
		{ID: "Contact.1", Severity: control.High, Checks: []control.Check{control.Filled(control.Property[*account.SecurityContact, string]{
			Name: "AlternateContactType", Of: func(c *account.SecurityContact) fact.Value[string] { return c.AlternateContactType },
		})}},
		{ID: "Block.1", Severity: control.High, Checks: []control.Check{control.Is(control.Property[*s3.AccountPublicAccessBlock, bool]{
			Name: "BlockPublicAcls", Of: func(b *s3.AccountPublicAccessBlock) fact.Value[bool] { return b.BlockPublicAcls },
		}, true)}},
		{ID: "Ebs.1", Severity: control.High, Checks: []control.Check{control.Is(control.Property[*ec2.EbsEncryptionByDefault, bool]{
			Name: "EbsEncryptionByDefault", Of: func(e *ec2.EbsEncryptionByDefault) fact.Value[bool] { return e.EbsEncryptionByDefault },
		}, true)}},
		{ID: "Bucket.1", Severity: control.High, Checks: []control.Check{buckets}},
		{ID: "Trail.1", Severity: control.High, Checks: []control.Check{control.Is(control.Property[*cloudtrail.Trail, bool]{
			Name: "IsMultiRegionTrail", Of: func(c *cloudtrail.Trail) fact.Value[bool] { return c.IsMultiRegionTrail },
		}, true)}},
	}
	set, err := control.Select(all, control.Selection{Patterns: ids})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// beyond is judged, and what a sink is told beside.
type beyond struct {
	judged
	account   resource.Account
	elsewhere []string
	opened    []string
}

func (b *beyond) Account(a resource.Account) { b.account = a }
func (b *beyond) Scope(at resource.Scope, kind source.Kind) source.ScopeSink {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.opened = append(b.opened, fmt.Sprint(at.Region, kind))
	return &beyondScope{b.judged.Scope(at, kind), b}
}

type beyondScope struct {
	source.ScopeSink
	b *beyond
}

func (s *beyondScope) Unit(u resource.Unit) error {
	s.b.mu.Lock()
	for _, e := range u.Elsewhere {
		s.b.elsewhere = append(s.b.elsewhere, fmt.Sprint(e.Type, " ", e.Region, " ", e.N))
	}
	s.b.mu.Unlock()
	return s.ScopeSink.Unit(u)
}

func broadly(t *testing.T, world *canned, set control.Set, regions ...string) *beyond {
	t.Helper()
	rate, err := awsclient.ParseRate("max")
	if err != nil {
		t.Fatal(err)
	}
	src := awslive.Source{
		Targets: []awslive.Target{{}}, Regions: regions, Limits: awsclient.NewLimits(rate, slog.New(slog.DiscardHandler)), Log: slog.New(slog.DiscardHandler),
		Load: func(context.Context, string) (aws.Config, error) {
			return awsclient.Static(regions[0], "", credentials.NewStaticCredentialsProvider("AKIAX", "s", ""), &http.Client{Transport: world}), nil
		},
	}
	b := &beyond{judged: judged{set: set}}
	if err := src.Run(t.Context(), set, b); err != nil {
		t.Fatal(err)
	}
	slices.Sort(b.opened)
	return b
}

func (b *beyond) lines() string {
	var list []string
	for _, f := range b.findings {
		list = append(list, fmt.Sprintf("%s %s %s %s %s", f.Control, f.Resource.Region, f.Status, f.Resource.ID(), f.Reason))
	}
	slices.Sort(list)
	return strings.Join(list, "\n")
}

// TestWide judges what is the account's once, under the partition's own Region,
// whichever Regions are looked at, and each bucket in its own.
func TestWide(t *testing.T) {
	const wide = `Block.1 us-east-1 FAILED AWS::::Account:111122223333 
Bucket.1 eu-west-1 PASSED arn:aws:s3:::here 
Bucket.1 eu-west-1 UNKNOWN arn:aws:s3:::lost KUMOBAN_COULD_NOT_READ
Contact.1 us-east-1 FAILED AWS::::Account:111122223333 
Ebs.1 eu-west-1 PASSED AWS::::Account:111122223333 
Trail.1 eu-west-1 PASSED arn:aws:cloudtrail:eu-west-1:111122223333:trail/all 
Users.1 us-east-1 PASSED arn:aws:iam::111122223333:user/ann `
	world := &canned{}
	b := broadly(t, world, broad(t), "eu-west-1")
	if got := b.lines(); got != wide {
		t.Errorf("got\n%s\nwant\n%s", got, wide)
	}
	if b.account.Wide != "us-east-1" || strings.Join(b.account.Regions, " ") != "eu-west-1" || strings.Join(b.opened, " ") != "eu-west-10 us-east-11" {
		t.Errorf("account %+v, scopes %s", b.account, b.opened)
	}
	if got := strings.Join(b.elsewhere, "; "); got != "AWS::S3::Bucket us-west-2 2" {
		t.Errorf("elsewhere %q", got)
	}
	ids := map[string]string{}
	for _, f := range b.findings {
		ids[f.Control+f.Resource.ARN] = f.ID()
	}
	// In other Regions, the partition's own included, what is the account's is the same
	// finding, and what is the Region's is not.
	world = &canned{}
	more := broadly(t, world, broad(t), "us-east-1", "ap-northeast-1")
	for _, f := range more.findings {
		wide := strings.HasPrefix(f.Control, "Users") || strings.HasPrefix(f.Control, "Contact") || strings.HasPrefix(f.Control, "Block")
		if same := ids[f.Control+f.Resource.ARN] == f.ID(); same != wide {
			t.Errorf("%s of %s in %s: the same finding is %v", f.Control, f.Resource.ARN, f.Resource.Region, same)
		}
	}
	counts := map[string]int{}
	for _, c := range world.calls {
		counts[c]++
	}
	for call, want := range map[string]int{
		"Action=ListUsers us-east-1": 1, "getAlternateContact us-east-1": 1, "publicAccessBlock us-east-1": 1, "max-buckets us-east-1": 1, "max-buckets ap-northeast-1": 0,
		"Action=GetEbsEncryptionByDefault us-east-1": 1, "Action=GetEbsEncryptionByDefault ap-northeast-1": 1, "DescribeTrails ap-northeast-1": 1,
	} {
		if counts[call] != want {
			t.Errorf("%s: %d calls, want %d of\n%v", call, counts[call], want, counts)
		}
	}
	if got := strings.Join(more.elsewhere, "; "); got != "AWS::S3::Bucket eu-west-1 1; AWS::S3::Bucket us-west-2 2" {
		t.Errorf("elsewhere %q", got)
	}
}

// TestWideAlone opens only what the controls need.
func TestWideAlone(t *testing.T) {
	b := broadly(t, &canned{}, broad(t, "Ebs.*"), "eu-west-1")
	if b.account.Wide != "" || strings.Join(b.opened, " ") != "eu-west-10" {
		t.Errorf("without a control for it: %+v %s", b.account, b.opened)
	}
	world := &canned{}
	b = broadly(t, world, broad(t, "Users.*"), "eu-west-1")
	if got := b.lines(); got != "Users.1 us-east-1 PASSED arn:aws:iam::111122223333:user/ann " {
		t.Errorf("got %s", got)
	}
	slices.Sort(world.calls)
	if got := strings.Join(world.calls, "; "); got != "Action=GetCallerIdentity eu-west-1; Action=ListUsers us-east-1" {
		t.Errorf("calls %s", got)
	}
}

// TestWideRefused makes only what a refusal hides unknown, and that once.
func TestWideRefused(t *testing.T) {
	for refuse, want := range map[string]string{
		"Action=ListUsers":                 "Users.1 us-east-1 UNKNOWN AWS::::Account:111122223333 " + finding.ReasonUnread,
		"publicAccessBlock":                "Block.1 us-east-1 UNKNOWN AWS::::Account:111122223333 " + finding.ReasonUnread,
		"max-buckets":                      "Bucket.1 eu-west-1 UNKNOWN AWS::::Account:111122223333 " + finding.ReasonUnread,
		"Action=GetEbsEncryptionByDefault": "Ebs.1 eu-west-1 UNKNOWN AWS::::Account:111122223333 " + finding.ReasonUnread,
	} {
		b := broadly(t, &canned{refuse: refuse}, broad(t), "eu-west-1")
		var unknown []string
		for _, line := range strings.Split(b.lines(), "\n") {
			if strings.Contains(line, "UNKNOWN") && !strings.Contains(line, ":lost") {
				unknown = append(unknown, line)
			}
		}
		if got := strings.Join(unknown, "\n"); got != want {
			t.Errorf("%s is refused: unknown is\n%s\nwant\n%s", refuse, got, want)
		}
	}
}

func entered(t *testing.T, world *canned, region string) *awslive.Session {
	t.Helper()
	rate, err := awsclient.ParseRate("max")
	if err != nil {
		t.Fatal(err)
	}
	src := awslive.Source{
		Limits: awsclient.NewLimits(rate, slog.New(slog.DiscardHandler)), Log: slog.New(slog.DiscardHandler),
		Load: func(context.Context, string) (aws.Config, error) {
			return awsclient.Static(region, "", credentials.NewStaticCredentialsProvider("AKIAX", "s", ""), &http.Client{Transport: world}), nil
		},
	}
	session, _, err := src.Enter(t.Context(), awslive.Target{}, region)
	if err != nil {
		t.Fatal(err)
	}
	return session
}

// TestOneSetting reads a setting again by the account's name.
func TestOneSetting(t *testing.T) {
	session := entered(t, &canned{}, "us-east-1")
	set := broad(t, "Block.*")
	u, err := session.One(t.Context(), set, resource.OfAccount(session.Scope))
	if err != nil || len(u.Resources) != 1 {
		t.Fatalf("%v, %d resources", err, len(u.Resources))
	}
	if found := judge(t, session.Scope, set, u); len(found) != 1 || found[0].Status != control.Failed || found[0].Resource != resource.OfAccount(session.Scope) {
		t.Errorf("found %+v", found)
	}
	if _, err := session.One(t.Context(), broad(t, "Users.*"), resource.OfAccount(session.Scope)); err == nil {
		t.Error("an account that no setting is judged of was read")
	}
}
