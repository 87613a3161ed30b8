// Package bulk decides about many findings as one job: about those that a filter lets
// through, or those that were named, as they were when the job began.
package bulk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/asking"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/app/jobs"
	"github.com/kumoban/kumoban/internal/locale"
)

// Task is what to do with which findings.
type Task struct {
	Choice *findings.Choice `json:"choice,omitempty"` // nil: those of the ids
	IDs    []string         `json:"ids,omitempty"`

	Reason string   `json:"reason,omitempty"`
	To     string   `json:"to,omitempty"`    // assign: whom; ask: the owner, "" the one who is known
	Until  string   `json:"until,omitempty"` // suppress: a date or a span
	While  []string `json:"while,omitempty"` // suppress
	Due    string   `json:"due,omitempty"`   // ask: a date or a span
	Via    string   `json:"via,omitempty"`   // ask: a channel
	Format string   `json:"format,omitempty"`

	Lang locale.Lang `json:"lang"` // of questions whose owners have none, and of files
}

// Result is what became of the findings.
type Result struct {
	Done    int       `json:"done"`
	Refused int       `json:"refused"`         // those of which nothing could be done
	First   []Refusal `json:"first,omitempty"` // the first of them
}

// Refusal is why nothing was done with a finding.
type Refusal struct {
	ID  string    `json:"id"`
	Why jobs.Said `json:"why"`
}

// mostTold is how many refusals a result names.
const mostTold = 100

// refuse notes one.
func (r *Result) refuse(id string, m locale.Message) {
	r.Refused++
	if len(r.First) < mostTold {
		r.First = append(r.First, Refusal{id, *jobs.Say(m)})
	}
}

// Setup is what bulk jobs are handed from outside.
type Setup struct {
	Env     *app.Env
	Webhook string // where questions by Slack and webhook go; "": nowhere
	Dir     string // for files of exports
}

// deed is a kind of bulk jobs.
type deed struct {
	takes access.Permission
	check func(d *desk.Desk, t *Task) error
	// do decides about some findings, in one change.
	do func(ctx context.Context, d *desk.Desk, ids []string, t *Task) (*findings.Decided, error)
}

// deeds are those that go in batches, by the last word of their kinds' names.
var deeds = map[string]deed{
	"note": {access.FindingsDecide, needsText, func(ctx context.Context, d *desk.Desk, ids []string, t *Task) (*findings.Decided, error) {
		return findings.Note(ctx, d, ids, t.Reason)
	}},
	"notify": {access.FindingsDecide, nothing, func(ctx context.Context, d *desk.Desk, ids []string, t *Task) (*findings.Decided, error) {
		return findings.Notify(ctx, d, ids, t.Reason)
	}},
	"resolve": {access.FindingsDecide, nothing, func(ctx context.Context, d *desk.Desk, ids []string, t *Task) (*findings.Decided, error) {
		return findings.Resolve(ctx, d, ids, t.Reason)
	}},
	"assign": {access.FindingsDecide, func(_ *desk.Desk, t *Task) error { return desk.Named(t.To) }, func(ctx context.Context, d *desk.Desk, ids []string, t *Task) (*findings.Decided, error) {
		return findings.Assign(ctx, d, ids, t.To, t.Reason)
	}},
	"suppress": {access.ExceptionsRequest, func(d *desk.Desk, t *Task) error { return findings.Possible(d, t.exemption()) }, func(ctx context.Context, d *desk.Desk, ids []string, t *Task) (*findings.Decided, error) {
		return findings.Suppress(ctx, d, ids, *t.exemption())
	}},
}

func (t *Task) exemption() *findings.Exemption {
	return &findings.Exemption{Reason: t.Reason, Until: t.Until, While: t.While}
}

func nothing(*desk.Desk, *Task) error { return nil }

func needsText(_ *desk.Desk, t *Task) error {
	if strings.TrimSpace(t.Reason) == "" {
		return locale.Errorf("jobs.needsText")
	}
	return nil
}

// kind is the name of the kind for a deed.
func kind(deed string) string { return "bulk-" + deed }

// most is how many findings may be named.
const most = 10_000

// Start starts a bulk job, by the last word of its kind's name. What it takes besides
// is its kind's.
func Start(ctx context.Context, d *desk.Desk, r *jobs.Runner, what string, t Task) (j jobs.Job, err error) {
	if err := d.Subject.May(access.FindingsRead); err != nil {
		return j, err
	}
	switch {
	case t.Choice != nil && len(t.IDs) > 0, t.Choice == nil && len(t.IDs) == 0:
		return j, locale.Errorf("jobs.whichFindings")
	case len(t.IDs) > most:
		return j, locale.Errorf("jobs.tooManyIDs", locale.A("n", len(t.IDs)), locale.A("most", most))
	}
	if t.Choice != nil {
		if _, err := findings.Count(ctx, d, *t.Choice); err != nil { // it can be read
			return j, err
		}
	}
	if one, ok := deeds[what]; ok {
		if err := d.Subject.May(one.takes); err != nil {
			return j, err
		}
		if err := one.check(d, &t); err != nil {
			return j, err
		}
	}
	if what == "ask" {
		if err := asking.Possible(d, t.Due, t.To, t.Via); err != nil {
			return j, err
		}
	}
	return r.Start(ctx, d.Subject, kind(what), t)
}

// Kinds are what such jobs are.
func (s *Setup) Kinds() []jobs.Kind {
	list := []jobs.Kind{
		{Name: kind("ask"), Takes: []access.Permission{access.FindingsRead, access.QuestionsAsk}, Lane: jobs.InLane(jobs.LaneFindings), Do: s.ask},
		{Name: kind("export"), Takes: []access.Permission{access.FindingsRead}, Lane: jobs.InLane(jobs.LaneExport), Do: s.export},
	}
	for name, one := range deeds {
		list = append(list, jobs.Kind{
			Name: kind(name), Takes: []access.Permission{access.FindingsRead, one.takes}, Lane: jobs.InLane(jobs.LaneFindings), Do: one.run,
		})
	}
	slices.SortFunc(list, func(a, b jobs.Kind) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// doneOf is how far a job is.
func doneOf(r *Result, total int) jobs.Progress {
	m := locale.M("jobs.bulk", locale.A("done", r.Done), locale.A("total", total))
	if r.Refused > 0 {
		m = locale.M("jobs.bulkRefused", locale.A("done", r.Done), locale.A("refused", r.Refused), locale.A("total", total))
	}
	return jobs.Progress{Done: r.Done + r.Refused, Total: total, Said: jobs.Say(m)}
}

func requested(t *jobs.Task) (q Task, err error) {
	if err = t.Request(&q); err != nil {
		err = fmt.Errorf("what was asked for: %w", err)
	}
	return q, err
}
