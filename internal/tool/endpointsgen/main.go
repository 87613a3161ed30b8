// Command endpointsgen writes endpoints.json, where AWS's services are called,
// from the answers of the botocore that .ci/requirements.txt pins. It needs
// Python with boto3 and is run by `make endpoints`, not by go generate: what it
// writes is committed, and a test holds it to the installed botocore.
package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "endpointsgen:", err)
		os.Exit(1)
	}
}

// run writes the file that its argument names; it is started in the module's root.
func run() error {
	if len(os.Args) != 2 {
		return errors.New("usage: endpointsgen FILE")
	}
	requirements, err := os.ReadFile(".ci/requirements.txt")
	if err != nil {
		return err
	}
	out, err := generate(context.Background(), findPython(), requirements)
	if err != nil {
		return err
	}
	return os.WriteFile(os.Args[1], out, 0o644)
}

// findPython prefers the interpreter that make tools installs into.
func findPython() string {
	const installed = ".tools/venv/bin/python3"
	if _, err := os.Stat(installed); err == nil {
		return installed
	}
	return "python3"
}

// script says itself what it writes.
//
//go:embed ask.py
var script string

var pin = regexp.MustCompile(`(?m)^boto3==(\S+)$`)

// generate returns the file, as the Python interpreter's botocore gives it.
func generate(ctx context.Context, python string, requirements []byte) ([]byte, error) {
	pinned := pin.FindSubmatch(requirements)
	if pinned == nil {
		return nil, errors.New(".ci/requirements.txt pins no boto3")
	}
	cmd := exec.CommandContext(ctx, python, "-c", script)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", python, err)
	}
	var a answers
	if err := json.Unmarshal(out, &a); err != nil {
		return nil, err
	}
	if a.Boto3 != string(pinned[1]) {
		return nil, fmt.Errorf("boto3 is %s, .ci/requirements.txt pins %s: run make tools", a.Boto3, pinned[1])
	}
	return derive(&a)
}
