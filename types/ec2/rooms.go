// Package ec2 is what kumoban knows of Amazon EC2, with its networks and volumes.
package ec2

import "github.com/kumoban/kumoban/internal/room"

// arn begins the ARNs. Most answers lack them.
const arn = "arn:{partition}:ec2:{region}:{account}:"

// mutating is the rate of each operation that changes something, those that are
// "resource-intensive" or "uncategorized" included as far as the rooms call them:
// "Request throttling for the Amazon EC2 API" in the developer guide, read on
// 2026-11-30. Each operation that reads has 20 with a burst of 100 for itself; one
// bucket for all of them is the narrower reading.
const mutating = 5

// Rooms are the resource types.
func Rooms() *room.Service {
	return &room.Service{
		Package: "ec2", Doc: "Amazon EC2", Model: "ec2", Rate: 20, Burst: 100,
		Rooms:   []room.Room{subnet(), securityGroup(), instance(), launchTemplate(), vpc(), flowLog(), ebsEncryption()},
		Objects: append(ruleObjects(), metadataOptions(), templateData(), templateInterface()),
		Usages:  usages(),
	}
}

// page is the input of a listing. Listings without a size, which come whole, draw
// on a smaller bucket.
func page(more room.Tree) room.Tree { return room.Merge(room.Tree{"MaxResults": int64(1000)}, more) }
