package sides_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/apigateway"
)

const (
	account = "111122223333"
	region  = "ap-northeast-1"
)

func home() resource.Scope { return resource.Scope{Partition: "aws", Account: account, Region: region} }

func day(n int) time.Time { return time.Date(2026, 11, n, 3, 0, 0, 0, time.UTC) }

type object = map[string]any

// theirs is a finding as Security Hub holds it.
func theirs(id, controlID, status string, change func(object)) object {
	f := object{
		"SchemaVersion": "2018-10-08", "Id": "arn:aws:securityhub:" + region + ":" + account + ":security-control/" + controlID + "/finding/" + id,
		"ProductArn": "arn:aws:securityhub:" + region + "::product/aws/securityhub", "ProductName": "Security Hub", "CompanyName": "AWS", "Region": region, "GeneratorId": "security-control/" + controlID,
		"AwsAccountId": account, "Types": []string{"Software and Configuration Checks/Industry and Regulatory Standards"},
		"FirstObservedAt": "2026-11-01T00:00:00.000Z", "LastObservedAt": "2026-11-20T00:00:00.000Z", "CreatedAt": "2026-11-01T00:00:00.000Z",
		"UpdatedAt": "2026-11-20T00:00:00.123Z", "ProcessedAt": "2026-11-20T00:00:05.000Z", "Severity": object{"Label": "LOW"}, "Title": "T", "Description": "D",
		"Resources":  []object{{"Type": "AwsApiGatewayStage", "Id": stageARN(id), "Partition": "aws", "Region": region}},
		"Compliance": object{"Status": status, "SecurityControlId": controlID}, "Workflow": object{"Status": "NEW"}, "RecordState": "ACTIVE",
	}
	if change != nil {
		change(f)
	}
	return f
}

func stageARN(id string) string {
	return "arn:aws:apigateway:" + region + "::/restapis/" + id + "/stages/prod"
}

// record is a finding of ours on the stage of the same id.
func record(id, controlID string, status control.Status, change func(*lifecycle.Record)) *lifecycle.Record {
	r := &lifecycle.Record{
		Control: controlID, Severity: control.Low, Source: lifecycle.SourceLive, Status: status, Message: locale.M("off"), Workflow: lifecycle.New, State: lifecycle.Active,
		Resource:  resource.Ref{Scope: home(), Type: apigateway.StageType, ARN: stageARN(id), Name: id + "/prod"},
		FirstSeen: day(1), Changed: day(2), LastSeen: day(20), Updated: day(20), First: status,
	}
	if status == control.Passed {
		r.Workflow = lifecycle.Resolved
	}
	if change != nil {
		change(r)
	}
	r.ID = id
	return r
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
