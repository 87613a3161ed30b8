package fixproof

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/kumoban/kumoban/internal/controltest"
	"github.com/kumoban/kumoban/internal/outside"
)

// proof is one finding that is fixed, undone, and fixed by other hands.
type proof struct {
	name, control string
	resource      string // by its name in a scan
	args          []string
	double        string   // why moto cannot express it; "" where it can
	does          []string // what each change begins with
	leaves        []string // what those changes begin with that undo leaves
}

const (
	prod   = "REST <ORDERS> stages.prod."
	format = "accessLogSettings."
)

// What undo leaves, for others may rely on it or it may hold data.
func accountRole() []string {
	return []string{"account.cloudwatchRoleArn = ", "role kumoban-apigateway-cloudwatch."}
}

func proofs() []proof {
	input := func(values ...string) []string {
		args := []string{}
		for _, v := range values {
			args = append(args, "--input", v)
		}
		return args
	}
	return []proof{
		{name: "REST settings", control: "APIGateway.1", resource: "orders/prod", args: input("level=INFO"), leaves: accountRole(), does: []string{
			prod + "methodSettings.*/*.loggingLevel = INFO is new", prod + "methodSettings.me/GET.loggingLevel = INFO is new",
		}},
		{name: "REST without settings", control: "APIGateway.1", resource: "bare/dev", leaves: accountRole(), does: []string{
			"REST <BARE> stages.dev.methodSettings.*/*.",
		}},
		{name: "WebSocket", control: "APIGateway.1", resource: "chat/production", leaves: accountRole(), does: []string{
			"API <CHAT> stages.production.defaultRouteSettings.loggingLevel: OFF became ERROR",
		}},
		{name: "WebSocket, a role of the team's", control: "APIGateway.1", resource: "chat/production",
			args: input("roleName=logs", "rolePath=/team/a/", "permissionsBoundary=arn:aws:iam::aws:policy/ReadOnlyAccess"),
			leaves: []string{
				"account.cloudwatchRoleArn = arn:aws:iam::<account>:role/team/a/logs", "role logs.trust", "role logs.policies",
				"role logs.path = /team/a/", "role logs.boundary = arn:aws:iam::aws:policy/ReadOnlyAccess",
			}, does: []string{"API <CHAT> stages.production.defaultRouteSettings.loggingLevel: OFF became ERROR"}},
		{name: "a certificate", control: "APIGateway.2", resource: "orders/prod", args: input("certificate=c0ffee"), does: []string{
			prod + "clientCertificateId = c0ffee is new",
		}},
		{name: "a new certificate", control: "APIGateway.2", resource: "orders/prod", args: input("certificate=new"), does: []string{
			"REST a1b2c3d4e5 stages.prod.clientCertificateId = <certificate", "certificates.<certificate",
		}, double: "moto has no client certificates"},
		{name: "tracing", control: "APIGateway.3", resource: "orders/prod", does: []string{prod + "tracingEnabled: false became true"}},
		{name: "web ACL", control: "APIGateway.4", resource: "orders/prod", args: input("webAcl=$WEBACL"), does: []string{
			prod + "webAclArn = <WEBACL> is new",
		}},
		{name: "encrypt", control: "APIGateway.5", resource: "orders/prod", does: []string{
			prod + "methodSettings.*/*.cacheDataEncrypted: false became true",
			prod + "methodSettings.~1orders~1{id}/GET.cacheDataEncrypted: false became true",
		}},
		{name: "stop caching", control: "APIGateway.5", resource: "orders/prod", args: []string{"--remedy", "stop-caching"}, does: []string{
			prod + "methodSettings.*/*.cachingEnabled: true became false",
			prod + "methodSettings.~1orders~1{id}/GET.cachingEnabled: true became false",
		}},
		{name: "JWT", control: "APIGateway.8", resource: "shop GET /items/{id}", args: input("authorizationType=JWT", "authorizer=$JWT"), does: []string{
			"API <SHOP> routes.<ITEMS>.authorizationType: NONE became JWT", "API <SHOP> routes.<ITEMS>.authorizerId = <JWT> is new",
		}},
		{name: "WebSocket", control: "APIGateway.8", resource: "chat $connect", args: input("authorizationType=AWS_IAM"), does: []string{
			"API <CHAT> routes.<CONNECT>.authorizationType: NONE became AWS_IAM",
		}},
		{name: "quick create", control: "APIGateway.8", resource: "quick $default", args: input("authorizationType=AWS_IAM"), does: []string{
			"API q1w2e3r4t5 routes.r000001.authorizationType: NONE became AWS_IAM",
		}, double: "moto does not implement quick create"},
		{name: "HTTP", control: "APIGateway.9", resource: "shop/$default", args: []string{"--retention", "30"}, does: []string{
			"API <SHOP> stages.$default." + format, "log groups./aws/vendedlogs/kumoban/<SHOP>/.default.",
		}},
		{name: "HTTP, a new key", control: "APIGateway.9", resource: "shop/$default", args: []string{"--kms-key", "new"}, does: []string{
			"API <SHOP> stages.$default." + format, "log groups./aws/vendedlogs/kumoban/<SHOP>/.default.",
		}, leaves: []string{"key of SHOP."}},
		{name: "WebSocket", control: "APIGateway.9", resource: "chat/production", leaves: accountRole(), does: []string{
			"API <CHAT> stages.production." + format, "log groups./aws/vendedlogs/kumoban/<CHAT>/production.",
		}},
		{name: "private integration", control: "APIGateway.10", resource: "shop/i1n2t3e", args: input("serverName=shop.example.com"), does: []string{
			"API b1c2d3e4f5 integrations.i1n2t3e.tlsConfig.serverNameToVerify = shop.example.com is new",
		}, double: "moto keeps the TLS settings of an integration that an undo takes away"},
		{name: "policy", control: "APIGateway.11", resource: "api.example.com", args: input("securityPolicy=SecurityPolicy_TLS13_1_3_2025_09"), does: []string{
			domain + "securityPolicy: TLS_1_2 became SecurityPolicy_TLS13_1_3_2025_09", domain + "endpointAccessMode = BASIC is new",
		}, double: "moto does not update domain names"},
	}
}

const domain = "domain names.arn:aws:apigateway:" + region + "::/domainnames/api.example.com."

// same demands that every change is one of those that the proof names, and that
// each of those occurs.
func (p *proof) same(t *testing.T, list []string) {
	t.Helper()
	wanted := slices.Concat(p.does, p.leaves)
	for _, change := range list {
		if !slices.ContainsFunc(wanted, func(w string) bool { return strings.HasPrefix(change, w) }) {
			t.Errorf("not wanted: %s", change)
		}
	}
	for _, w := range wanted {
		if !slices.ContainsFunc(list, func(change string) bool { return strings.HasPrefix(change, w) }) {
			t.Errorf("has not happened: %s", w)
		}
	}
}

func (p *proof) copy(t *testing.T) *account {
	t.Helper()
	if p.double != "" {
		t.Logf("on the double: %s", p.double)
		return newDouble(t)
	}
	return newMoto(t)
}

func (p *proof) plan(t *testing.T, a *account) string {
	t.Helper()
	return a.plan(t, append([]string{"--control", p.control, "--resource", p.resource}, p.args...)...)
}

func (p *proof) judge(t *testing.T, a *account, want string) {
	t.Helper()
	if got := a.status(t, p.control, p.resource); got != want {
		t.Errorf("%s of %s is %s, want %s", p.control, p.resource, got, want)
	}
}

// TestFixes fixes every finding: scan, plan, apply, scan, undo. Nothing of the
// account changes but what the fix is for, and after the undo it is what it was.
// The printed AWS CLI commands bring a fresh copy to the same state as the fix.
// The CloudFormation of all of them passes the linter.
func TestFixes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	t.Run("one by one", func(t *testing.T) { eachFix(t, dir) })
	lint(t, dir)
	// Fixes over rooms are proved where rooms are: in internal/app, and as printed in
	// internal/render/roomtest.
	for _, c := range controltest.Of("APIGateway") {
		if !slices.ContainsFunc(proofs(), func(p proof) bool { return p.control == c.ID }) {
			t.Errorf("no fix of %s is proved", c.ID)
		}
	}
}

func eachFix(t *testing.T, templates string) {
	t.Helper()
	all := proofs()
	for i := range all {
		p := &all[i]
		t.Run(p.control+" "+p.name, func(t *testing.T) {
			t.Parallel()
			a := p.copy(t)
			before := a.look(t)
			p.judge(t, a, "FAILED")
			plan := p.plan(t, a)
			a.template(t, plan, filepath.Join(templates, strconv.Itoa(i)+".yaml"))
			run := a.apply(t, plan)
			after := a.look(t)
			p.same(t, changes(before, after))
			p.judge(t, a, "PASSED")
			a.undo(t, run)
			if left := changes(before, a.look(t), p.leaves...); len(left) > 0 {
				t.Errorf("after the undo:\n%s", strings.Join(left, "\n"))
			}
			p.judge(t, a, "FAILED")
			p.byShell(t, before, after)
		})
	}
}

// template writes what `fix show --as cloudformation` prints of a plan.
func (a *account) template(t *testing.T, plan, file string) {
	t.Helper()
	text := a.kumoban(t, "fix", "show", plan, "--as", "cloudformation")
	if !strings.Contains(text, "\nResources:\n") {
		t.Errorf("declares nothing:\n%s", text)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// lint lets cfn-lint look at all templates of a folder; a warning fails, too.
func lint(t *testing.T, dir string) {
	t.Helper()
	linter := outside.CFNLint(t)
	templates, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil || len(templates) == 0 {
		t.Fatalf("no template: %v", err)
	}
	args := append([]string{"--format", "parseable", "--regions", region, "--template"}, templates...)
	if out, err := exec.CommandContext(t.Context(), linter, args...).CombinedOutput(); err != nil {
		t.Errorf("cfn-lint: %v\n%s", err, out)
	}
}

// script runs a printed script with the real aws command.
func (a *account) script(t *testing.T, text string) (string, error) {
	t.Helper()
	aws := outside.AWSCLI(t)
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	a.write(t, "fix.sh", text)
	// A wait that is minutes long with AWS is not with what stands in for it.
	syscall.ForkLock.RLock() // a child of another test that had the file open would keep it from being run
	err = os.WriteFile(filepath.Join(a.dir, "sleep"), []byte("#!/bin/sh\nexec /bin/sleep 0.2\n"), 0o700)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	path := strings.Join([]string{a.dir, filepath.Dir(aws), os.Getenv("PATH")}, string(os.PathListSeparator))
	return a.command(t, sh, append(a.env(), "PATH="+path), "-eu", filepath.Join(a.dir, "fix.sh"))
}

// byShell runs what `fix show --as cli` prints with the real aws command.
func (p *proof) byShell(t *testing.T, before, want state) {
	t.Helper()
	a := p.copy(t)
	if other := changes(before, a.look(t)); len(other) > 0 {
		t.Fatalf("this is no copy:\n%s", strings.Join(other, "\n"))
	}
	if out, err := a.script(t, a.kumoban(t, "fix", "show", p.plan(t, a), "--as", "cli")); err != nil {
		t.Fatalf("the script: %v\n%s", err, out)
	}
	if other := changes(want, a.look(t)); len(other) > 0 {
		t.Errorf("the script makes something else of the account than the fix:\n%s", strings.Join(other, "\n"))
	}
	p.judge(t, a, "PASSED")
}

// TestRefused fixes what AWS refuses: API Gateway's model says that a stage
// made by quick create cannot be changed. The run says so, and undo leaves
// nothing of it behind.
func TestRefused(t *testing.T) {
	t.Parallel()
	a := newDouble(t)
	before := a.look(t)
	file := a.plan(t, "--control", "APIGateway.9", "--resource", "quick/$default")
	dir := t.TempDir()
	a.template(t, file, filepath.Join(dir, "quick.yaml"))
	lint(t, dir)
	out, err := a.run(t, "fix", "apply", file, "--yes", "--format", "json", "--rate", "max", "--state-dir", a.runs())
	if err == nil || !strings.Contains(err.Error(), "managed by API Gateway") {
		t.Fatalf("%v\n%s", err, out)
	}
	var result struct {
		Run   string
		Steps []struct{ Event string }
	}
	if err := json.Unmarshal([]byte(out), &result); err != nil {
		t.Fatal(err)
	}
	if last := result.Steps[len(result.Steps)-1].Event; last != "refused" || !strings.Contains(err.Error(), "make a new plan") || strings.Contains(err.Error(), "resume") {
		t.Errorf("the refused step is %q: %v", last, err)
	}
	if made := changes(before, a.look(t)); len(made) == 0 {
		t.Error("the first step made no log group")
	}
	a.undo(t, result.Run)
	if left := changes(before, a.look(t)); len(left) > 0 {
		t.Errorf("after the undo:\n%s", strings.Join(left, "\n"))
	}
}
