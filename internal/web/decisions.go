package web

import (
	"context"
	"net/http"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/view"
)

// Subjects are the findings that a decision is about, as whoever decides saw them.
type Subjects struct {
	Findings []subject `json:"findings" minItems:"1" maxItems:"1000"`
}

type subject struct {
	ID   string `json:"id" maxLength:"200"`
	ETag string `json:"etag,omitempty" maxLength:"40" doc:"of the finding when it was looked at: a decision about one that has changed since is refused with 412"`
	// Whoever decides about a list has no etags.
	Updated *time.Time `json:"updated,omitempty" doc:"as the list had it, in the place of the etag"`
}

// at is the desk that refuses to decide about what has changed, and the names.
func (s *Subjects) at(at *asked) (d *desk.Desk, names []string, err error) {
	seen := map[string]time.Time{}
	for _, f := range s.Findings {
		names = append(names, f.ID)
		if f.Updated != nil {
			seen[f.ID] = *f.Updated
		}
		if f.ETag == "" {
			continue
		}
		when, ok := updated(f.ETag)
		if !ok {
			return nil, nil, locale.Errorf("web.badTag", locale.A("tag", locale.Clean(f.ETag)))
		}
		seen[f.ID] = when
	}
	return at.desk.Seen(seen), names, nil
}

// Reasoned are they, with why.
type Reasoned struct {
	Subjects
	Reason string `json:"reason,omitempty" maxLength:"20000"`
}

// Decided is what a decision made of findings.
type Decided struct {
	view.FindingsBody
	Told
}

// Graded are findings with the severity that they shall have.
type Graded struct {
	Reasoned
	To string `json:"to" enum:"low,medium,high,critical,control"`
}

// Named are findings with what they are given: a person, or a ticket.
type Named struct {
	Reasoned
	To string `json:"to,omitempty" maxLength:"4000"`
}

// Exempted are findings that shall be let be.
type Exempted struct {
	Reasoned
	Until string   `json:"until" maxLength:"40" doc:"the last day, or a span such as 30d"`
	While []string `json:"while,omitempty" maxItems:"20" doc:"conditions that it rests on"`
}

func (a *api) decisions() {
	type decide = func(context.Context, *desk.Desk, []string, string) (*findings.Decided, error)
	for _, o := range []struct {
		name  string
		takes access.Permission
		says  string
		do    decide
	}{
		{"note", access.FindingsDecide, "Write something down in the history of findings.", findings.Note},
		{"notify", access.FindingsDecide, "Say that whoever has to know was told.", findings.Notify},
		{"resolve", access.FindingsDecide, "Close findings by decision.", findings.Resolve},
		{"unsuppress", access.FindingsDecide, "End suppression before its time.", findings.Unsuppress},
		{"approve", access.ExceptionsApprove, "Put proposed exceptions in force.", findings.Approve},
		{"reject", access.ExceptionsApprove, "End proposed exceptions.", findings.Reject},
	} {
		add(a, operation{o.name + "-findings", http.MethodPost, "/findings/" + o.name, o.takes, o.says},
			func(ctx context.Context, at *asked, in *body[Reasoned]) (*body[Decided], error) {
				return decision(at, &in.Body.Subjects, func(d *desk.Desk, names []string) (*findings.Decided, error) {
					return o.do(ctx, d, names, in.Body.Reason)
				})
			})
	}
	add(a, operation{"set-severity", http.MethodPost, "/findings/severity", access.FindingsDecide, "Put a severity in place of the control's own, or bring that back."},
		func(ctx context.Context, at *asked, in *body[Graded]) (*body[Decided], error) {
			return decision(at, &in.Body.Subjects, func(d *desk.Desk, names []string) (*findings.Decided, error) {
				return findings.SetSeverity(ctx, d, names, in.Body.To, in.Body.Reason)
			})
		})
	add(a, operation{"assign-findings", http.MethodPost, "/findings/assign", access.FindingsDecide, "Say who works on findings; without a name, nobody."},
		func(ctx context.Context, at *asked, in *body[Named]) (*body[Decided], error) {
			return decision(at, &in.Body.Subjects, func(d *desk.Desk, names []string) (*findings.Decided, error) {
				return findings.Assign(ctx, d, names, in.Body.To, in.Body.Reason)
			})
		})
	add(a, operation{"follow-findings", http.MethodPost, "/findings/ticket", access.FindingsDecide, "Say by which ticket findings are followed, its address or number; without one, by none."},
		func(ctx context.Context, at *asked, in *body[Named]) (*body[Decided], error) {
			return decision(at, &in.Body.Subjects, func(d *desk.Desk, names []string) (*findings.Decided, error) {
				return findings.Follow(ctx, d, names, in.Body.To, in.Body.Reason)
			})
		})
	add(a, operation{"suppress-findings", http.MethodPost, "/findings/suppress", access.ExceptionsRequest, "Let findings be until a day, or propose that, where the store's policy wants an approver."},
		func(ctx context.Context, at *asked, in *body[Exempted]) (*body[Decided], error) {
			return decision(at, &in.Body.Subjects, func(d *desk.Desk, names []string) (*findings.Decided, error) {
				return findings.Suppress(ctx, d, names, findings.Exemption{Reason: in.Body.Reason, Until: in.Body.Until, While: in.Body.While})
			})
		})
}

// decision takes one, and tells what became of the findings.
func decision(at *asked, about *Subjects, do func(*desk.Desk, []string) (*findings.Decided, error)) (*body[Decided], error) {
	d, names, err := about.at(at)
	if err != nil {
		return nil, err
	}
	done, err := do(d, names)
	if done == nil || err != nil {
		return nil, err
	}
	at.view.Know(done.Exceptions)
	out := &body[Decided]{}
	out.Body.FindingsBody = at.view.FindingsBody(done.Records, len(done.Records), "")
	out.Body.Head, out.Body.Notices = done.Head.Head(), []string{}
	for _, n := range done.Notices {
		out.Body.Notices = append(out.Body.Notices, told(at.view, n))
	}
	return out, nil
}
