package fixtest

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/kumoban/kumoban/internal/awsdouble"
)

// several is an account whose fix takes eight steps: a role and the account's
// setting, a key, a log group and a WebSocket stage that logs to it, a client
// certificate and a REST stage that shows it and encrypts its cache.
const several = `{
	"restApis": [{"id": "rest000001", "name": "orders",
		"resources": [{"id": "root00", "path": "/", "resourceMethods": {"GET": {"methodIntegration": {"type": "HTTP_PROXY", "uri": "https://example.com"}}}}],
		"stages": [{
		"stageName": "prod", "cacheClusterEnabled": true, "variables": {"table": "orders"}, "methodSettings": {
			"*/*": {"cachingEnabled": true, "cacheDataEncrypted": false, "cacheTtlInSeconds": 60, "throttlingBurstLimit": 7},
			"~1orders~1{id}/GET": {"cachingEnabled": true, "cacheDataEncrypted": false},
			"~1health/GET": {"cachingEnabled": false}}}]}],
	"apis": [{"apiId": "sock000001", "name": "chat", "protocolType": "WEBSOCKET", "stages": [{
		"stageName": "prod", "stageVariables": {"table": "chat"}, "defaultRouteSettings": {"throttlingBurstLimit": 9, "throttlingRateLimit": 3}}]}]
}`

var planSeveral = []string{
	"fix", "plan", "--control", "APIGateway.2", "--control", "APIGateway.5", "--control", "APIGateway.9",
	"--input", "certificate=new", "--kms-key", "new", "--out",
}

// stays is what undo leaves: what others may rely on, and what could be needed
// to read what was encrypted.
var stays = []string{
	"/roles", "/regions/" + region + "/CloudwatchRoleArn", "/regions/" + region + "/Keys",
}

// killing runs fixes of one plan, each in an account of its own.
type killing struct {
	t      *testing.T
	plan   []byte
	before state
	calls  []awsdouble.Call // of an apply that nobody kills
	undone []awsdouble.Call // of its undo
	runs   int
	kills  atomic.Int64
	lanes  chan struct{}
	wait   sync.WaitGroup
}

func newKilling(t *testing.T) *killing {
	t.Helper()
	k := &killing{t: t, lanes: make(chan struct{}, 24)}
	s, stop := served(t, several)
	defer stop()
	k.before = s.state()
	s.must(0, append(planSeveral, s.path("plan.json"))...)
	plan, err := os.ReadFile(s.path("plan.json"))
	if err != nil {
		t.Fatal(err)
	}
	k.plan = plan
	n := len(s.calls(0))
	s.must(0, "fix", "apply", s.path("plan.json"), "--yes", "--rate", "max")
	k.calls = s.calls(n)
	k.mended("unhurt", s)
	n = len(s.calls(0))
	e := s.must(0, "fix", "undo", s.theRun(), "--yes", "--rate", "max")
	k.undone = s.calls(n)
	k.restored("unhurt", e.out, s)
	return k
}

// mended wants every step done, once.
func (k *killing) mended(name string, s *stand) {
	k.t.Helper()
	now, here := s.state(), "/regions/"+region
	for path, want := range map[string]int{"/roles": 1, here + "/Keys": 1, here + "/LogGroups": 1, here + "/ClientCertificates": 1} {
		if got := now.under(path); got != want {
			k.t.Errorf("%s: %d of %s, want %d", name, got, path, want)
		}
	}
	stage := here + "/RestAPIs/rest000001/stages/prod/"
	for path, want := range map[string]any{
		stage + "methodSettings/*/*/cacheDataEncrypted":                true,
		stage + "methodSettings/~1orders~1{id}/GET/cacheDataEncrypted": true,
		stage + "methodSettings/~1health/GET/cacheDataEncrypted":       false,
	} {
		if now[path] != want {
			k.t.Errorf("%s: %s is %v, want %v", name, path, show(now[path]), want)
		}
	}
	if now[stage+"clientCertificateId"] == nil || now[here+"/APIs/sock000001/stages/prod/accessLogSettings/destinationArn"] == nil {
		k.t.Errorf("%s: a stage is not as planned", name)
	}
	aliases := 0
	for path := range now {
		if strings.HasPrefix(path, here+"/Keys/") && strings.Contains(path, "/Aliases/") {
			aliases++
		}
	}
	if aliases != 1 {
		k.t.Errorf("%s: %d aliases, want one", name, aliases)
	}
}

// restored wants everything as it was but for what undo said to stay: no more
// of it, and no less.
func (k *killing) restored(name, said string, s *stand) {
	k.t.Helper()
	now := s.state()
	same(k.t, name, k.before, now, stays...)
	for kind, path := range map[string]string{"IAM role ": stays[0], "API Gateway setting": stays[1], "KMS key ": stays[2]} {
		n := now.under(path)
		if now[path] != nil {
			n = 1
		}
		told := false
		for line := range strings.Lines(said) {
			told = told || strings.Contains(line, kind) && strings.Contains(line, "stays")
		}
		if n > 1 || told != (n == 1) {
			k.t.Errorf("%s: %d of %s after undo, which said\n%s", name, n, path, said)
		}
	}
}

// do runs one case beside others: each spends most of its time in waiting for
// its turn to call.
func (k *killing) do(name string, run func(name string, s *stand)) {
	k.runs++
	k.lanes <- struct{}{}
	k.wait.Add(1)
	go func() {
		defer func() { <-k.lanes; k.wait.Done() }()
		s, stop := served(k.t, several)
		defer stop()
		if err := os.WriteFile(s.path("plan.json"), k.plan, 0o600); err != nil {
			k.t.Error(err)
			return
		}
		run(name, s)
	}()
}

func (k *killing) kill(name string, s *stand, f awsdouble.Fault, args ...string) {
	k.t.Helper()
	if !s.killed(f, args...) {
		k.t.Errorf("%s: kumoban %s ended before it was killed", name, strings.Join(args, " "))
	}
	k.kills.Add(1)
}

// again runs a command that has to succeed; passed is whether it has to end in
// PASSED for all three findings.
func (k *killing) again(name string, s *stand, passed bool, args ...string) (said string) {
	k.t.Helper()
	e := s.run(append(args, "--rate", "max")...)
	if e.code != 0 || passed && strings.Count(e.out, ": PASSED") != 3 {
		k.t.Errorf("%s: kumoban %s: %s", name, strings.Join(args, " "), e)
	}
	return e.out
}

func (k *killing) resumeAndUndo(name string, s *stand) {
	k.t.Helper()
	run := s.theRun()
	if run == "" { // killed before there was anything to remember
		same(k.t, name, k.before, s.state())
		k.again(name, s, true, "fix", "apply", s.path("plan.json"), "--yes")
		run = s.theRun()
	} else {
		k.again(name, s, true, "fix", "resume", run)
	}
	k.mended(name+", resumed", s)
	k.restored(name+", undone", k.again(name, s, false, "fix", "undo", run, "--yes"), s)
}

// points are where a command can be killed: before each call, which for the
// first after a step is the step's boundary, and for calls that act also
// between the act and its answer.
func points(calls []awsdouble.Call) (list []awsdouble.Fault) {
	for i, c := range calls {
		list = append(list, awsdouble.Fault{Skip: i, Kind: awsdouble.Hold})
		if acts(c) {
			list = append(list, awsdouble.Fault{Skip: i, Kind: awsdouble.HoldAfter})
		}
	}
	return list
}

// TestKilled kills the real program with SIGKILL at every call of apply and of
// undo, and at every act of resume.
func TestKilled(t *testing.T) {
	t.Parallel() // it spends its time in waiting for its turn to call
	k := newKilling(t)
	apply := []string{"fix", "apply", "plan.json", "--yes", "--rate", "max"}
	label := func(what string, f awsdouble.Fault, calls []awsdouble.Call) string {
		return fmt.Sprintf("%s killed at call %d (%s, %s)", what, f.Skip, calls[f.Skip].Operation, f.Kind)
	}
	for _, f := range points(k.calls) {
		name := label("apply", f, k.calls)
		k.do(name, func(name string, s *stand) {
			k.kill(name, s, f, apply...)
			k.resumeAndUndo(name, s)
		})
		k.do(name+", undone at once", func(name string, s *stand) {
			k.kill(name, s, f, apply...)
			if run := s.theRun(); run != "" {
				k.restored(name, k.again(name, s, false, "fix", "undo", run, "--yes"), s)
			} else {
				same(t, name, k.before, s.state())
			}
		})
	}
	for _, f := range points(k.undone) {
		k.do(label("undo", f, k.undone), func(name string, s *stand) {
			k.again(name, s, true, "fix", "apply", "plan.json", "--yes")
			k.kill(name, s, f, "fix", "undo", s.theRun(), "--yes", "--rate", "max")
			k.restored(name, k.again(name, s, false, "fix", "undo", s.theRun(), "--yes"), s)
		})
	}
	for _, f := range points(k.calls) {
		if f.Kind == awsdouble.Hold {
			continue
		}
		next := nextAct(k.calls, f.Skip)
		if next == "" {
			continue
		}
		for _, kind := range []awsdouble.Kind{awsdouble.Hold, awsdouble.HoldAfter} {
			k.do(label("apply, then resume,", f, k.calls)+", "+string(kind), func(name string, s *stand) {
				k.kill(name, s, f, apply...)
				k.kill(name+", resume", s, awsdouble.Fault{Kind: kind, Operation: next}, "fix", "resume", s.theRun(), "--rate", "max")
				k.resumeAndUndo(name, s)
			})
		}
	}
	k.wait.Wait()
	t.Logf("%d runs, killed %d times; %d calls in apply, %d in undo", k.runs, k.kills.Load(), len(k.calls), len(k.undone))
	if n := k.kills.Load(); n < 200 {
		t.Errorf("killed %d times, want 200 or more", n)
	}
}

// TestInterrupted presses Ctrl-C at every act: the run says how far it came.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	k := newKilling(t)
	for _, f := range points(k.calls) {
		if !acts(k.calls[f.Skip]) {
			continue
		}
		k.do(fmt.Sprintf("interrupted at %s, %s", k.calls[f.Skip].Operation, f.Kind), func(name string, s *stand) {
			f.Times = 1
			held := s.double.Fault(f)
			p := s.start("fix", "apply", "plan.json", "--yes", "--rate", "max")
			<-held.Held()
			if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
				t.Error(err)
			}
			e := p.wait()
			if e.code != 130 || !strings.Contains(e.out, "begun, not known to be done") || !strings.Contains(e.err, "kumoban fix resume "+s.theRun()) {
				t.Errorf("%s: %s", name, e)
			}
			held.Remove()
			k.resumeAndUndo(name, s)
		})
	}
	k.wait.Wait()
}

func nextAct(calls []awsdouble.Call, after int) string {
	if list := writes(calls[after+1:]); len(list) > 0 {
		return list[0]
	}
	return ""
}
