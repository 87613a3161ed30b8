package story_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/asking"
	"github.com/kumoban/kumoban/internal/app/auditing"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/app/fixes"
	"github.com/kumoban/kumoban/internal/app/standing"
	"github.com/kumoban/kumoban/internal/app/story"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
)

var present = time.Date(2026, 11, 30, 7, 30, 0, 0, time.UTC)

func now() time.Time { return present }

// house is a folder in which the story was told.
type house struct {
	*testing.T
	demo *app.Demo
	dir  string
	desk *desk.Desk
}

func tell(t *testing.T, lang locale.Lang) *house {
	t.Helper()
	h := &house{T: t, dir: t.TempDir()}
	begun := time.Now()
	var err error
	if h.demo, err = story.Tell(t.Context(), story.Options{Dir: h.dir, Now: now, Lang: lang, Version: "test", Controls: controls.All()}); err != nil {
		t.Fatal(err)
	}
	t.Logf("told in %v", time.Since(begun))
	t.Cleanup(h.demo.Stop)
	set, err := control.Select(controls.All(), control.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	h.desk, err = desk.Open(context.WithoutCancel(t.Context()), desk.Options{
		Address: filepath.Join(h.dir, story.StoreName), Subject: access.Admin("auditor@example.com"), Now: now, Zone: "UTC", Config: &desk.Config{Controls: set},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.desk.Close)
	return h
}

func (h *house) list(c findings.Choice) *findings.Page {
	h.Helper()
	page, err := findings.List(h.Context(), h.desk, findings.Query{Choice: c, Order: findings.BySeverity, Limit: 1000, Number: 1})
	if err != nil {
		h.Fatal(err)
	}
	return page
}

// stories are those of all findings.
func (h *house) stories() (list []*findings.Story) {
	h.Helper()
	for _, r := range h.list(findings.Choice{All: true, Archived: true}).Records {
		s, err := findings.Show(h.Context(), h.desk, r.ID)
		if err != nil {
			h.Fatal(err)
		}
		list = append(list, s)
	}
	return list
}

// kinds counts what the store holds of each kind that a visitor is to see.
func (h *house) kinds() map[string]int {
	n := map[string]int{}
	runs := map[string]string{}
	for _, s := range h.stories() {
		n["findings"]++
		for _, e := range s.Events {
			n["event "+string(e.Kind)]++
			if e.Kind == lifecycle.EventWorkflow && e.By == "tanaka@example.com" {
				n["decided "+e.To]++
			}
		}
		for _, e := range s.Exceptions {
			n["exception "+h.exception(s, &e)]++
			if e.ApprovedBy != "" && e.By != e.ApprovedBy {
				n["approved by another"]++
			}
			if len(e.While) > 0 {
				n["exception while"]++
			}
		}
		if s.Record.Resource.Account == "444455556666" {
			n["findings of the other account"]++
		}
		for _, r := range s.Runs {
			runs[r.ID] = r.State
		}
	}
	for _, state := range runs {
		n["run "+state]++
	}
	plans, err := fixes.Proposals(h.Context(), h.desk)
	if err != nil {
		h.Fatal(err)
	}
	for i := range plans {
		n["plan "+string(plans[i].State)]++
	}
	h.questions(n)
	past, err := standing.History(h.Context(), h.desk, 1000, true)
	if err != nil {
		h.Fatal(err)
	}
	for _, s := range past.Scans {
		n["look "+string(s.What())]++
		if s.Around() && len(s.Gaps) > 0 {
			n["scan with gaps"]++
		}
	}
	return n
}

func (h *house) exception(s *findings.Story, e *lifecycle.Exception) string {
	switch soon := present.AddDate(0, 0, 7); {
	case e.Waits():
		return "waits"
	case !e.EndedAt.IsZero() && e.ApprovedBy == "":
		return "rejected"
	case !e.EndedAt.IsZero() && s.Record.Status == control.Failed && s.Record.Workflow != lifecycle.Suppressed:
		return "ended, and failing"
	case !e.EndedAt.IsZero():
		return "ended"
	case e.Until.Before(soon):
		return "ends soon"
	}
	return "in force"
}

func (h *house) questions(n map[string]int) {
	h.Helper()
	all, _, err := asking.List(h.Context(), h.desk, false, true)
	if err != nil {
		h.Fatal(err)
	}
	for i := range all {
		q := &all[i]
		switch {
		case q.Withdrawn != nil:
			n["question withdrawn"]++
		case q.Answer != nil:
			n["question "+string(q.Answer.Choice)]++
		case q.Overdue(present):
			n["question overdue"]++
		default:
			n["question open"]++
		}
	}
}

// TestStory looks at one telling from several sides.
func TestStory(t *testing.T) {
	english, japanese := tell(t, locale.English), tell(t, locale.Japanese)
	for name, test := range map[string]func(*testing.T){
		"kinds": english.holdsKinds, "audit": english.verifies, "twice": english.isTheSame,
		"score": japanese.rises, "words": japanese.isJapanese,
	} {
		t.Run(name, test)
	}
	t.Run("resume", english.resumes) // which changes it
}

// holdsKinds: the store holds one of each kind that a visitor is to see.
func (h *house) holdsKinds(t *testing.T) {
	n := h.kinds()
	for _, kind := range []string{
		"event note", "decided NOTIFIED", "event severity", "decided RESOLVED", "event answered", "event reopened", "event expired",
		"exception waits", "exception rejected", "exception ends soon", "exception ended, and failing", "exception in force", "exception while", "approved by another",
		"question fix", "question fix-by", "question accept", "question withdrawn", "question open", "question overdue",
		"plan proposed", "plan approved", "plan rejected", "plan applied", "run done", "run undone", "run failed", "look fix verify", "scan with gaps", "findings of the other account",
	} {
		if n[kind] == 0 {
			t.Errorf("there is no %s", kind)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(n)) {
		t.Logf("%3d %s", n[kind], kind)
	}
}

// rises: the score goes up from week to week, until a second account brings
// what fails, and further after that.
func (h *house) rises(t *testing.T) {
	past, err := standing.History(t.Context(), h.desk, 1000, false)
	if err != nil {
		t.Fatal(err)
	}
	var passed []int
	for _, s := range slices.Backward(past.Scans) {
		if score, ok := past.Scores[s.ID]; ok {
			passed = append(passed, score.Passed)
		}
	}
	t.Log(passed)
	if len(passed) < 15 || !slices.IsSorted(passed[:4]) || passed[len(passed)-1] <= passed[3] || passed[3] <= passed[0] {
		t.Errorf("controls that pass, scan by scan: %v", passed)
	}
}

// verifies: the chain of the audit log is whole, and nothing in it is of another
// time than the story's.
func (h *house) verifies(t *testing.T) {
	v, err := auditing.Verify(t.Context(), h.desk, "")
	if err != nil || v.Chain.Problem != nil || v.Compared.Differences > 0 {
		t.Errorf("%+v, %v", v, err)
	}
	for _, s := range h.stories() {
		for _, e := range s.Events {
			if e.At.After(present) || e.At.Before(present.AddDate(0, 0, -43)) {
				t.Errorf("%s: %s at %v", s.Record.ID, e.Kind, e.At)
			}
		}
	}
}

// sealed are what differs from one telling to the next: scans write side by side, and
// the log's seals are of the order of what was written.
var sealed = regexp.MustCompile(`"(rows|prev|hash)":"[0-9a-f]*"`)

// isTheSame: by the same clock it is the same story, entry by entry of the audit log
// and finding by finding.
func (h *house) isTheSame(t *testing.T) {
	var told [2][]string
	for i, h := range []*house{h, tell(t, locale.English)} {
		var out bytes.Buffer
		if err := auditing.Export(t.Context(), h.desk, &out); err != nil {
			t.Fatal(err)
		}
		told[i] = strings.Split(sealed.ReplaceAllString(out.String(), ""), "\n")
		for _, s := range h.stories() {
			text, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			told[i] = append(told[i], string(text))
		}
	}
	for i := range min(len(told[0]), len(told[1])) {
		if told[0][i] != told[1][i] {
			t.Fatalf("line %d:\n%s\n%s", i, told[0][i], told[1][i])
		}
	}
	if len(told[0]) != len(told[1]) {
		t.Fatalf("%d lines and %d", len(told[0]), len(told[1]))
	}
}

// isJapanese: what people wrote is Japanese, all of it.
func (h *house) isJapanese(t *testing.T) {
	reference := regexp.MustCompile(`^q[0-9]+$`)
	kana := regexp.MustCompile(`[ぁ-ヿ]`)
	n := 0
	for _, s := range h.stories() {
		for _, e := range s.Events {
			if e.Kind == lifecycle.EventFixed || e.Kind == lifecycle.EventAsked || e.By == "" || e.Reason == "" || reference.MatchString(e.Reason) {
				continue
			}
			if n++; !kana.MatchString(e.Reason) {
				t.Errorf("%s: %s", e.Kind, e.Reason)
			}
		}
	}
	if n < 10 {
		t.Errorf("only %d reasons", n)
	}
}

// resumes: the run that stopped half-way can go on in the company that is left.
func (h *house) resumes(t *testing.T) {
	run := ""
	for _, s := range h.stories() {
		for _, r := range s.Runs {
			if r.State == "failed" {
				run = r.ID
			}
		}
	}
	catalog, err := locale.New(locale.English)
	if err != nil {
		t.Fatal(err)
	}
	at := &fixes.Place{
		Subject: access.Admin("kobayashi@example.com"), Dir: filepath.Join(h.dir, story.RunsName), Reach: app.FixOptions{Rate: awsclient.Unlimited()},
		Env: &app.Env{
			Version: "test", Controls: controls.All(), Catalog: catalog, Stdout: io.Discard, Log: slog.New(slog.DiscardHandler), Now: now,
			Tell: func(key string, args ...locale.Arg) { t.Log(key, fmt.Sprint(args)) }, Load: h.demo.Load,
		},
		Open: func(context.Context, string, bool) (*desk.Desk, func(), error) { return h.desk, func() {}, nil }, Tell: func(desk.Notice) {},
	}
	defer at.Close()
	shown, err := fixes.Show(t.Context(), at, run)
	if err != nil || shown.State != "open" || shown.Unrecorded != nil {
		t.Fatalf("%+v, %v", shown, err)
	}
	passed, err := fixes.GateRun(t.Context(), at, run, nil)
	if err != nil {
		t.Fatal(err)
	}
	result, err := fixes.Resume(t.Context(), at, passed, fixes.Doing{Say: func(fixes.Report) {}})
	if err != nil || !result.Mended() || result.Unrecorded != nil {
		t.Errorf("%+v, %v", result, err)
	}
}

// TestLeavesNothing: what was there stays, and a story that is stopped leaves nothing.
func TestLeavesNothing(t *testing.T) {
	o := story.Options{Dir: t.TempDir(), Now: now, Lang: locale.English, Version: "test", Controls: controls.All()}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := story.Tell(ctx, o); err == nil {
		t.Error("it was told to the end")
	}
	if left, err := os.ReadDir(o.Dir); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
	if err := os.Mkdir(filepath.Join(o.Dir, story.RunsName), 0o700); err != nil {
		t.Fatal(err)
	}
	var ours *locale.Error
	if _, err := story.Tell(t.Context(), o); !errors.As(err, &ours) || ours.Key != "story.there" {
		t.Errorf("over a folder of runs: %v", err)
	}
	if _, err := os.Stat(filepath.Join(o.Dir, story.RunsName)); err != nil {
		t.Error(err)
	}
}
