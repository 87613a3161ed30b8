// Package findings is what people do with findings that are kept: they list and
// read them, and decide about them.
package findings

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

// Choice says which findings, in the words of people. Without any it is what waits
// for somebody: ACTIVE, FAILED or UNKNOWN, and neither suppressed nor resolved.
type Choice struct {
	Services                                  []string
	Controls, Severities, Statuses, Workflows []string
	Accounts, Regions, Types, Resources, Tags []string // accounts by their ids: see [AccountIDs]
	Assignees                                 []string // "-" is nobody
	Archived, All, Suppressed                 bool
	Since                                     string // a date or a span
}

// filter is what a choice means at a desk.
func (c *Choice) filter(d *desk.Desk, controls []*control.Control) (store.Filter, error) {
	out := store.Filter{Accounts: c.Accounts, Regions: c.Regions, Resources: c.Resources}
	var err error
	if out.Controls, err = c.patterns(controls); err != nil {
		return out, err
	}
	if err = c.Check(); err != nil {
		return out, err
	}
	for _, name := range c.Assignees {
		out.Assignees = append(out.Assignees, strings.TrimPrefix(name, "-"))
	}
	for _, t := range c.Types {
		out.Types = append(out.Types, resource.Type(t))
	}
	for _, s := range c.Severities {
		severity, err := control.ParseSeverity(s)
		if err != nil {
			return out, err
		}
		out.Severities = append(out.Severities, severity)
	}
	for _, s := range c.Statuses {
		var status control.Status
		if err := status.UnmarshalText([]byte(strings.ToUpper(s))); err != nil {
			return out, locale.Errorf("keep.badStatus", locale.A("status", locale.Clean(s)))
		}
		out.Statuses = append(out.Statuses, status)
	}
	for _, s := range c.Workflows {
		w := lifecycle.Workflow(strings.ToUpper(s))
		if !slices.Contains([]lifecycle.Workflow{lifecycle.New, lifecycle.Notified, lifecycle.Suppressed, lifecycle.Resolved}, w) {
			return out, locale.Errorf("keep.badWorkflow", locale.A("workflow", locale.Clean(s)))
		}
		out.Workflows = append(out.Workflows, w)
	}
	if out.Since, err = d.Since("since", c.Since); err != nil {
		return out, err
	}
	if out.Tags, err = c.tags(); err != nil {
		return out, err
	}
	c.narrow(&out)
	return out, nil
}

// patterns are globs over the ids of the chosen controls. It refuses services and
// controls that there are not: nothing would match, which sounds as if all were well.
func (c *Choice) patterns(controls []*control.Control) ([]string, error) {
	set, err := control.Select(controls, control.Selection{Services: c.Services, Patterns: c.Controls})
	if err != nil || len(c.Services) == 0 {
		return c.Controls, err
	}
	return control.IDs(set.Controls()), nil // the store knows patterns alone, and both have to fit
}

// Check refuses what can be no Region, account, type or pattern.
func (c *Choice) Check() error {
	if err := desk.Filled(map[string][]string{"resource": c.Resources, "type": c.Types}); err != nil {
		return err
	}
	for _, region := range c.Regions {
		if err := awsclient.CheckRegion(region); err != nil {
			return err
		}
	}
	for _, id := range c.Accounts {
		if !desk.Account(id) {
			return locale.Errorf("hub.badAccount", locale.A("id", locale.Clean(id)))
		}
	}
	return nil
}

func (c *Choice) tags() (tags map[string]string, err error) {
	for _, t := range c.Tags {
		key, value, ok := strings.Cut(t, "=")
		if !ok || key == "" {
			return nil, locale.Errorf("keep.badTag", locale.A("tag", locale.Clean(t)))
		}
		if tags == nil {
			tags = map[string]string{}
		}
		tags[key] = value
	}
	return tags, nil
}

// narrow leaves what is archived or closed out, unless it was asked for.
func (c *Choice) narrow(out *store.Filter) {
	switch {
	case c.All:
		return
	case c.Archived:
		out.States = []lifecycle.State{lifecycle.Archived}
		return
	}
	out.States = []lifecycle.State{lifecycle.Active}
	if c.Suppressed {
		out.Workflows = append(out.Workflows, lifecycle.Suppressed)
	}
	if len(out.Statuses) == 0 && len(out.Workflows) == 0 {
		out.Statuses = []control.Status{control.Failed, control.Unknown}
		out.Workflows = []lifecycle.Workflow{lifecycle.New, lifecycle.Notified}
	}
}
