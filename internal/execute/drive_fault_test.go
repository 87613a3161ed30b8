package execute_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
)

// scenario does something with drivers, as an engine would.
type scenario struct {
	name string
	run  func(t *testing.T, all map[resource.Type]drive.Driver) error
}

func scenarios() []scenario {
	var list []scenario
	for _, c := range changes() {
		list = append(list, scenario{c.name, func(t *testing.T, all map[resource.Type]drive.Driver) error {
			d := all[c.thing.Type]
			state, err := d.Read(t.Context(), c.thing, properties(c.values))
			if err != nil {
				return err
			}
			was := map[string]any{}
			for name := range c.values {
				was[name] = plan.Normal(state.Values[name])
			}
			if err := written(t, d, c.thing, c.values); err != nil {
				return err
			}
			for range 100 {
				if ok, err := d.Settled(t.Context(), c.thing, "domain-ready"); err != nil {
					return err
				} else if ok {
					break
				}
				sleep(t)
			}
			return written(t, d, c.thing, was)
		}})
	}
	for _, m := range things() {
		list = append(list, scenario{"make " + string(m.thing.Type), func(t *testing.T, all map[resource.Type]drive.Driver) error {
			_, err := makes(t, all[m.thing.Type], m.thing, m.values, token)
			return err
		}}, scenario{"make and remove " + string(m.thing.Type), func(t *testing.T, all map[resource.Type]drive.Driver) error {
			d := all[m.thing.Type]
			if _, err := makes(t, d, m.thing, m.values, token); err != nil {
				return err
			}
			_, err := d.Remove(t.Context(), m.thing, m.values, true, token)
			return err
		}})
	}
	return list
}

// end is what the double holds, without what differs from run to run.
func end(t *testing.T, d *awsdouble.Double) map[string]any {
	t.Helper()
	all := everything(t, d)
	for at := range all {
		if begins(at, []string{"/clientcertificates", "keys", "logs"}) {
			delete(all, at)
		}
	}
	for what, n := range census(t, d) {
		all[what] = n
	}
	return all
}

// struck are faults that a repetition absorbs: the answer lost after the call
// has acted, always, and one of the others in turn. All of them on every call
// take a minute under the race detector.
func struck(turn int) []awsdouble.Kind {
	others := []awsdouble.Kind{
		awsdouble.Throttle, awsdouble.Truncate, awsdouble.ServerError, awsdouble.Cut, awsdouble.Unavailable, awsdouble.Empty, awsdouble.Reset, awsdouble.Garble,
	}
	return []awsdouble.Kind{awsdouble.ResetAfter, others[turn%len(others)]}
}

// TestEveryFaultOnEveryCall strikes each call of each scenario once with each
// fault. The end is the same as without: nothing is made twice, and nothing
// done a second time is an error.
func TestEveryFaultOnEveryCall(t *testing.T) {
	for i, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			calls, want := 0, map[string]any{}
			synctest.Test(t, func(t *testing.T) {
				double := newDouble(t, awsdouble.Options{}, fixture)
				if err := s.run(t, drivers(t, double)); err != nil {
					t.Fatal(err)
				}
				calls, want = len(double.Calls()), end(t, double)
			})
			for at := range calls {
				for _, kind := range struck(i + at) {
					synctest.Test(t, func(t *testing.T) { strike(t, s, at, kind, want) })
				}
			}
		})
	}
}

// strike runs a scenario with one call struck.
func strike(t *testing.T, s scenario, at int, kind awsdouble.Kind, want map[string]any) {
	t.Helper()
	double := newDouble(t, awsdouble.Options{}, fixture)
	h := double.Fault(awsdouble.Fault{Skip: at, Times: 1, Kind: kind})
	err := s.run(t, drivers(t, double))
	if kind == awsdouble.Cut && strings.HasPrefix(awsclient.AsFault(errOr(err)).Code, "HTTP4") {
		err = s.run(t, drivers(t, double)) // a refusal that nobody can read is not asked for again: that is left to who resumes
	}
	if err != nil {
		t.Errorf("call %d, %s: %v", at, kind, err)
	}
	if h.Count() != 1 {
		t.Errorf("call %d, %s: not struck", at, kind)
	}
	h.Remove()
	if diff := cmp.Diff(want, end(t, double)); diff != "" {
		t.Errorf("call %d, %s (-without +with):\n%s", at, kind, diff)
	}
}

// TestDeniedThenResumed refuses each call of each scenario once: the refusal is
// said, and doing it all again with the same token ends as if nothing had been.
func TestDeniedThenResumed(t *testing.T) {
	var before map[string]any
	synctest.Test(t, func(t *testing.T) { before = end(t, newDouble(t, awsdouble.Options{}, fixture)) })
	for _, s := range scenarios() {
		calls, want := 0, map[string]any{}
		synctest.Test(t, func(t *testing.T) {
			double := newDouble(t, awsdouble.Options{}, fixture)
			if err := s.run(t, drivers(t, double)); err != nil {
				t.Fatal(err)
			}
			calls, want = len(double.Calls()), end(t, double)
		})
		for at := range calls {
			synctest.Test(t, func(t *testing.T) {
				double := newDouble(t, awsdouble.Options{}, fixture)
				h := double.Fault(awsdouble.Fault{Skip: at, Times: 1, Kind: awsdouble.Deny})
				all := drivers(t, double)
				err := s.run(t, all)
				if f := awsclient.AsFault(errOr(err)); err != nil && (f.Class != awsclient.Refused || !strings.Contains(f.Message, "not authorized")) {
					t.Errorf("%s, call %d: %v", s.name, at, err)
				}
				if err == nil && !strings.Contains(s.name, "KMS") {
					t.Errorf("%s, call %d: the refusal was not said", s.name, at)
				}
				h.Remove()
				// A run that is refused on the way back has changed the stage: it
				// is written back by hand, as undo would.
				if !strings.HasPrefix(s.name, "make") && len(changed(before, end(t, double))) > 0 {
					return // what a resumed run does with it is the engine's
				}
				if err := s.run(t, all); err != nil {
					t.Errorf("%s, call %d, again: %v", s.name, at, err)
				}
				if diff := cmp.Diff(want, end(t, double)); diff != "" {
					t.Errorf("%s, call %d (-without +with):\n%s", s.name, at, diff)
				}
			})
		}
	}
}

func errOr(err error) error {
	if err == nil {
		return fmt.Errorf("none")
	}
	return err
}

// TestAnswersLost loses every answer of the calls that would make a second
// thing: the driver stops asking, and what is there is found.
func TestAnswersLost(t *testing.T) {
	for operation, i := range map[string]int{"CreateKey": 2, "GenerateClientCertificate": 3} {
		synctest.Test(t, func(t *testing.T) {
			m := things()[i]
			double := newDouble(t, awsdouble.Options{}, fixture)
			double.Fault(awsdouble.Fault{Operation: operation, Kind: awsdouble.ResetAfter})
			if _, err := makes(t, drivers(t, double)[m.thing.Type], m.thing, m.values, token); err != nil || count(double, operation) != 1 {
				t.Errorf("%s: %v, asked %d times", operation, err, count(double, operation))
			}
			double = newDouble(t, awsdouble.Options{}, fixture)
			double.Fault(awsdouble.Fault{Operation: operation, Kind: awsdouble.Reset})
			_, err := makes(t, drivers(t, double)[m.thing.Type], m.thing, m.values, token)
			if f := awsclient.AsFault(errOr(err)); f.Class != awsclient.Unreachable || f.Code != "Unanswered" || count(double, operation) != 3 {
				t.Errorf("%s: %v, asked %d times", operation, err, count(double, operation))
			}
		})
	}
}

// TestGone writes to things that were deleted meanwhile.
func TestGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := newDouble(t, awsdouble.Options{}, fixture)
		all := drivers(t, double)
		raw(t, double, "apigateway", "DELETE /restapis/a1b2c3d4e5/stages/prod", "")
		raw(t, double, "apigateway", "DELETE /v2/apis/h1", "")
		raw(t, double, "apigateway", "DELETE /v2/apis/w1", "")
		raw(t, double, "apigateway", "DELETE /domainnames/api.example.com", "")
		raw(t, double, "apigateway", "DELETE /domainnames/new.example.com", "")
		raw(t, double, "apigateway", "DELETE /domainnames/private.example.com?domainNameId=abcd", "")
		raw(t, double, "logs", "Logs_20140328.DeleteLogGroup", `{"logGroupName":"/apigw/orders"}`)
		raw(t, double, "logs", "Logs_20140328.DeleteLogGroup", `{"logGroupName":"/apigw/orders-old"}`)
		for _, c := range changes() {
			if c.thing.Type == "AWS::ApiGateway::Account" {
				continue
			}
			err := written(t, all[c.thing.Type], c.thing, c.values)
			if f := awsclient.AsFault(errOr(err)); f.Class != awsclient.NotFound {
				t.Errorf("%s: %v", c.name, err)
			}
			if state, err := all[c.thing.Type].Read(t.Context(), c.thing, properties(c.values)); err != nil || state.Exists {
				t.Errorf("%s: %+v, %v", c.name, state, err)
			}
		}
	})
}

// notYet tells whether a driver takes a refusal for one that passes.
func notYet(d drive.Driver, err error) bool {
	p, ok := d.(drive.Patient)
	return ok && p.NotYet(err)
}

// TestRoleNotAccepted knows the refusals that a new role brings, and no others.
func TestRoleNotAccepted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := newDouble(t, awsdouble.Options{RoleDelay: 3 * time.Minute}, `{"logGroups":[{"logGroupName":"/apigw/orders"}],"restApis":[{"id":"a1b2c3d4e5","name":"orders","stages":[{"stageName":"prod"}]}],
			"apis":[{"apiId":"w1","name":"chat","protocolType":"WEBSOCKET","stages":[{"stageName":"prod"}]}]}`)
		all := drivers(t, double)
		role := things()[1]
		outputs, err := makes(t, all[role.thing.Type], role.thing, role.values, token)
		if err != nil {
			t.Fatal(err)
		}
		stage := change{thing: thing("AWS::ApiGateway::Stage", restStage), values: map[string]any{remedy.Key("*/*", "LoggingLevel"): "INFO"}}
		chat := change{thing: thing("AWS::ApiGatewayV2::Stage", chatStage), values: map[string]any{"AccessLogSettings.DestinationArn": logGroup + "/apigw/orders", "AccessLogSettings.Format": line}}
		account := change{thing: plan.Thing{Type: "AWS::ApiGateway::Account", Name: "account"}, values: map[string]any{"CloudWatchRoleArn": outputs["Arn"]}}
		for _, c := range []change{stage, chat, account} {
			if err := written(t, all[c.thing.Type], c.thing, c.values); !notYet(all[c.thing.Type], err) || drive.Conflict(err) {
				t.Errorf("%s: %v", c.thing.Type, err)
			}
		}
		if err := awsclient.Sleep(t.Context(), 3*time.Minute); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		for _, c := range []change{account, stage, chat} {
			if err := written(t, all[c.thing.Type], c.thing, c.values); err != nil {
				t.Errorf("%s: %v", c.thing.Type, err)
			}
		}
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("it took %v", took)
		}
		err = written(t, all[stage.thing.Type], stage.thing, map[string]any{remedy.Key("*/*", "LoggingLevel"): "LOUD"})
		if err == nil || notYet(all[stage.thing.Type], err) || notYet(all[stage.thing.Type], nil) {
			t.Errorf("%v", err)
		}
	})
}

// TestConflict runs into an update that is under way, and waits for it.
func TestConflict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := newDouble(t, awsdouble.Options{Quotas: true}, fixture)
		x := thing("AWS::ApiGateway::DomainName", "arn:aws:apigateway:ap-northeast-1::/domainnames/edge.example.com")
		d := drivers(t, double)[x.Type]
		values := map[string]any{"SecurityPolicy": "SecurityPolicy_TLS12_PFS_2025_EDGE", "EndpointAccessMode": "BASIC"}
		if err := written(t, d, x, values); err != nil {
			t.Fatal(err)
		}
		if ok, err := d.Settled(t.Context(), x, "domain-ready"); ok || err != nil {
			t.Errorf("settled at once: %v", err)
		}
		err := written(t, d, x, map[string]any{"EndpointAccessMode": "STRICT"})
		if !drive.Conflict(err) || notYet(d, err) || drive.Conflict(nil) {
			t.Errorf("%v", err)
		}
		if count(double, "UpdateDomainName") != 2 {
			t.Errorf("%d calls: one was throttled", count(double, "UpdateDomainName"))
		}
		settle(t, d, x)
	})
}

// TestCacheSettles waits for the cache cluster.
func TestCacheSettles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := newDouble(t, awsdouble.Options{}, fixture)
		x := thing("AWS::ApiGateway::Stage", restStage)
		d := drivers(t, double)[x.Type]
		ok := func() bool {
			settled, err := d.Settled(t.Context(), x, "cache-settled")
			if err != nil {
				t.Fatal(err)
			}
			return settled
		}
		if !ok() {
			t.Error("an available cluster does not count as settled")
		}
		raw(t, double, "apigateway", "DELETE /restapis/a1b2c3d4e5/stages/prod/cache/data", "")
		if ok() {
			t.Error("a cluster that is being flushed counts as settled")
		}
		if err := awsclient.Sleep(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
		if !ok() {
			t.Error("flushed, and not settled")
		}
	})
}

// TestBuckets has every call say what bucket it draws on, all of a service the same.
func TestBuckets(t *testing.T) {
	want := map[string]awsclient.Quota{"apigateway": {Rate: 10, Burst: 40}, "kms": {Rate: 500, Burst: 500}, "logs": {Rate: 10, Burst: 10}, "wafv2": {Rate: 1, Burst: 1}}
	all, seen := drivers(t, newDouble(t, awsdouble.Options{}, fixture)), map[string]bool{}
	var steps []*plan.Step
	for _, c := range changes() {
		steps = append(steps, step(c.thing, false, nil, c.values, "HttpApiMapped"))
	}
	for _, m := range things() {
		steps = append(steps, step(m.thing, true, nil, m.values))
	}
	for _, s := range steps {
		for _, c := range all[s.Thing.Type].Calls(s) {
			if q, listed := want[c.Service]; listed && c.Operation != "" && (c.Shared == nil || *c.Shared != q) {
				t.Errorf("%s draws on %+v, want %+v", c.Name(), c.Shared, q)
			}
			seen[c.Service] = true
		}
	}
	for service := range want {
		if !seen[service] {
			t.Errorf("no call of %s", service)
		}
	}
}

// TestNewACL knows a web ACL that WAF does not know yet from a stage that is
// not there.
func TestNewACL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := drivers(t, newDouble(t, awsdouble.Options{}, fixture))
		x := thing("AWS::WAFv2::WebACLAssociation", restStage)
		err := written(t, all[x.Type], x, map[string]any{"WebACLArn": webACL + "x"})
		if f := awsclient.AsFault(errOr(err)); f.Code != "WAFNonexistentItemException" || f.Class == awsclient.NotFound {
			t.Errorf("%v", err)
		}
	})
}
