package wire

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
)

// place is where a service is called, and the Region and the name that
// signatures have.
type place struct{ url, region, name string }

// at is the address of a path, which begins without a slash.
func (p place) at(path string) string {
	if path == "" {
		return p.url
	}
	return strings.TrimSuffix(p.url, "/") + "/" + path
}

// EndpointError says why a service cannot be called at all, in one sentence.
type EndpointError struct{ why string }

// Error returns the sentence.
func (e *EndpointError) Error() string { return e.why }

// endpoint follows the SDK: an endpoint that the user configured for the
// service, or for all; else the Region's, with FIPS and dual stack.
func (c *Client) endpoint(ctx context.Context, s Service) (place, error) {
	p, _, err := c.find(ctx, s)
	return p, err
}

// find is endpoint, and tells whether the user configured it.
func (c *Client) find(ctx context.Context, s Service) (p place, configured bool, err error) {
	url, err := c.configured(ctx, s.ID)
	if err != nil || url != "" {
		return place{url, c.config.Region, endpoints().signing(s)}, true, err
	}
	fips, dual, err := c.variants(ctx)
	if err != nil {
		return place{}, false, err
	}
	p, err = endpoints().locate(s.ID, c.config.Region, fips, dual)
	return p, false, err
}

// configured returns the endpoint that the environment or the configuration
// file names: AWS_ENDPOINT_URL_<ID> before AWS_ENDPOINT_URL, and the
// environment before the file.
func (c *Client) configured(ctx context.Context, id string) (string, error) {
	for _, source := range c.config.ConfigSources {
		p, ok := source.(interface {
			GetIgnoreConfiguredEndpoints(context.Context) (bool, bool, error)
		})
		if !ok {
			continue
		}
		if ignore, found, err := p.GetIgnoreConfiguredEndpoints(ctx); err == nil && found {
			if ignore {
				return "", nil
			}
			break
		}
	}
	for _, source := range c.config.ConfigSources {
		if p, ok := source.(interface {
			GetServiceBaseEndpoint(context.Context, string) (string, bool, error)
		}); ok {
			if url, found, err := p.GetServiceBaseEndpoint(ctx, id); err != nil || found {
				return url, err
			}
		}
		if env, ok := source.(config.EnvConfig); ok && env.BaseEndpoint != "" {
			break
		}
	}
	return aws.ToString(c.config.BaseEndpoint), nil
}

// variants tells whether FIPS and dual-stack endpoints are asked for.
func (c *Client) variants(ctx context.Context) (fips, dual bool, err error) {
	knowsFIPS, knowsDual := false, false
	for _, source := range c.config.ConfigSources {
		if p, ok := source.(interface {
			GetUseFIPSEndpoint(context.Context) (aws.FIPSEndpointState, bool, error)
		}); ok && !knowsFIPS {
			var state aws.FIPSEndpointState
			if state, knowsFIPS, err = p.GetUseFIPSEndpoint(ctx); err != nil {
				return false, false, err
			}
			fips = state == aws.FIPSEndpointStateEnabled
		}
		if p, ok := source.(interface {
			GetUseDualStackEndpoint(context.Context) (aws.DualStackEndpointState, bool, error)
		}); ok && !knowsDual {
			var state aws.DualStackEndpointState
			if state, knowsDual, err = p.GetUseDualStackEndpoint(ctx); err != nil {
				return false, false, err
			}
			dual = state == aws.DualStackEndpointStateEnabled
		}
	}
	return fips, dual, nil
}
