package cli

import (
	"errors"
	"math"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/locale"
)

// manyFindings is for commands that take any number of them.
const manyFindings = math.MaxInt

// takesFindings has a command take findings by what [keep.Find] knows them by, a
// control and a resource also as two words, or the control as a flag for all.
func (p *program) takesFindings(c *cobra.Command, f *storeFlags, most int) {
	f.names = true
	c.Flags().StringVar(&f.control, "control", "", p.text("flag.ofControl"))
	p.completeControls(c)
	c.ValidArgsFunction = p.findingIDs(f)
	c.Args = func(c *cobra.Command, args []string) error {
		if n := len(joined(args)); n < 1 || n > most {
			return errNotFindings // a sentence of ours takes its place
		}
		return nil
	}
}

var errNotFindings = errors.New("other arguments are wanted")

// controlID is an argument that is the id of a control, and controlBefore one that
// begins with it.
var controlID, controlBefore = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*\.[0-9]+$`), regexp.MustCompile(`^([A-Za-z][A-Za-z0-9]*\.[0-9]+)[ :]`)

// joined puts a control and the resource after it together.
func joined(args []string) (out []string) {
	for i := 0; i < len(args); i++ {
		if controlID.MatchString(args[i]) && i+1 < len(args) {
			out = append(out, args[i]+" "+args[i+1])
			i++
			continue
		}
		out = append(out, args[i])
	}
	return out
}

// findingNames are findings as [keep.Find] takes them. A control that there is not is
// refused: that is what is wrong then.
func (p *program) findingNames(f *storeFlags, args []string) ([]string, error) {
	if !f.names {
		return args, nil
	}
	if f.control != "" {
		if _, err := p.find(f.control); err != nil {
			return nil, err
		}
	}
	args = joined(args)
	for i, arg := range args {
		m := controlBefore.FindStringSubmatch(arg)
		switch {
		case m != nil && f.control != "" && !strings.EqualFold(m[1], f.control):
			return nil, locale.Errorf("cli.twoControls", locale.A("one", locale.Clean(m[1])), locale.A("other", locale.Clean(f.control)))
		case m != nil:
			if _, err := p.find(m[1]); err != nil {
				return nil, err
			}
		case f.control != "":
			args[i] = f.control + " " + arg
		}
	}
	return args, nil
}
