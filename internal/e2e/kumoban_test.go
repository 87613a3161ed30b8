package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// kumoban is the path of the program under test, built with the race detector by TestMain.
var kumoban string

func TestMain(m *testing.M) { os.Exit(buildAndRun(m)) }

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "kumoban-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	kumoban = filepath.Join(dir, "kumoban")
	// As .ci/test builds tests: what it built is built already.
	build := exec.Command("go", "build", "-race", "-gcflags=modernc.org/sqlite/lib=-race=false", "-gcflags=modernc.org/libc=-race=false", "-o", kumoban, "github.com/kumoban/kumoban/cmd/kumoban")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// environment is all that the program sees of the machine.
func environment(t *testing.T, endpoint, keyID, secret string) []string {
	t.Helper()
	return []string{
		"AWS_ENDPOINT_URL=" + endpoint,
		"AWS_ACCESS_KEY_ID=" + keyID,
		"AWS_SECRET_ACCESS_KEY=" + secret,
		"AWS_EC2_METADATA_DISABLED=true",
		"HOME=" + t.TempDir(),
		"LANG=en_US.UTF-8",
		"GORACE=atexit_sleep_ms=0", // the race detector would make each run wait for a second at its end
	}
}

// run returns what a program writes to stdout. It demands the exit code, which a gap, a fault or a race changes.
func run(t *testing.T, env []string, exit int, program string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env = env
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if failed := (*exec.ExitError)(nil); err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != exit {
		t.Fatalf("%s %s: exit code %d, want %d\n%.4000s", filepath.Base(program), strings.Join(args, " "), got, exit, &stderr)
	}
	return stdout.Bytes()
}

// verdict is what is compared: one finding, without what the oracle has no opinion on.
type verdict struct {
	Account, Region, Control, Resource, Type string
	Status, RecordState, Reason              string
}

func (v verdict) place() string {
	return strings.Join([]string{v.Account, v.Region, v.Control, v.Resource}, " ")
}

func (v verdict) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s, %s, %s %s", v.Status, v.RecordState, v.Type, v.Reason))
}

// scan returns the findings of `kumoban scan --format asff`.
func scan(t *testing.T, env []string, exit int, args ...string) []verdict {
	t.Helper()
	out := run(t, env, exit, kumoban, append([]string{"scan", "--service", "APIGateway", "--format", "asff"}, args...)...)
	var findings []struct {
		ID, AwsAccountID, Region, RecordState string

		Resources  []struct{ Type, ID string }
		Compliance struct {
			Status, SecurityControlID string
			StatusReasons             []struct{ ReasonCode string }
		}
	}
	if err := json.Unmarshal(out, &findings); err != nil {
		t.Fatalf("not ASFF: %v\n%.2000s", err, out)
	}
	verdicts, ids := make([]verdict, 0, len(findings)), map[string]bool{}
	for _, f := range findings {
		if len(f.Resources) != 1 || ids[f.ID] {
			t.Fatalf("finding %q: %d resources, id seen before: %t", f.ID, len(f.Resources), ids[f.ID])
		}
		ids[f.ID] = true
		v := verdict{
			Account: f.AwsAccountID, Region: f.Region, Control: f.Compliance.SecurityControlID,
			Resource: f.Resources[0].ID, Type: f.Resources[0].Type,
			Status: f.Compliance.Status, RecordState: f.RecordState,
		}
		for _, reason := range f.Compliance.StatusReasons {
			v.Reason += reason.ReasonCode
		}
		verdicts = append(verdicts, v)
	}
	return verdicts
}

// same compares the two lists as multisets and prints where they part.
func same(t *testing.T, want, got []verdict) {
	t.Helper()
	group := func(vs []verdict) map[string][]string {
		places := map[string][]string{}
		for _, v := range vs {
			places[v.place()] = append(places[v.place()], v.String())
		}
		return places
	}
	w, g := group(want), group(got)
	places := maps.Clone(w)
	maps.Copy(places, g)
	differences := 0
	for _, place := range slices.Sorted(maps.Keys(places)) {
		if slices.Equal(w[place], g[place]) {
			continue
		}
		differences++
		t.Errorf("%s\n want    %s\n kumoban %s", place, strings.Join(w[place], " | "), strings.Join(g[place], " | "))
	}
	t.Logf("%d findings expected, %d reported, %d places differ", len(want), len(got), differences)
	if len(want) == 0 {
		t.Error("nothing is expected: nothing was compared")
	}
}
