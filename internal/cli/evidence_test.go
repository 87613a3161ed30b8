package cli

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestEvidenceOfFix: the page tells of a fix that made a log group what was set,
// by the log group's ARN and not by the step that handed it out.
func TestEvidenceOfFix(t *testing.T) {
	k := keptDemo(t)
	k.scan(t, "--control", "APIGateway.9", "--store", "store.db", "--format", "json", "--output", "scan.json")
	var list []struct {
		ID        string
		Resources []struct{ ID string }
	}
	if err := json.Unmarshal([]byte(k.must(t, "findings", "export", "--status", "failed", "--format", "asff")), &list); err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	id := list[0].ID
	k.must(t, "findings", "suppress", id, "--until", "2099-03-31", "--reason", "it goes away")
	k.must(t, "findings", "unsuppress", id)
	k.must(t, "fix", "plan", "--control", "APIGateway.9", "--resource", list[0].Resources[0].ID, "--out", "plan.json")
	k.must(t, "fix", "apply", "plan.json", "--yes")
	page := k.must(t, "findings", "evidence", id, "--as", "html")
	for _, want := range []string{"was withdrawn before its end", "<code>arn:aws:logs:ap-northeast-1:111122223333:log-group:"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
	for _, bad := range []string{"0001-01-01", "&#34;of&#34;", `\&#34;`, `<p class="why">done</p>`} {
		if strings.Contains(page, bad) {
			t.Errorf("the page says %q", bad)
		}
	}
	if n := strings.Count(page, "Fixed by run"); n != 1 {
		t.Errorf("the fix is told %d times", n)
	}
}
