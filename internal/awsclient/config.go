package awsclient

import (
	"context"
	"errors"
	"regexp"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"

	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/locale"
)

// errNoCredentials is a credential chain that ended without credentials.
type errNoCredentials struct{ err error }

func (e *errNoCredentials) Error() string {
	return "no usable AWS credentials: " + innermost(e.err).Error()
}
func (e *errNoCredentials) Unwrap() error { return e.err }

// Load returns the configuration of the SDK's default chain, or of a profile,
// with kumoban's guard on its HTTP client and without the SDK's own retries:
// [Do] makes them, for every attempt takes a token.
func Load(ctx context.Context, profile string) (aws.Config, error) {
	options := []func(*config.LoadOptions) error{
		config.WithAppID("kumoban"),
		config.WithLogger(logging.Nop{}), // what matters comes back as an error
	}
	if profile != "" {
		options = append(options, config.WithSharedConfigProfile(profile))
	}
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		var missing config.SharedConfigProfileNotExistError
		if errors.As(err, &missing) {
			return cfg, locale.Errorf("cli.noProfile", locale.A("profile", missing.Profile))
		}
		return cfg, locale.Errorf("cli.badConfiguration", locale.A("error", scrub(err.Error())))
	}
	if cfg.HTTPClient == nil { // the SDK sets one only where a CA bundle asks for it
		cfg.HTTPClient = awshttp.NewBuildableClient()
	}
	cfg.HTTPClient = Guard(cfg.HTTPClient)
	// Only now, so that the credential chain keeps the SDK's own retries.
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	if cfg.Credentials != nil {
		cfg.Credentials = marked{cfg.Credentials}
	}
	return cfg, nil
}

// Static returns a configuration with fixed credentials for an endpoint: that of
// the demo, or of a test.
func Static(region, endpoint string, credentials aws.CredentialsProvider, client aws.HTTPClient) aws.Config {
	cfg := aws.Config{
		Region: region, Credentials: credentials, HTTPClient: Guard(client),
		Retryer: func() aws.Retryer { return aws.NopRetryer{} },
	}
	if endpoint != "" {
		cfg.BaseEndpoint = aws.String(endpoint)
	}
	return cfg
}

// marked tells a failed credential chain from a failed call.
type marked struct{ aws.CredentialsProvider }

// Retrieve marks the error.
func (m marked) Retrieve(ctx context.Context) (aws.Credentials, error) {
	c, err := m.CredentialsProvider.Retrieve(outside(ctx))
	if err != nil && ctx.Err() == nil {
		err = &errNoCredentials{err}
	}
	return c, err
}

// outside is a context for calls that are made within another one, such as the
// renewal of credentials: what the guard expects of that one's answer does not
// hold for theirs.
func outside(ctx context.Context) context.Context { return context.WithValue(ctx, callKey{}, nil) }

// Renewed returns credentials that renew themselves within other calls, by
// calls of their own that the SDK retries.
func Renewed(p aws.CredentialsProvider) *aws.CredentialsCache {
	return aws.NewCredentialsCache(renewed{p})
}

type renewed struct{ aws.CredentialsProvider }

// Retrieve renews the credentials.
func (r renewed) Retrieve(ctx context.Context) (aws.Credentials, error) {
	return r.CredentialsProvider.Retrieve(outside(ctx))
}

var regionPattern = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$`)

// CheckRegion refuses what cannot be the name of a Region.
func CheckRegion(region string) error {
	if !regionPattern.MatchString(region) {
		return locale.Errorf("cli.unknownRegion", locale.A("region", region))
	}
	return nil
}

// Partition returns the partition that a Region lies in.
func Partition(region string) string { return wire.Partition(region) }
