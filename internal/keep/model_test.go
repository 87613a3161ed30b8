package keep_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/outside"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/postgres"
)

// model is what a store should hold after a sequence of commands, in few words.
type model struct {
	*house
	r       *rand.Rand
	records map[string]*fate // by API
	asked   [][]string       // APIs, by question
	fixed   map[int]bool     // questions whose last answer is fix: another one says nothing new
	entries int64            // of the audit log
}

type fate struct {
	status   control.Status
	archived bool
	workflow string
	until    time.Time
	question int // whose answer suppresses it; -1: none's
}

// TestModel runs random sequences of commands and holds the store to a model.
func TestModel(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("sqlite ", seed), func(t *testing.T) { walk(t, newHouse(t), seed, 60) })
	}
	t.Run("postgres", func(t *testing.T) {
		s, err := postgres.Open(t.Context(), outside.Postgres(t), postgres.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		walk(t, houseOn(t, s), 99, 80)
	})
}

func walk(t *testing.T, h *house, seed uint64, steps int) {
	t.Helper()
	m := &model{house: h, r: rand.New(rand.NewPCG(seed, 7)), records: map[string]*fate{}, fixed: map[int]bool{}}
	for step := range steps {
		h.now = h.now.Add(time.Duration(1+m.r.IntN(40)) * time.Hour)
		var what string
		switch m.r.IntN(5) {
		case 0, 1:
			what = m.scan()
		case 2, 3:
			what = m.decide()
		default:
			what = m.ask()
		}
		if m.check(); t.Failed() {
			t.Fatalf("step %d: %s", step, what)
		}
	}
}

func (m *model) api() string { return string(rune('a' + m.r.IntN(5))) }

func (f *fate) open() string {
	if f.status == control.Passed {
		return "RESOLVED"
	}
	return "NEW"
}

// expire ends what is over; every command does so first.
func (m *model) expire() {
	for _, f := range m.records {
		if f.workflow == "SUPPRESSED" && f.until.Before(m.now) {
			f.workflow, f.question = f.open(), -1
			m.entries++
		}
	}
}

// scan looks at all, with a gap or without, whole or interrupted.
func (m *model) scan() string {
	s := m.look()
	blind := m.r.IntN(3) == 0
	switch {
	case blind && m.r.IntN(2) == 0:
		s.Incomplete = "timeout"
	case blind:
		s.Gaps = []resource.Gap{{Scope: scope(tokyo), Call: "apigateway:GetRestApis", Code: "AccessDenied"}}
	}
	m.expire()
	m.entries++
	said := fmt.Sprint("scan, blind ", blind)
	var seen []lifecycle.Observation
	saw := map[string]bool{}
	for range m.r.IntN(6) {
		api := m.api()
		status := []control.Status{control.Passed, control.Failed, control.Failed, control.Unknown, control.NotApplicable}[m.r.IntN(5)]
		if saw[api] {
			continue
		}
		saw[api] = true
		seen = append(seen, sees(api, status))
		m.see(api, status)
		said += fmt.Sprint(" ", api, " ", status)
	}
	for api, f := range m.records {
		if !saw[api] && !blind && !f.archived {
			m.judge(f, control.NotApplicable, true)
		}
	}
	m.save(s, seen...)
	return said
}

func (m *model) see(api string, status control.Status) {
	f, known := m.records[api]
	if !known {
		m.records[api] = &fate{status: status, archived: status == control.NotApplicable, question: -1}
		m.records[api].workflow = m.records[api].open()
		return
	}
	m.judge(f, status, status == control.NotApplicable)
}

func (m *model) judge(f *fate, status control.Status, archived bool) {
	returned := f.archived && !archived
	switch {
	case f.workflow == "SUPPRESSED":
	case status == control.Passed && (f.status != control.Passed || returned):
		f.workflow = "RESOLVED"
	case f.status == control.Passed && status != control.Passed, returned:
		f.workflow = "NEW"
	}
	f.status, f.archived = status, archived
}

// decide takes one decision over one or two findings, which may not be possible.
func (m *model) decide() string {
	apis := []string{m.api()}
	if other := m.api(); other != apis[0] && m.r.IntN(3) == 0 {
		apis = append(apis, other)
	}
	what := []string{"suppress", "unsuppress", "resolve", "notify", "note"}[m.r.IntN(5)]
	before := m.state()
	possible := true
	var ids []string
	for _, api := range apis {
		o := sees(api, 0)
		ids = append(ids, o.ID())
		f := m.records[api]
		possible = possible && f != nil && m.possible(f, what)
	}
	days := 1 + m.r.IntN(4)
	ctx := m.t.Context()
	var err error
	switch what {
	case "suppress":
		_, err = m.Suppress(ctx, ids, keep.Exemption{Reason: "because", Until: m.until(days)})
	case "unsuppress":
		_, err = m.Unsuppress(ctx, ids, "because")
	case "resolve":
		_, err = m.Resolve(ctx, ids, "because")
	case "notify":
		_, err = m.Notify(ctx, ids, "because")
	default:
		_, err = m.Note(ctx, ids, "because")
	}
	said := fmt.Sprint(what, apis)
	if !possible {
		m.refused(said, err, before)
		return said
	}
	if err != nil {
		m.t.Error(said, err)
		return said
	}
	m.expire()
	for _, api := range apis {
		m.entries++
		f := m.records[api]
		switch what {
		case "suppress":
			f.workflow, f.until, f.question = "SUPPRESSED", m.until(days), -1
		case "unsuppress":
			f.workflow = f.open()
		case "resolve":
			f.workflow = "RESOLVED"
		case "notify":
			f.workflow = "NOTIFIED"
		}
	}
	return said
}

// possible tells whether a decision can be taken on what a finding is now, after
// what is over has ended.
func (m *model) possible(f *fate, what string) bool {
	workflow := f.workflow
	if workflow == "SUPPRESSED" && f.until.Before(m.now) {
		workflow = f.open()
	}
	switch what {
	case "suppress":
		return !f.archived
	case "unsuppress":
		return workflow == "SUPPRESSED"
	case "resolve":
		return !f.archived && workflow != "RESOLVED"
	case "notify":
		return !f.archived && workflow != "NOTIFIED"
	}
	return true
}

// ask asks about what is known, or answers a question.
func (m *model) ask() string {
	if len(m.asked) == 0 || m.r.IntN(2) == 0 {
		q := m.api()
		if m.records[q] == nil {
			return "ask about nothing"
		}
		m.question(sees(q, 0)) // asking ends nothing that is over
		m.asked, m.entries = append(m.asked, []string{q}), m.entries+1
		return "ask " + q
	}
	n := m.r.IntN(len(m.asked))
	a := ask.Answer{By: "hana", Choice: ask.Choices()[m.r.IntN(3)], Words: "words"}
	if a.Choice.Dated() {
		a.Until = m.until(2)
	}
	if _, _, err := m.Answer(m.t.Context(), fmt.Sprint("q", n+1), a); err != nil {
		m.t.Error(err)
	}
	m.expire()
	if a.Choice != ask.Fix || !m.fixed[n] {
		m.entries++
	}
	m.fixed[n] = a.Choice == ask.Fix
	for _, api := range m.asked[n] {
		f := m.records[api]
		switch {
		case a.Choice == ask.Accept && !f.archived && f.status != control.Passed:
			f.workflow, f.until, f.question = "SUPPRESSED", a.Until, n
		case a.Choice != ask.Accept && f.workflow == "SUPPRESSED" && f.question == n:
			f.workflow = f.open()
		}
	}
	return fmt.Sprint("answer ", n, " ", a.Choice)
}

// check holds the store to the model, and to what must always be so.
func (m *model) check() {
	m.t.Helper()
	for api, f := range m.records {
		state := lifecycle.Active
		if f.archived {
			state = lifecycle.Archived
		}
		r := m.is(sees(api, 0), fmt.Sprint(f.status, " ", f.workflow, " ", state))
		m.retold(&r)
		inForce := ""
		for _, e := range m.exceptions(r.ID) {
			if e.EndedAt.IsZero() {
				inForce += e.ID
			}
		}
		if inForce != r.Exception || (r.Workflow == lifecycle.Suppressed) != (r.Exception != "") {
			m.t.Errorf("%s is %s, names exception %q, and in force is %q", api, r.Workflow, r.Exception, inForce)
		}
	}
	if n := m.whole(); n != m.entries {
		m.t.Errorf("%d audit entries, want %d", n, m.entries)
	}
	m.asLogged()
	m.view(func(ctx context.Context, r store.Reader) error {
		n, err := r.Count(ctx, store.Filter{})
		if n != len(m.records) {
			m.t.Errorf("%d records, want %d", n, len(m.records))
		}
		return err
	})
}

// asLogged wants the store to hold what the audit log says was written, each
// row by an entry that somebody made.
func (h *house) asLogged() {
	h.t.Helper()
	ctx := context.WithoutCancel(h.t.Context())
	err := h.Store.View(ctx, func(r store.Reader) error {
		_, err := r.Compare(ctx, func(d store.Difference) error {
			h.t.Errorf("%+v", d)
			return nil
		})
		for e, err := range r.Audit(ctx, 1) {
			if err != nil {
				return err
			}
			if e.Action == "store.write" {
				h.t.Errorf("what entry %d vouches for was written without one", e.Seq)
			}
		}
		return err
	})
	if err != nil {
		h.t.Error(err)
	}
}

// retold goes through a record's history and wants to arrive at what it is.
func (m *model) retold(r *lifecycle.Record) {
	m.t.Helper()
	status, workflow, state := r.First.String(), "NEW", "ACTIVE"
	if r.First == control.Passed {
		workflow = "RESOLVED"
	}
	if r.First == control.NotApplicable {
		state = "ARCHIVED"
	}
	reopened := 0
	last := r.FirstSeen
	for _, e := range m.history(r.ID) {
		at := &status
		switch e.Kind {
		case lifecycle.EventWorkflow:
			at = &workflow
		case lifecycle.EventState:
			at = &state
		case lifecycle.EventCompliance:
		case lifecycle.EventReopened:
			reopened++
			continue
		default:
			continue
		}
		if *at != e.From || e.At.Before(last) {
			m.t.Errorf("history of %s: %+v after %s at %s", r.Resource.Name, e, *at, last)
		}
		*at, last = e.To, e.At
	}
	if got, want := fmt.Sprint(status, workflow, state, reopened), fmt.Sprint(r.Status, r.Workflow, r.State, r.Reopened); got != want {
		m.t.Errorf("the history of %s ends at %s, it is %s", r.Resource.Name, got, want)
	}
}
