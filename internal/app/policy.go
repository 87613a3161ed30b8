package app

import (
	"cmp"
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

// PolicyOptions say what a policy is to allow.
type PolicyOptions struct {
	Selection  control.Selection
	Regions    []string // empty: any
	AllRegions bool
	Partition  string
	RoleName   string // the policy for the caller that assumes this role in other accounts, instead of the role's own
}

type policy struct {
	Version   string
	Statement []statement
}

type statement struct {
	Sid      string
	Effect   string
	Action   []string
	Resource []string
}

var partition = regexp.MustCompile(`^aws(-[a-z]+)*$`)

// ScanPolicy writes the least-privilege IAM policy for what a scan would call,
// as JSON. It comes from the same declarations that the calls are made by.
func ScanPolicy(w io.Writer, env *Env, o PolicyOptions) error {
	set, err := control.Select(env.Controls, o.Selection)
	if err != nil {
		return err
	}
	if !partition.MatchString(o.Partition) {
		return locale.Errorf("cli.badPartition", locale.A("partition", o.Partition))
	}
	for _, region := range o.Regions {
		if awsclient.Partition(region) != o.Partition {
			return locale.Errorf("cli.otherPartition", locale.A("region", region), locale.A("partition", o.Partition))
		}
	}
	p := policy{Version: "2012-10-17"}
	if o.RoleName != "" {
		p.Statement = append(p.Statement, statement{"KumobanAccounts", "Allow", []string{"sts:AssumeRole"},
			[]string{"arn:" + o.Partition + ":iam::*:role/" + o.RoleName}})
		return write(w, p)
	}
	byAction := map[string][]string{}
	for _, c := range awslive.Calls(set) {
		action := c.Service + ":" + c.Action
		byAction[action] = append(byAction[action], arns(c, o)...)
	}
	for action, resources := range byAction {
		slices.Sort(resources)
		p.Statement = append(p.Statement, statement{"KumobanScan" + sid(action), "Allow", []string{action}, slices.Compact(resources)})
	}
	if o.AllRegions {
		p.Statement = append(p.Statement, statement{"KumobanRegions", "Allow", []string{"account:ListRegions"}, []string{"*"}})
	}
	slices.SortFunc(p.Statement, func(a, b statement) int { return cmp.Compare(a.Sid, b.Sid) })
	return write(w, p)
}

func write(w io.Writer, p policy) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(p)
}

// arns lists the ARNs of a call for every Region.
func arns(c *awsclient.Call, o PolicyOptions) []string {
	regions := o.Regions
	if len(regions) == 0 || o.AllRegions {
		regions = []string{"*"}
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
