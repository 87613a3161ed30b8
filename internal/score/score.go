// Package score computes control statuses and security scores as Security Hub
// CSPM does, from counts of what the store has. It is pure.
package score

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

// Known is how many active controls AWS Foundational Security Best Practices
// has (AWS's list of autumn 2026, without those retired or taken out of it).
const Known = 367

// Disabled is the status of a control that is switched off.
const Disabled finding.ControlStatus = "DISABLED"

// Basis says which controls a score is about, beside those that have findings.
// Ids are matched in any case.
type Basis struct {
	Controls []string // all that are there; those without findings have no data
	Disabled []string
	Hidden   []string // see [Hidden]; they cannot pass for all accounts together
}

// Hidden are the ids of controls that judge what may be in accounts which nobody
// could name, so that no finding stands for it.
func Hidden(gaps []resource.Gap, set control.Set) []string {
	var ids []string
	for _, c := range set {
		if slices.ContainsFunc(gaps, func(g resource.Gap) bool {
			return g.Account == "" && c.Offered(g.Region) && (len(g.Hides) == 0 || slices.ContainsFunc(g.Hides, c.Judges))
		}) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// Compute returns the scores of each account and Region, of each account, of
// each Region, and of all together, which comes first and is always there.
// Scan and At are left to the caller.
func Compute(groups []store.Group, b Basis) []store.Score {
	levels := map[place][]store.Group{{}: nil}
	for _, g := range groups {
		for _, p := range []place{{}, {region: g.Region}, {g.Partition, g.Account, ""}, {g.Partition, g.Account, g.Region}} {
			levels[p] = append(levels[p], g) // twice is as good as once: a status counts no findings
		}
	}
	scores := make([]store.Score, 0, len(levels))
	for _, p := range slices.SortedFunc(maps.Keys(levels), place.compare) {
		s := store.Score{Partition: p.partition, Account: p.account, Region: p.region, Known: Known}
		at := b
		if p.account != "" {
			at.Hidden = nil
		}
		for _, status := range Controls(levels[p], at) {
			switch status {
			case finding.ControlPassed:
				s.Passed++
			case finding.ControlFailed:
				s.Failed++
			case finding.ControlUnknown:
				s.Unknown++
			case Disabled:
				s.Disabled++
			default:
				s.NoData++
			}
		}
		scores = append(scores, s)
	}
	return scores
}

// place is an account and Region; empty parts stand for all.
type place struct{ partition, account, region string }

func (p place) compare(q place) int {
	return cmp.Or(cmp.Compare(p.partition, q.partition), cmp.Compare(p.account, q.account), cmp.Compare(p.region, q.region))
}

// Controls returns the status of each control over all the findings counted:
// archived and suppressed ones are ignored, and so are those in Regions where
// AWS does not offer the control; then one FAILED finding fails it, else one
// that is not known makes it unknown. Over several accounts or Regions it has
// failed where it failed in any.
func Controls(groups []store.Group, b Basis) map[string]finding.ControlStatus {
	statuses := map[string]finding.ControlStatus{}
	names := map[string]string{} // folded to verbatim
	set := func(id string, s finding.ControlStatus) {
		name, seen := names[strings.ToLower(id)]
		if !seen {
			name, names[strings.ToLower(id)] = id, id
		}
		if !seen || weight(s) > weight(statuses[name]) {
			statuses[name] = s
		}
	}
	for i := range groups {
		set(groups[i].Control, status(&groups[i]))
	}
	for _, id := range b.Controls {
		set(id, finding.ControlNoData)
	}
	for _, id := range b.Hidden {
		set(id, finding.ControlUnknown)
	}
	for _, id := range b.Disabled {
		set(id, Disabled)
	}
	return statuses
}

// status is what a group alone makes of its control.
func status(g *store.Group) finding.ControlStatus {
	switch {
	case g.N == 0, g.Archived, g.Suppressed, g.NotOffered, g.Status == control.NotApplicable:
		return finding.ControlNoData
	case g.Status == control.Failed:
		return finding.ControlFailed
	case g.Status == control.Passed:
		return finding.ControlPassed
	}
	return finding.ControlUnknown
}

// weight orders statuses: of two the heavier one is the control's.
func weight(s finding.ControlStatus) int {
	return slices.Index([]finding.ControlStatus{finding.ControlNoData, finding.ControlPassed, finding.ControlUnknown, finding.ControlFailed, Disabled}, s)
}

// Of is how many controls a score is out of: those that passed, failed or are
// unknown. No data and disabled ones are in neither term.
func Of(s store.Score) int { return s.Passed + s.Failed + s.Unknown }

// Percent is the score, or false where no control has data: that is neither 0
// nor 100.
func Percent(s store.Score) (int, bool) { return Ratio(s.Passed, Of(s)) }

// Ratio is passed out of so many controls in percent, rounded to the nearest
// integer, halves up; false where there are none. Security Hub's summary score
// over several standards is the ratio of unique controls.
func Ratio(passed, of int) (int, bool) {
	if of <= 0 {
		return 0, false
	}
	return (200*passed + of) / (2 * of), true
}
