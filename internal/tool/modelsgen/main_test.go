package main

import (
	"os"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/outside"
)

// TestTableIsFresh holds the committed table to the installed botocore.
func TestTableIsFresh(t *testing.T) {
	requirements, err := os.ReadFile("../../../.ci/requirements.txt")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../awsclient/wire/models.json")
	if err != nil {
		t.Fatal(err)
	}
	want, err := generate(outside.Python(t), string(requirements), withRooms(wanted(operations)))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("internal/awsclient/wire/models.json is not what the installed botocore gives: run make models")
	}
}

// TestRefused refuses another boto3, operations that are none, and listings whose
// pages nobody would turn.
func TestRefused(t *testing.T) {
	python := outside.Python(t)
	requirements, err := os.ReadFile("../../../.ci/requirements.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ requirements, operations, why string }{
		{"boto3==1.2.3\n", operations, "pins 1.2.3"},
		{"moto==1\n", operations, "pins no boto3"},
		{string(requirements), operations + "sqs:ListQueus\n", "no such operation"},
		{string(requirements), operations + "ssm:ListDocumentMetadataHistory\n", "pagers.json lacks one"},
		{string(requirements), "sqs:GetQueueUrl\n", "nobody wants"},
	} {
		if _, err := generate(python, c.requirements, wanted(c.operations)); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%v, want %s", err, c.why)
		}
	}
}
