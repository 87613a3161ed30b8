package iam

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/room"
)

const header = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active," +
	"access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service," +
	"access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service," +
	"cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated,additional_credentials_info\n"

const content = header +
	"<root_account>,arn:aws:iam::1:root,2020-01-01T00:00:00+00:00,not_supported,2026-01-01T00:00:00+00:00,not_supported,not_supported,true,true,2020-01-01T00:00:00+00:00,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A,\n" +
	"ann,arn:aws:iam::1:user/ann,2020-01-01T00:00:00+00:00,TRUE,no_information,2026-01-01T00:00:00+00:00,N/A,false,true,some day,2026-02-01T00:00:00+00:00,us-east-1,s3,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A,more\n"

// fake answers GenerateCredentialReport with states, one after the other.
type fake struct {
	states  []string
	content string
	calls   []string
	waits   int
}

func (f *fake) ways() room.Ways {
	return room.Ways{
		Call: func(operation string, _ room.Tree) (room.Tree, error) {
			f.calls = append(f.calls, operation)
			if operation == "GetCredentialReport" {
				return room.Tree{"Content": []byte(f.content), "GeneratedTime": fact.Time(9)}, nil
			}
			state := f.states[0]
			if len(f.states) > 1 {
				f.states = f.states[1:]
			}
			return room.Tree{"State": state}, nil
		},
		Wait: func() error { f.waits++; return nil },
		Time: func(text string) (fact.Time, bool) {
			return map[string]fact.Time{"2026-01-01T00:00:00+00:00": 1, "2026-02-01T00:00:00+00:00": 2, "2020-01-01T00:00:00+00:00": 3}[text], strings.HasPrefix(text, "20")
		},
	}
}

func TestReport(t *testing.T) {
	f := &fake{states: []string{"STARTED", "INPROGRESS", "COMPLETE"}, content: content}
	got, err := report(f.ways(), func(user string) bool { return user != root })
	want := []room.Tree{{"Arn": "arn:aws:iam::1:user/ann", credentials: room.Tree{
		"GeneratedTime": fact.Time(9), "PasswordEnabled": true, "PasswordLastChanged": fact.Time(1), "MFAActive": false,
		"AccessKey1Active": true, "AccessKey1LastRotated": "some day", "AccessKey1LastUsed": fact.Time(2), "AccessKey2Active": false, "AdditionalCredentials": "more",
	}}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if f.waits != 2 || len(f.calls) != 4 {
		t.Errorf("%d waits, calls %v", f.waits, f.calls)
	}
	f = &fake{states: []string{"COMPLETE"}, content: content}
	if got, err := report(f.ways(), func(user string) bool { return user == root }); err != nil || len(got) != 1 || f.waits != 0 {
		t.Errorf("root: %v, %v", got, err)
	}
}

// TestReportOfOddNames reads names and paths with every character that IAM allows,
// quoted as CSV or not; a line that nobody can read costs its user alone.
func TestReportOfOddNames(t *testing.T) {
	const path = "/!\"#$%&'()*+,-.:;<=>?@[]^_`{|}~/x/"
	rest := ",2020-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,true,2026-01-01T00:00:00+00:00,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A,\n"
	quoted := `"` + strings.ReplaceAll("arn:aws:iam::1:user"+path+"b,c", `"`, `""`) + `"`
	f := &fake{states: []string{"COMPLETE"}, content: header + "a,arn:aws:iam::1:user" + path + "a" + rest + `"b,c",` + quoted + rest +
		"d,e+=,.@_-,arn:aws:iam::1:user" + path + "d,e+=,.@_-" + rest + "torn,arn:aws:iam::1:us"}
	got, err := report(f.ways(), func(string) bool { return true })
	if err != nil || len(got) != 3 {
		t.Fatalf("%v, %v", got, err)
	}
	for i, name := range []string{"a", "b,c", "d,e+=,.@_-"} {
		row, _ := got[i][credentials].(room.Tree)
		if got[i]["Arn"] != "arn:aws:iam::1:user"+path+name || row["AccessKey1Active"] != true || row["AccessKey1LastRotated"] != fact.Time(1) {
			t.Errorf("%s: %v", name, got[i])
		}
	}
}

// TestReportFails makes no report of what is none: a column that is gone would
// read as a key that is not active.
func TestReportFails(t *testing.T) {
	all := func(string) bool { return true }
	for name, f := range map[string]*fake{
		"empty":           {states: []string{"COMPLETE"}},
		"without columns": {states: []string{"COMPLETE"}, content: "user,arn\nann,arn:aws:iam::1:user/ann\n"},
		"never made":      {states: []string{"INPROGRESS"}},
	} {
		if got, err := report(f.ways(), all); err == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
	stopped := errors.New("stopped")
	ways := (&fake{states: []string{"STARTED"}}).ways()
	ways.Wait = func() error { return stopped }
	if _, err := report(ways, all); !errors.Is(err, stopped) {
		t.Errorf("%v", err)
	}
}

func TestKeyUses(t *testing.T) {
	ways := room.Ways{Call: func(operation string, in room.Tree) (room.Tree, error) {
		if operation == "ListAccessKeys" {
			return room.Tree{"AccessKeyMetadata": []any{room.Tree{"AccessKeyId": "A"}, room.Tree{"AccessKeyId": "B"}}}, nil
		}
		if in["AccessKeyId"] == "B" {
			return room.Tree{"AccessKeyLastUsed": room.Tree{"Region": "N/A", "ServiceName": "N/A"}}, nil
		}
		return room.Tree{"AccessKeyLastUsed": room.Tree{"LastUsedDate": fact.Time(5), "Region": "us-east-1", "ServiceName": "s3"}}, nil
	}}
	got, err := keyUses(room.Tree{"UserName": "ann"}, ways)
	want := []room.Tree{
		{"AccessKeyId": "A", "LastUsedDate": fact.Time(5), "Region": "us-east-1", "ServiceName": "s3"},
		{"AccessKeyId": "B", "Region": "N/A", "ServiceName": "N/A"},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}
