package controls_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/control"
)

// TestOthers holds docs/facts/others.md to the 36 controls that the rooms were built
// for: each has a line for AWS Config and one for Prowler, in their order, with the
// file that was read and what differs there, or "none"; and the commits are named.
func TestOthers(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "docs", "facts", "others.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, repository := range []string{"awslabs/aws-config-rules", "prowler-cloud/prowler"} {
		if !regexp.MustCompile(repository + `\) at [0-9a-f]{40} \(\d{4}-\d\d-\d\d\)`).Match(data) {
			t.Errorf("%s without its commit", repository)
		}
	}
	has, seen, ids, last := map[string]bool{}, map[string]bool{}, map[string]bool{}, ""
	for line := range strings.Lines(string(data)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| Control") {
			continue
		}
		if len(cells) != 4 {
			t.Fatalf("%d cells in %s", len(cells), line)
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		id, whose, file, says := cells[0], cells[1], cells[2], cells[3]
		if last != "" && control.Compare(last, id) > 0 {
			t.Errorf("%s stands behind %s", id, last)
		}
		last = id
		if seen[line] || has[id+whose+"none"] || file == "none" && has[id+whose] {
			t.Errorf("twice, or none beside some: %s", line)
		}
		if says == "" && file != "none" || says != "" && !strings.HasSuffix(says, ".") {
			t.Errorf("no sentence: %s", line)
		}
		if whose == "Config" && file != "none" && !slices.Contains([]string{".py", ".PY", ".js", ".java"}, filepath.Ext(file)) {
			t.Errorf("no file: %s", line)
		}
		seen[line], has[id+whose], has[id+whose+file] = true, true, true
		ids[id] = true
	}
	judging := map[string]bool{}
	for _, c := range listed(t) {
		judging[c.ID] = true
	}
	for id := range ids {
		if !judging[id] || !has[id+"Config"] || !has[id+"Prowler"] {
			t.Errorf("%s judges no room, or lacks a line for AWS Config or for Prowler", id)
		}
	}
	if len(ids) != 36 {
		t.Errorf("%d controls", len(ids))
	}
}
