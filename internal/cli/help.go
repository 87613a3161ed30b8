package cli

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/locale"
)

// helpFor shows the help of the command that path names.
func helpFor(root *cobra.Command, path []string) error {
	c, rest, err := root.Find(path)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return unknownCommand(c, rest[0])
	}
	return c.Help()
}

// flagDefault is what pflag appends to a flag that has one.
var flagDefault = regexp.MustCompile(`(?m) \(default "?(.*?)"?\)$`)

// help shows a command's help, with the defaults of flags in the user's language.
func (p *program) help(c *cobra.Command, _ []string) {
	about := c.Long
	if about == "" {
		about = c.Short
	}
	usage := flagDefault.ReplaceAllStringFunc(c.UsageString(), func(s string) string {
		return " " + p.text("help.default", locale.A("value", flagDefault.FindStringSubmatch(s)[1]))
	})
	fmt.Fprintf(c.OutOrStdout(), "%s\n\n%s", strings.TrimRight(about, "\n"), usage)
}

// usage says how a command is called, as cobra does, in the user's language and
// without its template: what executes templates finds methods by their names, for
// which the program would have to keep all that it has (internal/page).
func (p *program) usage(c *cobra.Command) error {
	var out strings.Builder
	part := func(title, text string) {
		if text != "" {
			out.WriteString("\n\n" + p.text("help."+title) + ":\n" + strings.TrimRightFunc(text, unicode.IsSpace))
		}
	}
	out.WriteString(p.text("help.usage") + ":")
	if c.Runnable() {
		out.WriteString("\n  " + c.UseLine())
	}
	var commands strings.Builder
	if c.HasAvailableSubCommands() {
		out.WriteString("\n  " + c.CommandPath() + " [command]")
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				fmt.Fprintf(&commands, "  %-*s %s\n", sub.NamePadding(), sub.Name(), sub.Short)
			}
		}
	}
	part("examples", c.Example)
	part("commands", commands.String())
	part("flags", c.LocalFlags().FlagUsages())
	part("global", c.InheritedFlags().FlagUsages())
	if c.HasAvailableSubCommands() {
		out.WriteString("\n\n" + p.text("help.more"))
	}
	_, err := fmt.Fprintln(c.OutOrStderr(), out.String())
	return err
}
