package outside

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const (
	envPluginDir = "KUMOBAN_TF_PLUGIN_DIR"
	// ProviderVersion is the version of hashicorp/aws that snippets are validated with.
	ProviderVersion = "5.100.0"
)

var terraform = sync.OnceValues(findTerraform)

// TF is a terraform command that can reach the AWS provider.
type TF struct {
	Path string
	// PluginDir is the folder for `terraform init -plugin-dir`; empty where init downloads the provider.
	PluginDir string
}

// InitArgs are the arguments of a `terraform init` that finds the AWS provider.
func (tf TF) InitArgs() []string {
	args := []string{"init", "-input=false", "-no-color", "-backend=false"}
	if tf.PluginDir != "" {
		args = append(args, "-plugin-dir="+tf.PluginDir)
	}
	return args
}

// Terraform returns the terraform command and where it finds the AWS provider: in the folder that
// KUMOBAN_TF_PLUGIN_DIR names, in the one that a neighbouring ../shared/tools/terraform-plugins prints, or in
// the registry. A registry that cannot be reached counts as a missing program.
func Terraform(t testing.TB) TF {
	t.Helper()
	return must(t, terraform)
}

func findTerraform() (TF, error) {
	path, err := find("terraform", "install Terraform 1.11", "version")
	if err != nil {
		return TF{}, err
	}
	tf := TF{Path: path, PluginDir: os.Getenv(envPluginDir)}
	if tf.PluginDir == "" {
		if tf.PluginDir, err = neighbouringPlugins(); err != nil {
			return TF{}, err
		}
	}
	return tf, tf.reachesProvider()
}

func neighbouringPlugins() (string, error) {
	root, err := repositoryRoot()
	if err != nil {
		return "", err
	}
	tool := filepath.Join(root, "..", "shared", "tools", "terraform-plugins")
	if _, err := os.Stat(tool); errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	if out, err := run(tool); err == nil {
		return strings.TrimSpace(out), nil
	}
	return "", nil // it has none: terraform init downloads the provider
}

// reachesProvider initialises an empty configuration once, so that a provider out of reach is reported as
// what it is and not as a snippet that does not validate.
func (tf TF) reachesProvider() error {
	dir, err := os.MkdirTemp("", "kumoban-terraform-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	main := fmt.Sprintf(`terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "%s"
    }
  }
}
`, ProviderVersion)
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(main), 0o600); err != nil {
		return err
	}
	cmd := exec.Command(tf.Path, tf.InitArgs()...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("terraform does not reach the AWS provider %s (%w); "+
			"let it reach its registry or name a folder of plugins in %s (%s)", ProviderVersion, err, envPluginDir, complaint(string(out)))
	}
	return nil
}

// complaint is what terraform says from its first error on, on one line.
func complaint(out string) string {
	if at := strings.Index(out, "Error: "); at >= 0 {
		out = out[at:]
	}
	return strings.Join(strings.Fields(out), " ")
}
