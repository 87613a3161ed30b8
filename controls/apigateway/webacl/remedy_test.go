package webacl

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/controls/apigateway/internal/ensure/ensuretest"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/apigateway"
)

const acl = "arn:aws:wafv2:ap-northeast-1:111122223333:regional/webacl/edge_1-a/a1b2c3d4-5678-90ab-cdef-EXAMPLE11111"

func TestAssociate(t *testing.T) {
	none := ensuretest.Absent[string]()
	for name, c := range map[string]struct {
		has   fact.Value[string]
		input string
		err   string
	}{
		"none":              {none, acl, ""},
		"empty":             {ensuretest.Set(""), acl, ""},
		"has one":           {ensuretest.Set(acl), acl, "fix.nothing"},
		"unread":            {ensuretest.Refused[string](), acl, "fix.unread"},
		"no decision":       {none, "", "fix.needsInput"},
		"another Region":    {none, strings.Replace(acl, "ap-northeast-1", "us-east-1", 1), "fix.elsewhere"},
		"another account":   {none, strings.Replace(acl, "111122223333", "444455556666", 1), "fix.elsewhere"},
		"another partition": {none, strings.Replace(acl, "arn:aws:", "arn:aws-cn:", 1), "fix.elsewhere"},
		"no ARN":            {none, "edge", "fix.elsewhere"},
	} {
		s := &apigateway.Stage{Meta: ensuretest.Meta("/restapis/a1/stages/prod", "orders/prod"), WebAclArn: c.has}
		ensures, err := remedies()[0].Ensure(remedy.Case{Resource: s, Inputs: map[string]string{"webAcl": c.input}})
		if got := ensuretest.ErrorKey(t, err); got != c.err {
			t.Errorf("%s: %q, want %q", name, got, c.err)
		}
		if c.err != "" {
			continue
		}
		thing := s.Ref
		thing.Type = "AWS::WAFv2::WebACLAssociation"
		want := []remedy.Ensure{{ID: "association", Thing: thing, Set: []remedy.Property{{Name: "WebACLArn", Value: acl}}}}
		if diff := cmp.Diff(want, ensures); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestWebAclInput(t *testing.T) {
	for value, good := range map[string]bool{
		acl: true, "": false, "edge": false, acl + " ": false,
		strings.Replace(acl, "regional", "global", 1):                 false,
		"arn:aws:waf-regional:ap-northeast-1:111122223333:webacl/a-1": false,
	} {
		given := map[string]string{}
		if value != "" {
			given["webAcl"] = value
		}
		if _, err := remedies()[0].Check(given); (err == nil) != good {
			t.Errorf("%q: %v", value, err)
		}
	}
}
