// Package cloudfront is the controls of Amazon CloudFront.
package cloudfront

import (
	"embed"
	"fmt"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/cloudfront"
)

//go:embed */guide.*.md */messages.*.txt */cases.yaml
var files embed.FS

// Controls returns the controls of the service.
func Controls() []*control.Control { return control.In(files, rootObject(), viewerHTTPS()) }

type config = cloudfront.DistributionConfig

func rootObject() *control.Control {
	return &control.Control{
		ID: "CloudFront.1", Folder: "rootobject", Checks: []control.Check{control.On(rooted)},
		Remedies: []remedy.Remedy{remedy.Sets(remedy.Remedy{
			Name: "root-object", Does: []remedy.Effect{remedy.Interrupts}, Inputs: []remedy.Input{{Name: "object", Default: "index.html", Pattern: `[^/].{0,254}`}},
		}, []string{"DistributionConfig.DefaultRootObject"}, func(_ *cloudfront.Distribution, c remedy.Case) (remedy.Wish, error) {
			return remedy.Wish{Set: []remedy.Property{{Name: "DistributionConfig.DefaultRootObject", Value: c.Inputs["object"]}}}, nil
		})},
		Questions: control.Ask("start-page", "root-handled", "root-api"),
	}
}

// rooted judges distributions with a bucket among their origins: AWS's page says
// that the control does not apply where all are custom.
func rooted(d *cloudfront.Distribution, _ control.Params) control.Verdict {
	all := fact.Part(d.DistributionConfig, func(c config) fact.Value[[]cloudfront.Origin] { return c.Origins })
	object := fact.Part(d.DistributionConfig, func(c config) fact.Value[string] { return c.DefaultRootObject })
	origins, there := all.Get()
	var buckets []string
	hidden := there == fact.Unknown
	for _, o := range origins {
		switch o.S3OriginConfig.Present() {
		case fact.True:
			buckets = append(buckets, o.Id.Or("-"))
		case fact.Unknown:
			hidden = true
		}
	}
	set := fact.Filled(object)
	switch {
	case len(buckets) == 0 && !hidden:
		return control.Exempt("exempt")
	case len(buckets) == 0 && set != fact.True:
		return control.Unread("DistributionConfig.Origins.S3OriginConfig", all.Origin())
	}
	return control.Decide(set, object, "DistributionConfig.DefaultRootObject", control.Pass("pass", locale.A("object", object.Or("-"))), control.Fail("fail", locale.A("origins", buckets)))
}

func viewerHTTPS() *control.Control {
	return &control.Control{
		ID: "CloudFront.3", Folder: "viewerhttps", Checks: []control.Check{control.On(encrypted)},
		Remedies:  []remedy.Remedy{redirect(), tls("https-only", "https-only", remedy.Interrupts)},
		Questions: control.Ask("http-clients", "private-traffic", "post-over-http"),
	}
}

// redirect answers each request over HTTP, which then comes again over HTTPS.
func redirect() remedy.Remedy {
	r := tls("redirect", "redirect-to-https", remedy.Costs, remedy.Interrupts)
	for _, at := range []string{"US", "JP"} {
		r.Uses = append(r.Uses, remedy.Use{Usage: cost.Item{Service: "AmazonCloudFront", Type: at + "-Requests-Tier2-HTTPS"}})
	}
	return r
}

// tls gives a policy to the behaviors that allow plain HTTP, and to no other.
func tls(name, policy string, does ...remedy.Effect) remedy.Remedy {
	const usual, other = "DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy", "DistributionConfig.CacheBehaviors[%q].ViewerProtocolPolicy"
	return remedy.Sets(remedy.Remedy{Name: name, Does: does}, []string{usual, `DistributionConfig.CacheBehaviors["*"].ViewerProtocolPolicy`},
		func(d *cloudfront.Distribution, _ remedy.Case) (w remedy.Wish, err error) {
			c, _ := d.DistributionConfig.Get()
			open := func(b cloudfront.CacheBehavior) bool {
				return fact.Is(b.ViewerProtocolPolicy, "allow-all") == fact.True
			}
			if b, _ := c.DefaultCacheBehavior.Get(); open(b) {
				w.Set = append(w.Set, remedy.Property{Name: usual, Value: policy})
			}
			for _, b := range c.CacheBehaviors.Or(nil) {
				if open(b) {
					w.Set = append(w.Set, remedy.Property{Name: fmt.Sprintf(other, b.PathPattern.Or("")), Value: policy})
				}
			}
			return w, nil
		})
}

// encrypted judges the default behavior and every other one.
func encrypted(d *cloudfront.Distribution, _ control.Params) control.Verdict {
	usual := fact.Part(d.DistributionConfig, func(c config) fact.Value[cloudfront.CacheBehavior] { return c.DefaultCacheBehavior })
	others := fact.Part(d.DistributionConfig, func(c config) fact.Value[[]cloudfront.CacheBehavior] { return c.CacheBehaviors })
	first, there := usual.Get()
	rest, read := others.Get()
	hidden, origin := there == fact.Unknown || read == fact.Unknown, d.DistributionConfig.Origin()
	var open []string
	for i, b := range append([]cloudfront.CacheBehavior{first}, rest...) {
		switch fact.Is(b.ViewerProtocolPolicy, "allow-all") {
		case fact.True:
			name := "Default (*)"
			if i > 0 {
				name = b.PathPattern.Or("-")
			}
			open = append(open, name)
		case fact.Unknown:
			hidden = true
			if o := b.ViewerProtocolPolicy.Origin(); o != nil {
				origin = o
			}
		}
	}
	n, of := locale.A("n", len(open)), locale.A("of", len(rest)+1)
	switch {
	case len(open) > 0:
		return control.Fail("fail", n, of, locale.A("behaviors", open))
	case hidden:
		return control.Unread("DistributionConfig.CacheBehaviors.ViewerProtocolPolicy", origin)
	}
	return control.Pass("pass", locale.A("n", len(rest)+1))
}
