package control

import (
	"slices"

	"github.com/kumoban/kumoban/controls/metadata"
)

// Describe fills in what AWS says of the control, by its id, and of those of its
// parameters that are AWS's.
func (c *Control) Describe() {
	m := metadata.Of(c.ID)
	if m == nil {
		return
	}
	c.Severity, _ = ParseSeverity(m.Severity) // 0 where it is not known
	c.Title, c.Category, c.ConfigRule, c.Schedule = m.Title, m.Category, m.Rule, m.Schedule
	c.Requirements, c.NotOffered = m.Requirements, m.NotOffered
	for i := range c.Parameters {
		p := &c.Parameters[i]
		at := slices.IndexFunc(m.Parameters, func(a metadata.Parameter) bool { return a.Name == p.Name })
		if at >= 0 && !p.Ours {
			p.describe(&m.Parameters[at])
		}
	}
}

// Periodic tells whether the control is checked on a schedule alone. Where that
// is not known, it is not said.
func (c *Control) Periodic() bool { return c.Schedule == metadata.Periodic }

// Offered tells whether AWS offers the control in a Region, as far as is known.
func (c *Control) Offered(region string) bool { return !slices.Contains(c.NotOffered, region) }
