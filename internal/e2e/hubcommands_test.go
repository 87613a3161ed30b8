package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/outside"
)

// listedFinding is one of `kumoban findings list --format json`.
type listedFinding struct {
	ID, Control, Status, Workflow, RecordState string
	Resource                                   struct{ ARN, Type string }
}

// TestSecurityHubCommandsAgainstMoto scans, pushes, pulls and compares as a user
// does, with moto in AWS's place. What moto has not, sync above all, is proved
// on the double: internal/walk and internal/cli.
func TestSecurityHubCommandsAgainstMoto(t *testing.T) {
	m := newMoto(t)
	m.seed(t, "--region", region, "--seed", "3", "--rest", "8", "--http", "4", "--domains", "2")
	env := append(m.env, "KUMOBAN_STORE="+filepath.Join(t.TempDir(), "kumoban.db"), "USER=hana", "AWS_REGION="+region, "AWS_DEFAULT_REGION="+region)
	command := func(exit int, into any, args ...string) {
		t.Helper()
		out := run(t, env, exit, kumoban, append(args, "--format", "json")...)
		if err := json.Unmarshal(out, into); err != nil {
			t.Fatalf("%v: %.2000s", err, out)
		}
	}
	var list struct {
		Total    int
		Findings []listedFinding
	}
	run(t, env, 0, kumoban, "scan", "--service", "APIGateway")
	command(0, &list, "findings", "list", "--all", "--limit", "1000")
	active := 0
	for _, f := range list.Findings {
		if f.RecordState == "ACTIVE" {
			active++
		}
	}
	if list.Total < 30 || active < 20 {
		t.Fatalf("%d findings, %d active: too few to prove anything", list.Total, active)
	}

	var pushed struct {
		Sent, Unchanged, ClosedBefore int
		Failed                        []any
	}
	for _, want := range []int{active, 0} {
		command(0, &pushed, "securityhub", "push")
		if pushed.Sent != want || pushed.Sent+pushed.Unchanged != active || pushed.ClosedBefore != list.Total-active || len(pushed.Failed) != 0 {
			t.Fatalf("%+v, want %d of %d sent", pushed, want, active)
		}
	}

	flipped := theirsOf(t, env, list.Findings)
	var pulled struct {
		Findings, WithoutRecord int
		Here, Waiting           []any
	}
	command(0, &pulled, "securityhub", "pull")
	if pulled.Findings != 2*active || pulled.WithoutRecord != 0 || len(pulled.Here)+len(pulled.Waiting) != 0 {
		t.Errorf("%+v, want %d findings", pulled, 2*active)
	}
	run(t, env, 0, kumoban, "findings", "show", theirARN(flipped))
	var compared struct {
		Agree       int
		Differences []struct {
			Ours, Theirs *struct{ ID, Status string }
		}
	}
	command(0, &compared, "securityhub", "compare")
	if compared.Agree < active-1 || len(compared.Differences) != 1 || compared.Differences[0].Ours.ID != flipped || compared.Differences[0].Theirs.Status == compared.Differences[0].Ours.Status {
		t.Errorf("%+v", compared)
	}
}

func theirARN(id string) string {
	return "arn:aws:securityhub:" + region + ":" + motoAccount + ":security-control/APIGateway.3/finding/" + id
}

// theirsOf puts findings as Security Hub makes them into moto, with our verdict
// on all but one, whose record it names.
func theirsOf(t *testing.T, env []string, ours []listedFinding) (flipped string) {
	t.Helper()
	at := time.Now().UTC().Format(time.RFC3339Nano)
	var list []map[string]any
	for _, f := range ours {
		if f.RecordState != "ACTIVE" {
			continue
		}
		status, kind := f.Status, "Other"
		if f.Resource.Type == "AWS::::Account" {
			kind = "AwsAccount"
		}
		if flipped == "" && f.Control == "APIGateway.3" && status == "FAILED" {
			status, flipped = "PASSED", f.ID
		}
		list = append(list, map[string]any{
			"SchemaVersion": "2018-10-08", "Id": theirARN(f.ID), "ProductArn": fmt.Sprint("arn:aws:securityhub:", region, "::product/aws/securityhub"),
			"ProductName": "Security Hub", "GeneratorId": "security-control/" + f.Control, "AwsAccountId": motoAccount, "CreatedAt": at, "UpdatedAt": at, "Title": "t", "Description": "d",
			"Types": []string{"Software and Configuration Checks"}, "Severity": map[string]any{"Label": "LOW"}, "Compliance": map[string]any{"Status": status, "SecurityControlId": f.Control},
			"Workflow": map[string]any{"Status": f.Workflow}, "Resources": []map[string]any{{"Type": kind, "Id": f.Resource.ARN, "Region": region}},
		})
	}
	for part := range slices.Chunk(list, 100) {
		body, err := json.Marshal(part)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "findings.json")
		if err := os.WriteFile(file, body, 0o600); err != nil {
			t.Fatal(err)
		}
		run(t, env, 0, outside.AWSCLI(t), "securityhub", "batch-import-findings", "--findings", "file://"+file)
	}
	return flipped
}
