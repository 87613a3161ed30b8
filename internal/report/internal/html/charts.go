package html

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/controls/metadata"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/report/internal/stream"
)

// score is a ring of controls by status, with what it is of.
type score struct {
	Percent string // "33 %", or "–" where nothing counts
	Alt     string // the picture in words
	Arcs    []arc
	Basis   []string
	Legend  []legend
}

// arc is a part of the ring, whose length is 100.
type arc struct {
	Class       string
	Length, Gap string
	Offset      string
}

type legend struct {
	Class, Mark, Text string
	N                 int
}

// score follows Security Hub: passed of those with a verdict, to the nearest
// percent.
func (v *view) score() score {
	var passed, failed, unknown, out int
	for _, id := range stream.ControlIDs(v.scan.Controls, v.here.Tally, v.away) {
		switch v.here.Status(id) {
		case finding.ControlPassed:
			passed++
		case finding.ControlFailed:
			failed++
		case finding.ControlUnknown:
			unknown++
		default:
			out++
		}
	}
	of := passed + failed + unknown
	s := score{Percent: percent(passed, of)}
	from := 0.0
	for _, part := range []struct {
		status finding.ControlStatus
		n      int
	}{{finding.ControlPassed, passed}, {finding.ControlFailed, failed}, {finding.ControlUnknown, unknown}, {finding.ControlNoData, out}} {
		class, mark := look(part.status)
		s.Legend = append(s.Legend, legend{class, mark, v.say("html.status." + class), part.n})
		if part.n == 0 || part.status == finding.ControlNoData {
			continue
		}
		length := 100 * float64(part.n) / float64(of)
		s.Arcs = append(s.Arcs, arc{class, decimal(length), decimal(100 - length), decimal(-from)})
		from += length
	}
	if of == 0 {
		s.Basis = append(s.Basis, v.say("html.noScore"))
	} else {
		s.Basis = append(s.Basis, v.say("html.basis", "passed", passed, "of", of))
	}
	if out > 0 {
		s.Basis = append(s.Basis, v.many("html.out", out))
	}
	if of > 0 {
		s.Basis = append(s.Basis, v.say("basis", "n", of, "of", metadata.Count()))
	}
	if v.scan.Incomplete != "" {
		s.Basis = append(s.Basis, v.say("html.soFar"))
	}
	s.Alt = s.Percent + ": " + s.Basis[0]
	return s
}

func percent(passed, of int) string {
	if of == 0 {
		return "–"
	}
	return strconv.Itoa(rounded(passed, of)) + " %"
}

// rounded is a percentage to the nearest whole number.
func rounded(passed, of int) int { return (200*passed + of) / (2 * of) }

func decimal(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) }

// The trend's picture, in its own units.
const (
	trendLeft, trendRight = 44, 708
	trendTop, trendBottom = 14, 154
	trendLimit            = 120 // points
)

// trend is a line of scores over time.
type trend struct {
	Alt         string
	Line        string // the points of a polyline
	Points      []mark
	Grid        []grid
	First, Last string // days
	Left, Right int
	Unlike      []string // which scans are not in it, and why
}

type mark struct {
	X, Y  string
	Label string
	Score string
	Day   string
	Basis string
}

type grid struct {
	Y     string
	Label string
}

// unlikeLimit is how many scans of one reason are named.
const unlikeLimit = 20

// unlike names scans that are not in the line.
func (v *view) unlike(left []LeftOut) (lines []string) {
	for _, l := range left {
		var numbers []string
		for _, n := range l.Scans[max(0, len(l.Scans)-unlikeLimit):] {
			numbers = append(numbers, strconv.FormatInt(n, 10))
		}
		if len(numbers) < len(l.Scans) {
			numbers[0] = "…" + numbers[0]
		}
		lines = append(lines, v.say("html.unlike", "n", len(l.Scans), "scans", numbers, "why", v.say("html.unlike."+l.Why)))
	}
	return lines
}

// trendOf draws the latest points, and names what is left out; nil where there is
// neither.
func (v *view) trendOf(past Past) *trend {
	points := slices.DeleteFunc(slices.Clone(past.Points), func(p Point) bool { return p.Of <= 0 })
	slices.SortStableFunc(points, func(a, b Point) int { return a.At.Compare(b.At) })
	points = points[max(0, len(points)-trendLimit):]
	t := &trend{Left: trendLeft, Right: trendRight, Unlike: v.unlike(past.Left)}
	switch {
	case len(points) == 0 && t.Unlike == nil:
		return nil
	case len(points) == 0:
		return t
	}
	for score := 100; score >= 0; score -= 25 {
		t.Grid = append(t.Grid, grid{height(score), strconv.Itoa(score)})
	}
	first, last := points[0], points[len(points)-1]
	span := last.At.Sub(first.At)
	var line strings.Builder
	for i, p := range points {
		x := float64(trendRight+trendLeft) / 2
		if span > 0 {
			x = trendLeft + (trendRight-trendLeft)*float64(p.At.Sub(first.At))/float64(span)
		}
		m := mark{
			X: decimal(x), Y: height(rounded(p.Passed, p.Of)), Day: p.At.Format("2006-01-02"), Score: percent(p.Passed, p.Of),
			Basis: v.say("html.ofControls", "passed", p.Passed, "of", p.Of),
		}
		m.Label = m.Day + ": " + m.Score + " (" + m.Basis + ")"
		t.Points = append(t.Points, m)
		if i > 0 {
			line.WriteByte(' ')
		}
		fmt.Fprintf(&line, "%s,%s", m.X, m.Y)
	}
	t.Line, t.First, t.Last = line.String(), t.Points[0].Day, t.Points[len(t.Points)-1].Day
	t.Alt = v.say("html.trendAlt", "from", t.Points[0].Label, "to", t.Points[len(t.Points)-1].Label)
	return t
}

// height is where a score stands, kept within the picture.
func height(score int) string {
	score = min(100, max(0, score))
	return decimal(trendBottom - float64(trendBottom-trendTop)*float64(score)/100)
}
