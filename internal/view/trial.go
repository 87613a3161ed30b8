package view

import (
	"io"
	"strings"

	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/rules"
)

// Trial is what rules would hit.
type Trial struct {
	view  *View
	rules []rules.Rule
	hits  map[string][]trialHit // by the rule's name
}

type trialHit struct {
	ID       string        `json:"id"`
	Control  string        `json:"control"`
	Resource resource.Ref  `json:"resource"`
	Changes  []trialChange `json:"changes"`
	Why      rules.Why     `json:"why,omitempty"` // nothing changes
	workflow lifecycle.Workflow
}

type trialChange struct {
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// Trial starts a dry run of rules.
func (v *View) Trial(list []rules.Rule) *Trial {
	return &Trial{view: v, rules: list, hits: map[string][]trialHit{}}
}

// Add takes what the rules would do to one record.
func (t *Trial) Add(r *lifecycle.Record, hits []rules.Hit) {
	for i := range hits {
		hit := trialHit{r.ID, r.Control, r.Resource, []trialChange{}, "", r.Workflow}
		for _, c := range hits[i].Changes {
			hit.Changes = append(hit.Changes, trialChange{string(c.Field), c.From, c.To})
		}
		if len(hit.Changes) == 0 {
			hit.Why = hits[i].Why
		}
		name := hits[i].Rule.Name
		t.hits[name] = append(t.hits[name], hit)
	}
}

// Text writes rule by rule what would be hit.
func (t *Trial) Text(w io.Writer) error {
	if len(t.rules) == 0 {
		return lines(w, t.view.say("noRules"))
	}
	for i := range t.rules {
		rule := &t.rules[i]
		hits := t.hits[rule.Name]
		if err := lines(w, t.view.say("ruleHits", locale.A("rule", locale.Clean(rule.Name)), locale.A("order", rule.Order), locale.A("n", len(hits)))); err != nil {
			return err
		}
		for _, h := range hits {
			var changes []string
			for _, c := range h.Changes {
				changes = append(changes, c.From+" → "+c.To)
			}
			if len(changes) == 0 {
				changes = []string{t.view.say("noChange."+string(h.Why), locale.A("workflow", string(h.workflow)))}
			}
			name := h.Resource.Name
			if name == "" {
				name = h.Resource.ARN + h.Resource.Address
			}
			if err := lines(w, "  "+finding.Short(h.ID)+"  "+h.Control+"  "+strings.Join(changes, ", ")+"  "+locale.Clean(name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// TrialBody is what rules would hit, rule by rule.
type TrialBody struct {
	SchemaVersion int         `json:"schemaVersion"`
	Rules         []trialRule `json:"rules"`
}

type trialRule struct {
	Name  string     `json:"name"`
	Order int        `json:"order"`
	Hits  []trialHit `json:"hits"`
}

// Body has rule by rule what would be hit.
func (t *Trial) Body() TrialBody {
	out := TrialBody{schemaVersion, []trialRule{}}
	for i := range t.rules {
		r := &t.rules[i]
		out.Rules = append(out.Rules, trialRule{r.Name, r.Order, append([]trialHit{}, t.hits[r.Name]...)})
	}
	return out
}

// JSON writes the same for machines.
func (t *Trial) JSON(w io.Writer) error { return writeJSON(w, t.Body()) }
