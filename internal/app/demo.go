package app

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

// Demo scans the demo account, which an in-process double of AWS serves on the
// loopback interface under the real quotas. Nothing leaves the machine.
func Demo(ctx context.Context, env *Env, o Outputs) (Result, error) {
	demo, rate, stop, err := demoAccount(env, true) //nolint:contextcheck // stop ends it
	if err != nil {
		return Result{}, err
	}
	defer stop()
	return Scan(ctx, demo, ScanOptions{Targets: []awslive.Target{{Name: "kumoban-demo"}}, Rate: rate, Outputs: o, Source: "demo"})
}

// demoAccount starts the double and returns an environment that reaches it.
func demoAccount(env *Env, quotas bool) (demo *Env, rate awsclient.Rate, stop func(), err error) {
	double := awsdouble.New(awsdouble.Options{Quotas: quotas})
	if err := double.Demo(); err != nil {
		return nil, rate, nil, err
	}
	if rate, err = awsclient.ParseRate(""); err != nil {
		return nil, rate, nil, err
	}
	url, end, err := double.Listen("127.0.0.1:0")
	if err != nil {
		return nil, rate, nil, err
	}
	account, region := awsdouble.DemoAccount()
	id, secret := double.CredentialsFor(account)
	provider := credentials.NewStaticCredentialsProvider(id, secret, "")
	there := *env
	there.Load = func(context.Context, string) (aws.Config, error) {
		// Not the default transport: a proxy of the user's has no business here.
		return awsclient.Static(region, url, provider, &http.Client{Transport: &http.Transport{}}), nil
	}
	return &there, rate, func() { _ = end() }, nil // the double ends with the demo
}

// DemoFixed is what fixing one finding of the demo account did.
type DemoFixed struct {
	Control, Resource string // the finding
	Plan              *plan.Plan
	Result            *RunResult
	Before, After     int // failed findings of the control
}

// The finding that the demo fixes: */* is encrypted there, and one method is not.
const demoControl, demoResource = "APIGateway.5", "shipping/prod"

// DemoFix plans and applies a fix in a demo account of its own and scans that
// account again. The journal is in a folder that is removed.
func DemoFix(ctx context.Context, env *Env) (*DemoFixed, error) {
	demo, rate, stop, err := demoAccount(env, false) //nolint:contextcheck // stop ends it
	if err != nil {
		return nil, err
	}
	defer stop()
	dir, err := os.MkdirTemp("", "kumoban-demo-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // what stays is in the folder for what is temporary
	o, fixed := FixOptions{Rate: rate}, &DemoFixed{Control: demoControl, Resource: demoResource}
	failed := func() ([]Wish, error) {
		return ScannedWishes(ctx, demo, o, control.Selection{Patterns: []string{demoControl}}, WishFilter{})
	}
	before, err := failed()
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(before, func(w Wish) bool { return w.Ref.Name == demoResource })
	if i < 0 {
		return nil, locale.Errorf("cli.fix.nothing")
	}
	if fixed.Plan, err = MakePlan(ctx, demo, PlanOptions{FixOptions: o, Wishes: before[i : i+1]}); err != nil {
		return nil, err
	}
	if fixed.Result, err = Apply(ctx, demo, fixed.Plan, o, filepath.Join(dir, "runs"), func(execute.Report) {}); err != nil {
		return nil, err
	}
	after, err := failed()
	fixed.Before, fixed.After = len(before), len(after)
	return fixed, err
}
