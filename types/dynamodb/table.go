// Package dynamodb is what kumoban knows of Amazon DynamoDB.
package dynamodb

import (
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/room"
)

// Rooms are the resource types.
func Rooms() *room.Service {
	return &room.Service{Package: "dynamodb", Doc: "Amazon DynamoDB", Model: "dynamodb", Rooms: []room.Room{table()}, Objects: objects(), Usages: usages()}
}

// table has the rate that the API reference gives DescribeContinuousBackups, read on
// 2026-11-30. Of the other operations AWS publishes none.
func table() room.Room {
	return room.Room{
		Type: "AWS::DynamoDB::Table", Doc: "a table", ASFF: "AwsDynamoDbTable", TF: []string{"aws_dynamodb_table"},
		ARN: "arn:{partition}:dynamodb:{region}:{account}:table/{TableName}", Name: "{TableName}", ID: "TableName", Gone: []string{"TableNotFoundException"},
		Properties: []room.Property{
			{Name: "TableName", Kind: room.String, TF: "name"},
			{Name: "PointInTimeRecoverySpecification", Kind: room.One, Of: "PointInTimeRecovery", API: "PointInTimeRecoveryDescription", Config: "ContinuousBackupsDescription.pointInTimeRecoveryDescription", TF: "point_in_time_recovery"},
			{Name: "TableSizeBytes", Kind: room.Int, ReadOnly: true, TF: room.None, Doc: "some hours old"},
			{Name: "Tags", Kind: room.Tags},
		},
		Finds: room.Read{Call: "ListTables", Items: "TableNames", As: "TableName"},
		Each: []room.Read{{
			Call: "DescribeContinuousBackups", In: room.Tree{"TableName": "{TableName}"}, Take: "ContinuousBackupsDescription", Rate: 10, Burst: 10,
			For: []string{"PointInTimeRecoverySpecification"},
		}, {
			Call: "DescribeTable", In: room.Tree{"TableName": "{TableName}"}, Take: "Table", For: []string{"TableSizeBytes"}, Closer: true,
		}, {
			Call: "ListTagsOfResource", In: room.Tree{"ResourceArn": "arn:{partition}:dynamodb:{region}:{account}:table/{TableName}"},
			Items: "Tags", Take: "Tags", Into: "Tags", For: []string{"Tags"}, Closer: true,
		}},
		Writes: []room.Write{{
			Call: "UpdateContinuousBackups", Back: room.Exposes, Whole: true,
			Sets: []string{"PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", "PointInTimeRecoverySpecification.RecoveryPeriodInDays"},
			In: room.Tree{"TableName": "{TableName}", "PointInTimeRecoverySpecification": room.Tree{
				"PointInTimeRecoveryEnabled": room.V("PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled"),
				"RecoveryPeriodInDays":       room.V("PointInTimeRecoverySpecification.RecoveryPeriodInDays"),
			}},
		}},
		Pages: []room.Page{{
			Sets: []string{"PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled"}, Open: []string{"DynamoDB", "Tables", "{TableName}", "Backups", "Point in Time Recovery", "Edit"},
			At: map[string]string{"PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled": "Point in Time Recovery"}, Shows: map[string]string{"true": "Turn on point-in-time recovery"},
		}},
		Events: []string{"UpdateContinuousBackups", "CreateTable"},
	}
}

func objects() []room.Object {
	return []room.Object{{Go: "PointInTimeRecovery", Doc: "the continuous backup of a table", Properties: []room.Property{
		{Name: "PointInTimeRecoveryEnabled", Kind: room.Bool, API: "PointInTimeRecoveryStatus", Config: "pointInTimeRecoveryStatus", TF: "enabled", Words: map[string]any{"ENABLED": true, "DISABLED": false, "ENABLING": true}, Default: false},
		{Name: "RecoveryPeriodInDays", Kind: room.Int, Config: room.None, TF: "recovery_period_in_days", Doc: "1 to 35"},
	}}}
}

func usages() []cost.Usage {
	const list = "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonDynamoDB/current/"
	return []cost.Usage{{
		Item: cost.Item{Service: "AmazonDynamoDB", Type: "TimedPITRStorage-ByteHrs"}, Unit: "GB-month",
		Prices: []cost.Price{
			{Region: "us-east-1", Price: 0.20, Source: list + "us-east-1/index.json", Date: "2026-11-30"},
			{Region: "ap-northeast-1", Price: 0.228, Source: list + "ap-northeast-1/index.json", Date: "2026-09-11"},
		},
	}}
}
