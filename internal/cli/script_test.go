package cli_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"kumoban": func() {
		ctx, stop := cli.Signals(context.Background())
		defer stop()
		os.Exit(cli.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
	}})
}

const account = "111122223333"

// TestScripts runs the command line as a user does, against a double of AWS of
// each script's own.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			double := awsdouble.New(awsdouble.Options{})
			url, stop, err := double.Listen("127.0.0.1:0")
			if err != nil {
				return err
			}
			e.Defer(func() { _ = stop() })
			key, secret := double.CredentialsFor(account)
			e.Values["double"] = double
			e.Vars = append(e.Vars, "AWS_ENDPOINT_URL="+url, "AWS_ACCESS_KEY_ID="+key, "AWS_SECRET_ACCESS_KEY="+secret,
				"AWS_REGION=ap-northeast-1", "AWS_EC2_METADATA_DISABLED=true", "LANG=C", "HOME="+e.WorkDir)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"load": load, "fault": fault, "once": once, "exits": exits, "lacks": lacks, "interrupt": interrupt,
		},
	})
}

// load ACCOUNT REGION FILE gives the double a fixture; load demo, the demo.
func load(ts *testscript.TestScript, _ bool, args []string) {
	double := ts.Value("double").(*awsdouble.Double)
	if len(args) == 1 && args[0] == "demo" {
		ts.Check(double.Demo())
		return
	}
	ts.Check(double.Load(args[0], args[1], []byte(ts.ReadFile(args[2]))))
}

// fault ACCOUNT OPERATION KIND spoils calls; * is any.
func fault(ts *testscript.TestScript, _ bool, args []string) {
	any := func(s string) string { return strings.TrimPrefix(s, "*") }
	ts.Value("double").(*awsdouble.Double).Fault(awsdouble.Fault{
		Account: any(args[0]), Operation: any(args[1]), Kind: awsdouble.Kind(strings.Join(args[2:], " ")),
	})
}

// once OPERATION KIND spoils the next call of an operation.
func once(ts *testscript.TestScript, _ bool, args []string) {
	ts.Value("double").(*awsdouble.Double).Fault(awsdouble.Fault{
		Operation: args[0], Kind: awsdouble.Kind(strings.Join(args[1:], " ")), Times: 1,
	})
}

// exits CODE COMMAND… wants the exact exit code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d\nstdout:\n%s\nstderr:\n%s", got, want, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// lacks FILE TEXT… wants none of the texts in a file or stream; $SECRET and
// the like are expanded by the script.
func lacks(ts *testscript.TestScript, _ bool, args []string) {
	content := ts.ReadFile(args[0])
	for _, text := range args[1:] {
		if text == "" || strings.Contains(content, text) {
			ts.Fatalf("%s holds %q", args[0], text)
		}
	}
}

// interrupt [-SIGHUP] ARGS… runs kumoban, sends it SIGINT or SIGHUP while the double holds a call
// of GetRoutes, and wants exit code 130.
func interrupt(ts *testscript.TestScript, _ bool, args []string) {
	var sig os.Signal = os.Interrupt
	if args[0] == "-SIGHUP" {
		sig, args = syscall.SIGHUP, args[1:]
	}
	held := ts.Value("double").(*awsdouble.Double).Fault(awsdouble.Fault{Operation: "GetRoutes", Skip: 1, Kind: awsdouble.Hold})
	bin, _, _ := strings.Cut(ts.Getenv("PATH"), string(os.PathListSeparator)) // testscript puts its commands first
	var stdout, stderr strings.Builder
	cmd := exec.Command(filepath.Join(bin, "kumoban"), args...)
	cmd.Dir = ts.Getenv("WORK")
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	for _, name := range []string{"AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_EC2_METADATA_DISABLED", "LANG", "HOME", "PATH", "TESTSCRIPT_COMMAND"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	ts.Check(cmd.Start())
	<-held.Held()
	ts.Check(cmd.Process.Signal(sig))
	err := cmd.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 130 {
		ts.Fatalf("interrupted run ended with %v, want exit code 130\n%s%s", err, stdout.String(), stderr.String())
	}
	ts.Check(os.WriteFile(ts.MkAbs("interrupted.out"), []byte(stdout.String()), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs("interrupted.err"), []byte(stderr.String()), 0o600))
}
