package clientcertificate

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/controls/apigateway/internal/ensure/ensuretest"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/apigateway"
)

func TestCertificate(t *testing.T) {
	const acm = "arn:aws:acm:ap-northeast-1:111122223333:certificate/1234abcd-12ab-34cd-56ef-1234567890ab"
	meta := ensuretest.Meta("/restapis/a1b2c3d4e5/stages/prod", "orders/prod")
	stage := meta.Ref
	stage.Type = apigateway.StageType
	attached := func(value any, after ...string) remedy.Ensure {
		return remedy.Ensure{ID: "stage", Thing: stage, Set: []remedy.Property{{Name: "ClientCertificateId", Value: value}}, After: after}
	}
	// The API's id, not its name: two APIs may be called orders.
	made := remedy.Ensure{ID: "certificate", Make: true, Thing: resource.Ref{
		Scope: ensuretest.Scope(), Type: "AWS::ApiGateway::ClientCertificate", Name: "kumoban: a1b2c3d4e5/prod",
	}}
	none := ensuretest.Absent[string]()
	for name, c := range map[string]struct {
		has   fact.Value[string]
		input string
		want  []remedy.Ensure
		err   string
	}{
		"given":          {none, "abc123", []remedy.Ensure{attached("abc123")}, ""},
		"from ACM":       {none, acm, []remedy.Ensure{attached(acm)}, ""},
		"new":            {none, "new", []remedy.Ensure{made, attached(remedy.Output{Of: "certificate", Name: "ClientCertificateId"}, "certificate")}, ""},
		"set to nothing": {ensuretest.Set(""), "abc123", []remedy.Ensure{attached("abc123")}, ""},
		"no decision":    {none, "", nil, "fix.needsInput"},
		"has one":        {ensuretest.Set("x"), "abc123", nil, "fix.nothing"},
		"unread":         {ensuretest.Refused[string](), "abc123", nil, "fix.unread"},
	} {
		s := &apigateway.Stage{Meta: meta, ClientCertificateId: c.has}
		ensures, err := remedies()[0].Ensure(remedy.Case{Resource: s, Inputs: map[string]string{"certificate": c.input}})
		if got := ensuretest.ErrorKey(t, err); got != c.err {
			t.Errorf("%s: %q, want %q", name, got, c.err)
		}
		if diff := cmp.Diff(c.want, ensures); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	odd := &apigateway.Stage{Meta: ensuretest.Meta("/restapis/a1", "x"), ClientCertificateId: none}
	if _, err := remedies()[0].Ensure(remedy.Case{Resource: odd, Inputs: map[string]string{"certificate": "new"}}); ensuretest.ErrorKey(t, err) != "fix.oddARN" {
		t.Errorf("odd ARN: %v", err)
	}
}

func TestCertificateInput(t *testing.T) {
	for value, good := range map[string]bool{
		"abc123": true, "new": true, "arn:aws-cn:acm:cn-north-1:111122223333:certificate/1-a": true,
		"": false, "a b": false, "NEW": false, "abc123\n": false, "arn:aws:iam::111122223333:server-certificate/x": false, "{}": false,
	} {
		given := map[string]string{}
		if value != "" {
			given["certificate"] = value
		}
		if _, err := remedies()[0].Check(given); (err == nil) != good {
			t.Errorf("%q: %v", value, err)
		}
	}
}
