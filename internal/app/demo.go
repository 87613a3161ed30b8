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

// Demo is a demo company's account, which an in-process double of AWS serves on
// the loopback interface. Nothing leaves the machine.
type Demo struct {
	URL         string // of the double
	Account     string
	Region      string
	Key, Secret string // credentials, which hold there alone

	stop func() error
}

// StartDemo starts the double, under the real quotas or without any.
func StartDemo(quotas bool) (*Demo, error) {
	double := awsdouble.New(awsdouble.Options{Quotas: quotas})
	if err := double.Demo(); err != nil {
		return nil, err
	}
	d := &Demo{}
	d.Account, d.Region = awsdouble.DemoAccount()
	d.Key, d.Secret = double.CredentialsFor(d.Account)
	err := double.Load(d.Account, d.Region, []byte(`{"securityHub": {}}`)) // it is enabled, and knows nothing yet
	if err != nil {
		return nil, err
	}
	d.URL, d.stop, err = double.Listen("127.0.0.1:0")
	return d, err
}

// Stop ends it, and all that was changed in it.
func (d *Demo) Stop() { _ = d.stop() } // the double ends with the demo

// Load is the way into the demo account, whatever the profile.
func (d *Demo) Load(context.Context, string) (aws.Config, error) {
	provider := credentials.NewStaticCredentialsProvider(d.Key, d.Secret, "")
	// Not the default transport: a proxy of the user's has no business here.
	return awsclient.Static(d.Region, d.URL, provider, &http.Client{Transport: &http.Transport{}}), nil
}

// Scan scans the demo account into outputs.
func (d *Demo) Scan(ctx context.Context, env *Env, o Outputs) (Result, error) {
	rate, err := awsclient.ParseRate("")
	if err != nil {
		return Result{}, err
	}
	there := *env
	there.Load = d.Load
	return Scan(ctx, &there, ScanOptions{Targets: []awslive.Target{{Name: "kumoban-demo"}}, Rate: rate, Outputs: o, Source: "demo"})
}
