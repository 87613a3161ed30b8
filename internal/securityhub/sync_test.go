package securityhub_test

import (
	"slices"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/securityhub"
)

// TestInStep walks through who decided what, and when.
func TestInStep(t *testing.T) {
	const fresh, notified, suppressed, resolved = lifecycle.New, lifecycle.Notified, lifecycle.Suppressed, lifecycle.Resolved
	at := func(w lifecycle.Workflow, n int) *securityhub.Decision {
		return &securityhub.Decision{Status: w, At: day(n), By: "aiko", Note: "why"}
	}
	note := func(n string) func(object) {
		return func(f object) { f["Note"] = object{"Text": "known", "UpdatedBy": "ben", "UpdatedAt": n} }
	}
	for name, c := range map[string]struct {
		ours, theirs   lifecycle.Workflow
		decided, heard *securityhub.Decision
		edit           func(object)
		change         func(*lifecycle.Record)
		to             securityhub.Side
		status         lifecycle.Workflow
	}{
		"in step":                     {suppressed, suppressed, at(suppressed, 5), at(suppressed, 6), nil, nil, "", ""},
		"nobody decided":              {fresh, resolved, nil, nil, func(f object) { f["Compliance"].(object)["Status"] = "PASSED" }, nil, "", ""},
		"ours later":                  {suppressed, notified, at(suppressed, 6), at(notified, 5), nil, nil, securityhub.There, suppressed},
		"theirs later":                {suppressed, notified, at(suppressed, 5), at(notified, 6), nil, nil, securityhub.Here, notified},
		"unsuppressed here, later":    {fresh, suppressed, at(fresh, 6), at(suppressed, 5), nil, nil, securityhub.There, fresh},
		"unsuppressed there, later":   {suppressed, fresh, at(suppressed, 5), at(fresh, 6), nil, nil, securityhub.Here, fresh},
		"only ours":                   {notified, fresh, at(notified, 6), nil, nil, nil, securityhub.There, notified},
		"only theirs":                 {fresh, suppressed, nil, at(suppressed, 6), nil, nil, securityhub.Here, suppressed},
		"ours overtaken there":        {notified, fresh, at(notified, 6), nil, func(f object) { f["FirstObservedAt"] = "2026-11-07T00:00:00Z" }, nil, "", ""},
		"theirs overtaken here":       {fresh, resolved, nil, at(resolved, 6), nil, func(r *lifecycle.Record) { r.Changed = day(7) }, "", ""},
		"suppression is not":          {fresh, suppressed, nil, at(suppressed, 6), nil, func(r *lifecycle.Record) { r.Changed = day(7) }, securityhub.Here, suppressed},
		"at one time":                 {notified, suppressed, at(notified, 6), at(suppressed, 6), nil, nil, securityhub.Nobody, suppressed},
		"history gone, nothing here":  {fresh, suppressed, nil, nil, nil, nil, securityhub.Here, suppressed},
		"history gone, decided here":  {notified, suppressed, at(notified, 6), nil, nil, nil, securityhub.Nobody, suppressed},
		"history gone, a later note":  {notified, suppressed, at(notified, 6), nil, note("2026-11-07T00:00:00Z"), nil, securityhub.Here, suppressed},
		"history gone, an older note": {notified, suppressed, at(notified, 6), nil, note("2026-11-05T00:00:00Z"), nil, securityhub.There, notified},
		"archived there":              {suppressed, fresh, at(suppressed, 6), nil, func(f object) { f["RecordState"] = "ARCHIVED" }, nil, "", ""},
		"archived here":               {suppressed, fresh, at(suppressed, 6), nil, nil, func(r *lifecycle.Record) { r.State = lifecycle.Archived }, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := record("x", "APIGateway.3", control.Failed, c.change)
			r.Workflow = c.ours
			f := held(t, theirs("x", "APIGateway.3", "FAILED", func(f object) {
				f["Workflow"] = object{"Status": string(c.theirs)}
				if c.edit != nil {
					c.edit(f)
				}
			}))
			p := securityhub.Pair{Ours: r, Theirs: f}
			p.Decided.Ours, p.Decided.Theirs = c.decided, c.heard
			steps := securityhub.InStep([]securityhub.Pair{p})
			if c.to == "" {
				if len(steps) != 0 {
					t.Errorf("%+v", steps)
				}
				return
			}
			if len(steps) != 1 || steps[0].To != c.to || steps[0].Decision.Status != c.status {
				t.Fatalf("%+v", steps)
			}
			s := steps[0]
			from, lost := c.ours, c.decided
			if c.to == securityhub.There {
				from, lost = c.theirs, c.heard
			}
			if s.From != from || lost != nil && s.Lost != lost {
				t.Errorf("from %s, lost %+v", s.From, s.Lost)
			}
		})
	}
}

// TestInStepOnce changes a record once, to the latest of several decisions.
func TestInStepOnce(t *testing.T) {
	r := record("x", "APIGateway.3", control.Failed, nil)
	var pairs []securityhub.Pair
	for i, w := range []lifecycle.Workflow{lifecycle.Notified, lifecycle.Suppressed, lifecycle.Resolved} {
		p := securityhub.Pair{Ours: r, Theirs: held(t, theirs("x", "APIGateway.3", "FAILED", func(f object) { f["Workflow"] = object{"Status": string(w)} }))}
		p.Decided.Theirs = &securityhub.Decision{Status: w, At: day([]int{5, 7, 6}[i])}
		pairs = append(pairs, p)
	}
	if got := securityhub.InStep(pairs); len(got) != 1 || got[0].Decision.Status != lifecycle.Suppressed {
		t.Errorf("%+v", got)
	}
}

func TestLastDecision(t *testing.T) {
	event := func(n int, to, by string) lifecycle.Event {
		return lifecycle.Event{At: day(n), Kind: lifecycle.EventWorkflow, To: to, By: by, Reason: "why"}
	}
	r := record("x", "APIGateway.3", control.Failed, func(r *lifecycle.Record) { r.Workflow = lifecycle.Suppressed })
	for name, c := range map[string]struct {
		history []lifecycle.Event
		want    int // the day; 0: none
	}{
		"nothing":        {nil, 0},
		"a person":       {[]lifecycle.Event{event(3, "NOTIFIED", "ben"), event(5, "SUPPRESSED", "aiko")}, 5},
		"in any order":   {[]lifecycle.Event{event(5, "SUPPRESSED", "aiko"), event(3, "NOTIFIED", "ben")}, 5},
		"a rule":         {[]lifecycle.Event{event(5, "SUPPRESSED", lifecycle.ByRule+"dev")}, 5},
		"a scan since":   {[]lifecycle.Event{event(5, "SUPPRESSED", "aiko"), event(6, "NEW", lifecycle.ByScan)}, 0},
		"another status": {[]lifecycle.Event{event(5, "NOTIFIED", "aiko")}, 0},
		"something else": {[]lifecycle.Event{{At: day(9), Kind: lifecycle.EventNote, To: "SUPPRESSED", By: "aiko"}, event(5, "SUPPRESSED", "aiko")}, 5},
	} {
		got := securityhub.LastDecision(r, c.history)
		if (got == nil) != (c.want == 0) || got != nil && (!got.At.Equal(day(c.want)) || got.Note != "why") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestPairs sets side by side what differs: every standard's finding, and ours.
func TestPairs(t *testing.T) {
	w := func(status string) func(object) {
		return func(f object) { f["Workflow"] = object{"Status": status} }
	}
	list := []*report.Held{
		held(t, theirs("a", "APIGateway.3", "FAILED", w("SUPPRESSED"))), held(t, theirs("a", "apigateway.3", "FAILED", w("NOTIFIED"))),
		held(t, theirs("a", "APIGateway.4", "FAILED", w("SUPPRESSED"))), held(t, theirs("b", "APIGateway.3", "FAILED", nil)),
	}
	ours := []*lifecycle.Record{
		record("a", "APIGateway.3", control.Failed, nil), record("b", "APIGateway.3", control.Failed, nil),
		record("a", "APIGateway.4", control.Failed, func(r *lifecycle.Record) { r.Source = "./infra" }),
	}
	got := securityhub.Pairs(slices.Values(ours), slices.Values(list))
	if len(got) != 2 || got[0].Theirs != list[0] || got[1].Theirs != list[1] || got[0].Ours != ours[0] {
		t.Errorf("%+v", got)
	}
}

// TestSyncWalk decides on both sides of the double, and brings them in step.
func TestSyncWalk(t *testing.T) {
	d := double(t, awsdouble.Options{}, object{"findings": stored(2)})
	h := hubOf(t, d)
	first, _ := pull(t, h, securityhub.Filter{})
	if _, err := h.SetWorkflow(t.Context(), []securityhub.Identifier{securityhub.IdentifierOf(first[0])}, securityhub.Workflow{Status: lifecycle.Suppressed, Note: "known", By: "ben"}); err != nil {
		t.Fatal(err)
	}
	ours := []*lifecycle.Record{record("s000", "APIGateway.3", control.Failed, nil), record("s001", "APIGateway.3", control.Failed, func(r *lifecycle.Record) { r.Workflow = lifecycle.Notified })}
	history := []lifecycle.Event{{At: time.Now(), Kind: lifecycle.EventWorkflow, To: "NOTIFIED", By: "aiko", Reason: "asked"}}
	step := func() []securityhub.Step {
		list, _ := pull(t, h, securityhub.Filter{})
		pairs := securityhub.Pairs(slices.Values(ours), slices.Values(list))
		for i := range pairs {
			var err error
			if pairs[i].Decided.Theirs, err = h.Decided(t.Context(), pairs[i].Theirs); err != nil {
				t.Fatal(err)
			}
			if pairs[i].Ours == ours[1] {
				pairs[i].Decided.Ours = securityhub.LastDecision(ours[1], history)
			}
		}
		return securityhub.InStep(pairs)
	}
	steps := step()
	if len(steps) != 2 || steps[0].To != securityhub.Here || steps[0].Decision.By != "ben" || steps[0].Decision.Note != "known" || steps[1].To != securityhub.There || steps[1].Decision.By != "aiko" {
		t.Fatalf("%+v", steps)
	}
	ours[0].Workflow = steps[0].Decision.Status
	w := steps[1].Decision
	if _, err := h.SetWorkflow(t.Context(), []securityhub.Identifier{securityhub.IdentifierOf(steps[1].Theirs)}, securityhub.Workflow{Status: w.Status, Note: w.Note, By: w.By}); err != nil {
		t.Fatal(err)
	}
	if again := step(); len(again) != 0 {
		t.Errorf("not in step: %+v", again)
	}
}
