package guide

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/controls/metadata"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
)

// schedule says when Security Hub checks a control; null in JSON where that was
// not read.
type schedule = fact

func scheduleOf(s metadata.Schedule) schedule {
	switch s {
	case metadata.OnChange:
		return "CHANGE_TRIGGERED"
	case metadata.Periodic:
		return "PERIODIC"
	case metadata.OnChangePeriodic:
		return "CHANGE_TRIGGERED_AND_PERIODIC"
	}
	return ""
}

// definedBy says whose a parameter is.
type definedBy string

const (
	securityHub definedBy = "SECURITY_HUB"
	kumoban     definedBy = "KUMOBAN"
)

// description is what can be said of a control beside its guide. Its fields are
// those of the JSON that controls list and controls explain print.
type description struct {
	ID            string           `json:"id"`
	Title         string           `json:"title"`
	Severity      control.Severity `json:"severity"`
	Category      fact             `json:"category"` // in English, as AWS writes it
	ConfigRule    fact             `json:"configRule"`
	Schedule      schedule         `json:"schedule"`
	ResourceTypes []string         `json:"resourceTypes"`
	Parameters    []parameter      `json:"parameters"`
	Remedies      []remedyFacts    `json:"remedies"`
	Affected      string           `json:"affected"`
	Suppress      suppress         `json:"suppress"`
	Questions     []question       `json:"questions"`           // to the owner
	Requirements  []string         `json:"relatedRequirements"` // null where they were not read
	NotOffered    []string         `json:"notOfferedIn"`        // Regions; likewise
}

// fact is what AWS says; null in JSON where it was not read.
type fact string

// FactType is the type of what AWS says, for whoever describes the JSON: a text or
// null.
func FactType() reflect.Type { return reflect.TypeFor[fact]() }

// MarshalJSON implements [json.Marshaler].
func (f fact) MarshalJSON() ([]byte, error) {
	if f == "" {
		return []byte("null"), nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // AWS parts categories with ">"
	err := e.Encode(string(f))
	return bytes.TrimSpace(b.Bytes()), err
}

// suppress says when leaving a finding be is proper, and when it never is.
type suppress struct {
	Proper string `json:"proper"`
	Never  string `json:"never"`
}

// question is what only the owner of a resource can answer, with --reply.
type question struct {
	Key  string       `json:"key"`
	Kind control.Kind `json:"kind"`
	Unit control.Unit `json:"unit,omitempty"`
	Text string       `json:"text"`
}

type parameter struct {
	Name        string    `json:"name"`
	Description string    `json:"description"`
	Values      []string  `json:"values"`          // of an enumeration
	Range       string    `json:"range,omitempty"` // of numbers: "8..128"
	List        bool      `json:"list,omitempty"`  // takes several, with commas
	Default     *string   `json:"default"`         // nil where there is none
	DefinedBy   definedBy `json:"definedBy"`
}

// remedyFacts say what kumoban fix plan can do about a finding, and what it must
// or may be told for that.
type remedyFacts struct {
	Name          string   `json:"name"`
	Description   string   `json:"description"`
	Cost          string   `json:"cost"`
	ResourceTypes []string `json:"resourceTypes"`
	Inputs        []input  `json:"inputs"`
}

type input struct {
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Required    bool     `json:"required"`
	Values      []string `json:"values"`            // empty: any of the pattern's
	Pattern     string   `json:"pattern,omitempty"` // a regular expression that the whole value matches
	Default     *string  `json:"default"`           // nil where there is none
}

// describe puts a control's facts together, with its texts in the language of
// cat. Lists are empty rather than nil, so that JSON shows them as such.
func describe(cat *locale.Catalog, c *control.Control) (*description, error) {
	messages, err := c.Messages(cat.Lang)
	if err != nil {
		return nil, err
	}
	d := &description{
		ID: c.ID, Title: messages["title"], Severity: c.Severity,
		Category: fact(c.Category), ConfigRule: fact(c.ConfigRule), Schedule: scheduleOf(c.Schedule),
		ResourceTypes: []string{}, Parameters: []parameter{}, Remedies: describeRemedies(c.Remedies, messages),
		Affected: messages["affected"], Suppress: suppress{messages["suppress.proper"], messages["suppress.never"]}, Questions: []question{},
		Requirements: c.Requirements, NotOffered: c.NotOffered,
	}
	for _, check := range c.Checks {
		d.ResourceTypes = append(d.ResourceTypes, string(check.Type))
	}
	for _, q := range c.Questions {
		d.Questions = append(d.Questions, question{q.Key, q.Kind, q.Unit, messages["owner."+q.Key]})
	}
	for _, p := range c.Parameters {
		d.Parameters = append(d.Parameters, describeParameter(p, messages["param."+p.Name]))
	}
	return d, nil
}

// describeRemedies puts those of one name, which mend several types of resource
// in the same way, together.
func describeRemedies(remedies []remedy.Remedy, messages map[string]string) []remedyFacts {
	all := []remedyFacts{}
	for i := range remedies {
		r := &remedies[i]
		at := slices.IndexFunc(all, func(f remedyFacts) bool { return f.Name == r.Name })
		if at < 0 {
			key := "remedy." + r.Name
			at = len(all)
			all = append(all, remedyFacts{Name: r.Name, Description: messages[key], Cost: messages[key+".cost"], ResourceTypes: []string{}, Inputs: []input{}})
		}
		facts := &all[at]
		facts.ResourceTypes = append(facts.ResourceTypes, string(r.On))
		for _, in := range r.Inputs {
			if !slices.ContainsFunc(facts.Inputs, func(i input) bool { return i.Name == in.Name }) {
				facts.Inputs = append(facts.Inputs, describeInput(in, messages["input."+in.Name]))
			}
		}
	}
	return all
}

func describeInput(in remedy.Input, text string) input {
	described := input{Name: in.Name, Description: text, Required: in.Required, Values: append([]string{}, in.Values...), Pattern: in.Pattern}
	if in.Default != "" {
		described.Default = &in.Default
	}
	return described
}

func describeParameter(p control.Parameter, text string) parameter {
	described := parameter{Name: p.Name, Description: text, Values: append([]string{}, p.Values...), DefinedBy: securityHub, List: p.List()}
	if p.Type == control.Integer || p.Type == control.Double || p.Type == control.IntegerList {
		described.Range = control.Bound(p.Min) + ".." + control.Bound(p.Max)
	}
	if p.Ours {
		described.DefinedBy = kumoban
	}
	if p.Default != "" {
		described.Default = &p.Default
	}
	return described
}

// choices are what the parameter may be, in few words: its values, or its range.
func (p *parameter) choices() []string {
	if p.Range != "" {
		return []string{p.Range}
	}
	return p.Values
}

// example is a value that the parameter may have.
func (p *parameter) example() string {
	low, _, _ := strings.Cut(p.Range, "..")
	switch {
	case len(p.Values) > 0:
		return p.Values[0]
	case p.Default != nil:
		return *p.Default
	case low != "":
		return low
	}
	return "…"
}

// usage shows a parameter in one word: "loggingLevel=ERROR|INFO".
func (p *parameter) usage() string {
	text := p.Name + "=" + strings.Join(p.choices(), "|")
	if p.List {
		text += ",…"
	}
	return text
}
