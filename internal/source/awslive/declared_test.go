package awslive_test

import (
	"slices"
	"testing"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/source/awslive"
	"github.com/kumoban/kumoban/types/dynamodb"
)

// TestDeclaredReads: a read that serves one property is declared where a control
// looks at that, and not where none does.
func TestDeclaredReads(t *testing.T) {
	for looks, want := range map[string]bool{"PointInTimeRecoverySpecification": true, "TableName": false} {
		set := control.Set{{Control: &control.Control{ID: "DynamoDB.2", Checks: []control.Check{{Type: dynamodb.TableType, Looks: []string{looks}}}}}}
		for name, calls := range map[string][]*awsclient.Call{"scan": awslive.Calls(set), "one": awslive.OneCalls(set, false)} {
			got := slices.ContainsFunc(calls, func(c *awsclient.Call) bool { return c.Operation == "DescribeContinuousBackups" })
			if got != want {
				t.Errorf("%s, by %s: declared %t, want %t", name, looks, got, want)
			}
		}
	}
}
