package cli_test

import (
	"context"
	database "database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/tools/txtar"

	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/cli"
	"github.com/kumoban/kumoban/internal/view"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"kumoban": func() {
		ctx, stop := cli.Signals(context.Background())
		defer stop()
		os.Exit(cli.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
	}})
}

const (
	account = "111122223333"
	scripts = "testdata/script"
)

// TestScripts runs the command line as a user does, against a double of AWS of
// each script's own.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 scripts,
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
			e.Values["fresh"] = func(ts *testscript.TestScript) *awsdouble.Double {
				double := awsdouble.New(awsdouble.Options{})
				url, stop, err := double.Listen("127.0.0.1:0")
				ts.Check(err)
				ts.Defer(func() { _ = stop() })
				key, secret := double.CredentialsFor(account)
				ts.Setenv("AWS_ENDPOINT_URL", url)
				ts.Setenv("AWS_ACCESS_KEY_ID", key)
				ts.Setenv("AWS_SECRET_ACCESS_KEY", secret)
				e.Values["double"] = double
				return double
			}
			e.Values["transcript"] = &strings.Builder{}
			e.Vars = append(e.Vars, "AWS_ENDPOINT_URL="+url, "AWS_ACCESS_KEY_ID="+key, "AWS_SECRET_ACCESS_KEY="+secret,
				"AWS_REGION=ap-northeast-1", "AWS_EC2_METADATA_DISABLED=true", "LANG=C", "TZ=UTC", "HOME="+e.WorkDir,
				"GORACE=atexit_sleep_ms=0") // the race detector would make each of hundreds of commands wait for a second at its end
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"load": load, "fresh": fresh, "fault": fault, "once": once, "exits": exits, "lacks": lacks, "interrupt": interrupt, "run": run, "transcript": transcript, "sql": sql, "calls": calls,
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

// fresh ACCOUNT REGION FILE puts another double in the place of the one before:
// the account as it is later.
func fresh(ts *testscript.TestScript, _ bool, args []string) {
	double := ts.Value("fresh").(func(*testscript.TestScript) *awsdouble.Double)(ts)
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

// calls OPERATION N wants so many calls of an operation so far.
func calls(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	got := 0
	for _, c := range ts.Value("double").(*awsdouble.Double).Calls() {
		if c.Operation == args[0] {
			got++
		}
	}
	if got != want {
		ts.Fatalf("%d calls of %s, want %d", got, args[0], want)
	}
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

// run COMMAND… runs a command and takes what it says, on stdout and then on
// stderr, into the script's transcript, with the exit code where it is not 0.
func run(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[0], args[1:]...)
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		ts.Check(err)
	}
	var words []string
	for _, a := range args {
		words = append(words, view.Quoted(a))
	}
	text := ts.Value("transcript").(*strings.Builder)
	fmt.Fprintf(text, "$ %s\n%s", strings.Join(words, " "), settled(ts.ReadFile("stdout")+ts.ReadFile("stderr"), ts.Getenv("WORK")))
	if exit != nil {
		fmt.Fprintf(text, "exit code %d\n", exit.ExitCode())
	}
}

// varying is what is another at every run: days and times (but for past years and 2099,
// which scripts name), hashes and where a page ended.
var varying = regexp.MustCompile(`\b20\d\d-\d\d-\d\dT[\d:]+\.\d+Z\b|\b(202[6-9]|20[3-8]\d|209[0-8])-\d\d-\d\d|\b\d\d:\d\d\b|\b[0-9a-f]{64}\b|--after=\S+`)

func settled(text, work string) string {
	text = varying.ReplaceAllStringFunc(text, func(s string) string {
		switch {
		case strings.HasPrefix(s, "--after"):
			return "--after=CURSOR"
		case strings.HasSuffix(s, "Z"):
			return "TIME"
		case len(s) == 64:
			return "HASH"
		case len(s) == 5:
			return "HH:MM"
		}
		return "YYYY-MM-DD"
	})
	return strings.ReplaceAll(text, work, "$WORK")
}

// transcript FILE compares the transcript so far with a file of the script, and
// begins a new one; with KUMOBAN_UPDATE_SCRIPTS it writes the file instead.
func transcript(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.Value("transcript").(*strings.Builder)
	got := text.String()
	text.Reset()
	if os.Getenv("KUMOBAN_UPDATE_SCRIPTS") == "" {
		if diff := cmp.Diff(ts.ReadFile(args[0]), got); diff != "" {
			ts.Fatalf("transcript (-want +got):\n%s", diff)
		}
		return
	}
	path := filepath.Join(scripts, ts.Name()+".txtar")
	script, err := txtar.ParseFile(path)
	ts.Check(err)
	at := slices.IndexFunc(script.Files, func(f txtar.File) bool { return f.Name == args[0] })
	if at < 0 {
		at = len(script.Files)
		script.Files = append(script.Files, txtar.File{Name: args[0]})
	}
	script.Files[at].Data = []byte(got)
	ts.Check(os.WriteFile(path, txtar.Format(script), 0o600))
}

// sql FILE STATEMENT changes a store behind kumoban's back.
func sql(ts *testscript.TestScript, _ bool, args []string) {
	db, err := database.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = db.Exec(args[1])
	ts.Check(err)
	ts.Check(db.Close())
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
	for _, name := range []string{"AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_EC2_METADATA_DISABLED", "LANG", "HOME", "PATH", "TESTSCRIPT_COMMAND", "GORACE"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	if signal.Ignored(sig) { // the tests run under nohup; a program that is started here would ignore it, too
		caught := make(chan os.Signal, 1)
		signal.Notify(caught, sig)
		defer signal.Stop(caught)
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
