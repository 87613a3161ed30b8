package app_test

import (
	"slices"
	"testing"
	"testing/synctest"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
)

// TestLogBucketIsMade makes the bucket that access logs go to: it passes every control
// of S3 but the one that asks for access logs of it, too, which is told; undo stops the
// logging and leaves the bucket.
func TestLogBucketIsMade(t *testing.T) {
	t.Run("moto", func(t *testing.T) { inMoto(t).logBucket(t) })
	t.Run("double", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			double, env := fixing(t, `{"resources": [{"type": "AWS::S3::Bucket", "properties": {"BucketName": "unlogged"}}]}`)
			w := &world{virtual: true, env: env, dir: t.TempDir(), at: resource.Scope{Partition: "aws", Account: account, Region: region}}
			w.env.Controls = controls.All()
			w.logBucket(t)
			if n := operations(double, account)["s3 CreateBucket"]; n != 1 {
				t.Errorf("made %d times", n)
			}
		})
	})
}

func (w *world) logBucket(t *testing.T) {
	t.Helper()
	failing := w.failing(t)
	r := round{control: "S3.9", thing: ":unlogged"}
	wish := failing[w.key(t, &r, failing)]
	made := func() *plan.Plan {
		p, err := app.MakePlan(t.Context(), w.env, app.PlanOptions{FixOptions: w.options(t), Wishes: []app.Wish{wish}, Inputs: map[string]string{"targetBucket": "new"}})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := made()
	if len(p.Steps) != 2 || !p.Steps[0].Make || !p.Steps[0].Data || p.Steps[0].Thing.ARN != "arn:aws:s3:::kumoban-access-logs-"+w.at.Account+"-ap-northeast-1" || !slices.Equal(p.Steps[1].After, []string{"1"}) {
		t.Fatalf("%+v", p.Steps)
	}
	run, err := app.Apply(t.Context(), w.env, p, w.options(t), w.dir, func(execute.Report) {})
	if err != nil {
		t.Fatal(err)
	}
	if got := beside(run); got != "[S3.9 FAILED false UNKNOWN]" || !run.Beside[0].Made || run.Outcomes[0].Finding.Status.String() != "PASSED" {
		t.Errorf("%s, %+v", got, run.Outcomes[0].Finding)
	}
	undone, err := app.Undo(t.Context(), w.env, run.Run, w.options(t), w.dir, func(execute.Report) {})
	if err != nil || undone.Steps[0].Event != execute.Kept || undone.Steps[0].Why != "run.kept.data" || undone.Steps[1].Event != execute.Undone {
		t.Fatalf("%+v, %v", undone, err)
	}
	if p = made(); len(p.Steps) != 1 || p.Steps[0].Make {
		t.Errorf("the bucket is there, and the plan is %+v", p.Steps)
	}
}
