package prooftest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/guide"
	"github.com/kumoban/kumoban/internal/outside"
)

// snippetFiles returns the paths of all controls' snippets with this ending.
func snippetFiles(t *testing.T, ending string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "controls", "*", "*", "snippets", "*"+ending))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("no control has a snippet that ends in %s", ending)
	}
	return files
}

// shortName makes "cacheencryption/encrypt.tf" of a snippet's path.
func shortName(path string) string {
	return filepath.Base(filepath.Dir(filepath.Dir(path))) + "/" + filepath.Base(path)
}

// TestTerraformSnippetsAreValid validates each snippet together with its
// control's testdata/context.tf, which declares what the page takes for granted.
// Each pair is a module, and all are validated in one run: the provider takes
// seconds and 600 MB to start.
func TestTerraformSnippetsAreValid(t *testing.T) {
	if guide.ProviderVersion != outside.ProviderVersion {
		t.Fatalf("pages name provider %s, snippets are validated with %s", guide.ProviderVersion, outside.ProviderVersion)
	}
	tf := outside.Terraform(t)
	root := t.TempDir()
	var main strings.Builder
	fmt.Fprintf(&main, "terraform {\n  required_providers {\n    aws = {\n      source  = \"hashicorp/aws\"\n      version = %q\n    }\n  }\n}\n\nvariable \"given\" {}\n",
		outside.ProviderVersion)
	modules := map[string]string{}
	for _, snippet := range snippetFiles(t, ".tf") {
		name := strings.NewReplacer("/", "-", ".", "-").Replace(shortName(snippet))
		dir := filepath.Join(root, name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		text := place(t, snippet, filepath.Join(dir, "snippet.tf"))
		text += place(t, filepath.Join(filepath.Dir(snippet), "..", "testdata", "context.tf"), filepath.Join(dir, "context.tf"))
		fmt.Fprintf(&main, "\nmodule %q {\n  source = \"./%s\"\n", name, name)
		for _, v := range variable.FindAllStringSubmatch(text, -1) {
			fmt.Fprintf(&main, "  %s = var.given\n", v[1])
		}
		main.WriteString("}\n")
		modules[name] = snippet
	}
	if err := os.WriteFile(filepath.Join(root, "main.tf"), []byte(main.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := terraform(t, tf, root, tf.InitArgs()...); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := terraform(t, tf, root, "validate", "-json")
	var said struct {
		Valid       bool `json:"valid"`
		Diagnostics []struct {
			Summary, Detail string
			Range           struct{ Filename string }
		} `json:"diagnostics"`
	}
	if json.Unmarshal([]byte(out), &said) != nil || said.Valid != (err == nil) || len(modules) == 0 {
		t.Fatalf("%d snippets: %v\n%s", len(modules), err, out)
	}
	for _, d := range said.Diagnostics {
		t.Errorf("%s: %s\n%s", cmp.Or(modules[filepath.Dir(d.Range.Filename)], d.Range.Filename), d.Summary, d.Detail)
	}
}

// variable is one that a module's caller has to give.
var variable = regexp.MustCompile(`(?m)^variable "(\w+)"`)

// terraform returns what it writes to stdout; its error holds the rest.
func terraform(t *testing.T, tf outside.TF, dir string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), tf.Path, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("terraform %s: %w\n%s", args[0], err, stderr.String())
	}
	return string(out), err
}

// place copies a file and returns its text.
func place(t *testing.T, from, to string) string {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return string(data)
}
