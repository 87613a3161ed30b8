package cli

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kumoban/kumoban/internal/locale"
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
		d := distance(typed, f.Name)
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

// distance is how many letters to put in, take out or change make b of a.
func distance(a, b string) int {
	if len(a) > len(b)+2 || len(b) > len(a)+2 {
		return 3 // as good as any other
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0]++
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			before, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, before+cost)
		}
	}
	return row[len(b)]
}
