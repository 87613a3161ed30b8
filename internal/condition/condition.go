// Package condition is what an exception rests on: facts of a resource that
// must stay as they are, told in one line each. It is pure: whoever reads the
// resource makes the [Fact], and [Condition.Holds] judges it.
package condition

import (
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
)

// Kind is a kind of fact.
type Kind uint8

// The kinds.
const (
	Tag      Kind = iota + 1 // tag KEY=VALUE
	NoTag                    // no tag KEY
	Property                 // NAME=VALUE, in CloudFormation's names
	NoDomain                 // no custom domain
)

// Condition is one thing that must hold.
type Condition struct {
	Kind  Kind
	Name  string // the tag's key, or the property's name
	Value string
}

// The most of what people write.
const (
	MostText = 1024 // characters of one condition
	Most     = 10   // conditions of one exception
)

const (
	tagWord    = "tag "
	noTagWord  = "no tag "
	domainName = "custom domain"
	noDomain   = "no " + domainName
)

// Parse reads one condition as people write it.
func Parse(text string) (Condition, error) {
	bad := func() (Condition, error) {
		return Condition{}, locale.Errorf("keep.while.garbage", locale.A("condition", locale.Clean(short(text))))
	}
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) || utf8.RuneCountInString(text) > MostText {
		return bad()
	}
	text = strings.TrimSpace(text)
	if strings.Join(strings.Fields(text), " ") == noDomain {
		return Condition{Kind: NoDomain}, nil
	}
	if key, ok := strings.CutPrefix(text, noTagWord); ok {
		c := Condition{Kind: NoTag, Name: strings.TrimSpace(key)}
		if c.Name == "" || strings.Contains(c.Name, "=") {
			return bad()
		}
		return c, nil
	}
	c := Condition{Kind: Property}
	if rest, ok := strings.CutPrefix(text, tagWord); ok {
		c.Kind, text = Tag, rest
	}
	name, value, ok := strings.Cut(text, "=")
	c.Name, c.Value = strings.TrimSpace(name), strings.TrimSpace(value)
	if !ok || c.Name == "" || c.Kind == Property && strings.ContainsAny(c.Name, " \t\n") {
		return bad()
	}
	return c, nil
}

// ParseAll reads conditions, each once, in their order.
func ParseAll(texts []string) ([]Condition, error) {
	var list []Condition
	for _, text := range texts {
		c, err := Parse(text)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	if len(list) > Most {
		return nil, locale.Errorf("keep.while.tooMany", locale.A("n", len(list)), locale.A("most", Most))
	}
	return list, nil
}

// Texts are conditions as they are kept.
func Texts(list []Condition) []string {
	var texts []string
	for _, c := range list {
		texts = append(texts, c.String())
	}
	return texts
}

// String is the condition as [Parse] reads it.
func (c Condition) String() string {
	switch c.Kind {
	case Tag:
		return tagWord + c.Name + "=" + c.Value
	case NoTag:
		return noTagWord + c.Name
	case Property:
		return c.Name + "=" + c.Value
	}
	return noDomain
}

// Asks names the fact that the condition is about.
func (c Condition) Asks() string {
	switch c.Kind {
	case Tag, NoTag:
		return tagWord + c.Name
	case Property:
		return c.Name
	}
	return domainName
}

// Fact is what one look found of one thing.
type Fact struct {
	Name    string     // what [Condition.Asks] gives
	Present fact.Truth // whether it is there; Unknown: it could not be read
	Value   string
	Fault   string // why it could not be read: the call and AWS's code
}

// String is the fact in the words of conditions: "tag env=prod", "no tag env".
func (f *Fact) String() string {
	switch f.Present {
	case fact.True:
		return f.Name + "=" + f.Value
	case fact.False:
		return "no " + f.Name
	}
	return ""
}

// Find returns the fact that a condition is about; nil where nobody asked.
func (c Condition) Find(facts []Fact) *Fact {
	name := c.Asks()
	for i := range facts {
		if facts[i].Name == name {
			return &facts[i]
		}
	}
	return nil
}

// Holds judges a fact. A value that is empty means that nothing is set.
func (c Condition) Holds(f *Fact) fact.Truth {
	switch {
	case f == nil || f.Present == fact.Unknown:
		return fact.Unknown
	case c.Kind == NoTag, c.Kind == NoDomain:
		return f.Present.Not()
	case f.Present == fact.False:
		return fact.Of(c.Kind == Property && c.Value == "")
	}
	if c.Kind == Tag {
		return fact.Of(c.Value == f.Value) // a tag is a text: release 1.10 is not 1.1
	}
	return fact.Of(same(c.Value, f.Value))
}

// same compares numbers as numbers: 0.50 is 0.5.
func same(a, b string) bool {
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	return a == b || okX && okY && plain(a) && plain(b) && x.Cmp(y) == 0 || strings.Contains(a, ",") && sorted(a) == sorted(b)
}

// sorted are the items of a list in one order, for AWS gives them in any.
func sorted(list string) string {
	return strings.Join(slices.Sorted(strings.SplitSeq(list, ",")), ",")
}

// plain tells digits from what only parses as a number, such as 0x10 or 1e3,
// and from what begins with zeros, as ids do.
func plain(s string) bool {
	return strings.Trim(s, "0123456789.-") == "" && (!strings.HasPrefix(s, "0") || s == "0" || strings.HasPrefix(s, "0."))
}

// Said is a sentence on how a fact differs from what a condition wanted. now is
// what [Fact.String] gave, or "" where nobody could read it, for a reason.
func Said(text, now, fault string) locale.Message {
	m, c := describe(text, now, fault)
	switch {
	case now == "":
		m.Key = "keep.while.unreadable"
	case c.Kind == NoDomain:
		m.Key = "keep.while.domain"
	case c.Kind == NoTag, c.Kind == Property && c.Value == "":
		m.Key = "keep.while.came"
	case strings.HasPrefix(now, "no "):
		m.Key = "keep.while.gone"
	default:
		m.Key = "keep.while.changed"
	}
	return m
}

// Now is a sentence on a fact as it is, which is not what a condition wants.
func Now(text, now string) locale.Message {
	m, _ := describe(text, now, "")
	m.Key = "keep.while.is"
	if strings.HasPrefix(now, "no ") {
		m.Key = "keep.while.isNot"
	}
	return m
}

// describe are the arguments of sentences about a condition and a fact.
func describe(text, now, fault string) (locale.Message, Condition) {
	c, _ := Parse(text) // what is kept was read before
	name := c.Asks()
	value := strings.TrimPrefix(now, name+"=")
	if value == "" {
		value = `""`
	}
	return locale.M("", locale.A("condition", locale.Clean(text)), locale.A("name", locale.Clean(name)), locale.A("was", locale.Clean(c.Value)),
		locale.A("now", locale.Clean(value)), locale.A("fault", locale.Clean(fault))), c
}

// short cuts a text that stands in an error.
func short(s string) string {
	const most = 80
	if r := []rune(strings.ToValidUTF8(s, "\uFFFD")); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
