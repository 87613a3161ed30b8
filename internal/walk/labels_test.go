package walk

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/kumoban/kumoban/internal/awsdouble"
)

// TestKeysWithOneLabel scans and plans for a stage of which two method settings
// have one name for people: the keys tell them apart, what names no method is
// said to, and CloudFormation gets one entry.
func TestKeysWithOneLabel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := hubWalker(t, awsdouble.Options{})
		data, err := os.ReadFile("testdata/colliding-labels.fixture.json")
		if err == nil {
			err = w.double.Load(account, region, data)
		}
		if err != nil {
			t.Fatal(err)
		}
		const both, plain = "GET / [/GET]", "GET / [~1/GET]"
		out, _ := w.run("scan", "--service", "APIGateway", "--lang", "en")
		for _, want := range []string{
			": " + both + ", GET /tenant/{tenant-name}/enrollment_codes, GET /tenant/{tenant-name}, " + plain,
			"in any method setting (4): " + both + " (OFF), GET /tenant/{tenant-name}/enrollment_codes (OFF), GET /tenant/{tenant-name} (OFF), " + plain + " (OFF)",
			"a key that names no method of this API, as API Gateway spells them: /GET, tenant/{tenant-name}/GET",
		} {
			w.has(out, want)
		}
		// Without a look at the methods only the spelling tells.
		out, _ = w.run("scan", "--control", "APIGateway.5", "--lang", "en")
		w.has(out, "as API Gateway spells them: /GET\n")

		plan := filepath.Join(w.dir, "plan.json")
		out, _ = w.run("fix", "plan", "--control", "APIGateway.5", "--remedy", "encrypt", "--out", plan, "--lang", "en")
		w.has(out, both+" CacheDataEncrypted: false → true", plain+" CacheDataEncrypted: false → true")
		out, _ = w.run("fix", "show", plan, "--as", "cloudformation", "--lang", "en")
		if n := strings.Count(out, "- ResourcePath: '/'\n"); n != 1 || strings.Count(out, "- ResourcePath: ") != 3 {
			t.Errorf("%d entries for the root in\n%s", n, out)
		}
		w.has(out, "CloudFormation has one entry for the keys /GET and ~1/GET. Its values are those of /GET")
		for _, as := range []string{"console", "cli", "terraform"} {
			out, _ = w.run("fix", "show", plan, "--as", as, "--lang", "en")
			w.has(out, both, plain)
		}
		out, _ = w.run("fix", "show", plan, "--as", "terraform", "--lang", "en")
		for _, path := range []string{`method_path = "/GET"`, `method_path = "~1/GET"`} {
			if strings.Count(out, path) != 1 {
				t.Errorf("%s: %d times", path, strings.Count(out, path))
			}
		}
	})
}
