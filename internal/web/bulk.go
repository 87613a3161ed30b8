package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/bulk"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/locale"
)

// Filter chooses findings as the parameters of the list of findings do.
type Filter struct {
	Services   []string `json:"service,omitempty"`
	Controls   []string `json:"control,omitempty"`
	Severities []string `json:"severity,omitempty"`
	Statuses   []string `json:"status,omitempty"`
	Workflows  []string `json:"workflow,omitempty"`
	Accounts   []string `json:"account,omitempty"`
	Regions    []string `json:"region,omitempty"`
	Types      []string `json:"type,omitempty"`
	Resources  []string `json:"resource,omitempty"`
	Tags       []string `json:"tag,omitempty"`
	Assignees  []string `json:"assignee,omitempty"`
	Since      string   `json:"since,omitempty"`
	Suppressed bool     `json:"suppressed,omitempty"`
	Archived   bool     `json:"archived,omitempty"`
	All        bool     `json:"all,omitempty"`
}

func (f *Filter) choice(ctx context.Context, at *asked) (*findings.Choice, error) {
	if f == nil {
		return nil, nil //nolint:nilnil // no filter is no choice
	}
	c := Chosen(*f)
	choice, err := c.choice(ctx, at)
	return &choice, err
}

// Many are the findings of a bulk job: those that a filter lets through when it
// begins, or those that are named.
type Many struct {
	Filter *Filter  `json:"filter,omitempty"`
	IDs    []string `json:"ids,omitempty" maxItems:"10000"`
}

// ManyReasoned are they, with why.
type ManyReasoned struct {
	Many
	Reason string `json:"reason,omitempty" maxLength:"20000"`
}

// ManyNamed are they, with whom they are given to.
type ManyNamed struct {
	ManyReasoned
	To string `json:"to,omitempty" maxLength:"4000" doc:"nobody, where it is left out"`
}

// ManyExempted are they, with how long they shall be let be.
type ManyExempted struct {
	ManyReasoned
	Until string   `json:"until" maxLength:"40" doc:"the last day, or a span such as 30d"`
	While []string `json:"while,omitempty" maxItems:"20" doc:"conditions that it rests on"`
}

// ManyAsked are they, with what is asked of their owners.
type ManyAsked struct {
	Many
	Owner string `json:"owner,omitempty" maxLength:"4000" doc:"none: whoever is known to own each"`
	Due   string `json:"due,omitempty" maxLength:"40" doc:"the last day for an answer, or a span such as 14d"`
	Via   string `json:"via,omitempty" maxLength:"20" doc:"a channel; none: each owner's own"`
}

// ManyExported are those that a filter lets through, with how they are written.
type ManyExported struct {
	Filter Filter `json:"filter"`
	Format string `json:"format" maxLength:"20" doc:"as kumoban scan has them: csv, json, html and so on"`
}

// bulk registers what is decided about many findings at once, as jobs.
func (a *api) bulk() {
	for _, o := range []struct {
		name string
		says string
	}{
		{"note", "Write something down in the histories of many findings."},
		{"notify", "Say of many findings that whoever has to know was told."},
		{"resolve", "Close many findings by decision."},
	} {
		add(a, operation{"bulk-" + o.name, http.MethodPost, "/bulk/" + o.name, access.FindingsDecide, o.says},
			func(ctx context.Context, at *asked, in *body[ManyReasoned]) (*begun, error) {
				return a.begin(ctx, at, o.name, &in.Body.Many, bulk.Task{Reason: in.Body.Reason})
			}, starts)
	}
	add(a, operation{"bulk-assign", http.MethodPost, "/bulk/assign", access.FindingsDecide, "Say who works on many findings."},
		func(ctx context.Context, at *asked, in *body[ManyNamed]) (*begun, error) {
			return a.begin(ctx, at, "assign", &in.Body.Many, bulk.Task{To: in.Body.To, Reason: in.Body.Reason})
		}, starts)
	add(a, operation{"bulk-suppress", http.MethodPost, "/bulk/suppress", access.ExceptionsRequest, "Let many findings be until a day, or propose that."},
		func(ctx context.Context, at *asked, in *body[ManyExempted]) (*begun, error) {
			return a.begin(ctx, at, "suppress", &in.Body.Many, bulk.Task{Reason: in.Body.Reason, Until: in.Body.Until, While: in.Body.While})
		}, starts)
	add(a, operation{"bulk-ask", http.MethodPost, "/bulk/ask", access.QuestionsAsk, "Ask the owners of many findings, one question each."},
		func(ctx context.Context, at *asked, in *body[ManyAsked]) (*begun, error) {
			return a.begin(ctx, at, "ask", &in.Body.Many, bulk.Task{To: in.Body.Owner, Due: in.Body.Due, Via: in.Body.Via})
		}, starts)
	add(a, operation{"bulk-export", http.MethodPost, "/bulk/export", access.FindingsRead, "Write findings into a file, in the formats of a scan. GET /jobs/{id}/file has it."},
		func(ctx context.Context, at *asked, in *body[ManyExported]) (*begun, error) {
			choice, err := in.Body.Filter.choice(ctx, at)
			if err != nil {
				return nil, err
			}
			j, err := bulk.Export(ctx, at.desk, a.options.Jobs, *choice, in.Body.Format, at.view.Catalog.Lang)
			return started(at, &j), err
		}, starts)
	add(a, operation{"get-job-file", http.MethodGet, "/jobs/{id}/file", access.FindingsRead, "The file that an export has written."}, a.file, filed)
}

func (a *api) begin(ctx context.Context, at *asked, what string, which *Many, q bulk.Task) (*begun, error) {
	var err error
	if q.Choice, err = which.Filter.choice(ctx, at); err != nil {
		return nil, err
	}
	q.IDs, q.Lang = which.IDs, at.view.Catalog.Lang
	j, err := bulk.Start(ctx, at.desk, a.options.Jobs, what, q)
	return started(at, &j), err
}

// filed says of an operation that its answer is a file.
func filed(o *huma.Operation) {
	o.Responses = map[string]*huma.Response{"200": {
		Description: http.StatusText(http.StatusOK), Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
	}}
}

func (a *api) file(ctx context.Context, at *asked, in *oneJob) (*huma.StreamResponse, error) {
	if a.options.Bulk == nil {
		return nil, locale.Errorf("jobs.noFile", locale.A("id", locale.Clean(in.ID)))
	}
	file, name, err := bulk.File(ctx, at.desk, a.options.Jobs, a.options.Bulk, in.ID)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(out huma.Context) {
		defer file.Close() //nolint:errcheck // it was read alone
		r, w := humago.Unwrap(out)
		w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
		w.Header().Set("Content-Type", "application/octet-stream")
		http.ServeContent(w, r, "", time.Time{}, file)
	}}, nil
}
