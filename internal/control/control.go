// Package control defines what a control is: metadata, a check over typed
// resources, parameters and texts. Controls are values; they do no I/O.
package control

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/kumoban/kumoban/controls/metadata"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
)

// Status is what a control says of one resource. Unknown is the zero value.
type Status uint8

// The statuses.
const (
	Unknown Status = iota
	Passed
	Failed
	NotApplicable
)

func statusNames() [4]string { return [4]string{"UNKNOWN", "PASSED", "FAILED", "NOT_APPLICABLE"} }

// String returns the status as text, json, jsonl and csv print it.
func (s Status) String() string { return statusNames()[s] }

// Gravity orders statuses where several are said of one thing: one failure decides,
// then one doubt; what applies to nothing says least.
func (s Status) Gravity() int {
	switch s {
	case Failed:
		return 3
	case Passed:
		return 1
	case NotApplicable:
		return 0
	}
	return 2
}

// MarshalText makes a status a word in JSON.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText accepts the words of String.
func (s *Status) UnmarshalText(text []byte) error {
	for i, name := range statusNames() {
		if string(text) == name {
			*s = Status(i)
			return nil
		}
	}
	return fmt.Errorf("unknown status %q", text)
}

// Severity is a control's severity; a FAILED finding carries it.
type Severity uint8

// The severities, least first.
const (
	Low Severity = iota + 1
	Medium
	High
	Critical
)

// String returns AWS's severity label.
func (s Severity) String() string { return [...]string{"", "LOW", "MEDIUM", "HIGH", "CRITICAL"}[s] }

// MarshalText makes a severity a word in JSON.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText accepts the labels, in any case.
func (s *Severity) UnmarshalText(text []byte) error {
	v, err := ParseSeverity(string(text))
	*s = v
	return err
}

// ParseSeverity accepts low, medium, high or critical, in any case.
func ParseSeverity(s string) (Severity, error) {
	for i := Low; i <= Critical; i++ {
		if strings.EqualFold(s, i.String()) {
			return i, nil
		}
	}
	return 0, locale.Errorf("cli.unknownSeverity", locale.A("severity", s))
}

// Control is one control of AWS Foundational Security Best Practices. A literal
// says its id and what kumoban does; [Control.Describe] fills in what AWS says.
type Control struct {
	ID     string // "APIGateway.5", verbatim as AWS writes it
	Folder string // of its texts and cases, below its package's; the list of all makes it one below controls/

	// What AWS says. What was not read is not known: an empty text, a nil list,
	// severity 0. An empty list says that there is none.
	Title        string            // in English
	Severity     Severity          // of a FAILED finding
	Category     string            // "Protect > Data protection > Encryption of data at rest"
	ConfigRule   string            // the AWS Config rule behind it
	Schedule     metadata.Schedule // when Security Hub checks it
	Requirements []string          // of other frameworks, as ASFF's RelatedRequirements writes them
	NotOffered   []string          // Regions in which AWS does not offer it

	Parameters []Parameter
	Checks     []Check         // one for each resource type it judges
	Reads      []Read          // what it looks at beyond those types and their parents
	Remedies   []remedy.Remedy // ways to mend what it finds, for each type the usual one first
	Questions  []Question      // what the owner of a resource is asked before it is decided
	Files      fs.FS           // guide.<lang>.md, messages.<lang>.txt, snippets/
}

// Read is a type that a control needs beside the types it judges, and when.
// A source that pays for each call asks for it only then.
type Read struct {
	Type resource.Type
	When func(resource.Unit) bool
}

// Check judges resources of one type.
type Check struct {
	Type  resource.Type
	Run   func(resource.Resource, Given) Verdict
	Model resource.Resource // a nil pointer of the Go type that it judges
	Looks []string          // the properties that it judges by; nil: all may be
	Joins []Join            // other types that it goes by: it is asked when those are read
}

// On makes a check of a function over a typed resource.
func On[T resource.Resource](judge func(T, Params) Verdict) Check {
	return OnGiven(func(r T, g Given) Verdict { return judge(r, g.Params) })
}

// By narrows what the check looks at, so that a source asks for nothing else. A
// property that it uses and does not name is unknown to it.
func (c Check) By(properties ...string) Check {
	c.Looks = properties
	return c
}

// Judges tells whether the control judges resources of a type.
func (c *Control) Judges(t resource.Type) bool {
	for _, check := range c.Checks {
		if check.Type == t {
			return true
		}
	}
	return false
}

// Service returns the part of the id before the dot: "APIGateway".
func (c *Control) Service() string {
	service, _, _ := strings.Cut(c.ID, ".")
	return service
}

// Messages returns the control's messages in a language.
func (c *Control) Messages(lang locale.Lang) (locale.Texts, error) {
	return locale.Load(c.Files, lang)
}
