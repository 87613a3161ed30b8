package drive

import "testing"

// TestCanonical writes documents that say the same alike.
func TestCanonical(t *testing.T) {
	const want = `{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"a","Effect":"Allow","Principal":{"AWS":["1","2"],"Service":"s"},` +
		`"Action":"kms:*","Resource":"*","Condition":{"ArnEquals":{"b":"<&>"},"StringEquals":{"a":1.50}}}]}`
	for _, document := range []string{
		want,
		`{ "Statement" : [ {"Condition":{"StringEquals":{"a":1.50},"ArnEquals":{"b":"\u003c\u0026\u003e"}},"Resource":"*","Action":"kms:*",
		  "Principal":{"Service":"s","AWS":["1","2"]},"Effect":"Allow","Sid":"a"} ],
		  "Id" : "x", "Version" : "2012-10-17" }`,
	} {
		if got := Canonical(document); got != want {
			t.Errorf("%s", got)
		}
	}
	for _, document := range []string{"", "{", "no"} {
		if got := Canonical(document); got != document {
			t.Errorf("%q became %q", document, got)
		}
	}
}
