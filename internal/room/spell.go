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
func (p *Property) Silence(f Form) any {
	own := p.Silent
	switch f {
	case Template:
		own = p.Template
	case Terraform:
		own = p.Provider
	}
	return cmp.Or(own, p.Default)
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
