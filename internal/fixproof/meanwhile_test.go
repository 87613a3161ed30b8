package fixproof

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// patch changes a REST stage as somebody else would.
func (a *account) patch(t *testing.T, api, stage, op, path string, value any) {
	t.Helper()
	operation := object{"op": op, "path": path}
	if value != nil {
		operation["value"] = value
	}
	a.gateway(t, http.MethodPatch, "/restapis/"+a.ids[api]+"/stages/"+stage, object{"patchOperations": []object{operation}})
}

// throttle has somebody else throttle the WebSocket stage.
func (a *account) throttle(t *testing.T, level string) {
	t.Helper()
	a.gateway(t, http.MethodPatch, "/v2/apis/"+a.ids["CHAT"]+"/stages/production", object{
		"defaultRouteSettings": object{"detailedMetricsEnabled": true, "loggingLevel": level, "throttlingBurstLimit": 5, "throttlingRateLimit": 2},
	})
}

// stopped runs a command that has to end with exit code 1, and returns what it
// said.
func (a *account) stopped(t *testing.T, args ...string) string {
	t.Helper()
	out, err := a.run(t, append(args, "--rate", "max", "--state-dir", a.runs())...)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Fatalf("kumoban %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out + err.Error()
}

func says(t *testing.T, said string, all ...string) {
	t.Helper()
	for _, want := range all {
		if !strings.Contains(said, want) {
			t.Errorf("does not say %q:\n%s", want, said)
		}
	}
}

// unchanged wants an account to be as it was.
func (a *account) unchanged(t *testing.T, what string, before state, but ...string) {
	t.Helper()
	if list := changes(before, a.look(t), but...); len(list) > 0 {
		t.Errorf("%s changed\n%s", what, strings.Join(list, "\n"))
	}
}

const chatLimit = "DefaultRouteSettings.ThrottlingBurstLimit"

// TestSentAlong has an operator throttle a WebSocket stage whose settings AWS
// takes whole: before a plan is applied, and before it is undone. The throttling
// stays, and the rehearsals and the printed commands say so, too.
func TestSentAlong(t *testing.T) {
	t.Parallel()
	a := newMoto(t)
	plan := a.plan(t, "--control", "APIGateway.1", "--resource", "chat/production")
	script := a.kumoban(t, "fix", "show", plan, "--as", "cli")
	a.throttle(t, "OFF")
	before := a.look(t)
	says(t, a.kumoban(t, "fix", "apply", plan, "--dry-run", "--rate", "max"), "it has changed since the plan was made")
	said := a.stopped(t, "fix", "apply", plan, "--yes")
	says(t, said, "has changed since the plan was made ("+chatLimit+")", "make a new plan")
	if strings.Contains(said, "fix resume") {
		t.Errorf("two pieces of advice:\n%s", said)
	}
	a.unchanged(t, "apply", before)
	if out, err := a.script(t, script); err == nil || !strings.Contains(err.Error(), chatLimit+" = 50") {
		t.Errorf("the printed commands: %v\n%s", err, out)
	}
	a.unchanged(t, "the printed commands", before, accountRole()...)

	b := newMoto(t)
	run := b.apply(t, b.plan(t, "--control", "APIGateway.1", "--resource", "chat/production"))
	b.throttle(t, "ERROR")
	before = b.look(t)
	says(t, b.kumoban(t, "fix", "undo", run, "--dry-run", "--rate", "max", "--state-dir", b.runs()), "somebody else changed it since")
	says(t, b.stopped(t, "fix", "undo", run, "--yes"), "is left alone: "+chatLimit+" was changed", "once the planned value is there again")
	b.unchanged(t, "undo", before)
}

// TestOwnPart has an operator set throttling in a method setting that a fix
// brought into being: undo takes back its own property and leaves the setting.
func TestOwnPart(t *testing.T) {
	t.Parallel()
	a := newMoto(t)
	run := a.apply(t, a.plan(t, "--control", "APIGateway.1", "--resource", "bare/dev"))
	a.patch(t, "BARE", "dev", "replace", "/*/*/throttling/burstLimit", "5")
	before := a.look(t)
	says(t, a.kumoban(t, "fix", "undo", run, "--dry-run", "--rate", "max", "--state-dir", a.runs()), "only what this run had changed")
	says(t, a.kumoban(t, "fix", "undo", run, "--yes", "--rate", "max", "--state-dir", a.runs()), "restored in part", "only what this run had changed")
	const level = "REST <BARE> stages.dev.methodSettings.*/*.loggingLevel"
	a.unchanged(t, "undo", before, level)
	if list := changes(before, a.look(t)); len(list) != 1 || !strings.HasPrefix(list[0], level+" = ERROR is gone") { // OFF is left out
		t.Errorf("undo changed %v", list)
	}
}

// TestOverrideRemoved has somebody remove an override that a plan encrypts: it
// does not come back from defaults.
func TestOverrideRemoved(t *testing.T) {
	t.Parallel()
	a := newMoto(t)
	plan := a.plan(t, "--control", "APIGateway.5", "--resource", "orders/prod")
	a.patch(t, "ORDERS", "prod", "remove", "/~1orders~1{id}/GET", nil)
	before := a.look(t)
	says(t, a.stopped(t, "fix", "apply", plan, "--yes"), "has changed since the plan was made")
	a.unchanged(t, "apply", before)
}

// TestLevelLeftOut fixes a method setting and a stage of which AWS does not say
// a logging level: it means OFF, in the plan, in drift and in undo, which does
// not wait for what AWS will not say.
func TestLevelLeftOut(t *testing.T) {
	t.Parallel()
	for _, resource := range []string{"orders/prod", "chat/production"} {
		t.Run(resource, func(t *testing.T) {
			t.Parallel()
			a := newMoto(t)
			file := a.plan(t, "--control", "APIGateway.1", "--resource", resource)
			var plan struct {
				Steps []struct {
					Changes []struct {
						Property string
						Was      any
					}
				}
			}
			if err := json.Unmarshal(read(t, file), &plan); err != nil {
				t.Fatal(err)
			}
			levels := 0
			for _, s := range plan.Steps {
				for _, c := range s.Changes {
					if strings.HasSuffix(c.Property, "LoggingLevel") {
						levels++
						if c.Was != "OFF" {
							t.Errorf("%s was %v by the plan", c.Property, c.Was)
						}
					}
				}
			}
			if levels == 0 {
				t.Error("no level is planned")
			}
			run := a.apply(t, file)
			start := time.Now()
			a.undo(t, run)
			t.Logf("undone in %v", time.Since(start).Round(time.Second))
			if got := a.status(t, "APIGateway.1", resource); got != "FAILED" {
				t.Errorf("after the undo: %s", got)
			}
		})
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
