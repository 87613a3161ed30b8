package cli

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestExportSaysWhatIsKept: what people decided is in what is exported, and in
// what kumoban report makes of it.
func TestExportSaysWhatIsKept(t *testing.T) {
	k := keptDemo(t)
	k.scan(t, "--control", "APIGateway.9", "--store", "store.db", "--format", "json", "--output", "scan.json")
	var list []struct{ ID string }
	if err := json.Unmarshal([]byte(k.must(t, "findings", "export", "--status", "failed", "--format", "asff")), &list); err != nil || len(list) < 2 {
		t.Fatal(list, err)
	}
	k.must(t, "findings", "suppress", list[0].ID, "--until", "2099-03-31", "--reason", "it goes away")
	k.must(t, "findings", "note", list[0].ID, "--text", "asked the team")
	k.must(t, "findings", "notify", list[1].ID)
	k.must(t, "findings", "export", "--all", "--format", "json", "--output", "kept.json")
	for name, csv := range map[string]string{
		"export": k.must(t, "findings", "export", "--all", "--format", "csv"), "report": k.must(t, "report", "kept.json", "--format", "csv"),
	} {
		if !strings.Contains(csv, ",SUPPRESSED,ACTIVE,") || !strings.Contains(csv, ",it goes away,2099-") || !strings.Contains(csv, ",asked the team,hana,") || !strings.Contains(csv, ",NOTIFIED,ACTIVE,") {
			t.Errorf("%s:\n%s", name, csv)
		}
	}
	asff := k.must(t, "findings", "export", "--workflow", "suppressed", "--format", "asff")
	for _, want := range []string{`"Workflow":{"Status":"SUPPRESSED"}`, `"Note":{"Text":"asked the team","UpdatedBy":"hana"`, `"kumoban/exceptionReason":"it goes away"`} {
		if !strings.Contains(asff, want) {
			t.Errorf("no %s in\n%s", want, asff)
		}
	}
	if csv := k.must(t, "report", "scan.json", "--format", "csv"); strings.Contains(csv, "workflow") {
		t.Error("a scan has columns of a store")
	}
}
