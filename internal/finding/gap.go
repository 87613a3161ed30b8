package finding

import (
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

// Hidden says why nobody could look at what a gap hides.
func Hidden(g *resource.Gap) locale.Message {
	key := "finding.hidden"
	switch {
	case !Reached(g) && g.Code == codeInterrupted:
		return locale.M("finding.notReachedInterrupted")
	case !Reached(g):
		return locale.M("finding.notReachedTimeout")
	case g.Parent.Type != "":
		key = "finding.hiddenParts"
	}
	return locale.M(key, locale.A("call", g.Call), locale.A("fault", g.Code))
}

// Codes of gaps that a run leaves when it is stopped.
const (
	codeInterrupted = "Interrupted"
	codeTimeout     = "Timeout"
)

// Reached tells whether a call failed, rather than that the run was over
// before it: a Timeout is the run's own only where no call of AWS had it.
func Reached(g *resource.Gap) bool {
	return g.Code != codeInterrupted && (g.Code != codeTimeout || g.Call != "kumoban:scan")
}
