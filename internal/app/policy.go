package app

import (
	"cmp"
	"encoding/json"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/execute/hooks"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

// PolicyOptions say what a policy is to allow.
type PolicyOptions struct {
	Selection  control.Selection
	Regions    []string // empty: any
	AllRegions bool
	Partition  string
	NoHub      bool   // and parameters are not asked of Security Hub
	Domains    bool   // and what a condition "no custom domain" reads
	RoleName   string // the policy for the caller that assumes this role in other accounts, instead of the role's own
}

type document struct {
	Version   string
	Statement []statement
}

type statement struct {
	Sid       string
	Effect    string
	Action    []string
	Resource  []string
	Condition map[string]map[string]string `json:",omitempty"`
}

var partition = regexp.MustCompile(`^aws(-[a-z]+)*$`)

// ScanPolicy writes the least-privilege IAM policy for what a scan would call,
// as JSON. It comes from the same declarations that the calls are made by.
func ScanPolicy(w io.Writer, env *Env, o PolicyOptions) error {
	set, err := control.Select(env.Controls, o.Selection)
	if err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return err
	}
	p := document{Version: "2012-10-17"}
	if o.RoleName != "" {
		p.Statement = append(p.Statement, statement{"KumobanAccounts", "Allow", []string{"sts:AssumeRole"},
			[]string{"arn:" + o.Partition + ":iam::*:role/" + o.RoleName}, nil})
		return write(w, p)
	}
	calls := awslive.Calls(set)
	calls = append(calls, hubParamCalls(set, o.NoHub)...)
	if o.Domains {
		calls = append(calls, hooks.WaysCalls()...)
	}
	p.Statement = statements("KumobanScan", calls, o)
	if o.AllRegions {
		p.Statement = append(p.Statement, statement{"KumobanRegions", "Allow", []string{"account:ListRegions"}, []string{"*"}, nil})
	}
	slices.SortFunc(p.Statement, func(a, b statement) int { return cmp.Compare(a.Sid, b.Sid) })
	return write(w, p)
}

// check refuses a partition that is none, and Regions of another.
func (o *PolicyOptions) check() error {
	if !partition.MatchString(o.Partition) {
		return locale.Errorf("cli.badPartition", locale.A("partition", o.Partition))
	}
	for _, region := range o.Regions {
		if awsclient.Partition(region) != o.Partition {
			return locale.Errorf("cli.otherPartition", locale.A("region", region), locale.A("partition", o.Partition))
		}
	}
	return nil
}

func write(w io.Writer, p document) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(p)
}

// statements allows each action where it is called, under the conditions that
// all its calls have in common.
func statements(prefix string, calls []*awsclient.Call, o PolicyOptions) []statement {
	byAction := map[string]*statement{}
	for _, c := range calls {
		action := c.Service + ":" + c.Action
		s := byAction[action]
		if s == nil {
			s = &statement{Sid: prefix + sid(action), Effect: "Allow", Action: []string{action}, Condition: conditionOf(c.When)}
			byAction[action] = s
		} else if !maps.EqualFunc(s.Condition, conditionOf(c.When), maps.Equal) {
			s.Condition = nil
		}
		s.Resource = append(s.Resource, arns(c, o)...)
	}
	var list []statement
	for _, s := range byAction {
		slices.Sort(s.Resource)
		s.Resource = slices.Compact(s.Resource)
		list = append(list, *s)
	}
	slices.SortFunc(list, func(a, b statement) int { return cmp.Compare(a.Sid, b.Sid) })
	return list
}

// conditionOf compares ARNs as ARNs and all else as text.
func conditionOf(when map[string]string) map[string]map[string]string {
	var c map[string]map[string]string
	for key, value := range when {
		operator := "StringEquals"
		if strings.HasPrefix(value, "arn:") {
			operator = "ArnEquals"
		}
		if c == nil {
			c = map[string]map[string]string{}
		}
		c[operator] = map[string]string{key: value} // nothing has two of a kind
	}
	return c
}

// arns lists the ARNs of a call for every Region.
func arns(c *awsclient.Call, o PolicyOptions) []string {
	if !strings.HasPrefix(c.Resource, ":") {
		return []string{strings.ReplaceAll(c.Resource, "{partition}", o.Partition)} // the action takes no resource, or the call names it whole
	}
	regions := o.Regions
	if len(regions) == 0 || o.AllRegions {
		regions = []string{"*"}
	}
	if c.Service == "iam" {
		regions = []string{""} // it is one for all Regions
	}
	list := make([]string, len(regions))
	for i, region := range regions {
		list[i] = "arn:" + o.Partition + ":" + c.Service + ":" + region + c.Resource
	}
	return list
}

// sid makes an action a statement id, which may hold letters and digits only.
func sid(action string) string {
	var b strings.Builder
	for _, part := range strings.Split(action, ":") {
		b.WriteString(strings.ToUpper(part[:1]) + strings.ToLower(part[1:]))
	}
	return b.String()
}
