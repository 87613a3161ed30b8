package cli

import (
	"fmt"
	"regexp"
	"strings"

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

// usageTemplate is cobra's, in the user's language.
func (p *program) usageTemplate() string {
	return strings.NewReplacer(
		"USAGE", p.text("help.usage"), "EXAMPLES", p.text("help.examples"), "COMMANDS", p.text("help.commands"),
		"GLOBAL", p.text("help.global"), "FLAGS", p.text("help.flags"), "MORE", p.text("help.more"),
	).Replace(`USAGE:{{if .Runnable}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} [command]{{end}}{{if .HasExample}}

EXAMPLES:
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}

COMMANDS:{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

FLAGS:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

GLOBAL:
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableSubCommands}}

MORE{{end}}
`)
}
