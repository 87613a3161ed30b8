// Package lambda is what kumoban knows of AWS Lambda.
package lambda

import "github.com/kumoban/kumoban/internal/room"

// Rooms are the resource types. The rate is that of all control plane requests but
// GetFunction and GetPolicy together: "Lambda quotas" in the developer guide, read
// on 2026-11-30.
func Rooms() *room.Service {
	return &room.Service{Package: "lambda", Doc: "AWS Lambda", Model: "lambda", Rate: 15, Burst: 15, Rooms: []room.Room{function()}, Objects: objects()}
}

// function is $LATEST of one: published versions cannot be changed. A write says
// which revision it was made for, and Lambda refuses it where there is a newer one;
// AWS always names the revision, doubles of it may not.
func function() room.Room {
	const arn, subnets, groups, ipv6 = "arn:{partition}:lambda:{region}:{account}:function:{FunctionName}", "VpcConfig.SubnetIds", "VpcConfig.SecurityGroupIds", "VpcConfig.Ipv6AllowedForDualStack"
	return room.Room{
		Type: "AWS::Lambda::Function", Doc: "a function", ASFF: "AwsLambdaFunction", TF: []string{"aws_lambda_function"},
		ARN: arn, ARNIn: "FunctionArn", Name: "{FunctionName}", ID: "FunctionArn", Status: "LastUpdateStatus", Busy: []string{"InProgress"},
		Properties: []room.Property{
			{Name: "FunctionName", Kind: room.String},
			{Name: "Runtime", Kind: room.String, EmptyIsAbsent: true, Doc: "absent for images"},
			{Name: "PackageType", Kind: room.String, Default: "Zip", Doc: "Zip or Image"},
			{Name: "VpcConfig", Kind: room.One, Of: "VpcConfig"},
			{Name: "MasterArn", Kind: room.String, ReadOnly: true, Config: room.None, TF: room.None, Doc: "of Lambda@Edge's copies: the function that they are of"},
		},
		Finds: room.Read{Call: "ListFunctions", Items: "Functions"},
		Alone: []room.Read{{Call: "GetFunctionConfiguration", In: room.Tree{"FunctionName": "{FunctionName}"}, Expect: "FunctionArn"}},
		Writes: []room.Write{{
			Call: "UpdateFunctionConfiguration", Sets: []string{subnets, groups, ipv6}, Whole: true,
			In: room.Tree{"FunctionName": "{FunctionName}", "RevisionId?": "{RevisionId}", "VpcConfig": room.Tree{
				"SubnetIds": room.V(subnets), "SecurityGroupIds": room.V(groups), "Ipv6AllowedForDualStack": room.V(ipv6),
			}},
			Also: []room.Permission{
				{Action: "ec2:DescribeSecurityGroups", On: "*"}, {Action: "ec2:DescribeSubnets", On: "*"},
				{Action: "ec2:DescribeVpcs", On: "*"}, {Action: "ec2:GetSecurityGroupsForVpc", On: "*"},
			},
		}},
		Pages: []room.Page{{
			Sets: []string{subnets, groups}, Open: []string{"AWS Lambda", "{FunctionName}", "Configuration", "VPC", "Edit"}, At: map[string]string{subnets: "Subnets", groups: "Security groups"}, Save: []string{"Save"},
		}},
		Events: []string{"CreateFunction20150331", "UpdateFunctionConfiguration20150331v2", "UpdateFunctionCode20150331v2"},
	}
}

func objects() []room.Object {
	return []room.Object{{Go: "VpcConfig", Doc: "the network of a function", Properties: []room.Property{
		{Name: "SubnetIds", Kind: room.Strings}, {Name: "SecurityGroupIds", Kind: room.Strings},
		{Name: "Ipv6AllowedForDualStack", Kind: room.Bool, Default: false, Config: room.None},
		{Name: "VpcId", Kind: room.String, EmptyIsAbsent: true, ReadOnly: true, Config: room.None},
	}}}
}
