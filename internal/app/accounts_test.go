package app_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

const role = "SecurityAudit"

func accountNumber(i int) string { return fmt.Sprintf("2000000000%02d", i) }

// organisation makes accounts with the role, each with the same fleet in each
// Region.
func organisation(t *testing.T, d *awsdouble.Double, accounts int, regions []string) []awslive.Target {
	t.Helper()
	var targets []awslive.Target
	for i := range accounts {
		id := accountNumber(i)
		for j, r := range regions {
			f := fleet(30, 3, 10, 3)
			if j == 0 {
				f["roles"] = []object{{"RoleName": role, "AssumeRolePolicyDocument": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + account + `:root"},"Action":"sts:AssumeRole"}]}`}}
			}
			load(t, d, id, r, f)
		}
		targets = append(targets, awslive.Target{Account: id, Name: fmt.Sprintf("team-%d", i), RoleName: role})
	}
	return targets
}

// TestAccounts scans 40 accounts in two Regions in one run. One refuses
// everything, one cannot be entered and one is slow: each costs only itself.
func TestAccounts(t *testing.T) {
	regions := []string{"ap-northeast-1", "us-east-1"}
	alone := func(t *testing.T) (took time.Duration, findings int) {
		double := awsdouble.New(awsdouble.Options{Quotas: true, Latency: 60 * time.Millisecond})
		s := scan(t, t.Context(), double, app.ScanOptions{Targets: organisation(t, double, 1, regions), Regions: regions, Rate: rate(t, "")})
		if s.err != nil || s.result.Gaps != 0 {
			t.Fatalf("error %v, %d gaps", s.err, s.result.Gaps)
		}
		return s.took, len(s.statuses)
	}
	var one time.Duration
	var findings int
	synctest.Test(t, func(t *testing.T) { one, findings = alone(t) })

	const denied, locked, slow = 7, 11, 23
	synctest.Test(t, func(t *testing.T) {
		double := awsdouble.New(awsdouble.Options{Quotas: true, Latency: 60 * time.Millisecond})
		targets := organisation(t, double, 40, regions)
		double.Fault(awsdouble.Fault{Account: accountNumber(denied), Service: "apigateway", Kind: awsdouble.Deny})
		double.Fault(awsdouble.Fault{Account: accountNumber(denied), Service: "apigatewayv2", Kind: awsdouble.Deny})
		targets[locked].RoleName = "NoSuchRole"
		double.Fault(awsdouble.Fault{Account: accountNumber(slow), Service: "apigateway", Kind: awsdouble.Delay(20 * time.Second)})
		start := time.Now()
		s := scan(t, t.Context(), double, app.ScanOptions{Targets: targets, Regions: regions, Rate: rate(t, "")})
		if s.err != nil {
			t.Fatal(s.err)
		}
		last, calls := map[string]time.Duration{}, map[string]int{}
		for _, c := range double.Calls() {
			if c.Throttled {
				t.Errorf("%s %s was throttled", c.Account, c.Operation)
			}
			if strings.HasPrefix(c.Service, "apigateway") {
				last[c.Account] = c.Time.Sub(start)
				calls[c.Account]++
			}
		}
		byAccount, passed := map[string]int{}, map[string]int{}
		for key, status := range s.statuses {
			id := strings.Fields(key)[1]
			byAccount[id]++
			if status == "PASSED" {
				passed[id]++
			}
		}
		longest := time.Duration(0)
		for i := range targets {
			id := accountNumber(i)
			switch i {
			case denied, locked:
				if byAccount[id] != 9*len(regions) || passed[id] != 0 {
					t.Errorf("refused account %d: %d findings, %d passed, want %d unknown ones", i, byAccount[id], passed[id], 9*len(regions))
				}
			case slow:
				if byAccount[id] != findings {
					t.Errorf("slow account: %d findings, want %d", byAccount[id], findings)
				}
			default:
				longest = max(longest, last[id])
				if byAccount[id] != findings {
					t.Errorf("account %d: %d findings, want %d", i, byAccount[id], findings)
				}
			}
		}
		t.Logf("alone: %v with %d findings; among 40: the last call of the 37 others after %v, of the slow one after %v",
			one, findings, longest, last[accountNumber(slow)])
		if longest > one {
			t.Errorf("an account ended after %v, alone it takes %v", longest, one)
		}
		if last[accountNumber(slow)] <= longest {
			t.Error("the slow account was not slow: the test shows nothing")
		}
		// Three listings in each Region of the denied account, one gap in each of the locked one.
		if want := 3*len(regions) + len(regions); s.result.Gaps != want {
			t.Errorf("%d gaps, want %d: %v", s.result.Gaps, want, s.gaps)
		}
	})
}

// TestSameAccountTwice looks once at an account that two targets lead to.
func TestSameAccountTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := awsdouble.New(awsdouble.Options{})
		targets := organisation(t, double, 1, []string{region})
		s := scan(t, t.Context(), double, app.ScanOptions{Targets: append(targets, targets[0]), Regions: []string{region}, Rate: rate(t, "")})
		if n := operations(double, accountNumber(0))["apigateway GetRestApis"]; s.err != nil || n != 1 {
			t.Errorf("error %v, %d listings, want one", s.err, n)
		}
	})
}
