package execute_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/execute/logs"
	"github.com/kumoban/kumoban/internal/locale"
)

const keyARN = "arn:aws:kms:ap-northeast-1:111122223333:key/"

// TestCheckLogKey says yes, no with a reason, or that it could not look, and the
// double, which judges by itself, refuses where it says no.
func TestCheckLogKey(t *testing.T) {
	statement := func(effect, principal, condition string) string {
		return `{"Effect": "` + effect + `", "Principal": ` + principal + `, "Action": "kms:*", "Resource": "*"` + condition + `}`
	}
	const service = `{"Service": "logs.ap-northeast-1.amazonaws.com"}`
	ours := statement("Allow", service, `, "Condition": {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": "`+logGroup+`/apigw/orders"}}`)
	for name, c := range map[string]struct {
		key, policy, more string // of the key in the fixture
		deny              string // an operation
		err, doubt        string // message keys
	}{
		"yes":             {policy: ours},
		"a later one":     {policy: statement("Allow", service, "")},
		"the account":     {policy: statement("Allow", `{"AWS": "arn:aws:iam::111122223333:root"}`, ""), err: "run.key.missing"},
		"another group":   {policy: strings.Replace(ours, "/orders", "/others", 1), err: "run.key.missing"},
		"denied":          {policy: ours + "," + statement("Deny", `"*"`, ""), err: "run.key.denied"},
		"conditions":      {policy: statement("Allow", service, `, "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}`), doubt: "run.key.unsure"},
		"disabled":        {policy: ours, more: `, "keyState": "Disabled"`, err: "run.key.state"},
		"asymmetric":      {policy: ours, more: `, "keySpec": "RSA_2048"`, err: "run.key.kind"},
		"gone":            {policy: ours, key: keyARN + "none", err: "run.key.gone"},
		"not described":   {policy: ours, deny: "DescribeKey", doubt: "run.key.unread"},
		"policy not read": {policy: ours, deny: "GetKeyPolicy", doubt: "run.key.unread"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				double := newDouble(t, awsdouble.Options{}, `{"logGroups": [{"logGroupName": "/apigw/orders"}],
				  "keys": [{"keyId": "k9", "policy": {"Version": "2012-10-17", "Statement": [`+c.policy+`]}`+c.more+`}]}`)
				if c.deny != "" {
					double.Fault(awsdouble.Fault{Operation: c.deny, Kind: awsdouble.Deny})
				}
				key := keyARN + "k9"
				if c.key != "" {
					key = c.key
				}
				doubt, err := logs.CheckKey(t.Context(), clients(t, double).Service(), key, "/apigw/orders")
				var ours *locale.Error
				if c.err == "" && err != nil || c.err != "" && (!errors.As(err, &ours) || ours.Key != c.err) {
					t.Errorf("%v, want %s", err, c.err)
				}
				if c.doubt == "" && doubt != nil || c.doubt != "" && (doubt == nil || doubt.Key != c.doubt) {
					t.Errorf("doubt %v, want %s", doubt, c.doubt)
				}
				if c.err == "run.key.missing" && !strings.Contains(err.Error(), `"ArnEquals":{"kms:EncryptionContext:aws:logs:arn":"`+logGroup+`/apigw/orders"}`) {
					t.Errorf("it does not say what is missing: %v", err)
				}
				for _, call := range double.Calls() {
					if call.Operation != "DescribeKey" && call.Operation != "GetKeyPolicy" {
						t.Errorf("it calls %s", call.Operation)
					}
				}
				answer := raw(t, double, "logs", "Logs_20140328.AssociateKmsKey", `{"logGroupName": "/apigw/orders", "kmsKeyId": "`+key+`"}`)
				if refused := strings.Contains(answer, "Exception"); refused != (c.err != "") && c.doubt == "" {
					t.Errorf("the double says %s", answer)
				}
			})
		})
	}
}

// TestKeyUnanswered is no doubt but a fault: asked again, there is an answer.
func TestKeyUnanswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := newDouble(t, awsdouble.Options{}, fixture)
		double.Fault(awsdouble.Fault{Operation: "DescribeKey", Kind: awsdouble.ServerError})
		_, err := logs.CheckKey(t.Context(), clients(t, double).Service(), keyARN+"k1", "/apigw/orders")
		var f *awsclient.Fault
		if !errors.As(err, &f) || f.Class == awsclient.Refused {
			t.Errorf("got %v", err)
		}
	})
}
