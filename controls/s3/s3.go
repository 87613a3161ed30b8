// Package s3 is the controls of Amazon S3.
package s3

import (
	"cmp"
	"embed"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/s3"
)

//go:embed */guide.*.md */messages.*.txt */cases.yaml
var files embed.FS

// Controls returns the controls of the service.
func Controls() []*control.Control {
	return control.In(files, accountPublicAccess(), bucketPublicAccess(), serverAccessLogging(), lifecycle())
}

func accountPublicAccess() *control.Control {
	return &control.Control{
		ID: "S3.1", Folder: "accountpublicaccess",
		Checks: []control.Check{control.On(func(b *s3.AccountPublicAccessBlock, _ control.Params) control.Verdict {
			return blocked("", s3.PublicAccessBlock{BlockPublicAcls: b.BlockPublicAcls, BlockPublicPolicy: b.BlockPublicPolicy, IgnorePublicAcls: b.IgnorePublicAcls, RestrictPublicBuckets: b.RestrictPublicBuckets})
		})},
		Remedies:  []remedy.Remedy{remedy.Set("block", s3.AccountPublicAccessBlockType, []remedy.Effect{remedy.Interrupts}, on("")...)},
		Questions: control.Ask("public-buckets", "foreign-readers", "public-downloads"),
	}
}

func bucketPublicAccess() *control.Control {
	return &control.Control{
		ID: "S3.8", Folder: "bucketpublicaccess",
		Checks: []control.Check{control.On(func(b *s3.Bucket, _ control.Params) control.Verdict {
			block, there := b.PublicAccessBlockConfiguration.Get()
			if there != fact.True { // that there is none is four times off
				return control.Unread("PublicAccessBlockConfiguration", b.PublicAccessBlockConfiguration.Origin())
			}
			return blocked("PublicAccessBlockConfiguration.", block)
		}).By("PublicAccessBlockConfiguration")},
		Remedies:  []remedy.Remedy{remedy.Set("block", s3.BucketType, []remedy.Effect{remedy.Interrupts}, on("PublicAccessBlockConfiguration.")...)},
		Questions: control.Ask("public-on-purpose", "anonymous-readers", "private-data"),
	}
}

// settings are the four of a public-access block, in the console's order.
func settings(b s3.PublicAccessBlock) ([]string, []fact.Value[bool]) {
	return []string{"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"},
		[]fact.Value[bool]{b.BlockPublicAcls, b.IgnorePublicAcls, b.BlockPublicPolicy, b.RestrictPublicBuckets}
}

// blocked judges the four settings together.
func blocked(prefix string, b s3.PublicAccessBlock) control.Verdict {
	names, values := settings(b)
	var off []string
	hidden := -1
	for i, v := range values {
		switch fact.Is(v, true) {
		case fact.False:
			off = append(off, names[i])
		case fact.Unknown:
			hidden = i
		}
	}
	switch {
	case len(off) > 0:
		return control.Fail("fail", locale.A("n", len(off)), locale.A("settings", off))
	case hidden >= 0:
		return control.Unread(prefix+names[hidden], values[hidden].Origin())
	}
	return control.Pass("pass")
}

// on turns the four settings on.
func on(prefix string) []remedy.Property {
	names, _ := settings(s3.PublicAccessBlock{})
	var list []remedy.Property
	for _, name := range names {
		list = append(list, remedy.Property{Name: prefix + name, Value: true})
	}
	return list
}

func serverAccessLogging() *control.Control {
	return &control.Control{
		ID: "S3.9", Folder: "serveraccesslogging", Checks: []control.Check{control.On(logs).By("BucketName", "LoggingConfiguration")},
		Remedies:  []remedy.Remedy{logToBucket()},
		Questions: append(control.Ask("sensitive-objects", "other-record", "log-target"), control.AskDays("retention")),
	}
}

// logToBucket writes into a bucket that is named, or into one that is made where
// somebody says so: of all logs of the account in the Region.
func logToBucket() remedy.Remedy {
	block, touches := "PublicAccessBlockConfiguration.", []string{"LoggingConfiguration.DestinationBucketName", "LoggingConfiguration.LogFilePrefix"}
	rule := `LifecycleConfiguration.Rules["*"].`
	made := []string{
		"BucketName", "Policy", block + "BlockPublicAcls", block + "BlockPublicPolicy", block + "IgnorePublicAcls", block + "RestrictPublicBuckets",
		rule + "Status", rule + "Prefix", rule + "AbortIncompleteMultipartUpload.DaysAfterInitiation",
	}
	r := remedy.Sets(remedy.Remedy{
		Name: "log-to-bucket", Does: []remedy.Effect{remedy.Costs},
		Uses:    []remedy.Use{{Usage: cost.Item{Service: "AmazonS3", Type: "TimedStorage-ByteHrs"}}},
		Inputs:  []remedy.Input{{Name: "targetBucket", Required: true, Example: "example-access-logs", Pattern: `[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]`}, {Name: "prefix", Pattern: `.+/`}},
		Touches: []remedy.Touch{{Type: s3.BucketType, Properties: touches}, {Type: s3.BucketType, Make: true, Properties: made}},
	}, touches, logTo)
	ensure := r.Ensure
	r.Ensure = func(c remedy.Case) ([]remedy.Ensure, error) {
		b, isBucket := c.Resource.(*s3.Bucket)
		if !isBucket || c.Inputs["targetBucket"] != "new" {
			return ensure(c)
		}
		at := b.Scope
		name := s3.LogBucketName("access-logs", at)
		c.Inputs = maps.Clone(c.Inputs)
		c.Inputs["targetBucket"] = name
		ensures, err := ensure(c)
		if err != nil {
			return nil, err
		}
		ensures[0].After = []string{"log-bucket"}
		return append([]remedy.Ensure{logBucket(name, at)}, ensures...), nil
	}
	return r
}

// logBucket is one that S3 may write the access logs of the account's buckets into.
func logBucket(name string, at resource.Scope) remedy.Ensure {
	var set []remedy.Property
	names, values := s3.LogBucket(name, at, s3.Writer{
		Sid: "ServerAccessLogs", Principal: "logging.s3.amazonaws.com", Action: "s3:PutObject", Under: "*",
		Condition: map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": at.Account}, "ArnLike": map[string]any{"aws:SourceArn": "arn:" + at.Partition + ":s3:::*"}},
	})
	for _, n := range names {
		set = append(set, remedy.Property{Name: n, Value: values[n]})
	}
	return remedy.Makes("log-bucket", resource.Ref{Scope: at, Type: s3.BucketType, ARN: s3.LogBucketARN(name, at), Name: name}, set)
}

// logTo refuses the bucket itself: every delivered log would be logged again.
func logTo(b *s3.Bucket, c remedy.Case) (remedy.Wish, error) {
	name := b.BucketName.Or("")
	if c.Inputs["targetBucket"] == name {
		return remedy.Wish{}, locale.Errorf("fix.itself", locale.A("resource", name))
	}
	return remedy.Wish{Set: []remedy.Property{
		{Name: "LoggingConfiguration.DestinationBucketName", Value: c.Inputs["targetBucket"]},
		{Name: "LoggingConfiguration.LogFilePrefix", Value: cmp.Or(c.Inputs["prefix"], name+"/")},
	}}, nil
}

// logs passes a configuration without a target: CloudFormation's logs go to the
// bucket itself then.
func logs(b *s3.Bucket, _ control.Params) control.Verdict {
	to, _ := b.LoggingConfiguration.Get()
	target := locale.A("target", to.DestinationBucketName.Or(b.BucketName.Or("-")))
	pass := control.Pass("pass", target)
	if prefix := to.LogFilePrefix.Or(""); prefix != "" {
		pass = control.Pass("pass.prefix", target, locale.A("prefix", prefix))
	}
	return control.Decide(b.LoggingConfiguration.Present(), b.LoggingConfiguration, "LoggingConfiguration", pass, control.Fail("fail"))
}

func lifecycle() *control.Control {
	return &control.Control{
		ID: "S3.13", Folder: "lifecycle", Checks: []control.Check{control.On(lives).By("LifecycleConfiguration")},
		Parameters: []control.Parameter{{Name: "targetTransitionDays"}, {Name: "targetExpirationDays"}, {Name: "targetTransitionStorageClass"}},
		Remedies: []remedy.Remedy{remedy.Sets(remedy.Remedy{
			Name: "abort-uploads", Does: []remedy.Effect{}, Inputs: []remedy.Input{{Name: "days", Default: "7", Pattern: `[1-9][0-9]{0,3}`}},
		}, []string{ours + "Status", ours + "Prefix", ours + "AbortIncompleteMultipartUpload.DaysAfterInitiation"}, cleanUp)},
		Questions: append(control.Ask("must-keep", "slow-uploads"), control.AskDays("delete-after")),
	}
}

// ours is the rule that the remedy adds. A disabled rule of somebody's stays so.
const ours = `LifecycleConfiguration.Rules["kumoban-abort-uploads"].`

func cleanUp(_ *s3.Bucket, c remedy.Case) (remedy.Wish, error) {
	days, err := strconv.ParseFloat(c.Inputs["days"], 64)
	return remedy.Wish{Set: []remedy.Property{
		{Name: ours + "Status", Value: "Enabled"}, {Name: ours + "Prefix", Value: ""}, {Name: ours + "AbortIncompleteMultipartUpload.DaysAfterInitiation", Value: days},
	}}, err
}

func lives(b *s3.Bucket, p control.Params) control.Verdict {
	rules := fact.Part(b.LifecycleConfiguration, func(l s3.Lifecycle) fact.Value[[]s3.Rule] { return l.Rules })
	list, there := rules.Get()
	if there == fact.Unknown {
		return control.Unread("LifecycleConfiguration.Rules", rules.Origin())
	}
	var enabled []s3.Rule
	hidden := false
	for _, r := range list {
		truth := fact.Is(r.Status, "Enabled")
		hidden = hidden || truth == fact.Unknown
		if truth == fact.True {
			enabled = append(enabled, r)
		}
	}
	n := locale.A("n", len(list))
	switch {
	case len(enabled) == 0 && hidden:
		return control.Unread("LifecycleConfiguration.Rules.Status", rules.Origin())
	case len(list) == 0:
		return control.Fail("fail")
	case len(enabled) == 0:
		return control.Fail("fail.disabled", n)
	}
	return demanded(enabled, hidden, rules.Origin(), p)
}

// demanded asks for what the parameters name. AWS's page leaves open how they go
// together: each that is given has to hold of some enabled rule, equal in value,
// and a class and its days of one transition.
func demanded(enabled []s3.Rule, hidden bool, o *fact.Origin, p control.Params) control.Verdict {
	class, days, expires := p.Get("targetTransitionStorageClass"), p.Get("targetTransitionDays"), p.Get("targetExpirationDays")
	if class == "" && days == "" && expires == "" {
		return control.Pass("pass", locale.A("n", len(enabled)))
	}
	free := class == "" && days == ""
	moves := func(r s3.Rule) fact.Truth {
		list, there := r.Transitions.Get()
		truth := fact.Of(free)
		if there == fact.Unknown {
			truth = truth.Or(fact.Unknown)
		}
		for _, t := range list {
			truth = truth.Or(same(class, t.StorageClass, strings.Clone).And(same(days, t.TransitionInDays, strconv.Itoa)))
		}
		return truth
	}
	ends := func(r s3.Rule) fact.Truth { return same(expires, r.ExpirationInDays, strconv.Itoa) }
	first, second := some(enabled, moves), some(enabled, ends)
	both := first.And(second)
	if hidden && both == fact.False {
		both = fact.Unknown
	}
	var missing []string
	for name, value := range map[string]string{"targetTransitionStorageClass": class, "targetTransitionDays": days} {
		if value != "" && first != fact.True {
			missing = append(missing, name+"="+value)
		}
	}
	if expires != "" && second != fact.True {
		missing = append(missing, "targetExpirationDays="+expires)
	}
	slices.Sort(missing)
	rule, shown := "-", moves
	if free {
		shown = ends
	}
	if i := slices.IndexFunc(enabled, func(r s3.Rule) bool { return shown(r) == fact.True }); i >= 0 {
		rule = enabled[i].Id.Or("-")
	}
	return control.Decide(both, fact.Unread[string](o), "LifecycleConfiguration.Rules", control.Pass("pass.matches", locale.A("rule", rule)), control.Fail("fail.parameters", locale.A("missing", missing)))
}

// same tells whether a value is what a parameter asks for; one that asks for
// nothing fits anything.
func same[T comparable](want string, v fact.Value[T], text func(T) string) fact.Truth {
	if want == "" {
		return fact.True
	}
	got, there := v.Get()
	if there != fact.True {
		return there
	}
	return fact.Of(text(got) == want)
}

func some(rules []s3.Rule, holds func(s3.Rule) fact.Truth) fact.Truth {
	truth := fact.False
	for _, r := range rules {
		truth = truth.Or(holds(r))
	}
	return truth
}
