// Package outside finds and starts the real programs that tests hold kumoban against: moto, the AWS CLI,
// Terraform with the AWS provider, cfn-lint, PostgreSQL, Node.js and Chromium.
//
// A program that is missing never goes unnoticed. With CI=true in the environment the test fails; otherwise
// it is skipped, says so on standard error, and adds a line to the file that KUMOBAN_MISSING_PROOFS names.
// `make test` installs what can be installed and prints that file. `make check` leaves all of them out, by
// KUMOBAN_OUTSIDE=no, and lists the tests that it skips; where CI=true is set that counts for nothing.
package outside

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	envMissing = "KUMOBAN_MISSING_PROOFS"
	envOutside = "KUMOBAN_OUTSIDE"
	// motoVersion is the one that testdata/moto/server.py adds to; .ci/requirements.txt installs it.
	motoVersion = "5.2.1"
	// answerWithin is generous: an interpreter's first start on a busy machine takes seconds.
	answerWithin = 2 * time.Minute
)

// The programs are looked for once in a test binary, however many tests ask.
var (
	python  = sync.OnceValues(findPython)
	awsCLI  = sync.OnceValues(findAWS)
	cfnLint = sync.OnceValues(func() (string, error) {
		return find("cfn-lint", "install it with: pip install cfn-lint", "--version")
	})
)

// Python returns the path of a Python 3 interpreter that has boto3 and moto[server] in the version that
// the additions to moto are written for.
func Python(t testing.TB) string {
	t.Helper()
	return must(t, python)
}

// AWSCLI returns the path of the aws command, version 1 or 2.
func AWSCLI(t testing.TB) string {
	t.Helper()
	return must(t, awsCLI)
}

// CFNLint returns the path of the cfn-lint command.
func CFNLint(t testing.TB) string {
	t.Helper()
	return must(t, cfnLint)
}

// Need ends the test where an error says that the machine lacks what the proof rests on.
func Need(t testing.TB, lacks error) {
	t.Helper()
	if lacks != nil {
		missing(t, lacks)
	}
}

func must[T any](t testing.TB, get func() (T, error)) T {
	t.Helper()
	if os.Getenv(envOutside) == "no" && os.Getenv("CI") != "true" {
		t.Skip("proofs from outside are left out: " + envOutside + "=no")
	}
	value, err := get()
	Need(t, err)
	return value
}

// missing ends the test: as failed where every proof is demanded, else as skipped and put on record.
func missing(t testing.TB, reason error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("cannot run this proof: %v", reason)
	}
	line := fmt.Sprintf("NOT PROVED: %s: %v\n", t.Name(), reason)
	fmt.Fprint(os.Stderr, line)
	if path := os.Getenv(envMissing); path != "" {
		if err := appendTo(path, line); err != nil {
			t.Fatalf("recording a missing proof: %v", err)
		}
	}
	t.Skip(reason)
}

func appendTo(path, line string) (err error) {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = f.WriteString(line)
	return err
}

// find returns the path of a program that answers to args. A launcher on PATH whose program is not
// installed behind it (as version managers leave them) does not count.
func find(name, install string, args ...string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%s is not on PATH; %s", name, install)
	}
	if path, err = filepath.Abs(path); err != nil {
		return "", err
	}
	if out, err := run(path, args...); err != nil {
		return "", fmt.Errorf("%s does not run (%w: %s); %s", path, err, lastLine(out), install)
	}
	return path, nil
}

// findAWS prefers a process that has read the command and forks for each call, where
// the command is Python's: hundreds of calls are made, and each takes half the time.
func findAWS() (string, error) {
	path, err := find("aws", "install the AWS CLI", "--version")
	if err != nil {
		return "", err
	}
	interpreter, err := python()
	if err != nil {
		return path, nil //nolint:nilerr // it is no Python's, or nobody can tell
	}
	direct := filepath.Join(filepath.Dir(interpreter), "aws")
	want, err := run(path, "--version")
	if err != nil {
		return path, nil //nolint:nilerr // it answered before
	}
	if got, err := run(direct, "--version"); err != nil || got != want {
		return path, nil //nolint:nilerr // another, or none
	}
	if quick, err := startAWS(); err == nil {
		return quick, nil
	}
	return direct, nil
}

// awsServer is the command, read once.
//
//go:embed testdata/aws/server.py
var awsServer string

// awsStarted holds the server's standard input open for as long as this process
// lives.
var awsStarted *server

// startAWS starts the server for this test binary, and returns the command that
// stands for it.
func startAWS() (string, error) {
	s, err := serve("-X", "utf8", "-c", awsServer)
	if err != nil {
		return "", err
	}
	awsStarted = s
	return s.endpoint, nil
}

func findPython() (string, error) {
	const install = "install it with: pip install 'moto[server]==" + motoVersion + "'"
	path, err := find("python3", "install Python 3", "--version")
	if err != nil {
		return "", err
	}
	// The interpreter itself, not a launcher in front of it: it starts faster, and a signal reaches it.
	out, err := run(path, "-c", "import boto3, flask, moto, sys; print(moto.__version__); print(sys.executable)")
	if err != nil {
		return "", fmt.Errorf("python3 lacks moto's server (%s); %s", lastLine(out), install)
	}
	version, executable, _ := strings.Cut(strings.TrimSpace(out), "\n")
	if version != motoVersion {
		return "", fmt.Errorf("python3 has moto %s; %s", version, install)
	}
	return executable, nil
}

func run(path string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), answerWithin)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, args...).CombinedOutput()
	return string(out), err
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}

// repositoryRoot is the folder with go.mod: go test runs every test in its package's folder below it.
func repositoryRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod above the working directory")
		}
		dir = parent
	}
}
