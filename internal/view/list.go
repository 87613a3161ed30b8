package view

import (
	"io"
	"strings"

	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
)

// widest is how many columns of a terminal a list takes, and leastName how many
// are left for a resource's name at least.
const widest, leastName = 100, 24

// list writes findings in lines that a terminal of 100 columns holds. Where they
// are, and who owns them, has columns of its own as far as there is anything to
// tell apart and room for it; else it stands below, as exceptions do.
func (v *View) list(w io.Writer, page []lifecycle.Record) error {
	names := []string{"id", "severity", "status", "workflow", "control"}
	rows := make([][]string, len(page))
	for i := range page {
		r := &page[i]
		rows[i] = []string{finding.Short(r.ID), r.Effective().String(), Status(r), string(r.Workflow), locale.Clean(r.Control)}
	}
	taken := total(v.heads(names...), rows) + leastName
	extra := v.extras(page)
	room := widest - taken
	for _, e := range extra {
		room -= e.width(v) + 2
	}
	if room >= 0 {
		for _, e := range extra {
			names = append(names, e.name)
			for i := range rows {
				rows[i] = append(rows[i], e.cells[i])
			}
		}
	}
	left := max(widest-total(v.heads(names...), rows), leastName)
	for i := range page {
		rows[i] = append(rows[i], fit(locale.Clean(name(&page[i].Resource)), left))
	}
	var text strings.Builder
	if err := table(&text, v.heads(append(names, "resource")...), rows); err != nil {
		return err
	}
	lines := strings.SplitAfter(text.String(), "\n")
	var b strings.Builder
	b.WriteString(lines[0])
	for i := range page {
		b.WriteString(lines[i+1])
		if room < 0 {
			var says []string
			for _, e := range extra {
				switch {
				case e.cells[i] == "-":
				case e.name == "owner":
					says = append(says, v.say("rowOwner", locale.A("owner", e.cells[i])))
				default:
					says = append(says, e.cells[i])
				}
			}
			below(&b, strings.Join(says, "  "))
		}
		below(&b, v.letBe(&page[i]))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// below writes a line that belongs to the one before.
func below(b *strings.Builder, text string) {
	if text = locale.Clean(text); text != "" {
		const indent = "              "
		b.WriteString(indent + fit(text, widest-len(indent)) + "\n")
	}
}

// extra is a column that is there where there is something to tell.
type extra struct {
	name  string
	cells []string
}

func (e *extra) width(v *View) int {
	most := width(v.say("head." + e.name))
	for _, c := range e.cells {
		most = max(most, width(c))
	}
	return most
}

// extras are the columns that tell findings of a page apart, and their owners.
func (v *View) extras(page []lifecycle.Record) (list []extra) {
	const longestOwner = 30
	for _, c := range []struct {
		name string
		cell func(*lifecycle.Record) string
		tell func(seen map[string]bool) bool
	}{
		{"changed", func(r *lifecycle.Record) string { return v.day(r.Changed) }, func(map[string]bool) bool { return v.ByChanged }},
		{"account", func(r *lifecycle.Record) string { return dash(r.Resource.Account) }, several},
		{"region", func(r *lifecycle.Record) string { return dash(r.Resource.Region) }, several},
		{"owner", func(r *lifecycle.Record) string { return fit(dash(v.Own[r.ID]), longestOwner) },
			func(seen map[string]bool) bool { return several(seen) || !seen["-"] }},
	} {
		e, seen := extra{name: c.name}, map[string]bool{}
		for i := range page {
			text := c.cell(&page[i])
			e.cells, seen[text] = append(e.cells, text), true
		}
		if c.tell(seen) {
			list = append(list, e)
		}
	}
	return list
}

func several(seen map[string]bool) bool { return len(seen) > 1 }

// letBe is what somebody said who lets a finding be, "" where nobody does.
func (v *View) letBe(r *lifecycle.Record) string {
	e, ok := v.Why[r.Exception]
	switch {
	case !ok || r.Exception == "":
		return ""
	case e.Ends().IsZero():
		return v.say("rowExceptedForever", locale.A("by", e.By), locale.A("reason", e.Reason))
	}
	return v.say("rowExcepted", locale.A("until", v.lastDay(e.Ends())), locale.A("by", e.By), locale.A("reason", e.Reason))
}

// total is how many columns of a terminal a table takes, with the space after it.
func total(head []string, rows [][]string) int {
	n := 0
	for i, h := range head {
		most := width(h)
		for _, row := range rows {
			most = max(most, width(row[i]))
		}
		n += most + 2
	}
	return n
}

// fit takes the middle out of a text that is wider than so many columns: names
// tell by their beginnings and ends.
func fit(s string, columns int) string {
	if width(s) <= columns {
		return s
	}
	runes := []rune(s)
	head, tail := "", ""
	for i, j := 0, len(runes)-1; i < j; {
		if next := head + string(runes[i]); width(next)+width(tail)+1 <= columns {
			head = next
			i++
		} else {
			break
		}
		if next := string(runes[j]) + tail; width(head)+width(next)+1 <= columns {
			tail = next
			j--
		} else {
			break
		}
	}
	return head + "…" + tail
}
