package outside

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// nodeLeast is the oldest major version of Node that the console's tools run on.
const nodeLeast = 20

// Console is what the console's front end is built and tested with.
type Console struct {
	node string
	Dir  string // console/, where its packages are
}

var console = sync.OnceValues(findConsole)

// Node returns Node.js with the packages that console/package-lock.json names.
func Node(t testing.TB) Console {
	t.Helper()
	return must(t, console)
}

// Chromium returns the path of the browser.
func Chromium(t testing.TB) string {
	t.Helper()
	return must(t, chromium)
}

func findConsole() (Console, error) {
	const install = "install Node.js 20.19 or later (Debian packages nodejs and npm), then: npm --prefix console install --no-save"
	node, err := find("node", install, "--version")
	if err != nil {
		return Console{}, err
	}
	out, err := run(node, "--version")
	major, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(out), "v"), ".")
	if n, bad := strconv.Atoi(major); err != nil || bad != nil || n < nodeLeast {
		return Console{}, fmt.Errorf("node is %s (%w); %s", strings.TrimSpace(out), errors.Join(err, bad), install)
	}
	root, err := repositoryRoot()
	if err != nil {
		return Console{}, err
	}
	dir := filepath.Join(root, "console")
	if err := installed(dir); err != nil {
		return Console{}, fmt.Errorf("%w; %s", err, install)
	}
	return Console{node, dir}, nil
}

// installed compares the packages that are there with those that the lock names.
func installed(dir string) error {
	want, err := versions(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		return err
	}
	have, err := versions(filepath.Join(dir, "node_modules", ".package-lock.json"))
	if err != nil {
		return fmt.Errorf("the packages of the console are not installed (%w)", err)
	}
	for name, version := range have {
		if want[name] != version {
			return fmt.Errorf("console/%s is %s, and not %q", name, version, want[name])
		}
	}
	for _, name := range []string{"vite", "vitest", "typescript", "playwright-core"} {
		if have["node_modules/"+name] == "" {
			return fmt.Errorf("%s is not installed in console/", name)
		}
	}
	return nil
}

func versions(file string) (map[string]string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var lock struct {
		Packages map[string]struct{ Version string }
	}
	if err := json.Unmarshal(data, &lock); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	all := map[string]string{}
	for name, p := range lock.Packages {
		if name != "" {
			all[name] = p.Version
		}
	}
	return all, nil
}

// Run runs a script of console/ and returns what it writes to standard output; it
// has to end well.
func (c Console) Run(t testing.TB, script string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), c.node, append([]string{script}, args...)...)
	cmd.Dir = c.Dir
	log := &tail{limit: 16 << 10}
	cmd.Stderr = log
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node %s: %v\n%s\n%s", script, err, out, log)
	}
	return out
}
