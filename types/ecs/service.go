package ecs

import "github.com/kumoban/kumoban/internal/room"

// service is one of those that ListServices gives: what was deleted is described
// for a while yet, as INACTIVE.
func service() room.Room {
	const network = "NetworkConfiguration.AwsvpcConfiguration."
	return room.Room{
		Type: "AWS::ECS::Service", Doc: "a service", ASFF: "AwsEcsService", TF: []string{"aws_ecs_service"},
		Parent: "Cluster", Below: map[string]string{"clusterName": "clusterName"},
		ARN: "arn:{partition}:ecs:{region}:{account}:service/{clusterName}/{serviceName}", ARNIn: "serviceArn", Name: "/{serviceName}", ID: "serviceArn",
		Gone: []string{"ServiceNotFoundException", "ClusterNotFoundException"}, Ended: map[string]string{"status": "INACTIVE"},
		Status: "deployments[status=PRIMARY].rolloutState", Busy: []string{"IN_PROGRESS"},
		Properties: []room.Property{
			{Name: "ServiceName", Kind: room.String, TF: "name"},
			{Name: "LaunchType", Kind: room.String, Doc: "EC2, FARGATE or EXTERNAL; absent where capacity providers choose"},
			{Name: "DeploymentController", Kind: room.One, Of: "DeploymentController"},
			{Name: "NetworkConfiguration", Kind: room.One, Of: "NetworkConfiguration", TF: room.Here, Doc: "absent outside awsvpc, and where task sets have it"},
		},
		Finds: room.Read{Call: "ListServices", In: room.Tree{"cluster": "{clusterName}", "maxResults": int64(100)}, Items: "serviceArns", As: "serviceArn", Tail: "serviceName"},
		Each: []room.Read{{
			Call: "DescribeServices", In: room.Tree{"cluster": "{clusterName}", "services": "{serviceName[]}"}, Items: "services",
			Many: 10, By: "serviceName", Same: "serviceName", On: ":*:service/*",
		}},
		Writes: []room.Write{{
			Call: "UpdateService", Back: room.Exposes, Rate: 5,
			Sets: []string{network + "AssignPublicIp", network + "Subnets", network + "SecurityGroups"},
			In:   room.Tree{"cluster": "{clusterName}", "service": "{serviceName}", "networkConfiguration": room.Edited("networkConfiguration")},
		}},
		Pages: []room.Page{{
			Sets: []string{network + "AssignPublicIp"}, Open: []string{"Amazon ECS", "Clusters", "{clusterName}", "Services", "{serviceName}", "Update"},
			At: map[string]string{network + "AssignPublicIp": "Networking > Public IP"}, Shows: map[string]string{"DISABLED": "Turned off", "ENABLED": "Turned on"}, Save: []string{"Update"},
		}},
		Events: []string{"UpdateService", "CreateService"},
	}
}

func objects() []room.Object {
	return []room.Object{
		{Go: "NetworkConfiguration", Doc: "how tasks are on the network", Properties: []room.Property{
			{Name: "AwsvpcConfiguration", Kind: room.One, Of: "AwsvpcConfiguration", TF: "network_configuration"},
		}},
		{Go: "AwsvpcConfiguration", Doc: "the network interfaces of tasks", Properties: []room.Property{
			{Name: "AssignPublicIp", Kind: room.String, Default: "DISABLED", Words: map[string]any{"true": "ENABLED", "false": "DISABLED"}, Doc: "ENABLED or DISABLED; Terraform writes true and false"},
			{Name: "Subnets", Kind: room.Strings}, {Name: "SecurityGroups", Kind: room.Strings},
		}},
		{Go: "DeploymentController", Doc: "who deploys a service", Properties: []room.Property{
			{Name: "Type", Kind: room.String, Default: "ECS", Doc: "ECS, CODE_DEPLOY or EXTERNAL"},
		}},
	}
}
