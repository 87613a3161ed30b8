package render_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/guide"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/outside"
	"github.com/kumoban/kumoban/internal/render"
)

// workshop is a folder in which terraform init has found the provider.
type workshop struct {
	tf  outside.TF
	dir string
	env []string // beside the process's own
}

func newWorkshop(t *testing.T) *workshop {
	t.Helper()
	w := &workshop{tf: outside.Terraform(t), dir: t.TempDir()}
	w.write(t, "provider.tf", fmt.Sprintf("terraform {\n  required_providers {\n    aws = {\n      source  = \"hashicorp/aws\"\n      version = %q\n    }\n  }\n}\n", render.ProviderVersion))
	w.run(t, w.tf.InitArgs()...)
	return w
}

func (w *workshop) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (w *workshop) run(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), w.tf.Path, args...)
	cmd.Dir = w.dir
	cmd.Env = append(append(os.Environ(), "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1"), w.env...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("terraform %s: %v\n%s%s", args[0], err, out, stderr.String())
	}
	return string(out)
}

// TestTerraformIsValid lets the real provider validate what is printed, all plans
// at once, and terraform fmt look at its layout.
func TestTerraformIsValid(t *testing.T) {
	t.Parallel()
	for _, other := range []string{guide.ProviderVersion, outside.ProviderVersion} {
		if render.ProviderVersion != other {
			t.Fatalf("written for provider %s, but guides or tests have %s", render.ProviderVersion, other)
		}
	}
	w := newWorkshop(t)
	printed := &workshop{tf: w.tf, dir: t.TempDir()}
	for name, p := range plans(t) {
		for _, lang := range locale.Langs() {
			printed.write(t, name+"."+string(lang)+".tf", show(t, p, "terraform", lang))
		}
		w.write(t, name+".tf", apart(name, show(t, p, "terraform", locale.English))) // only the comments are in a language
	}
	// The provider would refuse these names, as AWS does; that they parse is what counts.
	for name, s := range evil() {
		for _, lang := range locale.Langs() {
			printed.write(t, "hostile-"+name+"."+string(lang)+".tf", show(t, hostilePlan(t, s), "terraform", lang))
		}
	}
	printed.run(t, "fmt", "-check", "-diff", "-no-color")
	w.run(t, "validate", "-no-color")
}

var (
	label   = regexp.MustCompile(`(?m)^(resource "\w+" "\w+)`)
	address = regexp.MustCompile(`\b(aws_\w+\.\w+)`)
)

// apart gives the resources of one plan labels that no other plan has, so that
// all stand in one configuration.
func apart(plan, text string) string {
	plan = "_" + strings.ReplaceAll(plan, "-", "_")
	return address.ReplaceAllString(label.ReplaceAllString(text, "${1}"+plan), "${1}"+plan)
}

// TestTerraformStrings lets terraform itself read the strings that are printed.
func TestTerraformStrings(t *testing.T) {
	t.Parallel()
	tf := outside.Terraform(t)
	w := &workshop{tf: tf, dir: t.TempDir()}
	var outputs strings.Builder
	for name, s := range evil() {
		text := show(t, hostilePlan(t, s), "terraform", locale.English)
		_, rest, ok := strings.Cut(text, "  description = ")
		literal, _, _ := strings.Cut(rest, "\n")
		if !ok {
			t.Fatalf("no description in\n%s", text)
		}
		fmt.Fprintf(&outputs, "output %q {\n  value = %s\n}\n", name, literal)
	}
	w.write(t, "main.tf", outputs.String())
	w.run(t, "apply", "-auto-approve", "-no-color")
	var got map[string]struct{ Value string }
	if err := json.Unmarshal([]byte(w.run(t, "output", "-json")), &got); err != nil {
		t.Fatal(err)
	}
	for name, s := range evil() {
		if got[name].Value != s {
			t.Errorf("%s: %q became %q", name, s, got[name].Value)
		}
	}
}

// TestCloudFormationPassesTheLinter lets cfn-lint look at every template that
// declares something; a warning fails, too.
func TestCloudFormationPassesTheLinter(t *testing.T) {
	t.Parallel()
	linter := outside.CFNLint(t)
	dir := t.TempDir()
	args := []string{"--format", "parseable", "--regions", region, "--template"}
	for name, p := range plans(t) {
		for _, lang := range locale.Langs() {
			if name == "unknown" || name == "away" {
				continue // says itself what is missing or goes
			}
			text := show(t, p, "cloudformation", lang)
			if !strings.Contains(text, "\nResources:\n") {
				t.Errorf("%s.%s declares nothing", name, lang)
			}
			file := filepath.Join(dir, name+"."+string(lang)+".yaml")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			args = append(args, file)
		}
	}
	if out, err := exec.CommandContext(t.Context(), linter, args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
