package wire

import (
	"context"
	"net/netip"
	"net/url"
	"strings"
)

// bucketName tells whether AWS ever gave such a name: those of us-east-1's first
// years have capitals, underlines, and up to 255 characters.
func bucketName(s string) bool {
	return len(s) >= 3 && len(s) <= 255 && of(s, small+capital+digits+"._-")
}

// elsewhere tells whether a name is that of no bucket, or of no plain one: of
// directory buckets, and of access points to them and to Outposts.
func elsewhere(s string) bool {
	return strings.HasSuffix(s, "--x-s3") || strings.HasSuffix(s, "--xa-s3") || strings.HasSuffix(s, "--op-s3")
}

// inHost tells whether a name can be part of a host. One with dots could, but
// AWS's certificates do not cover it.
func inHost(s string) bool { return len(s) >= 3 && hostLabel(s) && of(s, small+digits+"-") }

// The letters of names. Regular expressions would be compiled at every start of
// the program, and those that count to 255 are large.
const (
	small   = "abcdefghijklmnopqrstuvwxyz"
	capital = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits  = "0123456789"
)

// of tells whether a name holds nothing but some characters.
func of(s, characters string) bool { return strings.Trim(s, characters) == "" }

// hostLabel tells whether a host's name can hold this between its dots.
func hostLabel(s string) bool {
	return s != "" && len(s) <= 63 && of(s, small+capital+digits+"-") && s[0] != '-' && s[len(s)-1] != '-'
}

// bucketPlace is where S3 is called about a bucket in the client's Region: at a
// host of the bucket's own, or by its path where the name is not fit for a host
// or the user configured the endpoint. Paths go below it, without the bucket.
func (c *Client) bucketPlace(ctx context.Context, s Service, bucket string) (place, error) {
	p, configured, err := c.find(ctx, s)
	switch {
	case err != nil:
		return place{}, err
	case configured || !inHost(bucket):
		return byPath(p, bucket)
	}
	if p.url, err = below(p.url, bucket); err != nil {
		return place{}, err
	}
	return p, plain(bucket)
}

func byPath(p place, bucket string) (place, error) {
	p.url = strings.TrimSuffix(p.url, "/") + "/" + bucket
	return p, plain(bucket)
}

// plain refuses what names no general purpose bucket.
func plain(bucket string) error {
	if !bucketName(bucket) || elsewhere(bucket) {
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
	if len(account) != 12 || !of(account, digits) {
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
