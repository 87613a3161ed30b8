package app

import (
	"context"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

// Demo scans the demo account, which an in-process double of AWS serves on the
// loopback interface under the real quotas. Nothing leaves the machine.
func Demo(ctx context.Context, env *Env, o Outputs) (Result, error) {
	double := awsdouble.New(awsdouble.Options{Quotas: true})
	if err := double.Demo(); err != nil {
		return Result{}, err
	}
	url, stop, err := double.Listen("127.0.0.1:0") //nolint:contextcheck // stop ends it
	if err != nil {
		return Result{}, err
	}
	defer func() { _ = stop() }() // the double ends with the demo
	account, region := awsdouble.DemoAccount()
	id, secret := double.CredentialsFor(account)
	provider := credentials.NewStaticCredentialsProvider(id, secret, "")
	demo := *env
	demo.Load = func(context.Context, string) (aws.Config, error) {
		// Not the default transport: a proxy of the user's has no business here.
		return awsclient.Static(region, url, provider, &http.Client{Transport: &http.Transport{}}), nil
	}
	rate, err := awsclient.ParseRate("")
	if err != nil {
		return Result{}, err
	}
	return Scan(ctx, &demo, ScanOptions{Targets: []awslive.Target{{Name: "kumoban-demo"}}, Rate: rate, Outputs: o, Source: "demo"})
}
