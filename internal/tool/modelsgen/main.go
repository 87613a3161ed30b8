// Command modelsgen writes models.json, the table of operations that the client
// speaks, from the service models of the botocore that .ci/requirements.txt pins.
// It needs Python with boto3 and is run by `make models`, not by go generate: what
// it writes is committed, and a test holds it to the installed botocore.
package main

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/catalog"
)

// operations are those that are wanted beside the ones that rooms name.
//
//go:embed operations.txt
var operations string

// handPagers are the pagers that botocore lacks, or that would cut a listing off.
//
//go:embed pagers.json
var handPagers []byte

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "modelsgen:", err)
		os.Exit(1)
	}
}

// run writes the file that its argument names; it is started in the module's root.
func run() error {
	if len(os.Args) != 2 {
		return errors.New("usage: modelsgen FILE")
	}
	requirements, err := os.ReadFile(".ci/requirements.txt")
	if err != nil {
		return err
	}
	out, err := generate(findPython(), string(requirements), withRooms(wanted(operations)))
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

// wanted reads a list of operations.
func wanted(list string) map[string][]string {
	by := map[string][]string{}
	for line := range strings.Lines(list) {
		service, operation, ok := strings.Cut(strings.TrimSpace(line), ":")
		if ok && !strings.HasPrefix(service, "#") {
			by[service] = append(by[service], operation)
		}
	}
	return by
}

// withRooms adds the operations of all resource types that kumoban knows.
func withRooms(by map[string][]string) map[string][]string {
	for _, s := range catalog.Services() {
		for i := range s.Rooms {
			for _, call := range s.Rooms[i].Calls() {
				service, operation := s.Operation(call)
				if !slices.Contains(by[service], operation) {
					by[service] = append(by[service], operation)
				}
			}
		}
	}
	return by
}

var pin = regexp.MustCompile(`(?m)^boto3==(\S+)$`)

// ask says where botocore's models are, and the versions.
const ask = `import boto3, botocore, os; print(boto3.__version__, botocore.__version__, os.path.join(os.path.dirname(botocore.__file__), "data"))`

// generate returns the table, as the Python interpreter's botocore gives it.
func generate(python, requirements string, wanted map[string][]string) ([]byte, error) {
	pinned := pin.FindStringSubmatch(requirements)
	if pinned == nil {
		return nil, errors.New(".ci/requirements.txt pins no boto3")
	}
	out, err := exec.Command(python, "-c", ask).Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", python, err)
	}
	fields := strings.SplitN(strings.TrimSpace(string(out)), " ", 3)
	if len(fields) != 3 || fields[0] != pinned[1] {
		return nil, fmt.Errorf("boto3 is %s, .ci/requirements.txt pins %s: run make tools", fields[0], pinned[1])
	}
	return write(fields[2], fields[1], wanted)
}
