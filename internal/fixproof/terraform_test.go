package fixproof

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/outside"
)

const provider = `terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = %q
    }
  }
}

provider "aws" {
  skip_credentials_validation = true
  skip_requesting_account_id  = true
}
`

// terraform runs the real terraform in the account's folder.
func (a *account) terraform(t *testing.T, tf outside.TF, args ...string) string {
	t.Helper()
	env := append(os.Environ(), append(a.env(), "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1")...)
	out, err := a.command(t, tf.Path, env, args...)
	if err != nil {
		t.Fatalf("terraform %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func (a *account) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(a.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// everything plans all that kumoban finds in an account of moto.
func (a *account) everything(t *testing.T, more ...string) string {
	t.Helper()
	return a.plan(t, append(more, "--retention", "30", "--input", "level=INFO", "--input", "certificate=c0ffee", "--input", "webAcl=$WEBACL",
		"--input", "authorizationType=AWS_IAM")...)
}

// TestTerraformImports applies what `fix show --as terraform` prints to a fresh
// copy that no Terraform knows: what exists is imported, as printed, and
// becomes what the fix makes of it; nothing else changes, and the next plan has
// nothing to do.
func TestTerraformImports(t *testing.T) {
	t.Parallel()
	tf := outside.Terraform(t)
	fixed, a := newMoto(t), newMoto(t)
	before := fixed.look(t)
	fixed.apply(t, fixed.everything(t, "--kms-key", "new", "--input", "serverName=shop.example.com"))
	want := fixed.look(t)
	if len(changes(before, want)) == 0 {
		t.Fatal("the fix changes nothing")
	}
	a.write(t, "provider.tf", fmt.Sprintf(provider, outside.ProviderVersion))
	a.write(t, "fix.tf", a.kumoban(t, "fix", "show", a.everything(t, "--kms-key", "new", "--input", "serverName=shop.example.com"), "--as", "terraform"))
	a.terraform(t, tf, tf.InitArgs()...)
	a.terraform(t, tf, "apply", "-auto-approve", "-no-color")
	if other := changes(want, a.look(t)); len(other) > 0 {
		t.Errorf("Terraform makes something else of the account than the fix:\n%s", strings.Join(other, "\n"))
	}
	a.terraform(t, tf, "plan", "-detailed-exitcode", "-no-color")
	a.passes(t)
}

// passes demands that a scan finds nothing failed, and something passed.
func (a *account) passes(t *testing.T) {
	t.Helper()
	passed := 0
	for _, f := range a.scan(t, "--service", "APIGateway") {
		switch f.Status {
		case "FAILED", "UNKNOWN":
			t.Errorf("%s of %s is %s", f.Control, f.Resource.Name, f.Status)
		case "PASSED":
			passed++
		}
	}
	if passed == 0 {
		t.Error("nothing passed")
	}
}
