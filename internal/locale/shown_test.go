package locale

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// atTheCommandLine is what only commands say: tables and what stands below them, what
// to type next, and how a command is used.
func atTheCommandLine() []string {
	return []string{
		"ask.choice.", "ask.label.", "ask.more", "keep.askNotSent", "keep.diff.", "keep.incomplete.", "keep.mailJSON", "keep.moreDifferences", "keep.noChange.", "keep.noOwners", "keep.noQuestions", "keep.noScans",
		"keep.noScore", "keep.noStore", "keep.none", "keep.nothingYet", "keep.pageAndAfter", "keep.question.", "keep.show.", "keep.showOne", "web.notLoopback", "web.badListen", "web.portTaken", "web.started", "web.signIn", "web.usedLink",
		"store.addressOrFile",
	}
}

var command = regexp.MustCompile(`--[a-z]|\{store\}|kumoban (scan|findings|ask|answer|history|settings|owners|rules|audit|fix|iam-policy|controls|securityhub|report|score|diff|demo)\b`)

// proposes tells whether a text names a command or a flag, in either language.
func proposes(t *testing.T, key string) bool {
	t.Helper()
	return slices.ContainsFunc(Langs(), func(lang Lang) bool {
		c, err := New(lang)
		if err != nil {
			t.Fatal(err)
		}
		return command.MatchString(c.Keys()[key]) || strings.Contains(c.Keys()[key], "{flag}")
	})
}

// TestInConsole: what a use case may say names neither flags nor commands to a reader
// of the console; each text of the console stands in for one that does, and asks for
// nothing that one does not have.
func TestInConsole(t *testing.T) {
	place := regexp.MustCompile(`\{[A-Za-z]+\}`)
	for _, lang := range Langs() {
		c, err := New(lang)
		if err != nil {
			t.Fatal(err)
		}
		console := c.InConsole()
		for key := range c.Keys() {
			file, _, _ := strings.Cut(key, ".")
			if slices.Contains([]string{"access", "ask", "audit", "keep", "lifecycle", "policy", "rules", "store", "web"}, file) &&
				!slices.ContainsFunc(atTheCommandLine(), func(p string) bool { return strings.HasPrefix(key, p) }) && command.MatchString(console.Text(key)) {
				t.Errorf("%s: %s says in the console: %s (write shown.%s)", lang, key, console.Text(key), key)
			}
			of, other := strings.CutPrefix(key, "shown.")
			if !other || strings.HasPrefix(key, "shown.field.") {
				continue
			}
			was, known := c.Keys()[of]
			if !known || !proposes(t, of) {
				t.Errorf("%s: %s stands in for nothing that names a flag or a command", lang, key)
			}
			for _, p := range place.FindAllString(c.Keys()[key], -1) {
				if !strings.Contains(was, p) {
					t.Errorf("%s: %s has %s, and %s has not", lang, key, p, of)
				}
			}
		}
		field := A("flag", Field("until"))
		if at, in := c.Text("keep.pastDay", field), console.Text("keep.pastDay", field); !strings.Contains(at, "--until") || !strings.Contains(in, c.Text("shown.field.until")) {
			t.Errorf("%s: %s, and in the console %s", lang, at, in)
		}
	}
}
