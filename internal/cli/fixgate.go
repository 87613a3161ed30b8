package cli

import (
	"errors"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kumoban/kumoban/internal/app/fixes"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/render"
	"github.com/kumoban/kumoban/internal/report"
)

// withoutOwner is the flag with which a fix is made that no owner agreed to.
const withoutOwner = "without-owner"

func (p *program) withoutOwner(flags *pflag.FlagSet) *string {
	return flags.String(withoutOwner, "", p.text("flag.fix.withoutOwner"))
}

// gateShown is how many fixes a warning names.
const gateShown = 3

// reason is why something is done without the owner's word; nil where nobody says
// that it is.
func reason(c *cobra.Command, without *string) *string {
	if !c.Flags().Changed(withoutOwner) {
		return nil
	}
	return without
}

// doing tells how a deed goes that passed the gate: once, of what no owner has agreed
// to, before somebody is asked or else before the first change.
func (p *program) doing(passed *fixes.Passed) fixes.Doing {
	return fixes.Doing{Begins: sync.OnceFunc(func() { p.tellGate(passed) }), Say: p.say(passed.Plan)}
}

// tellGate says of which fixes no owner has agreed to.
func (p *program) tellGate(passed *fixes.Passed) {
	for i := range passed.Missing {
		if i == gateShown {
			p.tell("keep.gateMore", locale.A("n", len(passed.Missing)-i))
			return
		}
		key := "keep.gateWarns"
		switch {
		case passed.Missing[i].Opens != nil:
			key = "keep.undoWarns"
		case passed.Without != "":
			key = "keep.gateWithout"
		}
		p.tell(key, p.missing(passed.Missing, i)...)
	}
}

// missing are the arguments of texts about what no owner has agreed to.
func (p *program) missing(list []fixes.Missing, i int) []locale.Arg {
	m := &list[i]
	args := []locale.Arg{
		locale.A("control", m.Fix.Control), locale.A("resource", locale.Clean(m.Fix.Resource.Name)), locale.A("n", len(list)),
		locale.A("does", p.does(m.Does)), locale.A("id", finding.Short(m.Finding)),
	}
	texts, err := report.NewTexts(p.catalog, p.controls())
	if m.Opens == nil || err != nil {
		return args
	}
	return append(args, locale.A("changes", strings.Join(render.Changes(m.Opens, true, p.catalog, texts), "; ")))
}

// closed says how to get past an owner gate that is closed.
func (p *program) closed(err error) error {
	var shut *fixes.Closed
	if !errors.As(err, &shut) {
		return err
	}
	key := "keep.gateClosed"
	if shut.Missing[0].Opens != nil {
		key = "keep.undoClosed"
	}
	return locale.Errorf(key, p.missing(shut.Missing, 0)...)
}

// foretold says what the gate would say, for whoever only tries.
func (p *program) foretold(passed *fixes.Passed, err error, would string) error {
	var ours *locale.Error
	err = p.closed(err)
	switch {
	case errors.As(err, &ours):
		p.tell(would, locale.A("error", ours))
		return nil
	case err == nil:
		p.tellGate(passed)
	}
	return err
}

// does says in words what a remedy does to others.
func (p *program) does(list []remedy.Effect) []string {
	var words []string
	for _, e := range list {
		words = append(words, p.phrase("keep.does."+string(e)))
	}
	return words
}
