// Package locale holds kumoban's texts in English and Japanese. A message
// travels as a key and arguments and becomes a sentence only when it is shown,
// so that what was saved under one language can be read in the other.
package locale

import (
	"fmt"
	"strconv"
	"strings"
)

// Lang is a language of the user interface.
type Lang string

// The languages that every text exists in.
const (
	English  Lang = "en"
	Japanese Lang = "ja"
)

// Langs lists the languages, English first.
func Langs() []Lang { return []Lang{English, Japanese} }

// Parse accepts "en" or "ja", in any case.
func Parse(s string) (Lang, error) {
	for _, l := range Langs() {
		if strings.EqualFold(s, string(l)) {
			return l, nil
		}
	}
	return "", Errorf("cli.unknownLanguage", A("lang", s))
}

// FromEnvironment follows POSIX: LC_ALL, then LC_MESSAGES, then LANG, the first
// that is not empty decides; anything but Japanese is English.
func FromEnvironment(getenv func(string) string) Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			if v == "ja" || strings.HasPrefix(v, "ja_") || strings.HasPrefix(v, "ja.") {
				return Japanese
			}
			return English
		}
	}
	return English
}

// Arg is one named argument of a message: a string, an int or a list of strings.
type Arg struct {
	Name  string
	Value any
}

// Field is an argument that names what somebody is asked for, by its name in
// requests: at the command line it is the flag of that name, in the console what
// stands beside the input.
type Field string

// String is the flag.
func (f Field) String() string { return "--" + string(f) }

// A makes an Arg.
func A(name string, value any) Arg { return Arg{name, value} }

// Message is a text before it is put into a language.
type Message struct {
	Key  string
	Args Args
}

// M makes a Message.
func M(key string, args ...Arg) Message { return Message{key, args} }

// listed is how many items of a list a sentence shows; JSON carries them all.
const listed = 20

// render puts args into the {name} places of text. An argument that text does
// not name is left out; a place without an argument stays as it is, which the
// tests of the catalogues find.
func render(lang Lang, text string, args []Arg) string {
	if len(args) == 0 || !strings.Contains(text, "{") {
		return text
	}
	pairs := make([]string, 0, 2*len(args))
	for _, a := range args {
		pairs = append(pairs, "{"+a.Name+"}", show(lang, a))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

func show(lang Lang, a Arg) string {
	switch v := a.Value.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case []string:
		if choices(a.Name) {
			return list(lang, v, len(v))
		}
		return list(lang, v, listed)
	}
	return fmt.Sprint(a.Value)
}

// choices tells whether a list is one to choose from: of those, all are shown.
func choices(name string) bool { return name == "values" || name == "formats" || name == "inputs" }

func list(lang Lang, items []string, most int) string {
	sep, more := ", ", ", and %d more"
	if lang == Japanese {
		sep, more = "、", "、ほか %d 件"
	}
	if len(items) <= most {
		return strings.Join(items, sep)
	}
	return strings.Join(items[:most], sep) + fmt.Sprintf(more, len(items)-most)
}

// Error is an error that a user reads: it is put into a language when shown.
type Error struct{ Message }

// Errorf makes an Error.
func Errorf(key string, args ...Arg) error { return &Error{Message{key, args}} }

// Error returns the English text.
func (e *Error) Error() string {
	c, err := New(English)
	if err != nil {
		return e.Key
	}
	return c.Text(e.Key, e.Args...)
}
