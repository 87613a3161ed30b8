package view

import (
	"cmp"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/kumoban/kumoban/internal/keep"
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
	if err := table(w, v.heads("score", "passed", "failed", "unknown", "no_data", "disabled", "account", "region"), rows); err != nil {
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
	return writeJSON(w, v.ScoresBody(list))
}

// ScoresBody are scores, one an account and Region, and those of all together.
type ScoresBody struct {
	SchemaVersion int         `json:"schemaVersion"`
	Scores        []scoreJSON `json:"scores"`
}

// ScoresBody has scores in their order.
func (v *View) ScoresBody(list []store.Score) ScoresBody {
	out := ScoresBody{schemaVersion, []scoreJSON{}}
	for i := range list {
		out.Scores = append(out.Scores, scoreOf(&list[i]))
	}
	return out
}

// History writes scans, latest first, each with what it looked at and the score
// after it.
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
		accounts, regions := places(s)
		rows = append(rows, []string{
			strconv.FormatInt(s.ID, 10), v.minute(s.Ended), string(s.What()), few(accounts), few(regions), few(s.Controls),
			strconv.Itoa(s.Findings), strconv.Itoa(len(s.Gaps)), rate, note,
		})
	}
	return table(w, v.heads("scan", "ended", "kind", "accounts", "regions", "controls", "findings", "gaps", "score", "source"), rows)
}

// places are the accounts and Regions that a scan entered, each once.
func places(s *store.Scan) (accounts, regions []string) {
	for _, a := range s.Accounts {
		if id := cmp.Or(a.ID, a.Name, "?"); !slices.Contains(accounts, id) {
			accounts = append(accounts, id)
		}
		for _, r := range a.Regions {
			if !slices.Contains(regions, r) {
				regions = append(regions, r)
			}
		}
	}
	return accounts, regions
}

// HistoryJSON writes scans for machines.
func (v *View) HistoryJSON(w io.Writer, scans []store.Scan, of map[int64]store.Score) error {
	return writeJSON(w, v.ScansBody(scans, of))
}

type scanJSON struct {
	ID         int64          `json:"id"`
	Kind       store.ScanKind `json:"kind"`
	Started    time.Time      `json:"started"`
	Ended      time.Time      `json:"ended"`
	Source     string         `json:"source"`
	Kumoban    string         `json:"kumoban"`
	Incomplete *string        `json:"incomplete"`
	Accounts   int            `json:"accounts"`
	LookedAt   []placeJSON    `json:"lookedAt"`
	Controls   []string       `json:"controls"`
	Findings   int            `json:"findings"`
	Gaps       int            `json:"gaps"`
	NotRead    []GapJSON      `json:"notRead"`
	Score      *scoreJSON     `json:"score"`
}

// ScansBody are scans, the latest first.
type ScansBody struct {
	SchemaVersion int        `json:"schemaVersion"`
	Scans         []scanJSON `json:"scans"`
}

// ScansBody has scans with the score after each.
func (v *View) ScansBody(scans []store.Scan, of map[int64]store.Score) ScansBody {
	out := ScansBody{schemaVersion, []scanJSON{}}
	for i := range scans {
		s := &scans[i]
		one := scanJSON{
			ID: s.ID, Kind: s.What(), Started: s.Started.UTC(), Ended: s.Ended.UTC(), Source: s.Source, Kumoban: s.Version, Accounts: len(s.Accounts),
			LookedAt: lookedAt(keep.Places(s)), Controls: append([]string{}, s.Controls...), Findings: s.Findings, Gaps: len(s.Gaps), NotRead: gapsOf(s.Gaps),
		}
		if s.Incomplete != "" {
			one.Incomplete = &s.Incomplete
		}
		if point, ok := of[s.ID]; ok {
			j := scoreOf(&point)
			one.Score = &j
		}
		out.Scans = append(out.Scans, one)
	}
	return out
}
