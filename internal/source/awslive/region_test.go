package awslive_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/controltest"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/source/awslive"
	"github.com/kumoban/kumoban/types/apigateway"
)

// optIn is a Region that the fixture's account has not enabled.
const optIn = "ap-southeast-3"

// from is a source whose configuration names a Region, with credentials that
// the double knows or not.
func from(t *testing.T, double *awsdouble.Double, own string, known bool, regions ...string) *awslive.Source {
	t.Helper()
	src := sourceOf(t, double, own)
	key, secret := double.CredentialsFor(controltest.Account)
	if !known {
		key = strings.Replace(key, "AKIA", "AKIB", 1)
	}
	src.Targets, src.Regions = []awslive.Target{{}}, regions
	src.Load = func(context.Context, string) (aws.Config, error) {
		return awsclient.Static(own, "", credentials.NewStaticCredentialsProvider(key, secret, ""), &http.Client{Transport: double.Transport()}), nil
	}
	return src
}

// TestRegionThatIsOff tells credentials that nobody accepts from a Region that
// refuses those which another accepts.
func TestRegionThatIsOff(t *testing.T) {
	for name, c := range map[string]struct {
		own     string
		known   bool
		regions []string
		gaps    string // each code of the gaps, once
		class   awsclient.Class
		calls   int // of GetCallerIdentity
	}{
		"one of two":                    {"us-east-1", true, []string{controltest.Region, optIn}, awsclient.CodeRegion, awsclient.Other, 1},
		"the first of two":              {optIn, true, []string{optIn, controltest.Region}, awsclient.CodeRegion, awsclient.Other, 2},
		"the only one":                  {"us-east-1", true, []string{optIn}, awsclient.CodeRegion, awsclient.RegionOff, 2},
		"the only one, nobody to ask":   {optIn, true, []string{optIn}, "InvalidClientTokenId", awsclient.Credentials, 1},
		"credentials that nobody knows": {"us-east-1", false, []string{controltest.Region, optIn}, "InvalidClientTokenId", awsclient.Credentials, 3},
		"both are on":                   {"us-east-1", true, []string{controltest.Region, "us-east-1"}, "", awsclient.Other, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				double := awsdouble.New(awsdouble.Options{})
				load(t, double, controltest.Region, fixture)
				src := from(t, double, c.own, c.known, c.regions...)
				j := &judged{set: selected(t, control.Selection{})}
				err := src.Run(t.Context(), j.set, j)
				var nothing awslive.Nothing
				if errors.As(err, &nothing) != (c.class != awsclient.Other) || nothing.Fault != nil && nothing.Class != c.class {
					t.Errorf("error %v, want one of class %d", err, c.class)
				}
				for _, g := range j.gaps {
					if g.Code != c.gaps || c.gaps == awsclient.CodeRegion && (g.Region != optIn || !strings.HasPrefix(g.Message, "UnrecognizedClientException: ")) {
						t.Errorf("gap %+v, want %s", g, c.gaps)
					}
				}
				if (len(j.gaps) > 0) != (c.gaps != "") {
					t.Errorf("%d gaps", len(j.gaps))
				}
				if n := strings.Count(called(double), "GetCallerIdentity"); n != c.calls {
					t.Errorf("asked %d times who it is, want %d", n, c.calls)
				}
			})
		})
	}
}

// TestSessionInARegionThatIsOff says so of single resources, too.
func TestSessionInARegionThatIsOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := awsdouble.New(awsdouble.Options{})
		load(t, double, controltest.Region, fixture)
		s, _, err := from(t, double, controltest.Region, true).Enter(t.Context(), awslive.Target{}, optIn)
		if err != nil || s.Scope.Region != optIn || s.Config.Region != optIn {
			t.Fatalf("%+v, %v", s, err)
		}
		one := func() error {
			name := resource.Ref{Scope: s.Scope, Type: apigateway.DomainNameType, ARN: "arn:aws:apigateway:" + s.Scope.Region + "::/domainnames/api.example.com"}
			_, err := s.One(t.Context(), selected(t, control.Selection{}), name)
			return err
		}
		if err := one(); class(t, err) != awsclient.RegionOff {
			t.Error(err)
		}
		double.Fault(awsdouble.Fault{Operation: "GetDomainName", Kind: awsdouble.ExpiredToken})
		if s, _, err = from(t, double, controltest.Region, true).Enter(t.Context(), awslive.Target{}, "us-east-1"); err != nil {
			t.Fatal(err)
		}
		if err := one(); class(t, err) != awsclient.Credentials {
			t.Errorf("credentials that expired: %v", err)
		}
	})
}
