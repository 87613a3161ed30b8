package resource

import "testing"

func TestFits(t *testing.T) {
	live := Ref{ARN: "arn:aws:apigateway:us-east-1::/restapis/a/stages/x[ab]", Name: `orders\/x[ab]`}
	source := Ref{Address: `aws_api_gateway_stage.this["a"]`, Name: "a"}
	for _, c := range []struct {
		pattern  string
		ref      *Ref
		want     bool
		question string
	}{
		{live.ARN, &live, true, "the ARN itself, brackets and all"},
		{"*/stages/x[ab]", &live, true, "brackets are brackets"},
		{"*/stages/x[[]ab]", &live, false, "and quote nothing"},
		{"*/restapis/?/stages/*", &live, true, "over slashes"},
		{"restapis/*", &live, false, "the whole"},
		{`orders\/*`, &live, true, "a backslash is itself"},
		{`orders/*`, &live, false, "and quotes nothing"},
		{"*/STAGES/*", &live, false, "stages may differ by case alone"},
		{source.Address, &source, true, "the address itself"},
		{"aws_*[*]", &source, true, "an address"},
		{"", &live, false, "nothing is chosen by nothing"},
		{"", &source, false, "nor here"},
	} {
		if got := c.ref.Fits(c.pattern); got != c.want {
			t.Errorf("%s: %q on %q: %t", c.question, c.pattern, c.ref.ID(), got)
		}
	}
}

func TestOfAccount(t *testing.T) {
	at := Scope{Partition: "aws-cn", Account: "111122223333", Region: "cn-north-1"}
	want := Ref{Scope: at, Type: "AWS::::Account", ARN: "AWS::::Account:111122223333", Name: "111122223333"}
	if got := OfAccount(at); got != want || !IsAccountID(got.ID()) {
		t.Errorf("%+v", got)
	}
	if IsAccountID("AWS::::Account") || IsAccountID("arn:aws:iam::111122223333:root") {
		t.Error("an id of something else")
	}
}
