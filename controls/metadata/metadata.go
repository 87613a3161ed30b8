// Package metadata is what AWS says of the controls of its Foundational Security
// Best Practices, those too that kumoban does not have yet: one list, written by
// internal/tool/metadatagen from AWS's pages, with their source and date.
//
// What was not read is absent: a zero value, a nil pointer or a nil list means
// that it is not known, an empty list that there is none.
package metadata

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/kumoban/kumoban/internal/packed"
)

// file is metadata.json in a tenth of the bytes.
//
//go:generate go run ../../internal/tool/pack metadata.json
//go:embed metadata.json.gz
var file []byte

// List is the file.
type List struct {
	SchemaVersion int       `json:"schemaVersion"`
	Sources       []Source  `json:"sources"`
	Controls      []Control `json:"controls"`
}

// Source is where facts come from.
type Source struct {
	Name    string `json:"name"`    // a control says it
	What    string `json:"what"`    // the pages, the repository that holds them
	Date    string `json:"date"`    // when they were read
	Licence string `json:"licence"` // as far as the source says
}

// Control is what AWS says of one control.
type Control struct {
	ID           string      `json:"id"`
	Title        string      `json:"title"`
	Status       string      `json:"status"`                  // "active", "retired", or "removed" from this standard
	Severity     string      `json:"severity,omitempty"`      // "MEDIUM"
	Category     string      `json:"category,omitempty"`      // spelt as on AWS's page of categories
	Requirements []string    `json:"requirements,omitzero"`   // of other frameworks, verbatim
	Rule         string      `json:"rule,omitempty"`          // the AWS Config rule behind it; "none" where AWS names none
	Custom       *bool       `json:"custom,omitempty"`        // whether that rule is Security Hub's own
	Schedule     Schedule    `json:"schedule,omitempty"`      //
	Types        []string    `json:"types,omitzero"`          // of resources, as the page writes them
	Parameters   []Parameter `json:"parameters,omitzero"`     // those that a user may set
	NotOffered   []string    `json:"notOffered,omitzero"`     // Regions without it
	Source       string      `json:"source"`                  // of all but the Regions
	Page         string      `json:"page,omitempty"`          // the commit of AWS's page that was read, if it was
	RegionsFrom  string      `json:"regionsSource,omitempty"` // the source of the Regions
}

// Schedule says when Security Hub checks a control; "" is not known.
type Schedule string

// The schedules.
const (
	OnChange         Schedule = "change"
	Periodic         Schedule = "periodic"
	OnChangePeriodic Schedule = "change+periodic"
)

// Parameter is one that a user may set, with what AWS documents of its values.
type Parameter struct {
	Name    string   `json:"name"`
	Type    string   `json:"type"`              // "Enum", "Integer", "StringList" …, as AWS writes it
	Values  []string `json:"values,omitzero"`   // of an enumeration
	Min     *float64 `json:"min,omitempty"`     // of a number, or of each in a list
	Max     *float64 `json:"max,omitempty"`     //
	Most    int      `json:"most,omitempty"`    // items of a list
	Default string   `json:"default,omitempty"` // "" where it has none; a list with commas
}

// entry is a line of the file. What it says is parsed when somebody asks for the
// control: most commands ask for few, and all of them took longer than the rest of
// a start.
type entry struct {
	id      string
	retired bool
	text    []byte
	once    sync.Once
	parsed  Control
}

// entries finds the lines when somebody asks for the first time. A control has one
// of its own, which begins with its id; that all is found so is tested.
var entries = sync.OnceValue(func() []*entry {
	text, err := packed.Open(file)
	if err != nil {
		fault(err)
	}
	var list []*entry
	for line := range bytes.Lines(text) {
		rest, ok := bytes.CutPrefix(line, []byte(`{"id":"`))
		if !ok {
			continue
		}
		id, _, _ := bytes.Cut(rest, []byte(`"`))
		list = append(list, &entry{
			id: string(id), retired: !bytes.Contains(rest, []byte(`,"status":"active",`)), text: bytes.TrimRight(line, ",\n"),
		})
	}
	return list
})

// fault ends the program: the file is a part of it, and tested.
func fault(err error) { panic("controls/metadata/metadata.json: " + err.Error()) }

// Of returns what is known of a control, in any case of its id, or nil.
func Of(id string) *Control {
	all := entries()
	i := slices.IndexFunc(all, func(e *entry) bool { return strings.EqualFold(e.id, id) })
	if i < 0 {
		return nil
	}
	e := all[i]
	e.once.Do(func() {
		if err := json.Unmarshal(e.text, &e.parsed); err != nil {
			fault(err)
		}
	})
	return &e.parsed
}

// Retired tells whether the control counts no more: AWS has retired it, or taken
// it out of the standard.
func (c *Control) Retired() bool { return c.Status != "active" }

// All are the ids of the controls, and whether AWS has retired one.
func All() iter.Seq2[string, bool] {
	return func(yield func(string, bool) bool) {
		for _, e := range entries() {
			if !yield(e.id, e.retired) {
				return
			}
		}
	}
}

// Find returns a control's id as AWS spells it, and whether it is retired; ""
// where the standard has no such control.
func Find(id string) (name string, retired bool) {
	for name, retired := range All() {
		if strings.EqualFold(name, id) {
			return name, retired
		}
	}
	return "", false
}

// Whole tells whether ids hold every control of the standard that is not retired.
func Whole(ids []string) bool {
	has := make(map[string]bool, len(ids))
	for _, id := range ids {
		has[strings.ToLower(id)] = true
	}
	for id, retired := range All() {
		if !retired && !has[strings.ToLower(id)] {
			return false
		}
	}
	return true
}

// Count is how many controls of the standard are not retired.
func Count() int {
	n := 0
	for _, retired := range All() {
		if !retired {
			n++
		}
	}
	return n
}

// Services are those that have controls which are not retired, as ids spell them;
// of two spellings (AutoScaling, Autoscaling) the first.
func Services() []string {
	var names []string
	for id, retired := range All() {
		service, _, _ := strings.Cut(id, ".")
		if !retired && !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, service) }) {
			names = append(names, service)
		}
	}
	return names
}

// CountOf is how many controls of a service, in any case, are not retired.
func CountOf(service string) int {
	n := 0
	for id, retired := range All() {
		if of, _, _ := strings.Cut(id, "."); !retired && strings.EqualFold(of, service) {
			n++
		}
	}
	return n
}

// Active counts the ids of controls that the standard has and AWS has not retired.
func Active(ids []string) int {
	n := 0
	for _, id := range ids {
		if name, retired := Find(id); name != "" && !retired {
			n++
		}
	}
	return n
}
