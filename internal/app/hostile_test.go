package app_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

// altered answers some requests in the double's place.
type altered struct {
	next   http.RoundTripper
	answer func(*http.Request) (status int, body string, ok bool)
}

func (a altered) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body, ok := a.answer(r)
	if !ok {
		return a.next.RoundTrip(r)
	}
	header := http.Header{"Content-Type": {"application/json"}}
	if status == http.StatusNotFound {
		header.Set("X-Amzn-Errortype", "NotFoundException")
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(bytes.NewBufferString(body)), ContentLength: int64(len(body)), Request: r}, nil
}

// one scans the fault tests' account with one kind of answer altered.
func one(t *testing.T, path string, status int, body string) seen {
	t.Helper()
	var s seen
	synctest.Test(t, func(t *testing.T) {
		double := faulty(t)
		through := altered{double.Transport(), func(r *http.Request) (int, string, bool) {
			return status, body, strings.HasSuffix(r.URL.Path, path)
		}}
		s = scanThrough(t, t.Context(), double, through, app.ScanOptions{Rate: rate(t, "max")})
	})
	return s
}

// TestContradictoryNotFound keeps what other calls read of an API when one call
// says that it does not exist, while the listing has it.
func TestContradictoryNotFound(t *testing.T) {
	want := truth(t)
	for _, path := range []string{"/routes", "/resources", "/integrations", "/stages"} {
		t.Run(path, func(t *testing.T) {
			s := one(t, path, http.StatusNotFound, `{"message":"Invalid API identifier specified"}`)
			checkHonest(t, want, s)
			if s.err != nil || s.result.Gaps == 0 {
				t.Errorf("error %v, %d gaps: a contradiction must be said", s.err, s.result.Gaps)
			}
			for key, status := range want {
				hidden := hides(awsdouble.Call{Operation: "GetRoutes", Path: path}, key) || s.statuses[key] == "" || s.statuses[key] == "UNKNOWN"
				if !hidden && s.statuses[key] != status {
					t.Errorf("%s is %s, want %s", key, s.statuses[key], status)
				}
			}
			if path == "/routes" && s.statuses["APIGateway.9 "+account+" "+region+" arn:aws:apigateway:"+region+"::/apis/http000001/stages/$default"] != "FAILED" {
				t.Error("the stages that were read are judged no more")
			}
		})
	}
}

// TestDeletedMeanwhile is no gap: the API is gone from a fresh listing too.
func TestDeletedMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := faulty(t)
		listings := 0
		through := altered{double.Transport(), func(r *http.Request) (int, string, bool) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/rest000003/stages"):
				return http.StatusNotFound, `{"message":"gone"}`, true
			case strings.HasSuffix(r.URL.Path, "/restapis"):
				if listings++; listings > 1 {
					return http.StatusOK, `{"item":[{"id":"rest000001"}]}`, true
				}
			}
			return 0, "", false
		}}
		s := scanThrough(t, t.Context(), double, through, app.ScanOptions{Rate: rate(t, "max")})
		if s.err != nil || s.result.Gaps != 0 {
			t.Errorf("error %v, gaps %v", s.err, s.gaps)
		}
		for key := range s.statuses {
			if strings.Contains(key, "rest000003") {
				t.Errorf("%s was found on an API that is gone", key)
			}
		}
	})
}

// TestAnswersThatSayNothing never acquits a stage of .2 by an answer of
// GetResources that describes no method.
func TestAnswersThatSayNothing(t *testing.T) {
	want := truth(t)
	for _, body := range []string{
		`{"item":[{"id":"x","path":"/","resourceMethods":{"GET":{}}}]}`,
		`{"item":[{"id":"x","path":"/","resourceMethods":{"GET":{"httpMethod":"GET","methodIntegration":{}}}}]}`,
		`{"item":[{}]}`,
		`{"item":[{"stageName":"prod"}]}`,
	} {
		t.Run(body, func(t *testing.T) {
			s := one(t, "/resources", http.StatusOK, body)
			checkHonest(t, want, s)
			if s.result.Gaps == 0 {
				t.Error("no gap says so")
			}
		})
	}
}

// TestKnownViolationOnPageOne fails .2 although a later page is refused.
func TestKnownViolationOnPageOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := faulty(t)
		through := altered{double.Transport(), func(r *http.Request) (int, string, bool) {
			if !strings.HasSuffix(r.URL.Path, "/resources") {
				return 0, "", false
			}
			if r.URL.Query().Get("position") != "" {
				return http.StatusBadRequest, `{"message":"no"}`, true
			}
			return http.StatusOK, `{"position":"2","item":[{"id":"x","path":"/","resourceMethods":{"GET":{"httpMethod":"GET","methodIntegration":{"type":"HTTP"}}}}]}`, true
		}}
		s := scanThrough(t, t.Context(), double, through, app.ScanOptions{Rate: rate(t, "max")})
		key := "APIGateway.2 " + account + " " + region + " arn:aws:apigateway:" + region + "::/restapis/rest000000/stages/prod"
		if s.statuses[key] != "FAILED" || s.result.Gaps == 0 {
			t.Errorf("%s with %d gaps, want FAILED and a gap", s.statuses[key], s.result.Gaps)
		}
	})
}

// TestNamelessStage hides nothing but itself.
func TestNamelessStage(t *testing.T) {
	s := one(t, "/rest000000/stages", http.StatusOK, `{"item":[{"stageName":"prod"},{},{"stageName":"prod"}]}`)
	key := "APIGateway.3 " + account + " " + region + " arn:aws:apigateway:" + region + "::/restapis/rest000000"
	if s.statuses[key+"/stages/prod"] != "FAILED" || s.statuses[key] != "UNKNOWN" {
		t.Errorf("prod is %q, the API %q; want FAILED and UNKNOWN", s.statuses[key+"/stages/prod"], s.statuses[key])
	}
}

// TestSecondPageRefused is done with a gap, not "nothing could be read".
func TestSecondPageRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := faulty(t)
		for _, service := range []string{"apigatewayv2"} {
			double.Fault(awsdouble.Fault{Service: service, Kind: awsdouble.Deny})
		}
		double.Fault(awsdouble.Fault{Operation: "GetDomainNames", Kind: awsdouble.Deny})
		through := altered{double.Transport(), func(r *http.Request) (int, string, bool) {
			if !strings.HasSuffix(r.URL.Path, "/restapis") {
				return 0, "", false
			}
			if r.URL.Query().Get("position") != "" {
				return http.StatusBadRequest, `{"message":"no"}`, true
			}
			return http.StatusOK, `{"position":"2","item":[{"id":"rest000001","name":"orders"}]}`, true
		}}
		s := scanThrough(t, t.Context(), double, through, app.ScanOptions{Rate: rate(t, "max")})
		if s.err != nil || s.result.Gaps == 0 {
			t.Errorf("error %v, %d gaps", s.err, s.result.Gaps)
		}
	})
}

// TestStall hangs every request for ten seconds. When AWS answers again, no
// window may hold more calls than the default rate allows.
func TestStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := awsdouble.New(awsdouble.Options{Quotas: true, Latency: 60 * time.Millisecond})
		load(t, double, account, region, fleet(200, 20, 100, 10))
		start := time.Now()
		time.AfterFunc(10*time.Second, func() {
			held := double.Fault(awsdouble.Fault{Kind: awsdouble.Hold})
			time.Sleep(10 * time.Second)
			held.Remove()
			held.Release()
		})
		s := scan(t, t.Context(), double, app.ScanOptions{Rate: rate(t, "")})
		if s.err != nil || s.result.Gaps != 0 {
			t.Fatalf("error %v, %d gaps", s.err, s.result.Gaps)
		}
		var times []time.Time
		quiet := 0
		for _, c := range double.Calls() {
			if c.Service == "sts" || c.Service == "securityhub" { // which have quotas of their own
				continue
			}
			times = append(times, c.Time)
			if at := c.Time.Sub(start); at > 11*time.Second && at < 20*time.Second {
				quiet++
			}
			if c.Throttled {
				t.Errorf("%s was throttled", c.Operation)
			}
		}
		if quiet > 12 {
			t.Errorf("%d calls during the stall: the test shows nothing", quiet)
		}
		for i := range times {
			for j := i; j < len(times); j++ {
				if n, most := float64(j-i+1), 32+8*times[j].Sub(times[i]).Seconds(); n > most+1e-6 {
					t.Fatalf("%v calls within %v, at most %v are allowed", n, times[j].Sub(times[i]), most)
				}
			}
		}
	})
}

// TestRenewedRole scans longer than a role's session lasts.
func TestRenewedRole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := awsdouble.New(awsdouble.Options{Quotas: true})
		targets := organisation(t, double, 1, []string{region})
		s := scan(t, t.Context(), double, app.ScanOptions{Targets: targets, Regions: []string{region}, Rate: rate(t, "0.04")})
		if s.err != nil || s.result.Gaps != 0 || s.took < 20*time.Minute {
			t.Errorf("error %v, %d gaps in %v", s.err, s.result.Gaps, s.took)
		}
		assumed := 0
		for _, c := range double.Calls() {
			if c.Operation == "AssumeRole" {
				assumed++
			}
		}
		if most := int(s.took/(10*time.Minute)) + 2; assumed < 2 || assumed > most {
			t.Errorf("the role was assumed %d times in %v", assumed, s.took)
		}
	})
}

// TestEmptyAnswersOfOthers absorbs one empty answer of the calls that find out
// who and where, as of all others.
func TestEmptyAnswersOfOthers(t *testing.T) {
	for _, operation := range []string{"GetCallerIdentity", "ListRegions"} {
		t.Run(operation, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				double := awsdouble.New(awsdouble.Options{})
				f := fleet(2, 0, 1, 1)
				f["regions"] = []string{region}
				load(t, double, account, region, f)
				double.Fault(awsdouble.Fault{Operation: operation, Kind: awsdouble.Empty, Times: 1})
				s := scan(t, t.Context(), double, app.ScanOptions{AllRegions: true, Rate: rate(t, "max")})
				if s.err != nil || s.result.Gaps != 0 || len(s.statuses) == 0 {
					t.Errorf("error %v, gaps %v, %d findings", s.err, s.gaps, len(s.statuses))
				}
			})
		})
	}
}

// TestHeadOfLine reports what was read when the first API of a listing never
// answers.
func TestHeadOfLine(t *testing.T) {
	want := truth(t)
	synctest.Test(t, func(t *testing.T) {
		double := faulty(t)
		double.Fault(awsdouble.Fault{Path: "rest000000", Kind: awsdouble.Hold})
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		s := scan(t, ctx, double, app.ScanOptions{Rate: rate(t, "max")})
		if s.result.Incomplete != "timeout" {
			t.Errorf("incomplete %q", s.result.Incomplete)
		}
		for key, status := range want {
			if strings.Contains(key, "rest000000") || strings.Contains(key, "Account") {
				continue
			}
			if s.statuses[key] != status {
				t.Errorf("%s is %q, want %s", key, s.statuses[key], status)
			}
		}
	})
}

// TestRegionThatIsNotEnabled costs only itself, wherever it stands.
func TestRegionThatIsNotEnabled(t *testing.T) {
	for _, regions := range [][]string{{"eu-south-2", region}, {region, "eu-south-2"}} {
		t.Run(fmt.Sprint(regions), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				double := awsdouble.New(awsdouble.Options{})
				f := fleet(2, 0, 1, 1)
				f["regions"] = []string{region, "us-east-1"}
				load(t, double, account, region, f)
				s := scan(t, t.Context(), double, app.ScanOptions{Targets: []awslive.Target{{}}, Regions: regions, Rate: rate(t, "max")})
				judged := 0
				for key, status := range s.statuses {
					if strings.Contains(key, " "+region+" ") && status != "UNKNOWN" {
						judged++
					}
					if strings.Contains(key, " eu-south-2 ") && status != "UNKNOWN" {
						t.Errorf("%s is %s", key, status)
					}
				}
				if s.err != nil || judged == 0 || s.result.Gaps == 0 {
					t.Errorf("error %v, %d verdicts, %d gaps", s.err, judged, s.result.Gaps)
				}
			})
		})
	}
}
