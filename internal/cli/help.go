package cli

import (
	"strings"

	"github.com/spf13/cobra"
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
