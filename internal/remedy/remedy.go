// Package remedy is how a control says what would mend a finding, as data: this
// thing shall have these properties. A remedy does nothing by itself; a plan is
// made of it, and that plan is shown, written into source, or executed.
package remedy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

// Remedy is one way to mend what a control finds. Where there are honest
// alternatives a control has several, the usual one first.
type Remedy struct {
	Name   string        // "encrypt"; its texts are the control's "remedy.<name>" messages
	On     resource.Type // the type of resource that it mends
	Does   []Effect      // what it may do to whoever relies on the resource; empty: nothing
	Inputs []Input       // what a person must or may decide
	Ensure func(Case) ([]Ensure, error)
	// Around is the type of a thing beside the resource that Ensure has to know of,
	// such as an account's setting; "": none. It is read where Needs says so of a
	// resource; nil: of each.
	Around resource.Type
	Needs  func(resource.Resource) bool
	// Touches lists what Ensure may want changed, whatever the case is.
	Touches []Touch
	// Charges lists what AWS bills of it, also where inputs are still missing; nil: of
	// one that [Costs], that nobody knows what, and of any other nothing.
	Charges func(Case) []cost.Charge
	// Uses are what AWS bills of it by usages of the rooms, in place of Charges.
	Uses []Use
	// Manual says that no call can or should do it: a person does, as the guide says.
	Manual bool
	// Counts says that a charge may follow the number of requests.
	Counts bool
}

// Effect is what a remedy may do beside mending the finding, so that the owner is
// asked before.
type Effect string

// The effects.
const (
	Costs      Effect = "costs"      // AWS charges for what it turns on
	Interrupts Effect = "interrupts" // whoever or whatever uses the resource may be refused, or notice it
	Replaces   Effect = "replaces"   // what is there is taken away for something else
)

// Touch is a kind of change that a remedy may want: what a policy must allow
// before there is a plan.
type Touch struct {
	Type       resource.Type
	Name       string   // a pattern with * of the names; "" where things go by their ARN
	Make       bool     // things of that name may be made
	Properties []string // those that may change, with * as the key of method settings
	Guards     []string // properties that are looked at before
}

// Use is what a remedy uses more of, as AWS bills it.
type Use struct {
	Usage cost.Item
	N     float64 // units a month, whatever the resource is; 0: see Of
	Of    string  // the property that says how much of it there is; "": nobody knows beforehand
	Per   float64 // how much of that property is one unit: 1e9 bytes a GB
	New   bool    // it is billed only where somebody makes one for it
}

// charge is what it costs for a resource.
func (u *Use) charge(c Case) cost.Charge {
	charge := cost.Charge{Kind: cost.Used, Usage: u.Usage, Quantity: u.N, Known: u.N > 0, New: u.New}
	if u.Of == "" || c.Resource == nil {
		return charge
	}
	if v, ok := resource.Property(c.Resource, u.Of); ok {
		if n, known := v.Any(); known == fact.True {
			if n, whole := n.(int); whole {
				charge.Quantity, charge.Known = float64(n)/u.Per, true
			}
		}
	}
	return charge
}

// Input is a decision that only a person can take. It is asked for by name and
// never guessed.
type Input struct {
	Name     string // "webAcl"; its text is the control's "input.<name>" message
	Required bool
	Values   []string // those it may have; nil: any
	Default  string   // where not required
	Example  string   // a value for guides, where there is no default
	Pattern  string   // a regular expression that a free value must match as a whole
	Setting  bool     // it may be decided once for everybody, in kumoban.yaml
	// Makes is, of a Setting, the type of the thing that it says how to make: where
	// none is made it decides nothing. Unless is the input that has another be used.
	Makes  resource.Type
	Unless string
	// Of is the type of what a value names by its ARN, where those that exist can
	// be listed: "AWS::WAFv2::WebACL".
	Of resource.Type
}

// Case is one failed resource with the decisions for it.
type Case struct {
	Control  string // its id
	Resource resource.Resource
	Inputs   map[string]string // every input of the remedy that has a value, and the parameters that the user set
	// Around are the properties of what the remedy's Around names, as far as somebody
	// could look.
	Around map[string]any
}

// Ensure says that one thing shall have certain properties.
type Ensure struct {
	ID     string       // within the plan of one finding: "stage", "log-group"
	Thing  resource.Ref // its type, scope, and ARN or name
	Set    []Property   // what must become what
	Other  []Property   // what stays: sent along, because AWS takes whole objects, or named by what is printed
	After  []string     // ids of those that come first
	Make   bool         // make the thing if it is not there
	Shared bool         // others rely on it: undo leaves it as it is
	Data   bool         // it may hold data: undo never removes it
	Guards []Guard      // what must be true before
	Wait   Wait         // what to wait for before the change can be made
	// Hurries is what waits for the thing's maintenance window and is made at once with
	// this; PutOff: this waits with it. A plan learns both when it is made.
	Hurries []string
	PutOff  bool
}

// Property is one property with the value that it shall have.
type Property struct {
	Name  string // CloudFormation's, with keys: `MethodSettings["~1orders/GET"].CacheDataEncrypted`
	Value any    // bool, string, float64 or []string; nil: absent; an Output
}

// Output is a value that another ensure's thing has only once it is made.
type Output struct {
	Of   string `json:"of"`   // the ensure's id
	Name string `json:"name"` // "ClientCertificateId"
}

// Spoken is how people call what is handed out: "ARN", "ID".
func (o Output) Spoken() string {
	switch {
	case o.Name == "Arn":
		return "ARN"
	case strings.HasSuffix(o.Name, "Id"):
		return "ID"
	}
	return o.Name
}

// Guard is something that must be true for a change to be made.
type Guard struct {
	Property string         // of the same thing
	OneOf    []any          // the values it may have; nil among them: absent
	Why      locale.Message // said when it does not hold
}

// Wait names a state that takes time: the end of keys of texts, such as
// render.summary.wait.cache-settled.
type Wait string

// NoWait waits for nothing.
const NoWait Wait = ""

// Mends tells whether the remedy is one for a finding about a resource of a type: a
// setting of an account is found on the account.
func (r *Remedy) Mends(t resource.Type) bool { return r.On == t || t == resource.AccountType }

// Bill is what AWS bills of it.
func (r *Remedy) Bill(c Case) []cost.Charge {
	switch {
	case r.Charges != nil:
		return r.Charges(c)
	case r.Uses != nil:
		var charges []cost.Charge
		for i := range r.Uses {
			charges = append(charges, r.Uses[i].charge(c))
		}
		return charges
	case slices.Contains(r.Does, Costs):
		return []cost.Charge{{Kind: cost.Unpriced}}
	}
	return []cost.Charge{{Kind: cost.Nothing}}
}

// Check tells why inputs do not fit the remedy.
func (r *Remedy) Check(given map[string]string) (map[string]string, error) {
	values := map[string]string{}
	for name, v := range given {
		if !slices.ContainsFunc(r.Inputs, func(i Input) bool { return i.Name == name }) {
			return nil, r.Unknown(name)
		}
		values[name] = v
	}
	for _, in := range r.Inputs {
		v, ok := values[in.Name]
		if v == "" && in.Required {
			return nil, locale.Errorf("run.needsInput", locale.A("input", in.Name), locale.A("remedy", r.Name))
		}
		if !ok {
			v = in.Default
		}
		if err := in.check(v); err != nil {
			return nil, err
		}
		if v != "" {
			values[in.Name] = v
		}
	}
	return values, nil
}

// Unknown is the error for an input that the remedy does not have; it names
// those that it has.
func (r *Remedy) Unknown(input string) error {
	var names []string
	for _, in := range r.Inputs {
		names = append(names, in.Name)
	}
	if names == nil {
		return locale.Errorf("run.noInputs", locale.A("input", input), locale.A("remedy", r.Name))
	}
	return locale.Errorf("run.unknownInput", locale.A("input", input), locale.A("remedy", r.Name), locale.A("inputs", names))
}

// check tells whether the input may have a value; "" is "not given".
func (i *Input) check(v string) error {
	if v == "" {
		return nil
	}
	if i.Values != nil && !slices.Contains(i.Values, v) {
		return locale.Errorf("run.badInput", locale.A("input", i.Name), locale.A("value", v), locale.A("values", i.Values))
	}
	if i.Pattern != "" {
		if ok, err := regexp.MatchString("^(?:"+i.Pattern+")$", v); err != nil || !ok {
			return locale.Errorf("run.oddInput", locale.A("input", i.Name), locale.A("value", v))
		}
	}
	return nil
}

// Key names a method setting's property: Key("~1orders/GET", "LoggingLevel").
func Key(key, property string) string { return fmt.Sprintf("MethodSettings[%q].%s", key, property) }
