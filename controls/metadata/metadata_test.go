package metadata_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/controls/metadata"
	"github.com/kumoban/kumoban/internal/score"
)

// whole reads the file as JSON has it, not line by line.
func whole(t *testing.T) *metadata.List {
	t.Helper()
	text, err := os.ReadFile("metadata.json")
	if err != nil {
		t.Fatal(err)
	}
	var list metadata.List
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	return &list
}

// TestLinesAreTheFile holds what is found line by line to the file.
func TestLinesAreTheFile(t *testing.T) {
	list := whole(t)
	i := 0
	for id, retired := range metadata.All() {
		if i >= len(list.Controls) || id != list.Controls[i].ID || retired != list.Controls[i].Retired() {
			t.Fatalf("control %d is %s, retired: %v, which the file does not say", i, id, retired)
		}
		if diff := cmp.Diff(&list.Controls[i], metadata.Of(id)); diff != "" {
			t.Errorf("%s (-file +line):\n%s", id, diff)
		}
		i++
	}
	if i != len(list.Controls) {
		t.Errorf("%d lines, %d controls", i, len(list.Controls))
	}
}

func TestStandardIsWhole(t *testing.T) {
	var all, active []string
	for id, retired := range metadata.All() {
		all = append(all, id)
		if !retired {
			active = append(active, id)
		}
	}
	if len(active) != score.Known || len(all) <= len(active) {
		t.Errorf("%d controls, %d of them not retired; the score counts %d", len(all), len(active), score.Known)
	}
	if !metadata.Whole(active) || metadata.Whole(active[1:]) || metadata.Whole(nil) {
		t.Error("the whole standard is not told from a part of it")
	}
	for typed, want := range map[string]string{"s3.1": "S3.1", "APIGateway.10": "APIGateway.10", "S3.4711": "", "#": ""} {
		if got, _ := metadata.Find(typed); got != want {
			t.Errorf("%s is %q, want %q", typed, got, want)
		}
	}
}

func TestServices(t *testing.T) {
	sum := 0
	for _, s := range metadata.Services() {
		sum += metadata.CountOf(s)
	}
	if sum != metadata.Count() || metadata.CountOf("autoscaling") != 6 || metadata.CountOf("nothing") != 0 {
		t.Errorf("%d controls by service, %d in all; AutoScaling, which AWS spells in two ways, has %d", sum, metadata.Count(), metadata.CountOf("autoscaling"))
	}
	if n := metadata.Active([]string{"s3.1", "AppSync.1", "X.1"}); n != 1 {
		t.Errorf("%d of one active, one retired and one of nobody's count", n)
	}
}
