package keypolicy

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	group = "arn:aws:logs:ap-northeast-1:111122223333:log-group:/aws/vendedlogs/kumoban/a1/prod"
	key   = "arn:aws:kms:ap-northeast-1:111122223333:key/k1"
	logs  = `"Principal": {"Service": "logs.ap-northeast-1.amazonaws.com"}`
	use   = `"Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"], "Resource": "*"`
	root  = `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}`
)

func here() Use { return Use{Region: "ap-northeast-1", Partition: "aws", Key: key, LogGroup: group} }

// on is a condition on the log group.
func on(operator, value string) string {
	return `"Condition": {"` + operator + `": {"kms:EncryptionContext:aws:logs:arn": "` + value + `"}}`
}

func allow(parts ...string) string { return `{"Effect": "Allow", ` + strings.Join(parts, ", ") + `}` }
func deny(parts ...string) string  { return `{"Effect": "Deny", ` + strings.Join(parts, ", ") + `}` }

// TestJudge reads policies by IAM's rules.
func TestJudge(t *testing.T) {
	const yes, no, denied, unsure = "yes", "no", "denied", "unsure"
	ours := allow(logs, use)
	for name, c := range map[string]struct {
		want       string
		statements []string
	}{
		"no condition":            {yes, []string{root, ours}},
		"the account alone":       {no, []string{root}},
		"nothing":                 {no, nil},
		"this log group":          {yes, []string{allow(logs, use, on("ArnEquals", group))}},
		"log groups like it":      {yes, []string{allow(logs, use, on("ArnLike", "arn:aws:logs:*:111122223333:log-group:/aws/vendedlogs/*"))}},
		"equals with wildcards":   {yes, []string{allow(logs, use, on("ArnEquals", "arn:aws:logs:ap-northeast-1:111122223333:*"))}},
		"another log group":       {no, []string{allow(logs, use, on("ArnEquals", group+"2"))}},
		"with :* behind it":       {no, []string{allow(logs, use, on("ArnEquals", group+":*"))}},
		"a * across parts":        {no, []string{allow(logs, use, on("ArnLike", "arn:aws:logs:*:log-group:*"))}},
		"string equals":           {yes, []string{allow(logs, use, on("StringEquals", group))}},
		"string with wildcard":    {no, []string{allow(logs, use, on("StringEquals", "arn:aws:logs:*"))}},
		"string like":             {yes, []string{allow(logs, use, on("StringLike", "arn:aws:logs:*"))}},
		"for any value":           {yes, []string{allow(logs, use, on("ForAnyValue:StringLike", "arn:*"))}},
		"if exists":               {yes, []string{allow(logs, use, on("ArnLikeIfExists", "arn:aws:logs:*:*:*"))}},
		"not this log group":      {no, []string{allow(logs, use, on("ArnNotEquals", group))}},
		"not another log group":   {yes, []string{allow(logs, use, on("ArnNotLike", group+"2"))}},
		"context must be there":   {yes, []string{allow(logs, use, on("Null", "false"))}},
		"context must be missing": {no, []string{allow(logs, use, on("Null", "true"))}},
		"several values":          {yes, []string{allow(logs, use, `"Condition": {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": ["`+group+`2", "`+group+`"]}}`)}},
		"two conditions, one no":  {no, []string{allow(logs, use, `"Condition": {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": "`+group+`"}, "StringEquals": {"kms:EncryptionContextKeys": "other"}}`)}},
		"a key nobody knows":      {unsure, []string{allow(logs, use, `"Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}`)}},
		"an operator of tomorrow": {unsure, []string{allow(logs, use, on("ArnRhymes", group))}},
		"a policy variable":       {unsure, []string{allow(logs, use, on("StringLike", "${aws:PrincipalArn}"))}},
		"unknown and no":          {no, []string{allow(logs, use, `"Condition": {"StringEquals": {"aws:SourceAccount": "1", "kms:EncryptionContext:aws:logs:arn": "x"}}`)}},
		"unsure, and sure":        {yes, []string{allow(logs, use, `"Condition": {"Bool": {"aws:X": "true"}}`), ours}},
		"all of kms":              {yes, []string{allow(logs, `"Action": "kms:*", "Resource": "*"`)}},
		"everything":              {yes, []string{allow(logs, `"Action": "*", "Resource": "*"`)}},
		"lower case":              {yes, []string{allow(logs, `"Action": ["KMS:encrypt", "kms:decrypt*", "kms:reencrypt*", "kms:generatedatakey", "kms:describekey"], "Resource": "*"`)}},
		"one to encrypt with":     {yes, []string{allow(logs, `"Action": "kms:?ncrypt", "Resource": "*"`), allow(logs, `"NotAction": "kms:Encrypt", "Resource": "*"`)}},
		"not administration":      {yes, []string{allow(logs, `"NotAction": ["kms:Put*", "kms:Schedule*"], "Resource": "*"`)}},
		"not encrypting":          {no, []string{allow(logs, `"NotAction": "kms:Enc*", "Resource": "*"`)}},
		"this key":                {yes, []string{allow(logs, `"Action": "kms:*", "Resource": "`+key+`"`)}},
		"another key":             {no, []string{allow(logs, `"Action": "kms:*", "Resource": "`+key+`2"`)}},
		"not another key":         {yes, []string{allow(logs, `"Action": "kms:*", "NotResource": "`+key+`2"`)}},
		"another Region":          {no, []string{allow(`"Principal": {"Service": "logs.us-east-1.amazonaws.com"}`, use)}},
		"no Region":               {no, []string{allow(`"Principal": {"Service": "logs.amazonaws.com"}`, use)}},
		"one of several":          {yes, []string{allow(`"Principal": {"Service": ["delivery.logs.amazonaws.com", "logs.ap-northeast-1.amazonaws.com"]}`, use)}},
		"everybody":               {yes, []string{allow(`"Principal": "*"`, use)}},
		"everybody of AWS":        {yes, []string{allow(`"Principal": {"AWS": "*"}`, use)}},
		"all but others":          {yes, []string{allow(`"NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}`, use)}},
		"all but logs":            {no, []string{allow(`"NotPrincipal": {"Service": "logs.ap-northeast-1.amazonaws.com"}`, use)}},
		"denied":                  {denied, []string{ours, deny(`"Principal": "*"`, `"Action": "kms:Decrypt", "Resource": "*"`)}},
		"denied to others":        {yes, []string{ours, deny(`"Principal": {"AWS": "arn:aws:iam::111122223333:role/x"}`, `"Action": "kms:*", "Resource": "*"`)}},
		"denied elsewhere":        {yes, []string{ours, deny(`"Principal": "*"`, use, on("ArnNotLike", "arn:aws:logs:*:111122223333:*"))}},
		"denied where":            {denied, []string{ours, deny(`"Principal": "*"`, use, on("ArnNotLike", "arn:aws:logs:*:444455556666:*"))}},
		"denied, perhaps":         {unsure, []string{ours, deny(`"Principal": "*"`, `"Action": "kms:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}`)}},
		"not denied to services":  {yes, []string{ours, deny(`"Principal": "*"`, `"Action": "kms:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}, "Bool": {"aws:PrincipalIsAWSService": "false"}}`)}},
		"some actions":            {no, []string{allow(logs, `"Action": ["kms:Encrypt", "kms:Decrypt"], "Resource": "*"`)}},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := Judge(`{"Version": "2012-10-17", "Statement": [`+strings.Join(c.statements, ", ")+`]}`, here())
			if err != nil {
				t.Fatal(err)
			}
			got := yes
			switch {
			case len(v.Denied) > 0:
				got = denied
			case len(v.Missing) > 0:
				got = no
			case len(v.Unsure) > 0:
				got = unsure
			}
			if got != c.want {
				t.Errorf("%s, want %s: %+v", got, c.want, v)
			}
		})
	}
}

// TestOneStatement is as good as a list of one.
func TestOneStatement(t *testing.T) {
	if v, err := Judge(`{"Statement": `+allow(logs, use)+`}`, here()); err != nil || len(v.Missing) > 0 {
		t.Errorf("%+v, %v", v, err)
	}
	for _, bad := range []string{"", "no", "[]", `{"Statement": 5}`, `{"Statement": [{"Principal": 5}]}`} {
		if _, err := Judge(bad, here()); err == nil {
			t.Errorf("%q is a policy", bad)
		}
	}
}

// TestStatement is enough, in every partition, and says what is missing.
func TestStatement(t *testing.T) {
	for _, u := range []Use{here(), {Region: "cn-north-1", Partition: "aws-cn", Key: key, LogGroup: strings.Replace(group, "aws:logs:ap-northeast-1", "aws-cn:logs:cn-north-1", 1)}} {
		if !json.Valid([]byte(u.Statement())) {
			t.Fatal(u.Statement())
		}
		v, err := Judge(`{"Statement": [`+u.Statement()+`]}`, u)
		if diff := cmp.Diff(Verdict{}, v); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
		other := u
		other.LogGroup += "2"
		if v, _ := Judge(`{"Statement": [`+u.Statement()+`]}`, other); len(v.Missing) != len(Actions()) {
			t.Errorf("another log group: %+v", v)
		}
	}
}

// TestLike ends soon, whatever the pattern.
func TestLike(t *testing.T) {
	for pattern, want := range map[string]bool{"": false, "*": true, "a*": true, "*b": true, "a?b": false, "aaab": true, "*aab*": true, strings.Repeat("*a", 50) + "*": false} {
		if Like(pattern, "aaab") != want {
			t.Errorf("%q: not %t", pattern, want)
		}
	}
	if Like(strings.Repeat("a*", 5000)+"b", strings.Repeat("a", 10000)) {
		t.Error("it matches")
	}
}
