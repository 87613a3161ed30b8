package awsdouble

import _ "embed"

//go:embed demo.json
var demo string

// DemoAccount is the account and Region of the demo.
func DemoAccount() (account, region string) { return "111122223333", "ap-northeast-1" }

// Demo loads the demo account: a dozen APIs in which every control has passes
// and failures. A scan of it needs no more calls than API Gateway's burst less
// a fifth, so it never waits.
func (d *Double) Demo() error {
	account, region := DemoAccount()
	return d.Load(account, region, []byte(demo))
}
