package summary

import (
	"testing"

	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
)

// TestUndoIsTold: a plan says beforehand what its undo would do, or that there is
// none.
func TestUndoIsTold(t *testing.T) {
	for _, c := range []struct {
		on       resource.Type
		property string
		will     any
		want     string
	}{
		{"AWS::KMS::Key", "KeyState", "Disabled", "summary.undo.never"},
		{"AWS::SQS::Queue", "SqsManagedSseEnabled", true, "summary.undo.exposes"},
		{"AWS::RDS::DBCluster", "DeletionProtection", true, "summary.undo.restore"},
		{"AWS::ApiGateway::Stage", "TracingEnabled", true, "summary.undo.restore"},
	} {
		s := &plan.Step{Thing: plan.Thing{Type: c.on}, Changes: []plan.Change{{Property: c.property, Will: c.will}}}
		if got := undo(s); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.on, c.property, got, c.want)
		}
	}
	for on, want := range map[resource.Type]string{"AWS::S3::Bucket": "summary.undo.kept", "AWS::Logs::LogGroup": "summary.undo.data"} {
		if got := undo(&plan.Step{Thing: plan.Thing{Type: on}, Make: true, Data: true}); got != want {
			t.Errorf("%s, made: %s, want %s", on, got, want)
		}
	}
}
