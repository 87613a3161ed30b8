// Package ecs is what kumoban knows of Amazon ECS.
package ecs

import "github.com/kumoban/kumoban/internal/room"

// Rooms are the resource types. The rate is that of "Cluster read actions", and
// below that of "Service read actions" (a burst of 100); UpdateService is a "Service
// modify action": "Request throttling for the Amazon ECS API" in the API reference,
// read on 2026-11-30.
func Rooms() *room.Service {
	return &room.Service{Package: "ecs", Doc: "Amazon ECS", Model: "ecs", Rate: 20, Burst: 50, Rooms: []room.Room{cluster(), service()}, Objects: objects()}
}

func cluster() room.Room {
	return room.Room{
		Type: "AWS::ECS::Cluster", Doc: "a cluster", ASFF: "AwsEcsCluster", TF: []string{"aws_ecs_cluster"},
		ARN: "arn:{partition}:ecs:{region}:{account}:cluster/{clusterName}", ARNIn: "clusterArn", Name: "{clusterName}", ID: "clusterArn",
		Gone: []string{"ClusterNotFoundException"}, Ended: map[string]string{"status": "INACTIVE"},
		Children:   []room.Child{{Name: "Services", Of: "Service"}},
		Properties: []room.Property{{Name: "ClusterName", Kind: room.String, TF: "name"}},
		Finds:      room.Read{Call: "ListClusters", In: room.Tree{"maxResults": int64(100)}, Items: "clusterArns", As: "clusterArn", Tail: "clusterName"},
		Alone:      []room.Read{{Call: "DescribeClusters", In: room.Tree{"clusters": []any{"{clusterName}"}}, Items: "clusters", On: ":*:cluster/*"}},
		Events:     []string{"CreateCluster", "DeleteCluster"},
	}
}
