// Package sqs is what kumoban knows of Amazon SQS.
package sqs

import "github.com/kumoban/kumoban/internal/room"

// Rooms are the resource types.
func Rooms() *room.Service {
	return &room.Service{Package: "sqs", Doc: "Amazon SQS", Model: "sqs", Rooms: []room.Room{queue()}}
}

func queue() room.Room {
	return room.Room{
		Type: "AWS::SQS::Queue", Doc: "a message queue", ASFF: "AwsSqsQueue", TF: []string{"aws_sqs_queue"},
		ARN: "arn:{partition}:sqs:{region}:{account}:{QueueName}", ARNIn: "Attributes.QueueArn", ID: "QueueUrl", Gone: []string{"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"}, Name: "{QueueName}",
		Properties: []room.Property{
			{Name: "QueueName", Kind: room.String, TF: "name"},
			{Name: "KmsMasterKeyId", Kind: room.String, API: "Attributes.KmsMasterKeyId", EmptyIsAbsent: true},
			{Name: "SqsManagedSseEnabled", Kind: room.Bool, API: "Attributes.SqsManagedSseEnabled", Silent: false, Template: true, Provider: true},
			{Name: "Tags", Kind: room.Tags},
		},
		Finds: room.Read{Call: "ListQueues", In: room.Tree{"MaxResults": int64(1000)}, Items: "QueueUrls", As: "QueueUrl", Tail: "QueueName"},
		Each: []room.Read{
			{Call: "GetQueueAttributes", In: room.Tree{"QueueUrl": "{QueueUrl}", "AttributeNames": []any{"All"}}, Expect: "Attributes"},
			{Call: "ListQueueTags", In: room.Tree{"QueueUrl": "{QueueUrl}"}, Take: "Tags", Into: "Tags", Bare: true, For: []string{"Tags"}, Closer: true},
		},
		Alone: []room.Read{{Call: "GetQueueUrl", In: room.Tree{"QueueName": "{QueueName}"}}},
		Writes: []room.Write{{
			Call: "SetQueueAttributes", Back: room.Exposes, Sets: []string{"KmsMasterKeyId", "SqsManagedSseEnabled"},
			In: room.Tree{"QueueUrl": "{QueueUrl}", "Attributes": room.Tree{"KmsMasterKeyId": room.Text("KmsMasterKeyId"), "SqsManagedSseEnabled": room.Text("SqsManagedSseEnabled")}},
		}},
		Pages: []room.Page{{
			Sets: []string{"SqsManagedSseEnabled"}, Open: []string{"Amazon SQS", "Queues", "{QueueName}", "Edit"}, Save: []string{"Save"},
			At: map[string]string{"SqsManagedSseEnabled": "Encryption > Server-side encryption"}, Shows: map[string]string{"true": "Enabled > Amazon SQS key (SSE-SQS)", "false": "Disabled"},
		}},
		Events: []string{"SetQueueAttributes", "CreateQueue"},
	}
}
