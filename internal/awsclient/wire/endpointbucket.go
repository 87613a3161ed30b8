package wire

import (
	"context"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
)

var (
	// bucketName is every name that AWS ever gave: those of us-east-1's first
	// years have capitals, underlines, and up to 255 characters.
	bucketName = regexp.MustCompile(`^[A-Za-z0-9._-]{3,255}$`)
	// elsewhere are the names of what is no bucket, or no plain one: directory
	// buckets, and access points to them and to Outposts.
	elsewhere = regexp.MustCompile(`--(x|xa|op)-s3$`)
	// inHost is a name that can be part of a host. A name with dots could, but
	// AWS's certificates do not cover it.
	inHost = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`)
	// accountID is an account's.
	accountID = regexp.MustCompile(`^[0-9]{12}$`)
)

// bucketPlace is where S3 is called about a bucket in the client's Region: at a
// host of the bucket's own, or by its path where the name is not fit for a host
// or the user configured the endpoint. Paths go below it, without the bucket.
func (c *Client) bucketPlace(ctx context.Context, s Service, bucket string) (place, error) {
	p, configured, err := c.find(ctx, s)
	switch {
	case err != nil:
		return place{}, err
	case configured || !inHost.MatchString(bucket):
		return byPath(p, bucket)
	}
	if p.url, err = below(p.url, bucket); err != nil {
		return place{}, err
	}
	return p, plain(bucket)
}

// bucketPath is bucketPlace by path in any case. GetBucketLocation goes there,
// for who asks does not know the Region, and a bucket's own host in a wrong one
// refuses the signature.
func (c *Client) bucketPath(ctx context.Context, s Service, bucket string) (place, error) {
	p, err := c.endpoint(ctx, s)
	if err != nil {
		return place{}, err
	}
	return byPath(p, bucket)
}

func byPath(p place, bucket string) (place, error) {
	p.url = strings.TrimSuffix(p.url, "/") + "/" + bucket
	return p, plain(bucket)
}

// plain refuses what names no general purpose bucket.
func plain(bucket string) error {
	if !bucketName.MatchString(bucket) || elsewhere.MatchString(bucket) {
		return &EndpointError{"kumoban calls buckets by their names alone, not by ARN, access point or directory bucket, and this is no such name: " + bucket}
	}
	return nil
}

// accountPlace is where S3 Control is called about an account, which is part of
// the host, also of one that the user configured; but not of an address.
func (c *Client) accountPlace(ctx context.Context, s Service, account string) (place, error) {
	p, err := c.endpoint(ctx, s)
	if err != nil {
		return place{}, err
	}
	if !accountID.MatchString(account) {
		return place{}, &EndpointError{"this is no account ID: " + account}
	}
	p.url, err = below(p.url, account)
	return p, err
}

// below puts a label before the host of an URL.
func below(address, label string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return address, nil
	}
	u.Host = label + "." + u.Host
	return u.String(), nil
}
