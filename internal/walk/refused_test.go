package walk

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/kumoban/kumoban/internal/awsdouble"
)

// TestRefusedAndAdvised refuses a call of every command that makes any. The
// advice is a command that works, and the policy that it prints allows the call.
func TestRefusedAndAdvised(t *testing.T) {
	for name, c := range map[string]struct {
		before []string // commands first
		args   []string // PLAN, RUN and ID stand for what the walk has made
		deny   []string // operations
		advice []string // each in its place
	}{
		"scan":                     {nil, []string{"scan", "--control", "APIGateway.9"}, []string{"GetApis"}, []string{"scan --control APIGateway.9"}},
		"scan, all Regions":        {nil, []string{"scan", "--all-regions", "--severity", "medium"}, []string{"ListRegions"}, []string{"scan --severity medium --all-regions"}},
		"scan, another account":    {nil, []string{"scan", "--role-arn", "arn:aws:iam::444455556666:role/audit"}, []string{"AssumeRole"}, []string{"scan --role-name NAME"}},
		"fix plan, while scanning": {nil, []string{"fix", "plan", "--control", "APIGateway.9"}, []string{"GetApis"}, []string{"scan --control APIGateway.9", "fix --control APIGateway.9"}},
		"fix plan, afterwards":     {[]string{"scan --control APIGateway.9"}, []string{"fix", "plan", "--control", "APIGateway.9"}, []string{"DescribeLogGroups"}, []string{"scan --control APIGateway.9", "fix --control APIGateway.9"}},
		"fix plan of a finding":    {[]string{"scan --control APIGateway.9"}, []string{"fix", "plan", "--finding", "ID"}, []string{"GetStage", "GetApi"}, []string{"fix"}},
		"fix apply":                {[]string{"plan"}, []string{"fix", "apply", "PLAN", "--yes"}, []string{"CreateLogGroup"}, []string{"fix PLAN"}},
		"fix apply --dry-run":      {[]string{"plan"}, []string{"fix", "apply", "PLAN", "--dry-run"}, []string{"DescribeLogGroups"}, []string{"fix PLAN"}},
		"fix resume":               {[]string{"plan", "stopped"}, []string{"fix", "resume", "RUN"}, []string{"UpdateStage"}, []string{"fix RUN/plan.json"}},
		"fix undo":                 {[]string{"plan", "applied"}, []string{"fix", "undo", "RUN", "--yes"}, []string{"DeleteAccessLogSettings", "UpdateStage"}, []string{"fix RUN/plan.json"}},
		"fix verify":               {[]string{"plan", "applied"}, []string{"fix", "verify", "RUN", "--delivered"}, []string{"FilterLogEvents"}, []string{"fix RUN/plan.json --delivered"}},
		"securityhub pull":         {nil, []string{"securityhub", "pull"}, []string{"GetFindings"}, []string{"securityhub pull"}},
		"securityhub compare":      {[]string{"scan --control APIGateway.9"}, []string{"securityhub", "compare"}, []string{"GetFindings"}, []string{"securityhub compare"}},
		"securityhub push":         {[]string{"scan --control APIGateway.9"}, []string{"securityhub", "push"}, []string{"BatchImportFindings"}, []string{"securityhub push"}},
		"securityhub sync":         {[]string{"scan --control APIGateway.9"}, []string{"securityhub", "sync"}, []string{"GetFindings"}, []string{"securityhub sync"}},
		"ask":                      {[]string{"scan --control APIGateway.9"}, []string{"ask", "ID", "--cloudtrail", "--due", "2099-01-01"}, []string{"LookupEvents"}, []string{"ask"}},
		"findings show":            {[]string{"scan --control APIGateway.9"}, []string{"findings", "show", "ID", "--cloudtrail"}, []string{"LookupEvents"}, []string{"ask"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := hubWalker(t, awsdouble.Options{})
				if err := w.double.Load(account, region, []byte(fixture)); err != nil {
					t.Fatal(err)
				}
				w.double.Load(account, region, []byte(`{"securityHub": {"findings": []}}`)) //nolint:errcheck // it is on, then
				made := strings.NewReplacer()
				for _, step := range c.before {
					made = w.prepare(step, made)
				}
				for _, operation := range c.deny {
					w.double.Fault(awsdouble.Fault{Operation: operation, Kind: awsdouble.Deny})
				}
				args := slices.Clone(c.args)
				for i := range args {
					args[i] = made.Replace(args[i])
				}
				_, out, stderr := w.runIn(t.Context(), append(args, "--lang", "en")...)
				denied := w.double.Calls()
				denied = slices.DeleteFunc(denied, func(x awsdouble.Call) bool { return !slices.Contains(c.deny, x.Operation) })
				if len(denied) == 0 {
					t.Fatalf("nothing was refused:\n%s%s", out, stderr)
				}
				allowed := false
				for _, advice := range c.advice {
					advice = made.Replace(advice)
					if !strings.Contains(out+stderr, `"kumoban iam-policy `+advice+`"`) {
						t.Errorf("no advice to type kumoban iam-policy %s in\n%s%s", advice, out, stderr)
					}
					policy, _ := w.run(append([]string{"iam-policy"}, strings.Fields(advice)...)...)
					allowed = allowed || allows(t, policy, denied[0].Action)
				}
				if !allowed {
					t.Errorf("no policy of %v allows %s", c.advice, denied[0].Action)
				}
			})
		})
	}
}

func allows(t *testing.T, policy, action string) bool {
	t.Helper()
	var p struct{ Statement []struct{ Action []string } }
	if err := json.Unmarshal([]byte(policy), &p); err != nil {
		t.Fatal(err)
	}
	for _, s := range p.Statement {
		if slices.Contains(s.Action, action) {
			return true
		}
	}
	return false
}

// prepare does what a command needs to have been done, and returns what stands
// for what was made.
func (w *walker) prepare(step string, made *strings.Replacer) *strings.Replacer {
	w.Helper()
	plan, runs := filepath.Join(w.dir, "plan.json"), filepath.Join(w.dir, ".local", "state", "kumoban", "runs")
	switch step {
	case "plan":
		w.run("scan", "--control", "APIGateway.9")
		w.run("fix", "plan", "--control", "APIGateway.9", "--out", plan)
		return strings.NewReplacer("PLAN", plan)
	case "stopped", "applied":
		h := w.double.Fault(awsdouble.Fault{Operation: "UpdateStage", Kind: awsdouble.Deny})
		if step == "applied" {
			h.Remove()
		}
		code, out, stderr := w.runIn(w.Context(), "fix", "apply", plan, "--yes")
		h.Remove()
		if (code == 0) != (step == "applied") {
			w.Fatalf("exit code %d\n%s%s", code, out, stderr)
		}
		entries, err := os.ReadDir(runs)
		if err != nil || len(entries) != 1 {
			w.Fatalf("%v, %v", entries, err)
		}
		run := entries[0].Name()
		return strings.NewReplacer("RUN/", filepath.Join(runs, run)+"/", "RUN", run)
	}
	w.run(strings.Fields(step)...)
	out, _ := w.run("findings", "list", "--format", "json")
	var list struct{ Findings []struct{ ID string } }
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list.Findings) != 1 {
		w.Fatalf("%v: %s", err, out)
	}
	return strings.NewReplacer("ID", list.Findings[0].ID)
}
