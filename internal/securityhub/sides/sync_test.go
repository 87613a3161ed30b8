package sides_test

import (
	"slices"
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/securityhub/sides"
)

// TestInStep walks through who decided what, and when.
func TestInStep(t *testing.T) {
	const fresh, notified, suppressed, resolved = lifecycle.New, lifecycle.Notified, lifecycle.Suppressed, lifecycle.Resolved
	at := func(w lifecycle.Workflow, n int) *sides.Decision {
		return &sides.Decision{Status: w, At: day(n), By: "aiko", Note: "why"}
	}
	note := func(n string) func(object) {
		return func(f object) { f["Note"] = object{"Text": "known", "UpdatedBy": "ben", "UpdatedAt": n} }
	}
	for name, c := range map[string]struct {
		ours, theirs   lifecycle.Workflow
		decided, heard *sides.Decision
		edit           func(object)
		change         func(*lifecycle.Record)
		to             sides.Side
		status         lifecycle.Workflow
	}{
		"in step":                     {suppressed, suppressed, at(suppressed, 5), at(suppressed, 6), nil, nil, "", ""},
		"nobody decided":              {fresh, resolved, nil, nil, func(f object) { f["Compliance"].(object)["Status"] = "PASSED" }, nil, "", ""},
		"ours later":                  {suppressed, notified, at(suppressed, 6), at(notified, 5), nil, nil, sides.There, suppressed},
		"theirs later":                {suppressed, notified, at(suppressed, 5), at(notified, 6), nil, nil, sides.Here, notified},
		"unsuppressed here, later":    {fresh, suppressed, at(fresh, 6), at(suppressed, 5), nil, nil, sides.There, fresh},
		"unsuppressed there, later":   {suppressed, fresh, at(suppressed, 5), at(fresh, 6), nil, nil, sides.Here, fresh},
		"only ours":                   {notified, fresh, at(notified, 6), nil, nil, nil, sides.There, notified},
		"only theirs":                 {fresh, suppressed, nil, at(suppressed, 6), nil, nil, sides.Here, suppressed},
		"ours overtaken there":        {notified, fresh, at(notified, 6), nil, func(f object) { f["FirstObservedAt"] = "2026-11-07T00:00:00Z" }, nil, "", ""},
		"theirs overtaken here":       {fresh, resolved, nil, at(resolved, 6), nil, func(r *lifecycle.Record) { r.Changed = day(7) }, "", ""},
		"before the first scan":       {fresh, notified, nil, at(notified, 6), nil, func(r *lifecycle.Record) { r.FirstSeen, r.Changed = day(9), day(9) }, sides.Here, notified},
		"but it passes by now":        {resolved, notified, nil, at(notified, 6), nil, func(r *lifecycle.Record) { r.FirstSeen, r.Changed, r.Status = day(9), day(9), control.Passed }, "", ""},
		"suppression is not":          {fresh, suppressed, nil, at(suppressed, 6), nil, func(r *lifecycle.Record) { r.Changed = day(7) }, sides.Here, suppressed},
		"at one time":                 {notified, suppressed, at(notified, 6), at(suppressed, 6), nil, nil, sides.There, notified},
		"history gone, nothing here":  {fresh, suppressed, nil, nil, nil, nil, sides.Here, suppressed},
		"history gone, decided here":  {notified, suppressed, at(notified, 6), nil, nil, nil, sides.Nobody, suppressed},
		"history gone, a later note":  {notified, suppressed, at(notified, 6), nil, note("2026-11-07T00:00:00Z"), nil, sides.Here, suppressed},
		"history gone, an older note": {notified, suppressed, at(notified, 6), nil, note("2026-11-05T00:00:00Z"), nil, sides.There, notified},
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
			p := sides.Pair{Ours: r, Theirs: f}
			p.Decided.Ours, p.Decided.Theirs = c.decided, c.heard
			steps := sides.InStep([]sides.Pair{p})
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
			if c.to == sides.There {
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
	var pairs []sides.Pair
	for i, w := range []lifecycle.Workflow{lifecycle.Notified, lifecycle.Suppressed, lifecycle.Resolved} {
		p := sides.Pair{Ours: r, Theirs: held(t, theirs("x", "APIGateway.3", "FAILED", func(f object) { f["Workflow"] = object{"Status": string(w)} }))}
		p.Decided.Theirs = &sides.Decision{Status: w, At: day([]int{5, 7, 6}[i])}
		pairs = append(pairs, p)
	}
	if got := sides.InStep(pairs); len(got) != 1 || got[0].Decision.Status != lifecycle.Suppressed {
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
		"a scan alone":   {[]lifecycle.Event{event(5, "NOTIFIED", "ben"), event(6, "SUPPRESSED", lifecycle.ByScan)}, 0},
		"another status": {[]lifecycle.Event{event(5, "NOTIFIED", "aiko")}, 0},
		"something else": {[]lifecycle.Event{{At: day(9), Kind: lifecycle.EventNote, To: "SUPPRESSED", By: "aiko"}, event(5, "SUPPRESSED", "aiko")}, 5},
	} {
		got := sides.LastDecision(r, c.history)
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
	got := sides.Pairs(slices.Values(ours), slices.Values(list))
	if len(got) != 2 || got[0].Theirs != list[0] || got[1].Theirs != list[1] || got[0].Ours != ours[0] {
		t.Errorf("%+v", got)
	}
}
