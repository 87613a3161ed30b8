package rds

import "github.com/kumoban/kumoban/internal/room"

// origins are the properties by which an instance is a member, a copy or a restored
// one, and takes its settings from there.
func origins() []string {
	return []string{"DBClusterIdentifier", "DBSnapshotIdentifier", "DBClusterSnapshotIdentifier", "SourceDBInstanceIdentifier", "SourceDBClusterIdentifier", "SourceDBInstanceAutomatedBackupsArn"}
}

// instance is one of any engine. What a member of a cluster has of it is changed at
// the cluster, but for public access.
func instance() room.Room {
	write := func(property, member string, back room.Back, now ...room.Idle) room.Write {
		in := room.Tree{"DBInstanceIdentifier": "{DBInstanceIdentifier}", member: room.V(property)}
		for _, idle := range now {
			in["ApplyImmediately"] = idle
		}
		return room.Write{Call: "ModifyDBInstance", Sets: []string{property}, Back: back, In: in}
	}
	return room.Room{
		Type: "AWS::RDS::DBInstance", Doc: "a database instance", ASFF: "AwsRdsDbInstance",
		TF:  []string{"aws_db_instance", "aws_rds_cluster_instance", "aws_neptune_cluster_instance", "aws_docdb_cluster_instance"},
		ARN: arn + "db:{DBInstanceIdentifier}", ARNIn: "DBInstanceArn", ID: "DBInstanceIdentifier", Name: "{DBInstanceIdentifier}",
		Gone: []string{"DBInstanceNotFound", "DBInstanceNotFoundFault"}, Status: "DBInstanceStatus", Busy: busy(),
		Declared: map[string]room.Declared{"aws_neptune_cluster_instance": {Gives: room.Tree{"publicly_accessible": false}}},
		Properties: []room.Property{
			{Name: "DBInstanceIdentifier", Kind: room.String, TF: "identifier"},
			{Name: "DBInstanceStatus", Kind: room.String, ReadOnly: true, TF: "status"},
			{Name: "Engine", Kind: room.String, Template: room.Depends, Provider: room.Depends},
			{Name: "DBClusterIdentifier", Kind: room.String, EmptyIsAbsent: true, TF: "cluster_identifier"},
			{Name: "DBSnapshotIdentifier", Kind: room.String, API: room.None, Config: room.None, TF: "snapshot_identifier"},
			{Name: "DBClusterSnapshotIdentifier", Kind: room.String, API: room.None, Config: room.None, TF: room.None},
			{Name: "SourceDBInstanceIdentifier", Kind: room.String, EmptyIsAbsent: true, API: "ReadReplicaSourceDBInstanceIdentifier", Config: "readReplicaSourceDBInstanceIdentifier", TF: "replicate_source_db"},
			{Name: "SourceDBClusterIdentifier", Kind: room.String, EmptyIsAbsent: true, API: "ReadReplicaSourceDBClusterIdentifier", Config: room.None, TF: room.None},
			{Name: "SourceDBInstanceAutomatedBackupsArn", Kind: room.String, API: room.None, Config: room.None, TF: "restore_to_point_in_time.source_db_instance_automated_backups_arn"},
			{Name: "PubliclyAccessible", Kind: room.Bool, Silent: room.Depends, Template: room.Depends, Provider: false, Follows: []string{"DBClusterIdentifier"}},
			{Name: "StorageEncrypted", Kind: room.Bool, Silent: room.Depends, Template: false, Provider: false, Follows: origins()},
			{Name: "EnableIAMDatabaseAuthentication", Kind: room.Bool, API: "IAMDatabaseAuthenticationEnabled", Config: "iAMDatabaseAuthenticationEnabled", TF: "iam_database_authentication_enabled", Silent: room.Depends, Template: false, Provider: false, Follows: origins()},
			{Name: "BackupRetentionPeriod", Kind: room.Int, Silent: room.Depends, Template: 1, Provider: room.Depends, Follows: origins()},
			{Name: "PendingModifiedValues", Kind: room.One, Of: "PendingModifiedValues", ReadOnly: true, TF: room.None, Silent: room.Empty},
			{Name: "Tags", Kind: room.Tags, API: "TagList", Config: "tagList"},
		},
		Finds: room.Read{Call: "DescribeDBInstances", In: room.Tree{"MaxRecords": int64(100)}, Items: "DBInstances"},
		Alone: []room.Read{{Call: "DescribeDBInstances", In: room.Tree{"DBInstanceIdentifier": "{DBInstanceIdentifier}"}, Items: "DBInstances"}},
		Writes: []room.Write{
			write("PubliclyAccessible", "PubliclyAccessible", room.Exposes), // takes effect at once by itself
			write("EnableIAMDatabaseAuthentication", "EnableIAMDatabaseAuthentication", room.Restores, atOnce(nil)),
			write("BackupRetentionPeriod", "BackupRetentionPeriod", room.Destroys, atOnce(0)),
		},
		Pages: []room.Page{
			{
				Sets: []string{"PubliclyAccessible"}, Open: []string{"Amazon RDS", "Databases", "{DBInstanceIdentifier}", "Modify"}, Save: []string{"Continue", "Modify DB instance"},
				At: map[string]string{"PubliclyAccessible": "Connectivity > Additional connectivity configuration > Public access"}, Shows: map[string]string{"false": "Not publicly accessible", "true": "Publicly accessible"},
			},
			{
				Sets: []string{"EnableIAMDatabaseAuthentication"}, Open: []string{"Amazon RDS", "Databases", "{DBInstanceIdentifier}", "Modify"}, Save: []string{"Continue", "Apply immediately", "Modify DB instance"}, Later: later("Modify DB instance"),
				At: map[string]string{"EnableIAMDatabaseAuthentication": "Database authentication"}, Shows: map[string]string{"true": "Password and IAM database authentication"},
			},
			{
				Sets: []string{"BackupRetentionPeriod"}, Open: []string{"Amazon RDS", "Databases", "{DBInstanceIdentifier}", "Modify"}, Save: []string{"Continue", "Apply immediately", "Modify DB instance"}, Later: later("Modify DB instance"),
				At: map[string]string{"BackupRetentionPeriod": "Backup retention period"},
			},
		},
		Events: []string{"CreateDBInstance", "CreateDBInstanceReadReplica", "RestoreDBInstanceFromDBSnapshot", "RestoreDBInstanceToPointInTime", "ModifyDBInstance"},
	}
}
