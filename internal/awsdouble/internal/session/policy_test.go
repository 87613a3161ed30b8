package session

import (
	"strings"
	"testing"
)

func TestAllows(t *testing.T) {
	const arn = "arn:aws:sqs:ap-northeast-1:111122223333:orders"
	policy := func(resource, more string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sqs:Get*","SQS:SetQueueAttributes"],"Resource":"` + resource + `"` + more + `}]}`
	}
	for _, c := range []struct {
		policy, action, resource string
		keys                     map[string]string
		want                     bool
	}{
		{policy(arn, ""), "sqs:GetQueueUrl", arn, nil, true},
		{policy(arn, ""), "sqs:SetQueueAttributes", arn, nil, true},
		{policy(arn, ""), "sqs:DeleteQueue", arn, nil, false},
		{policy(arn, ""), "sqs:GetQueueUrl", arn + "s", nil, false},
		{policy(arn, ""), "sqs:GetQueueUrl", "*", nil, false},
		{policy("arn:aws:sqs:*:orders", ""), "sqs:GetQueueUrl", arn, nil, true},
		{policy("arn:aws:sqs:*:order?", ""), "sqs:GetQueueUrl", arn, nil, true},
		{policy("arn:aws:sqs:*:order", ""), "sqs:GetQueueUrl", arn, nil, false},
		{policy("arn:aws:sqs:${*}:orders", ""), "sqs:GetQueueUrl", arn, nil, false},
		{policy("a${*}b${?}c${$}{d}", ""), "sqs:GetQueueUrl", "a*b?c${d}", nil, true},
		{policy("*", `,"Condition":{"StringEquals":{"k":["v","w"]}}`), "sqs:GetQueueUrl", arn, map[string]string{"k": "w"}, true},
		{policy("*", `,"Condition":{"StringEquals":{"k":"v"}}`), "sqs:GetQueueUrl", arn, map[string]string{"k": "w"}, false},
		{policy("*", `,"Condition":{"StringEquals":{"k":"v*"}}`), "sqs:GetQueueUrl", arn, map[string]string{"k": "vw"}, false},
		{policy("*", `,"Condition":{"ArnEquals":{"k":"arn:*"}}`), "sqs:GetQueueUrl", arn, map[string]string{"k": "arn:x"}, true},
		{policy("*", `,"Condition":{"ArnEquals":{"k":"*"}}`), "sqs:GetQueueUrl", arn, nil, false},
	} {
		p, err := Parse(c.policy)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Allows(Need{c.action, c.resource, c.keys}); got != c.want {
			t.Errorf("%s on %s by %s: %v", c.action, c.resource, c.policy, got)
		}
	}
	if !(*Policy)(nil).Allows(Need{Action: "a:B", Resource: "*"}) {
		t.Error("no policy narrows a session")
	}
}

func TestParse(t *testing.T) {
	for _, text := range []string{
		"", "{}", `{"Version":"2012-10-17","Statement":[]}`, `{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Action":"a:B","Resource":"*"}]}`,
		`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"a:B","Resource":"*"}]}`,
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":"a:B","Resource":"*"}]}`,
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"a:B","Resource":"*","Condition":{"Bool":{"k":"true"}}}]}`,
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"a:B","Resource":"` + strings.Repeat("x", Limit) + `"}]}`,
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"a:B","Resource":"注文"}]}`,
	} {
		if p, err := Parse(text); err == nil {
			t.Errorf("%.80s: %+v", text, p)
		}
	}
}
