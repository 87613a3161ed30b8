// Package shell writes a plan as a POSIX shell script of AWS CLI commands, for
// version 1 and 2 of the aws command. The script stops with a sentence where
// the account is not as the plan found it, makes each change, and reads back.
package shell

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/render/internal/words"
	"github.com/kumoban/kumoban/internal/resource"
)

// script collects the steps; the functions that they use are printed before.
type script struct {
	body      bytes.Buffer
	words     *words.Words
	plan      *plan.Plan
	outline   bool // the calls alone
	functions map[string]bool
	wanted    map[remedy.Output]bool // outputs that some step needs
	variables map[remedy.Output]variable
}

// Write writes the script.
func Write(b *bytes.Buffer, p *plan.Plan, w *words.Words) error {
	s := &script{words: w, plan: p, functions: map[string]bool{"stop": true}, wanted: map[remedy.Output]bool{}, variables: map[remedy.Output]variable{}}
	for i := range p.Steps {
		for _, c := range p.Steps[i].Changes {
			if out, ok := part.Output(c.Will); ok {
				s.wanted[out] = true
			}
		}
	}
	s.account()
	for i := range p.Steps {
		if err := s.step(&p.Steps[i]); err != nil {
			return err
		}
	}
	s.print(b)
	return nil
}

// functionsText holds the functions that scripts may use, each apart by a blank
// line.
//
//go:embed functions.sh
var functionsText string

func (s *script) print(b *bytes.Buffer) {
	b.WriteString("#!/bin/sh\n")
	for _, lines := range [][]string{s.words.Head(s.plan), {s.words.Say("shell.use")}, s.words.Managed(s.plan, "")} {
		for _, line := range lines {
			b.WriteString("# " + line + "\n")
		}
	}
	b.WriteString("set -eu\nexport AWS_PAGER=\n")
	for text := range strings.SplitSeq(strings.TrimSpace(functionsText), "\n\n") {
		if name, _, _ := strings.Cut(text, "()"); s.functions[name] {
			b.WriteString("\n" + text + "\n")
		}
	}
	b.Write(s.body.Bytes())
	again := s.words.Say("shell.end", locale.A("commands", words.Scans(s.plan)))
	fmt.Fprintf(b, "\nprintf '%%s\\n' %s\n", word(again))
}

// account stops the script where the credentials are of another account.
func (s *script) account() {
	s.blank()
	c := command{"sts", "get-caller-identity", nil, "Account == " + literal(s.plan.Account)}
	s.must(s.words.Say("shell.account", locale.A("account", s.plan.Account)), c)
}

func (s *script) step(st *plan.Step) error {
	s.blank()
	s.comment(s.words.Step(st))
	for j := range st.Changes {
		s.comment("  " + s.words.Brief(&st.Changes[j]))
	}
	kind, ok := kinds()[st.Thing.Type]
	if part.OfRoom(st) {
		kind, ok = ofRoom, true
	}
	if !ok {
		return locale.Errorf("render.error.unknownType", locale.A("type", string(st.Thing.Type)))
	}
	if err := kind(s, st); err != nil {
		return err
	}
	s.line("printf '%s\\n' " + word(s.words.Say("shell.done", locale.A("step", st.ID))))
	return nil
}

// kinds says how steps about things of each type are written.
func kinds() map[resource.Type]func(*script, *plan.Step) error {
	return map[resource.Type]func(*script, *plan.Step) error{
		part.RestStage: restStage, part.Stage: stage, part.Route: route, part.Integration: integration,
		part.DomainName: domainName, part.Account: account, part.Certificate: certificate, part.Association: association,
		part.LogGroup: logGroup, part.Role: role, part.Key: key,
	}
}

func (s *script) blank()           { s.body.WriteString("\n") }
func (s *script) line(text string) { s.body.WriteString(text + "\n") }

// comment writes a line that is clean already: texts of words are.
func (s *script) comment(text string) { s.line("# " + text) }

// note writes a text of the catalogue as a comment.
func (s *script) note(key string) { s.comment(s.words.Say(key)) }

// text is a command whose further lines are indented.
func (s *script) text(c command, indent string) string {
	text := strings.Join(c.lines(s.plan.Region), " \\\n  ")
	return strings.ReplaceAll(text, "\n", "\n"+indent)
}

// call hands a command to a function of the script.
func (s *script) call(function string, c command) {
	name, _, _ := strings.Cut(function, " ")
	s.functions[name] = true
	s.line(function + " \\\n  " + s.text(c, "  "))
}

// run makes a change; what AWS answers is read back instead.
func (s *script) run(c command) {
	if s.outline {
		s.line(s.text(c, ""))
		return
	}
	s.line(s.text(c, "") + " > /dev/null")
}

// set keeps what a command prints in a variable.
func (s *script) set(name variable, c command) { s.line(string(name) + "=$(" + s.text(c, "") + ")") }

// must stops with a sentence where a command does not print True.
func (s *script) must(sentence string, c command) { s.call("must "+word(sentence), c) }

// nothing stops with a sentence where a command prints something.
func (s *script) nothing(sentence string, c command) { s.call("nothing "+word(sentence), c) }

// absent stops with a sentence where a command is not refused with a code.
func (s *script) absent(sentence, code string, c command) {
	s.call("absent "+word(sentence)+" "+word(code), c)
}

// await tries a command until it prints True, and stops with a sentence where
// it never does.
func (s *script) await(sentence string, attempts, seconds int, c command) {
	s.call(fmt.Sprintf("await %s %d %d", word(sentence), attempts, seconds), c)
}

// value puts variables in place of outputs.
func (s *script) value(v any) (any, error) {
	out, ok := part.Output(v)
	if !ok {
		return plan.Normal(v), nil
	}
	name, ok := s.variables[out]
	if !ok {
		return nil, locale.Errorf("render.error.noOutput", locale.A("output", out.Name), locale.A("step", out.Of))
	}
	return name, nil
}

// output names the variable for an output of a step, if some step needs it.
func (s *script) output(st *plan.Step, output, name string) (variable, bool) {
	out := remedy.Output{Of: st.ID, Name: output}
	if !s.wanted[out] {
		return "", false
	}
	for i := range s.plan.Steps {
		if s.plan.Steps[i].ID == st.ID {
			name = fmt.Sprintf("%s_%d", name, i+1)
		}
	}
	s.variables[out] = variable(name)
	return variable(name), true
}

// expected lists what the changes were, or will be.
func (s *script) expected(changes []plan.Change, will bool) []string {
	var items []string
	for i := range changes {
		v := changes[i].Was
		if will {
			v = changes[i].Will
		}
		items = append(items, s.words.Property(changes[i].Property)+" = "+s.words.Value(v))
	}
	return items
}

// asPlanned stops the script where a thing is not as the plan found it.
func (s *script) asPlanned(st *plan.Step, r reader, sent []plan.Change) error {
	if err := s.guards(st, r); err != nil {
		return err
	}
	changes := slices.Concat(st.Changes, sent)
	conditions, err := r.conditions(s, changes, false)
	if err != nil {
		return err
	}
	if r.also != nil {
		conditions = slices.Concat(r.also(st), conditions)
	}
	if len(conditions) == 0 {
		return nil
	}
	c, err := r.look(st.Thing, conditions)
	if err != nil {
		return err
	}
	s.must(s.words.Say("shell.drift", locale.A("step", st.ID), locale.A("thing", s.words.Thing(st.Thing)), locale.A("expected", s.expected(changes, false))), c)
	return nil
}

// guards stops the script where what must be true is not.
func (s *script) guards(st *plan.Step, r reader) error {
	for i := range st.Guards {
		g := &st.Guards[i]
		if special, ok := guards()[g.Property]; ok {
			if err := special(s, st, g); err != nil {
				return err
			}
			continue
		}
		f, ok := r.field(g.Property)
		if !ok {
			return unknownProperty(g.Property)
		}
		c, err := r.look(st.Thing, []string{f.oneOf(g.OneOf)})
		if err != nil {
			return err
		}
		s.must(s.why(st, g), c)
	}
	return nil
}

// guards are those that the thing itself does not tell.
func guards() map[string]func(*script, *plan.Step, *plan.Guard) error {
	return map[string]func(*script, *plan.Step, *plan.Guard) error{"HttpApiMapped": unmapped, "Events": empty, "CloudWatchRole.Gone": roleGone}
}

// why is the sentence for a guard that does not hold.
func (s *script) why(st *plan.Step, g *plan.Guard) string {
	return s.words.Say("shell.guard", locale.A("step", st.ID), locale.A("why", s.words.Why(s.plan, st, g)))
}

// asWritten stops the script where a thing does not read back as planned.
func (s *script) asWritten(st *plan.Step, r reader) error {
	conditions, err := r.conditions(s, st.Changes, true)
	if err != nil || len(conditions) == 0 {
		return err
	}
	c, err := r.look(st.Thing, conditions)
	if err != nil {
		return err
	}
	s.must(s.notWritten(st, st.Changes...), c)
	return nil
}

// notWritten is the sentence for changes that do not read back as planned.
func (s *script) notWritten(st *plan.Step, changes ...plan.Change) string {
	return s.words.Say("shell.notWritten", locale.A("step", st.ID), locale.A("thing", s.words.Thing(st.Thing)), locale.A("expected", s.expected(changes, true)))
}

// there names the sentence that stops where a thing to be made exists.
func (s *script) there(st *plan.Step) string {
	return s.words.Say("shell.there", locale.A("step", st.ID), locale.A("thing", s.words.Thing(st.Thing)))
}
