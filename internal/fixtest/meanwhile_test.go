package fixtest

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	v1 "github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	v2 "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
)

// other is somebody else who works on the account.
func (s *stand) other() aws.Config {
	key, secret := s.double.CredentialsFor(account)
	return awsclient.Static(region, "", credentials.NewStaticCredentialsProvider(key, secret, ""), &http.Client{Transport: s.double.Transport()})
}

func (s *stand) deleteREST() {
	_, err := v1.NewFromConfig(s.other()).DeleteStage(s.t.Context(), &v1.DeleteStageInput{RestApiId: aws.String("rest000001"), StageName: aws.String("prod")})
	if err != nil {
		s.t.Error(err)
	}
}

func (s *stand) deleteSocket() {
	_, err := v2.NewFromConfig(s.other()).DeleteStage(s.t.Context(), &v2.DeleteStageInput{ApiId: aws.String("sock000001"), StageName: aws.String("prod")})
	if err != nil {
		s.t.Error(err)
	}
}

// patchREST is a change by somebody else.
func (s *stand) patchREST(path, value string) {
	_, err := v1.NewFromConfig(s.other()).UpdateStage(s.t.Context(), &v1.UpdateStageInput{RestApiId: aws.String("rest000001"), StageName: aws.String("prod"),
		PatchOperations: []types.PatchOperation{{Op: types.OpReplace, Path: &path, Value: &value}}})
	if err != nil {
		s.t.Error(err)
	}
}

// meanwhile does something while the double holds a call.
func (s *stand) meanwhile(f awsdouble.Fault, do func()) {
	f.Kind, f.Times = awsdouble.Hold, 1
	held := s.double.Fault(f)
	go func() {
		select {
		case <-held.Held():
			do()
		case <-s.t.Context().Done():
		}
		held.Release()
	}()
}

// TestMeanwhile has somebody else delete and change what a plan is about.
func TestMeanwhile(t *testing.T) {
	const rest, socket = here + "/RestAPIs/rest000001/stages", here + "/APIs/sock000001/stages"
	for name, c := range map[string]struct {
		do       func(*stand)
		sentence string
	}{
		"REST stage deleted":        {(*stand).deleteREST, "is not there any more"},
		"WebSocket stage deleted":   {(*stand).deleteSocket, "is not there any more"},
		"caching changed":           {func(s *stand) { s.patchREST("/*/*/caching/enabled", "false") }, ""},
		"another certificate there": {func(s *stand) { s.certify() }, "has changed since"},
	} {
		inBubble(t, "before apply: "+name, awsdouble.Options{}, func(t *testing.T, s *stand, _ state) {
			c.do(s)
			before := s.state()
			if c.sentence == "" { // not what the plan is about: it stays as somebody made it
				s.apply(0)
				back(t, s, before)
				return
			}
			says(t, s.apply(1), 1, c.sentence)
			same(t, "apply", before, s.state())
			back(t, s, before)
		})
	}
	for name, c := range map[string]struct {
		during   awsdouble.Fault
		do       func(*stand)
		step     int
		sentence string
		gone     string
	}{
		"REST stage deleted after step 1":     {awsdouble.Fault{Operation: "GenerateClientCertificate"}, (*stand).deleteREST, 2, "is not there any more", rest},
		"REST stage deleted in step 2":        {awsdouble.Fault{Operation: "UpdateStage"}, (*stand).deleteREST, 2, "", rest},
		"WebSocket stage deleted in step 7":   {awsdouble.Fault{Operation: "CreateLogGroup"}, (*stand).deleteSocket, 8, "is not there any more", socket},
		"WebSocket stage deleted in step 8":   {awsdouble.Fault{Operation: "UpdateStage", Skip: 2}, (*stand).deleteSocket, 8, "", socket},
		"encryption changed back and forth":   {awsdouble.Fault{Operation: "GenerateClientCertificate"}, func(s *stand) { s.patchREST("/*/*/caching/dataEncrypted", "true") }, 3, "has changed since", rest + "/prod/methodSettings/*/*"},
		"account's role set by somebody else": {awsdouble.Fault{Operation: "CreateRole"}, func(s *stand) { s.setRole() }, 5, "has changed since", "/roles/theirs"},
	} {
		inBubble(t, "between steps: "+name, awsdouble.Options{}, func(t *testing.T, s *stand, before state) {
			s.meanwhile(c.during, func() { c.do(s) })
			says(t, s.apply(1), c.step, c.sentence)
			back(t, s, before, c.gone)
		})
	}
	for name, c := range map[string]struct {
		do   func(*stand)
		gone string
	}{
		"REST stage deleted":      {(*stand).deleteREST, rest},
		"WebSocket stage deleted": {(*stand).deleteSocket, socket},
	} {
		inBubble(t, "before undo: "+name, awsdouble.Options{}, func(t *testing.T, s *stand, before state) {
			s.apply(0)
			c.do(s)
			back(t, s, before, c.gone)
		})
	}
}

// TestLookedAgain has somebody else change what a step waits for: guards and
// values are looked at before every attempt, not only before the first.
func TestLookedAgain(t *testing.T) {
	inBubble(t, "another role while a new one is not accepted yet", awsdouble.Options{RoleDelay: 7 * time.Minute}, func(t *testing.T, s *stand, before state) {
		// Preflight, the step, and the first attempt look first.
		s.meanwhile(awsdouble.Fault{Operation: "GetAccount", Skip: 3}, s.setRole)
		says(t, s.apply(1), 5, "has changed since")
		if role := s.state()[stays[1]]; role != "arn:aws:iam::"+account+":role/theirs" {
			t.Errorf("the account's role is %v", role)
		}
		back(t, s, before, "/roles/theirs")
	})
	inBubble(t, "an override removed while a flush is waited for", awsdouble.Options{}, func(t *testing.T, s *stand, before state) {
		_, err := v1.NewFromConfig(s.other()).FlushStageCache(s.t.Context(), &v1.FlushStageCacheInput{RestApiId: aws.String("rest000001"), StageName: aws.String("prod")})
		if err != nil {
			t.Fatal(err)
		}
		const override = here + "/RestAPIs/rest000001/stages/prod/methodSettings/~1orders~1{id}/GET"
		go func() {
			time.Sleep(5 * time.Second) // while it is being flushed
			s.removeOverride()
		}()
		says(t, s.apply(1), 3, "has changed since")
		if s.state().under(override) > 0 {
			t.Error("the override that somebody removed is there again")
		}
		back(t, s, before, override)
	})
}

// TestRefusedThenDrifted has every attempt of a step refused until somebody
// changes what it is about: nothing of it was done, and nothing is to be undone.
func TestRefusedThenDrifted(t *testing.T) {
	inBubble(t, "a conflict, then an override removed", awsdouble.Options{}, func(t *testing.T, s *stand, before state) {
		conflict := s.double.Fault(awsdouble.Fault{Operation: "UpdateStage", Path: "rest000001", Skip: 1, Kind: awsdouble.Conflict})
		go func() {
			time.Sleep(20 * time.Second) // while it is tried again
			conflict.Remove()
			s.removeOverride()
		}()
		e := s.apply(1)
		says(t, e, 3, "has changed since")
		if !strings.Contains(e.out, "step 3 refused, nothing changed") {
			t.Errorf("%s", e)
		}
		if list := s.must(0, "fix", "list"); !strings.Contains(list.out, "not finished") {
			t.Errorf("%s", list)
		}
		back(t, s, before, here+"/RestAPIs/rest000001/stages/prod/methodSettings/~1orders~1{id}/GET")
	})
}

// TestRoleIsBack plans the replacement of a role that is gone, and has somebody
// make it again: it is not replaced.
func TestRoleIsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, awsdouble.Options{}, `{"account": {"cloudwatchRoleArn": "arn:aws:iam::111122223333:role/old"},
			"restApis": [{"id": "rest000001", "name": "orders", "stages": [{"stageName": "prod"}]}]}`)
		s.must(0, "fix", "plan", "--control", "APIGateway.1", "--input", "accountRole=replace", "--out", s.path("plan.json"))
		const back = `{"roles": [{"RoleName": "old", "AssumeRolePolicyDocument": {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}}]}`
		if err := s.double.Load(account, region, []byte(back)); err != nil {
			t.Fatal(err)
		}
		before := s.state()
		if e := s.apply(1); !strings.Contains(e.err, "is there again") || strings.Contains(e.err, "fix resume") {
			t.Errorf("%s", e)
		}
		same(t, "apply", before, s.state())
	})
}

func (s *stand) removeOverride() {
	_, err := v1.NewFromConfig(s.other()).UpdateStage(s.t.Context(), &v1.UpdateStageInput{RestApiId: aws.String("rest000001"), StageName: aws.String("prod"),
		PatchOperations: []types.PatchOperation{{Op: types.OpRemove, Path: aws.String("/~1orders~1{id}/GET")}}})
	if err != nil {
		s.t.Error(err)
	}
}

// certify gives the REST stage another certificate than the plan would.
func (s *stand) certify() {
	c := v1.NewFromConfig(s.other())
	made, err := c.GenerateClientCertificate(s.t.Context(), &v1.GenerateClientCertificateInput{})
	if err != nil {
		s.t.Error(err)
		return
	}
	s.patchREST("/clientCertificateId", *made.ClientCertificateId)
}

// setRole gives the account another role for CloudWatch Logs.
func (s *stand) setRole() {
	const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	const theirs = `{"roles": [{"RoleName": "theirs", "AssumeRolePolicyDocument": ` + trust + `, "AttachedPolicies": [{"PolicyArn": "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"}]}]}`
	if err := s.double.Load(account, region, []byte(theirs)); err != nil {
		s.t.Error(err)
	}
	path, value := "/cloudwatchRoleArn", "arn:aws:iam::"+account+":role/theirs"
	_, err := v1.NewFromConfig(s.other()).UpdateAccount(s.t.Context(), &v1.UpdateAccountInput{
		PatchOperations: []types.PatchOperation{{Op: types.OpReplace, Path: &path, Value: &value}}})
	if err != nil {
		s.t.Error(err)
	}
}
