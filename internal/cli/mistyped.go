package cli

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/spell"
)

// mistyped says what is wrong with a flag as it was typed, and which one is like it.
func (p *program) mistyped(c *cobra.Command, err error) error {
	command := locale.A("command", c.CommandPath())
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "" {
		if like := likeFlag(c, unknown.GetSpecifiedName()); like != "" {
			return locale.Errorf("cli.unknownFlagLike", locale.A("flag", "--"+locale.Clean(unknown.GetSpecifiedName())), locale.A("like", "--"+like), command)
		}
	}
	return locale.Errorf("cli.usage", locale.A("error", flagError(err)), command)
}

// unknownCommand says that there is no such command, and which one is like it.
func unknownCommand(c *cobra.Command, name string) error {
	args := []locale.Arg{locale.A("name", locale.Clean(name)), locale.A("command", c.CommandPath())}
	c.SuggestionsMinimumDistance = 2
	if like := c.SuggestionsFor(name); len(like) > 0 {
		return locale.Errorf("cli.unknownCommandLike", append(args, locale.A("like", like[0]))...)
	}
	return locale.Errorf("cli.unknownCommand", args...)
}

// likeFlag is the flag that was probably meant, or "".
func likeFlag(c *cobra.Command, typed string) string {
	best, least := "", 3
	consider := func(f *pflag.Flag) {
		d := spell.Distance(typed, f.Name)
		if len(typed) > 2 && strings.HasPrefix(f.Name, typed) {
			d = min(d, 1)
		}
		if d < least && d < len(f.Name) {
			best, least = f.Name, d
		}
	}
	c.Flags().VisitAll(consider)
	c.InheritedFlags().VisitAll(consider)
	return best
}
