package prooftest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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
// One terraform runs at a time: each starts a provider of about 600 MB.
func TestTerraformSnippetsAreValid(t *testing.T) {
	if guide.ProviderVersion != outside.ProviderVersion {
		t.Fatalf("pages name provider %s, snippets are validated with %s", guide.ProviderVersion, outside.ProviderVersion)
	}
	tf := outside.Terraform(t)
	base := initialised(t, tf)
	for _, snippet := range snippetFiles(t, ".tf") {
		t.Run(shortName(snippet), func(t *testing.T) {
			dir := t.TempDir()
			place(t, snippet, filepath.Join(dir, "snippet.tf"))
			place(t, filepath.Join(filepath.Dir(snippet), "..", "testdata", "context.tf"), filepath.Join(dir, "context.tf"))
			place(t, filepath.Join(base, ".terraform.lock.hcl"), filepath.Join(dir, ".terraform.lock.hcl"))
			if out, err := terraform(t, tf, dir, base, "validate", "-no-color"); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// initialised returns a folder in which terraform init has found the provider;
// every other folder uses its data.
func initialised(t *testing.T, tf outside.TF) string {
	t.Helper()
	dir := t.TempDir()
	main := fmt.Sprintf("terraform {\n  required_providers {\n    aws = {\n      source  = \"hashicorp/aws\"\n      version = %q\n    }\n  }\n}\n",
		outside.ProviderVersion)
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(main), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := terraform(t, tf, dir, dir, tf.InitArgs()...); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

func terraform(t *testing.T, tf outside.TF, dir, base string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), tf.Path, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TF_DATA_DIR="+filepath.Join(base, ".terraform"), "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1")
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func place(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
