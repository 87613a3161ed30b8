package iam

import (
	"strconv"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/types/iam"
)

func passwordPolicy() *control.Control {
	return &control.Control{
		ID: "IAM.7", Folder: "passwordpolicy", Checks: []control.Check{control.On(strong)},
		Parameters: []control.Parameter{
			{Name: "RequireUppercaseCharacters"}, {Name: "RequireLowercaseCharacters"}, {Name: "RequireSymbols"}, {Name: "RequireNumbers"},
			{Name: "MinimumPasswordLength"}, {Name: "PasswordReusePrevention"}, {Name: "MaxPasswordAge"},
		},
		Questions: append(control.Ask("console-users", "robots"), control.Question{Key: "min-length", Kind: control.YesNo}),
	}
}

// demand is one thing that the policy has to have.
type demand struct {
	name   string
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
			missing = append(missing, d.name)
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

func demands(a *iam.AccountPasswordPolicy, p control.Params) (list []demand) {
	flag := func(name string, v fact.Value[bool]) {
		if p.Get(name) == "true" {
			list = append(list, demand{name, fact.Is(v, true), v.Origin()})
		}
	}
	flag("RequireUppercaseCharacters", a.RequireUppercaseCharacters)
	flag("RequireLowercaseCharacters", a.RequireLowercaseCharacters)
	flag("RequireSymbols", a.RequireSymbols)
	flag("RequireNumbers", a.RequireNumbers)
	number := func(name string, v fact.Value[int], fits func(got, wanted int) bool) {
		if wanted, err := strconv.Atoi(p.Get(name)); err == nil {
			got, there := v.Get()
			met := there
			if there == fact.True {
				met = fact.Of(fits(got, wanted))
			}
			list = append(list, demand{name + "=" + p.Get(name), met, v.Origin()})
		}
	}
	atLeast := func(got, wanted int) bool { return got >= wanted }
	number("MinimumPasswordLength", a.MinimumPasswordLength, atLeast)
	number("PasswordReusePrevention", a.PasswordReusePrevention, atLeast)
	number("MaxPasswordAge", a.MaxPasswordAge, func(got, wanted int) bool { return got >= 1 && got <= wanted })
	return list
}
