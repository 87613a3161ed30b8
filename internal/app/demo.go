package app

import (
	"cmp"
	"context"
	"net/http"
	"time"

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

	// Double is what plays AWS.
	Double *awsdouble.Double
	// Profiles are the company's other accounts, by the profiles that lead there.
	Profiles map[string]string
	stop     func() error
}

// StartDemo starts the double, under the real quotas or without any.
func StartDemo(quotas bool) (*Demo, error) {
	return startDemo(awsdouble.Options{Quotas: quotas})
}

// StartDemoAt starts the double without quotas, under a clock.
func StartDemoAt(now func() time.Time) (*Demo, error) {
	return startDemo(awsdouble.Options{Now: now})
}

func startDemo(o awsdouble.Options) (*Demo, error) {
	double := awsdouble.New(o)
	if err := double.Demo(); err != nil {
		return nil, err
	}
	d := &Demo{Double: double}
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

// Load is the way into the demo account, whatever the profile, but for those of the
// company's other accounts.
func (d *Demo) Load(_ context.Context, profile string) (aws.Config, error) {
	// Not the default transport: a proxy of the user's has no business here.
	return d.config(d.Profiles[profile], d.Region, d.URL, &http.Transport{}), nil
}

// Within is the way into an account without a socket; "" is the demo account.
func (d *Demo) Within(account, region string) aws.Config {
	return d.config(account, region, "", d.Double.Transport())
}

func (d *Demo) config(account, region, url string, transport http.RoundTripper) aws.Config {
	key, secret := d.Double.CredentialsFor(cmp.Or(account, d.Account))
	return awsclient.Static(region, url, credentials.NewStaticCredentialsProvider(key, secret, ""), &http.Client{Transport: transport})
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
