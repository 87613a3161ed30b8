package view

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/app/asking"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/rules"
	"github.com/kumoban/kumoban/internal/store"
)

func now() time.Time { return time.Date(2026, 11, 1, 15, 0, 0, 0, time.UTC) }

func newView(t *testing.T, lang locale.Lang) *View {
	t.Helper()
	catalog, err := locale.New(lang)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := report.NewTexts(catalog, controls.All())
	if err != nil {
		t.Fatal(err)
	}
	return &View{Catalog: catalog, Texts: texts, Zone: time.FixedZone("JST", 9*3600), Now: now()}
}

// evil is what a terminal would obey, with lines of its own.
const evil = "a\x1b[31m\x07\nb\u202ec\x9b\x00\xff\tend"

func hostile() Story {
	r := lifecycle.Record{
		ID: strings.Repeat("a", 32), Control: evil, Severity: control.High, Status: control.Failed, Workflow: lifecycle.Suppressed, State: lifecycle.Active,
		Message: locale.M("APIGateway.1.failed", locale.A("name", evil)), Notes: []locale.Message{locale.M(evil)}, Exception: "x", Reopened: 2,
		FirstSeen: now(), LastSeen: now(), Changed: now(), Updated: now(), Source: evil, Tags: map[string]string{evil: evil},
	}
	r.Resource.Partition, r.Resource.Account, r.Resource.Region, r.Resource.ARN, r.Resource.Name = evil, evil, evil, evil, evil
	return Story{Changer: evil, Story: findings.Story{
		Record:     r,
		Events:     []lifecycle.Event{{At: now(), Kind: lifecycle.EventNote, By: evil, Reason: evil}, {At: now(), Kind: lifecycle.EventExcepted, From: evil, To: evil, By: evil}},
		Exceptions: []lifecycle.Exception{{ID: "x", Finding: r.ID, Reason: evil, By: evil, ApprovedBy: evil, Until: now().Add(time.Hour)}},
		Questions:  []ask.Question{{ID: evil, Owner: evil, Text: evil, Due: now()}},
	}}
}

// TestHostile shows what comes from outside without what a terminal obeys, and as
// JSON that can be read.
func TestHostile(t *testing.T) {
	for _, lang := range []locale.Lang{locale.English, locale.Japanese} {
		v, s := newView(t, lang), hostile()
		trial := v.Trial([]rules.Rule{{Name: evil}})
		trial.Add(&s.Record, []rules.Hit{{Rule: &rules.Rule{Name: evil}, Changes: []rules.Change{{Field: lifecycle.EventSeverity, From: evil, To: evil}}}})
		at := store.StateAt{Finding: s.Record.ID, Control: evil, Resource: s.Record.Resource, Status: control.Failed, State: lifecycle.Active}
		gap := resource.Gap{Scope: resource.Scope{Account: evil, Region: evil}, Parent: resource.Ref{ARN: evil, Name: evil}, Call: evil, Code: evil}
		scan := store.Scan{ID: 1, Source: evil, Version: evil, Incomplete: "timeout", Accounts: []resource.Account{{ID: evil, Regions: []string{evil}}}, Controls: []string{evil}, Gaps: []resource.Gap{gap}, Kind: evil}
		alone := keep.Alone{Scopes: []resource.Scope{{Account: evil, Region: evil}}, Controls: []string{evil}, Gaps: []resource.Gap{gap}, Failed: 1}
		diff := &keep.Difference{From: scan, To: store.Scan{ID: 2}, Deltas: []keep.Delta{{Change: keep.Appeared, Is: &at}}, FromOnly: alone, ToOnly: alone}
		for name, write := range map[string]func(*bytes.Buffer) error{
			"findings": func(b *bytes.Buffer) error { return v.Findings(b, []lifecycle.Record{s.Record}, 1, "", true) },
			"show":     func(b *bytes.Buffer) error { return v.Show(b, &s) },
			"decided":  func(b *bytes.Buffer) error { return v.Decided(b, []lifecycle.Record{s.Record}) },
			"expiring": func(b *bytes.Buffer) error {
				return v.Expiring(b, s.Exceptions, map[string]lifecycle.Record{s.Record.ID: s.Record})
			},
			"questions": func(b *bytes.Buffer) error { return v.Questions(b, []asking.Asked{{Question: s.Questions[0]}}) },
			"diff":      func(b *bytes.Buffer) error { return v.Diff(b, diff, true) },
			"history":   func(b *bytes.Buffer) error { return v.History(b, []store.Scan{scan}, nil) },
			"trial":     trialText(trial),
			"scores":    func(b *bytes.Buffer) error { return v.Scores(b, []store.Score{{Account: evil, Region: evil}}) },
		} {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(name, err)
			}
			for _, line := range strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n") {
				if locale.Clean(line) != line {
					t.Errorf("%s: %q", name, line)
				}
				if strings.HasPrefix(line, "b") {
					t.Errorf("%s: a name began a line: %q", name, line)
				}
			}
		}
		for name, write := range map[string]func(*bytes.Buffer) error{
			"findings":  func(b *bytes.Buffer) error { return v.FindingsJSON(b, []lifecycle.Record{s.Record}, 1, "") },
			"show":      func(b *bytes.Buffer) error { return v.ShowJSON(b, &s) },
			"questions": func(b *bytes.Buffer) error { return v.QuestionsJSON(b, []asking.Asked{{Question: s.Questions[0]}}) },
			"diff":      func(b *bytes.Buffer) error { return v.DiffJSON(b, diff, true) },
			"history":   func(b *bytes.Buffer) error { return v.HistoryJSON(b, []store.Scan{scan}, nil) },
			"trial":     func(b *bytes.Buffer) error { return trial.JSON(b) },
		} {
			var b bytes.Buffer
			if err := write(&b); err != nil || !json.Valid(b.Bytes()) {
				t.Error(name, err, b.String())
			}
		}
	}
}

func trialText(trial *Trial) func(*bytes.Buffer) error {
	return func(b *bytes.Buffer) error { return trial.Text(b) }
}

// TestLastDay shows the day through which something holds, in the reader's zone.
func TestLastDay(t *testing.T) {
	v := newView(t, locale.English)
	for want, end := range map[string]time.Time{
		"2027-03-31":  time.Date(2027, 3, 31, 23, 59, 59, 999999000, v.Zone),
		"2027-03-30":  time.Date(2027, 3, 31, 0, 0, 0, 0, v.Zone),
		"2027-04-01":  time.Date(2027, 3, 31, 23, 59, 59, 999999000, time.UTC),
		"without end": {},
	} {
		if got := v.lastDay(end); got != want {
			t.Errorf("%s: %s, want %s", end, got, want)
		}
	}
}
