package cli

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/locale"
)

// fileName is what only a file of findings is called.
var fileName = regexp.MustCompile(`(?i)^-$|\.(json|jsonl|ndjson|txt)$`)

// isID tells a finding of the store from a file of findings, which comes first.
func isID(name string) bool {
	_, err := os.Stat(name)
	return name != "" && err != nil && !fileName.MatchString(name)
}

// tellLeft says what is not in a plan: a line for each control and reason, or,
// verbose, for each finding.
func (p *program) tellLeft(left []app.LeftOut, verbose bool) {
	var order []string
	groups := map[string][]app.LeftOut{}
	for i, l := range left {
		key := reasonOf(l)
		if verbose {
			key = strconv.Itoa(i)
		}
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], l)
	}
	for _, key := range order {
		group := groups[key]
		l := group[0]
		args := []locale.Arg{
			locale.A("control", l.Control), locale.A("resource", l.Ref.ID()), locale.A("n", len(group)), locale.A("why", p.phrase(l.Why.Key, l.Why.Args...)),
		}
		if len(group) == 1 {
			p.tell("cli.fix.skipped", args...)
			continue
		}
		p.tell("cli.fix.skippedMany", args...)
	}
}

// reasonOf is what findings have in common that are left out for one reason: not
// which they are.
func reasonOf(l app.LeftOut) string {
	key := l.Control + " " + l.Why.Key
	for _, a := range l.Why.Args {
		if !slices.Contains([]string{"id", "resource", "thing"}, a.Name) {
			key += fmt.Sprintf(" %s=%v", a.Name, a.Value)
		}
	}
	return key
}
