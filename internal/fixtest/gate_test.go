package fixtest

import (
	"os"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/plan"
)

// owned makes a store that requires the owner's word, and of which one finding of
// the plan has it.
func (s *stand) owned() *plan.Plan {
	s.t.Helper()
	s.must(0, "scan", "--service", "APIGateway", "-q", "--output", s.path("scan.txt"))
	s.must(0, "settings", "set", "owner-gate", "require", "-q")
	p := s.plan(s.path("plan.json"))
	s.must(0, "ask", p.Fixes[0].Finding, "--owner", "team-a", "--due", "14d", "--no-cost")
	s.must(0, "answer", "q1", "fix", "--by", "team-a")
	return p
}

// TestOwnerGate: a fix without the owner's word is refused, whichever way it comes
// in, and changes nothing; with it, or with a reason, it is made.
func TestOwnerGate(t *testing.T) {
	const refusal = "requires that the owner answers fix or fix-by"
	agree := func(s *stand, p *plan.Plan, answer ...string) {
		for _, f := range p.Fixes[1:] {
			s.must(0, "ask", f.Finding, "--owner", "team-b", "--due", "14d", "--no-cost")
		}
		for _, q := range []string{"q2", "q3"}[:len(p.Fixes)-1] {
			s.must(0, append([]string{"answer", q}, answer...)...)
		}
	}
	for name, c := range map[string]struct {
		before func(s *stand, p *plan.Plan)
		args   func(s *stand) []string
		want   string // of the refusal; "": it is made
	}{
		"apply": {nil, func(s *stand) []string { return []string{"apply", s.path("plan.json"), "--yes"} }, refusal},
		"apply by its digest": {nil, func(s *stand) []string {
			return []string{"apply", s.path("plan.json"), "--approve", s.plan(s.path("plan.json")).Digest}
		}, refusal},
		"apply without account": {nil, func(s *stand) []string { return []string{"apply", s.path("plan.json"), "--yes", "--no-store"} }, refusal},
		"a blank reason": {nil, func(s *stand) []string {
			return []string{"apply", s.path("plan.json"), "--yes", "--without-owner", " "}
		}, "needs a reason"},
		"the plan names another": {func(s *stand, p *plan.Plan) {
			s.forge(s.path("plan.json"), func(forged *plan.Plan) {
				for i := range forged.Fixes {
					forged.Fixes[i].Finding = p.Fixes[0].Finding
				}
			})
		}, func(s *stand) []string { return []string{"apply", s.path("plan.json"), "--yes"} }, refusal},
		"the plan names no remedy": {func(s *stand, _ *plan.Plan) {
			s.forge(s.path("plan.json"), func(forged *plan.Plan) {
				for i := range forged.Fixes {
					forged.Fixes[i].Remedy = "none"
				}
			})
		}, func(s *stand) []string { return []string{"apply", s.path("plan.json"), "--yes"} }, "which has none of that name"},
		"the store cannot be read": {func(s *stand, _ *plan.Plan) {
			if err := os.WriteFile(s.path("state/kumoban.db"), []byte(strings.Repeat("no store ", 1000)), 0o600); err != nil {
				s.t.Fatal(err)
			}
		}, func(s *stand) []string { return []string{"apply", s.path("plan.json"), "--yes"} }, "is not known"},
		"they accepted it": {func(s *stand, p *plan.Plan) {
			agree(s, p, "accept", "--until", "30d", "--reason", "x", "--by", "team-b")
		}, func(s *stand) []string { return []string{"apply", s.path("plan.json"), "--yes"} }, refusal},
		"they agreed":          {func(s *stand, p *plan.Plan) { agree(s, p, "fix", "--by", "team-b") }, func(s *stand) []string { return []string{"apply", s.path("plan.json"), "--yes"} }, ""},
		"they agreed to a day": {func(s *stand, p *plan.Plan) { agree(s, p, "fix-by", "--until", "30d", "--by", "team-b") }, func(s *stand) []string { return []string{"apply", s.path("plan.json"), "--yes"} }, ""},
		"with a reason": {nil, func(s *stand) []string {
			return []string{"apply", s.path("plan.json"), "--yes", "--without-owner", "incident 42"}
		}, ""},
	} {
		inBubble(t, name, awsdouble.Options{}, func(t *testing.T, s *stand, before state) {
			p := s.owned()
			if c.before != nil {
				c.before(s, p)
			}
			args := append([]string{"fix"}, c.args(s)...)
			if c.want != "" {
				s.refuses(c.want, args...)
				same(t, "the refusal", before, s.state())
				return
			}
			s.must(0, args...)
		})
	}
	// A run that stopped is asked again: what the owner said may be over.
	for _, more := range [][]string{nil, {"--no-store"}} {
		inBubble(t, "resume"+strings.Join(more, ""), awsdouble.Options{}, func(t *testing.T, s *stand, _ state) {
			s.must(0, "scan", "--service", "APIGateway", "-q", "--output", s.path("scan.txt"))
			s.stopped("UpdateStage", 1)
			s.must(0, "settings", "set", "owner-gate", "require", "-q")
			s.refuses(refusal, append([]string{"fix", "resume", s.theRun()}, more...)...)
			s.must(0, append([]string{"fix", "resume", s.theRun(), "--without-owner", "incident 42"}, more...)...)
		})
	}
}
