package view

import (
	"time"

	"github.com/kumoban/kumoban/internal/rules"
)

// ruleRead is a rule as it was read.
type ruleRead struct {
	Name     string        `json:"name"`
	Order    int           `json:"order"` // lower is earlier; of two that say different things the later wins
	Match    ruleMatch     `json:"match"`
	Suppress *ruleSuppress `json:"suppress,omitempty"`
	Notify   bool          `json:"notify,omitempty"`
	Severity string        `json:"severity,omitempty"`
	Terminal bool          `json:"terminal,omitempty"`
}

type ruleMatch struct {
	Controls   []string          `json:"controls,omitempty"`
	Severities []string          `json:"severities,omitempty"`
	Accounts   []string          `json:"accounts,omitempty"`
	Regions    []string          `json:"regions,omitempty"`
	Resources  []string          `json:"resources,omitempty"`
	Tags       map[string]string `json:"tags,omitempty"`
	Statuses   []string          `json:"statuses,omitempty"`
}

type ruleSuppress struct {
	Reason string     `json:"reason"`
	Until  *time.Time `json:"until"` // exclusive; null: as long as an exception may last
	While  []string   `json:"while,omitempty"`
}

// RulesBody are rules, in their order.
type RulesBody struct {
	SchemaVersion int        `json:"schemaVersion"`
	Rules         []ruleRead `json:"rules"`
	Lame          string     `json:"lame,omitempty"` // why one of them suppresses nothing
}

// RulesBody has rules in their order; lame is the sentence about one that suppresses
// nothing.
func (v *View) RulesBody(list []rules.Rule, lame string) RulesBody {
	out := RulesBody{schemaVersion, []ruleRead{}, lame}
	for i := range list {
		r := &list[i]
		one := ruleRead{Name: r.Name, Order: r.Order, Notify: r.Action.Notify, Terminal: r.Terminal, Match: ruleMatch{
			Controls: r.Match.Controls, Accounts: r.Match.Accounts, Regions: r.Match.Regions, Resources: r.Match.Resources, Tags: r.Match.Tags,
		}}
		for _, s := range r.Match.Severities {
			one.Match.Severities = append(one.Match.Severities, s.String())
		}
		for _, s := range r.Match.Statuses {
			one.Match.Statuses = append(one.Match.Statuses, s.String())
		}
		if r.Action.Severity != 0 {
			one.Severity = r.Action.Severity.String()
		}
		if s := r.Action.Suppress; s != nil {
			one.Suppress = &ruleSuppress{s.Reason, moment(s.Until), s.While}
		}
		out.Rules = append(out.Rules, one)
	}
	return out
}
