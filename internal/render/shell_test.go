package render_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/kumoban/kumoban/internal/locale"
)

// fake is an aws command that records its arguments and answers what a script
// hopes for; at call number $WRONG it answers with $ANSWER instead, or is
// refused where that is empty.
const fake = `#!/bin/sh
for word in "$@"; do printf '%s\000' "$word" >> "$CALLS"; done
printf '\001\000' >> "$CALLS"
number=$(($(cat "$COUNT") + 1))
echo "$number" > "$COUNT"
if [ "$number" = "$WRONG" ]; then
  if [ -z "$ANSWER" ]; then
    echo 'An error occurred (AccessDeniedException)' >&2
    exit 254
  fi
  echo "$ANSWER"
  exit 0
fi
query=
for word in "$@"; do
  if [ "$query" = next ]; then query=$word; fi
  if [ "$word" = --query ]; then query=next; fi
done
case "$1 $2 $query" in
  "iam get-role ") echo 'An error occurred (NoSuchEntity)' >&2; exit 254 ;;
  "kms describe-key ") echo 'An error occurred (NotFoundException)' >&2; exit 254 ;;
  "iam create-role "*) echo arn:aws:iam::111122223333:role/made ;;
  "kms create-key "* | "kms describe-key "*) echo arn:aws:kms:ap-northeast-1:111122223333:key/made ;;
  "apigateway generate-client-certificate "*) echo made123 ;;
  *.arn) echo 'arn:aws:logs:ap-northeast-1:111122223333:log-group:made:*' ;;
  *.logGroupName | *.logStreamName | *.clientCertificateId) ;;
  "apigatewayv2 get-apis "* | *'Items[].ApiId') ;;
  *) echo True ;;
esac
`

// run is what came of a script.
type run struct {
	calls  [][]string // arguments of each call of aws
	stdout string
	stderr string
	err    error
}

// execute runs a script with the fake in an empty folder, and fails the test if
// the script leaves anything there.
func execute(t *testing.T, script string, wrong int, answer string) run {
	t.Helper()
	bin, work := t.TempDir(), t.TempDir()
	write := func(path, text string, mode os.FileMode) {
		syscall.ForkLock.RLock() // a child of another test that had the file open would keep it from being run
		err := os.WriteFile(path, []byte(text), mode)
		syscall.ForkLock.RUnlock()
		if err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(bin, "aws"), fake, 0o755)
	write(filepath.Join(bin, "sleep"), "#!/bin/sh\n", 0o755)
	write(filepath.Join(bin, "count"), "0\n", 0o600)
	write(filepath.Join(bin, "fix.sh"), script, 0o600)
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), "sh", "-eu", filepath.Join(bin, "fix.sh"))
	cmd.Dir = work
	cmd.Env = []string{
		"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + work, "CALLS=" + filepath.Join(bin, "calls"), "COUNT=" + filepath.Join(bin, "count"),
		"WRONG=" + strconv.Itoa(wrong), "ANSWER=" + answer,
	}
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	r := run{err: cmd.Run(), stdout: stdout.String(), stderr: stderr.String()}
	if left, err := os.ReadDir(work); err != nil || len(left) > 0 {
		t.Errorf("the script left %v behind (%v)", left, err)
	}
	data, err := os.ReadFile(filepath.Join(bin, "calls"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for call := range strings.SplitSeq(string(data), "\x01\x00") {
		if words := strings.Split(strings.TrimSuffix(call, "\x00"), "\x00"); call != "" {
			r.calls = append(r.calls, words)
		}
	}
	return r
}

// query returns a call's --query, "" where it has none.
func query(call []string) string {
	if i := slices.Index(call, "--query"); i >= 0 {
		return call[i+1]
	}
	return ""
}

// writes tells whether a call changes something.
func writes(call []string) bool {
	verb, _, _ := strings.Cut(call[1], "-")
	return !slices.Contains([]string{"get", "describe", "list"}, verb)
}

func TestScriptsRun(t *testing.T) {
	t.Parallel()
	for name, p := range plans(t) {
		for _, lang := range locale.Langs() {
			t.Run(name+"/"+string(lang), func(t *testing.T) {
				script := show(t, p, "cli", lang)
				r := execute(t, script, 0, "")
				if r.err != nil || r.stderr != "" {
					t.Fatalf("%v\n%s%s", r.err, r.stdout, r.stderr)
				}
				if got, want := strings.Count(r.stdout, "\n"), len(p.Steps)+1; got != want {
					t.Errorf("%d lines of %d:\n%s", got, want, r.stdout)
				}
				stages := 0
				for i := range p.Steps {
					if p.Steps[i].Thing.Type == restStage {
						stages++
					}
				}
				updates := 0
				for _, call := range r.calls {
					if call[0] == "apigateway" && call[1] == "update-stage" {
						updates++
					}
					if i := slices.Index(call, "--region"); i < 0 || call[i+1] != region {
						t.Errorf("no --region %s: %q", region, call)
					}
				}
				if updates != stages {
					t.Errorf("%d UpdateStage for %d steps", updates, stages)
				}
			})
		}
	}
}

// A script stops at once, before it changes more, wherever AWS refuses or
// answers otherwise than the plan expects.
func TestScriptsStop(t *testing.T) {
	t.Parallel()
	for name, p := range plans(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			script := show(t, p, "cli", locale.English)
			whole := execute(t, script, 0, "").calls
			for i, call := range whole {
				n := i + 1
				refused := execute(t, script, n, "")
				if refused.err == nil || len(refused.calls) != n || !strings.Contains(refused.stderr, "AccessDenied") {
					t.Errorf("call %d (%s) refused: %v after %d calls: %s", n, call[:2], refused.err, len(refused.calls), refused.stderr)
				}
				q := query(call)
				value := strings.HasSuffix(q, ".arn") || strings.HasSuffix(q, "Arn") && !strings.Contains(q, "=") || q == "clientCertificateId" || strings.Contains(q, "ApiId")
				if writes(call) || value {
					continue // what it prints is not looked at, or is what it prints
				}
				other := execute(t, script, n, "False")
				waits := strings.Contains(q, "_IN_PROGRESS") || strings.Contains(q, "domainNameStatus") ||
					i > 0 && whole[i-1][1] == "create-log-group" // which may not be seen at once
				if waits {
					if other.err != nil || len(other.calls) != len(whole)+1 {
						t.Errorf("call %d (%s) has to wait: %v after %d calls", n, call[:2], other.err, len(other.calls))
					}
					continue
				}
				if other.err == nil || len(other.calls) != n || !strings.HasPrefix(other.stderr, "Step ") && n > 1 || strings.Count(other.stderr, "\n") != 1 {
					t.Errorf("call %d (%s) answered otherwise: %v after %d calls: %s", n, call[:2], other.err, len(other.calls), other.stderr)
				}
			}
		})
	}
}

// A wait ends, and so does the patience with a role that is never accepted.
func TestScriptsDoNotWaitForEver(t *testing.T) {
	for name, c := range map[string]struct{ plan, call, answer string }{
		"cache":  {"cache", "", "case $query in *_IN_PROGRESS*) echo False; exit ;; esac\n"},
		"domain": {"domains", "", "case $query in *domainNameStatus*) echo False; exit ;; esac\n"},
		"role":   {"logging", "", "case $2 in update-account) echo 'An error occurred (BadRequestException): not yet' >&2; exit 254 ;; esac\n"},
	} {
		t.Run(name, func(t *testing.T) {
			script := show(t, plans(t)[c.plan], "cli", locale.English)
			r := execute(t, "aws() {\n"+
				"  query=; for word in \"$@\"; do if [ \"$query\" = next ]; then query=$word; fi; if [ \"$word\" = --query ]; then query=next; fi; done\n"+
				"  "+c.answer+"  command aws \"$@\"\n}\n"+script, 0, "")
			// Fifteen attempts to set a role look twice before each.
			if r.err == nil || len(r.calls) > 40 || strings.Contains(r.stdout, "All steps") {
				t.Errorf("%v after %d calls, %q: %s", r.err, len(r.calls), r.stdout, r.stderr)
			}
		})
	}
}

// input puts the options and the JSON of a call together, as the aws command
// does.
func input(t *testing.T, call []string) map[string]any {
	t.Helper()
	in := map[string]any{}
	for i := 2; i < len(call); i++ {
		name, ok := strings.CutPrefix(call[i], "--")
		if !ok || i+1 == len(call) {
			t.Fatalf("want options with values: %q", call)
		}
		i++
		value := call[i]
		switch {
		case name == "region" || name == "output" || name == "query":
		case name == "cli-input-json":
			var more map[string]any
			if err := json.Unmarshal([]byte(value), &more); err != nil {
				t.Fatalf("%v: %s", err, value)
			}
			for k, v := range more {
				in[strings.ToLower(k)] = v
			}
		case strings.HasPrefix(value, "-") || strings.HasPrefix(value, "file://") || strings.HasPrefix(value, "fileb://") || strings.HasPrefix(value, "http://") || strings.HasPrefix(value, "https://"):
			t.Errorf("the aws command does not take this as a value: %q", value)
		case value[0] == '[' || value[0] == '{' && name != "policy" && name != "policy-document" && name != "assume-role-policy-document":
			var v any
			if err := json.Unmarshal([]byte(value), &v); err != nil {
				t.Fatalf("%v: %s", err, value)
			}
			in[strings.ReplaceAll(name, "-", "")] = v
		default:
			in[strings.ReplaceAll(name, "-", "")] = value
		}
	}
	return in
}
