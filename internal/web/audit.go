package web

import (
	"bytes"
	"context"
	"net/http"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/auditing"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/view"
)

// file is what a browser keeps as a file.
type file struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// headOf is where the audit log is after a change; "" where nothing was changed.
func headOf(e audit.Entry) string {
	if e.Seq == 0 {
		return ""
	}
	return e.Head()
}

// audit registers what an auditor looks at.
func (a *api) audit() {
	add(a, operation{"list-audit", http.MethodGet, "/audit", access.AuditRead, "Entries of the audit log, the latest first. A page may have fewer than it was asked for, and says where the next begins."},
		func(ctx context.Context, at *asked, in *struct {
			Actors  []string `query:"actor,explode"`
			Actions []string `query:"action,explode"`
			Subject string   `query:"subject" maxLength:"400"`
			Since   string   `query:"since" maxLength:"40" doc:"a date, or a span such as 7d"`
			Before  int64    `query:"before" minimum:"1" doc:"what the page before said"`
			Limit   int      `query:"limit" minimum:"1" maximum:"1000" default:"100"`
		}) (*body[view.EntriesBody], error) {
			page, err := auditing.List(ctx, at.desk, auditing.Query{Actors: in.Actors, Actions: in.Actions, Subject: in.Subject, Since: in.Since, Before: in.Before, Limit: in.Limit})
			if err != nil {
				return nil, err
			}
			return &body[view.EntriesBody]{at.view.EntriesBody(page)}, nil
		})
	add(a, operation{"verify-audit", http.MethodGet, "/audit/verify", access.AuditRead, "Verify the whole audit log, and hold the store to it."},
		func(ctx context.Context, at *asked, in *struct {
			Head string `query:"head" maxLength:"200" doc:"a head that somebody kept"`
		}) (*body[view.VerifiedBody], error) {
			v, err := auditing.Verify(ctx, at.desk, in.Head)
			if err != nil {
				return nil, err
			}
			return &body[view.VerifiedBody]{at.view.VerifiedBody(v.Chain, &v)}, nil
		})
	add(a, operation{"get-audit-as-of", http.MethodGet, "/audit/as-of", access.AuditRead, "Exceptions and decisions that were in force at the end of a day."},
		func(ctx context.Context, at *asked, in *struct {
			Day      string   `query:"day" required:"true" maxLength:"40" doc:"a date"`
			Accounts []string `query:"account,explode" doc:"ids"`
			Controls []string `query:"control,explode"`
			After    string   `query:"after" doc:"what the page before said"`
			Limit    int      `query:"limit" minimum:"1" maximum:"1000" default:"100"`
		}) (*body[view.AsOfBody], error) {
			then, err := auditing.AsOf(ctx, at.desk, in.Day, auditing.Place{Accounts: in.Accounts, Controls: in.Controls}, in.After, in.Limit)
			if err != nil {
				return nil, err
			}
			return &body[view.AsOfBody]{at.view.AsOfBody(then)}, nil
		})
	add(a, operation{"get-audit-sample", http.MethodGet, "/audit/sample", access.AuditRead, "A random sample of findings, or of decisions in the audit log, that the seed makes again."},
		func(ctx context.Context, at *asked, in *struct {
			Of       string   `query:"of" enum:"findings,decisions" default:"findings"`
			Seed     string   `query:"seed" required:"true" minLength:"1" maxLength:"200"`
			N        int      `query:"n" minimum:"1" maximum:"500" default:"25"`
			Accounts []string `query:"account,explode" doc:"of findings: ids"`
			Controls []string `query:"control,explode" doc:"of findings"`
			Since    string   `query:"since" maxLength:"40" doc:"of decisions: a date, or a span such as 90d"`
		}) (*body[view.SampleBody], error) {
			sample, err := (*auditing.Sample)(nil), error(nil)
			if in.Of == "decisions" {
				sample, err = auditing.SampleDecisions(ctx, at.desk, in.Seed, in.N, in.Since)
			} else {
				sample, err = auditing.SampleFindings(ctx, at.desk, in.Seed, in.N, auditing.Place{Accounts: in.Accounts, Controls: in.Controls})
			}
			if err != nil {
				return nil, err
			}
			return &body[view.SampleBody]{at.view.SampleBody(sample)}, nil
		})
	add(a, operation{"get-evidence", http.MethodGet, "/findings/{id}/evidence", access.AuditRead, "What proves the story of a finding, as a file: JSON, or a page of HTML."},
		func(ctx context.Context, at *asked, in *struct {
			ID string `path:"id" maxLength:"200"`
			As string `query:"as" enum:"json,html" default:"json"`
		}) (*file, error) {
			pack, _, err := findings.Evidence(ctx, at.desk, in.ID, a.options.Version)
			if err != nil {
				return nil, err
			}
			name := "evidence-" + pack.Record.ID[:12] + "." + in.As
			out := &file{ContentType: "application/json", Disposition: `attachment; filename="` + name + `"`}
			if in.As == "html" {
				var b bytes.Buffer
				err = pack.HTML(&b, at.view.Catalog)
				out.ContentType, out.Body = "text/html; charset=utf-8", b.Bytes()
				return out, err
			}
			out.Body, err = pack.JSON(at.view.Catalog)
			return out, err
		})
}
