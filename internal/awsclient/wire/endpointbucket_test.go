package wire

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// sending is a call of botocore's, and the place where kumoban would make it.
type sending struct {
	Service   string         `json:"service"`
	Operation string         `json:"operation"`
	Region    string         `json:"region"`
	FIPS      bool           `json:"fips"`
	Dual      bool           `json:"dual"`
	Endpoint  string         `json:"endpoint"`
	In        map[string]any `json:"in"`

	place func(*Client) (place, error)
	path  string // below the place, perhaps with a query
}

func (x *sending) client() *Client {
	c := in(x.Region, x.FIPS, x.Dual)
	if x.Endpoint != "" {
		c.config.BaseEndpoint = aws.String(x.Endpoint)
	}
	return c
}

// url is the address of the call.
func (x *sending) url(p place) string {
	if strings.HasPrefix(x.path, "?") {
		return p.at("") + x.path
	}
	return p.at(x.path)
}

// calls are made in every variant: some services whose hosts are not the usual
// ones, and S3 in each of its styles.
func calls(t *testing.T, region string, fips, dual bool, endpoint string) []sending {
	account := "111122223333"
	of := func(id string) func(*Client) (place, error) {
		return func(c *Client) (place, error) { return c.endpoint(t.Context(), Service{ID: id}) }
	}
	bucket := func(name string) map[string]any { return map[string]any{"Bucket": name} }
	s3 := Service{ID: "S3"}
	all := []sending{
		{Service: "kms", Operation: "list_keys", place: of("KMS")},
		{Service: "iam", Operation: "get_user", place: of("IAM")},
		{Service: "ecr", Operation: "describe_registry", place: of("ECR")},
		{Service: "sts", Operation: "get_caller_identity", place: of("STS")},
		{Service: "securityhub", Operation: "describe_hub", place: of("SecurityHub"), path: "accounts"},
		{Service: "route53", Operation: "list_hosted_zones", place: of("Route 53"), path: "2013-04-01/hostedzone"},
		{Service: "s3", Operation: "list_buckets", place: of("S3")},
		{
			Service: "s3control", Operation: "get_public_access_block", In: map[string]any{"AccountId": account},
			place: func(c *Client) (place, error) {
				return c.accountPlace(t.Context(), Service{ID: "S3 Control"}, account)
			}, path: "v20180820/configuration/publicAccessBlock",
		},
	}
	for _, name := range []string{
		"bucket", "b-1", "123", "xn--bucket", strings.Repeat("a", 63), "an-alias-s3alias", "a--ol-s3", "a--table-s3",
		"My-Bucket", "my.bucket", "under_score", "-bucket", "bucket-", ".bucket", "bucket.", "a..b", "a.-b", "192.168.1.1", "_.-", "...", strings.Repeat("a", 64), strings.Repeat("B.", 127) + "b",
	} {
		all = append(all,
			sending{Service: "s3", Operation: "get_bucket_policy", In: bucket(name), path: "?policy", place: func(c *Client) (place, error) { return c.bucketPlace(t.Context(), s3, name) }})
	}
	for i := range all {
		x := &all[i]
		x.Region, x.FIPS, x.Dual, x.Endpoint = region, fips, dual, endpoint
		if x.In == nil {
			x.In = map[string]any{}
		}
	}
	return all
}

// TestCallsGoWhereBotocoreSendsThem compares with real clients, which are slow to
// make: in a few Regions, but with all that a client adds.
func TestCallsGoWhereBotocoreSendsThem(t *testing.T) {
	var all []sending
	for _, region := range []string{"us-east-1", "eu-central-2", "cn-north-1", "us-gov-west-1", "us-iso-east-1"} {
		for _, variant := range []string{"", "fips", "dual", "fips dual"} {
			all = append(all, calls(t, region, strings.Contains(variant, "fips"), strings.Contains(variant, "dual"), "")...)
		}
	}
	for _, endpoint := range []string{"http://s3.test:9000", "http://s3.test/below/", "http://127.0.0.1:5000", "http://bucket.s3.test", "http://[::1]:5000"} {
		all = append(all, calls(t, "eu-west-1", false, false, endpoint)...)
	}
	var want [][]string
	asked(t, "testdata/sent.py", all, &want)
	refusals := 0
	for i, w := range want {
		x := &all[i]
		got, err := x.place(x.client())
		if len(w) == 1 {
			refusals++
			if err == nil {
				t.Errorf("%s %s %v: %s, botocore says %s", x.Region, x.Operation, x.In, got.url, w[0])
			}
			continue
		}
		if x.Service == "s3control" && (strings.Contains(x.Endpoint, "127.0.0.1") || strings.Contains(x.Endpoint, "::1")) {
			w[0] = strings.Replace(w[0], "111122223333.", "", 1) // an address has no hosts below it; botocore makes one all the same
		}
		// botocore leaves out a path that is / alone before a query, or not, as it comes.
		if same := strings.NewReplacer("/?", "?"); same.Replace(strings.TrimSuffix(x.url(got), "/")) != same.Replace(strings.TrimSuffix(w[0], "/")) || err != nil || got.name != w[1] || got.region != w[2] {
			t.Errorf("%s %v %v %s %s %v: %s signed as %s for %s (%v), want %v", x.Region, x.FIPS, x.Dual, x.Endpoint, x.Operation, x.In, x.url(got), got.name, got.region, err, w)
		}
	}
	if len(want) != len(all) || refusals == 0 {
		t.Errorf("botocore answered %d of %d, and refused %d", len(want), len(all), refusals)
	}
	t.Logf("%d calls, %d of them refused", len(all), refusals)
}

// TestNoBucket refuses what is no plain bucket before anything is sent.
func TestNoBucket(t *testing.T) {
	for _, name := range []string{
		"", "ab", "..", "a/b", "a?b", "a b", "b%2e", "bücket", strings.Repeat("a", 256), "bucket\n", "bucket@example.com",
		"arn:aws:s3:::bucket", "arn:aws:s3:eu-west-1:111122223333:accesspoint/x", "mfzwi23gnjvgw.mrap:x",
		"bucket--usw2-az1--x-s3", "point--usw2-az1--xa-s3", "point-o0123--op-s3",
	} {
		got, err := in("eu-west-1", false, false).bucketPlace(t.Context(), Service{ID: "S3"}, name)
		var sentence *EndpointError
		if !errors.As(err, &sentence) || !strings.HasSuffix(err.Error(), "and this is no such name: "+name) {
			t.Errorf("%q: %v, %v", name, got, err)
		}
	}
	for _, account := range []string{"", "1", "1111222233334", "11112222333a"} {
		if got, err := in("eu-west-1", false, false).accountPlace(t.Context(), Service{ID: "S3 Control"}, account); err == nil {
			t.Errorf("%q: %v", account, got)
		}
	}
}
