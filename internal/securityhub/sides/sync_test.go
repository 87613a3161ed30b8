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

// of makes a finding one of a standard's, not of all.
func of(standard, workflow, state string) func(object) {
	return func(f object) {
		f["Id"] = "arn:aws:securityhub:" + region + ":" + account + ":subscription/" + standard + "/APIGateway.3/finding/x"
		f["GeneratorId"], f["Workflow"], f["RecordState"] = standard+"/APIGateway.3", object{"Status": workflow}, state
	}
}

// own makes a finding one that kumoban imported.
func own(workflow string) func(object) {
	return func(f object) {
		f["ProductArn"], f["GeneratorId"] = "arn:aws:securityhub:"+region+":"+account+":product/"+account+"/default", "kumoban/APIGateway.3"
		f["ProductFields"], f["Workflow"] = object{"kumoban/version": "1"}, object{"Status": workflow}
	}
}

const (
	fsbp = "aws-foundational-security-best-practices/v/1.0.0"
	nist = "nist-800-53/v/5.0.0"
)

// TestPairs sets side by side what decides and differs: where every standard has
// its finding, that of Foundational Security Best Practices in every status, and
// ours. The others stand beside.
func TestPairs(t *testing.T) {
	for name, c := range map[string]struct {
		theirs  []func(object)
		pairs   []string // their workflow
		besides []string
		alone   bool
		ours    func(*lifecycle.Record)
	}{
		"consolidated":                 {theirs: []func(object){func(f object) { f["Workflow"] = object{"Status": "SUPPRESSED"} }}, pairs: []string{"SUPPRESSED"}},
		"suppressed in the other":      {theirs: []func(object){of(fsbp, "NEW", "ACTIVE"), of(nist, "SUPPRESSED", "ACTIVE")}, besides: []string{"SUPPRESSED"}},
		"in both":                      {theirs: []func(object){of(nist, "SUPPRESSED", "ACTIVE"), of(fsbp, "SUPPRESSED", "ACTIVE")}, pairs: []string{"SUPPRESSED"}, besides: []string{"SUPPRESSED"}},
		"notified":                     {theirs: []func(object){of(fsbp, "NOTIFIED", "ACTIVE"), of(nist, "NEW", "ACTIVE")}, pairs: []string{"NOTIFIED"}},
		"resolved":                     {theirs: []func(object){of(fsbp, "RESOLVED", "ACTIVE"), of("pci-dss/v/4.0.1", "NOTIFIED", "ACTIVE")}, pairs: []string{"RESOLVED"}, besides: []string{"NOTIFIED"}},
		"archived, the other active":   {theirs: []func(object){of(fsbp, "SUPPRESSED", "ARCHIVED"), of(nist, "SUPPRESSED", "ACTIVE")}, besides: []string{"SUPPRESSED"}, alone: true},
		"absent":                       {theirs: []func(object){of(nist, "SUPPRESSED", "ACTIVE"), of("cis-aws-foundations-benchmark/v/1.4.0", "NOTIFIED", "ACTIVE")}, besides: []string{"SUPPRESSED", "NOTIFIED"}, alone: true},
		"absent, but ours is there":    {theirs: []func(object){of(nist, "SUPPRESSED", "ACTIVE"), own("NOTIFIED")}, pairs: []string{"NOTIFIED"}, besides: []string{"SUPPRESSED"}, alone: true},
		"all say the same":             {theirs: []func(object){of(fsbp, "NEW", "ACTIVE"), of(nist, "NEW", "ACTIVE")}},
		"the other archived":           {theirs: []func(object){of(nist, "SUPPRESSED", "ARCHIVED")}},
		"archived here":                {theirs: []func(object){of(fsbp, "SUPPRESSED", "ACTIVE"), of(nist, "SUPPRESSED", "ACTIVE")}, ours: func(r *lifecycle.Record) { r.State = lifecycle.Archived }},
		"a record of a source":         {theirs: []func(object){of(fsbp, "SUPPRESSED", "ACTIVE"), of(nist, "SUPPRESSED", "ACTIVE")}, ours: func(r *lifecycle.Record) { r.Source = "./infra" }},
		"consolidated since yesterday": {theirs: []func(object){of(fsbp, "NEW", "ARCHIVED"), func(f object) { f["Workflow"] = object{"Status": "NOTIFIED"} }}, pairs: []string{"NOTIFIED"}},
	} {
		t.Run(name, func(t *testing.T) {
			list := []*report.Held{held(t, theirs("elsewhere", "APIGateway.3", "FAILED", nil)), held(t, theirs("x", "APIGateway.4", "FAILED", nil))}
			for _, change := range c.theirs {
				list = append(list, held(t, theirs("x", "APIGateway.3", "FAILED", change)))
			}
			ours := []*lifecycle.Record{record("x", "APIGateway.3", control.Failed, c.ours)}
			var pairs, besides []string
			for _, p := range sides.Pairs(slices.Values(ours), slices.Values(list)) {
				pairs = append(pairs, p.Theirs.Workflow)
			}
			for _, b := range sides.Besides(slices.Values(ours), slices.Values(list)) {
				besides = append(besides, b.Theirs.Workflow)
				if b.Alone != c.alone {
					t.Errorf("alone: %t", b.Alone)
				}
			}
			if !slices.Equal(pairs, c.pairs) || !slices.Equal(besides, c.besides) {
				t.Errorf("pairs %v, beside them %v; want %v, %v", pairs, besides, c.pairs, c.besides)
			}
		})
	}
}

// TestCompareStandards takes a verdict from any standard, for they come from one
// check, but a workflow from the one that decides.
func TestCompareStandards(t *testing.T) {
	suppress := func(r *lifecycle.Record) { r.Workflow = lifecycle.Suppressed }
	for name, c := range map[string]struct {
		theirs []func(object)
		ours   func(*lifecycle.Record)
		want   sides.Why
	}{
		"suppressed in the other":          {[]func(object){of(fsbp, "NEW", "ACTIVE"), of(nist, "SUPPRESSED", "ACTIVE")}, nil, ""},
		"suppressed in the other alone":    {[]func(object){of(nist, "SUPPRESSED", "ACTIVE")}, nil, ""},
		"here, not in the other":           {[]func(object){of(nist, "NEW", "ACTIVE")}, suppress, ""},
		"suppressed in the one":            {[]func(object){of(fsbp, "SUPPRESSED", "ACTIVE"), of(nist, "NEW", "ACTIVE")}, nil, sides.SuppressedThere},
		"here, not in the one":             {[]func(object){of(fsbp, "NEW", "ACTIVE"), of(nist, "SUPPRESSED", "ACTIVE")}, suppress, sides.SuppressedHere},
		"archived, and the other is there": {[]func(object){of(fsbp, "SUPPRESSED", "ARCHIVED"), of(nist, "NEW", "ACTIVE")}, nil, ""},
	} {
		var list []*report.Held
		for _, change := range c.theirs {
			list = append(list, held(t, theirs("x", "APIGateway.3", "FAILED", change)))
		}
		got := sides.Compare(slices.Values([]*lifecycle.Record{record("x", "APIGateway.3", control.Failed, c.ours)}), slices.Values(list), sides.Context{})
		if agree := c.want == ""; agree != (got.Agree == 1) || !agree && (len(got.Differences) != 1 || got.Differences[0].Why != c.want) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
