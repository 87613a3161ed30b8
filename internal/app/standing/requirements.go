package standing

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/score"
	"github.com/kumoban/kumoban/internal/store"
)

// Requirement is one of another standard's, with the controls that answer to it, as
// AWS says.
type Requirement struct {
	Standard, ID string
	Cells        []Cell // the controls, those without findings, too
}

// Requirements are those of all standards that controls answer to, or of one; how the
// controls stand is told over the places together.
func Requirements(ctx context.Context, d *desk.Desk, in Place, standard string) (list []Requirement, err error) {
	err = d.View(ctx, access.FindingsRead, func(k *keep.Keeper, r store.Reader) error {
		groups, err := tally(ctx, d, r, in)
		if err != nil {
			return err
		}
		gaps, err := lastGaps(ctx, d, r)
		if err != nil {
			return err
		}
		basis := k.Basis(gaps)
		statuses := score.Controls(groups, basis)
		of := map[string]Cell{}
		for _, c := range cells(groups, basis.Disabled) {
			c.Status = statusOf(statuses, c.Control)
			of[strings.ToLower(c.Control)] = c
		}
		at := map[[2]string]int{}
		for _, c := range k.Controls {
			for _, text := range c.Requirements {
				name, id := parted(text)
				if standard != "" && name != standard {
					continue
				}
				cell, some := of[strings.ToLower(c.ID)]
				if !some {
					cell = Cell{Control: c.ID, Status: statusOf(statuses, c.ID)}
				}
				n, known := at[[2]string{name, id}]
				if !known {
					n = len(list)
					at[[2]string{name, id}], list = n, append(list, Requirement{Standard: name, ID: id})
				}
				list[n].Cells = append(list[n].Cells, cell)
			}
		}
		sortRequirements(list)
		return nil
	})
	return list, err
}

// together is how AWS's page has one requirement: without what stands between.
var together = regexp.MustCompile(`^(.+ v[0-9]\.[0-9]\.[0-9])([0-9].*)$`)

// parted parts a related requirement, as AWS writes it, into a standard and what that
// requires.
func parted(text string) (standard, id string) {
	if standard, id, ok := strings.Cut(text, "/"); ok {
		return standard, id
	}
	if m := together.FindStringSubmatch(text); m != nil {
		return m[1], m[2]
	}
	if at := strings.LastIndex(text, " "); at > 0 {
		return text[:at], text[at+1:]
	}
	return text, ""
}

func sortRequirements(list []Requirement) {
	slices.SortFunc(list, func(a, b Requirement) int {
		if a.Standard != b.Standard {
			return strings.Compare(a.Standard, b.Standard)
		}
		return control.Compare(a.ID, b.ID)
	})
	for i := range list {
		slices.SortFunc(list[i].Cells, func(a, b Cell) int { return control.Compare(a.Control, b.Control) })
	}
}
