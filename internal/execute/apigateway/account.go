package apigateway

import (
	"context"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/execute/iam"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/room"
)

func getAccount() *awsclient.Call {
	return gatewayCall("GetAccount", "GET", "/account", "throttleSettings")
}
func updateAccount() *awsclient.Call {
	c := gatewayCall("UpdateAccount", "PATCH", "/account", "throttleSettings")
	c.Quota = &awsclient.Quota{Rate: 1.0 / 20, Burst: 1}
	return c
}

// accountDriver is for the settings that API Gateway has for an account and
// Region.
type accountDriver struct {
	*drive.Service
	drive.Lasting
}

const (
	accountRole = "CloudWatchRoleArn"
	roleGone    = "CloudWatchRole.Gone" // that IAM has no such role
)

func (d accountDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (drive.State, error) {
	role, err := d.role(ctx)
	if err != nil {
		return drive.State{}, err
	}
	gone := false
	if slices.Contains(properties, roleGone) {
		if gone, err = iam.Gone(ctx, d.Service, role); err != nil {
			return drive.State{}, err
		}
		if role, err = d.role(ctx); err != nil { // as it is after the other call
			return drive.State{}, err
		}
	}
	return drive.StateOf(d, thing, properties, func(name string) (any, bool) {
		switch name {
		case accountRole:
			return drive.Filled(&role), true
		case roleGone:
			return gone, true
		}
		return nil, false
	})
}

// principals are the names of the service that trust policies have: in China it has
// either.
func principals() []string {
	return []string{"apigateway.amazonaws.com", "apigateway.amazonaws.com.cn"}
}

// role is the one that is set, "" for none.
func (d accountDriver) role(ctx context.Context) (string, error) {
	account, err := d.Ask(ctx, restAPIs, getAccount(), nil)
	return room.TextOf(account, "cloudwatchRoleArn"), err
}

func (d accountDriver) Write(ctx context.Context, thing plan.Thing, w drive.Writing) (drive.Written, error) {
	if _, named := w.Want[accountRole]; !named || len(w.Want) != 1 {
		return drive.Written{}, drive.Wrong("of an %s kumoban can write %s alone", thing.Type, accountRole)
	}
	_, done, err := drive.WriteWith(ctx, d.Service, updateAccount(), thing, &w, []string{accountRole}, d.Read, func(ctx context.Context, _ drive.State, values map[string]any) (room.Tree, error) {
		role, err := drive.Text(values, accountRole)
		if err != nil {
			return nil, err
		}
		return d.Send(ctx, restAPIs, updateAccount(), room.Tree{"patchOperations": []any{room.Tree{"op": "replace", "path": "/cloudwatchRoleArn", "value": role}}})
	})
	return done, err
}

// Calls needs the role passed. One that another step makes has a name that
// begins with kumoban-.
func (d accountDriver) Calls(step *plan.Step) []*awsclient.Call {
	role := d.Here("role/kumoban-*")
	calls := []*awsclient.Call{getAccount(), updateAccount()}
	if slices.ContainsFunc(step.Guards, func(g plan.Guard) bool { return g.Property == roleGone }) {
		was := ""
		for _, c := range step.Changes {
			if arn, ok := c.Was.(string); ok {
				was = arn
			}
		}
		calls = append(calls, iam.LookCalls(d.Service, was)...)
	}
	for _, c := range step.Changes {
		if arn, ok := c.Will.(string); ok {
			_, name, _ := strings.Cut(arn, ":role/")
			role = d.Here("role/" + name)
			calls = append(calls, iam.LookCalls(d.Service, arn)...)
		}
	}
	return append(calls, drive.Permission("iam", "PassRole", role))
}

// Foresee looks at the role, if it is there already.
func (d accountDriver) Foresee(ctx context.Context, a drive.Ahead) ([]locale.Message, error) {
	if a.Change.Property != accountRole || a.Value == "" || a.Made {
		return nil, nil
	}
	return a.Once("role "+a.Value, func() ([]locale.Message, error) {
		role, err := iam.Look(ctx, d.Service, a.Value, principals()...)
		if err == nil && role.Gone {
			err = locale.Errorf("run.role.none", locale.A("role", a.Value))
		}
		return role.Doubts, err
	})
}

// Survey looks at the role that the account has.
func (d accountDriver) Survey(ctx context.Context) (*drive.Survey, error) {
	arn, err := d.role(ctx)
	if err != nil {
		return nil, err
	}
	var role iam.Seen
	if arn != "" {
		if role, err = iam.Look(ctx, d.Service, arn, principals()...); err != nil {
			return nil, err
		}
	}
	return &drive.Survey{
		Values: map[string]any{accountRole: arn, roleGone: role.Gone},
		Notes:  func(inputs map[string]string) []locale.Message { return roleNotes(arn, &role, inputs) },
	}, nil
}

// roleNotes says what a plan must tell of the account's role, given the decisions.
func roleNotes(arn string, seen *iam.Seen, inputs map[string]string) []locale.Message {
	if arn == "" {
		return nil
	}
	role := locale.A("role", arn)
	if seen.Gone {
		if inputs["accountRole"] == "keep" {
			return []locale.Message{locale.M("run.role.kept", role)}
		}
		return []locale.Message{locale.M("run.role.replaced", role)}
	}
	notes := slices.Clone(seen.Doubts)
	for _, name := range []string{"role", "accountRole"} {
		if v := inputs[name]; v != "" && v != arn && v != "keep" {
			notes = append(notes, locale.M("run.role.unused", role, locale.A("input", name+"="+v)))
		}
	}
	return notes
}

// SurveyCalls are none of an HTTP API, for whose parts nobody looks at the account's
// role. The role was that which the plan replaces, if it replaces one; else the plan
// does not tell.
func (d accountDriver) SurveyCalls(p *plan.Plan, fix *plan.Fix) []*awsclient.Call {
	calls := []*awsclient.Call{getAccount()}
	if p == nil {
		return append(calls, iam.LookCalls(d.Service, "")...)
	}
	for i := range p.Steps {
		if p.Steps[i].Thing.ARN == fix.Resource.ARN && isHTTP(&p.Steps[i]) {
			return nil
		}
	}
	for i := range p.Steps {
		if p.Steps[i].Thing.Type != typeAccount || len(p.Steps[i].Changes) == 0 {
			continue
		}
		if arn, ok := p.Steps[i].Changes[0].Was.(string); ok && arn != "" {
			return append(calls, iam.LookCalls(d.Service, arn)...)
		}
		return calls
	}
	return append(calls, iam.LookCalls(d.Service, "")...)
}
