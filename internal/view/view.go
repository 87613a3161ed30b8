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

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
)

// schemaVersion is that of the JSON of all commands that look into a store.
const schemaVersion = 1

// View renders in one language.
type View struct {
	Catalog *locale.Catalog
	Texts   *report.Texts
	Zone    *time.Location // of the times that people read; JSON has UTC
	Now     time.Time
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

// lastDay is the day through which something holds that ends, exclusively, at t.
func (v *View) lastDay(t time.Time) string {
	if t.IsZero() {
		return v.say("noEnd")
	}
	return v.day(t.Add(-time.Nanosecond))
}

// short is as much of a finding's id as people need.
func short(id string) string { return id[:min(12, len(id))] }

// table writes rows under ASCII headings; the last column, which alone may hold
// letters of any width, is not padded.
func table(w io.Writer, head []string, rows [][]string) error {
	width := make([]int, len(head))
	for _, row := range append([][]string{head}, rows...) {
		for i, cell := range row[:len(row)-1] {
			width[i] = max(width[i], len([]rune(cell)))
		}
	}
	var b strings.Builder
	for _, row := range append([][]string{head}, rows...) {
		for i, cell := range row[:len(row)-1] {
			b.WriteString(cell + strings.Repeat(" ", width[i]-len([]rune(cell))+2))
		}
		b.WriteString(row[len(row)-1] + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeJSON writes an object as all commands do.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// lines writes text lines.
func lines(w io.Writer, list ...string) error {
	_, err := fmt.Fprintln(w, strings.Join(list, "\n"))
	return err
}
