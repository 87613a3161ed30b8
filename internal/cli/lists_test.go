package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/locale"
)

func TestListsPart(t *testing.T) {
	for text, want := range map[string][]string{
		"a": {"a"}, "a,b": {"a", "b"}, "": {""}, `a\,b,c`: {"a,b", "c"}, "web, shop,data": {"web, shop", "data"}, "a,": {"a", ""}, `c:\x,y`: {`c:\x`, "y"},
	} {
		if got := (&list{}).parts(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string][]string{
		"env=dev,team=a": {"env=dev", "team=a"}, "list=a,b,env=c": {"list=a,b", "env=c"}, "env=a,b": {"env=a,b"}, `x=1\,y=2`: {"x=1,y=2"},
	} {
		if got := (&list{pairs: true}).parts(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestListsAreOneMechanism holds every flag that may be repeated to it.
func TestListsAreOneMechanism(t *testing.T) {
	catalog, err := locale.New(locale.English)
	if err != nil {
		t.Fatal(err)
	}
	p := &program{catalog: catalog, controls: controls.All, getenv: func(string) string { return "" }}
	lists := 0
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if _, is := f.Value.(pflag.SliceValue); !is {
				return
			}
			lists++
			if _, ours := f.Value.(*list); !ours {
				t.Errorf("%s --%s is a %s: use listVar, pairsVar or pathsVar", c.CommandPath(), f.Name, f.Value.Type())
			}
		})
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(p.root())
	if lists < 30 {
		t.Errorf("%d lists", lists)
	}
}

// TestAgainRunsAsPrinted: the next page's command says the same, whatever names hold.
func TestAgainRunsAsPrinted(t *testing.T) {
	var names, tags []string
	var all bool
	flags := func(c *cobra.Command) *cobra.Command {
		listVar(c.Flags(), &names, "resource", "")
		pairsVar(c.Flags(), &tags, "tag", "")
		c.Flags().BoolVar(&all, "all", false, "")
		c.Flags().Int("page", 1, "")
		return c
	}
	c := flags(&cobra.Command{Use: "list"})
	if err := c.Flags().Parse([]string{"--resource", `a\,b,c d`, "--tag=list=x,y", "--all", "--page=2"}); err != nil {
		t.Fatal(err)
	}
	want := slices.Concat(names, tags)
	text := again(c, 3)
	names, tags, all = nil, nil, false
	if err := flags(&cobra.Command{Use: "list"}).Flags().Parse(split(text)[1:]); err != nil || !slices.Equal(slices.Concat(names, tags), want) || !all {
		t.Errorf("%s: %q %q %t %v, want %q", text, names, tags, all, err, want)
	}
}

// split is what a POSIX shell makes of a line that has no quote in a word.
func split(line string) (words []string) {
	quoted, word := false, ""
	for _, r := range line + " " {
		switch {
		case r == '\'':
			quoted = !quoted
		case r == ' ' && !quoted:
			words, word = append(words, word), ""
		default:
			word += string(r)
		}
	}
	return slices.DeleteFunc(words, func(w string) bool { return strings.TrimSpace(w) == "" })
}
