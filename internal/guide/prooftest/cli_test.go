package prooftest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/controltest"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/guide"
	"github.com/kumoban/kumoban/internal/outside"
)

// TestCLISnippets runs every printed AWS CLI script as printed, with the real
// aws command against the double, which refuses what AWS refuses: the scan
// before it fails, the script succeeds, the scan after it passes, and then
// every read-only script runs too.
func TestCLISnippets(t *testing.T) {
	aws := outside.AWSCLI(t)
	all, folders := controls.All(), controls.Folders()
	for i, c := range all {
		dir := filepath.Join("..", "..", "..", "controls", filepath.FromSlash(folders[i]))
		fixes, err := filepath.Glob(filepath.Join(dir, "snippets", "fix-*.sh"))
		if snippets, failed := guide.Snippets(c); err != nil || failed != nil || len(fixes) == 0 && len(snippets) > 0 {
			t.Errorf("%s has no fix script: %v %v", c.ID, err, failed)
		}
		checks, err := filepath.Glob(filepath.Join(dir, "snippets", "check-*.sh"))
		if err != nil {
			t.Fatal(err)
		}
		for _, fix := range fixes {
			name := strings.TrimSuffix(filepath.Base(fix), ".sh")
			t.Run(c.ID+"/"+name, func(t *testing.T) {
				fixture, err := os.ReadFile(filepath.Join(dir, "testdata", name+".aws.json"))
				if err != nil {
					t.Fatal(err)
				}
				runFix(t, aws, all, c, fix, checks, fixture)
			})
		}
	}
}

func runFix(t *testing.T, aws string, all []*control.Control, c *control.Control, fix string, checks []string, fixture []byte) {
	t.Helper()
	double := awsdouble.New(awsdouble.Options{})
	if err := double.Load(controltest.Account, controltest.Region, fixture); err != nil {
		t.Fatal(err)
	}
	url, stop, err := double.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stop() })
	set, err := control.Select(all, control.Selection{Patterns: []string{c.ID}})
	if err != nil {
		t.Fatal(err)
	}
	before := controltest.Scan(t, double, controltest.Region, set)
	if count(before, control.Failed) == 0 {
		t.Fatalf("nothing fails before the fix:\n%s", controltest.Transcript(t, all, before))
	}
	shell(t, aws, url, double, fix)
	after := controltest.Scan(t, double, controltest.Region, set)
	if count(after, control.Failed)+count(after, control.Unknown) > 0 {
		t.Errorf("the scan after the fix does not pass:\n%s", controltest.Transcript(t, all, after))
	}
	for _, check := range checks {
		shell(t, aws, url, double, check)
	}
}

func count(findings []finding.Finding, s control.Status) int {
	n := 0
	for i := range findings {
		if findings[i].Status == s {
			n++
		}
	}
	return n
}

// shell runs a script in an environment in which aws knows only the double.
func shell(t *testing.T, aws, url string, double *awsdouble.Double, script string) {
	t.Helper()
	text, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	key, secret := double.CredentialsFor(controltest.Account)
	home := t.TempDir()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), "sh", "-eu", "-c", string(text))
	cmd.Dir = home
	cmd.Env = []string{
		"PATH=" + filepath.Dir(aws) + ":" + os.Getenv("PATH"), "HOME=" + home, "AWS_ENDPOINT_URL=" + url,
		"AWS_ACCESS_KEY_ID=" + key, "AWS_SECRET_ACCESS_KEY=" + secret, "AWS_REGION=" + controltest.Region,
		"AWS_DEFAULT_REGION=" + controltest.Region, "AWS_PAGER=", "AWS_EC2_METADATA_DISABLED=true",
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", filepath.Base(script), err, out)
	}
}
