package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/execute/hooks"
	"github.com/kumoban/kumoban/internal/glob"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
)

// grant is a statement of a session policy, where every character counts.
type grant struct {
	Effect    string
	Action    oneOrMany
	Resource  oneOrMany
	Condition map[string]map[string]string `json:",omitempty"`
}

// oneOrMany is a list that is written as one text where it has one.
type oneOrMany []string

// MarshalJSON writes it.
func (o oneOrMany) MarshalJSON() ([]byte, error) {
	if len(o) == 1 {
		return plain(o[0])
	}
	return plain([]string(o))
}

// plain is JSON in which <, > and & stand for themselves.
func plain(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// sessionPolicy allows what one step of a plan calls, and its undo, and nothing else.
func sessionPolicy(p *plan.Plan, step *plan.Step) (string, error) {
	drivers := hooks.Drivers(drive.Clients{Scope: resource.Scope{Partition: p.Partition, Account: p.Account, Region: p.Region}})
	driver, ok := drivers[step.Thing.Type]
	if !ok {
		return "", locale.Errorf("run.badPlan")
	}
	resolved := execute.Resolved(drivers, p, step)
	var list []grant
	for _, c := range driver.Calls(resolved) {
		if on := onOwn(c, resolved, p); len(on) > 0 {
			list = granted(list, c, on)
		}
	}
	text, err := plain(struct {
		Version   string
		Statement []grant
	}{"2012-10-17", compact(list)})
	return string(text), err
}

// onOwn are the ARNs of a call: that of the step's own thing where it may be about that,
// and those of roles that the step names where it passes one; none where what it makes
// has no role.
func onOwn(c *awsclient.Call, step *plan.Step, p *plan.Plan) []string {
	c, _ = hooks.Narrowed(c, step.Thing.ARN)
	list := arns(c, PolicyOptions{Partition: p.Partition, Regions: []string{p.Region}})
	if c.Action == "PassRole" && strings.HasSuffix(list[0], ":role/*") {
		if roles := rolesOf(step); len(roles) > 0 || step.Make {
			return roles
		}
	}
	for i, pattern := range list {
		if arn := step.Thing.ARN; pattern != "*" && arn != "" && glob.Match(pattern, arn) {
			list[i] = literal(arn)
		} else if a, ok := resource.ParseARN(pattern); ok && a.Account == "*" {
			a.Account = p.Account
			list[i] = a.String()
		}
	}
	return list
}

// literal has what means something in a policy mean itself.
func literal(arn string) string {
	return strings.NewReplacer("*", "${*}", "?", "${?}", "${", "${$}{").Replace(arn)
}

// rolesOf are the roles that a step names, before it or after.
func rolesOf(step *plan.Step) (roles []string) {
	for _, c := range slices.Concat(step.Changes, step.With) {
		for _, v := range []any{c.Was, c.Will} {
			text, _ := v.(string)
			if a, ok := resource.ParseARN(text); ok && a.Service == "iam" && strings.HasPrefix(a.Resource, "role/") {
				roles = append(roles, text)
			}
		}
	}
	return roles
}

// granted adds a call to those of the same action under the same condition.
func granted(list []grant, c *awsclient.Call, on []string) []grant {
	action, when := c.Service+":"+c.Action, conditionOf(c.When)
	i := slices.IndexFunc(list, func(g grant) bool { return g.Action[0] == action && maps.EqualFunc(g.Condition, when, maps.Equal) })
	if i < 0 {
		return append(list, grant{Effect: "Allow", Action: oneOrMany{action}, Resource: on, Condition: when})
	}
	list[i].Resource = append(list[i].Resource, on...)
	return list
}

// compact puts actions on the same resources into one statement, in a fixed order.
func compact(list []grant) (out []grant) {
	slices.SortFunc(list, func(a, b grant) int { return strings.Compare(a.Action[0], b.Action[0]) })
	for _, g := range list {
		g.Resource = widest(g.Resource)
		i := slices.IndexFunc(out, func(o grant) bool {
			return slices.Equal(o.Resource, g.Resource) && maps.EqualFunc(o.Condition, g.Condition, maps.Equal)
		})
		if i < 0 {
			out = append(out, g)
			continue
		}
		out[i].Action = append(out[i].Action, g.Action[0])
	}
	return out
}

// widest leaves out what another pattern allows, too.
func widest(on []string) (list []string) {
	slices.Sort(on)
	for _, arn := range slices.Compact(on) {
		if !slices.ContainsFunc(on, func(o string) bool { return o != arn && glob.Match(o, arn) }) {
			list = append(list, arn)
		}
	}
	return list
}

// stepPolicy is the session policy of a step, as the list of all has them.
type stepPolicy struct {
	Step       string          `json:"step"`
	Thing      string          `json:"thing"`
	Characters int             `json:"characters"` // white space included, of which there is none
	Policy     json.RawMessage `json:"policy"`
}

// StepPolicy writes the policy of the session that carries out one step of a plan, just
// as AWS gets it; of the step "all", a list of those of all steps. Those that AWS does not
// take are told of.
func StepPolicy(w io.Writer, env *Env, p *plan.Plan, id string) error {
	var list []stepPolicy
	var ids []string
	for i := range p.Steps {
		step := &p.Steps[i]
		if ids = append(ids, step.ID); id != step.ID && id != "all" {
			continue
		}
		text, err := sessionPolicy(p, step)
		if err != nil {
			return err
		}
		var ours *locale.Error
		if errors.As(accepted(step, text, ByHand), &ours) {
			env.Tell(ours.Key, ours.Args...)
		}
		list = append(list, stepPolicy{step.ID, drive.Label(step.Thing), utf8.RuneCountInString(text), json.RawMessage(text)})
	}
	switch {
	case len(list) == 0:
		return locale.Errorf("fixrole.noStep", locale.A("step", locale.Clean(id)), locale.A("steps", ids))
	case id != "all":
		_, err := w.Write(append(list[0].Policy, '\n'))
		return err
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(list)
}
