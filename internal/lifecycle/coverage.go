package lifecycle

import (
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/resource"
)

// Look is what one scan looked at, and where it could not.
type Look struct {
	Source     string
	Since      time.Time // when it began; zero: not known
	At         time.Time // when it ended
	Scan       int64
	Scopes     []resource.Scope // those that were entered
	Broad      []resource.Scope // under which it looked at what is the account's, whatever the Region
	Controls   []string         // ids of those that were evaluated
	Wide       []string         // ids of those that judge what is the account's
	Disabled   []string         // ids of those that are switched off
	Gaps       []resource.Gap
	Incomplete bool // it was stopped early
}

// Coverage tells of records that a scan did not see whether it would have, had
// they been there. Its methods may be called side by side.
type Coverage struct {
	look     Look
	controls map[string]bool
	disabled map[string]bool
	wide     map[string]bool
	gaps     map[spot][]resource.Gap // an entry for each scope that was entered
}

// spot is one scope: what lies in a Region, or what is the account's and judged
// under that Region. A scan enters one or the other, or both.
type spot struct {
	resource.Scope
	wide bool
}

// Cover makes the coverage of a scan.
func Cover(l Look) *Coverage {
	c := &Coverage{look: l, controls: set(l.Controls), disabled: set(l.Disabled), wide: set(l.Wide), gaps: map[spot][]resource.Gap{}}
	for _, at := range l.Scopes {
		c.enter(spot{at, false})
	}
	for _, at := range l.Broad {
		c.enter(spot{at, true})
	}
	return c
}

// enter keeps the gaps of a scope. Those of both kinds under one Region are told
// apart by what they hide.
func (c *Coverage) enter(at spot) {
	c.gaps[at] = nil
	for i := range c.look.Gaps {
		// A gap that names no account lies in scopes that were not entered.
		if g := &c.look.Gaps[i]; g.Account == at.Account && either(g.Region, at.Region) && either(g.Partition, at.Partition) {
			c.gaps[at] = append(c.gaps[at], *g)
		}
	}
}

// of are the gaps where a record lies, if the scan entered that.
func (c *Coverage) of(r *Record) (gaps []resource.Gap, entered bool) {
	gaps, entered = c.gaps[spot{r.Resource.Scope, c.wide[strings.ToLower(r.Control)]}]
	return gaps, entered
}

// set holds ids folded, for AWS spells them in more than one case.
func set(ids []string) map[string]bool {
	m := make(map[string]bool, len(ids))
	for _, id := range ids {
		m[strings.ToLower(id)] = true
	}
	return m
}

// either accepts a part of a scope that a gap leaves open.
func either(gap, at string) bool { return gap == "" || gap == at }

// Why is the reason to archive a record that the scan did not see, or "" where
// it must stay: it was not looked for, or could not be seen.
func (c *Coverage) Why(r *Record) string {
	gaps, entered := c.of(r)
	if r.State == Archived || r.Source != c.look.Source || !entered || !r.before(c.look.At, c.look.Scan) {
		return ""
	}
	if c.disabled[strings.ToLower(r.Control)] {
		return ReasonDisabled
	}
	if c.look.Incomplete || !c.controls[strings.ToLower(r.Control)] || r.during(c.look.Since) {
		return "" // another look that ended meanwhile may have seen it later than this one looked
	}
	for i := range gaps {
		if hides(&gaps[i], r) {
			return ""
		}
	}
	if standsIn(r) {
		return ReasonReplaced
	}
	return ReasonGone
}

// Aimed tells whether the scan entered a record's account and Region and
// evaluated its control, whatever it could not read there.
func (c *Coverage) Aimed(r *Record) bool {
	_, entered := c.of(r)
	return entered && c.controls[strings.ToLower(r.Control)]
}

// Looked tells whether the scan judged a record, as far as its scopes, controls
// and gaps tell: where in doubt it did not.
func (c *Coverage) Looked(r *Record) bool {
	if !c.Aimed(r) {
		return false
	}
	gaps, _ := c.of(r)
	for i := range gaps {
		if hides(&gaps[i], r) {
			return false
		}
	}
	return true
}

// standsIn tells whether a finding is about a resource as a stand-in for others:
// for none at all, or for those that a gap hid.
func standsIn(r *Record) bool {
	return r.Reason == finding.ReasonEmpty || strings.HasPrefix(r.Message.Key, "finding.hidden") || strings.HasPrefix(r.Message.Key, "finding.notReached")
}

// hides tells whether what a record is about may be behind a gap of its scope.
func hides(g *resource.Gap, r *Record) bool {
	if len(g.Hides) > 0 && !among(r.Resource.Type, g.Hides) {
		return false
	}
	return !sibling(g.Parent.ARN, r.Resource.ARN)
}

func among(t resource.Type, types []resource.Type) bool {
	for _, have := range types {
		if t == have {
			return true
		}
	}
	return false
}

// sibling tells whether an ARN lies provably under another parent of the same
// collection: …/restapis/b/stages/x beside …/restapis/a. Nothing is beside a
// parent that has no ARN, as where a whole listing failed.
func sibling(parent, arn string) bool {
	slash := strings.LastIndexByte(parent, '/')
	if slash < 0 {
		return false
	}
	rest, same := strings.CutPrefix(arn, parent[:slash+1])
	other, _, _ := strings.Cut(rest, "/")
	return same && other != "" && other != parent[slash+1:]
}
