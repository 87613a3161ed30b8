package rds

import (
	"slices"

	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// everybody is what stands for all accounts among those that may restore a snapshot.
const everybody = "all"

// snapshot is asked whom it is shared with only where it can be shared at all with
// everybody: it was made by hand and is not encrypted. CloudFormation has no such
// types.
func snapshot() room.Room {
	return shared("DBSnapshot", "db_snapshot_identifier", "Encrypted", room.Room{
		Doc: "a snapshot of a database instance", ASFF: "AwsRdsDbSnapshot", TF: []string{"aws_db_snapshot", "aws_db_snapshot_copy"},
		ARN: arn + "snapshot:{DBSnapshotIdentifier}", Gone: []string{"DBSnapshotNotFound", "DBSnapshotNotFoundFault"},
		Events: []string{"CreateDBSnapshot", "CopyDBSnapshot", "ModifyDBSnapshotAttribute"},
	})
}

func clusterSnapshot() room.Room {
	return shared("DBClusterSnapshot", "db_cluster_snapshot_identifier", "StorageEncrypted", room.Room{
		Doc: "a snapshot of a database cluster", ASFF: "AwsRdsDbClusterSnapshot", TF: []string{"aws_db_cluster_snapshot"},
		ARN: arn + "cluster-snapshot:{DBClusterSnapshotIdentifier}", Gone: []string{"DBClusterSnapshotNotFoundFault"},
		Events: []string{"CreateDBClusterSnapshot", "CopyDBClusterSnapshot", "ModifyDBClusterSnapshotAttribute"},
	})
}

// shared completes the room of a kind of snapshot: the calls of both kinds differ
// by its name alone.
func shared(kind, terraform, encrypted string, r room.Room) room.Room {
	id, attributes := kind+"Identifier", kind+"Attributes"
	this := room.Tree{id: "{" + id + "}"}
	restore := attributes + "[AttributeName=restore].AttributeValues"
	r.Type, r.ARNIn, r.ID, r.Name = resource.Type("AWS::RDS::"+kind), kind+"Arn", id, "{"+id+"}"
	r.Status, r.Busy, r.Lacks = "Status", []string{"creating"}, []room.Form{room.Template}
	r.Properties = []room.Property{
		{Name: id, Kind: room.String, TF: terraform},
		{Name: "SnapshotType", Kind: room.String, ReadOnly: true, Doc: "manual, automated or awsbackup"},
		{Name: "Encrypted", Kind: room.Bool, ReadOnly: true, API: encrypted, Config: encrypted, TF: room.Snake(encrypted)},
		{Name: "SharedAccounts", Kind: room.Strings, API: restore, Config: restore, Doc: `who may restore it; "all" is everybody`},
		{Name: "Tags", Kind: room.Tags, API: "TagList", Config: "tagList"},
	}
	r.Finds = room.Read{Call: "Describe" + kind + "s", In: room.Tree{"MaxRecords": int64(100)}, Items: kind + "s"}
	r.Alone = []room.Read{{Call: r.Finds.Call, In: this, Items: r.Finds.Items}}
	r.Each = []room.Read{{
		Call: "Describe" + kind + "Attributes", In: this, Take: kind + "AttributesResult", For: []string{"SharedAccounts"},
		Only: map[string]string{"SnapshotType": "manual", encrypted: "false"},
	}}
	r.Pages = []room.Page{{
		Sets: []string{"SharedAccounts"}, Open: []string{"Amazon RDS", "Snapshots", "{" + id + "}", "Actions", "Share snapshot"},
		At: map[string]string{"SharedAccounts": "DB snapshot visibility"}, Shows: map[string]string{"*": "Private"}, Save: []string{"Save"},
	}}
	r.Writes = []room.Write{{
		Call: "Modify" + kind + "Attribute", Sets: []string{"SharedAccounts"}, Back: room.Exposes,
		In: room.Merge(this, room.Tree{"AttributeName": "restore"}), Build: share,
	}}
	return r
}

// share opens a snapshot to everybody, or ends that. Accounts that are named stay.
func share(values map[string]any) (room.Tree, error) {
	member := "ValuesToRemove"
	switch accounts := values["SharedAccounts"].(type) {
	case []string:
		if slices.Contains(accounts, everybody) {
			member = "ValuesToAdd"
		}
	case []any: // of a journal
		if slices.Contains(accounts, any(everybody)) {
			member = "ValuesToAdd"
		}
	}
	return room.Tree{member: []any{everybody}}, nil
}
