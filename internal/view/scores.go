package view

import (
	"io"
	"strconv"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/score"
	"github.com/kumoban/kumoban/internal/store"
)

// Scores writes the score with its basis: all together, then by account and
// Region.
func (v *View) Scores(w io.Writer, list []store.Score) error {
	if len(list) == 0 {
		return lines(w, v.say("noScore"))
	}
	var rows [][]string
	for i := range list {
		s := &list[i]
		if i > 0 && repeats(list, s) {
			continue
		}
		account, region := s.Account, s.Region
		if account == "" {
			account = v.say("all")
		}
		if region == "" {
			region = v.say("all")
		}
		rows = append(rows, []string{percent(s), strconv.Itoa(s.Passed), strconv.Itoa(s.Failed), strconv.Itoa(s.Unknown), strconv.Itoa(s.NoData), strconv.Itoa(s.Disabled), account, region})
	}
	if err := table(w, []string{"SCORE", "PASSED", "FAILED", "UNKNOWN", "NO_DATA", "DISABLED", "ACCOUNT", "REGION"}, rows); err != nil {
		return err
	}
	return lines(w, v.basis(&list[0]))
}

// repeats tells whether a score is about the same findings as one of a single
// account and Region, which stands in the list by itself.
func repeats(list []store.Score, s *store.Score) bool {
	if s.Account != "" && s.Region != "" {
		return false
	}
	n := 0
	for i := range list {
		o := &list[i]
		if o.Account != "" && o.Region != "" && (s.Account == "" || s.Account == o.Account && s.Partition == o.Partition) && (s.Region == "" || s.Region == o.Region) {
			n++
		}
	}
	return n == 1
}

// basis says over how much of the standard a score was reckoned.
func (v *View) basis(s *store.Score) string {
	return v.say("basis", locale.A("n", score.Of(*s)), locale.A("of", s.Known))
}

func percent(s *store.Score) string {
	if n, ok := score.Percent(*s); ok {
		return strconv.Itoa(n) + "%"
	}
	return "-"
}

type scoreJSON struct {
	Scan      int64     `json:"scan,omitempty"`
	At        time.Time `json:"at"`
	Partition string    `json:"partition"`
	Account   string    `json:"account"`
	Region    string    `json:"region"`
	Percent   *int      `json:"percent"` // null: no control was evaluated
	Passed    int       `json:"passed"`
	Failed    int       `json:"failed"`
	Unknown   int       `json:"unknown"`
	NoData    int       `json:"noData"`
	Disabled  int       `json:"disabled"`
	Evaluated int       `json:"evaluated"`
	Known     int       `json:"known"`
}

func scoreOf(s *store.Score) scoreJSON {
	out := scoreJSON{s.Scan, s.At.UTC(), s.Partition, s.Account, s.Region, nil, s.Passed, s.Failed, s.Unknown, s.NoData, s.Disabled, score.Of(*s), s.Known}
	if n, ok := score.Percent(*s); ok {
		out.Percent = &n
	}
	return out
}

// ScoresJSON writes scores for machines.
func (v *View) ScoresJSON(w io.Writer, list []store.Score) error {
	out := struct {
		SchemaVersion int         `json:"schemaVersion"`
		Scores        []scoreJSON `json:"scores"`
	}{schemaVersion, []scoreJSON{}}
	for i := range list {
		out.Scores = append(out.Scores, scoreOf(&list[i]))
	}
	return writeJSON(w, out)
}

// History writes scans, latest first, each with the score after it.
func (v *View) History(w io.Writer, scans []store.Scan, of map[int64]store.Score) error {
	if len(scans) == 0 {
		return lines(w, v.say("noScans"))
	}
	var rows [][]string
	for i := range scans {
		s := &scans[i]
		point, ok := of[s.ID]
		rate := "-"
		if ok {
			rate = percent(&point)
		}
		note := locale.Clean(s.Source)
		if s.Incomplete != "" {
			note += "  " + v.say("incomplete."+s.Incomplete)
		}
		rows = append(rows, []string{strconv.FormatInt(s.ID, 10), v.minute(s.Ended), strconv.Itoa(len(s.Accounts)), strconv.Itoa(s.Findings), strconv.Itoa(len(s.Gaps)), rate, note})
	}
	return table(w, []string{"SCAN", "ENDED", "ACCOUNTS", "FINDINGS", "GAPS", "SCORE", "SOURCE"}, rows)
}

// HistoryJSON writes scans for machines.
func (v *View) HistoryJSON(w io.Writer, scans []store.Scan, of map[int64]store.Score) error {
	type scanJSON struct {
		ID         int64      `json:"id"`
		Started    time.Time  `json:"started"`
		Ended      time.Time  `json:"ended"`
		Source     string     `json:"source"`
		Kumoban    string     `json:"kumoban"`
		Incomplete *string    `json:"incomplete"`
		Accounts   int        `json:"accounts"`
		Controls   []string   `json:"controls"`
		Findings   int        `json:"findings"`
		Gaps       int        `json:"gaps"`
		Score      *scoreJSON `json:"score"`
	}
	out := struct {
		SchemaVersion int        `json:"schemaVersion"`
		Scans         []scanJSON `json:"scans"`
	}{schemaVersion, []scanJSON{}}
	for i := range scans {
		s := &scans[i]
		one := scanJSON{ID: s.ID, Started: s.Started.UTC(), Ended: s.Ended.UTC(), Source: s.Source, Kumoban: s.Version, Accounts: len(s.Accounts), Controls: append([]string{}, s.Controls...), Findings: s.Findings, Gaps: len(s.Gaps)}
		if s.Incomplete != "" {
			one.Incomplete = &s.Incomplete
		}
		if point, ok := of[s.ID]; ok {
			j := scoreOf(&point)
			one.Score = &j
		}
		out.Scans = append(out.Scans, one)
	}
	return writeJSON(w, out)
}

// Change is how a finding differs between two scans.
type Change string

// The changes between two scans.
const (
	Appeared Change = "new"
	Fixed    Change = "fixed"
	Reopened Change = "reopened"
	Still    Change = "still"
	Unclear  Change = "unclear" // it failed and could not be looked at since
)

// Delta is one finding that failed in either of two scans.
type Delta struct {
	Change  Change
	Was, Is *store.StateAt // nil: not known then
}

// Compare says what became of a finding between two scans; "" where it failed
// in neither. A finding that nobody could look at is not fixed.
func Compare(was, is *store.StateAt) Change {
	before, after := failed(was), failed(is)
	switch {
	case before && after:
		return Still
	case before && is != nil && is.State == lifecycle.Active && is.Status == control.Unknown:
		return Unclear
	case before && is != nil && is.State == lifecycle.Archived && is.Status == control.Failed:
		return Unclear // its control was switched off
	case before:
		return Fixed
	case after && was != nil && (was.State == lifecycle.Archived || was.Status == control.Passed):
		return Reopened
	case after:
		return Appeared
	}
	return ""
}

func failed(s *store.StateAt) bool {
	return s != nil && s.State == lifecycle.Active && s.Status == control.Failed
}

// Diff writes what changed between two scans; what failed in both only where
// still asks for it.
func (v *View) Diff(w io.Writer, from, to int64, list []Delta, still bool) error {
	counts := map[Change]int{}
	var rows [][]string
	for _, d := range list {
		counts[d.Change]++
		if d.Change == Still && !still {
			continue
		}
		s := d.Is
		if s == nil {
			s = d.Was
		}
		rows = append(rows, []string{string(d.Change), short(s.Finding), s.Control, s.Resource.Account, s.Resource.Region, locale.Clean(name(&s.Resource))})
	}
	if len(rows) > 0 {
		if err := table(w, []string{"CHANGE", "ID", "CONTROL", "ACCOUNT", "REGION", "RESOURCE"}, rows); err != nil {
			return err
		}
	}
	return lines(w, v.say("diff", locale.A("from", int(from)), locale.A("to", int(to)), locale.A("new", counts[Appeared]), locale.A("fixed", counts[Fixed]),
		locale.A("reopened", counts[Reopened]), locale.A("still", counts[Still]), locale.A("unclear", counts[Unclear])))
}

// DiffJSON writes what changed between two scans for machines, as Diff does.
func (v *View) DiffJSON(w io.Writer, from, to int64, list []Delta, still bool) error {
	type deltaJSON struct {
		Change   Change  `json:"change"`
		Finding  string  `json:"finding"`
		Control  string  `json:"control"`
		Resource refJSON `json:"resource"`
	}
	out := struct {
		SchemaVersion int            `json:"schemaVersion"`
		From          int64          `json:"from"`
		To            int64          `json:"to"`
		Counts        map[Change]int `json:"counts"`
		Changes       []deltaJSON    `json:"changes"`
	}{schemaVersion, from, to, map[Change]int{Appeared: 0, Fixed: 0, Reopened: 0, Still: 0, Unclear: 0}, []deltaJSON{}}
	for _, d := range list {
		out.Counts[d.Change]++
		if d.Change == Still && !still {
			continue
		}
		s := d.Is
		if s == nil {
			s = d.Was
		}
		out.Changes = append(out.Changes, deltaJSON{d.Change, s.Finding, s.Control, ref(&s.Resource)})
	}
	return writeJSON(w, out)
}
