package s3

import (
	"encoding/json"
	"strings"

	"github.com/kumoban/kumoban/internal/resource"
)

// LogBucketName is what a bucket for logs of a kind is called that kumoban makes in a
// place: names of buckets are unique in a partition.
func LogBucketName(kind string, at resource.Scope) string {
	return "kumoban-" + kind + "-" + at.Account + "-" + at.Region
}

// LogBucketARN is the ARN of a bucket.
func LogBucketARN(name string, at resource.Scope) string {
	return "arn:" + at.Partition + ":s3:::" + name
}

// Writer is a service that may write objects into a bucket for logs.
type Writer struct {
	Sid       string
	Principal string // "logging.s3.amazonaws.com"
	Action    string // "s3:PutObject"
	Under     string // of the bucket; "": the bucket itself
	Condition map[string]any
}

// LogBucket has the properties of a new bucket for logs: nobody gets at it from
// outside or without TLS, the writers may write, and broken-off uploads are cleaned
// up. Logs stay until somebody says how long they are kept.
func LogBucket(name string, at resource.Scope, writers ...Writer) (names []string, values map[string]any) {
	const rule = `LifecycleConfiguration.Rules["kumoban-abort-uploads"].`
	values = map[string]any{"BucketName": name, "Policy": logPolicy(name, at, writers)}
	names = []string{"BucketName"}
	for _, block := range under("PublicAccessBlockConfiguration", blocks()) {
		names, values[block] = append(names, block), true
	}
	for part, v := range map[string]any{"Status": "Enabled", "Prefix": "", "AbortIncompleteMultipartUpload.DaysAfterInitiation": 7.0} {
		values[rule+part] = v
	}
	return append(names, rule+"Status", rule+"Prefix", rule+"AbortIncompleteMultipartUpload.DaysAfterInitiation", "Policy"), values
}

func logPolicy(name string, at resource.Scope, writers []Writer) string {
	arn := LogBucketARN(name, at)
	var statements []any
	for _, w := range writers {
		on := arn
		if w.Under != "" {
			on += "/" + strings.TrimPrefix(w.Under, "/")
		}
		statements = append(statements, map[string]any{
			"Sid": w.Sid, "Effect": "Allow", "Principal": map[string]any{"Service": w.Principal}, "Action": w.Action, "Resource": on, "Condition": w.Condition,
		})
	}
	statements = append(statements, map[string]any{
		"Sid": "OnlyTLS", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": []string{arn, arn + "/*"},
		"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}},
	})
	text, _ := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statements}) // texts and lists of them are always JSON
	return string(text)
}
