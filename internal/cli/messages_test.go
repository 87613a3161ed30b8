package cli

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

const messagesYAML = `
rules:
  - {name: ours, order: 1, match: {controls: 'APIGateway.*'}, severity: high}
messages:
  hook: {kind: webhook, url-env: HOOK_URL, secret-file: hook.secret, lang: ja}
`

// TestServeDelivers: what a scan of another process found is delivered by kumoban serve,
// which knows the secrets; nothing that is printed has them.
func TestServeDelivers(t *testing.T) {
	k := keptDemo(t)
	bodies := make(chan string, 10)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		bodies <- string(body)
	}))
	defer receiver.Close()
	for name, text := range map[string]string{"kumoban.yaml": messagesYAML, "hook.secret": "whsec_czNjcmV0czNjcmV0czNjcmV0czNjcmV0\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	k.environ = append(k.environ, "HOOK_URL="+receiver.URL+"/tokentoken", "KUMOBAN_CONFIG=kumoban.yaml")
	said := k.serves(t, func() {}) // it says where messages go
	if stdout, _, _ := k.run("scan", "--service", "APIGateway"); stdout == "" {
		t.Fatal("nothing was scanned")
	}
	if list := k.must(t, "messages", "list"); !strings.Contains(list, "new findings") || !strings.Contains(list, "waiting") {
		t.Fatal(list)
	}
	said += k.serves(t, func() {
		if body := <-bodies; !strings.Contains(body, "kumoban.findings") || !strings.Contains(body, "新しい検出結果") {
			t.Error(body)
		}
	})
	said += k.must(t, "messages", "test", "hook")
	if body := <-bodies; !strings.Contains(body, "kumoban.test") {
		t.Error(body)
	}
	receiver.Close()
	_, wrong, code := k.run("messages", "test", "hook")
	if said += wrong; code != exitFailed || !strings.Contains(wrong, "127.0.0.1") {
		t.Errorf("%d: %s", code, wrong)
	}
	if strings.Contains(said, "tokentoken") || strings.Contains(said, "whsec_") || strings.Contains(said, "czNjcmV0") {
		t.Error(said)
	}
}

// serves runs kumoban serve while do runs, and returns what it said.
func (k *kept) serves(t *testing.T, do func()) string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var out, errs heard
	code := make(chan int, 1)
	go func() {
		code <- Run(ctx, []string{"serve", "--no-open", "--listen", "127.0.0.1:0"}, strings.NewReader(""), &out, &errs, k.environ)
	}()
	for out.find(linkOf) == "" {
		select {
		case c := <-code:
			t.Fatalf("it ended with %d: %s", c, errs.text.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
	do()
	stop()
	if c := <-code; c != exitDone {
		t.Errorf("it ended with %d: %s", c, errs.text.String())
	}
	return out.text.String() + errs.text.String()
}

// TestBadChannels: what is wrong with a channel is said in one sentence, without its
// secrets; a file that merely lies about sends nothing anywhere.
func TestBadChannels(t *testing.T) {
	t.Chdir(t.TempDir())
	k := &kept{environ: []string{"TERM=dumb", "USER=hana", "KUMOBAN_STORE=store.db", "URL=https://example.com/tokentoken", "BAD=tokentoken"}}
	k.must(t, "owners", "import", writeFile(t, "owners.csv", "account,team\n111122223333,web\n"))
	var once sync.Once
	for text, want := range map[string]string{
		"[hook]":     "channels by their names",
		"{hook: on}": "a channel has a kind",
		"{hook: {}}": "use one of webhook, slack, mail",
		"{hook: {kind: slack, url-env: URL, url-file: f}}":                                           `("url-env") or the file ("url-file")`,
		"{hook: {kind: slack, url-env: NONE}}":                                                       "NONE of the environment is empty",
		"{hook: {kind: slack, url-file: missing}}":                                                   "missing",
		"{hook: {kind: slack, url: 'https://example.com'}}":                                          `unknown setting "url"`,
		"{hook: {kind: slack, url-env: BAD}}":                                                        "https",
		"{hook: {kind: webhook, url-env: URL, secret-env: BAD}}":                                     "whsec_",
		"{hook: {kind: mail, server: a.example, from: a@b.example, to: 3}}":                          "to",
		"{hook: {kind: mail, server: a.example, from: a@b.example, owners: 'yes'}}":                  "true or false",
		"{hook: {kind: mail, server: a.example, from: a@b.example, to: a@b.example, user: u}}":       "password",
		"{hook: {kind: mail, server: a.example, from: a@b.example, to: a@b.example, lang: klingon}}": "klingon",
	} {
		writeFile(t, "kumoban.yaml", "messages: "+text+"\n")
		_, said, code := k.run("messages", "test", "hook", "--config", "kumoban.yaml")
		if code != exitFailed || !strings.Contains(said, want) || strings.Contains(said, "tokentoken") || strings.Count(strings.TrimSpace(said), "\n") > 0 {
			t.Errorf("%s: exit code %d: %s", text, code, said)
		}
		once.Do(func() {
			_, said, code := k.run("messages", "test", "hook")
			if code != exitFailed || !strings.Contains(said, "only lies in the working directory") || !strings.Contains(said, "no channel is set up") {
				t.Errorf("exit code %d: %s", code, said)
			}
		})
	}
}

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
