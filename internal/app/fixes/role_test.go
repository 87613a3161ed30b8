package fixes_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/app/fixes"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/policy"
)

// administrator is a role that may do anything, and another table without backups.
const administrator = `{"roles": [{"roleName": "administrator", "assumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": {"Effect": "Allow",
	"Principal": {"AWS": "arn:aws:iam::` + desktest.Account + `:root"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "kumo:1"}}}}}],
	"resources": [{"type": "AWS::DynamoDB::Table", "properties": {"TableName": "payroll", "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": false}}}]}`

// role gives the account an administrator, whom the store's settings name for fixes.
func (h *house) role(settings ...string) {
	h.t.Helper()
	if err := h.double.Load(desktest.Account, desktest.Region, []byte(administrator)); err != nil {
		h.t.Fatal(err)
	}
	for i := 0; i < len(settings); i += 2 {
		h.set(settings[i], settings[i+1])
	}
}

// in is a place where steps are carried out in the roles of the settings alone.
func (h *house) in(s access.Subject) *fixes.Place {
	at := h.place(s)
	at.InRoles = true
	return at
}

// changed is a plan after somebody changed it, with a digest that fits.
func changed(t *testing.T, made *plan.Plan, how func(*plan.Plan)) *plan.Plan {
	t.Helper()
	data, err := json.Marshal(made)
	if err != nil {
		t.Fatal(err)
	}
	other := &plan.Plan{}
	if err := json.Unmarshal(data, other); err != nil {
		t.Fatal(err)
	}
	how(other)
	if other.Digest, err = other.Sum(); err != nil {
		t.Fatal(err)
	}
	return other
}

// TestApprovedIsPermitted: a plan that was changed after it was approved is refused by
// its digest; and where nobody looked at that, AWS refuses what the approved plan does not
// name, although the role may do anything.
func TestApprovedIsPermitted(t *testing.T) {
	for name, how := range map[string]func(*plan.Plan){
		"another table": func(p *plan.Plan) {
			p.Steps[0].Thing.ARN = strings.Replace(p.Steps[0].Thing.ARN, "carts", "payroll", 1)
		},
		"another step": func(p *plan.Plan) {
			s := p.Steps[0]
			s.ID, s.Thing.ARN = "0", strings.Replace(s.Thing.ARN, "carts", "payroll", 1)
			p.Steps = slices.Insert(p.Steps, 0, s)
		},
		"another step of that name": func(p *plan.Plan) {
			s := p.Steps[0]
			s.Thing.ARN = strings.Replace(s.Thing.ARN, "carts", "payroll", 1)
			p.Steps = slices.Insert(p.Steps, 0, s)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t)
				h.role("fixRole", "administrator", "fixRoleExternalID", "kumo:1")
				at := h.in(access.Admin("kei"))
				made := h.plan()
				approval, err := fixes.Approve(t.Context(), at, made, made.Digest)
				if err != nil {
					t.Fatal(err)
				}
				other := changed(t, made, how)
				passed, err := fixes.Gate(t.Context(), at, other, nil)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := fixes.Apply(t.Context(), at, passed, approval, fixes.Doing{Say: quiet}); key(err) != "run.notApproved" {
					t.Errorf("by its digest: %v", err)
				}
				h.double.ClearCalls()
				_, err = fixes.Apply(t.Context(), at, passed, approval.Blindly(other), fixes.Doing{Say: quiet})
				var fault *awsclient.Fault
				if key(err) != "run.badPlan" && (!errors.As(err, &fault) || fault.Class != awsclient.Refused || !strings.Contains(fault.Message, "no session policy allows")) {
					t.Errorf("by AWS: %v", err)
				}
				for _, c := range h.double.Calls() {
					if strings.HasPrefix(c.Operation, "Update") && c.Status == 200 {
						t.Errorf("%s on %s was done", c.Action, c.Resource)
					}
				}
				// What was approved is done.
				if passed, err = fixes.Gate(t.Context(), at, made, nil); err != nil {
					t.Fatal(err)
				}
				result, err := fixes.Apply(t.Context(), at, passed, approval, fixes.Doing{Say: quiet})
				if err != nil || !result.Mended() {
					t.Errorf("what was approved: %v", err)
				}
			})
		})
	}
}

// TestChangedInMemory: a plan whose digest does not say what it is now is none that
// anybody approved.
func TestChangedInMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		at, made := h.place(access.Admin("kei")), h.plan()
		passed, err := fixes.Gate(t.Context(), at, made, nil)
		if err != nil {
			t.Fatal(err)
		}
		approval, err := fixes.Approve(t.Context(), at, made, made.Digest)
		if err != nil {
			t.Fatal(err)
		}
		made.Steps[0].Changes[0].Will = false
		if _, err := fixes.Apply(t.Context(), at, passed, approval, fixes.Doing{Say: quiet}); key(err) != "run.changedPlan" {
			t.Errorf("%v", err)
		}
	})
}

// TestInRoles: the settings say in whose name an account is fixed; where they name nobody,
// nothing is done, and the sentence says how a person does it.
func TestInRoles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.role("fixRole", "administrator")
		at, made := h.in(access.Admin("kei")), h.plan()
		passed, err := fixes.Gate(t.Context(), at, made, nil)
		if err != nil {
			t.Fatal(err)
		}
		approval, err := fixes.Approve(t.Context(), at, made, made.Digest)
		if err != nil {
			t.Fatal(err)
		}
		var fault *awsclient.Fault
		if _, err := fixes.Apply(t.Context(), at, passed, approval, fixes.Doing{Say: quiet}); !errors.As(err, &fault) || fault.Call != "sts:AssumeRole" {
			t.Errorf("without its external id: %v", err)
		}
		h.set("fixRoleExternalID."+desktest.Account, "kumo:1")
		if role, err := fixes.Role(t.Context(), at, desktest.Account); err != nil || role != (policy.Role{Name: "administrator", ExternalID: "kumo:1"}) {
			t.Errorf("%+v, %v", role, err)
		}
		result, err := fixes.Apply(t.Context(), at, passed, approval, fixes.Doing{Say: quiet})
		if err != nil || !result.Mended() {
			t.Fatalf("%v", err)
		}
		h.set("fixRole."+desktest.Account, "off")
		if role, err := fixes.Role(t.Context(), at, desktest.Account); err != nil || role.Name != "" {
			t.Errorf("%+v, %v", role, err)
		}
		undo, err := fixes.GateUndo(t.Context(), at, result.Run, nil)
		if err != nil {
			t.Fatal(err)
		}
		h.double.ClearCalls()
		for what, err := range map[string]error{
			"approve PLAN":       second(fixes.Approve(t.Context(), at, made, made.Digest)),
			"apply PLAN":         second(fixes.Apply(t.Context(), at, passed, approval, fixes.Doing{Say: quiet})),
			"undo " + result.Run: second(fixes.Undo(t.Context(), at, undo, fixes.Doing{Say: quiet})),
		} {
			command := "kumoban fix " + strings.Replace(what, "approve", "apply", 1)
			if key(err) != "fixrole.none" || !strings.Contains(err.Error(), command) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if n := len(h.double.Calls()); n > 0 {
			t.Errorf("%d calls to AWS", n)
		}
		h.set("fixRole."+desktest.Account, "administrator")
		if _, err := fixes.Undo(t.Context(), at, undo, fixes.Doing{Say: quiet}); err != nil {
			t.Errorf("undo: %v", err)
		}
	})
}

// TestTakenInRoles: a plan that others approved is handed out where the settings name a
// role, and only there, with what its steps may do.
func TestTakenInRoles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.role("fixRoleExternalID", "kumo:1")
		d, done, err := h.open(t.Context(), h.store(), true)
		if err != nil {
			t.Fatal(err)
		}
		defer done()
		at, made := h.in(access.Admin("kei")), h.plan()
		p, err := fixes.Propose(t.Context(), d, made)
		if err != nil {
			t.Fatal(err)
		}
		if p, err = fixes.ApproveProposal(t.Context(), d, p.ID, made.Digest, ""); err != nil {
			t.Fatal(err)
		}
		if _, _, err := fixes.Take(t.Context(), d, at, p.ID); key(err) != "fixrole.none" {
			t.Errorf("without a role: %v", err)
		}
		h.set("fixRole", "administrator")
		taken, approval, err := fixes.Take(t.Context(), d, at, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		passed, err := fixes.Gate(t.Context(), at, taken, nil)
		if err != nil {
			t.Fatal(err)
		}
		if result, err := fixes.Apply(t.Context(), at, passed, approval, fixes.Doing{Say: quiet}); err != nil || !result.Mended() {
			t.Errorf("%v", err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

// TestOwnRole: without settings the role of whoever works here is taken.
func TestOwnRole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.role()
		at := h.place(access.Admin("kei"))
		at.Reach.As = &app.Role{Role: policy.Role{Name: "arn:aws:iam::" + desktest.Account + ":role/administrator", ExternalID: "kumo:1"}}
		h.double.ClearCalls()
		result := h.apply(at, h.plan(), fixes.Doing{Say: quiet})
		roles := 0
		for _, c := range h.double.Calls() {
			if c.Operation == "AssumeRole" {
				roles++
			}
		}
		if !result.Mended() || roles != len(result.Steps) {
			t.Errorf("%d sessions for %d steps", roles, len(result.Steps))
		}
		undo, err := fixes.GateUndo(t.Context(), at, result.Run, nil)
		if err != nil {
			t.Fatal(err)
		}
		at.Reach.As.Name = "arn:aws:iam::444455556666:role/administrator"
		if _, err := fixes.Undo(t.Context(), at, undo, fixes.Doing{Say: quiet}); key(err) != "policy.otherAccount" {
			t.Errorf("a role of another account: %v", err)
		}
	})
}
