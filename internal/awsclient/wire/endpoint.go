package wire

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
)

// place is where a service is called, and the Region that signatures name.
type place struct{ url, region string }

// at is the address of a path, which begins without a slash.
func (p place) at(path string) string {
	if path == "" {
		return p.url
	}
	return strings.TrimSuffix(p.url, "/") + "/" + path
}

// endpoint follows the SDK: an endpoint that the user configured for the
// service, or for all; else the Region's, with FIPS and dual stack.
func (c *Client) endpoint(ctx context.Context, s Service) (place, error) {
	configured, err := c.configured(ctx, s.ID)
	if err != nil || configured != "" {
		return place{configured, c.config.Region}, err
	}
	fips, dual, err := c.variants(ctx)
	if err != nil {
		return place{}, err
	}
	if s.Name == "iam" {
		return global(c.config.Region, fips), nil
	}
	// API Gateway's endpoints and those of these services are formed alike, and
	// its client, which is in the program anyway, knows the partitions.
	e, err := apigateway.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, apigateway.EndpointParameters{
		Region: &c.config.Region, UseFIPS: &fips, UseDualStack: &dual,
	})
	if err != nil {
		return place{}, err
	}
	host := s.Name + strings.TrimPrefix(e.URI.Host, "apigateway")
	if slices.Contains([]string{"logs", "cloudtrail", "monitoring"}, s.Name) && fips && !dual && strings.HasPrefix(c.config.Region, "us-gov-") {
		host = s.Name + "." + c.config.Region + ".amazonaws.com" // FIPS without the name
	}
	return place{"https://" + host + "/", c.config.Region}, nil
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

// global is IAM's one endpoint in the Region's partition; only some have one
// for FIPS. The dual-stack form is left out: who has IPv6 alone sets
// AWS_ENDPOINT_URL_IAM.
func global(region string, fips bool) place {
	name := "iam"
	if fips {
		name = "iam-fips"
	}
	for prefix, p := range map[string]place{
		"cn-":      {"iam.cn-north-1.amazonaws.com.cn", "cn-north-1"},
		"us-gov-":  {"iam.us-gov.amazonaws.com", "us-gov-west-1"},
		"us-iso-":  {name + ".us-iso-east-1.c2s.ic.gov", "us-iso-east-1"},
		"us-isob-": {name + ".us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"},
		"us-isof-": {"iam.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1"},
		"eu-isoe-": {"iam.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1"},
		"eusc-":    {"iam.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"},
	} {
		if strings.HasPrefix(region, prefix) {
			return place{"https://" + p.url + "/", p.region}
		}
	}
	return place{"https://" + name + ".amazonaws.com/", "us-east-1"}
}
