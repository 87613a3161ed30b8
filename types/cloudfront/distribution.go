// Package cloudfront is what kumoban knows of Amazon CloudFront.
package cloudfront

import "github.com/kumoban/kumoban/internal/room"

// Rooms are the resource types.
func Rooms() *room.Service {
	return &room.Service{Package: "cloudfront", Doc: "Amazon CloudFront", Model: "cloudfront", Rooms: []room.Room{distribution()}, Objects: objects(), Usages: usages()}
}

// distribution is written whole: what this room does not name is sent back as it
// was read.
func distribution() room.Room {
	return room.Room{
		Type: "AWS::CloudFront::Distribution", Doc: "a distribution", Where: room.Global, ASFF: "AwsCloudFrontDistribution", TF: []string{"aws_cloudfront_distribution"},
		ARN: "arn:{partition}:cloudfront::{account}:distribution/{Id}", ARNIn: "ARN", Name: "{Id}", ID: "Id", Gone: []string{"NoSuchDistribution"},
		Properties: []room.Property{{Name: "DistributionConfig", Kind: room.One, Of: "DistributionConfig", TF: room.Here}},
		Finds:      room.Read{Call: "ListDistributions", Items: "DistributionList.Items"},
		Each: []room.Read{{
			Call: "GetDistributionConfig", In: room.Tree{"Id": "{Id}"}, Expect: "DistributionConfig", For: []string{"DistributionConfig"},
		}},
		Writes: []room.Write{{
			Call: "UpdateDistribution", Back: room.Exposes,
			Sets: []string{"DistributionConfig.DefaultRootObject", "DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy", `DistributionConfig.CacheBehaviors["*"].ViewerProtocolPolicy`},
			In:   room.Tree{"Id": "{Id}", "IfMatch": "{ETag}", "DistributionConfig": room.Edited("DistributionConfig")},
			// the service authorization reference of CloudFront: UpdateDistribution, of one with origins in a VPC
			Also: []room.Permission{{Action: "cloudfront:GetVpcOrigin", On: "arn:{partition}:cloudfront::{account}:vpcorigin/*"}},
		}},
		Pages: []room.Page{
			{
				Sets: []string{"DistributionConfig.DefaultRootObject"}, Open: []string{"CloudFront", "Distributions", "{Id}", "General", "Settings", "Edit"},
				At: map[string]string{"DistributionConfig.DefaultRootObject": "Default root object"}, Save: []string{"Save changes"},
			},
			behaviors("DistributionConfig.DefaultCacheBehavior", "Default (*)"), behaviors(`DistributionConfig.CacheBehaviors["*"]`, "{key}"),
		},
		Events: []string{"CreateDistribution", "UpdateDistribution"},
	}
}

// behaviors is the page of one behavior.
func behaviors(which, name string) room.Page {
	policy := which + ".ViewerProtocolPolicy"
	return room.Page{
		Sets: []string{policy}, Open: []string{"CloudFront", "Distributions", "{Id}", "Behaviors", name, "Edit"}, At: map[string]string{policy: "Viewer protocol policy"},
		Shows: map[string]string{"redirect-to-https": "Redirect HTTP to HTTPS", "https-only": "HTTPS only", "allow-all": "HTTP and HTTPS"}, Save: []string{"Save changes"},
	}
}

func objects() []room.Object {
	return []room.Object{
		{Go: "DistributionConfig", Doc: "the configuration of a distribution", Properties: []room.Property{
			{Name: "DefaultRootObject", Kind: room.String, EmptyIsAbsent: true},
			{Name: "Origins", Kind: room.List, Of: "Origin", API: "Origins.Items", Config: "origins.items", TF: "origin"},
			{Name: "DefaultCacheBehavior", Kind: room.One, Of: "CacheBehavior"},
			{Name: "CacheBehaviors", Kind: room.List, Of: "CacheBehavior", API: "CacheBehaviors.Items", Config: "cacheBehaviors.items", TF: "ordered_cache_behavior"},
		}},
		{Go: "Origin", Key: "Id", Doc: "where a distribution gets its objects", Properties: []room.Property{
			{Name: "Id", Kind: room.String, TF: "origin_id"},
			// Terraform has no block for a bucket with origin access control.
			{Name: "S3OriginConfig", Kind: room.One, Of: "S3OriginConfig", Provider: room.Empty, Instead: []string{"CustomOriginConfig", "VpcOriginConfig"}},
			{Name: "CustomOriginConfig", Kind: room.One, Of: "OtherOriginConfig"}, {Name: "VpcOriginConfig", Kind: room.One, Of: "OtherOriginConfig", Config: room.None},
		}},
		{Go: "S3OriginConfig", Doc: "a bucket as origin", Properties: []room.Property{{Name: "OriginAccessIdentity", Kind: room.String}}},
		{Go: "OtherOriginConfig", Doc: "an origin that is no bucket"},
		{Go: "CacheBehavior", Key: "PathPattern", Doc: "what a distribution does with some paths", Properties: []room.Property{
			{Name: "PathPattern", Kind: room.String}, {Name: "ViewerProtocolPolicy", Kind: room.String, Doc: "allow-all, redirect-to-https or https-only"},
		}},
	}
}
