package cli

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// TestSentByWebhook: what a webhook or Slack took makes its findings NOTIFIED at
// once; what it did not take leaves them NEW. A receiver finds keys and kinds.
func TestSentByWebhook(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../docs/schemas/question.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var got []byte
	status := http.StatusOK
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, _ = io.ReadAll(r.Body)
		w.WriteHeader(status)
		_, _ = w.Write([]byte("ok"))
	}))
	defer hook.Close()
	k := keptDemo(t)
	k.environ = append(k.environ, "KUMOBAN_WEBHOOK="+hook.URL+"/s3cr3t")
	k.must(t, "scan", "--service", "APIGateway", "-q", "--format", "csv", "--output", "one.csv")
	workflow := func(id string) string {
		var out struct{ Finding struct{ Workflow string } }
		if err := json.Unmarshal([]byte(k.must(t, "findings", "show", id, "--format", "json")), &out); err != nil {
			t.Fatal(err)
		}
		return out.Finding.Workflow
	}
	status = http.StatusBadRequest
	if _, errs, code := k.run("ask", "8f208caafe3d", "--due", "2099-01-15", "--via", "webhook"); code != 1 || strings.Contains(errs, "s3cr3t") || workflow("8f208caafe3d") != "NEW" {
		t.Errorf("refused: exit code %d, %s\n%s", code, workflow("8f208caafe3d"), errs)
	}
	status = http.StatusOK
	if _, errs, code := k.run("ask", "8f208caafe3d", "--due", "2099-01-15", "--via", "webhook", "--again"); code != 0 || !strings.Contains(errs, "question q2 is marked as sent (findings that are NOTIFIED now: 1)") || workflow("8f208caafe3d") != "NOTIFIED" {
		t.Errorf("webhook: exit code %d\n%s", code, errs)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(got)))
	if err == nil {
		err = schema.Validate(doc)
	}
	if err != nil || !strings.Contains(string(got), `{"key":"confidential-cached","kind":"yes/no","text":"Do the cached answers`) {
		t.Errorf("%v: %s", err, got)
	}
	// The directory chooses Slack; what is suppressed stays so.
	if err := os.WriteFile("owners.csv", []byte("resource,team,channel,language\n*,team-all,slack,ja\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	k.must(t, "owners", "import", "owners.csv")
	k.must(t, "findings", "suppress", "fac63721f205", "--reason", "r", "--until", "30d")
	if _, errs, code := k.run("ask", "fac63721f205", "42a2c678d031", "--due", "2099-01-15", "--again"); code != 0 || !strings.Contains(errs, "NOTIFIED now: 1") || !strings.Contains(string(got), `"blocks"`) || !strings.Contains(string(got), "受容してよい場合") {
		t.Errorf("slack: exit code %d\n%s\n%s", code, errs, got)
	}
	if workflow("fac63721f205") != "SUPPRESSED" || workflow("42a2c678d031") != "NOTIFIED" {
		t.Errorf("%s, %s", workflow("fac63721f205"), workflow("42a2c678d031"))
	}
	var asked struct {
		Questions []struct {
			Channel, Language string
			Sent              *struct{ By string }
		}
	}
	if err := json.Unmarshal([]byte(k.must(t, "ask", "show", "q3", "--format", "json")), &asked); err != nil || asked.Questions[0].Sent == nil || asked.Questions[0].Sent.By != "hana" || asked.Questions[0].Channel != "slack" || asked.Questions[0].Language != "ja" {
		t.Errorf("%+v %v", asked, err)
	}
	// To say it again is told, and changes nothing.
	if out := k.must(t, "ask", "sent", "q3"); !strings.Contains(out, "was marked as sent before") {
		t.Error(out)
	}
	k.must(t, "audit", "verify")
}
