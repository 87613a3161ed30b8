// Package lambda is the controls of AWS Lambda.
package lambda

import (
	"embed"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/lambda"
)

//go:embed */guide.*.md */messages.*.txt */cases.yaml runtime/runtimes.txt
var files embed.FS

// asOf is the day of the list of runtimes.
const asOf = "2026-09-23"

// Controls returns the controls of the service.
func Controls() []*control.Control { return control.In(files, runtime(), multiAZ()) }

func runtime() *control.Control {
	known := runtimes()
	return &control.Control{
		ID: "Lambda.2", Folder: "runtime",
		Checks:     []control.Check{control.On(func(f *lambda.Function, p control.Params) control.Verdict { return supported(f, known, p) })},
		Parameters: []control.Parameter{{Name: "alsoSupported", Type: control.StringList, Ours: true}},
		Remedies:   []remedy.Remedy{remedy.ByHand("upgrade-runtime", lambda.FunctionType, remedy.Interrupts)},
		Questions:  append(control.Ask("still-used", "tests"), control.AskDays("upgrade-days")),
	}
}

// known is what the list says of a runtime.
type known struct {
	supported bool
	ends      string // the day of its deprecation; "-": none is scheduled
}

// runtimes reads the list. A line that is none is left out, and a test sees that
// there is none.
func runtimes() map[string]known {
	text, _ := files.ReadFile("runtime/runtimes.txt")
	list := map[string]known{}
	for line := range strings.Lines(string(text)) {
		if word := strings.Fields(line); len(word) == 3 && word[0] != "#" {
			list[word[1]] = known{word[0] == "supported", word[2]}
		}
	}
	return list
}

// supported does not judge images, nor functions that bring their language along:
// Config's page says that the rule ignores both. What is on neither list may be
// newer than the list.
func supported(f *lambda.Function, list map[string]known, p control.Params) control.Verdict {
	name, there := f.Runtime.Get()
	runtime := locale.A("runtime", name)
	switch fact.Is(f.PackageType, "Image") {
	case fact.True:
		return control.Exempt("exempt.image")
	case fact.Unknown:
		return control.Unread("PackageType", f.PackageType.Origin())
	}
	switch {
	case there != fact.True:
		return control.Unread("Runtime", f.Runtime.Origin())
	case strings.HasPrefix(name, "provided"):
		return control.Exempt("exempt.custom", runtime)
	case slices.Contains(strings.Split(p.Get("alsoSupported"), ","), name):
		return control.Pass("pass", runtime)
	}
	switch k, listed := list[name]; {
	case !listed:
		return control.Undecided("newer", f.Runtime.Origin(), runtime, locale.A("asOf", asOf))
	case !k.supported:
		return control.Fail("fail", runtime, locale.A("date", k.ends))
	case k.ends != "-":
		return control.Pass("pass.ending", runtime, locale.A("date", k.ends))
	}
	return control.Pass("pass", runtime)
}
