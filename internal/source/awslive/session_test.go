package awslive_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/controltest"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

// TestEnter becomes who the target says, where it says.
func TestEnter(t *testing.T) {
	double := awsdouble.New(awsdouble.Options{})
	load(t, double, controltest.Region, fixture)
	src := sourceOf(t, double, controltest.Region)
	for _, c := range []struct {
		name   string
		target awslive.Target
		region string
		want   resource.Scope
		caller string
		called string
	}{
		{"the default chain", awslive.Target{}, "", resource.Scope{Partition: "aws", Account: controltest.Account, Region: controltest.Region},
			"", "GetCallerIdentity"},
		{"another Region", awslive.Target{Name: "shop"}, "us-east-1", resource.Scope{Partition: "aws", Account: controltest.Account, Region: "us-east-1"},
			"", "GetCallerIdentity"},
		{"a role", awslive.Target{RoleARN: "arn:aws:iam::111122223333:role/audit"}, "",
			resource.Scope{Partition: "aws", Account: controltest.Account, Region: controltest.Region},
			"arn:aws:sts::111122223333:assumed-role/audit/kumoban", "AssumeRole GetCallerIdentity"},
		{"a role of an account list", awslive.Target{Account: controltest.Account, RoleName: "audit"}, "",
			resource.Scope{Partition: "aws", Account: controltest.Account, Region: controltest.Region},
			"arn:aws:sts::111122223333:assumed-role/audit/kumoban", "AssumeRole GetCallerIdentity"},
	} {
		t.Run(c.name, func(t *testing.T) {
			double.ClearCalls()
			s, me, err := src.Enter(t.Context(), c.target, c.region)
			if err != nil {
				t.Fatal(err)
			}
			if s.Scope != c.want || s.Config.Region != c.want.Region || s.Lane != src.Limits.Lane(c.want.Account, c.want.Region) {
				t.Errorf("entered %+v with the configuration's Region %s", s.Scope, s.Config.Region)
			}
			if me.ID != c.want.Account || me.Name != c.target.Name || len(me.Regions) != 1 || me.Regions[0] != c.want.Region ||
				me.Caller == "" || c.caller != "" && me.Caller != c.caller {
				t.Errorf("entered as %+v", me)
			}
			if got := called(double); got != c.called {
				t.Errorf("calls %s, want %s", got, c.called)
			}
		})
	}
}

// TestCannotEnter says why, and as whom as far as known.
func TestCannotEnter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := awsdouble.New(awsdouble.Options{})
		if _, _, err := sourceOf(t, double, "").Enter(t.Context(), awslive.Target{}, ""); err == nil {
			t.Error("entered no Region")
		}
		src := sourceOf(t, double, controltest.Region)
		if _, _, err := src.Enter(t.Context(), awslive.Target{}, "evil.example/#"); err == nil || called(double) != "" {
			t.Errorf("entered a host as Region: %v", err)
		}
		_, me, err := src.Enter(t.Context(), awslive.Target{Account: "444455556666", RoleName: "nobody"}, "")
		if class(t, err) != awsclient.Refused || me.ID != "444455556666" {
			t.Errorf("%v as %+v", err, me)
		}
		double.Fault(awsdouble.Fault{Operation: "GetCallerIdentity", Kind: awsdouble.ExpiredToken})
		if _, _, err = src.Enter(t.Context(), awslive.Target{}, ""); class(t, err) != awsclient.Credentials {
			t.Error(err)
		}
	})
}

// TestOneInterrupted ends with the run.
func TestOneInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := awsdouble.New(awsdouble.Options{})
		load(t, double, controltest.Region, fixture)
		s := enter(t, double, controltest.Region)
		hold := double.Fault(awsdouble.Fault{Operation: "GetStage", Kind: awsdouble.Hold})
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-hold.Held()
			cancel()
		}()
		if _, err := s.One(ctx, selected(t, control.Selection{}), refs()[0].ref); class(t, err) != awsclient.Interrupted {
			t.Error(err)
		}
	})
}
