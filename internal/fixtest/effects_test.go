package fixtest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/plan"
)

// effects are rounds of random accounts with several stages each.
const (
	rounds         = 250
	stagesPerRound = 4
)

// fix is one way to ask for a plan.
type fix struct {
	control string
	args    []string
}

// fixes are the remedies of all nine controls, with their alternatives.
func fixes() []fix {
	const acl = "arn:aws:wafv2:" + region + ":" + account + ":regional/webacl/shield/0a1b2c3d-0000-4000-a000-000000000001"
	const key = "arn:aws:kms:" + region + ":" + account + ":key/0a1b2c3d-0000-4000-a000-00000000000f"
	return []fix{
		{"APIGateway.1", nil},
		{"APIGateway.1", []string{"--input", "level=INFO"}},
		{"APIGateway.1", []string{"--param", "APIGateway.1.loggingLevel=INFO"}},
		{"APIGateway.2", []string{"--input", "certificate=new"}},
		{"APIGateway.2", []string{"--input", "certificate=c0ffee"}},
		{"APIGateway.3", nil},
		{"APIGateway.4", []string{"--input", "webAcl=" + acl}},
		{"APIGateway.5", nil},
		{"APIGateway.5", []string{"--remedy", "stop-caching"}},
		{"APIGateway.8", []string{"--input", "authorizationType=AWS_IAM"}},
		{"APIGateway.8", []string{"--input", "authorizationType=JWT", "--input", "authorizer=jwt001"}},
		{"APIGateway.8", []string{"--input", "authorizationType=CUSTOM", "--input", "authorizer=req001"}},
		{"APIGateway.*", []string{
			"--input", "certificate=new", "--input", "webAcl=" + acl, "--input", "authorizationType=AWS_IAM", "--input", "serverName=backend.example.com",
			"--input", "securityPolicy=SecurityPolicy_TLS13_1_3_2025_09", "--input", "endpointAccessMode=STRICT", "--kms-key", "new"}},
		{"APIGateway.9", nil},
		{"APIGateway.9", []string{"--kms-key", "new", "--retention", "365"}},
		{"APIGateway.9", []string{"--kms-key", key, "--input", "logGroup=/odd.name_#1/x"}},
		{"APIGateway.9", []string{"--input", `format={"id":"$context.requestId"}`}},
		{"APIGateway.9", []string{"--input", "logGroup=shared"}},
		{"APIGateway.10", []string{"--input", "serverName=backend.example.com"}},
		{"APIGateway.11", []string{"--input", "securityPolicy=SecurityPolicy_TLS13_1_3_2025_09"}},
		{"APIGateway.11", []string{"--input", "securityPolicy=SecurityPolicy_TLS13_1_3_2025_09", "--input", "endpointAccessMode=STRICT"}},
	}
}

// TestNoSideEffects applies fixes to random accounts: what changes is what the
// plan names, and undo brings everything back.
func TestNoSideEffects(t *testing.T) {
	all := fixes()
	applied, empty, mended, changed := map[string]int{}, 0, 0, 0
	for round := range rounds {
		seed := uint64(round)
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &random{rand.New(rand.NewPCG(seed, 0x66697874))}
				s := newStand(t, awsdouble.Options{Seed: seed, Quotas: true}, r.account())
				var flags []string
				if round%5 != 0 { // what is kept of it is seen in a part of them
					flags = []string{"--no-store"}
				}
				f := all[round%len(all)]
				n, properties := effect(s, f, flags...)
				if n == 0 {
					empty++
				} else {
					applied[f.control+" "+strings.Join(f.args, " ")]++
					mended += n
					changed += properties
				}
			})
		})
	}
	t.Logf("%d random stages in %d accounts; %d plans mended %d findings, %d properties changed and restored; %d accounts had nothing to fix",
		rounds*stagesPerRound, rounds, rounds-empty, mended, changed, empty)
	if mended < 500 {
		t.Errorf("%d findings were mended, want 500 or more", mended)
	}
	for _, f := range all {
		if n := applied[f.control+" "+strings.Join(f.args, " ")]; n == 0 {
			t.Errorf("%s %v was never applied: the accounts offer nothing for it", f.control, f.args)
		}
	}
}

// effect scans, plans, applies and undoes, and returns how many findings that
// mended and how many properties the plan named.
func effect(s *stand, f fix, flags ...string) (mended, changed int) {
	s.t.Helper()
	before := s.state()
	scan, file := s.path("scan.json"), s.path("plan.json")
	must := func(args ...string) ended { return s.must(0, append(args, flags...)...) }
	must("scan", "--control", f.control, "--format", "json", "--output", scan)
	same(s.t, "scan", before, s.state())
	if !s.planned(f, scan, file) {
		same(s.t, "no plan", before, s.state())
		return 0, 0
	}
	same(s.t, "plan", before, s.state())
	must("fix", "apply", file, "--dry-run")
	same(s.t, "dry run", before, s.state())
	made := s.plan(file)
	must("fix", "apply", file, "--yes")
	after := s.state()
	expected := expect(s.t, made, before, after)
	got := diff(before, after)
	for _, path := range slices.Sorted(maps.Keys(merge(expected, got))) {
		want, planned := expected[path]
		is, happened := got[path]
		if planned != happened || want != is.is {
			s.t.Errorf("apply: %s was %s and is %s; planned was %s", path, show(before[path]), show(after[path]), show(want))
		}
	}
	e := must("fix", "undo", s.theRun(), "--yes")
	same(s.t, "undo", before, s.state(), kept(made)...)
	for _, line := range strings.Split(e.out, "\n") {
		if strings.Contains(line, "not done") {
			s.t.Errorf("undo left something: %s", line)
		}
	}
	return len(made.Fixes), len(expected)
}

// noInput is how fix plan refuses an input that none of the remedies has.
var noInput = regexp.MustCompile(`has no input "(\w+)"`)

// planned makes a plan; false where the account has nothing that could be mended.
func (s *stand) planned(f fix, scan, file string) bool {
	s.t.Helper()
	args := slices.Clone(f.args)
	for {
		e := s.run(append([]string{"fix", "plan", "--scan", scan, "--control", f.control, "--out", file}, args...)...)
		if e.code == 0 {
			return true
		}
		if m := noInput.FindStringSubmatch(e.err); m != nil {
			i := slices.IndexFunc(args, func(a string) bool { return strings.HasPrefix(a, m[1]+"=") || m[1] == "kmsKey" && a == "new" })
			args = slices.Delete(args, i-1, i+1)
			continue
		}
		for _, reason := range []string{"nothing matches", "what matches does not fail", "cannot be mended", "for edge-optimized ones only", "cannot authorize with JWT", "going back to BASIC"} {
			if strings.Contains(e.err, reason) {
				return false
			}
		}
		s.t.Fatal(e)
	}
}

func merge(a map[string]any, b map[string]change) map[string]bool {
	all := map[string]bool{}
	for p := range a {
		all[p] = true
	}
	for p := range b {
		all[p] = true
	}
	return all
}

func (s *stand) plan(file string) *plan.Plan {
	s.t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatal(err)
	}
	p, err := plan.Parse(data)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// kept is what the undo of a plan leaves.
func kept(p *plan.Plan) (paths []string) {
	for _, step := range p.Steps {
		switch step.Thing.Type {
		case "AWS::IAM::Role":
			paths = append(paths, "/roles/"+step.Thing.Name)
		case "AWS::ApiGateway::Account":
			paths = append(paths, stays[1])
		case "AWS::KMS::Key":
			paths = append(paths, stays[2])
		}
	}
	return paths
}
