package keypolicy

import (
	"testing"

	"github.com/kumoban/kumoban/internal/fact"
)

func TestTrusts(t *testing.T) {
	const gateway = `"Principal": {"Service": "apigateway.amazonaws.com"}`
	statement := func(effect, rest string) string { return `{"Effect": "` + effect + `", ` + rest + `}` }
	policy := func(statements string) string { return `{"Version": "2012-10-17", "Statement": ` + statements + `}` }
	plain := statement("Allow", gateway+`, "Action": "sts:AssumeRole"`)
	for name, c := range map[string]struct {
		policy string
		want   fact.Truth
		bad    bool
	}{
		"yes":                   {policy(plain), fact.True, false},
		"in a list":             {policy("[" + plain + "]"), fact.True, false},
		"among services":        {policy(statement("Allow", `"Principal": {"Service": ["lambda.amazonaws.com", "apigateway.amazonaws.com"]}, "Action": ["sts:TagSession", "sts:AssumeRole"]`)), fact.True, false},
		"any action":            {policy(statement("Allow", gateway+`, "Action": "STS:*"`)), fact.True, false},
		"everybody":             {policy(statement("Allow", `"Principal": "*", "Action": "sts:AssumeRole"`)), fact.True, false},
		"another service":       {policy(statement("Allow", `"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"`)), fact.False, false},
		"the account":           {policy(statement("Allow", `"Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"`)), fact.False, false},
		"another action":        {policy(statement("Allow", gateway+`, "Action": "sts:AssumeRoleWithWebIdentity"`)), fact.False, false},
		"a condition":           {policy(statement("Allow", gateway+`, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:SourceAccount": "1"}}`)), fact.Unknown, false},
		"denied":                {policy("[" + plain + "," + statement("Deny", `"Principal": "*", "Action": "*"`) + "]"), fact.False, false},
		"denied on a condition": {policy("[" + plain + "," + statement("Deny", `"Principal": "*", "Action": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}`) + "]"), fact.Unknown, false},
		"all but one":           {policy(statement("Allow", `"NotPrincipal": {"AWS": "x"}, "Action": "sts:AssumeRole"`)), fact.Unknown, false},
		"no statement":          {policy("[]"), fact.False, false},
		"no policy":             {"", fact.Unknown, true},
	} {
		got, err := Trusts(c.policy, "apigateway.amazonaws.com")
		if got != c.want || (err != nil) != c.bad {
			t.Errorf("%s: %v, %v; want %v", name, got, err, c.want)
		}
	}
}
