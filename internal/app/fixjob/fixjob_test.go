package fixjob_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/app/fixes"
	"github.com/kumoban/kumoban/internal/app/fixjob"
	"github.com/kumoban/kumoban/internal/app/jobs"
	"github.com/kumoban/kumoban/internal/app/rulings"
	"github.com/kumoban/kumoban/internal/app/scanjob"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

// account is a table without backups, and the role in which fixes are made there.
const account = `{"roles": [{"roleName": "fixes", "assumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": {"Effect": "Allow",
	"Principal": {"AWS": "arn:aws:iam::` + desktest.Account + `:root"}, "Action": "sts:AssumeRole"}}}],
	"resources": [{"type": "AWS::DynamoDB::Table", "properties": {"TableName": "carts", "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": false}}}]}`

// works is a store, an account that was scanned, and a runner that fixes it.
type works struct {
	t      *testing.T
	double *awsdouble.Double
	desk   *desk.Desk
	setup  *fixjob.Setup
	runner *jobs.Runner
	id     string // of the finding
}

func at(t *testing.T, do func(*works)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		double, env, reach := desktest.Env(t, account)
		house := desktest.New(t)
		house.Time = time.Now()
		w := &works{t: t, double: double, desk: house.Desk(access.Admin("mina"))}
		w.setup = &fixjob.Setup{
			Env: env, Dir: filepath.Join(t.TempDir(), "runs"), Store: house.Path,
			Reach: func(context.Context, string, string) (app.FixOptions, error) { return reach, nil },
		}
		scans := &scanjob.Setup{Env: env, Options: func(context.Context) (app.ScanOptions, error) {
			return app.ScanOptions{
				Targets: []awslive.Target{{}}, Regions: []string{desktest.Region}, Rate: reach.Rate, NoHub: true, Selection: control.Selection{Patterns: []string{"DynamoDB.2"}},
			}, nil
		}}
		w.runner = jobs.New(jobs.Options{
			Desk: w.desk, Kinds: append(w.setup.Kinds(), scans.Kind()), Now: time.Now, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
			Subject: func(context.Context, string) (access.Subject, error) { return access.Admin("mina"), nil },
		})
		ctx, stop := context.WithCancel(t.Context())
		over := make(chan struct{})
		go func() {
			defer close(over)
			w.runner.Run(ctx)
		}()
		defer func() {
			stop()
			<-over
			w.desk.Close()
		}()
		j, err := scanjob.Start(t.Context(), w.desk, w.runner, scanjob.ScanRequest{})
		w.settled(j, err, jobs.Done, nil)
		w.id = w.finding("FAILED").id
		do(w)
	})
}

// settled waits for a job that has to end so, and reads its result.
func (w *works) settled(j jobs.Job, err error, state jobs.State, result any) jobs.Job {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	for range 60 {
		synctest.Wait()
		time.Sleep(time.Minute)
		if j, err = jobs.Show(w.t.Context(), w.desk, w.runner, j.ID); err != nil {
			w.t.Fatal(err)
		}
		if j.State.Ended() || j.State == jobs.Attention {
			break
		}
	}
	if j.State != state {
		w.t.Fatalf("the job is %s, want %s: %+v", j.State, state, j)
	}
	if result != nil {
		if err := json.Unmarshal(j.Result, result); err != nil {
			w.t.Fatal(err)
		}
	}
	return j
}

type known struct{ id, status string }

// finding is the one of the account, which has to have this status.
func (w *works) finding(status string) known {
	w.t.Helper()
	page, err := findings.List(w.t.Context(), w.desk, findings.Query{Choice: findings.Choice{All: true}, Order: findings.BySeverity, Limit: 9, Number: 1})
	if err != nil || len(page.Records) != 1 || page.Records[0].Status.String() != status {
		w.t.Fatalf("want one that is %s: %+v, %v", status, page, err)
	}
	return known{page.Records[0].ID, status}
}

// approved is a plan that somebody approved.
func (w *works) approved() string {
	w.t.Helper()
	var planned fixjob.Planned
	j, err := fixjob.StartPlan(w.t.Context(), w.desk, w.runner, fixjob.PlanRequest{Findings: []string{w.id}})
	w.settled(j, err, jobs.Done, &planned)
	if len(planned.Plans) != 1 || planned.Left != 0 {
		w.t.Fatalf("%+v", planned)
	}
	p, err := fixes.ShowProposal(w.t.Context(), w.desk, planned.Plans[0])
	if err == nil {
		_, err = fixes.ApproveProposal(w.t.Context(), w.desk, p.ID, p.Digest, "")
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return planned.Plans[0]
}

func (w *works) set(name, value string) {
	w.t.Helper()
	if _, err := rulings.Set(w.t.Context(), w.desk, name, value, "x"); err != nil {
		w.t.Fatal(err)
	}
}

// TestFix: a finding is planned for, the plan applied, looked at and taken back, by
// jobs alone; what was applied is not applied again.
func TestFix(t *testing.T) {
	at(t, func(w *works) {
		w.set("fixRole", "fixes")
		id := w.approved()
		var ran fixjob.Ran
		j, err := fixjob.StartApply(w.t.Context(), w.desk, w.runner, id, nil)
		j = w.settled(j, err, jobs.Done, &ran)
		if !ran.Mended || ran.Run == "" || j.Progress.Done != 1 || j.Progress.Total != 1 {
			w.t.Errorf("applied: %+v, %+v", ran, j)
		}
		w.finding("PASSED")
		j, err = fixjob.StartApply(w.t.Context(), w.desk, w.runner, id, nil)
		if j = w.settled(j, err, jobs.Failed, nil); j.Fault == nil || j.Fault.Key != "keep.proposal.take.applied" {
			w.t.Errorf("applied twice: %+v", j)
		}
		j, err = fixjob.StartRun(w.t.Context(), w.desk, w.runner, w.setup, fixjob.Verify, ran.Run, nil)
		if w.settled(j, err, jobs.Done, &ran); !ran.Mended {
			w.t.Errorf("looked at: %+v", ran)
		}
		j, err = fixjob.StartRun(w.t.Context(), w.desk, w.runner, w.setup, fixjob.Undo, ran.Run, nil)
		w.settled(j, err, jobs.Done, &ran)
		w.finding("FAILED")
	})
}

// TestWithoutRole: the credentials of whoever serves only look.
func TestWithoutRole(t *testing.T) {
	at(t, func(w *works) {
		id := w.approved()
		j, err := fixjob.StartApply(w.t.Context(), w.desk, w.runner, id, nil)
		if j = w.settled(j, err, jobs.Failed, nil); j.Fault == nil || j.Fault.Key != "fixrole.none" {
			w.t.Errorf("%+v", j)
		}
		w.finding("FAILED")
		w.set("fixRole", "fixes") // and then the same plan is applied
		var ran fixjob.Ran
		j, err = fixjob.StartApply(w.t.Context(), w.desk, w.runner, id, nil)
		if w.settled(j, err, jobs.Done, &ran); !ran.Mended {
			w.t.Errorf("%+v", ran)
		}
	})
}

// TestRequired: where owners have to agree, a fix without their word is refused, and
// goes with a reason.
func TestRequired(t *testing.T) {
	at(t, func(w *works) {
		w.set("fixRole", "fixes")
		w.set("owner-gate", "require")
		id := w.approved()
		j, err := fixjob.StartApply(w.t.Context(), w.desk, w.runner, id, nil)
		if j = w.settled(j, err, jobs.Failed, nil); j.Fault == nil || j.Fault.Key != "fixjob.closed" {
			w.t.Errorf("%+v", j)
		}
		reason := "incident 42"
		j, err = fixjob.StartApply(w.t.Context(), w.desk, w.runner, id, &reason)
		w.settled(j, err, jobs.Done, nil)
	})
}

// TestPermissions: nobody starts a job without the permission for what it does.
func TestPermissions(t *testing.T) {
	h := desktest.New(t)
	ids := h.Scan(h.Desk(access.Admin("kei")), control.Failed)
	setup := &fixjob.Setup{Dir: filepath.Join(t.TempDir(), "runs"), Store: h.Path}
	runner := jobs.New(jobs.Options{Desk: h.Desk(access.Admin("kei")), Kinds: setup.Kinds(), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	ctx := t.Context()
	h.Permissions(map[string]desktest.Operation{
		"StartPlan": desktest.Op([]access.Permission{access.FixesPlan}, func(d *desk.Desk) error {
			_, err := fixjob.StartPlan(ctx, d, runner, fixjob.PlanRequest{Findings: ids})
			return err
		}),
		"StartApply": desktest.Op([]access.Permission{access.FixesApply, access.FixesRead}, func(d *desk.Desk) error {
			_, err := fixjob.StartApply(ctx, d, runner, "x", nil)
			return err
		}),
		"StartRun": desktest.Op([]access.Permission{access.FixesApply, access.FixesRead}, func(d *desk.Desk) error {
			_, err := fixjob.StartRun(ctx, d, runner, setup, fixjob.Undo, "x", nil)
			return err
		}),
	})
}
