package cli

import (
	"encoding/csv"
	"strings"
	"unicode"

	"github.com/spf13/pflag"
)

// listVar registers a flag that is repeatable and takes lists: a comma parts two
// values, but not before a space or behind a backslash, for names hold those.
func listVar(flags *pflag.FlagSet, to *[]string, name, usage string) {
	flags.Var(&list{to: to}, name, usage)
}

// pairsVar is listVar for NAME=VALUE: a comma parts two only where another name
// follows, so that a value may hold commas.
func pairsVar(flags *pflag.FlagSet, to *[]string, name, usage string) {
	flags.Var(&list{to: to, pairs: true}, name, usage)
}

// pathsVar is listVar for names of files, which may hold commas: it takes one each
// time.
func pathsVar(flags *pflag.FlagSet, to *[]string, name, usage string) {
	flags.Var(&list{to: to, whole: true}, name, usage)
}

// list is the value of such a flag.
type list struct {
	to    *[]string
	pairs bool
	whole bool
}

// Set implements [pflag.Value].
func (l *list) Set(text string) error {
	*l.to = append(*l.to, l.parts(text)...)
	return nil
}

// all are the values in several texts, as arguments have them.
func (l *list) all(texts []string) (parts []string) {
	for _, text := range texts {
		parts = append(parts, l.parts(text)...)
	}
	return parts
}

func (l *list) parts(text string) (parts []string) {
	if l.whole {
		return []string{text}
	}
	runes := []rune(text)
	var part strings.Builder
	for i := 0; i < len(runes); i++ {
		next := rune(0)
		if i+1 < len(runes) {
			next = runes[i+1]
		}
		switch {
		case runes[i] == '\\' && next == ',':
			part.WriteRune(',')
			i++
		case runes[i] != ',' || unicode.IsSpace(next) || l.pairs && !begins(runes[i+1:]):
			part.WriteRune(runes[i])
		default:
			parts = append(parts, part.String())
			part.Reset()
		}
	}
	return append(parts, part.String())
}

// begins tells whether NAME= follows.
func begins(rest []rune) bool {
	name, _, ok := strings.Cut(string(rest), "=")
	return ok && name != "" && !strings.Contains(name, ",")
}

// Type implements [pflag.Value]; the help shows it.
func (l *list) Type() string { return "strings" }

// String implements [pflag.Value].
func (l *list) String() string {
	if l.to == nil || len(*l.to) == 0 {
		return ""
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(*l.to)
	w.Flush()
	return "[" + strings.TrimSuffix(b.String(), "\n") + "]"
}

// Append, Replace and GetSlice implement [pflag.SliceValue]; what they take and
// return are whole values.
func (l *list) Append(text string) error {
	*l.to = append(*l.to, text)
	return nil
}

// Replace implements [pflag.SliceValue].
func (l *list) Replace(values []string) error {
	*l.to = append([]string{}, values...)
	return nil
}

// GetSlice implements [pflag.SliceValue].
func (l *list) GetSlice() []string { return *l.to }
