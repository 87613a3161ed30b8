package render_test

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/outside"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
)

// evil are names that would do something where they are not quoted.
func evil() map[string]string {
	return map[string]string{
		"shell":    "a'b\"c $(touch pwned) `touch pwned` ; touch pwned # & | > pwned * ~ !",
		"newline":  "x\ntouch pwned\r\n}\ny: z",
		"template": "${a} $${b} $$${c} %{ if true } %%{d} %{ ${ $ { {{ }} ${file(\"/etc/passwd\")}",
		"option":   "--endpoint-url=http://evil.example",
		"file":     "file:///etc/passwd",
		"url":      "https://evil.example/'\"",
		"unicode":  "日本 é \u202e txet \u2028 \U0001F600 \ufeff",
		"yaml":     "- a: &b *c !d {e: [f]} | > % @ no # x: y",
		"back":     `\ \n \u0041 \' \" \${x} \`,
		"number":   "0x10",
		"word":     "NO",
	}
}

// hostilePlan has a name wherever AWS lets other people choose one, and where
// it does not, too.
func hostilePlan(t *testing.T, evil string) *plan.Plan {
	t.Helper()
	one := strings.ReplaceAll(evil, "/", "_") // in an ARN a slash divides
	rest := plan.Thing{Type: restStage, ARN: arn("/restapis/" + one + "/stages/" + one), Name: evil}
	v2 := thing(v2Stage, "/apis/"+one+"/stages/"+one)
	route := thing("AWS::ApiGatewayV2::Route", "/apis/"+one+"/routes/"+one)
	f := fix("APIGateway.5", "encrypt", rest, "1")
	f.Managed = &plan.Managed{By: "terraform", Name: evil, In: evil, Also: []string{evil}, Logical: evil}
	f.Inputs = map[string]string{"x": evil}
	p := build(t, []plan.Fix{f},
		plan.Step{Thing: named("AWS::ApiGateway::ClientCertificate", evil), Make: true},
		plan.Step{Thing: rest, With: []plan.Change{same("DeploymentId", evil)}, Changes: []plan.Change{
			change("ClientCertificateId", nil, evil), change(remedy.Key(evil+"/GET", "LoggingLevel"), "OFF", "INFO"),
			change("AccessLogSetting.DestinationArn", nil, "arn:aws:logs:ap-northeast-1:111122223333:log-group:x"), change("AccessLogSetting.Format", nil, evil),
		}},
		plan.Step{Thing: named("AWS::Logs::LogGroup", evil), Make: true, Data: true, Changes: []plan.Change{change("RetentionInDays", nil, 90.0)}},
		plan.Step{Thing: v2, After: []string{"3"}, Changes: []plan.Change{
			change("AccessLogSettings.DestinationArn", nil, out("3", "Arn")), change("AccessLogSettings.Format", evil+"before", evil),
		}},
		plan.Step{Thing: route, With: []plan.Change{same("RouteKey", evil)}, Changes: []plan.Change{change("AuthorizationType", "NONE", "JWT"), change("AuthorizerId", nil, evil)}},
		plan.Step{
			Thing: thing("AWS::ApiGatewayV2::Integration", "/apis/"+one+"/integrations/"+one), With: []plan.Change{same("IntegrationType", "HTTP_PROXY")},
			Changes: []plan.Change{change("TlsConfig.ServerNameToVerify", nil, evil)},
			Guards:  []plan.Guard{{Property: "TlsConfig.ServerNameToVerify", OneOf: []any{nil, evil}, Why: evil, WhyArgs: []plan.Arg{{Name: evil, Value: evil}}}},
		},
		plan.Step{Thing: named("AWS::IAM::Role", evil), Make: true, Shared: true, Changes: []plan.Change{change("AssumeRolePolicyDocument", nil, trust), change("ManagedPolicyArns", nil, []string{push})}},
	)
	p.Kumoban = evil
	return p
}

// TestHostileNames runs the script of each hostile plan and compares what
// reaches the aws command with what the plan says.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	for name, s := range evil() {
		t.Run(name, func(t *testing.T) {
			p := hostilePlan(t, s)
			for _, lang := range locale.Langs() {
				r := execute(t, show(t, p, "cli", lang), 0, "")
				if r.err != nil || r.stderr != "" {
					t.Fatalf("%v\n%s%s", r.err, r.stdout, r.stderr)
				}
				reached(t, s, r.calls)
			}
		})
	}
}

// reached compares the inputs of all changing calls.
func reached(t *testing.T, evil string, calls [][]string) {
	t.Helper()
	one := strings.ReplaceAll(evil, "/", "_")
	logs, replace := "arn:aws:logs:ap-northeast-1:111122223333:log-group:", "replace"
	patch := func(path, value string) any { return map[string]any{"op": replace, "path": path, "value": value} }
	want := map[string]map[string]any{
		"generate-client-certificate": {"description": evil},
		"apigateway update-stage": {"restapiid": one, "stagename": one, "patchoperations": []any{
			patch("/clientCertificateId", evil), patch("/accessLogSettings/destinationArn", logs+"x"), patch("/accessLogSettings/format", evil),
			patch("/"+evil+"/GET/logging/loglevel", "INFO"),
		}},
		"create-log-group":          {"loggroupname": evil},
		"put-retention-policy":      {"loggroupname": evil, "retentionindays": "90"},
		"apigatewayv2 update-stage": {"apiid": one, "stagename": one, "accesslogsettings": map[string]any{"DestinationArn": logs + "made", "Format": evil}},
		"update-route":              {"apiid": one, "routeid": one, "authorizationtype": "JWT", "authorizerid": evil},
		"update-integration":        {"apiid": one, "integrationid": one, "tlsconfig": map[string]any{"ServerNameToVerify": evil}},
		"create-role":               {"rolename": evil, "assumerolepolicydocument": trust},
		"attach-role-policy":        {"rolename": evil, "policyarn": push},
	}
	got := map[string]map[string]any{}
	for _, call := range calls {
		if !writes(call) {
			continue
		}
		name := call[1]
		if name == "update-stage" {
			name = call[0] + " " + name
		}
		got[name] = input(t, call)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what reaches aws (-want +got):\n%s", diff)
	}
}

// TestQueries evaluates the printed queries with the library that the aws
// command has, over what AWS returns before and after each change.
func TestQueries(t *testing.T) {
	t.Parallel()
	python := outside.Python(t)
	type look struct {
		Query string
		As    string // "before" or "after": when it has to be true
		At    string
		Docs  map[string]any
	}
	var looks []look
	for name, s := range evil() {
		before, after := documents(s)
		seen := map[string]int{}
		for _, call := range execute(t, show(t, hostilePlan(t, s), "cli", locale.English), 0, "").calls {
			at := call[0] + " " + call[1]
			if before[at] == nil {
				continue
			}
			seen[at]++
			l := look{query(call), "before", name + ": " + at, map[string]any{"before": before[at], "after": after[at]}}
			switch {
			case at == "apigatewayv2 get-integration" && seen[at] == 1:
				l.As = "both" // the guard lets both be
			case at != "apigatewayv2 get-integration" && seen[at] == 2, seen[at] == 3, strings.HasPrefix(at, "logs") && seen[at] > 1:
				l.As = "after"
			}
			// Neither before nor after: between making a log group and its retention.
			if strings.HasSuffix(l.Query, ".arn") || strings.HasSuffix(l.Query, "[!(retentionInDays)]") {
				continue
			}
			looks = append(looks, l)
		}
	}
	if len(looks) < 8*len(evil()) {
		t.Fatalf("only %d queries", len(looks))
	}
	data, err := json.Marshal(looks)
	if err != nil {
		t.Fatal(err)
	}
	const script = `
import jmespath, json, sys
for l in json.load(sys.stdin):
    for when, doc in l["Docs"].items():
        r = jmespath.search(l["Query"], doc)
        r = r[0][0] if isinstance(r, list) and r and isinstance(r[0], list) else r
        want = l["As"] in (when, "both")
        if l["Query"].endswith((".logGroupName", ".clientCertificateId")):
            r = r == []
        elif r == []:
            r = False
        if r is not want:
            print(l["At"], when, "gives", r, "wanted", want, l["Query"])
`
	cmd := exec.CommandContext(t.Context(), python, "-c", script)
	cmd.Stdin = strings.NewReader(string(data))
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

// documents are what AWS returns before and after the hostile plan's changes.
func documents(evil string) (before, after map[string]any) {
	type m = map[string]any
	group := m{"logGroupName": evil + "2", "retentionInDays": 1}
	before = m{
		"apigateway get-client-certificates": m{"items": []any{m{"description": "other", "clientCertificateId": "x"}}},
		"apigateway get-stage":               m{"methodSettings": m{evil + "/GET": m{"cachingEnabled": false}}},
		"logs describe-log-groups":           m{"logGroups": []any{group}},
		"apigatewayv2 get-stage":             m{"AccessLogSettings": m{"Format": evil + "before"}},
		"apigatewayv2 get-route":             m{"AuthorizationType": "NONE"},
		"apigatewayv2 get-integration":       m{"IntegrationId": "x"},
	}
	after = m{
		"apigateway get-client-certificates": m{"items": []any{m{"description": evil, "clientCertificateId": "x"}}},
		"apigateway get-stage": m{
			"methodSettings": m{evil + "/GET": m{"cachingEnabled": false, "loggingLevel": "INFO"}}, "clientCertificateId": evil,
			"accessLogSettings": m{"format": evil, "destinationArn": "arn:aws:logs:ap-northeast-1:111122223333:log-group:x"},
		},
		"logs describe-log-groups":     m{"logGroups": []any{group, m{"logGroupName": evil, "retentionInDays": 90}}},
		"apigatewayv2 get-stage":       m{"AccessLogSettings": m{"Format": evil, "DestinationArn": "arn:aws:logs:ap-northeast-1:111122223333:log-group:made"}},
		"apigatewayv2 get-route":       m{"AuthorizationType": "JWT", "AuthorizerId": evil},
		"apigatewayv2 get-integration": m{"TlsConfig": m{"ServerNameToVerify": evil}},
	}
	return before, after
}

// TestHostileYAML reads each template back with a parser of YAML 1.1, which is
// what CloudFormation reads.
func TestHostileYAML(t *testing.T) {
	t.Parallel()
	python := outside.Python(t)
	dir := t.TempDir()
	names := slices.Sorted(maps.Keys(evil()))
	for _, name := range names {
		for _, lang := range locale.Langs() {
			text := show(t, hostilePlan(t, evil()[name]), "cloudformation", lang)
			if err := os.WriteFile(filepath.Join(dir, name+"."+string(lang)+".yaml"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	data, err := json.Marshal(evil())
	if err != nil {
		t.Fatal(err)
	}
	const script = `
import json, sys, yaml
class Loader(yaml.SafeLoader): pass
Loader.add_multi_constructor("!", lambda l, s, n: (s, l.construct_scalar(n)))
for name, evil in json.load(sys.stdin).items():
    for lang in ("en", "ja"):
        t = yaml.load(open(sys.argv[1] + "/" + name + "." + lang + ".yaml", encoding="utf-8"), Loader)["Resources"]
        one = evil.replace("/", "_")
        got = [
            t["ClientCertificate1"]["Properties"]["Description"], t["Stage2"]["Properties"]["ClientCertificateId"],
            t["Stage2"]["Properties"]["AccessLogSetting"]["Format"], t["LogGroup3"]["Properties"]["LogGroupName"],
            t["Stage4"]["Properties"]["AccessLogSettings"]["Format"], t["Route5"]["Properties"]["AuthorizerId"],
            t["Route5"]["Properties"]["RouteKey"], t["Integration6"]["Properties"]["TlsConfig"]["ServerNameToVerify"], t["Role7"]["Properties"]["RoleName"],
        ]
        ids = [t["Stage2"]["Properties"]["RestApiId"], t["Stage4"]["Properties"]["StageName"], t["Route5"]["Properties"]["ApiId"]]
        if any(g != evil for g in got) or any(i != one for i in ids) or len(t) != 7:
            print(name, lang, repr(evil), got, ids)
`
	cmd := exec.CommandContext(t.Context(), python, "-c", script, dir)
	cmd.Stdin = strings.NewReader(string(data))
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestHostileText keeps what is shown in a terminal in its lines.
func TestHostileText(t *testing.T) {
	for name, s := range evil() {
		for _, as := range []string{"summary", "console"} {
			for _, lang := range locale.Langs() {
				text := show(t, hostilePlan(t, s), as, lang)
				if i := strings.IndexFunc(strings.ReplaceAll(text, "\n", " "), func(r rune) bool { return r < ' ' || r == 0x7f || r == '\u202e' || r == '\u2028' }); i >= 0 {
					t.Errorf("%s: %s.%s holds %q", name, as, lang, text[max(0, i-20):i+1])
				}
				if strings.Contains(text, "\ntouch pwned") {
					t.Errorf("%s: %s.%s: a name begins a line", name, as, lang)
				}
			}
		}
	}
}
