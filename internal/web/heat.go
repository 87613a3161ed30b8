package web

import (
	"context"
	"net/http"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/app/standing"
	"github.com/kumoban/kumoban/internal/view"
)

// overview registers what is counted over many findings.
func (a *api) overview() {
	add(a, operation{"group-findings", http.MethodGet, "/findings/groups", access.FindingsRead, "Findings by what they have in common, with counts: the worst first; by resource, those of most findings first."},
		func(ctx context.Context, at *asked, in *struct {
			Chosen
			By    string `query:"by" enum:"control,service,resource,account,region,owner,severity" default:"control"`
			After string `query:"after" doc:"by resource: what the page before said"`
			Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
		}) (*body[view.GroupsBody], error) {
			choice, err := in.choice(ctx, at)
			if err != nil {
				return nil, err
			}
			groups, err := findings.Grouped(ctx, at.desk, choice, findings.By(in.By), in.After, in.Limit)
			if err != nil {
				return nil, err
			}
			return &body[view.GroupsBody]{at.view.GroupsBody(groups, findings.By(in.By))}, nil
		})
	add(a, operation{"get-heat", http.MethodGet, "/heat", access.FindingsRead, "How each account stands to each control."},
		func(ctx context.Context, at *asked, in *Places) (*body[view.HeatBody], error) {
			place, err := in.place(ctx, at)
			if err != nil {
				return nil, err
			}
			rows, err := standing.Heat(ctx, at.desk, place)
			if err != nil {
				return nil, err
			}
			return &body[view.HeatBody]{at.view.HeatBody(rows)}, nil
		})
	add(a, operation{"list-score-parts", http.MethodGet, "/scores/parts", access.FindingsRead, "Scores by account, service or standard: the one whose controls these are, and those that they answer to."},
		func(ctx context.Context, at *asked, in *struct {
			Places
			By string `query:"by" enum:"account,service,standard" default:"service"`
		}) (*body[view.PartsBody], error) {
			place, err := in.place(ctx, at)
			if err != nil {
				return nil, err
			}
			list, err := standing.Parts(ctx, at.desk, place, in.By)
			if err != nil {
				return nil, err
			}
			return &body[view.PartsBody]{at.view.PartsBody(list)}, nil
		})
	add(a, operation{"list-score-trend", http.MethodGet, "/scores/trend", access.FindingsRead, "Scores after each scan, the oldest first: of all together, or of one account or Region."},
		func(ctx context.Context, at *asked, in *struct {
			Account string `query:"account" doc:"an id, or a name by which scans know it"`
			Region  string `query:"region"`
			Since   string `query:"since" maxLength:"40" default:"90d" doc:"a date, or a span such as 30d"`
		}) (*body[view.ScoresBody], error) {
			place := &Places{}
			if in.Account != "" {
				place.Accounts = []string{in.Account}
			}
			if in.Region != "" {
				place.Regions = []string{in.Region}
			}
			of, err := place.place(ctx, at)
			if err != nil {
				return nil, err
			}
			list, err := standing.Points(ctx, at.desk, of, in.Since)
			if err != nil {
				return nil, err
			}
			return &body[view.ScoresBody]{at.view.ScoresBody(list)}, nil
		})
	add(a, operation{"list-requirements", http.MethodGet, "/requirements", access.FindingsRead, "Requirements of other standards, with the controls that answer to them and how those stand."},
		func(ctx context.Context, at *asked, in *struct {
			Places
			Standard string `query:"standard" maxLength:"200"`
		}) (*body[view.RequirementsBody], error) {
			place, err := in.place(ctx, at)
			if err != nil {
				return nil, err
			}
			list, err := standing.Requirements(ctx, at.desk, place, in.Standard)
			if err != nil {
				return nil, err
			}
			return &body[view.RequirementsBody]{at.view.RequirementsBody(list)}, nil
		})
	add(a, operation{"get-coverage", http.MethodGet, "/coverage", access.FindingsRead, "What is looked at, by the latest scan of each place, and what could not be."},
		func(ctx context.Context, at *asked, _ *none) (*body[view.CoverageBody], error) {
			covered, err := standing.Covered(ctx, at.desk)
			if err != nil {
				return nil, err
			}
			return &body[view.CoverageBody]{at.view.CoverageBody(covered)}, nil
		})
	add(a, operation{"list-exceptions", http.MethodGet, "/exceptions", access.FindingsRead, "Exceptions in a state, with their findings: proposals by when they were made, those in force by when they end, ended ones the latest first."},
		func(ctx context.Context, at *asked, in *struct {
			State    string   `query:"state" enum:"proposed,inForce,ended" default:"inForce"`
			Accounts []string `query:"account,explode"`
			Controls []string `query:"control,explode"`
			After    string   `query:"after" doc:"what the page before said"`
			Limit    int      `query:"limit" minimum:"1" maximum:"1000" default:"100"`
		}) (*body[view.ExceptionPageBody], error) {
			accounts, err := findings.AccountIDs(ctx, at.desk, in.Accounts)
			if err != nil {
				return nil, err
			}
			page, err := findings.ExceptionsBy(ctx, at.desk, findings.ExceptionQuery{State: in.State, Accounts: accounts, Controls: in.Controls, After: in.After, Limit: in.Limit})
			if err != nil {
				return nil, err
			}
			return &body[view.ExceptionPageBody]{at.view.ExceptionPageBody(page)}, nil
		})
}
