package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/app/fixes"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
)

// cartsPlan is a plan that has the table of carts backed up.
func cartsPlan(t *testing.T) *plan.Plan {
	t.Helper()
	_, env, reach := desktest.Env(t, `{"resources": [{"type": "AWS::DynamoDB::Table", "properties": {"TableName": "carts", "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": false}}}]}`)
	at := resource.Scope{Partition: "aws", Account: desktest.Account, Region: desktest.Region}
	made, err := app.MakePlan(t.Context(), env, app.PlanOptions{FixOptions: reach, Wishes: []app.Wish{{Control: "DynamoDB.2", Ref: resource.Ref{
		Scope: at, Type: "AWS::DynamoDB::Table", Name: "carts", ARN: "arn:aws:dynamodb:" + desktest.Region + ":" + desktest.Account + ":table/carts",
	}}}})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// TestPlans: a plan is read in words and in every medium, and approved by its digest.
func TestPlans(t *testing.T) {
	s := serve(t, access.Admin("mina"))
	s.signIn()
	made := cartsPlan(t)
	p, err := fixes.Propose(t.Context(), s.desk, made)
	if err != nil {
		t.Fatal(err)
	}
	if list := spelled(t, s.do(http.MethodGet, "/plans?state=proposed", nil, http.StatusOK)); !strings.Contains(list, `"digest":"`+made.Digest) || !strings.Contains(list, `"ruled":null`) || !strings.Contains(list, `"control":"DynamoDB.2"`) {
		t.Errorf("plans: %s", list)
	}
	one := s.do(http.MethodGet, "/plans/"+p.ID, nil, http.StatusOK, "Accept-Language", "ja")
	media, _ := one["media"].([]any)
	for i, want := range []string{"DynamoDB コンソールで", "aws dynamodb update-continuous-backups", "aws_dynamodb_table", "AWS::DynamoDB::Table"} {
		if i >= len(media) || !strings.Contains(spelled(t, media[i]), want) {
			t.Errorf("medium %d has no %s: %s", i, want, spelled(t, media))
		}
	}
	if wrong := s.do(http.MethodPost, "/plans/"+p.ID+"/approve", object{"digest": "another"}, http.StatusUnprocessableEntity); wrong["code"] != "run.notApproved" {
		t.Errorf("another digest: %v", wrong)
	}
	if done := spelled(t, s.do(http.MethodPost, "/plans/"+p.ID+"/approve", object{"digest": made.Digest, "reason": "read it"}, http.StatusOK)); !strings.Contains(done, `"state":"approved"`) || !strings.Contains(done, `"reason":"read it"`) {
		t.Errorf("approved: %.600s", done)
	}
	if late := s.do(http.MethodPost, "/plans/"+p.ID+"/reject", object{"digest": made.Digest}, http.StatusUnprocessableEntity); late["code"] != "keep.proposal.not.approved" {
		t.Errorf("rejected: %v", late)
	}
	s.do(http.MethodGet, "/plans/000000000000", nil, http.StatusNotFound)
}
