package walk

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kumoban/kumoban/internal/awsdouble"
)

// twoTeams are stages of two teams that write no access log; env is the tag of
// the first one's.
func twoTeams(env string) []byte {
	return fmt.Appendf(nil, `{"apis": [
		{"apiId": "h1a2b3c4d5", "name": "shop", "protocolType": "HTTP", "stages": [{"stageName": "dev", "tags": {"team": "team-shop", "env": %q}}], "routes": [], "integrations": []},
		{"apiId": "h9z8y7x6w5", "name": "orders", "protocolType": "HTTP", "stages": [{"stageName": "prod", "tags": {"team": "team-orders", "env": "prod"}}], "routes": [], "integrations": []}],
		"metrics": [{"namespace": "AWS/ApiGateway", "metricName": "Count", "dimensions": {"ApiId": "h9z8y7x6w5", "Stage": "prod"}, "perDay": 1000000}]}`, env)
}

// TestRunbook walks the whole runbook of a failed control, in each language: find,
// ask the owners whether the conditions hold, accept while they do, learn that
// they do not any more, fix, and show an auditor all of it.
func TestRunbook(t *testing.T) {
	for lang, says := range map[string]map[string]string{
		"en": {
			"cost": `Cost: ([0-9.]+) USD a month, an estimate`, "requests": "requests of orders/prod in the 30 days before", "kept": "When accepting is never proper:",
			"asks": "Does production traffic or real data pass through this stage?", "ended": "tag env is prod, was dev", "next": "kumoban ask", "reason": "only developers use it", "reply": "NO", "yes": "YES", "placeholder": "YOUR REASON",
		},
		"ja": {
			"cost": `費用: 月額 ([0-9.]+) USD \(概算`, "requests": "orders/prod の", "kept": "受容してはいけない場合:",
			"asks": "本番のトラフィックまたは実データが通りますか。", "ended": "tag env は prod です (以前は dev)", "next": "kumoban ask", "reason": "開発者だけが使うステージです", "reply": "いいえ", "yes": "はい", "placeholder": "理由",
		},
	} {
		t.Run(lang, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { runbook(t, lang, says) })
		})
	}
}

func runbook(t *testing.T, lang string, says map[string]string) {
	w := &walker{T: t, double: awsdouble.New(awsdouble.Options{}), dir: t.TempDir(), store: filepath.Join(t.TempDir(), "kumoban.db"), lang: lang}
	if err := w.double.Load(account, region, twoTeams("dev")); err != nil {
		t.Fatal(err)
	}
	const shop, orders = "APIGateway.9:shop/dev", "APIGateway.9:orders/prod"

	// The failed stages, and a question to each of their teams.
	out, _ := w.run("scan", "--control", "APIGateway.9")
	w.has(out, "shop/dev", "orders/prod")
	asked, _ := w.run("ask", shop, orders, "--due", "14d")
	first, second, found := strings.Cut(asked, "[kumoban] "+map[string]string{"en": "Question", "ja": "照会"}[lang]+" q2")
	if !found {
		t.Fatalf("not two questions:\n%s", asked)
	}
	w.has(first, "team-shop", says["kept"], says["asks"], "--while 'tag env=dev'")
	w.has(second, "team-orders", says["kept"], says["asks"], says["requests"])
	cost := regexp.MustCompile(says["cost"]).FindStringSubmatch(second)
	if cost == nil {
		t.Fatalf("no cost of orders/prod in money:\n%s", second)
	}
	// By hand: 30,000,000 lines; the message says how long each is and what a GB costs.
	w.has(second, "30,000,000 ", cost[1])
	w.run("ask", "sent", "q1,q2")
	w.is(shop, "FAILED", "NOTIFIED")

	// One team answers by the command that its message shows.
	w.run(typed(t, first, "accept", says, "no")...)
	s := w.is(shop, "FAILED", "SUPPRESSED")
	if e := s.Exceptions; len(e) != 1 || e[0].Reason != says["reason"] || e[0].Question != "q1" || e[0].ApprovedBy != "team-shop" {
		t.Errorf("exceptions %+v", e)
	}
	w.run("scan", "--control", "APIGateway.9")
	w.is(shop, "FAILED", "SUPPRESSED") // the condition holds

	// The tag changes: the reason is gone, and the owner can be told why.
	time.Sleep(24 * time.Hour)
	w.double = awsdouble.New(awsdouble.Options{})
	if err := w.double.Load(account, region, twoTeams("prod")); err != nil {
		t.Fatal(err)
	}
	_, told := w.run("scan", "--control", "APIGateway.9")
	w.has(told, says["next"])
	s = w.is(shop, "FAILED", "NEW")
	if s.Exceptions[0].EndedBy != "condition" {
		t.Errorf("%+v", s.Exceptions[0])
	}
	shown, _ := w.run("findings", "show", shop)
	w.has(shown, says["ended"])
	again, _ := w.run("ask", shop, "--due", "14d")
	w.has(again, "q3", "team-shop", says["ended"])

	// The other team says fix.
	w.run(typed(t, second, "fix", says, "yes")...)
	plan := filepath.Join(w.dir, "plan.json")
	w.run("settings", "set", "owner-gate", "require")
	w.run("fix", "plan", "--finding", orders, "--out", plan)
	applied, _ := w.run("fix", "apply", plan, "--yes")
	w.has(applied, "APIGateway.9 orders/prod: PASSED")
	w.run("scan", "--control", "APIGateway.9")
	w.is(orders, "PASSED", "RESOLVED")

	// An auditor sees who, when, and what was answered.
	w.steps(shop, says["reason"], "production=no", "found", "asked", "answered", "excepted", "fact", "asked")
	w.steps(orders, "team-orders", "production=yes", "found", "asked", "workflow", "answered", "fixed", "compliance")
	verified, _ := w.run("audit", "verify", "--format", "json")
	w.has(verified, `"whole": true`)
}

// typed is the command of a choice that a message shows, as its reader completes it.
func typed(t *testing.T, message, choice string, says map[string]string, production string) (args []string) {
	t.Helper()
	line := regexp.MustCompile(`(?m)^ *kumoban (answer \S+ ` + choice + ` .*)$`).FindStringSubmatch(message)
	if line == nil {
		t.Fatalf("no command for %s in\n%s", choice, message)
	}
	for _, word := range regexp.MustCompile(`"[^"]*"|'[^']*'|\S+`).FindAllString(line[1], -1) {
		word = strings.Trim(word, `"'`)
		key, value, _ := strings.Cut(word, "=")
		switch {
		case word == says["placeholder"]:
			word = says["reason"]
		case key == "production":
			word = key + "=" + production
		case strings.Contains(value, says["yes"]+"/"):
			word = key + "=" + says["yes"]
		case key == "retention":
			word = "retention=365"
		}
		args = append(args, word)
	}
	return args
}

// steps wants the parts of a finding's story in this order in its evidence, and
// what was answered in it.
func (w *walker) steps(id, words, reply string, kinds ...string) {
	w.Helper()
	var pack struct {
		Story []struct{ Kind, By string }
		Audit struct{ Verification struct{ Whole bool } }
	}
	out, _ := w.run("findings", "evidence", id)
	if err := json.Unmarshal([]byte(out), &pack); err != nil {
		w.Fatal(err)
	}
	at := 0
	for _, m := range pack.Story {
		if at < len(kinds) && m.Kind == kinds[at] {
			at++
		}
	}
	if at < len(kinds) || !pack.Audit.Verification.Whole {
		w.Fatalf("no %s in its place: %+v", kinds[min(at, len(kinds)-1)], pack)
	}
	key, value, _ := strings.Cut(reply, "=")
	w.has(out, `"key": "`+key+`"`, `"value": "`+value+`"`)
	page := filepath.Join(w.dir, "evidence.html")
	w.run("findings", "evidence", id, "--as", "html", "--output", page)
	html, err := os.ReadFile(page)
	if err != nil {
		w.Fatal(err)
	}
	w.has(string(html), words, "hana")
}
