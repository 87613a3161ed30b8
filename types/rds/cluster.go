package rds

import "github.com/kumoban/kumoban/internal/room"

// cluster is one of Aurora, a Multi-AZ cluster, or one of Neptune or DocumentDB.
func cluster() room.Room {
	write := func(property string, back room.Back, now ...room.Idle) room.Write {
		in := room.Tree{"DBClusterIdentifier": "{DBClusterIdentifier}", property: room.V(property)}
		for _, idle := range now {
			in["ApplyImmediately"] = idle
		}
		return room.Write{Call: "ModifyDBCluster", Sets: []string{property}, Back: back, In: in}
	}
	return room.Room{
		Type: "AWS::RDS::DBCluster", Doc: "a database cluster", ASFF: "AwsRdsDbCluster", TF: []string{"aws_rds_cluster", "aws_neptune_cluster", "aws_docdb_cluster"},
		ARN: arn + "cluster:{DBClusterIdentifier}", ARNIn: "DBClusterArn", ID: "DBClusterIdentifier", Name: "{DBClusterIdentifier}",
		Gone: []string{"DBClusterNotFoundFault"}, Status: "Status", Busy: busy(),
		Properties: []room.Property{
			{Name: "DBClusterIdentifier", Kind: room.String, TF: "cluster_identifier"},
			{Name: "Status", Kind: room.String, ReadOnly: true, TF: room.None},
			{Name: "Engine", Kind: room.String, Template: room.Depends, Provider: room.Depends},
			{Name: "DeletionProtection", Kind: room.Bool, Silent: room.Depends, Template: false, Provider: false},
			{Name: "EnableIAMDatabaseAuthentication", Kind: room.Bool, API: "IAMDatabaseAuthenticationEnabled", Config: "iAMDatabaseAuthenticationEnabled", TF: "iam_database_authentication_enabled", Silent: room.Depends, Template: false, Provider: false},
			{Name: "BackupRetentionPeriod", Kind: room.Int, Silent: room.Depends, Template: 1, Provider: room.Depends},
			{Name: "PendingModifiedValues", Kind: room.One, Of: "PendingModifiedValues", ReadOnly: true, TF: room.None, Silent: room.Empty},
			{Name: "Tags", Kind: room.Tags, API: "TagList", Config: "tagList"},
		},
		Finds: room.Read{Call: "DescribeDBClusters", In: room.Tree{"MaxRecords": int64(100)}, Items: "DBClusters"},
		Alone: []room.Read{{Call: "DescribeDBClusters", In: room.Tree{"DBClusterIdentifier": "{DBClusterIdentifier}"}, Items: "DBClusters"}},
		Writes: []room.Write{
			write("DeletionProtection", room.Restores), // takes effect at once by itself
			write("EnableIAMDatabaseAuthentication", room.Restores, atOnce(nil)),
			write("BackupRetentionPeriod", room.Destroys, atOnce(nil)),
		},
		Pages: []room.Page{{
			Sets: []string{"DeletionProtection", "EnableIAMDatabaseAuthentication", "BackupRetentionPeriod"}, Open: []string{"Amazon RDS", "Databases", "{DBClusterIdentifier}", "Modify"},
			At:   map[string]string{"DeletionProtection": "Deletion protection > Enable deletion protection", "EnableIAMDatabaseAuthentication": "Database authentication", "BackupRetentionPeriod": "Backup retention period"},
			Save: []string{"Continue", "Apply immediately", "Modify cluster"}, Later: later("Modify cluster"),
		}},
		Events: []string{"CreateDBCluster", "RestoreDBClusterFromSnapshot", "RestoreDBClusterToPointInTime", "ModifyDBCluster"},
	}
}
