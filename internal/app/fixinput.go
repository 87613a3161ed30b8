package app

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/execute/hooks"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
)

// remedy chooses the remedy by name, or the first for the type of resource,
// and checks the decisions that were given for it.
func (m *planMaker) remedy(ctx context.Context, c *control.Control, f *finding.Finding, owner *Replies) (*remedy.Remedy, map[string]string, error) {
	var names []string
	for i := range c.Remedies {
		r := &c.Remedies[i]
		if !r.Mends(f.Resource.Type) {
			continue
		}
		names = append(names, r.Name)
		if m.options.Remedy != "" && m.options.Remedy != r.Name {
			continue
		}
		inputs, err := m.inputs(ctx, r, c, owner)
		return r, inputs, err
	}
	if m.options.Remedy != "" && names != nil {
		return nil, nil, locale.Errorf("cli.fix.noSuchRemedy", locale.A("control", c.ID), locale.A("remedy", m.options.Remedy), locale.A("remedies", names))
	}
	return nil, nil, locale.Errorf("cli.fix.noRemedy", locale.A("control", c.ID), locale.A("resource", f.Resource.Name))
}

// inputs are the decisions for a remedy. A control parameter that the user set
// decides too: what the control wants is what the remedy makes.
func (m *planMaker) inputs(ctx context.Context, r *remedy.Remedy, c *control.Control, owner *Replies) (map[string]string, error) {
	given := map[string]string{}
	i := slices.IndexFunc(m.set, func(s control.Selected) bool { return s.ID == c.ID })
	set := map[string]string{}
	for _, p := range m.set[i].Params {
		if p.Custom {
			set[p.Name] = p.Value
		}
	}
	for _, in := range r.Inputs {
		if v, ok := m.options.Inputs[in.Name]; ok {
			given[in.Name] = v
		} else if v, ok := set[in.Name]; ok {
			given[in.Name] = v
		} else if v, ok := owner.fit(&in); ok {
			given[in.Name] = v
		} else if v, ok := m.options.Defaults[in.Name]; ok && (in.Unless == "" || m.options.Inputs[in.Unless] == "") {
			given[in.Name] = v
		}
	}
	inputs, err := r.Check(given)
	if err != nil {
		return nil, m.say(ctx, err, r, c)
	}
	for _, in := range r.Inputs {
		if text := in.Name + "=" + in.Default; in.Default != "" && given[in.Name] == "" && !slices.Contains(m.taken, text) {
			m.taken = append(m.taken, text)
		}
	}
	for name, v := range set {
		inputs[name] = v
	}
	return inputs, nil
}

// fit is what the owner's reply makes of an input: of numbers to choose from, the
// next that is not less.
func (o *Replies) fit(in *remedy.Input) (string, bool) {
	said, ok := o.Inputs[in.Name]
	if !ok || in.Values == nil || slices.Contains(in.Values, said) {
		return said, ok
	}
	want, err := strconv.ParseFloat(said, 64)
	if err != nil {
		return "", false
	}
	best, found := 0, false
	for _, v := range in.Values {
		if n, err := strconv.Atoi(v); err == nil && float64(n) >= want && (!found || n < best) {
			best, found = n, true
		}
	}
	return strconv.Itoa(best), found
}

// used says which inputs of a remedy the owner decided.
func (o *Replies) used(r *remedy.Remedy, inputs, given map[string]string) (notes []locale.Message) {
	for _, in := range r.Inputs {
		v, ok := o.fit(&in)
		if _, typed := given[in.Name]; ok && !typed && inputs[in.Name] == v {
			notes = append(notes, locale.M("run.note.owner", locale.A("input", in.Name+"="+v), locale.A("by", locale.Clean(o.By)), locale.A("said", locale.Clean(o.Inputs[in.Name])), locale.A("question", o.Question)))
		}
	}
	return notes
}

// say adds to an error about an input what the control says of it, its form and
// where to find it, and which things there are to choose from.
func (m *planMaker) say(ctx context.Context, err error, r *remedy.Remedy, c *control.Control) error {
	var ours *locale.Error
	if !errors.As(err, &ours) {
		return err
	}
	in := asked(r, ours)
	if in == nil || ours.Key == "run.badInput" { // which names what it may be
		return undecided(r, in, err, nil)
	}
	messages, failed := c.Messages(m.env.Catalog.Lang)
	if failed != nil {
		return failed
	}
	suffix, args := m.choices(ctx, in)
	err = locale.Errorf(ours.Key+suffix, slices.Concat(ours.Args, []locale.Arg{locale.A("what", messages["input."+in.Name])}, args)...)
	return undecided(r, in, err, m.listed[in.Of].choices)
}

// asked is the input that an error about a remedy's is about; nil: it has none.
func asked(r *remedy.Remedy, err *locale.Error) *remedy.Input {
	if !slices.Contains([]string{"run.needsInput", "run.oddInput", "run.badInput"}, err.Key) {
		return nil
	}
	for _, a := range err.Args {
		if name, text := a.Value.(string); text && a.Name == "input" {
			return input(r, name)
		}
	}
	return nil
}

func input(r *remedy.Remedy, name string) *remedy.Input {
	i := slices.IndexFunc(r.Inputs, func(in remedy.Input) bool { return in.Name == name })
	if i < 0 {
		return nil
	}
	return &r.Inputs[i]
}

// Choice is a thing that there is to choose.
type Choice = drive.Choice

// Undecided is why a finding cannot be planned before somebody decides: its remedy
// has an input without a value, or with one that it cannot have.
type Undecided struct {
	Remedy  string
	Input   remedy.Input
	Choices []Choice // what there is that the input may name, as far as it could be listed
	err     error
}

// Error returns the English sentence.
func (u *Undecided) Error() string { return u.err.Error() }

// Unwrap returns the sentence as a [locale.Error].
func (u *Undecided) Unwrap() error { return u.err }

// undecided makes one of an error about an input, if it is about one.
func undecided(r *remedy.Remedy, in *remedy.Input, err error, choices []Choice) error {
	if in == nil {
		return err
	}
	return &Undecided{Remedy: r.Name, Input: *in, Choices: choices, err: err}
}

// choices says which things an input may name, as the end of a message's key and
// its arguments. They are listed once.
func (m *planMaker) choices(ctx context.Context, in *remedy.Input) (suffix string, args []locale.Arg) {
	of := in.Of
	if of == "" {
		return "", nil
	}
	listed, known := m.listed[of]
	if !known {
		listed.choices, listed.err = hooks.Choices(ctx, m.clients, of)
		m.listed[of] = listed
	}
	if listed.err != nil {
		fault := awsclient.AsFault(listed.err)
		return ".unlisted", []locale.Arg{locale.A("call", fault.Call), locale.A("code", locale.Clean(fault.Code))}
	}
	var names []string
	for _, c := range listed.choices {
		names = append(names, locale.Clean(c.Name+" "+c.ARN))
	}
	if names == nil {
		return ".none", []locale.Arg{locale.A("region", m.session.Scope.Region)}
	}
	return ".choices", []locale.Arg{locale.A("choices", names), locale.A("region", m.session.Scope.Region)}
}

// listing is what there is to choose from.
type listing struct {
	choices []drive.Choice
	err     error
}
