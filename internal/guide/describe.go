package guide

import (
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
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
	Requirements  []string         `json:"relatedRequirements"`
	NotOffered    []string         `json:"notOfferedIn"` // Regions
}

type parameter struct {
	Name        string    `json:"name"`
	Description string    `json:"description"`
	Values      []string  `json:"values"`
	Default     *string   `json:"default"` // nil where there is none
	DefinedBy   definedBy `json:"definedBy"`
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
		ResourceTypes: []string{}, Parameters: []parameter{},
		Requirements: append([]string{}, c.Requirements...),
		NotOffered:   append([]string{}, c.NotOffered...),
	}
	if c.Periodic {
		d.Schedule = periodic
	}
	for _, check := range c.Checks {
		d.ResourceTypes = append(d.ResourceTypes, string(check.Type))
	}
	for _, p := range c.Parameters {
		d.Parameters = append(d.Parameters, describeParameter(p, messages["param."+p.Name]))
	}
	return d, nil
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
