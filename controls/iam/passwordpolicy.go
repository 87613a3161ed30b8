package iam

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/iam"
)

func passwordPolicy() *control.Control {
	return &control.Control{
		ID: "IAM.7", Folder: "passwordpolicy", Checks: []control.Check{control.On(strong)},
		Parameters: []control.Parameter{
			{Name: "RequireUppercaseCharacters"}, {Name: "RequireLowercaseCharacters"}, {Name: "RequireSymbols"}, {Name: "RequireNumbers"},
			{Name: "MinimumPasswordLength"}, {Name: "PasswordReusePrevention"}, {Name: "MaxPasswordAge"},
		},
		Remedies: []remedy.Remedy{remedy.Sets(remedy.Remedy{
			Name: "strengthen", Does: []remedy.Effect{},
			Inputs: []remedy.Input{
				{Name: "minimumLength", Pattern: `[89]|[1-9][0-9]|1[01][0-9]|12[0-8]`},
				{Name: "allowUsersToChangePassword", Values: []string{"true", "false"}},
			},
		}, touched(), strengthen)},
		Questions: append(control.Ask("console-users", "robots"), control.Question{Key: "min-length", Kind: control.YesNo}),
	}
}

func touched() []string {
	return []string{
		"RequireUppercaseCharacters", "RequireLowercaseCharacters", "RequireSymbols", "RequireNumbers",
		"MinimumPasswordLength", "PasswordReusePrevention", "MaxPasswordAge", "AllowUsersToChangePassword",
	}
}

// strengthen demands what the control does, by its parameters or AWS's defaults of
// them, and changes what falls short alone. Where there is no
// policy yet AWS's own defaults hold for the rest.
func strengthen(a *iam.AccountPasswordPolicy, c remedy.Case) (w remedy.Wish, err error) {
	var p control.Params
	for _, name := range touched()[:7] {
		value := c.Inputs[name]
		switch {
		case value != "":
		case strings.HasPrefix(name, "Require"):
			value = "true"
		case name == "MinimumPasswordLength":
			value = "8"
		}
		p = append(p, control.Param{Name: name, Value: value})
	}
	for _, d := range demands(a, p) {
		if d.met != fact.True {
			w.Set = append(w.Set, remedy.Property{Name: d.name, Value: d.want})
		}
	}
	if length, err := strconv.ParseFloat(c.Inputs["minimumLength"], 64); err == nil && float64(a.MinimumPasswordLength.Or(0)) < length {
		w.Set = slices.DeleteFunc(w.Set, func(p remedy.Property) bool { return p.Name == "MinimumPasswordLength" })
		w.Set = append(w.Set, remedy.Property{Name: "MinimumPasswordLength", Value: length})
	}
	if own := c.Inputs["allowUsersToChangePassword"]; own != "" && a.MinimumPasswordLength.Present() == fact.False {
		w.Set = append(w.Set, remedy.Property{Name: "AllowUsersToChangePassword", Value: own == "true"})
	}
	return w, nil
}

// demand is one thing that the policy has to have.
type demand struct {
	name   string
	want   any
	met    fact.Truth
	origin *fact.Origin
}

// strong judges by what the parameters demand: AWS's page has no default for how
// many passwords are remembered and how old they get, so neither is demanded.
func strong(a *iam.AccountPasswordPolicy, p control.Params) control.Verdict {
	if a.MinimumPasswordLength.Present() == fact.False {
		return control.Fail("fail.none")
	}
	var missing []string
	var hidden *demand
	list := demands(a, p)
	for i, d := range list {
		switch d.met {
		case fact.False:
			missing = append(missing, d.text())
		case fact.Unknown:
			hidden = &list[i]
		}
	}
	switch {
	case len(missing) > 0:
		return control.Fail("fail", locale.A("n", len(missing)), locale.A("of", len(list)), locale.A("demands", missing))
	case hidden != nil:
		return control.Unread(hidden.name, hidden.origin)
	}
	return control.Pass("pass", locale.A("n", len(list)))
}

// text is the demand as sentences have it: "MinimumPasswordLength=8".
func (d demand) text() string {
	if n, ok := d.want.(float64); ok {
		return d.name + "=" + strconv.Itoa(int(n))
	}
	return d.name
}

func demands(a *iam.AccountPasswordPolicy, p control.Params) (list []demand) {
	flag := func(name string, v fact.Value[bool]) {
		if p.Get(name) == "true" {
			list = append(list, demand{name, true, fact.Is(v, true), v.Origin()})
		}
	}
	flag("RequireUppercaseCharacters", a.RequireUppercaseCharacters)
	flag("RequireLowercaseCharacters", a.RequireLowercaseCharacters)
	flag("RequireSymbols", a.RequireSymbols)
	flag("RequireNumbers", a.RequireNumbers)
	number := func(name string, v fact.Value[int], fits func(got, wanted int) bool) {
		if wanted, known := p.Int(name); known {
			got, there := v.Get()
			met := there
			if there == fact.True {
				met = fact.Of(fits(got, wanted))
			}
			list = append(list, demand{name, float64(wanted), met, v.Origin()})
		}
	}
	atLeast := func(got, wanted int) bool { return got >= wanted }
	number("MinimumPasswordLength", a.MinimumPasswordLength, atLeast)
	number("PasswordReusePrevention", a.PasswordReusePrevention, atLeast)
	number("MaxPasswordAge", a.MaxPasswordAge, func(got, wanted int) bool { return got >= 1 && got <= wanted })
	return list
}
