package owner

import (
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/control"
)

// fields are those of the form.
type fields struct {
	Choices []choice
	Asks    []field
	Apart   []apart // findings that may have an answer of their own; none where there is one alone
}

// choice is one of the radio buttons, with what it takes.
type choice struct {
	Value, Label, Help              string
	Checked, HasUntil, HasOwner     bool
	Until, Owner, Words, WordsLabel string
	While, WhileValue               string // the condition that may be ticked; "": none
	Ticked                          bool
}

// field is a question of a control.
type field struct {
	Name, Text string
	Number     bool
	Unit       string
	Value      string
}

// apart is a finding that may have an answer of its own.
type apart struct {
	ID, Name, Choice, Until string
	Options                 []option
}

type option struct {
	Value, Label string
	Chosen       bool
}

// fields are those of a question, with what was written before.
func (w *writer) fields(m *ask.Message, written form) (f fields) {
	for _, o := range m.Choices {
		c := choice{Value: string(o.Choice), HasUntil: o.Choice.Dated(), Until: o.Until}
		if o.Choice == ask.Accept && m.While != "" {
			c.WhileValue, c.While = m.While, w.say("whileTag", "tag", m.While)
		}
		f.Choices = append(f.Choices, c)
	}
	for _, one := range ask.Remarks() {
		f.Choices = append(f.Choices, choice{Value: string(one), HasOwner: one == ask.NotMine})
	}
	for i := range f.Choices {
		c := &f.Choices[i]
		c.Label, c.Help, c.WordsLabel = w.say("choice."+c.Value), w.say("help."+c.Value), w.say("words."+c.Value)
	}
	seen := map[string]bool{}
	for _, t := range m.Topics {
		for _, q := range t.Asks {
			if !seen[q.Key] {
				seen[q.Key] = true
				one := field{Name: q.Key, Text: q.Text, Number: q.Kind == control.Number}
				if one.Number {
					one.Unit = w.catalog.Text("ask.unit." + string(q.Unit))
				}
				f.Asks = append(f.Asks, one)
			}
		}
	}
	if len(w.o.Records) > 1 {
		for i := range w.o.Records {
			f.Apart = append(f.Apart, apart{ID: w.o.Records[i].ID, Name: w.name(w.o.Records[i].ID)})
		}
	}
	f.fill(w, written)
	return f
}

// fill puts what was written into the fields.
func (f *fields) fill(w *writer, said form) {
	for i := range f.Choices {
		c := &f.Choices[i]
		c.Checked = said.Choice == c.Value
		c.Words, c.Owner = said.get(wordsOf+c.Value), said.get(ownerOf+c.Value)
		c.Ticked = said.get(whileOf+c.Value) != ""
		if until := said.get(untilOf + c.Value); until != "" {
			c.Until = until
		}
	}
	for i := range f.Asks {
		f.Asks[i].Value = said.get(replyOf + f.Asks[i].Name)
	}
	for i := range f.Apart {
		a := &f.Apart[i]
		a.Choice, a.Until, a.Options = said.get(apartOf+a.ID), said.get(apartBy+a.ID), nil
		for _, c := range append([]ask.Choice{""}, ask.Choices()...) {
			key := "apart.same"
			if c != "" {
				key = "choice." + string(c)
			}
			a.Options = append(a.Options, option{string(c), w.say(key), string(c) == a.Choice})
		}
	}
}
