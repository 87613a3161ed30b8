package room

import (
	"cmp"
	"strings"
	"unicode"
)

// Form is a form in which a resource is written down.
type Form uint8

// The forms.
const (
	Answer    Form = iota // what AWS's API answers
	Item                  // AWS Config's item
	Template              // CloudFormation's properties
	Terraform             // the provider's values
)

// None is the path of a property that a form has not.
const None = "-"

// Here is the path of a property whose object a form writes into what holds it.
const Here = "."

// Path is where a form holds a property; [None] where it does not. Names of the
// first three go in any case.
func (p *Property) Path(f Form) string {
	switch f {
	case Answer:
		return cmp.Or(p.API, p.Name)
	case Item:
		return cmp.Or(p.Config, p.Name)
	case Terraform:
		return cmp.Or(p.TF, Snake(p.Name))
	}
	if p.ReadOnly {
		return None
	}
	return cmp.Or(p.CFN, p.Name)
}

// unset tells whether a value stands for one that is not set.
func (p *Property) unset(v any) bool {
	return p.EmptyIsAbsent && (v == "" || v == int64(0) || v == float64(0))
}

// Silence is what a form means that leaves a property out; nil: absent.
func (p *Property) Silence(f Form) any { return cmp.Or(p.own(f), p.Default) }

// own is what silence means in a form alone; of a form that has no place for the
// property only where the form says so.
func (p *Property) own(f Form) any {
	switch f {
	case Template:
		return p.Template
	case Terraform:
		return p.Provider
	}
	if p.Path(f) == None {
		return nil
	}
	return p.Silent
}

// Snake writes a name as Terraform's provider does: "KmsKeyId" is "kms_key_id",
// "SSEEnabled" "sse_enabled".
func Snake(name string) string {
	var b strings.Builder
	letters := []rune(name)
	for i, r := range letters {
		if i > 0 && unicode.IsUpper(r) && (!unicode.IsUpper(letters[i-1]) || i+1 < len(letters) && unicode.IsLower(letters[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
