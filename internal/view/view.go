// Package view shows what a store holds: findings, their stories, scores,
// scans, questions and the audit log, as text for people and JSON for
// machines. It writes to the writer it is given and decides nothing.
package view

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
)

// schemaVersion is that of the JSON of all commands that look into a store.
const schemaVersion = 1

// View renders in one language.
type View struct {
	Catalog   *locale.Catalog
	Texts     *report.Texts
	Zone      *time.Location // of the times that people read; JSON has UTC
	Now       time.Time
	Ends      map[string]time.Time           // of exceptions in force, by their ids; one without end is not there
	Why       map[string]lifecycle.Exception // those exceptions, where their reasons are shown, by their ids
	ByChanged bool                           // the list is sorted by when findings changed, so that it shows it
	Own       map[string]string              // of findings, by their ids, as far as something tells
	Unread    map[string]lifecycle.Exception // with conditions that scans could not look at, by their ids
	Store     string                         // what a command needs to find the same store: " --store=…", or ""
}

// Know takes the exceptions that findings name: when they end and why they were
// made, and of which scans could not look at a condition.
func (v *View) Know(exceptions []lifecycle.Exception) {
	v.Ends, v.Why, v.Unread = map[string]time.Time{}, map[string]lifecycle.Exception{}, map[string]lifecycle.Exception{}
	for _, e := range exceptions {
		v.Why[e.ID] = e
		if end := e.Ends(); !end.IsZero() {
			v.Ends[e.ID] = end
		}
		if !e.UnreadSince.IsZero() {
			v.Unread[e.ID] = e
		}
	}
}

// say renders a text of the catalogue.
func (v *View) say(key string, args ...locale.Arg) string {
	return v.Catalog.Text("keep."+key, args...)
}

// day is how a moment stands in a table, "-" where there is none.
func (v *View) day(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(v.Zone).Format("2006-01-02")
}

// minute is how a moment stands in a story.
func (v *View) minute(t time.Time) string { return t.In(v.Zone).Format("2006-01-02 15:04") }

// zone names the zone of the times that people read.
func (v *View) zone() string {
	at := v.Now.In(v.Zone)
	if _, offset := at.Zone(); offset == 0 {
		return "UTC"
	}
	return at.Format("MST, UTC-07:00")
}

// lastDay is the day through which something holds that ends, exclusively, at t.
func (v *View) lastDay(t time.Time) string {
	if t.IsZero() {
		return v.say("noEnd")
	}
	return v.day(t.Add(-time.Nanosecond))
}

// heads are headings of a table in the user's language. ID and what is a value stay.
func (v *View) heads(names ...string) []string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = v.say("head." + name)
	}
	return list
}

// table writes rows under headings, without what terminals would obey.
func table(w io.Writer, head []string, rows [][]string) error {
	for _, row := range rows {
		for i := range row {
			row[i] = locale.Clean(row[i])
		}
	}
	widths := make([]int, len(head))
	for _, row := range append([][]string{head}, rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], width(cell))
		}
	}
	var b strings.Builder
	for _, row := range append([][]string{head}, rows...) {
		line := ""
		for i, cell := range row {
			line += cell + strings.Repeat(" ", widths[i]-width(cell)+2)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// width is how many columns of a terminal a text takes: two for what Unicode's
// East Asian Width has as wide, none for marks that combine.
func width(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case r >= 0x1100 && r <= 0x115f, r >= 0x2e80 && r <= 0xa4cf, r >= 0xac00 && r <= 0xd7a3, r >= 0xf900 && r <= 0xfaff,
			r >= 0xfe30 && r <= 0xfe6f, r >= 0xff00 && r <= 0xff60, r >= 0xffe0 && r <= 0xffe6, r >= 0x1f300 && r <= 0x1faff, r >= 0x20000 && r <= 0x3fffd:
			n += 2
		default:
			n++
		}
	}
	return n
}

// Quoted is a word as POSIX shells take it.
func Quoted(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/:@%+=,-") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// writeJSON writes an object as all commands do.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// lines writes text lines, without what terminals would obey.
func lines(w io.Writer, list ...string) error {
	clean := make([]string, len(list))
	for i, line := range list {
		clean[i] = locale.Clean(line)
	}
	_, err := fmt.Fprintln(w, strings.Join(clean, "\n"))
	return err
}
