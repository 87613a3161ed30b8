package controls_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/controls/metadata"
	"github.com/kumoban/kumoban/internal/casefile"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/controltest"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

// TestCases runs the cases of every control: those of cases.yaml in four forms,
// those of the first nine in the double.
func TestCases(t *testing.T) {
	all, folders := controls.All(), controls.Folders()
	for i, c := range all {
		t.Run(c.ID, func(t *testing.T) {
			if _, err := fs.Stat(c.Files, casefile.Name); err == nil {
				controltest.Cases(t, c, filepath.FromSlash(folders[i]))
				return
			}
			files, err := filepath.Glob(filepath.Join(filepath.FromSlash(folders[i]), "testdata", "*.txtar"))
			if err != nil || len(files) == 0 {
				t.Fatalf("no cases: %v", err)
			}
			for _, file := range files {
				t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { controltest.Run(t, all, c.ID, file) })
			}
		})
	}
}

// titleOrigin is the first line of a control's Japanese messages: whose words its
// title is. AWS's has to say where and when it was seen.
var titleOrigin = regexp.MustCompile(`^# title: (ours\. |AWS \(.*https://.*\)\.$)`)

// TestTitlesSayTheirOrigin: a Japanese title is that of AWS's guide where it
// reads well, else ours, and says which.
func TestTitlesSayTheirOrigin(t *testing.T) {
	folders := controls.Folders()
	if len(folders) < 9 {
		t.Fatalf("%d controls", len(folders))
	}
	for _, folder := range folders {
		data, err := os.ReadFile(filepath.Join(filepath.FromSlash(folder), "messages.ja.txt"))
		if err != nil {
			t.Fatal(err)
		}
		origin, rest, _ := strings.Cut(string(data), "\n")
		if !titleOrigin.MatchString(origin) || !strings.HasPrefix(rest, "title = ") {
			t.Errorf("%s/messages.ja.txt: the line before the title does not say whose it is: %s", folder, origin)
		}
		if strings.Contains(origin, "# title: AWS") && !regexp.MustCompile(`\d{4}-\d{2}-\d{2}`).MatchString(origin) {
			t.Errorf("%s/messages.ja.txt: AWS's title has no date", folder)
		}
	}
}

// TestAWSFacts: what AWS says of a control comes from the list, by its id, and
// its English title is AWS's. Of controls that kumoban has nothing is unknown but
// where the page was not read yet.
func TestAWSFacts(t *testing.T) {
	for _, c := range controls.All() {
		m := metadata.Of(c.ID)
		if m == nil || m.Retired() {
			t.Errorf("%s: not a control of the standard", c.ID)
			continue
		}
		if c.Severity == 0 || c.Category == "" || c.ConfigRule == "" || c.Schedule == "" || c.Requirements == nil {
			t.Errorf("%s: AWS's page was not read: %+v", c.ID, m)
		}
		messages, err := c.Messages(locale.English)
		if err != nil || messages["title"] != c.Title {
			t.Errorf("%s: title %q (%v), AWS's is %q", c.ID, messages["title"], err, c.Title)
		}
		var types []string
		for _, check := range c.Checks {
			t := check.Type
			if e := catalog.Find(t); e != nil && e.Room.Setting {
				t = resource.AccountType // AWS reports the account
			}
			types = append(types, string(t))
		}
		if !slices.Equal(types, m.Types) {
			t.Errorf("%s judges %v, AWS %v", c.ID, types, m.Types)
		}
		for _, p := range m.Parameters {
			if !slices.ContainsFunc(c.Parameters, func(ours control.Parameter) bool { return ours.Name == p.Name }) {
				t.Errorf("%s: AWS's parameter %s is missing", c.ID, p.Name)
			}
		}
	}
}
