package prooftest

import (
	"os/exec"
	"testing"

	"github.com/kumoban/kumoban/internal/outside"
)

// TestCloudFormationSnippetsPassTheLinter lets cfn-lint look at every template;
// a warning fails, too. All go into one run, because the linter takes seconds
// to start.
func TestCloudFormationSnippetsPassTheLinter(t *testing.T) {
	args := []string{"--format", "parseable", "--regions", "ap-northeast-1", "--template"}
	cmd := exec.CommandContext(t.Context(), outside.CFNLint(t), append(args, snippetFiles(t, ".yaml")...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
