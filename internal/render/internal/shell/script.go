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

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/render/internal/words"
	"github.com/kumoban/kumoban/internal/resource"
)

// Script collects the steps; the functions that they use are printed before.
type Script struct {
	body      bytes.Buffer
	Words     *words.Words
	plan      *plan.Plan
	kinds     Kinds
	outline   bool // the calls alone
	functions map[string]bool
	wanted    map[remedy.Output]bool // outputs that some step needs
	variables map[remedy.Output]Variable
}

// Kind says how steps about things of one type are written.
type Kind struct {
	Write  func(*Script, *plan.Step) error                         // nil: what rooms cannot write is not written
	Guards map[string]func(*Script, *plan.Step, *plan.Guard) error // those that the thing itself does not tell, by property
	Rooms  bool                                                    // what the type's room can write is left to that
}

// Kinds are those of what rooms cannot say, by type.
type Kinds map[resource.Type]Kind

// Write writes the script.
func (k Kinds) Write(b *bytes.Buffer, p *plan.Plan, w *words.Words) error {
	s := &Script{Words: w, plan: p, kinds: k, functions: map[string]bool{"stop": true}, wanted: map[remedy.Output]bool{}, variables: map[remedy.Output]Variable{}}
	for i := range p.Steps {
		for _, c := range p.Steps[i].Changes {
			if out, ok := part.Output(c.Will); ok {
				s.wanted[out] = true
			}
		}
	}
	s.credentials()
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

func (s *Script) print(b *bytes.Buffer) {
	b.WriteString("#!/bin/sh\n")
	for _, lines := range [][]string{s.Words.Head(s.plan), {s.Words.Say("shell.use")}, s.Words.Managed(s.plan, "")} {
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
	again := s.Words.Say("shell.end", locale.A("commands", words.Scans(s.plan)))
	fmt.Fprintf(b, "\nprintf '%%s\\n' %s\n", part.Word(again))
}

// credentials stops the script where they are of another account.
func (s *Script) credentials() {
	s.blank()
	c := Command{"sts", "get-caller-identity", nil, "Account == " + Literal(s.plan.Account)}
	s.Must(s.Words.Say("shell.account", locale.A("account", s.plan.Account)), c)
}

func (s *Script) step(st *plan.Step) error {
	s.blank()
	s.comment(s.Words.Step(st))
	for j := range st.Changes {
		s.comment("  " + s.Words.Brief(&st.Changes[j]))
	}
	kind, ok := s.kinds[st.Thing.Type]
	if part.OfRoom(st) && (!ok || kind.Rooms) {
		kind, ok = Kind{Write: ofRoom}, true
	}
	if !ok && made(st) {
		kind, ok = Kind{Write: ofMade}, true
	}
	if e := catalog.Find(st.Thing.Type); kind.Write == nil && e != nil && e.Room.Writes != nil && !st.Make {
		kind.Write = ofRoom // which names what it does not know
	}
	if kind.Write == nil {
		return part.Unwritten(s.Words.Thing(st.Thing), st.Thing.Type)
	}
	if err := kind.Write(s, st); err != nil {
		return err
	}
	s.Line("printf '%s\\n' " + part.Word(s.Words.Say("shell.done", locale.A("step", st.ID))))
	return nil
}

func (s *Script) blank() { s.body.WriteString("\n") }

// Line writes a line of the script.
func (s *Script) Line(text string) { s.body.WriteString(text + "\n") }

// comment writes a line that is clean already: texts of words are.
func (s *Script) comment(text string) { s.Line("# " + text) }

// Note writes a text of the catalogue as a comment.
func (s *Script) Note(key string) { s.comment(s.Words.Say(key)) }

// text is a command whose further lines are indented.
func (s *Script) text(c Command, indent string) string {
	text := strings.Join(c.lines(s.plan.Region), " \\\n  ")
	return strings.ReplaceAll(text, "\n", "\n"+indent)
}

// Call hands a command to a function of the script.
func (s *Script) Call(function string, c Command) {
	name, _, _ := strings.Cut(function, " ")
	s.functions[name] = true
	s.Line(function + " \\\n  " + s.text(c, "  "))
}

// Run makes a change; what AWS answers is read back instead.
func (s *Script) Run(c Command) {
	if s.outline {
		s.Line(s.text(c, ""))
		return
	}
	s.Line(s.text(c, "") + " > /dev/null")
}

// Set keeps what a command prints in a variable.
func (s *Script) Set(name Variable, c Command) { s.Line(string(name) + "=$(" + s.text(c, "") + ")") }

// Must stops with a sentence where a command does not print True.
func (s *Script) Must(sentence string, c Command) { s.Call("must "+part.Word(sentence), c) }

// Nothing stops with a sentence where a command prints something.
func (s *Script) Nothing(sentence string, c Command) { s.Call("nothing "+part.Word(sentence), c) }

// Absent stops with a sentence where a command is not refused with a code.
func (s *Script) Absent(sentence, code string, c Command) {
	s.Call("absent "+part.Word(sentence)+" "+part.Word(code), c)
}

// Await tries a command until it prints True, and stops with a sentence where
// it never does.
func (s *Script) Await(sentence string, attempts, seconds int, c Command) {
	s.Call(fmt.Sprintf("await %s %d %d", part.Word(sentence), attempts, seconds), c)
}

// Value puts variables in place of outputs.
func (s *Script) Value(v any) (any, error) {
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

// Output names the variable for an output of a step, if some step needs it.
func (s *Script) Output(st *plan.Step, output, name string) (Variable, bool) {
	out := remedy.Output{Of: st.ID, Name: output}
	if !s.wanted[out] {
		return "", false
	}
	for i := range s.plan.Steps {
		if s.plan.Steps[i].ID == st.ID {
			name = fmt.Sprintf("%s_%d", name, i+1)
		}
	}
	s.variables[out] = Variable(name)
	return Variable(name), true
}

// Expected lists what the changes were, or will be.
func (s *Script) Expected(changes []plan.Change, will bool) []string {
	var items []string
	for i := range changes {
		v := changes[i].Was
		if will {
			v = changes[i].Will
		}
		items = append(items, s.Words.Property(changes[i].Property)+" = "+s.Words.Value(v))
	}
	return items
}

// AsPlanned stops the script where a thing is not as the plan found it.
func (s *Script) AsPlanned(st *plan.Step, r Reader, sent []plan.Change) error {
	if err := s.guards(st, r); err != nil {
		return err
	}
	changes := slices.Concat(st.Changes, sent)
	conditions, err := r.Conditions(s, changes, false)
	if err != nil {
		return err
	}
	if len(conditions) == 0 {
		return nil
	}
	c, err := r.Look(st.Thing, conditions)
	if err != nil {
		return err
	}
	s.Must(s.Words.Say("shell.drift", locale.A("step", st.ID), locale.A("thing", s.Words.Thing(st.Thing)), locale.A("expected", s.Expected(changes, false))), c)
	return nil
}

// guards stops the script where what must be true is not.
func (s *Script) guards(st *plan.Step, r Reader) error {
	for i := range st.Guards {
		g := &st.Guards[i]
		if special, ok := s.kinds[st.Thing.Type].Guards[g.Property]; ok {
			if err := special(s, st, g); err != nil {
				return err
			}
			continue
		}
		f, ok := r.Field(g.Property)
		if !ok {
			return UnknownProperty(g.Property)
		}
		c, err := r.Look(st.Thing, []string{f.oneOf(g.OneOf)})
		if err != nil {
			return err
		}
		s.Must(s.Why(st, g), c)
	}
	return nil
}

// Why is the sentence for a guard that does not hold.
func (s *Script) Why(st *plan.Step, g *plan.Guard) string {
	return s.Words.Say("shell.guard", locale.A("step", st.ID), locale.A("why", s.Words.Why(s.plan, st, g)))
}

// AsWritten stops the script where a thing does not read back as planned.
func (s *Script) AsWritten(st *plan.Step, r Reader) error {
	conditions, err := r.Conditions(s, st.Changes, true)
	if err != nil || len(conditions) == 0 {
		return err
	}
	c, err := r.Look(st.Thing, conditions)
	if err != nil {
		return err
	}
	s.Must(s.NotWritten(st, st.Changes...), c)
	return nil
}

// NotWritten is the sentence for changes that do not read back as planned.
func (s *Script) NotWritten(st *plan.Step, changes ...plan.Change) string {
	return s.Words.Say("shell.notWritten", locale.A("step", st.ID), locale.A("thing", s.Words.Thing(st.Thing)), locale.A("expected", s.Expected(changes, true)))
}

// There names the sentence that stops where a thing to be made exists.
func (s *Script) There(st *plan.Step) string {
	return s.Words.Say("shell.there", locale.A("step", st.ID), locale.A("thing", s.Words.Thing(st.Thing)))
}
