package ask

import (
	"errors"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
)

func listed() *lifecycle.Record {
	r := record("APIGateway.9", "orders/prod")
	r.Tags = map[string]string{"env": "prod", "app": "orders", stackTag: "shop"}
	return r
}

// TestMostSpecific: of the entries that fit, the one that says most is asked.
func TestMostSpecific(t *testing.T) {
	r := listed()
	ordered := []Listing{ // the most specific first
		{Resource: r.Resource.ARN, Team: "arn"},
		{Account: "111122223333", Resource: "orders/*", Team: "pattern in account"},
		{Resource: "orders/*", Team: "pattern"},
		{Resource: "*/pro?", Team: "shorter pattern"},
		{Stack: "shop", Tags: map[string]string{"env": "prod"}, Team: "stack and tag"},
		{Stack: "shop", Team: "stack"},
		{Tags: map[string]string{"env": "prod", "app": "orders"}, Team: "two tags"},
		{Account: "111122223333", Tags: map[string]string{"env": "prod"}, Team: "tag in account"},
		{Tags: map[string]string{"env": "prod"}, Team: "tag"},
		{Account: "111122223333", Team: "account"},
		{Resource: "*", Team: "all"},
	}
	others := []Listing{
		{Account: "222233334444", Team: "x"}, {Stack: "Shop", Team: "x"}, {Tags: map[string]string{"env": "dev"}, Team: "x"}, {Tags: map[string]string{"none": "prod"}, Team: "x"},
		{Resource: "orders", Team: "x"}, {Resource: "*/dev", Team: "x"}, {Account: "111122223333", Stack: "none", Team: "x"},
	}
	for i := range ordered {
		mixed := append([]Listing{}, others...)
		for j := len(ordered) - 1; j >= i; j-- {
			mixed = append(mixed, ordered[j])
		}
		if got := NewDirectory(mixed).Of(r); got == nil || got.Team != ordered[i].Team {
			t.Errorf("%v, want %s", got, ordered[i].Team)
		}
	}
	if got := NewDirectory(others).Of(r); got != nil {
		t.Errorf("%+v fits", got)
	}
}

func TestListingNames(t *testing.T) {
	l := Listing{Account: "111122223333", Stack: "my stack", Tags: map[string]string{"b": "1", "a": "x=y"}, Resource: "*/prod"}
	if got, want := l.Name(), `account=111122223333 stack="my stack" tag=a=x=y tag=b=1 resource=*/prod`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	seen := map[string]bool{}
	for _, l := range []Listing{
		{Stack: "a tag=b=c"}, {Stack: "a", Tags: map[string]string{"b": "c"}}, {Tags: map[string]string{"b": "c tag=d=e"}}, {Tags: map[string]string{"b": "c", "d": "e"}},
		{Resource: "a"}, {Stack: "a"}, {Account: "a"}, {Stack: "a\x00"}, {Stack: "a\x1b[2J"},
	} {
		if name := l.Name(); seen[name] || strings.ContainsAny(name, "\x00\x1b\n") {
			t.Errorf("%q", name)
		} else {
			seen[name] = true
		}
	}
}

func TestCheckDirectory(t *testing.T) {
	ok := Listing{Account: "111122223333", Team: "a"}
	tag := func(team string, tags ...string) Listing {
		l := Listing{Team: team, Tags: map[string]string{}}
		for _, s := range tags {
			key, value, _ := strings.Cut(s, "=")
			l.Tags[key] = value
		}
		return l
	}
	with := func(change func(*Listing)) []Listing {
		l := ok
		change(&l)
		return []Listing{{Stack: "first", Team: "b"}, l}
	}
	for name, c := range map[string]struct {
		list []Listing
		want string // keys of the error and what it is about
	}{
		"fine":       {[]Listing{ok, {Stack: "s", Team: "b", Contact: Contact{"o+x@example.com", "mail", "ja", "花子"}}, {Resource: "*", Team: "c"}}, ""},
		"empty":      {nil, "ask.directory.empty"},
		"many":       {make([]Listing, MostListed+1), "ask.directory.many"},
		"nothing":    {with(func(l *Listing) { l.Account = "" }), "ask.directory.line ask.directory.noMatch"},
		"account":    {with(func(l *Listing) { l.Account = "11112222333x" }), "ask.directory.line ask.directory.badAccount"},
		"no team":    {with(func(l *Listing) { l.Team = "" }), "ask.directory.line ask.directory.noTeam"},
		"long":       {with(func(l *Listing) { l.Team = strings.Repeat("花", MostName+1) }), "ask.directory.line ask.directory.long"},
		"address":    {with(func(l *Listing) { l.Address = "team orders" }), "ask.directory.line ask.directory.badAddress"},
		"header":     {with(func(l *Listing) { l.Address = "a@b.c\r\nBcc: x@y.z" }), "ask.directory.line ask.directory.badAddress"},
		"secret":     {with(func(l *Listing) { l.Address = "https://hooks.slack.com/services/s3cr3t" }), "ask.directory.line ask.directory.secret"},
		"no address": {with(func(l *Listing) { l.Channel = "mail" }), "ask.directory.line ask.directory.noAddress"},
		"channel":    {with(func(l *Listing) { l.Channel = "pigeon\x1b" }), "ask.directory.line ask.directory.badChannel"},
		"language":   {with(func(l *Listing) { l.Lang = "fr" }), "ask.directory.line ask.directory.badLanguage"},
		"tag":        {with(func(l *Listing) { l.Tags = map[string]string{"": "x"} }), "ask.directory.line ask.directory.badTag"},
		"twice":      {[]Listing{ok, ok}, "ask.directory.twice"},

		"two tags of two teams":       {[]Listing{tag("a", "env=dev"), tag("b", "app=orders")}, "ask.directory.two"},
		"two tags of one team":        {[]Listing{tag("a", "env=dev"), tag("a", "app=orders")}, ""},
		"two values of a tag":         {[]Listing{tag("a", "env=dev"), tag("b", "env=prod")}, ""},
		"a third decides":             {[]Listing{tag("a", "env=dev"), tag("b", "app=orders"), tag("c", "env=dev", "app=orders")}, ""},
		"a third that is narrower":    {[]Listing{tag("a", "env=dev"), tag("b", "app=orders"), tag("c", "env=dev", "app=orders", "x=y")}, "ask.directory.two"},
		"a third that is for another": {[]Listing{tag("a", "env=dev"), tag("b", "app=orders"), tag("c", "env=dev", "app=shop")}, "ask.directory.two"},
		"patterns that meet":          {[]Listing{{Resource: "orders*", Team: "a"}, {Resource: "*/x", Team: "b"}}, ""},
		"patterns of one length":      {[]Listing{{Resource: "orders*", Team: "a"}, {Resource: "*orders", Team: "b"}}, "ask.directory.two"},
		"patterns that do not meet":   {[]Listing{{Resource: "*/dev", Team: "a"}, {Resource: "*/stg", Team: "b"}}, ""},
		"patterns in two accounts":    {[]Listing{{Account: "111122223333", Resource: "a*", Team: "a"}, {Account: "222233334444", Resource: "*a", Team: "b"}}, ""},
		"same entry, another address": {[]Listing{tag("a", "env=dev"), {Team: "a", Tags: map[string]string{"app": "x"}, Contact: Contact{Address: "a@example.com"}}}, "ask.directory.two"},
		"a stack and an account":      {[]Listing{{Stack: "s", Team: "a"}, {Account: "111122223333", Team: "b"}}, ""},
		"two stacks":                  {[]Listing{{Stack: "s", Team: "a"}, {Stack: "t", Team: "b"}}, ""},
	} {
		var lines []Line
		for i, l := range c.list {
			lines = append(lines, Line{l, i + 2})
		}
		err := CheckDirectory(lines)
		got := key(t, err)
		var e *locale.Error
		if errors.As(err, &e) {
			for _, a := range e.Args {
				if inner, ok := a.Value.(*locale.Error); ok {
					got += " " + inner.Key
				}
			}
			if strings.Contains(e.Error(), "s3cr3t") || commands(e.Error()) {
				t.Errorf("%s: %q", name, e)
			}
			if strings.HasPrefix(got, "ask.directory.line") && !strings.HasPrefix(e.Error(), "line 3: ") {
				t.Errorf("%s: %q names another line", name, e)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	err := CheckDirectory([]Line{{tag("a", "env=dev"), 2}, {tag("b", "app=orders"), 7}})
	if want := "lines 2 and 7 name two owners for one resource, a (tag=env=dev) and b (tag=app=orders), and neither is the more specific: add a line that says who owns what fits both"; err.Error() != want {
		t.Errorf("%q", err)
	}
}

// TestNoDoubt: where a directory is accepted, no resource has two owners of the
// same rank.
func TestNoDoubt(t *testing.T) {
	values := []string{"", "x", "y"}
	var all []Listing
	for _, stack := range values {
		for _, env := range values {
			for _, app := range values {
				l := Listing{Stack: stack, Tags: map[string]string{}, Team: stack + "/" + env + "/" + app}
				if env != "" {
					l.Tags["env"] = env
				}
				if app != "" {
					l.Tags["app"] = app
				}
				all = append(all, l)
			}
		}
	}
	accepted := 0
	for a := 1; a < len(all); a++ {
		for b := a + 1; b < len(all); b++ {
			for c := b + 1; c < len(all); c++ {
				list := []Listing{all[a], all[b], all[c]}
				if CheckDirectory([]Line{{list[0], 1}, {list[1], 2}, {list[2], 3}}) != nil {
					continue
				}
				accepted++
				d := NewDirectory(list)
				for _, stack := range values[1:] {
					for _, env := range values[1:] {
						for _, app := range values[1:] {
							r := listed()
							r.Tags = map[string]string{stackTag: stack, "env": env, "app": app}
							of := d.Of(r)
							for i := range list {
								if l := &list[i]; of != nil && l.Fits(r) && l.Team != of.Team && len(l.Tags) == len(of.Tags) && (l.Stack == "") == (of.Stack == "") {
									t.Fatalf("%+v is %q or %q in %+v", r.Tags, of.Name(), l.Name(), list)
								}
							}
						}
					}
				}
			}
		}
	}
	if accepted < 100 {
		t.Errorf("only %d were accepted", accepted)
	}
}

func TestMailGoesToTheDirectorysAddress(t *testing.T) {
	for _, c := range []struct{ owner, address, want string }{
		{"team-orders", "orders@example.com", "To: orders@example.com\r\n"},
		{"hana@example.com", "orders@example.com", "To: orders@example.com\r\n"},
		{"hana@example.com", "", "To: hana@example.com\r\n"},
		{"team-orders", "", "Subject: "},
		{"team-orders", "a@b.c\r\nBcc: x@y.z", "Subject: "},
	} {
		q := question()
		q.Owner, q.Address = c.owner, c.address
		if got := string(compose(t, q, locale.English, record("APIGateway.9", "orders/prod")).Mail()); !strings.HasPrefix(got, c.want) || strings.Count(got, "To: ") > 1 {
			t.Errorf("%s %s: %.60q", c.owner, c.address, got)
		}
	}
}

func TestQuestionNamesDirectoryAndDeputy(t *testing.T) {
	for lang, wants := range map[locale.Lang][]string{
		locale.English:  {"team-orders (listed in the owner directory)", "花子 may answer as deputy."},
		locale.Japanese: {"team-orders (所有者ディレクトリに記載)", "代理として 花子 さんが回答してもかまいません。"},
	} {
		q := question()
		q.OwnerFrom, q.Deputy = "directory", "花子"
		text := compose(t, q, lang, record("APIGateway.9", "orders/prod")).Text()
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q", lang, want)
			}
		}
	}
}
