// Package rds is what kumoban knows of Amazon RDS. Its API shows the databases of
// Amazon Neptune and Amazon DocumentDB, too.
package rds

import "github.com/kumoban/kumoban/internal/room"

// arn begins the ARNs.
const arn = "arn:{partition}:rds:{region}:{account}:"

// Rooms are the resource types.
func Rooms() *room.Service {
	return &room.Service{
		Package: "rds", Doc: "Amazon RDS", Model: "rds",
		Rooms: []room.Room{instance(), cluster(), snapshot(), clusterSnapshot()}, Objects: []room.Object{pending()}, Usages: usages(),
	}
}

// pending is what waits for the next maintenance window, as far as remedies ask.
func pending() room.Object {
	return room.Object{Go: "PendingModifiedValues", Doc: "what waits for the next maintenance window", Properties: []room.Property{
		{Name: "BackupRetentionPeriod", Kind: room.Int},
		{Name: "EnableIAMDatabaseAuthentication", Kind: room.Bool, API: "IAMDatabaseAuthenticationEnabled", Config: "iAMDatabaseAuthenticationEnabled"},
	}}
}

// atOnce has a change not wait for the maintenance window.
func atOnce(from any) room.Idle { return room.Idle{Of: "PendingModifiedValues", From: from} }

// later is how a person leaves a change to the maintenance window.
func later(last string) []string {
	return []string{"Continue", "Apply during the next scheduled maintenance window", last}
}

// busy are the states in which AWS refuses changes, or is about to be done with one.
func busy() []string {
	return []string{
		"backing-up", "configuring-enhanced-monitoring", "configuring-iam-database-auth", "configuring-log-exports", "creating", "deleting", "maintenance", "modifying",
		"moving-to-vpc", "rebooting", "renaming", "resetting-master-credentials", "starting", "stopping", "storage-config-upgrade", "upgrading",
	}
}
