package fixtest

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kumoban/kumoban/internal/awsdouble"
)

// act is a call of the plan of several steps that changes something.
type act struct {
	operation string
	skip      int // earlier calls of the same operation
	step      int
}

func (a act) String() string { return fmt.Sprintf("step %d, %s", a.step, a.operation) }

// acts are those of the plan for the account called several, in their order.
func acted() []act {
	return []act{
		{"GenerateClientCertificate", 0, 1}, {"UpdateStage", 0, 2}, {"UpdateStage", 1, 3},
		{"CreateRole", 0, 4}, {"AttachRolePolicy", 0, 4}, {"UpdateAccount", 0, 5},
		{"CreateKey", 0, 6}, {"EnableKeyRotation", 0, 6}, {"CreateAlias", 0, 6},
		{"CreateLogGroup", 0, 7}, {"PutRetentionPolicy", 0, 7}, {"UpdateStage", 2, 8},
	}
}

const steps = 8

// inBubble runs a test on a virtual clock with a plan for the account called
// several.
func inBubble(t *testing.T, name string, o awsdouble.Options, test func(t *testing.T, s *stand, before state)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newStand(t, o, several)
			s.must(0, append(planSeveral, s.path("plan.json"))...)
			test(t, s, s.state())
		})
	})
}

func (s *stand) apply(code int) ended {
	s.t.Helper()
	return s.must(code, "fix", "apply", s.path("plan.json"), "--yes")
}

// says wants of every step what became of it, and one sentence on stderr.
func says(t *testing.T, e ended, stopped int, sentence string) {
	t.Helper()
	for i := 1; i <= steps; i++ {
		want := fmt.Sprintf("step %d not done", i)
		if i < stopped {
			want = fmt.Sprintf("step %d done", i)
		}
		if i == stopped && (strings.Contains(e.out, fmt.Sprintf("step %d begun, not known to be done", i)) || strings.Contains(e.out, fmt.Sprintf("step %d refused, nothing changed", i))) {
			continue
		}
		if !strings.Contains(e.out, want) {
			t.Errorf("stdout does not say %q: %s", want, e)
		}
	}
	if list := sentences(e); len(list) != 1 || !strings.Contains(list[0], sentence) {
		t.Errorf("stderr does not say %q in one sentence: %s", sentence, e)
	}
	// One piece of advice: a new plan, or the way on; and the way back where there is one.
	forGood := strings.Contains(e.err, "make a new plan")
	if on := strings.Contains(e.err, "kumoban fix resume"); on == forGood {
		t.Errorf("stderr advises to go on (%t) or to make a new plan (%t): %s", on, forGood, e)
	}
	begun := stopped > 1 || strings.Contains(e.out, "step 1 begun")
	if back := strings.Contains(e.err, "kumoban fix undo"); back != (begun || !forGood) {
		t.Errorf("stderr names the way back (%t), with something done (%t): %s", back, begun, e)
	}
}

// sentences are the reasons on stderr.
func sentences(e ended) (list []string) {
	for line := range strings.Lines(e.err) {
		if strings.HasPrefix(line, "kumoban: ") {
			list = append(list, line)
		}
	}
	return list
}

// back undoes the run and wants everything restored.
func back(t *testing.T, s *stand, before state, but ...string) {
	t.Helper()
	s.must(0, "fix", "undo", s.theRun(), "--yes")
	same(t, "undo", before, s.state(), append(but, stays...)...)
}

// TestRefused refuses each act for good: the run stops there, says what was
// done and what not, goes on when it may, and can be undone.
func TestRefused(t *testing.T) {
	for kind, sentence := range map[awsdouble.Kind]string{
		awsdouble.Deny: "not authorized", awsdouble.Throttle: "hrottl", awsdouble.ServerError: "nternal", awsdouble.Conflict: "within 25m0s: go on",
	} {
		for _, a := range acted() {
			for _, resume := range []bool{false, true} {
				name := fmt.Sprintf("%s, %s, resume %t", kind, a, resume)
				inBubble(t, name, awsdouble.Options{}, func(t *testing.T, s *stand, before state) {
					rule := s.double.Fault(awsdouble.Fault{Operation: a.operation, Skip: a.skip, Kind: kind})
					sentence := sentence
					if kind == awsdouble.Throttle {
						sentence = "" // each service has a word of its own
					}
					says(t, s.apply(1), a.step, sentence)
					rule.Remove()
					if resume {
						if e := s.must(0, "fix", "resume", s.theRun()); strings.Count(e.out, ": PASSED") != 3 {
							t.Errorf("resume: %s", e)
						}
					}
					back(t, s, before)
				})
			}
		}
	}
}

// TestAbsorbed lets each act fail a few times: the run ends as if nothing had
// been.
func TestAbsorbed(t *testing.T) {
	for _, kind := range []awsdouble.Kind{awsdouble.Throttle, awsdouble.ServerError, awsdouble.Conflict, awsdouble.Reset, awsdouble.ResetAfter, awsdouble.Unavailable} {
		for _, a := range acted() {
			inBubble(t, fmt.Sprintf("%s, %s", kind, a), awsdouble.Options{}, func(t *testing.T, s *stand, before state) {
				times := 2
				if kind == awsdouble.ResetAfter {
					times = 1
				}
				s.double.Fault(awsdouble.Fault{Operation: a.operation, Skip: a.skip, Times: times, Kind: kind})
				if e := s.apply(0); strings.Count(e.out, ": PASSED") != 3 {
					t.Errorf("apply: %s", e)
				}
				now := s.state()
				for _, path := range []string{"/roles", here + "/Keys", here + "/LogGroups", here + "/ClientCertificates"} {
					if n := now.under(path); n != 1 {
						t.Errorf("%d of %s, want one", n, path)
					}
				}
				back(t, s, before)
			})
		}
	}
}

// TestUnreadable refuses to show what a plan is about: nothing is changed.
func TestUnreadable(t *testing.T) {
	for _, operation := range []string{"GetCallerIdentity", "GetStage", "GetClientCertificates", "GetAccount", "GetRole", "DescribeKey", "DescribeLogGroups"} {
		inBubble(t, operation, awsdouble.Options{}, func(t *testing.T, s *stand, before state) {
			s.double.Fault(awsdouble.Fault{Operation: operation, Kind: awsdouble.Deny})
			e := s.apply(1)
			same(t, "apply", before, s.state())
			if len(sentences(e)) != 1 || !strings.Contains(e.err, operation) {
				t.Errorf("%s", e)
			}
		})
	}
}

// TestUndoRefused refuses each act of undo: the rest is undone, what was not is
// named, and undo goes on when it may.
func TestUndoRefused(t *testing.T) {
	for _, a := range []struct {
		operation string
		skip      int
		step      int
	}{{"DeleteAccessLogSettings", 0, 8}, {"DeleteLogGroup", 0, 7}, {"UpdateStage", 0, 3}, {"UpdateStage", 1, 2}, {"DeleteClientCertificate", 0, 1}, {"GetStage", 0, 8}, {"GetRestApis", 0, 7}} {
		for _, kind := range []awsdouble.Kind{awsdouble.Deny, awsdouble.Throttle, awsdouble.Conflict} {
			if kind == awsdouble.Conflict && strings.HasPrefix(a.operation, "Get") {
				continue
			}
			inBubble(t, fmt.Sprintf("%s, %s %d", kind, a.operation, a.skip), awsdouble.Options{}, func(t *testing.T, s *stand, before state) {
				s.apply(0)
				rule := s.double.Fault(awsdouble.Fault{Operation: a.operation, Skip: a.skip, Kind: kind})
				// A certificate that a stage still shows, or may show, is in use: AWS says that by a conflict, too.
				if kind == awsdouble.Conflict && a.operation == "DeleteClientCertificate" {
					if e := s.must(0, "fix", "undo", s.theRun(), "--yes"); !strings.Contains(e.out, "stays: it is in use") {
						t.Errorf("undo: %s", e)
					}
				} else {
					e := s.must(1, "fix", "undo", s.theRun(), "--yes")
					if !strings.Contains(e.out, fmt.Sprintf("step %d ", a.step)) || strings.Contains(e.out, fmt.Sprintf("step %d restored", a.step)) {
						t.Errorf("undo: %s", e)
					}
					if strings.Contains(e.err, "fix resume") || !strings.Contains(e.err, "kumoban fix undo") {
						t.Errorf("undo that stopped goes on by undo: %s", e)
					}
				}
				rule.Remove()
				back(t, s, before)
			})
		}
	}
}

// TestRoleNotAccepted waits for a new role, and gives up when it takes too long.
func TestRoleNotAccepted(t *testing.T) {
	inBubble(t, "accepted in time", awsdouble.Options{RoleDelay: 7 * time.Minute}, func(t *testing.T, s *stand, before state) {
		start := time.Now()
		e := s.apply(0)
		if took := time.Since(start); took < 7*time.Minute || took > 9*time.Minute {
			t.Errorf("waited %v for a role that takes 7 minutes", took)
		}
		if !strings.Contains(e.err, "waiting for the account's API Gateway setting") {
			t.Errorf("stderr does not say what it waits for: %s", e)
		}
		back(t, s, before)
	})
	for _, resume := range []bool{true, false} {
		inBubble(t, fmt.Sprintf("too late, resume %t", resume), awsdouble.Options{RoleDelay: 2 * time.Hour}, func(t *testing.T, s *stand, before state) {
			start := time.Now()
			says(t, s.apply(1), 5, "within 25m")
			if took := time.Since(start); took > 30*time.Minute {
				t.Errorf("gave up after %v", took)
			}
			if resume {
				time.Sleep(2 * time.Hour)
				s.must(0, "fix", "resume", s.theRun())
			}
			back(t, s, before)
		})
	}
}

// TestGuard maps an HTTP API to a domain name, or gives it mutual TLS, after
// its new security policy was planned.
func TestGuard(t *testing.T) {
	const account = `{"domainNames": [{"domainName": "api.example.com" %s}],
		"apis": [{"apiId": "http000001", "name": "web", "protocolType": "HTTP", "stages": [{"stageName": "prod"}]}]}`
	for name, c := range map[string]struct{ became, sentence string }{
		"HTTP API mapped": {`, "mappedApiIds": ["http000001"]`, "HTTP API"},
		"mutual TLS":      {`, "mutualTlsAuthentication": {"truststoreUri": "s3://bucket/trust.pem"}`, "utual TLS"},
		"edge-optimized":  {`, "endpointConfiguration": {"types": ["EDGE"]}`, "endpoint"},
		"strict":          {`, "endpointAccessMode": "STRICT"`, "has changed since"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStand(t, awsdouble.Options{}, fmt.Sprintf(account, ""))
				s.must(0, "fix", "plan", "--control", "APIGateway.11", "--input", "securityPolicy=SecurityPolicy_TLS13_1_3_2025_09", "--out", s.path("plan.json"))
				s.double = newStand(t, awsdouble.Options{}, fmt.Sprintf(account, c.became)).double
				before := s.state()
				e := s.apply(1)
				if !strings.Contains(e.err, "kumoban: arn:") || !strings.Contains(e.err, c.sentence) || !strings.Contains(e.out, "step 1 not done") {
					t.Errorf("%s", e)
				}
				same(t, "apply", before, s.state())
				back(t, s, before)
			})
		})
	}
}

// TestInForce stops a run while a domain name is being updated: it is not done,
// nor undone, before the update has ended.
func TestInForce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, awsdouble.Options{}, `{"domainNames": [{"domainName": "api.example.com"}]}`)
		before := s.state()
		s.must(0, "fix", "plan", "--control", "APIGateway.11", "--input", "securityPolicy=SecurityPolicy_TLS13_1_3_2025_09", "--out", s.path("plan.json"))
		// Preflight, the step itself and the last look before the write, each before and after the mappings; whether
		// it has settled, and one look at what was written.
		rule := s.double.Fault(awsdouble.Fault{Operation: "GetDomainName", Skip: 8, Kind: awsdouble.Deny})
		if e := s.apply(1); !strings.Contains(e.out, "step 1 begun") {
			t.Errorf("apply: %s", e)
		}
		rule.Remove()
		status := here + "/DomainNames/api.example.com/domainNameStatus"
		if s.state()[status] != "UPDATING" {
			t.Fatalf("the domain name is %v", s.state()[status])
		}
		s.must(0, "fix", "resume", s.theRun())
		if s.state()[status] != "AVAILABLE" {
			t.Errorf("resumed, the domain name is %v", s.state()[status])
		}
		back(t, s, before)
	})
}

// TestFormatAlone gives a stage that has a format without a destination its log
// group. Undo leaves no log: AWS offers no way back to the format alone.
func TestFormatAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, awsdouble.Options{}, `{"apis": [{"apiId": "http000001", "name": "web", "protocolType": "HTTP", "stages": [
			{"stageName": "prod", "accessLogSettings": {"format": "$context.requestId"}}]}]}`)
		before := s.state()
		s.must(0, "fix", "plan", "--control", "APIGateway.9", "--out", s.path("plan.json"))
		s.apply(0)
		back(t, s, before, here+"/APIs/http000001/stages/prod/accessLogSettings/format")
	})
}

// TestAllReasons has undo name every thing that it could not restore.
func TestAllReasons(t *testing.T) {
	inBubble(t, "denied", awsdouble.Options{}, func(t *testing.T, s *stand, before state) {
		s.apply(0)
		rules := []*awsdouble.Handle{
			s.double.Fault(awsdouble.Fault{Operation: "DeleteAccessLogSettings", Kind: awsdouble.Deny}), s.double.Fault(awsdouble.Fault{Operation: "UpdateStage", Kind: awsdouble.Deny}),
		}
		e := s.must(1, "fix", "undo", s.theRun(), "--yes")
		if strings.Count(e.err, "kumoban: apigateway:") != 3 || !strings.Contains(e.err, "DeleteAccessLogSettings") || !strings.Contains(e.err, "UpdateStage") {
			t.Errorf("%s", e)
		}
		for _, r := range rules {
			r.Remove()
		}
		back(t, s, before)
	})
}

// TestRehearsed says of every step that it would be done, also of those whose
// values come from steps before.
func TestRehearsed(t *testing.T) {
	inBubble(t, "all", awsdouble.Options{}, func(t *testing.T, s *stand, before state) {
		e := s.must(0, "fix", "apply", s.path("plan.json"), "--dry-run")
		for i := 1; i <= steps; i++ {
			if !strings.Contains(e.out, fmt.Sprintf("step %d would change", i)) && !strings.Contains(e.out, fmt.Sprintf("step %d would create", i)) {
				t.Errorf("step %d: %s", i, e)
			}
		}
		same(t, "dry run", before, s.state())
	})
}
