package e2e

import (
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/outside"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/securityhub"
	"github.com/kumoban/kumoban/internal/securityhub/sides"
	"github.com/kumoban/kumoban/types/apigateway"
)

const motoAccount = "123456789012"

// TestSecurityHubAgainstMoto pushes, pulls and compares over a socket with a
// server that is not ours. Moto has GetFindings and BatchImportFindings;
// BatchUpdateFindings and GetFindingHistory it has not, and it neither filters,
// nor checks sizes, nor throttles: those are proved on the double, in
// internal/securityhub.
func TestSecurityHubAgainstMoto(t *testing.T) {
	endpoint := outside.Moto(t)
	outside.MotoReset(t)
	h := motoHub(t, endpoint)
	w := hubImports(t, locale.Japanese)
	ours := hubRecords(250)
	kept := map[string]securityhub.Pushed{}
	push := func(want int) {
		t.Helper()
		got, err := h.Push(t.Context(), w, records(ours), func(id string) (securityhub.Pushed, bool) { p, ok := kept[id]; return p, ok },
			func(list []securityhub.Pushed) error {
				for _, p := range list {
					kept[p.Finding] = p
				}
				return nil
			})
		if err != nil || got.Sent != want || got.Unchanged != len(ours)-want || len(got.Failed)+len(got.Refused) != 0 {
			t.Fatalf("%+v, %v; want %d sent", got, err, want)
		}
	}
	pull := func(f securityhub.Filter) []*report.Held {
		t.Helper()
		var list []*report.Held
		if _, err := h.Pull(t.Context(), controls.All(), f, func(x *report.Held) error { list = append(list, x); return nil }); err != nil {
			t.Fatal(err)
		}
		return list
	}
	push(250)
	push(0)
	ours[7].Status, ours[7].State, ours[7].Reason = control.NotApplicable, lifecycle.Archived, lifecycle.ReasonGone
	push(1)

	held := pull(securityhub.Filter{Own: true})
	byID := map[string]*report.Held{}
	for _, f := range held {
		byID[f.ID] = f
	}
	if len(held) != 250 || len(byID) != 250 {
		t.Fatalf("%d findings, %d ids", len(held), len(byID))
	}
	for _, r := range ours {
		f := byID[r.ID]
		if f == nil || !f.Ours || f.Control != r.Control || f.Ref.ARN != r.Resource.ARN || f.RecordState != string(r.State) {
			t.Fatalf("%+v came back as %+v", r, f)
		}
	}
	if others := pull(securityhub.Filter{}); len(others) != 0 {
		t.Errorf("%d findings of Security Hub's own", len(others))
	}
	theirsToo(t, endpoint, ours[:3])
	compared(t, ours[:4], pull(securityhub.Filter{}))
}

// theirsToo puts findings as Security Hub makes them into moto, one of which
// has another verdict.
func theirsToo(t *testing.T, endpoint string, ours []*lifecycle.Record) {
	t.Helper()
	var list []map[string]any
	for i, r := range ours {
		status := []string{"FAILED", "PASSED", "FAILED"}[i]
		list = append(list, map[string]any{
			"SchemaVersion": "2018-10-08", "Id": fmt.Sprint("arn:aws:securityhub:us-east-1:123456789012:security-control/apigateway.3/finding/", i),
			"ProductArn": "arn:aws:securityhub:us-east-1::product/aws/securityhub", "ProductName": "Security Hub", "GeneratorId": "security-control/APIGateway.3",
			"AwsAccountId": motoAccount, "CreatedAt": "2026-11-01T00:00:00Z", "UpdatedAt": "2026-11-20T00:00:00Z", "Title": "t", "Description": "d",
			"Types": []string{"Software and Configuration Checks"}, "Severity": map[string]any{"Label": "LOW"},
			"Compliance": map[string]any{"Status": status, "SecurityControlId": "apigateway.3"},
			"Resources":  []map[string]any{{"Type": "AwsApiGatewayStage", "Id": r.Resource.ARN, "Region": region}},
		})
	}
	body, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "findings.json")
	if err := os.WriteFile(file, body, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), outside.AWSCLI(t), "securityhub", "batch-import-findings", "--findings", "file://"+file)
	cmd.Env = append(environment(t, endpoint, "AKIAIOSFODNN7EXAMPLE", "secret"), "AWS_DEFAULT_REGION="+region)
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), `"SuccessCount": 3`) {
		t.Fatalf("%v: %s", err, out)
	}
}

func compared(t *testing.T, ours []*lifecycle.Record, theirs []*report.Held) {
	t.Helper()
	got := sides.Compare(slices.Values(ours), slices.Values(theirs), sides.Context{Controls: controls.All()})
	if got.Agree != 2 || len(got.Differences) != 2 || got.Differences[0].Why != sides.Unexplained || got.Differences[0].Ours != ours[1] ||
		got.Differences[1].Why != sides.Unexplained || got.Differences[1].Theirs != nil {
		t.Errorf("%+v", got)
	}
}

// TestImportsAreAWSs lets botocore, which follows AWS's model, validate what is
// pushed, in every status and state.
func TestImportsAreAWSs(t *testing.T) {
	var list []json.RawMessage
	for _, lang := range locale.Langs() {
		w := hubImports(t, lang)
		for i, r := range hubRecords(4 * 2 * 2) {
			r.Status = control.Status(i % 4)
			for _, reason := range []string{"", finding.ReasonUnread} {
				f := finding.Finding{Control: r.Control, Severity: r.Severity, Status: r.Status, Resource: r.Resource, Message: r.Message, Reason: reason}
				data, ok := w.Finding(&f, report.Standing{
					Workflow: []string{"NEW", "SUPPRESSED"}[i/4%2], Archived: i/8 == 1, Override: control.Critical,
					CreatedAt: r.FirstSeen, FirstObservedAt: r.Changed, LastObservedAt: r.LastSeen, UpdatedAt: r.Updated,
				}).Encode(240_000)
				if !ok {
					t.Fatal("it does not fit")
				}
				list = append(list, data)
			}
		}
	}
	body, err := json.Marshal(map[string]any{"Findings": list})
	if err != nil {
		t.Fatal(err)
	}
	const check = `
import json, re, sys, botocore.session
from botocore.validate import ParamValidator
model = botocore.session.Session().get_service_model("securityhub")
shape = model.operation_model("BatchImportFindings").input_shape
given = json.load(sys.stdin)
report = ParamValidator().validate(given, shape)
problems = [report.generate_report()] if report.has_errors() else []
def enums(shape, value, path):
    if shape.type_name == "structure":
        for k, v in value.items():
            enums(shape.members[k], v, path + "." + k)
    elif shape.type_name == "list":
        for v in value: enums(shape.member, v, path)
    elif shape.type_name == "map":
        for k, v in value.items(): enums(shape.key, k, path), enums(shape.value, v, path)
    elif shape.type_name == "string":
        if shape.enum and value not in shape.enum: problems.append(path + ": " + value)
        if "pattern" in shape.metadata and not re.search(shape.metadata["pattern"], value): problems.append(path + ": " + value)
        if not value.strip(): problems.append(path + " is empty")
enums(shape, given, "")
print(json.dumps({"n": len(given["Findings"]), "problems": problems}))
`
	cmd := exec.CommandContext(t.Context(), outside.Python(t), "-c", check)
	cmd.Stdin = strings.NewReader(string(body))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		N        int
		Problems []string
	}
	if err := json.Unmarshal(out, &got); err != nil || got.N != 64 || len(got.Problems) != 0 {
		t.Errorf("%d findings, %v: %s", got.N, err, strings.Join(got.Problems, "\n"))
	}
}

func motoHub(t *testing.T, endpoint string) *securityhub.Hub {
	t.Helper()
	rate, err := awsclient.ParseRate("")
	if err != nil {
		t.Fatal(err)
	}
	return &securityhub.Hub{
		Config: awsclient.Static(region, endpoint, credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "secret", ""), http.DefaultClient),
		Lane:   awsclient.NewLimits(rate, slog.New(slog.DiscardHandler)).Lane(motoAccount, region),
		At:     resource.Scope{Partition: "aws", Account: motoAccount, Region: region},
	}
}

func hubImports(t *testing.T, lang locale.Lang) *report.Imports {
	t.Helper()
	cat, err := locale.New(lang)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := report.NewTexts(cat, controls.All())
	if err != nil {
		t.Fatal(err)
	}
	return report.NewImports(texts, controls.All(), "0.9.0")
}

// hubRecords are n failed findings of APIGateway.3.
func hubRecords(n int) []*lifecycle.Record {
	at := time.Date(2026, 11, 19, 3, 0, 0, 0, time.UTC)
	var out []*lifecycle.Record
	for i := range n {
		r := &lifecycle.Record{
			Control: "APIGateway.3", Severity: control.Low, Source: lifecycle.SourceLive, Status: control.Failed, Message: locale.M("off"), Workflow: lifecycle.New, State: lifecycle.Active,
			Resource: resource.Ref{
				Scope: resource.Scope{Partition: "aws", Account: motoAccount, Region: region}, Type: apigateway.StageType,
				ARN: fmt.Sprintf("arn:aws:apigateway:us-east-1::/restapis/api%07d/stages/prod", i), Name: fmt.Sprintf("api %d/prod", i),
			},
			FirstSeen: at, Changed: at, LastSeen: at, Updated: at,
		}
		r.ID = (&finding.Finding{Control: r.Control, Resource: r.Resource}).ID()
		out = append(out, r)
	}
	return out
}

func records(list []*lifecycle.Record) iter.Seq2[*lifecycle.Record, error] {
	return func(yield func(*lifecycle.Record, error) bool) {
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
	}
}
