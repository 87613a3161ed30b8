// Package s3 is what kumoban knows of Amazon S3.
package s3

import (
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// Rooms are the resource types.
func Rooms() *room.Service {
	return &room.Service{Package: "s3", Doc: "Amazon S3", Model: "s3", CLI: "s3api", Rooms: []room.Room{bucket(), accountBlock()}, Objects: objects(), Usages: usages()}
}

func bucket() room.Room {
	const this = "arn:{partition}:s3:::{Name}"
	return room.Room{
		Type: "AWS::S3::Bucket", Doc: "a general purpose bucket", ASFF: "AwsS3Bucket",
		ARN: this, Name: "{Name}", ID: "Name", Home: "BucketRegion", Located: &room.Read{Call: "GetBucketLocation", In: room.Tree{"Bucket": "{Name}"}}, Gone: []string{"NoSuchBucket"},
		TF:       []string{"aws_s3_bucket", "aws_s3_bucket_public_access_block", "aws_s3_bucket_logging", "aws_s3_bucket_lifecycle_configuration", "aws_s3_bucket_policy"},
		Shapes:   map[room.Form]room.Shape{room.Terraform: {Read: inline}},
		Declared: map[string]room.Declared{"aws_s3_bucket_public_access_block": beside(), "aws_s3_bucket_logging": beside(), "aws_s3_bucket_lifecycle_configuration": beside(), "aws_s3_bucket_policy": beside()},
		Properties: []room.Property{
			{Name: "BucketName", Kind: room.String, API: "Name", Config: "name", TF: "bucket"},
			{Name: "PublicAccessBlockConfiguration", Kind: room.One, Of: "PublicAccessBlock", Silent: room.Empty, Template: room.Depends, Provider: room.Depends, TF: "aws_s3_bucket_public_access_block"},
			{Name: "LoggingConfiguration", Kind: room.One, Of: "Logging", API: "LoggingEnabled", Config: "BucketLoggingConfiguration", TF: "aws_s3_bucket_logging"},
			{Name: "LifecycleConfiguration", Kind: room.One, Of: "Lifecycle", Config: "BucketLifecycleConfiguration", TF: "aws_s3_bucket_lifecycle_configuration"},
			{Name: "Tags", Kind: room.Tags},
			{Name: "Policy", Kind: room.Document, Config: room.None, CFN: room.None, TF: "aws_s3_bucket_policy.policy", Doc: "who may do what with it; a resource of its own in CloudFormation"},
		},
		Finds: room.Read{Call: "ListBuckets", In: room.Tree{"MaxBuckets": int64(1000)}, Items: "Buckets", Action: "s3:ListAllMyBuckets", PerAccount: true},
		Each: []room.Read{
			{
				Call: "GetPublicAccessBlock", In: room.Tree{"Bucket": "{Name}"}, Action: "s3:GetBucketPublicAccessBlock", Take: "PublicAccessBlockConfiguration", Into: "PublicAccessBlockConfiguration",
				For: []string{"PublicAccessBlockConfiguration"}, Absent: []string{"NoSuchPublicAccessBlockConfiguration"},
			},
			{Call: "GetBucketLogging", In: room.Tree{"Bucket": "{Name}"}, Take: "LoggingEnabled", Into: "LoggingEnabled", For: []string{"LoggingConfiguration"}, Bare: true},
			{
				Call: "GetBucketLifecycleConfiguration", In: room.Tree{"Bucket": "{Name}"}, Action: "s3:GetLifecycleConfiguration", Expect: "Rules", Into: "LifecycleConfiguration",
				For: []string{"LifecycleConfiguration"}, Absent: []string{"NoSuchLifecycleConfiguration"},
			},
			{
				Call: "GetBucketTagging", In: room.Tree{"Bucket": "{Name}"}, Take: "TagSet", Into: "Tags", For: []string{"Tags"}, Absent: []string{"NoSuchTagSet"}, Closer: true,
			},
			{Call: "GetBucketPolicy", In: room.Tree{"Bucket": "{Name}"}, Expect: "Policy", For: []string{"Policy"}, Absent: []string{"NoSuchBucketPolicy"}},
		},
		Writes: []room.Write{
			{
				Call: "PutPublicAccessBlock", Action: "s3:PutBucketPublicAccessBlock", Whole: true, Back: room.Exposes, Sets: under("PublicAccessBlockConfiguration", blocks()),
				In: room.Tree{"Bucket": "{Name}", "PublicAccessBlockConfiguration": values("PublicAccessBlockConfiguration", blocks())},
			},
			{
				Call: "PutBucketLogging", Sets: under("LoggingConfiguration", []string{"DestinationBucketName", "LogFilePrefix"}), Whole: true, Back: room.Exposes,
				In: room.Tree{"Bucket": "{Name}", "BucketLoggingStatus": room.Tree{"LoggingEnabled": room.EditedOrNew("LoggingEnabled")}},
			},
			{
				Call: "PutBucketLifecycleConfiguration", Action: "s3:PutLifecycleConfiguration", Back: room.Restores,
				Sets: []string{`LifecycleConfiguration.Rules["*"]`, `LifecycleConfiguration.Rules["*"].Status`, `LifecycleConfiguration.Rules["*"].Prefix`, `LifecycleConfiguration.Rules["*"].AbortIncompleteMultipartUpload.DaysAfterInitiation`},
				In:   room.Tree{"Bucket": "{Name}", "TransitionDefaultMinimumObjectSize?": "{LifecycleConfiguration.TransitionDefaultMinimumObjectSize}", "LifecycleConfiguration": room.Tree{"Rules": room.EditedOrNew("LifecycleConfiguration.Rules")}},
				Bare: &room.Write{Call: "DeleteBucketLifecycle", Action: "s3:PutLifecycleConfiguration", Sets: []string{"LifecycleConfiguration"}, Takes: true, In: room.Tree{"Bucket": "{Name}"}},
			},
			{Call: "PutBucketPolicy", Back: room.Exposes, Sets: []string{"Policy"}, In: room.Tree{"Bucket": "{Name}", "Policy": room.V("Policy")}},
		},
		Make: &room.Make{Call: "CreateBucket", In: room.Tree{"Bucket": room.V("BucketName")}, Build: located},
		Pages: []room.Page{
			{
				Sets: []string{"BucketName"}, Open: []string{"Amazon S3", "General purpose buckets", "Create bucket"}, At: map[string]string{"BucketName": "Bucket name"}, Save: []string{"Create bucket"},
			},
			{
				Sets: []string{"Policy"}, Open: []string{"Amazon S3", "General purpose buckets", "{Name}", "Permissions", "Bucket policy", "Edit"}, At: map[string]string{"Policy": "Policy"}, Save: []string{"Save changes"},
			},
			{
				Sets: under("PublicAccessBlockConfiguration", blocks()), Open: []string{"Amazon S3", "General purpose buckets", "{Name}", "Permissions", "Block public access (bucket settings)", "Edit"},
				At: everywhere(under("PublicAccessBlockConfiguration", blocks()), "Block all public access"), Save: []string{"Save changes", "Confirm"},
			},
			{
				Sets: under("LoggingConfiguration", []string{"DestinationBucketName", "LogFilePrefix"}), Open: []string{"Amazon S3", "General purpose buckets", "{Name}", "Properties", "Server access logging", "Edit", "Enable"},
				At: map[string]string{"LoggingConfiguration.DestinationBucketName": "Destination bucket"}, Save: []string{"Save changes"},
			},
			{
				Sets: []string{`LifecycleConfiguration.Rules["*"]`, `LifecycleConfiguration.Rules["*"].Status`, `LifecycleConfiguration.Rules["*"].Prefix`, `LifecycleConfiguration.Rules["*"].AbortIncompleteMultipartUpload.DaysAfterInitiation`},
				Open: []string{"Amazon S3", "General purpose buckets", "{Name}", "Management", "Create lifecycle rule"},
				At:   map[string]string{`LifecycleConfiguration.Rules["*"].AbortIncompleteMultipartUpload.DaysAfterInitiation`: "Lifecycle rule actions > Delete expired object delete markers or incomplete multipart uploads"}, Save: []string{"Create rule"},
			},
		},
		Events: []string{"PutBucketPublicAccessBlock", "DeleteBucketPublicAccessBlock", "PutBucketLogging", "PutBucketLifecycle", "DeleteBucketLifecycle", "CreateBucket", "PutBucketPolicy", "DeleteBucketPolicy"},
	}
}

// located names the Region of a new bucket. S3 takes us-east-1 by its being left out.
func located(at resource.Scope) room.Tree {
	if at.Region == "us-east-1" {
		return nil
	}
	return room.Tree{"CreateBucketConfiguration": room.Tree{"LocationConstraint": at.Region}}
}

// accountBlock is the account's own public-access block.
func accountBlock() room.Room {
	return room.Room{
		Type: "AWS::S3::AccountPublicAccessBlock", Doc: "what an account lets none of its buckets do", Setting: true, Where: room.OfAccount, Lacks: []room.Form{room.Template}, ASFF: "AwsAccount",
		TF: []string{"aws_s3_account_public_access_block"},
		Properties: []room.Property{
			{Name: "BlockPublicAcls", Kind: room.Bool, Default: false}, {Name: "BlockPublicPolicy", Kind: room.Bool, Default: false},
			{Name: "IgnorePublicAcls", Kind: room.Bool, Default: false}, {Name: "RestrictPublicBuckets", Kind: room.Bool, Default: false},
		},
		Finds: room.Read{
			Call: "s3control:GetPublicAccessBlock", In: room.Tree{"AccountId": "{account}"}, Action: "s3:GetAccountPublicAccessBlock",
			Take: "PublicAccessBlockConfiguration", Absent: []string{"NoSuchPublicAccessBlockConfiguration"},
		},
		Writes: []room.Write{{
			Call: "s3control:PutPublicAccessBlock", Action: "s3:PutAccountPublicAccessBlock", Whole: true, Back: room.Exposes, Sets: blocks(),
			In: room.Tree{"AccountId": "{account}", "PublicAccessBlockConfiguration": values("", blocks())},
		}},
		Pages: []room.Page{{
			Sets: blocks(), Open: []string{"Amazon S3", "Account and organization settings", "Block Public Access settings for this account", "Edit"},
			At: everywhere(blocks(), "Block all public access"), Save: []string{"Save changes", "Confirm"},
		}},
		Events: []string{"PutAccountPublicAccessBlock", "DeleteAccountPublicAccessBlock"},
	}
}

func blocks() []string {
	return []string{"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"}
}

// beside is a resource of Terraform that holds a part of a bucket.
func beside() room.Declared { return room.Declared{Whose: map[string]string{"bucket": "{Name}"}} }

// everywhere gives properties one field.
func everywhere(names []string, label string) map[string]string {
	at := map[string]string{}
	for _, n := range names {
		at[n] = label
	}
	return at
}

func under(object string, names []string) []string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = object + "." + n
	}
	return list
}

// values are the values of properties that AWS takes together.
func values(object string, names []string) room.Tree {
	tree := room.Tree{}
	for _, n := range names {
		tree[n] = room.V(n)
		if object != "" {
			tree[n] = room.V(object + "." + n)
		}
	}
	return tree
}

func objects() []room.Object {
	return []room.Object{
		{Go: "PublicAccessBlock", Doc: "what a bucket lets nobody do", Properties: []room.Property{
			{Name: "BlockPublicAcls", Kind: room.Bool, Default: false}, {Name: "BlockPublicPolicy", Kind: room.Bool, Default: false},
			{Name: "IgnorePublicAcls", Kind: room.Bool, Default: false}, {Name: "RestrictPublicBuckets", Kind: room.Bool, Default: false},
		}},
		{Go: "Logging", Doc: "where the server access log goes", Properties: []room.Property{
			{Name: "DestinationBucketName", Kind: room.String, API: "TargetBucket", TF: "target_bucket"},
			{Name: "LogFilePrefix", Kind: room.String, API: "TargetPrefix", TF: "target_prefix"},
		}},
		{Go: "Lifecycle", Doc: "what becomes of objects with time", Properties: []room.Property{{Name: "Rules", Kind: room.List, Of: "Rule", TF: "rule"}}},
		{Go: "Rule", Key: "Id", Begins: true, Doc: "one lifecycle rule", Properties: []room.Property{
			{Name: "Id", Kind: room.String, API: "ID"}, {Name: "Status", Kind: room.String, Doc: "Enabled or Disabled"},
			{Name: "ExpirationInDays", Kind: room.Int, API: "Expiration.Days", TF: "expiration.days"},
			{Name: "Transitions", Kind: room.List, Of: "Transition", TF: "transition"},
			{Name: "Prefix", Kind: room.String, API: "Filter.Prefix", TF: "filter.prefix"},
			{Name: "AbortIncompleteMultipartUpload", Kind: room.One, Of: "AbortUpload"},
		}},
		{Go: "AbortUpload", Doc: "when broken-off uploads are cleaned up", Properties: []room.Property{{Name: "DaysAfterInitiation", Kind: room.Int}}},
		{Go: "Transition", Doc: "when objects move to another storage class", Properties: []room.Property{
			{Name: "StorageClass", Kind: room.String}, {Name: "TransitionInDays", Kind: room.Int, API: "Days", Config: "days", TF: "days"},
		}},
	}
}
