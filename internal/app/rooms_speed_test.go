package app_test

import (
	"cmp"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/evaluate"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
	"github.com/kumoban/kumoban/internal/source"
)

// company are 1,090 resources of the catalogue's types, in one account and Region.
func company() map[resource.Type]int {
	return map[resource.Type]int{
		"AWS::SQS::Queue": 100, "AWS::S3::Bucket": 100, "AWS::DynamoDB::Table": 100, "AWS::KMS::Key": 50, "AWS::CloudTrail::Trail": 5, "AWS::CloudFront::Distribution": 20,
		"AWS::EC2::Subnet": 60, "AWS::EC2::SecurityGroup": 100, "AWS::EC2::Instance": 100, "AWS::EC2::LaunchTemplate": 20, "AWS::EC2::VPC": 10, "AWS::EC2::FlowLog": 10,
		"AWS::ECS::Cluster": 5, "AWS::ECS::Service": 95, "AWS::Lambda::Function": 100, "AWS::ElasticLoadBalancingV2::LoadBalancer": 20, "AWS::IAM::User": 100,
		"AWS::RDS::DBInstance": 50, "AWS::RDS::DBCluster": 20, "AWS::RDS::DBSnapshot": 20, "AWS::RDS::DBClusterSnapshot": 5,
	}
}

// crowd is a double with the company.
func crowd(t testing.TB, o awsdouble.Options) *awsdouble.Double {
	t.Helper()
	double := awsdouble.New(o)
	for _, s := range catalog.Services() {
		for i := range s.Rooms {
			for n := range company()[s.Rooms[i].Type] {
				if err := double.Add(account, region, nth(&s.Rooms[i], n)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	root := awsdouble.Resource{Type: "AWS::IAM::AccountSummary", Properties: map[string]any{"AccountAccessKeysPresent": false, "AccountMFAEnabled": true, "AccountPasswordPresent": true}}
	if err := double.Add(account, region, root); err != nil {
		t.Fatal(err)
	}
	return double
}

// nth is the nth resource of a type: its ARN with its number for every name.
func nth(r *room.Room, n int) awsdouble.Resource {
	out := awsdouble.Resource{Type: string(r.Type)}
	if room.Find(r.Properties, "DistributionConfig") != nil {
		out.Properties = map[string]any{"DistributionConfig": map[string]any{"DefaultRootObject": "index.html"}}
	}
	if r.Parent != "" {
		out.Parent = "name-0"
	}
	out.ARN, _ = room.Expand(r.ARN, func(path string) string {
		fixed := map[string]string{"partition": "aws", "region": region, "account": account, "OwnerId": account, "kind": "app"}[path]
		if r.Parent != "" && r.Below[path] != "" {
			fixed = out.Parent
		}
		return cmp.Or(fixed, fmt.Sprintf("name-%d", n))
	})
	return out
}

// least are the calls that AWS's API takes to learn all that the controls ask about
// the company: a listing gives at most 100 here, and what it does not tell is asked
// about each, of ECS's services about ten together.
func least() map[string]int {
	return map[string]int{
		"sts GetCallerIdentity": 1, "account GetAlternateContact": 1, "apigateway GetDomainNames": 1, "apigateway GetRestApis": 1, "apigatewayv2 GetApis": 1,
		"securityhub BatchGetSecurityControls": 2, // what the account set
		"cloudfront ListDistributions":         1, "cloudfront GetDistributionConfig": 20,
		"cloudtrail DescribeTrails": 2, // those of the Region, and all that the account sees
		"dynamodb ListTables":       1, "dynamodb DescribeContinuousBackups": 100,
		"ec2 DescribeInstances": 1, "ec2 DescribeLaunchTemplateVersions": 1, "ec2 DescribeSecurityGroups": 1, "ec2 DescribeSubnets": 1, "ec2 DescribeVpcs": 1, "ec2 DescribeFlowLogs": 1,
		"ec2 GetEbsEncryptionByDefault": 1,
		"ecs ListClusters":              1, "ecs ListServices": 5, "ecs DescribeServices": 10,
		"elb DescribeLoadBalancers": 1, "elbv2 DescribeLoadBalancers": 1, "elbv2 DescribeLoadBalancerAttributes": 20,
		"iam GetAccountSummary": 1, "iam GetAccountPasswordPolicy": 1, "iam ListVirtualMFADevices": 1, "iam GetCredentialReport": 2, "iam GenerateCredentialReport": 6, // of root, and of users
		"iam ListUsers": 1,
		"kms ListKeys":  1, "kms DescribeKey": 50,
		"lambda ListFunctions":    1,
		"rds DescribeDBInstances": 1, "rds DescribeDBClusters": 1,
		"rds DescribeDBSnapshots": 1, "rds DescribeDBSnapshotAttributes": 20, "rds DescribeDBClusterSnapshots": 1, "rds DescribeDBClusterSnapshotAttributes": 5,
		"s3 ListBuckets": 1, "s3 GetPublicAccessBlock": 100, "s3 GetBucketLogging": 100, "s3 GetBucketLifecycleConfiguration": 100, "s3control GetPublicAccessBlock": 1,
		"sqs ListQueues": 1, "sqs GetQueueAttributes": 100,
		"ssm GetServiceSetting": 1,
	}
}

// floor is how long the calls take under the services' quotas, requests a second and
// the burst, of which a scan takes 98 %: that of the service that takes longest.
func floor(calls map[string]int) (time.Duration, string) {
	quotas := map[string][2]float64{"ec2": {20, 100}, "ecs": {20, 50}, "lambda": {15, 15}, "kms": {500, 500}, "cloudtrail": {10, 10}, "sts": {600, 600}, "apigateway": {10, 40}, "apigatewayv2": {10, 40}}
	total := map[string]int{}
	for name, n := range calls {
		service, _, _ := strings.Cut(name, " ")
		total[service] += n
	}
	var longest time.Duration
	var of string
	for service, n := range total {
		q, known := quotas[service]
		if !known {
			q = [2]float64{5, 10}
		}
		wait := max(0, float64(n)-math.Floor(q[1]*0.98)) / (q[0] * 0.98)
		if d := time.Duration(wait * float64(time.Second)); d > longest {
			longest, of = d, service
		}
	}
	return longest, of
}

// TestThousandRooms scans 1,090 resources with every control under the quotas, in as
// few calls and in as little time as AWS's API allows.
func TestThousandRooms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := crowd(t, awsdouble.Options{Quotas: true})
		var before runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		meter := &meter{next: double.Transport(), most: before.HeapAlloc}
		s := scanFor(t, t.Context(), controls.All(), double, meter, app.ScanOptions{Rate: rate(t, "max")})
		if s.err != nil || s.result.Gaps != 0 {
			t.Fatalf("error %v, gaps %v", s.err, s.gaps)
		}
		calls := operations(double, account)
		for name, n := range calls {
			if n > least()[name] {
				t.Errorf("%d calls of %s, %d would do", n, name, least()[name])
			}
		}
		quick, of := floor(calls)
		if s.took > quick+quick/20+5*time.Second {
			t.Errorf("it took %v, where %s's quota takes %v", s.took, of, quick)
		}
		total := 0
		for _, name := range slices.Sorted(maps.Keys(calls)) {
			t.Logf("%5d %s", calls[name], name)
			total += calls[name]
		}
		t.Logf("%d calls, %d findings, %v on the virtual clock, where %s's quota takes %v; %.1f MB more at most", total, len(s.statuses), s.took, of, quick, float64(meter.most-before.HeapAlloc)/1e6)
	})
}

// meter looks at the heap at each call.
type meter struct {
	next http.RoundTripper
	mu   sync.Mutex
	most uint64
}

func (m *meter) RoundTrip(r *http.Request) (*http.Response, error) {
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	m.mu.Lock()
	m.most = max(m.most, now.HeapAlloc)
	m.mu.Unlock()
	return m.next.RoundTrip(r)
}

// units are what a scan reads of the company, without waiting: each call is another
// client's.
func units(b *testing.B, double *awsdouble.Double) (list []resource.Unit) {
	b.Helper()
	key, secret := double.CredentialsFor(account)
	cfg := awsclient.Static(region, "", credentials.NewStaticCredentialsProvider(key, secret, ""), &http.Client{Transport: double.Transport()})
	fresh := func() *asker.Asker {
		r, err := awsclient.ParseRate("max")
		if err != nil {
			b.Fatal(err)
		}
		return &asker.Asker{
			Scope: benchScope, Lane: awsclient.NewLimits(r, slog.New(slog.DiscardHandler)).Lane(account, region),
			Client: wire.New(cfg), Looks: func(resource.Type, string) bool { return true },
		}
	}
	for t := range company() {
		e := catalog.Find(t)
		if e.Room.Parent != "" {
			continue
		}
		a := fresh()
		call := asker.Declare(e, &e.Room.Finds)
		in, _ := a.Input(e.Room.Finds.In, asker.About{})
		tree, _ := in.(room.Tree)
		items, err := a.Items(b.Context(), e, &e.Room.Finds, call, tree)
		if err != nil {
			b.Fatal(err)
		}
		for _, item := range items {
			pieces, err := fresh().Learn(b.Context(), e, []asker.About{{Tree: item}})
			if err != nil {
				b.Fatal(err)
			}
			res, _, ok := a.Make(e, &pieces[0], call, nil)
			if !ok {
				b.Fatal(item)
			}
			list = append(list, resource.Unit{Resources: []resource.Resource{res}})
		}
	}
	return list
}

// BenchmarkRooms judges resources of the catalogue's types by every control.
func BenchmarkRooms(b *testing.B) {
	list := units(b, crowd(b, awsdouble.Options{}))
	set, err := control.Select(controls.All(), control.Selection{})
	if err != nil {
		b.Fatal(err)
	}
	findings := 0
	for b.Loop() {
		run := evaluate.New(benchScope, source.Regional, set)
		for _, u := range list {
			if err := run.Unit(u, func(*finding.Finding) error { findings++; return nil }); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(findings), "ns/verdict")
	b.ReportMetric(float64(len(list)), "resources")
}
