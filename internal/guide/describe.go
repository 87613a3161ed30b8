package guide

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
)

// schedule says when Security Hub checks a control.
type schedule string

const (
	onChange schedule = "CHANGE_TRIGGERED"
	periodic schedule = "PERIODIC"
)

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
	Category      string           `json:"category"` // in English, as AWS writes it
	ConfigRule    string           `json:"configRule"`
	Schedule      schedule         `json:"schedule"`
	ResourceTypes []string         `json:"resourceTypes"`
	Parameters    []parameter      `json:"parameters"`
	Remedies      []remedyFacts    `json:"remedies"`
	Affected      string           `json:"affected"`
	Suppress      suppress         `json:"suppress"`
	Questions     []question       `json:"questions"` // to the owner
	Requirements  []string         `json:"relatedRequirements"`
	NotOffered    []string         `json:"notOfferedIn"` // Regions
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
	Values      []string  `json:"values"`
	Default     *string   `json:"default"` // nil where there is none
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
		ID: c.ID, Title: messages["title"], Severity: c.Severity, Category: c.Category, ConfigRule: c.ConfigRule, Schedule: onChange,
		ResourceTypes: []string{}, Parameters: []parameter{}, Remedies: describeRemedies(c.Remedies, messages),
		Affected: messages["affected"], Suppress: suppress{messages["suppress.proper"], messages["suppress.never"]}, Questions: []question{},
		Requirements: append([]string{}, c.Requirements...),
		NotOffered:   append([]string{}, c.NotOffered...),
	}
	if c.Periodic {
		d.Schedule = periodic
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
	described := parameter{Name: p.Name, Description: text, Values: append([]string{}, p.Values...), DefinedBy: securityHub}
	if p.Ours {
		described.DefinedBy = kumoban
	}
	if p.Default != "" {
		described.Default = &p.Default
	}
	return described
}

// usage shows a parameter in one word: "loggingLevel=ERROR|INFO".
func (p *parameter) usage() string { return p.Name + "=" + strings.Join(p.Values, "|") }
