package fixproof

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/cli"
)

const envRun = "KUMOBAN_FIXPROOF_RUN"

// TestMain lets the test binary be kumoban itself, for the program reads its
// process's environment.
func TestMain(m *testing.M) {
	if os.Getenv(envRun) == "" {
		os.Exit(sideBySide(m))
	}
	ctx, stop := cli.Signals(context.Background())
	code := cli.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ())
	stop()
	os.Exit(code)
}

// sideBySide runs the tests, more at once than there are processors unless
// somebody says how many: most of their time is waiting, for a role that is
// accepted late, for a quota, for the programs that they start.
func sideBySide(m *testing.M) int {
	const atOnce = "test.parallel"
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == atOnce })
	if !given {
		if err := flag.Set(atOnce, "6"); err != nil {
			panic(err)
		}
	}
	return m.Run()
}

// kumoban runs the program and returns what it writes to stdout; any exit code
// but 0 ends the test.
func (a *account) kumoban(t *testing.T, args ...string) string {
	t.Helper()
	out, err := a.run(t, args...)
	if err != nil {
		t.Fatalf("kumoban %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// run is kumoban for one that may fail.
func (a *account) run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// The race detector would make each of hundreds of runs wait for a second at its end.
	return a.command(t, self, append([]string{envRun + "=1", "GORACE=atexit_sleep_ms=0"}, a.env()...), args...)
}

// runs is the folder of the journals.
func (a *account) runs() string { return filepath.Join(a.dir, "state") }

// command runs a program in the account's own folder; its error holds what it
// wrote to stderr.
func (a *account) command(t *testing.T, program string, env []string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir, cmd.Env = a.dir, env
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if err != nil {
		err = errors.Join(err, errors.New(stderr.String()))
	}
	return stdout.String(), err
}

// env is all that a program sees of the machine.
func (a *account) env() []string {
	return []string{
		"AWS_ENDPOINT_URL=" + a.endpoint, "AWS_ACCESS_KEY_ID=" + a.key, "AWS_SECRET_ACCESS_KEY=" + a.secret, "AWS_SESSION_TOKEN=" + a.token,
		"AWS_REGION=" + region, "AWS_DEFAULT_REGION=" + region, "AWS_EC2_METADATA_DISABLED=true", "HOME=" + a.dir, "LANG=C",
	}
}

// judged is a finding of a scan.
type judged struct {
	Control, Status string
	Resource        struct{ Name string }
}

func (a *account) scan(t *testing.T, args ...string) []judged {
	t.Helper()
	var scan struct{ Findings []judged }
	out := a.kumoban(t, append([]string{"scan", "--region", region, "--rate", "max", "--format", "json"}, args...)...)
	if err := json.Unmarshal([]byte(out), &scan); err != nil {
		t.Fatal(err)
	}
	return scan.Findings
}

// status returns what a scan says of one resource, by its name.
func (a *account) status(t *testing.T, control, resource string) string {
	t.Helper()
	for _, f := range a.scan(t, "--control", control) {
		if f.Control == control && f.Resource.Name == resource {
			return f.Status
		}
	}
	t.Fatalf("a scan for %s does not find %s", control, resource)
	return ""
}

// plan plans the fix of some findings and returns the plan's file. An input may
// be $NAME, for the id that the account has by that name.
func (a *account) plan(t *testing.T, args ...string) string {
	t.Helper()
	file := filepath.Join(a.dir, "plan.json")
	for i := range args {
		if input, name, ok := strings.Cut(args[i], "=$"); ok {
			if a.ids[name] == "" {
				t.Fatalf("the account has no %s", name)
			}
			args[i] = input + "=" + a.ids[name]
		}
	}
	a.kumoban(t, append([]string{"fix", "plan", "--region", region, "--rate", "max", "--out", file}, args...)...)
	return file
}

// apply applies a plan and returns the run's name.
func (a *account) apply(t *testing.T, file string) string {
	t.Helper()
	var result struct{ Run string }
	out := a.kumoban(t, "fix", "apply", file, "--yes", "--format", "json", "--rate", "max", "--state-dir", a.runs())
	if err := json.Unmarshal([]byte(out), &result); err != nil || result.Run == "" {
		t.Fatalf("%v in\n%s", err, out)
	}
	return result.Run
}

func (a *account) undo(t *testing.T, run string) {
	t.Helper()
	a.kumoban(t, "fix", "undo", run, "--yes", "--rate", "max", "--state-dir", a.runs())
}
