package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/casefile"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/outside"
	"github.com/kumoban/kumoban/internal/room"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

// notInMoto are the verdicts that no account in moto gives, with the reason. The cases
// of the control prove them on the double. A control alone is one of which moto holds
// nothing.
func notInMoto() map[string]string {
	const (
		shared  = "moto shares no VPC of another account"
		root    = "root has no key in moto"
		pending = "moto changes databases at once"
	)
	return map[string]string{
		"CloudTrail.1 PASSED pass.organization": "moto shows members no trail of their organization",
		"DynamoDB.2 PASSED pass.on":             "moto says for how long backups are kept, always",
		"EC2.6 NOT_APPLICABLE exempt":           shared,
		"EC2.8 NOT_APPLICABLE exempt":           "moto ends instances at once, and what is terminated is not there",
		"EC2.15 NOT_APPLICABLE exempt":          shared,
		"EC2.19 NOT_APPLICABLE exempt":          shared,
		"IAM.4 FAILED fail":                     root,
		"IAM.4 FAILED fail.inactive":            root,
		"IAM.4 FAILED fail.used":                root,
		"IAM.6":                                 "moto does not say whether root has a password, and assigns root no device",
		"KMS.3 FAILED fail.replicas":            "a key with replicas is deleted like any other in moto",
		"KMS.3 FAILED fail.undated":             "moto says when a key is to be deleted, always",
		"RDS.10 FAILED fail.pending":            pending,
		"RDS.11 FAILED fail.pending":            pending,
		"SSM.7":                                 "moto has no GetServiceSetting",
	}
}

// TestOracle scans accounts that boto3 made at random in moto, and holds every verdict
// of the 36 controls that the rooms were built for to an oracle that reads the same
// account with boto3 and judges by AWS's pages: none is missing, none is there beside,
// none differs. With notInMoto these are all verdicts that the controls' cases have of
// answers. KUMOBAN_ORACLE_SEEDS=N takes N accounts more.
func TestOracle(t *testing.T) {
	more, err := strconv.Atoi("0" + os.Getenv("KUMOBAN_ORACLE_SEEDS"))
	if err != nil {
		t.Fatal(err)
	}
	outside.Moto(t)
	compared, judged := map[string]bool{}, map[string]bool{}
	for seed := 1; seed <= 3+more; seed++ {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			outside.MotoReset(t)
			outside.MotoSeed(t, seed)
			oraclePython(t, "account.py", fmt.Sprint(seed))
			want := oracle(t)
			for thing := range want {
				id, _, _ := strings.Cut(thing, " ")
				judged[id] = true
			}
			got, keys := verdictsInMoto(t, judged)
			for thing, status := range want {
				if got[thing] != status {
					t.Errorf("%s: %q, the oracle says %q", thing, got[thing], status)
				}
			}
			for thing, status := range got {
				if want[thing] == "" {
					t.Errorf("%s: %q, of which the oracle says nothing", thing, status)
				}
			}
			maps.Copy(compared, keys)
		})
	}
	if !t.Failed() {
		allHeld(t, judged, compared)
	}
}

// allHeld fails unless each verdict that a control's cases have of answers, with AWS's
// parameters, was compared or is listed with its reason, and none is both.
func allHeld(t *testing.T, judged, compared map[string]bool) {
	t.Helper()
	listed, total := notInMoto(), 0
	for _, c := range controls.All() {
		none := listed[c.ID] != ""
		if !judged[c.ID] && !none {
			continue
		}
		total++
		delete(listed, c.ID)
		all := verdictsOf(t, c)
		for _, v := range slices.Sorted(maps.Keys(all)) {
			why := listed[v]
			delete(listed, v)
			switch {
			case none && (compared[v] || why != ""), why != "" && compared[v]:
				t.Errorf("%s: it is listed, and was compared or listed again", v)
			case !none && why == "" && !compared[v]:
				t.Errorf("%s: no account has it, and it is not listed", v)
			}
		}
	}
	for v := range listed {
		t.Errorf("%s is listed, and no case has it", v)
	}
	if total != 37 {
		t.Errorf("%d controls are judged or listed", total)
	}
	t.Logf("%d verdicts of %d controls", len(compared), len(judged))
}

// verdictsOf are the verdicts that the cases of a control have of answers, with AWS's
// parameters.
func verdictsOf(t *testing.T, c *control.Control) map[string]bool {
	t.Helper()
	cases, err := casefile.Read(c.Files)
	if err != nil || len(cases) == 0 {
		t.Fatalf("%s: %d cases, %v", c.ID, len(cases), err)
	}
	all := map[string]bool{}
	for i := range cases {
		if !cases[i].Runs(room.Answer) || len(cases[i].Params) > 0 {
			continue
		}
		for _, w := range cases[i].Want {
			if v := cases[i].Wants(w.ID, room.Answer); v != casefile.None && !strings.HasPrefix(v, "UNKNOWN") {
				all[verdict(c.ID, v)] = true
			}
		}
	}
	return all
}

// verdict is a verdict of a control. That there is nothing to judge is one, whatever
// else there is.
func verdict(id, v string) string {
	return id + " " + strings.Replace(v, finding.OthersOnly, "finding.noResource", 1)
}

// verdictsInMoto are the statuses that a scan of moto gives for some controls, by
// control, Region and ARN, and the verdicts that there are, with the keys of their
// messages.
func verdictsInMoto(t *testing.T, judged map[string]bool) (statuses map[string]string, keys map[string]bool) {
	t.Helper()
	var out bytes.Buffer
	env := environment(t, &out)
	env.Controls = slices.DeleteFunc(controls.All(), func(c *control.Control) bool { return !judged[c.ID] })
	endpoint := outside.Moto(t)
	env.Load = func(context.Context, string) (aws.Config, error) {
		keys := credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "secret", "")
		return awsclient.Static(region, endpoint, keys, http.DefaultClient), nil
	}
	o := app.ScanOptions{Targets: []awslive.Target{{}}, Regions: []string{region, "us-east-1"}, Rate: rate(t, "max"), NoHub: true}
	o.Outputs.Formats = []string{"jsonl"}
	if _, err := app.Scan(t.Context(), env, o); err != nil {
		t.Fatal(err)
	}
	statuses, keys = map[string]string{}, map[string]bool{}
	for line := range bytes.Lines(out.Bytes()) {
		var f struct {
			Type, Control, Status string
			Resource              struct{ Region, ARN string }
			Message               struct{ Key string }
		}
		if err := json.Unmarshal(line, &f); f.Type == "gap" {
			t.Errorf("%s", line)
		} else if f.Type == "finding" && err != nil {
			t.Fatalf("%v in %s", err, line)
		} else if f.Type == "finding" {
			statuses[strings.Join([]string{f.Control, f.Resource.Region, f.Resource.ARN}, " ")] = f.Status
			keys[verdict(f.Control, f.Status+" "+f.Message.Key)] = true
		}
	}
	return statuses, keys
}

// oracle is what the oracle says of what is in moto, as verdictsInMoto has it.
func oracle(t *testing.T) map[string]string {
	t.Helper()
	said := map[string]string{}
	for line := range bytes.Lines(oraclePython(t, "oracle.py", time.Now().UTC().Format(time.RFC3339))) {
		var v struct{ Control, Region, ARN, Status string }
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		thing := strings.Join([]string{v.Control, v.Region, v.ARN}, " ")
		if said[thing] != "" {
			t.Errorf("the oracle judges %s twice", thing)
		}
		said[thing] = v.Status
	}
	return said
}

// oraclePython runs a script of testdata/oracle on moto and returns what it prints.
func oraclePython(t *testing.T, script, arg string) []byte {
	t.Helper()
	// A result that go test keeps is no longer good once one of these has changed, which
	// it learns from what the test itself reads.
	for _, file := range []string{"account.py", "mocked.py", "oracle.py"} {
		if _, err := os.ReadFile(filepath.Join("testdata", "oracle", file)); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), outside.Python(t), "-B", filepath.Join("testdata", "oracle", script), outside.Moto(t), arg)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, said.String())
	}
	return out
}
