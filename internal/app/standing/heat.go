package standing

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/score"
	"github.com/kumoban/kumoban/internal/store"
)

// Cell is a control in an account.
type Cell struct {
	Control                             string
	Status                              finding.ControlStatus
	Failed, Unknown, Passed, Suppressed int // findings
}

// Row is an account with its controls.
type Row struct {
	Account, Name string
	Score         Score
	Cells         []Cell // of controls that have findings, in their order
}

// Heat is how each account stands to each control; accounts without findings that
// scans entered have no cells.
func Heat(ctx context.Context, d *desk.Desk, in Place) (rows []Row, err error) {
	err = d.View(ctx, access.FindingsRead, func(k *keep.Keeper, r store.Reader) error {
		groups, err := tally(ctx, d, r, in)
		if err != nil {
			return err
		}
		names, err := names(ctx, d, r)
		if err != nil {
			return err
		}
		of := map[string][]store.Group{}
		for _, g := range groups {
			of[g.Account] = append(of[g.Account], g)
		}
		for id := range names {
			if _, some := of[id]; !some && (len(in.Accounts) == 0 || slices.Contains(in.Accounts, id)) {
				of[id] = nil
			}
		}
		basis := k.Basis(nil)
		for _, id := range slices.Sorted(maps.Keys(of)) {
			row := Row{Account: id, Name: names[id], Score: scoreOf(of[id], basis), Cells: cells(of[id], basis.Disabled)}
			row.Score.Account = id
			rows = append(rows, row)
		}
		return nil
	})
	return rows, err
}

func cells(groups []store.Group, disabled []string) []Cell {
	statuses := score.Controls(groups, score.Basis{Disabled: disabled})
	count := map[string]*Cell{}
	for i := range groups {
		g := &groups[i]
		c := count[g.Control]
		if c == nil {
			c = &Cell{Control: g.Control, Status: statusOf(statuses, g.Control)}
			count[g.Control] = c
		}
		switch {
		case g.Archived || g.NotOffered:
		case g.Suppressed:
			c.Suppressed += g.N
		case g.Status == control.Failed:
			c.Failed += g.N
		case g.Status == control.Unknown:
			c.Unknown += g.N
		case g.Status == control.Passed:
			c.Passed += g.N
		}
	}
	list := []Cell{}
	for _, id := range slices.SortedFunc(maps.Keys(count), control.Compare) {
		list = append(list, *count[id])
	}
	return list
}

// statusOf is the status of a control whose id may be spelt otherwise.
func statusOf(statuses map[string]finding.ControlStatus, id string) finding.ControlStatus {
	if s, ok := statuses[id]; ok {
		return s
	}
	for other, s := range statuses {
		if strings.EqualFold(other, id) {
			return s
		}
	}
	return finding.ControlNoData
}

// scoreOf is the score over some groups together, out of a standard's known controls.
func scoreOf(groups []store.Group, b score.Basis) Score {
	s := Score{Known: score.Known}
	for _, status := range score.Controls(groups, b) {
		count(&s, status)
	}
	return s
}

func count(s *Score, status finding.ControlStatus) {
	switch status {
	case finding.ControlPassed:
		s.Passed++
	case finding.ControlFailed:
		s.Failed++
	case finding.ControlUnknown:
		s.Unknown++
	case score.Disabled:
		s.Disabled++
	default:
		s.NoData++
	}
}

// names are those of the accounts that scans entered, by their ids.
func names(ctx context.Context, d *desk.Desk, r store.Reader) (map[string]string, error) {
	of := map[string]string{}
	scans, err := desk.Scans(ctx, d, r)
	for i := range scans { // the latest first
		for _, a := range scans[i].Accounts {
			if a.ID != "" && of[a.ID] == "" {
				of[a.ID] = a.Name
			}
		}
	}
	return of, err
}

// Part is the score of a part of what is kept.
type Part struct {
	Key   string // the account, service or standard
	Name  string // of an account, where scans know it
	Score Score  // Known is how many controls of it kumoban has; of accounts, those of the standard
}

// Parts are scores by "account", "service" or "standard": the one whose controls these
// are, and those that the controls answer to.
func Parts(ctx context.Context, d *desk.Desk, in Place, by string) (list []Part, err error) {
	err = d.View(ctx, access.FindingsRead, func(k *keep.Keeper, r store.Reader) error {
		if !slices.Contains([]string{"account", "service", "standard"}, by) {
			return locale.Errorf("keep.badGroup", locale.A("by", locale.Clean(by)))
		}
		groups, err := tally(ctx, d, r, in)
		if err != nil {
			return err
		}
		gaps, err := lastGaps(ctx, d, r)
		if err != nil {
			return err
		}
		basis := k.Basis(gaps)
		if by == "account" {
			list, err = byAccount(ctx, d, r, groups, basis)
			return err
		}
		parts := map[string][]string{} // controls, by service or standard
		for _, c := range k.Controls {
			for _, part := range partsOf(c.Control, by) {
				parts[part] = append(parts[part], c.ID)
			}
		}
		statuses := score.Controls(groups, basis)
		for _, part := range slices.Sorted(maps.Keys(parts)) {
			one := Part{Key: part, Score: Score{Known: len(parts[part])}}
			for _, id := range parts[part] {
				count(&one.Score, statusOf(statuses, id))
			}
			list = append(list, one)
		}
		return nil
	})
	return list, err
}

// Foundational is the standard whose controls these are.
const Foundational = "AWS Foundational Security Best Practices"

// partsOf are the service of a control, or the standards that it answers to.
func partsOf(c *control.Control, by string) []string {
	if by == "service" {
		return []string{control.Service(c.ID)}
	}
	list := []string{Foundational}
	for _, r := range c.Requirements {
		if standard, _ := parted(r); !slices.Contains(list, standard) {
			list = append(list, standard)
		}
	}
	return list
}

func byAccount(ctx context.Context, d *desk.Desk, r store.Reader, groups []store.Group, b score.Basis) (list []Part, err error) {
	known, err := names(ctx, d, r)
	of := map[string][]store.Group{}
	for _, g := range groups {
		of[g.Account] = append(of[g.Account], g)
	}
	b.Hidden = nil // what nobody could name is in none of these
	for _, id := range slices.Sorted(maps.Keys(of)) {
		list = append(list, Part{id, known[id], scoreOf(of[id], b)})
	}
	return list, err
}

// ControlsOf are the controls of some rows, in their order.
func ControlsOf(rows []Row) []string {
	seen := map[string]bool{}
	for i := range rows {
		for j := range rows[i].Cells {
			seen[rows[i].Cells[j].Control] = true
		}
	}
	return append([]string{}, slices.SortedFunc(maps.Keys(seen), control.Compare)...)
}
