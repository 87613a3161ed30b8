package main

import (
	"os"
	"testing"

	"github.com/kumoban/kumoban/internal/outside"
)

// TestTableIsFresh holds the committed table to the installed botocore.
func TestTableIsFresh(t *testing.T) {
	requirements, err := os.ReadFile("../../../.ci/requirements.txt")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../awsclient/wire/endpoints.json")
	if err != nil {
		t.Fatal(err)
	}
	want, err := generate(t.Context(), outside.Python(t), requirements)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("internal/awsclient/wire/endpoints.json is not what the installed botocore gives: run make endpoints")
	}
}

// TestPinnedAlone refuses another boto3 than the tests'.
func TestPinnedAlone(t *testing.T) {
	for _, requirements := range []string{"boto3==1.2.3\n", "moto==1\n"} {
		if _, err := generate(t.Context(), outside.Python(t), []byte(requirements)); err == nil {
			t.Errorf("%q is taken", requirements)
		}
	}
}
